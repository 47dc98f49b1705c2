"""The front door: signatures, unknown operations, and operations that the cloud has and we have not."""

import urllib.error
import urllib.parse
import urllib.request
import xml.etree.ElementTree as ElementTree

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from support.errors import refused
from support.world import Key

NAMESPACE = "{https://iam.amazonaws.com/doc/2010-05-08/}"
MISMATCH = (
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key "
    "and signing method. Consult the service documentation for details."
)


def send(account, parameters, key=None, service="iam", region="us-east-1", signed=True, **headers):
    """A request made by hand; its status and the error's code and message."""
    body = urllib.parse.urlencode(parameters)
    request = AWSRequest(
        method="POST",
        url=f"http://{account.server.endpoint}/",
        data=body,
        headers={"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"},
    )
    key = key or account.root
    if signed:
        SigV4Auth(Credentials(key.id, key.secret, key.token), service, region).add_auth(request)
    prepared = request.prepare()
    sent = urllib.request.Request(prepared.url, data=body.encode(), headers={**dict(prepared.headers), **headers})
    try:
        with urllib.request.urlopen(sent, timeout=10) as answer:
            return answer.status, None, answer.read().decode()
    except urllib.error.HTTPError as error:
        root = ElementTree.fromstring(error.read())
        spaces = root.tag.partition("}")[0] + "}"
        code = root.findtext(f"{spaces}Error/{spaces}Code")
        return error.code, code, root.findtext(f"{spaces}Error/{spaces}Message")


def call(action="ListUsers", version="2010-05-08", **more):
    return {"Action": action, "Version": version, **more}


def test_an_unknown_action_is_none(account):
    status, code, text = send(account, call("PolishUser"))
    assert (status, code, text) == (400, "InvalidAction", "Could not find operation PolishUser for version 2010-05-08")
    status, code, _ = send(account, {"Version": "2010-05-08"})
    assert (status, code) == (400, "MissingAction")


def test_a_request_has_to_be_signed(account):
    answer = send(account, call(), signed=False)
    assert answer == (403, "MissingAuthenticationToken", "Request is missing Authentication Token")


def test_a_signature_has_to_be_right(account):
    user = account.user("alice")
    user.sts.get_caller_identity()
    forged = Key(user.key.id, "x" * 40)
    with refused("SignatureDoesNotMatch", MISMATCH):
        user.client("sts", forged).get_caller_identity()


def test_a_body_changed_on_its_way_is_refused(account):
    user = account.user("alice")
    request = AWSRequest(method="POST", url=f"http://{account.server.endpoint}/", data=urllib.parse.urlencode(call()))
    SigV4Auth(Credentials(user.key.id, user.key.secret), "iam", "us-east-1").add_auth(request)
    changed = urllib.parse.urlencode(call("ListRoles")).encode()
    sent = urllib.request.Request(request.url, data=changed, headers=dict(request.headers))
    with pytest.raises(urllib.error.HTTPError) as error:
        urllib.request.urlopen(sent, timeout=10)
    assert error.value.code == 403 and b"<Code>SignatureDoesNotMatch</Code>" in error.value.read()


def test_the_scope_has_to_name_the_service(account):
    user = account.user("alice")
    status, code, text = send(account, call(), key=user.key, service="s3")
    assert (status, code) == (403, "SignatureDoesNotMatch")
    assert text.startswith("Credential should be scoped to correct service: 'iam'.")


@pytest.mark.parametrize(
    "header, part",
    [
        ("SHA256 SignedHeaders={}, Signature=0", "Authorization header requires 'Credential' parameter."),
        ("SHA256 Credential=a/b/c/d/e, Signature=0", "Authorization header requires 'SignedHeaders' parameter."),
        ("SHA256 Credential=a/b, SignedHeaders={}, Signature=0", "Credential must have exactly 5"),
        ("MD5 Credential=a/b/c/d/e, SignedHeaders={}, Signature=0", "Unsupported AWS 'algorithm'"),
    ],
)
def test_an_incomplete_signature_says_what_it_lacks(account, header, part):
    header = "AWS4-HMAC-" + header.format("host;x-amz-date")
    status, code, text = send(account, call(), Authorization=header)
    assert (status, code) == (400, "IncompleteSignature"), text
    assert part in text


def test_an_old_signature_is_refused(account):
    user = account.user("alice")
    body = urllib.parse.urlencode(call("GetCallerIdentity", "2011-06-15"))
    request = AWSRequest(method="POST", url=f"http://{account.server.endpoint}/", data=body)
    signer = SigV4Auth(Credentials(user.key.id, user.key.secret), "sts", "us-east-1")
    request.context["timestamp"] = "20200102T030405Z"
    request.headers["X-Amz-Date"] = "20200102T030405Z"
    signer._modify_request_before_signing = lambda _: None
    canonical = signer.canonical_request(request)
    signature = signer.signature(signer.string_to_sign(request, canonical), request)
    signer._inject_signature_to_request(request, signature)
    sent = urllib.request.Request(request.url, data=body.encode(), headers=dict(request.headers))
    with pytest.raises(urllib.error.HTTPError) as error:
        urllib.request.urlopen(sent, timeout=10)
    assert b"Signature expired: 20200102T030405Z is now earlier than " in error.value.read()


@pytest.mark.parametrize(
    "operation",
    [
        "CreateDelegationRequest",
        "EnableOrganizationsRootSessions",
        "GenerateOrganizationsAccessReport",
        "EnableOutboundWebIdentityFederation",
    ],
)
def test_what_is_not_built_says_so(account, operation):
    status, _, text = send(account, call(operation))
    assert status == 501
    assert operation in text
