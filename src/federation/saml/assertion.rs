//! An assertion's content (SAML Core section 2, SAML Profiles section 4.1.4.2); must not know how it was signed, and is
//! only to be called for one that was.

use std::collections::BTreeMap;

use crate::domain::time::Time;
use crate::federation::xml::{Document, ElementId};

use super::{ASSERTION, Fault, Metadata, Rules, short, time};

const BEARER: &str = "urn:oasis:names:tc:SAML:2.0:cm:bearer";

/// What a verified assertion says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assertion {
    /// The provider, which is the metadata's.
    pub issuer: String,
    /// When it was issued, for a caller that wants it fresh.
    pub issued_at: Time,
    /// Whom it is about.
    pub subject: Subject,
    /// Whom it was sent to.
    pub recipient: String,
    /// The end of the time to hand it in.
    pub not_on_or_after: Time,
    /// Whom it is for: where it restricts this more than once, those that every restriction names.
    pub audiences: Vec<String>,
    /// Whether it restricts whom it is for at all.
    pub restricts_audience: bool,
    /// The latest end of a session made from it.
    pub session_not_on_or_after: Option<Time>,
    /// The roles it may be exchanged for, each with its provider.
    pub roles: Vec<RolePair>,
    /// The session's name.
    pub role_session_name: Option<String>,
    /// The session's length as it stands there; that it is a number is for the caller to see.
    pub session_duration: Option<String>,
    /// The source identity.
    pub source_identity: Option<String>,
    /// Session tags in the assertion's order.
    pub tags: Vec<(String, String)>,
    /// The keys of those that outlast a change of role.
    pub transitive_tag_keys: Vec<String>,
    /// Every attribute with all its values, those above included.
    pub attributes: BTreeMap<String, Vec<String>>,
}

/// The name of whom an assertion is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The name.
    pub name: String,
    /// What kind of name it is.
    pub format: Option<String>,
}

/// A role and the provider that vouches for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RolePair {
    /// The role's resource name.
    pub role: String,
    /// The provider's.
    pub provider: String,
}

impl Assertion {
    pub(super) fn read(
        document: &Document,
        id: ElementId,
        metadata: &Metadata,
        rules: &Rules,
        now: Time,
    ) -> Result<Self, Fault> {
        let one = |of, name| only(document, of, name);
        let issuer = document.text(one(id, "Issuer")?).trim().to_owned();
        if issuer != metadata.entity_id {
            return Err(Fault::WrongIssuer { found: short(&issuer) });
        }
        let subject_element = one(id, "Subject")?;
        let subject = subject(document, subject_element, rules)?;
        let confirmation = Confirmation::of(document, subject_element)?;
        let conditions = one(id, "Conditions")?;
        let statement = document.named(id, ASSERTION, "AuthnStatement").next();
        let statement = statement.ok_or(Fault::MissingElement("AuthnStatement"))?;
        let session_not_on_or_after = optional_time(document, statement, "SessionNotOnOrAfter")?;
        let ends = [
            optional_time(document, conditions, "NotOnOrAfter")?,
            Some(confirmation.not_on_or_after),
            session_not_on_or_after,
        ];
        if let Some(at) = ends.into_iter().flatten().min().filter(|at| *at <= now) {
            return Err(Fault::Expired { at });
        }
        let begins = [optional_time(document, conditions, "NotBefore")?, confirmation.not_before];
        if let Some(from) = begins.into_iter().flatten().max().filter(|from| rules.honours_not_before && *from > now) {
            return Err(Fault::NotYetValid { from });
        }
        let restrictions = restrictions(document, conditions);
        let mut read = Self {
            issuer,
            issued_at: optional_time(document, id, "IssueInstant")?.ok_or(Fault::MissingElement("IssueInstant"))?,
            subject,
            recipient: confirmation.recipient,
            not_on_or_after: confirmation.not_on_or_after,
            restricts_audience: !restrictions.is_empty(),
            audiences: in_all(restrictions),
            session_not_on_or_after,
            roles: Vec::new(),
            role_session_name: None,
            session_duration: None,
            source_identity: None,
            tags: Vec::new(),
            transitive_tag_keys: Vec::new(),
            attributes: BTreeMap::new(),
        };
        for statement in document.named(id, ASSERTION, "AttributeStatement") {
            read.read_attributes(document, statement, rules)?;
        }
        Ok(read)
    }

    fn read_attributes(&mut self, document: &Document, statement: ElementId, rules: &Rules) -> Result<(), Fault> {
        for id in document.children(statement) {
            let element = document.element(id);
            if element.is(ASSERTION, "EncryptedAttribute") {
                return Err(Fault::Encrypted);
            }
            if !element.is(ASSERTION, "Attribute") {
                return Err(Fault::Malformed("AttributeStatement"));
            }
            let name = element.attribute("Name").ok_or(Fault::MissingElement("Name"))?;
            let values: Vec<String> =
                document.named(id, ASSERTION, "AttributeValue").map(|value| document.text(value)).collect();
            if let Some(own) = name.strip_prefix(rules.attributes) {
                self.read_own(own, &values, rules)?;
            }
            self.attributes.entry(name.to_owned()).or_default().extend(values);
        }
        Ok(())
    }

    /// The cloud's own attributes (IAM User Guide, "Configure SAML assertions for the authentication response"). A tag
    /// or the source identity with several values is refused rather than guessed at.
    fn read_own(&mut self, name: &str, values: &[String], rules: &Rules) -> Result<(), Fault> {
        let first = || values.first().map(|value| value.trim().to_owned());
        match name {
            "Role" => self.roles.extend(values.iter().filter_map(|value| role_pair(value, rules))),
            "RoleSessionName" => self.role_session_name = self.role_session_name.take().or_else(first),
            "SessionDuration" => self.session_duration = self.session_duration.take().or_else(first),
            "SourceIdentity" => {
                if values.len() > 1 || self.source_identity.is_some() {
                    return Err(Fault::Malformed("SourceIdentity"));
                }
                self.source_identity = first();
            }
            "TransitiveTagKeys" => self.transitive_tag_keys.extend(values.iter().cloned()),
            _ => {
                if let Some(key) = name.strip_prefix("PrincipalTag:") {
                    let [value] = values else { return Err(Fault::Malformed("PrincipalTag")) };
                    if self.tags.iter().any(|(known, _)| known == key) {
                        return Err(Fault::Malformed("PrincipalTag"));
                    }
                    self.tags.push((key.to_owned(), value.clone()));
                }
            }
        }
        Ok(())
    }
}

/// Who hands it in, and until when: the one bearer confirmation that a sign-on needs. That there is no more than one
/// was observed of AWS STS in September 2026, as was that none of its parts may be missing.
struct Confirmation {
    recipient: String,
    not_before: Option<Time>,
    not_on_or_after: Time,
}

impl Confirmation {
    fn of(document: &Document, subject: ElementId) -> Result<Self, Fault> {
        let confirmation = only(document, subject, "SubjectConfirmation")?;
        if document.element(confirmation).attribute("Method") != Some(BEARER) {
            return Err(Fault::MissingElement("bearer SubjectConfirmation"));
        }
        let data = only(document, confirmation, "SubjectConfirmationData")?;
        let recipient = document.element(data).attribute("Recipient").ok_or(Fault::MissingElement("Recipient"))?;
        let end = optional_time(document, data, "NotOnOrAfter")?;
        Ok(Self {
            recipient: recipient.to_owned(),
            not_before: optional_time(document, data, "NotBefore")?,
            not_on_or_after: end.ok_or(Fault::MissingElement("NotOnOrAfter"))?,
        })
    }
}

fn subject(document: &Document, subject: ElementId, rules: &Rules) -> Result<Subject, Fault> {
    if document.named(subject, ASSERTION, "EncryptedID").next().is_some() {
        return Err(Fault::Encrypted);
    }
    let name = only(document, subject, "NameID")?;
    let format = document.element(name).attribute("Format").map(str::to_owned);
    if rules.name_format_required && format.is_none() {
        return Err(Fault::MissingElement("Format"));
    }
    if document.children(name).next().is_some() {
        return Err(Fault::Malformed("NameID"));
    }
    Ok(Subject { name: document.text(name), format })
}

/// The one element of a name in SAML's namespace right inside another.
fn only(document: &Document, of: ElementId, name: &'static str) -> Result<ElementId, Fault> {
    let mut found = document.named(of, ASSERTION, name);
    let first = found.next().ok_or(Fault::MissingElement(name))?;
    if found.next().is_some() { Err(Fault::Malformed(name)) } else { Ok(first) }
}

fn optional_time(document: &Document, of: ElementId, name: &str) -> Result<Option<Time>, Fault> {
    document.element(of).attribute(name).map(time).transpose()
}

/// The audiences of each restriction.
fn restrictions(document: &Document, conditions: ElementId) -> Vec<Vec<String>> {
    let audiences = |restriction| -> Vec<String> {
        let named = document.named(restriction, ASSERTION, "Audience");
        named.map(|audience| document.text(audience).trim().to_owned()).collect()
    };
    document.named(conditions, ASSERTION, "AudienceRestriction").map(audiences).collect()
}

/// Each restriction has to be met (SAML Core section 2.5.1.4).
fn in_all(restrictions: Vec<Vec<String>>) -> Vec<String> {
    let mut restrictions = restrictions.into_iter();
    let Some(first) = restrictions.next() else { return Vec::new() };
    restrictions.fold(first, |kept, other| kept.into_iter().filter(|audience| other.contains(audience)).collect())
}

/// A role and its provider with a comma between them, in either order. What is no such pair names no role.
fn role_pair(value: &str, rules: &Rules) -> Option<RolePair> {
    let (one, other) = value.split_once(',')?;
    let (one, other) = (one.trim().to_owned(), other.trim().to_owned());
    let is_pair = |role: &str, provider: &str| role.contains(rules.role_mark) && provider.contains(rules.provider_mark);
    if is_pair(&one, &other) {
        Some(RolePair { role: one, provider: other })
    } else if is_pair(&other, &one) {
        Some(RolePair { role: other, provider: one })
    } else {
        None
    }
}
