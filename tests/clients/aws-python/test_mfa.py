"""Virtual MFA devices: made, enabled, resynchronised, deactivated; and what signing in and sessions make of them."""

import pyotp
from support.errors import denied, refused
from support.shapes import has_exactly, is_about
from support.world import Device, Key, allow, password

WRONG = "Authentication code for device is not valid."
HARDWARE_ONLY = (
    "The MFA device serial number sent in the request is invalid or not supported by this API. Currently, only "
    "hardware FIDO security keys are supported. Please use the compatible device or API."
)


def test_a_device_is_made_with_its_seed_and_picture(account):
    made = account.iam.create_virtual_mfa_device(VirtualMFADeviceName="phone", Path="/mine/")["VirtualMFADevice"]
    assert has_exactly(made, "SerialNumber", "Base32StringSeed", "QRCodePNG")
    assert made["SerialNumber"] == account.arn("mfa/mine/phone")
    assert len(made["Base32StringSeed"]) == 64
    assert made["QRCodePNG"].startswith(b"\x89PNG")
    pyotp.TOTP(made["Base32StringSeed"].decode()).now()
    with refused("EntityAlreadyExists", "MFA device already exists."):
        account.iam.create_virtual_mfa_device(VirtualMFADeviceName="phone", Path="/mine/")
    account.iam.delete_virtual_mfa_device(SerialNumber=made["SerialNumber"])
    with refused("NoSuchEntity", f"MFA Device with serial number {made['SerialNumber']} does not exist."):
        account.iam.delete_virtual_mfa_device(SerialNumber=made["SerialNumber"])


def test_a_device_is_enabled_and_deactivated(account):
    iam = account.iam
    account.clock.freeze()
    user = account.user("alice")
    device = user.binds_device()
    listed = iam.list_mfa_devices(UserName="alice")["MFADevices"]
    assert [has_exactly(item, "UserName", "SerialNumber", "EnableDate")["SerialNumber"] for item in listed] == [
        device.serial
    ]
    is_about(listed[0]["EnableDate"], account.clock.now())
    with refused("ValidationError", HARDWARE_ONLY):
        iam.get_mfa_device(SerialNumber=device.serial, UserName="alice")
    account.user("bob")
    first, second = device.two_codes()
    again = {"SerialNumber": device.serial, "AuthenticationCode1": first, "AuthenticationCode2": second}
    with refused("EntityAlreadyExists", "MFA Device for user alice already exists."):
        iam.enable_mfa_device(UserName="alice", **again)
    with refused("EntityAlreadyExists", "MFA Device is already in use."):
        iam.enable_mfa_device(UserName="bob", **again)
    with refused("DeleteConflict"):
        iam.delete_virtual_mfa_device(SerialNumber=device.serial)
    iam.deactivate_mfa_device(UserName="alice", SerialNumber=device.serial)
    assert iam.list_mfa_devices(UserName="alice")["MFADevices"] == []
    iam.delete_virtual_mfa_device(SerialNumber=device.serial)


def test_two_right_codes_one_after_the_other_are_needed(account):
    account.clock.freeze()
    account.user("alice")
    device = Device.make(account)
    first, second = device.two_codes()
    for pair in (device.wrong_codes(), (second, first), (first, first)):
        with refused("InvalidAuthenticationCode", WRONG):
            account.iam.enable_mfa_device(
                UserName="alice",
                SerialNumber=device.serial,
                AuthenticationCode1=pair[0],
                AuthenticationCode2=pair[1],
            )
    assert account.iam.list_mfa_devices(UserName="alice")["MFADevices"] == []


def test_devices_are_listed_by_their_assignment(account):
    user = account.user("alice")
    bound = user.binds_device("bound")
    free = Device.make(account, "free")

    def listed(status):
        devices = account.iam.list_virtual_mfa_devices(AssignmentStatus=status)["VirtualMFADevices"]
        assert all("Base32StringSeed" not in item for item in devices)
        return [item["SerialNumber"] for item in devices]

    assert listed("Assigned") == [bound.serial]
    assert listed("Unassigned") == [free.serial]
    assert sorted(listed("Any")) == sorted([bound.serial, free.serial])
    shown = account.iam.list_virtual_mfa_devices(AssignmentStatus="Assigned")["VirtualMFADevices"][0]
    assert shown["User"]["UserName"] == "alice"


def test_a_device_is_resynchronised(account):
    account.clock.freeze()
    device = account.user("alice").binds_device()
    account.clock.advance(hours=1)
    first, second = device.two_codes()
    with refused("InvalidAuthenticationCode", WRONG):
        wrong = device.wrong_codes()
        account.iam.resync_mfa_device(
            UserName="alice", SerialNumber=device.serial, AuthenticationCode1=wrong[0], AuthenticationCode2=wrong[1]
        )
    account.iam.resync_mfa_device(
        UserName="alice", SerialNumber=device.serial, AuthenticationCode1=first, AuthenticationCode2=second
    )


def test_signing_in_takes_a_code(account):
    secret = password()
    user = account.user("alice", secret)
    account.clock.freeze()
    device = user.binds_device()
    account.clock.advance(minutes=5)
    assert account.outcome("alice", secret) == "mfa-required"
    assert account.outcome("alice", secret, mfa_code=device.wrong_codes()[0]) == "mfa-code-incorrect"
    assert account.outcome("alice", secret, mfa_code=device.code()) == "signed-in"


def test_a_session_token_with_a_code_opens_what_asks_for_mfa(account):
    needs_mfa = allow("iam:ListUsers", Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}})
    user = account.user("alice").may(needs_mfa)
    account.clock.freeze()
    device = user.binds_device()
    account.clock.advance(minutes=5)
    with refused("AccessDenied"):
        user.iam.list_users()
    made = user.sts.get_session_token(SerialNumber=device.serial, TokenCode=device.code())
    user.client("iam", Key.of(made["Credentials"])).list_users()


def test_a_session_token_takes_a_code_once(account):
    user = account.user("alice")
    account.clock.freeze()
    device = user.binds_device()
    account.clock.advance(minutes=5)
    with refused("AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code."):
        user.sts.get_session_token(SerialNumber=device.serial, TokenCode=device.wrong_codes()[0])
    with refused(
        "AccessDenied",
        "MultiFactorAuthentication failed, unable to validate MFA code.  "
        "Please verify your MFA serial number is valid and associated with this user.",
    ):
        user.sts.get_session_token(SerialNumber=account.arn("mfa/other"), TokenCode=device.code())
    code = device.code()
    made = user.sts.get_session_token(SerialNumber=device.serial, TokenCode=code)
    with denied(user.arn, "iam:ListUsers"):
        user.client("iam", Key.of(made["Credentials"])).list_users()
    with refused("AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code."):
        user.sts.get_session_token(SerialNumber=device.serial, TokenCode=code)


def test_the_testers_endpoint_shows_the_code(account):
    user = account.user("alice")
    account.clock.freeze()
    device = user.binds_device()
    answer = account.server.ask("GET", f"/_sesame/users/aws/{account.id}/alice/totp")
    assert answer["code"] == device.code()
