//! Whom a trust policy names; must not know who exists.
//!
//! The forms are those of the AWS IAM User Guide, "AWS JSON policy elements: Principal".

use super::fault::{PolicyFault, PolicyKind};
use super::json::Json;

/// The kinds of principals that a policy tells apart by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PrincipalKind {
    /// `AWS`: accounts, and whoever is in them.
    Aws,
    /// `Service`: a service of AWS.
    Service,
    /// `Federated`: an identity provider.
    Federated,
    /// `CanonicalUser`: an account by the name that S3 has for it.
    CanonicalUser,
    /// `RAM`: accounts of Alibaba Cloud, and whoever is in them.
    Ram,
}

impl PrincipalKind {
    /// The word for it in policies.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Aws => "AWS",
            Self::Service => "Service",
            Self::Federated => "Federated",
            Self::CanonicalUser => "CanonicalUser",
            Self::Ram => "RAM",
        }
    }

    fn named(name: &str) -> Option<Self> {
        match name {
            "AWS" => Some(Self::Aws),
            "Service" => Some(Self::Service),
            "Federated" => Some(Self::Federated),
            "CanonicalUser" => Some(Self::CanonicalUser),
            _ => None,
        }
    }

    /// RAM's kind of this name (RAM documentation, "Edit the trust policy of a RAM role").
    fn named_in_ram(name: &str) -> Option<Self> {
        match name {
            "RAM" => Some(Self::Ram),
            "Service" => Some(Self::Service),
            "Federated" => Some(Self::Federated),
            _ => None,
        }
    }
}

/// Who is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Principal {
    /// Everyone, known or not.
    Everyone,
    /// An account, by its number or by its root.
    Account(String),
    /// A user.
    User {
        /// The account.
        account: String,
        /// The user's path without its first slash, and the name.
        path: String,
    },
    /// A role, whoever has it.
    Role {
        /// The account.
        account: String,
        /// The role's path without its first slash, and the name.
        path: String,
    },
    /// A session of a role.
    RoleSession {
        /// The account.
        account: String,
        /// The role's name.
        role: String,
        /// The session's name.
        session: String,
    },
    /// A session that GetFederationToken made.
    FederatedUser {
        /// The account.
        account: String,
        /// Its name.
        name: String,
    },
    /// A user or role by its id, as AWS shows one that is deleted.
    UniqueId(String),
    /// A service, by its domain.
    Service(String),
    /// An identity provider, by its domain or its ARN.
    Federated(String),
    /// An account, by the name that S3 has for it.
    CanonicalUser(String),
}

/// A principal as a policy names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedPrincipal {
    /// The kind it is named under.
    pub kind: PrincipalKind,
    /// As it is written.
    pub written: String,
    /// Who that is.
    pub who: Principal,
}

impl NamedPrincipal {
    /// Tells who it is.
    pub(super) fn read(kind: PrincipalKind, written: String) -> Result<Self, PolicyFault> {
        let who = match kind {
            PrincipalKind::Aws => aws(&written),
            PrincipalKind::Service => is_domain(&written).then(|| Principal::Service(written.clone())),
            PrincipalKind::Federated if is_provider(&written) => Some(Principal::Federated(written.clone())),
            PrincipalKind::Federated => return Err(PolicyFault::InvalidFederated),
            PrincipalKind::CanonicalUser => {
                let named = !written.is_empty() && written.bytes().all(|byte| byte.is_ascii_alphanumeric());
                named.then(|| Principal::CanonicalUser(written.clone()))
            }
            PrincipalKind::Ram => None,
        };
        Self::found(kind, written, who)
    }

    /// Tells who it is in RAM's language.
    pub(super) fn read_ram(kind: PrincipalKind, written: String) -> Result<Self, PolicyFault> {
        let who = match kind {
            PrincipalKind::Ram => ram(&written),
            PrincipalKind::Service => is_domain(&written).then(|| Principal::Service(written.clone())),
            PrincipalKind::Federated => is_rams_provider(&written).then(|| Principal::Federated(written.clone())),
            PrincipalKind::Aws | PrincipalKind::CanonicalUser => None,
        };
        Self::found(kind, written, who)
    }

    fn found(kind: PrincipalKind, written: String, who: Option<Principal>) -> Result<Self, PolicyFault> {
        match who {
            Some(who) => Ok(Self { kind, written, who }),
            None => Err(PolicyFault::InvalidPrincipal { kind, value: written }),
        }
    }

    /// The fault of naming someone who does not exist.
    pub fn unknown(&self) -> PolicyFault {
        PolicyFault::InvalidPrincipal { kind: self.kind, value: self.written.clone() }
    }
}

/// Reads a trust policy's `Principal`, an object of kinds. AWS takes `"*"` for it in other policies, but not in this
/// one (observed).
pub(super) fn by_kind(json: Json) -> Result<Vec<(PrincipalKind, String)>, PolicyFault> {
    listed_by_kind(json, PrincipalKind::named)
}

/// As [`by_kind`], of RAM's kinds.
pub(super) fn ram_by_kind(json: Json) -> Result<Vec<(PrincipalKind, String)>, PolicyFault> {
    listed_by_kind(json, PrincipalKind::named_in_ram)
}

fn listed_by_kind(
    json: Json,
    named_so: impl Fn(&str) -> Option<PrincipalKind>,
) -> Result<Vec<(PrincipalKind, String)>, PolicyFault> {
    let kinds = match json {
        Json::Object(kinds) => kinds,
        Json::Text(text) => return Err(PolicyFault::KindlessPrincipal(text)),
        _ => return Err(PolicyFault::Syntax(PolicyKind::Trust)),
    };
    if kinds.is_empty() {
        return Err(PolicyFault::EmptyPrincipal);
    }
    let mut named = Vec::new();
    for (kind, values) in kinds {
        let kind = named_so(&kind).ok_or(PolicyFault::UnknownPrincipalKind(kind))?;
        let values = values.into_texts().ok_or(PolicyFault::Syntax(PolicyKind::Trust))?;
        named.extend(values.into_iter().map(|value| (kind, value)));
    }
    Ok(named)
}

fn aws(written: &str) -> Option<Principal> {
    if written == "*" {
        return Some(Principal::Everyone);
    }
    if is_account(written) {
        return Some(Principal::Account(written.to_owned()));
    }
    if is_unique_id(written) {
        return Some(Principal::UniqueId(written.to_owned()));
    }
    // a wildcard may not stand for a part of a name (AWS IAM User Guide, "AWS JSON policy elements: Principal")
    if written.contains(['*', '?']) {
        return None;
    }
    let fields: Vec<&str> = written.splitn(6, ':').collect();
    let ["arn", partition, service, "", account, named] = fields[..] else { return None };
    if !partition.starts_with("aws") || !is_account(account) {
        return None;
    }
    let account = account.to_owned();
    if (service, named) == ("iam", "root") {
        return Some(Principal::Account(account));
    }
    let (kind, path) = named.split_once('/')?;
    if path.split('/').any(str::is_empty) {
        return None;
    }
    let path = path.to_owned();
    match (service, kind) {
        ("iam", "user") => Some(Principal::User { account, path }),
        ("iam", "role") => Some(Principal::Role { account, path }),
        ("sts", "federated-user") => Some(Principal::FederatedUser { account, name: path }),
        ("sts", "assumed-role") => {
            let (role, session) = path.split_once('/')?;
            let (role, session) = (role.to_owned(), session.to_owned());
            (!session.contains('/')).then_some(Principal::RoleSession { account, role, session })
        }
        _ => None,
    }
}

/// An account of Alibaba Cloud by its root, one of its users or roles, or a session of a role by the ARN that
/// GetCallerIdentity (STS 2015-04-01) gives it. That RAM takes the last, and no wildcard, is inferred.
fn ram(written: &str) -> Option<Principal> {
    let (account, named) = written.strip_prefix("acs:ram::")?.split_once(':')?;
    if !is_rams_account(account) || written.contains(['*', '?']) {
        return None;
    }
    let account = account.to_owned();
    if named == "root" {
        return Some(Principal::Account(account));
    }
    let (kind, path) = named.split_once('/')?;
    let fields: Vec<&str> = path.split('/').collect();
    match (kind, &fields[..]) {
        (_, fields) if fields.iter().any(|field| field.is_empty()) => None,
        ("user", [name]) => Some(Principal::User { account, path: (*name).to_owned() }),
        ("role", [name]) => Some(Principal::Role { account, path: (*name).to_owned() }),
        ("assumed-role", [role, session]) => {
            Some(Principal::RoleSession { account, role: (*role).to_owned(), session: (*session).to_owned() })
        }
        _ => None,
    }
}

/// The ARN of a provider of either protocol (RAM documentation, "Edit the trust policy of a RAM role").
fn is_rams_provider(text: &str) -> bool {
    let Some((account, named)) = text.strip_prefix("acs:ram::").and_then(|rest| rest.split_once(':')) else {
        return false;
    };
    let provider = named.strip_prefix("saml-provider/").or_else(|| named.strip_prefix("oidc-provider/"));
    is_rams_account(account) && provider.is_some_and(|name| !name.is_empty())
}

/// How many digits an account has is not looked at (inferred).
fn is_rams_account(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A user's or a role's id (AWS IAM User Guide, "IAM identifiers").
fn is_unique_id(text: &str) -> bool {
    let own = ["AIDA", "AROA"].iter().any(|prefix| text.starts_with(prefix));
    own && text.len() >= 16 && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

/// Two labels or more, as every service and every provider that is named by its domain has (inferred).
fn is_domain(text: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    };
    text.contains('.') && text.split('.').all(label)
}

/// A domain, or the ARN of a provider of either protocol.
fn is_provider(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("arn:") else { return is_domain(text) };
    let fields: Vec<&str> = rest.splitn(5, ':').collect();
    let [partition, "iam", "", account, named] = fields[..] else { return false };
    let provider = named.strip_prefix("saml-provider/").or_else(|| named.strip_prefix("oidc-provider/"));
    partition.starts_with("aws") && is_account(account) && provider.is_some_and(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACCOUNT: &str = "123456789012";

    fn aws(value: &str) -> Option<Principal> {
        NamedPrincipal::read(PrincipalKind::Aws, value.into()).ok().map(|named| named.who)
    }

    #[test]
    fn everyone_accounts_users_roles_and_sessions_are_told_apart() {
        let account = || ACCOUNT.to_owned();
        assert_eq!(aws("*"), Some(Principal::Everyone));
        assert_eq!(aws(ACCOUNT), Some(Principal::Account(account())));
        assert_eq!(aws("arn:aws:iam::123456789012:root"), Some(Principal::Account(account())));
        let user = Principal::User { account: account(), path: "a/b".into() };
        assert_eq!(aws("arn:aws:iam::123456789012:user/a/b"), Some(user));
        let role = Principal::Role { account: account(), path: "ops".into() };
        assert_eq!(aws("arn:aws-cn:iam::123456789012:role/ops"), Some(role));
        let session = Principal::RoleSession { account: account(), role: "ops".into(), session: "x:y".into() };
        assert_eq!(aws("arn:aws:sts::123456789012:assumed-role/ops/x:y"), Some(session));
        let federated = Principal::FederatedUser { account: account(), name: "al".into() };
        assert_eq!(aws("arn:aws:sts::123456789012:federated-user/al"), Some(federated));
        assert_eq!(aws("AROAAAAAAAAAAAAAAAAAA"), Some(Principal::UniqueId("AROAAAAAAAAAAAAAAAAAA".into())));
    }

    #[test]
    fn what_is_no_principal_is_refused() {
        for bad in [
            "",
            "al",
            "12345678901",
            "arn:aws:iam::123456789012:user/*",
            "arn:aws:iam::*:root",
            "arn:aws:iam::12345678901:root",
            "arn:aws:iam::123456789012:group/g",
            "arn:aws:iam::123456789012:user/",
            "arn:aws:iam::123456789012:user//al",
            "arn:aws:iam:eu-west-1:123456789012:root",
            "arn:aws:sts::123456789012:assumed-role/ops",
            "arn:aws:sts::123456789012:assumed-role/ops/a/b",
            "arn:x:iam::123456789012:root",
            "arn:aws:iam::123456789012",
        ] {
            let kind = PrincipalKind::Aws;
            let fault = PolicyFault::InvalidPrincipal { kind, value: bad.into() };
            assert_eq!(NamedPrincipal::read(kind, bad.into()), Err(fault), "{bad}");
        }
    }

    #[test]
    fn rams_principals_are_told_apart() {
        let ram = |value: &str| NamedPrincipal::read_ram(PrincipalKind::Ram, value.into()).ok().map(|named| named.who);
        let account = || "42".to_owned();
        assert_eq!(ram("acs:ram::42:root"), Some(Principal::Account(account())));
        assert_eq!(ram("acs:ram::42:user/al"), Some(Principal::User { account: account(), path: "al".into() }));
        assert_eq!(ram("acs:ram::42:role/ops"), Some(Principal::Role { account: account(), path: "ops".into() }));
        let session = Principal::RoleSession { account: account(), role: "ops".into(), session: "x".into() };
        assert_eq!(ram("acs:ram::42:assumed-role/ops/x"), Some(session));
        for bad in [
            "",
            "*",
            "root",
            "42",
            "acs:ram::42",
            "acs:ram::42:user/",
            "acs:ram::42:user/a/b",
            "acs:ram::42:role//r",
            "acs:ram::42:group/g",
            "acs:ram::42:user/*",
            "acs:ram::*:root",
            "acs:ram::x:root",
            "arn:aws:iam::123456789012:root",
        ] {
            assert_eq!(ram(bad), None, "{bad}");
        }
        let federated = |value: &str| NamedPrincipal::read_ram(PrincipalKind::Federated, value.into()).is_ok();
        assert!(federated("acs:ram::42:saml-provider/idp") && federated("acs:ram::42:oidc-provider/k8s"));
        assert!(!federated("accounts.google.com") && !federated("acs:ram::42:saml-provider/"));
    }

    #[test]
    fn services_are_domains_and_providers_are_domains_or_arns() {
        let service = |value: &str| NamedPrincipal::read(PrincipalKind::Service, value.into()).is_ok();
        assert!(service("ec2.amazonaws.com") && service("ec2.amazonaws.com.cn"));
        assert!(!service("ec2") && !service("*") && !service("") && !service("ec2..com"));
        let federated = |value: &str| NamedPrincipal::read(PrincipalKind::Federated, value.into());
        for good in [
            "accounts.google.com",
            "arn:aws:iam::123456789012:saml-provider/idp",
            "arn:aws:iam::123456789012:oidc-provider/example.com/id/A:B",
        ] {
            assert!(federated(good).is_ok(), "{good}");
        }
        for bad in ["", "idp", "arn:aws:iam//123456789012:oidc-provider/x", "arn:aws:iam::123456789012:role/r"] {
            assert_eq!(federated(bad), Err(PolicyFault::InvalidFederated), "{bad}");
        }
    }
}
