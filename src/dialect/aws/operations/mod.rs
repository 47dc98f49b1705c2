//! The operations as rows: one handler and one row each, in the file of their noun.

use std::pin::Pin;

use serde_json::Value;

use super::errors::Trouble;
use super::model::{self, Api, Field, Operation};
use crate::dialect::members::{Build, Member, Members};
use crate::domain::arn::Kind;
use crate::services::Ctx;

mod access_keys;
mod account;
mod account_details;
mod account_summary;
pub(super) mod asked;
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

/// What an operation acts on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Resource {
    /// What this parameter names; a user that is not named is the caller.
    Named(Kind, &'static str),
    /// As `Named` of a user, or all users where the flag in this parameter says so.
    UserOrAll(&'static str),
    /// What is to be made under the name in this parameter.
    New(Kind, &'static str),
    /// What has the ARN in this parameter.
    Arn(&'static str),
    /// The user who has the access key in this parameter.
    OwnerOfKey(&'static str),
    /// All of a kind.
    All(Kind),
    /// The role of the service in this parameter, which is to be made.
    ServiceRole(&'static str),
    /// The role that the deletion task in this parameter is about.
    DeletionTask(&'static str),
    /// The federated user to be.
    FederatedUser,
    /// Nothing in particular.
    Any,
}

impl Resource {
    /// The named user, or the caller.
    pub(super) const USER: Self = Self::Named(Kind::User, "UserName");
    /// The named group.
    pub(super) const GROUP: Self = Self::Named(Kind::Group, "GroupName");
    /// The named role.
    pub(super) const ROLE: Self = Self::Named(Kind::Role, "RoleName");
    /// The managed policy.
    pub(super) const POLICY: Self = Self::Arn("PolicyArn");
    /// The instance profile.
    pub(super) const INSTANCE_PROFILE: Self = Self::Named(Kind::InstanceProfile, "InstanceProfileName");
}

/// A condition key that the request itself adds, or another action that is needed too (AWS Service Authorization
/// Reference, "Actions, resources, and condition keys for AWS IAM").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    /// `aws:RequestTag/..` and `aws:TagKeys` of the tags given.
    RequestTags,
    /// `aws:TagKeys` of the tags named.
    TagKeys,
    /// `iam:PermissionsBoundary`: of the request, or else of the user or role it is about.
    Boundary,
    /// `iam:PolicyARN`.
    PolicyArn,
    /// `iam:AWSServiceName`.
    ServiceName,
    /// `iam:ServiceSpecificCredentialServiceName`.
    CredentialService,
    /// `iam:ServiceSpecificCredentialAgeDays`.
    CredentialAge,
    /// The action `iam:PassRole` on the role in `RoleName`, for the service of this domain.
    PassRole(&'static str),
    /// The action on what the thing becomes too, where it gets another path or the name in this parameter: whoever moves
    /// it needs the permission on both sides (IAM 2010-05-08 UpdateUser, UpdateGroup, UpdateServerCertificate).
    Moved(&'static str),
    /// The action `sts:TagSession`, where tags are given.
    TagSession,
}

/// One operation.
pub(super) struct Row {
    /// The API that has it.
    pub(super) api: Api,
    /// Its name, which is its action in policies too.
    pub(super) name: &'static str,
    /// Who may call it.
    pub(super) access: Access,
    /// What policies see of it beside that.
    pub(super) keys: &'static [Key],
    /// Reads the typed request, calls the use case, builds the answer.
    pub(super) call: for<'a> fn(&'a Ctx, &'a Value) -> Answering<'a>,
}

/// An answer on its way.
type Answering<'a> = Pin<Box<dyn Future<Output = Result<Members, Trouble>> + Send + 'a>>;

/// A row of a table: API, name, access, the condition keys it adds if any, handler. The handler takes the context and the typed request.
macro_rules! row {
    ($api:ident, $name:literal, $access:expr, $handler:path) => {
        row!($api, $name, $access, [], $handler)
    };
    ($api:ident, $name:literal, $access:expr, [$($key:ident $(($of:literal))?),*], $handler:path) => {
        $crate::dialect::aws::operations::Row {
            api: $crate::dialect::aws::model::Api::$api,
            name: $name,
            access: $access,
            keys: &[$($crate::dialect::aws::operations::Key::$key $(($of))?),*],
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

fn compare_member(api: Api, kind: &model::Kind, member: &Member, path: &str, found: &mut Vec<String>) {
    match (kind, member) {
        (model::Kind::Structure(name), Member::Object(members)) => {
            compare(api, api.model().structure(name), members, path, found);
        }
        (model::Kind::List(of), Member::List(items)) => {
            for item in items {
                compare_member(api, &of.kind, item, path, found);
            }
        }
        (model::Kind::Map, Member::Entries(_))
        | (model::Kind::Text | model::Kind::Blob | model::Kind::Timestamp, Member::Text(_))
        | (model::Kind::Integer, Member::Number(_))
        | (model::Kind::Boolean, Member::Flag(_)) => {}
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

#[cfg(test)]
#[path = "access_table_tests.rs"]
mod access_table_tests;
