"""The AWS CLI with its own endpoints: an HTTPS proxy and a CA are all it is told. And TLS on the port itself."""

import subprocess

import pytest
from sesame_server import BINARY


@pytest.fixture
def trusting(cli, server):
    file = cli.folder / "sesame-ca.pem"
    subprocess.run([BINARY, "ca", "--url", f"http://{server.endpoint}", "--out", file], check=True)
    del cli.environment["AWS_ENDPOINT_URL"]
    cli.environment["AWS_CA_BUNDLE"] = str(file)
    return cli


def test_its_own_endpoints_through_the_proxy(trusting, server):
    trusting.environment["HTTPS_PROXY"] = f"http://{server.endpoint}"
    assert trusting("sts", "get-caller-identity")["Account"] == trusting.account
    trusting("iam", "create-user", "--user-name", "Bob")
    assert [user["UserName"] for user in trusting("iam", "list-users")["Users"]] == ["Bob"]


def test_the_port_itself_by_tls(trusting, server):
    said = trusting("--endpoint-url", f"https://{server.endpoint}", "sts", "get-caller-identity")
    assert said["Account"] == trusting.account
