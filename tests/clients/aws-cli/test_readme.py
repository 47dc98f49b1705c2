"""The README's three minutes with AWS run as they stand there."""

import json
import re
import subprocess
from pathlib import Path

import pytest

README = Path(__file__).parents[3] / "README.md"
# who brings a key that was never issued, and names no account, is root here
DEFAULT_ACCOUNT = "000000000000"


def commands(endpoint):
    """The section's shell commands with the server's address in the place of the usual one, and what they tell."""
    section = README.read_text(encoding="utf-8").partition("## Three minutes with AWS")[2]
    snippet = re.search(r"```sh\n(.*?)```", section, re.DOTALL)[1]
    here = snippet.replace("127.0.0.1:4260", endpoint)
    assert here.count(endpoint) == 2
    return here, json.loads(re.search(r"# (\{.*\})$", snippet, re.MULTILINE)[1])


@pytest.fixture
def default_account(server):
    yield DEFAULT_ACCOUNT
    server.ask("DELETE", f"/_sesame/accounts/{DEFAULT_ACCOUNT}")


def test_the_three_minutes_of_the_readme_run(cli, server, default_account):
    script, told = commands(server.endpoint)
    programs = cli.folder / "bin"
    programs.mkdir()
    (programs / "aws").symlink_to(cli.program)
    environment = {name: value for name, value in cli.environment.items() if not name.startswith("AWS_")}
    done = subprocess.run(
        ["sh", "-eu", "-c", script],
        cwd=cli.folder,
        env={**environment, "AWS_PAGER": "", "PATH": f"{programs}:{environment['PATH']}"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (0, "")
    made, profile, outcome = documents(done.stdout)
    assert made["User"]["Arn"] == f"arn:aws:iam::{default_account}:user/Bob"
    assert (profile["LoginProfile"]["UserName"], profile["LoginProfile"]["PasswordResetRequired"]) == ("Bob", True)
    assert outcome == told
    cli.environment |= {"AWS_ACCESS_KEY_ID": "test"}
    cli.refused(
        "NoSuchEntity", "Login Profile for User Bob cannot be found.", "iam", "get-login-profile", "--user-name", "Bob"
    )


def documents(text):
    """One JSON document after the other."""
    decoder, found = json.JSONDecoder(), []
    while text := text.strip():
        document, end = decoder.raw_decode(text)
        found.append(document)
        text = text[end:]
    return found
