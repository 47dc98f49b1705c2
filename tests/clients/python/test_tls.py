"""Clients with the endpoints that they have built in: an HTTPS proxy and a CA are all they are told."""

import shutil
import subprocess

import pytest
from alibabacloud_ims20190815.client import Client as Ims
from alibabacloud_sts20150401.client import Client as Sts
from alibabacloud_tea_openapi.models import Config
from sesame_server import BINARY


@pytest.fixture(scope="module")
def ca(server, tmp_path_factory):
    file = tmp_path_factory.mktemp("tls") / "sesame-ca.pem"
    subprocess.run([BINARY, "ca", "--url", f"http://{server.endpoint}", "--out", file], check=True)
    return str(file)


def config(**more):
    return Config(access_key_id="test", access_key_secret="test", **more)


def test_the_sdks_own_endpoints_through_the_proxy(server, ca):
    proxy = f"http://{server.endpoint}"
    ims = Ims(config(https_proxy=proxy, ca=ca))
    assert ims._endpoint == "ims.aliyuncs.com"
    assert ims.get_default_domain().body.default_domain_name
    for region in ["cn-hangzhou", "eu-central-1"]:
        sts = Sts(config(https_proxy=proxy, ca=ca, region_id=region))
        assert sts._endpoint.endswith("aliyuncs.com")
        assert sts.get_caller_identity().body.identity_type == "Account"


def test_the_port_itself_by_tls(server, ca):
    assert Ims(config(endpoint=server.endpoint, protocol="https", ca=ca)).get_default_domain().body.request_id


def test_a_client_without_the_ca_trusts_nobody(server):
    with pytest.raises(Exception, match="(?i)certificate"):
        Ims(config(https_proxy=f"http://{server.endpoint}")).get_default_domain()


def curl(*words):
    return subprocess.run(["curl", "-sS", "--max-time", "20", *words], capture_output=True, text=True)


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
def test_curl_is_led_to_the_clouds_hosts_and_nowhere_else(server, ca):
    proxy = ["-x", f"http://{server.endpoint}", "--cacert", ca]
    said = curl(*proxy, "https://ims.aliyuncs.com/?Action=GetUser&Version=2019-08-15")
    assert '"HostId":"ims.aliyuncs.com"' in said.stdout, said
    for foreign in ["https://example.com", "https://ecs.aliyuncs.com", "https://127.0.0.1:1", "http://example.com"]:
        said = curl(*proxy, "-o", "/dev/null", "-w", "%{http_code} %{http_connect}", foreign)
        assert "403" in said.stdout, (foreign, said)
    said = curl("--cacert", ca, f"https://localhost:{server.endpoint.rsplit(':', 1)[1]}/_sesame/health")
    assert '"ok"' in said.stdout, said


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
def test_the_clouds_sign_in_hosts_have_their_pages_and_no_control(server, ca):
    proxy = ["-x", f"http://{server.endpoint}", "--cacert", ca, "-o", "-", "-w", " %{http_code}"]
    for page in ["https://signin.alibabacloud.com/login.htm", "https://signin.aws.amazon.com/console"]:
        assert curl(*proxy, page).stdout.endswith(" 200"), page
    for hidden in ["/_sesame/health", "/_sesame/state", "/console/testers/clock", "/console/users"]:
        for host in ["signin.aws.amazon.com", "signin.aliyun.com"]:
            assert curl(*proxy, f"https://{host}{hidden}").stdout.endswith(" 404"), (host, hidden)
