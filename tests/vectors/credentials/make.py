"""Makes the keys and certificates beside it with other people's code: cryptography and OpenSSH.

    python3 -m venv venv && venv/bin/pip install cryptography
    venv/bin/python make.py

Every run makes new keys. They protect nothing.
"""

import datetime
import json
import pathlib
import subprocess
import tempfile

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import NameOID

HERE = pathlib.Path(__file__).parent
PEM, OPENSSH = serialization.Encoding.PEM, serialization.Encoding.OpenSSH
FORMS = serialization.PublicFormat


def public(key, encoding, form):
    return key.public_key().public_bytes(encoding, form).decode()


def private(key, form=serialization.PrivateFormat.TraditionalOpenSSL):
    return key.private_bytes(PEM, form, serialization.NoEncryption()).decode()


def fingerprint(openssh):
    with tempfile.NamedTemporaryFile("w", suffix=".pub") as file:
        file.write(openssh)
        file.flush()
        shown = subprocess.check_output(["ssh-keygen", "-l", "-E", "md5", "-f", file.name], text=True)
    return shown.split()[1].removeprefix("MD5:")


def certificate(name, key, issuer=None, issuer_key=None, years=(2025, 2035), authority=False):
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer.subject if issuer else name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.datetime(years[0], 1, 1))
        .not_valid_after(datetime.datetime(years[1], 1, 1))
    )
    if authority:
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    return builder.sign(issuer_key or key, hashes.SHA256())


def pem(certificate):
    return certificate.public_bytes(PEM).decode()


def rsa_key(bits=2048):
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


key, small, leaf_key, root_key, middle_key = rsa_key(), rsa_key(1024), rsa_key(), rsa_key(), rsa_key()
curve_key, odd_key = ec.generate_private_key(ec.SECP256R1()), ed25519.Ed25519PrivateKey.generate()
openssh = public(key, OPENSSH, FORMS.OpenSSH)
root = certificate("root", root_key, authority=True)
middle = certificate("middle", middle_key, root, root_key, authority=True)
leaf = certificate("leaf", leaf_key, middle, middle_key)
vectors = {
    "ssh": {
        "openssh": openssh + " alice@laptop",
        "bare": openssh,
        "info": public(key, PEM, FORMS.SubjectPublicKeyInfo),
        "pkcs1": public(key, PEM, FORMS.PKCS1),
        "fingerprint": fingerprint(openssh),
        "more": [public(rsa_key(), OPENSSH, FORMS.OpenSSH) for _ in range(5)],
        "small": public(small, OPENSSH, FORMS.OpenSSH),
        "ed25519": public(odd_key, OPENSSH, FORMS.OpenSSH),
        "curve": public(curve_key, PEM, FORMS.SubjectPublicKeyInfo),
    },
    "certificates": {
        "root": pem(root),
        "middle": pem(middle),
        "leaf": pem(leaf),
        "curve": pem(certificate("curve", curve_key)),
        "expired": pem(certificate("expired", leaf_key, years=(2020, 2021))),
        "early": pem(certificate("early", leaf_key, years=(2090, 2091))),
        "others": [pem(certificate(f"other {number}", key)) for number in range(3)],
    },
    "keys": {
        "leaf": private(leaf_key),
        "leaf_pkcs8": private(leaf_key, serialization.PrivateFormat.PKCS8),
        "curve": private(curve_key),
        "root": private(root_key),
    },
}
(HERE / "material.json").write_text(json.dumps(vectors, indent=1) + "\n", encoding="utf-8", newline="")
