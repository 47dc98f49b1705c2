"""Groups and who is in them, in both APIs."""

import re

import pytest

from support.errors import refused
from support.shapes import has_exactly
from support.world import format_time

IMS_GROUP = ("GroupId", "GroupName", "DisplayName", "Comments", "CreateDate", "UpdateDate")
RAM_GROUP = ("GroupId", "GroupName", "Comments", "CreateDate", "UpdateDate")


def names(answer):
    return [group["GroupName"] for group in answer["Groups"]["Group"]]


def test_a_new_group_shows_all_it_is(account):
    now = account.clock.freeze()
    made = account.ims("CreateGroup", GroupName="Ops", DisplayName="运维", Comments="keeps it up")
    has_exactly(made, "Group", "RequestId")
    group = has_exactly(made["Group"], *IMS_GROUP)
    assert re.fullmatch(r"\d{19}", group["GroupId"])
    assert (group["DisplayName"], group["Comments"]) == ("运维", "keeps it up")
    assert group["CreateDate"] == group["UpdateDate"] == format_time(now)
    assert account.ims("GetGroup", GroupName="Ops")["Group"] == group
    seen = has_exactly(account.ram("GetGroup", GroupName="Ops")["Group"], *RAM_GROUP)
    assert seen == {name: group[name] for name in RAM_GROUP}
    plain = account.ram("CreateGroup", GroupName="dev")["Group"]
    has_exactly(plain, "GroupId", "GroupName", "Comments", "CreateDate")


def test_a_group_is_changed_and_deleted(account):
    made = account.ims("CreateGroup", GroupName="ops")["Group"]
    changed = account.ims("UpdateGroup", GroupName="ops", NewGroupName="sre", NewComments="new", NewDisplayName="SRE")
    group = has_exactly(changed["Group"], *IMS_GROUP)
    assert group["GroupId"] == made["GroupId"]
    assert (group["GroupName"], group["DisplayName"], group["Comments"]) == ("sre", "SRE", "new")
    has_exactly(account.ram("UpdateGroup", GroupName="sre", NewGroupName="run")["Group"], *RAM_GROUP)
    account.ram("CreateGroup", GroupName="dev")
    for api in (account.ims, account.ram):
        with refused("EntityAlreadyExists.Group"):
            api("CreateGroup", GroupName="RUN")
        with refused("EntityAlreadyExists.Group"):
            api("UpdateGroup", GroupName="dev", NewGroupName="run")
        with refused("EntityNotExist.Group"):
            api("DeleteGroup", GroupName="sre")
    account.ims("DeleteGroup", GroupName="run")
    with refused("EntityNotExist.Group"):
        account.ram("GetGroup", GroupName="run")


def test_groups_are_listed_page_by_page(account):
    for name in ("c", "a", "b"):
        account.ram("CreateGroup", GroupName=name)
    for api in (account.ims, account.ram):
        first = has_exactly(api("ListGroups", MaxItems=2), "IsTruncated", "Marker", "Groups", "RequestId")
        rest = has_exactly(api("ListGroups", Marker=first["Marker"]), "IsTruncated", "Groups", "RequestId")
        assert (names(first), names(rest)) == (["a", "b"], ["c"])
        assert (first["IsTruncated"], rest["IsTruncated"]) == (True, False)


def test_users_join_groups_and_leave_them(account):
    alice = account.user("alice")
    now = account.clock.freeze()
    for name in ("ops", "dev"):
        account.ims("CreateGroup", GroupName=name)
    account.ims("AddUserToGroup", GroupName="ops", UserPrincipalName=alice.upn)
    account.ram("AddUserToGroup", GroupName="dev", UserName="alice")
    with refused("EntityAlreadyExists.User.Group"):
        account.ram("AddUserToGroup", GroupName="ops", UserName="alice")
    groups = has_exactly(account.ims("ListGroupsForUser", UserPrincipalName=alice.upn), "Groups", "RequestId")
    assert names(groups) == ["dev", "ops"]
    has_exactly(groups["Groups"]["Group"][0], "GroupId", "GroupName", "DisplayName", "Comments", "JoinDate")
    groups = account.ram("ListGroupsForUser", UserName="alice")["Groups"]["Group"]
    has_exactly(groups[0], "GroupId", "GroupName", "Comments", "JoinDate")

    users = has_exactly(account.ims("ListUsersForGroup", GroupName="ops"), "IsTruncated", "Users", "RequestId")
    expected = {"UserId": alice.id, "UserPrincipalName": alice.upn, "DisplayName": "Alice"}
    assert users["Users"]["User"] == [{**expected, "JoinDate": format_time(now)}]
    users = account.ram("ListUsersForGroup", GroupName="ops", MaxItems=1000)["Users"]["User"]
    assert users == [{"UserName": "alice", "DisplayName": "Alice", "JoinDate": format_time(now)}]

    with refused("DeleteConflict.User.Group"):
        account.ims("DeleteUser", UserPrincipalName=alice.upn)
    with refused("DeleteConflict.Group.User"):
        account.ims("DeleteGroup", GroupName="ops")
    account.ims("RemoveUserFromGroup", GroupName="ops", UserPrincipalName=alice.upn)
    with refused("EntityNotExist.User.Group"):
        account.ram("RemoveUserFromGroup", GroupName="ops", UserName="alice")
    account.ram("RemoveUserFromGroup", GroupName="dev", UserName="alice")
    account.ram("DeleteGroup", GroupName="ops")
    account.ram("DeleteUser", UserName="alice")


def test_a_user_is_in_ten_groups_at_the_most(account):
    account.user("alice")
    for number in range(11):
        account.ram("CreateGroup", GroupName=f"group-{number}")
    for number in range(10):
        account.ram("AddUserToGroup", GroupName=f"group-{number}", UserName="alice")
    with refused("LimitExceeded.User.Group"):
        account.ram("AddUserToGroup", GroupName="group-10", UserName="alice")
    assert len(names(account.ram("ListGroupsForUser", UserName="alice"))) == 10


@pytest.mark.parametrize("name", ["a b", "ä", "a/b"])
def test_names_are_plain(account, name):
    with refused("InvalidParameter.GroupName.InvalidChars"):
        account.ims("CreateGroup", GroupName=name)


def test_one_account_does_not_see_the_groups_of_the_other(account, other_account):
    account.ram("CreateGroup", GroupName="ops")
    assert names(other_account.ims("ListGroups")) == []
    with refused("EntityNotExist.Group"):
        other_account.ram("DeleteGroup", GroupName="ops")
