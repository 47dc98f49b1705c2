"""The server under test and what a tester may do with it: accounts, clocks, sign-ins, sessions, the journal."""

import datetime
import functools
import itertools
import json
import uuid
from dataclasses import dataclass

import pyotp
from sesame_server import Clock, RunningServer, format_time, parse_time

from . import known_secrets
from .callers import LegacyCaller, SdkCaller

# without it, or a policy that says the same, RAM lets no one take on a role that trusts him
TAKE_ROLES = "AliyunSTSAssumeRoleAccess"
_counter = itertools.count(1)


def password():
    """A password that no other test uses: all four classes, 20 characters, not a user's name."""
    return known_secrets.remember(f"Pw-{uuid.uuid4().hex[:12]}-Xz{next(_counter) % 90 + 10}", "password")


def as_json_text(document):
    return json.dumps(document, separators=(",", ":"))


@dataclass(frozen=True)
class Key:
    """An access key, or the key, secret and token of a role session."""

    id: str
    secret: str
    token: str | None = None


class Server(RunningServer):
    """One running server, as callers of Alibaba Cloud see it."""

    def caller(self, api, key, algorithm=None):
        return SdkCaller(api, self.endpoint, key, algorithm)

    def legacy(self, api, key, method="POST", form=False):
        return LegacyCaller(api, self.endpoint, key, method, form)

    def account(self):
        return Account(self, self.ask("POST", "/_sesame/accounts", {"cloud": "alibaba"}))


class Account:
    """A private world: nothing in it is shared with another test."""

    def __init__(self, server, made):
        self.server, self.id = server, made["id"]
        root = made["root"]
        self.root = Key(root["access_key_id"], known_secrets.remember(root["access_key_secret"], "root secret"))
        self.made = made
        self.clock = Clock(server, self.id)

    @functools.cached_property
    def ims(self):
        return self.server.caller("ims", self.root)

    @functools.cached_property
    def ram(self):
        return self.server.caller("ram", self.root)

    @functools.cached_property
    def sts(self):
        return self.server.caller("sts", self.root)

    @property
    def domain(self):
        return self.made["domain"]

    def upn(self, name):
        return f"{name}@{self.domain}"

    def user(self, name="alice", password=None, **profile):
        """A new user; with a password also the login profile."""
        made = self.ims("CreateUser", UserPrincipalName=self.upn(name), DisplayName=name.title())["User"]
        user = User(self, name, made["UserId"])
        if password is not None:
            user.gets_login_profile(password, **profile)
        return user

    def set_password_policy(self, **changes):
        return self.ims("SetPasswordPolicy", **changes)["PasswordPolicy"]

    def relax_password_policy(self, **changes):
        """Switch every rule off but those given, whatever a new account starts with."""
        off = dict(
            MinimumPasswordLength=8,
            RequireLowercaseCharacters=False,
            RequireUppercaseCharacters=False,
            RequireNumbers=False,
            RequireSymbols=False,
            HardExpire=False,
            MaxLoginAttemps=0,
            PasswordReusePrevention=0,
            MaxPasswordAge=0,
            MinimumPasswordDifferentCharacter=0,
            PasswordNotContainUserName=False,
            InitialPasswordAge=14,
            InterceptRiskPasswordOnApi=False,
        )
        return self.set_password_policy(**{**off, **changes})

    def set_preference(self, **changes):
        return self.ims("SetSecurityPreference", **changes)["SecurityPreference"]

    def role(self, name="auditor", trusts=None, **more):
        """A role that the given ARN may assume, by default the whole account."""
        document = trust_policy(trusts or f"acs:ram::{self.id}:root")
        return self.ram("CreateRole", RoleName=name, AssumeRolePolicyDocument=document, **more)["Role"]

    def policy(self, name, *statements):
        """A new policy of the account; what names it in calls."""
        document = as_json_text({"Version": "1", "Statement": list(statements)})
        self.ram("CreatePolicy", PolicyName=name, PolicyDocument=document)
        return {"PolicyName": name, "PolicyType": "Custom"}

    def gives(self, policy, **owner):
        """Attach a policy, as in `gives(policy, RoleName="auditor")`; a text names one of the cloud's."""
        named = {"PolicyName": policy, "PolicyType": "System"} if isinstance(policy, str) else policy
        [kind] = owner
        self.ram(f"AttachPolicyTo{kind.removesuffix('Name')}", **owner, **named)

    def sign_in(self, user, password, account=True, **more):
        """A sign-in, whatever comes of it."""
        body = {"cloud": "alibaba", "user": user, "password": password, **more}
        for secret in (password, more.get("new_password")):
            if secret:
                known_secrets.remember(secret, "password of a sign-in")
        if account:
            body["account"] = self.id
        return self.server.control("POST", "/_sesame/sign-in", body)

    def sessions(self, user=None):
        query = f"?account={self.id}" + (f"&user={user}" if user else "")
        return self.server.ask("GET", f"/_sesame/sessions{query}")["sessions"]

    def session(self, session_id):
        return self.server.ask("GET", f"/_sesame/sessions/{session_id}")

    def journal(self, **filters):
        query = "".join(f"&{name}={value}" for name, value in filters.items())
        return self.server.control("GET", f"/_sesame/requests?account={self.id}{query}").text

    def delete(self):
        known_secrets.remember_journal(self.journal(limit=1000))
        events = f"/_sesame/events?format=actiontrail&account={self.id}"
        known_secrets.remember_journal(self.server.control("GET", events).text)
        self.server.ask("DELETE", f"/_sesame/accounts/{self.id}")


class User:
    """A RAM user as the tests see one."""

    def __init__(self, account, name, user_id):
        self.account, self.name, self.id = account, name, user_id

    @property
    def upn(self):
        return self.account.upn(self.name)

    @property
    def arn(self):
        return f"acs:ram::{self.account.id}:user/{self.name}"

    def may(self, *statements, name="own"):
        """Give the user these statements as a policy."""
        self.account.gives(self.account.policy(f"{self.name}-{name}", *statements), UserName=self.name)
        return self

    def takes_roles(self):
        """Let the user take on whatever role trusts him."""
        self.account.gives(TAKE_ROLES, UserName=self.name)
        return self

    def gets_login_profile(self, password, **profile):
        return self.account.ims("CreateLoginProfile", UserPrincipalName=self.upn, Password=password, **profile)[
            "LoginProfile"
        ]

    def gets_reset(self, password=None, **changes):
        """An administrator changes the login profile."""
        if password is not None:
            changes["Password"] = password
        return self.account.ims("UpdateLoginProfile", UserPrincipalName=self.upn, **changes)["LoginProfile"]

    def profile(self):
        return self.account.ims("GetLoginProfile", UserPrincipalName=self.upn)["LoginProfile"]

    def new_key(self):
        made = self.account.ims("CreateAccessKey", UserPrincipalName=self.upn)["AccessKey"]
        return Key(made["AccessKeyId"], made["AccessKeySecret"])

    def caller(self, api="ims", key=None):
        """The user calling a service with this key, or with one that he keeps for it."""
        return self.account.server.caller(api, key or self._kept_key)

    @functools.cached_property
    def _kept_key(self):
        return self.new_key()

    def changes_password(self, old, new, api="ims", key=None):
        return self.caller(api, key)("ChangePassword", OldPassword=old, NewPassword=new)

    def tries(self, password, **more):
        return self.account.sign_in(self.name, password, **more)

    def signs_in(self, password, **more):
        """Signing in has to succeed; the session as the server lists it."""
        reply = self.tries(password, **more)
        assert reply.status == 200, f"{self.name} was to sign in: {reply.status} {reply.text}"
        assert reply.body["outcome"] == "signed-in", f"{self.name} was to sign in: {reply.text}"
        made = reply.body["session"]
        session = self.account.session(made["id"])
        assert session["id"] == made["id"]
        assert parse_time(session["expires_at"]) == parse_time(made["expires_at"])
        assert session["state"] == "active"
        return session

    def is_refused(self, reason, password, **more):
        """Signing in has to be refused for this reason."""
        reply = self.tries(password, **more)
        assert reply.status == 403, f"{reason} was expected: {reply.status} {reply.text}"
        assert reply.body["outcome"] == "refused", reply.text
        assert reply.body["reason"] == reason, f"{reason} was expected: {reply.text}"
        assert "session" not in reply.body
        return reply.body

    def is_asked(self, outcome, password, **more):
        """Signing in has to stop at a challenge: `mfa-required`, `mfa-bind-required` or `password-reset-required`."""
        reply = self.tries(password, **more)
        assert reply.status == 200, f"{outcome} was expected: {reply.status} {reply.text}"
        assert reply.body["outcome"] == outcome, f"{outcome} was expected: {reply.text}"
        assert not reply.body.get("session"), f"no session may come with {outcome}: {reply.text}"
        return reply.body

    def session_after(self, session):
        return self.account.session(session["id"])

    def binds_device(self, name="phone"):
        """Make a virtual device and bind it with two consecutive codes at the account's clock."""
        made = self.account.ims("CreateVirtualMFADevice", VirtualMFADeviceName=name)["VirtualMFADevice"]
        device = Device(self.account, made["SerialNumber"], made["Base32StringSeed"])
        first, second = device.two_codes()
        self.account.ims(
            "BindMFADevice",
            UserPrincipalName=self.upn,
            SerialNumber=device.serial,
            AuthenticationCode1=first,
            AuthenticationCode2=second,
        )
        return device

    def shown_code(self):
        """The code that the tester's endpoint says the device shows."""
        answer = self.account.server.ask("GET", f"/_sesame/users/alibaba/{self.account.id}/{self.name}/totp")
        return answer["code"]


class Device:
    """A virtual MFA device in a person's hand."""

    def __init__(self, account, serial, seed):
        self.account, self.serial, self.seed = account, serial, seed
        self._totp = pyotp.TOTP(seed)

    def code(self, seconds_from_now=0):
        moment = self.account.clock.now() + datetime.timedelta(seconds=seconds_from_now)
        return self._totp.at(moment)

    def two_codes(self):
        """The code that has just gone and the one shown now."""
        now = self.account.clock.now()
        return self._totp.at(now - datetime.timedelta(seconds=30)), self._totp.at(now)

    def wrong_code(self):
        """Six digits that the device shows at no time near now."""
        near = {self.code(30 * step) for step in range(-6, 7)}
        return next(code for code in ("000000", "111111", "222222", "333333") if code not in near)


def trust_policy(principal, **condition):
    statement = {"Action": "sts:AssumeRole", "Effect": "Allow", "Principal": {"RAM": [principal]}}
    if condition:
        statement["Condition"] = condition
    return as_json_text({"Statement": [statement], "Version": "1"})


def allow(*actions, resource="*", **more):
    return {"Effect": "Allow", "Action": list(actions), "Resource": resource, **more}


def deny(*actions, resource="*", **more):
    return {"Effect": "Deny", "Action": list(actions), "Resource": resource, **more}
