"""Accounts are walls, the key decides who is calling, and a user may nothing but his own."""

import secrets

import pytest

from support.errors import denied, refused
from support.world import Key, password

DEFAULT_ACCOUNT = "1000000000000001"
USER_DENIAL_DETAIL = {
    "AuthAction",
    "AuthPrincipalDisplayName",
    "AuthPrincipalOwnerId",
    "AuthPrincipalType",
    "EncodedDiagnosticMessage",
    "NoPermissionType",
    "PolicyType",
}


def unused_account_id():
    return "7" + "".join(secrets.choice("0123456789") for _ in range(15))


def test_one_account_does_not_see_the_other(account, other_account):
    alice = account.user("alice", password())
    key = alice.new_key()
    assert other_account.ims("ListUsers")["Users"]["User"] == []
    with refused("EntityNotExist.User"):
        other_account.ims("GetUser", UserId=alice.id)
    with refused("EntityNotExist.User"):
        other_account.ims("GetUser", UserPrincipalName=alice.upn)
    with refused("EntityNotExist.User"):
        other_account.ims("DeleteUser", UserId=alice.id)
    with refused("EntityNotExist.User"):
        other_account.ims("UpdateLoginProfile", UserPrincipalName=alice.upn, Password=password())
    with refused("EntityNotExist.User"):
        other_account.ims("GetUser", UserAccessKeyId=key.id)


def test_the_same_name_is_another_person_elsewhere(account, other_account):
    here, there = password(), password()
    account.user("alice", here)
    twin = other_account.user("alice", there)
    assert account.sign_in("alice", there).body["reason"] == "invalid-credentials"
    twin.is_refused("invalid-credentials", here)
    twin.signs_in(there)


def test_settings_stay_inside_the_account(account, other_account):
    before = other_account.ims("GetPasswordPolicy")["PasswordPolicy"]
    preference = other_account.ims("GetSecurityPreference")["SecurityPreference"]
    account.set_password_policy(MinimumPasswordLength=20, HardExpire=True)
    account.set_preference(LoginSessionDuration=1)
    assert other_account.ims("GetPasswordPolicy")["PasswordPolicy"] == before
    assert other_account.ims("GetSecurityPreference")["SecurityPreference"] == preference


def test_sessions_stay_inside_the_account(account, other_account):
    secret = password()
    session = account.user(password=secret).signs_in(secret)
    assert [s["id"] for s in account.sessions()] == [session["id"]]
    assert other_account.sessions() == []


def test_the_clock_of_one_account_is_not_the_clock_of_another(account, other_account):
    secret = password()
    user = other_account.user(password=secret)
    account.clock.advance(days=1000)
    user.signs_in(secret)
    assert account.clock.now() > other_account.clock.now()


def test_devices_and_roles_stay_inside_the_account(account, other_account):
    account.ims("CreateVirtualMFADevice", VirtualMFADeviceName="phone")
    account.role()
    assert other_account.ims("ListVirtualMFADevices")["VirtualMFADevices"] == {"VirtualMFADevice": []}
    with refused("EntityNotExist.Role"):
        other_account.ram("GetRole", RoleName="auditor")
    with refused("EntityNotExist.VirtualMFADevice"):
        other_account.ims("DeleteVirtualMFADevice", SerialNumber=f"acs:ram::{account.id}:mfa/phone")


def test_an_unknown_key_is_root_of_the_default_account(server):
    identity = server.caller("sts", Key("test", "test"))("GetCallerIdentity")
    assert (identity["IdentityType"], identity["AccountId"]) == ("Account", DEFAULT_ACCOUNT)
    assert identity["Arn"] == f"acs:ram::{DEFAULT_ACCOUNT}:root"
    domain = server.caller("ims", Key("LTAIlocal", "whatever"))("GetDefaultDomain")["DefaultDomainName"]
    assert domain == f"{DEFAULT_ACCOUNT}.onaliyun.com"


@pytest.mark.parametrize("algorithm", [None, "v2"])
def test_a_key_that_is_an_account_number_is_root_of_that_account(server, algorithm):
    number = unused_account_id()
    try:
        identity = server.caller("sts", Key(number, "any"), algorithm)("GetCallerIdentity")
        assert (identity["IdentityType"], identity["AccountId"]) == ("Account", number)
        ims = server.caller("ims", Key(number, "other"), algorithm)
        assert ims("GetDefaultDomain")["DefaultDomainName"] == f"{number}.onaliyun.com"
        ims("CreateUser", UserPrincipalName=f"alice@{number}.onaliyun.com", DisplayName="Alice")
        assert number in server.control("GET", "/_sesame/accounts").text
        other = server.caller("ims", Key("test", "test"), algorithm)
        with refused("EntityNotExist.User"):
            other("GetUser", UserPrincipalName=f"alice@{number}.onaliyun.com")
    finally:
        server.control("DELETE", f"/_sesame/accounts/{number}")


def test_a_user_may_nothing_but_his_own(account):
    old, new = password(), password()
    user = account.user(password=old)
    key = user.new_key()
    ims, ram = user.caller("ims", key), user.caller("ram", key)
    for call in (
        lambda: ims("ListUsers"),
        lambda: ims("CreateUser", UserPrincipalName=account.upn("eve"), DisplayName="Eve"),
        lambda: ims("UpdateLoginProfile", UserPrincipalName=user.upn, Password=password()),
        lambda: ims("GetLoginProfile", UserPrincipalName=user.upn),
        lambda: ims("SetPasswordPolicy", MinimumPasswordLength=8),
        lambda: ims("SetSecurityPreference", LoginSessionDuration=8),
        lambda: ims("DeleteLoginProfile", UserPrincipalName=user.upn),
        lambda: ram("ListUsers"),
        lambda: ram("CreateRole", RoleName="r", AssumeRolePolicyDocument="{}"),
        lambda: ram("DeleteRole", RoleName="r"),
        lambda: ram("SetAccountAlias", AccountAlias="mine"),
        lambda: ims("SetDefaultDomain", DefaultDomainName="mine.onaliyun.com"),
        lambda: ims("CreateVirtualMFADevice", VirtualMFADeviceName="phone"),
        lambda: ims("DisableVirtualMFA", UserPrincipalName=user.upn),
        lambda: ims("CreateAccessKey"),
        lambda: ram("ListAccessKeys"),
    ):
        with denied():
            call()
    ims("ChangePassword", OldPassword=old, NewPassword=new)
    assert user.caller("sts", key)("GetCallerIdentity")["UserId"] == user.id
    user.signs_in(new)


def test_a_denial_says_who_wanted_what_and_why_not(account):
    user = account.user()
    with denied() as refusal:
        user.caller()("ListUsers")
    detail = refusal.body["AccessDeniedDetail"]
    assert set(detail) == USER_DENIAL_DETAIL
    assert detail["AuthAction"] == "ram:ListUsers"
    assert detail["AuthPrincipalType"] == "SubUser"
    assert detail["AuthPrincipalDisplayName"] == user.id
    assert detail["AuthPrincipalOwnerId"] == account.id
    assert detail["NoPermissionType"] == "ImplicitDeny"
    assert detail["PolicyType"] == "AccountLevelIdentityBasedPolicy"


def test_permission_is_asked_before_the_thing_itself(account):
    with denied():
        account.user().caller()("GetUser", UserPrincipalName=account.upn("nobody"))
