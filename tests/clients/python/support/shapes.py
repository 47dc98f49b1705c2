"""Answers are held to the shapes of the public interface: known names, right types, nothing else."""

import json
import pathlib
import re

SHAPES = json.loads((pathlib.Path(__file__).parent / "shapes.json").read_text())
UTC = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
REQUEST_ID = re.compile(r"[0-9A-F]{8}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{12}")
ERROR_MEMBERS = {"RequestId", "HostId", "Code", "Message", "Recommend"}
DENIAL_MEMBERS = {
    "AuthAction",
    "AuthPrincipalDisplayName",
    "AuthPrincipalOwnerId",
    "AuthPrincipalType",
    "EncodedDiagnosticMessage",
    "NoPermissionType",
    "PolicyType",
}


def check_answer(api, operation, answer):
    """Fail unless every member of the answer is one that the operation has, with its type."""
    _check(SHAPES[api][operation], answer, operation)
    assert REQUEST_ID.fullmatch(answer.get("RequestId", "")), f"{operation}: odd RequestId in {answer}"


def _check(shape, value, where):
    if isinstance(shape, dict):
        assert isinstance(value, dict), f"{where}: an object was expected, not {value!r}"
        unknown = set(value) - set(shape)
        assert not unknown, f"{where}: members that the cloud does not have: {sorted(unknown)}"
        for name, inner in value.items():
            _check(shape[name], inner, f"{where}.{name}")
    elif isinstance(shape, list):
        assert isinstance(value, list), f"{where}: a list was expected, not {value!r}"
        for index, inner in enumerate(value):
            _check(shape[0], inner, f"{where}[{index}]")
    elif shape.startswith("integer"):
        assert type(value) is int, f"{where}: an integer was expected, not {value!r}"
    elif shape == "boolean":
        assert type(value) is bool, f"{where}: a boolean was expected, not {value!r}"
    else:
        assert isinstance(value, str), f"{where}: a string was expected, not {value!r}"
        if shape.startswith("string(utc") and not (value == "" and where.endswith("LastUsedDate")):
            assert UTC.fullmatch(value), f"{where}: a time was expected, not {value!r}"
        if shape.startswith("string{"):
            allowed = shape[len("string{"):-1].split("|")
            assert value in allowed, f"{where}: {value!r} is none of {allowed}"


def check_error(body):
    """Fail unless the body is the cloud's error envelope."""
    assert isinstance(body, dict), f"an error object was expected, not {body!r}"
    extra = set(body) - ERROR_MEMBERS
    assert ERROR_MEMBERS <= set(body), f"the error lacks {sorted(ERROR_MEMBERS - set(body))}: {body}"
    assert extra <= {"AccessDeniedDetail"}, f"the error has unknown members {sorted(extra)}"
    assert REQUEST_ID.fullmatch(body["RequestId"]), f"odd RequestId in {body}"
    for member in ERROR_MEMBERS:
        assert isinstance(body[member], str) and body[member], f"{member} is empty in {body}"
    assert body["Recommend"].startswith("https://"), f"Recommend is no address in {body}"
    if "AccessDeniedDetail" in body:
        unknown = set(body["AccessDeniedDetail"]) - DENIAL_MEMBERS
        assert not unknown, f"AccessDeniedDetail has unknown members {sorted(unknown)}"


def has_exactly(actual, *names, maybe=()):
    """Fail unless the object has these members, all of them, and beside them at most those of `maybe`."""
    missing = set(names) - set(actual)
    extra = set(actual) - set(names) - set(maybe)
    assert not missing and not extra, f"missing {sorted(missing)}, unexpected {sorted(extra)} in {actual}"
    return actual
