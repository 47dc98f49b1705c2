//! What AWS STS says when it does not take an identity provider's word: the one place where codes and texts stand; must
//! not know how a fault is found. As observed in September 2026 unless a line says otherwise.

use super::errors::Fault;
use crate::domain::vouching::VouchFault;

/// Said of what has no text of its own.
const NOT_VALIDATED: &str = "The web identity token provided could not be validated. See the \
    AssumeRoleWithWebIdentity documentation for requirements.";
const NO_KEY: &str = "Couldn't retrieve verification key from your identity provider,  please reference \
    AssumeRoleWithWebIdentity documentation for requirements";
const NOT_TOKEN: &str =
    "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)";
const UNKNOWN_PROVIDER: &str = "Unrecognized OAuth provider. Do not include a provider parameter when submitting \
    OpenIDConnect ID tokens";
const UNSIGNED: &str = "Response (with optional signature) must contain an assertion with a mandatory signature";

/// The answer to a fault.
pub(super) fn fault(fault: &VouchFault) -> Fault {
    match fault {
        VouchFault::NotToken => invalid(NOT_TOKEN),
        VouchFault::UnknownProviderId => denied(UNKNOWN_PROVIDER),
        VouchFault::ForeignToken => invalid("Provided Token is not a Login With Amazon token"),
        // Reported by users for years.
        VouchFault::NoProvider(issuer) => {
            invalid(format!("No OpenIDConnect provider found in your account for {issuer}"))
        }
        VouchFault::UnknownKey => invalid(NO_KEY),
        // Inferred.
        VouchFault::BadSignature | VouchFault::MalformedClaim(_) => invalid(NOT_VALIDATED),
        VouchFault::Expired(latest, end) => expired(format!(
            "Token expired: current date/time {} must be before the expiration date/time {}",
            latest.seconds(),
            end.seconds()
        )),
        VouchFault::NotYetValid(earliest, start) => invalid(format!(
            "Token not yet valid: current date/time {} must be after or equal to the not-before date/time {}",
            earliest.seconds(),
            start.seconds()
        )),
        VouchFault::IssuedInFuture(at) => invalid(format!("Token issued in the future: {}", at.seconds())),
        VouchFault::MissingClaim(name) => invalid(format!("Missing a required claim: {name}")),
        VouchFault::EmptyClaim(name) => invalid(format!("Claim is not allowed to be empty: {name}")),
        VouchFault::MalformedTime => invalid("Invalid timestamp in token claims."),
        VouchFault::MalformedSubject => {
            Fault::new(500, "InternalFailure", "Unknown error validating third-party token")
        }
        VouchFault::MalformedTags => invalid("principal_tags passed in claim is not in correct format."),
        VouchFault::SeveralAudiences => {
            invalid("Token audience contains more than one audience while authorized party is not present")
        }
        // Reported by users for years. In September 2026 the text of NOT_VALIDATED was observed instead.
        VouchFault::WrongAudience => invalid("Incorrect token audience"),
        VouchFault::NoRoles => invalid("The roles claim contains no valid role ARNs"),
        VouchFault::OtherRoles => {
            invalid("The target role ARN is not present in the roles claim of the identity token")
        }
        // Reported by users.
        VouchFault::NoSamlProvider => {
            discovery("Specified provider doesn't exist", "AuthSamlManifestNotFoundException")
        }
        VouchFault::MalformedResponse => discovery("Invalid base64 SAMLResponse", INVALID_RESPONSE),
        VouchFault::UnsignedAssertion => discovery(UNSIGNED, INVALID_RESPONSE),
        VouchFault::BadResponseSignature => invalid("Response signature invalid"),
        VouchFault::ExpiredResponse => expired("Response has expired"),
        // This and the next three from IAM User Guide, "Troubleshoot SAML federation with IAM".
        VouchFault::Late => expired("Token must be redeemed within 5 minutes of issuance"),
        VouchFault::WrongIssuer => discovery("Issuer not present in specified provider", INVALID_RESPONSE),
        VouchFault::NoSessionName => invalid("RoleSessionName is required in AuthnResponse"),
        VouchFault::SessionName => invalid("RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64}"),
        VouchFault::NotInRoles => {
            invalid("SAML Assertion doesn't contain the requested Role and Metadata in the attributes")
        }
        // Inferred.
        VouchFault::SessionDuration => {
            invalid("SessionDuration in AuthnResponse must be a number between 900 and 43200")
        }
        VouchFault::NotAuthorized(action) => denied(format!("Not authorized to perform {action}")),
    }
}

const INVALID_RESPONSE: &str = "AuthSamlInvalidSamlResponseException";

fn invalid(text: impl Into<String>) -> Fault {
    Fault::new(400, "InvalidIdentityToken", text.into())
}

fn expired(text: impl Into<String>) -> Fault {
    Fault::new(400, "ExpiredTokenException", text.into())
}

fn denied(text: impl Into<String>) -> Fault {
    Fault::new(403, "AccessDenied", text.into())
}

/// What a service behind STS says. It names a request of its own, of which there is none here.
fn discovery(text: &str, code: &str) -> Fault {
    const REQUEST: &str = "00000000-0000-0000-0000-000000000000";
    invalid(format!(
        "{text} (Service: AWSOpenIdDiscoveryService; Status Code: 400; Error Code: {code}; Request ID: {REQUEST}; \
         Proxy: null)"
    ))
}
