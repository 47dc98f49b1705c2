//! Reports on the services that users, groups, roles and policies allow and on who used them, and which policies allow
//! a service.

use std::collections::HashMap;

use crate::domain::error::{Error, Noun};
use crate::domain::policy::{Document, parse_identity};
use crate::domain::policy_owner::PolicyOwner;
use crate::domain::principal::Principal;
use crate::domain::service_access::{
    Accessor, AccessorKind, Granularity, Report, Reported, ReportedUse, ServiceUse, grant, granted,
};
use crate::domain::time::{DAY, Time};
use crate::domain::user::UserRef;
use crate::store::{self, Conn};

use super::identity_policies::{self, Counting};
use super::policy_owners::{self, OwnerRef};
use super::{Ctx, upkeep};

/// Whose access is reported.
#[derive(Clone, Debug)]
pub enum Subject {
    /// A user's, by name.
    User(String),
    /// A group's, by name.
    Group(String),
    /// A role's, by name.
    Role(String),
    /// A managed policy's.
    Policy,
}

impl Subject {
    fn owner(&self) -> Option<OwnerRef> {
        match self {
            Self::User(name) => Some(OwnerRef::User(UserRef::Name(name.clone()))),
            Self::Group(name) => Some(OwnerRef::Group(name.clone())),
            Self::Role(name) => Some(OwnerRef::Role(name.clone())),
            Self::Policy => None,
        }
    }
}

/// What is shown of a user or a role.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the fields are those of User and Role")]
pub struct Entity {
    pub kind: AccessorKind,
    pub id: String,
    pub name: String,
    pub path: String,
    pub arn: String,
}

/// Days after which a report is forgotten; ours, nothing is known of AWS.
const KEPT_DAYS: i64 = 7;
/// How many users and roles are looked up one by one; more are found by reading all.
const FEW: usize = 20;
/// Users or roles a trip to the store brings.
const CHUNK: i64 = 1_000;

/// Makes a report and gives its id. `arn` is the subject's.
///
/// # Errors
/// `NotFound(Arn)`.
pub async fn generate(ctx: &Ctx, subject: &Subject, arn: &str, granularity: Granularity) -> Result<String, Error> {
    upkeep::write_key_usage(&ctx.app).await?;
    // Nobody keeps reports in memory.
    let mut tx = ctx.app.db.write_aside().await?;
    let (entities, services) = subject_of(ctx, &mut tx, subject, arn).await?;
    let mut uses = uses_by(ctx, &mut tx, &entities).await?;
    let mut reported = Vec::with_capacity(services.len());
    for service in services {
        let mut of_service = uses.remove(service).unwrap_or_default();
        of_service.sort_by_key(|last| std::cmp::Reverse(last.at));
        reported.push(Reported { service: service.to_owned(), uses: of_service });
    }
    // Answers show milliseconds (recorded).
    let created_at = Time(ctx.now.0 - ctx.now.0.rem_euclid(1_000));
    let report = Report { granularity, created_at, entities, services: reported };
    let id = ctx.app.ids.uuid();
    store::access_reports::forget(&mut tx, &ctx.account_id, ctx.now.plus_seconds(-KEPT_DAYS * DAY)).await?;
    store::access_reports::insert(&mut tx, &ctx.account_id, &id, &asker(ctx), &report).await?;
    tx.commit().await?;
    Ok(id)
}

/// Who asks: a user, the root, or one session (recorded).
fn asker(ctx: &Ctx) -> String {
    match &ctx.principal {
        Principal::User { id, .. } => id.clone(),
        Principal::RoleSession { session_id, .. } | Principal::FederatedUser { session_id, .. } => session_id.clone(),
        Principal::Root | Principal::Anonymous => ctx.account_id.clone(),
    }
}

/// Whose uses count for a subject, and the services that its policies allow.
async fn subject_of(
    ctx: &Ctx,
    conn: &mut Conn,
    subject: &Subject,
    arn: &str,
) -> Result<(Vec<(AccessorKind, String)>, Vec<&'static str>), Error> {
    let Some(owner) = subject.owner() else {
        let document = identity_policies::managed(ctx, conn, arn).await?;
        let document = document.ok_or_else(|| Error::missing(Noun::Arn, arn))?;
        let entities = store::policy_documents::entities_with(conn, &ctx.account_id, arn).await?;
        return Ok((entities, granted(&read(&[document]))));
    };
    let owner = policy_owners::find(conn, &ctx.account_id, &owner).await.map_err(|error| missing_arn(error, arn))?;
    let policies = identity_policies::of(ctx, conn, &owner).await?;
    let documents: Vec<String> = policies.into_iter().map(|policy| policy.document).collect();
    let entities = match owner.kind {
        PolicyOwner::User => vec![(AccessorKind::User, owner.id)],
        PolicyOwner::Role => vec![(AccessorKind::Role, owner.id)],
        PolicyOwner::Group => store::policy_documents::entities_in(conn, &ctx.account_id, &owner.id).await?,
    };
    Ok((entities, granted(&read(&documents))))
}

/// What is missing is told by its ARN.
fn missing_arn(error: Error, arn: &str) -> Error {
    match error {
        Error::NotFound(..) => Error::missing(Noun::Arn, arn),
        other => other,
    }
}

/// The documents that can be read: all that were stored can.
fn read(documents: &[String]) -> Vec<Document> {
    documents.iter().filter_map(|document| parse_identity(document).ok()).collect()
}

/// The uses by any of `entities`, by service.
async fn uses_by(
    ctx: &Ctx,
    conn: &mut Conn,
    entities: &[(AccessorKind, String)],
) -> Result<HashMap<String, Vec<ReportedUse>>, Error> {
    let all: Vec<ServiceUse> = match entities {
        [] => Vec::new(),
        [(kind, id)] => {
            let one = Accessor { account_id: ctx.account_id.clone(), kind: *kind, id: id.clone() };
            store::service_access::of_one(conn, &one).await?
        }
        _ => store::service_access::of_account(conn, &ctx.account_id).await?,
    };
    let at: HashMap<(AccessorKind, &str), usize> =
        entities.iter().enumerate().map(|(at, (kind, id))| ((*kind, &**id), at)).collect();
    let mut used: Vec<(usize, ServiceUse)> = Vec::new();
    for last in all {
        if let Some(entity) = at.get(&(last.kind, &*last.id)) {
            used.push((*entity, last));
        }
    }
    let users: Vec<(AccessorKind, String)> = used.iter().map(|(_, last)| (last.kind, last.id.clone())).collect();
    let known = found(ctx, conn, &users).await?;
    let mut by_service: HashMap<String, Vec<ReportedUse>> = HashMap::new();
    for (entity, last) in used {
        if let Some(known) = known.get(&last.id) {
            let reported = ReportedUse { entity, arn: known.arn.clone(), at: last.at, region: last.region };
            by_service.entry(last.service).or_default().push(reported);
        }
    }
    Ok(by_service)
}

/// Those of `wanted` that are there, by id.
async fn found(
    ctx: &Ctx,
    conn: &mut Conn,
    wanted: &[(AccessorKind, String)],
) -> Result<HashMap<String, Entity>, Error> {
    let account = &*ctx.account_id;
    let user = |user: crate::domain::user::User| {
        let arn = user.arn(ctx.cloud);
        Entity { kind: AccessorKind::User, id: user.id, name: user.name, path: user.path, arn }
    };
    let role = |role: crate::domain::role::Role| {
        let arn = role.arn(ctx.cloud);
        Entity { kind: AccessorKind::Role, id: role.id, name: role.name, path: role.path, arn }
    };
    let mut all = Vec::new();
    if wanted.len() <= FEW {
        for (kind, id) in wanted {
            all.extend(match kind {
                AccessorKind::User => store::users::by_id(conn, account, id).await?.map(user),
                AccessorKind::Role => store::roles::by_id(conn, account, id).await?.map(role),
            });
        }
    } else {
        let mut after = String::new();
        loop {
            let page = store::users::page(conn, account, &after, CHUNK).await?;
            let Some(last) = page.last() else { break };
            after = crate::domain::name::key(&last.name);
            all.extend(page.into_iter().map(user));
        }
        after.clear();
        loop {
            let page = store::roles::page(conn, account, &after, CHUNK).await?;
            let Some(last) = page.last() else { break };
            after = crate::domain::name::key(&last.name);
            all.extend(page.into_iter().map(role));
        }
    }
    Ok(all.into_iter().map(|entity| (entity.id.clone(), entity)).collect())
}

/// The report with this id, which only who asked for it may see (recorded).
///
/// # Errors
/// `NotFound(Job)`.
pub async fn get(ctx: &Ctx, id: &str) -> Result<Report, Error> {
    let mut conn = ctx.app.db.read().await?;
    let found = store::access_reports::find(&mut conn, &ctx.account_id, id, &asker(ctx)).await?;
    found.ok_or_else(|| Error::missing(Noun::Job, id))
}

/// The users and roles that could use a service, as they now are, and when they did; the last use first, and who never
/// used it in the order of their ARNs. Those deleted since are left out (observed).
///
/// # Errors
/// `NotFound(Job)`.
pub async fn entities(ctx: &Ctx, id: &str, service: &str) -> Result<(Report, Vec<(Entity, Option<Time>)>), Error> {
    let report = get(ctx, id).await?;
    let Some(reported) = report.services.iter().find(|reported| reported.service == service) else {
        return Ok((report, Vec::new()));
    };
    let mut known = found(ctx, &mut ctx.app.db.read().await?, &report.entities).await?;
    let mut shown = Vec::new();
    for (at, (_, id)) in report.entities.iter().enumerate() {
        if let Some(entity) = known.remove(id) {
            let last = reported.uses.iter().find(|last| last.entity == at).map(|last| last.at);
            shown.push((entity, last));
        }
    }
    shown.sort_by(|(a, used), (b, other)| other.cmp(used).then_with(|| a.arn.cmp(&b.arn)));
    Ok((report, shown))
}

/// For each service the policies of a user, group or role that allow it, each judged by itself (recorded).
///
/// # Errors
/// `NotFound(Arn)`.
pub async fn granting<'a>(
    ctx: &Ctx,
    subject: &Subject,
    arn: &str,
    services: &'a [String],
) -> Result<Vec<(&'a str, Vec<Counting>)>, Error> {
    let missing = || Error::missing(Noun::Arn, arn);
    let owner = subject.owner().ok_or_else(missing)?;
    let mut conn = ctx.app.db.read().await?;
    let owner = policy_owners::find(&mut conn, &ctx.account_id, &owner).await;
    let owner = owner.map_err(|error| missing_arn(error, arn))?;
    let policies = identity_policies::of(ctx, &mut conn, &owner).await?;
    let read: Vec<(Counting, Document)> = policies
        .into_iter()
        .filter_map(|policy| parse_identity(&policy.document).ok().map(|document| (policy, document)))
        .collect();
    let granting = |service: &str| {
        let those = read.iter().filter(|(_, document)| grant(&[document], service));
        those.map(|(policy, _)| policy.clone()).collect()
    };
    Ok(services.iter().map(|service| (&**service, granting(service))).collect())
}
