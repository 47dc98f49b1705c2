"""Users: create, read, list, rename, delete, under both interfaces, and the tags that IMS gives them."""

import re

import pytest

from support.errors import refused, refused_with
from support.shapes import has_exactly
from support.world import format_time, password

IMS_USER = ("UserId", "UserPrincipalName", "DisplayName", "CreateDate", "UpdateDate", "ProvisionType")
IMS_MAYBE = ("Comments", "Email", "MobilePhone", "LastLoginDate", "Tags")
RAM_USER = ("UserId", "UserName", "DisplayName", "CreateDate")
RAM_MAYBE = ("Comments", "Email", "MobilePhone", "UpdateDate", "LastLoginDate")


def names(answer, key="UserPrincipalName"):
    return [user[key] for user in answer["Users"]["User"]]


def test_ims_creates_a_user(account):
    now = account.clock.freeze()
    answer = account.ims(
        "CreateUser",
        UserPrincipalName=account.upn("alice"),
        DisplayName="Alice",
        Comments="the first",
        Email="alice@example.com",
        MobilePhone="86-13812345678",
        Tag=[{"Key": "team", "Value": "blue"}],
    )
    has_exactly(answer, "User", "RequestId")
    user = has_exactly(answer["User"], *IMS_USER, "Comments", "Email", "MobilePhone", "Tags", maybe=("LastLoginDate",))
    assert re.fullmatch(r"\d{18}", user["UserId"])
    assert user["UserPrincipalName"] == account.upn("alice")
    assert (user["DisplayName"], user["Comments"]) == ("Alice", "the first")
    assert (user["Email"], user["MobilePhone"]) == ("alice@example.com", "86-13812345678")
    assert user["CreateDate"] == user["UpdateDate"] == format_time(now)
    assert user["ProvisionType"] == "Manual"
    assert user["Tags"] == {"Tag": [{"TagKey": "team", "TagValue": "blue"}]}


def test_ram_creates_a_user(account):
    answer = account.ram("CreateUser", UserName="alice", DisplayName="Alice", Comments="c", Email="a@example.com")
    has_exactly(answer, "User", "RequestId")
    user = has_exactly(answer["User"], *RAM_USER, "Comments", "Email", maybe=("MobilePhone",))
    assert (user["UserName"], user["DisplayName"], user["Comments"]) == ("alice", "Alice", "c")


def test_ram_needs_no_more_than_a_name(account):
    assert account.ram("CreateUser", UserName="alice")["User"]["UserName"] == "alice"


def test_both_interfaces_see_the_same_user(account):
    by_ims = account.user("alice")
    by_ram = account.ram("CreateUser", UserName="bob", DisplayName="Bob")["User"]
    seen = account.ram("GetUser", UserName="alice")
    has_exactly(seen, "User", "RequestId")
    assert has_exactly(seen["User"], *RAM_USER, maybe=RAM_MAYBE)["UserId"] == by_ims.id
    seen = account.ims("GetUser", UserPrincipalName=account.upn("bob"))
    has_exactly(seen, "User", "RequestId")
    assert has_exactly(seen["User"], *IMS_USER, maybe=(*IMS_MAYBE, "UserName"))["UserId"] == by_ram["UserId"]


def test_a_user_is_found_by_name_by_id_and_by_key(account):
    user = account.user()
    key = user.new_key()
    found = account.ims("GetUser", UserPrincipalName=user.upn)["User"]
    assert found["UserId"] == user.id
    assert account.ims("GetUser", UserId=user.id)["User"] == found
    assert account.ims("GetUser", UserAccessKeyId=key.id)["User"] == found


def test_the_last_logon_shows(account):
    secret = password()
    user = account.user(password=secret)
    assert not account.ims("GetUser", UserId=user.id)["User"].get("LastLoginDate")
    now = account.clock.freeze()
    user.signs_in(secret)
    assert account.ims("GetUser", UserId=user.id)["User"]["LastLoginDate"] == format_time(now)
    assert account.ram("GetUser", UserName=user.name)["User"]["LastLoginDate"] == format_time(now)


@pytest.mark.parametrize("text", ["张三", "a b+c*~'()!%&=;", "ünï", '"quoted"', "<b>&amp;"])
def test_any_text_survives_the_way_there_and_back(account, text):
    account.ims("CreateUser", UserPrincipalName=account.upn("alice"), DisplayName="Alice", Comments=text)
    assert account.ims("GetUser", UserPrincipalName=account.upn("alice"))["User"]["Comments"] == text
    assert account.ram("GetUser", UserName="alice")["User"]["Comments"] == text


def test_who_does_not_exist_is_not_found(account):
    with refused("EntityNotExist.User"):
        account.ims("GetUser", UserPrincipalName=account.upn("nobody"))
    with refused("EntityNotExist.User"):
        account.ims("GetUser", UserId="299999999999999999")
    with refused("EntityNotExist.User"):
        account.ims("GetUser", UserPrincipalName="alice@elsewhere.onaliyun.com")
    with refused("EntityNotExist.User"):
        account.ims("UpdateUser", UserPrincipalName=account.upn("nobody"), NewComments="x")
    with refused("EntityNotExist.User"):
        account.ims("DeleteUser", UserPrincipalName=account.upn("nobody"))
    with refused("EntityNotExist.User"):
        account.ram("GetUser", UserName="nobody")
    with refused("EntityNotExist.User"):
        account.ram("UpdateUser", UserName="nobody", NewComments="x")
    with refused("EntityNotExist.User"):
        account.ram("DeleteUser", UserName="nobody")


def test_a_name_is_taken_only_once_whatever_its_case(account):
    account.user("alice")
    with refused("EntityAlreadyExists.User"):
        account.ims("CreateUser", UserPrincipalName=account.upn("alice"), DisplayName="Other")
    with refused("EntityAlreadyExists.User"):
        account.ims("CreateUser", UserPrincipalName=account.upn("ALICE"), DisplayName="Other")
    with refused("EntityAlreadyExists.User"):
        account.ram("CreateUser", UserName="Alice")


def test_what_a_user_needs_has_to_be_given(account):
    with refused("MissingUserPrincipalName"):
        account.ims("CreateUser", DisplayName="Alice")
    with refused("MissingDisplayName"):
        account.ims("CreateUser", UserPrincipalName=account.upn("alice"))
    for operation in ("CreateUser", "GetUser", "UpdateUser", "DeleteUser"):
        with refused("MissingUserName"):
            account.ram(operation)


@pytest.mark.parametrize(
    "changes, code",
    [
        ({"UserName": "a b"}, "InvalidParameter.UserName.InvalidChars"),
        ({"UserName": "a@b"}, "InvalidParameter.UserName.InvalidChars"),
        ({"UserName": "a" * 65}, "InvalidParameter.UserName.Length"),
        ({"DisplayName": "d" * 129}, "InvalidParameter.DisplayName.Length"),
        ({"Comments": "c" * 129}, "InvalidParameter.Comments.Length"),
        ({"Email": "no-address"}, "InvalidParameter.Email.Format"),
        ({"MobilePhone": "call me"}, "InvalidParameter.MobilePhone.Format"),
    ],
)
def test_ram_refuses_a_malformed_user(account, changes, code):
    with refused(code):
        account.ram("CreateUser", **{"UserName": "alice", **changes})


@pytest.mark.parametrize(
    "changes, code",
    [
        ({"DisplayName": "d" * 25}, "InvalidParameter.DisplayName.Length"),
        ({"Comments": "c" * 129}, "InvalidParameter.Comments.Length"),
    ],
)
def test_ims_refuses_a_malformed_user(account, changes, code):
    with refused(code):
        account.ims("CreateUser", **{"UserPrincipalName": account.upn("alice"), "DisplayName": "Alice", **changes})


@pytest.mark.parametrize("name", ["a b", "a" * 65, "", "a/b"])
def test_ims_refuses_a_malformed_name(account, name):
    with refused_with("InvalidParameter.UserPrincipalName", 400):
        account.ims("CreateUser", UserPrincipalName=account.upn(name), DisplayName="Alice")


@pytest.mark.parametrize("upn", ["alice", "alice@elsewhere.onaliyun.com", "alice@@two.onaliyun.com"])
def test_a_user_belongs_to_the_domain_of_the_account(account, upn):
    with refused_with("InvalidParameter.UserPrincipalName", 400):
        account.ims("CreateUser", UserPrincipalName=upn, DisplayName="Alice")


def test_names_may_be_as_long_as_allowed(account):
    account.ims("CreateUser", UserPrincipalName=account.upn("n" * 64), DisplayName="d" * 24, Comments="c" * 128)
    account.ram("CreateUser", UserName="m" * 64, DisplayName="d" * 128)


def test_a_rename_keeps_the_person(account):
    secret = password()
    user = account.user(password=secret)
    sts = user.caller("sts")
    answer = account.ims(
        "UpdateUser",
        UserPrincipalName=user.upn,
        NewUserPrincipalName=account.upn("alicia"),
        NewDisplayName="Alicia",
        NewComments="married",
    )
    has_exactly(answer, "User", "RequestId")
    renamed = has_exactly(answer["User"], *IMS_USER, "Comments", maybe=("Email", "MobilePhone", "LastLoginDate"))
    assert renamed["UserId"] == user.id
    assert renamed["UserPrincipalName"] == account.upn("alicia")
    assert (renamed["DisplayName"], renamed["Comments"]) == ("Alicia", "married")
    with refused("EntityNotExist.User"):
        account.ims("GetUser", UserPrincipalName=user.upn)
    assert account.ims("GetLoginProfile", UserPrincipalName=account.upn("alicia"))["LoginProfile"]["Status"] == "Active"
    assert account.sign_in("alicia", secret).body["outcome"] == "signed-in"
    assert account.sign_in("alice", secret).body["reason"] == "invalid-credentials"
    assert sts("GetCallerIdentity")["Arn"] == f"acs:ram::{account.id}:user/alicia"


def test_ram_renames_too(account):
    user = account.user()
    answer = account.ram("UpdateUser", UserName="alice", NewUserName="alicia", NewDisplayName="Alicia")
    has_exactly(answer, "User", "RequestId")
    renamed = has_exactly(answer["User"], *RAM_USER, "UpdateDate", maybe=("Comments", "Email", "MobilePhone"))
    assert (renamed["UserId"], renamed["UserName"]) == (user.id, "alicia")


def test_a_rename_onto_another_user_is_refused(account):
    account.user("alice"), account.user("bob")
    with refused("EntityAlreadyExists.User"):
        account.ims("UpdateUser", UserPrincipalName=account.upn("bob"), NewUserPrincipalName=account.upn("Alice"))
    with refused("EntityAlreadyExists.User"):
        account.ram("UpdateUser", UserName="bob", NewUserName="alice")


def test_an_update_keeps_what_it_does_not_name(account):
    account.ims("CreateUser", UserPrincipalName=account.upn("alice"), DisplayName="Alice", Comments="stays")
    account.clock.advance(days=1)
    updated = account.ims("UpdateUser", UserPrincipalName=account.upn("alice"), NewDisplayName="Al")["User"]
    assert (updated["DisplayName"], updated["Comments"]) == ("Al", "stays")
    assert updated["UpdateDate"] > updated["CreateDate"]


def test_ims_lists_users_page_by_page(account):
    expected = [account.user(f"user-{n}").upn for n in range(5)]
    whole = account.ims("ListUsers")
    has_exactly(whole, "IsTruncated", "Users", "RequestId")
    assert whole["IsTruncated"] is False
    assert sorted(names(whole)) == expected
    for user in whole["Users"]["User"]:
        has_exactly(user, *IMS_USER, maybe=(*IMS_MAYBE, "Status"))
    first = has_exactly(account.ims("ListUsers", MaxItems=2), "IsTruncated", "Marker", "Users", "RequestId")
    second = account.ims("ListUsers", MaxItems=2, Marker=first["Marker"])
    third = has_exactly(
        account.ims("ListUsers", MaxItems=2, Marker=second["Marker"]), "IsTruncated", "Users", "RequestId"
    )
    assert [page["IsTruncated"] for page in (first, second, third)] == [True, True, False]
    assert [len(names(page)) for page in (first, second, third)] == [2, 2, 1]
    assert names(first) + names(second) + names(third) == names(whole)


def test_a_page_that_holds_the_last_user_is_not_truncated(account):
    for n in range(2):
        account.user(f"user-{n}")
    assert account.ims("ListUsers", MaxItems=2)["IsTruncated"] is False


def test_a_marker_outlives_the_user_it_stands_for(account):
    for n in range(4):
        account.user(f"user-{n}")
    first = account.ims("ListUsers", MaxItems=2)
    gone = names(first)[-1]
    account.ims("DeleteUser", UserPrincipalName=gone)
    rest = account.ims("ListUsers", MaxItems=2, Marker=first["Marker"])
    assert not set(names(rest)) & set(names(first))
    assert len(names(rest)) == 2


def test_ram_pages_hold_a_hundred_unless_told_otherwise(account):
    for n in range(101):
        account.ram("CreateUser", UserName=f"user-{n:03}")
    page = has_exactly(account.ram("ListUsers"), "IsTruncated", "Marker", "Users", "RequestId")
    assert (page["IsTruncated"], len(page["Users"]["User"])) == (True, 100)
    has_exactly(page["Users"]["User"][0], "UserId", "UserName", "CreateDate", maybe=("DisplayName", *RAM_MAYBE))
    rest = has_exactly(account.ram("ListUsers", Marker=page["Marker"]), "IsTruncated", "Users", "RequestId")
    assert (rest["IsTruncated"], len(rest["Users"]["User"])) == (False, 1)
    assert len(set(names(page, "UserName") + names(rest, "UserName"))) == 101
    assert account.ims("ListUsers")["IsTruncated"] is False


@pytest.mark.parametrize("size", [0, 1001])
def test_a_page_holds_one_to_a_thousand(account, size):
    with refused("InvalidParameter.MaxItems.Range"):
        account.ims("ListUsers", MaxItems=size)
    with refused("InvalidParameter.MaxItems.Range"):
        account.ram("ListUsers", MaxItems=size)


def test_an_empty_account_has_an_empty_list(account):
    assert account.ims("ListUsers")["Users"] == {"User": []}
    assert account.ram("ListUsers")["Users"] == {"User": []}


def test_the_short_list_holds_the_basics(account):
    users = [account.user(f"user-{n}") for n in range(3)]
    page = account.ims("ListUserBasicInfos", MaxItems=2)
    has_exactly(page, "IsTruncated", "Marker", "UserBasicInfos", "RequestId")
    rest = account.ims("ListUserBasicInfos", Marker=page["Marker"])
    infos = page["UserBasicInfos"]["UserBasicInfo"] + rest["UserBasicInfos"]["UserBasicInfo"]
    for info in infos:
        has_exactly(info, "UserId", "UserPrincipalName", "DisplayName", maybe=("Status",))
    assert {info["UserId"] for info in infos} == {user.id for user in users}


def tagged(account, name, **tags):
    """A new user with these tags, as IMS shows him."""
    pairs = [{"Key": key, "Value": value} for key, value in tags.items()]
    return account.ims("CreateUser", UserPrincipalName=account.upn(name), DisplayName=name, Tag=pairs)["User"]


def tags_of(user):
    return {tag["TagKey"]: tag["TagValue"] for tag in user.get("Tags", {}).get("Tag", [])}


def test_tags_given_at_birth_stay(account):
    made = tagged(account, "alice", team="blue", floor="2")
    assert tags_of(made) == {"team": "blue", "floor": "2"}
    account.ims("UpdateUser", UserPrincipalName=made["UserPrincipalName"], NewDisplayName="Al")
    assert tags_of(account.ims("GetUser", UserId=made["UserId"])["User"]) == {"team": "blue", "floor": "2"}
    listed = account.ims("ListUsers", Tag=[{"Key": "team"}])["Users"]["User"]
    assert [tags_of(user) for user in listed] == [{"team": "blue", "floor": "2"}]


def test_tags_pick_users_out_of_the_list(account):
    tagged(account, "alice", team="blue", floor="2")
    tagged(account, "bob", team="blue", floor="3")
    tagged(account, "carol", team="red")
    account.user("dave")

    def found(*pairs):
        wanted = [{"Key": key} if value is None else {"Key": key, "Value": value} for key, value in pairs]
        return [upn.split("@")[0] for upn in names(account.ims("ListUsers", Tag=wanted))]

    assert found(("team", "blue")) == ["alice", "bob"]
    assert found(("team", None)) == ["alice", "bob", "carol"]
    assert found(("team", "blue"), ("floor", "3")) == ["bob"]
    assert found(("team", "green")) == found(("hat", None)) == []


def test_a_filtered_list_has_pages_too(account):
    for n in range(5):
        tagged(account, f"user-{n}", parity="odd" if n % 2 else "even")
    even = [{"Key": "parity", "Value": "even"}]
    first = account.ims("ListUsers", Tag=even, MaxItems=2)
    assert (first["IsTruncated"], len(names(first))) == (True, 2)
    rest = account.ims("ListUsers", Tag=even, MaxItems=2, Marker=first["Marker"])
    assert rest["IsTruncated"] is False
    assert names(first) + names(rest) == [account.upn(f"user-{n}") for n in (0, 2, 4)]


@pytest.mark.parametrize("by_id", [True, False])
def test_a_deleted_user_is_gone(account, by_id):
    user = account.user()
    who = {"UserId": user.id} if by_id else {"UserPrincipalName": user.upn}
    has_exactly(account.ims("DeleteUser", **who), "RequestId")
    with refused("EntityNotExist.User"):
        account.ims("GetUser", UserPrincipalName=user.upn)
    assert account.user().id != user.id


def test_ram_deletes_a_user(account):
    account.user()
    has_exactly(account.ram("DeleteUser", UserName="alice"), "RequestId")
    with refused("EntityNotExist.User"):
        account.ram("GetUser", UserName="alice")


@pytest.mark.parametrize("conflict", ["AccessKey", "LoginProfile", "MFADevice"])
def test_a_user_has_to_let_go_of_everything_first(account, conflict):
    user = account.user()
    if conflict == "AccessKey":
        user.new_key()
    elif conflict == "LoginProfile":
        user.gets_login_profile(password())
    else:
        account.clock.freeze()
        user.binds_device()
    with refused(f"DeleteConflict.User.{conflict}"):
        account.ims("DeleteUser", UserPrincipalName=user.upn)
    with refused(f"DeleteConflict.User.{conflict}"):
        account.ram("DeleteUser", UserName=user.name)
