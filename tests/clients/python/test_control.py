"""What a tester may do beside the cloud's own interface."""

import datetime
import json

import pytest
from alibabacloud_tea_openapi.exceptions import ThrottlingException

from support.errors import refused
from support.world import format_time, parse_time, password


def test_the_server_is_well(server):
    health = server.ask("GET", "/_sesame/health")
    assert health["status"] == "ok"
    assert health["version"]
    assert health["store"] in ("sqlite", "postgres")


def test_a_new_account_is_ready_to_use(account):
    assert account.made["cloud"] == "alibaba"
    assert len(account.id) == 16 and account.id.isdigit()
    assert account.domain == f"{account.id}.onaliyun.com"
    assert account.id in account.server.control("GET", "/_sesame/accounts").text


def test_a_dropped_account_takes_its_keys_along(server):
    account = server.account()
    sts = account.user().caller("sts")
    account.delete()
    with refused("InvalidAccessKeyId.NotFound"):
        sts("GetCallerIdentity")
    assert account.id not in server.control("GET", "/_sesame/accounts").text


def test_a_reset_account_is_empty_again(account):
    secret = password()
    account.user(password=secret).signs_in(secret)
    assert account.server.control("POST", f"/_sesame/accounts/{account.id}/reset").status == 204
    assert account.sessions() == []
    assert account.ims("ListUsers")["Users"]["User"] == []


def test_a_frozen_clock_stands_still_until_it_is_moved(account):
    now = account.clock.freeze()
    query = f"?account={account.id}"
    shown = account.server.ask("GET", f"/_sesame/clock{query}")
    assert (shown["mode"], parse_time(shown["now"])) == ("frozen", now)
    moved = account.server.ask("POST", f"/_sesame/clock/advance{query}", {"by": "P14D"})
    assert parse_time(moved["now"]) == now + datetime.timedelta(days=14)
    back = account.server.ask("PUT", f"/_sesame/clock{query}", {"mode": "system"})
    assert back is None or back["mode"] == "system"
    difference = account.clock.now() - datetime.datetime.now(datetime.timezone.utc)
    assert abs(difference.total_seconds()) < 5


def test_an_advanced_clock_runs_on(account):
    before = account.clock.now()
    after = account.clock.advance(hours=5)
    assert datetime.timedelta(0) <= after - before - datetime.timedelta(hours=5) < datetime.timedelta(seconds=5)
    assert account.server.ask("GET", f"/_sesame/clock?account={account.id}")["mode"] == "offset"


def test_sessions_are_listed_with_all_they_are(account):
    secret = password()
    user = account.user(password=secret)
    now = account.clock.freeze()
    session = user.signs_in(secret)
    listed = account.sessions("alice")
    assert [item["id"] for item in listed] == [session["id"]]
    item = listed[0]
    assert (item["kind"], item["cloud"], item["account"]) == ("console", "alibaba", account.id)
    assert item["user"] in ("alice", user.upn)
    assert item["parent"] is None and item["role"] is None
    assert item["mfa_present"] is False
    assert item["state"] == "active"
    assert item["ended_because"] is None and item["ended_at"] is None
    assert item["started_at"].startswith(format_time(now)[:-1])
    assert account.sessions("bob") == []


def test_a_tester_ends_a_session(account):
    secret = password()
    user = account.user(password=secret)
    session, other = user.signs_in(secret), user.signs_in(secret)
    account.server.ask("DELETE", f"/_sesame/sessions/{session['id']}")
    ended = account.session(session["id"])
    assert (ended["state"], ended["ended_because"]) == ("revoked", "revoked")
    assert account.session(other["id"])["state"] == "active"


def test_a_session_that_never_was_is_not_found(server):
    assert server.control("GET", "/_sesame/sessions/none").status == 404


def test_the_journal_tells_what_happened(account):
    secret = password()
    user = account.user(password=secret)
    with refused("EntityAlreadyExists.User.LoginProfile"):
        user.gets_login_profile(password())
    text = account.journal(action="CreateLoginProfile")
    assert "CreateLoginProfile" in text and "CreateUser" not in text
    assert "EntityAlreadyExists.User.LoginProfile" in text
    assert user.upn in text or user.name in text
    assert secret not in text


def test_the_journal_of_one_account_is_not_anothers(account, other_account):
    account.user("alice")
    assert "CreateUser" in account.journal()
    assert "CreateUser" not in other_account.journal()


def test_a_throttled_call_is_throttled_once(account):
    rule = {"match": {"action": "ListUsers", "account": account.id}, "fault": {"error": "Throttling.User"}, "times": 1}
    account.server.ask("POST", "/_sesame/faults", rule)
    with pytest.raises(ThrottlingException) as error:
        account.ims("ListUsers")
    assert (error.value.status_code, error.value.code) == (400, "Throttling.User")
    assert error.value.retry_after is not None
    assert account.ims("ListUsers")["IsTruncated"] is False


def test_malformed_control_calls_are_refused_and_nothing_breaks(server):
    for method, path, body in (
        ("POST", "/_sesame/sign-in", {}),
        ("POST", "/_sesame/sign-in", {"cloud": "elsewhere", "user": "a", "password": "not-a-password"}),
        ("PUT", "/_sesame/clock?account=1000000000000001", {"now": "yesterday"}),
        ("POST", "/_sesame/clock/advance?account=1000000000000001", {"by": "soon"}),
        ("POST", "/_sesame/accounts", {"cloud": "elsewhere"}),
    ):
        reply = server.control(method, path, body)
        assert 400 <= reply.status < 500, (path, body, reply.status, reply.text)
    assert server.control("GET", "/_sesame/nothing-here").status == 404


def test_the_interface_describes_itself(server):
    document = server.ask("GET", "/_sesame/openapi.json")
    assert document["openapi"].startswith("3.")
    described = json.dumps(sorted(document["paths"]))
    for path in ("/_sesame/health", "/_sesame/clock", "/_sesame/sign-in", "/_sesame/sessions", "/_sesame/accounts"):
        assert path in described, path
