"""Wrong passwords lock a user for an hour, and not one try sooner."""

import collections
import concurrent.futures
import datetime

import pytest

from support.world import password

HOUR = datetime.timedelta(hours=1)
SECOND = datetime.timedelta(seconds=1)


def fails(user, times):
    for _ in range(times):
        user.is_refused("invalid-credentials", password())


@pytest.mark.parametrize("attempts", [1, 3, 5])
def test_the_last_wrong_password_locks_and_the_right_one_is_refused_from_then_on(account, attempts):
    account.relax_password_policy(MaxLoginAttemps=attempts)
    secret = password()
    user = account.user(password=secret)
    fails(user, attempts)
    user.is_refused("locked", secret)
    user.is_refused("locked", password())


def test_tries_at_once_are_counted_one_by_one(account):
    account.relax_password_policy(MaxLoginAttemps=3)
    secret = password()
    user = account.user(password=secret)
    wrong = [password() for _ in range(10)]
    with concurrent.futures.ThreadPoolExecutor(len(wrong)) as pool:
        replies = list(pool.map(user.tries, wrong))
    assert {reply.status for reply in replies} == {403}
    reasons = collections.Counter(reply.body["reason"] for reply in replies)
    assert reasons == {"invalid-credentials": 3, "locked": 7}
    user.is_refused("locked", secret)


def test_one_wrong_password_fewer_does_not_lock(account):
    account.relax_password_policy(MaxLoginAttemps=4)
    secret = password()
    user = account.user(password=secret)
    fails(user, 3)
    user.signs_in(secret)


def test_a_lock_lasts_exactly_one_hour(account):
    account.relax_password_policy(MaxLoginAttemps=2)
    secret = password()
    user = account.user(password=secret)
    now = account.clock.freeze()
    fails(user, 2)
    account.clock.set(now + HOUR - SECOND)
    user.is_refused("locked", secret)
    account.clock.set(now + HOUR)
    user.signs_in(secret)


def test_after_the_hour_the_count_begins_anew(account):
    account.relax_password_policy(MaxLoginAttemps=3)
    secret = password()
    user = account.user(password=secret)
    fails(user, 3)
    account.clock.advance(hours=1, seconds=1)
    fails(user, 2)
    user.signs_in(secret)


def test_a_logon_in_between_clears_the_count(account):
    account.relax_password_policy(MaxLoginAttemps=3)
    secret = password()
    user = account.user(password=secret)
    for _ in range(3):
        fails(user, 2)
        user.signs_in(secret)


def test_a_reset_opens_the_lock(account):
    account.relax_password_policy(MaxLoginAttemps=2)
    fresh = password()
    user = account.user(password=password())
    fails(user, 2)
    user.gets_reset(fresh)
    user.signs_in(fresh)


def test_the_users_own_change_opens_the_lock(account):
    account.relax_password_policy(MaxLoginAttemps=2)
    old, new = password(), password()
    user = account.user(password=old)
    fails(user, 2)
    user.is_refused("locked", old)
    user.changes_password(old, new)
    user.signs_in(new)


def test_without_a_limit_nobody_is_locked(account):
    account.relax_password_policy(MaxLoginAttemps=0)
    secret = password()
    user = account.user(password=secret)
    fails(user, 40)
    user.signs_in(secret)


def test_one_users_lock_is_not_anothers(account):
    account.relax_password_policy(MaxLoginAttemps=1)
    secret = password()
    alice, bob = account.user("alice", password()), account.user("bob", secret)
    fails(alice, 1)
    bob.signs_in(secret)


def test_a_locked_user_keeps_keys_and_running_sessions(account):
    account.relax_password_policy(MaxLoginAttemps=1)
    secret = password()
    user = account.user(password=secret)
    session = user.signs_in(secret)
    sts = user.caller("sts")
    fails(user, 1)
    user.is_refused("locked", secret)
    assert user.session_after(session)["state"] == "active"
    assert sts("GetCallerIdentity")["IdentityType"] == "RAMUser"
