"""ChangePassword: a user's own password, by the user's own key, under both interfaces."""

import pytest

from support.errors import denied, refused
from support.shapes import has_exactly
from support.world import Key, format_time, password

both_interfaces = pytest.mark.parametrize("api", ["ims", "ram"])


def as_key(credentials):
    return Key(credentials["AccessKeyId"], credentials["AccessKeySecret"], credentials["SecurityToken"])


@both_interfaces
def test_a_user_changes_his_own_password_and_needs_no_permission(account, api):
    old, new = password(), password()
    user = account.user(password=old)
    has_exactly(user.changes_password(old, new, api), "RequestId")
    user.is_refused("invalid-credentials", old)
    user.signs_in(new)


@both_interfaces
def test_a_change_ends_every_console_session_and_what_hangs_on_it(account, api):
    old = password()
    user, role = account.user(password=old).takes_roles(), account.role()
    console = user.signs_in(old)
    switched = account.server.ask("POST", f"/_sesame/sessions/{console['id']}/switch-role", {"role": role["Arn"]})
    now = account.clock.freeze()
    user.changes_password(old, password(), api)
    ended = user.session_after(console)
    assert (ended["state"], ended["ended_because"]) == ("revoked", "password-changed")
    assert ended["ended_at"].startswith(format_time(now)[:-1])
    hung = account.session(switched["session"]["id"])
    assert hung["state"] == "revoked"
    assert hung["ended_because"] in ("parent-ended", "password-changed")


def test_a_change_leaves_keys_and_tokens_alone(account):
    old = password()
    user, role = account.user(password=old).takes_roles(), account.role()
    key = user.new_key()
    assumed = user.caller("sts", key)("AssumeRole", RoleArn=role["Arn"], RoleSessionName="work")["Credentials"]
    user.changes_password(old, password(), key=key)
    assert user.caller("sts", key)("GetCallerIdentity")["IdentityType"] == "RAMUser"
    token = account.server.caller("sts", as_key(assumed))
    assert token("GetCallerIdentity")["IdentityType"] == "AssumedRoleUser"


def test_a_change_ends_no_session_of_anyone_else(account):
    secret, old = password(), password()
    alice, bob = account.user("alice", old), account.user("bob", secret)
    session = bob.signs_in(secret)
    alice.changes_password(old, password())
    assert bob.session_after(session)["state"] == "active"


def test_a_change_settles_a_demanded_reset(account):
    old, new = password(), password()
    user = account.user(password=old, PasswordResetRequired=True)
    user.changes_password(old, new)
    assert user.profile()["PasswordResetRequired"] is False
    user.signs_in(new)


@both_interfaces
def test_the_old_password_has_to_be_right(account, api):
    secret = password()
    user = account.user(password=secret)
    session = user.signs_in(secret)
    with refused("InvalidParameter.OldPassword.Incorrect"):
        user.changes_password(password(), password(), api)
    assert user.session_after(session)["state"] == "active"
    user.signs_in(secret)


@both_interfaces
@pytest.mark.parametrize("missing", ["OldPassword", "NewPassword"])
def test_both_passwords_have_to_be_given(account, api, missing):
    user = account.user(password=password())
    given = {name: password() for name in ("OldPassword", "NewPassword") if name != missing}
    with refused(f"Missing{missing}"):
        user.caller(api)("ChangePassword", **given)


@both_interfaces
def test_root_has_no_password_to_change(account, api):
    with refused("NotSupport.Account"):
        account.server.caller(api, account.root)("ChangePassword", OldPassword=password(), NewPassword=password())


@both_interfaces
def test_a_role_session_has_no_password_to_change(account, api):
    user, role = account.user().takes_roles(), account.role()
    assumed = user.caller("sts")("AssumeRole", RoleArn=role["Arn"], RoleSessionName="work")["Credentials"]
    with refused("NotSupport.Account"):
        account.server.caller(api, as_key(assumed))("ChangePassword", OldPassword=password(), NewPassword=password())


@both_interfaces
def test_a_user_without_console_logon_has_none_either(account, api):
    with refused("EntityNotExist.User.LoginProfile"):
        account.user().changes_password(password(), password(), api)


@both_interfaces
def test_the_account_may_forbid_it(account, api):
    old, new = password(), password()
    user = account.user(password=old)
    key = user.new_key()
    account.set_preference(AllowUserToChangePassword=False)
    with denied():
        user.changes_password(old, new, api, key)
    user.signs_in(old)
    account.set_preference(AllowUserToChangePassword=True)
    user.changes_password(old, new, api, key)


def test_a_change_leaves_the_passwords_of_others_alone(account):
    own_old, own_new, other = password(), password(), password()
    bob, alice = account.user("bob", own_old), account.user("alice", other)
    with refused("InvalidParameter.OldPassword.Incorrect"):
        bob.changes_password(other, password())
    bob.changes_password(own_old, own_new)
    alice.signs_in(other)
    bob.signs_in(own_new)
