"""One server for the whole run; an account for each test, and Prowler with nothing set but its keys, a proxy and a CA."""

import json
import os
import pathlib
import shutil
import subprocess
import sys

import certifi
import pytest
from alibabacloud_ram20150501.client import Client
from alibabacloud_tea_openapi.models import Config
from sesame_server import BINARY, Clock, RunningServer

HERE = pathlib.Path(__file__).resolve().parent


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    running = RunningServer(tmp_path_factory.mktemp("sesame") / "server.log")
    yield running
    running.stop()


@pytest.fixture(scope="session")
def trusting(server, tmp_path_factory):
    """A folder of packages with a certifi that has Sesame's CA at its end."""
    folder = tmp_path_factory.mktemp("packages")
    shutil.copytree(pathlib.Path(certifi.where()).parent, folder / "certifi")
    ca = subprocess.run([BINARY, "ca", "--url", f"http://{server.endpoint}"], check=True, capture_output=True, text=True)
    with open(folder / "certifi" / "cacert.pem", "a", encoding="ascii") as bundle:
        bundle.write(ca.stdout)
    return folder


@pytest.fixture
def account(server, trusting):
    made = server.ask("POST", "/_sesame/accounts", {"cloud": "alibaba"})
    yield Account(server, trusting, made)
    server.control("DELETE", f"/_sesame/accounts/{made['id']}")


class Account:
    def __init__(self, server, trusting, made):
        self.server, self.trusting, self.id, self.root = server, trusting, made["id"], made["root"]

    @property
    def clock(self):
        return Clock(self.server, self.id)

    def ram(self):
        """RAM as its root, by its endpoint."""
        return Client(Config(access_key_id=self.root["access_key_id"], access_key_secret=self.root["access_key_secret"],
                             endpoint=self.server.endpoint, protocol="http"))

    def prowl(self, proxy=None):
        """What Prowler finds: a list of results by check and resource."""
        inherited = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
        done = subprocess.run(
            [sys.executable, "-B", HERE / "audit.py"],
            env={
                **inherited,
                "ALIBABA_CLOUD_ACCESS_KEY_ID": self.root["access_key_id"],
                "ALIBABA_CLOUD_ACCESS_KEY_SECRET": self.root["access_key_secret"],
                "HTTPS_PROXY": proxy or f"http://{self.server.endpoint}",
                "PYTHONPATH": str(self.trusting),
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
        found = json.loads(done.stdout.splitlines()[-1])
        return {(one["check"], one["resource"]): one["status"] for one in found}, done.stderr
