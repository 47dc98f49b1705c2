"""Roles: their trust, their policies, their boundary."""

from support.errors import invalid, refused, value_at_least, value_at_most
from support.shapes import has_exactly, is_id
from support.world import allow, as_json, policy, trust

READ_ONLY = "arn:aws:iam::aws:policy/IAMReadOnlyAccess"
MISSING = "The role with name ops cannot be found."


def test_a_role_is_made_and_read(account):
    trusting = trust(account.root_arn)
    made = account.role("ops", Description="does things", Path="/service/")
    members = ("Path", "RoleName", "RoleId", "Arn", "CreateDate", "AssumeRolePolicyDocument")
    has_exactly(made, *members, maybe=["Description"])
    assert made["Arn"] == account.arn("role/service/ops")
    assert made["AssumeRolePolicyDocument"] == trusting
    is_id(made["RoleId"], "AROA")
    read = account.iam.get_role(RoleName="ops")["Role"]
    has_exactly(read, *members, "MaxSessionDuration", "RoleLastUsed", "Description")
    assert (read["Description"], read["MaxSessionDuration"], read["RoleLastUsed"]) == ("does things", 3600, {})
    with refused("EntityAlreadyExists", "Role with name ops already exists."):
        account.role("ops")


def test_roles_are_listed_by_name_and_path(account):
    account.role("zeta", Path="/service/")
    account.role("Alpha")
    assert [role["RoleName"] for role in account.iam.list_roles()["Roles"]] == ["Alpha", "zeta"]
    assert [role["RoleName"] for role in account.iam.list_roles(PathPrefix="/service/")["Roles"]] == ["zeta"]


def test_a_role_is_changed(account):
    account.role("ops")
    account.iam.update_role(RoleName="ops", Description="new", MaxSessionDuration=7200)
    read = account.iam.get_role(RoleName="ops")["Role"]
    assert (read["Description"], read["MaxSessionDuration"]) == ("new", 7200)
    answer = account.iam.update_role_description(RoleName="ops", Description="newer")["Role"]
    assert (answer["RoleName"], answer["Description"]) == ("ops", "newer")
    other = trust("ec2.amazonaws.com", kind="Service")
    account.iam.update_assume_role_policy(RoleName="ops", PolicyDocument=as_json(other))
    assert account.iam.get_role(RoleName="ops")["Role"]["AssumeRolePolicyDocument"] == other
    with invalid("maxSessionDuration", value_at_least(3600)):
        account.raw.update_role(RoleName="ops", MaxSessionDuration=3599)
    with invalid("maxSessionDuration", value_at_most(43200)):
        account.raw.update_role(RoleName="ops", MaxSessionDuration=43201)


def test_a_missing_role_is_missing(account):
    iam = account.iam
    for call, more in (
        (iam.get_role, {}),
        (iam.delete_role, {}),
        (iam.update_role, {"Description": "x"}),
        (iam.update_assume_role_policy, {"PolicyDocument": as_json(trust("*"))}),
        (iam.attach_role_policy, {"PolicyArn": READ_ONLY}),
        (iam.list_role_policies, {}),
    ):
        with refused("NoSuchEntity", MISSING):
            call(RoleName="ops", **more)


def test_policies_of_a_role(account):
    iam = account.iam
    account.role("ops")
    document = policy(allow("s3:*"))
    iam.put_role_policy(RoleName="ops", PolicyName="inline", PolicyDocument=as_json(document))
    assert iam.get_role_policy(RoleName="ops", PolicyName="inline")["PolicyDocument"] == document
    assert iam.list_role_policies(RoleName="ops")["PolicyNames"] == ["inline"]
    iam.attach_role_policy(RoleName="ops", PolicyArn=READ_ONLY)
    assert [item["PolicyArn"] for item in iam.list_attached_role_policies(RoleName="ops")["AttachedPolicies"]] == [
        READ_ONLY
    ]
    with refused("DeleteConflict", "Cannot delete entity, must detach all policies first."):
        iam.delete_role(RoleName="ops")
    iam.detach_role_policy(RoleName="ops", PolicyArn=READ_ONLY)
    with refused("DeleteConflict", "Cannot delete entity, must delete policies first."):
        iam.delete_role(RoleName="ops")
    iam.delete_role_policy(RoleName="ops", PolicyName="inline")
    with refused("NoSuchEntity", "The role policy with name inline cannot be found."):
        iam.get_role_policy(RoleName="ops", PolicyName="inline")
    iam.delete_role(RoleName="ops")
    with refused("NoSuchEntity", MISSING):
        iam.get_role(RoleName="ops")


def test_a_role_has_a_boundary(account):
    account.role("ops")
    boundary = account.policy("bounds")
    account.iam.put_role_permissions_boundary(RoleName="ops", PermissionsBoundary=boundary)
    shown = account.iam.get_role(RoleName="ops")["Role"]["PermissionsBoundary"]
    assert shown["PermissionsBoundaryArn"] == boundary
    account.iam.delete_role_permissions_boundary(RoleName="ops")
    assert "PermissionsBoundary" not in account.iam.get_role(RoleName="ops")["Role"]


def test_a_trust_policy_is_one(account):
    def making(document, *texts):
        with refused("MalformedPolicyDocument", *texts):
            account.iam.create_role(RoleName="ops", AssumeRolePolicyDocument=document)

    making("no json at all", "This policy contains invalid Json")
    other_action = as_json(trust(account.root_arn, action="iam:GetUser"))
    making(other_action, "AssumeRole policy may only specify STS AssumeRole actions.")
    with_resource = trust(account.root_arn)
    with_resource["Statement"][0]["Resource"] = "*"
    making(as_json(with_resource), "Has prohibited field Resource")
    stranger = account.arn("user/nobody")
    making(as_json(trust(stranger)), f'Invalid principal in policy: "AWS":"{stranger}"')
