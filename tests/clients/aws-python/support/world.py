"""The server as AWS clients see it: accounts, users, roles, keys and the devices in people's hands."""

import datetime
import functools
import itertools
import json
import secrets
import uuid
from dataclasses import dataclass

import boto3
import known_secrets
import pyotp
import pytest
from botocore.config import Config
from sesame_server import Clock, RunningServer

from . import shapes

BOB_PASSWORD = "&1-3a6u:RA0djs"
REGION = "us-east-1"
_counter = itertools.count(1)
_session = boto3.session.Session(region_name=REGION)
_config = Config(retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=20)


def password():
    """A password that no other test uses: all four classes, 20 characters."""
    return known_secrets.remember(f"Pw-{uuid.uuid4().hex[:12]}-Xz{next(_counter) % 90 + 10}", "password")


@dataclass(frozen=True)
class Key:
    """An access key, or the key, secret and token of temporary credentials."""

    id: str
    secret: str
    token: str | None = None

    @classmethod
    def of(cls, made):
        """From what CreateAccessKey or an STS operation answered."""
        return cls(made["AccessKeyId"], made["SecretAccessKey"], made.get("SessionToken"))


class Server(RunningServer):
    """One running server, as AWS clients see it."""

    def client(self, service, key, checked=True, **config):
        """A boto3 client. Unless `checked`, the SDK does not look at parameters before it sends them."""
        client = _session.client(
            service,
            endpoint_url=f"http://{self.endpoint}",
            aws_access_key_id=key.id,
            aws_secret_access_key=key.secret,
            aws_session_token=key.token,
            config=_config.merge(Config(parameter_validation=checked, **config)),
        )
        shapes.watch(client)
        client.meta.events.register("after-call", lambda parsed, **_: known_secrets.remember_answer(parsed))
        client.meta.events.register("provide-client-params", _note_passwords)
        return client

    def account(self):
        """An account that no one has used yet: it comes into being when its number is first used as a key."""
        return Account(self, str(secrets.randbelow(9 * 10**11) + 10**11))


def _note_passwords(params, **_):
    for name in ("Password", "OldPassword", "NewPassword"):
        if isinstance(params.get(name), str):
            known_secrets.remember(params[name], f"{name} of a request")


class Account:
    """A private world: nothing in it is shared with another test."""

    def __init__(self, server, account_id):
        self.server, self.id = server, account_id
        self.root = Key(account_id, "any-secret-will-do")

    @functools.cached_property
    def iam(self):
        return self.server.client("iam", self.root)

    @functools.cached_property
    def raw(self):
        """IAM without the SDK's own validation."""
        return self.server.client("iam", self.root, checked=False)

    @functools.cached_property
    def sts(self):
        return self.server.client("sts", self.root)

    @functools.cached_property
    def clock(self):
        self.sts.get_caller_identity()
        return Clock(self.server, self.id)

    def arn(self, resource, service="iam"):
        return f"arn:aws:{service}::{self.id}:{resource}"

    @property
    def root_arn(self):
        return self.arn("root")

    def user(self, name="alice", password=None, **profile):
        """A new user; with a password also the login profile."""
        self.iam.create_user(UserName=name)
        user = User(self, name)
        if password is not None:
            self.iam.create_login_profile(UserName=name, Password=password, **profile)
        return user

    def role(self, name="ops", trusts=None, **more):
        document = as_json(trust(trusts or self.root_arn))
        return self.iam.create_role(RoleName=name, AssumeRolePolicyDocument=document, **more)["Role"]

    def policy(self, name="reader", document=None, **more):
        made = self.iam.create_policy(
            PolicyName=name, PolicyDocument=as_json(document or policy(allow("iam:Get*"))), **more
        )
        return made["Policy"]["Arn"]

    def sign_in(self, user, password, **more):
        """A sign-in, whatever comes of it."""
        for secret in (password, more.get("new_password")):
            known_secrets.remember(secret, "password of a sign-in")
        body = {"cloud": "aws", "account": self.id, "user": user, "password": password, **more}
        reply = self.server.control("POST", "/_sesame/sign-in", body)
        return reply

    def outcome(self, user, password, **more):
        """What a sign-in comes to: its outcome, or the reason of its refusal."""
        body = self.sign_in(user, password, **more).body
        return body.get("reason") or body["outcome"]

    def session(self, session_id):
        return self.server.ask("GET", f"/_sesame/sessions/{session_id}")

    def journal(self):
        return self.server.control("GET", f"/_sesame/requests?account={self.id}&limit=1000").text

    def events(self, **filters):
        """The account's records as CloudTrail has them."""
        query = "".join(f"&{name}={value}" for name, value in filters.items())
        return self.server.ask("GET", f"/_sesame/events?format=cloudtrail&account={self.id}{query}")["Records"]

    def delete(self):
        known_secrets.remember_journal(self.journal() + json.dumps(self.events()))
        self.server.control("DELETE", f"/_sesame/accounts/{self.id}")


class User:
    """An IAM user as the tests see one."""

    def __init__(self, account, name):
        self.account, self.name = account, name

    @property
    def arn(self):
        return self.account.arn(f"user/{self.name}")

    @functools.cached_property
    def key(self):
        return self.new_key()

    def new_key(self):
        return Key.of(self.account.iam.create_access_key(UserName=self.name)["AccessKey"])

    def client(self, service="iam", key=None, **more):
        return self.account.server.client(service, key or self.key, **more)

    @functools.cached_property
    def iam(self):
        return self.client("iam")

    @functools.cached_property
    def sts(self):
        return self.client("sts")

    def may(self, *statements, name="inline"):
        """Give the user these statements as an inline policy."""
        document = as_json(policy(*statements))
        self.account.iam.put_user_policy(UserName=self.name, PolicyName=name, PolicyDocument=document)
        return self

    def binds_device(self, name="phone"):
        """Make a virtual device and enable it with two consecutive codes at the account's clock."""
        device = Device.make(self.account, name)
        first, second = device.two_codes()
        self.account.iam.enable_mfa_device(
            UserName=self.name,
            SerialNumber=device.serial,
            AuthenticationCode1=first,
            AuthenticationCode2=second,
        )
        return device


class Device:
    """A virtual MFA device in a person's hand."""

    def __init__(self, account, made):
        self.account, self.serial = account, made["SerialNumber"]
        self._totp = pyotp.TOTP(made["Base32StringSeed"].decode())

    @classmethod
    def make(cls, account, name="phone", **more):
        made = account.iam.create_virtual_mfa_device(VirtualMFADeviceName=name, **more)
        return cls(account, made["VirtualMFADevice"])

    def code(self, seconds_from_now=0):
        return self._totp.at(self.account.clock.now() + datetime.timedelta(seconds=seconds_from_now))

    def two_codes(self):
        """The code that has just gone and the one shown now."""
        now = self.account.clock.now()
        return self._totp.at(now - datetime.timedelta(seconds=30)), self._totp.at(now)

    def wrong_codes(self):
        """Two codes that the device shows at no time near now."""
        near = {self.code(30 * step) for step in range(-6, 7)}
        return [code for code in ("000000", "111111", "222222", "333333") if code not in near][:2]


def as_json(document):
    return json.dumps(document, separators=(",", ":"))


def policy(*statements):
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(*actions, resource="*", **more):
    return {"Effect": "Allow", "Action": list(actions), "Resource": resource, **more}


def deny(*actions, resource="*", **more):
    return {"Effect": "Deny", "Action": list(actions), "Resource": resource, **more}


def trust(principal, action="sts:AssumeRole", kind="AWS", **condition):
    """A trust policy for one principal."""
    statement = {"Effect": "Allow", "Principal": {kind: principal}, "Action": action}
    if condition:
        statement["Condition"] = condition
    return policy(statement)
