"""The control surface does what its OpenAPI document says, whatever it is asked: schemathesis asks."""

import os
import pathlib
import re
import subprocess
import sys

import pytest
from sesame_server import RunningServer

HERE = pathlib.Path(__file__).resolve().parent
PROGRAM = pathlib.Path(sys.executable).parent / "schemathesis"
TOKEN = "a-token-of-this-test"
# Enough to meet each branch of each schema; the whole takes about a minute.
EXAMPLES = os.environ.get("CONTRACT_EXAMPLES", "25")


@pytest.fixture
def served(tmp_path, monkeypatch):
    servers = []

    def start(**settings):
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("SESAME_LOG__FILTER", "warn")
        servers.append(RunningServer(tmp_path / f"server-{len(servers)}.log"))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


def held(server, *arguments):
    command = [PROGRAM, "--config-file", HERE / "schemathesis.toml", "run"]
    command += [f"http://{server.endpoint}/_sesame/openapi.json", "--checks", "all", *arguments]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SCHEMATHESIS")}
    done = subprocess.run(
        [str(word) for word in command],
        cwd=server.log_path.parent,
        env={**environment, "NO_COLOR": "1", "COLUMNS": "120", "SCHEMATHESIS_HOOKS": ""},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=600,
    )
    log = server.log_path.read_text(errors="replace")
    assert done.returncode == 0, f"{done.stdout[-60000:]}\n{done.stderr[-5000:]}\n{log[-3000:]}"
    assert "panicked" not in log, log[-3000:]
    cases = re.search(r"(\d+) generated", done.stdout)
    assert cases and int(cases[1]) > 100, done.stdout
    print(done.stdout[-2500:])
    return int(cases[1])


def test_every_call_does_what_the_document_says(served):
    held(served(), "--max-examples", EXAMPLES)


def test_no_call_is_answered_without_the_token(served):
    server = served(SESAME_CONTROL__TOKEN=TOKEN)
    held(server, "--max-examples", "5", "--phases", "coverage,fuzzing", "-H", f"Authorization: Bearer {TOKEN}")
