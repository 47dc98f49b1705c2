"""Labels: on users in IMS, on roles and policies in RAM."""

from support.errors import refused
from support.shapes import has_exactly


def keys(answer):
    rows = answer["TagResources"]
    return [row["TagKey"] for row in (rows["TagResource"] if isinstance(rows, dict) else rows)]


def test_users_are_labelled_by_id_and_by_name(account):
    alice, bob = account.user("alice"), account.user("bob")
    tags = [{"Key": "team", "Value": "blue sky"}, {"Key": "tier"}]
    answer = account.ims("TagResources", ResourceType="user", ResourceId=[alice.id, bob.id], Tag=tags)
    has_exactly(answer, "RequestId")
    account.ims(
        "TagResources", ResourceType="user", ResourcePrincipalName=[bob.upn], Tag=[{"Key": "team", "Value": "red"}]
    )
    listed = account.ims("ListTagResources", ResourceType="user", ResourceId=[bob.id])
    has_exactly(listed, "IsTruncated", "TagResources", "RequestId")
    row = {"ResourceId": bob.id, "ResourceType": "user"}
    assert listed["TagResources"]["TagResource"] == [
        {**row, "TagKey": "team", "TagValue": "red"},
        {**row, "TagKey": "tier", "TagValue": ""},
    ]
    user = account.ims("GetUser", UserPrincipalName=alice.upn)["User"]
    assert user["Tags"]["Tag"][0] == {"TagKey": "team", "TagValue": "blue sky"}
    red = account.ims("ListUsers", Tag=[{"Key": "team", "Value": "red"}])["Users"]["User"]
    assert [user["UserId"] for user in red] == [bob.id]
    account.ims("UntagResources", ResourceType="user", ResourceId=[alice.id], TagKey=["team"])
    account.ims("UntagResources", ResourceType="user", ResourceId=[bob.id], All=True)
    assert keys(account.ims("ListTagResources", ResourceType="user", ResourceId=[alice.id, bob.id])) == ["tier"]


def test_labels_are_listed_page_by_page(account):
    users = [account.user(name) for name in ("alice", "bob")]
    tags = [{"Key": key} for key in ("a", "b", "c")]
    account.ims("TagResources", ResourceType="user", ResourceId=[user.id for user in users], Tag=tags)
    found, token = [], None
    while True:
        more = {"NextToken": token} if token else {}
        page = account.ims("ListTagResources", ResourceType="user", Tag=tags, PageSize=4, **more)
        found += keys(page)
        if not page["IsTruncated"]:
            break
        token = page["NextToken"]
    assert found == ["a", "b", "c"] * 2


def test_roles_are_labelled_by_name(account):
    for name in ("one", "two"):
        account.role(name)
    tags = [{"Key": "team", "Value": "blue"}]
    has_exactly(account.ram("TagResources", ResourceType="role", ResourceNames=["one", "two"], Tag=tags), "RequestId")
    listed = has_exactly(account.ram("ListTagResources", ResourceType="role"), "TagResources", "RequestId")
    row = {"ResourceType": "role", "TagKey": "team", "TagValue": "blue"}
    assert listed["TagResources"] == [{"ResourceName": name, **row} for name in ("one", "two")]
    account.ram("UntagResources", ResourceType="role", ResourceNames=["one"], TagKeys=["team"])
    roles = account.ram("ListRoles", Tag=[{"Key": "team"}])["Roles"]["Role"]
    assert [role["RoleName"] for role in roles] == ["two"]
    account.ram("UntagResources", ResourceType="role", ResourceNames=["one", "two"], All=True)
    assert account.ram("ListTagResources", ResourceType="role", ResourceNames=["one", "two"])["TagResources"] == []


def test_who_does_not_exist_is_not_labelled(account, other_account):
    alice = account.user("alice")
    tags = [{"Key": "team"}]
    with refused("EntityNotExist.User"):
        other_account.ims("TagResources", ResourceType="user", ResourceId=[alice.id], Tag=tags)
    with refused("EntityNotExist.Role"):
        account.ram("TagResources", ResourceType="role", ResourceNames=["none"], Tag=tags)
