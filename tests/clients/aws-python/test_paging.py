"""Lists come in pages: the SDK's paginators see everything once, in order; and its waiters find what was made."""

import botocore.exceptions
import pytest
from support.world import as_json, allow, policy, trust


def read_all(iam, operation, member, size=2, **more):
    """Every item, and the number of pages they came in."""
    pages = list(iam.get_paginator(operation).paginate(PaginationConfig={"PageSize": size}, **more))
    return [item for page in pages for item in page[member]], len(pages)


def make_users(account):
    for name in ("zoe", "Bob", "alice", "carol", "Dave"):
        account.user(name)
    return "list_users", "Users", {}, "UserName", ["alice", "Bob", "carol", "Dave", "zoe"]


def make_groups(account):
    for name in ("g3", "G1", "g2"):
        account.iam.create_group(GroupName=name)
    return "list_groups", "Groups", {}, "GroupName", ["G1", "g2", "g3"]


def make_roles(account):
    for name in ("r3", "r1", "r2"):
        account.role(name)
    return "list_roles", "Roles", {}, "RoleName", ["r1", "r2", "r3"]


def make_policies(account):
    for name in ("p3", "p1", "p2"):
        account.policy(name)
    return "list_policies", "Policies", {"Scope": "Local"}, "PolicyName", ["p1", "p2", "p3"]


def make_versions(account):
    arn = account.policy("p")
    for _ in range(2):
        account.iam.create_policy_version(PolicyArn=arn, PolicyDocument=as_json(policy(allow("s3:*"))))
    return "list_policy_versions", "Versions", {"PolicyArn": arn}, "VersionId", ["v3", "v2", "v1"]


def make_profiles(account):
    for name in ("i3", "i1", "i2"):
        account.iam.create_instance_profile(InstanceProfileName=name)
    return "list_instance_profiles", "InstanceProfiles", {}, "InstanceProfileName", ["i1", "i2", "i3"]


def make_members(account):
    account.iam.create_group(GroupName="staff")
    for name in ("u1", "u2", "u3"):
        account.user(name)
        account.iam.add_user_to_group(GroupName="staff", UserName=name)
    return "get_group", "Users", {"GroupName": "staff"}, "UserName", ["u1", "u2", "u3"]


def make_attached(account):
    account.role("ops")
    for name in ("p1", "p2", "p3"):
        account.iam.attach_role_policy(RoleName="ops", PolicyArn=account.policy(name))
    return "list_attached_role_policies", "AttachedPolicies", {"RoleName": "ops"}, "PolicyName", ["p1", "p2", "p3"]


@pytest.mark.parametrize(
    "make",
    [make_users, make_groups, make_roles, make_policies, make_versions, make_profiles, make_members, make_attached],
    ids=lambda make: make.__name__,
)
def test_pages_hold_everything_once(account, make):
    operation, member, more, name, expected = make(account)
    items, pages = read_all(account.iam, operation, member, **more)
    seen = [item[name] for item in items]
    ordered = operation not in ("get_group", "list_attached_role_policies")
    assert (seen if ordered else sorted(seen)) == expected
    assert pages >= (len(expected) + 1) // 2


def test_inline_names_and_keys_come_in_pages_too(account):
    user = account.user("alice")
    for name in ("c", "a", "b"):
        user.may(allow("s3:*"), name=name)
    user.new_key(), user.new_key()
    names, _ = read_all(account.iam, "list_user_policies", "PolicyNames", size=1, UserName="alice")
    assert names == ["a", "b", "c"]
    keys, _ = read_all(account.iam, "list_access_keys", "AccessKeyMetadata", size=1, UserName="alice")
    assert len({key["AccessKeyId"] for key in keys}) == 2


def test_a_page_is_as_long_as_asked_and_goes_on_where_it_stopped(account):
    make_users(account)
    first = account.iam.list_users(MaxItems=2)
    assert (first["IsTruncated"], [user["UserName"] for user in first["Users"]]) == (True, ["alice", "Bob"])
    account.user("amber")
    account.iam.delete_user(UserName="carol")
    second = account.iam.list_users(MaxItems=10, Marker=first["Marker"])
    assert (second["IsTruncated"], [user["UserName"] for user in second["Users"]]) == (False, ["Dave", "zoe"])


def test_details_of_the_account_come_in_pages(account):
    make_roles(account)
    make_groups(account)
    pages = account.iam.get_paginator("get_account_authorization_details").paginate(
        Filter=["Role", "Group"], PaginationConfig={"PageSize": 2}
    )
    whole = pages.build_full_result()
    assert sorted(role["RoleName"] for role in whole["RoleDetailList"]) == ["r1", "r2", "r3"]
    assert sorted(group["GroupName"] for group in whole["GroupDetailList"]) == ["G1", "g2", "g3"]


def test_waiters_find_what_is_there(account):
    account.user("alice")
    role = account.iam.create_role(RoleName="ops", AssumeRolePolicyDocument=as_json(trust(account.root_arn)))
    assert role["Role"]["RoleName"] == "ops"
    account.iam.create_instance_profile(InstanceProfileName="web")
    soon = {"Delay": 0, "MaxAttempts": 2}
    for waiter, name in (
        ("user_exists", {"UserName": "alice"}),
        ("role_exists", {"RoleName": "ops"}),
        ("policy_exists", {"PolicyArn": account.policy("reader")}),
        ("instance_profile_exists", {"InstanceProfileName": "web"}),
    ):
        account.iam.get_waiter(waiter).wait(**name, WaiterConfig=soon)
    with pytest.raises(botocore.exceptions.WaiterError):
        account.iam.get_waiter("user_exists").wait(UserName="nobody", WaiterConfig=soon)
