//! May this principal do that? Asked by gateways and emulators of other services, of any action and resource.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::rejection::JsonRejection;
use axum::extract::{ConnectInfo, State};
use axum::{Extension, Json};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::problem::Problem;
use super::{DenialText, rulings};
use crate::app::App;
use crate::domain::account::Cloud;
use crate::services::inquiries::{self, Found, Inquiry, InquiryFault, Judged, Who};

/// The most questions at once.
const MOST: usize = 1_000;

/// One question.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    access_key_id: Option<String>,
    security_token: Option<String>,
    cloud: Option<String>,
    principal: Option<String>,
    action: String,
    resource: Option<String>,
    #[serde(default)]
    context: Map<String, Value>,
    resource_policy: Option<Value>,
    resource_account: Option<String>,
}

pub(super) async fn authorize(
    State(app): State<App>,
    Extension(denial_text): Extension<DenialText>,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    body: Result<Json<Value>, JsonRejection>,
) -> Result<Json<Value>, Problem> {
    let Json(mut body) = body?;
    if body.to_string().contains("\\u0000") {
        return Err(Problem::bad_request("the body holds a character that no name has"));
    }
    let address = peer.map_or(Ipv4Addr::LOCALHOST.into(), |Extension(ConnectInfo(peer))| peer.ip());
    let Some(list) = body.get_mut("requests").map(Value::take) else {
        return Ok(Json(one(&app, denial_text, address, body).await?));
    };
    let Value::Array(questions) = list else { return Err(Problem::bad_request("requests must be a list")) };
    if questions.len() > MOST {
        return Err(Problem::bad_request(format!("requests may have {MOST} members")));
    }
    let mut answers = Vec::with_capacity(questions.len());
    for question in questions {
        answers.push(one(&app, denial_text, address, question).await?);
    }
    Ok(Json(json!({"answers": answers})))
}

async fn one(app: &App, denial_text: DenialText, address: IpAddr, body: Value) -> Result<Value, Problem> {
    // What serde says may repeat what was sent, a token among it.
    let question: Question = serde_json::from_value(body).map_err(|_| {
        Problem::bad_request(
            "give access_key_id (with security_token and cloud, if need be) or principal, and action; resource, \
             context, resource_policy and resource_account as needed, and nothing else",
        )
    })?;
    let found = inquiries::judge(app, &inquiry(question, address)?).await?;
    Ok(match found {
        Found::Unauthenticated(reason) => json!({"decision": "unauthenticated", "reason": reason}),
        Found::Judged(judged) => shown(&judged, denial_text),
    })
}

fn inquiry(question: Question, source_address: IpAddr) -> Result<Inquiry, Problem> {
    let cloud = match question.cloud.as_deref() {
        Some(text) => Some(Cloud::parse(text).ok_or_else(|| Problem::bad_request("cloud must be alibaba or aws"))?),
        None => None,
    };
    let who = match (question.access_key_id, question.principal) {
        (Some(id), None) => Who::Key { id, token: question.security_token, cloud },
        (None, Some(arn)) => Who::Arn(arn),
        (Some(_), Some(_)) | (None, None) => {
            return Err(Problem::bad_request("give one of access_key_id and principal"));
        }
    };
    let context = question.context.into_iter().map(|(key, value)| Ok((key, values(value)?)));
    Ok(Inquiry {
        who,
        action: question.action,
        resource: question.resource.unwrap_or_else(|| "*".to_owned()),
        context: context.collect::<Result<_, Problem>>()?,
        resource_policy: question.resource_policy.map(|policy| match policy {
            Value::String(text) => text,
            policy => policy.to_string(),
        }),
        resource_account: question.resource_account,
        source_address,
    })
}

/// The values of a condition key; null takes it away.
fn values(value: Value) -> Result<Vec<String>, Problem> {
    let text = |value| match value {
        Value::String(text) => Ok(text),
        Value::Bool(flag) => Ok(flag.to_string()),
        Value::Number(number) => Ok(number.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => {
            Err(Problem::bad_request("a value of context must be a text, a number, true or false, or a list of such"))
        }
    };
    match value {
        Value::Null => Ok(Vec::new()),
        Value::Array(list) => list.into_iter().map(text).collect(),
        one => Ok(vec![text(one)?]),
    }
}

fn shown(judged: &Judged, denial_text: DenialText) -> Value {
    let Judged { principal_arn, account_id, cloud, check, denial } = judged;
    let mut shown = json!({
        "decision": rulings::decision(check),
        "principal": principal_arn,
        "account": account_id,
        "cloud": cloud,
        "action": check.action,
        "resource": check.resource,
        "layers": rulings::layers(&check.ruling),
        "conditions": rulings::conditions(*cloud, check),
        "missing_permission": rulings::missing(check),
    });
    if let Some(denial) = denial {
        shown["message"] = json!(denial_text(*cloud, denial, principal_arn));
        shown["encoded_message"] = json!(denial.sealed);
    }
    shown
}

impl From<InquiryFault> for Problem {
    fn from(fault: InquiryFault) -> Self {
        match fault {
            InquiryFault::ResourcePolicy(fault) => Self::bad_request(format!("resource_policy: {fault}")),
            InquiryFault::NoResourcePolicies => {
                Self::bad_request("resource_policy is understood in AWS's language only")
            }
            InquiryFault::WhichCloud => {
                Self::bad_request(r#"this key was never issued: say whose it is by "cloud", or by the resource's ARN"#)
            }
            InquiryFault::Other(error) => error.into(),
        }
    }
}
