"""The policy simulator, and the context keys that policies ask for."""

import json

import pytest
from botocore.exceptions import ClientError
from support.world import allow, as_json, deny, policy

OBJECTS = ["arn:aws:s3:::bucket/a", "arn:aws:s3:::bucket/b"]


def decisions(answer):
    return {item["EvalActionName"]: item["EvalDecision"] for item in answer["EvaluationResults"]}


def test_a_given_policy_is_simulated(account):
    document = as_json(policy(allow("s3:*"), deny("s3:DeleteObject")))
    actions = ["s3:GetObject", "s3:DeleteObject", "iam:GetUser"]
    answer = account.iam.simulate_custom_policy(PolicyInputList=[document], ActionNames=actions)
    assert decisions(answer) == {
        "s3:GetObject": "allowed",
        "s3:DeleteObject": "explicitDeny",
        "iam:GetUser": "implicitDeny",
    }
    first = answer["EvaluationResults"][0]
    assert first["EvalResourceName"] == "*"
    assert len(first["MatchedStatements"]) == 1


def test_context_decides_where_a_condition_asks(account):
    document = as_json(policy(allow("s3:*", Condition={"StringEquals": {"aws:username": "alice"}})))

    def simulate(**more):
        answer = account.iam.simulate_custom_policy(PolicyInputList=[document], ActionNames=["s3:GetObject"], **more)
        return answer["EvaluationResults"][0]

    assert simulate()["MissingContextValues"] == ["aws:username"]
    entry = {"ContextKeyName": "aws:username", "ContextKeyType": "string"}
    assert simulate(ContextEntries=[{**entry, "ContextKeyValues": ["alice"]}])["EvalDecision"] == "allowed"
    assert simulate(ContextEntries=[{**entry, "ContextKeyValues": ["bob"]}])["EvalDecision"] == "implicitDeny"


def test_a_principal_is_simulated_with_all_it_has(account):
    user = account.user("alice").may(allow("s3:GetObject"))
    account.iam.create_group(GroupName="staff")
    account.iam.add_user_to_group(GroupName="staff", UserName="alice")
    account.iam.attach_group_policy(GroupName="staff", PolicyArn=account.policy("reader"))
    answer = account.iam.simulate_principal_policy(
        PolicySourceArn=user.arn, ActionNames=["s3:GetObject", "iam:GetUser", "iam:CreateUser"]
    )
    assert decisions(answer) == {
        "s3:GetObject": "allowed",
        "iam:GetUser": "allowed",
        "iam:CreateUser": "implicitDeny",
    }


def test_statements_are_found_where_they_stand_in_the_document(account):
    document = json.dumps(policy(allow("s3:GetObject"), deny("s3:PutObject")), indent=2)
    answer = account.iam.simulate_custom_policy(
        PolicyInputList=[document], ActionNames=["s3:GetObject", "s3:PutObject"], ResourceArns=OBJECTS
    )
    assert [result["EvalResourceName"] for result in answer["EvaluationResults"]] == [
        "arn:aws:s3:::${BucketName}/${KeyName}"
    ] * 2
    for result in answer["EvaluationResults"]:
        [matched] = result["MatchedStatements"]
        assert matched["SourcePolicyId"] == "PolicyInputList.1"
        assert matched["SourcePolicyType"] == "IAM Policy"
        start, end = matched["StartPosition"], matched["EndPosition"]
        lines = document.splitlines()[start["Line"] - 1 : end["Line"]]
        lines[-1] = lines[-1][: end["Column"] - 1]
        lines[0] = lines[0][start["Column"] - 1 :]
        statement = json.loads("\n".join(lines).lstrip(", \n"))
        assert statement["Action"] == [result["EvalActionName"]]
        each = result["ResourceSpecificResults"]
        assert [one["EvalResourceName"] for one in each] == OBJECTS
        assert {one["EvalResourceDecision"] for one in each} == {result["EvalDecision"]}
        assert all(one["MatchedStatements"] == [matched] for one in each)


def test_a_boundary_bounds_what_is_simulated(account):
    user = account.user("alice").may(allow("s3:*"))
    boundary = account.policy("bound", policy(allow("s3:GetObject")))
    account.iam.put_user_permissions_boundary(UserName="alice", PermissionsBoundary=boundary)

    def simulate(**more):
        answer = account.iam.simulate_principal_policy(
            PolicySourceArn=user.arn, ActionNames=["s3:GetObject", "s3:PutObject"], **more
        )
        assert all("PermissionsBoundaryDecisionDetail" in result for result in answer["EvaluationResults"])
        return decisions(answer)

    assert simulate() == {"s3:GetObject": "allowed", "s3:PutObject": "implicitDeny"}
    other = as_json(policy(allow("s3:PutObject")))
    assert simulate(PermissionsBoundaryPolicyInputList=[other]) == {
        "s3:GetObject": "implicitDeny",
        "s3:PutObject": "allowed",
    }


def test_what_another_account_owns_needs_both_policies(account):
    statement = {**allow("s3:GetObject", resource="arn:aws:s3:::bucket/*"), "Principal": "*"}
    asked = {
        "ActionNames": ["s3:GetObject"],
        "ResourceArns": OBJECTS[:1],
        "ResourcePolicy": as_json(policy(statement)),
        "CallerArn": account.arn("user/alice"),
    }
    own = account.iam.simulate_custom_policy(PolicyInputList=[], **asked)["EvaluationResults"][0]
    assert (own["EvalDecision"], own["EvalDecisionDetails"]) == ("allowed", {})
    assert own["MatchedStatements"][0]["SourcePolicyType"] == "Resource Policy"
    asked["ResourceOwner"] = "arn:aws:iam::999999999999:root"
    other = account.iam.simulate_custom_policy(PolicyInputList=[], **asked)["EvaluationResults"][0]
    assert other["EvalDecision"] == "implicitDeny"
    assert other["EvalDecisionDetails"] == {"IAM Policy": "implicitDeny", "Resource Policy": "allowed"}


def test_simulations_are_paged_by_actions(account):
    actions = [f"s3:Action{number}" for number in range(7)]
    paginator = account.iam.get_paginator("simulate_custom_policy")
    document = as_json(policy(allow("s3:*")))
    pages = list(paginator.paginate(PolicyInputList=[document], ActionNames=actions, PaginationConfig={"PageSize": 3}))
    assert [len(page["EvaluationResults"]) for page in pages] == [3, 3, 1]
    assert [result["EvalActionName"] for page in pages for result in page["EvaluationResults"]] == actions
    user = account.user("alice").may(allow("s3:*"))
    paginator = account.iam.get_paginator("simulate_principal_policy")
    pages = paginator.paginate(PolicySourceArn=user.arn, ActionNames=actions, PaginationConfig={"PageSize": 4})
    assert [len(page["EvaluationResults"]) for page in pages] == [4, 3]


def test_what_cannot_be_simulated_is_refused(account):
    document = as_json(policy(allow("s3:*")))
    entry = {"ContextKeyName": "aws:SourceIp", "ContextKeyType": "ip", "ContextKeyValues": ["here"]}
    for more, message in [
        ({"ActionNames": ["GetObject"]}, "The action is invalid since it is missing names"),
        ({"ResourceArns": ["bucket"]}, "ResourceNames are not in a valid ARN format: bucket."),
        ({"PolicyInputList": ["{"]}, "Policy input list item 1 has invalid content"),
        ({"ContextEntries": [entry]}, "Invalid context value for key aws:SourceIp: expected IP address."),
    ]:
        with pytest.raises(ClientError) as refused:
            asked = {"PolicyInputList": [document], "ActionNames": ["s3:GetObject"], **more}
            account.iam.simulate_custom_policy(**asked)
        assert refused.value.response["Error"]["Code"] == "InvalidInput"
        assert refused.value.response["Error"]["Message"] == message
    with pytest.raises(account.iam.exceptions.NoSuchEntityException, match="Unable to retrieve specified IAM entity"):
        account.iam.simulate_principal_policy(PolicySourceArn=account.arn("user/nobody"), ActionNames=["a:b"])


def test_the_keys_that_policies_ask_for_are_listed(account):
    condition = {"StringEquals": {"aws:username": "alice"}, "Bool": {"aws:SecureTransport": "true"}}
    document = as_json(policy(allow("s3:*", Condition=condition)))
    answer = account.iam.get_context_keys_for_custom_policy(PolicyInputList=[document])
    assert sorted(answer["ContextKeyNames"]) == ["aws:SecureTransport", "aws:username"]
    user = account.user("alice")
    account.iam.put_user_policy(UserName="alice", PolicyName="p", PolicyDocument=document)
    answer = account.iam.get_context_keys_for_principal_policy(PolicySourceArn=user.arn)
    assert sorted(answer["ContextKeyNames"]) == ["aws:SecureTransport", "aws:username"]
