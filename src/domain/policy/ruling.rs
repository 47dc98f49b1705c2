//! What all layers of policies together say of one request; must not know how a cloud words a denial.
//!
//! The rules are those of the AWS IAM User Guide, "Policy evaluation logic", and of the RAM documentation, "Policy
//! evaluation process".

use std::sync::Arc;

use super::document::{Effect, Statement};
use super::evaluate::Request;
use super::standing::{InForce, Layer, Place, Standing};
use super::trust_admission::{Admission, Taker};

/// What differs between clouds in how layers are taken together.
#[derive(Clone, Copy, Debug)]
pub struct LayerRules {
    /// Whether a thing's policy that names someone of the same account is enough for it.
    pub resource_policy_suffices: bool,
    /// The layers that must permit, in the order in which it is told that one does not. Which of several is told is
    /// inferred.
    pub order: &'static [Layer],
    /// Whether what narrows a session is asked before all else, so that nothing else is looked at where it does not
    /// permit.
    pub session_comes_first: bool,
}

/// AWS IAM User Guide, "Policy evaluation logic".
pub const AWS_LAYERS: LayerRules = LayerRules {
    resource_policy_suffices: true,
    order: &[Layer::Identity, Layer::Boundary, Layer::Session],
    session_comes_first: false,
};

/// RAM documentation, "Policy evaluation process": policies that narrow a session come first, and who takes a role on
/// needs the role's trust and the own permission.
pub const RAM_LAYERS: LayerRules = LayerRules {
    resource_policy_suffices: false,
    order: &[Layer::Session, Layer::Identity, Layer::Boundary],
    session_comes_first: true,
};

/// The policy of the thing that is asked for.
#[derive(Clone, Copy, Debug)]
pub struct ResourcePolicy<'a> {
    /// The policy.
    pub policy: &'a Arc<InForce>,
    /// Whether it belongs to the account of whoever asks.
    pub same_account: bool,
    /// Whether nobody gets on whom it does not mention, as with the trust policy of a role; what belongs to another
    /// account is always so.
    pub is_needed: bool,
    /// Whoever asks, under the names by which a policy means it alone: not those of a role that it has a session of.
    pub alone: Taker<'a>,
    /// Whoever asks, under all its names.
    pub asker: Taker<'a>,
}

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The request, its principal left out.
    pub request: Request<'a>,
    /// The policy of the thing that is asked for, where it has one.
    pub resource_policy: Option<ResourcePolicy<'a>>,
    /// How layers are taken together.
    pub rules: LayerRules,
}

/// What comes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Policies do not bind an account's root.
    Root,
    /// Every layer that must permits.
    Allowed,
    /// A policy of this layer forbids it.
    ExplicitDeny(Layer),
    /// No policy of this layer permits it.
    ImplicitDeny(Layer),
}

/// The statement that decided for a layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct By {
    /// Its policy.
    pub policy: Arc<InForce>,
    /// Its place there, from 0.
    pub statement: usize,
}

impl By {
    /// What it says.
    pub fn statement(&self) -> Option<&Statement> {
        self.policy.document.statements.get(self.statement)
    }
}

/// What one layer says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayerRuling {
    /// The layer.
    pub layer: Layer,
    /// Whether it permits or forbids; `None` where it says nothing.
    pub effect: Option<Effect>,
    /// The statement that decided.
    pub by: Option<By>,
}

/// What all layers say, and what comes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ruling {
    /// What comes of it.
    pub outcome: Outcome,
    /// What each layer says that is there.
    pub layers: Vec<LayerRuling>,
}

impl Ruling {
    /// Whether the request may go on.
    pub fn is_allowed(&self) -> bool {
        matches!(self.outcome, Outcome::Root | Outcome::Allowed)
    }

    /// What a layer says.
    pub fn layer(&self, layer: Layer) -> Option<&LayerRuling> {
        self.layers.iter().find(|ruling| ruling.layer == layer)
    }

    /// The statement that decided: the one that forbids, or that permits in the layer that was decisive.
    pub fn by(&self) -> Option<&By> {
        let by = |layer| self.layer(layer).and_then(|ruling| ruling.by.as_ref());
        match self.outcome {
            Outcome::Root | Outcome::ImplicitDeny(_) => None,
            Outcome::ExplicitDeny(layer) => by(layer),
            Outcome::Allowed => by(Layer::Identity).or_else(|| by(Layer::Resource)),
        }
    }
}

/// One thing that was asked of policies, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// The action.
    pub action: String,
    /// The resource.
    pub resource: String,
    /// What came of it.
    pub ruling: Ruling,
    /// The setting of the account that permits it, whatever policies do not say.
    pub granted_by: Option<&'static str>,
    /// The condition keys that statements about the action look at, with the values that the request has.
    pub seen: Vec<(String, Vec<String>)>,
}

impl Check {
    /// Whether the request may go on: what a setting grants, a policy may still forbid.
    pub fn is_allowed(&self) -> bool {
        let forbidden = matches!(self.ruling.outcome, Outcome::ExplicitDeny(_));
        self.ruling.is_allowed() || (self.granted_by.is_some() && !forbidden)
    }
}

impl Standing {
    /// What comes of a request.
    pub fn rule(&self, question: &Question<'_>) -> Ruling {
        if self.is_root() {
            return Ruling { outcome: Outcome::Root, layers: Vec::new() };
        }
        let mut layers: Vec<LayerRuling> = [Layer::Identity, Layer::Boundary, Layer::Session]
            .into_iter()
            .filter(|layer| self.layer(*layer).is_some())
            .map(|layer| LayerRuling { layer, effect: None, by: None })
            .collect();
        for (place, statement) in self.about(question.request.action) {
            let Some(ruling) = layers.iter_mut().find(|ruling| ruling.layer == place.layer) else { continue };
            let decides =
                ruling.effect.is_none() || (ruling.effect, statement.effect) == (Some(Effect::Allow), Effect::Deny);
            if decides && self.applies(place, statement, question) {
                ruling.effect = Some(statement.effect);
                ruling.by = self.by(place);
            }
        }
        let of_resource = question.resource_policy.map(|policy| of_resource(question, &policy));
        if let Some((ruling, _)) = &of_resource {
            layers.insert(0, ruling.clone());
        }
        let outcome = outcome(question, &layers, of_resource.map(|(_, reach)| reach));
        Ruling { outcome, layers }
    }

    /// Every statement that applies to a request, whatever the others say.
    pub fn matching(&self, question: &Question<'_>) -> Vec<(Place, &Statement)> {
        let mut about = self.about(question.request.action);
        about.retain(|(place, statement)| self.applies(*place, statement, question));
        about
    }

    fn applies(&self, place: Place, statement: &Statement, question: &Question<'_>) -> bool {
        let version = self.policy(place).map(|policy| policy.document.version);
        version.is_some_and(|version| statement.applies_beyond_action(&question.request, version))
    }

    fn by(&self, place: Place) -> Option<By> {
        self.policy(place).map(|policy| By { policy: policy.clone(), statement: place.statement })
    }
}

/// How far the policy of a thing reaches for whoever asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    /// It forbids.
    Denies,
    /// It is all that is needed.
    Suffices,
    /// It stands in for the identity's own policies, which the others still bound.
    StandsIn,
    /// It permits, if the own account does too.
    Delegates,
    /// It says nothing, and must.
    Excludes,
    /// It says nothing, and need not.
    Silent,
}

fn of_resource(question: &Question<'_>, policy: &ResourcePolicy<'_>) -> (LayerRuling, Reach) {
    let document = &policy.policy.document;
    let admission = |taker| document.admission(&Request { principal: Some(taker), ..question.request });
    let suffices = question.rules.resource_policy_suffices && policy.same_account;
    let (decision, effect, reach) = match admission(policy.asker) {
        Admission::Denied(decision) => (Some(decision), Some(Effect::Deny), Reach::Denies),
        Admission::Admitted(decision) if suffices => {
            let alone = matches!(admission(policy.alone), Admission::Admitted(_));
            (Some(decision), Some(Effect::Allow), if alone { Reach::Suffices } else { Reach::StandsIn })
        }
        Admission::Admitted(decision) | Admission::Delegated(decision) => {
            (Some(decision), Some(Effect::Allow), Reach::Delegates)
        }
        Admission::Unmentioned if policy.is_needed || !policy.same_account => (None, None, Reach::Excludes),
        Admission::Unmentioned => (None, None, Reach::Silent),
    };
    let by = decision.map(|decision| By { policy: policy.policy.clone(), statement: decision.index });
    (LayerRuling { layer: Layer::Resource, effect, by }, reach)
}

fn outcome(question: &Question<'_>, layers: &[LayerRuling], reach: Option<Reach>) -> Outcome {
    let says = |layer: Layer| layers.iter().find(|ruling| ruling.layer == layer).map(|ruling| ruling.effect);
    let order = || question.rules.order.iter().copied();
    if question.rules.session_comes_first && says(Layer::Session) == Some(None) {
        return Outcome::ImplicitDeny(Layer::Session);
    }
    if let Some(layer) = order().chain([Layer::Resource]).find(|layer| says(*layer) == Some(Some(Effect::Deny))) {
        return Outcome::ExplicitDeny(layer);
    }
    match reach {
        Some(Reach::Denies) => return Outcome::ExplicitDeny(Layer::Resource),
        Some(Reach::Excludes) => return Outcome::ImplicitDeny(Layer::Resource),
        Some(Reach::Suffices) => return Outcome::Allowed,
        Some(Reach::StandsIn | Reach::Delegates | Reach::Silent) | None => {}
    }
    let must_permit = |layer: &Layer| !(*layer == Layer::Identity && reach == Some(Reach::StandsIn));
    let refuses = |layer: &Layer| says(*layer) == Some(None);
    order().filter(must_permit).find(refuses).map_or(Outcome::Allowed, Outcome::ImplicitDeny)
}

#[cfg(test)]
#[path = "ruling_tests.rs"]
mod tests;
