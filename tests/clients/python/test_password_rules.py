"""Every rule of the policy at each of the doors through which a password comes in."""

import string

import pytest

from support import known_secrets
from support.errors import refused
from support.world import password

# rule, settings, a password that breaks it, one that keeps it
RULES = [
    ("at least eight characters", {}, "aB3$xyz", "aB3$xyzw"),
    ("at least as many as set", {"MinimumPasswordLength": 12}, "aB3$xyzwvut", "aB3$xyzwvuts"),
    ("at most thirty-two", {}, "aB3$" + "qwertyui" * 3 + "mnbvc", "aB3$" + "qwertyui" * 3 + "mnbv"),
    ("a lower-case letter", {"RequireLowercaseCharacters": True}, "KQZ-8842-MX", "KQZ-8842-Mx"),
    ("an upper-case letter", {"RequireUppercaseCharacters": True}, "kqz-8842-mx", "kqz-8842-mX"),
    ("a digit", {"RequireNumbers": True}, "kqz-Hvvt-mx", "kqz-Hv7t-mx"),
    ("a special character", {"RequireSymbols": True}, "kqz8Hv7tmx", "kqz8Hv7t!mx"),
    ("different characters", {"MinimumPasswordDifferentCharacter": 5}, "aB3$aB3$aB3$", "aB3$aB3$aB3$x"),
    ("no user name", {"PasswordNotContainUserName": True}, "x7-ALice-93Kq", "x7-ALjce-93Kq"),
    ("nothing known to be weak", {"InterceptRiskPasswordOnApi": True}, "password", "kqz-8842-mXw"),
    (
        "several at once",
        {"MinimumPasswordLength": 14, "RequireUppercaseCharacters": True, "RequireSymbols": True},
        "kqz8842mxwuvaa",
        "Kqz-8842-mxwuv",
    ),
]


def through_create(api):
    def door(account, settings):
        user = account.user()
        account.relax_password_policy(**settings)

        def enter(secret):
            if api == "ims":
                account.ims("CreateLoginProfile", UserPrincipalName=user.upn, Password=secret)
            else:
                account.ram("CreateLoginProfile", UserName=user.name, Password=secret)

        return enter, "InvalidParameter.Password.TooWeak"

    return door


def through_update(api):
    def door(account, settings):
        user = account.user(password=password())
        account.relax_password_policy(**settings)

        def enter(secret):
            if api == "ims":
                account.ims("UpdateLoginProfile", UserPrincipalName=user.upn, Password=secret)
            else:
                account.ram("UpdateLoginProfile", UserName=user.name, Password=secret)

        return enter, "InvalidParameter.Password.TooWeak"

    return door


def through_change(api):
    def door(account, settings):
        old = password()
        caller = account.user(password=old).caller(api)
        account.relax_password_policy(**settings)
        return (
            lambda secret: caller("ChangePassword", OldPassword=old, NewPassword=secret),
            "InvalidParameter.NewPassword.TooWeak",
        )

    return door


DOORS = [
    pytest.param(door(api), id=f"{door.__name__}-{api}")
    for api in ("ims", "ram")
    for door in (through_create, through_update, through_change)
]


@pytest.mark.parametrize("rule, settings, bad, good", RULES, ids=[rule[0].replace(" ", "-") for rule in RULES])
@pytest.mark.parametrize("door", DOORS)
def test_the_rule_holds(account, door, rule, settings, bad, good):
    enter, code = door(account, settings)
    with refused(code):
        enter(bad)
    enter(good)


@pytest.mark.parametrize("rule, settings, bad, good", RULES, ids=[rule[0].replace(" ", "-") for rule in RULES])
def test_the_rule_holds_at_a_forced_reset(account, rule, settings, bad, good):
    first = password()
    user = account.user(password=first, PasswordResetRequired=True)
    account.relax_password_policy(**settings)
    refusal = user.is_refused("password-rejected", first, new_password=bad)
    assert isinstance(refusal["violations"], list) and refusal["violations"], refusal
    user.is_asked("password-reset-required", first)
    user.signs_in(first, new_password=good)
    user.signs_in(good)


def test_a_forced_reset_tells_every_rule_that_was_broken(account):
    first = password()
    user = account.user(password=first, PasswordResetRequired=True)
    account.relax_password_policy(
        RequireUppercaseCharacters=True, RequireNumbers=True, RequireSymbols=True, MinimumPasswordDifferentCharacter=6
    )
    refusal = user.is_refused("password-rejected", first, new_password="zzzyyyx")
    assert len(refusal["violations"]) == 5, refusal


def test_a_refused_password_changes_nothing(account):
    secret = password()
    user = account.user(password=secret)
    session = user.signs_in(secret)
    account.relax_password_policy(MinimumPasswordLength=32)
    with refused("InvalidParameter.Password.TooWeak"):
        user.gets_reset(password(), Status="Inactive")
    with refused("InvalidParameter.NewPassword.TooWeak"):
        user.changes_password(secret, password())
    assert user.session_after(session)["state"] == "active"
    assert user.profile()["Status"] == "Active"
    user.signs_in(secret)


def test_a_new_policy_does_not_touch_the_passwords_that_are_there(account):
    secret = password()
    user = account.user(password=secret)
    account.set_password_policy(MinimumPasswordLength=32)
    user.signs_in(secret)


def test_every_punctuation_mark_is_a_special_character(account):
    user = account.user(password=password())
    account.relax_password_policy(RequireSymbols=True)
    for mark in string.punctuation:
        user.gets_reset(known_secrets.remember(f"kqz8Hv7t{mark}mx", "password"))


def test_a_space_is_not_a_special_character(account):
    user = account.user(password=password())
    account.relax_password_policy(RequireSymbols=True)
    with refused("InvalidParameter.Password.TooWeak"):
        user.gets_reset("kqz8Hv7t mx")


def test_weak_passwords_pass_through_the_interface_unless_told_otherwise(account):
    account.relax_password_policy()
    user = account.user(password="password")
    user.gets_reset("12345678")
    user.changes_password("12345678", "password")


def test_weak_passwords_are_always_refused_to_a_person_who_types_them(account):
    account.relax_password_policy(InterceptRiskPasswordOnApi=False)
    first = password()
    user = account.user(password=first, PasswordResetRequired=True)
    refusal = user.is_refused("password-rejected", first, new_password="password")
    assert refusal["violations"]


@pytest.mark.parametrize("remembered", [1, 3, 24])
def test_exactly_the_last_passwords_are_refused(account, remembered):
    account.relax_password_policy(PasswordReusePrevention=remembered)
    used = [password() for _ in range(remembered + 1)]
    user = account.user(password=used[0])
    for secret in used[1:]:
        user.gets_reset(secret)
    for secret in used[1:]:
        with refused("InvalidParameter.Password.ReusePrevention"):
            user.gets_reset(secret)
    user.gets_reset(used[0])


@pytest.mark.parametrize("api", ["ims", "ram"])
def test_reuse_is_refused_to_the_user_too(account, api):
    account.relax_password_policy(PasswordReusePrevention=2)
    first, second, third = password(), password(), password()
    user = account.user(password=first)
    key = user.new_key()
    user.changes_password(first, second, api, key)
    user.changes_password(second, third, api, key)
    for known in (second, third):
        with refused("InvalidParameter.NewPassword.ReusePrevention"):
            user.changes_password(third, known, api, key)
    user.changes_password(third, first, api, key)


def test_reuse_is_refused_at_a_forced_reset(account):
    account.relax_password_policy(PasswordReusePrevention=2)
    first, second = password(), password()
    user = account.user(password=first)
    user.gets_reset(second, PasswordResetRequired=True)
    for known in (first, second):
        assert user.is_refused("password-rejected", second, new_password=known)["violations"]
    user.signs_in(second, new_password=password())


def test_without_reuse_prevention_the_same_password_may_be_set_again(account):
    account.relax_password_policy(PasswordReusePrevention=0)
    secret = password()
    user = account.user(password=secret)
    user.gets_reset(secret)
    user.signs_in(secret)


def test_passwords_from_before_the_rule_are_remembered_or_not_but_later_ones_are(account):
    account.relax_password_policy()
    user = account.user(password=password())
    account.set_password_policy(PasswordReusePrevention=3)
    later = password()
    user.gets_reset(later)
    with refused("InvalidParameter.Password.ReusePrevention"):
        user.gets_reset(later)
