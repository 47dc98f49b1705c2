"""One server for the whole run, one account for each test."""

import pytest
from support import shapes
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


def pytest_collection_modifyitems(session, config, items):
    """What the whole run has to have done is only asked of a whole run."""
    shapes.WHOLE_RUN = not (config.option.keyword or any("::" in name or name.endswith(".py") for name in config.args))
