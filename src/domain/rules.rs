//! What differs between the clouds in how passwords, sessions and quotas behave: values, so that no use case asks
//! which cloud it serves.

use super::account::Cloud;
use super::trust::TrustLanguage;

/// The rules of one cloud.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a rule of its own")]
pub struct Rules {
    /// The most characters of a password.
    pub longest_password: usize,
    /// The characters that count as special ones.
    pub is_symbol: fn(char) -> bool,
    /// Whether control characters may stand in a password.
    pub control_characters: bool,
    /// Whether the age of a password is judged by the policy of the moment; else by the one it was set under.
    pub ages_follow_policy: bool,
    /// Whether a password that an administrator sets must not be one that is remembered.
    pub reuse_binds_administrators: bool,
    /// Whether a user with a lapsed password may change it through the API, hard expiry or not.
    pub lapsed_may_change: bool,
    /// Whether a new password and a deleted login profile end console sessions, unless settings say so.
    pub new_password_ends_sessions: bool,
    /// How many MFA devices one user may have.
    pub mfa_devices_per_user: usize,
    /// The language of trust policies.
    pub trust_language: TrustLanguage,
    /// Whether the sessions of a role end with it.
    pub deleted_role_ends_sessions: bool,
    /// How a security token looks.
    pub security_token: TokenForm,
}

/// How a security token looks: nobody can tell anything from it.
#[derive(Clone, Copy, Debug)]
pub struct TokenForm {
    /// What all begin with.
    pub prefix: &'static str,
    /// How many characters of base 64 follow.
    pub length: usize,
}

const ALIBABA: Rules = Rules {
    // IMS 2019-08-15 SetPasswordPolicy, MinimumPasswordLength.
    longest_password: 32,
    // Every printable ASCII character that is no letter, digit or space; inferred, no page lists them.
    is_symbol: |character| character.is_ascii_punctuation(),
    control_characters: false,
    // RAM documentation, "Configure a password policy for RAM users".
    ages_follow_policy: false,
    // Inferred, not documented.
    reuse_binds_administrators: true,
    lapsed_may_change: false,
    new_password_ends_sessions: true,
    mfa_devices_per_user: 1,
    trust_language: TrustLanguage::Ram,
    // Inferred.
    deleted_role_ends_sessions: false,
    // Samples of STS 2015-04-01 AssumeRole.
    security_token: TokenForm { prefix: "CAIS", length: 128 },
};

const AWS: Rules = Rules {
    // IAM 2010-05-08 CreateLoginProfile, Password.
    longest_password: 128,
    // IAM User Guide, "Set an account password policy for IAM users".
    is_symbol: |character| "!@#$%^&*()_+-=[]{}|'".contains(character),
    control_characters: true,
    // IAM User Guide, "Set an account password policy": expiry applies at once to passwords that are there.
    ages_follow_policy: true,
    reuse_binds_administrators: false,
    lapsed_may_change: true,
    new_password_ends_sessions: false,
    // IAM User Guide, "IAM and AWS STS quotas".
    mfa_devices_per_user: 8,
    trust_language: TrustLanguage::Iam,
    // A new role of the same name is another role (IAM User Guide, "IAM identifiers"): inferred from that.
    deleted_role_ends_sessions: true,
    // Tokens seen begin so and vary in length with what they carry.
    security_token: TokenForm { prefix: "IQoJb3JpZ2luX2Vj", length: 352 },
};

impl Cloud {
    /// The rules of this cloud.
    pub fn rules(self) -> &'static Rules {
        match self {
            Self::Alibaba => &ALIBABA,
            Self::Aws => &AWS,
        }
    }
}

/// How many of a thing an account or one of its entities may have.
#[derive(Clone, Copy, Debug)]
#[expect(missing_docs, reason = "each is the quota it names")]
pub struct Quotas {
    pub users: i64,
    pub roles: i64,
    pub mfa_devices: i64,
    pub access_keys_per_user: i64,
    pub groups: i64,
    pub groups_per_user: i64,
    pub policies: i64,
    pub versions_per_policy: i64,
    pub attached_policies: i64,
    pub instance_profiles: i64,
    pub server_certificates: i64,
    pub signing_certificates_per_user: i64,
    pub ssh_keys_per_user: i64,
    pub service_credentials_per_user: i64,
    pub providers: i64,
    pub clients_per_provider: i64,
    pub tags: i64,
}

impl Quotas {
    /// AWS's, as GetAccountSummary (IAM 2010-05-08) and "IAM and AWS STS quotas" give them.
    pub const AWS: Self = Self {
        users: 5_000,
        roles: 1_000,
        mfa_devices: i64::MAX,
        access_keys_per_user: 2,
        groups: 300,
        groups_per_user: 10,
        policies: 1_500,
        versions_per_policy: 5,
        attached_policies: 10,
        instance_profiles: 1_000,
        server_certificates: 20,
        signing_certificates_per_user: 2,
        ssh_keys_per_user: 5,
        service_credentials_per_user: 2,
        providers: 100,
        clients_per_provider: 100,
        tags: 50,
    };
}
