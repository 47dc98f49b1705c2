//! What users and accounts bring or are given beside passwords and access keys: SSH public keys, certificates,
//! credentials of single services; must not know how keys and certificates are read.

use std::fmt;

use super::access_key::KeyStatus;
use super::account::Cloud;
use super::arn::{self, Kind};
use super::time::Time;

/// An SSH public key of a user (IAM 2010-05-08 UploadSSHPublicKey).
#[derive(Clone, Debug)]
pub struct SshPublicKey {
    /// The account it belongs to.
    pub account_id: String,
    /// The user it belongs to.
    pub user_id: String,
    /// Its id.
    pub id: String,
    /// As it was uploaded.
    pub body: String,
    /// As SSH has it on the wire (RFC 4253 section 6.6), which is the same for every form of one key.
    pub wire: Vec<u8>,
    /// Its fingerprint: MD5, in pairs of digits with colons between them.
    pub fingerprint: String,
    /// Whether it may be used.
    pub status: KeyStatus,
    /// When it was uploaded.
    pub uploaded_at: Time,
}

/// A certificate that a user signs with (IAM 2010-05-08 UploadSigningCertificate).
#[derive(Clone, Debug)]
pub struct SigningCertificate {
    /// The account it belongs to.
    pub account_id: String,
    /// The user it belongs to.
    pub user_id: String,
    /// Its id, made of the certificate itself.
    pub id: String,
    /// As it was uploaded.
    pub body: String,
    /// Whether it may be used.
    pub status: KeyStatus,
    /// When it was uploaded.
    pub uploaded_at: Time,
}

/// A certificate of a server (IAM 2010-05-08 UploadServerCertificate). Its private key is kept nowhere.
#[derive(Clone, Debug)]
pub struct ServerCertificate {
    /// The account it belongs to.
    pub account_id: String,
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// `/` or `/…/`.
    pub path: String,
    /// The certificate in PEM.
    pub body: String,
    /// Those who vouch for it in PEM, the nearest first.
    pub chain: Option<String>,
    /// When it was uploaded.
    pub uploaded_at: Time,
    /// Until when it is valid.
    pub expires_at: Time,
}

impl ServerCertificate {
    /// Its ARN.
    pub fn arn(&self, cloud: Cloud) -> String {
        arn::of(cloud, &self.account_id, Kind::ServerCertificate, &self.path, &self.name)
    }
}

/// A user's credential for one service (IAM 2010-05-08 CreateServiceSpecificCredential). Its secret was told once; a
/// hash of it is kept.
#[derive(Clone)]
pub struct ServiceCredential {
    /// The account it belongs to.
    pub account_id: String,
    /// The user it belongs to.
    pub user_id: String,
    /// Its id.
    pub id: String,
    /// The service.
    pub service: Service,
    /// The name it goes by there: it stays when the user's name changes.
    pub alias: String,
    /// SHA-256 of the secret, in hexadecimal: it is as random as a key, so that nothing slower is called for.
    pub secret_hash: String,
    /// Whether it may be used.
    pub status: KeyStatus,
    /// When it was made.
    pub created_at: Time,
    /// When its time runs out.
    pub expires_at: Option<Time>,
}

impl ServiceCredential {
    /// Its status as it is shown: one whose time ran out is `Expired` (inferred from the values that Status has).
    pub fn shown_status(&self, now: Time) -> &'static str {
        if self.expires_at.is_some_and(|expires_at| expires_at <= now) { "Expired" } else { self.status.as_str() }
    }
}

impl fmt::Debug for ServiceCredential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServiceCredential")
            .field("id", &self.id)
            .field("service", &self.service)
            .finish_non_exhaustive()
    }
}

/// A service that has credentials of its own.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Service {
    /// Its name.
    pub name: &'static str,
    /// What its credentials' secrets start with when they are a single key; else they are a name and a password.
    pub key_prefix: Option<&'static str>,
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// The services by recorded answers of AWS; the last prefix is inferred.
const SERVICES: [Service; 6] = [
    Service { name: "codecommit.amazonaws.com", key_prefix: None },
    Service { name: "cassandra.amazonaws.com", key_prefix: None },
    Service { name: "bedrock.amazonaws.com", key_prefix: Some("ABSK") },
    Service { name: "logs.amazonaws.com", key_prefix: Some("ACWL") },
    Service { name: "cloudwatch.amazonaws.com", key_prefix: Some("APIAACWM") },
    Service { name: "aws-external-anthropic.amazonaws.com", key_prefix: Some("AEAA") },
];

impl Service {
    /// The service of this name, without regard to case.
    pub fn parse(name: &str) -> Option<Self> {
        SERVICES.into_iter().find(|service| service.name.eq_ignore_ascii_case(name))
    }

    /// The name in the store.
    pub fn as_str(self) -> &'static str {
        self.name
    }
}

/// The name of a user's credential for a service: the first that is not taken.
pub fn service_alias(user: &str, account_id: &str, taken: &[&str]) -> String {
    let first = format!("{user}-at-{account_id}");
    let others = (1..=taken.len()).map(|number| format!("{user}+{number}-at-{account_id}"));
    let mut names = std::iter::once(first.clone()).chain(others);
    names.find(|name| !taken.contains(&&**name)).unwrap_or(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_for_services_are_counted_up_and_filled_up() {
        assert_eq!(service_alias("alice", "1", &[]), "alice-at-1");
        assert_eq!(service_alias("alice", "1", &["alice-at-1"]), "alice+1-at-1");
        assert_eq!(service_alias("alice", "1", &["alice-at-1", "alice+1-at-1"]), "alice+2-at-1");
        assert_eq!(service_alias("alice", "1", &["alice+1-at-1"]), "alice-at-1");
    }

    #[test]
    fn services_are_known_without_regard_to_case() {
        assert_eq!(Service::parse("CodeCommit.AmazonAWS.com").unwrap().name, "codecommit.amazonaws.com");
        assert_eq!(Service::parse("sqs.amazonaws.com"), None);
    }
}
