//! An identity provider's metadata (SAML V2.0 Metadata). Its own signature is not looked at: who uploads it vouches for it.

use crate::domain::time::Time;
use crate::federation::certificate::Certificate;
use crate::federation::key::PublicKey;
use crate::federation::xml::{Document, ElementId};

use super::{Fault, MAX_CERTIFICATES, MAX_METADATA, METADATA, PROTOCOL, SIGNATURE, base64, time};

/// The longest entity id (SAML Metadata section 2.2.1).
const MAX_ENTITY_ID: usize = 1024;

/// What is known of a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metadata {
    /// Its name, which is the issuer of its assertions.
    pub entity_id: String,
    /// The end of the metadata's own validity: the earliest that it names. What follows from it is for the caller.
    pub valid_until: Option<Time>,
    /// The certificates of its signing keys, in the document's order.
    pub certificates: Vec<Certificate>,
    /// Where a browser is sent to sign in.
    pub sign_on: Vec<Endpoint>,
    /// Whether it wants the requests to it signed.
    pub wants_signed_requests: bool,
}

/// An address of a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// How a request travels there.
    pub binding: String,
    /// Where that is.
    pub location: String,
}

impl Metadata {
    /// Reads the metadata of one provider.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        if text.len() > MAX_METADATA {
            return Err(Fault::TooLarge);
        }
        let document = Document::parse(text)?;
        let root = Document::ROOT;
        let entity = document.element(root);
        if !entity.is(METADATA, "EntityDescriptor") {
            return Err(Fault::MissingElement("EntityDescriptor"));
        }
        let entity_id = entity.attribute("entityID").ok_or(Fault::MissingElement("entityID"))?;
        if entity_id.is_empty() || entity_id.chars().count() > MAX_ENTITY_ID {
            return Err(Fault::Malformed("entityID"));
        }
        let roles: Vec<ElementId> = document
            .named(root, METADATA, "IDPSSODescriptor")
            .filter(|role| speaks_saml2(document.element(*role).attribute("protocolSupportEnumeration")))
            .collect();
        if roles.is_empty() {
            return Err(Fault::MissingElement("IDPSSODescriptor"));
        }
        let mut read = Self {
            entity_id: entity_id.to_owned(),
            valid_until: None,
            certificates: Vec::new(),
            sign_on: Vec::new(),
            wants_signed_requests: false,
        };
        read.read_validity(&document, root)?;
        for role in roles {
            read.read_role(&document, role)?;
        }
        if read.certificates.is_empty() {
            return Err(Fault::MissingElement("X509Certificate"));
        }
        Ok(read)
    }

    /// The keys that its signatures may be made with.
    pub fn keys(&self) -> impl Iterator<Item = &PublicKey> {
        self.certificates.iter().filter_map(|certificate| certificate.key.as_ref())
    }

    fn read_validity(&mut self, document: &Document, id: ElementId) -> Result<(), Fault> {
        if let Some(until) = document.element(id).attribute("validUntil") {
            let until = time(until)?;
            self.valid_until = Some(self.valid_until.map_or(until, |before| before.min(until)));
        }
        Ok(())
    }

    fn read_role(&mut self, document: &Document, role: ElementId) -> Result<(), Fault> {
        self.read_validity(document, role)?;
        let wants = document.element(role).attribute("WantAuthnRequestsSigned");
        self.wants_signed_requests |= wants.is_some_and(|wants| matches!(wants.trim(), "true" | "1"));
        for endpoint in document.named(role, METADATA, "SingleSignOnService") {
            let attribute = |name| document.element(endpoint).attribute(name);
            let binding = attribute("Binding").ok_or(Fault::MissingElement("Binding"))?.to_owned();
            let location = attribute("Location").ok_or(Fault::MissingElement("Location"))?.to_owned();
            self.sign_on.push(Endpoint { binding, location });
        }
        for key in document.named(role, METADATA, "KeyDescriptor") {
            if document.element(key).attribute("use").is_none_or(|purpose| purpose == "signing") {
                self.read_key(document, key)?;
            }
        }
        Ok(())
    }

    fn read_key(&mut self, document: &Document, key: ElementId) -> Result<(), Fault> {
        for info in document.named(key, SIGNATURE, "KeyInfo") {
            for certificates in document.named(info, SIGNATURE, "X509Data") {
                for certificate in document.named(certificates, SIGNATURE, "X509Certificate") {
                    let der = base64(&document.text(certificate)).ok_or(Fault::Malformed("X509Certificate"))?;
                    let certificate = Certificate::from_der(&der)?;
                    if self.certificates.contains(&certificate) {
                        continue;
                    }
                    if self.certificates.len() >= MAX_CERTIFICATES {
                        return Err(Fault::TooLarge);
                    }
                    self.certificates.push(certificate);
                }
            }
        }
        Ok(())
    }
}

fn speaks_saml2(protocols: Option<&str>) -> bool {
    protocols.is_some_and(|protocols| protocols.split_ascii_whitespace().any(|protocol| protocol == PROTOCOL))
}
