"""What happens here as CloudTrail has it, held to the shape of its records and to detections people really run."""

import http.client
import json
import re
import threading

import pytest

# What every record has (CloudTrail User Guide, "CloudTrail record contents").
ALWAYS = {
    "eventVersion": str,
    "userIdentity": dict,
    "eventTime": str,
    "eventSource": str,
    "eventName": str,
    "awsRegion": str,
    "sourceIPAddress": str,
    "userAgent": str,
    "eventID": str,
    "readOnly": bool,
    "eventType": str,
    "managementEvent": bool,
    "recipientAccountId": str,
    "eventCategory": str,
}
NULLABLE = ("requestParameters", "responseElements")
IDENTITIES = {"Root", "IAMUser", "AssumedRole", "FederatedUser", "WebIdentityUser", "SAMLUser"}


def check(record):
    for name, kind in ALWAYS.items():
        assert isinstance(record[name], kind), (name, record)
    for name in NULLABLE:
        assert record[name] is None or isinstance(record[name], dict), (name, record)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", record["eventTime"]), record
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", record["eventID"]), record
    assert record["eventType"] in ("AwsApiCall", "AwsConsoleSignIn"), record
    assert record["userIdentity"]["type"] in IDENTITIES, record
    assert record["eventSource"].endswith(".amazonaws.com"), record
    parameters = record["requestParameters"] or {}
    assert all(name[:1] == name[:1].lower() for name in parameters), record
    if record["eventType"] == "AwsConsoleSignIn":
        assert record["responseElements"][record["eventName"]] in ("Success", "Failure"), record


def failed_sign_in(record):
    """CIS AWS Foundations Benchmark: "Management Console authentication failures"."""
    return record["eventName"] == "ConsoleLogin" and record.get("errorMessage") == "Failed authentication"


def sign_in_without_mfa(record):
    """The same: "Management Console sign-in without MFA"."""
    return (
        record["eventName"] == "ConsoleLogin"
        and record["additionalEventData"]["MFAUsed"] != "Yes"
        and record["responseElements"]["ConsoleLogin"] == "Success"
    )


def root_usage(record):
    """The same: "usage of the root account"."""
    identity = record["userIdentity"]
    return identity["type"] == "Root" and "invokedBy" not in identity and record["eventType"] != "AwsServiceEvent"


def unauthorized(record):
    """The same: "unauthorized API calls"."""
    return "UnauthorizedOperation" in record.get("errorCode", "") or "AccessDenied" in record.get("errorCode", "")


@pytest.fixture
def secret():
    return "Right-Horse-12"


def test_detections_find_what_they_look_for(account, secret):
    alice = account.user("alice", secret)
    account.sign_in("alice", "wrong-Horse-12")
    account.sign_in("alice", secret)
    records = account.events()
    for record in records:
        check(record)
    by_name = lambda rule: [record["eventName"] for record in records if rule(record)]
    assert by_name(failed_sign_in) == ["ConsoleLogin"]
    assert by_name(sign_in_without_mfa) == ["ConsoleLogin"]
    assert "CreateUser" in by_name(root_usage) and "ConsoleLogin" not in by_name(root_usage)
    failed = next(filter(failed_sign_in, records))
    assert failed["userIdentity"]["userName"] == "alice" and failed["responseElements"] == {"ConsoleLogin": "Failure"}
    assert alice.name == "alice"


def test_calls_are_told_as_cloudtrail_tells_them(account):
    account.iam.create_user(UserName="Bob", Path="/ops/", Tags=[{"Key": "team", "Value": "red"}])
    with pytest.raises(account.iam.exceptions.NoSuchEntityException):
        account.iam.get_user(UserName="nobody")
    made, missed = account.events(action="CreateUser")[-1], account.events(action="GetUser")[-1]
    check(made)
    check(missed)
    asked = {"userName": "Bob", "path": "/ops/", "tags": [{"key": "team", "value": "red"}]}
    assert (made["requestParameters"], made["readOnly"], made["eventSource"]) == (asked, False, "iam.amazonaws.com")
    assert made["userAgent"].startswith("Boto3/") and made["userIdentity"]["type"] == "Root"
    assert (missed["errorCode"], missed["readOnly"]) == ("NoSuchEntityException", True)
    assert missed["errorMessage"] == "The user with name nobody cannot be found."


def test_what_detections_look_for_is_not_masked(account):
    tags = [{"Key": f"k{n}", "Value": "v"} for n in range(1, 51)]
    account.iam.create_user(UserName="many", Tags=tags)
    arn = "arn:aws:iam::aws:policy/SecretsManagerReadWrite"
    account.iam.attach_user_policy(UserName="many", PolicyArn=arn)
    statement = {"Effect": "Allow", "Action": ["secretsmanager:GetSecretValue", "sts:GetSessionToken"], "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement] * 10})
    account.iam.put_user_policy(UserName="many", PolicyName="p", PolicyDocument=document)
    asked = lambda action: account.events(action=action)[-1]["requestParameters"]
    made = {"userName": "many", "tags": [{"key": tag["Key"], "value": "v"} for tag in tags]}
    assert asked("CreateUser") == made
    assert asked("AttachUserPolicy") == {"userName": "many", "policyArn": arn}
    assert len(document) > 1024 and asked("PutUserPolicy")["policyDocument"] == document


def test_what_was_refused_is_found_too(account):
    key = account.iam.create_access_key(UserName=account.user("eve").name)["AccessKey"]
    from support.world import Key

    eve = account.server.client("iam", Key.of(key))
    with pytest.raises(eve.exceptions.ClientError):
        eve.list_users()
    found = [record for record in account.events() if unauthorized(record)]
    assert [(one["eventName"], one["userIdentity"]["userName"]) for one in found] == [("ListUsers", "eve")]
    assert "is not authorized to perform: iam:ListUsers" in found[0]["errorMessage"]
    assert found[0]["userIdentity"]["accessKeyId"] == key["AccessKeyId"]


def test_roles_are_told_with_their_session(account):
    from support.world import Key

    user = account.user("alice")
    key = Key.of(account.iam.create_access_key(UserName="alice")["AccessKey"])
    role = account.role(trusts=account.arn("user/alice"))
    assert user.name == "alice"
    sts = account.server.client("sts", key)
    taken = sts.assume_role(RoleArn=role["Arn"], RoleSessionName="night")["Credentials"]
    account.server.client("sts", Key.of(taken)).get_caller_identity()
    record = account.events(action="GetCallerIdentity")[-1]
    check(record)
    identity = record["userIdentity"]
    assert (identity["type"], identity["arn"]) == ("AssumedRole", account.arn("assumed-role/ops/night", "sts"))
    assert identity["sessionContext"]["sessionIssuer"]["arn"] == role["Arn"]
    assert identity["sessionContext"]["attributes"]["mfaAuthenticated"] == "false"


class Events:
    """Reads server-sent events (WHATWG HTML, section 9.2), as few of them as come."""

    def __init__(self, server, path):
        host, port = server.endpoint.rsplit(":", 1)
        self.connection = http.client.HTTPConnection(host, int(port), timeout=20)
        self.connection.request("GET", path)
        self.response = self.connection.getresponse()
        assert self.response.getheader("content-type") == "text/event-stream"
        assert self.response.readline() == b":\n"

    def __iter__(self):
        event = {}
        for line in self.response:
            name, _, value = line.decode().rstrip("\n").partition(":")
            if name:
                event[name] = value.removeprefix(" ")
            elif "data" in event:
                yield event["event"], event.get("id"), json.loads(event["data"])
                event = {}
            else:
                event = {}


def test_the_stream_is_read_while_clients_call(account):
    events = Events(account.server, f"/_sesame/events/stream?format=cloudtrail&account={account.id}")
    names = [f"user{at}" for at in range(20)]

    def call():
        for name in names:
            account.iam.create_user(UserName=name)

    calling = threading.Thread(target=call)
    calling.start()
    seen = []
    for kind, _, record in events:
        assert kind == "cloudtrail"
        check(record)
        seen.append(record["requestParameters"]["userName"])
        if len(seen) == len(names):
            break
    calling.join()
    assert seen == names


def test_expectations_of_the_journal(account):
    account.user("alice")
    expect = f"/_sesame/requests/expect?account={account.id}"
    assert account.server.control("GET", f"{expect}&action=CreateUser&times=1").status == 200
    told = account.server.control("GET", f"{expect}&action=DeleteUser")
    assert (told.status, told.body["seen"]["count"]) == (417, 0)
