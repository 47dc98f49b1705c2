//! The names under which AWS's conditions know an assertion's attributes, and the id of a subject's realm; must not know
//! whether an assertion was verified.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha1::{Digest, Sha1};

/// IAM User Guide, "Configure SAML assertions for the authentication response", "Mapping SAML attributes to AWS trust
/// policy context keys".
const ATTRIBUTES: &[(&str, &str)] = &[
    ("urn:oid:1.3.6.1.4.1.5923.1.1.1.1", "eduPersonAffiliation"),
    ("urn:oid:1.3.6.1.4.1.5923.1.1.1.2", "eduPersonNickname"),
    ("urn:oid:1.3.6.1.4.1.5923.1.1.1.3", "eduPersonOrgDN"),
    ("urn:oid:1.3.6.1.4.1.5923.1.1.1.4", "eduPersonOrgUnitDN"),
    ("urn:oid:1.3.6.1.4.1.5923.1.1.1.5", "eduPersonPrimaryAffiliation"),
    ("urn:oid:1.3.6.1.4.1.5923.1.1.1.6", "eduPersonPrincipalName"),
    ("urn:oid:1.3.6.1.4.1.5923.1.1.1.7", "eduPersonEntitlement"),
    ("urn:oid:1.3.6.1.4.1.5923.1.1.1.8", "eduPersonPrimaryOrgUnitDN"),
    ("urn:oid:1.3.6.1.4.1.5923.1.1.1.9", "eduPersonScopedAffiliation"),
    ("urn:oid:1.3.6.1.4.1.5923.1.1.1.10", "eduPersonTargetedID"),
    ("urn:oid:1.3.6.1.4.1.5923.1.1.1.11", "eduPersonAssurance"),
    ("urn:oid:1.3.6.1.4.1.5923.1.2.1.2", "eduOrgHomePageURI"),
    ("urn:oid:1.3.6.1.4.1.5923.1.2.1.3", "eduOrgIdentityAuthNPolicyURI"),
    ("urn:oid:1.3.6.1.4.1.5923.1.2.1.4", "eduOrgLegalName"),
    ("urn:oid:1.3.6.1.4.1.5923.1.2.1.5", "eduOrgSuperiorURI"),
    ("urn:oid:1.3.6.1.4.1.5923.1.2.1.6", "eduOrgWhitePagesURI"),
    ("urn:oid:2.5.4.3", "cn"),
    ("http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name", "name"),
    ("http://schemas.xmlsoap.org/claims/CommonName", "commonName"),
    ("http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname", "givenName"),
    ("http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname", "surname"),
    ("http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress", "mail"),
    ("http://schemas.microsoft.com/ws/2008/06/identity/claims/primarygroupsid", "uid"),
    ("2.5.4.3", "commonName"),
    ("2.5.4.4", "surname"),
    ("2.4.5.42", "givenName"),
    ("2.5.4.45", "x500UniqueIdentifier"),
    ("0.9.2342.19200300100.1.1", "uid"),
    ("0.9.2342.19200300100.1.3", "mail"),
    ("0.9.2342.19200300.100.1.45", "organizationStatus"),
];

/// What the format of a name begins with that is told without it (STS 2011-06-15 AssumeRoleWithSAML, SubjectType).
const FORMAT: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:";

/// The condition key of an attribute, without `saml:`.
pub fn condition_key(attribute: &str) -> Option<&'static str> {
    ATTRIBUTES.iter().find(|(name, _)| *name == attribute).map(|(_, key)| *key)
}

/// The kind of a subject's name.
pub fn subject_type(format: &str) -> &str {
    format.strip_prefix(FORMAT).unwrap_or(format)
}

/// A hash of issuer, account and provider, which with a subject's name tells people apart (STS 2011-06-15
/// AssumeRoleWithSAML, NameQualifier).
pub fn name_qualifier(issuer: &str, account_id: &str, provider: &str) -> String {
    STANDARD.encode(Sha1::digest(format!("{issuer}{account_id}/{provider}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_as_aws_writes_them() {
        let qualifier = name_qualifier("https://example.com/saml", "123456789012", "MySAMLIdP");
        assert_eq!(qualifier, "1uAJanUnBc2XeUkHURMht+xam2c=");
        assert_eq!(subject_type("urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"), "persistent");
        assert_eq!(subject_type("custom"), "custom");
        assert_eq!(condition_key("urn:oid:2.5.4.3"), Some("cn"));
        assert_eq!(condition_key("urn:oid:2.5.4"), None);
    }
}
