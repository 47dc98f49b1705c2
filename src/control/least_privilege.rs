//! The smallest policy that would have allowed what the journal saw.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use serde::Deserialize;
use serde_json::{Value, json};

use super::filter::time;
use super::openapi::Call;
use super::openapi::schema::{any_object, clouds, count, given_time, list_of, object, text, told, word};
use super::problem::Problem;
use crate::app::App;
use crate::domain::policy::least_policy;
use crate::services::authorization_messages::layer_name;
use crate::services::least_privilege::{self, Barred, Wanted};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Filter {
    account: Option<String>,
    principal: Option<String>,
    since: Option<String>,
    include: Option<String>,
}

pub(super) async fn least_privilege(
    State(app): State<App>,
    filter: Result<Query<Filter>, QueryRejection>,
) -> Result<Json<Value>, Problem> {
    let Query(filter) = filter?;
    let with_denied = match filter.include.as_deref() {
        None => false,
        Some("denied") => true,
        Some(_) => return Err(Problem::bad_request("include must be denied")),
    };
    let account_id = filter.account.ok_or_else(|| Problem::bad_request("say which account: ?account=000000000000"))?;
    let since = time(filter.since.as_deref())?;
    let wanted = Wanted { account_id, principal: filter.principal, since, with_denied };
    let needed = least_privilege::gather(&app, &wanted).await?;
    let barred = |Barred { action, resource, layer }: &Barred| json!({"action": action, "resource": resource, "layer": layer_name(*layer)});
    Ok(Json(json!({
        "account": wanted.account_id,
        "cloud": needed.cloud,
        "requests": needed.requests,
        "principals": needed.principals,
        "policy": least_policy(needed.cloud.rules().policy_version, needed.needs),
        "not_enough_for": needed.barred.iter().map(barred).collect::<Vec<_>>(),
    })))
}

/// What is told of these calls.
pub(super) fn calls() -> Vec<Call> {
    let filter =
        vec![("account", text()), ("principal?", text()), ("since?", given_time()), ("include?", word(&["denied"]))];
    let barred = object(vec![("action", told()), ("resource", told()), ("layer", told())]);
    let found = object(vec![
        ("account", told()),
        ("cloud", clouds()),
        ("requests", count()),
        ("principals", list_of(told())),
        ("policy", any_object()),
        ("not_enough_for", list_of(barred)),
    ]);
    vec![
        Call::new("get", "/least-privilege", "The smallest policy that would have allowed what the journal saw")
            .query::<Filter>(filter)
            .answer(200, "The policy, and what no policy can allow", &found)
            .refusal(404, "there is no such account"),
    ]
}
