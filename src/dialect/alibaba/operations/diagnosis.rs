//! DecodeDiagnosticMessage.

use super::super::diagnosis::{entity_type, policy_kind, policy_type};
use super::{Build, Call};
use crate::domain::error::Error;
use crate::domain::policy::Layer;
use crate::services::Ctx;
use crate::services::authorization_messages::{AuthorizationMessage, layer_named};
use crate::services::diagnoses::{self, MatchedPolicy};

pub(super) async fn decode(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    let diagnosis = diagnoses::open(ctx, call.required("EncodedDiagnosticMessage")?).await?;
    let message = &diagnosis.message;
    let conditions = message.conditions.iter().map(|(key, values)| {
        let key = ctx.cloud.rules().request_keys.spelled(key);
        Build::new().put("ConditionKey", key).put("ConditionValues", values.clone())
    });
    let layer = layer_named(&message.layer).unwrap_or(Layer::Identity);
    let decoded = Build::new()
        .put("ExplicitDeny", message.explicit_deny)
        .put("NoPermissionPolicyType", policy_type(layer))
        .put("AuthAction", &*message.action)
        .put("AuthResource", &*message.resource)
        .object("AuthPrincipal", principal(ctx, message))
        .members("AuthConditions", conditions)
        .members("MatchedPolicies", diagnosis.matched.iter().map(matched));
    Ok(Build::new().object("DecodedDiagnosticMessage", decoded))
}

/// The kind of root is inferred.
fn principal(ctx: &Ctx, message: &AuthorizationMessage) -> Build {
    let (kind, name) = match (&message.role_name, &*message.principal_kind) {
        (Some(role), _) => {
            let session = message.principal_name.as_deref().unwrap_or_default();
            ("AssumedRoleUser", format!("{role}:{session}"))
        }
        (None, "root") => ("Account", message.principal_id.clone()),
        (None, _) => ("SubUser", message.principal_id.clone()),
    };
    Build::new()
        .put("AuthPrincipalType", kind)
        .put("AuthPrincipalOwnerId", &*ctx.account_id)
        .put("AuthPrincipalDisplayName", name)
}

/// Only custom policies have versions. Policies are given for whole accounts here: there are no resource groups.
fn matched(policy: &MatchedPolicy) -> Build {
    let statement = &policy.statement;
    Build::new()
        .put("Effect", if statement.allows { "Allow" } else { "Deny" })
        .put("PolicyIdentifier", &*statement.policy)
        .put("PolicyType", policy_kind(statement.policy_arn.as_deref()))
        .maybe("PolicyVersion", policy.version.map(|version| format!("v{version}")))
        .maybe("AttachedEntityType", policy.attached_to.map(entity_type))
        .put("AttachedScope", "Account")
}
