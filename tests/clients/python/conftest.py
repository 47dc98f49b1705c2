"""One server for the whole run, one account for each test."""

import pytest

from support.world import Server


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    running = Server(tmp_path_factory.mktemp("sesame") / "server.log")
    yield running
    running.stop()


@pytest.fixture
def account(server):
    made = server.account()
    yield made
    made.delete()


@pytest.fixture
def other_account(server):
    made = server.account()
    yield made
    made.delete()
