"""Roles, AssumeRole and who one is."""

import datetime
import re

import pytest

from support.errors import denied, refused, refused_with
from support.shapes import has_exactly
from support.world import TAKE_ROLES, Key, allow, as_json_text, format_time, parse_time, password, trust_policy

STS_DENIAL = "You are not authorized to do this action. You should be authorized by RAM."


def as_key(credentials):
    return Key(credentials["AccessKeyId"], credentials["AccessKeySecret"], credentials["SecurityToken"])


def taker(account, name="alice", password=None):
    """A user who may take on roles, as far as they trust him."""
    return account.user(name, password).takes_roles()


def assume(user, role, session="work", key=None, **more):
    return user.caller("sts", key)("AssumeRole", RoleArn=role["Arn"], RoleSessionName=session, **more)


def in_role(user, role, api="sts", **more):
    """A caller that works with the role's credentials."""
    return user.account.server.caller(api, as_key(assume(user, role, **more)["Credentials"]))


def test_a_new_role_shows_all_it_is(account):
    now = account.clock.freeze()
    document = trust_policy(f"acs:ram::{account.id}:root")
    answer = account.ram("CreateRole", RoleName="auditor", AssumeRolePolicyDocument=document, Description="looks")
    has_exactly(answer, "Role", "RequestId")
    role = has_exactly(
        answer["Role"],
        "RoleId",
        "RoleName",
        "Arn",
        "Description",
        "AssumeRolePolicyDocument",
        "CreateDate",
        "MaxSessionDuration",
        maybe=("AllowConsoleLogin",),
    )
    assert re.fullmatch(r"\d{18}", role["RoleId"])
    assert (role["RoleName"], role["Arn"]) == ("auditor", f"acs:ram::{account.id}:role/auditor")
    assert (role["Description"], role["MaxSessionDuration"]) == ("looks", 3600)
    assert role["AssumeRolePolicyDocument"] == document
    assert role["CreateDate"] == format_time(now)
    read = account.ram("GetRole", RoleName="auditor")
    has_exactly(read, "Role", "RequestId")
    has_exactly(
        read["Role"],
        *role.keys(),
        "UpdateDate",
        maybe=("AllowConsoleLogin", "IsServiceLinkedRole", "RolePrincipalName", "LatestDeletionTask"),
    )
    assert {name: read["Role"][name] for name in role} == role


def test_roles_are_listed_page_by_page(account):
    made = sorted(account.role(f"role-{n}")["RoleName"] for n in range(3))
    first = has_exactly(account.ram("ListRoles", MaxItems=2), "IsTruncated", "Marker", "Roles", "RequestId")
    rest = has_exactly(account.ram("ListRoles", Marker=first["Marker"]), "IsTruncated", "Roles", "RequestId")
    roles = first["Roles"]["Role"] + rest["Roles"]["Role"]
    assert sorted(role["RoleName"] for role in roles) == made
    for role in roles:
        has_exactly(
            role,
            "RoleId",
            "RoleName",
            "Arn",
            "CreateDate",
            "UpdateDate",
            "MaxSessionDuration",
            maybe=("Description", "Tags", "AllowConsoleLogin"),
        )


def test_a_deleted_role_is_gone(account):
    account.role()
    has_exactly(account.ram("DeleteRole", RoleName="auditor"), "RequestId")
    for operation in ("GetRole", "DeleteRole"):
        with refused("EntityNotExist.Role"):
            account.ram(operation, RoleName="auditor")


def test_a_role_name_is_taken_once(account):
    account.role()
    with refused("EntityAlreadyExists.Role"):
        account.role()


@pytest.mark.parametrize(
    "changes, code",
    [
        ({"RoleName": "a b"}, "InvalidParameter.RoleName.InvalidChars"),
        ({"RoleName": "r" * 65}, "InvalidParameter.RoleName.Length"),
        ({"MaxSessionDuration": 3599}, "InvalidParameter.MaxSessionDuration.Range"),
        ({"MaxSessionDuration": 43201}, "InvalidParameter.MaxSessionDuration.Range"),
    ],
)
def test_a_malformed_role_is_refused(account, changes, code):
    document = trust_policy(f"acs:ram::{account.id}:root")
    with refused(code):
        account.ram("CreateRole", **{"RoleName": "auditor", "AssumeRolePolicyDocument": document, **changes})


@pytest.mark.parametrize("document", ["no json", "{}", '{"Version":"7","Statement":[]}', '{"Version":"1","Statement":[{}]}'])
def test_a_malformed_trust_policy_is_refused(account, document):
    with refused("MalformedPolicyDocument", 400):
        account.ram("CreateRole", RoleName="auditor", AssumeRolePolicyDocument=document)


def test_what_a_role_needs_has_to_be_given(account):
    with refused("MissingRoleName"):
        account.ram("CreateRole", AssumeRolePolicyDocument=trust_policy(f"acs:ram::{account.id}:root"))
    with refused("MissingAssumeRolePolicyDocument"):
        account.ram("CreateRole", RoleName="auditor")


def test_root_is_the_account(account):
    answer = account.sts("GetCallerIdentity")
    has_exactly(answer, "IdentityType", "AccountId", "UserId", "PrincipalId", "Arn", "RequestId")
    assert answer["IdentityType"] == "Account"
    assert answer["AccountId"] == answer["UserId"] == answer["PrincipalId"] == account.id
    assert answer["Arn"] == f"acs:ram::{account.id}:root"


def test_a_user_is_a_user(account):
    user = account.user()
    answer = user.caller("sts")("GetCallerIdentity")
    has_exactly(answer, "IdentityType", "AccountId", "UserId", "PrincipalId", "Arn", "RequestId")
    assert answer["IdentityType"] == "RAMUser"
    assert answer["AccountId"] == account.id
    assert answer["UserId"] == answer["PrincipalId"] == user.id
    assert answer["Arn"] == f"acs:ram::{account.id}:user/alice"


def test_a_role_session_is_the_role(account):
    user, role = taker(account), account.role()
    answer = in_role(user, role, session="night.shift")("GetCallerIdentity")
    has_exactly(answer, "IdentityType", "AccountId", "RoleId", "PrincipalId", "Arn", "RequestId")
    assert answer["IdentityType"] == "AssumedRoleUser"
    assert answer["AccountId"] == account.id
    assert answer["RoleId"] == role["RoleId"]
    assert answer["PrincipalId"] == f"{role['RoleId']}:night.shift"
    assert answer["Arn"] == f"acs:ram::{account.id}:assumed-role/auditor/night.shift"


def test_assuming_a_role_gives_credentials_for_an_hour(account):
    now = account.clock.freeze()
    user, role = taker(account), account.role()
    answer = assume(user, role)
    has_exactly(answer, "Credentials", "AssumedRoleUser", "RequestId")
    credentials = has_exactly(
        answer["Credentials"], "AccessKeyId", "AccessKeySecret", "SecurityToken", "Expiration"
    )
    assert re.fullmatch(r"STS\.[A-Za-z0-9]{20,26}", credentials["AccessKeyId"])
    assert re.fullmatch(r"[A-Za-z0-9]{40,44}", credentials["AccessKeySecret"])
    assert len(credentials["SecurityToken"]) >= 64
    assert credentials["Expiration"] == format_time(now + datetime.timedelta(hours=1))
    assert answer["AssumedRoleUser"] == {
        "Arn": f"acs:ram::{account.id}:role/auditor/work",
        "AssumedRoleId": f"{role['RoleId']}:work",
    }


def test_a_source_identity_is_echoed(account):
    user, role = taker(account), account.role()
    assert assume(user, role, SourceIdentity="alice")["SourceIdentity"] == "alice"


def test_a_trust_policy_may_name_one_user(account):
    alice, bob = taker(account, "alice"), taker(account, "bob")
    role = account.role(trusts=f"acs:ram::{account.id}:user/alice")
    assume(alice, role)
    with refused("NoPermission", 403, STS_DENIAL):
        assume(bob, role)


def test_a_trust_policy_may_name_a_role(account):
    user = taker(account)
    first = account.role("first")
    account.gives(TAKE_ROLES, RoleName="first")
    second = account.role("second", trusts=f"acs:ram::{account.id}:role/first")
    chained = in_role(user, first)("AssumeRole", RoleArn=second["Arn"], RoleSessionName="next")
    identity = account.server.caller("sts", as_key(chained["Credentials"]))("GetCallerIdentity")
    assert identity["RoleId"] == second["RoleId"]
    with refused("NoPermission", 403, STS_DENIAL):
        assume(user, second)


def test_a_condition_that_is_not_met_keeps_out(account):
    document = trust_policy(f"acs:ram::{account.id}:root", StringEquals={"sts:ExternalId": "shared-word"})
    role = account.ram("CreateRole", RoleName="partner", AssumeRolePolicyDocument=document)["Role"]
    user = taker(account)
    for more in ({}, {"ExternalId": "other-word"}):
        with refused("NoPermission", 403, STS_DENIAL):
            assume(user, role, **more)


def test_a_denial_in_the_trust_policy_wins(account):
    alice, bob = taker(account, "alice"), taker(account, "bob")
    statements = [
        {"Effect": effect, "Action": "sts:AssumeRole", "Principal": {"RAM": [f"acs:ram::{account.id}:{who}"]}}
        for effect, who in (("Allow", "root"), ("Deny", "user/bob"))
    ]
    document = as_json_text({"Version": "1", "Statement": statements})
    role = account.ram("CreateRole", RoleName="auditor", AssumeRolePolicyDocument=document)["Role"]
    assume(alice, role)
    with refused("NoPermission", 403, STS_DENIAL):
        assume(bob, role)


def test_root_assumes_no_role(account):
    role = account.role()
    texts = (STS_DENIAL, "Roles may not be assumed by root accounts.")
    with refused("NoPermission", 403, lambda message: message in texts):
        account.sts("AssumeRole", RoleArn=role["Arn"], RoleSessionName="work")


def test_a_user_of_another_account_assumes_a_role_that_trusts_it(account, other_account):
    stranger = taker(other_account, "stranger")
    closed, open_ = account.role("closed"), account.role("open", trusts=f"acs:ram::{other_account.id}:root")
    identity = account.server.caller("sts", as_key(assume(stranger, open_)["Credentials"]))("GetCallerIdentity")
    assert (identity["AccountId"], identity["RoleId"]) == (account.id, open_["RoleId"])
    with refused("NoPermission", 403, STS_DENIAL):
        assume(stranger, closed)


def test_a_role_that_does_not_exist(account):
    user = taker(account)
    with refused("EntityNotExist.Role", 404, "The specified Role not exists."):
        assume(user, {"Arn": f"acs:ram::{account.id}:role/none"})


@pytest.mark.parametrize("arn", ["auditor", "acs:ram::role/auditor", "arn:aws:iam::123456789012:role/auditor"])
def test_a_malformed_role_arn(account, arn):
    with refused("InvalidParameter.RoleArn"):
        assume(taker(account), {"Arn": arn})


@pytest.mark.parametrize("name", ["x", "s" * 65, "a b", "a/b"])
def test_a_malformed_session_name(account, name):
    with refused("InvalidParameter.RoleSessionName"):
        assume(taker(account), account.role(), session=name)


@pytest.mark.parametrize("seconds", [899, 3601])
def test_a_session_is_not_shorter_or_longer_than_the_role_allows(account, seconds):
    with refused("InvalidParameter.DurationSeconds"):
        assume(taker(account), account.role(), DurationSeconds=seconds)


def test_the_role_says_how_long_a_session_may_be(account):
    now = account.clock.freeze()
    user, role = taker(account), account.role(MaxSessionDuration=7200)
    credentials = assume(user, role, DurationSeconds=7200)["Credentials"]
    assert credentials["Expiration"] == format_time(now + datetime.timedelta(hours=2))
    shortest = assume(user, role, DurationSeconds=900)["Credentials"]
    assert shortest["Expiration"] == format_time(now + datetime.timedelta(minutes=15))
    with refused("InvalidParameter.DurationSeconds", 400, None):
        assume(user, role, DurationSeconds=7201)


def test_a_session_policy_has_grammar_and_size(account):
    user, role = taker(account), account.role()
    with refused("InvalidParameter.PolicyGrammar"):
        assume(user, role, Policy="no policy")
    with refused("InvalidParameter.PolicySize", 400, None):
        assume(user, role, Policy=as_json_text({"Version": "1", "Statement": [allow("ram:" + "x" * 2100)]}))


@pytest.mark.parametrize("missing", ["RoleArn", "RoleSessionName"])
def test_what_assuming_needs_has_to_be_given(account, missing):
    given = {"RoleArn": account.role()["Arn"], "RoleSessionName": "work"}
    del given[missing]
    with refused(f"Missing{missing}"):
        account.user().caller("sts")("AssumeRole", **given)


def test_a_session_policy_adds_nothing(account):
    user, role = taker(account), account.role()
    policy = as_json_text({"Version": "1", "Statement": [allow("ram:*")]})
    with denied():
        in_role(user, role, "ims", Policy=policy)("ListUsers")


def test_a_session_may_nothing_but_be_itself(account):
    user, role = taker(account), account.role()
    key = as_key(assume(user, role)["Credentials"])
    ims, ram = account.server.caller("ims", key), account.server.caller("ram", key)
    account.set_preference(AllowUserToManageAccessKeys=True)
    for call in (
        lambda: ims("CreateUser", UserPrincipalName=account.upn("eve"), DisplayName="Eve"),
        lambda: ims("CreateAccessKey"),
        lambda: ims("CreateAccessKey", UserPrincipalName=user.upn),
        lambda: ram("ListRoles"),
    ):
        with denied():
            call()
    with denied() as refusal:
        ims("ListUsers")
    detail = refusal.body["AccessDeniedDetail"]
    assert (detail["AuthAction"], detail["NoPermissionType"]) == ("ram:ListUsers", "ImplicitDeny")
    assert detail["AuthPrincipalType"] == "AssumedRoleUser"
    assert detail["AuthPrincipalDisplayName"] == "auditor:work"
    assert detail["AuthPrincipalOwnerId"] == account.id


def expired():
    return refused_with("InvalidSecurityToken.Expired", 400, 403)


def test_a_token_is_good_until_it_expires_and_not_a_second_longer(account):
    now = account.clock.freeze()
    user, role = taker(account), account.role()
    session = in_role(user, role)
    account.clock.set(now + datetime.timedelta(seconds=3599))
    assert session("GetCallerIdentity")["RoleId"] == role["RoleId"]
    account.clock.set(now + datetime.timedelta(seconds=3600))
    with expired():
        session("GetCallerIdentity")


def test_a_token_lapses_when_the_clock_is_advanced(account):
    user, role = taker(account), account.role()
    session = in_role(user, role)
    account.clock.advance(minutes=61)
    with expired():
        session("GetCallerIdentity")


def test_a_temporary_key_is_nothing_without_its_token(account):
    user, role = taker(account), account.role()
    credentials = as_key(assume(user, role)["Credentials"])
    other = as_key(assume(user, role, session="other")["Credentials"])
    with refused("MissingSecurityToken"):
        account.server.caller("sts", Key(credentials.id, credentials.secret))("GetCallerIdentity")
    with refused_with("InvalidSecurityToken.", 400, 403):
        account.server.caller("sts", Key(credentials.id, credentials.secret, "CAIS-made-up"))("GetCallerIdentity")
    with refused_with("InvalidSecurityToken.", 400, 403):
        account.server.caller("sts", Key(credentials.id, credentials.secret, other.token))("GetCallerIdentity")


def test_a_temporary_key_signs_the_old_way_too(account):
    user, role = taker(account), account.role()
    key = as_key(assume(user, role)["Credentials"])
    assert account.server.caller("sts", key, "v2")("GetCallerIdentity")["RoleId"] == role["RoleId"]
    for method in ("GET", "POST"):
        assert account.server.legacy("sts", key, method)("GetCallerIdentity")["RoleId"] == role["RoleId"]


def test_a_token_stands_alone_among_the_sessions(account):
    user, role = taker(account), account.role()
    assume(user, role)
    session = next(s for s in account.sessions() if s["kind"] == "role")
    assert (session["state"], session["parent"], session["account"]) == ("active", None, account.id)
    assert role["RoleName"] in session["role"]


def switch_role(account, session, role):
    """A switch of a console session, whatever comes of it."""
    return account.server.control("POST", f"/_sesame/sessions/{session['id']}/switch-role", {"role": role})


def signed_in(account, name="alice"):
    secret = password()
    return taker(account, name, secret).signs_in(secret)


@pytest.mark.parametrize("named_by", ["RoleName", "Arn"])
def test_a_console_session_switches_to_a_role_that_ends_with_it(account, named_by):
    account.clock.freeze()
    role, console = account.role(), signed_in(account)
    reply = switch_role(account, console, role[named_by])
    assert reply.status == 200, reply.text
    switched = account.session(reply.body["session"]["id"])
    assert (switched["kind"], switched["parent"], switched["state"]) == ("role", console["id"], "active")
    assert (switched["user"], switched["role"]) == (console["user"], role["RoleName"])
    assert parse_time(switched["expires_at"]) == parse_time(switched["started_at"]) + datetime.timedelta(hours=1)
    account.server.ask("DELETE", f"/_sesame/sessions/{console['id']}")
    assert account.session(console["id"])["state"] == "revoked"
    ended = account.session(switched["id"])
    assert (ended["state"], ended["ended_because"]) == ("revoked", "parent-ended")


def test_a_role_does_not_outlast_the_console_session(account):
    account.clock.freeze()
    role, console = account.role(MaxSessionDuration=7200), signed_in(account)
    account.clock.advance(hours=5)
    session = switch_role(account, console, role["RoleName"]).body["session"]
    assert parse_time(account.session(session["id"])["expires_at"]) == parse_time(console["expires_at"])


def test_a_console_session_switches_to_a_role_of_another_account_by_its_arn(account, other_account):
    role, console = other_account.role(trusts=f"acs:ram::{account.id}:root"), signed_in(account)
    reply = switch_role(account, console, role["Arn"])
    assert reply.status == 200, reply.text
    assert account.session(reply.body["session"]["id"])["account"] == other_account.id
    assert switch_role(account, console, role["RoleName"]).status == 404


@pytest.mark.parametrize("named_by", ["RoleName", "Arn"])
def test_a_console_session_switches_to_no_role_that_does_not_trust_it(account, named_by):
    console = signed_in(account)
    role = account.role(trusts=f"acs:ram::{account.id}:user/bob")
    reply = switch_role(account, console, role[named_by])
    assert (reply.status, reply.body["code"]) == (403, "not-allowed")
    assert [session["kind"] for session in account.sessions()] == ["console"]


def test_a_role_that_is_not_for_the_console_is_taken_on_with_a_key_only(account):
    secret = password()
    user, role = taker(account, password=secret), account.role(AllowConsoleLogin=False)
    reply = switch_role(account, user.signs_in(secret), role["RoleName"])
    assert (reply.status, reply.body["code"]) == (403, "not-allowed")
    assert in_role(user, role)("GetCallerIdentity")["RoleId"] == role["RoleId"]


def test_a_console_session_switches_to_no_role_that_is_not_there(account):
    console = signed_in(account)
    for role in ("auditor", f"acs:ram::{account.id}:role/auditor"):
        assert switch_role(account, console, role).status == 404


def test_only_a_running_console_session_switches(account):
    role, console = account.role(), signed_in(account)
    switched = switch_role(account, console, role["RoleName"]).body["session"]
    account.server.ask("DELETE", f"/_sesame/sessions/{console['id']}")
    for session in (console, switched):
        reply = switch_role(account, session, role["RoleName"])
        assert (reply.status, reply.body["code"]) == (403, "session-not-active")
    assert switch_role(account, {"id": "none"}, role["RoleName"]).status == 404


def test_a_role_is_changed(account):
    account.role("auditor")
    document = trust_policy(f"acs:ram::{account.id}:user/alice")
    changed = account.ram(
        "UpdateRole",
        RoleName="auditor",
        NewAssumeRolePolicyDocument=document,
        NewDescription="looks",
        NewMaxSessionDuration=7200,
    )
    role = has_exactly(
        changed["Role"],
        "RoleId",
        "RoleName",
        "Arn",
        "Description",
        "AssumeRolePolicyDocument",
        "CreateDate",
        "UpdateDate",
        "MaxSessionDuration",
        maybe=("AllowConsoleLogin",),
    )
    assert (role["AssumeRolePolicyDocument"], role["Description"]) == (document, "looks")
    assert role["MaxSessionDuration"] == 7200
    read = account.ram("GetRole", RoleName="auditor")["Role"]
    assert {name: read[name] for name in role} == role
    with refused("EntityNotExist.Role"):
        account.ram("UpdateRole", RoleName="none", NewDescription="looks")


def test_a_role_is_linked_to_a_service(account):
    role = account.ram("CreateServiceLinkedRole", ServiceName="polardb.aliyuncs.com")["Role"]
    assert (role["RoleName"], role["IsServiceLinkedRole"]) == ("AliyunServiceRoleForPolarDB", True)
    assert account.ram("GetRole", RoleName=role["RoleName"])["Role"]["IsServiceLinkedRole"] is True
    with refused("EntityAlreadyExists.Role"):
        account.ram("CreateServiceLinkedRole", ServiceName="polardb.aliyuncs.com")
    with refused("EntityNotExist.Service"):
        account.ram("CreateServiceLinkedRole", ServiceName="none.aliyuncs.com")
    gone = has_exactly(account.ram("DeleteServiceLinkedRole", RoleName=role["RoleName"]), "DeletionTaskId", "RequestId")
    assert gone["DeletionTaskId"].startswith("task/acs-service-role/polardb.aliyuncs.com/AliyunServiceRoleForPolarDB/")
    with refused("EntityNotExist.Role"):
        account.ram("GetRole", RoleName=role["RoleName"])


def test_the_account_tells_what_it_has(account):
    account.user("alice")
    account.role()
    account.ims("CreateGroup", GroupName="ops")
    summary = account.ims("GetAccountSummary")["SummaryMap"]
    assert (summary["Users"], summary["Groups"], summary["Roles"]) == (1, 1, 1)
    assert (summary["GroupsQuota"], summary["GroupsPerUserQuota"]) == (300, 10)
    assert account.ims("GetAccountMFAInfo")["IsMFAEnable"] is False
