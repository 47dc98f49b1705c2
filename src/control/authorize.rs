//! May this principal do that? Asked by gateways and emulators of other services, of any action and resource.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::{ConnectInfo, State};
use axum::{Extension, Json};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::DenialText;
use super::body::Body;
use super::openapi::Call;
use super::openapi::schema::{
    any_object, any_of, anything, body, closed, clouds, list_of, object, refer, text, text_of,
};
use super::problem::Problem;
use crate::app::App;
use crate::domain::account::Cloud;
use crate::domain::unrepeated::Unrepeated;
use crate::services::inquiries::{self, Found, Inquiry, InquiryFault, Judged, Who};
use crate::services::rulings;

/// The most questions at once.
const MOST: usize = 1_000;

/// The most characters of an ARN, an action or a value of a condition key: patterns are compared with them, and what
/// is sealed of a denial must be readable (STS 2011-06-15 DecodeAuthorizationMessage takes 10,240).
const LONGEST_TEXT: usize = 2_048;
/// The most characters of a resource policy (Amazon S3 User Guide, "Bucket policies": 20 KB).
const LONGEST_POLICY: usize = 20_480;
/// The most values of all condition keys of a question together.
const MOST_VALUES: usize = 1_000;

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
    Body(Unrepeated(mut body)): Body<Unrepeated>,
) -> Result<Json<Value>, Problem> {
    let address = peer.map_or(Ipv4Addr::LOCALHOST.into(), |Extension(ConnectInfo(peer))| peer.ip());
    let Some(list) = body.get_mut("requests").map(Value::take) else {
        return Ok(Json(one(&app, denial_text, address, body).await?));
    };
    if body.as_object().is_some_and(|members| members.len() > 1) {
        return Err(Problem::bad_request("requests goes with no other member"));
    }
    let Value::Array(questions) = list else { return Err(Problem::bad_request("requests must be a list")) };
    if questions.len() > MOST {
        return Err(Problem::bad_request(format!("requests may have {MOST} members")));
    }
    let mut answers = Vec::with_capacity(questions.len());
    for question in questions {
        answers.push(one(&app, denial_text, address, question).await?);
        // Others have their turn between two questions.
        tokio::task::yield_now().await;
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
    let context = context.collect::<Result<Vec<_>, Problem>>()?;
    check(&question.action, question.resource.as_deref(), &context)?;
    let resource_policy = question.resource_policy.map(|policy| match policy {
        Value::String(text) => text,
        policy => policy.to_string(),
    });
    if resource_policy.as_ref().is_some_and(|policy| policy.chars().count() > LONGEST_POLICY) {
        return Err(Problem::bad_request(format!("resource_policy may have {LONGEST_POLICY} characters")));
    }
    Ok(Inquiry {
        who,
        action: question.action,
        resource: question.resource.unwrap_or_else(|| "*".to_owned()),
        context,
        resource_policy,
        resource_account: question.resource_account,
        source_address,
    })
}

fn check(action: &str, resource: Option<&str>, context: &[(String, Vec<String>)]) -> Result<(), Problem> {
    let texts = [Some(action), resource].into_iter().flatten().chain(context.iter().map(|(key, _)| &**key));
    let values = context.iter().flat_map(|(_, values)| values.iter().map(String::as_str));
    if values.clone().count() > MOST_VALUES {
        return Err(Problem::bad_request(format!("context may have {MOST_VALUES} values")));
    }
    if texts.chain(values).any(|text| text.chars().count() > LONGEST_TEXT) {
        return Err(Problem::bad_request(format!("a text may have {LONGEST_TEXT} characters")));
    }
    Ok(())
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

/// What is told of these calls.
pub(super) fn calls() -> Vec<Call> {
    let name = || text_of(0, LONGEST_TEXT);
    let question = body::<Question>(vec![
        ("access_key_id?", text()),
        ("security_token?", text()),
        ("cloud?", clouds()),
        ("principal?", text()),
        ("action", name()),
        ("resource?", name()),
        ("context?", any_object()),
        ("resource_policy?", anything()),
        ("resource_account?", text()),
    ]);
    let several = closed(vec![("requests", list_of(question.clone()))]);
    let answers = object(vec![("answers", list_of(refer("Decision")))]);
    vec![
        Call::new("post", "/authorize", "Whether a principal may do something")
            .body(any_of(vec![question, several]))
            .answer(200, "The decision, or one for each question", &any_of(vec![refer("Decision"), answers]))
            .refusal(404, "there is no such account"),
    ]
}
