//! Policy documents: read once when they are stored, into a form that needs no reading when requests are judged; must
//! not know in which words a cloud refuses one.
//!
//! There are two languages, [`PolicyLanguage`], of one model: that of the AWS IAM User Guide ("Grammar of the IAM JSON
//! policy language") and that of Alibaba Cloud's RAM (module `ram`). Which fault of several is told, and where AWS is
//! laxer than its guide, is as recorded from AWS; what is neither documented nor recorded is marked "inferred".

mod action;
mod condition;
mod context_keys;
mod date;
mod document;
mod evaluate;
mod evaluate_condition;
mod evaluate_values;
mod fault;
mod identity;
mod json;
mod language;
mod least;
mod pattern;
mod positions;
mod principal;
mod ram;
mod ram_resource;
mod raw;
mod resource;
mod resource_policy;
mod rewrite;
mod ruling;
mod simulated_context;
mod simulated_resource;
mod simulation;
mod simulation_fault;
mod simulation_policy;
mod size;
mod standing;
mod trust;
mod trust_admission;
mod unstored;
mod written;

pub use condition::{Condition, Operator, Quantifier};
pub use context_keys::context_keys;
pub use document::{Document, Effect, Selection, Statement, Version};
pub use evaluate::{Context, Decision, Request, Verdict};
pub use fault::{Illegible, PolicyFault, PolicyKind};
pub use identity::{parse_identity, parse_session};
pub use language::{PolicyLanguage, Reading};
pub use least::{least_policy, least_statements};
pub use pattern::{Grammar, Part, Pattern, Variable};
pub use positions::{Position, Span};
pub use principal::{NamedPrincipal, Principal, PrincipalKind};
pub use resource_policy::parse_resource_policy;
pub use rewrite::rewritten;
pub use ruling::{
    AWS_LAYERS, By, Check, LayerRules, LayerRuling, Outcome, Question, RAM_LAYERS, ResourcePolicy, Ruling,
};
pub use simulated_context::{EntryType, ValueType};
pub use simulated_resource::shown_resources;
pub use simulation::{Caller, Decided, OfAction, OfResource, Shown, Simulation, Verdicts};
pub use simulation_fault::SimulationFault;
pub use simulation_policy::SimulatedPolicy;
pub use size::{PolicyQuota, has_allowed_characters, size_without_white_space};
pub use standing::{Bearing, InForce, Layer, Place, Policies, Source, Standing, keys_of};
pub use trust::parse_trust;
pub use trust_admission::{Admission, Taker};

#[cfg(test)]
mod case_table_tests;
#[cfg(test)]
mod evaluate_property_tests;
#[cfg(test)]
mod oracle_tests;
#[cfg(test)]
mod property_tests;
#[cfg(test)]
mod ruling_property_tests;
