"""Console logon of a user: create, read, change, disable, clear; and what that does to who is signed in."""

import pytest

from support.errors import refused
from support.shapes import has_exactly
from support.world import format_time, password

PROFILE = (
    "UserPrincipalName",
    "Status",
    "PasswordResetRequired",
    "MFABindRequired",
    "PasswordStatus",
    "UpdateDate",
)
RAM_PROFILE = ("UserName", "CreateDate", "PasswordResetRequired", "MFABindRequired")


def test_a_new_profile_is_active_and_its_password_initial(account):
    now = account.clock.freeze()
    answer = account.user().account.ims("CreateLoginProfile", UserPrincipalName=account.upn("alice"), Password=password())
    has_exactly(answer, "LoginProfile", "RequestId")
    profile = has_exactly(answer["LoginProfile"], *PROFILE)
    assert profile == {
        "UserPrincipalName": account.upn("alice"),
        "Status": "Active",
        "PasswordResetRequired": False,
        "MFABindRequired": False,
        "PasswordStatus": "InitialValid",
        "UpdateDate": format_time(now),
    }


def test_a_new_profile_takes_every_setting(account):
    profile = account.user().gets_login_profile(
        password(), Status="Inactive", PasswordResetRequired=True, MFABindRequired=True
    )
    assert (profile["Status"], profile["PasswordResetRequired"], profile["MFABindRequired"]) == ("Inactive", True, True)


def test_a_profile_reads_back_as_it_was_made(account):
    user = account.user(password=password(), PasswordResetRequired=True)
    answer = account.ims("GetLoginProfile", UserPrincipalName=user.upn)
    has_exactly(answer, "LoginProfile", "RequestId")
    profile = has_exactly(answer["LoginProfile"], *PROFILE, maybe=("AutoDisableLoginStatus",))
    assert profile["PasswordResetRequired"] is True
    assert profile["MFABindRequired"] is False
    assert profile["Status"] == "Active"
    assert profile.get("AutoDisableLoginStatus") != "true"


def test_the_first_logon_shows_in_the_profile(account):
    secret = password()
    user = account.user(password=secret)
    now = account.clock.freeze()
    user.signs_in(secret)
    profile = has_exactly(user.profile(), *PROFILE, "LastLoginTime", maybe=("AutoDisableLoginStatus",))
    assert profile["LastLoginTime"] == format_time(now)
    assert profile["PasswordStatus"] == "NotInitial"


def test_an_update_answers_the_profile_and_keeps_what_it_does_not_name(account):
    secret = password()
    user = account.user(password=secret, MFABindRequired=False)
    now = account.clock.freeze()
    answer = account.ims("UpdateLoginProfile", UserPrincipalName=user.upn, PasswordResetRequired=True)
    has_exactly(answer, "LoginProfile", "RequestId")
    profile = has_exactly(answer["LoginProfile"], *PROFILE, maybe=("AutoDisableLoginStatus",))
    assert profile["PasswordResetRequired"] is True
    assert profile["MFABindRequired"] is False
    assert profile["Status"] == "Active"
    assert profile["UpdateDate"] == format_time(now)
    user.is_asked("password-reset-required", secret)


def test_clearing_a_profile_answers_nothing_and_is_final(account):
    user = account.user(password=password())
    has_exactly(account.ims("DeleteLoginProfile", UserPrincipalName=user.upn), "RequestId")
    with refused("EntityNotExist.User.LoginProfile"):
        account.ims("GetLoginProfile", UserPrincipalName=user.upn)


def test_ram_creates_and_reads_the_profile_with_its_own_names(account):
    account.user()
    now = account.clock.freeze()
    answer = account.ram("CreateLoginProfile", UserName="alice", Password=password(), PasswordResetRequired=True)
    has_exactly(answer, "LoginProfile", "RequestId")
    profile = has_exactly(answer["LoginProfile"], *RAM_PROFILE)
    assert profile == {
        "UserName": "alice",
        "CreateDate": format_time(now),
        "PasswordResetRequired": True,
        "MFABindRequired": False,
    }
    answer = account.ram("GetLoginProfile", UserName="alice")
    has_exactly(answer, "LoginProfile", "RequestId")
    assert has_exactly(answer["LoginProfile"], *RAM_PROFILE) == profile


def test_ram_updates_and_deletes_without_showing_the_profile(account):
    user = account.user(password=password())
    has_exactly(account.ram("UpdateLoginProfile", UserName="alice", MFABindRequired=True), "RequestId")
    assert user.profile()["MFABindRequired"] is True
    has_exactly(account.ram("DeleteLoginProfile", UserName="alice"), "RequestId")
    with refused("EntityNotExist.User.LoginProfile"):
        account.ims("GetLoginProfile", UserPrincipalName=user.upn)


def test_ram_still_shows_a_profile_that_ims_disabled(account):
    user = account.user(password=password())
    user.gets_reset(Status="Inactive")
    has_exactly(account.ram("GetLoginProfile", UserName="alice")["LoginProfile"], *RAM_PROFILE)


def test_ram_reset_makes_the_new_password_count(account):
    old, new = password(), password()
    user = account.user(password=old)
    account.ram("UpdateLoginProfile", UserName="alice", Password=new)
    user.is_refused("invalid-credentials", old)
    user.signs_in(new)


@pytest.mark.parametrize("operation", ["GetLoginProfile", "UpdateLoginProfile", "DeleteLoginProfile"])
def test_no_profile_is_told_apart_from_no_user(account, operation):
    user = account.user()
    with refused("EntityNotExist.User.LoginProfile"):
        account.ims(operation, UserPrincipalName=user.upn)
    with refused("EntityNotExist.User.LoginProfile"):
        account.ram(operation, UserName=user.name)
    with refused("EntityNotExist.User"):
        account.ims(operation, UserPrincipalName=account.upn("nobody"))
    with refused("EntityNotExist.User"):
        account.ram(operation, UserName="nobody")


def test_a_profile_for_no_user_cannot_be_made(account):
    with refused("EntityNotExist.User"):
        account.ims("CreateLoginProfile", UserPrincipalName=account.upn("nobody"), Password=password())
    with refused("EntityNotExist.User"):
        account.ram("CreateLoginProfile", UserName="nobody", Password=password())


@pytest.mark.parametrize("spelling", ["ALICE", "Alice", "aLiCe"])
def test_a_user_is_found_whatever_the_case_of_his_name(account, spelling):
    user, secret = account.user("Alice"), password()
    made = account.ims("CreateLoginProfile", UserPrincipalName=account.upn(spelling), Password=secret)["LoginProfile"]
    assert made["UserPrincipalName"] == user.upn
    assert account.sign_in(spelling, secret).body["outcome"] == "signed-in"
    with refused("EntityAlreadyExists.User.LoginProfile"):
        account.ram("CreateLoginProfile", UserName=spelling, Password=password())
    assert account.ram("GetLoginProfile", UserName=spelling)["LoginProfile"]["UserName"] == "Alice"


def test_a_second_profile_cannot_be_made(account):
    user = account.user(password=password())
    with refused("EntityAlreadyExists.User.LoginProfile"):
        account.ims("CreateLoginProfile", UserPrincipalName=user.upn, Password=password())
    with refused("EntityAlreadyExists.User.LoginProfile"):
        account.ram("CreateLoginProfile", UserName=user.name, Password=password())


@pytest.mark.parametrize(
    "operation", ["CreateLoginProfile", "GetLoginProfile", "UpdateLoginProfile", "DeleteLoginProfile"]
)
def test_the_user_has_to_be_named(account, operation):
    with refused("MissingUserPrincipalName"):
        account.ims(operation)
    with refused("MissingUserName"):
        account.ram(operation)


@pytest.mark.parametrize("operation", ["CreateLoginProfile", "UpdateLoginProfile"])
@pytest.mark.parametrize("parameter", ["PasswordResetRequired", "MFABindRequired", "Status"])
def test_a_malformed_setting_is_refused(account, operation, parameter):
    user = account.user(password=password() if operation.startswith("Update") else None)
    with refused(f"InvalidParameter.{parameter}.Format"):
        account.ims(operation, UserPrincipalName=user.upn, Password=password(), **{parameter: "perhaps"})


@pytest.mark.parametrize("text", ["true", "True", "TRUE"])
def test_booleans_are_read_without_regard_to_case(account, text):
    user = account.user()
    profile = user.gets_login_profile(password(), MFABindRequired=text)
    assert profile["MFABindRequired"] is True


def test_a_profile_without_a_password_admits_nobody_until_it_has_one(account):
    user, secret = account.user(), password()
    account.ims("CreateLoginProfile", UserPrincipalName=user.upn)
    user.is_refused("invalid-credentials", secret)
    profile = user.gets_reset(secret)
    assert profile["PasswordStatus"] == "InitialValid"
    user.signs_in(secret)


def test_without_a_profile_nobody_signs_in(account):
    account.user().is_refused("console-access-disabled", password())


def test_a_disabled_profile_admits_nobody_and_keeps_its_password(account):
    secret = password()
    user = account.user(password=secret)
    assert user.gets_reset(Status="Inactive")["Status"] == "Inactive"
    user.is_refused("console-access-disabled", secret)
    assert user.gets_reset(Status="Active")["Status"] == "Active"
    user.signs_in(secret)


def test_a_wrong_password_a_user_that_is_none_and_a_known_one_look_alike(account):
    user = account.user(password=password())
    known = user.is_refused("invalid-credentials", password())
    unknown = account.sign_in("nobody", password())
    assert (unknown.status, unknown.body) == (403, known)


def test_a_user_signs_in_by_the_full_name_without_naming_the_account(account):
    secret = password()
    user = account.user(password=secret)
    reply = account.sign_in(user.upn, secret, account=False)
    assert (reply.status, reply.body["outcome"]) == (200, "signed-in")


def test_disabling_ends_the_sessions(account):
    secret = password()
    user = account.user(password=secret)
    session = user.signs_in(secret)
    user.gets_reset(Status="Inactive")
    ended = user.session_after(session)
    assert (ended["state"], ended["ended_because"]) == ("revoked", "console-access-disabled")


def test_clearing_ends_the_sessions(account):
    secret = password()
    user = account.user(password=secret)
    session = user.signs_in(secret)
    account.ims("DeleteLoginProfile", UserPrincipalName=user.upn)
    ended = user.session_after(session)
    assert (ended["state"], ended["ended_because"]) == ("revoked", "login-profile-deleted")


@pytest.mark.parametrize("api", ["ims", "ram"])
def test_a_reset_ends_all_sessions_and_says_when(account, api):
    secret = password()
    user = account.user(password=secret)
    sessions = [user.signs_in(secret), user.signs_in(secret)]
    now = account.clock.freeze()
    if api == "ims":
        user.gets_reset(password())
    else:
        account.ram("UpdateLoginProfile", UserName=user.name, Password=password())
    for session in sessions:
        ended = user.session_after(session)
        assert (ended["state"], ended["ended_because"]) == ("revoked", "password-reset")
        assert ended["ended_at"].startswith(format_time(now)[:-1])


def test_changing_only_the_flags_ends_no_session(account):
    secret = password()
    user = account.user(password=secret)
    session = user.signs_in(secret)
    user.gets_reset(PasswordResetRequired=True, MFABindRequired=True)
    assert user.session_after(session)["state"] == "active"


def test_the_reset_of_one_user_leaves_the_others_signed_in(account):
    secret = password()
    alice, bob = account.user("alice", password()), account.user("bob", secret)
    session = bob.signs_in(secret)
    alice.gets_reset(password())
    assert bob.session_after(session)["state"] == "active"


def test_access_keys_do_not_mind_what_happens_to_the_profile(account):
    user = account.user(password=password())
    sts = user.caller("sts")
    user.gets_reset(password())
    user.gets_reset(Status="Inactive")
    account.ims("DeleteLoginProfile", UserPrincipalName=user.upn)
    assert sts("GetCallerIdentity")["IdentityType"] == "RAMUser"


def test_a_forced_reset_takes_the_new_password_in_the_same_step(account):
    first, second = password(), password()
    user = account.user(password=first, PasswordResetRequired=True)
    user.is_asked("password-reset-required", first)
    user.is_refused("invalid-credentials", password(), new_password=password())
    user.signs_in(first, new_password=second)
    profile = user.profile()
    assert (profile["PasswordResetRequired"], profile["PasswordStatus"]) == (False, "NotInitial")
    user.is_refused("invalid-credentials", first)
    user.signs_in(second)
