"""Policies decide: whose they are, what they are about, and what a denial says of them."""

import json

import pytest

from support.errors import denied, refused
from support.world import TAKE_ROLES, Key, allow, as_json_text, deny, trust_policy

STS_DENIAL = "You are not authorized to do this action. You should be authorized by RAM."


def refused_for(resource, action):
    """A denial of an action on a resource, in the cloud's words."""
    text = f"You are not authorized to do this action. Resource: {resource} Action: {action}"
    return refused("NoPermission", 403, text)


def assume(user, role, **more):
    answer = user.caller("sts")("AssumeRole", RoleArn=role["Arn"], RoleSessionName="work", **more)
    made = answer["Credentials"]
    return Key(made["AccessKeyId"], made["AccessKeySecret"], made["SecurityToken"])


def detail_of(call):
    """What the SDK's exception tells of a denial."""
    with pytest.raises(Exception) as caught:
        call()
    error = caught.value
    assert (error.code, error.status_code) == ("NoPermission", 403)
    return error.access_denied_detail


@pytest.mark.parametrize(
    "statements, kind",
    [([], "ImplicitDeny"), ([allow("ram:*"), deny("ram:ListUsers")], "ExplicitDeny")],
)
def test_the_sdk_shows_why_a_call_was_denied(account, statements, kind):
    user = account.user()
    if statements:
        user.may(*statements)
    detail = detail_of(lambda: user.caller()("ListUsers"))
    assert len(detail.pop("EncodedDiagnosticMessage")) > 64
    assert detail == {
        "AuthAction": "ram:ListUsers",
        "AuthPrincipalDisplayName": user.id,
        "AuthPrincipalOwnerId": account.id,
        "AuthPrincipalType": "SubUser",
        "NoPermissionType": kind,
        "PolicyType": "AccountLevelIdentityBasedPolicy",
    }


def test_a_denial_names_resource_and_action(account):
    user = account.user()
    with refused_for(f"acs:ram:*:{account.id}:user/bob", "ram:GetUser"):
        user.caller("ram")("GetUser", UserName="bob")
    with refused_for(f"acs:ram:*:{account.id}:user/*", "ram:ListUsers"):
        user.caller("ram")("ListUsers")


def test_two_denials_are_sealed_apart(account):
    user = account.user()
    first, second = (detail_of(lambda: user.caller()("ListUsers")) for _ in range(2))
    assert first["EncodedDiagnosticMessage"] != second["EncodedDiagnosticMessage"]


def test_a_denial_wins_wherever_it_stands(account):
    user = account.user().may(deny("ram:GetUser"), name="never")
    account.gives("AdministratorAccess", UserName="alice")
    ims = user.caller()
    ims("ListUsers")
    with denied():
        ims("GetUser", UserPrincipalName=user.upn)
    account.ram("DetachPolicyFromUser", UserName="alice", PolicyName="alice-never", PolicyType="Custom")
    ims("GetUser", UserPrincipalName=user.upn)


def test_the_clouds_policy_for_readers_reads_and_no_more(account):
    user = account.user()
    account.gives("AliyunRAMReadOnlyAccess", UserName="alice")
    ims, ram = user.caller(), user.caller("ram")
    ims("ListUsers")
    ram("ListRoles")
    ram("GetUser", UserName="alice")
    for call in (
        lambda: ims("CreateUser", UserPrincipalName=account.upn("eve"), DisplayName="Eve"),
        lambda: ram("CreateGroup", GroupName="ops"),
        lambda: ram("DeleteUser", UserName="alice"),
    ):
        with denied():
            call()
    account.ram("DetachPolicyFromUser", UserName="alice", PolicyName="AliyunRAMReadOnlyAccess", PolicyType="System")
    with denied():
        ims("ListUsers")


def test_a_member_may_what_the_group_may(account):
    user = account.user()
    account.ram("CreateGroup", GroupName="staff")
    account.gives(account.policy("lister", allow("ram:ListUsers")), GroupName="staff")
    with denied():
        user.caller()("ListUsers")
    account.ram("AddUserToGroup", GroupName="staff", UserName="alice")
    user.caller()("ListUsers")
    account.ram("RemoveUserFromGroup", GroupName="staff", UserName="alice")
    with denied():
        user.caller()("ListUsers")


def test_a_role_gives_what_its_policies_give_and_not_what_the_user_may(account):
    user, role = account.user().takes_roles().may(allow("ram:ListRoles")), account.role()
    account.gives(account.policy("lister", allow("ram:ListUsers")), RoleName="auditor")
    ram = account.server.caller("ram", assume(user, role))
    ram("ListUsers")
    with refused_for(f"acs:ram:*:{account.id}:role/*", "ram:ListRoles"):
        ram("ListRoles")


def test_a_policy_can_be_about_one_user(account):
    helper = account.user("helper").may(allow("ram:*User", resource=f"acs:ram:*:{account.id}:user/alice"))
    account.user("alice"), account.user("alicia")
    for api, named in (("ram", {"UserName": "alicia"}), ("ims", {"UserPrincipalName": account.upn("alicia")})):
        caller = helper.caller(api)
        with refused_for(f"acs:ram:*:{account.id}:user/alicia", "ram:GetUser"):
            caller("GetUser", **named)
    helper.caller("ram")("GetUser", UserName="alice")
    helper.caller()("GetUser", UserPrincipalName=account.upn("alice"))
    with denied():
        helper.caller("ram")("ListUsers")


@pytest.mark.parametrize("network, lets", [("127.0.0.0/8", True), ("10.0.0.0/8", False)])
def test_the_address_of_a_caller_can_decide(account, network, lets):
    condition = {"IpAddress": {"acs:SourceIp": [network]}}
    user = account.user().may(allow("ram:ListUsers", Condition=condition))
    blocked = account.user("bob").may(allow("ram:*"), deny("ram:*", Condition=condition))
    for caller, may in ((user.caller(), lets), (blocked.caller(), not lets)):
        if may:
            caller("ListUsers")
        else:
            with denied():
                caller("ListUsers")


def test_a_new_version_decides_at_once_and_so_does_the_way_back(account):
    user = account.user().may(allow("ram:ListUsers"))
    named = {"PolicyName": "alice-own"}
    no = as_json_text({"Version": "1", "Statement": [deny("ram:ListUsers")]})
    user.caller()("ListUsers")
    account.ram("CreatePolicyVersion", PolicyDocument=no, **named)
    user.caller()("ListUsers")
    account.ram("SetDefaultPolicyVersion", VersionId="v2", **named)
    assert detail_of(lambda: user.caller()("ListUsers"))["NoPermissionType"] == "ExplicitDeny"
    account.ram("SetDefaultPolicyVersion", VersionId="v1", **named)
    user.caller()("ListUsers")


def test_a_role_is_for_whom_it_trusts_and_who_may_take_it(account):
    role = account.role(trusts=f"acs:ram::{account.id}:user/alice")
    trusted, permitted = account.user("alice"), account.user("bob").takes_roles()
    for user in (trusted, permitted):
        with refused("NoPermission", 403, STS_DENIAL):
            assume(user, role)
    account.gives(TAKE_ROLES, UserName="alice")
    assume(trusted, role)


def test_a_policy_can_be_about_one_role(account):
    first, second = account.role("first"), account.role("second")
    user = account.user().may(allow("sts:AssumeRole", resource=f"acs:ram::{account.id}:role/first"))
    assume(user, first)
    with refused("NoPermission", 403, STS_DENIAL):
        assume(user, second)


def test_an_external_id_has_to_be_the_one_agreed(account, other_account):
    document = trust_policy(f"acs:ram::{other_account.id}:root", StringEquals={"sts:ExternalId": "agreed"})
    role = account.ram("CreateRole", RoleName="partner", AssumeRolePolicyDocument=document)["Role"]
    user = other_account.user().takes_roles()
    for wrong in ({}, {"ExternalId": "other"}):
        with refused("NoPermission", 403, STS_DENIAL):
            assume(user, role, **wrong)
    assume(user, role, ExternalId="agreed")


def test_a_session_policy_narrows_the_role(account):
    user, role = account.user().takes_roles(), account.role()
    account.gives("AliyunRAMFullAccess", RoleName="auditor")
    account.server.caller("ram", assume(user, role))("ListRoles")
    narrow = as_json_text({"Version": "1", "Statement": [allow("ram:ListUsers", "oss:*")]})
    ram = account.server.caller("ram", assume(user, role, Policy=narrow))
    ram("ListUsers")
    detail = detail_of(lambda: ram("ListRoles"))
    assert (detail["AuthAction"], detail["AuthPrincipalDisplayName"]) == ("ram:ListRoles", "auditor:work")
    assert (detail["NoPermissionType"], detail["PolicyType"]) == ("ImplicitDeny", "SessionPolicy")


def test_the_journal_tells_what_was_decided(account):
    user = account.user().may(allow("ram:ListUsers"))
    user.caller()("ListUsers")
    with denied():
        user.caller("ram")("ListRoles")
    decisions = {entry["action"]: entry["decision"] for entry in json.loads(account.journal())["requests"]}
    assert (decisions["ListUsers"], decisions["ListRoles"]) == ("allowed", "denied")
