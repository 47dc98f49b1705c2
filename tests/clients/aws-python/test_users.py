"""Users: made, read, renamed, listed, deleted; their inline and attached policies; their boundary."""

import pytest
from support.errors import denied, refused
from support.shapes import has_exactly, is_about, is_id
from support.world import allow, as_json, password, policy

READ_ONLY = "arn:aws:iam::aws:policy/IAMReadOnlyAccess"


def test_a_user_is_made_and_read(account):
    made = account.iam.create_user(UserName="Bob", Path="/staff/", Tags=[{"Key": "team", "Value": "blue"}])["User"]
    has_exactly(made, "Path", "UserName", "UserId", "Arn", "CreateDate", "Tags")
    assert (made["Path"], made["UserName"]) == ("/staff/", "Bob")
    assert made["Arn"] == account.arn("user/staff/Bob")
    assert made["Tags"] == [{"Key": "team", "Value": "blue"}]
    is_id(made["UserId"], "AIDA")
    is_about(made["CreateDate"], account.clock.now())
    assert account.iam.get_user(UserName="Bob")["User"] == made
    has_exactly(account.iam.create_user(UserName="plain")["User"], "Path", "UserName", "UserId", "Arn", "CreateDate")


def test_names_differ_in_more_than_case(account):
    account.user("alice")
    with refused("EntityAlreadyExists", "User with name alice already exists."):
        account.iam.create_user(UserName="alice")
    with refused("EntityAlreadyExists"):
        account.iam.create_user(UserName="ALICE")


def test_get_user_without_a_name_is_the_caller(account):
    user = account.user("alice").may(allow("iam:GetUser"))
    assert user.iam.get_user()["User"]["Arn"] == user.arn
    root = account.iam.get_user()["User"]
    assert (root["UserId"], root["Arn"]) == (account.id, account.root_arn)


def test_an_unknown_user_is_not_there(account):
    text = "The user with name nobody cannot be found."
    with refused("NoSuchEntity", text):
        account.iam.get_user(UserName="nobody")
    with refused("NoSuchEntity", text):
        account.iam.update_user(UserName="nobody", NewUserName="somebody")
    with refused("NoSuchEntity", text):
        account.iam.delete_user(UserName="nobody")


def test_a_user_is_renamed_and_moved(account):
    account.user("alice")
    account.user("carol")
    before = account.iam.get_user(UserName="alice")["User"]
    account.iam.update_user(UserName="alice", NewUserName="alicia", NewPath="/left/")
    after = account.iam.get_user(UserName="alicia")["User"]
    assert after == {**before, "UserName": "alicia", "Path": "/left/", "Arn": account.arn("user/left/alicia")}
    with refused("NoSuchEntity"):
        account.iam.get_user(UserName="alice")
    with refused("EntityAlreadyExists", "User with name carol already exists."):
        account.iam.update_user(UserName="alicia", NewUserName="carol")


def test_users_are_listed_by_name_and_path(account):
    account.iam.create_user(UserName="zoe", Path="/staff/")
    account.iam.create_user(UserName="Bob", Path="/staff/night/", Tags=[{"Key": "a", "Value": "b"}])
    account.iam.create_user(UserName="alice")
    answer = account.iam.list_users()
    assert [user["UserName"] for user in answer["Users"]] == ["alice", "Bob", "zoe"]
    assert all("Tags" not in user for user in answer["Users"])
    below = account.iam.list_users(PathPrefix="/staff/")["Users"]
    assert [user["UserName"] for user in below] == ["Bob", "zoe"]
    assert account.iam.list_users(PathPrefix="/nowhere/")["Users"] == []


def test_a_password_used_shows_with_the_user(account):
    secret = password()
    account.user("alice", secret)
    assert "PasswordLastUsed" not in account.iam.get_user(UserName="alice")["User"]
    now = account.clock.freeze()
    assert account.outcome("alice", secret) == "signed-in"
    assert account.iam.get_user(UserName="alice")["User"]["PasswordLastUsed"] == now
    assert account.iam.list_users()["Users"][0]["PasswordLastUsed"] == now
    account.clock.advance(minutes=3)
    assert account.outcome("alice", secret) == "signed-in"
    assert account.iam.get_user(UserName="alice")["User"]["PasswordLastUsed"] == now
    account.iam.delete_login_profile(UserName="alice")
    assert account.iam.get_user(UserName="alice")["User"]["PasswordLastUsed"] == now


def test_what_hangs_on_a_user_has_to_go_first(account):
    user = account.user("alice")
    iam = account.iam

    def conflict(text):
        with refused("DeleteConflict", f"Cannot delete entity, {text}"):
            iam.delete_user(UserName="alice")

    iam.attach_user_policy(UserName="alice", PolicyArn=READ_ONLY)
    conflict("must detach all policies first.")
    iam.detach_user_policy(UserName="alice", PolicyArn=READ_ONLY)

    user.may(allow("iam:*"))
    conflict("must delete policies first.")
    iam.delete_user_policy(UserName="alice", PolicyName="inline")

    key = user.new_key()
    conflict("must delete access keys first.")
    iam.delete_access_key(UserName="alice", AccessKeyId=key.id)

    iam.create_group(GroupName="staff")
    iam.add_user_to_group(GroupName="staff", UserName="alice")
    conflict("must remove users from group first.")
    iam.remove_user_from_group(GroupName="staff", UserName="alice")

    device = user.binds_device()
    conflict("must remove tokens from principal first.")
    iam.deactivate_mfa_device(UserName="alice", SerialNumber=device.serial)

    iam.delete_user(UserName="alice")
    with refused("NoSuchEntity"):
        iam.get_user(UserName="alice")


def test_inline_policies_come_back_as_they_were(account):
    account.user("alice")
    document = policy(allow("s3:Get*", resource="arn:aws:s3:::a%20b/${aws:username}/*"))
    account.iam.put_user_policy(UserName="alice", PolicyName="one", PolicyDocument=as_json(document))
    answer = account.iam.get_user_policy(UserName="alice", PolicyName="one")
    assert answer["PolicyDocument"] == document
    assert (answer["UserName"], answer["PolicyName"]) == ("alice", "one")
    account.iam.put_user_policy(UserName="alice", PolicyName="one", PolicyDocument=as_json(policy(allow("s3:*"))))
    assert account.iam.get_user_policy(UserName="alice", PolicyName="one")["PolicyDocument"] == policy(allow("s3:*"))
    account.iam.put_user_policy(UserName="alice", PolicyName="another", PolicyDocument=as_json(document))
    assert account.iam.list_user_policies(UserName="alice")["PolicyNames"] == ["another", "one"]
    account.iam.delete_user_policy(UserName="alice", PolicyName="one")
    with refused("NoSuchEntity", "The user policy with name one cannot be found."):
        account.iam.get_user_policy(UserName="alice", PolicyName="one")
    with refused("NoSuchEntity", "The user policy with name one cannot be found."):
        account.iam.delete_user_policy(UserName="alice", PolicyName="one")


def test_managed_policies_are_attached_and_detached(account):
    account.user("alice")
    own = account.policy("own")
    for arn in (READ_ONLY, own, own):
        account.iam.attach_user_policy(UserName="alice", PolicyArn=arn)
    attached = account.iam.list_attached_user_policies(UserName="alice")["AttachedPolicies"]
    assert sorted(item["PolicyArn"] for item in attached) == sorted([READ_ONLY, own])
    assert {item["PolicyName"] for item in attached} == {"own", "IAMReadOnlyAccess"}
    account.iam.detach_user_policy(UserName="alice", PolicyArn=own)
    with refused("NoSuchEntity"):
        account.iam.detach_user_policy(UserName="alice", PolicyArn=own)
    with refused("NoSuchEntity", f"Policy {account.arn('policy/none')} does not exist or is not attachable."):
        account.iam.attach_user_policy(UserName="alice", PolicyArn=account.arn("policy/none"))


def test_a_boundary_is_put_and_taken_away(account):
    boundary = account.policy("bounds")
    account.user("alice")
    account.iam.put_user_permissions_boundary(UserName="alice", PermissionsBoundary=boundary)
    shown = account.iam.get_user(UserName="alice")["User"]["PermissionsBoundary"]
    assert shown == {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": boundary}
    account.iam.delete_user_permissions_boundary(UserName="alice")
    assert "PermissionsBoundary" not in account.iam.get_user(UserName="alice")["User"]
    with refused("NoSuchEntity"):
        account.iam.put_user_permissions_boundary(UserName="alice", PermissionsBoundary=account.arn("policy/none"))


def test_a_boundary_bounds(account):
    boundary = account.policy("bounds", policy(allow("iam:GetUser")))
    user = account.user("alice").may(allow("iam:*"))
    account.iam.put_user_permissions_boundary(UserName="alice", PermissionsBoundary=boundary)
    user.iam.get_user(UserName="alice")
    with denied(user.arn, "iam:ListUsers", "no permissions boundary allows"):
        user.iam.list_users()
    account.iam.delete_user_permissions_boundary(UserName="alice")
    user.iam.list_users()


@pytest.mark.parametrize("name", ["+=,.@_-", "a" * 64, "0"])
def test_a_name_may_hold_what_the_service_allows(account, name):
    made = account.iam.create_user(UserName=name)["User"]
    assert made["Arn"] == account.arn(f"user/{name}")
    account.iam.create_login_profile(UserName=name, Password=password())
    assert account.iam.get_login_profile(UserName=name)["LoginProfile"]["UserName"] == name


def test_what_one_account_has_another_does_not_see(account, other_account):
    account.user("alice")
    with refused("NoSuchEntity"):
        other_account.iam.get_user(UserName="alice")
    assert other_account.iam.list_users()["Users"] == []
    other_account.user("alice")
