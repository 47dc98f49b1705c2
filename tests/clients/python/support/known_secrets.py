"""Every secret of the whole run, so that the last test can look for each of them where none may be."""

import re

_secrets = {}
_journals = []


def remember(secret, kind):
    """Note a secret; hands it back so that calls read well. Texts too plain to prove a leak are left out."""
    if secret and len(secret) >= 8 and not re.fullmatch(r"[a-z]+|[0-9]+", secret):
        _secrets[secret] = kind
    return secret


def remember_answer(answer):
    """Note whatever secret members an answer of the cloud API carries."""
    if isinstance(answer, dict):
        for name, value in answer.items():
            if name in ("AccessKeySecret", "SecurityToken", "Base32StringSeed", "QRCodePNG") and isinstance(value, str):
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
