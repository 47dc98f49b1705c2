//! Who a SAML provider's response is about, before any role's trust policy is asked (STS 2011-06-15 AssumeRoleWithSAML).

use crate::domain::account::Cloud;
use crate::domain::arn::Kind;
use crate::domain::error::Error;
use crate::domain::providers::{ProviderRef, SamlProvider};
use crate::domain::time::Time;
use crate::domain::user::Tag;
use crate::domain::vouching::{ASSERTION_SECONDS, Fact, VouchFault, Vouched, are_session_tags, is_session_name};
use crate::federation::saml::names::{condition_key, name_qualifier, subject_type};
use crate::federation::saml::{Assertion, Fault, Metadata, Rules, verify};
use crate::store::{self, Conn};

/// The action that a trust policy has to allow.
const ACTION: &str = "sts:AssumeRoleWithSAML";

/// How long a session may be asked to last (IAM User Guide, "Configure SAML assertions for the authentication
/// response", SessionDuration).
const SESSION_SECONDS: std::ops::RangeInclusive<i64> = 900..=43_200;

/// A response handed in.
#[derive(Clone)]
pub struct SamlResponse {
    /// The provider's ARN.
    pub provider_arn: String,
    /// The response in base 64.
    pub response: String,
}

/// Whom it is about.
#[derive(Clone, Debug)]
pub struct Person {
    /// What the provider vouches for.
    pub vouched: Vouched,
    /// The name.
    pub subject: String,
    /// What kind of name it is.
    pub subject_type: String,
    /// Who issued the assertion.
    pub issuer: String,
    /// Whom it was sent to.
    pub audience: String,
    /// What tells the subject from those of the same name elsewhere.
    pub name_qualifier: String,
    /// The most seconds that a session from it may last.
    pub most_seconds: i64,
}

/// Finds out whom a response is about, for a role in an account.
///
/// # Errors
/// `Vouch`; `NotBuilt` for an encrypted assertion.
pub(super) async fn person(
    conn: &mut Conn,
    account_id: &str,
    role_arn: &str,
    given: &SamlResponse,
    now: Time,
) -> Result<Person, Error> {
    let named = ProviderRef::Arn(&given.provider_arn).name(Cloud::Aws, account_id, Kind::SamlProvider);
    let name = named.ok_or(VouchFault::NoSamlProvider)?;
    let provider = store::saml_providers::by_name(conn, account_id, name).await?.ok_or(VouchFault::NoSamlProvider)?;
    let assertion = match assertion(&provider, &given.response, now) {
        Err(Fault::Encrypted) if !provider.private_keys.is_empty() => {
            return Err(Error::NotBuilt("AssumeRoleWithSAML of an encrypted assertion".to_owned()));
        }
        read => read.map_err(|fault| vouch_fault(&fault))?,
    };
    Ok(of_assertion(&provider, assertion, role_arn, now)?)
}

/// A plain assertion is malformed where encryption is required: observed of AWS STS in September 2026. A provider
/// without certificates can sign nothing.
fn assertion(provider: &SamlProvider, response: &str, now: Time) -> Result<Assertion, Fault> {
    let metadata = Metadata::parse(&provider.metadata).map_err(|_| Fault::BadSignature)?;
    let read = verify(response, &metadata, &Rules::AWS, now)?;
    if provider.encryption_required { Err(Fault::Malformed("a plain assertion")) } else { Ok(read) }
}

fn of_assertion(
    provider: &SamlProvider,
    assertion: Assertion,
    role_arn: &str,
    now: Time,
) -> Result<Person, VouchFault> {
    if assertion.issued_at.plus_seconds(ASSERTION_SECONDS) < now {
        return Err(VouchFault::Late);
    }
    let provider_arn = provider.arn(Cloud::Aws);
    if !assertion.roles.iter().any(|pair| pair.role == role_arn && pair.provider == provider_arn) {
        return Err(VouchFault::NotInRoles);
    }
    let session_name = assertion.role_session_name.clone().ok_or(VouchFault::NoSessionName)?;
    if !is_session_name(&session_name) {
        return Err(VouchFault::SessionName);
    }
    if assertion.source_identity.as_ref().is_some_and(|identity| !is_session_name(identity)) {
        return Err(VouchFault::MalformedResponse);
    }
    let tags: Vec<Tag> =
        assertion.tags.iter().map(|(key, value)| Tag { key: key.clone(), value: value.clone() }).collect();
    if !are_session_tags(&tags, &assertion.transitive_tag_keys) {
        return Err(VouchFault::MalformedTags);
    }
    let qualifier = name_qualifier(&assertion.issuer, &provider.account_id, &provider.name);
    let kind = subject_type(assertion.subject.format.as_deref().unwrap_or_default()).to_owned();
    let fact = |key: &str, value: &str| (format!("saml:{key}"), vec![value.to_owned()]);
    let lasting_facts =
        vec![fact("sub", &assertion.subject.name), fact("sub_type", &kind), fact("namequalifier", &qualifier)];
    let passing = [
        fact("aud", &assertion.recipient),
        fact("iss", &assertion.issuer),
        fact("doc", &format!("{}/{}", provider.account_id, provider.name)),
    ];
    let attributes = assertion.attributes.iter().filter_map(|(name, values)| -> Option<Fact> {
        Some((format!("saml:{}", condition_key(name)?), values.clone()))
    });
    let vouched = Vouched {
        provider: provider_arn,
        action: ACTION,
        session_name,
        source_identity: assertion.source_identity.clone(),
        tags,
        transitive_keys: assertion.transitive_tag_keys.clone(),
        facts: attributes.chain(passing).chain(lasting_facts.iter().cloned()).collect(),
        lasting_facts,
    };
    Ok(Person {
        vouched,
        subject: assertion.subject.name.clone(),
        subject_type: kind,
        most_seconds: most_seconds(&assertion, now)?,
        issuer: assertion.issuer,
        audience: assertion.recipient,
        name_qualifier: qualifier,
    })
}

/// The earlier end of what the assertion asks for and of the sign-on itself.
fn most_seconds(assertion: &Assertion, now: Time) -> Result<i64, VouchFault> {
    let asked = match &assertion.session_duration {
        None => *SESSION_SECONDS.end(),
        Some(text) => {
            let seconds: Option<i64> = text.trim().parse().ok();
            seconds.filter(|seconds| SESSION_SECONDS.contains(seconds)).ok_or(VouchFault::SessionDuration)?
        }
    };
    let left = assertion.session_not_on_or_after.map(|end| end.seconds().saturating_sub(now.seconds()));
    Ok(left.map_or(asked, |left| left.min(asked)))
}

fn vouch_fault(fault: &Fault) -> VouchFault {
    match fault {
        Fault::NotSigned => VouchFault::UnsignedAssertion,
        Fault::BadSignature | Fault::UnknownKey | Fault::Unsupported(_) => VouchFault::BadResponseSignature,
        Fault::Expired { .. } => VouchFault::ExpiredResponse,
        Fault::WrongIssuer { .. } => VouchFault::WrongIssuer,
        Fault::Malformed(_)
        | Fault::TooLarge
        | Fault::NotYetValid { .. }
        | Fault::Encrypted
        | Fault::MissingElement(_)
        | Fault::NotSuccessful(_)
        | Fault::Certificate(_) => VouchFault::MalformedResponse,
    }
}
