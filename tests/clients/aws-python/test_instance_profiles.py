"""Instance profiles and the one role that each may hold."""

from support.errors import refused
from support.shapes import has_exactly, is_id

MISSING = "Instance Profile web cannot be found."


def test_a_profile_from_its_making_to_its_end(account):
    iam = account.iam
    made = iam.create_instance_profile(InstanceProfileName="web", Path="/hosts/")["InstanceProfile"]
    has_exactly(made, "Path", "InstanceProfileName", "InstanceProfileId", "Arn", "CreateDate", "Roles", maybe=["Tags"])
    assert (made["Arn"], made["Roles"]) == (account.arn("instance-profile/hosts/web"), [])
    is_id(made["InstanceProfileId"], "AIPA")
    with refused("EntityAlreadyExists", "Instance Profile web already exists."):
        iam.create_instance_profile(InstanceProfileName="web")

    account.role("ops")
    account.role("more")
    iam.add_role_to_instance_profile(InstanceProfileName="web", RoleName="ops")
    read = iam.get_instance_profile(InstanceProfileName="web")["InstanceProfile"]
    assert [role["RoleName"] for role in read["Roles"]] == ["ops"]
    with refused("LimitExceeded", "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1"):
        iam.add_role_to_instance_profile(InstanceProfileName="web", RoleName="more")
    listed = iam.list_instance_profiles(PathPrefix="/hosts/")["InstanceProfiles"]
    assert [profile["InstanceProfileName"] for profile in listed] == ["web"]
    listed = iam.list_instance_profiles_for_role(RoleName="ops")["InstanceProfiles"]
    assert [profile["InstanceProfileName"] for profile in listed] == ["web"]

    with refused("DeleteConflict", "Cannot delete entity, must remove roles from instance profile first."):
        iam.delete_instance_profile(InstanceProfileName="web")
    with refused("DeleteConflict", "Cannot delete entity, must remove roles from instance profile first."):
        iam.delete_role(RoleName="ops")
    iam.remove_role_from_instance_profile(InstanceProfileName="web", RoleName="ops")
    with refused("NoSuchEntity", "Role ops in Instance Profile web cannot be found."):
        iam.remove_role_from_instance_profile(InstanceProfileName="web", RoleName="ops")
    iam.delete_instance_profile(InstanceProfileName="web")
    for call in (iam.get_instance_profile, iam.delete_instance_profile):
        with refused("NoSuchEntity", MISSING):
            call(InstanceProfileName="web")


def test_profile_and_role_have_to_be_there(account):
    account.role("ops")
    with refused("NoSuchEntity", MISSING):
        account.iam.add_role_to_instance_profile(InstanceProfileName="web", RoleName="ops")
    account.iam.create_instance_profile(InstanceProfileName="web")
    with refused("NoSuchEntity", "The role with name none cannot be found."):
        account.iam.add_role_to_instance_profile(InstanceProfileName="web", RoleName="none")
