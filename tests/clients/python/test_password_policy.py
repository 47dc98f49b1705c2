"""The account's password policy: reading and setting it under both interfaces."""

import pytest

from support.errors import refused
from support.shapes import has_exactly

BOTH = {
    "MinimumPasswordLength": 8,
    "RequireLowercaseCharacters": False,
    "RequireUppercaseCharacters": False,
    "RequireNumbers": False,
    "RequireSymbols": False,
    "MaxLoginAttemps": 0,
    "PasswordReusePrevention": 0,
    "MaxPasswordAge": 0,
}
IMS = {
    **BOTH,
    "HardExpire": False,
    "MinimumPasswordDifferentCharacter": 0,
    "PasswordNotContainUserName": False,
    "InitialPasswordAge": 14,
    "InterceptRiskPasswordOnApi": False,
}
RAM = {**BOTH, "HardExpiry": False}
EVERY_IMS_FIELD = {
    "MinimumPasswordLength": 12,
    "RequireLowercaseCharacters": True,
    "RequireUppercaseCharacters": True,
    "RequireNumbers": True,
    "RequireSymbols": True,
    "MaxLoginAttemps": 32,
    "PasswordReusePrevention": 24,
    "MaxPasswordAge": 1095,
    "HardExpire": True,
    "MinimumPasswordDifferentCharacter": 8,
    "PasswordNotContainUserName": True,
    "InitialPasswordAge": 90,
    "InterceptRiskPasswordOnApi": True,
}
OF_NEWER_ACCOUNTS = ("RequireNumbers", "RequireLowercaseCharacters")


def without_newer_defaults(policy):
    """Accounts new since spring 2026 start with two of the rules on; both on or both off is right."""
    assert len({policy[name] for name in OF_NEWER_ACCOUNTS}) == 1
    return {**policy, **dict.fromkeys(OF_NEWER_ACCOUNTS, False)}


def test_a_new_account_has_the_default_policy(account):
    answer = account.ims("GetPasswordPolicy")
    has_exactly(answer, "PasswordPolicy", "RequestId")
    assert without_newer_defaults(answer["PasswordPolicy"]) == IMS


def test_a_new_account_has_the_default_policy_under_ram(account):
    answer = account.ram("GetPasswordPolicy")
    has_exactly(answer, "PasswordPolicy", "RequestId")
    assert without_newer_defaults(answer["PasswordPolicy"]) == RAM


def test_every_field_can_be_set_and_reads_back(account):
    answer = account.ims("SetPasswordPolicy", **EVERY_IMS_FIELD)
    has_exactly(answer, "PasswordPolicy", "RequestId")
    assert answer["PasswordPolicy"] == EVERY_IMS_FIELD
    assert account.ims("GetPasswordPolicy")["PasswordPolicy"] == EVERY_IMS_FIELD


def test_every_field_of_ram_can_be_set_and_reads_back_in_ims(account):
    fields = {name: EVERY_IMS_FIELD[name] for name in BOTH}
    answer = account.ram("SetPasswordPolicy", **fields, HardExpiry=True)
    has_exactly(answer, "PasswordPolicy", "RequestId")
    assert answer["PasswordPolicy"] == {**fields, "HardExpiry": True}
    policy = account.ims("GetPasswordPolicy")["PasswordPolicy"]
    assert {name: policy[name] for name in fields} == fields
    assert policy["HardExpire"] is True


def test_setting_one_field_keeps_the_others(account):
    account.ims("SetPasswordPolicy", **EVERY_IMS_FIELD)
    policy = account.ims("SetPasswordPolicy", MinimumPasswordLength=9)["PasswordPolicy"]
    assert policy == {**EVERY_IMS_FIELD, "MinimumPasswordLength": 9}


def test_setting_one_field_through_ram_keeps_what_ram_does_not_know(account):
    account.ims("SetPasswordPolicy", **EVERY_IMS_FIELD)
    account.ram("SetPasswordPolicy", MinimumPasswordLength=9)
    assert account.ims("GetPasswordPolicy")["PasswordPolicy"] == {**EVERY_IMS_FIELD, "MinimumPasswordLength": 9}


@pytest.mark.parametrize(
    "field, low, high",
    [
        ("MinimumPasswordLength", 8, 32),
        ("MinimumPasswordDifferentCharacter", 0, 8),
        ("MaxLoginAttemps", 0, 32),
        ("PasswordReusePrevention", 0, 24),
        ("MaxPasswordAge", 0, 1095),
        ("InitialPasswordAge", 0, 90),
    ],
)
def test_a_number_has_to_lie_in_its_range(account, field, low, high):
    before = account.ims("GetPasswordPolicy")["PasswordPolicy"]
    for outside in (low - 1, high + 1):
        with refused(f"InvalidParameter.{field}.Range"):
            account.ims("SetPasswordPolicy", **{field: outside})
    assert account.ims("GetPasswordPolicy")["PasswordPolicy"] == before
    for inside in (low, high):
        assert account.ims("SetPasswordPolicy", **{field: inside})["PasswordPolicy"][field] == inside


def test_a_number_has_to_lie_in_its_range_under_ram_too(account):
    for outside in (7, 33):
        with refused("InvalidParameter.MinimumPasswordLength.Range"):
            account.ram("SetPasswordPolicy", MinimumPasswordLength=outside)


def test_what_is_no_number_is_refused(account):
    with refused("InvalidParameter.MinimumPasswordLength.Format"):
        account.ims("SetPasswordPolicy", MinimumPasswordLength="long")


def test_what_is_no_boolean_is_refused(account):
    with refused("InvalidParameter.HardExpire.Format"):
        account.ims("SetPasswordPolicy", HardExpire="maybe")
    with refused("InvalidParameter.HardExpiry.Format"):
        account.ram("SetPasswordPolicy", HardExpiry="maybe")


def test_one_bad_field_spoils_the_whole_call(account):
    before = account.ims("GetPasswordPolicy")["PasswordPolicy"]
    with refused("InvalidParameter.MaxLoginAttemps.Range"):
        account.ims("SetPasswordPolicy", MinimumPasswordLength=20, MaxLoginAttemps=99)
    assert account.ims("GetPasswordPolicy")["PasswordPolicy"] == before
