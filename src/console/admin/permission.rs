//! What each deed in the console asks of policies: the action and the resources of the operation that does the same
//! through the cloud's API.

use crate::domain::account::Cloud;
use crate::domain::arn::{self, Kind};
use crate::domain::managed_policies;
use crate::domain::user::UserRef;
use crate::services::Ctx;
use crate::services::authorize::Asked;
use crate::services::policies::PolicyRef;
use crate::services::targets::Target;

/// A deed: what RAM and what IAM call it.
#[derive(Clone, Copy)]
pub(super) struct Deed(pub(super) &'static str, pub(super) &'static str);

macro_rules! deeds {
    ($($name:ident = $ram:literal, $iam:literal;)+) => {
        $(pub(super) const $name: Deed = Deed($ram, $iam);)+
    };
}

deeds! {
    LIST_USERS = "ListUsers", "ListUsers";
    GET_USER = "GetUser", "GetUser";
    CREATE_USER = "CreateUser", "CreateUser";
    DELETE_USER = "DeleteUser", "DeleteUser";
    GET_LOGON = "GetLoginProfile", "GetLoginProfile";
    CREATE_LOGON = "CreateLoginProfile", "CreateLoginProfile";
    UPDATE_LOGON = "UpdateLoginProfile", "UpdateLoginProfile";
    DELETE_LOGON = "DeleteLoginProfile", "DeleteLoginProfile";
    LIST_KEYS = "ListAccessKeys", "ListAccessKeys";
    CREATE_KEY = "CreateAccessKey", "CreateAccessKey";
    UPDATE_KEY = "UpdateAccessKey", "UpdateAccessKey";
    DELETE_KEY = "DeleteAccessKey", "DeleteAccessKey";
    KEY_LAST_USED = "GetAccessKeyLastUsed", "GetAccessKeyLastUsed";
    GET_MFA = "GetUserMFAInfo", "ListMFADevices";
    UNBIND_MFA = "UnbindMFADevice", "DeactivateMFADevice";
    LIST_GROUPS = "ListGroups", "ListGroups";
    GET_GROUP = "GetGroup", "GetGroup";
    CREATE_GROUP = "CreateGroup", "CreateGroup";
    DELETE_GROUP = "DeleteGroup", "DeleteGroup";
    ADD_MEMBER = "AddUserToGroup", "AddUserToGroup";
    REMOVE_MEMBER = "RemoveUserFromGroup", "RemoveUserFromGroup";
    GROUPS_OF_USER = "ListGroupsForUser", "ListGroupsForUser";
    MEMBERS = "ListUsersForGroup", "GetGroup";
    LIST_ROLES = "ListRoles", "ListRoles";
    GET_ROLE = "GetRole", "GetRole";
    CREATE_ROLE = "CreateRole", "CreateRole";
    UPDATE_TRUST = "UpdateRole", "UpdateAssumeRolePolicy";
    DELETE_ROLE = "DeleteRole", "DeleteRole";
    LIST_POLICIES = "ListPolicies", "ListPolicies";
    GET_POLICY = "GetPolicy", "GetPolicy";
    CREATE_POLICY = "CreatePolicy", "CreatePolicy";
    DELETE_POLICY = "DeletePolicy", "DeletePolicy";
    GET_VERSION = "GetPolicyVersion", "GetPolicyVersion";
    LIST_VERSIONS = "ListPolicyVersions", "ListPolicyVersions";
    CREATE_VERSION = "CreatePolicyVersion", "CreatePolicyVersion";
    SET_DEFAULT_VERSION = "SetDefaultPolicyVersion", "SetDefaultPolicyVersion";
    DELETE_VERSION = "DeletePolicyVersion", "DeletePolicyVersion";
    GET_PASSWORD_POLICY = "GetPasswordPolicy", "GetAccountPasswordPolicy";
    SET_PASSWORD_POLICY = "SetPasswordPolicy", "UpdateAccountPasswordPolicy";
    CLEAR_PASSWORD_POLICY = "SetPasswordPolicy", "DeleteAccountPasswordPolicy";
    GET_PREFERENCE = "GetSecurityPreference", "GetSecurityPreference";
    SET_PREFERENCE = "SetSecurityPreference", "SetSecurityPreference";
    // No cloud has an operation for these. Whoever may see when a user signed in may see where (inferred).
    SEE_SESSIONS = "GetLoginProfile", "GetLoginProfile";
    // A new password is how the clouds' administrators end sessions (inferred).
    END_SESSIONS = "UpdateLoginProfile", "UpdateLoginProfile";
}

/// What a deed is done to.
#[derive(Clone, Copy)]
pub(super) enum On<'a> {
    /// The account.
    Account,
    /// All of a kind.
    All(Kind),
    /// One that is yet to be made: its kind, path and name.
    New(Kind, &'a str, &'a str),
    /// One user, group or role.
    One(Kind, &'a str),
    /// A managed policy, by its keeper and name.
    Policy(PolicyRef<'a>),
}

/// What a deed asks of policies. Of several things Alibaba Cloud asks about each, AWS about the first.
pub(super) fn asked(ctx: &Ctx, deed: Deed, on: &[On<'_>]) -> Vec<Asked> {
    match ctx.cloud {
        Cloud::Alibaba => on.iter().map(|on| of_ram(ctx, deed.0, *on)).collect(),
        Cloud::Aws => on.iter().take(1).map(|on| of_iam(ctx, deed.1, *on)).collect(),
    }
}

fn of_ram(ctx: &Ctx, action: &str, on: On<'_>) -> Asked {
    let named = |kind: Kind, name: &str| format!("{}/{name}", kind.prefix());
    let (relative, target) = match on {
        On::Account => ("*".to_owned(), None),
        On::All(kind) | On::New(kind @ (Kind::User | Kind::Group), ..) => (named(kind, "*"), None),
        On::One(Kind::User, name) => (named(Kind::User, name), Some(Target::User(UserRef::Name(name.to_owned())))),
        On::One(Kind::Group, name) => (named(Kind::Group, name), None),
        On::One(kind, name) | On::New(kind, _, name) => (named(kind, name), Some(Target::Named(kind, name.to_owned()))),
        On::Policy(PolicyRef::Own(name)) => {
            (named(Kind::Policy, name), Some(Target::Named(Kind::Policy, name.to_owned())))
        }
        On::Policy(policy) => (named(Kind::Policy, policy.as_str()), None),
    };
    let clouds = matches!(on, On::Policy(PolicyRef::Clouds(_)));
    let account = if clouds { "system" } else { &*ctx.account_id };
    let target = target.unwrap_or_else(|| Target::Exactly(format!("acs:ram::{account}:{relative}")));
    Asked::new(format!("ram:{action}"), target, format!("acs:ram:*:{account}:{relative}"))
}

fn of_iam(ctx: &Ctx, action: &str, on: On<'_>) -> Asked {
    let (target, shown) = match on {
        On::Account => (Target::Exactly("*".to_owned()), "*".to_owned()),
        On::All(kind) => {
            let all = arn::of(ctx.cloud, &ctx.account_id, kind, "/", "");
            (Target::Exactly(all.clone()), all)
        }
        On::New(kind, path, name) => {
            let target = Target::New { kind, path: path.to_owned(), name: name.to_owned() };
            (target, format!("{} {name}", kind.prefix()))
        }
        On::One(Kind::User, name) => (Target::User(UserRef::Name(name.to_owned())), format!("user {name}")),
        On::One(kind, name) => (Target::Named(kind, name.to_owned()), format!("{} {name}", kind.prefix())),
        On::Policy(PolicyRef::Own(name)) => (Target::Named(Kind::Policy, name.to_owned()), format!("policy {name}")),
        On::Policy(policy) => {
            let known = managed_policies::by_name(ctx.cloud, policy.as_str());
            let arn = known.map_or_else(|| policy.as_str().to_owned(), |known| known.arn().to_owned());
            (Target::Exactly(arn.clone()), format!("policy {arn}"))
        }
    };
    Asked::new(format!("iam:{action}"), target, shown)
}
