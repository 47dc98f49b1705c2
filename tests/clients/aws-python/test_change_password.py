"""ChangePassword: a user with keys of his own changes his password, if he may."""

import pytest
from support.errors import at_most, denied, invalid, refused
from support.world import allow, password

WRONG = "The old password was incorrect."
WEAK = "Password does not conform to the account password policy."
USERS_ONLY = "Only IAM Users can change their own password."


@pytest.fixture
def allowed(account):
    """Alice, with a password, in an account that lets users change theirs."""
    secret = password()
    user = account.user("alice", secret, PasswordResetRequired=True)
    account.iam.update_account_password_policy(MinimumPasswordLength=8, AllowUsersToChangePassword=True)
    user.secret = secret
    return user


def test_a_user_changes_her_password(account, allowed):
    new = password()
    allowed.iam.change_password(OldPassword=allowed.secret, NewPassword=new)
    profile = account.iam.get_login_profile(UserName="alice")["LoginProfile"]
    assert profile["PasswordResetRequired"] is False
    assert account.outcome("alice", allowed.secret) == "invalid-credentials"
    assert account.outcome("alice", new) == "signed-in"
    assert allowed.sts.get_caller_identity()["Arn"] == allowed.arn


def test_without_permission_there_is_no_changing(account):
    secret = password()
    user = account.user("alice", secret)
    with denied(user.arn, "iam:ChangePassword"):
        user.iam.change_password(OldPassword=secret, NewPassword=password())
    account.iam.attach_user_policy(UserName="alice", PolicyArn="arn:aws:iam::aws:policy/IAMUserChangePassword")
    user.iam.change_password(OldPassword=secret, NewPassword=password())


def test_the_accounts_switch_is_for_oneself_alone(account, allowed):
    assert allowed.iam.get_account_password_policy()["PasswordPolicy"]["AllowUsersToChangePassword"] is True
    with denied(allowed.arn, "iam:GetUser"):
        allowed.iam.get_user(UserName="alice")
    account.iam.update_account_password_policy()
    with denied(allowed.arn, "iam:ChangePassword"):
        allowed.iam.change_password(OldPassword=allowed.secret, NewPassword=password())
    with denied(allowed.arn, "iam:GetAccountPasswordPolicy"):
        allowed.iam.get_account_password_policy()


def test_the_old_password_has_to_be_right(account, allowed):
    with refused("AccessDenied", WRONG):
        allowed.iam.change_password(OldPassword=password(), NewPassword=password())
    assert account.outcome("alice", allowed.secret) == "password-reset-required"


def test_the_new_one_has_to_keep_to_the_policy(account, allowed):
    with refused("PasswordPolicyViolation", WEAK):
        allowed.iam.change_password(OldPassword=allowed.secret, NewPassword="short")
    account.iam.update_account_password_policy(
        MinimumPasswordLength=8, AllowUsersToChangePassword=True, RequireSymbols=True
    )
    with refused("PasswordPolicyViolation", WEAK):
        allowed.iam.change_password(OldPassword=allowed.secret, NewPassword="NoSymbolIn1Here")


def test_a_remembered_password_is_not_taken_again(account, allowed):
    account.iam.update_account_password_policy(AllowUsersToChangePassword=True, PasswordReusePrevention=2)
    second, third = password(), password()
    allowed.iam.change_password(OldPassword=allowed.secret, NewPassword=second)
    with refused("PasswordPolicyViolation"):
        allowed.iam.change_password(OldPassword=second, NewPassword=allowed.secret)
    with refused("PasswordPolicyViolation"):
        allowed.iam.change_password(OldPassword=second, NewPassword=second)
    allowed.iam.change_password(OldPassword=second, NewPassword=third)
    allowed.iam.change_password(OldPassword=third, NewPassword=allowed.secret)


def test_who_has_no_profile_has_no_password(account):
    user = account.user("alice")
    account.iam.update_account_password_policy(AllowUsersToChangePassword=True)
    with refused("NoSuchEntity", "Login Profile for User alice cannot be found."):
        user.iam.change_password(OldPassword=password(), NewPassword=password())


def test_root_and_roles_have_none_to_change(account):
    with refused("InvalidUserType", USERS_ONLY):
        account.iam.change_password(OldPassword=password(), NewPassword=password())


@pytest.mark.parametrize("member", ["oldPassword", "newPassword"])
def test_both_passwords_are_needed_and_at_most_128_long(allowed, member):
    raw = allowed.client("iam", checked=False)
    both = {"OldPassword": allowed.secret, "NewPassword": password()}
    name = member[0].upper() + member[1:]
    with invalid(member, "Member must not be null"):
        raw.change_password(**{other: text for other, text in both.items() if other != name})
    with invalid(member, at_most(128)):
        raw.change_password(**{**both, name: "aB1!" * 33})


def test_keys_work_on_when_the_password_is_past_its_age(account, allowed):
    account.iam.update_account_password_policy(AllowUsersToChangePassword=True, MaxPasswordAge=30, HardExpiry=True)
    account.clock.freeze()
    account.clock.advance(days=31)
    assert account.outcome("alice", allowed.secret) == "password-expired"
    new = password()
    allowed.iam.change_password(OldPassword=allowed.secret, NewPassword=new)
    assert account.outcome("alice", new) == "signed-in"
