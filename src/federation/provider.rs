//! What may be said of an identity provider when it is made: an OpenID provider's address and thumbprints, a SAML
//! provider's name. Must not know any cloud's words for a refusal.

/// The longest address of an OpenID provider (IAM 2010-05-08, CreateOpenIDConnectProvider, `Url`).
pub const MAX_ISSUER: usize = 255;
/// The most thumbprints of one (same action, `ThumbprintList`, by its documentation).
pub const MAX_THUMBPRINTS: usize = 5;
/// The most client ids of one (IAM quota ClientIdsPerOpenIdConnectProvider).
pub const MAX_CLIENT_IDS: usize = 100;

/// The address of an OpenID provider, as tokens name it in `iss`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IssuerUrl(String);

/// Why a text is no address of a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IssuerFault {
    /// Empty or too long.
    #[error("between 1 and {MAX_ISSUER} characters")]
    Length,
    /// It does not begin with `https://`.
    #[error("not an https address")]
    NotHttps,
    /// It has no host, or letters that no address has.
    #[error("malformed")]
    Malformed,
    /// It names a port other than 443.
    #[error("a port")]
    Port,
    /// It has a query or a fragment.
    #[error("a query or a fragment")]
    Query,
}

impl IssuerUrl {
    /// Reads an address: `https`, a host, perhaps a path, and no port, query or fragment (IAM 2010-05-08,
    /// CreateOpenIDConnectProvider, `Url`). The usual port is left out where it is written, and letters keep their case:
    /// observed of IAM in September 2026. That other ports are refused is the documentation's word.
    pub fn parse(text: &str) -> Result<Self, IssuerFault> {
        Self::read(text, false)
    }

    /// Reads an address that may name any port, which stays as it is written (IMS 2019-08-15 CreateOIDCProvider,
    /// `IssuerUrl`).
    pub fn parse_with_any_port(text: &str) -> Result<Self, IssuerFault> {
        Self::read(text, true)
    }

    fn read(text: &str, any_port: bool) -> Result<Self, IssuerFault> {
        if text.is_empty() || text.len() > MAX_ISSUER {
            return Err(IssuerFault::Length);
        }
        let rest = text.strip_prefix("https://").ok_or(IssuerFault::NotHttps)?;
        if rest.contains(['?', '#']) {
            return Err(IssuerFault::Query);
        }
        let (host, path) = rest.find('/').and_then(|at| rest.split_at_checked(at)).unwrap_or((rest, ""));
        let (host, port) = match host.split_once(':') {
            Some((host, "443")) if !any_port => (host, ""),
            Some((host, port)) if any_port && port.parse::<u16>().is_ok() => (host, port),
            Some(_) => return Err(IssuerFault::Port),
            None => (host, ""),
        };
        let is_label = |label: &str| {
            !label.is_empty()
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        if !host.split('.').all(is_label) || !rest.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(IssuerFault::Malformed);
        }
        let colon = if port.is_empty() { "" } else { ":" };
        Ok(Self(format!("https://{host}{colon}{port}{path}")))
    }

    /// The address whole.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address without its scheme, which is how a provider's ARN and condition keys name it.
    pub fn without_scheme(&self) -> &str {
        self.0.strip_prefix("https://").unwrap_or(&self.0)
    }

    /// Whether a token's `iss` is this provider. A slash at the end makes another one: IAM keeps both (observed in
    /// September 2026); that a token is held to it is inferred.
    pub fn is_issuer(&self, issuer: &str) -> bool {
        issuer == self.0
    }
}

/// Whether a text can name a SAML provider (IAM 2010-05-08, CreateSAMLProvider, `Name`).
pub fn is_saml_provider_name(text: &str) -> bool {
    (1..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_https_with_a_host_and_nothing_else_but_a_path() {
        let url = IssuerUrl::parse("https://Idp.example.com:443/org/").unwrap();
        assert_eq!(url.as_str(), "https://Idp.example.com/org/");
        assert_eq!(url.without_scheme(), "Idp.example.com/org/");
        assert!(url.is_issuer("https://Idp.example.com/org/"));
        assert!(!url.is_issuer("https://Idp.example.com/org") && !url.is_issuer("http://Idp.example.com/org/"));
        for (text, fault) in [
            ("", IssuerFault::Length),
            ("http://a.example", IssuerFault::NotHttps),
            ("https://a.example:8443/x", IssuerFault::Port),
            ("https://a.example/?x", IssuerFault::Query),
            ("https://a.example#x", IssuerFault::Query),
            ("https://", IssuerFault::Malformed),
            ("https://a..example", IssuerFault::Malformed),
            ("https://user@a.example", IssuerFault::Malformed),
            ("https://a.example/a b", IssuerFault::Malformed),
        ] {
            assert_eq!(IssuerUrl::parse(text), Err(fault), "{text}");
        }
        let url = IssuerUrl::parse_with_any_port("https://a.example:8443/x").unwrap();
        assert_eq!(url.as_str(), "https://a.example:8443/x");
        for bad in ["https://user@a.example", "https://user:a@a.example", "https://a.example:", "https://a:1:2"] {
            assert!(IssuerUrl::parse_with_any_port(bad).is_err(), "{bad}");
        }
        assert_eq!(IssuerUrl::parse(&format!("https://{}", "a".repeat(248))), Err(IssuerFault::Length));
    }

    #[test]
    fn names_have_their_letters() {
        assert!(is_saml_provider_name("My_Idp.1-x") && !is_saml_provider_name("a b") && !is_saml_provider_name(""));
    }
}
