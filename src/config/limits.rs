//! The limits that the types of the settings cannot state; it must not know where a value was set.

use secrecy::ExposeSecret;

use super::{AlibabaSettings, LogSettings, Settings, StoreSettings, TlsSettings};

/// A value that cannot be used, before it is known where it was set.
pub(super) struct Problem {
    pub(super) key: &'static str,
    pub(super) text: String,
}

impl Settings {
    /// The first value that cannot be used.
    pub(super) fn first_problem(&self) -> Option<Problem> {
        self.exposure_problem()
            .or_else(|| self.store.problem())
            .or_else(|| account_problem("alibaba.default_account", &self.alibaba.default_account, 16))
            .or_else(|| self.alibaba.problem())
            .or_else(|| account_problem("aws.default_account", &self.aws.default_account, 12))
            .or_else(|| {
                let seconds = self.aws.credential_report_seconds;
                let text = || format!("expected 0 to 86400, found {seconds}");
                (!(0..=86_400).contains(&seconds)).then(|| Problem::new("aws.credential_report_seconds", text()))
            })
            .or_else(|| {
                let threads = self.passwords.hashing_threads;
                let most = 256;
                let text = || format!("expected 0 to {most}, found {threads}");
                (threads > most).then(|| Problem::new("passwords.hashing_threads", text()))
            })
            .or_else(|| self.tls.problem())
            .or_else(|| self.log.problem())
    }

    /// The control surface can do anything, so whoever can reach it must be trusted or must hold
    /// the token.
    fn exposure_problem(&self) -> Option<Problem> {
        let listen = self.server.listen;
        let guarded = self.control.token.as_ref().is_some_and(|token| !token.expose_secret().is_empty());
        if listen.ip().to_canonical().is_loopback() || guarded || self.control.open {
            return None;
        }
        Some(Problem::new(
            "server.listen",
            format!(
                "{listen} is not a loopback address and control.token is not set, so that anyone who reaches it could \
                 control this server; set control.token, or control.open = true to allow it"
            ),
        ))
    }
}

impl Problem {
    fn new(key: &'static str, text: impl Into<String>) -> Self {
        Self { key, text: text.into() }
    }
}

impl StoreSettings {
    /// Never repeats the URL: a password may stand in it.
    fn problem(&self) -> Option<Problem> {
        let known = ["sqlite:", "postgres://", "postgresql://"];
        if !known.iter().any(|scheme| self.url.len() > scheme.len() && self.url.starts_with(scheme)) {
            let text = "expected sqlite::memory:, sqlite://PATH, postgres://.. or postgresql://..";
            return Some(Problem::new("store.url", text));
        }
        (self.connections == 0).then(|| Problem::new("store.connections", "expected 1 or more, found 0"))
    }
}

impl AlibabaSettings {
    fn problem(&self) -> Option<Problem> {
        [
            ("alibaba.users_per_account", self.users_per_account),
            ("alibaba.groups_per_account", self.groups_per_account),
            ("alibaba.groups_per_user", self.groups_per_user),
            ("alibaba.roles_per_account", self.roles_per_account),
            ("alibaba.mfa_devices_per_account", self.mfa_devices_per_account),
            ("alibaba.access_keys_per_user", self.access_keys_per_user),
            ("alibaba.policies_per_account", self.policies_per_account),
            ("alibaba.versions_per_policy", self.versions_per_policy),
            ("alibaba.custom_policies_per_identity", self.custom_policies_per_identity),
            ("alibaba.system_policies_per_identity", self.system_policies_per_identity),
        ]
        .into_iter()
        .find(|(_, limit)| *limit < 0)
        .map(|(key, limit)| Problem::new(key, format!("expected 0 or more, found {limit}")))
    }
}

impl TlsSettings {
    /// What a certificate can be made for: addresses, and names in ASCII.
    fn problem(&self) -> Option<Problem> {
        let is_name = |name: &str| {
            let inside = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
            name.len() <= 253 && name.bytes().all(inside)
        };
        let bad = self.names.iter().find(|name| !is_name(name) && name.parse::<std::net::IpAddr>().is_err())?;
        Some(Problem::new("tls.names", format!("expected names and addresses with commas between, found {bad:?}")))
    }
}

impl LogSettings {
    fn problem(&self) -> Option<Problem> {
        let error = tracing_subscriber::EnvFilter::try_new(&self.filter).err()?;
        Some(Problem::new("log.filter", format!("{:?} is not a log filter: {error}", self.filter)))
    }
}

fn account_problem(key: &'static str, id: &str, digits: usize) -> Option<Problem> {
    let valid = id.len() == digits && id.bytes().all(|byte| byte.is_ascii_digit());
    (!valid).then(|| Problem::new(key, format!("expected {digits} digits, found {id:?}")))
}
