"""The default domain under IMS and the account alias under RAM are one thing."""

import uuid

import pytest

from support.errors import refused, refused_with
from support.shapes import has_exactly
from support.world import password


def new_alias():
    return f"corp-{uuid.uuid4().hex[:12]}"


def domain_of(account):
    return account.ims("GetDefaultDomain")["DefaultDomainName"]


def test_until_changed_the_account_id_names_the_domain(account):
    assert account.domain == f"{account.id}.onaliyun.com"
    answer = has_exactly(account.ims("GetDefaultDomain"), "DefaultDomainName", "RequestId")
    assert answer["DefaultDomainName"] == account.domain
    answer = has_exactly(account.ram("GetAccountAlias"), "AccountAlias", "RequestId")
    assert answer["AccountAlias"] == account.id


def test_setting_the_domain_sets_the_alias(account):
    alias = new_alias()
    answer = account.ims("SetDefaultDomain", DefaultDomainName=f"{alias}.onaliyun.com")
    has_exactly(answer, "DefaultDomainName", "RequestId")
    assert answer["DefaultDomainName"] == f"{alias}.onaliyun.com" == domain_of(account)
    assert account.ram("GetAccountAlias")["AccountAlias"] == alias


def test_setting_the_alias_sets_the_domain(account):
    alias = new_alias()
    has_exactly(account.ram("SetAccountAlias", AccountAlias=alias), "RequestId")
    assert domain_of(account) == f"{alias}.onaliyun.com"
    has_exactly(account.ram("ClearAccountAlias"), "RequestId")
    assert domain_of(account) == f"{account.id}.onaliyun.com"
    assert account.ram("GetAccountAlias")["AccountAlias"] == account.id


def test_every_user_moves_to_the_new_domain(account):
    secret = password()
    user = account.user(password=secret)
    alias = new_alias()
    account.ims("SetDefaultDomain", DefaultDomainName=f"{alias}.onaliyun.com")
    moved = f"alice@{alias}.onaliyun.com"
    assert account.ims("GetUser", UserId=user.id)["User"]["UserPrincipalName"] == moved
    assert account.ims("GetLoginProfile", UserPrincipalName=moved)["LoginProfile"]["UserPrincipalName"] == moved
    assert [u["UserPrincipalName"] for u in account.ims("ListUsers")["Users"]["User"]] == [moved]
    for name in (moved, f"alice@{alias}"):
        reply = account.sign_in(name, secret, account=False)
        assert reply.body.get("outcome") == "signed-in", (name, reply.text)


@pytest.mark.parametrize(
    "domain", ["corp.example.com", "-corp.onaliyun.com", "co--rp.onaliyun.com", "c" * 60 + ".onaliyun.com", "c/d.onaliyun.com"]
)
def test_a_domain_has_its_form(account, domain):
    with refused_with("InvalidParameter.DefaultDomainName", 400):
        account.ims("SetDefaultDomain", DefaultDomainName=domain)
    assert domain_of(account) == account.domain


def test_a_domain_has_to_be_given(account):
    with refused("MissingDefaultDomainName"):
        account.ims("SetDefaultDomain")
    with refused("MissingAccountAlias"):
        account.ram("SetAccountAlias")


@pytest.mark.parametrize("alias", ["-corp", "corp-", "co--rp", "Corp_1!"])
def test_an_alias_has_its_form(account, alias):
    with refused("InvalidParameter.AccountAlias.Format"):
        account.ram("SetAccountAlias", AccountAlias=alias)


@pytest.mark.parametrize("alias", ["ab", "a" * 64])
def test_an_alias_has_its_length(account, alias):
    with refused("InvalidParameter.AccountAlias.Length"):
        account.ram("SetAccountAlias", AccountAlias=alias)


def test_an_alias_belongs_to_one_account(account, other_account):
    alias = new_alias()
    account.ram("SetAccountAlias", AccountAlias=alias)
    with refused("EntityAlreadyExists.AccountAlias"):
        other_account.ram("SetAccountAlias", AccountAlias=alias)
    with refused("EntityAlreadyExists.AccountAlias"):
        other_account.ims("SetDefaultDomain", DefaultDomainName=f"{alias}.onaliyun.com")
    account.ram("ClearAccountAlias")
    other_account.ram("SetAccountAlias", AccountAlias=alias)


def test_the_id_of_an_account_is_no_alias_for_another(account, other_account):
    with refused("EntityAlreadyExists.AccountAlias"):
        account.ram("SetAccountAlias", AccountAlias=other_account.id)
    with refused("EntityAlreadyExists.AccountAlias"):
        account.ims("SetDefaultDomain", DefaultDomainName=f"{other_account.id}.onaliyun.com")
    other_account.ram("SetAccountAlias", AccountAlias=new_alias())
    with refused("EntityAlreadyExists.AccountAlias"):
        account.ram("SetAccountAlias", AccountAlias=other_account.id)
    assert account.ram("GetAccountAlias")["AccountAlias"] == account.id
    account.ram("SetAccountAlias", AccountAlias=account.id)
