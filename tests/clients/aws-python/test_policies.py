"""Managed policies: versions, attachments, and those that the cloud itself keeps."""

from support.errors import refused
from support.shapes import has_exactly, is_id
from support.world import allow, as_json, deny, policy

READ_ONLY = "arn:aws:iam::aws:policy/IAMReadOnlyAccess"
MEMBERS = (
    "PolicyName",
    "PolicyId",
    "Arn",
    "Path",
    "DefaultVersionId",
    "AttachmentCount",
    "PermissionsBoundaryUsageCount",
    "IsAttachable",
    "CreateDate",
    "UpdateDate",
)


def test_a_policy_is_made_read_and_deleted(account):
    iam = account.iam
    document = as_json(policy(allow("s3:Get*")))
    made = iam.create_policy(PolicyName="reader", Path="/team/", PolicyDocument=document, Description="reads")["Policy"]
    has_exactly(made, *MEMBERS, maybe=["Description"])
    is_id(made["PolicyId"], "ANPA")
    assert made["Arn"] == account.arn("policy/team/reader")
    assert (made["DefaultVersionId"], made["AttachmentCount"], made["IsAttachable"]) == ("v1", 0, True)
    with refused(
        "EntityAlreadyExists", "A policy called reader already exists. Duplicate names are not allowed."
    ):
        iam.create_policy(PolicyName="reader", PolicyDocument=document)
    read = iam.get_policy(PolicyArn=made["Arn"])["Policy"]
    has_exactly(read, *MEMBERS, "Description", "Tags")
    assert (read["Description"], read["Tags"]) == ("reads", [])
    iam.delete_policy(PolicyArn=made["Arn"])
    with refused("NoSuchEntity", f"Policy {made['Arn']} was not found."):
        iam.get_policy(PolicyArn=made["Arn"])


def test_versions_come_and_go(account):
    iam, arn = account.iam, account.policy("reader", policy(allow("s3:Get*")))
    newer = policy(allow("s3:*"), deny("s3:Delete*"))
    made = iam.create_policy_version(PolicyArn=arn, PolicyDocument=as_json(newer))["PolicyVersion"]
    assert has_exactly(made, "VersionId", "IsDefaultVersion", "CreateDate")["VersionId"] == "v2"
    assert made["IsDefaultVersion"] is False
    read = iam.get_policy_version(PolicyArn=arn, VersionId="v2")["PolicyVersion"]
    assert read["Document"] == newer
    assert iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"] == "v1"
    iam.set_default_policy_version(PolicyArn=arn, VersionId="v2")
    assert iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"] == "v2"
    with refused("DeleteConflict", "Cannot delete the default version of a policy."):
        iam.delete_policy_version(PolicyArn=arn, VersionId="v2")
    for number in (3, 4, 5):
        iam.create_policy_version(PolicyArn=arn, PolicyDocument=as_json(newer), SetAsDefault=number == 5)
    with refused(
        "LimitExceeded",
        "A managed policy can have up to 5 versions. "
        "Before you create a new version, you must delete an existing version.",
    ):
        iam.create_policy_version(PolicyArn=arn, PolicyDocument=as_json(newer))
    versions = iam.list_policy_versions(PolicyArn=arn)["Versions"]
    assert [version["VersionId"] for version in versions] == ["v5", "v4", "v3", "v2", "v1"]
    assert [version["VersionId"] for version in versions if version["IsDefaultVersion"]] == ["v5"]
    iam.delete_policy_version(PolicyArn=arn, VersionId="v4")
    made = iam.create_policy_version(PolicyArn=arn, PolicyDocument=as_json(newer))["PolicyVersion"]
    assert made["VersionId"] == "v6"
    with refused("NoSuchEntity", f"Policy {arn} version v4 does not exist or is not attachable."):
        iam.get_policy_version(PolicyArn=arn, VersionId="v4")


def test_attachments_are_counted_and_found(account):
    iam, arn = account.iam, account.policy("reader")
    account.user("alice")
    account.role("ops")
    iam.create_group(GroupName="staff")
    iam.attach_user_policy(UserName="alice", PolicyArn=arn)
    iam.attach_role_policy(RoleName="ops", PolicyArn=arn)
    iam.attach_group_policy(GroupName="staff", PolicyArn=arn)
    assert iam.get_policy(PolicyArn=arn)["Policy"]["AttachmentCount"] == 3
    found = iam.list_entities_for_policy(PolicyArn=arn)
    assert [item["UserName"] for item in found["PolicyUsers"]] == ["alice"]
    assert [item["RoleName"] for item in found["PolicyRoles"]] == ["ops"]
    assert [item["GroupName"] for item in found["PolicyGroups"]] == ["staff"]
    is_id(found["PolicyUsers"][0]["UserId"], "AIDA")
    only = iam.list_entities_for_policy(PolicyArn=arn, EntityFilter="Role")
    assert (only["PolicyUsers"], only["PolicyGroups"], len(only["PolicyRoles"])) == ([], [], 1)
    with refused("DeleteConflict", "Cannot delete a policy attached to entities."):
        iam.delete_policy(PolicyArn=arn)


def test_policies_are_listed_by_scope_and_use(account):
    iam, arn = account.iam, account.policy("reader", Path="/team/")
    account.policy("unused")
    account.user("alice")
    iam.attach_user_policy(UserName="alice", PolicyArn=arn)
    local = iam.list_policies(Scope="Local")["Policies"]
    assert [item["PolicyName"] for item in local] == ["reader", "unused"]
    for less in ({"OnlyAttached": True}, {"PathPrefix": "/team/"}):
        assert [item["PolicyName"] for item in iam.list_policies(Scope="Local", **less)["Policies"]] == ["reader"]
    pages = iam.get_paginator("list_policies").paginate(Scope="AWS")
    clouds = {item["Arn"] for page in pages for item in page["Policies"]}
    assert {READ_ONLY, "arn:aws:iam::aws:policy/AdministratorAccess"} <= clouds
    assert arn not in clouds


def test_the_clouds_own_policies_are_not_for_changing(account):
    iam = account.iam
    document = iam.get_policy(PolicyArn=READ_ONLY)["Policy"]
    assert document["PolicyName"] == "IAMReadOnlyAccess"
    version = iam.get_policy_version(PolicyArn=READ_ONLY, VersionId=document["DefaultVersionId"])["PolicyVersion"]
    assert version["Document"]["Statement"]
    with refused("AccessDenied", "Cannot delete policies outside your own account."):
        iam.delete_policy(PolicyArn=READ_ONLY)
    with refused("AccessDenied", "Cannot delete policy versions for policies outside your own account."):
        iam.delete_policy_version(PolicyArn=READ_ONLY, VersionId="v1")
    with refused("AccessDenied", "Cannot update policies outside your own account."):
        iam.set_default_policy_version(PolicyArn=READ_ONLY, VersionId="v1")


def test_a_missing_policy_is_missing(account):
    arn = account.arn("policy/none")
    gone, unattachable = f"Policy {arn} was not found.", f"Policy {arn} does not exist or is not attachable."
    account.user("alice")
    with refused("NoSuchEntity", gone):
        account.iam.delete_policy(PolicyArn=arn)
    with refused("NoSuchEntity", gone):
        account.iam.detach_user_policy(UserName="alice", PolicyArn=arn)
    with refused("NoSuchEntity", unattachable):
        account.iam.attach_user_policy(UserName="alice", PolicyArn=arn)
    with refused("NoSuchEntity", unattachable):
        account.iam.list_entities_for_policy(PolicyArn=arn)


def test_ten_policies_at_most_are_attached_to_a_user(account):
    account.user("alice")
    for number in range(10):
        account.iam.attach_user_policy(UserName="alice", PolicyArn=account.policy(f"p{number}"))
    with refused("LimitExceeded", "Cannot exceed quota for PoliciesPerUser: 10"):
        account.iam.attach_user_policy(UserName="alice", PolicyArn=account.policy("p10"))
