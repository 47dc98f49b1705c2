"""Refusals: the code, the class and the status that the SDK's service model gives it, and the message."""

import re

import botocore.session
import pytest
from botocore.exceptions import ClientError

MODELS = [botocore.session.get_session().get_service_model(name) for name in ("iam", "sts")]
# codes that no service model lists
UNMODELLED = {
    "ValidationError": 400,
    "InvalidAction": 400,
    "MissingAction": 400,
    "InvalidParameterValue": 400,
    "IncompleteSignature": 400,
    "AccessDenied": 403,
    "SignatureDoesNotMatch": 403,
    "InvalidClientTokenId": 403,
    "MissingAuthenticationToken": 403,
    "ExpiredToken": 403,
}


def expected(code):
    """The HTTP status and the name of the class of a code."""
    if code in UNMODELLED:
        return UNMODELLED[code], "ClientError"
    for model in MODELS:
        shape = model.shape_for_error_code(code)
        if shape is not None:
            return shape.metadata["error"]["httpStatusCode"], shape.name
    raise KeyError(f"no expectation for {code}: add it to UNMODELLED")


class refused:
    """`with refused("NoSuchEntity", "The user ..."): call(..)` fails unless exactly that refusal comes.

    The message is a text, a compiled pattern, or left out; several are given where sources differ.
    """

    def __init__(self, code, *messages, status=None):
        self.code, self.messages = code, messages
        self.status, self.kind = expected(code) if status is None else (status, None)
        self.message = None

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if kind is None:
            pytest.fail(f"the call went through, {self.code} was expected")
        if not isinstance(error, ClientError):
            return False
        if error.response["Error"].get("Code") == "NotImplemented" != self.code:
            return False
        seen = error.response["Error"].get("Code"), error.response["ResponseMetadata"]["HTTPStatusCode"]
        self.message = error.response["Error"].get("Message", "")
        assert seen == (self.code, self.status), f"{self.code} {self.status} was expected, not {seen} {self.message!r}"
        assert self.kind in (None, type(error).__name__), f"{self.kind} was expected, not {type(error).__name__}"
        if self.messages:
            assert any(_fits(text, self.message) for text in self.messages), (
                f"none of {self.messages!r} is {self.message!r}"
            )
        return True


def _fits(text, message):
    return bool(text.fullmatch(message)) if isinstance(text, re.Pattern) else text == message


class invalid(refused):
    """`with invalid("userName", "Member must not be null"): ..`: ValidationError of one or several failures."""

    def __init__(self, *pairs):
        if isinstance(pairs[0], str):
            pairs = (pairs,)
        failures = "; ".join(f"Value at '{field}' failed to satisfy constraint: {text}" for field, text in pairs)
        noun = "error" if len(pairs) == 1 else "errors"
        super().__init__("ValidationError", f"{len(pairs)} validation {noun} detected: {failures}")


def at_most(length):
    return f"Member must have length less than or equal to {length}"


def at_least(length):
    return f"Member must have length greater than or equal to {length}"


def value_at_most(number):
    return f"Member must have value less than or equal to {number}"


def value_at_least(number):
    return f"Member must have value greater than or equal to {number}"


def pattern(text):
    return f"Member must satisfy regular expression pattern: {text}"


class denied(refused):
    """`with denied(caller_arn, "iam:ListUsers"): ..`: nothing allows the action."""

    def __init__(self, arn, action, because="no identity-based policy allows"):
        head = f"User: {arn} is not authorized to perform: {action}"
        text = re.escape(head) + r"( on resource: .+)? because " + re.escape(f"{because} the {action} action")
        super().__init__("AccessDenied", re.compile(text))


class denied_by(refused):
    """`with denied_by(caller_arn, "iam:ListUsers", "an identity-based policy"): ..`: a statement denies the action."""

    def __init__(self, arn, action, layer="an identity-based policy"):
        head = re.escape(f"User: {arn} is not authorized to perform: {action}")
        text = head + r"( on resource: .+)? with an explicit deny in " + re.escape(layer) + r"(: \S+)?"
        super().__init__("AccessDenied", re.compile(text))
