"""Runs last: of all the secrets of the whole run, none may stand in the log or in the journal."""

import json
from urllib.parse import quote

from known_secrets import all_journals, leaks
from support.world import password
from test_detections import Events


def test_the_search_itself_finds_what_it_looks_for():
    assert leaks(f"Password={quote(password())}") == ["password"]


def test_the_log_holds_no_secret(server, account):
    account.user("alice", password())
    log = server.log_path.read_text(errors="replace")
    assert log, "the server wrote nothing at all, so nothing is proven"
    assert leaks(log) == []


def test_the_journals_hold_no_secret(account):
    secret = password()
    user = account.user("alice", secret)
    account.iam.update_account_password_policy(AllowUsersToChangePassword=True)
    user.iam.change_password(OldPassword=secret, NewPassword=password())
    journal = account.journal()
    assert "ChangePassword" in journal, "the journal is empty, so nothing is proven"
    events = json.dumps(account.events())
    assert "ChangePassword" in events, "there are no events, so nothing is proven"
    assert leaks("\n".join([journal, events, *all_journals()])) == []


def test_the_stream_holds_no_secret(account):
    secret = password()
    user = account.user("alice", secret)
    account.sign_in("alice", secret)
    account.sign_in("alice", password())
    account.iam.create_access_key(UserName=user.name)
    path = f"/_sesame/requests/stream?account={account.id}&since=2000-01-01T00:00:00Z"
    seen = []
    for _, _, entry in Events(account.server, path):
        seen.append(json.dumps(entry))
        if entry["action"] == "CreateAccessKey":
            break
    assert "ConsoleLogin" in "".join(seen)
    assert leaks("\n".join(seen)) == []
