//! What each deed in the console asks of policies: what the operation asks that does the same through the cloud's API.
//! The names of operations stand here; what they ask stands in the dialects' tables alone.

use serde_json::{Map, Value, json};

use crate::dialect::permits;
use crate::domain::account::Cloud;
use crate::domain::arn::{self, Kind};
use crate::domain::error::Error;
use crate::domain::managed_policies;
use crate::domain::user::Tag;
use crate::services::Ctx;
use crate::services::policies::{self, PolicyRef};

/// A deed: the operations of RAM (or IMS) and of IAM that do the same; empty where the cloud has none.
#[derive(Clone, Copy)]
pub(super) struct Deed(&'static str, &'static str);

macro_rules! deeds {
    ($($(#[$about:meta])* $name:ident = $ram:literal, $iam:literal;)+) => {
        $($(#[$about])* pub(super) const $name: Deed = Deed($ram, $iam);)+

        /// All of them.
        #[cfg(test)]
        const ALL: &[Deed] = &[$($name),+];
    };
}

deeds! {
    LIST_USERS = "ListUsers", "ListUsers";
    GET_USER = "GetUser", "GetUser";
    CREATE_USER = "CreateUser", "CreateUser";
    UPDATE_USER = "UpdateUser", "UpdateUser";
    DELETE_USER = "DeleteUser", "DeleteUser";
    TAG_USER = "TagResources", "TagUser";
    UNTAG_USER = "UntagResources", "UntagUser";
    BOUND_USER = "", "PutUserPermissionsBoundary";
    UNBOUND_USER = "", "DeleteUserPermissionsBoundary";
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
    UPDATE_GROUP = "UpdateGroup", "UpdateGroup";
    DELETE_GROUP = "DeleteGroup", "DeleteGroup";
    ADD_MEMBER = "AddUserToGroup", "AddUserToGroup";
    REMOVE_MEMBER = "RemoveUserFromGroup", "RemoveUserFromGroup";
    GROUPS_OF_USER = "ListGroupsForUser", "ListGroupsForUser";
    MEMBERS = "ListUsersForGroup", "GetGroup";
    LIST_ROLES = "ListRoles", "ListRoles";
    GET_ROLE = "GetRole", "GetRole";
    CREATE_ROLE = "CreateRole", "CreateRole";
    UPDATE_ROLE = "UpdateRole", "UpdateRole";
    UPDATE_TRUST = "UpdateRole", "UpdateAssumeRolePolicy";
    DELETE_ROLE = "DeleteRole", "DeleteRole";
    TAG_ROLE = "TagResources", "TagRole";
    UNTAG_ROLE = "UntagResources", "UntagRole";
    BOUND_ROLE = "", "PutRolePermissionsBoundary";
    UNBOUND_ROLE = "", "DeleteRolePermissionsBoundary";
    LIST_POLICIES = "ListPolicies", "ListPolicies";
    GET_POLICY = "GetPolicy", "GetPolicy";
    CREATE_POLICY = "CreatePolicy", "CreatePolicy";
    DESCRIBE_POLICY = "UpdatePolicyDescription", "";
    DELETE_POLICY = "DeletePolicy", "DeletePolicy";
    TAG_POLICY = "TagResources", "TagPolicy";
    UNTAG_POLICY = "UntagResources", "UntagPolicy";
    GET_VERSION = "GetPolicyVersion", "GetPolicyVersion";
    LIST_VERSIONS = "ListPolicyVersions", "ListPolicyVersions";
    CREATE_VERSION = "CreatePolicyVersion", "CreatePolicyVersion";
    SET_DEFAULT_VERSION = "SetDefaultPolicyVersion", "SetDefaultPolicyVersion";
    DELETE_VERSION = "DeletePolicyVersion", "DeletePolicyVersion";
    HOLDERS = "ListEntitiesForPolicy", "ListEntitiesForPolicy";
    ATTACH_USER = "AttachPolicyToUser", "AttachUserPolicy";
    ATTACH_GROUP = "AttachPolicyToGroup", "AttachGroupPolicy";
    ATTACH_ROLE = "AttachPolicyToRole", "AttachRolePolicy";
    DETACH_USER = "DetachPolicyFromUser", "DetachUserPolicy";
    DETACH_GROUP = "DetachPolicyFromGroup", "DetachGroupPolicy";
    DETACH_ROLE = "DetachPolicyFromRole", "DetachRolePolicy";
    ATTACHED_USER = "ListPoliciesForUser", "ListAttachedUserPolicies";
    ATTACHED_GROUP = "ListPoliciesForGroup", "ListAttachedGroupPolicies";
    ATTACHED_ROLE = "ListPoliciesForRole", "ListAttachedRolePolicies";
    INLINE_USER = "", "ListUserPolicies";
    INLINE_GROUP = "", "ListGroupPolicies";
    INLINE_ROLE = "", "ListRolePolicies";
    GET_INLINE_USER = "", "GetUserPolicy";
    GET_INLINE_GROUP = "", "GetGroupPolicy";
    GET_INLINE_ROLE = "", "GetRolePolicy";
    PUT_INLINE_USER = "", "PutUserPolicy";
    PUT_INLINE_GROUP = "", "PutGroupPolicy";
    PUT_INLINE_ROLE = "", "PutRolePolicy";
    DELETE_INLINE_USER = "", "DeleteUserPolicy";
    DELETE_INLINE_GROUP = "", "DeleteGroupPolicy";
    DELETE_INLINE_ROLE = "", "DeleteRolePolicy";
    GET_PASSWORD_POLICY = "GetPasswordPolicy", "GetAccountPasswordPolicy";
    SET_PASSWORD_POLICY = "SetPasswordPolicy", "UpdateAccountPasswordPolicy";
    CLEAR_PASSWORD_POLICY = "SetPasswordPolicy", "DeleteAccountPasswordPolicy";
    GET_PREFERENCE = "GetSecurityPreference", "";
    SET_PREFERENCE = "SetSecurityPreference", "";
    GET_ALIAS = "GetAccountAlias", "ListAccountAliases";
    SET_ALIAS = "SetAccountAlias", "CreateAccountAlias";
    CLEAR_ALIAS = "ClearAccountAlias", "DeleteAccountAlias";
    // No cloud has an operation for these. Whoever may see when a user signed in may see where (inferred).
    SEE_SESSIONS = "GetLoginProfile", "GetLoginProfile";
    // A new password is how the clouds' administrators end sessions (inferred).
    END_SESSIONS = "UpdateLoginProfile", "UpdateLoginProfile";
}

/// What a deed is done to, and what else its request says.
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
    /// A managed policy whose ARN is known.
    Known(PolicyRef<'a>, &'a str),
    /// A parameter as the cloud's API names it.
    Said(&'static str, &'a str),
    /// Labels that are put on.
    Tags(&'a [Tag]),
    /// Labels that are taken off, by key.
    Untags(&'a [String]),
}

impl Deed {
    /// The operation of a cloud's API.
    pub(super) fn operation(self, cloud: Cloud) -> &'static str {
        match cloud {
            Cloud::Alibaba => self.0,
            Cloud::Aws => self.1,
        }
    }
}

/// The parameters that a request for a deed would have.
pub(super) async fn asked(ctx: &Ctx, on: &[On<'_>]) -> Result<Map<String, Value>, Error> {
    let mut parameters = Map::new();
    for one in on {
        say(ctx, *one, &mut parameters).await?;
    }
    Ok(parameters)
}

/// Lets a deed with these parameters go on if policies allow it.
pub(super) async fn permit(ctx: &Ctx, deed: Deed, parameters: Map<String, Value>) -> Result<(), Error> {
    permits::permit(ctx, deed.operation(ctx.cloud), parameters).await
}

/// Lets a deed go on if policies allow it.
pub(super) async fn demand(ctx: &Ctx, deed: Deed, on: &[On<'_>]) -> Result<(), Error> {
    permit(ctx, deed, asked(ctx, on).await?).await
}

/// The parameter that names one of a kind (RAM 2015-05-01; IAM 2010-05-08).
fn parameter(kind: Kind) -> &'static str {
    match kind {
        Kind::User => "UserName",
        Kind::Group => "GroupName",
        Kind::Role => "RoleName",
        Kind::Policy => "PolicyName",
        _ => "Name",
    }
}

async fn say(ctx: &Ctx, on: On<'_>, out: &mut Map<String, Value>) -> Result<(), Error> {
    let mut put = |name: &str, value: Value| drop(out.insert(name.to_owned(), value));
    match on {
        On::Account => {}
        On::All(kind) => put(parameter(kind), json!("*")),
        On::One(kind, name) => put(parameter(kind), json!(name)),
        On::New(kind, path, name) => {
            put(parameter(kind), json!(name));
            put("Path", json!(path));
        }
        On::Policy(policy) => {
            let arn = arn_of(ctx, policy).await?;
            name_policy(ctx, policy, &arn, put);
        }
        On::Known(policy, arn) => name_policy(ctx, policy, arn, put),
        On::Said(name, value) => put(name, json!(value)),
        On::Tags(tags) => {
            let tags: Vec<Value> = tags.iter().map(|tag| json!({"Key": tag.key, "Value": tag.value})).collect();
            put(if ctx.cloud == Cloud::Aws { "Tags" } else { "Tag" }, Value::Array(tags));
        }
        On::Untags(keys) => put(if ctx.cloud == Cloud::Aws { "TagKeys" } else { "TagKey" }, json!(keys)),
    }
    Ok(())
}

fn name_policy(ctx: &Ctx, policy: PolicyRef<'_>, arn: &str, mut put: impl FnMut(&str, Value)) {
    match ctx.cloud {
        Cloud::Aws => put("PolicyArn", json!(arn)),
        Cloud::Alibaba => {
            let is_clouds = matches!(policy, PolicyRef::Clouds(_));
            put("PolicyName", json!(policy.as_str()));
            put("PolicyType", json!(if is_clouds { "System" } else { "Custom" }));
        }
    }
}

/// The ARN of a policy; of one that is not there the one that it would have without a path.
async fn arn_of(ctx: &Ctx, policy: PolicyRef<'_>) -> Result<String, Error> {
    match policy {
        PolicyRef::Arn(arn) => Ok(arn.to_owned()),
        PolicyRef::Clouds(name) => {
            let known = managed_policies::by_name(ctx.cloud, name);
            Ok(known.map_or_else(|| name.to_owned(), |known| known.arn().to_owned()))
        }
        // Alibaba Cloud's API names policies by name.
        PolicyRef::Own(_) if ctx.cloud == Cloud::Alibaba => Ok(String::new()),
        PolicyRef::Own(name) => match policies::get(ctx, policy).await {
            Ok(used) => Ok(used.policy.arn(ctx.cloud).into_owned()),
            Err(Error::NotFound(..)) => Ok(arn::of(ctx.cloud, &ctx.account_id, Kind::Policy, "/", name)),
            Err(error) => Err(error),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_deed_is_an_operation_of_the_clouds_that_have_it() {
        for Deed(ram, iam) in ALL {
            assert!(!(ram.is_empty() && iam.is_empty()));
            assert!(ram.is_empty() || permits::has(Cloud::Alibaba, ram), "{ram}");
            assert!(iam.is_empty() || permits::has(Cloud::Aws, iam), "{iam}");
        }
    }
}
