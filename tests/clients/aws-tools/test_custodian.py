"""Cloud Custodian finds the users that an audit would find."""

import base64
import datetime
import hashlib
import hmac
import json
import struct

import pytest
from conftest import HERE

ADMINISTRATORS = "arn:aws:iam::aws:policy/AdministratorAccess"


def custodian(shell, name):
    """Run one policy; the names of what it found."""
    out = shell.folder / "out"
    shell.run(
        *("custodian", "run", "--output-dir", out, "--cache-period", "0", "--region", "us-east-1", "-p", name),
        HERE / "custodian" / "policies.yml",
    )
    found = json.loads((out / name / "resources.json").read_text())
    return [item.get("UserName") or item["RoleName"] for item in found]


def test_users_with_a_password_alone_are_found(shell):
    iam = shell.client()
    for name in ("alice", "bob", "carol"):
        iam.create_user(UserName=name)
    for name in ("alice", "bob"):
        iam.create_login_profile(UserName=name, Password="&1-3a6u:RA0djs")
    binds_device(shell, iam, "bob")
    assert custodian(shell, "password-without-mfa") == ["alice"]
    binds_device(shell, iam, "alice")
    shell.clock.freeze()
    shell.clock.advance(hours=5)
    # the tool knows of no report that is past its time, so it has to find a new one
    with pytest.raises(iam.exceptions.CredentialReportExpiredException):
        iam.get_credential_report()
    iam.generate_credential_report()
    assert custodian(shell, "password-without-mfa") == []


def binds_device(shell, iam, user):
    """Enable a device with two codes, computed from its seed at the account's clock."""
    made = iam.create_virtual_mfa_device(VirtualMFADeviceName=user)["VirtualMFADevice"]
    seed = base64.b32decode(made["Base32StringSeed"])

    def code(counter):
        digest = hmac.new(seed, struct.pack(">Q", counter), hashlib.sha1).digest()
        start = digest[-1] & 15
        return f"{(struct.unpack('>I', digest[start:start + 4])[0] & 0x7FFFFFFF) % 10**6:06}"

    counter = int(shell.clock.now().timestamp()) // 30
    iam.enable_mfa_device(
        UserName=user,
        SerialNumber=made["SerialNumber"],
        AuthenticationCode1=code(counter - 1),
        AuthenticationCode2=code(counter),
    )


def test_keys_past_their_time_are_found(shell):
    iam = shell.client()
    shell.clock.freeze()
    now = shell.clock.now()
    shell.clock.set(now - datetime.timedelta(days=120))
    iam.create_user(UserName="old")
    iam.create_access_key(UserName="old")
    shell.clock.set(now)
    iam.create_user(UserName="new")
    iam.create_access_key(UserName="new")
    iam.create_user(UserName="none")
    assert custodian(shell, "old-access-keys") == ["old"]


def test_administrators_are_found(shell):
    iam = shell.client()
    for name in ("alice", "bob"):
        iam.create_user(UserName=name)
    iam.attach_user_policy(UserName="bob", PolicyArn=ADMINISTRATORS)
    assert custodian(shell, "powerful-users") == ["bob"]


def test_roles_that_others_may_assume_are_found(shell):
    iam = shell.client()
    for name, account in (("inner", shell.account), ("open", "999999999999")):
        principal = {"AWS": f"arn:aws:iam::{account}:root"}
        statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
        trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)
    assert custodian(shell, "roles-open-to-other-accounts") == ["open"]
