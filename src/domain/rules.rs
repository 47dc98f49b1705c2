//! What differs between the clouds in how passwords, sessions and quotas behave: values, so that no use case asks
//! which cloud it serves.

use super::account::Cloud;
use super::policy::{AWS_LAYERS, LayerRules, PolicyLanguage, RAM_LAYERS};
use super::providers::ProviderRules;
use super::request_keys::{self, RequestKeys};

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
    /// Whether a sign-in that must set a new password needs the permission to change it.
    pub reset_needs_permission: bool,
    /// How layers of policies are taken together.
    pub layers: LayerRules,
    /// The names of the condition keys that every request has.
    pub request_keys: &'static RequestKeys,
    /// Whether the account's setting is needed for users to change their passwords, whatever policies permit.
    pub own_password_needs_setting: bool,
    /// Whether a denial carries a sealed message about itself.
    pub seals_denials: bool,
    /// The language of policies.
    pub policy_language: PolicyLanguage,
    /// Whether attaching a policy to what has it already is refused.
    pub attaches_once: bool,
    /// What may be said of identity providers.
    pub providers: ProviderRules,
    /// What every such message begins with.
    pub sealed_prefix: &'static str,
    /// The version that a policy names as its language's.
    pub policy_version: &'static str,
    /// Whether the sessions of a role end with it.
    pub deleted_role_ends_sessions: bool,
    /// How a security token looks.
    pub security_token: TokenForm,
    /// How virtual MFA devices and their codes behave.
    pub mfa: MfaRules,
    /// Whether people may write the account behind their name, as in `alice@domain`.
    pub names_carry_domain: bool,
    /// Whether one is told of a user who is to join a group and is in it already, or is to leave one and is not in it;
    /// else both pass.
    pub memberships_are_told_of: bool,
    /// Whether tag keys that differ in case alone are different ones, whatever carries them; else that depends on the
    /// kind of thing (`TagCase`).
    pub tag_keys_have_case: bool,
    /// Whether a service that is linked to one role describes it itself, and nobody else.
    pub services_describe_roles: bool,
    /// Whether people who need no second factor are offered to bind a device at each sign-in to the console.
    pub offers_mfa_device: bool,
    /// Whether a browser may be remembered, so that no code is asked for there.
    pub remembers_browsers: bool,
    /// Whether people who signed in with a well-known password are advised to change it.
    pub advises_on_weak_passwords: bool,
    /// Seconds in which a further sign-in does not show in when a user's password was last used.
    pub sign_ins_shown_apart: i64,
}

/// How virtual MFA devices and their codes behave.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a rule of its own")]
pub struct MfaRules {
    /// By how many steps a code may be early or late.
    pub window: i64,
    /// By how many steps the later of two codes may be late when a device is bound.
    pub pair_behind: i64,
    /// By how many steps the later of two codes may be early when a device is bound.
    pub pair_ahead: i64,
    /// Whether two codes tell by how much a device's clock is off, which codes from then on are judged by.
    pub learns_drift: bool,
    /// Whether each code is used up by itself, and none by binding; else a code uses up all older ones, and so do
    /// those that bind.
    pub spends_one_by_one: bool,
    /// Whether a wrong code at a sign-in counts as a wrong password does for the password policy's limit.
    pub wrong_codes_count: bool,
    /// Whether a user who has a device needs credentials proven by one to bind and unbind its own.
    pub own_devices_need_proof: bool,
    /// Who stands in the QR code.
    pub issuer: &'static str,
    /// What stands in the QR code for the device, by its name and its account's id.
    pub label: fn(&str, &str) -> String,
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
    reset_needs_permission: false,
    layers: RAM_LAYERS,
    request_keys: &request_keys::ALIBABA,
    // RAM 2015-05-01 SetSecurityPreference, AllowUserToChangePassword.
    own_password_needs_setting: true,
    // RAM 2015-05-01 DecodeDiagnosticMessage.
    seals_denials: true,
    policy_language: PolicyLanguage::Ram,
    // RAM 2015-05-01 AttachPolicyToUser, EntityAlreadyExists.User.Policy.
    attaches_once: true,
    providers: ProviderRules::ALIBABA,
    // The sample of RAM 2015-05-01 DecodeDiagnosticMessage.
    sealed_prefix: "AQEAAAAA",
    // RAM documentation, "Policy structure and syntax".
    policy_version: "1",
    // Inferred.
    deleted_role_ends_sessions: false,
    // Samples of STS 2015-04-01 AssumeRole.
    security_token: TokenForm { prefix: "CAIS", length: 128 },
    mfa: MfaRules {
        // RFC 6238 section 5.2.
        window: 1,
        // Ours: the person's clock may be a step ahead, and waiting for the second code takes its time.
        pair_behind: 2,
        pair_ahead: 2,
        learns_drift: false,
        spends_one_by_one: false,
        // Inferred: no page says of what MaxLoginAttemps counts (IMS 2019-08-15 SetPasswordPolicy) that codes are
        // among it or not, and without a limit whoever knows the password finds the code by trying.
        wrong_codes_count: true,
        own_devices_need_proof: false,
        issuer: "Aliyun",
        label: |device, _| device.to_owned(),
    },
    names_carry_domain: true,
    // RAM 2015-05-01 AddUserToGroup and RemoveUserFromGroup, error codes.
    memberships_are_told_of: true,
    // As of other things with tags (OSS documentation, "Bucket tags"); inferred of RAM's.
    tag_keys_have_case: true,
    // Resource Manager 2020-03-31 CreateServiceLinkedRole, Description.
    services_describe_roles: true,
    // RAM documentation, "Manage RAM user login settings".
    offers_mfa_device: true,
    // IMS 2019-08-15 SetSecurityPreference, EnableSaveMFATicket.
    remembers_browsers: true,
    // Notice of 2026-02-26 on weak password detection.
    advises_on_weak_passwords: true,
    sign_ins_shown_apart: 0,
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
    // IAM User Guide, "Manage passwords for IAM users": the page calls ChangePassword.
    reset_needs_permission: true,
    layers: AWS_LAYERS,
    request_keys: &request_keys::AWS,
    own_password_needs_setting: false,
    seals_denials: false,
    policy_language: PolicyLanguage::Iam,
    // Observed.
    attaches_once: false,
    providers: ProviderRules::AWS,
    sealed_prefix: "",
    // AWS IAM User Guide, "IAM JSON policy elements: Version".
    policy_version: "2012-10-17",
    // A new role of the same name is another role (IAM User Guide, "IAM identifiers"): inferred from that.
    deleted_role_ends_sessions: true,
    // Tokens seen begin so and vary in length with what they carry.
    security_token: TokenForm { prefix: "IQoJb3JpZ2luX2Vj", length: 352 },
    // Recorded answers of AWS, but for the QR code, which is as IAM 2010-05-08 CreateVirtualMFADevice says.
    mfa: MfaRules {
        window: 2,
        pair_behind: 998,
        pair_ahead: 1_000,
        learns_drift: true,
        spends_one_by_one: true,
        // Nothing locks a user out (IAM 2010-05-08 UpdateAccountPasswordPolicy knows no limit).
        wrong_codes_count: false,
        own_devices_need_proof: true,
        issuer: "Amazon Web Services",
        label: |device, account| format!("{device}@{account}"),
    },
    names_carry_domain: false,
    // Recorded.
    memberships_are_told_of: false,
    tag_keys_have_case: false,
    // IAM 2010-05-08 CreateServiceLinkedRole, Description.
    services_describe_roles: false,
    offers_mfa_device: false,
    remembers_browsers: false,
    advises_on_weak_passwords: false,
    // IAM 2010-05-08 User, PasswordLastUsed.
    sign_ins_shown_apart: 300,
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
    /// On one user, group or role, whoever keeps them.
    pub attached_policies: i64,
    /// Of these, the account's own.
    pub attached_own_policies: i64,
    /// Of these, the cloud's.
    pub attached_clouds_policies: i64,
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
        attached_own_policies: i64::MAX,
        attached_clouds_policies: i64::MAX,
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
