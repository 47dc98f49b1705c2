"""Which policy documents are taken, and what the refusal of the others says."""

import json

import pytest
from support.errors import refused
from support.world import as_json, policy

OK = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
SYNTAX = "Syntax errors in policy."
LEGACY = "The policy failed legacy parsing"
VERSION = "Policy document must be version 2012-10-17 or greater."
NO_VENDOR = "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."
NO_REGEX = "Resource vendor must be fully qualified and cannot contain regexes."


def with_statement(**changes):
    """A document of one statement; a member changed to None is left out."""
    return policy({name: value for name, value in {**OK, **changes}.items() if value is not None})


@pytest.mark.parametrize(
    "document, text",
    [
        ("no json", SYNTAX),
        ({"Version": "2012-10-17"}, SYNTAX),
        ({"Version": "2012-10-17", "Statement": []}, SYNTAX),
        ({"Version": "2012-10-17", "Statement": OK, "Extra": 1}, SYNTAX),
        ({"Version": "2013-10-17", "Statement": OK}, SYNTAX),
        (with_statement(Effect="Perhaps"), SYNTAX),
        (with_statement(Effect=None), SYNTAX),
        (with_statement(NotAction="s3:*"), SYNTAX),
        (with_statement(NotResource="*"), SYNTAX),
        (with_statement(Sid=1), SYNTAX),
        (with_statement(Condition={"StringLooksLike": {"aws:username": "a"}}), SYNTAX),
        ({"Statement": OK}, VERSION),
        ({"Version": "2008-10-17", "Statement": OK}, VERSION),
        (with_statement(Action="GetObject"), NO_VENDOR),
        (with_statement(Action="a a:GetObject"), "Vendor a a is not valid"),
        (with_statement(Action="s3:Get:Object"), "Actions/Condition can contain only one colon."),
        (with_statement(Action=None), "Policy statement must contain actions."),
        (with_statement(Resource=None), "Policy statement must contain resources."),
        (with_statement(Action=None, Resource=None), "Policy statement must contain actions."),
        (with_statement(Resource="bucket"), 'Resource bucket must be in ARN format or "*".'),
        (
            with_statement(Resource="arn:b:c:d:e:f:g:h"),
            'Partition "b" is not valid for resource "arn:b:c:d:e:f:g:h".',
        ),
        (with_statement(Resource="arn:aws:*:::x"), NO_REGEX),
        (with_statement(Resource="arn:aws:s3::bucket"), LEGACY),
        (with_statement(Effect="allow"), LEGACY),
        (
            with_statement(Resource="arn:aws:iam:us-east-1:123456789012:user/a"),
            "IAM resource arn:aws:iam:us-east-1:123456789012:user/a cannot contain region information.",
        ),
        (policy({"Sid": "a", **OK}, {"Sid": "a", **OK}), "Statement IDs (SID) in a single policy must be unique."),
    ],
    ids=range(26),
)
def test_a_faulty_document_is_refused(account, document, text):
    sent = document if isinstance(document, str) else as_json(document)
    with refused("MalformedPolicyDocument", text):
        account.iam.create_policy(PolicyName="faulty", PolicyDocument=sent)


def test_an_inline_policy_is_held_to_the_same(account):
    account.user("alice")
    account.role("ops")
    account.iam.create_group(GroupName="staff")
    faulty = as_json(with_statement(Action="GetObject"))
    with refused("MalformedPolicyDocument", NO_VENDOR):
        account.iam.put_user_policy(UserName="alice", PolicyName="faulty", PolicyDocument=faulty)
    with refused("MalformedPolicyDocument", NO_VENDOR):
        account.iam.put_role_policy(RoleName="ops", PolicyName="faulty", PolicyDocument=faulty)
    with refused("MalformedPolicyDocument", NO_VENDOR):
        account.iam.put_group_policy(GroupName="staff", PolicyName="faulty", PolicyDocument=faulty)


@pytest.mark.parametrize(
    "document",
    [
        policy(OK),
        {"Version": "2012-10-17", "Id": "an-id", "Statement": {**OK, "Sid": "One"}},
        policy({"Effect": "Deny", "NotAction": ["iam:*", "s3:*"], "NotResource": "arn:aws:s3:::b/*"}),
        policy({**OK, "Condition": {"ForAllValues:StringLikeIfExists": {"aws:TagKeys": ["a*"]}}}),
        policy({**OK, "Resource": ["arn:aws:s3:::bucket/${aws:username}/*", "arn:aws-cn:s3:::b"]}),
        policy({**OK, "Resource": "arn:aws:s3"}),
    ],
    ids=range(6),
)
def test_a_sound_document_comes_back_as_it_was(account, document):
    text = json.dumps(document, indent=2)
    arn = account.iam.create_policy(PolicyName="sound", PolicyDocument=text)["Policy"]["Arn"]
    assert account.iam.get_policy_version(PolicyArn=arn, VersionId="v1")["PolicyVersion"]["Document"] == document


def test_white_space_does_not_count_to_the_size(account):
    account.user("alice")
    text = json.dumps(policy(OK), indent=2) + " " * 4000
    account.iam.put_user_policy(UserName="alice", PolicyName="wide", PolicyDocument=text)
    long = as_json(with_statement(Resource=[f"arn:aws:s3:::bucket-{number:06}" for number in range(90)]))
    with refused("LimitExceeded", "Maximum policy size of 2048 bytes exceeded for user alice"):
        account.iam.put_user_policy(UserName="alice", PolicyName="long", PolicyDocument=long)
