"""Makes the vectors beside it with other people's code: PyJWT, cryptography, lxml, signxml and xmlsec.

    python3 -m venv venv && venv/bin/pip install pyjwt cryptography lxml signxml xmlsec
    venv/bin/python make.py

Every run makes new keys, so all files change together. The keys protect nothing.
"""

import base64
import copy
import datetime
import json
import pathlib
import random
import re

import jwt
import signxml
import xmlsec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa
from cryptography.x509.oid import NameOID
from lxml import etree

HERE = pathlib.Path(__file__).parent
NOW = datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)
SECONDS = int(NOW.timestamp())
ISSUER = "https://idp.example.com/metadata"
NS = {
    "samlp": "urn:oasis:names:tc:SAML:2.0:protocol",
    "saml": "urn:oasis:names:tc:SAML:2.0:assertion",
    "ds": "http://www.w3.org/2000/09/xmldsig#",
}
EXC_C14N = "http://www.w3.org/2001/10/xml-exc-c14n#"


def write(name, value):
    text = value if isinstance(value, str) else json.dumps(value, indent=1, ensure_ascii=False) + "\n"
    (HERE / name).write_text(text, encoding="utf-8", newline="")


# --- keys and certificates -------------------------------------------------------------------------------------------

def certificate(key, name, digest=hashes.SHA256(), signer=None):
    subject = x509.Name([
        x509.NameAttribute(NameOID.COMMON_NAME, name),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Example, Inc."),
        x509.NameAttribute(NameOID.COUNTRY_NAME, "DE"),
    ])
    builder = x509.CertificateBuilder(subject, subject, key.public_key(), 0x1234567890ABCDEF1234)
    builder = builder.not_valid_before(datetime.datetime(2025, 1, 1)).not_valid_after(datetime.datetime(2035, 1, 1))
    return builder.sign(signer or key, digest)


def pem(value):
    if isinstance(value, x509.Certificate):
        return value.public_bytes(serialization.Encoding.PEM).decode()
    return value


def private(key, form=serialization.PrivateFormat.PKCS8, password=None):
    how = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, form, how).decode()


KEYS = {
    "rsa": rsa.generate_private_key(65537, 2048),
    "rsa1024": rsa.generate_private_key(65537, 1024),
    "other": rsa.generate_private_key(65537, 2048),
    "p256": ec.generate_private_key(ec.SECP256R1()),
    "p384": ec.generate_private_key(ec.SECP384R1()),
    "p521": ec.generate_private_key(ec.SECP521R1()),
    "ed25519": ed25519.Ed25519PrivateKey.generate(),
}
CERTIFICATES = {name: certificate(key, name, None if name == "ed25519" else hashes.SHA256()) for name, key in KEYS.items()}
CERTIFICATES["dsa"] = certificate(dsa.generate_private_key(2048), "dsa")


def make_certificates():
    traditional = serialization.PrivateFormat.TraditionalOpenSSL
    write("certificates.json", {
        "certificates": {name: pem(value) for name, value in CERTIFICATES.items()},
        "keys": {
            "rsa-pkcs1": private(KEYS["rsa"], traditional),
            "rsa-pkcs8": private(KEYS["rsa"]),
            "p256-sec1": private(KEYS["p256"], traditional),
            "p256-pkcs8": private(KEYS["p256"]),
            "p384-sec1": private(KEYS["p384"], traditional),
            "p384-pkcs8": private(KEYS["p384"]),
            "p521-pkcs8": private(KEYS["p521"]),
            "ed25519-pkcs8": private(KEYS["ed25519"]),
            "rsa-encrypted": private(KEYS["rsa"], password=b"x"),
            "rsa-encrypted-old": private(KEYS["rsa"], traditional, password=b"x"),
        },
    })


def make_chains():
    """Leaf, its issuer, and another issuer of the same name."""
    def make(subject, key, issuer, signer, digest):
        name = lambda text: x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])
        builder = x509.CertificateBuilder(name(issuer), name(subject), key.public_key(), x509.random_serial_number())
        builder = builder.not_valid_before(datetime.datetime(2025, 1, 1)).not_valid_after(datetime.datetime(2035, 1, 1))
        return pem(builder.sign(signer, digest))

    new = {
        "rsa": lambda: rsa.generate_private_key(65537, 2048), "p256": lambda: ec.generate_private_key(ec.SECP256R1()),
        "p384": lambda: ec.generate_private_key(ec.SECP384R1()), "ed25519": ed25519.Ed25519PrivateKey.generate,
    }
    chains = {}
    for kind, digest in [("rsa", hashes.SHA256()), ("rsa", hashes.SHA384()), ("rsa", hashes.SHA512()),
                         ("p256", hashes.SHA256()), ("p384", hashes.SHA384()), ("p384", hashes.SHA256()), ("ed25519", None)]:
        leaf, issuer, namesake = new["p256"](), new[kind](), new[kind]()
        chains[f"{kind} with {digest.name if digest else 'its own'}"] = [
            make("leaf", leaf, "issuer", issuer, digest), make("issuer", issuer, "issuer", issuer, digest),
            make("issuer", namesake, "issuer", namesake, digest)]
    write("chains.json", chains)


# --- tokens ----------------------------------------------------------------------------------------------------------

def make_tokens():
    jwks = []
    for kid, name, algorithm in [("r", "rsa", "RS256"), ("o", "other", "RS256"), ("e", "p256", "ES256"),
                                 ("f", "p384", "ES384"), ("d", "ed25519", "EdDSA")]:
        handler = jwt.get_algorithm_by_name(algorithm)
        jwk = json.loads(handler.to_jwk(KEYS[name].public_key()))
        jwk.pop("key_ops", None)
        jwks.append({**jwk, "kid": kid, "use": "sig"})
    write("jwks.json", {"keys": jwks})
    base = {"iss": "https://idp.example.com", "aud": "client", "sub": "alice", "iat": SECONDS - 10, "exp": SECONDS + 600}
    tokens = {}

    def token(name, claims=None, key="rsa", algorithm="RS256", header=None):
        claims = {k: v for k, v in {**base, **(claims or {})}.items() if v != "absent"}
        kid = {"rsa": "r", "other": "o", "p256": "e", "p384": "f", "ed25519": "d"}[key]
        encoder = jwt.PyJWS()
        text = json.dumps(claims).encode()
        tokens[name] = encoder.encode(text, KEYS[key], algorithm, {"kid": kid, "typ": "JWT", **(header or {})})

    for algorithm in ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"]:
        token(algorithm, algorithm=algorithm)
    token("ES256", key="p256", algorithm="ES256")
    token("ES384", key="p384", algorithm="ES384")
    token("EdDSA", key="ed25519", algorithm="EdDSA")
    tokens["no kid"] = jwt.PyJWS().encode(json.dumps(base).encode(), KEYS["p256"], "ES256")
    tokens["no kid of several"] = jwt.PyJWS().encode(json.dumps(base).encode(), KEYS["rsa"], "RS256")
    token("other kid", header={"kid": "o"})
    token("kid of another type", header={"kid": "e"})
    token("unknown kid", header={"kid": "zz"})
    token("crit", header={"crit": ["x"], "x": 1})
    for claim in ["iss", "sub", "aud", "iat", "exp"]:
        token(f"no {claim}", {claim: "absent"})
    token("expired 1", {"exp": SECONDS - 1})
    token("expired 300", {"exp": SECONDS - 300})
    token("nbf 300", {"nbf": SECONDS + 300})
    token("nbf 301", {"nbf": SECONDS + 301})
    token("iat 301", {"iat": SECONDS + 301})
    token("exp text", {"exp": str(SECONDS + 5)})
    token("exp fraction", {"exp": SECONDS + 5.5})
    token("exp huge", {"exp": 10 ** 18})
    token("sub number", {"sub": 123})
    token("sub null", {"sub": None})
    token("aud list", {"aud": ["a", "b"], "azp": "a"})
    token("aud empty", {"aud": []})
    token("aud numbers", {"aud": [1]})
    tags = "https://aws.amazon.com/tags"
    token("rich", {
        "amr": ["authenticated", "graph"], "email": "alice@example.com", "email_verified": True, "nbf": SECONDS - 20,
        tags: {"principal_tags": {"Team": ["red"], "Cost": ["1"]}, "transitive_tag_keys": ["Team"]},
        f"{tags}/principal_tags/Spread": "yes", f"{tags}/transitive_tag_keys": ["Spread"],
        "https://aws.amazon.com/source_identity": "source", "https://aws.amazon.com/roles": "a; b",
    })
    token("tag text", {tags: {"principal_tags": {"Team": "red"}}})
    token("tag twice", {tags: {"principal_tags": {"Team": ["red"]}}, f"{tags}/principal_tags/Team": "blue"})
    # attacks
    b64 = lambda value: base64.urlsafe_b64encode(value).rstrip(b"=").decode()
    body = b64(json.dumps(base).encode())
    tokens["none"] = b64(b'{"alg":"none","kid":"r"}') + "." + body + "."
    tokens["None"] = b64(b'{"alg":"nOnE","kid":"r"}') + "." + body + "."
    import hashlib
    import hmac
    public = KEYS["rsa"].public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    signed = b64(b'{"alg":"HS256","kid":"r"}') + "." + body
    tokens["HS256 with the public key"] = signed + "." + b64(hmac.new(public, signed.encode(), hashlib.sha256).digest())
    head, _, signature = tokens["RS256"].split(".")
    tokens["changed"] = ".".join([head, b64(json.dumps({**base, "sub": "root"}).encode()), signature])
    tokens["no signature"] = ".".join([head, body, ""])
    head, payload, signature = tokens["ES256"].split(".")
    tokens["ES256 zeros"] = ".".join([head, payload, b64(bytes(64))])
    tokens["own key in header"] = jwt.PyJWS().encode(
        json.dumps(base).encode(), KEYS["other"], "RS256",
        {"kid": "r", "jwk": json.loads(jwt.get_algorithm_by_name("RS256").to_jwk(KEYS["other"].public_key()))})
    write("tokens.json", tokens)


# --- SAML ------------------------------------------------------------------------------------------------------------

def der_text(name):
    return base64.b64encode(CERTIFICATES[name].public_bytes(serialization.Encoding.DER)).decode()


def metadata(names, uses=None):
    keys = "".join(
        f'<md:KeyDescriptor{use}><ds:KeyInfo xmlns:ds="{NS["ds"]}"><ds:X509Data><ds:X509Certificate>\n{der_text(name)}\n'
        "</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>"
        for name, use in zip(names, uses or [' use="signing"'] * len(names)))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{ISSUER}" '
        'validUntil="2027-01-01T00:00:00Z">'
        '<md:IDPSSODescriptor WantAuthnRequestsSigned="true" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">'
        f'{keys}<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" '
        'Location="https://idp.example.com/sso"/></md:IDPSSODescriptor></md:EntityDescriptor>\n')


def when(seconds):
    return (NOW + datetime.timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


AWS = "https://aws.amazon.com/SAML/Attributes/"


def attribute(name, *values):
    inside = "".join(f'<saml:AttributeValue xsi:type="xs:string">{value}</saml:AttributeValue>' for value in values)
    return (f'<saml:Attribute NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:uri" Name="{name}">{inside}'
            "</saml:Attribute>")


def assertion(name="alice", identifier="_a1", issuer=ISSUER, data=None, conditions=None, session="", more="",
              subject_more="", full=False, name_format=' Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"'):
    data = data or f'NotOnOrAfter="{when(300)}" Recipient="https://signin.aws.amazon.com/saml"'
    if conditions is None:
        conditions = (
            f'<saml:Conditions NotBefore="{when(-60)}" NotOnOrAfter="{when(300)}"><saml:AudienceRestriction>'
            "<saml:Audience>urn:amazon:webservices</saml:Audience><saml:Audience>other</saml:Audience>"
            "</saml:AudienceRestriction></saml:Conditions>")
    role = "arn:aws:iam::000000000000:role/dev, arn:aws:iam::000000000000:saml-provider/idp"
    reverse = "arn:aws:iam::000000000000:saml-provider/idp,arn:aws:iam::000000000000:role/ops"
    return (
        '<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xs="http://www.w3.org/2001/XMLSchema" '
        f'Version="2.0" IssueInstant="{when(-5)}" ID="{identifier}"><saml:Issuer>{issuer}</saml:Issuer>\n'
        f'  <saml:Subject><saml:NameID{name_format}>{name}</saml:NameID>'
        '<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">'
        f'<saml:SubjectConfirmationData {data}/></saml:SubjectConfirmation>{subject_more}</saml:Subject>{conditions}'
        f'<saml:AuthnStatement AuthnInstant="{when(-5)}" SessionIndex="_s"{session}><saml:AuthnContext>'
        "<saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef>"
        "</saml:AuthnContext></saml:AuthnStatement><saml:AttributeStatement>"
        + attribute(AWS + "Role", role, reverse, "nonsense")
        + (attribute(AWS + "RoleSessionName", "alice@example.com")
           + attribute(AWS + "SessionDuration", "1800")
           + attribute(AWS + "SourceIdentity", "alice")
           + attribute(AWS + "PrincipalTag:Team", "red &amp; blue")
           + attribute(AWS + "TransitiveTagKeys", "Team")
           + attribute("urn:oid:1.3.6.1.4.1.5923.1.1.1.1", "staff", "member") if full else "")
        + more + "</saml:AttributeStatement></saml:Assertion>")


SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success"


def response(inside, status=SUCCESS, more=""):
    return (
        '<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" '
        f'xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" {more}ID="_r1" Version="2.0" IssueInstant="{when(-5)}" '
        f'Destination="https://signin.aws.amazon.com/saml"><saml:Issuer>{ISSUER}</saml:Issuer>'
        f'<samlp:Status><samlp:StatusCode Value="{status}"/></samlp:Status>{inside}</samlp:Response>')


def sign_signxml(xml, of, key="rsa", algorithm="rsa-sha256", digest="sha256"):
    """signxml signs a copy of the element where it stands; the signature comes after the issuer, as the schema has it."""
    root = etree.fromstring(xml.encode())
    target = root if of == "response" else root.find("saml:Assertion", NS)
    placeholder = etree.Element("{%s}Signature" % NS["ds"], Id="placeholder", nsmap={"ds": NS["ds"]})
    target.insert(1, placeholder)
    class Signer(signxml.XMLSigner):
        def check_deprecated_methods(self):
            pass
    signer = Signer(method=signxml.methods.enveloped, signature_algorithm=algorithm, digest_algorithm=digest,
                    c14n_algorithm=EXC_C14N)
    signed = signer.sign(target, key=private(KEYS[key]), cert=[pem(CERTIFICATES[key])],
                         reference_uri="#" + target.get("ID"), id_attribute="ID", always_add_key_value=False)
    if of == "response":
        root = signed
    else:
        target.getparent().replace(target, signed)
    return etree.tostring(root).decode()


def sign_xmlsec(xml, of, key="rsa", transform=xmlsec.Transform.RSA_SHA256, digest=xmlsec.Transform.SHA256, prefixes=None):
    root = etree.fromstring(xml.encode())
    target = root if of == "response" else root.find(".//saml:Assertion", NS)
    xmlsec.tree.add_ids(root, ["ID"])
    node = xmlsec.template.create(root, xmlsec.Transform.EXCL_C14N, transform, ns="ds")
    reference = xmlsec.template.add_reference(node, digest, uri="#" + target.get("ID"))
    xmlsec.template.add_transform(reference, xmlsec.Transform.ENVELOPED)
    added = xmlsec.template.add_transform(reference, xmlsec.Transform.EXCL_C14N)
    if prefixes:
        for where in [added, node.find("ds:SignedInfo/ds:CanonicalizationMethod", NS)]:
            etree.SubElement(where, "{%s}InclusiveNamespaces" % EXC_C14N, PrefixList=prefixes, nsmap={"ec": EXC_C14N})
    target.insert(1, node)
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_memory(private(KEYS[key]), xmlsec.KeyFormat.PEM)
    context.sign(node)
    return etree.tostring(root).decode()


def wrappings(signed):
    """Ways to smuggle in an assertion about root beside the signed one: Somorovsky et al., "On Breaking SAML", 2012."""
    found = {}
    parse = lambda: etree.fromstring(signed.encode())
    evil_text = assertion("root", "_evil")

    def evil(identifier="_evil"):
        return etree.fromstring(evil_text.replace('"_evil"', f'"{identifier}"').encode())

    def parts():
        root = parse()
        good = root.find("saml:Assertion", NS)
        return root, good, good.find("ds:Signature", NS)

    root, good, _ = parts()
    root.insert(list(root).index(good), evil())
    found["evil assertion before"] = root
    root, good, _ = parts()
    root.append(evil())
    found["evil assertion after"] = root
    root, good, signature = parts()  # the evil one takes the signature, the good one hides in an Object
    bad = evil()
    good.remove(signature)
    bad.insert(1, signature)
    etree.SubElement(signature, "{%s}Object" % NS["ds"]).append(good)
    root[-1:] = [bad]
    found["good assertion in an Object"] = root
    root, good, signature = parts()  # the evil one holds the good one
    bad = evil()
    root.replace(good, bad)
    bad.append(good)
    found["good assertion in the evil one"] = root
    root, good, signature = parts()
    bad = evil()
    root.replace(good, bad)
    good.remove(signature)
    bad.insert(1, signature)
    bad.append(good)
    found["good assertion in the evil one, signature moved"] = root
    root, good, signature = parts()
    extensions = etree.Element("{%s}Extensions" % NS["samlp"])
    root.replace(good, evil())
    extensions.append(good)
    root.insert(1, extensions)
    found["good assertion in Extensions"] = root
    root, good, signature = parts()  # the evil one has the same id
    root.insert(list(root).index(good), evil(good.get("ID")))
    found["same id twice"] = root
    root, good, signature = parts()
    bad = evil(good.get("ID"))
    good.remove(signature)
    bad.insert(1, signature)
    root.replace(good, bad)
    found["evil assertion under the good one's id"] = root
    root, good, signature = parts()  # no second assertion: the content is hidden elsewhere under another name
    bad = evil()
    good.remove(signature)
    bad.insert(1, signature)
    root.replace(good, bad)
    hidden = etree.SubElement(etree.SubElement(root, "x"), "y")
    hidden.append(good)
    found["good assertion hidden in other elements"] = root
    # a response signed, then wrapped into another one
    whole = etree.fromstring(sign_xmlsec(response(assertion()), "response").encode())
    outer = etree.fromstring(response(evil_text).replace('"_r1"', '"_r2"').encode())
    signature = whole.find("ds:Signature", NS)
    whole.remove(signature)
    outer.insert(1, signature)
    etree.SubElement(signature, "{%s}Object" % NS["ds"]).append(whole)
    found["good response in an Object"] = outer
    whole = etree.fromstring(sign_xmlsec(response(assertion()), "response").encode())
    outer = etree.fromstring(response(evil_text).replace('"_r1"', '"_r2"').encode())
    outer.append(whole)
    found["good response in the evil one"] = outer
    return {name: etree.tostring(value).decode() for name, value in found.items()}


def make_saml():
    write("metadata.xml", metadata(["p256", "rsa", "p384", "rsa1024"], ["", ' use="signing"', "", ""]))
    write("metadata-encryption-only.xml", metadata(["rsa"], [' use="encryption"']))
    plain = response(assertion())
    good = {"full": sign_xmlsec(response(assertion(full=True)), "assertion", prefixes="xs")}
    for of in ["assertion", "response"]:
        good[f"{of} by signxml"] = sign_signxml(plain, of)
        good[f"{of} by xmlsec"] = sign_xmlsec(plain, of)
        good[f"{of} by xmlsec, xs listed"] = sign_xmlsec(plain, of, prefixes="xs")
    outside = response(assertion(), more='xmlns:xs="urn:outside" xmlns:unused="urn:unused" xmlns="urn:default" ')
    good["prefixes from outside"] = sign_xmlsec(outside, "assertion", prefixes="xs unused #default saml absent")
    good["both"] = sign_xmlsec(sign_signxml(plain, "assertion"), "response", prefixes="xs")
    for algorithm, key in [("rsa-sha1", "rsa"), ("rsa-sha384", "rsa"), ("rsa-sha512", "rsa"), ("ecdsa-sha256", "p256"),
                           ("ecdsa-sha384", "p384"), ("ecdsa-sha384", "p256"), ("ecdsa-sha256", "p384"),
                           ("rsa-sha256", "rsa1024"), ("rsa-sha1", "rsa1024"), ("sha256-rsa-MGF1", "rsa")]:
        digest = algorithm[-4:] if algorithm.endswith("sha1") else algorithm[-6:] if "MGF1" not in algorithm else "sha256"
        good[f"{algorithm} with {key}"] = sign_signxml(plain, "assertion", key, algorithm, digest)
    odd = response(assertion(name="a<!-- x -->l<![CDATA[i]]>&#99;e", more=attribute(
        "odd", "tab\there &#9;&#10;&#13; &lt;&gt;&quot;'", "<saml:NameID xmlns='urn:x' x:b=\"2\" a='1 \"\n\t&#xA;' xmlns:x='urn:a'>n</saml:NameID>")))
    good["comments, CDATA, references"] = sign_xmlsec(odd, "assertion")
    # line ends of another system, which are none of the content
    good["CRLF"] = sign_xmlsec(plain, "assertion").replace("\n", "\r\n")
    good["declaration and comments around"] = (
        '<?xml version="1.0" encoding="utf-8"?><!-- a --><?x y?>\n' + sign_xmlsec(plain, "assertion") + "\n<!-- b -->")
    edges = {}

    def edge(name, **changes):
        status = changes.pop("status", SUCCESS)
        edges[name] = sign_xmlsec(response(assertion(**changes), status), "assertion")

    recipient = 'Recipient="https://signin.aws.amazon.com/saml"'
    edge("expired conditions", conditions=f'<saml:Conditions NotOnOrAfter="{when(-60)}"/>')
    edge("expired confirmation", data=f'NotOnOrAfter="{when(0)}" {recipient}')
    edge("expired session", session=f' SessionNotOnOrAfter="{when(-1)}"')
    edge("session ends", session=f' SessionNotOnOrAfter="{when(900)}"')
    edge("conditions begin later", conditions=f'<saml:Conditions NotBefore="{when(60)}"/>')
    edge("no conditions", conditions="")
    edge("no recipient", data=f'NotOnOrAfter="{when(300)}"')
    edge("no end", data=recipient)
    edge("bad time", data=f'NotOnOrAfter="soon" {recipient}')
    edge("no format", name_format="")
    edge("two confirmations", subject_more='<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"/>')
    edge("other issuer", issuer="https://other.example.com")
    edge("two restrictions", conditions=(
        "<saml:Conditions><saml:AudienceRestriction><saml:Audience>a</saml:Audience><saml:Audience>b</saml:Audience>"
        "</saml:AudienceRestriction><saml:AudienceRestriction><saml:Audience> b </saml:Audience></saml:AudienceRestriction>"
        "</saml:Conditions>"))
    edge("tag of two values", more=attribute(AWS + "PrincipalTag:Two", "1", "2"))
    edge("failure", status="urn:oasis:names:tc:SAML:2.0:status:Responder")
    bad = {}
    signed = sign_xmlsec(plain, "assertion")
    bad["unsigned"] = plain
    bad["changed name"] = signed.replace(">alice</saml:NameID>", ">root</saml:NameID>")
    bad["changed attribute"] = signed.replace("role/dev", "role/admin")
    bad["changed digest"] = re.sub(r"(<ds:DigestValue>).", r"\1/", signed)
    bad["signature of zeros"] = re.sub(r"(?s)<ds:SignatureValue>.*?</ds:SignatureValue>",
                                       "<ds:SignatureValue>%s</ds:SignatureValue>" % base64.b64encode(bytes(256)).decode(), signed)
    bad["another key, named"] = sign_signxml(plain, "assertion", "other")
    bad["another key, not named"] = sign_xmlsec(plain, "assertion", "other")
    bad["comment in a changed name"] = signed.replace(">alice<", ">root<!---->alice<")
    bad["document type"] = '<!DOCTYPE x [<!ENTITY a "alice">]>' + signed
    bad["entity"] = signed.replace(">alice<", ">&a;<")
    lol = "".join(f'<!ENTITY l{n} "{("&l%d;" % (n - 1)) * 10}">' for n in range(1, 10))
    bad["billion laughs"] = f'<!DOCTYPE x [<!ENTITY l0 "lol">{lol}]>' + signed.replace(">alice<", ">&l9;<")
    bad["processing instruction inside"] = signed.replace(">alice<", ">alice<?x?><")
    bad["no reference uri"] = signed.replace('URI="#_a1"', 'URI=""')
    bad["reference to the response"] = signed.replace('URI="#_a1"', 'URI="#_r1"')
    bad["hmac"] = signed.replace("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "http://www.w3.org/2000/09/xmldsig#hmac-sha1")
    bad["xslt"] = signed.replace(NS["ds"] + "enveloped-signature", "http://www.w3.org/TR/1999/REC-xslt-19991116")
    bad["comments counted"] = re.sub(r'"(\s*/>\s*</ds:Transforms>)', r'WithComments"\1', signed)
    bad["encrypted"] = response('<saml:EncryptedAssertion><x xmlns="urn:x"/></saml:EncryptedAssertion>')
    both = etree.fromstring(sign_xmlsec(sign_signxml(plain, "assertion"), "response").encode())
    both.set("Destination", "https://evil.example.com")
    bad["both signed, response changed"] = etree.tostring(both).decode()
    write("responses.json", {"good": good, "edges": edges, "bad": bad, "wrapped": wrappings(signed)})


# --- canonicalization ------------------------------------------------------------------------------------------------

def random_xml(chance, depth=0):
    prefixes, uris = ["", "a", "b", "c"], ["urn:1", "urn:2", "urn:3"]
    declared = {}
    for prefix in prefixes if depth == 0 else chance.sample(prefixes, chance.randint(0, 2)):
        declared[prefix] = chance.choice(uris + ([""] if prefix == "" else []))
    attributes = [f'xmlns{":" + prefix if prefix else ""}="{uri}"' for prefix, uri in declared.items()]
    names = {chance.choice(["", "a:", "b:", "c:", "xml:"]) + chance.choice("pqr") for _ in range(chance.randint(0, 4))}
    texts = ["x", "&amp;", "&lt;", "&gt;", "&quot;", "'", "&#9;", "&#10;", "&#13;", "\t", "\n", "\r\n", "\r", " ", "é", "😀", "&#x1F600;"]
    text = lambda: "".join(chance.choice(texts) for _ in range(chance.randint(0, 4)))
    attributes += [f'{name}="{text()}"' for name in names]
    chance.shuffle(attributes)
    inside = ""
    for _ in range(chance.randint(0, 4) if depth < 4 else 0):
        inside += chance.choice([lambda: random_xml(chance, depth + 1), text, lambda: f"<![CDATA[<&{chance.choice('xy')}\r\n]]>",
                                 lambda: "<!-- c -->"])()
    tag = chance.choice(["", "a:", "b:", "c:"]) + chance.choice("pqr")
    opening = " ".join([tag] + attributes)
    return f"<{opening}>{inside}</{tag}>" if inside or chance.random() < 0.5 else f"<{opening} />"


def make_c14n():
    chance, cases = random.Random(20260102), []
    while len(cases) < 150:
        xml = random_xml(chance)
        listed = chance.sample(["a", "b", "c"], chance.choice([0, 0, 1, 2]))  # lxml drops #default
        try:
            root = etree.fromstring(xml.encode())
        except etree.XMLSyntaxError:
            continue  # two attributes of one expanded name
        canonical = etree.tostring(root, method="c14n", exclusive=True, with_comments=False,
                                   inclusive_ns_prefixes=listed).decode()
        cases.append({"xml": xml, "listed": listed, "canonical": canonical})
    write("c14n.json", cases)


make_certificates()
make_chains()
make_tokens()
make_saml()
make_c14n()
