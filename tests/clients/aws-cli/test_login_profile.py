"""A login profile's life as the AWS CLI's own documentation tells it: skeleton, file, get, update, delete."""

import json
import re

PASSWORD = "&1-3a6u:RA0djs"
NEW_PASSWORD = "An-0ther-&-better1"


def test_a_profile_is_made_from_a_skeleton(cli):
    cli("iam", "create-user", "--user-name", "Bob")
    skeleton = cli("iam", "create-login-profile", "--generate-cli-skeleton")
    assert set(skeleton) == {"UserName", "Password", "PasswordResetRequired"}
    filled = {**skeleton, "UserName": "Bob", "Password": PASSWORD, "PasswordResetRequired": True}
    (cli.folder / "create-login-profile.json").write_text(json.dumps(filled, indent=4))

    made = cli("iam", "create-login-profile", "--cli-input-json", "file://create-login-profile.json")["LoginProfile"]
    assert set(made) == {"UserName", "CreateDate", "PasswordResetRequired"}
    assert (made["UserName"], made["PasswordResetRequired"]) == ("Bob", True)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\+00:00|Z)", made["CreateDate"])
    assert cli("iam", "get-login-profile", "--user-name", "Bob") == {"LoginProfile": made}
    cli.refused(
        "EntityAlreadyExists",
        "Login Profile for user Bob already exists.",
        *("iam", "create-login-profile", "--cli-input-json", "file://create-login-profile.json"),
    )


def test_a_profile_is_updated_and_deleted(cli):
    cli("iam", "create-user", "--user-name", "Bob")
    cli("iam", "create-login-profile", "--user-name", "Bob", "--password", PASSWORD)
    assert cli("iam", "update-login-profile", "--user-name", "Bob", "--password", NEW_PASSWORD) is None
    assert cli("iam", "update-login-profile", "--user-name", "Bob", "--password-reset-required") is None
    profile = cli("iam", "get-login-profile", "--user-name", "Bob")["LoginProfile"]
    assert profile["PasswordResetRequired"] is True
    cli.refused(
        "PasswordPolicyViolation",
        "Password does not conform to the account password policy.",
        *("iam", "update-login-profile", "--user-name", "Bob", "--password", "short"),
    )
    assert cli("iam", "delete-login-profile", "--user-name", "Bob") is None
    cli.refused(
        "NoSuchEntity",
        "Login Profile for User Bob cannot be found.",
        *("iam", "get-login-profile", "--user-name", "Bob"),
    )
    cli.refused(
        "NoSuchEntity",
        "The user with name nobody cannot be found.",
        *("iam", "create-login-profile", "--user-name", "nobody", "--password", PASSWORD),
    )


def test_a_user_changes_his_password_where_he_may(cli):
    cli("iam", "create-user", "--user-name", "Bob")
    cli("iam", "create-login-profile", "--user-name", "Bob", "--password", PASSWORD)
    bob = cli.holding(cli("iam", "create-access-key", "--user-name", "Bob")["AccessKey"])
    change = ("iam", "change-password", "--old-password", PASSWORD, "--new-password", NEW_PASSWORD)
    arn = f"arn:aws:iam::{cli.account}:user/Bob"
    bob.refused("AccessDenied", f"User: {arn} is not authorized to perform: iam:ChangePassword", *change)
    cli("iam", "update-account-password-policy", "--minimum-password-length", "12", "--allow-users-to-change-password")
    policy = cli("iam", "get-account-password-policy")["PasswordPolicy"]
    assert (policy["MinimumPasswordLength"], policy["AllowUsersToChangePassword"]) == (12, True)
    assert bob(*change) is None
    bob.refused("AccessDenied", "The old password was incorrect.", *change)
    assert bob("sts", "get-caller-identity")["Arn"] == arn
    cli("iam", "delete-account-password-policy")
    cli.refused(
        "NoSuchEntity",
        f"The Password Policy with domain name {cli.account} cannot be found.",
        *("iam", "get-account-password-policy"),
    )


def test_a_filter_and_a_page_size_work_as_everywhere(cli):
    for name in ("zoe", "Bob", "alice"):
        cli("iam", "create-user", "--user-name", name)
    names = ("iam", "list-users", "--page-size", "1", "--query", "Users[].UserName")
    assert cli(*names) == ["alice", "Bob", "zoe"]
    first = cli("iam", "list-users", "--max-items", "2")
    assert len(first["Users"]) == 2
    rest = cli("iam", "list-users", "--starting-token", first["NextToken"])
    assert [user["UserName"] for user in rest["Users"]] == ["zoe"]


def test_a_role_of_a_profile_is_assumed(cli):
    cli("iam", "create-user", "--user-name", "Bob")
    key = cli("iam", "create-access-key", "--user-name", "Bob")["AccessKey"]
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{cli.account}:user/Bob"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
    (cli.folder / "trust.json").write_text(json.dumps(trust))
    made = ("iam", "create-role", "--role-name", "ops", "--assume-role-policy-document", "file://trust.json")
    role = cli(*made)["Role"]
    assert role["AssumeRolePolicyDocument"] == trust
    (cli.folder / ".aws").mkdir(exist_ok=True)
    (cli.folder / ".aws/config").write_text(
        f"[profile ops]\nrole_arn = {role['Arn']}\nsource_profile = bob\nrole_session_name = work\n"
    )
    (cli.folder / ".aws/credentials").write_text(
        f"[bob]\naws_access_key_id = {key['AccessKeyId']}\naws_secret_access_key = {key['SecretAccessKey']}\n"
    )
    bare = cli.holding(key)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        del bare.environment[name]
    identity = bare("--profile", "ops", "sts", "get-caller-identity")
    assert identity["Arn"] == f"arn:aws:sts::{cli.account}:assumed-role/ops/work"
    waited = cli.run("iam", "wait", "role-exists", "--role-name", "ops")
    assert waited.returncode == 0, waited.stderr
