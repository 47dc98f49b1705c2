"""The account as a whole: its alias, its summary, its credential report, its authorization details."""

import csv
import io

from support.errors import denied, refused
from support.shapes import has_exactly
from support.world import allow, as_json, password, policy

QUOTAS = {
    "UsersQuota": 5000,
    "GroupsQuota": 300,
    "RolesQuota": 1000,
    "PoliciesQuota": 1500,
    "InstanceProfilesQuota": 1000,
    "ServerCertificatesQuota": 20,
    "AccessKeysPerUserQuota": 2,
    "GroupsPerUserQuota": 10,
    "AttachedPoliciesPerUserQuota": 10,
    "AttachedPoliciesPerGroupQuota": 10,
    "AttachedPoliciesPerRoleQuota": 10,
    "UserPolicySizeQuota": 2048,
    "GroupPolicySizeQuota": 5120,
    "RolePolicySizeQuota": 10240,
    "PolicySizeQuota": 6144,
    "AssumeRolePolicySizeQuota": 2048,
    "VersionsPerPolicyQuota": 5,
    "PolicyVersionsInUseQuota": 10000,
    "SigningCertificatesPerUserQuota": 2,
    "GlobalEndpointTokenVersion": 1,
}
REPORT = (
    "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,"
    "mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,"
    "access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,"
    "access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,"
    "cert_1_last_rotated,cert_2_active,cert_2_last_rotated"
).split(",")


def test_an_alias_comes_and_goes(account):
    alias = f"sesame-{account.id}"
    assert account.iam.list_account_aliases()["AccountAliases"] == []
    account.iam.create_account_alias(AccountAlias=alias)
    assert account.iam.list_account_aliases()["AccountAliases"] == [alias]
    account.iam.delete_account_alias(AccountAlias=alias)
    assert account.iam.list_account_aliases()["AccountAliases"] == []
    with refused("NoSuchEntity"):
        account.iam.delete_account_alias(AccountAlias=alias)


def test_an_alias_is_one_accounts_alone(account, other_account):
    alias = f"sesame-{account.id}"
    account.iam.create_account_alias(AccountAlias=alias)
    with refused("EntityAlreadyExists"):
        other_account.iam.create_account_alias(AccountAlias=alias)


def test_the_summary_counts(account):
    before = account.iam.get_account_summary()["SummaryMap"]
    assert {name: before[name] for name in QUOTAS} == QUOTAS
    secret = password()
    account.user("alice", secret).binds_device()
    account.role("ops")
    account.policy("reader")
    account.iam.create_group(GroupName="staff")
    account.iam.create_instance_profile(InstanceProfileName="web")
    after = account.iam.get_account_summary()["SummaryMap"]
    counted = ("Users", "Groups", "Roles", "Policies", "InstanceProfiles", "MFADevices", "MFADevicesInUse")
    assert {name: after[name] - before[name] for name in counted} == dict.fromkeys(counted, 1)


def test_a_report_is_generated_then_read(account):
    with refused("ReportNotPresent"):
        account.iam.get_credential_report()
    secret = password()
    user = account.user("alice", secret)
    account.user("plain")
    now = account.clock.freeze()
    user.sts.get_caller_identity()
    device = user.binds_device()
    account.clock.advance(minutes=2)
    assert account.outcome("alice", secret, mfa_code=device.code()) == "signed-in"
    rows = report(account)
    assert [row["user"] for row in rows] == ["<root_account>", "alice", "plain"]
    root, alice, plain = rows
    assert (root["arn"], root["password_enabled"]) == (account.root_arn, "not_supported")
    assert (alice["arn"], alice["password_enabled"], alice["mfa_active"]) == (user.arn, "true", "true")
    assert alice["password_last_used"].startswith(now.strftime("%Y-%m-%dT"))
    assert alice["password_last_used"].endswith("+00:00")
    assert (alice["access_key_1_active"], alice["access_key_1_last_used_service"]) == ("true", "sts")
    assert (alice["access_key_2_active"], alice["access_key_2_last_rotated"]) == ("false", "N/A")
    assert (plain["password_enabled"], plain["password_last_changed"]) == ("false", "N/A")
    assert (plain["mfa_active"], plain["cert_1_active"]) == ("false", "false")


def report(account):
    """The rows of the credential report, generated afresh."""
    for _ in range(5):
        if account.iam.generate_credential_report()["State"] == "COMPLETE":
            break
    answer = account.iam.get_credential_report()
    has_exactly(answer, "Content", "ReportFormat", "GeneratedTime", "ResponseMetadata")
    assert answer["ReportFormat"] == "text/csv"
    reader = csv.DictReader(io.StringIO(answer["Content"].decode()))
    assert reader.fieldnames == REPORT
    return list(reader)


def test_a_report_of_yesterday_is_no_report(account):
    account.user("alice")
    report(account)
    account.clock.freeze()
    account.clock.advance(hours=5)
    with refused("ReportExpired"):
        account.iam.get_credential_report()


def test_the_authorization_details_hold_everything(account):
    iam = account.iam
    document = policy(allow("s3:*"))
    account.user("alice").may(allow("s3:*"))
    iam.create_group(GroupName="staff")
    iam.add_user_to_group(GroupName="staff", UserName="alice")
    iam.put_group_policy(GroupName="staff", PolicyName="inline", PolicyDocument=as_json(document))
    arn = account.policy("reader", document)
    account.role("ops")
    iam.attach_role_policy(RoleName="ops", PolicyArn=arn)
    details = iam.get_account_authorization_details()
    [alice] = details["UserDetailList"]
    assert alice["UserPolicyList"] == [{"PolicyName": "inline", "PolicyDocument": document}]
    assert alice["GroupList"] == ["staff"]
    [staff] = details["GroupDetailList"]
    assert staff["GroupPolicyList"] == [{"PolicyName": "inline", "PolicyDocument": document}]
    [ops] = details["RoleDetailList"]
    assert ops["AttachedManagedPolicies"] == [{"PolicyName": "reader", "PolicyArn": arn}]
    assert ops["AssumeRolePolicyDocument"]["Statement"][0]["Action"] == "sts:AssumeRole"
    [reader] = [item for item in details["Policies"] if item["Arn"] == arn]
    assert reader["PolicyVersionList"][0]["Document"] == document
    only = iam.get_account_authorization_details(Filter=["Group"])
    assert (len(only["GroupDetailList"]), only["UserDetailList"], only["RoleDetailList"]) == (1, [], [])


def test_token_preferences_are_set(account):
    account.iam.set_security_token_service_preferences(GlobalEndpointTokenVersion="v2Token")
    assert account.iam.get_account_summary()["SummaryMap"]["GlobalEndpointTokenVersion"] == 2


def test_the_account_is_not_for_everyone_to_see(account):
    user = account.user("alice")
    for operation, action in (
        ("get_account_summary", "iam:GetAccountSummary"),
        ("generate_credential_report", "iam:GenerateCredentialReport"),
        ("get_account_authorization_details", "iam:GetAccountAuthorizationDetails"),
    ):
        with denied(user.arn, action):
            getattr(user.iam, operation)()
