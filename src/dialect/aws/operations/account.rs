//! What is about the account as a whole: its alias and its credential report.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use super::super::errors::Fault;
use super::super::request::{Paging, page_end};
use super::{Access, Answer, Build, Nothing, Resource, Row, row};
use crate::dialect::members::Member;
use crate::domain::credential_report::ReportState;
use crate::services::credential_report::{self, Generation};
use crate::services::{Ctx, accounts};

pub(super) const ROWS: &[Row] = &[
    row!(Iam, "CreateAccountAlias", Access::Policy(Resource::Any), create_alias),
    row!(Iam, "DeleteAccountAlias", Access::Policy(Resource::Any), delete_alias),
    row!(Iam, "ListAccountAliases", Access::Policy(Resource::Any), list_aliases),
    row!(Iam, "GenerateCredentialReport", Access::Policy(Resource::Any), generate_report),
    row!(Iam, "GetCredentialReport", Access::Policy(Resource::Any), get_report),
];

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Alias {
    account_alias: String,
}

/// An account has one alias at the most: a new one takes the place of the old one (IAM User Guide, "Your AWS account ID
/// and its alias").
async fn create_alias(ctx: &Ctx, request: Alias) -> Answer {
    accounts::set_alias(ctx, Some(&request.account_alias)).await?;
    Ok(Build::new())
}

async fn delete_alias(ctx: &Ctx, request: Alias) -> Answer {
    accounts::clear_alias(ctx, &request.account_alias).await?;
    Ok(Build::new())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListAccountAliases {
    #[serde(flatten)]
    paging: Paging,
}

async fn list_aliases(ctx: &Ctx, request: ListAccountAliases) -> Answer {
    let account = ctx.account().await?;
    let aliases: Vec<&str> = account.own_alias().into_iter().collect();
    let page = request.paging.cut(aliases, |alias| (*alias).to_owned())?;
    let shown = page.items.into_iter().map(Member::from).collect();
    Ok(page_end(Build::new().put("AccountAliases", Member::List(shown)), page.next.as_deref()))
}

/// The descriptions are those of the IAM User Guide's examples; none is known of a report that is there.
async fn generate_report(ctx: &Ctx, _: Nothing) -> Answer {
    let (state, description) = match credential_report::generate(ctx).await? {
        Generation::Started => ("STARTED", Some("No report exists. Starting a new report generation task")),
        Generation::InProgress => ("INPROGRESS", None),
        Generation::Complete => ("COMPLETE", None),
    };
    Ok(Build::new().put("State", state).maybe("Description", description))
}

async fn get_report(ctx: &Ctx, _: Nothing) -> Answer {
    let Some(report) = credential_report::get(ctx).await? else {
        return Err(Fault::without_text(410, "ReportNotPresent").into());
    };
    match report.state(ctx.now) {
        ReportState::InProgress => Err(Fault::without_text(404, "ReportInProgress").into()),
        ReportState::Expired => Err(Fault::without_text(410, "ReportExpired").into()),
        ReportState::Complete => Ok(Build::new()
            .put("Content", STANDARD.encode(&report.content))
            .put("ReportFormat", "text/csv")
            .time("GeneratedTime", report.started_at)),
    }
}
