//! What came of a request: its answer on the wire, the line of the log and the entry of the journal; must not know how it
//! came to that.

use std::time::Instant;

use axum::body::Body;
use axum::http::{Response, StatusCode};

use super::body::respond;
use super::errors::{self, Fault};
use super::{Api, Trace, Trouble, diagnosis, gateway, injected};
use crate::app::App;
use crate::dialect::injected as faulty;
use crate::dialect::members::{Build, Member, Members};
use crate::dialect::record::{self, Answered, Who};
use crate::domain::account::Cloud;
use crate::domain::denial::Denial;
use crate::domain::error::Error;
use crate::domain::principal::Principal;

/// Answers what came of a request, and writes it down.
pub(super) fn finish(
    app: &App,
    trace: Trace,
    host: &str,
    outcome: Result<Members, Trouble>,
    started: Instant,
) -> Response<Body> {
    let instead = match &outcome {
        Err(Trouble::Struck(instead)) => Some(instead.clone()),
        _ => None,
    };
    if let Some(instead) = &instead
        && let Some(response) = faulty::bare(instead)
    {
        note(app, trace, faulty::bare_status(instead), None, false, started);
        return response;
    }
    let mistrusted = matches!(&outcome, Err(Trouble::Gateway(error)) if gateway::is_of_credentials(error));
    let (status, root, members, error) = match outcome {
        Ok(members) => {
            let members = members.with_request_id(&trace.request_id);
            (StatusCode::OK, format!("{}Response", trace.action), members, None)
        }
        Err(trouble) => {
            let fault = match &trouble {
                Trouble::Gateway(error) => error.fault(),
                Trouble::Struck(instead) => injected::fault(instead, trace.api.unwrap_or(Api::Ims)),
                Trouble::UseCase(error) => {
                    let fault = errors::fault(error, trace.api.unwrap_or(Api::Ims));
                    if fault.status.is_server_error() && !matches!(error, Error::NotBuilt(_)) {
                        record::log_failure(&trace.request_id, error);
                    }
                    fault
                }
            };
            let members = error_members(&trace, host, &fault, &trouble);
            let message = trace.seen.hidden.unless_telling(&fault.message);
            (fault.status, "Error".to_owned(), members, Some((fault.code.into_owned(), message)))
        }
    };
    let mut response = respond(status, trace.format, &root, &members, &trace.request_id);
    if let Some(instead) = &instead {
        injected::tell_when_to_retry(instead, response.headers_mut());
    }
    note(app, trace, status.as_u16(), error, mistrusted, started);
    response
}

/// The members of an error: the host called and where to read more, as the gateway has them now.
fn error_members(trace: &Trace, host: &str, fault: &Fault, trouble: &Trouble) -> Members {
    let product = trace.api.map_or("Ims", Api::product);
    let recommend = format!(
        "https://api.aliyun.com/troubleshoot?q={}&product={product}&requestId={}",
        fault.code, trace.request_id
    );
    let host =
        host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit())).map_or(host, |it| it.0);
    let detail = match trouble {
        Trouble::UseCase(Error::AccessDenied(denial) | Error::AssumeRoleDenied(denial)) => {
            access_denied_detail(trace, denial)
        }
        Trouble::UseCase(_) | Trouble::Gateway(_) | Trouble::Struck(_) => None,
    };
    Build::new()
        .put("RequestId", &*trace.request_id)
        .put("HostId", host)
        .put("Code", &*fault.code)
        .put("Message", &*fault.message)
        .put("Recommend", recommend)
        .maybe("AccessDeniedDetail", detail.map(|detail| Member::Object(detail.done())))
        .done()
}

/// Who was denied what, and by which kind of policy (RAM 2015-05-01 DecodeDiagnosticMessage has the members). The names
/// of kinds other than the first are inferred.
fn access_denied_detail(trace: &Trace, denial: &Denial) -> Option<Build> {
    let caller = trace.caller.as_ref()?;
    let (kind, name) = match &caller.principal {
        Principal::Root => ("Account", caller.account_id.to_string()),
        Principal::User { id, .. } => ("SubUser", id.clone()),
        Principal::RoleSession { role_name, session_name, .. } => {
            ("AssumedRoleUser", format!("{role_name}:{session_name}"))
        }
        // Alibaba Cloud has none of these.
        Principal::FederatedUser { .. } | Principal::Anonymous => return None,
    };
    Some(
        Build::new()
            .put("AuthAction", &*denial.action)
            .put("AuthPrincipalType", kind)
            .put("AuthPrincipalDisplayName", name)
            .put("AuthPrincipalOwnerId", &*caller.account_id)
            .maybe("EncodedDiagnosticMessage", denial.sealed.as_deref())
            .put("NoPermissionType", if denial.is_explicit { "ExplicitDeny" } else { "ImplicitDeny" })
            .put("PolicyType", diagnosis::policy_type(denial.layer)),
    )
}

/// Writes the log line and the journal's entry.
fn note(
    app: &App,
    trace: Trace,
    status: u16,
    error: Option<(String, Option<String>)>,
    mistrusted: bool,
    started: Instant,
) {
    let (code, message) = error.map_or((None, None), |(code, message)| (Some(code), message));
    let dialect = match trace.api {
        Some(Api::Ims) => "alibaba/ims",
        Some(Api::Ram) => "alibaba/ram",
        Some(Api::Sts) => "alibaba/sts",
        None => "alibaba",
    };
    let caller = trace.caller.map(|caller| Who {
        arn: caller.principal.arn(Cloud::Alibaba, &caller.account_id),
        principal: caller.principal,
        session: caller.session,
        account_id: caller.account_id.to_string(),
        key_id: caller.key_id,
        now: caller.now,
    });
    let answered = Answered {
        request_id: trace.request_id,
        dialect,
        cloud: Cloud::Alibaba,
        action: trace.action,
        scheme: trace.scheme,
        caller,
        parameters: trace.seen.parameters,
        decision: trace.decision,
        status,
        code,
        message,
        source_address: trace.source_address,
        user_agent: trace.user_agent,
        mistrusted,
        started,
    };
    record::note(app, answered);
}
