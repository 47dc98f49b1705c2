//! What a seed says, read; every part knows where it stands.

use crate::domain::access_key::KeyStatus;
use crate::domain::account::Cloud;
use crate::domain::password_policy::PolicyChange;
use crate::domain::security_preference::PreferenceChange;
use crate::domain::user::Tag;

/// Where something stands in a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The line, from one.
    pub line: usize,
    /// The field, as in `accounts[0].users[2].name`.
    pub field: String,
}

/// A whole seed.
#[derive(Clone, Debug, Default)]
#[expect(missing_docs, reason = "config/seed.example.yaml tells of each field")]
pub struct Seed {
    pub seed_number: u64,
    pub accounts: Vec<AccountSeed>,
}

/// An account.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "config/seed.example.yaml tells of each field")]
pub struct AccountSeed {
    pub place: Place,
    pub cloud: Cloud,
    /// None is the cloud's default account.
    pub id: Option<String>,
    pub alias: Option<String>,
    pub password_policy: Option<PolicyChange>,
    pub users_may_change_passwords: Option<bool>,
    pub security_preference: Option<PreferenceChange>,
    pub access_keys: Vec<AccessKeySeed>,
    pub policies: Vec<PolicySeed>,
    pub groups: Vec<GroupSeed>,
    pub roles: Vec<RoleSeed>,
    pub users: Vec<UserSeed>,
}

/// A managed policy of the account.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "config/seed.example.yaml tells of each field")]
pub struct PolicySeed {
    pub place: Place,
    pub name: String,
    pub path: String,
    pub description: String,
    pub document: String,
    pub tags: Vec<Tag>,
}

/// A policy that is part of a user, a group or a role.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "config/seed.example.yaml tells of each field")]
pub struct InlineSeed {
    pub place: Place,
    pub name: String,
    pub document: String,
}

/// A group.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "config/seed.example.yaml tells of each field")]
pub struct GroupSeed {
    pub place: Place,
    pub name: String,
    pub path: String,
    pub display_name: String,
    pub comments: String,
    pub policies: Vec<(Place, String)>,
    pub inline_policies: Vec<InlineSeed>,
}

/// A role.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "config/seed.example.yaml tells of each field")]
pub struct RoleSeed {
    pub place: Place,
    pub name: String,
    pub path: String,
    pub description: String,
    pub trust_policy: String,
    pub max_session_seconds: i64,
    pub console_login_allowed: bool,
    pub permissions_boundary: Option<String>,
    pub tags: Vec<Tag>,
    pub policies: Vec<(Place, String)>,
    pub inline_policies: Vec<InlineSeed>,
}

/// A user.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "config/seed.example.yaml tells of each field")]
pub struct UserSeed {
    pub place: Place,
    pub name: String,
    pub path: String,
    pub display_name: String,
    pub comments: String,
    pub email: String,
    pub mobile_phone: String,
    pub permissions_boundary: Option<String>,
    pub tags: Vec<Tag>,
    pub groups: Vec<(Place, String)>,
    pub policies: Vec<(Place, String)>,
    pub inline_policies: Vec<InlineSeed>,
    pub console: Option<ConsoleSeed>,
    pub access_keys: Vec<AccessKeySeed>,
    pub mfa: Option<MfaSeed>,
}

/// A user's way into the console.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "config/seed.example.yaml tells of each field")]
pub struct ConsoleSeed {
    pub place: Place,
    pub password: Option<PasswordSeed>,
    pub enabled: bool,
    pub password_reset_required: bool,
    pub mfa_bind_required: bool,
}

/// A password as it is typed, or its hash.
#[derive(Clone)]
#[expect(missing_docs, reason = "each is what it says")]
pub enum PasswordSeed {
    Plain(String),
    Hash(String),
}

impl std::fmt::Debug for PasswordSeed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordSeed")
    }
}

/// An access key; what is not given is made from the seed's number.
#[derive(Clone)]
#[expect(missing_docs, reason = "config/seed.example.yaml tells of each field")]
pub struct AccessKeySeed {
    pub place: Place,
    pub id: Option<String>,
    pub secret: Option<String>,
    pub status: KeyStatus,
}

impl std::fmt::Debug for AccessKeySeed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AccessKeySeed").field("id", &self.id).finish_non_exhaustive()
    }
}

/// A virtual MFA device bound to a user.
#[derive(Clone)]
#[expect(missing_docs, reason = "config/seed.example.yaml tells of each field")]
pub struct MfaSeed {
    pub place: Place,
    pub name: Option<String>,
    /// None is made from the seed's number.
    pub seed: Option<Vec<u8>>,
}

impl std::fmt::Debug for MfaSeed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MfaSeed").field("name", &self.name).finish_non_exhaustive()
    }
}
