//! What can be set: one struct per section, its defaults and its limits; it knows nothing of the
//! parts that it configures.

mod error;
mod layers;
mod limits;
mod names;
#[cfg(test)]
mod tests;

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};

use secrecy::SecretString;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use error::ConfigError;
pub use layers::Flags;
pub use names::Names;

/// Everything that can be set. `config/sesame.toml` shows the same in words.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Where and how the server listens.
    pub server: ServerSettings,
    /// Where the state is kept.
    pub store: StoreSettings,
    /// How strictly callers are checked.
    pub auth: AuthSettings,
    /// The Alibaba Cloud side.
    pub alibaba: AlibabaSettings,
    /// The AWS side.
    pub aws: AwsSettings,
    /// How passwords are hashed.
    pub passwords: PasswordSettings,
    /// The control surface for testers.
    pub control: ControlSettings,
    /// The console for people.
    pub console: ConsoleSettings,
    /// The record of requests.
    pub journal: JournalSettings,
    /// The world to begin with.
    pub seed: SeedSettings,
    /// TLS on the same port.
    pub tls: TlsSettings,
    /// The program's own log.
    pub log: LogSettings,
}

/// Section `server`: where and how the server listens.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct ServerSettings {
    /// The address and port to listen on; port 0 takes any free one.
    pub listen: SocketAddr,
    /// How long requests in flight may take to finish once the server was told to stop.
    pub shutdown_grace_seconds: u64,
}

impl Default for ServerSettings {
    fn default() -> Self {
        Self { listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 4260)), shutdown_grace_seconds: 10 }
    }
}

/// Section `store`: where the state is kept.
#[derive(Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct StoreSettings {
    /// `sqlite::memory:`, `sqlite://PATH`, `postgres://..` or `postgresql://..`.
    pub url: String,
    /// What a write survives on `SQLite`.
    pub synchronous: Synchronous,
    /// The most connections to a Postgres server.
    pub connections: u32,
}

impl Default for StoreSettings {
    fn default() -> Self {
        Self { url: "sqlite::memory:".to_owned(), synchronous: Synchronous::Normal, connections: 16 }
    }
}

impl fmt::Debug for StoreSettings {
    /// Leaves out what follows the scheme of a server's URL: a password may stand in it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = match self.url.split_once("://") {
            Some((scheme, _)) if scheme != "sqlite" => format!("{scheme}://[REDACTED]"),
            _ => self.url.clone(),
        };
        f.debug_struct("StoreSettings")
            .field("url", &url)
            .field("synchronous", &self.synchronous)
            .field("connections", &self.connections)
            .finish()
    }
}

/// What an acknowledged write survives on `SQLite`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Synchronous {
    /// The death of the process.
    #[default]
    Normal,
    /// Loss of power too.
    Full,
}

/// Section `auth`: how strictly callers are checked.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct AuthSettings {
    /// What an access key is that was never issued here.
    pub unknown_keys: UnknownKeys,
    /// Whether signatures are verified.
    pub signatures: Signatures,
    /// Whether policies are enforced.
    pub policies: Policies,
}

/// What an access key is that was never issued here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum UnknownKeys {
    /// The root of the account that the key names, or of the default account.
    #[default]
    Root,
    /// Refused, as in the cloud.
    Reject,
}

/// Whether the signatures of issued keys are verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Signatures {
    /// A wrong signature is refused, as in the cloud.
    #[default]
    Verify,
    /// The key id alone decides who is calling.
    Ignore,
}

/// Whether policies decide what a principal may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Policies {
    /// What no policy allows is refused, as in the cloud.
    #[default]
    Enforce,
    /// Everything is allowed; the journal records what would have been refused.
    Audit,
    /// Policies are not looked at.
    Ignore,
}

/// Section `alibaba`: the default account and the limits of each account.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct AlibabaSettings {
    /// The account that unknown keys belong to; 16 digits.
    pub default_account: String,
    /// The most RAM users in one account.
    pub users_per_account: i64,
    /// The most RAM groups in one account.
    pub groups_per_account: i64,
    /// The most groups that one RAM user is in.
    pub groups_per_user: i64,
    /// The most RAM roles in one account.
    pub roles_per_account: i64,
    /// The most virtual MFA devices in one account.
    pub mfa_devices_per_account: i64,
    /// The most access keys of one RAM user.
    pub access_keys_per_user: i64,
    /// The most custom policies in one account.
    pub policies_per_account: i64,
    /// The most versions of one custom policy.
    pub versions_per_policy: i64,
    /// The most custom policies on one RAM user, group or role.
    pub custom_policies_per_identity: i64,
    /// The most system policies on one RAM user, group or role.
    pub system_policies_per_identity: i64,
}

impl Default for AlibabaSettings {
    fn default() -> Self {
        Self {
            default_account: "1000000000000001".to_owned(),
            users_per_account: 5000,
            groups_per_account: 300,
            groups_per_user: 10,
            roles_per_account: 1000,
            mfa_devices_per_account: 5000,
            access_keys_per_user: 2,
            policies_per_account: 1500,
            versions_per_policy: 5,
            custom_policies_per_identity: 10,
            system_policies_per_identity: 20,
        }
    }
}

/// Section `aws`: the default account.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct AwsSettings {
    /// The account that unknown keys belong to; 12 digits.
    pub default_account: String,
    /// Whether a new password, or a login profile that is deleted, ends the user's console sessions. AWS lets them go
    /// on.
    pub new_password_ends_sessions: bool,
    /// How many seconds a credential report takes to be made; 0 is at once.
    pub credential_report_seconds: i64,
}

impl Default for AwsSettings {
    fn default() -> Self {
        Self {
            default_account: "000000000000".to_owned(),
            new_password_ends_sessions: false,
            credential_report_seconds: 0,
        }
    }
}

/// Section `passwords`: how passwords are hashed.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct PasswordSettings {
    /// What one hash costs.
    pub cost: PasswordCost,
    /// How many hashes may run at once; 0 chooses by the number of cores.
    pub hashing_threads: usize,
}

/// What one password hash costs; both are Argon2id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum PasswordCost {
    /// `m=1024, t=1, p=1`: under a millisecond, for tests.
    #[default]
    Fast,
    /// `m=19456, t=2, p=1`: what OWASP recommends for passwords that matter.
    Owasp,
}

/// Section `control`: who may use the control surface.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct ControlSettings {
    /// The token that calls to the control surface must carry, if any.
    #[serde(deserialize_with = "read_token", serialize_with = "hide_token")]
    pub token: Option<SecretString>,
    /// Lets the server listen beyond loopback without a token.
    pub open: bool,
}

/// Takes an empty token for none: a blank `SESAME_CONTROL__TOKEN=` must not become a token that is
/// easy to guess.
fn read_token<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<SecretString>, D::Error> {
    let token = String::deserialize(deserializer)?;
    Ok((!token.is_empty()).then(|| SecretString::from(token)))
}

#[expect(clippy::ref_option, reason = "serde hands over a reference to the field")]
fn hide_token<S: Serializer>(_: &Option<SecretString>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str("")
}

/// Section `console`: the pages for people.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct ConsoleSettings {
    /// Whether anyone who opens the console may sign in as the root of an account by one click.
    pub root_sign_in: RootSignIn,
    /// Whether anyone who opens the console's pages for testers may sign in as any user of an account by one click.
    pub sign_in_as_any_user: RootSignIn,
}

/// Who may sign in by one click, without a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum RootSignIn {
    /// People at this machine, while the server listens on a loopback address.
    #[default]
    Loopback,
    /// Whoever reaches the server, by no name that a stranger may have pointed here.
    Always,
    /// Nobody.
    Never,
}

/// Section `journal`: the record of requests.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct JournalSettings {
    /// How many of the latest requests are kept.
    pub capacity: usize,
    /// How many bytes they take at the most, about.
    pub max_bytes: usize,
}

impl Default for JournalSettings {
    fn default() -> Self {
        Self { capacity: 10_000, max_bytes: 64 * 1_024 * 1_024 }
    }
}

/// Section `seed`: the world to begin with, and to go back to.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct SeedSettings {
    /// The file that says it, in YAML or JSON; empty for none.
    pub file: String,
}

/// Section `tls`: TLS on the same port, with certificates that the server makes itself.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct TlsSettings {
    /// Whether TLS is answered at all.
    pub enabled: bool,
    /// The file of the authority, its certificate and private key; made when it is not there. Empty keeps it in the store.
    pub ca_file: String,
    /// Names and addresses besides localhost that the server is called by, with commas between them.
    pub names: Names,
}

impl Default for TlsSettings {
    fn default() -> Self {
        Self { enabled: true, ca_file: String::new(), names: Names::default() }
    }
}

/// Section `log`: the program's own log on standard error.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct LogSettings {
    /// How a line looks.
    pub format: LogFormat,
    /// Which lines are written, such as `info` or `warn,sesame=debug`.
    pub filter: String,
}

impl Default for LogSettings {
    fn default() -> Self {
        Self { format: LogFormat::Text, filter: "info".to_owned() }
    }
}

/// How a line of the log looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object per line.
    Json,
}

impl Settings {
    /// Settles the settings: defaults, then the file, then the variables `SESAME_SECTION__KEY` of
    /// `environment`, then the flags, each over the last.
    ///
    /// # Errors
    /// The first thing that is wrong, with the key and where it was set.
    pub fn load(flags: &Flags, environment: impl IntoIterator<Item = (String, String)>) -> Result<Self, ConfigError> {
        layers::load(flags, environment)
    }

    /// Whether nobody but this machine may use the control surface: on loopback, without a token.
    pub(crate) fn only_this_machine_controls(&self) -> bool {
        self.control.token.is_none() && self.server.listen.ip().is_loopback() && !self.control.open
    }

    /// Whether neither a token nor loopback stands before the control surface, so that a name has to say enough.
    pub(crate) fn is_open_to_names(&self) -> bool {
        self.control.token.is_none()
    }

    /// Checks what the types alone cannot say.
    ///
    /// # Errors
    /// The first value that cannot be used, named by its key.
    pub fn validate(&self) -> Result<(), ConfigError> {
        match self.first_problem() {
            None => Ok(()),
            Some(problem) => Err(ConfigError::Invalid { place: problem.key.to_owned(), problem: problem.text }),
        }
    }
}
