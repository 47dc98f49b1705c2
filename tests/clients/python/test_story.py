"""The story of the README, told with nothing but the vendor's own SDK and the tester's clock."""

import pytest
from alibabacloud_ims20190815 import models
from alibabacloud_ims20190815.client import Client
from alibabacloud_sts20150401.client import Client as StsClient
from alibabacloud_tea_openapi.exceptions import ClientException
from alibabacloud_tea_openapi.utils_models import Config

from support import known_secrets
from support.world import password


def ims_client(account, key_id, secret):
    return Client(
        Config(access_key_id=key_id, access_key_secret=secret, endpoint=account.server.endpoint, protocol="http")
    )


def create_user_with_console_logon(ims, account, name, initial_password):
    upn = account.upn(name)
    user = ims.create_user(models.CreateUserRequest(user_principal_name=upn, display_name=name)).body.user
    profile = ims.create_login_profile(
        models.CreateLoginProfileRequest(user_principal_name=upn, password=initial_password)
    ).body.login_profile
    assert user.user_principal_name == upn
    assert profile.password_status == "InitialValid"
    return upn


def sign_in(account, name, password):
    return account.sign_in(name, password)


def test_an_initial_password_lapses_and_a_changed_one_ends_the_sessions(account):
    ims = ims_client(account, account.root.id, account.root.secret)

    # Alice gets console logon and uses it.
    first, second = password(), password()
    alice = create_user_with_console_logon(ims, account, "alice", first)
    entered = sign_in(account, "alice", first)
    assert (entered.status, entered.body["outcome"]) == (200, "signed-in")

    # Bob gets it too and does not come for two weeks.
    bob_first, bob_second = password(), password()
    bob = create_user_with_console_logon(ims, account, "bob", bob_first)
    account.clock.advance(days=14)
    refusal = sign_in(account, "bob", bob_first)
    assert (refusal.status, refusal.body["reason"]) == (403, "initial-password-expired")
    bobs = ims.get_login_profile(models.GetLoginProfileRequest(user_principal_name=bob)).body.login_profile
    assert bobs.password_status == "InitialExpired"

    # Only an administrator can help him.
    bobs = ims.update_login_profile(
        models.UpdateLoginProfileRequest(user_principal_name=bob, password=bob_second)
    ).body.login_profile
    assert bobs.password_status == "InitialValid"
    assert sign_in(account, "bob", bob_first).body["reason"] == "invalid-credentials"
    assert sign_in(account, "bob", bob_second).body["outcome"] == "signed-in"
    bobs = ims.get_login_profile(models.GetLoginProfileRequest(user_principal_name=bob)).body.login_profile
    assert bobs.password_status == "NotInitial"

    # Alice's password was used in time, so it did not lapse.
    entered = sign_in(account, "alice", first)
    assert entered.body["outcome"] == "signed-in"

    # With a key of her own she changes it.
    made = ims.create_access_key(models.CreateAccessKeyRequest(user_principal_name=alice)).body.access_key
    known_secrets.remember(made.access_key_secret, "AccessKeySecret")
    hers = ims_client(account, made.access_key_id, made.access_key_secret)
    hers.change_password(models.ChangePasswordRequest(old_password=first, new_password=second))

    # That ends her sessions, and says why.
    session = account.session(entered.body["session"]["id"])
    assert (session["state"], session["ended_because"]) == ("revoked", "password-changed")

    # The old password is of no more use, the new one is.
    assert sign_in(account, "alice", first).body["reason"] == "invalid-credentials"
    assert sign_in(account, "alice", second).body["outcome"] == "signed-in"

    # Her key lives on.
    sts = StsClient(
        Config(
            access_key_id=made.access_key_id,
            access_key_secret=made.access_key_secret,
            endpoint=account.server.endpoint,
            protocol="http",
        )
    )
    identity = sts.get_caller_identity().body
    assert (identity.identity_type, identity.account_id) == ("RAMUser", account.id)
    assert identity.arn == f"acs:ram::{account.id}:user/alice"

    # And being nobody in particular, she may not do an administrator's work with it.
    with pytest.raises(ClientException) as denial:
        hers.update_login_profile(models.UpdateLoginProfileRequest(user_principal_name=bob, password=password()))
    assert (denial.value.status_code, denial.value.code) == (403, "NoPermission")
