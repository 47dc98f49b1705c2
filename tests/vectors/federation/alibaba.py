"""Makes `alibaba-metadata.xml` and `alibaba-responses.json` with other people's code: cryptography, lxml and signxml.

    python3 -m venv venv && venv/bin/pip install cryptography lxml signxml
    venv/bin/python alibaba.py

Every run makes a new key, so both files change together. The key protects nothing.
"""

import datetime
import json
import pathlib

import signxml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from lxml import etree

HERE = pathlib.Path(__file__).parent
NOW = datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)
ISSUER = "https://idp.example.com/adfs/services/trust"
ACCOUNT = "1000000000000001"
SIGN_IN = "https://signin.aliyun.com/saml-role/sso"
ATTRIBUTES = "https://www.aliyun.com/SAML-Role/Attributes/"
PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
C14N = "http://www.w3.org/2001/10/xml-exc-c14n#"
NS = {"saml": "urn:oasis:names:tc:SAML:2.0:assertion", "ds": "http://www.w3.org/2000/09/xmldsig#"}


def when(seconds):
    return (NOW + datetime.timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def certificate(key):
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "idp.example.com")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1)
    builder = builder.not_valid_before(datetime.datetime(2025, 1, 1)).not_valid_after(datetime.datetime(2035, 1, 1))
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


def metadata(pem):
    body = "".join(pem.splitlines()[1:-1])
    return (
        f'<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{ISSUER}">'
        '<md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">'
        '<md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#">'
        f"<ds:X509Data><ds:X509Certificate>{body}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>"
        '<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" '
        f'Location="{ISSUER}"/></md:IDPSSODescriptor></md:EntityDescriptor>\n'
    )


def attribute(name, *values):
    inside = "".join(f"<saml:AttributeValue>{value}</saml:AttributeValue>" for value in values)
    return f'<saml:Attribute Name="{ATTRIBUTES}{name}">{inside}</saml:Attribute>' if values else ""


def response(
    audience="urn:alibaba:cloudcomputing",
    recipient=SIGN_IN,
    roles=("dev", "ops"),
    session=("alice@example.com",),
    issuer=ISSUER,
):
    pairs = [f"acs:ram::{ACCOUNT}:role/{role},acs:ram::{ACCOUNT}:saml-provider/idp" for role in roles]
    return (
        '<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" '
        f'xmlns:saml="{NS["saml"]}" ID="_r1" Version="2.0" IssueInstant="{when(-5)}" Destination="{SIGN_IN}">'
        f"<saml:Issuer>{issuer}</saml:Issuer><samlp:Status>"
        '<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>'
        f'<saml:Assertion Version="2.0" IssueInstant="{when(-5)}" ID="_a1"><saml:Issuer>{issuer}</saml:Issuer>'
        f'<saml:Subject><saml:NameID Format="{PERSISTENT}">alice@example.com</saml:NameID>'
        '<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">'
        f'<saml:SubjectConfirmationData NotOnOrAfter="{when(300)}" Recipient="{recipient}"/>'
        f'</saml:SubjectConfirmation></saml:Subject><saml:Conditions NotBefore="{when(-60)}" '
        f'NotOnOrAfter="{when(300)}"><saml:AudienceRestriction><saml:Audience>{audience}</saml:Audience>'
        f'</saml:AudienceRestriction></saml:Conditions><saml:AuthnStatement AuthnInstant="{when(-5)}">'
        "<saml:AuthnContext><saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password"
        "</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement><saml:AttributeStatement>"
        + attribute("Role", *pairs)
        + attribute("RoleSessionName", *session)
        # counts in the console alone
        + attribute("SessionDuration", "900")
        + "</saml:AttributeStatement></saml:Assertion></samlp:Response>"
    )


def signed(xml, key, pem):
    root = etree.fromstring(xml.encode())
    target = root.find("saml:Assertion", NS)
    target.insert(1, etree.Element("{%s}Signature" % NS["ds"], Id="placeholder", nsmap={"ds": NS["ds"]}))
    signer = signxml.XMLSigner(
        method=signxml.methods.enveloped,
        signature_algorithm="rsa-sha256",
        digest_algorithm="sha256",
        c14n_algorithm=C14N,
    )
    made = signer.sign(target, key=key, cert=pem, reference_uri="#_a1", id_attribute="ID", always_add_key_value=False)
    target.getparent().replace(target, made)
    return etree.tostring(root).decode()


def main():
    key = rsa.generate_private_key(65537, 2048)
    other = rsa.generate_private_key(65537, 2048)
    pem = certificate(key)
    text = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    made = {
        "good": response(),
        "international": response(audience="urn:alibaba:cloudcomputing:international"),
        "sent elsewhere": response(recipient="http://localhost:8443/saml/acs"),
        "another audience": response(audience="urn:amazon:webservices"),
        "no roles": response(roles=()),
        "no session name": response(session=()),
        "session name": response(session=("a b",)),
        "another issuer": response(issuer="https://other.example.com"),
    }
    responses = {name: signed(xml, text, pem) for name, xml in made.items()}
    responses["unsigned"] = response()
    responses["changed"] = responses["good"].replace("alice@example.com</saml:NameID>", "bob@example.com</saml:NameID>")
    foreign = other.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    responses["another key"] = signed(response(), foreign, certificate(other))
    (HERE / "alibaba-metadata.xml").write_text(metadata(pem), encoding="utf-8", newline="")
    (HERE / "alibaba-responses.json").write_text(json.dumps(responses, indent=1) + "\n", encoding="utf-8", newline="")


if __name__ == "__main__":
    main()
