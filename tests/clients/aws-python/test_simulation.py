"""The policy simulator, and the context keys that policies ask for."""

from support.world import allow, as_json, deny, policy


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


def test_the_keys_that_policies_ask_for_are_listed(account):
    condition = {"StringEquals": {"aws:username": "alice"}, "Bool": {"aws:SecureTransport": "true"}}
    document = as_json(policy(allow("s3:*", Condition=condition)))
    answer = account.iam.get_context_keys_for_custom_policy(PolicyInputList=[document])
    assert sorted(answer["ContextKeyNames"]) == ["aws:SecureTransport", "aws:username"]
    user = account.user("alice")
    account.iam.put_user_policy(UserName="alice", PolicyName="p", PolicyDocument=document)
    answer = account.iam.get_context_keys_for_principal_policy(PolicySourceArn=user.arn)
    assert sorted(answer["ContextKeyNames"]) == ["aws:SecureTransport", "aws:username"]
