//! All the policies that someone stands under, layer by layer, ready to be asked; must not know where they are kept.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use super::document::{Document, Selection, Statement};
use super::pattern::Part;
use super::ram_resource;
use crate::domain::policy_owner::PolicyOwner;

/// A layer of policies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// The policy of the thing that is asked for, as a role's trust policy is.
    Resource,
    /// What the user, its groups or the role may do.
    Identity,
    /// What bounds that.
    Boundary,
    /// What narrows a session.
    Session,
}

/// Where a policy comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A managed policy.
    Managed {
        /// Its ARN.
        arn: String,
    },
    /// A policy that is part of something.
    Inline {
        /// What that is.
        kind: PolicyOwner,
        /// Its name.
        owner: String,
    },
    /// A policy given with a call: the one that narrows a session.
    Given,
    /// The policy of a thing, by the thing's ARN.
    OfResource {
        /// The ARN.
        arn: String,
    },
}

/// One policy that counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InForce {
    /// Its name.
    pub name: String,
    /// Where it comes from.
    pub source: Source,
    /// What it says.
    pub document: Arc<Document>,
}

/// Where a statement stands: its layer, its policy there and its place in that, both from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The layer.
    pub layer: Layer,
    /// The policy.
    pub policy: usize,
    /// The statement.
    pub statement: usize,
}

/// The policies that someone stands under; a layer that is not there bounds nothing.
#[derive(Clone, Debug, Default)]
pub struct Policies {
    /// What it may do.
    pub identity: Vec<Arc<InForce>>,
    /// What bounds that.
    pub boundary: Option<Vec<Arc<InForce>>>,
    /// What narrows the session.
    pub session: Option<Vec<Arc<InForce>>>,
}

/// Someone's policies with an index of the actions that they speak of.
#[derive(Debug, Default)]
pub struct Standing {
    policies: Policies,
    is_root: bool,
    index: Index,
    asked: Mutex<HashMap<String, Arc<Bearing>>>,
}

/// What bears on an action.
#[derive(Debug, Default)]
pub struct Bearing {
    /// The places of the statements that are about it, in their order.
    pub places: Vec<Place>,
    /// The condition keys that those look at.
    pub keys: BTreeSet<String>,
}

/// Of how many actions a standing remembers what bears on them. Nobody calls more operations than there are; past that
/// it begins anew.
const MOST_ASKED: usize = 512;

impl Standing {
    /// That of an account's root, which no policy bounds.
    pub fn root() -> Self {
        Self { is_root: true, ..Self::default() }
    }

    /// That of whoever stands under these policies.
    pub fn new(policies: Policies) -> Self {
        let mut standing = Self { policies, ..Self::default() };
        let mut index = Index::default();
        for layer in [Layer::Identity, Layer::Boundary, Layer::Session] {
            for (policy, in_force) in standing.layer(layer).unwrap_or_default().iter().enumerate() {
                for (statement, of) in in_force.document.statements.iter().enumerate() {
                    index.add(of, Place { layer, policy, statement });
                }
            }
        }
        standing.index = index;
        standing
    }

    /// Whether it is a root's.
    pub fn is_root(&self) -> bool {
        self.is_root
    }

    /// The policies of a layer; `None` where there is no such layer.
    pub fn layer(&self, layer: Layer) -> Option<&[Arc<InForce>]> {
        match layer {
            Layer::Resource => None,
            Layer::Identity => Some(&self.policies.identity),
            Layer::Boundary => self.policies.boundary.as_deref(),
            Layer::Session => self.policies.session.as_deref(),
        }
    }

    /// What bears on an action; found once for each.
    pub fn bearing(&self, action: &str) -> Arc<Bearing> {
        let asked = || self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = asked().get(action) {
            return known.clone();
        }
        let about = self.find(action);
        let keys = keys_of(about.iter().map(|(_, statement)| *statement));
        let found = Arc::new(Bearing { places: about.into_iter().map(|(place, _)| place).collect(), keys });
        let mut asked = asked();
        if asked.len() >= MOST_ASKED {
            asked.clear();
        }
        asked.insert(action.to_owned(), found.clone());
        found
    }

    /// The statements that are about an action, in their order.
    pub fn about(&self, action: &str) -> Vec<(Place, &Statement)> {
        let places = &self.bearing(action).places;
        places.iter().filter_map(|place| Some((*place, self.statement(*place)?))).collect()
    }

    fn find(&self, action: &str) -> Vec<(Place, &Statement)> {
        // RAM's policies may have it under another code of its service.
        let other = ram_resource::other_action(action);
        let actions = std::iter::once(action).chain(other.as_deref());
        let mut places: Vec<Place> = actions.flat_map(|action| self.index.candidates(action)).collect();
        places.sort_unstable();
        places.dedup();
        let found = places.into_iter().filter_map(|place| {
            let version = self.policy(place)?.document.version;
            let statement = self.statement(place)?;
            statement.is_about(action, version).then_some((place, statement))
        });
        found.collect()
    }

    fn statement(&self, place: Place) -> Option<&Statement> {
        self.policy(place)?.document.statements.get(place.statement)
    }

    /// The policy in which a statement stands.
    pub fn policy(&self, place: Place) -> Option<&Arc<InForce>> {
        self.layer(place.layer)?.get(place.policy)
    }
}

/// The condition keys that statements look at, in their conditions and their variables, in lower case.
pub fn keys_of<'a>(statements: impl IntoIterator<Item = &'a Statement>) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    let add_variables = |parts: &[Part], keys: &mut BTreeSet<String>| {
        for part in parts {
            if let Part::Variable(variable) = part {
                keys.insert(variable.key.to_lowercase());
            }
        }
    };
    for statement in statements {
        statement.resources.listed().iter().for_each(|pattern| add_variables(pattern.parts(), &mut keys));
        for condition in &statement.conditions {
            keys.insert(condition.key.to_lowercase());
            condition.values.iter().for_each(|value| add_variables(value.parts(), &mut keys));
        }
    }
    keys
}

/// Which statements may be about an action: by its whole name, by its service, or any.
#[derive(Debug, Default)]
struct Index {
    by_action: HashMap<String, Vec<Place>>,
    by_service: HashMap<String, Vec<Place>>,
    any: Vec<Place>,
}

impl Index {
    fn add(&mut self, statement: &Statement, place: Place) {
        let Selection::Only(actions) = &statement.actions else {
            self.any.push(place);
            return;
        };
        for action in actions {
            match action.parts() {
                [Part::Literal(name)] => self.by_action.entry(name.to_lowercase()).or_default().push(place),
                [Part::Literal(start), ..] if start.contains(':') => {
                    let service = start.split(':').next().unwrap_or_default().to_lowercase();
                    self.by_service.entry(service).or_default().push(place);
                }
                _ => self.any.push(place),
            }
        }
    }

    fn candidates(&self, action: &str) -> impl Iterator<Item = Place> {
        let action = action.to_lowercase();
        let service = action.split(':').next().unwrap_or_default();
        let (exact, near) = (self.by_action.get(&action), self.by_service.get(service));
        exact.into_iter().chain(near).flatten().chain(&self.any).copied()
    }
}

#[cfg(test)]
#[path = "standing_tests.rs"]
mod tests;
