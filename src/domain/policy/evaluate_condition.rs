//! Whether a condition holds of a request; must not know which keys there are.
//!
//! The rules are those of the AWS IAM User Guide, "IAM JSON policy elements: Condition operators" and "Conditions with
//! multiple context keys or values". RAM tells no more than that values are alternatives and keys are not (RAM
//! documentation, "Permission policy elements"), and that an absent key does not fit was seen of it: the rest of AWS's
//! rules is taken for its too (inferred).

use super::condition::{Condition, Operator, Quantifier};
use super::evaluate::Context;
use super::evaluate_values::{arn_matches, in_network, instant, number_order};
use super::pattern::Pattern;
use std::cmp::Ordering;

/// What comes of a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It holds.
    True,
    /// It does not.
    False,
    /// It excepts something that a variable without a value should have named: its statement does not apply.
    Unresolved,
}

impl From<bool> for Outcome {
    fn from(holds: bool) -> Self {
        if holds { Self::True } else { Self::False }
    }
}

/// An operator without its negation: `(StringEquals, true)` for StringNotEquals.
fn positive(operator: Operator) -> (Operator, bool) {
    match operator {
        Operator::StringNotEquals => (Operator::StringEquals, true),
        Operator::StringNotEqualsIgnoreCase => (Operator::StringEqualsIgnoreCase, true),
        Operator::StringNotLike => (Operator::StringLike, true),
        Operator::NumericNotEquals => (Operator::NumericEquals, true),
        Operator::DateNotEquals => (Operator::DateEquals, true),
        Operator::NotIpAddress => (Operator::IpAddress, true),
        Operator::ArnNotEquals => (Operator::ArnEquals, true),
        Operator::ArnNotLike => (Operator::ArnLike, true),
        other => (other, false),
    }
}

/// Whether a condition holds. Its values are alternatives, which a negated operator rules out all alike.
pub(super) fn holds(condition: &Condition, context: &Context) -> Outcome {
    // A key without any value is as good as absent; so it is for a set of values when all it has is an empty text (User
    // Guide, "Conditions with multiple context keys or values").
    let is_set = condition.quantifier.is_some() && condition.operator != Operator::Null;
    let is_empty = |values: &[String]| values.is_empty() || (is_set && values.iter().all(String::is_empty));
    let present = context.get(&condition.key).filter(|values| !is_empty(values));
    if condition.operator == Operator::Null {
        return condition.values.iter().any(|wanted| is_truth(wanted.text(), present.is_none())).into();
    }
    let (operator, negated) = positive(condition.operator);
    let Some(values) = present else {
        return if condition.if_exists || condition.quantifier == Some(Quantifier::ForAllValues) {
            Outcome::True
        } else if condition.quantifier == Some(Quantifier::ForAnyValue) || !negated {
            Outcome::False
        } else if is_unresolved(condition, context) {
            Outcome::Unresolved
        } else {
            Outcome::True
        };
    };
    if negated && is_unresolved(condition, context) {
        return Outcome::Unresolved;
    }
    let fits = |value: &String| condition.values.iter().any(|wanted| compare(operator, wanted, value, context));
    match (condition.quantifier, negated) {
        (Some(Quantifier::ForAllValues), false) => values.iter().all(fits),
        (Some(Quantifier::ForAnyValue) | None, false) => values.iter().any(fits),
        (Some(Quantifier::ForAnyValue), true) => !values.iter().all(fits),
        (Some(Quantifier::ForAllValues) | None, true) => !values.iter().any(fits),
    }
    .into()
}

fn is_unresolved(condition: &Condition, context: &Context) -> bool {
    condition.values.iter().any(|wanted| !wanted.resolves(|key| context.variable(key)))
}

fn is_truth(text: &str, truth: bool) -> bool {
    text.eq_ignore_ascii_case(if truth { "true" } else { "false" })
}

/// Compares one value of the request with one of the condition. What cannot be read as what the operator compares fits
/// nothing.
fn compare(operator: Operator, wanted: &Pattern, value: &str, context: &Context) -> bool {
    let order = |compare: fn(&str, &str) -> Option<Ordering>| compare(value, wanted.text());
    let dates = || order(|value, wanted| Some(instant(value)?.cmp(&instant(wanted)?)));
    let numbers = || order(number_order);
    match operator {
        Operator::StringEquals | Operator::StringEqualsIgnoreCase | Operator::StringLike => {
            wanted.matches_with(value, |key| context.variable(key))
        }
        Operator::ArnEquals | Operator::ArnLike => arn_matches(wanted, value, |key| context.variable(key)),
        Operator::NumericEquals => numbers() == Some(Ordering::Equal),
        Operator::NumericLessThan => numbers() == Some(Ordering::Less),
        Operator::NumericLessThanEquals => numbers().is_some_and(Ordering::is_le),
        Operator::NumericGreaterThan => numbers() == Some(Ordering::Greater),
        Operator::NumericGreaterThanEquals => numbers().is_some_and(Ordering::is_ge),
        Operator::DateEquals => dates() == Some(Ordering::Equal),
        Operator::DateLessThan => dates() == Some(Ordering::Less),
        Operator::DateLessThanEquals => dates().is_some_and(Ordering::is_le),
        Operator::DateGreaterThan => dates() == Some(Ordering::Greater),
        Operator::DateGreaterThanEquals => dates().is_some_and(Ordering::is_ge),
        Operator::Bool => ["true", "false"]
            .iter()
            .any(|truth| value.eq_ignore_ascii_case(truth) && wanted.text().eq_ignore_ascii_case(truth)),
        // both stand in base 64
        Operator::BinaryEquals => value == wanted.text(),
        Operator::IpAddress => in_network(value, wanted.text()),
        // Null is told apart before, and the others are negations.
        Operator::Null
        | Operator::StringNotEquals
        | Operator::StringNotEqualsIgnoreCase
        | Operator::StringNotLike
        | Operator::NumericNotEquals
        | Operator::DateNotEquals
        | Operator::NotIpAddress
        | Operator::ArnNotEquals
        | Operator::ArnNotLike => false,
    }
}
