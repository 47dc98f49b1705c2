//! A response whole: what may stand where, so that the assertion that is read is the one that was signed; then its
//! signatures, then the assertion itself.

use std::collections::HashSet;

use crate::domain::time::Time;
use crate::federation::xml::{Document, ElementId, XML};

use super::{ASSERTION, Assertion, Fault, MAX_RESPONSE, Metadata, PROTOCOL, Rules, SIGNATURE, base64, short};

/// SAML Core section 3.2.2.2.
const SUCCESS: &str = "urn:oasis:names:tc:SAML:2.0:status:Success";

/// Verifies a response in base64, as a browser posts it, and hands out its one assertion. Whether audience, recipient,
/// roles and age suit is for the caller to say.
pub fn verify(response: &str, metadata: &Metadata, rules: &Rules, now: Time) -> Result<Assertion, Fault> {
    if response.len() > MAX_RESPONSE {
        return Err(Fault::TooLarge);
    }
    let bytes = base64(response).ok_or(Fault::Malformed("base64"))?;
    let text = String::from_utf8(bytes).map_err(|_| Fault::Malformed("not UTF-8"))?;
    let document = Document::parse(&text)?;
    let root = Document::ROOT;
    if !document.element(root).is(PROTOCOL, "Response") {
        return Err(Fault::MissingElement("Response"));
    }
    refuse_repeated_ids(&document)?;
    let assertion = only_assertion(&document)?;
    refuse_signatures_elsewhere(&document, assertion)?;
    verify_signatures(&document, assertion, metadata, rules)?;
    check_status(&document)?;
    Assertion::read(&document, assertion, metadata, rules, now)
}

/// Ids are what signatures refer by. Which attribute is one is a matter of schemas, so all that could be are looked at.
fn refuse_repeated_ids(document: &Document) -> Result<(), Fault> {
    let mut seen = HashSet::new();
    for (_, element) in document.all() {
        for attribute in &element.attributes {
            let is_plain = attribute.namespace.is_empty() || &*attribute.namespace == XML;
            if is_plain && attribute.local.eq_ignore_ascii_case("id") && !seen.insert(attribute.value.as_str()) {
                return Err(Fault::Malformed("an id twice"));
            }
        }
    }
    Ok(())
}

/// The one assertion, right inside the response; another anywhere else is somebody wrapping signatures.
fn only_assertion(document: &Document) -> Result<ElementId, Fault> {
    let root = Document::ROOT;
    let mut all = document.all().filter(|(_, element)| element.is(ASSERTION, "Assertion"));
    let first = all.next();
    if all.next().is_some() {
        return Err(Fault::Malformed("more than one assertion"));
    }
    if document.all().any(|(_, element)| element.is(ASSERTION, "EncryptedAssertion")) {
        return Err(Fault::Encrypted);
    }
    let (id, element) = first.ok_or(Fault::MissingElement("Assertion"))?;
    if element.parent == Some(root) { Ok(id) } else { Err(Fault::Malformed("an assertion elsewhere")) }
}

fn refuse_signatures_elsewhere(document: &Document, assertion: ElementId) -> Result<(), Fault> {
    let places = [Some(Document::ROOT), Some(assertion)];
    let mut signatures = document.all().filter(|(_, element)| element.is(SIGNATURE, "Signature"));
    if signatures.all(|(_, signature)| places.contains(&signature.parent)) {
        Ok(())
    } else {
        Err(Fault::Malformed("a signature elsewhere"))
    }
}

/// Each signature that is there has to verify, and there has to be one that covers the assertion.
fn verify_signatures(
    document: &Document,
    assertion: ElementId,
    metadata: &Metadata,
    rules: &Rules,
) -> Result<(), Fault> {
    let is_signed = |id| document.named(id, SIGNATURE, "Signature").next().is_some();
    let root = Document::ROOT;
    let (of_response, of_assertion) = (is_signed(root), is_signed(assertion));
    if !of_assertion && (rules.assertion_signature_required || !of_response) {
        return Err(Fault::NotSigned);
    }
    for (id, is_signed) in [(root, of_response), (assertion, of_assertion)] {
        if is_signed {
            super::signature::verify(document, id, metadata)?;
        }
    }
    Ok(())
}

fn check_status(document: &Document) -> Result<(), Fault> {
    let status = document.named(Document::ROOT, PROTOCOL, "Status").next().ok_or(Fault::MissingElement("Status"))?;
    let code = document.named(status, PROTOCOL, "StatusCode").next().ok_or(Fault::MissingElement("StatusCode"))?;
    match document.element(code).attribute("Value") {
        Some(SUCCESS) => Ok(()),
        Some(other) => Err(Fault::NotSuccessful(short(other))),
        None => Err(Fault::MissingElement("StatusCode")),
    }
}
