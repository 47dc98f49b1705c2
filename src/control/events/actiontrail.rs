//! Events of ActionTrail (ActionTrail User Guide: "Management event structure", "Sample event logs for logons"; Simple Log
//! Service, "ActionTrail" log fields). What these do not say is marked as inferred.

use serde_json::{Value, json};

use super::parameters::flat;
use super::{Door, door, event_id, event_time, is_read};
use crate::app::journal::Entry;
use crate::domain::account::Cloud;
use crate::domain::principal::Principal;
use crate::services::sign_in_records::{SWITCH_ROLE, sign_in_action, sign_out_action};

/// The region that events of these services name, which have none (inferred).
const REGION: &str = "cn-hangzhou";

/// Where people go after the sign-in; which page that was is not kept.
const CALLBACK: &str = "https://homenew.console.aliyun.com/";

/// An entry as ActionTrail has it. It has nothing of requests by nobody known, and of steps on the way in.
pub(super) fn event(entry: &Entry) -> Option<Value> {
    let account = entry.account.as_ref().filter(|_| entry.cloud == Cloud::Alibaba)?;
    let kind = kind(entry);
    if kind == "ConsoleSignin" && door(entry) == Door::OnTheWay {
        return None;
    }
    let (service, source, version) = service(entry, kind);
    let is_door = kind != "ApiCall";
    let mut event = json!({
        "eventId": event_id(&entry.request_id),
        "eventVersion": 1,
        "eventName": entry.action,
        "eventSource": source,
        "eventType": kind,
        "eventCategory": "Management",
        "eventRW": if is_read(&entry.action) { "Read" } else { "Write" },
        "eventTime": event_time(entry),
        "serviceName": service,
        "acsRegion": REGION,
        "isGlobal": true,
        "recipientAccountId": account,
        "userIdentity": identity(entry, account),
        "sourceIpAddress": entry.source_address,
        "userAgent": entry.user_agent.as_deref().unwrap_or_default(),
        "requestId": entry.request_id,
    });
    let mut put = |name: &str, value: Value| event[name] = value;
    if let Some(version) = version {
        put("apiVersion", json!(version));
    }
    if is_door {
        put("additionalEventData", additional(entry));
    } else {
        let parameters = flat(&entry.parameters);
        put("requestParameterJson", json!(parameters.to_string()));
        put("requestParameters", parameters);
    }
    if let Some(code) = &entry.error {
        let said = (code.as_str(), entry.message.as_deref().unwrap_or_default());
        let (code, message) = if is_door { sign_in_fault(code) } else { said };
        put("errorCode", json!(code));
        put("errorMessage", json!(message));
    }
    Some(event)
}

/// The code and text of a sign-in that failed. Detections tell it by a text that is neither empty nor `success` (alert
/// `cis.at.abnormal_login` of Simple Log Service); no sample shows one, so that code and texts are inferred.
fn sign_in_fault(reason: &str) -> (&'static str, &'static str) {
    let message = match reason {
        "invalid-credentials" => "The user name or password is incorrect.",
        "console-access-disabled" => "Console logon is not enabled for the user.",
        "locked" => "The user is locked because of too many failed logons.",
        "initial-password-expired" | "password-expired" => "The password has expired.",
        "address-not-allowed" => "Logon from this IP address is not allowed.",
        "mfa-code-incorrect" => "The verification code is incorrect.",
        "password-change-not-allowed" => "The user is not allowed to change the password.",
        "password-rejected" => "The new password does not comply with the password policy.",
        _ => "The logon failed.",
    };
    ("LoginFailed", message)
}

/// The kind of an event. That switching to a role is a sign-in is inferred.
fn kind(entry: &Entry) -> &'static str {
    match entry.action.as_str() {
        _ if entry.dialect != "console/alibaba" => "ApiCall",
        action if action == sign_in_action(Cloud::Alibaba) || action == SWITCH_ROLE => "ConsoleSignin",
        action if action == sign_out_action(Cloud::Alibaba) => "ConsoleSignout",
        _ => "ApiCall",
    }
}

/// The service, its host and the version of its API. Those of sign-ins are inferred, and that the console calls RAM.
fn service(entry: &Entry, kind: &str) -> (&'static str, &'static str, Option<&'static str>) {
    let is_root = entry.caller.as_ref().is_some_and(|caller| caller.principal == Principal::Root);
    match entry.dialect {
        "alibaba/ims" => ("Ims", "ims.aliyuncs.com", Some("2019-08-15")),
        "alibaba/sts" => ("Sts", "sts.aliyuncs.com", Some("2015-04-01")),
        _ if kind != "ApiCall" && is_root => ("AasCustomer", "account.aliyun.com", None),
        _ if kind != "ApiCall" => ("AasSub", "signin.aliyun.com", None),
        _ => ("Ram", "ram.aliyuncs.com", Some("2015-05-01")),
    }
}

/// Who signed in, and whether a second factor was shown: texts, as the samples have them.
fn additional(entry: &Entry) -> Value {
    let mfa = entry.entrance.is_some_and(|entrance| entrance.mfa_used).to_string();
    let name = entry.parameters.0.iter().find(|(name, _)| name == "UserName").map(|(_, name)| name);
    json!({"callbackUrl": CALLBACK, "isMFAChecked": mfa, "loginAccount": name})
}

fn identity(entry: &Entry, account: &str) -> Value {
    let Some(caller) = &entry.caller else {
        return json!({"type": "ram-user", "accountId": account, "principalId": "", "userName": ""});
    };
    let (kind, principal, name) = match &caller.principal {
        Principal::Root => ("root-account", account.to_owned(), "root".to_owned()),
        Principal::User { id, name, .. } => ("ram-user", id.clone(), name.clone()),
        Principal::RoleSession { role_id, role_name, session_name, .. } => {
            ("assumed-role", format!("{role_id}:{session_name}"), format!("{role_name}:{session_name}"))
        }
        // Alibaba Cloud has no federated users; a call that proves itself by an assertion is nobody's (inferred).
        Principal::FederatedUser { .. } | Principal::Anonymous => ("unknown", String::new(), String::new()),
    };
    let mut identity = json!({"type": kind, "principalId": principal, "accountId": account, "userName": name});
    if let Some(key) = &entry.access_key_id {
        identity["accessKeyId"] = json!(key);
    }
    if let Some(session) = caller.session.as_deref() {
        let (date, mfa) = (session.started_at.to_wire(), session.mfa_present.to_string());
        identity["sessionContext"] = json!({"attributes": {"creationDate": date, "mfaAuthenticated": mfa}});
    }
    identity
}
