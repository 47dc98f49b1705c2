"""One server for the whole run, one account for each test."""

import signal

import pytest

from support.world import Server


def pytest_configure():
    """Told to stop by a signal, the suite stops the way it does on Ctrl-C, so that its server stops too."""
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.default_int_handler)


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
