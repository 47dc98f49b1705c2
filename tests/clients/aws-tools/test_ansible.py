"""Ansible makes a team in IAM, finds nothing to do the second time, and takes all of it away."""

import re

import pytest
from conftest import HERE

INITIAL_PASSWORD = "&1-3a6u:RA0djs"


def play(shell, name):
    """Run a playbook; what its recap counted."""
    shown = shell.run(
        *("ansible-playbook", "-i", "localhost,", HERE / "ansible" / name),
        *("-e", "ansible_python_interpreter={{ ansible_playbook_python }}"),
        *("-e", f"initial_password={INITIAL_PASSWORD}"),
        ANSIBLE_NOCOLOR="1",
        ANSIBLE_LOCALHOST_WARNING="False",
        ANSIBLE_HOME=str(shell.folder / "ansible"),
    )
    assert INITIAL_PASSWORD not in shown
    counted = re.search(r"^localhost\s+: (.*)$", shown, re.MULTILINE)[1]
    return {name: int(count) for name, count in re.findall(r"(\w+)=(\d+)", counted)}


def test_a_team_is_made_once(shell):
    first = play(shell, "playbook.yml")
    assert (first["changed"], first["failed"]) == (7, 0)
    iam = shell.client()
    assert iam.get_login_profile(UserName="Bob")["LoginProfile"]["PasswordResetRequired"] is True
    assert iam.get_user(UserName="Bob")["User"]["Path"] == "/staff/"
    policy = iam.get_account_password_policy()["PasswordPolicy"]
    assert (policy["MinimumPasswordLength"], policy["MaxPasswordAge"], policy["PasswordReusePrevention"]) == (12, 90, 5)
    assert [user["UserName"] for user in iam.get_group(GroupName="blue")["Users"]] == ["Bob"]
    assert iam.get_role(RoleName="machines")["Role"]["MaxSessionDuration"] == 7200
    profiles = iam.list_instance_profiles_for_role(RoleName="machines")["InstanceProfiles"]
    assert [profile["InstanceProfileName"] for profile in profiles] == ["machines"]

    second = play(shell, "playbook.yml")
    assert (second["changed"], second["failed"], second["ok"]) == (0, 0, 7)

    third = play(shell, "teardown.yml")
    assert (third["changed"], third["failed"]) == (6, 0)
    assert (iam.list_users()["Users"], iam.list_roles()["Roles"], iam.list_groups()["Groups"]) == ([], [], [])
    with pytest.raises(iam.exceptions.NoSuchEntityException):
        iam.get_account_password_policy()
