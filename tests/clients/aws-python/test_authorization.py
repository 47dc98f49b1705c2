"""Policies decide, and a refusal says which layer did."""

from support.errors import denied, denied_by
from support.world import allow, as_json, deny, policy


def test_nothing_is_allowed_to_begin_with(account):
    user = account.user("alice")
    with denied(user.arn, "iam:ListUsers"):
        user.iam.list_users()
    with denied(user.arn, "iam:CreateUser"):
        user.iam.create_user(UserName="bob")


def test_a_denial_beats_every_permission(account):
    user = account.user("alice").may(allow("*"), deny("iam:ListUsers"))
    user.iam.list_roles()
    with denied_by(user.arn, "iam:ListUsers"):
        user.iam.list_users()


def test_resources_and_variables_are_matched(account):
    user = account.user("alice").may(allow("iam:GetUser", resource=account.arn("user/${aws:username}")))
    account.user("bob")
    user.iam.get_user(UserName="alice")
    with denied(user.arn, "iam:GetUser"):
        user.iam.get_user(UserName="bob")
    user.may(allow("iam:GetUser", resource=account.arn("user/b?b")), name="more")
    user.iam.get_user(UserName="bob")


def test_actions_ignore_case_and_take_wildcards(account):
    user = account.user("alice").may(allow("IAM:list*s"))
    user.iam.list_users()
    user.iam.list_roles()
    with denied(user.arn, "iam:GetUser"):
        user.iam.get_user()


def test_tags_of_a_resource_can_decide(account):
    condition = {"StringEquals": {"iam:ResourceTag/team": "blue"}}
    user = account.user("alice").may(allow("iam:GetUser", Condition=condition))
    account.iam.create_user(UserName="blue", Tags=[{"Key": "team", "Value": "blue"}])
    account.iam.create_user(UserName="red", Tags=[{"Key": "team", "Value": "red"}])
    user.iam.get_user(UserName="blue")
    with denied(user.arn, "iam:GetUser"):
        user.iam.get_user(UserName="red")


def test_what_is_attached_or_taken_off_counts_at_once(account):
    user = account.user("alice")
    arn = account.policy("lister", policy(allow("iam:ListUsers")))
    account.iam.attach_user_policy(UserName="alice", PolicyArn=arn)
    user.iam.list_users()
    made = account.iam.create_policy_version(
        PolicyArn=arn, PolicyDocument=as_json(policy(deny("iam:ListUsers"))), SetAsDefault=True
    )
    assert made["PolicyVersion"]["IsDefaultVersion"] is True
    with denied_by(user.arn, "iam:ListUsers"):
        user.iam.list_users()
    account.iam.detach_user_policy(UserName="alice", PolicyArn=arn)
    with denied(user.arn, "iam:ListUsers"):
        user.iam.list_users()


def test_a_time_can_decide(account):
    account.clock.freeze()
    until = account.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    user = account.user("alice").may(
        allow("iam:ListUsers", Condition={"DateLessThanEquals": {"aws:CurrentTime": until}})
    )
    user.iam.list_users()
    account.clock.advance(minutes=1)
    with denied(user.arn, "iam:ListUsers"):
        user.iam.list_users()
