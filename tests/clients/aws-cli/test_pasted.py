"""Every shell snippet of README.md and of docs/recipes.md, pasted as it stands: what follows `#=>` is in what the command
before it prints. A section's snippets are one script; where none of them starts a server, one runs already."""

import os
import re
import shutil
import signal
import socket
import subprocess
from pathlib import Path

import pytest
from sesame_server import BINARY

ROOT = Path(__file__).parents[3]
CLIS = os.environ.get("SESAME_TEST_AWS_CLIS", "aws").split(":")
# What runs the tests cannot be run by one.
TESTED_BY_RUNNING_THEM = {"Two commands": ["cargo run --release", "tests/run"]}
# The server that a script leaves behind holds its output open, so the end must be told.
END = "THE END"
START = "sesame & until sesame health 2>/dev/null; do sleep 0.1; done\n"
SHOWS = 'shows() { printf "%s\\n" "$2"; case $2 in (*"$1"*) ;; (*) echo "NOT SHOWN: $1"; exit 9 ;; esac; }\n'


def snippets(page):
    """The page's sections that have shell commands: title and script."""
    for section in (ROOT / page).read_text(encoding="utf-8").split("\n## ")[1:]:
        blocks = re.findall(r"^```sh\n(.*?)^```", section, re.DOTALL | re.MULTILINE)
        if blocks:
            yield section.split("\n", 1)[0], "".join(blocks)


def scripts():
    for page in ["README.md", "docs/recipes.md"]:
        for title, script in snippets(page):
            if title in TESTED_BY_RUNNING_THEM:
                continue
            # the documented example of a login profile is the one that both versions of the CLI must bear out
            for number, aws in enumerate(CLIS if title == "Three minutes with AWS" else CLIS[:1]):
                yield pytest.param(script, aws, id=f"{page} {title} {number}")


def is_whole(command):
    """Whether the shell would wait for more lines."""
    looked_at = subprocess.run(["bash", "-n", "-c", command], capture_output=True, text=True)
    return looked_at.returncode == 0 and not looked_at.stderr and not command.endswith("\\\n")


def checked(script):
    """The script with a look at the output of each command that says what it prints."""
    done, command = [], ""
    for line in script.splitlines(keepends=True):
        words, arrow, wanted = line.partition("#=>")
        command += words
        if not arrow and is_whole(command):
            done.append(command)
            command = ""
        elif arrow:
            assert is_whole(command), command
            # a command whose output is looked at may end as it likes: a refusal is what is wanted
            done.append(f"shown=$({{ {command}\n}} 2>&1 </dev/null) || true\nshows {quoted(wanted.strip())} \"$shown\"\n")
            command = ""
    assert not command, command
    return "".join(done)


def quoted(text):
    return "'" + text.replace("'", "'\\''") + "'"


def test_what_no_test_can_run_is_what_runs_the_tests():
    shown = dict(snippets("README.md"))
    for title, commands in TESTED_BY_RUNNING_THEM.items():
        assert [line.partition("#")[0].strip() for line in shown[title].splitlines()] == commands


@pytest.mark.parametrize(("script", "aws"), list(scripts()))
def test_the_snippet_does_what_it_says(script, aws, tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "sesame").symlink_to(BINARY)
    (programs / "aws").symlink_to(shutil.which(aws))
    (tmp_path / "config").symlink_to(ROOT / "config")
    inherited = {name: value for name, value in os.environ.items()
                 if not name.startswith(("AWS_", "SESAME_")) and "proxy" not in name.lower()}
    environment = {
        **inherited,
        "PATH": f"{programs}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "SESAME_SERVER__LISTEN": address,
    }
    begin = "" if " & until sesame health" in script else START
    here = checked(script.replace("127.0.0.1:4260", address))
    script = f"trap 'ended=$?; echo; echo {END} $ended' EXIT\n{SHOWS}{begin}{here}"
    shell = subprocess.Popen(["bash", "-eu", "-c", script], cwd=tmp_path, env=environment, text=True,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
    try:
        lines = []
        for line in shell.stdout:
            lines.append(line)
            if line.startswith(END):
                break
        assert lines and lines[-1] == f"{END} 0\n", "".join(lines)
    finally:
        os.killpg(shell.pid, signal.SIGKILL)
        shell.wait()
