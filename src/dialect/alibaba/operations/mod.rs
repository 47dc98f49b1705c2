//! The operations as rows: one handler and one row each, for every API that has it.

use std::pin::Pin;

use super::Api;
use super::call::Call;
use crate::dialect::members::{Build, Members};
use crate::domain::error::Error;
use crate::services::Ctx;

mod access_keys;
mod accounts;
pub(super) mod asked;
mod diagnosis;
mod login_profiles;
mod mfa_devices;
mod password_policy;
mod roles;
mod security_preference;
mod sts;
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
    /// The named user.
    User,
    /// All users.
    Users,
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
}

/// One operation.
pub(super) struct Row {
    /// Its name, which is its action in policies too.
    pub(super) name: &'static str,
    /// The APIs that have it.
    pub(super) apis: &'static [Api],
    /// Who may call it.
    pub(super) access: Access,
    /// Decodes, calls the use case, encodes.
    pub(super) call: for<'a> fn(&'a Ctx, &'a Call<'a>) -> Answering<'a>,
}

/// An answer on its way.
type Answering<'a> = Pin<Box<dyn Future<Output = Result<Members, Error>> + Send + 'a>>;

/// A row of the table: name, APIs, access, handler.
macro_rules! row {
    ($name:literal, [$($api:ident),+], $access:expr, $handler:path) => {
        Row {
            name: $name,
            apis: &[$(Api::$api),+],
            access: $access,
            call: |ctx, call| Box::pin(async move { $handler(ctx, call).await.map(Build::done) }),
        }
    };
}

use Access::{Anyone, OwnAccessKeys, OwnPassword, Policy, TrustPolicy};
use Resource::{Account, MfaDevice, MfaDevices, Role, Roles, User, Users};

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
    row!("SetSecurityPreference", [Ims, Ram], Policy(Account), security_preference::set),
    row!("CreateUser", [Ims, Ram], Policy(Users), users::create),
    row!("GetUser", [Ims, Ram], Policy(User), users::get),
    row!("UpdateUser", [Ims, Ram], Policy(User), users::update),
    row!("DeleteUser", [Ims, Ram], Policy(User), users::delete),
    row!("ListUsers", [Ims, Ram], Policy(Users), users::list),
    row!("ListUserBasicInfos", [Ims], Policy(Users), users::list_basic),
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
    row!("GetAccountAlias", [Ram], Policy(Account), accounts::get_alias),
    row!("SetAccountAlias", [Ram], Policy(Account), accounts::set_alias),
    row!("ClearAccountAlias", [Ram], Policy(Account), accounts::clear_alias),
    row!("CreateRole", [Ram], Policy(Roles), roles::create),
    row!("GetRole", [Ram], Policy(Role), roles::get),
    row!("ListRoles", [Ram], Policy(Roles), roles::list),
    row!("DeleteRole", [Ram], Policy(Role), roles::delete),
    row!("DecodeDiagnosticMessage", [Ram], Policy(Account), diagnosis::decode),
    row!("AssumeRole", [Sts], TrustPolicy, sts::assume_role),
    row!("GetCallerIdentity", [Sts], Anyone, sts::get_caller_identity),
];

impl Resource {
    /// The resource as policies name it; older pages write the region as `*`, which means the same as none.
    pub(super) fn arn(self, account_id: &str, call: &Call<'_>) -> String {
        let user = || call.text(call.user_parameter()).map(|name| name.split('@').next().unwrap_or(name));
        let relative = match self {
            Self::User => format!("user/{}", user().unwrap_or("*")),
            Self::Users => "user/*".to_owned(),
            Self::Account => "*".to_owned(),
            Self::MfaDevices => "mfa/*".to_owned(),
            Self::MfaDevice => {
                let name = call.text("SerialNumber").and_then(|serial| serial.rsplit('/').next());
                format!("mfa/{}", name.unwrap_or("*"))
            }
            Self::Role => format!("role/{}", call.text("RoleName").unwrap_or("*")),
            Self::Roles => "role/*".to_owned(),
        };
        format!("acs:ram:*:{account_id}:{relative}")
    }
}

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
