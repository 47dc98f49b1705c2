//! The names of things across accounts, `acs:ram::..` and `arn:aws:iam::..`, built and taken apart.

use super::account::Cloud;

/// What of IAM and RAM has an ARN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the noun it names")]
pub enum Kind {
    User,
    Group,
    Role,
    Policy,
    InstanceProfile,
    MfaDevice,
    ServerCertificate,
    SamlProvider,
    OidcProvider,
}

impl Kind {
    /// What stands before the path (AWS Service Authorization Reference, "Resource types defined by AWS IAM").
    pub fn prefix(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Group => "group",
            Self::Role => "role",
            Self::Policy => "policy",
            Self::InstanceProfile => "instance-profile",
            Self::MfaDevice => "mfa",
            Self::ServerCertificate => "server-certificate",
            Self::SamlProvider => "saml-provider",
            Self::OidcProvider => "oidc-provider",
        }
    }
}

/// What every ARN of the identity service of `cloud` in an account starts with.
fn start(cloud: Cloud, account_id: &str) -> String {
    match cloud {
        Cloud::Alibaba => format!("acs:ram::{account_id}:"),
        Cloud::Aws => format!("arn:aws:iam::{account_id}:"),
    }
}

/// The ARN of the account's root.
pub fn root(cloud: Cloud, account_id: &str) -> String {
    start(cloud, account_id) + "root"
}

/// The ARN of a thing; `path` is `/` or `/…/` and is `/` for whatever has none.
pub fn of(cloud: Cloud, account_id: &str, kind: Kind, path: &str, name: &str) -> String {
    format!("{}{}{path}{name}", start(cloud, account_id), kind.prefix())
}

/// The ARN of a role session (STS 2011-06-15 and STS 2015-04-01 GetCallerIdentity).
pub fn role_session(cloud: Cloud, account_id: &str, role: &str, session: &str) -> String {
    match cloud {
        Cloud::Alibaba => format!("acs:ram::{account_id}:assumed-role/{role}/{session}"),
        Cloud::Aws => format!("arn:aws:sts::{account_id}:assumed-role/{role}/{session}"),
    }
}

/// The ARN of a federated user's session (STS 2011-06-15 GetFederationToken).
pub fn federated_user(account_id: &str, name: &str) -> String {
    format!("arn:aws:sts::{account_id}:federated-user/{name}")
}

/// The parts of an ARN of the identity service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parsed<'a> {
    /// The account.
    pub account_id: &'a str,
    /// `/` or `/…/`.
    pub path: &'a str,
    /// The name behind the path.
    pub name: &'a str,
}

/// Takes an ARN of this kind apart.
pub fn parse(cloud: Cloud, kind: Kind, arn: &str) -> Option<Parsed<'_>> {
    let rest = match cloud {
        Cloud::Alibaba => arn.strip_prefix("acs:ram::")?,
        Cloud::Aws => arn.strip_prefix("arn:aws:iam::")?,
    };
    let (account_id, rest) = rest.split_once(':')?;
    let rest = rest.strip_prefix(kind.prefix())?;
    let (path, name) = rest.split_at(rest.rfind('/')? + 1);
    let known_account = !account_id.is_empty() && account_id.bytes().all(|byte| byte.is_ascii_digit());
    (path.starts_with('/') && !name.is_empty() && known_account).then_some(Parsed { account_id, path, name })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_is_taken_apart_into_what_it_was_made_of() {
        let arn = of(Cloud::Aws, "123456789012", Kind::Role, "/div/ops/", "deploy");
        assert_eq!(arn, "arn:aws:iam::123456789012:role/div/ops/deploy");
        let parsed = parse(Cloud::Aws, Kind::Role, &arn).unwrap();
        assert_eq!((parsed.account_id, parsed.path, parsed.name), ("123456789012", "/div/ops/", "deploy"));
        assert_eq!(of(Cloud::Alibaba, "42", Kind::User, "/", "alice"), "acs:ram::42:user/alice");
        assert_eq!(root(Cloud::Alibaba, "42"), "acs:ram::42:root");
    }

    #[test]
    fn what_is_no_arn_of_the_kind_is_not_taken_apart() {
        for bad in
            ["", "ops", "arn:aws:iam::1:user/a", "arn:aws:iam::x:role/a", "arn:aws:iam::1:role/", "arn:aws:iam::1:role"]
        {
            assert_eq!(parse(Cloud::Aws, Kind::Role, bad), None, "{bad}");
        }
        assert_eq!(parse(Cloud::Alibaba, Kind::Role, "arn:aws:iam::1:role/a"), None);
    }
}
