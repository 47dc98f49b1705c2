"""What is refused before anything is looked up. The SDK's own checks are off: the server has to see it all."""

import re

import pytest
from support.errors import at_least, at_most, invalid, pattern, refused, value_at_most
from support.world import as_json, trust

CHARACTERS = (
    "The specified value for {} is invalid. "
    "It must contain only alphanumeric characters and/or the following: +=,.@_-"
)
PATH = (
    "The specified value for path is invalid. "
    "It must begin and end with / and contain only alphanumeric characters and/or / characters."
)
NULL = "Member must not be null"


@pytest.mark.parametrize(
    "operation, field, more",
    [
        ("create_user", "userName", {}),
        ("create_group", "groupName", {}),
        ("create_role", "roleName", {"AssumeRolePolicyDocument": as_json(trust("*"))}),
        ("create_instance_profile", "instanceProfileName", {}),
        ("create_policy", "policyName", {"PolicyDocument": "{}"}),
    ],
)
def test_a_name_has_its_length_and_its_characters(account, operation, field, more):
    call = getattr(account.raw, operation)
    name = field[0].upper() + field[1:]
    longest = 64 if field in ("userName", "roleName") else 128
    with invalid(field, at_most(longest)):
        call(**{name: "n" * (longest + 1)}, **more)
    with refused("ValidationError"):
        call(**{name: ""}, **more)
    with invalid(field, NULL):
        call(**more)
    with refused("ValidationError", CHARACTERS.format(field)):
        call(**{name: "a b"}, **more)


@pytest.mark.parametrize(
    "operation, more",
    [
        ("create_user", {"UserName": "alice"}),
        ("create_group", {"GroupName": "staff"}),
        ("create_role", {"RoleName": "ops", "AssumeRolePolicyDocument": as_json(trust("*"))}),
    ],
)
@pytest.mark.parametrize("path", ["no-slash", "/open", "closed/", "/sp ace/"])
def test_a_path_begins_and_ends_with_a_slash(account, operation, more, path):
    with refused("ValidationError", PATH):
        getattr(account.raw, operation)(Path=path, **more)


def test_an_existing_user_may_be_named_longer_than_a_new_one(account):
    with refused("NoSuchEntity", f"The user with name {'n' * 128} cannot be found."):
        account.raw.get_user(UserName="n" * 128)
    with invalid("userName", at_most(128)):
        account.raw.get_user(UserName="n" * 129)


def test_several_failures_come_together(account):
    with invalid(("path", at_most(512)), ("userName", at_most(64))):
        account.raw.create_user(UserName="n" * 65, Path="/" + "p" * 512 + "/")


def test_paging_has_its_range(account):
    for operation in ("list_users", "list_groups", "list_roles", "list_policies"):
        call = getattr(account.raw, operation)
        with invalid("maxItems", value_at_most(1000)):
            call(MaxItems=1001)
        with refused("ValidationError", "Invalid Marker."):
            call(Marker="no-marker-of-ours")


def test_a_value_has_to_be_one_of_its_set(account):
    account.user("alice")
    with invalid("status", "Member must satisfy enum value set"):
        account.raw.update_access_key(UserName="alice", AccessKeyId="AKIA" + "A" * 16, Status="Asleep")
    with invalid("scope", "Member must satisfy enum value set"):
        account.raw.list_policies(Scope="Everywhere")


def test_members_of_a_list_are_named_with_their_place(account):
    with invalid("tags.1.member.key", at_most(128)):
        account.raw.create_user(UserName="alice", Tags=[{"Key": "k" * 129, "Value": "v"}])
    with invalid("tags.2.member.value", at_most(256)):
        tags = [{"Key": "a", "Value": "b"}, {"Key": "c", "Value": "v" * 257}]
        account.raw.create_user(UserName="alice", Tags=tags)
    with invalid("tags.1.member.key", pattern(r"[\p{L}\p{Z}\p{N}_.:/=+\-@]+")):
        account.raw.create_user(UserName="alice", Tags=[{"Key": "#", "Value": "v"}])
    with refused("ValidationError", re.compile(r"1 validation error detected: Value at 'tagKeys' failed .*")):
        account.raw.untag_user(UserName="alice", TagKeys=["k" * 129])


def test_sts_repeats_the_value_it_refuses(account):
    raw = account.server.client("sts", account.root, checked=False)
    role = account.arn("role/ops")
    with refused(
        "ValidationError",
        "1 validation error detected: Value 'Session1:2' at 'roleSessionName' failed to satisfy constraint: "
        + pattern(r"[\w+=,.@-]*"),
    ):
        raw.assume_role(RoleArn=role, RoleSessionName="Session1:2")
    with refused(
        "ValidationError",
        "1 validation error detected: Value '60' at 'durationSeconds' failed to satisfy constraint: "
        "Member must have value greater than or equal to 900",
    ):
        raw.assume_role(RoleArn=role, RoleSessionName="session", DurationSeconds=60)
    with refused("ValidationError", "this-is-no-arn-of-a-role is invalid"):
        raw.assume_role(RoleArn="this-is-no-arn-of-a-role", RoleSessionName="session")


def test_an_arn_has_to_look_like_one(account):
    account.user("alice")
    with refused("ValidationError", "ARN this-is-no-arn-at-all is not valid.", "Invalid ARN:  Could not be parsed!"):
        account.raw.get_policy(PolicyArn="this-is-no-arn-at-all")
    with invalid("policyArn", at_least(20)):
        account.raw.attach_user_policy(UserName="alice", PolicyArn="arn:short")
