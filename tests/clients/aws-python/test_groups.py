"""Groups: their members and their policies."""

from support.errors import denied, refused
from support.shapes import has_exactly, is_id
from support.world import allow, as_json, policy

READ_ONLY = "arn:aws:iam::aws:policy/IAMReadOnlyAccess"
MISSING = "The group with name staff cannot be found."


def test_a_group_is_made_renamed_listed_and_deleted(account):
    iam = account.iam
    made = iam.create_group(GroupName="staff", Path="/people/")["Group"]
    has_exactly(made, "Path", "GroupName", "GroupId", "Arn", "CreateDate")
    assert made["Arn"] == account.arn("group/people/staff")
    is_id(made["GroupId"], "AGPA")
    with refused("EntityAlreadyExists", "Group with name staff already exists."):
        iam.create_group(GroupName="staff")
    answer = iam.get_group(GroupName="staff")
    assert (answer["Group"], answer["Users"], answer["IsTruncated"]) == (made, [], False)
    iam.update_group(GroupName="staff", NewGroupName="crew", NewPath="/")
    assert iam.get_group(GroupName="crew")["Group"]["Arn"] == account.arn("group/crew")
    iam.create_group(GroupName="Admins")
    assert [group["GroupName"] for group in iam.list_groups()["Groups"]] == ["Admins", "crew"]
    iam.delete_group(GroupName="crew")
    for call, more in ((iam.get_group, {}), (iam.delete_group, {}), (iam.update_group, {"NewPath": "/x/"})):
        with refused("NoSuchEntity", MISSING):
            call(GroupName="staff", **more)


def test_members_come_and_go(account):
    iam = account.iam
    iam.create_group(GroupName="staff")
    account.user("alice")
    account.user("bob")
    for name in ("alice", "bob", "alice"):
        iam.add_user_to_group(GroupName="staff", UserName=name)
    members = iam.get_group(GroupName="staff")["Users"]
    assert sorted(user["UserName"] for user in members) == ["alice", "bob"]
    assert [group["GroupName"] for group in iam.list_groups_for_user(UserName="alice")["Groups"]] == ["staff"]
    with refused("DeleteConflict", "Cannot delete entity, must remove users from group first."):
        iam.delete_group(GroupName="staff")
    for name in ("alice", "bob", "bob"):
        iam.remove_user_from_group(GroupName="staff", UserName=name)
    assert iam.get_group(GroupName="staff")["Users"] == []
    iam.delete_group(GroupName="staff")


def test_group_and_user_have_to_be_there(account):
    iam = account.iam
    account.user("alice")
    with refused("NoSuchEntity", MISSING):
        iam.add_user_to_group(GroupName="staff", UserName="alice")
    with refused("NoSuchEntity", "The user with name nobody cannot be found."):
        iam.remove_user_from_group(GroupName="staff", UserName="nobody")
    iam.create_group(GroupName="staff")
    with refused("NoSuchEntity", "The user with name nobody cannot be found."):
        iam.add_user_to_group(GroupName="staff", UserName="nobody")


def test_a_member_may_what_the_group_may(account):
    iam = account.iam
    user = account.user("alice")
    iam.create_group(GroupName="staff")
    iam.put_group_policy(GroupName="staff", PolicyName="p", PolicyDocument=as_json(policy(allow("iam:ListUsers"))))
    with denied(user.arn, "iam:ListUsers"):
        user.iam.list_users()
    iam.add_user_to_group(GroupName="staff", UserName="alice")
    user.iam.list_users()
    with denied(user.arn, "iam:ListGroups"):
        user.iam.list_groups()
    iam.attach_group_policy(GroupName="staff", PolicyArn=READ_ONLY)
    user.iam.list_groups()


def test_policies_of_a_group(account):
    iam = account.iam
    iam.create_group(GroupName="staff")
    document = policy(allow("s3:*"))
    iam.put_group_policy(GroupName="staff", PolicyName="inline", PolicyDocument=as_json(document))
    assert iam.get_group_policy(GroupName="staff", PolicyName="inline")["PolicyDocument"] == document
    assert iam.list_group_policies(GroupName="staff")["PolicyNames"] == ["inline"]
    with refused("DeleteConflict"):
        iam.delete_group(GroupName="staff")
    iam.delete_group_policy(GroupName="staff", PolicyName="inline")
    with refused("NoSuchEntity", "The group policy with name inline cannot be found."):
        iam.get_group_policy(GroupName="staff", PolicyName="inline")
    iam.attach_group_policy(GroupName="staff", PolicyArn=READ_ONLY)
    attached = iam.list_attached_group_policies(GroupName="staff")["AttachedPolicies"]
    assert attached == [{"PolicyName": "IAMReadOnlyAccess", "PolicyArn": READ_ONLY}]
    with refused("DeleteConflict", "Cannot delete entity, must detach all policies first."):
        iam.delete_group(GroupName="staff")
    iam.detach_group_policy(GroupName="staff", PolicyArn=READ_ONLY)
    iam.delete_group(GroupName="staff")


def test_a_user_is_in_ten_groups_at_most(account):
    account.user("alice")
    for number in range(11):
        account.iam.create_group(GroupName=f"g{number}")
        if number < 10:
            account.iam.add_user_to_group(GroupName=f"g{number}", UserName="alice")
    with refused("LimitExceeded", "Cannot exceed quota for GroupsPerUser: 10"):
        account.iam.add_user_to_group(GroupName="g10", UserName="alice")
