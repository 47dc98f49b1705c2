//! Messages on why something was denied, sealed so that only who may read them can: encode and decode.
//!
//! A message is sealed with a key that all replicas over a store share, and bound to its account; whoever changes a
//! bit of it, or brings it to another account, has no message (STS 2011-06-15 DecodeAuthorizationMessage).

use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::domain::denial::Denial;
use crate::domain::error::{Error, SessionFault};
use crate::domain::policy::{Layer, Ruling, Source};
use crate::domain::principal::Principal;

use super::{Ctx, sealing};

/// A statement that bore on a denial.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MatchedStatement {
    /// Its policy's name.
    pub policy: String,
    /// The ARN of its policy, where that is a managed one.
    pub policy_arn: Option<String>,
    /// Its name, or its place in the policy where it has none.
    pub statement: String,
    /// Whether it permits.
    pub allows: bool,
    /// The kind of what the policy is part of: user, group or role.
    pub owner_kind: Option<String>,
}

/// Why something was denied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorizationMessage {
    /// Whether a statement forbids it.
    pub explicit_deny: bool,
    /// The layer of policies that decided, as [`layer_name`] has it.
    pub layer: String,
    /// The statements that bore on it.
    pub matched: Vec<MatchedStatement>,
    /// What the caller is.
    pub principal_kind: String,
    /// The caller's id.
    pub principal_id: String,
    /// The caller's name, where it has one.
    pub principal_name: Option<String>,
    /// The caller's ARN.
    pub principal_arn: String,
    /// The name of the role of which the caller has a session.
    pub role_name: Option<String>,
    /// The action.
    pub action: String,
    /// The resource.
    pub resource: String,
    /// What policies could see of the request.
    pub conditions: Vec<(String, Vec<String>)>,
}

/// The layer of this name.
pub fn layer_named(name: &str) -> Option<Layer> {
    [Layer::Resource, Layer::Identity, Layer::Boundary, Layer::Session]
        .into_iter()
        .find(|layer| layer_name(*layer) == name)
}

/// The name of a layer in messages and reports.
pub fn layer_name(layer: Layer) -> &'static str {
    match layer {
        Layer::Resource => "resource",
        Layer::Identity => "identity",
        Layer::Boundary => "boundary",
        Layer::Session => "session",
    }
}

impl AuthorizationMessage {
    /// The message on a denial.
    pub fn of_denial(ctx: &Ctx, denial: &Denial, ruling: &Ruling, conditions: Vec<(String, Vec<String>)>) -> Self {
        let matched = ruling.by().filter(|_| denial.is_explicit).map(|by| {
            let sid = by.statement().and_then(|statement| statement.sid.clone());
            MatchedStatement {
                policy: by.policy.name.clone(),
                policy_arn: denial.policy_arn.clone(),
                statement: sid.unwrap_or_else(|| by.statement.to_string()),
                allows: false,
                owner_kind: match &by.policy.source {
                    Source::Inline { kind, .. } => Some(kind.as_str().to_owned()),
                    _ => None,
                },
            }
        });
        Self {
            matched: matched.into_iter().collect(),
            layer: layer_name(denial.layer).to_owned(),
            ..Self::denial(ctx, &denial.action, &denial.resource, denial.is_explicit, conditions)
        }
    }

    /// The caller was denied an action on a resource, by the own policies: since one forbids it, or else since none
    /// permits it.
    pub fn denial(
        ctx: &Ctx,
        action: &str,
        resource: &str,
        explicit_deny: bool,
        conditions: Vec<(String, Vec<String>)>,
    ) -> Self {
        let (kind, name, role_name) = match &ctx.principal {
            Principal::Root => ("root", None, None),
            Principal::User { name, .. } => ("user", Some(name), None),
            Principal::RoleSession { session_name, role_name, .. } => ("role", Some(session_name), Some(role_name)),
            Principal::FederatedUser { name, .. } => ("federated-user", Some(name), None),
            Principal::Anonymous => ("anonymous", None, None),
        };
        Self {
            explicit_deny,
            layer: layer_name(Layer::Identity).to_owned(),
            matched: Vec::new(),
            principal_kind: kind.to_owned(),
            principal_id: ctx.principal.unique_id(&ctx.account_id),
            principal_name: name.cloned(),
            principal_arn: ctx.principal.arn(ctx.cloud, &ctx.account_id),
            role_name: role_name.cloned(),
            action: action.to_owned(),
            resource: resource.to_owned(),
            conditions,
        }
    }
}

/// Seals a message for whoever may read it in the account.
pub async fn encode(app: &App, account_id: &str, message: &AuthorizationMessage) -> Result<String, Error> {
    sealing::seal(app, account_id, message).await
}

/// As [`encode`] in the caller's account, begun as its cloud begins such messages.
pub async fn encode_for(ctx: &Ctx, message: &AuthorizationMessage) -> Result<String, Error> {
    let sealed = encode(&ctx.app, &ctx.account_id, message).await?;
    Ok(format!("{}{sealed}", ctx.cloud.rules().sealed_prefix))
}

/// Opens a message of the account.
///
/// # Errors
/// `MessageUnreadable`.
pub async fn decode(ctx: &Ctx, encoded: &str) -> Result<AuthorizationMessage, Error> {
    let sealed = encoded.strip_prefix(ctx.cloud.rules().sealed_prefix);
    let sealed = sealed.ok_or(SessionFault::MessageUnreadable)?;
    let message = sealing::open(&ctx.app, &ctx.account_id, sealed).await?;
    message.ok_or_else(|| SessionFault::MessageUnreadable.into())
}
