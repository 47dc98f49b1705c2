"""The same small story through every way in which a client signs and sends."""

import json

import pytest
from aliyunsdkcore.acs_exception.exceptions import ServerException
from aliyunsdkram.request.v20150501.CreateLoginProfileRequest import CreateLoginProfileRequest
from aliyunsdkram.request.v20150501.CreateUserRequest import CreateUserRequest
from aliyunsdkram.request.v20150501.GetLoginProfileRequest import GetLoginProfileRequest
from aliyunsdkram.request.v20150501.SetPasswordPolicyRequest import SetPasswordPolicyRequest
from aliyunsdksts.request.v20150401.GetCallerIdentityRequest import GetCallerIdentityRequest

from support.errors import denied, refused
from support.world import password

WAYS = {
    "current-sdk-v3": lambda server, api, key: server.caller(api, key),
    "current-sdk-v1": lambda server, api, key: server.caller(api, key, "v2"),
    "legacy-get": lambda server, api, key: server.legacy(api, key, "GET"),
    "legacy-post": lambda server, api, key: server.legacy(api, key, "POST"),
    "legacy-post-form": lambda server, api, key: server.legacy(api, key, "POST", form=True),
}
every_way = pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())


@every_way
def test_ims(account, way):
    ims = way(account.server, "ims", account.root)
    upn, first, second = account.upn("alice"), password(), password()
    made = ims("CreateUser", UserPrincipalName=upn, DisplayName="Alice", Comments="(1+1=2) *~")["User"]
    assert made["UserPrincipalName"] == upn
    assert ims("GetUser", UserPrincipalName=upn)["User"]["Comments"] == "(1+1=2) *~"
    with refused("InvalidParameter.Password.TooWeak"):
        ims("CreateLoginProfile", UserPrincipalName=upn, Password="short")
    made = ims("CreateLoginProfile", UserPrincipalName=upn, Password=first, PasswordResetRequired=True)["LoginProfile"]
    assert made["PasswordResetRequired"] is True
    with refused("EntityAlreadyExists.User.LoginProfile"):
        ims("CreateLoginProfile", UserPrincipalName=upn, Password=second)
    made = ims("UpdateLoginProfile", UserPrincipalName=upn, Password=second, PasswordResetRequired=False)
    assert made["LoginProfile"]["PasswordStatus"] == "InitialValid"
    assert account.sign_in("alice", second).body["outcome"] == "signed-in"
    ims("DeleteLoginProfile", UserPrincipalName=upn)
    with refused("EntityNotExist.User.LoginProfile"):
        ims("GetLoginProfile", UserPrincipalName=upn)
    with refused("MissingUserPrincipalName"):
        ims("GetLoginProfile")
    ims("DeleteUser", UserPrincipalName=upn)
    assert ims("ListUsers")["Users"]["User"] == []


@every_way
def test_ram(account, way):
    ram = way(account.server, "ram", account.root)
    assert ram("CreateUser", UserName="alice")["User"]["UserName"] == "alice"
    with refused("EntityAlreadyExists.User"):
        ram("CreateUser", UserName="alice")
    assert ram("CreateLoginProfile", UserName="alice", Password=password())["LoginProfile"]["UserName"] == "alice"
    assert ram("SetPasswordPolicy", HardExpiry=True, MaxPasswordAge=30)["PasswordPolicy"]["HardExpiry"] is True
    with refused("DeleteConflict.User.LoginProfile"):
        ram("DeleteUser", UserName="alice")
    with refused("InvalidParameter.MinimumPasswordLength.Range"):
        ram("SetPasswordPolicy", MinimumPasswordLength=7)


@every_way
def test_sts_and_a_users_own_key(account, way):
    old, new = password(), password()
    user = account.user(password=old)
    key = user.new_key()
    assert way(account.server, "sts", key)("GetCallerIdentity")["UserId"] == user.id
    with denied():
        way(account.server, "ims", key)("ListUsers")
    way(account.server, "ims", key)("ChangePassword", OldPassword=old, NewPassword=new)
    user.signs_in(new)


@every_way
def test_text_beyond_ascii(account, way):
    ram = way(account.server, "ram", account.root)
    assert ram("CreateUser", UserName="alice", Comments="名字 ünï &=?/#%")["User"]["Comments"] == "名字 ünï &=?/#%"


def test_the_typed_requests_of_the_legacy_sdk(account):
    ram = account.server.legacy("ram", account.root)
    create = CreateUserRequest()
    create.set_UserName("alice")
    create.set_DisplayName("Alice")
    assert ram.send(create)["User"]["UserName"] == "alice"
    profile = CreateLoginProfileRequest()
    profile.set_UserName("alice")
    profile.set_Password(password())
    profile.set_MFABindRequired(True)
    assert ram.send(profile)["LoginProfile"]["MFABindRequired"] is True
    policy = SetPasswordPolicyRequest()
    policy.set_MinimumPasswordLength(10)
    policy.set_RequireSymbols("true")
    changed = ram.send(policy)["PasswordPolicy"]
    assert (changed["MinimumPasswordLength"], changed["RequireSymbols"]) == (10, True)
    absent = GetLoginProfileRequest()
    absent.set_UserName("nobody")
    with refused("EntityNotExist.User"):
        ram.send(absent)
    assert account.server.legacy("sts", account.root).send(GetCallerIdentityRequest())["AccountId"] == account.id


def test_an_error_gives_the_legacy_sdk_its_request_id(account):
    caller = account.server.legacy("ram", account.root)
    with pytest.raises(ServerException) as error:
        caller("GetUser", UserName="nobody")
    assert error.value.get_request_id()


def test_a_success_never_looks_like_an_error(account):
    for api, operation in (("ims", "ListUsers"), ("ram", "ListUsers"), ("sts", "GetCallerIdentity")):
        answer = account.server.caller(api, account.root)(operation)
        assert not {"Code", "Message", "code", "message"} & set(json.loads(json.dumps(answer)))
