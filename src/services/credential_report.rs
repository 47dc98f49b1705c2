//! The credential report of an account.

use std::collections::HashMap;

use crate::domain::access_key::KeyStatus;
use crate::domain::arn;
use crate::domain::credential_report::{CertificateFacts, Report, ReportState, Subject, csv};
use crate::domain::error::Error;
use crate::store::{self, Conn};

use super::{Ctx, upkeep};

/// How asking for a report went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Generation {
    /// A report is begun.
    Started,
    /// One is being made.
    InProgress,
    /// There is one that can be fetched.
    Complete,
}

/// Users a trip to the store brings.
const CHUNK: i64 = 1_000;

/// Asks for a report. One that is less than four hours old stays as it is.
pub async fn generate(ctx: &Ctx) -> Result<Generation, Error> {
    upkeep::write_key_usage(&ctx.app).await?;
    let (mut tx, _) = ctx.app.db.write(&ctx.account_id).await?;
    match store::credential_reports::find(&mut tx, &ctx.account_id).await?.map(|report| report.state(ctx.now)) {
        Some(ReportState::InProgress) => return Ok(Generation::InProgress),
        Some(ReportState::Complete) => return Ok(Generation::Complete),
        Some(ReportState::Expired) | None => {}
    }
    let seconds = ctx.app.settings.aws.credential_report_seconds;
    let content = content(ctx, &mut tx).await?;
    let report = Report { content, started_at: ctx.now, ready_at: ctx.now.plus_seconds(seconds) };
    store::credential_reports::save(&mut tx, &ctx.account_id, &report).await?;
    tx.commit().await?;
    Ok(if seconds == 0 { Generation::Complete } else { Generation::Started })
}

/// The report as it is kept, whatever its state.
pub async fn get(ctx: &Ctx) -> Result<Option<Report>, Error> {
    store::credential_reports::find(&mut ctx.app.db.read().await?, &ctx.account_id).await
}

async fn content(ctx: &Ctx, conn: &mut Conn) -> Result<String, Error> {
    let id = &*ctx.account_id;
    let account = store::accounts::find(conn, id).await?.ok_or(Error::Conflict)?;
    let keys = store::access_keys::of_account(conn, id).await?;
    let mut keys_of: HashMap<Option<&str>, Vec<_>> = HashMap::new();
    for key in &keys {
        keys_of.entry(key.user_id.as_deref()).or_default().push(key);
    }
    let profiles = store::login_profiles::of_account(conn, id).await?;
    let profile_of: HashMap<&str, _> = profiles.iter().map(|profile| (&*profile.user_id, profile)).collect();
    let mut certificates_of: HashMap<String, Vec<CertificateFacts>> = HashMap::new();
    for certificate in store::signing_certificates::of_account(conn, id).await? {
        let active = certificate.status == KeyStatus::Active;
        let facts = CertificateFacts { active, rotated_at: certificate.uploaded_at };
        certificates_of.entry(certificate.user_id).or_default().push(facts);
    }
    let bound = store::mfa_devices::bound_users(conn, id).await?;
    let mut users = Vec::new();
    let mut after = String::new();
    loop {
        let page = store::users::page(conn, id, &after, CHUNK).await?;
        let Some(last) = page.last() else { break };
        after = crate::domain::name::key(&last.name);
        users.extend(page);
    }
    let root = Subject {
        name: "<root_account>",
        arn: arn::root(ctx.cloud, id),
        created_at: account.created_at,
        is_root: true,
        profile: None,
        password_last_used: None,
        mfa_active: false,
        // The key made with the account is the tester's, not one that somebody made.
        keys: keys_of.get(&None).into_iter().flatten().copied().filter(|key| !key.seeded).collect(),
        certificates: Vec::new(),
    };
    let subjects = users.iter().map(|user| Subject {
        name: &user.name,
        arn: user.arn(ctx.cloud),
        created_at: user.created_at,
        is_root: false,
        profile: profile_of.get(&*user.id).copied(),
        password_last_used: user.last_login_at,
        mfa_active: bound.contains(&user.id),
        keys: keys_of.get(&Some(&*user.id)).cloned().unwrap_or_default(),
        certificates: certificates_of.get(&user.id).cloned().unwrap_or_default(),
    });
    let subjects: Vec<Subject<'_>> = std::iter::once(root).chain(subjects).collect();
    Ok(csv(&subjects, &account.password_policy))
}
