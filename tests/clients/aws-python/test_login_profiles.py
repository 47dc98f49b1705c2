"""CreateLoginProfile, GetLoginProfile, UpdateLoginProfile and DeleteLoginProfile."""

import pytest
from support.errors import at_most, denied, invalid, refused
from support.shapes import has_exactly, is_about
from support.world import BOB_PASSWORD, allow, password

NO_USER = "The user with name nobody cannot be found."
NO_PROFILE = "Login Profile for User alice cannot be found."
WEAK = "Password does not conform to the account password policy."


def test_a_profile_is_made_and_read(account):
    account.user("Bob")
    made = account.iam.create_login_profile(UserName="Bob", Password=BOB_PASSWORD, PasswordResetRequired=True)
    profile = has_exactly(made["LoginProfile"], "UserName", "CreateDate", "PasswordResetRequired")
    assert (profile["UserName"], profile["PasswordResetRequired"]) == ("Bob", True)
    is_about(profile["CreateDate"], account.clock.now())
    assert account.iam.get_login_profile(UserName="Bob")["LoginProfile"] == profile


def test_no_reset_is_required_unless_asked_for(account):
    account.user("alice", password())
    profile = account.iam.get_login_profile(UserName="alice")["LoginProfile"]
    assert profile["PasswordResetRequired"] is False


def test_a_profile_is_made_once(account):
    account.user("alice", password())
    with refused("EntityAlreadyExists", "Login Profile for user alice already exists."):
        account.iam.create_login_profile(UserName="alice", Password=password())


@pytest.mark.parametrize(
    "operation, more",
    [
        ("create_login_profile", {"Password": BOB_PASSWORD}),
        ("get_login_profile", {}),
        ("update_login_profile", {"PasswordResetRequired": True}),
        ("delete_login_profile", {}),
    ],
)
def test_a_user_who_is_not_there_has_none(account, operation, more):
    texts = [NO_USER]
    if operation == "get_login_profile":
        texts.append("Login Profile for User nobody cannot be found.")
    with refused("NoSuchEntity", *texts):
        getattr(account.iam, operation)(UserName="nobody", **more)


def test_a_user_without_a_profile_has_none(account):
    account.user("alice")
    with refused("NoSuchEntity", NO_PROFILE):
        account.iam.get_login_profile(UserName="alice")
    with refused("NoSuchEntity", NO_PROFILE):
        account.iam.update_login_profile(UserName="alice", Password=password())
    with refused("NoSuchEntity", NO_PROFILE):
        account.iam.delete_login_profile(UserName="alice")


def test_an_update_changes_what_it_names(account):
    first, second = password(), password()
    account.user("alice", first)
    before = account.iam.get_login_profile(UserName="alice")["LoginProfile"]
    account.clock.freeze()
    account.clock.advance(days=1)
    account.iam.update_login_profile(UserName="alice", PasswordResetRequired=True)
    after = account.iam.get_login_profile(UserName="alice")["LoginProfile"]
    assert after == {**before, "PasswordResetRequired": True}
    assert account.outcome("alice", first) == "password-reset-required"

    account.iam.update_login_profile(UserName="alice", Password=second, PasswordResetRequired=False)
    assert account.iam.get_login_profile(UserName="alice")["LoginProfile"] == before
    assert account.outcome("alice", first) == "invalid-credentials"
    assert account.outcome("alice", second) == "signed-in"


def test_a_deleted_profile_is_gone_and_may_come_again(account):
    secret = password()
    user = account.user("alice", secret)
    key = user.key
    account.iam.delete_login_profile(UserName="alice")
    with refused("NoSuchEntity", NO_PROFILE):
        account.iam.delete_login_profile(UserName="alice")
    assert account.sign_in("alice", secret).status == 403
    assert user.client("sts", key).get_caller_identity()["Arn"] == user.arn
    account.iam.create_login_profile(UserName="alice", Password=secret)
    assert account.outcome("alice", secret) == "signed-in"


def test_a_profile_goes_where_its_user_goes(account):
    secret = password()
    account.user("alice", secret)
    before = account.iam.get_login_profile(UserName="alice")["LoginProfile"]
    account.iam.update_user(UserName="alice", NewUserName="alicia")
    assert account.iam.get_login_profile(UserName="alicia")["LoginProfile"] == {**before, "UserName": "alicia"}
    assert account.outcome("alicia", secret) == "signed-in"


def test_a_user_with_a_profile_cannot_be_deleted(account):
    account.user("alice", password())
    with refused("DeleteConflict", "Cannot delete entity, must delete login profile first."):
        account.iam.delete_user(UserName="alice")


@pytest.mark.parametrize("bad", ["Ab1!xyz", "alllowercaseletters", "lower1234567", "x" * 128])
def test_the_default_policy_asks_for_eight_characters_of_three_kinds(account, bad):
    account.user("alice")
    with refused("PasswordPolicyViolation", WEAK):
        account.iam.create_login_profile(UserName="alice", Password=bad)
    account.iam.create_login_profile(UserName="alice", Password=password())
    with refused("PasswordPolicyViolation", WEAK):
        account.iam.update_login_profile(UserName="alice", Password=bad)


def test_parameters_are_checked_before_anything_is_looked_up(account):
    with invalid("password", at_most(128)):
        account.raw.create_login_profile(UserName="nobody", Password="aB1!" * 33)
    with refused("ValidationError"):
        account.raw.update_login_profile(UserName="nobody", Password="")
    with invalid("userName", at_most(64)):
        account.raw.get_login_profile(UserName="n" * 65)
    with refused(
        "ValidationError",
        "The specified value for userName is invalid. "
        "It must contain only alphanumeric characters and/or the following: +=,.@_-",
    ):
        account.raw.delete_login_profile(UserName="no body")
    with invalid("userName", "Member must not be null"):
        account.raw.update_login_profile(Password=BOB_PASSWORD)


def test_who_names_no_user_means_himself(account):
    secret = password()
    user = account.user("alice", secret).may(allow("iam:*LoginProfile"))
    assert user.iam.get_login_profile()["LoginProfile"]["UserName"] == "alice"
    user.iam.delete_login_profile()
    made = user.iam.create_login_profile(Password=secret)["LoginProfile"]
    assert made["UserName"] == "alice"


def test_who_is_no_user_has_to_name_one(account):
    with refused("ValidationError", "Must specify userName when calling with non-User credentials"):
        account.iam.get_login_profile()


def test_a_profile_is_not_for_everyone_to_touch(account):
    account.user("alice", password())
    mallory = account.user("mallory")
    with denied(mallory.arn, "iam:GetLoginProfile"):
        mallory.iam.get_login_profile(UserName="alice")
    with denied(mallory.arn, "iam:UpdateLoginProfile"):
        mallory.iam.update_login_profile(UserName="alice", Password=password())
    with denied(mallory.arn, "iam:CreateLoginProfile"):
        mallory.iam.create_login_profile(UserName="mallory", Password=password())
    with denied(mallory.arn, "iam:DeleteLoginProfile"):
        mallory.iam.delete_login_profile(UserName="alice")


def test_a_permission_can_be_for_one_user_alone(account):
    helper = account.user("helper").may(allow("iam:UpdateLoginProfile", resource=account.arn("user/alice")))
    account.user("alice", password())
    account.user("carol", password())
    helper.iam.update_login_profile(UserName="alice", Password=password())
    with denied(helper.arn, "iam:UpdateLoginProfile"):
        helper.iam.update_login_profile(UserName="carol", Password=password())


def test_a_running_session_outlives_a_new_password(account):
    first = password()
    account.user("alice", first)
    session = account.sign_in("alice", first).body["session"]
    account.iam.update_login_profile(UserName="alice", Password=password())
    assert account.session(session["id"])["state"] == "active"
    assert account.outcome("alice", first) == "invalid-credentials"
