"""The story of the README: a login profile's life, told with nothing but boto3 and the tester's clock."""

import boto3
import pytest
from support.shapes import is_about
from support.world import BOB_PASSWORD, password


def client(account, service, key_id, secret):
    return boto3.client(
        service,
        endpoint_url=f"http://{account.server.endpoint}",
        region_name="eu-west-1",
        aws_access_key_id=key_id,
        aws_secret_access_key=secret,
    )


def test_a_login_profile_from_its_making_to_its_end(account):
    iam = client(account, "iam", account.id, "whatever")

    # Bob is to choose a password of his own when he first comes.
    iam.create_user(UserName="Bob")
    made = iam.create_login_profile(UserName="Bob", Password=BOB_PASSWORD, PasswordResetRequired=True)["LoginProfile"]
    assert (made["UserName"], made["PasswordResetRequired"]) == ("Bob", True)
    is_about(made["CreateDate"], account.clock.now())
    assert iam.get_login_profile(UserName="Bob")["LoginProfile"] == made
    with pytest.raises(iam.exceptions.EntityAlreadyExistsException) as again:
        iam.create_login_profile(UserName="Bob", Password=BOB_PASSWORD)
    assert again.value.response["Error"]["Message"] == "Login Profile for user Bob already exists."

    # He signs in, and is made to.
    assert account.outcome("Bob", BOB_PASSWORD) == "password-reset-required"
    own = password()
    iam.update_account_password_policy(AllowUsersToChangePassword=True, MinimumPasswordLength=12)
    assert account.outcome("Bob", BOB_PASSWORD, new_password=own) == "signed-in"
    assert iam.get_login_profile(UserName="Bob")["LoginProfile"]["PasswordResetRequired"] is False

    # With a key of his own he changes it again.
    key = iam.create_access_key(UserName="Bob")["AccessKey"]
    his = client(account, "iam", key["AccessKeyId"], key["SecretAccessKey"])
    newer = password()
    his.change_password(OldPassword=own, NewPassword=newer)
    assert account.outcome("Bob", own) == "invalid-credentials"
    assert account.outcome("Bob", newer) == "signed-in"

    # Whoever has a profile cannot be deleted; without one there is no signing in, and the key lives on.
    with pytest.raises(iam.exceptions.DeleteConflictException):
        iam.delete_user(UserName="Bob")
    iam.delete_login_profile(UserName="Bob")
    with pytest.raises(iam.exceptions.NoSuchEntityException) as gone:
        iam.get_login_profile(UserName="Bob")
    assert gone.value.response["Error"]["Message"] == "Login Profile for User Bob cannot be found."
    assert account.sign_in("Bob", newer).status == 403
    identity = client(account, "sts", key["AccessKeyId"], key["SecretAccessKey"]).get_caller_identity()
    assert identity["Arn"] == f"arn:aws:iam::{account.id}:user/Bob"
    iam.delete_access_key(UserName="Bob", AccessKeyId=key["AccessKeyId"])
    iam.delete_user(UserName="Bob")
