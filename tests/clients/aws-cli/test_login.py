"""`aws login`: a person's browser, played by a script, and the credentials that the CLI then has and renews."""

import base64
import hashlib
import json
import os
import stat
import subprocess
import sys
import time
from datetime import datetime, timedelta, timezone

import pytest

PASSWORD = "&1-3a6u:RA0djs"
OLDEST = (2, 32)

# Opens the page, fills in its form and goes where the answer leads.
BROWSER = """#!{python}
import html.parser, http.client, os, sys, urllib.parse

class Form(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.fields, self.action = {{}}, None
    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "form":
            self.action = attributes["action"]
        if tag == "input":
            self.fields[attributes["name"]] = attributes.get("value") or ""

def ask(method, url, body=None):
    where = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(where.netloc, timeout=30)
    headers = {{"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://{{where.netloc}}"}} if body else {{}}
    connection.request(method, f"{{where.path}}?{{where.query}}".rstrip("?"), body, headers)
    answer = connection.getresponse()
    return answer, answer.read().decode()

url = sys.argv[1]
answer, page = ask("GET", url)
assert answer.status == 200, page
form = Form()
form.feed(page)
form.fields.update(account={account!r}, user="Bob", password={password!r})
answer, page = ask("POST", urllib.parse.urljoin(url, form.action), urllib.parse.urlencode(form.fields))
assert answer.status == 303, page
answer, page = ask("GET", urllib.parse.urljoin(url, answer.headers["Location"]))
assert answer.status == 200, page
open({shown!r}, "w").write(page)
"""


@pytest.fixture
def bob(cli):
    """A shell without keys whose person can sign in as Bob."""
    said = subprocess.run([cli.program, "--version"], capture_output=True, text=True, timeout=60).stdout
    version = said.split()[0].partition("/")[2].split(".")
    if tuple(int(part) for part in version[:2]) < OLDEST:
        pytest.skip("this CLI has no `aws login`")
    cli("iam", "create-user", "--user-name", "Bob")
    cli("iam", "create-login-profile", "--user-name", "Bob", "--password", PASSWORD)
    for policy in ("SignInLocalDevelopmentAccess", "IAMReadOnlyAccess"):
        attach = ("iam", "attach-user-policy", "--user-name", "Bob", "--policy-arn", f"arn:aws:iam::aws:policy/{policy}")
        cli(*attach)
    script = cli.folder / "browser"
    shown = cli.folder / "shown.html"
    text = BROWSER.format(python=sys.executable, account=cli.account, password=PASSWORD, shown=str(shown))
    script.write_text(text)
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    shell = cli.holding({"AccessKeyId": "x", "SecretAccessKey": "unused-secret"})
    del shell.environment["AWS_ACCESS_KEY_ID"], shell.environment["AWS_SECRET_ACCESS_KEY"]
    # In the background: the CLI answers its callback only once the browser was started.
    shell.environment["BROWSER"] = f"{script} %s &"
    # not for the CLI's own proxy of a person's machine
    shell.environment["NO_PROXY"] = shell.environment["no_proxy"] = "127.0.0.1"
    return shell


def cache(shell):
    """The one file that the CLI keeps of the sign-in."""
    [file] = (shell.folder / ".aws/login/cache").glob("*.json")
    return file


def advance(shell, seconds):
    """Moves the account's clock."""
    path = f"/_sesame/clock/advance?account={shell.account}"
    shell.server.control("POST", path, {"seconds": seconds})


def grow_old(shell):
    """Makes the CLI believe that its credentials are about to expire."""
    kept = json.loads(cache(shell).read_text())
    soon = datetime.now(timezone.utc) + timedelta(minutes=1)
    kept["accessToken"]["expiresAt"] = soon.strftime("%Y-%m-%dT%H:%M:%SZ")
    cache(shell).write_text(json.dumps(kept))


def log_in(shell, *more):
    done = shell.run("login", "--profile", "bob", *more)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_person_logs_in_with_a_browser(bob):
    arn = f"arn:aws:iam::{bob.account}:user/Bob"
    assert f"Updated profile bob to use {arn} credentials." in log_in(bob)
    assert f"login_session = {arn}" in (bob.folder / ".aws/config").read_text()
    kept = json.loads(cache(bob).read_text())
    assert cache(bob).stem == hashlib.sha256(arn.encode()).hexdigest()
    assert (kept["tokenType"], kept["accessToken"]["accountId"]) == ("aws_sigv4", bob.account)
    identity = bob("sts", "get-caller-identity", "--profile", "bob")
    assert (identity["Account"], identity["Arn"]) == (bob.account, arn)
    assert bob("iam", "get-user", "--profile", "bob")["User"]["UserName"] == "Bob"
    bob.refused(
        "AccessDenied",
        f"User: {arn} is not authorized to perform: iam:CreateUser",
        *("iam", "create-user", "--user-name", "Eve", "--profile", "bob"),
    )


def test_credentials_are_renewed_before_they_expire(bob, cli):
    log_in(bob)
    first = json.loads(cache(bob).read_text())
    advance(bob, 840)
    grow_old(bob)
    identity = bob("sts", "get-caller-identity", "--profile", "bob")
    assert identity["Arn"].endswith(":user/Bob")
    second = json.loads(cache(bob).read_text())
    assert second["accessToken"]["accessKeyId"] != first["accessToken"]["accessKeyId"]
    assert second["refreshToken"] != first["refreshToken"]
    # those of the first sign-in are over, the renewed are not
    advance(bob, 60)
    old = {name[0].upper() + name[1:]: value for name, value in first["accessToken"].items()}
    cli.holding(old).refused(
        "ExpiredToken", "The security token included in the request is expired", "sts", "get-caller-identity"
    )
    bob("sts", "get-caller-identity", "--profile", "bob")


def test_a_new_password_asks_for_a_new_login(bob, cli):
    log_in(bob)
    cli("iam", "update-login-profile", "--user-name", "Bob", "--password", "An-0ther-&-better1")
    bob("sts", "get-caller-identity", "--profile", "bob")
    grow_old(bob)
    done = bob.run("sts", "get-caller-identity", "--profile", "bob")
    assert done.returncode != 0 and "aws login" in done.stderr, done.stdout + done.stderr


def test_who_may_not_is_told_so(bob, cli):
    policy = "arn:aws:iam::aws:policy/SignInLocalDevelopmentAccess"
    log_in(bob)
    cli("iam", "detach-user-policy", "--user-name", "Bob", "--policy-arn", policy)
    grow_old(bob)
    done = bob.run("sts", "get-caller-identity", "--profile", "bob")
    assert done.returncode != 0 and "permission" in done.stderr.lower(), done.stdout + done.stderr


def test_a_code_is_carried_over_from_another_machine(bob):
    command = [bob.program, "login", "--profile", "bob", "--remote"]
    told = bob.folder / "told.txt"
    with told.open("w") as out:
        running = subprocess.Popen(
            command, cwd=bob.folder, env=bob.environment | {"PYTHONUNBUFFERED": "1"}, stdin=subprocess.PIPE, stdout=out,
            stderr=subprocess.STDOUT, text=True,
        )
    try:
        url = None
        for _ in range(300):
            words = told.read_text().split()
            url = next((word for word in words if "/v1/authorize?" in word and "code_challenge=" in word), None)
            if url or running.poll() is not None:
                break
            time.sleep(0.1)
        assert url, told.read_text()
        subprocess.run([str(bob.folder / "browser"), url], check=True, timeout=60)
        page = (bob.folder / "shown.html").read_text()
        code = page.partition("<output>")[2].partition("</output>")[0]
        assert base64.b64decode(code).startswith(b"state=")
        running.communicate(code + os.linesep, timeout=60)
    finally:
        running.kill()
    assert running.returncode == 0, told.read_text()
    assert bob("sts", "get-caller-identity", "--profile", "bob")["Arn"].endswith(":user/Bob")
