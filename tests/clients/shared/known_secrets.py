"""Every secret of the whole run, so that the last test can look for each of them where none may be."""

import json
import re
from urllib.parse import quote, quote_plus

SECRET_MEMBERS = {
    "AccessKeySecret",
    "SecurityToken",
    "SecretAccessKey",
    "SessionToken",
    "ServicePassword",
    "ServiceCredentialSecret",
    "Base32StringSeed",
    "QRCodePNG",
}
_secrets = {}
_journals = []


def remember(secret, kind):
    """Note a secret; hands it back so that calls read well. Texts too plain to prove a leak are left out."""
    if secret and len(secret) >= 8 and not re.fullmatch(r"[a-z]+|[0-9]+", secret):
        _secrets[secret] = kind
    return secret


def remember_answer(answer):
    """Note whatever secret members an answer of a cloud's API carries."""
    if isinstance(answer, dict):
        for name, value in answer.items():
            if name in SECRET_MEMBERS and isinstance(value, bytes):
                value = value.decode("latin-1")
            if name in SECRET_MEMBERS and isinstance(value, str):
                remember(value, name)
            remember_answer(value)
    elif isinstance(answer, list):
        for item in answer:
            remember_answer(item)


def remember_journal(text):
    """Keep what the journal said of an account that is about to be deleted."""
    _journals.append(text)


def all_secrets():
    return dict(_secrets)


def all_journals():
    return list(_journals)


def spellings(secret):
    """A secret as it would look in text, in a query and in JSON."""
    return {secret, quote(secret), quote_plus(secret), quote(secret, safe="-_.~"), json.dumps(secret)[1:-1]}


def leaks(text):
    """The kinds of all secrets that stand in the text."""
    return sorted({kind for secret, kind in _secrets.items() if any(spelt in text for spelt in spellings(secret))})
