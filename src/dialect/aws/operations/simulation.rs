//! SimulateCustomPolicy, SimulatePrincipalPolicy. Which members stand where, and all texts but those marked, are
//! recorded.

use std::borrow::Cow;

use serde::Deserialize;

use super::super::errors::{Fault, Trouble, invalid_input};
use super::super::request::{Paging, page_end};
use super::context_keys::source;
use super::{Access, Answer, Build, Resource, Row, row};
use crate::dialect::members::Member;
use crate::domain::policy::{Decided, Layer, Position, SimulationFault, ValueType, Verdicts, shown_resources};
use crate::services::Ctx;
use crate::services::simulation::{self, Entry, Failure, Matched, Outcome, Page, Simulate, Simulated};

pub(super) const ROWS: &[Row] = &[
    row!(Iam, "SimulateCustomPolicy", Access::Policy(Resource::Any), custom),
    row!(Iam, "SimulatePrincipalPolicy", Access::Policy(Resource::Arn("PolicySourceArn")), principal),
];

#[derive(Debug, Deserialize)]
struct ContextEntry {
    #[serde(rename = "ContextKeyName")]
    name: Option<String>,
    #[serde(rename = "ContextKeyType")]
    of: Option<String>,
    #[serde(rename = "ContextKeyValues", default)]
    values: Vec<String>,
}

/// What both take. `ResourceHandlingOption` is taken and changes nothing: the scenarios that it names are answered as
/// any others.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Request {
    #[serde(default)]
    policy_input_list: Vec<String>,
    #[serde(default)]
    permissions_boundary_policy_input_list: Vec<String>,
    action_names: Vec<String>,
    #[serde(default)]
    resource_arns: Vec<String>,
    resource_policy: Option<String>,
    resource_owner: Option<String>,
    caller_arn: Option<String>,
    #[serde(default)]
    context_entries: Vec<ContextEntry>,
    #[serde(flatten)]
    paging: Paging,
}

impl Request {
    fn simulate(self) -> Result<Simulate, Fault> {
        let entry = |ContextEntry { name, of, values }: ContextEntry| Entry { name, of, values };
        Ok(Simulate {
            after: after(&self.paging)?,
            most: self.paging.most(),
            policies: self.policy_input_list,
            boundaries: self.permissions_boundary_policy_input_list,
            actions: self.action_names,
            resources: self.resource_arns,
            resource_policy: self.resource_policy,
            resource_owner: self.resource_owner,
            caller: self.caller_arn,
            entries: self.context_entries.into_iter().map(entry).collect(),
        })
    }
}

/// How many actions were told of; a marker is good for other actions, policies and resources too.
fn after(paging: &Paging) -> Result<usize, Fault> {
    let invalid = || invalid_input("Invalid marker for pagination.");
    let after = paging.after().map_err(|_| invalid())?;
    if after.is_empty() { Ok(0) } else { after.parse().map_err(|_| invalid()) }
}

async fn custom(ctx: &Ctx, request: Request) -> Answer {
    let (resources, simulate) = (request.resource_arns.clone(), request.simulate()?);
    Ok(answer(&resources, simulation::of_documents(ctx, simulate).await.map_err(trouble)?))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct OfPrincipal {
    policy_source_arn: String,
    #[serde(flatten)]
    request: Request,
}

async fn principal(ctx: &Ctx, OfPrincipal { policy_source_arn, request }: OfPrincipal) -> Answer {
    let owner = source(ctx, &policy_source_arn)?;
    let (resources, simulate) = (request.resource_arns.clone(), request.simulate()?);
    Ok(answer(&resources, simulation::of_owner(ctx, &owner, simulate).await.map_err(trouble)?))
}

fn answer(resources: &[String], page: Page) -> Build {
    let next = page.next.map(|done| done.to_string());
    let results = page.items.into_iter().map(|item| result(resources, item));
    page_end(Build::new().members("EvaluationResults", results), next.as_deref())
}

/// One action. Where resources are named their part is there, and a map of details even where there are none.
fn result(resources: &[String], item: Simulated) -> Build {
    let name = match (resources, &*item.each) {
        (_, []) => "*",
        ([one], _) => one,
        _ => shown_resources(&item.action),
    };
    let Outcome { decided, matched, missing, within_boundary, verdicts } = item.all;
    let build = Build::new()
        .put("EvalActionName", &*item.action)
        .put("EvalResourceName", name)
        .put("EvalDecision", word(decided))
        .members("MatchedStatements", matched.into_iter().map(statement))
        .put("MissingContextValues", missing);
    let build = boundary(build, within_boundary);
    if item.each.is_empty() {
        return build;
    }
    let each = resources.iter().zip(item.each).map(|(name, one)| specific(name, one));
    build
        .entries("EvalDecisionDetails", verdicts.map(details).unwrap_or_default())
        .members("ResourceSpecificResults", each)
}

fn specific(name: &str, one: Outcome) -> Build {
    let mut build = Build::new().put("EvalResourceName", name).put("EvalResourceDecision", word(one.decided));
    if !one.matched.is_empty() {
        build = build.members("MatchedStatements", one.matched.into_iter().map(statement));
    }
    if !one.missing.is_empty() {
        build = build.put("MissingContextValues", one.missing);
    }
    if let Some(verdicts) = one.verdicts {
        build = build.entries("EvalDecisionDetails", details(verdicts));
    }
    boundary(build, one.within_boundary)
}

fn boundary(build: Build, within: Option<bool>) -> Build {
    match within {
        Some(within) => {
            build.object("PermissionsBoundaryDecisionDetail", Build::new().put("AllowedByPermissionsBoundary", within))
        }
        None => build,
    }
}

fn details(verdicts: Verdicts) -> Vec<(&'static str, Member)> {
    let named = [
        (Layer::Identity, Some(verdicts.identity)),
        (Layer::Resource, Some(verdicts.resource)),
        (Layer::Boundary, verdicts.boundary),
    ];
    named.into_iter().filter_map(|(layer, decided)| Some((kind(layer), word(decided?).into()))).collect()
}

fn word(decided: Decided) -> &'static str {
    match decided {
        Decided::Allowed => "allowed",
        Decided::ExplicitDeny => "explicitDeny",
        Decided::ImplicitDeny => "implicitDeny",
    }
}

/// The kinds are not the ones that the model lists.
fn kind(layer: Layer) -> &'static str {
    match layer {
        Layer::Resource => "Resource Policy",
        Layer::Identity | Layer::Session => "IAM Policy",
        Layer::Boundary => "Permissions Boundary Policy",
    }
}

fn statement(matched: Matched) -> Build {
    Build::new()
        .put("SourcePolicyId", matched.policy)
        .put("SourcePolicyType", kind(matched.layer))
        .object("StartPosition", position(matched.span.start))
        .object("EndPosition", position(matched.span.end))
}

fn position(position: Position) -> Build {
    let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    Build::new().put("Line", number(position.line)).put("Column", number(position.column))
}

fn trouble(failure: Failure) -> Trouble {
    match failure {
        Failure::Fault(fault) => self::fault(&fault).into(),
        Failure::NoSource => Fault::new(404, "NoSuchEntity", "Unable to retrieve specified IAM entity.").into(),
        Failure::Other(error) => error.into(),
    }
}

fn fault(fault: &SimulationFault) -> Fault {
    let text: Cow<'static, str> = match fault {
        SimulationFault::SeveralBoundaries => "The list of Permissions Boundary policies cannot exceed 1 items.".into(),
        SimulationFault::UnreadablePolicy(at) => format!("Policy input list item {at} has invalid content").into(),
        // This and the next inferred.
        SimulationFault::UnreadableBoundary => {
            "Permissions boundary policy input list item 1 has invalid content".into()
        }
        SimulationFault::UnreadableResourcePolicy => "Resource policy has invalid content".into(),
        SimulationFault::ActionWithoutService => "The action is invalid since it is missing names".into(),
        SimulationFault::ResourceNotArn(resource) => {
            format!("ResourceNames are not in a valid ARN format: {resource}.").into()
        }
        SimulationFault::NoResource => "Invalid Entity Arn: * does not clearly define entity type and name.".into(),
        SimulationFault::NoOwner(owner) => format!("'{owner}' is not a valid as a Resource Owner.").into(),
        SimulationFault::NoCaller => "Invalid caller - Caller cannot be null or empty.".into(),
        SimulationFault::CallerOfOtherKind => {
            "Invalid caller - Caller must be an IAM user, role or group in this context.".into()
        }
        SimulationFault::KeyWithoutName => "ContextKeyName cannot be null or empty.".into(),
        SimulationFault::RepeatedKey(key) => format!("Duplicate context key: {key}.").into(),
        SimulationFault::KeyWithoutType(key) => format!("Context key {key} has invalid type null.").into(),
        SimulationFault::KeyWithoutValues(key) => {
            format!("Context values for context key {key} cannot be null or empty.").into()
        }
        SimulationFault::SeveralValues { of, count } => {
            format!("Context key {of} expected a single value, but received {count}.").into()
        }
        SimulationFault::Misfit { key, of } => {
            format!("Invalid context value for key {key}: expected {}.", format_of(*of)).into()
        }
        // Text inferred from the model's words on PolicyEvaluation.
        SimulationFault::TooMuch => {
            let text = "The request failed because a provided policy could not be successfully evaluated.";
            return Fault::new(500, "PolicyEvaluation", text);
        }
    };
    invalid_input(text)
}

/// What a value should have been; every text is a text, and every one tells a truth.
fn format_of(of: ValueType) -> &'static str {
    match of {
        ValueType::Number => "numeric format",
        ValueType::Address => "IP address",
        ValueType::Bytes => "base-64 encoded binary format",
        ValueType::Date => "DateTime format",
        ValueType::Text | ValueType::Truth => "text",
    }
}
