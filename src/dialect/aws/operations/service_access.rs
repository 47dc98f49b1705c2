//! GenerateServiceLastAccessedDetails, GetServiceLastAccessedDetails, GetServiceLastAccessedDetailsWithEntities,
//! ListPoliciesGrantingServiceAccess. All texts are recorded.

use serde::Deserialize;

use super::super::errors::{Fault, Trouble, foreign_marker, invalid_input, invalid_marker, validation};
use super::super::request::{Paging, page_end};
use super::{Access, Answer, Build, Resource, Row, row};
use crate::domain::aws_services;
use crate::domain::policy_owner::PolicyOwner;
use crate::domain::service_access::{AccessorKind, Granularity, Report, Reported};
use crate::services::access_reports::{self, Subject};
use crate::services::identity_policies::{Counting, Source};
use crate::services::{Ctx, users::Page};

pub(super) const ROWS: &[Row] = &[
    row!(Iam, "GenerateServiceLastAccessedDetails", Access::Policy(Resource::Arn("Arn")), generate),
    row!(Iam, "GetServiceLastAccessedDetails", Access::Policy(Resource::Any), get),
    row!(Iam, "GetServiceLastAccessedDetailsWithEntities", Access::Policy(Resource::Any), entities),
    row!(Iam, "ListPoliciesGrantingServiceAccess", Access::Policy(Resource::Arn("Arn")), granting),
];

/// What an ARN names: the path does not matter (recorded), but for a policy's. The order of the checks is inferred.
fn subject(ctx: &Ctx, arn: &str) -> Result<Option<Subject>, Fault> {
    let mut parts = arn.splitn(6, ':').skip(1);
    let mut part = || parts.next().unwrap_or_default();
    let (partition, service, _, account, resource) = (part(), part(), part(), part(), part());
    if service != "iam" {
        return Err(validation("Invalid service in ARN"));
    }
    if partition != "aws" {
        return Err(validation("Invalid ARN partition"));
    }
    if account != ctx.account_id && account != "aws" {
        let caller = ctx.principal.arn(ctx.cloud, &ctx.account_id);
        let text = format!("User: {caller} is not authorized to perform the operation on {arn}");
        return Err(Fault::new(403, "AccessDenied", text));
    }
    let Some((kind, rest)) = resource.split_once('/') else { return Ok(None) };
    let name = rest.rsplit('/').next().unwrap_or(rest).to_owned();
    Ok(match kind {
        "user" => Some(Subject::User(name)),
        "group" => Some(Subject::Group(name)),
        "role" => Some(Subject::Role(name)),
        "policy" => Some(Subject::Policy),
        _ => None,
    })
}

fn unsupported(arn: &str) -> Fault {
    invalid_input(format!("Invalid Entity Arn: {arn} is not supported."))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Generate {
    arn: String,
    granularity: Option<String>,
}

async fn generate(ctx: &Ctx, request: Generate) -> Answer {
    let subject = subject(ctx, &request.arn)?.ok_or_else(|| unsupported(&request.arn))?;
    let granularity = match request.granularity.as_deref() {
        Some("ACTION_LEVEL") => Granularity::Action,
        _ => Granularity::Service,
    };
    let id = access_reports::generate(ctx, &subject, &request.arn, granularity).await?;
    Ok(Build::new().put("JobId", id))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GetReport {
    job_id: String,
    #[serde(flatten)]
    paging: Paging,
}

/// Cuts a page of a list whose markers are good for it alone.
fn cut<T>(paging: &Paging, list: &str, items: Vec<T>, key: impl Fn(&T) -> String) -> Result<Page<T>, Fault> {
    let after = paging.after()?;
    if !after.is_empty() && !after.starts_with(list) {
        return Err(foreign_marker());
    }
    paging.cut(items, |item| format!("{list}{}", key(item)))
}

async fn get(ctx: &Ctx, request: GetReport) -> Answer {
    let report = access_reports::get(ctx, &request.job_id).await?;
    let times = report.created_at.to_string();
    let granularity = match report.granularity {
        Granularity::Service => "SERVICE_LEVEL",
        Granularity::Action => "ACTION_LEVEL",
    };
    let list = format!("services:{}:", request.job_id);
    let Report { services, .. } = report;
    let page = cut(&request.paging, &list, services, |reported| reported.service.clone())?;
    let answer = Build::new()
        .put("JobStatus", "COMPLETED")
        .put("JobType", granularity)
        .put("JobCreationDate", &*times)
        .members("ServicesLastAccessed", page.items.iter().map(reported))
        .put("JobCompletionDate", &*times);
    Ok(page_end(answer, page.next.as_deref()))
}

fn reported(of: &Reported) -> Build {
    let last = of.uses.first();
    Build::new()
        .put("ServiceName", aws_services::name_of(&of.service).unwrap_or(&of.service))
        .maybe_time("LastAuthenticated", last.map(|last| last.at))
        .put("ServiceNamespace", &*of.service)
        .maybe("LastAuthenticatedEntity", last.map(|last| &*last.arn))
        .maybe("LastAuthenticatedRegion", last.map(|last| &*last.region))
        .put("TotalAuthenticatedEntities", i64::try_from(of.uses.len()).unwrap_or(i64::MAX))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GetEntities {
    job_id: String,
    service_namespace: String,
    #[serde(flatten)]
    paging: Paging,
}

async fn entities(ctx: &Ctx, request: GetEntities) -> Answer {
    let service = &*request.service_namespace;
    if aws_services::name_of(service).is_none() {
        let text = format!("Service namepace {service} is either invalid or unsupported.");
        return Err(invalid_input(text).into());
    }
    let (report, found) = access_reports::entities(ctx, &request.job_id, service).await?;
    let times = report.created_at.to_string();
    let list = format!("entities:{}:", request.job_id);
    let found = found.into_iter().enumerate().collect();
    let page = cut(&request.paging, &list, found, |(at, _)| format!("{at:08}"))?;
    let shown = page.items.iter().map(|(_, (entity, last))| {
        let kind = match entity.kind {
            AccessorKind::User => "USER",
            AccessorKind::Role => "ROLE",
        };
        let info = Build::new()
            .put("Arn", &*entity.arn)
            .put("Name", &*entity.name)
            .put("Type", kind)
            .put("Id", &*entity.id)
            .put("Path", &*entity.path);
        Build::new().object("EntityInfo", info).maybe_time("LastAuthenticated", *last)
    });
    let answer = Build::new()
        .put("JobStatus", "COMPLETED")
        .put("JobCreationDate", &*times)
        .put("JobCompletionDate", &*times)
        .members("EntityDetailsList", shown);
    Ok(page_end(answer, page.next.as_deref()))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListGranting {
    marker: Option<String>,
    arn: String,
    service_namespaces: Vec<String>,
}

/// All services come on one page, so that every marker is a wrong one.
async fn granting(ctx: &Ctx, request: ListGranting) -> Answer {
    let arn = &*request.arn;
    let subject = match subject(ctx, arn)? {
        Some(Subject::Policy) => return Err(unsupported(arn).into()),
        Some(subject) => subject,
        None => return Err(invalid_input(format!("Could not extract entity from ARN : {arn}")).into()),
    };
    if request.marker.is_some() {
        return Err(invalid_marker().into());
    }
    let mut services: Vec<String> = Vec::new();
    for service in request.service_namespaces {
        if !services.contains(&service) {
            services.push(service);
        }
    }
    check_known(&services)?;
    let found = access_reports::granting(ctx, &subject, arn, &services).await?;
    let entries = found.iter().map(|(service, policies)| {
        Build::new().put("ServiceNamespace", *service).members("Policies", policies.iter().map(policy))
    });
    Ok(page_end(Build::new().members("PoliciesGrantingServiceAccess", entries), None))
}

fn check_known(services: &[String]) -> Result<(), Trouble> {
    let unknown = services.iter().filter(|service| aws_services::name_of(service).is_none());
    let unknown: Vec<&str> = unknown.map(String::as_str).collect();
    if unknown.is_empty() {
        return Ok(());
    }
    Err(invalid_input(format!("Invalid service namespace: [{}]", unknown.join(", "))).into())
}

fn policy(of: &Counting) -> Build {
    let build = Build::new().put("PolicyName", &*of.name);
    match &of.source {
        Source::Managed { arn } => build.put("PolicyType", "MANAGED").put("PolicyArn", &**arn),
        Source::Inline { kind, owner } => {
            let kind = match kind {
                PolicyOwner::User => "USER",
                PolicyOwner::Group => "GROUP",
                PolicyOwner::Role => "ROLE",
            };
            build.put("PolicyType", "INLINE").put("EntityType", kind).put("EntityName", &**owner)
        }
        // Neither gives anyone access to a service.
        Source::Given | Source::OfResource { .. } => build.put("PolicyType", "INLINE"),
    }
}
