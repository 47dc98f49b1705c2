//! Which tables and columns make up the state, and what each column holds; must not know how the state is written down.
//!
//! A test holds this list to the schema: a table or a column is either here or named as left out, with the reason.

use super::columns::holds;
use super::state_columns::{bytes, column, flag, int, json, key, text, time, word};
use super::tags;
use crate::domain::access_key::KeyStatus;
use crate::domain::account::Cloud;
use crate::domain::credentials::Service;
use crate::domain::grant::{GrantKind, SESSION_SECONDS};
use crate::domain::login_profile::{LogonStatus, MOST_FAILED_ATTEMPTS};
use crate::domain::own_policy::MOST_VERSION;
use crate::domain::password_policy::PasswordPolicy;
use crate::domain::policy_owner::PolicyOwner;
use crate::domain::providers::{ISSUANCE_LIMIT_HOURS, PrivateKey, RequestSigning};
use crate::domain::role::MAX_SESSION_SECONDS;
use crate::domain::security_preference::SecurityPreference;
use crate::domain::service_access::{AccessorKind, Report};
use crate::domain::session::{EndReason, SessionContext, SessionKind};
use crate::domain::time::ClockSetting;

pub use super::state_columns::{ACCOUNTS, Absent, Column, Kind, Only, Reference, Table};

/// Tables that are not part of the state: faults are how a test is set up, not what the clouds hold; nonces are proof
/// against repetition, which must outlive a restore; how often a policy is used is counted from the attachments;
/// snapshots are states themselves; command lines that wait for a person belong to no account and ask again.
#[cfg(test)]
pub(super) const LEFT_OUT: &[&str] =
    &["_sqlx_migrations", "device_authorizations", "faults", "nonces", "policy_uses", "snapshots"];

const ACCOUNT: Column = text("account_id");
const ID: Column = text("id");
const NAME: Column = text("name");
const NAME_KEY: Column = key("name", "name_key");
const PATH: Column = text("path").or(Absent::Text("/"));
const CREATED: Column = time("created_at");
const UPDATED: Column = time("updated_at");
const USER: Column = text("user_id");
const OWNER_KIND: Column = word("owner_kind", |text| PolicyOwner::parse(text).is_some());

const BY_ID: &[&str] = &["account_id", "id"];
const BY_NAME: &[&str] = &["account_id", "name_key"];
const OWNER: &[&str] = &["account_id", "owner_id"];
const OF_ACCOUNT: Reference = Reference::new(&["account_id"], ACCOUNTS, &["id"]);
const OF_USER: Reference = Reference::new(&["account_id", "user_id"], "users", BY_ID);

/// Numbers that any reader of JSON keeps exactly (RFC 8259 section 6).
const EXACT: i64 = 1 << 53;

/// What `owner_kind` and `owner_id` name where policies hang on users, groups and roles.
const OF_POLICY_OWNER: &[Reference] = &[
    OF_ACCOUNT,
    Reference::new(OWNER, "users", BY_ID).only(&[Only::Is("owner_kind", "user")]),
    Reference::new(OWNER, "user_groups", BY_ID).only(&[Only::Is("owner_kind", "group")]),
    Reference::new(OWNER, "roles", BY_ID).only(&[Only::Is("owner_kind", "role")]),
];
/// What they name where labels hang.
const OF_TAGGED: &[Reference] = &[
    OF_ACCOUNT,
    Reference::new(OWNER, "users", BY_ID).only(&[Only::Is("owner_kind", "user")]),
    Reference::new(OWNER, "roles", BY_ID).only(&[Only::Is("owner_kind", "role")]),
    Reference::new(OWNER, "policies", BY_ID).only(&[Only::Is("owner_kind", "policy")]),
    Reference::new(OWNER, "mfa_devices", BY_NAME).only(&[Only::Is("owner_kind", "mfa-device")]),
    Reference::new(OWNER, "instance_profiles", BY_ID).only(&[Only::Is("owner_kind", "instance-profile")]),
    Reference::new(OWNER, "oidc_providers", BY_ID).only(&[Only::Is("owner_kind", "oidc-provider")]),
    Reference::new(OWNER, "saml_providers", BY_ID).only(&[Only::Is("owner_kind", "saml-provider")]),
    Reference::new(OWNER, "server_certificates", BY_ID).only(&[Only::Is("owner_kind", "server-certificate")]),
];
/// A key that was deleted stays, and may outlive its user.
const OF_USER_UNLESS_DELETED: Reference = OF_USER.only(&[Only::IsNot("status", "Deleted")]);
/// A user who is deleted leaves no session in the console that runs. Keys of sessions stay, of users and of roles that
/// are gone, and are of nobody.
const OF_USER_IN_CONSOLE: Reference = OF_USER.only(&[Only::Is("kind", "console"), Only::Nothing("ended_at")]);

fn is_key_status(text: &str) -> bool {
    KeyStatus::parse(text).is_some()
}
fn is_clock_mode(text: &str) -> bool {
    ClockSetting::from_parts(text, 0).is_some()
}

/// The world's own row.
pub const WORLD: Table = Table {
    name: "world",
    columns: &[word("clock_mode", is_clock_mode), column("clock_micros", Kind::Micros), bytes("message_key").or_null()],
    unique: &[],
    references: &[],
    together: &[],
    // There is one row; its generation belongs to the store, where it only ever grows. So does the authority, which
    // clients trust whatever the world becomes, and whose key is nobody else's.
    left_out: &["id", "generation", "certificate_authority"],
};

macro_rules! table {
    ($name:literal, [$($column:expr),+ $(,)?], unique $unique:expr, of $references:expr) => {
        table! { $name, [$($column),+], unique $unique, of $references, together &[] }
    };
    ($name:literal, [$($column:expr),+ $(,)?], unique $unique:expr, of $references:expr, together $together:expr) => {
        Table {
            name: $name,
            columns: &[$($column),+],
            unique: $unique,
            references: $references,
            together: $together,
            left_out: &[],
        }
    };
}

/// The tables, those that the engine has others name before them.
pub const TABLES: &[Table] = &[
    Table {
        name: ACCOUNTS,
        columns: &[
            ID,
            word("cloud", |text| Cloud::parse(text).is_some()),
            text("alias"),
            word("clock_mode", is_clock_mode).or_null(),
            column("clock_micros", Kind::Micros).or_null(),
            json("password_policy", holds::<PasswordPolicy>),
            json("security_preference", holds::<SecurityPreference>),
            CREATED,
            int("global_token_version", 1..=2).or(Absent::Integer(1)),
            text("seeded_from").or_null(),
        ],
        unique: &[&["id"], &["cloud", "alias"]],
        references: &[],
        together: &[&["clock_mode", "clock_micros"]],
        // The generation belongs to the store, where it only ever grows; the rest is counted from the rows.
        left_out: &[
            "generation",
            "users",
            "roles",
            "mfa_devices",
            "groups",
            "policies",
            "instance_profiles",
            "server_certificates",
        ],
    },
    table! {
        "users", [ACCOUNT, ID, NAME, NAME_KEY, PATH, text("display_name"), text("comments"), text("email"),
            text("mobile_phone"), text("permissions_boundary").or_null(), CREATED, UPDATED,
            time("last_login_at").or_null()],
        unique &[BY_ID, BY_NAME],
        of &[OF_ACCOUNT]
    },
    table! {
        "roles", [ACCOUNT, ID, NAME, NAME_KEY, PATH, text("description"), text("trust_policy"),
            int("max_session_seconds", MAX_SESSION_SECONDS), flag("console_login_allowed"), text("permissions_boundary").or_null(),
            text("service_name").or_null(), CREATED, UPDATED, time("last_used_at").or_null(),
            text("last_used_region").or_null()],
        unique &[BY_ID, BY_NAME],
        of &[OF_ACCOUNT]
    },
    table! {
        "user_groups", [ACCOUNT, ID, NAME, NAME_KEY, PATH, text("display_name"), text("comments"), CREATED,
            UPDATED],
        unique &[BY_ID, BY_NAME],
        of &[OF_ACCOUNT]
    },
    table! {
        "group_members", [ACCOUNT, text("group_id"), USER, time("joined_at")],
        unique &[&["account_id", "group_id", "user_id"]],
        of &[OF_USER, Reference::new(&["account_id", "group_id"], "user_groups", BY_ID)]
    },
    table! {
        "tags", [ACCOUNT, word("owner_kind", |text| tags::Owner::parse(text).is_some()), text("owner_id"),
            text("key"), text("value")],
        unique &[&["account_id", "owner_kind", "owner_id", "key"]],
        of OF_TAGGED
    },
    table! {
        "login_profiles", [ACCOUNT, USER, word("status", |text| LogonStatus::parse(text).is_some()),
            flag("password_reset_required"), flag("mfa_bind_required"), column("password_hash",
            Kind::PasswordHash).or_null(), time("password_set_at").or_null(), flag("password_initial"),
            time("password_expires_at").or_null(), time("initial_expires_at").or_null(), flag("auto_disabled"),
            time("idle_since"), int("failed_attempts", 0..=MOST_FAILED_ATTEMPTS), time("locked_until").or_null(),
            time("last_login_at").or_null(), text("last_login_address").or_null(), CREATED, UPDATED],
        unique &[&["account_id", "user_id"]],
        of &[OF_USER]
    },
    table! {
        "password_history", [ACCOUNT, USER, int("ordinal", 0..=EXACT), column("password_hash", Kind::PasswordHash)],
        unique &[&["account_id", "user_id", "ordinal"]],
        of &[Reference::new(&["account_id", "user_id"], "login_profiles", &["account_id", "user_id"])]
    },
    table! {
        "access_keys", [ID, ACCOUNT, USER.or_null(), text("secret"), word("status", is_key_status),
            flag("seeded"), CREATED, UPDATED, time("last_used_at").or_null(),
            text("last_used_service").or_null(), text("last_used_region").or_null()],
        unique &[&["id"]],
        of &[OF_ACCOUNT, OF_USER_UNLESS_DELETED]
    },
    table! {
        "mfa_devices", [ACCOUNT, NAME, NAME_KEY, PATH, bytes("seed"), USER.or_null(),
            time("bound_at").or_null(), int("last_step", -EXACT..=EXACT), column("used_before",
            Kind::Bits).or(Absent::Integer(0)), int("last_pair", -EXACT..=EXACT).or(Absent::Integer(0)),
            int("drift", -EXACT..=EXACT).or(Absent::Integer(0)), CREATED],
        unique &[BY_NAME],
        of &[OF_ACCOUNT, OF_USER],
        together &[&["user_id", "bound_at"]]
    },
    table! {
        "mfa_tickets", [text("ticket_hash"), ACCOUNT, USER, text("device_name"), time("device_bound_at"),
            text("password_print"), time("expires_at"), time("forget_at")],
        unique &[&["ticket_hash"]],
        of &[OF_USER]
    },
    table! {
        "ssh_public_keys", [ACCOUNT, USER, ID, text("body"), bytes("wire"), text("fingerprint"), word("status",
            is_key_status), time("uploaded_at")],
        unique &[BY_ID],
        of &[OF_USER]
    },
    table! {
        "signing_certificates", [ACCOUNT, USER, ID, text("body"), word("status", is_key_status),
            time("uploaded_at")],
        unique &[BY_ID],
        of &[OF_USER]
    },
    table! {
        "service_credentials", [ACCOUNT, USER, ID, word("service", |text| Service::parse(text).is_some()),
            text("alias"), text("secret_hash"), word("status", is_key_status), CREATED,
            time("expires_at").or_null()],
        unique &[BY_ID],
        of &[OF_USER]
    },
    table! {
        "server_certificates", [ACCOUNT, ID, NAME, NAME_KEY, PATH, text("body"), text("chain").or_null(),
            time("uploaded_at"), time("expires_at")],
        unique &[BY_ID, BY_NAME],
        of &[OF_ACCOUNT]
    },
    table! {
        "policies", [ACCOUNT, ID, NAME, NAME_KEY, PATH, text("description"), int("default_version", 1..=MOST_VERSION),
            int("last_version", 1..=MOST_VERSION), CREATED, UPDATED],
        unique &[BY_ID, BY_NAME],
        of &[OF_ACCOUNT, Reference::new(&["account_id", "id", "default_version"], "policy_versions",
            &["account_id", "policy_id", "number"])]
    },
    table! {
        "policy_versions", [ACCOUNT, text("policy_id"), int("number", 1..=MOST_VERSION), text("document"), CREATED],
        unique &[&["account_id", "policy_id", "number"]],
        of &[Reference::new(&["account_id", "policy_id"], "policies", BY_ID)]
    },
    table! {
        "policy_attachments", [ACCOUNT, OWNER_KIND, text("owner_id"), text("policy_arn"),
            text("policy_name"), key("policy_name", "policy_key"), text("policy_path"), time("attached_at")],
        unique &[&["account_id", "owner_kind", "owner_id", "policy_arn"]],
        of OF_POLICY_OWNER
    },
    table! {
        "inline_policies", [ACCOUNT, OWNER_KIND, text("owner_id"), NAME, NAME_KEY, text("document"),
            int("size", 0..=EXACT), CREATED, UPDATED],
        unique &[&["account_id", "owner_kind", "owner_id", "name_key"]],
        of OF_POLICY_OWNER
    },
    table! {
        "instance_profiles", [ACCOUNT, ID, NAME, NAME_KEY, PATH, text("role_id").or_null(), CREATED],
        unique &[BY_ID, BY_NAME],
        of &[OF_ACCOUNT, Reference::new(&["account_id", "role_id"], "roles", BY_ID)]
    },
    table! {
        "role_deletions", [ACCOUNT, text("task_id")],
        unique &[&["account_id", "task_id"]],
        of &[OF_ACCOUNT]
    },
    table! {
        "oidc_providers", [ACCOUNT, ID, NAME, text("issuer"), json("client_ids", holds::<Vec<String>>),
            json("thumbprints", holds::<Vec<String>>), text("description"),
            int("issuance_limit_hours", ISSUANCE_LIMIT_HOURS).or_null(), text("jwks").or_null(), text("signing_key_id").or_null(),
            bytes("signing_key").or_null(), CREATED, UPDATED],
        unique &[&["account_id", "name"]],
        of &[OF_ACCOUNT],
        together &[&["signing_key_id", "signing_key"]]
    },
    table! {
        "saml_providers", [ACCOUNT, ID, NAME, NAME_KEY, text("description"), text("metadata"),
            flag("encryption_required"), json("private_keys", holds::<Vec<PrivateKey>>), word("request_signing",
            |text| RequestSigning::parse(text).is_some()).or(Absent::Text("rsa-sha1")), time("valid_until"),
            CREATED, UPDATED],
        unique &[BY_NAME],
        of &[OF_ACCOUNT]
    },
    table! {
        "sessions", [ID, ACCOUNT, word("kind", |text| SessionKind::parse(text).is_some()), USER.or_null(),
            text("user_name").or_null(), text("role_id").or_null(), text("role_name").or_null(),
            text("session_name").or_null(), text("source_identity").or_null(), text("parent_id").or_null(),
            text("access_key_id").or_null(), text("secret").or_null(), text("token_hash").or_null(),
            text("session_policy").or_null(), json("context", holds::<SessionContext>).or_null(),
            flag("mfa_present"), text("source_address").or_null(), time("started_at"), time("expires_at"),
            time("ended_at").or_null(), word("ended_because", |text|
            EndReason::parse(text).is_some()).or_null(), text("cookie_hash").or_null()],
        unique &[&["id"], &["access_key_id"], &["cookie_hash"]],
        of &[OF_ACCOUNT, OF_USER_IN_CONSOLE],
        together &[&["access_key_id", "secret", "token_hash"], &["ended_at", "ended_because"]]
    },
    table! {
        "sign_in_grants", [text("token_hash"), word("kind", |text| GrantKind::parse(text).is_some()), ACCOUNT,
            text("session_id"), text("client_id").or_null(), text("redirect_uri").or_null(),
            text("challenge").or_null(), text("key_thumbprint").or_null(), text("password_print").or_null(),
            int("session_seconds", SESSION_SECONDS).or_null(), time("expires_at"), time("spent_at").or_null(), time("forget_at")],
        unique &[&["token_hash"]],
        of &[OF_ACCOUNT, Reference::new(&["account_id", "session_id"], "sessions", BY_ID)]
    },
    table! {
        "credential_reports", [ACCOUNT, text("content"), time("started_at"), time("ready_at")],
        unique &[&["account_id"]],
        of &[OF_ACCOUNT]
    },
    table! {
        "service_access", [ACCOUNT, word("principal_kind", |text| AccessorKind::parse(text).is_some()),
            text("principal_id"), text("service"), time("at"), text("region")],
        unique &[&["account_id", "principal_kind", "principal_id", "service"]],
        of &[OF_ACCOUNT]
    },
    table! {
        "access_reports", [ACCOUNT, ID, text("owner"), json("report", holds::<Report>), CREATED],
        unique &[BY_ID],
        of &[OF_ACCOUNT]
    },
];

#[cfg(test)]
#[path = "state_tests.rs"]
mod tests;
