//! That a caller may not do something, and why; must not know in which words a cloud says so.

use super::policy::{By, Layer, Outcome, Ruling, Source};

/// A denial.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denial {
    /// The action as policies name it.
    pub action: String,
    /// The resource as the cloud's texts name it.
    pub shown: String,
    /// The resource as policies name it.
    pub resource: String,
    /// The layer that decided.
    pub layer: Layer,
    /// Whether a statement forbids it; else none permits it.
    pub is_explicit: bool,
    /// The ARN of the managed policy that forbids it.
    pub policy_arn: Option<String>,
    /// A sealed message about it, where the cloud gives one.
    pub sealed: Option<String>,
}

impl Denial {
    /// A denial for which no policy was asked: it looks like one of which no policy says anything.
    pub fn unexplained(action: &str, resource: &str) -> Self {
        Self {
            action: action.to_owned(),
            shown: resource.to_owned(),
            resource: resource.to_owned(),
            layer: Layer::Identity,
            is_explicit: false,
            policy_arn: None,
            sealed: None,
        }
    }

    /// What a ruling comes to.
    pub fn ruled(action: &str, shown: &str, resource: &str, ruling: &Ruling) -> Self {
        let (layer, is_explicit) = match ruling.outcome {
            Outcome::ExplicitDeny(layer) => (layer, true),
            Outcome::ImplicitDeny(layer) => (layer, false),
            Outcome::Root | Outcome::Allowed => (Layer::Identity, false),
        };
        let policy_arn = |by: &By| match &by.policy.source {
            Source::Managed { arn } => Some(arn.clone()),
            Source::Inline { .. } | Source::Given | Source::OfResource { .. } => None,
        };
        Self {
            layer,
            is_explicit,
            resource: resource.to_owned(),
            policy_arn: ruling.by().and_then(policy_arn),
            ..Self::unexplained(action, shown)
        }
    }
}
