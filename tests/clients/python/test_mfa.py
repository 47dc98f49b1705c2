"""Virtual MFA devices: made, bound, used at logon, unbound, deleted."""

import base64
import re
import struct

import pytest

from support import known_secrets
from support.errors import refused
from support.shapes import has_exactly
from support.world import Device, format_time, password

both_interfaces = pytest.mark.parametrize("api", ["ims", "ram"])


def who(user, api):
    return {"UserPrincipalName": user.upn} if api == "ims" else {"UserName": user.name}


def new_device(account, name="phone", api="ims"):
    made = account.server.caller(api, account.root)("CreateVirtualMFADevice", VirtualMFADeviceName=name)
    return Device(account, made["VirtualMFADevice"]["SerialNumber"], made["VirtualMFADevice"]["Base32StringSeed"])


def bind(account, user, device, codes, api="ims"):
    first, second = codes
    return account.server.caller(api, account.root)(
        "BindMFADevice",
        SerialNumber=device.serial,
        AuthenticationCode1=first,
        AuthenticationCode2=second,
        **who(user, api),
    )


def devices(account, api="ims"):
    answer = account.server.caller(api, account.root)("ListVirtualMFADevices")
    return {item["SerialNumber"]: item for item in answer["VirtualMFADevices"]["VirtualMFADevice"]}


@both_interfaces
def test_a_new_device_comes_with_a_seed_and_a_picture_of_it(account, api):
    answer = account.server.caller(api, account.root)("CreateVirtualMFADevice", VirtualMFADeviceName="phone")
    has_exactly(answer, "VirtualMFADevice", "RequestId")
    device = has_exactly(answer["VirtualMFADevice"], "SerialNumber", "Base32StringSeed", "QRCodePNG")
    assert device["SerialNumber"] == f"acs:ram::{account.id}:mfa/phone"
    assert re.fullmatch(r"[A-Z2-7]{64}", device["Base32StringSeed"])
    picture = base64.b64decode(device["QRCodePNG"], validate=True)
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", picture[16:24])
    assert width == height and 21 <= width <= 2000


@both_interfaces
def test_a_device_name_is_taken_once(account, api):
    new_device(account)
    with refused("EntityAlreadyExists.VirtualMFADevice"):
        new_device(account, api=api)


@both_interfaces
@pytest.mark.parametrize("name, fault", [("my phone", "InvalidChars"), ("p" * 65, "Length")])
def test_a_device_needs_a_proper_name(account, api, name, fault):
    with refused(f"InvalidParameter.VirtualMFADeviceName.{fault}"):
        new_device(account, name, api)


@both_interfaces
def test_a_device_needs_a_name_at_all(account, api):
    with refused("MissingVirtualMFADeviceName"):
        account.server.caller(api, account.root)("CreateVirtualMFADevice")


@both_interfaces
def test_a_device_is_bound_by_two_consecutive_codes(account, api):
    now = account.clock.freeze()
    user, device = account.user(), new_device(account)
    has_exactly(bind(account, user, device, device.two_codes(), api), "RequestId")
    bound = devices(account)[device.serial]
    has_exactly(bound, "SerialNumber", "ActivateDate", "User")
    assert bound["ActivateDate"] == format_time(now)
    assert has_exactly(bound["User"], "UserId", "UserPrincipalName", "DisplayName") == {
        "UserId": user.id,
        "UserPrincipalName": user.upn,
        "DisplayName": "Alice",
    }
    under_ram = devices(account, "ram")[device.serial]
    assert has_exactly(under_ram["User"], "UserId", "UserName", "DisplayName")["UserName"] == "alice"


def test_codes_count_by_the_clock_of_the_account(account):
    now = account.clock.freeze()
    user, device = account.user(), new_device(account)
    stale = device.two_codes()
    account.clock.advance(days=3)
    assert account.clock.now() != now
    with refused("CheckAuthenticationCodeFail"):
        bind(account, user, device, stale)
    bind(account, user, device, device.two_codes())


@both_interfaces
def test_wrong_codes_bind_nothing(account, api):
    account.clock.freeze()
    user, device = account.user(), new_device(account)
    first, second = device.two_codes()
    wrong = device.wrong_code()
    for codes in ((wrong, wrong), (first, wrong), (wrong, second), (second, second), (second, first)):
        with refused("CheckAuthenticationCodeFail"):
            bind(account, user, device, codes, api)
    assert devices(account)[device.serial]["User"] == {}


@both_interfaces
@pytest.mark.parametrize("code", ["12345", "1234567", "12a456", ""])
def test_a_code_has_six_digits(account, api, code):
    account.clock.freeze()
    user, device = account.user(), new_device(account)
    if code == "":
        code = " "
    with refused("InvalidParameter.AuthenticationCode.Format"):
        bind(account, user, device, (code, device.code()), api)


@both_interfaces
def test_binding_needs_a_device_and_a_user_that_exist(account, api):
    account.clock.freeze()
    user, device = account.user(), new_device(account)
    unknown = Device(account, f"acs:ram::{account.id}:mfa/none", device.seed)
    with refused("EntityNotExist.VirtualMFADevice"):
        bind(account, user, unknown, device.two_codes(), api)
    account.ims("DeleteUser", UserPrincipalName=user.upn)
    with refused("EntityNotExist.User"):
        bind(account, user, device, device.two_codes(), api)


@both_interfaces
def test_one_user_has_one_device_and_one_device_one_user(account, api):
    account.clock.freeze()
    alice, bob = account.user("alice"), account.user("bob")
    phone, tablet = alice.binds_device("phone"), new_device(account, "tablet")
    with refused("EntityAlreadyExists.User.MFADevice"):
        bind(account, alice, tablet, tablet.two_codes(), api)
    with refused("EntityAlreadyExists.VirtualMFADevice.User"):
        bind(account, bob, phone, phone.two_codes(), api)


def test_ims_tells_whether_a_user_has_a_device(account):
    account.clock.freeze()
    user = account.user()
    answer = has_exactly(account.ims("GetUserMFAInfo", UserPrincipalName=user.upn), "IsMFAEnable", "RequestId", maybe=("MFADevice",))
    assert answer["IsMFAEnable"] is False
    assert not answer.get("MFADevice")
    device = user.binds_device()
    answer = account.ims("GetUserMFAInfo", UserPrincipalName=user.upn)
    has_exactly(answer, "IsMFAEnable", "MFADevice", "RequestId")
    assert answer["IsMFAEnable"] is True
    assert answer["MFADevice"] == {"SerialNumber": device.serial, "Type": "VMFA"}


def test_ram_refuses_to_tell_of_a_device_that_is_not_there(account):
    account.clock.freeze()
    user = account.user()
    with refused("EntityNotExist.User.MFADevice"):
        account.ram("GetUserMFAInfo", UserName=user.name)
    device = user.binds_device()
    answer = account.ram("GetUserMFAInfo", UserName=user.name)
    has_exactly(answer, "MFADevice", "RequestId")
    assert answer["MFADevice"] == {"SerialNumber": device.serial, "Type": "VMFA"}


@both_interfaces
@pytest.mark.parametrize("operation", ["GetUserMFAInfo", "UnbindMFADevice"])
def test_of_nobody_nothing_is_told(account, api, operation):
    nobody = {"UserPrincipalName": account.upn("nobody")} if api == "ims" else {"UserName": "nobody"}
    with refused("EntityNotExist.User"):
        account.server.caller(api, account.root)(operation, **nobody)


@both_interfaces
def test_an_unbound_device_stays_and_can_be_bound_again(account, api):
    account.clock.freeze()
    user = account.user()
    device = user.binds_device()
    answer = account.server.caller(api, account.root)("UnbindMFADevice", **who(user, api))
    has_exactly(answer, "MFADevice", "RequestId")
    assert answer["MFADevice"] == {"SerialNumber": device.serial}
    left = devices(account, api)[device.serial]
    assert left == {"SerialNumber": device.serial, "User": {}}
    with refused("EntityNotExist.User.MFADevice"):
        account.server.caller(api, account.root)("UnbindMFADevice", **who(user, api))
    account.clock.advance(minutes=2)
    bind(account, user, device, device.two_codes(), api)


def test_disabling_unbinds_and_deletes(account):
    account.clock.freeze()
    user = account.user()
    device = user.binds_device()
    has_exactly(account.ims("DisableVirtualMFA", UserPrincipalName=user.upn), "RequestId")
    assert devices(account) == {}
    assert account.ims("GetUserMFAInfo", UserPrincipalName=user.upn)["IsMFAEnable"] is False
    with refused("EntityNotExist.VirtualMFADevice"):
        account.ims("DeleteVirtualMFADevice", SerialNumber=device.serial)
    with refused("EntityNotExist.User.MFADevice"):
        account.ims("DisableVirtualMFA", UserPrincipalName=user.upn)
    with refused("EntityNotExist.User"):
        account.ims("DisableVirtualMFA", UserPrincipalName=account.upn("nobody"))


@both_interfaces
def test_only_a_free_device_is_deleted(account, api):
    account.clock.freeze()
    user = account.user()
    device = user.binds_device()
    admin = account.server.caller(api, account.root)
    with refused("DeleteConflict.VirtualMFADevice.User"):
        admin("DeleteVirtualMFADevice", SerialNumber=device.serial)
    admin("UnbindMFADevice", **who(user, api))
    has_exactly(admin("DeleteVirtualMFADevice", SerialNumber=device.serial), "RequestId")
    with refused("EntityNotExist.VirtualMFADevice"):
        admin("DeleteVirtualMFADevice", SerialNumber=device.serial)


def test_ims_lists_devices_page_by_page(account):
    serials = [new_device(account, f"phone-{n}").serial for n in range(3)]
    first = account.ims("ListVirtualMFADevices", MaxItems=2)
    has_exactly(first, "IsTruncated", "Marker", "VirtualMFADevices", "RequestId")
    rest = account.ims("ListVirtualMFADevices", MaxItems=2, Marker=first["Marker"])
    has_exactly(rest, "IsTruncated", "VirtualMFADevices", "RequestId")
    seen = [d["SerialNumber"] for page in (first, rest) for d in page["VirtualMFADevices"]["VirtualMFADevice"]]
    assert sorted(seen) == serials
    for item in devices(account, "ram").values():
        assert item == {"SerialNumber": item["SerialNumber"], "User": {}}


def test_who_has_a_device_signs_in_with_its_code(account):
    account.clock.freeze()
    secret = password()
    user = account.user(password=secret)
    device = user.binds_device()
    account.clock.advance(minutes=2)
    user.is_asked("mfa-required", secret)
    user.is_refused("mfa-code-incorrect", secret, mfa_code=device.wrong_code())
    session = user.signs_in(secret, mfa_code=device.code())
    assert session["mfa_present"] is True


def test_the_code_is_asked_only_of_who_knows_the_password(account):
    account.clock.freeze()
    user = account.user(password=password())
    device = user.binds_device()
    account.clock.advance(minutes=2)
    user.is_refused("invalid-credentials", password())
    user.is_refused("invalid-credentials", password(), mfa_code=device.code())


def test_an_old_code_is_of_no_use(account):
    account.clock.freeze()
    secret = password()
    user = account.user(password=secret)
    device = user.binds_device()
    account.clock.advance(minutes=2)
    old = device.code(-600)
    user.is_refused("mfa-code-incorrect", secret, mfa_code=old)


def test_without_a_device_no_second_factor_is_present(account):
    secret = password()
    assert account.user(password=secret).signs_in(secret)["mfa_present"] is False


def test_the_testers_endpoint_shows_what_the_device_shows(account):
    account.clock.freeze()
    secret = password()
    user = account.user(password=secret)
    device = user.binds_device()
    account.clock.advance(hours=3)
    assert user.shown_code() == device.code()
    before = device.code()
    account.clock.advance(minutes=5)
    assert user.shown_code() == device.code() != before
    user.signs_in(secret, mfa_code=user.shown_code())


def test_the_testers_endpoint_has_nothing_to_show_for_a_user_without_a_device(account):
    user = account.user()
    reply = account.server.control("GET", f"/_sesame/users/alibaba/{account.id}/{user.name}/totp")
    assert reply.status == 404


@pytest.mark.parametrize(
    "account_wide, of_the_user, has_device, outcome",
    [
        ("independent", False, False, "signed-in"),
        ("independent", True, False, "mfa-bind-required"),
        ("independent", False, True, "mfa-required"),
        ("independent", True, True, "mfa-required"),
        ("mandatory", False, False, "mfa-bind-required"),
        ("mandatory", True, False, "mfa-bind-required"),
        ("mandatory", False, True, "mfa-required"),
    ],
)
def test_the_account_comes_before_the_user_and_the_user_before_the_device(
    account, account_wide, of_the_user, has_device, outcome
):
    account.clock.freeze()
    secret = password()
    account.set_preference(MFAOperationForLogin=account_wide)
    user = account.user(password=secret, MFABindRequired=of_the_user)
    if has_device:
        user.binds_device()
    reply = user.tries(secret)
    assert (reply.status, reply.body["outcome"]) == (200, outcome)


def test_the_second_factor_is_asked_before_the_forced_reset(account):
    account.clock.freeze()
    first, second = password(), password()
    user = account.user(password=first, PasswordResetRequired=True)
    device = user.binds_device()
    account.clock.advance(minutes=2)
    user.is_asked("mfa-required", first)
    user.is_asked("mfa-required", first, new_password=second)
    user.signs_in(first, mfa_code=device.code(), new_password=second)
    account.clock.advance(minutes=2)
    user.is_asked("mfa-required", second)


def test_a_reset_still_needed_after_the_second_factor_is_told(account):
    account.clock.freeze()
    first = password()
    user = account.user(password=first, PasswordResetRequired=True)
    device = user.binds_device()
    account.clock.advance(minutes=2)
    user.is_asked("password-reset-required", first, mfa_code=device.code())


def test_the_seed_is_shown_only_once(account):
    device = new_device(account)
    assert device.seed in known_secrets.all_secrets()
    assert device.seed not in str(account.ims("ListVirtualMFADevices"))
