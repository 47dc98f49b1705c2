"""What the gateway refuses before any operation is asked, with requests that no client would send."""

import json
import re
import uuid
from urllib.parse import quote

import pytest
from aliyunsdksts.request.v20150401.GetCallerIdentityRequest import GetCallerIdentityRequest

from support import handmade, known_secrets
from support.errors import refused
from support.handmade import encode, timestamp
from support.shapes import SHAPES, check_error
from support.world import Key, password

IMS, RAM, STS = "2019-08-15", "2015-05-01", "2015-04-01"
IN_BOTH = """
    CreateLoginProfile GetLoginProfile UpdateLoginProfile DeleteLoginProfile ChangePassword
    GetPasswordPolicy SetPasswordPolicy GetSecurityPreference SetSecurityPreference
    CreateUser GetUser UpdateUser DeleteUser ListUsers
    CreateAccessKey ListAccessKeys UpdateAccessKey DeleteAccessKey GetAccessKeyLastUsed
    CreateVirtualMFADevice BindMFADevice UnbindMFADevice DeleteVirtualMFADevice ListVirtualMFADevices GetUserMFAInfo
    CreateGroup GetGroup UpdateGroup DeleteGroup ListGroups
    AddUserToGroup RemoveUserFromGroup ListGroupsForUser ListUsersForGroup
    TagResources UntagResources ListTagResources
""".split()
BUILT = {
    "ims": {
        *IN_BOTH,
        *("ListUserBasicInfos", "DisableVirtualMFA", "GetDefaultDomain", "SetDefaultDomain"),
        *("GetAccountSummary", "GetAccountMFAInfo"),
        *(f"{verb}{kind}Provider" for verb in ("Create", "Get", "Update", "Delete") for kind in ("OIDC", "SAML")),
        *("ListOIDCProviders", "ListSAMLProviders", "AddClientIdToOIDCProvider", "RemoveClientIdFromOIDCProvider"),
        *("AddFingerprintToOIDCProvider", "RemoveFingerprintFromOIDCProvider"),
    },
    "ram": {
        *IN_BOTH,
        *("GetAccountAlias", "SetAccountAlias", "ClearAccountAlias"),
        *("CreateRole", "GetRole", "ListRoles", "UpdateRole", "DeleteRole"),
        *("CreateServiceLinkedRole", "DeleteServiceLinkedRole"),
        *("CreatePolicy", "GetPolicy", "ListPolicies", "UpdatePolicyDescription", "DeletePolicy"),
        *("CreatePolicyVersion", "GetPolicyVersion", "ListPolicyVersions"),
        *("SetDefaultPolicyVersion", "DeletePolicyVersion"),
        *("AttachPolicyToUser", "DetachPolicyFromUser", "ListPoliciesForUser"),
        *("AttachPolicyToGroup", "DetachPolicyFromGroup", "ListPoliciesForGroup"),
        *("AttachPolicyToRole", "DetachPolicyFromRole", "ListPoliciesForRole"),
        *("ListEntitiesForPolicy", "DecodeDiagnosticMessage"),
    },
    "sts": {"AssumeRole", "AssumeRoleWithOIDC", "AssumeRoleWithSAML", "GetCallerIdentity"},
}
V1_MISMATCH = "Specified signature is not matched with our calculation. server string to sign is:"
V3_MISMATCH = "Specified signature does not match our calculation. server StringToSign is [ACS3-HMAC-SHA256"


@pytest.fixture
def key(account):
    return account.root


@pytest.fixture
def v1(server, key):
    """A V1 call by the account's root: `v1(version, action, ..)`."""
    return lambda version, action, **more: handmade.v1(server.endpoint, key, version, action, **more)


@pytest.fixture
def v3(server, key):
    """A V3 call by the account's root."""
    return lambda version, action, **more: handmade.v3(server.endpoint, key, version, action, **more)


def wrong(key):
    return Key(key.id, known_secrets.remember("not-the-secret-" + uuid.uuid4().hex, "secret"), key.token)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_handmade_v1_request_is_accepted(v1, account, method):
    answer = v1(STS, "GetCallerIdentity", method=method)
    assert answer.is_success()["AccountId"] == account.id


def test_a_v1_request_may_travel_in_a_form(v1, account):
    everything = (
        "Action Version Format AccessKeyId SignatureMethod SignatureVersion SignatureNonce Timestamp Signature "
        "UserName Comments"
    ).split()
    answer = v1(RAM, "CreateUser", method="POST", form=everything, UserName="alice", Comments="A b+c")
    assert answer.is_success()["User"]["Comments"] == "A b+c"


def test_query_and_form_are_one(v1):
    answer = v1(RAM, "CreateUser", method="POST", form=["Comments", "SignatureNonce"], UserName="a", Comments="b c")
    assert answer.is_success()["User"]["Comments"] == "b c"


def test_a_plus_in_the_query_is_a_space(server, key):
    pairs = handmade.v1_pairs(key, RAM, "CreateUser", {"UserName": "alice", "Comments": "Alice Doe"})
    signature = handmade.v1_signature(key.secret, "GET", pairs)
    query = handmade.query_string([*pairs, ("Signature", signature)]).replace("%20", "+")
    answer = handmade.send(server.endpoint, "GET", f"/?{query}")
    assert answer.is_success()["User"]["Comments"] == "Alice Doe"


def test_an_empty_parameter_takes_part_in_the_signature(v1):
    assert v1(STS, "GetCallerIdentity", SignatureType="", RegionId="cn-hangzhou").is_success()


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_handmade_v3_request_is_accepted(v3, account, method):
    assert v3(STS, "GetCallerIdentity", method=method).is_success()["AccountId"] == account.id


def test_v3_with_parameters_in_the_query(v3, account):
    text = "sp ace+plus*~"
    made = v3(IMS, "CreateUser", UserPrincipalName=account.upn("alice"), DisplayName="Alice", Comments=text).is_success()
    assert made["User"]["Comments"] == text


def test_a_success_carries_the_headers_of_the_gateway(v1, v3):
    for answer in (v1(STS, "GetCallerIdentity"), v3(STS, "GetCallerIdentity")):
        assert answer.headers["content-type"] == "application/json;charset=utf-8"
        assert answer.headers["x-acs-request-id"] == answer.is_success()["RequestId"]


def test_an_error_carries_the_headers_of_the_gateway_and_names_the_host(server, v1):
    answer = v1(RAM, "GetUser", UserName="nobody")
    body = answer.is_refused("EntityNotExist.User")
    assert answer.headers["content-type"] == "application/json;charset=utf-8"
    assert answer.headers["x-acs-request-id"] == body["RequestId"]
    assert body["HostId"] in (server.endpoint, server.endpoint.split(":")[0])
    assert "EntityNotExist.User" in body["Recommend"]


def test_two_requests_have_two_ids(v1):
    assert v1(STS, "GetCallerIdentity").json["RequestId"] != v1(STS, "GetCallerIdentity").json["RequestId"]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_wrong_secret_in_v1_shows_the_string_that_was_to_be_signed(server, key, method):
    pairs = handmade.v1_pairs(key, STS, "GetCallerIdentity", {})
    signature = handmade.v1_signature(wrong(key).secret, method, pairs)
    query = handmade.query_string([*pairs, ("Signature", signature)])
    answer = handmade.send(server.endpoint, method, f"/?{query}")
    expected = V1_MISMATCH + handmade.v1_string_to_sign(method, pairs)
    answer.is_refused("SignatureDoesNotMatch", 400, expected)


def test_a_wrong_secret_in_v3_shows_what_was_to_be_signed(server, key):
    answer = handmade.v3(server.endpoint, wrong(key), STS, "GetCallerIdentity")
    answer.is_refused("SignatureDoesNotMatch", 400, lambda message: message.startswith(V3_MISMATCH))


def test_a_wrong_secret_is_told_to_the_current_sdk(account):
    with refused("SignatureDoesNotMatch", 400, lambda message: message.startswith(V3_MISMATCH)):
        account.server.caller("sts", wrong(account.root))("GetCallerIdentity")
    with refused("SignatureDoesNotMatch", 400, lambda message: message.startswith(V1_MISMATCH)):
        account.server.caller("sts", wrong(account.root), "v2")("GetCallerIdentity")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_legacy_sdk_understands_that_its_secret_is_wrong(account, method):
    message = "The AccessKeySecret is incorrect. Please check your AccessKeyId and AccessKeySecret."
    request = GetCallerIdentityRequest()  # of a CommonRequest this SDK forgets what it signed
    request.set_method(method)
    with refused("InvalidAccessKeySecret", 400, message):
        account.server.legacy("sts", wrong(account.root)).send(request)


def test_a_signature_of_another_method_does_not_count(server, key):
    pairs = handmade.v1_pairs(key, STS, "GetCallerIdentity", {})
    query = handmade.query_string([*pairs, ("Signature", handmade.v1_signature(key.secret, "GET", pairs))])
    answer = handmade.send(server.endpoint, "POST", f"/?{query}")
    answer.is_refused("SignatureDoesNotMatch", 400, lambda message: message.startswith(V1_MISMATCH))


def test_a_parameter_changed_after_signing_is_noticed(server, key):
    pairs = handmade.v1_pairs(key, RAM, "GetUser", {"UserName": "alice"})
    signature = handmade.v1_signature(key.secret, "GET", pairs)
    changed = [(name, "mallory" if name == "UserName" else value) for name, value in pairs]
    answer = handmade.send(server.endpoint, "GET", "/?" + handmade.query_string([*changed, ("Signature", signature)]))
    answer.is_refused("SignatureDoesNotMatch", 400, lambda message: message.startswith(V1_MISMATCH))


@pytest.mark.parametrize("header, value", [("x-acs-action", "GetUser"), ("accept", "text/html"), ("x-acs-version", RAM)])
def test_a_header_changed_after_signing_is_noticed(v3, header, value):
    answer = v3(STS, "GetCallerIdentity", spoil=lambda headers: headers.update({header: value}))
    answer.is_a_client_error()


def test_a_body_other_than_the_signed_one_is_noticed(server, key):
    answer = handmade.v3(server.endpoint, key, RAM, "CreateUser", other_body=b"UserName=mallory", UserName="alice")
    answer.is_a_client_error()
    account_users = handmade.v3(server.endpoint, key, RAM, "ListUsers").is_success()
    assert account_users["Users"]["User"] == []


def test_a_deleted_key_and_an_inactive_key_are_told_apart(account, server):
    user = account.user()
    gone, asleep = user.new_key(), user.new_key()
    account.ims("DeleteAccessKey", UserPrincipalName=user.upn, UserAccessKeyId=gone.id)
    account.ims("UpdateAccessKey", UserPrincipalName=user.upn, UserAccessKeyId=asleep.id, Status="Inactive")
    for make in (handmade.v1, handmade.v3):
        make(server.endpoint, gone, STS, "GetCallerIdentity").is_refused("InvalidAccessKeyId.NotFound")
        make(server.endpoint, asleep, STS, "GetCallerIdentity").is_refused("InvalidAccessKeyId.Inactive")


@pytest.mark.parametrize("version", [IMS, RAM, STS])
def test_an_unknown_action(v1, v3, version):
    for call in (v1, v3):
        call(version, "MakeCoffee").is_refused("InvalidAction.NotFound")


def test_an_action_of_another_version_is_unknown(v1):
    v1(IMS, "CreateRole").is_refused("InvalidAction.NotFound")
    v1(STS, "CreateUser").is_refused("InvalidAction.NotFound")
    v1(RAM, "SetDefaultDomain").is_refused("InvalidAction.NotFound")


def test_the_name_of_an_action_is_case_sensitive(v1):
    v1(RAM, "listusers").is_refused("InvalidAction.NotFound")


def test_an_unknown_version(v1, v3):
    for call in (v1, v3):
        call("1999-12-31", "ListUsers").is_refused("InvalidVersion")


@pytest.mark.parametrize("api, version", [("ims", IMS), ("ram", RAM)])
def test_what_is_not_built_says_so_and_fakes_nothing(v1, api, version):
    unbuilt = sorted(set(SHAPES[api]) - BUILT[api])
    assert unbuilt and BUILT[api] <= set(SHAPES[api])
    for action in unbuilt:
        body = v1(version, action).is_refused("UnsupportedOperation", 501, lambda message, a=action: a in message)
        assert "AccessDeniedDetail" not in body


@pytest.mark.parametrize("api, version", [("ims", IMS), ("ram", RAM), ("sts", STS)])
def test_what_is_built_does_not_say_that_it_is_not(server, account, api, version):
    key = account.user().new_key()
    for action in sorted(BUILT[api]):
        answer = handmade.v1(server.endpoint, key, version, action)
        assert answer.status in (200, 400, 403), (action, answer.body)


@pytest.mark.parametrize(
    "name", ["Action", "Version", "AccessKeyId", "SignatureMethod", "SignatureNonce", "Timestamp", "Signature"]
)
def test_every_common_parameter_has_to_be_there(v1, name):
    v1(RAM, "ListUsers", without=[name]).is_refused(f"Missing{name}")


def test_a_common_parameter_in_the_wrong_case_is_missing(v1):
    v1(RAM, "ListUsers", without=["Timestamp"], changes={"TimeStamp": timestamp()}).is_refused("MissingTimestamp")


def test_an_operation_parameter_has_to_be_there(v1, v3):
    v1(RAM, "GetUser").is_refused("MissingUserName")
    v3(IMS, "GetLoginProfile").is_refused("MissingUserPrincipalName")
    v1(IMS, "BindMFADevice").is_refused("MissingUserPrincipalName")


def test_a_nonce_counts_once(v1, v3):
    nonce = uuid.uuid4().hex
    v1(STS, "GetCallerIdentity", changes={"SignatureNonce": nonce}).is_success()
    v1(STS, "GetCallerIdentity", changes={"SignatureNonce": nonce}).is_refused("SignatureNonceUsed")
    nonce = uuid.uuid4().hex
    v3(STS, "GetCallerIdentity", nonce=nonce).is_success()
    v3(STS, "GetCallerIdentity", nonce=nonce).is_refused("SignatureNonceUsed")


def test_the_very_same_request_is_not_taken_twice(server, key):
    pairs = handmade.v1_pairs(key, RAM, "CreateUser", {"UserName": "alice"})
    target = "/?" + handmade.query_string([*pairs, ("Signature", handmade.v1_signature(key.secret, "GET", pairs))])
    handmade.send(server.endpoint, "GET", target).is_success()
    handmade.send(server.endpoint, "GET", target).is_refused("SignatureNonceUsed")


@pytest.mark.parametrize("minutes", [-16, 16, -60 * 24 * 400])
def test_a_stale_timestamp(v1, v3, minutes):
    v1(STS, "GetCallerIdentity", changes={"Timestamp": timestamp(minutes=minutes)}).is_refused("InvalidTimeStamp.Expired")
    v3(STS, "GetCallerIdentity", date=timestamp(minutes=minutes)).is_refused("InvalidTimeStamp.Expired")


@pytest.mark.parametrize("minutes", [-14, 14])
def test_a_clock_may_be_a_little_off(v1, v3, minutes):
    v1(STS, "GetCallerIdentity", changes={"Timestamp": timestamp(minutes=minutes)}).is_success()
    v3(STS, "GetCallerIdentity", date=timestamp(minutes=minutes)).is_success()


def test_the_clock_of_the_account_and_the_real_one_are_both_right(v1, account):
    account.clock.advance(days=100)
    v1(STS, "GetCallerIdentity").is_success()
    v1(STS, "GetCallerIdentity", changes={"Timestamp": timestamp(days=100)}).is_success()
    v1(STS, "GetCallerIdentity", changes={"Timestamp": timestamp(days=50)}).is_refused("InvalidTimeStamp.Expired")


@pytest.mark.parametrize("text", ["yesterday", "2026-01-01 00:00:00", "1767225600"])
def test_a_timestamp_has_its_form(v1, v3, text):
    v1(STS, "GetCallerIdentity", changes={"Timestamp": text}).is_refused("InvalidTimeStamp.Format")
    v3(STS, "GetCallerIdentity", date=text).is_refused("InvalidTimeStamp.Format")


def test_an_unknown_way_of_signing(v1):
    v1(STS, "GetCallerIdentity", changes={"SignatureMethod": "ROT13"}).is_refused("InvalidSignatureMethod")


def test_an_unknown_format(v1):
    v1(STS, "GetCallerIdentity", changes={"Format": "YAML"}).is_refused("InvalidParameter.Format")


@pytest.mark.parametrize("format", ["JSON", "json", "Json"])
def test_the_format_is_read_without_regard_to_case(v1, format):
    v1(STS, "GetCallerIdentity", changes={"Format": format}).is_success()


def test_json_is_the_default(v1):
    v1(STS, "GetCallerIdentity", without=["Format"]).is_success()


@pytest.mark.parametrize("name, value", [("UserName", "bob"), ("Action", "ListUsers"), ("AccessKeyId", "other")])
def test_a_parameter_given_twice_is_refused(v1, name, value):
    v1(RAM, "GetUser", UserName="alice", extra=[(name, value)]).is_a_client_error()


def test_a_parameter_in_query_and_form_at_once_is_refused(server, key):
    pairs = handmade.v1_pairs(key, RAM, "CreateUser", {"UserName": "alice"})
    signature = handmade.v1_signature(key.secret, "POST", [*pairs, ("UserName", "bob")])
    target = "/?" + handmade.query_string([*pairs, ("Signature", signature)])
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    handmade.send(server.endpoint, "POST", target, headers, b"UserName=bob").is_a_client_error()


@pytest.mark.parametrize("bytes_", ["%FF%FE", "%C3%28", "%ED%A0%80", "%C0%AF"])
def test_text_that_is_not_utf8_is_refused(server, key, bytes_):
    pairs = handmade.v1_pairs(key, RAM, "CreateUser", {"UserName": "alice"})
    query = handmade.query_string([*pairs, ("Signature", handmade.v1_signature(key.secret, "GET", pairs))])
    handmade.send(server.endpoint, "GET", f"/?{query}&Comments={bytes_}").is_a_client_error()


@pytest.mark.parametrize("query", ["Comments=%", "Comments=%zz", "Comments=%4"])
def test_a_broken_escape_is_no_accident_of_the_server(server, key, query):
    pairs = handmade.v1_pairs(key, RAM, "GetUser", {"UserName": "nobody"})
    signed = handmade.query_string([*pairs, ("Signature", handmade.v1_signature(key.secret, "GET", pairs))])
    handmade.send(server.endpoint, "GET", f"/?{signed}&{query}").is_a_client_error()


def test_a_body_of_several_megabytes_is_read(v1):
    answer = v1(RAM, "CreateUser", method="POST", form=["Comments"], UserName="alice", Comments="c" * 3_000_000)
    answer.is_refused("InvalidParameter.Comments.Length")


def test_a_body_over_ten_megabytes_is_refused(server, v1):
    body = b"Comments=" + b"c" * (10 * 1024 * 1024)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    target = "/?" + handmade.query_string([("Action", "CreateUser"), ("Version", RAM)])
    try:
        answer = handmade.send(server.endpoint, "POST", target, headers, body)
    except (ConnectionResetError, BrokenPipeError):
        answer = None  # cut off in the middle of the upload, which refuses it too
    if answer is not None:
        assert answer.status in (400, 413), answer.body[:300]
        check_error(answer.json)
    v1(STS, "GetCallerIdentity").is_success()


@pytest.mark.parametrize("authorization", ["ACS3-HMAC-SHA256", "ACS3-HMAC-SHA256 Credential=,SignedHeaders=,Signature=", "ACS3-HMAC-SHA256 nonsense"])
def test_a_mangled_authorization_is_refused(v3, authorization):
    v3(STS, "GetCallerIdentity", spoil=lambda headers: headers.update(Authorization=authorization)).is_a_client_error()


def test_v3_needs_its_date_and_nonce(v3):
    for header in ("x-acs-date", "x-acs-signature-nonce"):
        v3(STS, "GetCallerIdentity", spoil=lambda headers, gone=header: headers.pop(gone)).is_a_client_error()


def test_an_unsigned_request_is_nobodys(server):
    query = handmade.query_string([("Action", "ListUsers"), ("Version", RAM)])
    handmade.send(server.endpoint, "GET", f"/?{query}").is_a_client_error()


def test_a_refused_request_leaves_nothing_behind(v1, account, server):
    bad = handmade.v1(server.endpoint, wrong(account.root), RAM, "CreateUser", UserName="mallory")
    assert bad.status == 400
    with refused("EntityNotExist.User"):
        account.ram("GetUser", UserName="mallory")


def test_a_secret_in_the_query_of_a_refused_request_is_not_echoed(v1, account):
    secret = password()
    answer = v1(RAM, "CreateLoginProfile", UserName="nobody", Password=secret)
    answer.is_refused("EntityNotExist.User")
    text = answer.body.decode()
    assert secret not in text and quote(secret) not in text and encode(secret) not in text
    assert not re.search(re.escape(secret), json.dumps(dict(answer.headers)))
