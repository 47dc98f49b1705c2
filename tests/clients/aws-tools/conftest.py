"""One server for the whole run; for each test an account, an empty folder and a shell that points at the server."""

import os
import pathlib
import secrets
import shutil
import subprocess
import sys

import boto3
import pytest
from sesame_server import Clock, RunningServer

HERE = pathlib.Path(__file__).resolve().parent


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    running = RunningServer(tmp_path_factory.mktemp("sesame") / "server.log")
    yield running
    running.stop()


@pytest.fixture
def shell(server, tmp_path):
    made = Shell(server, tmp_path)
    yield made
    server.control("DELETE", f"/_sesame/accounts/{made.account}")


class Shell:
    """What a person types in a terminal where the variables of `AWS_*` point at the server."""

    def __init__(self, server, folder):
        self.server, self.folder = server, folder
        self.account = str(secrets.randbelow(9 * 10**11) + 10**11)
        self.variables = {
            "AWS_ENDPOINT_URL": f"http://{server.endpoint}",
            "AWS_ACCESS_KEY_ID": self.account,
            "AWS_SECRET_ACCESS_KEY": "any-secret-will-do",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        programs = pathlib.Path(sys.executable).parent
        self.environment = {
            **inherited,
            **self.variables,
            "HOME": str(folder),
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        }

    def client(self, service="iam"):
        return boto3.client(
            service,
            endpoint_url=self.variables["AWS_ENDPOINT_URL"],
            region_name="us-east-1",
            aws_access_key_id=self.account,
            aws_secret_access_key=self.variables["AWS_SECRET_ACCESS_KEY"],
        )

    @property
    def clock(self):
        self.client("sts").get_caller_identity()
        return Clock(self.server, self.account)

    def run(self, *command, timeout=300, **variables):
        """A command that has to succeed; what it printed."""
        assert shutil.which(command[0], path=self.environment["PATH"]), f"{command[0]} is not installed"
        done = subprocess.run(
            [str(word) for word in command],
            cwd=self.folder,
            env={**self.environment, **variables},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
        )
        assert done.returncode == 0, f"{command}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout + done.stderr
