"""What the SDK makes of injected faults: flow control, lost and broken answers, gateways, and late consistency."""

import time

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, WaiterError
from botocore.parsers import ResponseParserError
from support import shapes
from support.errors import refused


@pytest.fixture
def faults(account):
    return Faults(account)


class Faults:
    """Faults for the requests of one account, which takes them along when it is dropped."""

    def __init__(self, account):
        self.server, self.account = account.server, account

    def inject(self, fault, action="GetUser", **more):
        match = {"account": self.account.id, "action": action}
        return self.server.ask("POST", "/_sesame/faults", {"match": match, "fault": fault, **more})["id"]

    def hits(self, fault_id):
        return self.server.ask("GET", f"/_sesame/faults/{fault_id}")["hits"]


def client(account, mode="standard", attempts=4, service="iam"):
    return account.server.client(service, account.root, retries={"mode": mode, "total_max_attempts": attempts})


def attempts(answer):
    return answer["ResponseMetadata"]["RetryAttempts"]


@pytest.mark.parametrize("mode", ["standard", "legacy", "adaptive"])
@pytest.mark.parametrize("code", ["Throttling", "ThrottlingException", "RequestLimitExceeded", "SlowDown"])
def test_a_throttled_call_is_tried_again(account, faults, mode, code):
    account.user()
    fault = faults.inject({"error": code}, times=2)
    answer = client(account, mode).get_user(UserName="alice")
    assert (answer["User"]["UserName"], attempts(answer)) == ("alice", 2)
    assert faults.hits(fault) == 2


def test_a_call_that_stays_throttled_is_given_up(account, faults):
    account.user()
    faults.inject({"error": "Throttling"})
    with pytest.raises(ClientError) as caught:
        client(account, attempts=3).get_user(UserName="alice")
    error = caught.value.response
    assert (error["Error"]["Code"], error["Error"]["Message"]) == ("Throttling", "Rate exceeded")
    assert (error["ResponseMetadata"]["HTTPStatusCode"], attempts(error)) == (400, 2)
    assert error["ResponseMetadata"]["MaxAttemptsReached"]


def test_other_refusals_are_not_tried_again(account, faults):
    account.user()
    fault = faults.inject({"error": "AccessDenied"})
    with pytest.raises(ClientError) as caught:
        client(account).get_user(UserName="alice")
    assert (caught.value.response["Error"]["Code"], attempts(caught.value.response)) == ("AccessDenied", 0)
    assert faults.hits(fault) == 1


@pytest.mark.parametrize("fault", [{"error": "ServiceFailure"}, {"status": 500}, {"status": 502}, {"status": 503}])
def test_a_failing_service_is_asked_again(account, faults, fault):
    account.user()
    faults.inject(fault, times=2)
    assert attempts(client(account).get_user(UserName="alice")) == 2


def test_a_gateway_that_never_recovers_is_an_error_of_its_status(account, faults):
    account.user()
    faults.inject({"status": 503})
    plain = account.server.client("iam", account.root, retries={"mode": "standard", "total_max_attempts": 1})
    # The answer is no XML: the one that looks at every answer must not see this one.
    plain.meta.events.unregister("after-call", shapes.check_call)
    with pytest.raises(ClientError) as caught:
        plain.get_user(UserName="alice")
    assert caught.value.response["Error"]["Code"] == "503"
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 503


@pytest.mark.parametrize("mode", ["standard", "legacy"])
def test_a_broken_connection_is_made_again(account, faults, mode):
    account.user()
    faults.inject({"drop": True}, times=2)
    assert attempts(client(account, mode).get_user(UserName="alice")) == 2


@pytest.mark.parametrize("bytes_left", [0, 20, 200])
def test_a_truncated_answer_is_unreadable_and_not_asked_for_again(account, faults, bytes_left):
    account.user()
    fault = faults.inject({"truncate": bytes_left}, times=1)
    # The SDK does not compare a body's length with the one announced, and takes what it cannot read for no cause to retry.
    with pytest.raises(ResponseParserError):
        client(account).get_user(UserName="alice")
    assert faults.hits(fault) == 1
    client(account).get_user(UserName="alice")


def test_a_connection_that_always_breaks_is_told(account, faults):
    account.user()
    fault = faults.inject({"drop": True})
    with pytest.raises(ConnectionClosedError):
        client(account, attempts=2).get_user(UserName="alice")
    assert faults.hits(fault) == 2


def test_a_retry_after_a_lost_answer_meets_what_it_made(account, faults):
    faults.inject({"drop": True, "after": True}, action="CreateUser", times=1)
    with refused("EntityAlreadyExists"):
        client(account).create_user(UserName="alice")
    assert account.iam.get_user(UserName="alice")["User"]["UserName"] == "alice"


def test_a_slow_answer_takes_its_time(account, faults):
    account.user()
    faults.inject({"latency_ms": 150, "jitter_ms": 20}, times=1)
    begun = time.monotonic()
    assert attempts(client(account).get_user(UserName="alice")) == 0
    assert time.monotonic() - begun >= 0.15


def test_a_waiter_waits_for_a_user_to_be_seen(account, faults):
    account.clock.freeze()
    faults.inject({"unseen_seconds": 30, "kinds": ["user", "role", "policy"]}, action="*")
    account.iam.create_user(UserName="alice")
    with refused("NoSuchEntity"):
        account.iam.get_user(UserName="alice")
    with refused("NoSuchEntity"):
        account.iam.create_access_key(UserName="alice")
    waiter = account.iam.get_waiter("user_exists")
    with pytest.raises(WaiterError):
        waiter.wait(UserName="alice", WaiterConfig={"Delay": 0, "MaxAttempts": 2})
    asked = []

    def move_on(**_):
        asked.append(1)
        if len(asked) == 3:
            account.clock.advance(seconds=31)

    waiting = account.server.client("iam", account.root)
    waiting.meta.events.register("before-send", move_on)
    waiting.get_waiter("user_exists").wait(UserName="alice", WaiterConfig={"Delay": 0, "MaxAttempts": 6})
    assert len(asked) == 3
    account.iam.create_access_key(UserName="alice")


def test_a_new_key_is_not_known_at_once(account, faults):
    account.clock.freeze()
    faults.inject({"unseen_seconds": 10, "kinds": ["access-key"]}, action="*")
    user = account.user()
    with refused("InvalidClientTokenId"):
        user.sts.get_caller_identity()
    account.clock.advance(seconds=11)
    assert user.sts.get_caller_identity()["Arn"] == user.arn


def test_a_new_policy_is_not_in_force_at_once(account, faults):
    account.clock.freeze()
    user = account.user()
    faults.inject({"unseen_seconds": 10, "kinds": ["attachment"]}, action="*")
    user.may({"Effect": "Allow", "Action": "iam:GetUser", "Resource": "*"})
    with refused("AccessDenied"):
        user.iam.get_user(UserName="alice")
    account.clock.advance(seconds=11)
    user.iam.get_user(UserName="alice")


def test_what_was_just_made_may_not_be_changed_at_once(account, faults):
    account.clock.freeze()
    faults.inject({"unmodifiable_seconds": 10}, action="*")
    account.iam.create_user(UserName="alice")
    with pytest.raises(account.iam.exceptions.EntityTemporarilyUnmodifiableException):
        account.iam.update_user(UserName="alice", NewPath="/x/")
    account.clock.advance(seconds=11)
    account.iam.update_user(UserName="alice", NewPath="/x/")
