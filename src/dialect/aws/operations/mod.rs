//! The operations as rows: one handler and one row each, in the file of their noun.

use std::pin::Pin;

use serde_json::Value;

use super::errors::Trouble;
use super::model::{Api, Field, Kind, Operation};
use crate::dialect::members::{Build, Member, Members};
use crate::domain::arn;
use crate::services::Ctx;

mod access_keys;
mod account;
mod account_details;
mod account_summary;
mod attachments;
mod boundaries;
mod context_keys;
mod groups;
mod inline_policies;
mod instance_profiles;
mod login_profiles;
mod mfa_devices;
mod oidc_providers;
mod password_policy;
mod policies;
mod policy_owners;
mod policy_versions;
mod roles;
mod saml_providers;
mod server_certificates;
mod service_access;
mod service_credentials;
mod service_linked_roles;
mod signing_certificates;
mod simulation;
mod ssh_public_keys;
mod sts;
mod sts_federation;
mod sts_roles;
mod sts_tokens;
mod users;

/// Who may call an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    /// Whom policies allow the action on this resource.
    Policy(Resource),
    /// A user for itself, where the account lets users do so (ChangePassword).
    OwnPassword,
    /// As `Policy`, and a user where the account lets users change their passwords (GetAccountPasswordPolicy).
    PasswordRules,
    /// Whom the role's trust policy names.
    TrustPolicy,
    /// Everyone with credentials.
    Anyone,
}

/// What an operation acts on, as denials name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Resource {
    /// The named thing: the words before its name, none before an ARN, and the parameter with the name.
    Named(&'static str, &'static str),
    /// All of a kind.
    All(&'static str),
    /// The federated user to be.
    FederatedUser,
    /// Nothing in particular.
    Any,
}

impl Resource {
    /// The named user, or the caller.
    pub(super) const USER: Self = Self::Named("user", "UserName");
    /// The named group.
    pub(super) const GROUP: Self = Self::Named("group", "GroupName");
    /// The named role.
    pub(super) const ROLE: Self = Self::Named("role", "RoleName");
    /// The managed policy.
    pub(super) const POLICY: Self = Self::Named("policy", "PolicyArn");
    /// The instance profile.
    pub(super) const INSTANCE_PROFILE: Self = Self::Named("instance profile", "InstanceProfileName");

    /// As the text of a denial has it.
    pub(super) fn shown(self, ctx: &Ctx, input: &Value) -> String {
        match self {
            Self::Named(words, parameter) => {
                let own = || ctx.calling_user().map(|(_, name)| name).filter(|_| words == "user");
                format!("{words} {}", input[parameter].as_str().or_else(own).unwrap_or("*")).trim_start().to_owned()
            }
            Self::All(kind) => {
                let root = arn::root(ctx.cloud, &ctx.account_id);
                format!("{}{kind}/", root.strip_suffix("root").unwrap_or(&root))
            }
            Self::FederatedUser => arn::federated_user(&ctx.account_id, input["Name"].as_str().unwrap_or("*")),
            Self::Any => "*".to_owned(),
        }
    }
}

/// One operation.
pub(super) struct Row {
    /// The API that has it.
    pub(super) api: Api,
    /// Its name, which is its action in policies too.
    pub(super) name: &'static str,
    /// Who may call it.
    pub(super) access: Access,
    /// Reads the typed request, calls the use case, builds the answer.
    pub(super) call: for<'a> fn(&'a Ctx, &'a Value) -> Answering<'a>,
}

/// An answer on its way.
type Answering<'a> = Pin<Box<dyn Future<Output = Result<Members, Trouble>> + Send + 'a>>;

/// A row of a table: API, name, access, handler. The handler takes the context and the typed request.
macro_rules! row {
    ($api:ident, $name:literal, $access:expr, $handler:path) => {
        $crate::dialect::aws::operations::Row {
            api: $crate::dialect::aws::model::Api::$api,
            name: $name,
            access: $access,
            call: |ctx, input| {
                Box::pin(async move {
                    let request = serde::Deserialize::deserialize(input)
                        .map_err(|error| $crate::domain::error::Error::internal(format!("{}: {error}", $name)))?;
                    $handler(ctx, request).await.map($crate::dialect::members::Build::done)
                })
            },
        }
    };
}
use row;

/// What a handler gives.
pub(super) type Answer = Result<Build, Trouble>;

/// A request without members.
#[derive(Debug, serde::Deserialize)]
pub(super) struct Nothing {}

/// The tables of all nouns.
const TABLES: &[&[Row]] = &[
    access_keys::ROWS,
    account::ROWS,
    account_details::ROWS,
    account_summary::ROWS,
    attachments::ROWS,
    boundaries::ROWS,
    context_keys::ROWS,
    groups::ROWS,
    inline_policies::ROWS,
    instance_profiles::ROWS,
    login_profiles::ROWS,
    mfa_devices::ROWS,
    oidc_providers::ROWS,
    password_policy::ROWS,
    policies::ROWS,
    policy_versions::ROWS,
    roles::ROWS,
    saml_providers::ROWS,
    server_certificates::ROWS,
    service_access::ROWS,
    service_credentials::ROWS,
    service_linked_roles::ROWS,
    signing_certificates::ROWS,
    simulation::ROWS,
    ssh_public_keys::ROWS,
    sts::ROWS,
    sts_federation::ROWS,
    sts_roles::ROWS,
    sts_tokens::ROWS,
    users::ROWS,
];

/// The row of an operation.
pub(super) fn find(api: Api, name: &str) -> Option<&'static Row> {
    TABLES.iter().copied().flatten().find(|row| row.api == api && row.name == name)
}

/// What stands in an answer and not in the operation's model, or is required there and missing: our mistakes.
pub(super) fn strangers(operation: &Operation, api: Api, members: &Members) -> Vec<String> {
    let mut found = Vec::new();
    compare(api, operation.output.as_deref().unwrap_or_default(), members, "", &mut found);
    found
}

fn compare(api: Api, fields: &[Field], members: &Members, path: &str, found: &mut Vec<String>) {
    for (name, member) in members.iter() {
        match fields.iter().find(|field| field.name == name) {
            Some(field) => compare_member(api, &field.shape.kind, member, &format!("{path}/{name}"), found),
            None => found.push(format!("{path}/{name} is not in the model")),
        }
    }
    for field in fields.iter().filter(|field| field.shape.required) {
        if !members.iter().any(|(name, _)| name == field.name) {
            found.push(format!("{path}/{} is missing", field.name));
        }
    }
}

fn compare_member(api: Api, kind: &Kind, member: &Member, path: &str, found: &mut Vec<String>) {
    match (kind, member) {
        (Kind::Structure(name), Member::Object(members)) => {
            compare(api, api.model().structure(name), members, path, found);
        }
        (Kind::List(of), Member::List(items)) => {
            for item in items {
                compare_member(api, &of.kind, item, path, found);
            }
        }
        (Kind::Map, Member::Entries(_))
        | (Kind::Text | Kind::Blob | Kind::Timestamp, Member::Text(_))
        | (Kind::Integer, Member::Number(_))
        | (Kind::Boolean, Member::Flag(_)) => {}
        _ => found.push(format!("{path} is not of its kind")),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_operation_stands_once_and_is_one_that_its_api_has() {
        let mut seen = HashSet::new();
        for row in TABLES.iter().copied().flatten() {
            assert!(row.api.model().operation(row.name).is_some(), "{:?} has no {}", row.api, row.name);
            assert!(seen.insert((row.api, row.name)), "{} stands twice", row.name);
        }
    }
}
