"""What people write policies for, and the whole text of each kind of denial."""

import pytest
from support.errors import denied, denied_by, refused
from support.world import Key, allow, as_json, deny, policy, trust

TEAM = [{"Key": "team", "Value": "blue"}]
HERE = {"IpAddress": {"aws:SourceIp": "127.0.0.0/8"}}
ELSEWHERE = {"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "192.0.2.7/32"]}}


def told(arn, action, resource, why):
    """A denial, word for word."""
    return refused("AccessDenied", f"User: {arn} is not authorized to perform: {action} on resource: {resource} {why}")


def session_of(account, role, **more):
    """IAM as a session of the role, and the session's ARN. The role has to trust `taker`, who is new."""
    taker = account.user("taker").may(allow("sts:AssumeRole"))
    made = taker.sts.assume_role(RoleArn=role["Arn"], RoleSessionName="work", **more)
    return account.server.client("iam", Key.of(made["Credentials"])), made["AssumedRoleUser"]["Arn"]


@pytest.mark.parametrize(
    "call, action, resource",
    [
        (lambda iam: iam.get_user(UserName="bob"), "GetUser", "user bob"),
        (lambda iam: iam.get_user(), "GetUser", "user alice"),
        (lambda iam: iam.get_role(RoleName="ops"), "GetRole", "role ops"),
        (lambda iam: iam.get_group(GroupName="staff"), "GetGroup", "group staff"),
        (lambda iam: iam.list_users(), "ListUsers", "{arn}:user/"),
        (lambda iam: iam.create_user(UserName="eve"), "CreateUser", "{arn}:user/eve"),
        (lambda iam: iam.create_user(UserName="eve", Path="/far/"), "CreateUser", "{arn}:user/far/eve"),
        (lambda iam: iam.create_group(GroupName="staff"), "CreateGroup", "{arn}:group/staff"),
        (
            lambda iam: iam.create_role(RoleName="ops", AssumeRolePolicyDocument=as_json(trust("*"))),
            "CreateRole",
            "{arn}:role/ops",
        ),
        (
            lambda iam: iam.create_policy(PolicyName="p", PolicyDocument=as_json(policy(allow("s3:*")))),
            "CreatePolicy",
            "policy p",
        ),
        (
            lambda iam: iam.create_instance_profile(InstanceProfileName="web"),
            "CreateInstanceProfile",
            "{arn}:instance-profile/web",
        ),
        (
            lambda iam: iam.get_policy(PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess"),
            "GetPolicy",
            "policy arn:aws:iam::aws:policy/ReadOnlyAccess",
        ),
    ],
)
def test_a_denial_names_who_wanted_what(account, call, action, resource):
    user = account.user("alice")
    resource = resource.format(arn=f"arn:aws:iam::{account.id}")
    with told(user.arn, f"iam:{action}", resource, f"because no identity-based policy allows the iam:{action} action"):
        call(user.iam)


def test_each_layer_denies_in_its_own_words(account):
    action = "iam:GetUser"

    def silent(layer):
        return f"because no {layer} allows the iam:GetUser action"

    alice = account.user("alice")
    with told(alice.arn, action, "user alice", silent("identity-based policy")):
        alice.iam.get_user()
    alice.may(allow("iam:*"), deny(action))
    with told(alice.arn, action, "user alice", "with an explicit deny in an identity-based policy"):
        alice.iam.get_user()

    bob = account.user("bob").may(allow("iam:*"))
    for name, statements, why in (
        ("narrow", [allow("s3:*")], silent("permissions boundary")),
        ("never", [allow("iam:*"), deny(action)], "with an explicit deny in a permissions boundary"),
    ):
        account.iam.put_user_permissions_boundary(
            UserName="bob", PermissionsBoundary=account.policy(name, policy(*statements))
        )
        with told(bob.arn, action, "user bob", why):
            bob.iam.get_user()


@pytest.mark.parametrize(
    "statements, why",
    [
        ([allow("iam:ListRoles")], "because no session policy allows the iam:ListUsers action"),
        ([allow("iam:*"), deny("iam:ListUsers")], "with an explicit deny in a session policy"),
    ],
)
def test_a_session_policy_can_only_take_away(account, statements, why):
    role = account.role("ops")
    account.iam.put_role_policy(
        RoleName="ops", PolicyName="p", PolicyDocument=as_json(policy(allow("iam:ListUsers", "iam:ListRoles")))
    )
    iam, arn = session_of(account, role, Policy=as_json(policy(*statements)))
    iam.list_roles()
    with told(arn, "iam:ListUsers", account.arn("user/"), why):
        iam.list_users()
    with denied(arn, "iam:ListGroups"):
        iam.list_groups()


def test_policies_can_be_passed_to_a_session_by_arn(account):
    account.role("ops")
    account.iam.put_role_policy(RoleName="ops", PolicyName="p", PolicyDocument=as_json(policy(allow("iam:*"))))
    listers = [{"arn": account.policy(name, policy(allow(f"iam:List{name}")))} for name in ("Users", "Roles")]
    iam, arn = session_of(account, {"Arn": account.arn("role/ops")}, PolicyArns=listers)
    iam.list_users()
    iam.list_roles()
    with denied(arn, "iam:ListGroups", "no session policy allows"):
        iam.list_groups()


def test_a_user_keeps_house_for_himself_alone(account):
    own = account.arn("user/${aws:username}")
    document = policy(allow("iam:*AccessKey*", "iam:GetUser", resource=own), allow("iam:GetAccountPasswordPolicy"))
    arn = account.policy("keys", document)
    alice, bob = account.user("alice"), account.user("bob")
    for user in (alice, bob):
        account.iam.attach_user_policy(UserName=user.name, PolicyArn=arn)
    made = alice.iam.create_access_key(UserName="alice")["AccessKey"]["AccessKeyId"]
    alice.iam.update_access_key(UserName="alice", AccessKeyId=made, Status="Inactive")
    alice.iam.get_access_key_last_used(AccessKeyId=made)
    alice.iam.delete_access_key(AccessKeyId=made)
    for call, action in (
        (lambda: alice.iam.create_access_key(UserName="bob"), "iam:CreateAccessKey"),
        (lambda: alice.iam.list_access_keys(UserName="bob"), "iam:ListAccessKeys"),
        (lambda: alice.iam.delete_access_key(UserName="bob", AccessKeyId=bob.key.id), "iam:DeleteAccessKey"),
        (lambda: alice.iam.get_user(UserName="bob"), "iam:GetUser"),
    ):
        with denied(alice.arn, action):
            call()
    bob.iam.list_access_keys()


def test_tags_of_who_is_asked_for_and_of_the_request_decide(account):
    user = account.user("alice").may(
        allow("iam:CreateUser", "iam:TagUser", Condition={"StringEquals": {"aws:RequestTag/team": "blue"}}),
        allow("iam:DeleteUser", Condition={"StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}}),
        allow("iam:UntagUser", Condition={"ForAllValues:StringEquals": {"aws:TagKeys": ["note", "desk"]}}),
    )
    iam = user.iam
    for tags in ([], [{"Key": "team", "Value": "red"}], [{"Key": "Team", "Value": "Blue"}]):
        with denied(user.arn, "iam:CreateUser"):
            iam.create_user(UserName="eve", Tags=tags)
    iam.create_user(UserName="eve", Tags=TEAM)
    with denied(user.arn, "iam:TagUser"):
        iam.tag_user(UserName="eve", Tags=[{"Key": "note", "Value": "x"}])
    iam.tag_user(UserName="eve", Tags=[*TEAM, {"Key": "note", "Value": "x"}])
    with denied(user.arn, "iam:UntagUser"):
        iam.untag_user(UserName="eve", TagKeys=["note", "team"])
    iam.untag_user(UserName="eve", TagKeys=["note"])
    with denied(user.arn, "iam:DeleteUser"):
        iam.delete_user(UserName="eve")
    account.iam.tag_user(UserName="alice", Tags=TEAM)
    iam.delete_user(UserName="eve")


def test_who_makes_something_with_tags_has_to_be_let_tag(account):
    user = account.user("alice").may(allow("iam:Create*", "iam:Upload*"))
    document = as_json(trust(account.root_arn))
    for call, action, resource in (
        (lambda **more: user.iam.create_user(UserName="eve", **more), "iam:TagUser", account.arn("user/eve")),
        (
            lambda **more: user.iam.create_role(RoleName="ops", AssumeRolePolicyDocument=document, **more),
            "iam:TagRole",
            account.arn("role/ops"),
        ),
        (
            lambda **more: user.iam.create_policy(
                PolicyName="p", PolicyDocument=as_json(policy(allow("s3:*"))), **more
            ),
            "iam:TagPolicy",
            "policy p",
        ),
        (
            lambda **more: user.iam.create_instance_profile(InstanceProfileName="web", **more),
            "iam:TagInstanceProfile",
            account.arn("instance-profile/web"),
        ),
        (
            lambda **more: user.iam.create_virtual_mfa_device(VirtualMFADeviceName="phone", **more),
            "iam:TagMFADevice",
            account.arn("mfa/phone"),
        ),
    ):
        with told(user.arn, action, resource, f"because no identity-based policy allows the {action} action"):
            call(Tags=TEAM)
        call()
    user.may(allow("iam:TagUser", resource=account.arn("user/tagged")), name="tags")
    user.iam.create_user(UserName="tagged", Tags=TEAM)
    with denied(user.arn, "iam:TagUser"):
        user.iam.create_user(UserName="other", Tags=TEAM)
    assert account.iam.list_users()["Users"][0]["UserName"] == "alice"
    with refused("NoSuchEntity"):
        account.iam.get_user(UserName="other")


def test_an_address_can_be_kept_out(account):
    out = account.user("out").may(allow("iam:*"), deny("*", Condition=HERE))
    with denied_by(out.arn, "iam:ListUsers"):
        out.iam.list_users()
    assert out.sts.get_caller_identity()["Arn"] == out.arn
    inside = account.user("inside").may(allow("iam:*"), deny("*", Condition={"NotIpAddress": HERE["IpAddress"]}))
    inside.iam.list_users()
    far = account.user("far").may(allow("iam:*", Condition=ELSEWHERE))
    with denied(far.arn, "iam:ListUsers"):
        far.iam.list_users()


def test_without_a_code_nothing_but_ones_own_device_is_open(account):
    """The pattern of the user guide: everything is denied until a second factor was shown."""
    account.clock.freeze()
    absent = {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}
    shut = {"Effect": "Deny", "NotAction": ["iam:ListMFADevices", "sts:GetSessionToken"], "Resource": "*"}
    user = account.user("alice").may(allow("iam:*"), {**shut, "Condition": absent})
    device = user.binds_device()
    account.clock.advance(minutes=5)
    user.iam.list_mfa_devices()
    with denied_by(user.arn, "iam:ListUsers"):
        user.iam.list_users()
    shown = user.sts.get_session_token(SerialNumber=device.serial, TokenCode=device.code())
    user.client("iam", Key.of(shown["Credentials"])).list_users()

    recent = {"NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}}
    bob = account.user("bob").may(allow("iam:ListUsers", Condition=recent))
    phone = bob.binds_device("other")
    account.clock.advance(minutes=5)
    key = Key.of(bob.sts.get_session_token(SerialNumber=phone.serial, TokenCode=phone.code())["Credentials"])
    bob.client("iam", key).list_users()
    account.clock.advance(minutes=61)
    with denied(bob.arn, "iam:ListUsers"):
        bob.client("iam", key).list_users()


def test_a_role_is_handed_to_machines_by_who_may_pass_it(account):
    account.role("ops")
    account.role("admin")
    account.iam.create_instance_profile(InstanceProfileName="web")
    user = account.user("alice").may(allow("iam:AddRoleToInstanceProfile", "iam:RemoveRoleFromInstanceProfile"))

    def add(name):
        user.iam.add_role_to_instance_profile(InstanceProfileName="web", RoleName=name)

    silent = "because no identity-based policy allows the iam:PassRole action"
    with told(user.arn, "iam:PassRole", account.arn("role/ops"), silent):
        add("ops")
    to_lambda = {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}
    user.may(allow("iam:PassRole", resource=account.arn("role/ops"), Condition=to_lambda), name="pass")
    with denied(user.arn, "iam:PassRole"):
        add("ops")
    to_machines = {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}
    user.may(allow("iam:PassRole", resource=account.arn("role/ops"), Condition=to_machines), name="pass")
    with denied(user.arn, "iam:PassRole"):
        add("admin")
    add("ops")


def test_who_makes_users_cannot_give_more_than_the_boundary(account):
    """Delegation as the user guide has it: users may be made, but only inside a boundary that stays."""
    boundary = account.policy("edge", policy(allow("s3:*", "iam:ListUsers")))
    inside = {"StringEquals": {"iam:PermissionsBoundary": boundary}}
    user = account.user("lead").may(
        allow("iam:CreateUser", "iam:PutUserPolicy", "iam:AttachUserPolicy", Condition=inside),
        allow("iam:PutUserPermissionsBoundary", Condition=inside),
        allow("iam:CreateAccessKey"),
        deny("iam:DeleteUserPermissionsBoundary"),
    )
    other = account.policy("wide", policy(allow("*")))
    for more in ({}, {"PermissionsBoundary": other}):
        with denied(user.arn, "iam:CreateUser"):
            user.iam.create_user(UserName="junior", **more)
    user.iam.create_user(UserName="junior", PermissionsBoundary=boundary)
    everything = as_json(policy(allow("*")))
    user.iam.put_user_policy(UserName="junior", PolicyName="all", PolicyDocument=everything)
    key = Key.of(user.iam.create_access_key(UserName="junior")["AccessKey"])
    junior = account.server.client("iam", key)
    junior.list_users()
    with denied(account.arn("user/junior"), "iam:ListRoles", "no permissions boundary allows"):
        junior.list_roles()
    account.user("senior")
    with denied(user.arn, "iam:PutUserPolicy"):
        user.iam.put_user_policy(UserName="senior", PolicyName="all", PolicyDocument=everything)
    with denied(user.arn, "iam:PutUserPermissionsBoundary"):
        user.iam.put_user_permissions_boundary(UserName="junior", PermissionsBoundary=other)
    with denied_by(user.arn, "iam:DeleteUserPermissionsBoundary"):
        user.iam.delete_user_permissions_boundary(UserName="junior")


def test_only_some_policies_may_be_attached(account):
    reader = account.policy("reader")
    condition = {"ArnEquals": {"iam:PolicyARN": reader}}
    user = account.user("alice").may(allow("iam:AttachUserPolicy", Condition=condition))
    with denied(user.arn, "iam:AttachUserPolicy"):
        user.iam.attach_user_policy(
            UserName="alice", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess"
        )
    user.iam.attach_user_policy(UserName="alice", PolicyArn=reader)
    user.iam.get_user()


def test_a_version_can_be_rolled_back(account):
    user = account.user("alice")
    arn = account.policy("lister", policy(allow("iam:ListUsers")))
    account.iam.attach_user_policy(UserName="alice", PolicyArn=arn)
    second = as_json(policy(allow("iam:ListRoles")))
    account.iam.create_policy_version(PolicyArn=arn, PolicyDocument=second)
    user.iam.list_users()
    account.iam.set_default_policy_version(PolicyArn=arn, VersionId="v2")
    user.iam.list_roles()
    with denied(user.arn, "iam:ListUsers"):
        user.iam.list_users()
    account.iam.set_default_policy_version(PolicyArn=arn, VersionId="v1")
    user.iam.list_users()
    with denied(user.arn, "iam:ListRoles"):
        user.iam.list_roles()


def test_what_a_group_denies_no_member_may(account):
    user = account.user("alice").may(allow("iam:*"))
    account.iam.create_group(GroupName="staff")
    document = as_json(policy(deny("iam:ListUsers")))
    account.iam.put_group_policy(GroupName="staff", PolicyName="p", PolicyDocument=document)
    user.iam.list_users()
    account.iam.add_user_to_group(GroupName="staff", UserName="alice")
    with denied_by(user.arn, "iam:ListUsers"):
        user.iam.list_users()
    account.iam.remove_user_from_group(GroupName="staff", UserName="alice")
    user.iam.list_users()


def test_what_is_simulated_is_what_happens(account):
    boundary = account.policy("edge", policy(allow("iam:List*")))
    user = account.user("alice").may(allow("iam:ListUsers", "iam:GetUser"), deny("iam:ListRoles"))
    account.iam.put_user_permissions_boundary(UserName="alice", PermissionsBoundary=boundary)
    actions = ["iam:ListUsers", "iam:ListRoles", "iam:GetUser", "iam:ListGroups"]
    answer = account.iam.simulate_principal_policy(PolicySourceArn=user.arn, ActionNames=actions)
    said = {item["EvalActionName"]: item["EvalDecision"] for item in answer["EvaluationResults"]}
    assert said == dict(zip(actions, ["allowed", "explicitDeny", "implicitDeny", "implicitDeny"], strict=True))
    user.iam.list_users()
    with denied_by(user.arn, "iam:ListRoles"):
        user.iam.list_roles()
    with denied(user.arn, "iam:GetUser", "no permissions boundary allows"):
        user.iam.get_user()
    with denied(user.arn, "iam:ListGroups"):
        user.iam.list_groups()
