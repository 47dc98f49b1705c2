"""The account's security preference: reading, setting, and what each setting does."""

import datetime

import pytest

from support.errors import denied, refused, refused_with
from support.shapes import has_exactly
from support.world import parse_time, password

LOGIN = {
    "EnableSaveMFATicket": False,
    "AllowUserToChangePassword": True,
    "AllowUserToLoginWithPasskey": True,
    "LoginSessionDuration": 6,
    "LoginNetworkMasks": "",
    "MFAOperationForLogin": "independent",
    "OperationForRiskLogin": "autonomous",
}
RAM_LOGIN = {name: LOGIN[name] for name in ("EnableSaveMFATicket", "AllowUserToChangePassword", "LoginSessionDuration", "LoginNetworkMasks")}
GROUPS = (
    "LoginProfilePreference",
    "AccessKeyPreference",
    "MFAPreference",
    "PersonalInfoPreference",
    "VerificationPreference",
    "MaxIdleDays",
)


def test_a_new_account_has_the_default_preference(account):
    answer = account.ims("GetSecurityPreference")
    has_exactly(answer, "SecurityPreference", "RequestId")
    preference = has_exactly(answer["SecurityPreference"], *GROUPS)
    assert preference["LoginProfilePreference"] == LOGIN
    keys = has_exactly(
        preference["AccessKeyPreference"], "AllowUserToManageAccessKeys", maybe=("AllowUserToManageServiceCredentials",)
    )
    assert keys["AllowUserToManageAccessKeys"] is False
    assert preference["MFAPreference"] == {"AllowUserToManageMFADevices": True}
    assert preference["PersonalInfoPreference"] == {"AllowUserToManagePersonalDingTalk": True}
    has_exactly(preference["VerificationPreference"], "VerificationTypes")
    assert preference["MaxIdleDays"] in (
        {"MaxIdleDaysForUsers": 730, "MaxIdleDaysForAccessKeys": 730},
        {"MaxIdleDaysForUsers": 365, "MaxIdleDaysForAccessKeys": 365},
    )


def test_a_new_account_has_the_default_preference_under_ram(account):
    answer = account.ram("GetSecurityPreference")
    has_exactly(answer, "SecurityPreference", "RequestId")
    preference = has_exactly(
        answer["SecurityPreference"],
        "LoginProfilePreference",
        "AccessKeyPreference",
        "MFAPreference",
        maybe=("PublicKeyPreference",),
    )
    assert preference["LoginProfilePreference"] == RAM_LOGIN
    assert preference["AccessKeyPreference"] == {"AllowUserToManageAccessKeys": False}
    assert preference["MFAPreference"] == {"AllowUserToManageMFADevices": True}
    assert preference.get("PublicKeyPreference") in (None, {"AllowUserToManagePublicKeys": False})


def test_every_setting_can_be_set_and_reads_back(account):
    answer = account.ims(
        "SetSecurityPreference",
        EnableSaveMFATicket=True,
        AllowUserToChangePassword=False,
        AllowUserToManageAccessKeys=True,
        AllowUserToManageMFADevices=False,
        AllowUserToLoginWithPasskey=False,
        AllowUserToManagePersonalDingTalk=False,
        LoginSessionDuration=8,
        LoginNetworkMasks="42.120.66.0/24;10.0.0.0/8",
        MFAOperationForLogin="mandatory",
        OperationForRiskLogin="enforceVerify",
        VerificationTypes=["sms", "email"],
        MaxIdleDaysForUsers=90,
        MaxIdleDaysForAccessKeys=180,
    )
    has_exactly(answer, "SecurityPreference", "RequestId")
    preference = answer["SecurityPreference"]
    assert preference["LoginProfilePreference"] == {
        "EnableSaveMFATicket": True,
        "AllowUserToChangePassword": False,
        "AllowUserToLoginWithPasskey": False,
        "LoginSessionDuration": 8,
        "LoginNetworkMasks": "42.120.66.0/24;10.0.0.0/8",
        "MFAOperationForLogin": "mandatory",
        "OperationForRiskLogin": "enforceVerify",
    }
    assert preference["AccessKeyPreference"]["AllowUserToManageAccessKeys"] is True
    assert preference["MFAPreference"]["AllowUserToManageMFADevices"] is False
    assert preference["PersonalInfoPreference"]["AllowUserToManagePersonalDingTalk"] is False
    assert sorted(preference["VerificationPreference"]["VerificationTypes"]) == ["email", "sms"]
    assert preference["MaxIdleDays"] == {"MaxIdleDaysForUsers": 90, "MaxIdleDaysForAccessKeys": 180}
    assert account.ims("GetSecurityPreference")["SecurityPreference"] == preference


def test_every_setting_of_ram_can_be_set_and_shows_in_ims(account):
    answer = account.ram(
        "SetSecurityPreference",
        EnableSaveMFATicket=True,
        AllowUserToChangePassword=False,
        AllowUserToManageAccessKeys=True,
        AllowUserToManageMFADevices=False,
        LoginSessionDuration=7,
        LoginNetworkMasks="10.0.0.0/8",
    )
    has_exactly(answer, "SecurityPreference", "RequestId")
    expected = {
        "EnableSaveMFATicket": True,
        "AllowUserToChangePassword": False,
        "LoginSessionDuration": 7,
        "LoginNetworkMasks": "10.0.0.0/8",
    }
    assert answer["SecurityPreference"]["LoginProfilePreference"] == expected
    login = account.ims("GetSecurityPreference")["SecurityPreference"]["LoginProfilePreference"]
    assert login == {**LOGIN, **expected}


def test_setting_one_keeps_the_others(account):
    before = account.set_preference(LoginSessionDuration=9, MFAOperationForLogin="adaptive")
    after = account.set_preference(EnableSaveMFATicket=True)
    before["LoginProfilePreference"]["EnableSaveMFATicket"] = True
    assert after == before


@pytest.mark.parametrize("hours", [0, 25])
@pytest.mark.parametrize("api", ["ims", "ram"])
def test_a_session_lasts_one_to_twenty_four_hours(account, api, hours):
    with refused("InvalidParameter.LoginSessionDuration.Range"):
        account.server.caller(api, account.root)("SetSecurityPreference", LoginSessionDuration=hours)


@pytest.mark.parametrize("name", ["MFAOperationForLogin", "OperationForRiskLogin", "AllowUserToChangePassword"])
def test_a_value_that_is_none_of_the_known_ones_is_refused(account, name):
    with refused(f"InvalidParameter.{name}.Format"):
        account.ims("SetSecurityPreference", **{name: "sometimes"})


def test_idle_days_are_one_of_four_numbers(account):
    for name in ("MaxIdleDaysForUsers", "MaxIdleDaysForAccessKeys"):
        with refused_with(f"InvalidParameter.{name}", 400):
            account.ims("SetSecurityPreference", **{name: 100})
        for days in (90, 180, 365, 730):
            assert account.set_preference(**{name: days})["MaxIdleDays"][name] == days


def test_masks_have_to_be_addresses_and_at_most_forty(account):
    with refused_with("InvalidParameter.LoginNetworkMasks", 400):
        account.set_preference(LoginNetworkMasks="somewhere")
    with refused_with("InvalidParameter.LoginNetworkMasks", 400):
        account.set_preference(LoginNetworkMasks=";".join(f"10.0.{n}.0/24" for n in range(41)))
    forty = ";".join(f"9.0.{n}.0/24" for n in range(40))
    assert account.set_preference(LoginNetworkMasks=forty)["LoginProfilePreference"]["LoginNetworkMasks"] == forty


def test_signing_in_from_another_network_is_refused_and_keys_do_not_mind(account):
    secret = password()
    user = account.user(password=secret)
    account.set_preference(LoginNetworkMasks="10.0.0.0/8")
    user.is_refused("address-not-allowed", secret)
    assert user.caller("sts")("GetCallerIdentity")["IdentityType"] == "RAMUser"
    account.set_preference(LoginNetworkMasks="10.0.0.0/8;127.0.0.1")
    user.signs_in(secret)
    account.set_preference(LoginNetworkMasks="127.0.0.0/8")
    user.signs_in(secret)


def test_empty_masks_open_the_door_again(account):
    secret = password()
    user = account.user(password=secret)
    account.set_preference(LoginNetworkMasks="42.120.66.0/24")
    user.is_refused("address-not-allowed", secret)
    preference = account.set_preference(LoginNetworkMasks="")
    assert preference["LoginProfilePreference"]["LoginNetworkMasks"] == ""
    user.signs_in(secret)


@pytest.mark.parametrize("hours", [None, 1, 24])
def test_a_console_session_lasts_as_long_as_set(account, hours):
    if hours:
        account.set_preference(LoginSessionDuration=hours)
    lifetime = datetime.timedelta(hours=hours or 6)
    secret = password()
    user = account.user(password=secret)
    now = account.clock.freeze()
    session = user.signs_in(secret)
    assert parse_time(session["started_at"]) == now
    assert parse_time(session["expires_at"]) == now + lifetime
    account.clock.set(now + lifetime - datetime.timedelta(seconds=1))
    assert user.session_after(session)["state"] == "active"
    account.clock.set(now + lifetime)
    assert user.session_after(session)["state"] == "expired"


def test_a_running_session_keeps_the_length_it_began_with(account):
    secret = password()
    user = account.user(password=secret)
    now = account.clock.freeze()
    session = user.signs_in(secret)
    account.set_preference(LoginSessionDuration=1)
    assert parse_time(user.session_after(session)["expires_at"]) == now + datetime.timedelta(hours=6)


def test_users_manage_their_own_keys_only_where_the_account_lets_them(account):
    user = account.user()
    key = user.new_key()
    own = user.caller("ims", key)
    with denied():
        own("CreateAccessKey")
    account.set_preference(AllowUserToManageAccessKeys=True)
    made = own("CreateAccessKey")["AccessKey"]
    assert {item["AccessKeyId"] for item in own("ListAccessKeys")["AccessKeys"]["AccessKey"]} == {
        key.id,
        made["AccessKeyId"],
    }
    bob = account.user("bob")
    with denied():
        own("CreateAccessKey", UserPrincipalName=bob.upn)


def test_an_idle_users_console_logon_is_switched_off_the_day_after(account):
    account.set_preference(MaxIdleDaysForUsers=90)
    secret = password()
    now = account.clock.freeze()
    user = account.user(password=secret)
    user.signs_in(secret)
    account.clock.set(now + datetime.timedelta(days=91) - datetime.timedelta(seconds=1))
    assert user.profile()["Status"] == "Active"
    account.clock.set(now + datetime.timedelta(days=91))
    profile = user.profile()
    assert (profile["Status"], profile["AutoDisableLoginStatus"]) == ("Inactive", "true")
    user.is_refused("console-access-disabled", secret)


def test_a_logon_starts_the_idle_days_again(account):
    account.set_preference(MaxIdleDaysForUsers=90)
    secret = password()
    now = account.clock.freeze()
    user = account.user(password=secret)
    user.signs_in(secret)
    account.clock.set(now + datetime.timedelta(days=90))
    user.signs_in(secret)
    account.clock.set(now + datetime.timedelta(days=181) - datetime.timedelta(seconds=1))
    user.signs_in(secret)


def test_an_administrator_wakes_an_idle_user_up(account):
    account.set_preference(MaxIdleDaysForUsers=90)
    secret = password()
    user = account.user(password=secret)
    user.signs_in(secret)
    account.clock.advance(days=200)
    assert user.profile()["Status"] == "Inactive"
    woken = user.gets_reset(Status="Active")
    assert woken["Status"] == "Active"
    assert woken.get("AutoDisableLoginStatus") != "true"
    user.signs_in(secret)
