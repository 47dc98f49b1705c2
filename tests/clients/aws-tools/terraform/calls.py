"""The calls that Terraform's AWS provider makes for the resources of main.tf, in its order, made with boto3.

For where Terraform itself cannot be had. Run it against any server: `AWS_ENDPOINT_URL=.. python calls.py`.
"""

import json
import secrets

import boto3

TRUST = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
READING = {"Effect": "Allow", "Action": ["iam:List*", "iam:Get*"], "Resource": "*"}
RULES = {
    "MinimumPasswordLength": 14,
    "RequireLowercaseCharacters": True,
    "RequireUppercaseCharacters": True,
    "RequireNumbers": True,
    "RequireSymbols": True,
    "AllowUsersToChangePassword": True,
    "MaxPasswordAge": 90,
    "PasswordReusePrevention": 5,
}


def document(statement):
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def gone(iam, call, **named):
    """A read after a delete has to say that there is nothing."""
    try:
        call(**named)
    except iam.exceptions.NoSuchEntityException:
        return
    raise AssertionError(f"{named} is still there")


def create(iam):
    """`terraform apply`: create each resource and read it back."""
    iam.update_account_password_policy(**RULES)
    read_rules(iam)
    iam.create_user(UserName="Bob", Path="/staff/", Tags=[{"Key": "team", "Value": "blue"}])
    iam.get_user(UserName="Bob")
    password = f"Aa1!{secrets.token_urlsafe(12)}"
    iam.create_login_profile(UserName="Bob", Password=password, PasswordResetRequired=True)
    key = iam.create_access_key(UserName="Bob")["AccessKey"]
    iam.list_access_keys(UserName="Bob")
    iam.create_group(GroupName="blue", Path="/")
    iam.get_group(GroupName="blue")
    iam.add_user_to_group(GroupName="blue", UserName="Bob")
    arn = iam.create_policy(PolicyName="reading", Path="/", PolicyDocument=document(READING))["Policy"]["Arn"]
    iam.create_role(
        RoleName="machines", Path="/", MaxSessionDuration=7200, AssumeRolePolicyDocument=document(TRUST)
    )
    iam.attach_role_policy(RoleName="machines", PolicyArn=arn)
    iam.create_instance_profile(InstanceProfileName="machines", Path="/")
    iam.get_waiter("instance_profile_exists").wait(InstanceProfileName="machines")
    iam.add_role_to_instance_profile(InstanceProfileName="machines", RoleName="machines")
    return {"arn": arn, "key": key, "password": password}


def read_rules(iam):
    rules = iam.get_account_password_policy()["PasswordPolicy"]
    assert {name: rules[name] for name in RULES} == RULES, rules
    assert rules["ExpirePasswords"] is True


def read(iam, made):
    """`terraform plan`: read each resource and find nothing to change."""
    read_rules(iam)
    user = iam.get_user(UserName="Bob")["User"]
    assert (user["Path"], user["Tags"]) == ("/staff/", [{"Key": "team", "Value": "blue"}])
    assert iam.get_login_profile(UserName="Bob")["LoginProfile"]["PasswordResetRequired"] is True
    [key] = iam.list_access_keys(UserName="Bob")["AccessKeyMetadata"]
    assert (key["AccessKeyId"], key["Status"]) == (made["key"]["AccessKeyId"], "Active")
    assert [member["UserName"] for member in iam.get_group(GroupName="blue")["Users"]] == ["Bob"]
    policy = iam.get_policy(PolicyArn=made["arn"])["Policy"]
    version = iam.get_policy_version(PolicyArn=made["arn"], VersionId=policy["DefaultVersionId"])["PolicyVersion"]
    assert version["Document"]["Statement"] == [READING]
    role = iam.get_role(RoleName="machines")["Role"]
    assert (role["MaxSessionDuration"], role["AssumeRolePolicyDocument"]["Statement"]) == (7200, [TRUST])
    assert iam.list_role_policies(RoleName="machines")["PolicyNames"] == []
    [attached] = iam.list_attached_role_policies(RoleName="machines")["AttachedPolicies"]
    assert attached["PolicyArn"] == made["arn"]
    profile = iam.get_instance_profile(InstanceProfileName="machines")["InstanceProfile"]
    assert [item["RoleName"] for item in profile["Roles"]] == ["machines"]


def update(iam, made):
    """`terraform apply` of a few changes."""
    iam.tag_user(UserName="Bob", Tags=[{"Key": "team", "Value": "red"}])
    assert iam.get_user(UserName="Bob")["User"]["Tags"] == [{"Key": "team", "Value": "red"}]
    iam.update_access_key(UserName="Bob", AccessKeyId=made["key"]["AccessKeyId"], Status="Inactive")
    iam.update_role(RoleName="machines", MaxSessionDuration=3600)
    iam.update_assume_role_policy(RoleName="machines", PolicyDocument=document(TRUST))
    changed = {**READING, "Action": ["iam:Get*"]}
    iam.list_policy_versions(PolicyArn=made["arn"])
    iam.create_policy_version(PolicyArn=made["arn"], PolicyDocument=document(changed), SetAsDefault=True)
    iam.update_user(UserName="Bob", NewUserName="Rob", NewPath="/staff/")
    assert iam.get_login_profile(UserName="Rob")["LoginProfile"]["UserName"] == "Rob"


def delete(iam, made):
    """`terraform destroy`: the reverse order, each looked for once more where the provider does."""
    iam.remove_role_from_instance_profile(InstanceProfileName="machines", RoleName="machines")
    iam.delete_instance_profile(InstanceProfileName="machines")
    iam.detach_role_policy(RoleName="machines", PolicyArn=made["arn"])
    iam.list_instance_profiles_for_role(RoleName="machines")
    iam.list_attached_role_policies(RoleName="machines")
    iam.list_role_policies(RoleName="machines")
    iam.delete_role(RoleName="machines")
    gone(iam, iam.get_role, RoleName="machines")
    for version in iam.list_policy_versions(PolicyArn=made["arn"])["Versions"]:
        if not version["IsDefaultVersion"]:
            iam.delete_policy_version(PolicyArn=made["arn"], VersionId=version["VersionId"])
    iam.delete_policy(PolicyArn=made["arn"])
    iam.remove_user_from_group(GroupName="blue", UserName="Rob")
    iam.delete_group(GroupName="blue")
    iam.delete_access_key(UserName="Rob", AccessKeyId=made["key"]["AccessKeyId"])
    iam.delete_login_profile(UserName="Rob")
    gone(iam, iam.get_login_profile, UserName="Rob")
    iam.delete_user(UserName="Rob")
    gone(iam, iam.get_user, UserName="Rob")
    iam.delete_account_password_policy()
    gone(iam, iam.get_account_password_policy)


def main():
    assert boto3.client("sts").get_caller_identity()["Account"]
    iam = boto3.client("iam")
    made = create(iam)
    read(iam, made)
    update(iam, made)
    delete(iam, made)
    print("created, read, updated and deleted")


if __name__ == "__main__":
    main()
