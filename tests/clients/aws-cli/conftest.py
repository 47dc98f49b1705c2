"""One server for the whole run, one account and one empty home for each test, each test with each CLI.

SESAME_TEST_AWS_CLIS names the programs, separated by colons; without it, `aws` of the path is the one.
"""

import json
import os
import secrets
import shutil
import subprocess

import known_secrets
import pytest
from sesame_server import RunningServer

CLIS = [name for name in os.environ.get("SESAME_TEST_AWS_CLIS", "aws").split(":") if name]


def pytest_generate_tests(metafunc):
    if "cli" in metafunc.fixturenames:
        metafunc.parametrize("cli", CLIS, indirect=True, ids=version)


def version(program):
    if shutil.which(program) is None:
        return "no-cli"
    said = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=60)
    return (said.stdout or said.stderr).split()[0]


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    running = RunningServer(tmp_path_factory.mktemp("sesame") / "server.log")
    yield running
    running.stop()


@pytest.fixture
def cli(request, server, tmp_path):
    if shutil.which(request.param) is None:
        pytest.exit(f"no AWS CLI at {request.param}: install one, or name it in SESAME_TEST_AWS_CLIS", returncode=3)
    account = str(secrets.randbelow(9 * 10**11) + 10**11)
    yield Cli(request.param, server, tmp_path, account)
    server.control("DELETE", f"/_sesame/accounts/{account}")


class Cli:
    """The program as a person calls it in a shell that points at the server."""

    def __init__(self, program, server, folder, account):
        self.program, self.server, self.folder, self.account = program, server, folder, account
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        self.environment |= {
            "HOME": str(folder),
            "AWS_ENDPOINT_URL": f"http://{server.endpoint}",
            "AWS_ACCESS_KEY_ID": account,
            "AWS_SECRET_ACCESS_KEY": "any-secret-will-do",
            "AWS_DEFAULT_REGION": "eu-west-1",
            "AWS_PAGER": "",
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def holding(self, key):
        """The same shell with another key in its environment."""
        other = Cli(self.program, self.server, self.folder, self.account)
        other.environment |= {
            "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": known_secrets.remember(key["SecretAccessKey"], "SecretAccessKey"),
        }
        if "SessionToken" in key:
            other.environment["AWS_SESSION_TOKEN"] = key["SessionToken"]
        return other

    def run(self, *arguments):
        return subprocess.run(
            [self.program, *arguments],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
        )

    def __call__(self, *arguments):
        """A command that has to succeed; its JSON, or None where it says nothing."""
        done = self.run(*arguments)
        assert done.returncode == 0, f"aws {' '.join(arguments)}: {done.returncode} {done.stderr}"
        return json.loads(done.stdout) if done.stdout.strip() else None

    def refused(self, code, message, *arguments):
        """A command that the server has to refuse: exit 254, or 255 where the CLI is of the first generation."""
        done = self.run(*arguments)
        assert done.returncode in (254, 255), f"aws {' '.join(arguments)}: {done.returncode} {done.stdout}"
        assert f"An error occurred ({code}) when calling the " in done.stderr, done.stderr
        assert f"operation: {message}" in done.stderr, done.stderr
