//! Why an identity provider's word is not exchanged for a role, in the cloud's words: those of the list of STS
//! 2015-04-01's error codes and of AssumeRoleWithSAML's page.

use super::errors::Fault;
use crate::domain::exchange::ExchangeFault;

const INVALID_TOKEN: &str = "AuthenticationFail.OIDCToken.Invalid";
const NO_PERMISSION: &str = "AuthenticationFail.NoPermission";

/// The fault as a client sees it.
pub(super) fn fault(fault: &ExchangeFault) -> Fault {
    let (status, code, message) = match fault {
        ExchangeFault::Missing(name) => {
            let message = format!("Parameter {name} is required.");
            return Fault::new(400, format!("MissingParameter.{name}"), message);
        }
        ExchangeFault::TokenAlgorithm(name) => {
            let message = format!("The algorithm {name} that be specified in Jwt header is unknown.");
            return Fault::new(401, INVALID_TOKEN, message);
        }
        ExchangeFault::NoKeys(issuer) => {
            let message = format!("Get public keys from OIDC Provider failed, the issuer is {issuer}.");
            return Fault::new(401, "AuthenticationFail.OIDCToken.IssuerConfigurationBroken", message);
        }
        // AssumeRoleWithSAML's page of 2021 has EntityNotExist.RoleArn; this is what clients see of AssumeRoleWithOIDC.
        ExchangeFault::NoRole(arn) => {
            return Fault::new(404, "EntityNotExist.Role", format!("The role not exists: {arn}. "));
        }
        // Seen in answers to clients.
        ExchangeFault::ProviderArn => (401, NO_PERMISSION, "Parameter OIDCProviderArn is not valid"),
        ExchangeFault::NoOidcProvider => (401, NO_PERMISSION, "No such OIDC Provider registered."),
        ExchangeFault::NotTrusted => (401, NO_PERMISSION, "There is no permission"),
        ExchangeFault::NoToken => (401, INVALID_TOKEN, "The OIDCToken can not empty."),
        ExchangeFault::TokenParts => {
            (401, INVALID_TOKEN, "The number of Jwt field should be divided into 3 parts with '.' .")
        }
        ExchangeFault::TokenContent => (401, INVALID_TOKEN, "The Jwt content is invalid that cannot be recognized."),
        ExchangeFault::TokenSignature => {
            (401, "AuthenticationFail.OIDCToken.InvalidSignature", "OIDC token validate failed: invalid signature.")
        }
        ExchangeFault::TokenExpired => (401, "AuthenticationFail.OIDCToken.Expired", "This JsonWebToken is expired."),
        ExchangeFault::TokenIssuer => (
            401,
            "AuthenticationFail.OIDCToken.IssuerNotMatch",
            "The issuer in the OIDC Token doesn't match the OIDC Provider registered.",
        ),
        ExchangeFault::TokenAudience => (401, "AuthenticationFail.OIDCToken.AudienceNotMatch", "Invalid audience."),
        ExchangeFault::NoSamlProvider => (404, "EntityNotExist.SAMLProvider", "Can not find SAML provider."),
        ExchangeFault::Metadata => {
            (401, "AuthenticationFail.IDPMetadata.Invalid", "The IdP Metadata of your SAML Provider is invalid.")
        }
        ExchangeFault::AssertionExpired => {
            (401, "AuthenticationFail.SAMLAssertion.Expired", "The SAML Assertion is expired.")
        }
        ExchangeFault::Assertion(_) => {
            (401, "AuthenticationFail.SAMLAssertion.Invalid", "The SAML Assertion is invalid.")
        }
        ExchangeFault::SessionName => (400, "InvalidParameter.RoleSessionName", "The RoleSessionName is invalid."),
        ExchangeFault::Duration => (400, "InvalidParameter.DurationSeconds", "The DurationSeconds is invalid."),
        ExchangeFault::PolicyGrammar => (400, "InvalidParameter.PolicyGrammar", "Invalid Policy."),
        // The text still names the limit that held until about 2022.
        ExchangeFault::PolicySize => (400, "InvalidParameter.PolicySize", "The max size of policy string is 1024."),
    };
    Fault::new(status, code, message)
}
