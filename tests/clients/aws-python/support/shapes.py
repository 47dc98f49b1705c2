"""Answers are held to the service model that the SDK ships: known members, right types, nothing else.

The SDK's parser passes over what it does not know and forgives what is missing, so this looks at the XML itself.
"""

import datetime
import re
import xml.etree.ElementTree as ElementTree

SECONDS = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
# the reports of who used what tell of milliseconds
MILLISECONDS = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z")
REQUEST_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
UNIQUE_ID = re.compile(r"A[A-Z]{3}[A-Z2-7]{17}")
# where the model says other than the service does: a fingerprint has 47 characters, a boundary is always of this type,
# the simulator has words of its own for kinds of policies, root's id is the account's number
LENIENT = {
    "Fingerprint": {"min": 47},
    "PermissionsBoundaryType": {"enum": ["Policy"]},
    "SourcePolicyType": {"enum": ["IAM Policy", "Resource Policy", "Permissions Boundary Policy"]},
    "UserId": {"min": 12},
}
CALLED = set()
WHOLE_RUN = False


def watch(client):
    """Hold every answer that the client gets to the model."""
    client.meta.events.register("after-call", check_call)


def check_call(http_response, parsed, model, **_):
    service = model.service_model.service_name
    operation = model.name
    CALLED.add((service, operation))
    root = ElementTree.fromstring(http_response.content)
    namespace = "{" + model.metadata["xmlNamespace"] + "}"
    content_type = http_response.headers.get("Content-Type", "")
    assert content_type.startswith("text/xml"), f"{operation}: {content_type}"
    request_id = http_response.headers.get("x-amzn-RequestId", "")
    assert REQUEST_ID.fullmatch(request_id), f"{operation}: odd request id {request_id!r}"
    for element in root.iter():
        assert element.tag.startswith(namespace), f"{operation}: {element.tag} is outside {namespace}"
        element.tag = element.tag.removeprefix(namespace)
    if http_response.status_code >= 300:
        _check_error(root, operation, request_id, http_response.status_code)
    else:
        _check_answer(root, operation, request_id, model.output_shape)


def _check_error(root, operation, request_id, status):
    assert root.tag == "ErrorResponse", f"{operation}: an error in <{root.tag}>"
    assert root.findtext("RequestId") == request_id, f"{operation}: header and body name different requests"
    assert {child.tag for child in root} == {"Error", "RequestId"}
    error = root.find("Error")
    assert {child.tag for child in error} <= {"Type", "Code", "Message", "Detail"}
    assert error.findtext("Type") == ("Sender" if status < 500 else "Receiver")
    assert error.findtext("Code")


def _check_answer(root, operation, request_id, shape):
    assert root.tag == f"{operation}Response"
    assert root.findtext("ResponseMetadata/RequestId") == request_id, f"{operation}: header and body differ"
    expected = ["ResponseMetadata"] if shape is None else [f"{operation}Result", "ResponseMetadata"]
    assert [child.tag for child in root] == expected, f"{operation}: {[child.tag for child in root]}"
    if shape is not None:
        _check(shape, root.find(f"{operation}Result"), operation)


def _check(shape, element, where):
    kind = shape.type_name
    if kind == "structure":
        _check_structure(shape, element, where)
    elif kind == "list":
        for child in element:
            assert child.tag == shape.member.serialization.get("name", "member"), f"{where}: <{child.tag}> in a list"
            _check(shape.member, child, f"{where}[]")
    elif kind == "map":
        for entry in element:
            assert [child.tag for child in entry] == ["key", "value"] and entry.tag == "entry", f"{where}: odd map"
            _check(shape.value, entry.find("value"), f"{where}.{entry.findtext('key')}")
    else:
        _check_scalar(shape, kind, element.text or "", where)


def _check_structure(shape, element, where):
    members = {inner.serialization.get("name", name): inner for name, inner in shape.members.items()}
    required = {shape.members[name].serialization.get("name", name) for name in shape.required_members}
    seen = [child.tag for child in element]
    assert len(seen) == len(set(seen)), f"{where}: a member twice in {seen}"
    assert set(seen) <= set(members), f"{where}: members that the service does not have: {set(seen) - set(members)}"
    assert required <= set(seen), f"{where}: {required - set(seen)} missing in {seen}"
    if "IsTruncated" in members:
        assert "IsTruncated" in seen, f"{where}: IsTruncated is always there"
        assert ("Marker" in seen) == (element.findtext("IsTruncated") == "true"), f"{where}: Marker goes with true"
    for child in element:
        _check(members[child.tag], child, f"{where}.{child.tag}")


def _check_scalar(shape, kind, text, where):
    if kind == "timestamp":
        times = MILLISECONDS if "LastAccessedDetails" in where else SECONDS
        assert times.fullmatch(text), f"{where}: {text!r} is no time"
    elif kind == "boolean":
        assert text in ("true", "false"), f"{where}: {text!r} is no boolean"
    elif kind in ("integer", "long"):
        assert re.fullmatch(r"-?\d+", text), f"{where}: {text!r} is no number"
    elif kind == "string":
        rules = {**shape.metadata, **LENIENT.get(where.rpartition(".")[2], {})}
        low, high, values = rules.get("min", 0), rules.get("max"), rules.get("enum")
        assert len(text) >= low, f"{where}: {text!r} is shorter than {low}"
        # documents come percent-encoded, which the model's limits do not count
        assert high is None or "olicyDocument" in where or len(text) <= high, f"{where}: longer than {high}"
        assert values is None or text in values, f"{where}: {text!r} is none of {values}"


def is_id(text, prefix):
    """Fail unless this is a unique id of that kind."""
    assert UNIQUE_ID.fullmatch(text) and text.startswith(prefix), f"{text!r} is no {prefix} id"
    return text


def is_about(moment, now):
    """Fail unless a time of an answer is whole seconds and within a few seconds of that moment."""
    assert moment.microsecond == 0
    assert abs(moment - now) < datetime.timedelta(seconds=5), f"{moment} is not about {now}"


def has_exactly(actual, *names, maybe=()):
    """Fail unless the object has these members, all of them, and beside them at most those of `maybe`."""
    missing = set(names) - set(actual)
    extra = set(actual) - set(names) - set(maybe)
    assert not missing and not extra, f"missing {sorted(missing)}, unexpected {sorted(extra)} in {actual}"
    return actual
