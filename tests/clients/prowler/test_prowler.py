"""Prowler finds what is wrong in an account, and finds it mended."""

import datetime
import json

from alibabacloud_ram20150501 import models as ram

EVERYTHING = json.dumps({"Version": "1", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})


def neglected(account):
    """A user of the kind that audits are made for, with a key of 100 days ago."""
    client, clock = account.ram(), account.clock
    clock.set(clock.now() - datetime.timedelta(days=100))
    client.create_user(ram.CreateUserRequest(user_name="alice"))
    key = client.create_access_key(ram.CreateAccessKeyRequest(user_name="alice")).body.access_key
    account.server.ask("PUT", f"/_sesame/clock?account={account.id}", {"mode": "system"})
    client.create_login_profile(ram.CreateLoginProfileRequest(user_name="alice", password="Open-Door-1"))
    client.create_policy(ram.CreatePolicyRequest(policy_name="Everything", policy_document=EVERYTHING))
    client.attach_policy_to_user(
        ram.AttachPolicyToUserRequest(user_name="alice", policy_name="Everything", policy_type="Custom"))
    return client, key


def mend(client, key):
    client.set_password_policy(ram.SetPasswordPolicyRequest(
        minimum_password_length=14, require_lowercase_characters=True, require_uppercase_characters=True,
        require_numbers=True, require_symbols=True, max_password_age=365, password_reuse_prevention=24,
        max_login_attemps=5))
    client.delete_access_key(ram.DeleteAccessKeyRequest(user_name="alice", user_access_key_id=key.access_key_id))
    client.update_login_profile(ram.UpdateLoginProfileRequest(
        user_name="alice", password="Shut-The-Door-22", mfabind_required=True))
    client.detach_policy_from_user(
        ram.DetachPolicyFromUserRequest(user_name="alice", policy_name="Everything", policy_type="Custom"))
    client.delete_policy(ram.DeletePolicyRequest(policy_name="Everything"))


def test_findings_turn_to_passes_after_mending(account):
    policy = f"{account.id}-password-policy"
    client, key = neglected(account)
    found, log = account.prowl()
    wrong = {
        ("ram_password_policy_minimum_length", policy),
        ("ram_password_policy_symbol", policy),
        ("ram_password_policy_password_reuse_prevention", policy),
        ("ram_policy_attached_only_to_group_or_roles", "alice"),
        ("ram_policy_no_administrative_privileges", "Everything"),
        ("ram_user_mfa_enabled_console_access", "alice"),
        ("ram_user_console_access_unused", "alice"),
        ("ram_no_root_access_key", "<root_account>"),
    }
    assert {one for one in wrong if found.get(one) != "FAIL"} == set(), (found, log)
    assert found["ram_rotate_access_key_90_days", key.access_key_id] == "FAIL", (found, log)
    mend(client, key)
    found, log = account.prowl()
    # These stay: it reads the last sign-in from a member that RAM does not have, and the audit itself needs a root key.
    stay = {"ram_user_console_access_unused", "ram_no_root_access_key"}
    assert {check for (check, _), status in found.items() if status != "PASS"} == stay, (found, log)
    assert len(found) >= 12
