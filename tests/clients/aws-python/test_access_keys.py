"""Access keys: made, switched, used, deleted."""

import pytest
from support.errors import denied, refused
from support.shapes import has_exactly, is_about
from support.world import Key, allow

INVALID = "The security token included in the request is invalid."


def test_a_key_is_made_and_listed(account):
    user = account.user("alice")
    made = account.iam.create_access_key(UserName="alice")["AccessKey"]
    has_exactly(made, "UserName", "AccessKeyId", "Status", "SecretAccessKey", "CreateDate")
    assert made["AccessKeyId"].startswith("AKIA") and len(made["AccessKeyId"]) == 20
    assert len(made["SecretAccessKey"]) == 40
    assert made["Status"] == "Active"
    is_about(made["CreateDate"], account.clock.now())
    listed = account.iam.list_access_keys(UserName="alice")["AccessKeyMetadata"]
    assert listed == [{name: made[name] for name in ("UserName", "AccessKeyId", "Status", "CreateDate")}]
    assert user.client("sts", Key.of(made)).get_caller_identity()["Arn"] == user.arn


def test_a_user_has_two_keys_at_most(account):
    user = account.user("alice")
    user.new_key(), user.new_key()
    with refused("LimitExceeded", "Cannot exceed quota for AccessKeysPerUser: 2"):
        user.new_key()


def test_a_user_keeps_keys_of_his_own(account):
    user = account.user("alice").may(allow("iam:*AccessKey*", resource=account.arn("user/${aws:username}")))
    account.user("bob")
    made = Key.of(user.iam.create_access_key()["AccessKey"])
    assert {item["AccessKeyId"] for item in user.iam.list_access_keys()["AccessKeyMetadata"]} == {made.id, user.key.id}
    user.iam.delete_access_key(AccessKeyId=made.id)
    with denied(user.arn, "iam:CreateAccessKey"):
        user.iam.create_access_key(UserName="bob")


@pytest.mark.parametrize("end", ["inactive", "deleted", "user gone"])
def test_a_key_that_is_off_opens_nothing(account, end):
    user = account.user("alice")
    key, sts = user.key, user.sts
    sts.get_caller_identity()
    if end == "inactive":
        account.iam.update_access_key(UserName="alice", AccessKeyId=key.id, Status="Inactive")
        assert account.iam.list_access_keys(UserName="alice")["AccessKeyMetadata"][0]["Status"] == "Inactive"
    else:
        account.iam.delete_access_key(UserName="alice", AccessKeyId=key.id)
    if end == "user gone":
        account.iam.delete_user(UserName="alice")
    with refused("InvalidClientTokenId", INVALID):
        sts.get_caller_identity()
    if end == "inactive":
        account.iam.update_access_key(UserName="alice", AccessKeyId=key.id, Status="Active")
        sts.get_caller_identity()


def test_a_missing_key_is_missing(account):
    account.user("alice")
    gone = "The Access Key with id AKIAIOSFODNN7EXAMPLE cannot be found."
    with refused("NoSuchEntity", gone):
        account.iam.update_access_key(UserName="alice", AccessKeyId="AKIAIOSFODNN7EXAMPLE", Status="Inactive")
    with refused("NoSuchEntity", gone):
        account.iam.delete_access_key(UserName="alice", AccessKeyId="AKIAIOSFODNN7EXAMPLE")


def test_the_last_use_of_a_key_shows(account):
    user = account.user("alice")
    key = user.key
    answer = account.iam.get_access_key_last_used(AccessKeyId=key.id)
    assert answer["UserName"] == "alice"
    assert answer["AccessKeyLastUsed"] == {"ServiceName": "N/A", "Region": "N/A"}
    now = account.clock.freeze()
    user.sts.get_caller_identity()
    used = account.iam.get_access_key_last_used(AccessKeyId=key.id)["AccessKeyLastUsed"]
    assert used == {"LastUsedDate": now, "ServiceName": "sts", "Region": "us-east-1"}


def test_an_unknown_keys_use_is_denied_even_to_root(account):
    with refused(
        "AccessDenied",
        f"User: {account.root_arn} is not authorized to perform iam:GetAccessKeyLastUsed "
        "on resource: access key AKIAIOSFODNN7EXAMPLE",
    ):
        account.iam.get_access_key_last_used(AccessKeyId="AKIAIOSFODNN7EXAMPLE")


def test_a_new_password_leaves_keys_alone(account):
    user = account.user("alice", "First-Passw0rd!")
    user.sts.get_caller_identity()
    account.iam.update_login_profile(UserName="alice", Password="Second-Passw0rd!")
    user.sts.get_caller_identity()
    account.iam.delete_login_profile(UserName="alice")
    user.sts.get_caller_identity()
