"""What the SDKs make of injected faults: flow control, gateways, lost answers, and late consistency."""

import time

import pytest
from alibabacloud_ims20190815 import models as ims_models
from alibabacloud_tea_openapi.exceptions import ClientException, ServerException, ThrottlingException
from darabonba.policy.retry import RetryOptions
from darabonba.runtime import RuntimeOptions

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


def retrying(account, *exceptions, codes=(), attempts=3, max_delay=50):
    """GetUser of alice by a client that tries again what these exceptions and codes say."""
    caller = account.server.caller("ims", account.root)
    condition = {
        "maxAttempts": attempts,
        "exception": list(exceptions),
        "errorCode": list(codes),
        "maxDelay": max_delay,
        "backoff": {"policy": "Fixed", "period": 5},
    }
    caller.client._retry_options = RetryOptions({"retryable": True, "retryCondition": [condition]})

    def get_user():
        request = ims_models.GetUserRequest(user_principal_name=account.upn("alice"))
        return caller.client.get_user_with_options(request, RuntimeOptions()).body.user

    return get_user


@pytest.mark.parametrize("code", ["Throttling.User", "Throttling.Api", "Throttling"])
def test_flow_control_is_the_sdks_throttling_exception(account, faults, code):
    account.user()
    faults.inject({"error": code, "retry_after_ms": 1234}, times=1)
    with pytest.raises(ThrottlingException) as caught:
        account.ims("GetUser", UserPrincipalName=account.upn("alice"))
    error = caught.value
    assert (error.status_code, error.code, error.retry_after) == (400, code, 1234)
    assert "Request was denied due to" in error.message
    account.ims("GetUser", UserPrincipalName=account.upn("alice"))


def test_flow_control_says_when_to_come_again_unless_it_is_not_to(account, faults):
    account.user()
    faults.inject({"error": "Throttling.User"}, times=1)
    with pytest.raises(ThrottlingException) as caught:
        account.ims("GetUser", UserPrincipalName=account.upn("alice"))
    assert caught.value.retry_after == 1000
    # Without the header the SDK takes it for any other refusal.
    faults.inject({"error": "Throttling.User", "retry_after_ms": 0}, times=1)
    with pytest.raises(ClientException) as caught:
        account.ims("GetUser", UserPrincipalName=account.upn("alice"))
    assert caught.value.code == "Throttling.User"


def test_a_throttled_call_is_tried_again_after_the_time_it_was_told(account, faults):
    account.user()
    fault = faults.inject({"error": "Throttling.User", "retry_after_ms": 120}, times=2)
    get_user = retrying(account, codes=["Throttling.User"], max_delay=60_000)
    begun = time.monotonic()
    assert get_user().user_principal_name == account.upn("alice")
    assert time.monotonic() - begun >= 0.24
    assert faults.hits(fault) == 2


def test_a_policy_that_gives_up_tells_the_last_refusal(account, faults):
    account.user()
    fault = faults.inject({"error": "Throttling.User", "retry_after_ms": 1})
    with pytest.raises(ThrottlingException):
        retrying(account, codes=["Throttling.User"], attempts=2)()
    assert faults.hits(fault) == 2


def test_a_service_that_fails_is_asked_again_by_its_code(account, faults):
    account.user()
    faults.inject({"error": "ServiceUnavailable"}, times=2)
    assert retrying(account, codes=["ServiceUnavailable"])().user_principal_name == account.upn("alice")
    faults.inject({"error": "InternalError"}, times=1)
    with pytest.raises(ServerException) as caught:
        retrying(account, codes=["ServiceUnavailable"])()
    assert (caught.value.status_code, caught.value.code) == (500, "InternalError")


@pytest.mark.parametrize("fault", [{"drop": True}, {"truncate": 20}, {"status": 503}, {"status": 502}])
def test_what_is_no_answer_of_the_cloud_is_no_exception_of_its_own(account, faults, fault):
    account.user()
    faults.inject(fault, times=1)
    with pytest.raises(Exception) as caught:
        account.ims("GetUser", UserPrincipalName=account.upn("alice"))
    assert not isinstance(caught.value, (ClientException, ThrottlingException)), repr(caught.value)
    account.ims("GetUser", UserPrincipalName=account.upn("alice"))


def test_what_was_asked_for_is_done_though_the_answer_is_lost(account, faults):
    faults.inject({"drop": True, "after": True}, action="CreateUser", times=1)
    with pytest.raises(Exception):
        account.ims("CreateUser", UserPrincipalName=account.upn("alice"), DisplayName="Alice")
    account.ims("GetUser", UserPrincipalName=account.upn("alice"))


def test_the_legacy_sdk_reads_the_same_refusal(account, faults):
    account.user()
    faults.inject({"error": "Throttling.User"}, times=1)
    legacy = account.server.legacy("ram", account.root)
    with pytest.raises(Exception) as caught:
        legacy("GetUser", UserName="alice")
    assert (caught.value.get_http_status(), caught.value.get_error_code()) == (400, "Throttling.User")
    legacy("GetUser", UserName="alice")


def test_a_new_user_is_not_seen_at_once(account, faults):
    account.clock.freeze()
    faults.inject({"unseen_seconds": 30}, action="*")
    account.ims("CreateUser", UserPrincipalName=account.upn("alice"), DisplayName="Alice")
    for operation in ("GetUser", "DeleteUser"):
        with refused("EntityNotExist.User"):
            account.ims(operation, UserPrincipalName=account.upn("alice"))
    assert account.ims("ListUsers")["Users"]["User"] == []
    account.clock.advance(seconds=31)
    account.ims("GetUser", UserPrincipalName=account.upn("alice"))


def test_a_new_key_is_not_known_at_once(account, faults):
    account.clock.freeze()
    user = account.user()
    faults.inject({"unseen_seconds": 30, "kinds": ["access-key"]}, action="*")
    sts = user.caller("sts")
    with refused("InvalidAccessKeyId.NotFound"):
        sts("GetCallerIdentity")
    account.clock.advance(seconds=31)
    assert sts("GetCallerIdentity")["AccountId"] == account.id
