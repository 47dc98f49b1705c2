"""Runs last: of all the secrets of the whole run, none may stand in the log or in the journal."""

import json
from urllib.parse import quote, quote_plus

from support import known_secrets
from support.handmade import encode
from support.world import password


def spellings(secret):
    """A secret as it would look in text, in a query and in JSON."""
    return {secret, quote(secret), quote_plus(secret), encode(secret), json.dumps(secret)[1:-1]}


def leaks(text):
    return sorted(
        {kind for secret, kind in known_secrets.all_secrets().items() if any(s in text for s in spellings(secret))}
    )


def test_the_search_itself_finds_what_it_looks_for():
    secret = password()
    assert leaks(f"Password={quote(secret)}") == ["password"]


def test_the_log_holds_no_secret(server, account):
    secret = password()
    account.user(password=secret).signs_in(secret)
    log = server.log_path.read_text(errors="replace")
    assert log, "the server wrote nothing at all, so nothing is proven"
    assert leaks(log) == []


def test_the_journal_holds_no_secret(server, account):
    secret = password()
    user = account.user(password=secret)
    user.changes_password(secret, password())
    account.clock.freeze()
    user.binds_device()
    journal = server.control("GET", "/_sesame/requests?limit=1000").text
    assert "ChangePassword" in journal, "the journal is empty, so nothing is proven"
    assert leaks(journal) == []


def test_no_journal_of_the_run_held_a_secret():
    assert leaks("\n".join(known_secrets.all_journals())) == []
