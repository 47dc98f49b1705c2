"""A password that its user has never used lapses; one second too early or too late is wrong."""

import datetime

import pytest

from support.world import password

DAY = datetime.timedelta(days=1)
SECOND = datetime.timedelta(seconds=1)


def test_an_initial_password_is_good_strictly_before_fourteen_days(account):
    secret = password()
    made = account.clock.freeze()
    user = account.user(password=secret)
    account.clock.set(made + 14 * DAY - SECOND)
    assert user.profile()["PasswordStatus"] == "InitialValid"
    user.signs_in(secret)
    assert user.profile()["PasswordStatus"] == "NotInitial"


def test_an_initial_password_is_expired_at_fourteen_days_exactly(account):
    secret = password()
    made = account.clock.freeze()
    user = account.user(password=secret)
    account.clock.set(made + 14 * DAY)
    assert user.profile()["PasswordStatus"] == "InitialExpired"
    user.is_refused("initial-password-expired", secret)


def test_the_wrong_password_does_not_learn_that_the_right_one_expired(account):
    user = account.user(password=password())
    account.clock.advance(days=15)
    user.is_refused("invalid-credentials", password())


def test_a_used_password_does_not_lapse(account):
    secret = password()
    user = account.user(password=secret)
    user.signs_in(secret)
    account.clock.advance(days=60)
    user.signs_in(secret)


def test_a_reset_before_the_first_logon_starts_the_clock_again(account):
    secret = password()
    made = account.clock.freeze()
    user = account.user(password=password())
    account.clock.set(made + 10 * DAY)
    assert user.gets_reset(secret)["PasswordStatus"] == "InitialValid"
    account.clock.set(made + 24 * DAY - SECOND)
    assert user.profile()["PasswordStatus"] == "InitialValid"
    account.clock.set(made + 24 * DAY)
    assert user.profile()["PasswordStatus"] == "InitialExpired"
    user.is_refused("initial-password-expired", secret)


def test_a_reset_after_the_first_logon_is_not_initial(account):
    first, second = password(), password()
    user = account.user(password=first)
    user.signs_in(first)
    assert user.gets_reset(second)["PasswordStatus"] == "NotInitial"
    account.clock.advance(days=60)
    user.signs_in(second)


def test_a_reset_of_an_expired_initial_password_is_initial_again(account):
    secret = password()
    user = account.user(password=password())
    account.clock.advance(days=30)
    assert user.gets_reset(secret)["PasswordStatus"] == "InitialValid"
    account.clock.advance(days=15)
    user.is_refused("initial-password-expired", secret)


def test_a_profile_that_was_cleared_and_made_again_is_initial(account):
    first, second = password(), password()
    user = account.user(password=first)
    user.signs_in(first)
    account.ims("DeleteLoginProfile", UserPrincipalName=user.upn)
    assert user.gets_login_profile(second)["PasswordStatus"] == "InitialValid"
    account.clock.advance(days=14)
    user.is_refused("initial-password-expired", second)


def test_disabling_console_logon_does_not_stop_the_clock(account):
    secret = password()
    user = account.user(password=secret)
    user.gets_reset(Status="Inactive")
    account.clock.advance(days=14)
    user.gets_reset(Status="Active")
    user.is_refused("initial-password-expired", secret)


def test_an_age_of_nothing_means_no_limit(account):
    account.set_password_policy(InitialPasswordAge=0)
    secret = password()
    user = account.user(password=secret)
    account.clock.advance(days=400)
    assert user.profile()["PasswordStatus"] == "InitialValid"
    user.signs_in(secret)


def test_the_age_is_the_one_in_force_when_the_password_was_set(account):
    first, second = password(), password()
    made = account.clock.freeze()
    alice, bob = account.user("alice", first), account.user("bob", password())
    account.set_password_policy(InitialPasswordAge=3)
    bob.gets_reset(second)
    account.clock.set(made + 3 * DAY)
    bob.is_refused("initial-password-expired", second)
    account.clock.set(made + 14 * DAY - SECOND)
    alice.signs_in(first)


@pytest.mark.parametrize("initial, maximum, shorter", [(14, 5, 5), (5, 14, 5)])
def test_while_initial_the_shorter_age_counts(account, initial, maximum, shorter):
    account.set_password_policy(InitialPasswordAge=initial, MaxPasswordAge=maximum)
    secret = password()
    made = account.clock.freeze()
    user = account.user(password=secret)
    account.clock.set(made + shorter * DAY - SECOND)
    assert user.profile()["PasswordStatus"] == "InitialValid"
    account.clock.set(made + shorter * DAY)
    assert user.profile()["PasswordStatus"] == "InitialExpired"
    user.is_refused("initial-password-expired", secret)


def test_a_profile_made_through_ram_is_initial_as_well(account):
    secret = password()
    user = account.user()
    account.ram("CreateLoginProfile", UserName=user.name, Password=secret)
    assert user.profile()["PasswordStatus"] == "InitialValid"
    account.clock.advance(days=14)
    user.is_refused("initial-password-expired", secret)
