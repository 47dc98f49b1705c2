//! XML signatures (XML Signature Syntax and Processing 1.1) of the one form that SAML allows (SAML Core section 5.4):
//! enveloped in the element that they cover. What a message says of its key is believed in nothing.

use sha1::Sha1;
use sha2::{Digest as _, Sha256, Sha384, Sha512};

use crate::federation::key::{Hash, Scheme};
use crate::federation::xml::{Document, ElementId, ExclusiveC14n, canonicalize};

use super::{Fault, Metadata, SIGNATURE, base64, short};

/// Exclusive XML Canonicalization 1.0, without comments.
const C14N: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";

/// Verifies the signature that is right inside an element and covers it. An error when there is none.
pub(super) fn verify(document: &Document, element: ElementId, metadata: &Metadata) -> Result<(), Fault> {
    let mut signatures = document.named(element, SIGNATURE, "Signature");
    let signature = signatures.next().ok_or(Fault::NotSigned)?;
    if signatures.next().is_some() {
        return Err(Fault::Malformed("two signatures of one element"));
    }
    let parts = Parts::of(document, signature)?;
    let reference = Reference::of(document, parts.signed_info)?;
    let id = document.element(element).attribute("ID").ok_or(Fault::MissingElement("ID"))?;
    // ids are unique, which was made sure of, so it is this very element that is meant
    if id.is_empty() || reference.uri.strip_prefix('#') != Some(id) {
        return Err(Fault::BadSignature);
    }
    let covered = canonicalize(document, element, Some(signature), &reference.method);
    if digest(reference.hash, covered.as_bytes()) != reference.digest {
        return Err(Fault::BadSignature);
    }
    let message = canonicalize(document, parts.signed_info, None, &parts.method);
    let verifies = |scheme| {
        let mut keys = metadata.keys().filter(|key| key.fits(scheme));
        keys.any(|key| key.verify(scheme, message.as_bytes(), &parts.value).is_ok())
    };
    if verifies(parts.scheme) {
        return Ok(());
    }
    let is_known = |der: &Vec<u8>| metadata.certificates.iter().any(|certificate| certificate.der == *der);
    if parts.named_certificate.as_ref().is_some_and(|der| !is_known(der)) {
        return Err(Fault::UnknownKey);
    }
    Err(Fault::BadSignature)
}

/// A signature taken apart.
struct Parts {
    signed_info: ElementId,
    method: ExclusiveC14n,
    scheme: Scheme,
    value: Vec<u8>,
    /// The certificate in the message, which only helps to say what is wrong.
    named_certificate: Option<Vec<u8>>,
}

impl Parts {
    /// SignedInfo, SignatureValue and perhaps KeyInfo, and no Object, in which other content could hide.
    fn of(document: &Document, signature: ElementId) -> Result<Self, Fault> {
        let children: Vec<ElementId> = document.children(signature).collect();
        let (signed_info, value, key_info) = match children.as_slice() {
            [signed_info, value] => (*signed_info, *value, None),
            [signed_info, value, key_info] => (*signed_info, *value, Some(*key_info)),
            _ => return Err(Fault::Malformed("Signature")),
        };
        expect(document, signed_info, "SignedInfo")?;
        expect(document, value, "SignatureValue")?;
        if let Some(key_info) = key_info {
            expect(document, key_info, "KeyInfo")?;
        }
        let of_info: Vec<ElementId> = document.children(signed_info).collect();
        let [method, scheme, _reference] = of_info.as_slice() else {
            return Err(Fault::Malformed("SignedInfo"));
        };
        expect(document, *method, "CanonicalizationMethod")?;
        expect(document, *scheme, "SignatureMethod")?;
        let scheme = algorithm(document, *scheme)?;
        Ok(Self {
            signed_info,
            method: canonicalization(document, *method)?,
            scheme: signature_scheme(scheme).ok_or_else(|| Fault::Unsupported(short(scheme)))?,
            value: base64(&document.text(value)).ok_or(Fault::Malformed("SignatureValue"))?,
            named_certificate: key_info.and_then(|key_info| {
                let data = document.named(key_info, SIGNATURE, "X509Data").next()?;
                base64(&document.text(document.named(data, SIGNATURE, "X509Certificate").next()?))
            }),
        })
    }
}

/// The one reference of a signature.
struct Reference<'a> {
    uri: &'a str,
    method: ExclusiveC14n,
    hash: Hash,
    digest: Vec<u8>,
}

impl<'a> Reference<'a> {
    fn of(document: &'a Document, signed_info: ElementId) -> Result<Self, Fault> {
        let reference = document.children(signed_info).last().ok_or(Fault::MissingElement("Reference"))?;
        expect(document, reference, "Reference")?;
        let children: Vec<ElementId> = document.children(reference).collect();
        let [transforms, method, value] = children.as_slice() else {
            return Err(Fault::Malformed("Reference"));
        };
        expect(document, *transforms, "Transforms")?;
        expect(document, *method, "DigestMethod")?;
        expect(document, *value, "DigestValue")?;
        let hash = algorithm(document, *method)?;
        Ok(Self {
            uri: document.element(reference).attribute("URI").ok_or(Fault::MissingElement("URI"))?,
            method: transforms_of(document, *transforms)?,
            hash: digest_hash(hash).ok_or_else(|| Fault::Unsupported(short(hash)))?,
            digest: base64(&document.text(*value)).ok_or(Fault::Malformed("DigestValue"))?,
        })
    }
}

/// The enveloped signature taken out, then exclusive canonicalization; no other transform is allowed (SAML Core section
/// 5.4.4). Without the second the canonicalization would be the inclusive one, which is not supported.
fn transforms_of(document: &Document, transforms: ElementId) -> Result<ExclusiveC14n, Fault> {
    let all: Vec<ElementId> = document.children(transforms).collect();
    for transform in &all {
        expect(document, *transform, "Transform")?;
    }
    match all.as_slice() {
        [enveloped, method] if algorithm(document, *enveloped)? == ENVELOPED => canonicalization(document, *method),
        [enveloped] if algorithm(document, *enveloped)? == ENVELOPED => {
            Err(Fault::Unsupported("inclusive canonicalization".to_owned()))
        }
        [first, ..] => Err(Fault::Unsupported(short(algorithm(document, *first)?))),
        [] => Err(Fault::MissingElement("Transform")),
    }
}

fn canonicalization(document: &Document, method: ElementId) -> Result<ExclusiveC14n, Fault> {
    let name = algorithm(document, method)?;
    if name != C14N {
        return Err(Fault::Unsupported(short(name)));
    }
    let mut children = document.children(method);
    let Some(namespaces) = children.next() else { return Ok(ExclusiveC14n::default()) };
    let namespaces = document.element(namespaces);
    if !namespaces.is(C14N, "InclusiveNamespaces") || children.next().is_some() {
        return Err(Fault::Malformed("InclusiveNamespaces"));
    }
    let list = namespaces.attribute("PrefixList").unwrap_or_default();
    let prefix = |name: &str| if name == "#default" { String::new() } else { name.to_owned() };
    Ok(ExclusiveC14n { inclusive: list.split_ascii_whitespace().map(prefix).collect() })
}

fn expect(document: &Document, element: ElementId, local: &'static str) -> Result<(), Fault> {
    if document.element(element).is(SIGNATURE, local) { Ok(()) } else { Err(Fault::MissingElement(local)) }
}

fn algorithm(document: &Document, element: ElementId) -> Result<&str, Fault> {
    document.element(element).attribute("Algorithm").ok_or(Fault::MissingElement("Algorithm"))
}

/// RFC 9231 sections 2.3.1 to 2.3.6; RSA-SHA1 from XML Signature itself. DSA, HMAC and the rest are not supported.
fn signature_scheme(name: &str) -> Option<Scheme> {
    Some(match name {
        "http://www.w3.org/2000/09/xmldsig#rsa-sha1" => Scheme::RsaPkcs1(Hash::Sha1),
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256" => Scheme::RsaPkcs1(Hash::Sha256),
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384" => Scheme::RsaPkcs1(Hash::Sha384),
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512" => Scheme::RsaPkcs1(Hash::Sha512),
        "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1" => Scheme::RsaPss(Hash::Sha256),
        "http://www.w3.org/2007/05/xmldsig-more#sha384-rsa-MGF1" => Scheme::RsaPss(Hash::Sha384),
        "http://www.w3.org/2007/05/xmldsig-more#sha512-rsa-MGF1" => Scheme::RsaPss(Hash::Sha512),
        "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256" => Scheme::Ecdsa(Hash::Sha256),
        "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384" => Scheme::Ecdsa(Hash::Sha384),
        _ => return None,
    })
}

fn digest_hash(name: &str) -> Option<Hash> {
    Some(match name {
        "http://www.w3.org/2000/09/xmldsig#sha1" => Hash::Sha1,
        "http://www.w3.org/2001/04/xmlenc#sha256" => Hash::Sha256,
        "http://www.w3.org/2001/04/xmldsig-more#sha384" => Hash::Sha384,
        "http://www.w3.org/2001/04/xmlenc#sha512" => Hash::Sha512,
        _ => return None,
    })
}

fn digest(hash: Hash, bytes: &[u8]) -> Vec<u8> {
    match hash {
        Hash::Sha1 => Sha1::digest(bytes).to_vec(),
        Hash::Sha256 => Sha256::digest(bytes).to_vec(),
        Hash::Sha384 => Sha384::digest(bytes).to_vec(),
        Hash::Sha512 => Sha512::digest(bytes).to_vec(),
    }
}
