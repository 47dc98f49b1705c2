"""STS: who is calling, and temporary credentials of every kind."""

import datetime
import re
import time
import urllib.request

import botocore
import pytest
from support.errors import denied, refused
from support.shapes import has_exactly, is_id
from support.world import Key, allow, as_json, deny, password, policy, trust

EXPIRED = "The security token included in the request is expired"
INVALID = "The security token included in the request is invalid."


def lasts(credentials, now, seconds):
    assert credentials["Expiration"] == now + datetime.timedelta(seconds=seconds)
    assert re.fullmatch(r"ASIA[A-Z2-7]{16}", credentials["AccessKeyId"])
    assert len(credentials["SecretAccessKey"]) == 40


def last_used(account, role, seconds=5):
    """When and where a role was last used; the service tells it with a delay."""
    until = time.monotonic() + seconds
    while not (told := account.iam.get_role(RoleName=role)["Role"]["RoleLastUsed"]) and time.monotonic() < until:
        time.sleep(0.1)
    return told


def test_everyone_learns_who_he_is(account):
    root = account.sts.get_caller_identity()
    assert (root["UserId"], root["Account"], root["Arn"]) == (account.id, account.id, account.root_arn)
    user = account.user("alice").may(deny("*"))
    identity = user.sts.get_caller_identity()
    assert (identity["Account"], identity["Arn"]) == (account.id, user.arn)
    assert is_id(identity["UserId"], "AIDA") == account.iam.get_user(UserName="alice")["User"]["UserId"]


def test_a_role_is_assumed(account):
    user, role = account.user("alice").may(allow("sts:AssumeRole")), account.role("ops")
    now = account.clock.freeze()
    answer = user.sts.assume_role(RoleArn=role["Arn"], RoleSessionName="work")
    has_exactly(answer, "Credentials", "AssumedRoleUser", "ResponseMetadata")
    lasts(answer["Credentials"], now, 3600)
    arn = account.arn("assumed-role/ops/work", service="sts")
    assert answer["AssumedRoleUser"] == {"AssumedRoleId": f"{role['RoleId']}:work", "Arn": arn}

    key = Key.of(answer["Credentials"])
    identity = user.client("sts", key).get_caller_identity()
    assert (identity["UserId"], identity["Arn"]) == (f"{role['RoleId']}:work", arn)
    with denied(arn, "iam:ListRoles"):
        user.client("iam", key).list_roles()
    assert last_used(account, "ops") == {"LastUsedDate": now, "Region": "us-east-1"}
    with refused("InvalidClientTokenId", INVALID):
        user.client("sts", Key(key.id, key.secret)).get_caller_identity()
    account.clock.advance(seconds=3601)
    with refused("ExpiredToken", EXPIRED):
        user.client("sts", key).get_caller_identity()


def test_a_role_gives_what_its_policies_allow(account):
    role = account.role("ops", trusts=account.user("alice").arn)
    document = as_json(policy(allow("iam:ListUsers")))
    account.iam.put_role_policy(RoleName="ops", PolicyName="p", PolicyDocument=document)
    sts = account.server.client("sts", Key.of(account.iam.create_access_key(UserName="alice")["AccessKey"]))
    answer = sts.assume_role(RoleArn=role["Arn"], RoleSessionName="work")
    iam = account.server.client("iam", Key.of(answer["Credentials"]))
    iam.list_users()
    with denied(answer["AssumedRoleUser"]["Arn"], "iam:ListRoles"):
        iam.list_roles()


def test_a_session_policy_narrows_the_role(account):
    role = account.role("ops", trusts=account.user("alice").arn)
    account.iam.attach_role_policy(RoleName="ops", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    sts = account.server.client("sts", Key.of(account.iam.create_access_key(UserName="alice")["AccessKey"]))
    narrow = as_json(policy(allow("iam:ListUsers")))
    answer = sts.assume_role(RoleArn=role["Arn"], RoleSessionName="narrow", Policy=narrow)
    assert answer["PackedPolicySize"] >= 0
    iam = account.server.client("iam", Key.of(answer["Credentials"]))
    iam.list_users()
    with denied(answer["AssumedRoleUser"]["Arn"], "iam:ListRoles", "no session policy allows"):
        iam.list_roles()


def test_who_is_trusted_may_assume(account):
    alice, bob = account.user("alice"), account.user("bob")
    role = account.role("ops", trusts=alice.arn)
    alice.sts.assume_role(RoleArn=role["Arn"], RoleSessionName="trusted")
    for target in (role["Arn"], account.arn("role/none")):
        with refused(
            "AccessDenied", f"User: {bob.arn} is not authorized to perform: sts:AssumeRole on resource: {target}"
        ):
            bob.sts.assume_role(RoleArn=target, RoleSessionName="stranger")
    with refused("AccessDenied", "Roles may not be assumed by root accounts."):
        account.sts.assume_role(RoleArn=role["Arn"], RoleSessionName="root")


def test_of_two_accounts_both_have_to_let_it(account, other_account):
    foreign = other_account.user("carol")
    shared = account.role("shared", trusts=other_account.root_arn)
    with refused("AccessDenied"):
        foreign.sts.assume_role(RoleArn=shared["Arn"], RoleSessionName="both-sides")
    foreign.may(allow("sts:AssumeRole", resource=shared["Arn"]))
    answer = foreign.sts.assume_role(RoleArn=shared["Arn"], RoleSessionName="both-sides")
    assert answer["AssumedRoleUser"]["Arn"] == account.arn("assumed-role/shared/both-sides", service="sts")


def test_an_external_id_has_to_be_the_one_agreed(account):
    alice = account.user("alice")
    document = trust(alice.arn, StringEquals={"sts:ExternalId": "agreed"})
    arn = account.iam.create_role(RoleName="ops", AssumeRolePolicyDocument=as_json(document))["Role"]["Arn"]
    for wrong in ({}, {"ExternalId": "other"}):
        with refused("AccessDenied"):
            alice.sts.assume_role(RoleArn=arn, RoleSessionName="work", **wrong)
    alice.sts.assume_role(RoleArn=arn, RoleSessionName="work", ExternalId="agreed")


def test_a_role_session_lasts_as_long_as_its_role_lets_it(account):
    alice = account.user("alice")
    role = account.role("ops", trusts=alice.arn, MaxSessionDuration=7200)
    now = account.clock.freeze()
    answer = alice.sts.assume_role(RoleArn=role["Arn"], RoleSessionName="long", DurationSeconds=7200)
    lasts(answer["Credentials"], now, 7200)
    with refused(
        "ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
    ):
        alice.sts.assume_role(RoleArn=role["Arn"], RoleSessionName="longer", DurationSeconds=7201)


def test_a_chained_role_lasts_an_hour_at_most(account):
    alice = account.user("alice")
    first = account.role("first", trusts=alice.arn)
    second = account.role("second", trusts=first["Arn"], MaxSessionDuration=7200)
    made = alice.sts.assume_role(RoleArn=first["Arn"], RoleSessionName="one")["Credentials"]
    chained = alice.client("sts", Key.of(made))
    chained.assume_role(RoleArn=second["Arn"], RoleSessionName="two")
    with refused(
        "ValidationError",
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
    ):
        chained.assume_role(RoleArn=second["Arn"], RoleSessionName="two", DurationSeconds=7200)


def test_session_tags_keep_to_their_rules(account):
    alice = account.user("alice")
    trusting = as_json(trust(alice.arn, action=["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]))
    arn = account.iam.create_role(RoleName="ops", AssumeRolePolicyDocument=trusting)["Role"]["Arn"]
    alice.may(allow("sts:*"))

    def assume(**more):
        return alice.sts.assume_role(RoleArn=arn, RoleSessionName="work", **more)

    answer = assume(Tags=[{"Key": "team", "Value": "blue"}], TransitiveTagKeys=["team"], SourceIdentity="alice")
    assert answer["SourceIdentity"] == "alice"
    assert "PackedPolicySize" in answer
    with refused(
        "InvalidParameterValue", "Duplicate tag keys found. Please note that Tag keys are case insensitive."
    ):
        assume(Tags=[{"Key": "team", "Value": "a"}, {"Key": "TEAM", "Value": "b"}])
    with refused(
        "InvalidParameterValue", "The specified transitive tag key must be included in the requested tags."
    ):
        assume(Tags=[{"Key": "team", "Value": "a"}], TransitiveTagKeys=["other"])


def test_a_session_token_is_the_user_for_a_while(account):
    user = account.user("alice").may(allow("sts:*", "iam:*"))
    now = account.clock.freeze()
    lasts(user.sts.get_session_token()["Credentials"], now, 43200)
    made = user.sts.get_session_token(DurationSeconds=900)["Credentials"]
    lasts(made, now, 900)
    key = Key.of(made)
    sts = user.client("sts", key)
    assert sts.get_caller_identity()["Arn"] == user.arn
    with refused("InvalidClientTokenId", INVALID):
        user.client("iam", key).list_users()
    with refused("AccessDenied", "Cannot call GetSessionToken with session credentials"):
        sts.get_session_token()
    with refused("AccessDenied", "Cannot call GetFederationToken with session credentials"):
        sts.get_federation_token(Name="bob")
    lasts(account.sts.get_session_token()["Credentials"], now, 3600)


def test_a_federated_user_is_one(account):
    answer = account.sts.get_federation_token(Name="bobby", Policy=as_json(policy(allow("iam:ListUsers"))))
    arn = account.arn("federated-user/bobby", service="sts")
    assert answer["FederatedUser"] == {"FederatedUserId": f"{account.id}:bobby", "Arn": arn}
    sts = account.server.client("sts", Key.of(answer["Credentials"]))
    identity = sts.get_caller_identity()
    assert (identity["UserId"], identity["Arn"]) == (f"{account.id}:bobby", arn)
    assert account.sts.get_federation_token(Name="bare")["PackedPolicySize"] == 0


def test_a_federated_user_may_what_both_policies_allow(account):
    user = account.user("alice").may(allow("sts:*"))
    narrow = as_json(policy(allow("sts:*")))
    user.sts.get_federation_token(Name="bobby", Policy=narrow)
    bare = user.sts.get_federation_token(Name="bare")
    with refused("AccessDenied"):
        user.client("sts", Key.of(bare["Credentials"])).get_access_key_info(AccessKeyId=user.key.id)


def test_a_changed_password_leaves_temporary_credentials_alone(account):
    user = account.user("alice", password())
    sts = user.client("sts", Key.of(user.sts.get_session_token()["Credentials"]))
    account.iam.update_login_profile(UserName="alice", Password=password())
    assert sts.get_caller_identity()["Arn"] == user.arn


def test_a_key_id_tells_its_account(account):
    key = account.user("alice").key
    assert account.sts.get_access_key_info(AccessKeyId=key.id)["Account"] == account.id


def test_a_message_that_is_none_is_not_decoded(account):
    with refused("InvalidAuthorizationMessageException"):
        account.sts.decode_authorization_message(EncodedMessage="not-one-of-ours")


def test_unsigned_calls_need_a_provider(account):
    sts = account.server.client("sts", account.root, signature_version=botocore.UNSIGNED)
    token = "eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ.eyJpc3MiOiJodHRwczovL2V4YW1wbGUuY29tIn0.c2ln"
    with refused("InvalidIdentityToken"):
        sts.assume_role_with_web_identity(
            RoleArn=account.role("ops")["Arn"], RoleSessionName="web", WebIdentityToken=token
        )
    with refused("InvalidIdentityToken"):
        sts.assume_role_with_saml(
            RoleArn=account.arn("role/ops"),
            PrincipalArn=account.arn("saml-provider/none"),
            SAMLAssertion="PHg+PC94Pg==",
        )


@pytest.mark.parametrize("region", ["eu-central-1", "us-west-2", "ap-southeast-1"])
def test_every_region_answers(account, region):
    sts = account.server.client("sts", account.root, region_name=region)
    assert sts.get_caller_identity()["Account"] == account.id


def test_a_presigned_url_is_a_call(account):
    url = account.sts.generate_presigned_url("get_caller_identity")
    with urllib.request.urlopen(url, timeout=10) as answer:
        assert account.root_arn in answer.read().decode()
