"""boto3 with its own endpoints: an HTTPS proxy and a CA are all it is told. And TLS on the port itself."""

import subprocess

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ProxyConnectionError
from sesame_server import BINARY

KEYS = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}


@pytest.fixture(scope="module")
def ca(server, tmp_path_factory):
    file = tmp_path_factory.mktemp("tls") / "sesame-ca.pem"
    subprocess.run([BINARY, "ca", "--url", f"http://{server.endpoint}", "--out", file], check=True)
    return str(file)


@pytest.fixture
def session(server, ca, monkeypatch):
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.setenv("HTTPS_PROXY", f"http://{server.endpoint}")
    monkeypatch.setenv("AWS_CA_BUNDLE", ca)
    return boto3.Session(region_name="eu-west-1", **KEYS)


def test_its_own_endpoints_through_the_proxy(session):
    iam = session.client("iam")
    assert iam.meta.endpoint_url == "https://iam.amazonaws.com"
    assert "Users" in iam.list_users()
    for region in ["us-east-1", "eu-west-1"]:
        sts = session.client("sts", region_name=region)
        assert sts.meta.endpoint_url == f"https://sts.{region}.amazonaws.com"
        assert sts.get_caller_identity()["Arn"].endswith(":root")


def test_other_services_are_refused(session):
    s3 = session.client("s3", config=Config(retries={"total_max_attempts": 1}))
    with pytest.raises(ProxyConnectionError):
        s3.list_buckets()


def test_the_port_itself_by_tls(server, ca):
    sts = boto3.client("sts", endpoint_url=f"https://{server.endpoint}", region_name="us-east-1", verify=ca, **KEYS)
    assert sts.get_caller_identity()["Arn"].endswith(":root")
