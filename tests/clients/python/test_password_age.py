"""Expiry of passwords in use, hard and soft."""

import datetime

from support.shapes import has_exactly
from support.world import password

DAY = datetime.timedelta(days=1)
SECOND = datetime.timedelta(seconds=1)


def user_who_signed_in(account, secret, **policy):
    """Frozen at the moment the password was set, and it is no longer initial."""
    account.relax_password_policy(**policy)
    now = account.clock.freeze()
    user = account.user(password=secret)
    user.signs_in(secret)
    return now, user


def test_a_password_is_good_strictly_before_its_age_and_expired_at_it(account):
    secret = password()
    made, user = user_who_signed_in(account, secret, MaxPasswordAge=30)
    account.clock.set(made + 30 * DAY - SECOND)
    user.signs_in(secret)
    account.clock.set(made + 30 * DAY)
    user.is_asked("password-reset-required", secret)


def test_soft_expiry_lets_the_user_set_a_new_password_at_logon(account):
    first, second = password(), password()
    made, user = user_who_signed_in(account, first, MaxPasswordAge=30, HardExpire=False)
    account.clock.set(made + 31 * DAY)
    user.is_asked("password-reset-required", first)
    user.signs_in(first, new_password=second)
    user.is_refused("invalid-credentials", first)
    account.clock.set(made + 61 * DAY - SECOND)
    user.signs_in(second)
    account.clock.set(made + 61 * DAY)
    user.is_asked("password-reset-required", second)


def test_hard_expiry_leaves_it_to_an_administrator(account):
    first, second = password(), password()
    made, user = user_who_signed_in(account, first, MaxPasswordAge=30, HardExpire=True)
    account.clock.set(made + 30 * DAY - SECOND)
    user.signs_in(first)
    account.clock.set(made + 30 * DAY)
    user.is_refused("password-expired", first)
    user.is_refused("password-expired", first, new_password=second)
    user.gets_reset(second)
    user.signs_in(second)


def test_ram_hard_expiry_is_the_same_setting(account):
    secret = password()
    account.relax_password_policy()
    account.ram("SetPasswordPolicy", MaxPasswordAge=10, HardExpiry=True)
    user = account.user(password=secret)
    user.signs_in(secret)
    account.clock.advance(days=10)
    user.is_refused("password-expired", secret)


def test_no_age_means_never(account):
    secret = password()
    _, user = user_who_signed_in(account, secret, MaxPasswordAge=0)
    account.clock.advance(days=80)
    user.signs_in(secret)


def test_a_reset_starts_the_age_again(account):
    first, second = password(), password()
    made, user = user_who_signed_in(account, first, MaxPasswordAge=30, HardExpire=True)
    account.clock.set(made + 20 * DAY)
    user.gets_reset(second)
    account.clock.set(made + 50 * DAY - SECOND)
    user.signs_in(second)
    account.clock.set(made + 50 * DAY)
    user.is_refused("password-expired", second)


def test_the_users_own_change_starts_the_age_again(account):
    first, second = password(), password()
    made, user = user_who_signed_in(account, first, MaxPasswordAge=30, HardExpire=True)
    account.clock.set(made + 20 * DAY)
    has_exactly(user.changes_password(first, second), "RequestId")
    account.clock.set(made + 50 * DAY - SECOND)
    user.signs_in(second)
    account.clock.set(made + 50 * DAY)
    user.is_refused("password-expired", second)


def test_the_age_is_the_one_in_force_when_the_password_was_set(account):
    first, second = password(), password()
    made, user = user_who_signed_in(account, first, MaxPasswordAge=30, HardExpire=True)
    account.set_password_policy(MaxPasswordAge=5)
    account.clock.set(made + 30 * DAY - SECOND)
    user.signs_in(first)
    user.gets_reset(second)
    account.clock.set(made + 35 * DAY - 2 * SECOND)
    user.signs_in(second)
    account.clock.set(made + 35 * DAY - SECOND)
    user.is_refused("password-expired", second)


def test_an_expired_password_does_not_stop_the_users_keys(account):
    secret = password()
    made, user = user_who_signed_in(account, secret, MaxPasswordAge=30, HardExpire=True)
    sts = user.caller("sts")
    account.clock.set(made + 40 * DAY)
    assert sts("GetCallerIdentity")["IdentityType"] == "RAMUser"
