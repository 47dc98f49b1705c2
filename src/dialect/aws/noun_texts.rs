//! What AWS says of things that are missing, there already, too many or in the way: the one place of these texts.
//!
//! Recorded answers of AWS say so unless a line says otherwise.

use crate::domain::denial::Denial;
use crate::domain::error::Noun;
use crate::domain::own_policy::PolicyChange;
use crate::domain::policy::Layer;
use crate::domain::policy_owner::PolicyOwner;

/// What is said of a thing that is not there.
pub(super) fn not_found(noun: Noun, name: &str) -> String {
    match noun {
        Noun::User | Noun::BoundUser => format!("The user with name {name} cannot be found."),
        Noun::Group => format!("The group with name {name} cannot be found."),
        Noun::Role => format!("The role with name {name} cannot be found."),
        Noun::LoginProfile => format!("Login Profile for User {name} cannot be found."),
        Noun::AccessKey => format!("The Access Key with id {name} cannot be found."),
        Noun::MfaDevice => format!("MFA Device with serial number {name} does not exist."),
        Noun::UserMfaDevice => "MFA Device invalid for user.".to_owned(),
        Noun::Policy | Noun::DefaultPolicyVersion | Noun::AttachedPolicy => format!("Policy {name} was not found."),
        Noun::AttachablePolicy | Noun::PolicyVersion | Noun::PolicyOfVersion => {
            format!("Policy {name} does not exist or is not attachable.")
        }
        Noun::PermissionsBoundary => format!("Scope ARN: {name} does not exist or is not attachable."),
        Noun::UserPolicy => format!("The user policy with name {name} cannot be found."),
        Noun::GroupPolicy => format!("The group policy with name {name} cannot be found."),
        Noun::RolePolicy => format!("The role policy with name {name} cannot be found."),
        Noun::InstanceProfile => format!("Instance Profile {name} cannot be found."),
        Noun::RoleInInstanceProfile => format!("Role {name} cannot be found."),
        Noun::SshPublicKey => format!("The Public Key with id {name} cannot be found."),
        Noun::SigningCertificate => format!("The Certificate with id {name} cannot be found."),
        Noun::ServerCertificate => format!("The Server Certificate with name {name} cannot be found."),
        Noun::ServiceCredential => format!("No such credential {name} exists"),
        Noun::OidcProvider => format!("OpenIDConnect Provider not found for arn {name}"),
        Noun::SamlProvider => format!("Manifest not found for arn {name}"),
        Noun::PasswordPolicy => format!("The Password Policy with domain name {name} cannot be found."),
        // Text inferred.
        Noun::AccountAlias => format!("The account alias with name {name} cannot be found."),
        Noun::Account
        | Noun::Session
        | Noun::GroupMember
        | Noun::GroupOfUser
        | Noun::InstanceProfileRole
        | Noun::OidcClient
        | Noun::OidcIssuer
        | Noun::Tag => format!("{name} cannot be found."),
        Noun::Arn => format!("ARN {name} does not exist."),
        Noun::Job => format!("Job {name} does not exist."),
    }
}

/// What is said of a thing that is there already.
pub(super) fn already_exists(noun: Noun, name: &str) -> String {
    match noun {
        Noun::User => format!("User with name {name} already exists."),
        Noun::Group => format!("Group with name {name} already exists."),
        Noun::Role => format!("Role with name {name} already exists."),
        Noun::LoginProfile => format!("Login Profile for user {name} already exists."),
        Noun::Policy => format!("A policy called {name} already exists. Duplicate names are not allowed."),
        Noun::InstanceProfile => format!("Instance Profile {name} already exists."),
        Noun::MfaDevice => "MFA device already exists.".to_owned(),
        Noun::BoundUser => "MFA Device is already in use.".to_owned(),
        Noun::UserMfaDevice => format!("MFA Device for user {name} already exists."),
        Noun::OidcProvider => format!("Provider with url {name} already exists."),
        Noun::ServerCertificate => format!("The Server Certificate with name {name} already exists."),
        // Text inferred.
        Noun::SamlProvider => format!("Saml provider with name {name} already exists."),
        // Text observed.
        Noun::AccountAlias => format!("The account alias {name} already exists."),
        _ => format!("{name} already exists."),
    }
}

/// The quotas' names are recorded for access keys, instance profiles' roles, signing certificates, credentials of
/// services and client ids, the others follow them.
pub(super) fn limit_exceeded(noun: Noun, most: i64) -> String {
    let quota = match noun {
        Noun::AccessKey => "AccessKeysPerUser",
        Noun::InstanceProfileRole => "InstanceSessionsPerInstanceProfile",
        Noun::SigningCertificate => "CertificatesPerUser",
        Noun::OidcClient | Noun::OidcIssuer => "ClientIdsPerOpenIdConnectProvider",
        Noun::GroupOfUser => "GroupsPerUser",
        Noun::User => "UsersPerAccount",
        Noun::Group => "GroupsPerAccount",
        Noun::Role => "RolesPerAccount",
        Noun::Policy => "PoliciesPerAccount",
        Noun::InstanceProfile => "InstanceProfilesPerAccount",
        Noun::ServerCertificate => "ServerCertificatesPerAccount",
        Noun::MfaDevice | Noun::UserMfaDevice | Noun::BoundUser => "MFADevicesPerUser",
        Noun::SshPublicKey => "SSHPublicKeysPerUser",
        Noun::ServiceCredential => "ContextSpecificCredentialsPerUserPerContext",
        Noun::OidcProvider => "OpenIdConnectProvidersPerAccount",
        Noun::SamlProvider => "SAMLProvidersPerAccount",
        Noun::PolicyVersion => {
            return "A managed policy can have up to 5 versions. Before you create a new version, you must delete an \
                    existing version."
                .to_owned();
        }
        Noun::Tag => return "The number of tags has reached the maximum limit.".to_owned(),
        _ => return format!("Cannot exceed quota: {most}"),
    };
    format!("Cannot exceed quota for {quota}: {most}")
}

/// Observed of groups and roles.
pub(super) fn attached_quota(owner: PolicyOwner) -> &'static str {
    match owner {
        PolicyOwner::User => "PoliciesPerUser",
        PolicyOwner::Group => "PoliciesPerGroup",
        PolicyOwner::Role => "PoliciesPerRole",
    }
}

pub(super) fn foreign_policy(change: PolicyChange) -> &'static str {
    match change {
        PolicyChange::Delete => "Cannot delete policies outside your own account.",
        // Observed.
        PolicyChange::CreateVersion => "Cannot create versions for policies outside your own account.",
        PolicyChange::DeleteVersion => "Cannot delete policy versions for policies outside your own account.",
        // The second is no change that AWS has.
        PolicyChange::SetDefaultVersion | PolicyChange::Describe => "Cannot update policies outside your own account.",
        // Inferred.
        PolicyChange::Tag => "Cannot tag policies outside your own account.",
    }
}

pub(super) fn delete_conflict(what: Noun, still: Noun) -> &'static str {
    match (what, still) {
        (Noun::Policy, Noun::AttachedPolicy | Noun::User | Noun::Group | Noun::Role) => {
            "Cannot delete a policy attached to entities."
        }
        (_, Noun::AttachedPolicy) => "Cannot delete entity, must detach all policies first.",
        (_, Noun::UserPolicy | Noun::GroupPolicy | Noun::RolePolicy) => {
            "Cannot delete entity, must delete policies first."
        }
        // Recorded.
        (_, Noun::UserMfaDevice | Noun::MfaDevice) => "Cannot delete entity, must remove tokens from principal first.",
        (_, Noun::SigningCertificate) => "Cannot delete entity, must delete certificates first.",
        // This and the next three observed.
        (_, Noun::LoginProfile) => "Cannot delete entity, must delete login profile first.",
        (_, Noun::AccessKey) => "Cannot delete entity, must delete access keys first.",
        (Noun::User, Noun::Group | Noun::GroupOfUser) | (Noun::Group, Noun::GroupMember) => {
            "Cannot delete entity, must remove users from group first."
        }
        // Observed.
        (_, Noun::ServiceCredential | Noun::SshPublicKey) => {
            "Cannot delete entity, must remove referenced objects first."
        }
        (Noun::Role, Noun::InstanceProfile | Noun::RoleInInstanceProfile) | (Noun::InstanceProfile, _) => {
            "Cannot delete entity, must remove roles from instance profile first."
        }
        (Noun::Policy, Noun::PolicyVersion) => {
            // Observed.
            "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. \
             The default version is deleted with the policy."
        }
        (Noun::Policy, Noun::DefaultPolicyVersion) => "Cannot delete the default version of a policy.",
        // Text inferred.
        (Noun::MfaDevice, _) => "MFA VirtualDevice in use. Must deactivate first.",
        (_, _) => "Cannot delete entity, must remove referenced objects first.",
    }
}

/// What a denial is told as: the layer that decided, and one alone where several deny (AWS IAM User Guide,
/// "Troubleshoot access denied error messages").
pub(super) fn denial(denial: &Denial, caller: &str) -> String {
    let Denial { action, shown, layer, is_explicit, .. } = denial;
    let (article, policy) = match layer {
        Layer::Identity => ("an", "identity-based policy"),
        Layer::Resource => ("a", "resource-based policy"),
        Layer::Boundary => ("a", "permissions boundary"),
        Layer::Session => ("a", "session policy"),
    };
    let why = if *is_explicit {
        format!("with an explicit deny in {article} {policy}")
    } else {
        format!("because no {policy} allows the {action} action")
    };
    format!("User: {caller} is not authorized to perform: {action} on resource: {shown} {why}")
}
