"""Roles that belong to a service, and who used which service when."""

import time

from support.errors import refused
from support.world import allow


def test_a_service_linked_role_from_its_making_to_its_end(account):
    iam = account.iam
    made = iam.create_service_linked_role(AWSServiceName="elasticbeanstalk.amazonaws.com")["Role"]
    assert made["Path"] == "/aws-service-role/elasticbeanstalk.amazonaws.com/"
    assert made["RoleName"].startswith("AWSServiceRoleFor")
    taken = f"Service role name {made['RoleName']} has been taken in this account, please try a different suffix."
    with refused("InvalidInput", taken):
        iam.create_service_linked_role(AWSServiceName="elasticbeanstalk.amazonaws.com")
    with refused("UnmodifiableEntity"):
        iam.delete_role(RoleName=made["RoleName"])
    task = iam.delete_service_linked_role(RoleName=made["RoleName"])["DeletionTaskId"]
    for _ in range(20):
        status = iam.get_service_linked_role_deletion_status(DeletionTaskId=task)["Status"]
        if status == "SUCCEEDED":
            break
        time.sleep(0.1)
    assert status == "SUCCEEDED"
    with refused("NoSuchEntity"):
        iam.get_role(RoleName=made["RoleName"])


def test_what_was_last_used_is_told_by_a_job(account):
    user = account.user("alice").may(allow("iam:ListUsers", "s3:GetObject", "sts:GetCallerIdentity"))
    user.sts.get_caller_identity()
    job = account.iam.generate_service_last_accessed_details(Arn=user.arn)["JobId"]
    details = account.iam.get_service_last_accessed_details(JobId=job)
    assert details["JobStatus"] == "COMPLETED"
    services = {item["ServiceNamespace"]: item for item in details["ServicesLastAccessed"]}
    assert set(services) == {"iam", "s3", "sts"}
    assert "LastAuthenticated" in services["sts"] and "LastAuthenticated" not in services["iam"]
    entities = account.iam.get_service_last_accessed_details_with_entities(JobId=job, ServiceNamespace="iam")
    assert entities["JobStatus"] == "COMPLETED"


def test_which_policies_grant_a_service(account):
    user = account.user("alice").may(allow("s3:GetObject"))
    account.iam.attach_user_policy(UserName="alice", PolicyArn=account.policy("reader"))
    answer = account.iam.list_policies_granting_service_access(Arn=user.arn, ServiceNamespaces=["iam", "s3"])
    granting = {item["ServiceNamespace"]: item["Policies"] for item in answer["PoliciesGrantingServiceAccess"]}
    assert [item["PolicyName"] for item in granting["s3"]] == ["inline"]
    assert [item["PolicyName"] for item in granting["iam"]] == ["reader"]
