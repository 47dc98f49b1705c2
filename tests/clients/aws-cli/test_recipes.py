"""The recipes run as they stand in docs/recipes.md: what follows `#=>` is in what the command before it prints."""

import os
import re
import shutil
import signal
import socket
import subprocess
from pathlib import Path

import pytest
from sesame_server import BINARY

RECIPES = Path(__file__).parents[3] / "docs" / "recipes.md"
AWS = os.environ.get("SESAME_TEST_AWS_CLIS", "aws").split(":")[0]
# A command whose output is looked at may end as it likes: a refusal is what is wanted.
EXPECT = 'expect() { wanted=$1; shown=$(eval "$2" 2>&1 </dev/null) || true; printf "%s\\n" "$shown"; ' \
         'case $shown in (*"$wanted"*) ;; (*) echo "NOT SHOWN: $wanted"; exit 9 ;; esac; }\n'


def recipes():
    for section in RECIPES.read_text(encoding="utf-8").split("\n## ")[1:]:
        title = section.split("\n", 1)[0]
        for number, script in enumerate(re.findall(r"```sh\n(.*?)```", section, re.DOTALL)):
            yield pytest.param(script, id=f"{title} {number}")


def checked(script):
    lines = []
    for line in script.splitlines():
        command, arrow, wanted = line.partition("#=>")
        lines.append(f"expect {quoted(wanted.strip())} {quoted(command.strip())}" if arrow else line)
    return "\n".join(lines)


def quoted(text):
    return "'" + text.replace("'", "'\\''") + "'"


@pytest.mark.parametrize("script", list(recipes()))
def test_the_recipe_does_what_it_says(script, tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "sesame").symlink_to(BINARY)
    (programs / "aws").symlink_to(shutil.which(AWS))
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "SESAME_"))}
    environment = {
        **inherited,
        "PATH": f"{programs}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "SESAME_SERVER__LISTEN": address,
    }
    script = EXPECT + checked(script.replace("127.0.0.1:4260", address)) + "\necho THE END\n"
    shell = subprocess.Popen(["bash", "-eu", "-c", script], cwd=tmp_path, env=environment, text=True,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
    try:
        lines = []
        for line in shell.stdout:
            lines.append(line)
            if line == "THE END\n" or line.startswith("NOT SHOWN"):
                break
        assert lines and lines[-1] == "THE END\n", "".join(lines)
    finally:
        os.killpg(shell.pid, signal.SIGKILL)
        shell.wait()
