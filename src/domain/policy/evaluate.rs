//! What one policy says of one request; must not know other policies, or where the facts of the request come from.
//!
//! The rules are those of the AWS IAM User Guide, "Policy evaluation logic" and "IAM JSON policy elements reference";
//! RAM's are the same but for how actions and resources are named (RAM documentation, "Policy evaluation process").

use std::borrow::Cow;
use std::cell::LazyCell;
use std::collections::HashMap;

use super::document::{Document, Effect, Selection, Statement, Version};
use super::evaluate_condition::{Outcome, holds};
use super::evaluate_values::arn_matches;
use super::pattern::Pattern;
use super::ram_resource;
use super::trust_admission::Taker;

/// The facts of a request under the names that condition keys have. Keys compare without regard to case, also behind
/// the slash of `aws:PrincipalTag/..`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Context(HashMap<String, Vec<String>>);

impl Context {
    /// No facts yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a key that has one value.
    pub fn put(&mut self, key: &str, value: impl Into<String>) {
        self.0.insert(key.to_lowercase(), vec![value.into()]);
    }

    /// Sets a key that has one value, where there is one.
    pub fn put_some(&mut self, key: &str, value: Option<impl Into<String>>) {
        if let Some(value) = value {
            self.put(key, value);
        }
    }

    /// Sets a key that may have several values; without any it is absent.
    pub fn put_all(&mut self, key: &str, values: impl IntoIterator<Item = String>) {
        let values: Vec<String> = values.into_iter().collect();
        if !values.is_empty() {
            self.0.insert(key.to_lowercase(), values);
        }
    }

    /// Takes a key away.
    pub fn remove(&mut self, key: &str) {
        self.0.remove(&key.to_lowercase());
    }

    /// The values of a key; `None` where the request has no such key.
    pub fn get(&self, key: &str) -> Option<&[String]> {
        self.0.get(&key.to_lowercase()).map(Vec::as_slice)
    }

    /// All keys with their values, in the order of the keys.
    pub fn all(&self) -> Vec<(String, Vec<String>)> {
        let mut all: Vec<_> = self.0.iter().map(|(key, values)| (key.clone(), values.clone())).collect();
        all.sort_unstable();
        all
    }

    /// What a variable of this key stands for: the key's value where it has but one (AWS IAM User Guide, "IAM policy
    /// elements: Variables and tags").
    pub(super) fn variable(&self, key: &str) -> Option<Cow<'_, str>> {
        match self.get(key)? {
            [one] => Some(Cow::Borrowed(one)),
            _ => None,
        }
    }
}

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The action, `iam:GetUser`.
    pub action: &'a str,
    /// The resource's ARN, or `*` for an action that has none.
    pub resource: &'a str,
    /// Who asks, for policies that name principals: no statement that names any applies to nobody.
    pub principal: Option<Taker<'a>>,
    /// What conditions and variables see.
    pub context: &'a Context,
}

/// A statement that decided, and which of its policy's it is, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision<'a> {
    /// Its place.
    pub index: usize,
    /// What it says.
    pub statement: &'a Statement,
}

/// What a policy says of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict<'a> {
    /// It permits, by the first statement that does.
    Allow(Decision<'a>),
    /// It forbids, by the first statement that does.
    Deny(Decision<'a>),
    /// It says nothing.
    NoMatch,
}

impl Document {
    /// What the policy says. A statement that forbids wins over all that permit.
    pub fn evaluate(&self, request: &Request<'_>) -> Verdict<'_> {
        let named = |statement: &Statement| match (&statement.principals, request.principal) {
            (None, _) => true,
            (Some(principals), Some(taker)) => principals.means(|named| taker.is(named)),
            (Some(_), None) => false,
        };
        self.decide(|statement| named(statement) && statement.applies(request, self.version))
    }

    /// The statement that decides, of those of which `applies` tells that they apply.
    pub(super) fn decide(&self, applies: impl Fn(&Statement) -> bool) -> Verdict<'_> {
        let mut allowed = Verdict::NoMatch;
        for (index, statement) in self.statements.iter().enumerate() {
            let first_allow = statement.effect == Effect::Allow && allowed == Verdict::NoMatch;
            if !(first_allow || statement.effect == Effect::Deny) || !applies(statement) {
                continue;
            }
            let decision = Decision { index, statement };
            match statement.effect {
                Effect::Deny => return Verdict::Deny(decision),
                Effect::Allow => allowed = Verdict::Allow(decision),
            }
        }
        allowed
    }
}

impl Statement {
    /// Whether it is about the request, whoever asks.
    pub(super) fn applies(&self, request: &Request<'_>, version: Version) -> bool {
        self.is_about(request.action, version) && self.applies_beyond_action(request, version)
    }

    /// Whether it is about an action.
    pub(super) fn is_about(&self, action: &str, version: Version) -> bool {
        match version {
            Version::Ram1 => means_rams_action(&self.actions, action),
            Version::V2008 | Version::V2012 => self.actions.means(|pattern| pattern.matches(action)),
        }
    }

    /// Whether it is about the request's resource and its conditions hold, whatever its actions.
    pub(super) fn applies_beyond_action(&self, request: &Request<'_>, version: Version) -> bool {
        let is_meant = match version {
            Version::Ram1 => means_rams_resource(&self.resources, request),
            Version::V2008 | Version::V2012 => means_resource(&self.resources, request),
        };
        is_meant && self.conditions.iter().all(|condition| holds(condition, request.context) == Outcome::True)
    }
}

/// Whether the resource is meant. A variable without a value matches nothing, and must not make a list of exceptions
/// shorter: such a statement does not apply (inferred; the guide only says that nothing matches).
fn means_resource(resources: &Selection<Pattern>, request: &Request<'_>) -> bool {
    let unresolved = |pattern: &Pattern| !pattern.resolves(|key| request.context.variable(key));
    if let Selection::AllBut(listed) = resources
        && listed.iter().any(unresolved)
    {
        return false;
    }
    resources.means(|pattern| arn_matches(pattern, request.resource, |key| request.context.variable(key)))
}

/// Whether the action is meant, under whichever code of RAM it is asked for.
fn means_rams_action(actions: &Selection<Pattern>, action: &str) -> bool {
    let other = LazyCell::new(|| ram_resource::other_action(action));
    actions.means(|pattern| pattern.matches(action) || other.as_deref().is_some_and(|action| pattern.matches(action)))
}

fn means_rams_resource(resources: &Selection<Pattern>, request: &Request<'_>) -> bool {
    resources.means(|pattern| ram_resource::matches(pattern.text(), request.resource))
}

#[cfg(test)]
#[path = "evaluate_tests.rs"]
mod tests;
