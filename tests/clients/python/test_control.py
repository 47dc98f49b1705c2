"""What a tester may do beside the cloud's own interface."""

import datetime

import pytest

from support.errors import refused
from support.world import Server, format_time, parse_time, password


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


def test_an_account_is_made_once_and_may_be_given_its_id(server):
    made = server.control("POST", "/_sesame/accounts", {"cloud": "alibaba"})
    try:
        assert made.status == 200
        again = server.control("POST", "/_sesame/accounts", {"cloud": "alibaba", "id": made.body["id"]})
        assert (again.status, again.body["code"]) == (409, "already-exists")
    finally:
        server.ask("DELETE", f"/_sesame/accounts/{made.body['id']}")
    again = server.control("POST", "/_sesame/accounts", {"cloud": "alibaba", "id": made.body["id"]})
    assert (again.status, again.body["id"]) == (200, made.body["id"])
    server.ask("DELETE", f"/_sesame/accounts/{made.body['id']}")


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


def test_a_key_stays_refused_when_its_account_is_reset(account):
    user = account.user()
    deleted, lost = user.caller("sts", gone := user.new_key()), user.caller("sts", user.new_key())
    account.ims("DeleteAccessKey", UserPrincipalName=user.upn, UserAccessKeyId=gone.id)
    with refused("InvalidAccessKeyId.NotFound"):
        deleted("GetCallerIdentity")
    assert account.server.control("POST", f"/_sesame/accounts/{account.id}/reset").status == 204
    for sts in (deleted, lost):
        with refused("InvalidAccessKeyId.NotFound"):
            sts("GetCallerIdentity")
    assert account.sts("GetCallerIdentity")["AccountId"] == account.id


def test_a_reset_account_has_its_first_settings_again(account):
    def settings():
        return [account.ims(f"Get{name}")[name] for name in ("PasswordPolicy", "SecurityPreference")]

    first = settings()
    account.set_password_policy(MinimumPasswordLength=20)
    account.set_preference(LoginSessionDuration=9)
    account.ram("SetAccountAlias", AccountAlias=f"corp-{account.id}")
    account.clock.advance(days=100)
    assert account.server.control("POST", f"/_sesame/accounts/{account.id}/reset").status == 204
    assert settings() == first
    assert account.ram("GetAccountAlias")["AccountAlias"] == account.id
    assert account.server.ask("GET", f"/_sesame/clock?account={account.id}")["mode"] == "system"


def test_a_reset_world_is_as_it_was_in_the_beginning(tmp_path):
    server = Server(tmp_path / "server.log")
    try:
        account = server.account()
        sts = account.user().caller("sts")
        server.ask("POST", "/_sesame/clock/advance", {"by": "P1D"})
        before = {made["id"]: made for made in server.ask("GET", "/_sesame/accounts")["accounts"]}
        assert before.pop(account.id)
        assert server.control("POST", "/_sesame/reset").status == 204
        assert {made["id"]: made for made in server.ask("GET", "/_sesame/accounts")["accounts"]} == before
        assert server.ask("GET", "/_sesame/sessions")["sessions"] == []
        assert server.ask("GET", "/_sesame/requests")["requests"] == []
        assert server.ask("GET", "/_sesame/clock")["mode"] == "system"
        with refused("InvalidAccessKeyId.NotFound"):
            sts("GetCallerIdentity")
    finally:
        server.stop()


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


@pytest.mark.parametrize("path", ["explain", "nothing-here"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_control_call_that_is_not_there_is_not_found(server, method, path):
    reply = server.control(method, f"/_sesame/{path}", {} if method == "POST" else None)
    assert (reply.status, reply.body["code"]) == (404, "not-found")
