//! Whom a SAML provider's response is about, before any role's trust policy is asked (STS 2015-04-01
//! AssumeRoleWithSAML; RAM documentation, "SAML response for role-based SSO").

use crate::domain::account::Cloud;
use crate::domain::exchange::ExchangeFault;
use crate::domain::providers::SamlProvider;
use crate::domain::time::Time;
use crate::domain::vouching::{Fact, is_session_name};
use crate::federation::saml::names::subject_type;
use crate::federation::saml::{Assertion, Fault, Metadata, Rules, verify};

/// Whom an assertion has to be for: the sites in China and elsewhere each have their own.
const AUDIENCES: [&str; 2] = ["urn:alibaba:cloudcomputing", "urn:alibaba:cloudcomputing:international"];

/// Whom a response is about.
#[derive(Clone, Debug)]
pub struct Person {
    /// The provider's ARN.
    pub provider_arn: String,
    /// The name for the session.
    pub session_name: String,
    /// The name.
    pub subject: String,
    /// What kind of name it is.
    pub subject_type: String,
    /// Who issued the assertion.
    pub issuer: String,
    /// Whom it was sent to.
    pub recipient: String,
}

impl Person {
    /// What a trust policy's conditions see (RAM documentation, "Create a RAM role for a trusted IdP"). Whom an
    /// assertion was sent to is for them alone to judge: through the API one that was sent elsewhere is taken, as a
    /// client that relies on it says.
    pub(super) fn facts(&self) -> Vec<Fact> {
        vec![("saml:recipient".to_owned(), vec![self.recipient.clone()])]
    }
}

/// Finds out whom a response is about, for a role.
///
/// # Errors
/// Why it is not taken.
pub(super) fn person(
    provider: &SamlProvider,
    response: &str,
    role_arn: &str,
    now: Time,
) -> Result<Person, ExchangeFault> {
    let metadata = Metadata::parse(&provider.metadata).map_err(|_| ExchangeFault::Metadata)?;
    let assertion = verify(response, &metadata, &Rules::ALIBABA, now).map_err(|fault| exchange_fault(&fault))?;
    of_assertion(provider, assertion, role_arn)
}

/// That an assertion is invalid which is for others or names other roles is inferred.
fn of_assertion(provider: &SamlProvider, assertion: Assertion, role_arn: &str) -> Result<Person, ExchangeFault> {
    if !assertion.audiences.iter().any(|audience| AUDIENCES.contains(&audience.as_str())) {
        return Err(ExchangeFault::Assertion("another audience"));
    }
    let provider_arn = provider.arn(Cloud::Alibaba);
    let is_pair = |role: &str, of: &str| role.eq_ignore_ascii_case(role_arn) && of.eq_ignore_ascii_case(&provider_arn);
    if !assertion.roles.iter().any(|pair| is_pair(&pair.role, &pair.provider)) {
        return Err(ExchangeFault::Assertion("other roles"));
    }
    let session_name = assertion.role_session_name.ok_or(ExchangeFault::SessionName)?;
    // `_.@=,+-`, as the page on assertions has it; that there may be 64 as everywhere since 2023 is inferred.
    if !is_session_name(&session_name) {
        return Err(ExchangeFault::SessionName);
    }
    Ok(Person {
        provider_arn,
        session_name,
        subject: assertion.subject.name,
        subject_type: subject_type(assertion.subject.format.as_deref().unwrap_or_default()).to_owned(),
        issuer: assertion.issuer,
        recipient: assertion.recipient,
    })
}

fn exchange_fault(fault: &Fault) -> ExchangeFault {
    match fault {
        Fault::Expired { .. } => ExchangeFault::AssertionExpired,
        Fault::NotSigned => ExchangeFault::Assertion("not signed"),
        Fault::BadSignature | Fault::UnknownKey | Fault::Unsupported(_) | Fault::Certificate(_) => {
            ExchangeFault::Assertion("a bad signature")
        }
        Fault::WrongIssuer { .. } => ExchangeFault::Assertion("another issuer"),
        Fault::NotYetValid { .. } => ExchangeFault::Assertion("not yet valid"),
        Fault::Encrypted => ExchangeFault::Assertion("encrypted"),
        Fault::NotSuccessful(_) => ExchangeFault::Assertion("no success"),
        Fault::Malformed(_) | Fault::TooLarge | Fault::MissingElement(_) => ExchangeFault::Assertion("malformed"),
    }
}
