"""Access keys: two for each user, a secret that is shown once, and a status that counts at once."""

import re

import pytest

from support.errors import denied, refused
from support.shapes import has_exactly
from support.world import Key, format_time

both_interfaces = pytest.mark.parametrize("api", ["ims", "ram"])


def who(user, api):
    return {"UserPrincipalName": user.upn} if api == "ims" else {"UserName": user.name}


def listed(caller, **whose):
    return {item["AccessKeyId"]: item for item in caller("ListAccessKeys", **whose)["AccessKeys"]["AccessKey"]}


@both_interfaces
def test_a_new_key_shows_its_secret_and_works_at_once(account, api):
    user, admin = account.user(), account.server.caller(api, account.root)
    now = account.clock.freeze()
    answer = admin("CreateAccessKey", **who(user, api))
    has_exactly(answer, "AccessKey", "RequestId")
    made = has_exactly(answer["AccessKey"], "AccessKeyId", "AccessKeySecret", "Status", "CreateDate")
    assert re.fullmatch(r"LTAI[A-Za-z0-9]{20}", made["AccessKeyId"])
    assert re.fullmatch(r"[A-Za-z0-9]{30}", made["AccessKeySecret"])
    assert (made["Status"], made["CreateDate"]) == ("Active", format_time(now))
    identity = user.caller("sts", Key(made["AccessKeyId"], made["AccessKeySecret"]))("GetCallerIdentity")
    assert identity["UserId"] == user.id


@both_interfaces
def test_keys_are_listed_without_their_secrets(account, api):
    user, admin = account.user(), account.server.caller(api, account.root)
    keys = {user.new_key().id, user.new_key().id}
    answer = admin("ListAccessKeys", **who(user, api))
    has_exactly(answer, "AccessKeys", "RequestId")
    items = answer["AccessKeys"]["AccessKey"]
    for item in items:
        has_exactly(item, "AccessKeyId", "Status", "CreateDate", *(["UpdateDate"] if api == "ims" else []))
    assert {item["AccessKeyId"] for item in items} == keys


@both_interfaces
def test_a_user_has_two_keys_at_most(account, api):
    user, admin = account.user(), account.server.caller(api, account.root)
    user.new_key(), user.new_key()
    with refused("LimitExceeded.User.AccessKey"):
        admin("CreateAccessKey", **who(user, api))


@both_interfaces
def test_an_inactive_key_is_refused_and_can_be_woken(account, api):
    user, admin = account.user(), account.server.caller(api, account.root)
    key = user.new_key()
    sts = user.caller("sts", key)
    has_exactly(admin("UpdateAccessKey", UserAccessKeyId=key.id, Status="Inactive", **who(user, api)), "RequestId")
    assert listed(admin, **who(user, api))[key.id]["Status"] == "Inactive"
    with refused("InvalidAccessKeyId.Inactive"):
        sts("GetCallerIdentity")
    admin("UpdateAccessKey", UserAccessKeyId=key.id, Status="Active", **who(user, api))
    assert sts("GetCallerIdentity")["UserId"] == user.id


@both_interfaces
def test_a_deleted_key_stays_refused(account, api):
    user, admin = account.user(), account.server.caller(api, account.root)
    key = user.new_key()
    sts = user.caller("sts", key)
    has_exactly(admin("DeleteAccessKey", UserAccessKeyId=key.id, **who(user, api)), "RequestId")
    assert listed(admin, **who(user, api)) == {}
    for _ in range(2):
        with refused("InvalidAccessKeyId.NotFound"):
            sts("GetCallerIdentity")
    account.clock.advance(days=400)
    with refused("InvalidAccessKeyId.NotFound"):
        sts("GetCallerIdentity")


@both_interfaces
def test_the_key_of_a_deleted_user_stays_refused(account, api):
    user, admin = account.user(), account.server.caller(api, account.root)
    key = user.new_key()
    sts = user.caller("sts", key)
    admin("DeleteAccessKey", UserAccessKeyId=key.id, **who(user, api))
    admin("DeleteUser", **who(user, api))
    with refused("InvalidAccessKeyId.NotFound"):
        sts("GetCallerIdentity")


@both_interfaces
@pytest.mark.parametrize("operation", ["UpdateAccessKey", "DeleteAccessKey", "GetAccessKeyLastUsed"])
def test_an_unknown_key_is_told_apart_from_an_unknown_user(account, api, operation):
    user, admin = account.user(), account.server.caller(api, account.root)
    more = {"Status": "Inactive"} if operation == "UpdateAccessKey" else {}
    with refused("EntityNotExist.User.AccessKey"):
        admin(operation, UserAccessKeyId="LTAI" + "x" * 20, **who(user, api), **more)
    nobody = {"UserPrincipalName": account.upn("nobody")} if api == "ims" else {"UserName": "nobody"}
    with refused("EntityNotExist.User"):
        admin(operation, UserAccessKeyId="LTAI" + "x" * 20, **nobody, **more)


@both_interfaces
@pytest.mark.parametrize("operation", ["CreateAccessKey", "ListAccessKeys"])
def test_keys_need_a_user_that_exists(account, api, operation):
    nobody = {"UserPrincipalName": account.upn("nobody")} if api == "ims" else {"UserName": "nobody"}
    with refused("EntityNotExist.User"):
        account.server.caller(api, account.root)(operation, **nobody)


@both_interfaces
def test_a_key_is_not_reached_through_another_user(account, api):
    admin = account.server.caller(api, account.root)
    key = account.user("alice").new_key()
    bob = account.user("bob")
    with refused("EntityNotExist.User.AccessKey"):
        admin("DeleteAccessKey", UserAccessKeyId=key.id, **who(bob, api))


@both_interfaces
def test_what_a_key_operation_needs_has_to_be_given(account, api):
    user, admin = account.user(), account.server.caller(api, account.root)
    for operation in ("UpdateAccessKey", "DeleteAccessKey", "GetAccessKeyLastUsed"):
        more = {"Status": "Inactive"} if operation == "UpdateAccessKey" else {}
        with refused("MissingUserAccessKeyId"):
            admin(operation, **who(user, api), **more)
    with refused("MissingStatus"):
        admin("UpdateAccessKey", UserAccessKeyId=user.new_key().id, **who(user, api))


@both_interfaces
def test_a_key_is_active_or_inactive_and_nothing_else(account, api):
    user, admin = account.user(), account.server.caller(api, account.root)
    with refused("InvalidParameter.Status.Format"):
        admin("UpdateAccessKey", UserAccessKeyId=user.new_key().id, Status="Asleep", **who(user, api))


@both_interfaces
def test_the_last_use_of_a_key_is_known(account, api):
    user, admin = account.user(), account.server.caller(api, account.root)
    key = user.new_key()
    unused = admin("GetAccessKeyLastUsed", UserAccessKeyId=key.id, **who(user, api))
    assert not unused["AccessKeyLastUsed"].get("LastUsedDate")
    now = account.clock.freeze()
    user.caller("sts", key)("GetCallerIdentity")
    answer = admin("GetAccessKeyLastUsed", UserAccessKeyId=key.id, **who(user, api))
    has_exactly(answer, "AccessKeyLastUsed", "RequestId")
    used = has_exactly(answer["AccessKeyLastUsed"], "LastUsedDate", *(["ServiceName"] if api == "ims" else []))
    assert used["LastUsedDate"] == format_time(now)


@both_interfaces
def test_root_without_a_name_means_its_own_keys(account, api):
    admin = account.server.caller(api, account.root)
    made = admin("CreateAccessKey")["AccessKey"]
    assert made["AccessKeyId"] in listed(admin)
    identity = account.server.caller("sts", Key(made["AccessKeyId"], made["AccessKeySecret"]))("GetCallerIdentity")
    assert (identity["IdentityType"], identity["AccountId"]) == ("Account", account.id)
    admin("DeleteAccessKey", UserAccessKeyId=made["AccessKeyId"])
    with refused("InvalidAccessKeyId.NotFound"):
        account.server.caller("sts", Key(made["AccessKeyId"], made["AccessKeySecret"]))("GetCallerIdentity")


@both_interfaces
def test_a_user_without_a_name_means_himself(account, api):
    account.set_preference(AllowUserToManageAccessKeys=True)
    user = account.user()
    key = user.new_key()
    own = user.caller(api, key)
    made = own("CreateAccessKey")["AccessKey"]
    assert set(listed(own)) == {key.id, made["AccessKeyId"]}
    own("UpdateAccessKey", UserAccessKeyId=made["AccessKeyId"], Status="Inactive")
    assert listed(own)[made["AccessKeyId"]]["Status"] == "Inactive"
    own("DeleteAccessKey", UserAccessKeyId=made["AccessKeyId"])
    assert set(listed(own)) == {key.id}


@both_interfaces
def test_a_user_who_manages_his_own_keys_may_name_himself_and_nobody_else(account, api):
    account.set_preference(AllowUserToManageAccessKeys=True)
    alice, bob = account.user("alice"), account.user("bob")
    key, bobs = alice.new_key(), bob.new_key()
    own = alice.caller(api, key)
    assert set(listed(own, **who(alice, api))) == {key.id}
    own("UpdateAccessKey", UserAccessKeyId=key.id, Status="Active", **who(alice, api))
    with denied():
        own("CreateAccessKey", **who(bob, api))
    with denied():
        own("ListAccessKeys", **who(bob, api))
    for operation, more in (("UpdateAccessKey", {"Status": "Inactive"}), ("DeleteAccessKey", {})):
        with denied():
            own(operation, UserAccessKeyId=bobs.id, **who(bob, api), **more)
        with refused("EntityNotExist.User.AccessKey"):
            own(operation, UserAccessKeyId=bobs.id, **more)
    assert bob.caller("sts", bobs)("GetCallerIdentity")["UserId"] == bob.id


@both_interfaces
def test_where_the_account_forbids_it_a_user_does_not_even_list_his_keys(account, api):
    user = account.user()
    key = user.new_key()
    own = user.caller(api, key)
    for operation, more in (
        ("CreateAccessKey", {}),
        ("ListAccessKeys", {}),
        ("UpdateAccessKey", {"UserAccessKeyId": key.id, "Status": "Inactive"}),
        ("DeleteAccessKey", {"UserAccessKeyId": key.id}),
    ):
        with denied():
            own(operation, **more)
        with denied():
            own(operation, **who(user, api), **more)
    assert user.caller("sts", key)("GetCallerIdentity")["UserId"] == user.id
