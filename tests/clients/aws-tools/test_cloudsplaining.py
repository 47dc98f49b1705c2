"""Cloudsplaining downloads the account's authorization details and finds who could make himself an administrator."""

import json


def document(*actions):
    return json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": list(actions), "Resource": "*"}]}
    )


def test_a_way_to_more_privileges_is_found(shell):
    iam = shell.client()
    iam.create_user(UserName="climber")
    arn = iam.create_policy(PolicyName="ladder", PolicyDocument=document("iam:CreateLoginProfile", "iam:UpdateUser"))
    iam.attach_user_policy(UserName="climber", PolicyArn=arn["Policy"]["Arn"])
    iam.create_user(UserName="reader")
    arn = iam.create_policy(PolicyName="harmless", PolicyDocument=document("iam:GetUser", "iam:ListUsers"))
    iam.attach_user_policy(UserName="reader", PolicyArn=arn["Policy"]["Arn"])
    iam.put_user_policy(UserName="reader", PolicyName="grab", PolicyDocument=document("s3:GetObject"))

    shell.run("cloudsplaining", "download", "--output", shell.folder)
    details = next(shell.folder.glob("*.json"))
    downloaded = json.loads(details.read_text())
    assert {user["UserName"] for user in downloaded["UserDetailList"]} == {"climber", "reader"}

    shell.run("cloudsplaining", "scan", "--input-file", details, "--output", shell.folder, "--skip-open-report")
    results = next(path for path in shell.folder.glob("*results*.json"))
    found = json.loads(results.read_text())
    ladder, harmless = (policy_named(found, name) for name in ("ladder", "harmless"))
    assert findings(ladder["PrivilegeEscalation"]) == ["CreateLoginProfile"]
    assert findings(harmless["PrivilegeEscalation"]) == []
    grab = next(policy for policy in found["inline_policies"].values() if policy["PolicyName"] == "grab")
    assert "s3:getobject" in str(grab["DataExfiltration"]).lower()


def policy_named(found, name):
    return next(policy for policy in found["customer_managed_policies"].values() if policy["PolicyName"] == name)


def findings(section):
    """The names of the ways found, in whatever of its two forms this release writes them."""
    listed = section["findings"] if isinstance(section, dict) else section
    return [item["type"] for item in listed]
