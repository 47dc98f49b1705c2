//! What policies would say of requests that nobody made; must not know where the policies are kept.
//!
//! The rules are recorded from IAM 2010-05-08 SimulateCustomPolicy and SimulatePrincipalPolicy. They are not those by
//! which requests are judged: the policy of a thing in the same account is enough even where the permissions boundary
//! does not permit, and whoever names the account names all in it.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use super::document::{Effect, Statement, Version};
use super::evaluate::{Context, Request};
use super::pattern::{Part, Pattern};
use super::positions::Span;
use super::simulated_resource::{can_act_on, is_resource};
use super::simulation_fault::SimulationFault;
use super::simulation_policy::SimulatedPolicy;
use super::standing::{InForce, Layer, Place, Policies, Source, Standing};
use super::trust_admission::Taker;

/// What comes of a simulated request; the later, the more restrictive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Decided {
    /// It may go on.
    Allowed,
    /// Nothing permits it.
    ImplicitDeny,
    /// Something forbids it.
    ExplicitDeny,
}

impl From<Option<Effect>> for Decided {
    fn from(effect: Option<Effect>) -> Self {
        match effect {
            Some(Effect::Allow) => Self::Allowed,
            Some(Effect::Deny) => Self::ExplicitDeny,
            None => Self::ImplicitDeny,
        }
    }
}

/// Whoever is said to ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Its ARN.
    pub arn: String,
    /// The account in it.
    pub account: String,
    /// Its name, where it is a user.
    pub user_name: Option<String>,
}

impl Caller {
    /// Whom an ARN names: a user, a group or a role.
    pub fn of_arn(arn: &str) -> Option<Self> {
        let fields: Vec<&str> = arn.splitn(6, ':').collect();
        let ["arn", _, "iam", "", account, named] = fields[..] else { return None };
        let (kind, path) = named.split_once('/')?;
        let name = path.rsplit('/').next().filter(|name| !name.is_empty())?;
        let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
        if !is_account || !matches!(kind, "user" | "group" | "role") {
            return None;
        }
        let user_name = (kind == "user").then(|| name.to_owned());
        Some(Self { arn: arn.to_owned(), account: account.to_owned(), user_name })
    }
}

/// How each kind of policy alone decides across accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdicts {
    /// What the identity's policies say.
    pub identity: Decided,
    /// What the thing's policy says.
    pub resource: Decided,
    /// What the permissions boundary says, where there is one.
    pub boundary: Option<Decided>,
}

impl Verdicts {
    fn most_restrictive(self, other: Self) -> Self {
        Self {
            identity: self.identity.max(other.identity),
            resource: self.resource.max(other.resource),
            boundary: self.boundary.max(other.boundary),
        }
    }
}

/// What comes of an action on one resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfResource {
    /// What comes of it.
    pub decided: Decided,
    /// The statements that decided it: none where nothing permits.
    pub matched: Vec<Place>,
    /// Whether the permissions boundary permits it, where there is one.
    pub within_boundary: Option<bool>,
    /// How each kind of policy decided, where the resource belongs to another account.
    pub verdicts: Option<Verdicts>,
}

/// What comes of an action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfAction {
    /// What all resources together come to: the most restrictive of them.
    pub all: OfResource,
    /// Each resource, in its order.
    pub each: Vec<OfResource>,
}

/// A statement as answers show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown<'a> {
    /// What its policy is called.
    pub policy: &'a str,
    /// Where the policy stands.
    pub layer: Layer,
    /// Where the statement stands in the policy.
    pub span: Span,
}

/// Policies ready to be asked.
#[derive(Debug)]
pub struct Simulation {
    standing: Standing,
    identity: Vec<SimulatedPolicy>,
    boundary: Option<SimulatedPolicy>,
    resource_policy: Option<SimulatedPolicy>,
    names: Vec<String>,
    account: String,
    owner: Option<String>,
    context: Context,
    missing: Vec<String>,
}

impl Simulation {
    /// Checks what is to be simulated.
    ///
    /// # Errors
    /// `ActionWithoutService`, `ResourceNotArn`.
    pub fn check(actions: &[String], resources: &[String]) -> Result<(), SimulationFault> {
        let is_everything = resources.len() == 1 && resources.iter().all(|resource| resource == "*");
        if let Some(bad) = resources.iter().find(|resource| !is_everything && !is_resource(resource)) {
            return Err(SimulationFault::ResourceNotArn(bad.clone()));
        }
        if actions.iter().all(|action| action.contains(':')) {
            Ok(())
        } else {
            Err(SimulationFault::ActionWithoutService)
        }
    }

    /// One of someone in this account who has these policies, in a request of which `context` is known: `given` are the
    /// keys in it that were given for the simulation, in lower case.
    pub fn new(
        account: &str,
        identity: Vec<SimulatedPolicy>,
        boundary: Option<SimulatedPolicy>,
        context: Context,
        given: &HashSet<String>,
    ) -> Self {
        let in_force = |policy: &SimulatedPolicy| {
            Arc::new(InForce { name: policy.id.clone(), source: Source::Given, document: policy.document.clone() })
        };
        let standing = Standing::new(Policies {
            identity: identity.iter().map(in_force).collect(),
            boundary: boundary.as_ref().map(|policy| vec![in_force(policy)]),
            session: None,
        });
        let mut simulation = Self {
            standing,
            identity,
            boundary,
            resource_policy: None,
            names: Vec::new(),
            account: account.to_owned(),
            owner: None,
            context,
            missing: Vec::new(),
        };
        simulation.missing = simulation.missing_keys(given);
        simulation
    }

    /// The same with the policy of the resources. Without an owner they belong to the account that stands in their
    /// ARNs.
    ///
    /// # Errors
    /// `ResourceNotArn`.
    pub fn with_resource_policy(
        mut self,
        policy: SimulatedPolicy,
        caller: &Caller,
        owner: Option<String>,
        given: &HashSet<String>,
    ) -> Result<Self, SimulationFault> {
        let mut resources = policy.document.statements.iter().flat_map(|statement| statement.resources.listed());
        if resources.any(|resource| resource.text() == "*") {
            return Err(SimulationFault::ResourceNotArn("*".to_owned()));
        }
        self.resource_policy = Some(policy);
        (self.names, self.account, self.owner) = (vec![caller.arn.clone()], caller.account.clone(), owner);
        self.missing = self.missing_keys(given);
        Ok(self)
    }

    /// The keys that the policies look at and that were not given, as they are written there, in order. Which actions
    /// the statements are about does not matter, nor does whether the request has the key by itself.
    fn missing_keys(&self, given: &HashSet<String>) -> Vec<String> {
        let policies = self.identity.iter().chain(&self.boundary).chain(&self.resource_policy);
        let mut keys = BTreeSet::new();
        for statement in policies.flat_map(|policy| &policy.document.statements) {
            keys.extend(statement.resources.listed().iter().flat_map(variables));
            for condition in &statement.conditions {
                keys.insert(&*condition.key);
                keys.extend(condition.values.iter().flat_map(variables));
            }
        }
        keys.into_iter().filter(|key| !given.contains(&key.to_lowercase())).map(str::to_owned).collect()
    }

    /// The keys that could decide otherwise where nothing permits.
    pub fn missing(&self, decided: Decided) -> &[String] {
        if decided == Decided::ImplicitDeny { &self.missing } else { &[] }
    }

    /// How many statements are looked at for one action on one resource.
    pub fn weight(&self, action: &str) -> usize {
        let of_resource = self.resource_policy.as_ref().map_or(0, |policy| policy.document.statements.len());
        self.standing.about(action).len() + of_resource
    }

    /// A statement as answers show it.
    pub fn shown(&self, place: Place) -> Option<Shown<'_>> {
        let policy = self.policy(place)?;
        Some(Shown { policy: &policy.id, layer: place.layer, span: *policy.spans.get(place.statement)? })
    }

    fn policy(&self, place: Place) -> Option<&SimulatedPolicy> {
        match place.layer {
            Layer::Resource => self.resource_policy.as_ref(),
            Layer::Identity => self.identity.get(place.policy),
            Layer::Boundary => self.boundary.as_ref(),
            Layer::Session => None,
        }
    }

    /// What comes of an action on these resources; `may_go_on` is asked between statements.
    ///
    /// # Errors
    /// `TooMuch`.
    pub fn of_action(
        &self,
        action: &str,
        resources: &[String],
        mut may_go_on: impl FnMut() -> bool,
    ) -> Result<OfAction, SimulationFault> {
        let about = self.standing.about(action);
        let mut each = Vec::with_capacity(resources.len());
        for resource in resources {
            each.push(self.of_resource(action, resource, &about, &mut may_go_on)?);
        }
        let all = self.together(&each);
        Ok(OfAction { all, each })
    }

    fn of_resource(
        &self,
        action: &str,
        resource: &str,
        about: &[(Place, &Statement)],
        may_go_on: &mut impl FnMut() -> bool,
    ) -> Result<OfResource, SimulationFault> {
        let mut matched: BTreeMap<Layer, Vec<(Place, Effect)>> = BTreeMap::new();
        let request = Request { action, resource, principal: None, context: &self.context };
        if can_act_on(action, resource) {
            for (place, statement) in about {
                go_on(may_go_on)?;
                if statement.applies_beyond_action(&request, Version::V2012) {
                    matched.entry(place.layer).or_default().push((*place, statement.effect));
                }
            }
            if let Some(policy) = &self.resource_policy {
                let taker = Taker { account: Some(&self.account), names: &self.names };
                for (statement, of) in policy.document.statements.iter().enumerate() {
                    go_on(may_go_on)?;
                    if of.principals.as_ref().is_some_and(|named| named.means(|named| taker.is(named)))
                        && of.applies(&request, Version::V2012)
                    {
                        let place = Place { layer: Layer::Resource, policy: 0, statement };
                        matched.entry(Layer::Resource).or_default().push((place, of.effect));
                    }
                }
            }
        }
        let layer = |layer| Decided::from(effect(matched.get(&layer).map_or(&[], Vec::as_slice)));
        let verdicts = Verdicts {
            identity: layer(Layer::Identity),
            resource: layer(Layer::Resource),
            boundary: self.boundary.as_ref().map(|_| layer(Layer::Boundary)),
        };
        let crosses = self.crosses_accounts(resource);
        let decided = decided(verdicts, crosses);
        let deciding = |(place, effect): &(Place, Effect)| match decided {
            // what lies within the boundary does not permit by that
            Decided::Allowed => *effect == Effect::Allow && place.layer != Layer::Boundary,
            Decided::ExplicitDeny => *effect == Effect::Deny,
            Decided::ImplicitDeny => false,
        };
        Ok(OfResource {
            decided,
            matched: matched.values().flatten().filter(|found| deciding(found)).map(|(place, _)| *place).collect(),
            within_boundary: verdicts.boundary.map(|decided| decided == Decided::Allowed),
            verdicts: crosses.then_some(verdicts),
        })
    }

    fn crosses_accounts(&self, resource: &str) -> bool {
        let in_arn = || resource.split(':').nth(4).filter(|account| !account.is_empty());
        let owner = self.owner.as_deref().or_else(in_arn);
        self.resource_policy.is_some() && owner.is_some_and(|owner| owner != self.account)
    }

    /// What several resources come to together. Statements that permit one are shown even where nothing permits
    /// another; where something forbids, only what does is.
    fn together(&self, each: &[OfResource]) -> OfResource {
        let decided = each.iter().map(|one| one.decided).max().unwrap_or(Decided::ImplicitDeny);
        let counts = |one: &&OfResource| decided != Decided::ExplicitDeny || one.decided == decided;
        let matched: BTreeSet<Place> = each.iter().filter(counts).flat_map(|one| one.matched.iter().copied()).collect();
        OfResource {
            decided,
            matched: matched.into_iter().collect(),
            within_boundary: self.boundary.as_ref().map(|_| each.iter().all(|one| one.within_boundary == Some(true))),
            verdicts: each.iter().filter_map(|one| one.verdicts).reduce(Verdicts::most_restrictive),
        }
    }
}

fn go_on(may_go_on: &mut impl FnMut() -> bool) -> Result<(), SimulationFault> {
    if may_go_on() { Ok(()) } else { Err(SimulationFault::TooMuch) }
}

fn variables(pattern: &Pattern) -> impl Iterator<Item = &str> {
    pattern.parts().iter().filter_map(|part| match part {
        Part::Variable(variable) => Some(&*variable.key),
        Part::Literal(_) | Part::AnyRun | Part::AnyOne => None,
    })
}

fn effect(matched: &[(Place, Effect)]) -> Option<Effect> {
    let forbids = matched.iter().any(|(_, effect)| *effect == Effect::Deny);
    if forbids { Some(Effect::Deny) } else { matched.first().map(|(_, effect)| *effect) }
}

fn decided(verdicts: Verdicts, crosses_accounts: bool) -> Decided {
    let Verdicts { identity, resource, boundary } = verdicts;
    let boundary = boundary.unwrap_or(Decided::Allowed);
    let own = identity.max(boundary);
    match resource {
        _ if crosses_accounts => own.max(resource),
        Decided::ImplicitDeny => own,
        Decided::Allowed if own == Decided::ExplicitDeny => own,
        Decided::Allowed | Decided::ExplicitDeny => resource,
    }
}

#[cfg(test)]
#[path = "simulation_tests.rs"]
mod tests;
