"""GetAccountPasswordPolicy, UpdateAccountPasswordPolicy and DeleteAccountPasswordPolicy, and what a policy does."""

import pytest
from support.errors import denied, invalid, refused, value_at_least, value_at_most
from support.world import password

WEAK = "Password does not conform to the account password policy."
DEFAULTS = {
    "MinimumPasswordLength": 6,
    "RequireSymbols": False,
    "RequireNumbers": False,
    "RequireUppercaseCharacters": False,
    "RequireLowercaseCharacters": False,
    "AllowUsersToChangePassword": False,
    "ExpirePasswords": False,
}
EVERYTHING = {
    "MinimumPasswordLength": 14,
    "RequireSymbols": True,
    "RequireNumbers": True,
    "RequireUppercaseCharacters": True,
    "RequireLowercaseCharacters": True,
    "AllowUsersToChangePassword": True,
    "MaxPasswordAge": 90,
    "PasswordReusePrevention": 24,
    "HardExpiry": True,
}


def read(account):
    return account.iam.get_account_password_policy()["PasswordPolicy"]


def test_a_new_account_has_none(account):
    none = f"The Password Policy with domain name {account.id} cannot be found."
    with refused("NoSuchEntity", none):
        read(account)
    with refused("NoSuchEntity", "The account policy with name PasswordPolicy cannot be found."):
        account.iam.delete_account_password_policy()


def test_what_is_not_given_is_its_default(account):
    account.iam.update_account_password_policy()
    policy = read(account)
    assert {name: policy[name] for name in DEFAULTS} == DEFAULTS
    assert not {"MaxPasswordAge", "PasswordReusePrevention"} & set(policy)
    assert not policy.get("HardExpiry", False)


def test_everything_is_kept_until_the_next_update(account):
    account.iam.update_account_password_policy(**EVERYTHING)
    assert read(account) == {**EVERYTHING, "ExpirePasswords": True}
    account.iam.update_account_password_policy(MinimumPasswordLength=8)
    policy = read(account)
    assert {name: policy[name] for name in DEFAULTS} == {**DEFAULTS, "MinimumPasswordLength": 8}
    assert not {"MaxPasswordAge", "PasswordReusePrevention"} & set(policy)


def test_a_deleted_policy_is_gone(account):
    account.iam.update_account_password_policy(**EVERYTHING)
    account.iam.delete_account_password_policy()
    with refused("NoSuchEntity", f"The Password Policy with domain name {account.id} cannot be found."):
        read(account)


def test_numbers_keep_to_their_ranges_and_failures_to_their_order(account):
    with invalid(
        ("minimumPasswordLength", value_at_most(128)),
        ("passwordReusePrevention", value_at_most(24)),
        ("maxPasswordAge", value_at_most(1095)),
    ):
        account.raw.update_account_password_policy(
            MaxPasswordAge=1096, PasswordReusePrevention=25, MinimumPasswordLength=129
        )
    with invalid("minimumPasswordLength", value_at_least(6)):
        account.raw.update_account_password_policy(MinimumPasswordLength=5)
    with invalid("maxPasswordAge", value_at_least(1)):
        account.raw.update_account_password_policy(MaxPasswordAge=0)
    with invalid("passwordReusePrevention", value_at_least(1)):
        account.raw.update_account_password_policy(PasswordReusePrevention=0)


def test_an_own_policy_replaces_the_default_one_wholly(account):
    account.user("alice")
    with refused("PasswordPolicyViolation", WEAK):
        account.iam.create_login_profile(UserName="alice", Password="abcdef")
    account.iam.update_account_password_policy(MinimumPasswordLength=6)
    account.iam.create_login_profile(UserName="alice", Password="abcdef")


@pytest.mark.parametrize(
    "rule, bad, good",
    [
        ("RequireSymbols", "abcdefgH1", "abcdefg!"),
        ("RequireSymbols", "abcdefg<>", "abcdefg'"),
        ("RequireNumbers", "abcdefgH!", "abcdefg1"),
        ("RequireUppercaseCharacters", "abcdefg1!", "abcdefgH"),
        ("RequireUppercaseCharacters", "abcdefg\u00c9", "abcdefgE"),
        ("RequireLowercaseCharacters", "ABCDEFG1!", "ABCDEFGh"),
    ],
)
def test_each_rule_asks_for_its_kind_of_character(account, rule, bad, good):
    account.user("alice")
    account.iam.update_account_password_policy(**{rule: True})
    with refused("PasswordPolicyViolation", WEAK):
        account.iam.create_login_profile(UserName="alice", Password=bad)
    account.iam.create_login_profile(UserName="alice", Password=good)


def test_a_password_lapses_at_its_age(account):
    secret = password()
    account.user("alice", secret)
    account.iam.update_account_password_policy(MaxPasswordAge=30, AllowUsersToChangePassword=True)
    account.clock.freeze()
    account.clock.advance(days=29)
    assert account.outcome("alice", secret) == "signed-in"
    account.clock.advance(days=2)
    assert account.outcome("alice", secret) == "password-reset-required"
    assert account.outcome("alice", secret, new_password=password()) == "signed-in"


def test_a_hard_expiry_leaves_it_to_an_administrator(account):
    secret, new = password(), password()
    account.user("alice", secret)
    account.iam.update_account_password_policy(
        MaxPasswordAge=30, HardExpiry=True, AllowUsersToChangePassword=True
    )
    account.clock.freeze()
    account.clock.advance(days=31)
    assert account.outcome("alice", secret, new_password=password()) == "password-expired"
    account.iam.update_login_profile(UserName="alice", Password=new)
    assert account.outcome("alice", new) == "signed-in"


def test_not_everyone_sets_the_rules(account):
    user = account.user("alice")
    with denied(user.arn, "iam:UpdateAccountPasswordPolicy"):
        user.iam.update_account_password_policy(MinimumPasswordLength=8)
    with denied(user.arn, "iam:DeleteAccountPasswordPolicy"):
        user.iam.delete_account_password_policy()
