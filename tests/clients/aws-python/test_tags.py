"""Tags on everything that has them."""

import pytest
from support.errors import at_most, invalid, refused

USER_TEXT = "Duplicate tag keys found. Please note that Tag keys are case insensitive."


def tags(**pairs):
    return [{"Key": key, "Value": value} for key, value in pairs.items()]


def make_user(account):
    account.user("alice")
    return "user", {"UserName": "alice"}


def make_role(account):
    account.role("ops")
    return "role", {"RoleName": "ops"}


def make_policy(account):
    return "policy", {"PolicyArn": account.policy("reader")}


def make_instance_profile(account):
    account.iam.create_instance_profile(InstanceProfileName="web")
    return "instance_profile", {"InstanceProfileName": "web"}


def make_mfa_device(account):
    made = account.iam.create_virtual_mfa_device(VirtualMFADeviceName="phone")["VirtualMFADevice"]
    return "mfa_device", {"SerialNumber": made["SerialNumber"]}


def make_oidc_provider(account):
    made = account.iam.create_open_id_connect_provider(Url="https://example.com", ThumbprintList=["a" * 40])
    return "open_id_connect_provider", {"OpenIDConnectProviderArn": made["OpenIDConnectProviderArn"]}


@pytest.mark.parametrize(
    "make",
    [make_user, make_role, make_policy, make_instance_profile, make_mfa_device, make_oidc_provider],
    ids=lambda make: make.__name__,
)
def test_tags_are_set_listed_and_taken_off(account, make):
    noun, name = make(account)
    tag, untag, listing = (getattr(account.iam, form.format(noun)) for form in ("tag_{}", "untag_{}", "list_{}_tags"))
    assert listing(**name)["Tags"] == []
    tag(**name, Tags=tags(team="blue", stage="test"))
    tag(**name, Tags=tags(team="red", empty=""))
    seen = {item["Key"]: item["Value"] for item in listing(**name)["Tags"]}
    assert seen == {"team": "red", "stage": "test", "empty": ""}
    untag(**name, TagKeys=["stage", "empty", "never-there"])
    assert listing(**name)["Tags"] == tags(team="red")


def test_keys_of_users_and_roles_differ_in_more_than_case(account):
    with refused("InvalidInput", USER_TEXT):
        account.iam.create_user(UserName="alice", Tags=tags(team="a", TEAM="b"))
    account.user("alice")
    with refused("InvalidInput", USER_TEXT):
        account.iam.tag_user(UserName="alice", Tags=tags(team="a", Team="b"))
    account.iam.tag_user(UserName="alice", Tags=tags(team="a"))
    account.iam.tag_user(UserName="alice", Tags=tags(TEAM="b"))
    assert [item["Value"] for item in account.iam.list_user_tags(UserName="alice")["Tags"]] == ["b"]


def test_keys_of_policies_may_differ_in_case(account):
    arn = account.policy("reader")
    account.iam.tag_policy(PolicyArn=arn, Tags=tags(team="a", TEAM="b"))
    assert len(account.iam.list_policy_tags(PolicyArn=arn)["Tags"]) == 2
    with refused("InvalidInput", "Duplicate tag keys found."):
        account.iam.tag_policy(PolicyArn=arn, Tags=tags(team="a") * 2)


def test_fifty_tags_are_the_most(account):
    account.user("alice")
    fifty = tags(**{f"k{number}": "v" for number in range(50)})
    with invalid("tags", at_most(50)):
        account.raw.tag_user(UserName="alice", Tags=fifty + tags(more="v"))
    account.iam.tag_user(UserName="alice", Tags=fifty)
    with refused("LimitExceeded", "The number of tags has reached the maximum limit."):
        account.iam.tag_user(UserName="alice", Tags=tags(more="v"))


def test_tags_of_a_missing_thing(account):
    with refused("NoSuchEntity", "The user with name nobody cannot be found."):
        account.iam.list_user_tags(UserName="nobody")
    with refused("NoSuchEntity", "The role with name none cannot be found."):
        account.iam.tag_role(RoleName="none", Tags=tags(a="b"))
    arn = account.arn("policy/none")
    with refused("NoSuchEntity", f"Policy {arn} was not found."):
        account.iam.tag_policy(PolicyArn=arn, Tags=tags(a="b"))
