//! The operations as rows: one handler and one row each, for every API that has it.

use std::pin::Pin;

use super::Api;
use super::call::Call;
use crate::dialect::members::{Build, Members};
use crate::domain::error::Error;
use crate::services::Ctx;

mod access_keys;
mod account_summary;
mod accounts;
pub(super) mod asked;
mod diagnosis;
mod groups;
mod login_profiles;
mod mfa_devices;
mod oidc_providers;
mod password_policy;
mod policies;
mod policy_attachments;
mod policy_versions;
mod roles;
mod saml_providers;
mod security_preference;
mod service_linked_roles;
mod sts;
mod sts_federation;
mod tags;
mod users;

/// Who may call an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    /// Whom policies allow the action on this resource.
    Policy(Resource),
    /// Whom policies allow the action on all of these resources, each by itself (that each must be allowed is inferred).
    PolicyOnAll(&'static [Resource]),
    /// A user for itself, where the security preference says so (ChangePassword).
    OwnPassword,
    /// As `Policy`, and a user for its own keys where the security preference says so.
    OwnAccessKeys,
    /// Whom the role's trust policy names (AssumeRole).
    TrustPolicy,
    /// Everyone (GetCallerIdentity).
    Anyone,
}

/// What an operation acts on, as policies name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Resource {
    /// The named user, or else the caller.
    User,
    /// The user whom a name, an id or a key tells (IMS 2019-08-15 GetUser); RAM has names alone.
    AnyUser,
    /// All users.
    Users,
    /// The named group.
    Group,
    /// All groups.
    Groups,
    /// The account.
    Account,
    /// All MFA devices.
    MfaDevices,
    /// The MFA device with the serial number.
    MfaDevice,
    /// The named role.
    Role,
    /// All roles.
    Roles,
    /// The named policy, the cloud's own where the type says so.
    NamedPolicy,
    /// The named policy of the account: the operation has no type, and one that is sent means nothing.
    OwnPolicy,
    /// All policies of the account.
    Policies,
    /// The named OpenID provider.
    OidcProvider,
    /// The named SAML provider.
    SamlProvider,
    /// All SAML providers.
    SamlProviders,
}

/// A condition key that an operation adds (RAM documentation, the operation's own page).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    /// `ram:TrustedPrincipalTypes` and `ram:ServiceNames`: whom the role trusts.
    Trusted,
    /// `ram:ServiceName`: the service that the role is linked to.
    LinkedService,
    /// `ram:OidcIssuerUrl`: the provider's address.
    Issuer,
    /// `ram:MFAOperationForLogin`: the parameter.
    MfaOperation,
}

/// One operation.
pub(super) struct Row {
    /// Its name, which is its action in policies too.
    pub(super) name: &'static str,
    /// The APIs that have it.
    pub(super) apis: &'static [Api],
    /// Who may call it.
    pub(super) access: Access,
    /// The condition keys that it adds to those of all.
    pub(super) keys: &'static [Key],
    /// Decodes, calls the use case, encodes.
    pub(super) call: for<'a> fn(&'a Ctx, &'a Call<'a>) -> Answering<'a>,
}

/// An answer on its way.
type Answering<'a> = Pin<Box<dyn Future<Output = Result<Members, Error>> + Send + 'a>>;

/// A row of the table: name, APIs, access, the condition keys it adds if any, handler.
macro_rules! row {
    ($name:literal, $apis:tt, $access:expr, $handler:path) => {
        row!($name, $apis, $access, [], $handler)
    };
    ($name:literal, [$($api:ident),+], $access:expr, [$($key:ident),*], $handler:path) => {
        Row {
            name: $name,
            apis: &[$(Api::$api),+],
            access: $access,
            keys: &[$(Key::$key),*],
            call: |ctx, call| Box::pin(async move { $handler(ctx, call).await.map(Build::done) }),
        }
    };
}

use Access::{Anyone, OwnAccessKeys, OwnPassword, Policy, PolicyOnAll, TrustPolicy};
use Resource::{
    Account, AnyUser, Group, Groups, MfaDevice, MfaDevices, NamedPolicy, OidcProvider, OwnPolicy, Policies, Role,
    Roles, SamlProvider, SamlProviders, User, Users,
};

/// All operations.
pub(super) const OPERATIONS: &[Row] = &[
    row!("CreateLoginProfile", [Ims, Ram], Policy(User), login_profiles::create),
    row!("GetLoginProfile", [Ims, Ram], Policy(User), login_profiles::get),
    row!("UpdateLoginProfile", [Ims, Ram], Policy(User), login_profiles::update),
    row!("DeleteLoginProfile", [Ims, Ram], Policy(User), login_profiles::delete),
    row!("ChangePassword", [Ims, Ram], OwnPassword, login_profiles::change_password),
    row!("GetPasswordPolicy", [Ims, Ram], Policy(Account), password_policy::get),
    row!("SetPasswordPolicy", [Ims, Ram], Policy(Account), password_policy::set),
    row!("GetSecurityPreference", [Ims, Ram], Policy(Account), security_preference::get),
    row!("SetSecurityPreference", [Ims, Ram], Policy(Account), [MfaOperation], security_preference::set),
    row!("CreateUser", [Ims, Ram], Policy(Users), users::create),
    row!("GetUser", [Ims, Ram], Policy(AnyUser), users::get),
    row!("UpdateUser", [Ims, Ram], Policy(AnyUser), users::update),
    row!("DeleteUser", [Ims, Ram], Policy(AnyUser), users::delete),
    row!("ListUsers", [Ims, Ram], Policy(Users), users::list),
    row!("ListUserBasicInfos", [Ims], Policy(Users), users::list_basic),
    row!("CreateGroup", [Ims, Ram], Policy(Groups), groups::create),
    row!("GetGroup", [Ims, Ram], Policy(Group), groups::get),
    row!("UpdateGroup", [Ims, Ram], Policy(Group), groups::update),
    row!("DeleteGroup", [Ims, Ram], Policy(Group), groups::delete),
    row!("ListGroups", [Ims, Ram], Policy(Groups), groups::list),
    row!("AddUserToGroup", [Ims, Ram], PolicyOnAll(&[Group, User]), groups::add_user),
    row!("RemoveUserFromGroup", [Ims, Ram], PolicyOnAll(&[Group, User]), groups::remove_user),
    row!("ListGroupsForUser", [Ims, Ram], Policy(User), groups::list_for_user),
    row!("ListUsersForGroup", [Ims, Ram], Policy(Group), groups::list_users),
    row!("CreateAccessKey", [Ims, Ram], OwnAccessKeys, access_keys::create),
    row!("ListAccessKeys", [Ims, Ram], OwnAccessKeys, access_keys::list),
    row!("UpdateAccessKey", [Ims, Ram], OwnAccessKeys, access_keys::update),
    row!("DeleteAccessKey", [Ims, Ram], OwnAccessKeys, access_keys::delete),
    row!("GetAccessKeyLastUsed", [Ims, Ram], OwnAccessKeys, access_keys::last_used),
    row!("CreateVirtualMFADevice", [Ims, Ram], Policy(MfaDevices), mfa_devices::create),
    row!("BindMFADevice", [Ims, Ram], Policy(User), mfa_devices::bind),
    row!("UnbindMFADevice", [Ims, Ram], Policy(User), mfa_devices::unbind),
    row!("DeleteVirtualMFADevice", [Ims, Ram], Policy(MfaDevice), mfa_devices::delete),
    row!("ListVirtualMFADevices", [Ims, Ram], Policy(MfaDevices), mfa_devices::list),
    row!("GetUserMFAInfo", [Ims, Ram], Policy(User), mfa_devices::of_user),
    row!("DisableVirtualMFA", [Ims], Policy(User), mfa_devices::disable),
    row!("GetDefaultDomain", [Ims], Policy(Account), accounts::get_default_domain),
    row!("SetDefaultDomain", [Ims], Policy(Account), accounts::set_default_domain),
    row!("GetAccountSummary", [Ims], Policy(Account), account_summary::get),
    row!("GetAccountMFAInfo", [Ims], Policy(Account), account_summary::root_mfa),
    row!("GetAccountAlias", [Ram], Policy(Account), accounts::get_alias),
    row!("SetAccountAlias", [Ram], Policy(Account), accounts::set_alias),
    row!("ClearAccountAlias", [Ram], Policy(Account), accounts::clear_alias),
    row!("CreateRole", [Ram], Policy(Role), [Trusted], roles::create),
    row!("GetRole", [Ram], Policy(Role), roles::get),
    row!("ListRoles", [Ram], Policy(Roles), roles::list),
    row!("UpdateRole", [Ram], Policy(Role), [Trusted], roles::update),
    row!("DeleteRole", [Ram], Policy(Role), [Trusted], roles::delete),
    row!("CreateServiceLinkedRole", [Ram], Policy(Roles), [LinkedService], service_linked_roles::create),
    row!("DeleteServiceLinkedRole", [Ram], Policy(Role), [LinkedService], service_linked_roles::delete),
    row!("TagResources", [Ims, Ram], Policy(Account), tags::tag),
    row!("UntagResources", [Ims, Ram], Policy(Account), tags::untag),
    row!("ListTagResources", [Ims, Ram], Policy(Account), tags::list),
    row!("CreatePolicy", [Ram], Policy(OwnPolicy), policies::create),
    row!("GetPolicy", [Ram], Policy(NamedPolicy), policies::get),
    row!("ListPolicies", [Ram], Policy(Policies), policies::list),
    row!("UpdatePolicyDescription", [Ram], Policy(OwnPolicy), policies::describe),
    row!("DeletePolicy", [Ram], Policy(OwnPolicy), policies::delete),
    row!("CreatePolicyVersion", [Ram], Policy(OwnPolicy), policy_versions::create),
    row!("GetPolicyVersion", [Ram], Policy(NamedPolicy), policy_versions::get),
    row!("ListPolicyVersions", [Ram], Policy(NamedPolicy), policy_versions::list),
    row!("SetDefaultPolicyVersion", [Ram], Policy(OwnPolicy), policy_versions::set_default),
    row!("DeletePolicyVersion", [Ram], Policy(OwnPolicy), policy_versions::delete),
    row!("AttachPolicyToUser", [Ram], PolicyOnAll(&[User, NamedPolicy]), policy_attachments::attach_to_user),
    row!("AttachPolicyToGroup", [Ram], PolicyOnAll(&[Group, NamedPolicy]), policy_attachments::attach_to_group),
    row!("AttachPolicyToRole", [Ram], PolicyOnAll(&[Role, NamedPolicy]), [Trusted], policy_attachments::attach_to_role),
    row!("DetachPolicyFromUser", [Ram], PolicyOnAll(&[User, NamedPolicy]), policy_attachments::detach_from_user),
    row!("DetachPolicyFromGroup", [Ram], PolicyOnAll(&[Group, NamedPolicy]), policy_attachments::detach_from_group),
    row!(
        "DetachPolicyFromRole",
        [Ram],
        PolicyOnAll(&[Role, NamedPolicy]),
        [Trusted],
        policy_attachments::detach_from_role
    ),
    row!("ListPoliciesForUser", [Ram], Policy(User), policy_attachments::of_user),
    row!("ListPoliciesForGroup", [Ram], Policy(Group), policy_attachments::of_group),
    row!("ListPoliciesForRole", [Ram], Policy(Role), policy_attachments::of_role),
    row!("ListEntitiesForPolicy", [Ram], Policy(NamedPolicy), policy_attachments::holders),
    row!("CreateOIDCProvider", [Ims], Policy(Account), [Issuer], oidc_providers::create),
    row!("GetOIDCProvider", [Ims], Policy(OidcProvider), [Issuer], oidc_providers::get),
    row!("ListOIDCProviders", [Ims], Policy(Account), oidc_providers::list),
    row!("UpdateOIDCProvider", [Ims], Policy(OidcProvider), [Issuer], oidc_providers::update),
    row!("DeleteOIDCProvider", [Ims], Policy(OidcProvider), [Issuer], oidc_providers::delete),
    row!("AddClientIdToOIDCProvider", [Ims], Policy(OidcProvider), [Issuer], oidc_providers::add_client),
    row!("RemoveClientIdFromOIDCProvider", [Ims], Policy(OidcProvider), [Issuer], oidc_providers::remove_client),
    row!("AddFingerprintToOIDCProvider", [Ims], Policy(OidcProvider), [Issuer], oidc_providers::add_fingerprint),
    row!(
        "RemoveFingerprintFromOIDCProvider",
        [Ims],
        Policy(OidcProvider),
        [Issuer],
        oidc_providers::remove_fingerprint
    ),
    row!("CreateSAMLProvider", [Ims], Policy(SamlProviders), saml_providers::create),
    row!("GetSAMLProvider", [Ims], Policy(SamlProvider), saml_providers::get),
    row!("ListSAMLProviders", [Ims], Policy(SamlProviders), saml_providers::list),
    row!("UpdateSAMLProvider", [Ims], Policy(SamlProvider), saml_providers::update),
    row!("DeleteSAMLProvider", [Ims], Policy(SamlProvider), saml_providers::delete),
    row!("AssumeRoleWithOIDC", [Sts], TrustPolicy, sts_federation::with_oidc),
    row!("AssumeRoleWithSAML", [Sts], TrustPolicy, sts_federation::with_saml),
    row!("DecodeDiagnosticMessage", [Ram], Policy(Account), diagnosis::decode),
    row!("AssumeRole", [Sts], TrustPolicy, sts::assume_role),
    row!("GetCallerIdentity", [Sts], Anyone, sts::get_caller_identity),
];

impl Resource {
    /// The resource as policies name it; older pages write the region as `*`, which means the same as none.
    pub(super) fn arn(self, account_id: &str, call: &Call<'_>) -> String {
        let user = || call.text(call.user_parameter()).map(|name| name.split('@').next().unwrap_or(name));
        let relative = match self {
            Self::User | Self::AnyUser => format!("user/{}", user().unwrap_or("*")),
            Self::Users => "user/*".to_owned(),
            Self::Group => format!("group/{}", call.text("GroupName").unwrap_or("*")),
            Self::Groups => "group/*".to_owned(),
            Self::Account => "*".to_owned(),
            Self::MfaDevices => "mfa/*".to_owned(),
            Self::MfaDevice => {
                let name = call.text("SerialNumber").and_then(|serial| serial.rsplit('/').next());
                format!("mfa/{}", name.unwrap_or("*"))
            }
            Self::Role => format!("role/{}", call.text("RoleName").unwrap_or("*")),
            Self::Roles => "role/*".to_owned(),
            Self::NamedPolicy | Self::OwnPolicy => format!("policy/{}", call.text("PolicyName").unwrap_or("*")),
            Self::Policies => "policy/*".to_owned(),
            Self::OidcProvider => format!("oidc-provider/{}", call.text("OIDCProviderName").unwrap_or("*")),
            Self::SamlProvider => format!("saml-provider/{}", call.text("SAMLProviderName").unwrap_or("*")),
            Self::SamlProviders => "saml-provider/*".to_owned(),
        };
        let clouds = self == Self::NamedPolicy && call.text("PolicyType") == Some("System");
        let account_id = if clouds { "system" } else { account_id };
        format!("acs:ram:*:{account_id}:{relative}")
    }
}

#[cfg(test)]
#[path = "access_table_tests.rs"]
mod access_table_tests;

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::super::catalogue;
    use super::*;

    #[test]
    fn every_operation_stands_once_and_is_one_that_its_api_has() {
        let mut seen = HashSet::new();
        for row in OPERATIONS {
            for api in row.apis {
                let known = match api {
                    Api::Ims => catalogue::IMS,
                    Api::Ram => catalogue::RAM,
                    Api::Sts => catalogue::STS,
                };
                assert!(known.contains(&row.name), "{api:?} has no {}", row.name);
                assert!(seen.insert((api.product(), row.name)), "{} stands twice", row.name);
            }
        }
    }
}
