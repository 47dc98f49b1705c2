"""Requests made and signed by hand, for what no client would send."""

import base64
import datetime
import hashlib
import hmac
import http.client
import json
import uuid
import xml.etree.ElementTree
from dataclasses import dataclass
from urllib.parse import quote

from .errors import refused
from .shapes import check_error


@dataclass
class Answer:
    status: int
    headers: dict
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def xml(self):
        return xml.etree.ElementTree.fromstring(self.body)

    def is_refused(self, code, status=None, message=None):
        """Fail unless this is that refusal, in the JSON envelope."""
        body = self.json
        check_error(body)
        refused(code, status, message).holds(body["Code"], self.status, body["Message"])
        return body

    def is_a_client_error(self):
        """Fail unless this is some 4xx in the JSON envelope: for what no document gives a code."""
        assert 400 <= self.status < 500, f"HTTP 4xx was expected: {self.status} {self.body[:500]!r}"
        check_error(self.json)
        return self.json

    def is_success(self):
        assert self.status == 200, f"success was expected: {self.status} {self.body[:500]!r}"
        assert "Code" not in self.json
        return self.json


def encode(text):
    return quote(text, safe="-_.~")


def query_string(pairs):
    return "&".join(f"{encode(name)}={encode(value)}" for name, value in pairs)


def timestamp(**offset):
    moment = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(**offset)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def send(endpoint, method, target, headers=None, body=None):
    """Put a request on the wire as it is."""
    connection = http.client.HTTPConnection(endpoint, timeout=20)
    try:
        connection.request(method, target, body=body, headers=headers or {})
        response = connection.getresponse()
        answer = Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
    finally:
        connection.close()
    return answer


def v1_pairs(key, version, action, parameters, changes=None, without=()):
    """Common and own parameters of a V1 request, unsigned; `changes` and `without` spoil it."""
    pairs = {
        "Action": action,
        "Version": version,
        "Format": "JSON",
        "AccessKeyId": key.id,
        "SignatureMethod": "HMAC-SHA1",
        "SignatureVersion": "1.0",
        "SignatureNonce": uuid.uuid4().hex,
        "Timestamp": timestamp(),
        **parameters,
        **(changes or {}),
    }
    if key.token:
        pairs.setdefault("SecurityToken", key.token)
    return [(name, value) for name, value in pairs.items() if name not in without]


def v1_string_to_sign(method, pairs):
    return f"{method}&%2F&{encode(query_string(sorted(pairs)))}"


def v1_signature(secret, method, pairs):
    digest = hmac.new(f"{secret}&".encode(), v1_string_to_sign(method, pairs).encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def v1(endpoint, key, version, action, method="GET", form=(), changes=None, without=(), extra=(), **parameters):
    """A V1 request. Names in `form` travel in the body; `extra` pairs are added as they are, and signed."""
    pairs = v1_pairs(key, version, action, parameters, changes, without) + list(extra)
    signed = list(pairs)
    if "Signature" not in without:
        signed.append(("Signature", v1_signature(key.secret, method, pairs)))
    in_form = [(name, value) for name, value in signed if name in form]
    in_query = [(name, value) for name, value in signed if name not in form]
    headers, body = {}, None
    if in_form:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        body = query_string(in_form).encode()
    target = "/?" + query_string(in_query) if in_query else "/"
    return send(endpoint, method, target, headers, body)


def v3(
    endpoint, key, version, action, method="POST", date=None, nonce=None, body=b"", other_body=None, spoil=None, **parameters
):
    """A V3 request. After signing, `spoil(headers)` may change the headers and `other_body` take the body's place."""
    headers = {
        "host": endpoint,
        "x-acs-action": action,
        "x-acs-version": version,
        "x-acs-date": date or timestamp(),
        "x-acs-signature-nonce": nonce or uuid.uuid4().hex,
        "x-acs-content-sha256": hashlib.sha256(body).hexdigest(),
        "accept": "application/json",
    }
    if key.token:
        headers["x-acs-security-token"] = key.token
        headers["x-acs-accesskey-id"] = key.id
    names = sorted(headers)
    query = query_string(sorted(parameters.items()))
    canonical = "\n".join(
        [method, "/", query]
        + [f"{name}:{headers[name]}" for name in names]
        + ["", ";".join(names), headers["x-acs-content-sha256"]]
    )
    to_sign = "ACS3-HMAC-SHA256\n" + hashlib.sha256(canonical.encode()).hexdigest()
    signature = hmac.new(key.secret.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
    headers["Authorization"] = (
        f"ACS3-HMAC-SHA256 Credential={key.id},SignedHeaders={';'.join(names)},Signature={signature}"
    )
    if spoil:
        spoil(headers)
    return send(endpoint, method, f"/?{query}" if query else "/", headers, body if other_body is None else other_body)
