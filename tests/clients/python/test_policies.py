"""Policies, their versions, and who has them."""

import pytest

from support.errors import refused, refused_with
from support.shapes import has_exactly
from support.world import as_json_text, format_time

DOCUMENT = as_json_text(
    {"Version": "1", "Statement": [{"Effect": "Allow", "Action": "oss:GetObject", "Resource": "acs:oss:*:*:box/*"}]}
)
OTHER = as_json_text({"Version": "1", "Statement": [{"Effect": "Deny", "Action": "oss:*", "Resource": "*"}]})
BOTH = (
    dict(PolicyName="reader", PolicyType="Custom"),
    dict(PolicyName="ReadOnlyAccess", PolicyType="System"),
)
ROTATE = "DeleteOldestNonDefaultVersionWhenLimitExceeded"


def make(account, name="reader", **more):
    return account.ram("CreatePolicy", PolicyName=name, PolicyDocument=DOCUMENT, **more)["Policy"]


def read(account, name="reader", kind="Custom"):
    return account.ram("GetPolicy", PolicyName=name, PolicyType=kind)


def attached(account, **owner):
    kind = next(iter(owner)).removesuffix("Name")
    answer = account.ram(f"ListPoliciesFor{kind}", **owner)
    return [(policy["PolicyName"], policy["PolicyType"]) for policy in answer["Policies"]["Policy"]]


def test_a_new_policy_shows_all_it_is(account):
    now = account.clock.freeze()
    made = make(account, Description="reads")
    has_exactly(made, "PolicyName", "PolicyType", "Description", "DefaultVersion", "CreateDate")
    assert (made["PolicyName"], made["PolicyType"], made["Description"]) == ("reader", "Custom", "reads")
    assert (made["DefaultVersion"], made["CreateDate"]) == ("v1", format_time(now))
    found = has_exactly(read(account), "Policy", "DefaultPolicyVersion", "RequestId")
    has_exactly(found["Policy"], *made, "UpdateDate", "AttachmentCount")
    assert {name: found["Policy"][name] for name in made} == made
    assert found["DefaultPolicyVersion"] == {
        "VersionId": "v1",
        "IsDefaultVersion": True,
        "PolicyDocument": DOCUMENT,
        "CreateDate": format_time(now),
    }
    with refused("EntityAlreadyExists.Policy"):
        make(account)


def test_policies_are_named_and_written_by_rules(account):
    with refused("InvalidParameter.PolicyName.InvalidChars"):
        make(account, "a_b")
    with refused("InvalidParameter.PolicyName.Length"):
        make(account, "a" * 129)
    with refused("InvalidParameter.Description.Length"):
        make(account, Description="d" * 1025)
    with refused("InvalidParameter.PolicyDocument.Length"):
        account.ram("CreatePolicy", PolicyName="long", PolicyDocument=DOCUMENT + " " * 6144)
    with refused_with("MalformedPolicyDocument", 400):
        account.ram("CreatePolicy", PolicyName="broken", PolicyDocument="{")
    with refused("InvalidParameter.PolicyType"):
        read(account, kind="custom")
    with refused("EntityNotExist.Policy"):
        read(account)


def test_versions_come_and_go(account):
    make(account)
    of = dict(PolicyName="reader")
    second = account.ram("CreatePolicyVersion", PolicyDocument=OTHER, SetAsDefault=True, **of)["PolicyVersion"]
    assert (second["VersionId"], second["IsDefaultVersion"], second["PolicyDocument"]) == ("v2", True, OTHER)
    for _ in range(3):
        account.ram("CreatePolicyVersion", PolicyDocument=DOCUMENT, **of)
    with refused("LimitExceeded.Policy.Version"):
        account.ram("CreatePolicyVersion", PolicyDocument=DOCUMENT, **of)
    account.ram("CreatePolicyVersion", PolicyDocument=DOCUMENT, RotateStrategy=ROTATE, **of)
    listed = account.ram("ListPolicyVersions", PolicyType="Custom", **of)["PolicyVersions"]["PolicyVersion"]
    assert sorted(version["VersionId"] for version in listed) == ["v2", "v3", "v4", "v5", "v6"]
    with refused("DeleteConflict.Policy.Version.Default"):
        account.ram("DeletePolicyVersion", VersionId="v2", **of)
    account.ram("SetDefaultPolicyVersion", VersionId="v6", **of)
    assert read(account)["Policy"]["DefaultVersion"] == "v6"
    account.ram("DeletePolicyVersion", VersionId="v2", **of)
    with refused("EntityNotExist.Policy.Version"):
        account.ram("GetPolicyVersion", PolicyType="Custom", VersionId="v2", **of)
    with refused("InvalidParameter.VersionId.Format"):
        account.ram("GetPolicyVersion", PolicyType="Custom", VersionId="2", **of)
    with refused("DeleteConflict.Policy.Version"):
        account.ram("DeletePolicy", **of)
    account.ram("DeletePolicy", CascadingDelete=True, **of)
    with refused("EntityNotExist.Policy"):
        account.ram("DeletePolicy", **of)


def test_a_description_changes(account):
    make(account, Description="reads")
    account.clock.advance(seconds=60)
    changed = account.ram("UpdatePolicyDescription", PolicyName="reader", NewDescription="still reads")["Policy"]
    has_exactly(
        changed, "PolicyName", "PolicyType", "Description", "DefaultVersion", "CreateDate", "UpdateDate"
    )
    assert (changed["Description"], read(account)["Policy"]["Description"]) == ("still reads", "still reads")


def test_policies_are_listed_page_by_page(account):
    for name in ("c", "a", "b"):
        make(account, name)
    first = account.ram("ListPolicies", PolicyType="Custom", MaxItems=2)
    rest = account.ram("ListPolicies", PolicyType="Custom", Marker=first["Marker"])
    assert (first["IsTruncated"], rest["IsTruncated"]) == (True, False)
    found = first["Policies"]["Policy"] + rest["Policies"]["Policy"]
    assert [policy["PolicyName"] for policy in found] == ["a", "b", "c"]
    clouds = account.ram("ListPolicies", PolicyType="System", MaxItems=1000)["Policies"]["Policy"]
    assert {"AdministratorAccess", "ReadOnlyAccess"} <= {policy["PolicyName"] for policy in clouds}
    assert {policy["PolicyType"] for policy in clouds} == {"System"}


@pytest.mark.parametrize("kind", ["User", "Role"])
def test_a_policy_is_attached_and_detached(account, kind):
    owner = {f"{kind}Name": "alice"}
    account.user("alice") if kind == "User" else account.role("alice")
    make(account)
    for policy in BOTH:
        account.ram(f"AttachPolicyTo{kind}", **owner, **policy)
        with refused(f"EntityAlreadyExists.{kind}.Policy"):
            account.ram(f"AttachPolicyTo{kind}", **owner, **policy)
    assert sorted(attached(account, **owner)) == [("ReadOnlyAccess", "System"), ("reader", "Custom")]
    assert read(account)["Policy"]["AttachmentCount"] == 1
    entities = account.ram("ListEntitiesForPolicy", PolicyName="reader", PolicyType="Custom")
    has_exactly(entities, "Users", "Groups", "Roles", "RequestId")
    assert [found[f"{kind}Name"] for found in entities[f"{kind}s"][kind]] == ["alice"]
    with refused(f"DeleteConflict.{kind}.Policy"):
        account.ram(f"Delete{kind}", **owner)
    with refused_with("DeleteConflict.", 409):
        account.ram("DeletePolicy", PolicyName="reader")
    for policy in BOTH:
        account.ram(f"DetachPolicyFrom{kind}", **owner, **policy)
        with refused(f"EntityNotExist.{kind}.Policy"):
            account.ram(f"DetachPolicyFrom{kind}", **owner, **policy)
    assert attached(account, **owner) == []
    account.ram("DeletePolicy", PolicyName="reader")
    account.ram(f"Delete{kind}", **owner)


def test_a_user_has_so_many_policies_of_each_type(account):
    account.user("alice")
    attach = lambda name, kind: account.ram("AttachPolicyToUser", UserName="alice", PolicyName=name, PolicyType=kind)
    clouds = account.ram("ListPolicies", PolicyType="System", MaxItems=21)["Policies"]["Policy"]
    for number in range(10):
        make(account, f"p-{number}")
        attach(f"p-{number}", "Custom")
    make(account, "more")
    with refused("LimitExceeded.User.Policy"):
        attach("more", "Custom")
    for policy in clouds[:20]:
        attach(policy["PolicyName"], "System")
    with refused("LimitExceeded.User.Policy"):
        attach(clouds[20]["PolicyName"], "System")
    assert len(attached(account, UserName="alice")) == 30


def test_accounts_have_policies_of_their_own(account, other_account):
    make(account)
    other_account.user("bob")
    with refused("EntityNotExist.Policy"):
        read(other_account)
    with refused("EntityNotExist.Policy"):
        other_account.ram("AttachPolicyToUser", UserName="bob", PolicyName="reader", PolicyType="Custom")
