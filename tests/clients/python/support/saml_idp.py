"""A SAML provider of its own: metadata, and responses with an assertion that signxml signs."""

import datetime

import signxml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from lxml import etree

ENTITY = "https://saml.example.com"
RECIPIENT = "https://signin.aliyun.com/saml-role/sso"
ATTRIBUTES = "https://www.aliyun.com/SAML-Role/Attributes/"
SAML = "urn:oasis:names:tc:SAML:2.0:assertion"
PROTOCOL = "urn:oasis:names:tc:SAML:2.0:protocol"
DSIG = "http://www.w3.org/2000/09/xmldsig#"


def _when(moment, seconds):
    return (moment + datetime.timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def _attribute(name, value):
    return f'<saml:Attribute Name="{ATTRIBUTES}{name}"><saml:AttributeValue>{value}</saml:AttributeValue></saml:Attribute>'


class Idp:
    """One provider with one key."""

    def __init__(self):
        self._key = rsa.generate_private_key(65537, 2048)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "saml.example.com")])
        builder = x509.CertificateBuilder(name, name, self._key.public_key(), 1)
        builder = builder.not_valid_before(datetime.datetime(2020, 1, 1)).not_valid_after(datetime.datetime(2040, 1, 1))
        made = builder.sign(self._key, hashes.SHA256())
        self._certificate = made.public_bytes(serialization.Encoding.PEM).decode()

    def metadata(self):
        body = "".join(self._certificate.splitlines()[1:-1])
        return (
            f'<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{ENTITY}">'
            f'<md:IDPSSODescriptor protocolSupportEnumeration="{PROTOCOL}"><md:KeyDescriptor use="signing">'
            f'<ds:KeyInfo xmlns:ds="{DSIG}"><ds:X509Data><ds:X509Certificate>{body}</ds:X509Certificate></ds:X509Data>'
            "</ds:KeyInfo></md:KeyDescriptor></md:IDPSSODescriptor></md:EntityDescriptor>"
        )

    def response(self, now, role_arn, provider_arn, session):
        until = _when(now, 300)
        xml = (
            f'<samlp:Response xmlns:samlp="{PROTOCOL}" xmlns:saml="{SAML}" ID="_r" Version="2.0" '
            f'IssueInstant="{_when(now, 0)}"><saml:Issuer>{ENTITY}</saml:Issuer><samlp:Status><samlp:StatusCode '
            'Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>'
            f'<saml:Assertion ID="_a" Version="2.0" IssueInstant="{_when(now, 0)}"><saml:Issuer>{ENTITY}</saml:Issuer>'
            '<saml:Subject><saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">'
            f'{session}</saml:NameID><saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">'
            f'<saml:SubjectConfirmationData NotOnOrAfter="{until}" Recipient="{RECIPIENT}"/>'
            "</saml:SubjectConfirmation></saml:Subject><saml:Conditions><saml:AudienceRestriction>"
            "<saml:Audience>urn:alibaba:cloudcomputing</saml:Audience></saml:AudienceRestriction></saml:Conditions>"
            f'<saml:AuthnStatement AuthnInstant="{_when(now, 0)}"/><saml:AttributeStatement>'
            + _attribute("Role", f"{role_arn},{provider_arn}")
            + _attribute("RoleSessionName", session)
            + "</saml:AttributeStatement></saml:Assertion></samlp:Response>"
        )
        root = etree.fromstring(xml.encode())
        target = root.find(f"{{{SAML}}}Assertion")
        target.insert(1, etree.Element(f"{{{DSIG}}}Signature", Id="placeholder", nsmap={"ds": DSIG}))
        signer = signxml.XMLSigner(
            method=signxml.methods.enveloped,
            signature_algorithm="rsa-sha256",
            digest_algorithm="sha256",
            c14n_algorithm="http://www.w3.org/2001/10/xml-exc-c14n#",
        )
        signed = signer.sign(target, key=self._key, cert=self._certificate, reference_uri="#_a", id_attribute="ID")
        root.replace(target, signed)
        return etree.tostring(root).decode()
