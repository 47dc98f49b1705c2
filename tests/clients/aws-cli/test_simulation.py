"""The policy simulator as a person asks it from a shell, and what the calls then come to."""

import json

import pytest


def document(*statements):
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(*actions, resource="*", **more):
    return {"Effect": "Allow", "Action": list(actions), "Resource": resource, **more}


def decisions(answer):
    return {item["EvalActionName"]: item["EvalDecision"] for item in answer["EvaluationResults"]}


@pytest.fixture
def policy(cli):
    """Writes a policy into a file; what the CLI is to be told of it. A list's file has to hold a list of texts."""

    def write(name, *statements, in_list=False):
        text = json.dumps(document(*statements), indent=2)
        (cli.folder / f"{name}.json").write_text(json.dumps([text]) if in_list else text)
        return f"file://{name}.json"

    return write


def test_a_policy_in_a_file_is_simulated(cli, policy):
    never = {**allow("s3:DeleteObject"), "Effect": "Deny"}
    given = policy("given", allow("s3:*", resource="arn:aws:s3:::box/*"), never, in_list=True)
    ask = ("iam", "simulate-custom-policy", "--policy-input-list", given, "--action-names")
    answer = cli(*ask, "s3:GetObject", "s3:DeleteObject", "iam:GetUser", "--resource-arns", "arn:aws:s3:::box/a")
    assert decisions(answer) == {
        "s3:GetObject": "allowed",
        "s3:DeleteObject": "explicitDeny",
        "iam:GetUser": "implicitDeny",
    }
    [matched] = answer["EvaluationResults"][0]["MatchedStatements"]
    assert matched["SourcePolicyId"] == "PolicyInputList.1"
    elsewhere = cli(*ask, "s3:GetObject", "--resource-arns", "arn:aws:s3:::bag/a")
    assert decisions(elsewhere) == {"s3:GetObject": "implicitDeny"}
    cli.refused("InvalidInput", "The action is invalid since it is missing names", *ask, "GetObject")


def test_context_is_given_on_the_command_line(cli, policy):
    condition = {"StringEquals": {"aws:username": "Bob"}, "IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}
    given = policy("given", allow("s3:GetObject", Condition=condition), in_list=True)
    ask = ("iam", "simulate-custom-policy", "--policy-input-list", given, "--action-names", "s3:GetObject")
    bare = cli(*ask)["EvaluationResults"][0]
    assert (bare["EvalDecision"], sorted(bare["MissingContextValues"])) == (
        "implicitDeny",
        ["aws:SourceIp", "aws:username"],
    )
    name = "ContextKeyName=aws:username,ContextKeyValues=Bob,ContextKeyType=string"
    for address, decision in (("192.0.2.7", "allowed"), ("198.51.100.7", "implicitDeny")):
        where = f"ContextKeyName=aws:SourceIp,ContextKeyValues={address},ContextKeyType=ip"
        assert decisions(cli(*ask, "--context-entries", name, where)) == {"s3:GetObject": decision}
    keys = cli("iam", "get-context-keys-for-custom-policy", "--policy-input-list", given)["ContextKeyNames"]
    assert sorted(keys) == ["aws:SourceIp", "aws:username"]


def test_what_is_simulated_of_a_user_is_what_happens(cli, policy):
    user = cli("iam", "create-user", "--user-name", "Bob")["User"]
    put = ("iam", "put-user-policy", "--user-name", "Bob", "--policy-name", "own", "--policy-document")
    assert cli(*put, policy("own", allow("iam:ListUsers", "iam:GetUser"))) is None
    cli("iam", "create-group", "--group-name", "staff")
    never = {**allow("iam:GetUser"), "Effect": "Deny"}
    put = ("iam", "put-group-policy", "--group-name", "staff", "--policy-name", "p", "--policy-document")
    cli(*put, policy("staff", allow("iam:ListRoles"), never))
    cli("iam", "add-user-to-group", "--group-name", "staff", "--user-name", "Bob")
    actions = ("iam:ListUsers", "iam:ListRoles", "iam:GetUser", "iam:ListGroups")
    ask = ("iam", "simulate-principal-policy", "--policy-source-arn", user["Arn"], "--action-names", *actions)
    said = dict(zip(actions, ("allowed", "allowed", "explicitDeny", "implicitDeny"), strict=True))
    assert decisions(cli(*ask)) == said
    told = cli(*ask, "--query", "EvaluationResults[?EvalDecision!='allowed'].EvalActionName")
    assert told == ["iam:GetUser", "iam:ListGroups"]

    bob = cli.holding(cli("iam", "create-access-key", "--user-name", "Bob")["AccessKey"])
    bob("iam", "list-users")
    bob("iam", "list-roles")
    head = f"User: {user['Arn']} is not authorized to perform: "
    why = "with an explicit deny in an identity-based policy"
    bob.refused("AccessDenied", f"{head}iam:GetUser on resource: user Bob {why}", "iam", "get-user")
    where = f"arn:aws:iam::{cli.account}:group/"
    why = "because no identity-based policy allows the iam:ListGroups action"
    bob.refused("AccessDenied", f"{head}iam:ListGroups on resource: {where} {why}", "iam", "list-groups")
    bob.refused("AccessDenied", f"{head}iam:SimulatePrincipalPolicy on resource: {user['Arn']}", *ask)


def test_more_policies_and_a_boundary_are_tried_on_a_principal(cli, policy):
    user = cli("iam", "create-user", "--user-name", "Bob")["User"]
    ask = ("iam", "simulate-principal-policy", "--policy-source-arn", user["Arn"], "--action-names", "s3:GetObject")
    assert decisions(cli(*ask)) == {"s3:GetObject": "implicitDeny"}
    more = ("--policy-input-list", policy("more", allow("s3:*"), in_list=True))
    assert decisions(cli(*ask, *more)) == {"s3:GetObject": "allowed"}
    edge = ("--permissions-boundary-policy-input-list", policy("edge", allow("iam:*"), in_list=True))
    result = cli(*ask, *more, *edge)["EvaluationResults"][0]
    assert result["EvalDecision"] == "implicitDeny"
    assert result["PermissionsBoundaryDecisionDetail"] == {"AllowedByPermissionsBoundary": False}
    nobody = f"arn:aws:iam::{cli.account}:user/nobody"
    ask = ("iam", "simulate-principal-policy", "--policy-source-arn", nobody, "--action-names", "s3:GetObject")
    cli.refused("NoSuchEntity", "Unable to retrieve specified IAM entity", *ask)
