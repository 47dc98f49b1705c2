//! Records of CloudTrail (CloudTrail User Guide: "CloudTrail record contents", "CloudTrail userIdentity element",
//! "AWS Management Console sign-in events"). What the guide does not say is marked as inferred.

use serde_json::{Value, json};

use super::parameters::{HIDDEN, nested};
use super::{Door, door, event_id, event_time, is_read};
use crate::app::cache::SignerSession;
use crate::app::journal::Entry;
use crate::domain::account::Cloud;
use crate::domain::principal::Principal;
use crate::services::sign_in_records::{CHECK_MFA, SWITCH_ROLE, sign_in_action, sign_out_action};

/// The version of records that has all members that are here.
const VERSION: &str = "1.11";

/// Where CloudTrail has calls of IAM, of the global endpoint of STS, and sign-ins of users and the root.
const REGION: &str = "us-east-1";

/// Where a person wanted to go; which page of the console that was is not kept.
const LOGIN_TO: &str = "https://console.aws.amazon.com/console/home";

/// IAM's errors whose names in CloudTrail are those of the exceptions (inferred for all but the first two).
const EXCEPTIONS: [&str; 11] = [
    "NoSuchEntity",
    "EntityAlreadyExists",
    "DeleteConflict",
    "LimitExceeded",
    "MalformedPolicyDocument",
    "InvalidInput",
    "PasswordPolicyViolation",
    "EntityTemporarilyUnmodifiable",
    "UnmodifiableEntity",
    "InvalidUserType",
    "InvalidAuthenticationCode",
];

/// An entry as CloudTrail has it. It has nothing of requests by nobody known, of steps on the way in, and of sign-outs.
pub(super) fn record(entry: &Entry) -> Option<Value> {
    let account = entry.account.as_ref().filter(|_| entry.cloud == Cloud::Aws)?;
    let is_door = is_at_the_door(entry);
    if (is_door && door(entry) == Door::OnTheWay) || entry.action == sign_out_action(Cloud::Aws) {
        return None;
    }
    let mut record = json!({
        "eventVersion": VERSION,
        "userIdentity": identity(entry, account),
        "eventTime": event_time(entry),
        "eventSource": source(entry, is_door),
        "eventName": entry.action,
        "awsRegion": REGION,
        "sourceIPAddress": entry.source_address,
        "userAgent": entry.user_agent.as_deref().unwrap_or_default(),
    });
    if is_door {
        if let Some(message) = sign_in_message(entry) {
            record["errorMessage"] = json!(message);
        }
    } else {
        for (name, value) in [("errorCode", error_code(entry)), ("errorMessage", entry.message.clone())] {
            if let Some(value) = value {
                record[name] = json!(value);
            }
        }
    }
    record["requestParameters"] = if is_door { Value::Null } else { nested(&entry.parameters) };
    record["responseElements"] = Value::Null;
    if is_door {
        let result = if door(entry) == Door::In { "Success" } else { "Failure" };
        record["responseElements"] = json!({ &*entry.action: result });
        record["additionalEventData"] = additional(entry);
    } else {
        record["requestID"] = json!(entry.request_id);
    }
    record["eventID"] = json!(event_id(&entry.request_id));
    record["readOnly"] = json!(!is_door && (is_read(&entry.action) || entry.action.starts_with("AssumeRole")));
    record["eventType"] = json!(if is_door { "AwsConsoleSignIn" } else { "AwsApiCall" });
    record["managementEvent"] = json!(true);
    record["recipientAccountId"] = json!(account);
    record["eventCategory"] = json!("Management");
    if entry.dialect == "console/aws" && !is_door {
        record["sessionCredentialFromConsole"] = json!("true");
    }
    Some(record)
}

/// Whether it is one of the events of signing in.
fn is_at_the_door(entry: &Entry) -> bool {
    let action = entry.action.as_str();
    matches!(entry.dialect, "console/aws" | "aws/signin")
        && (action == sign_in_action(Cloud::Aws) || action == CHECK_MFA || action == SWITCH_ROLE)
}

fn source(entry: &Entry, is_door: bool) -> &'static str {
    match entry.dialect {
        "aws/sts" => "sts.amazonaws.com",
        "aws/signin" => "signin.amazonaws.com",
        _ if is_door => "signin.amazonaws.com",
        _ => "iam.amazonaws.com",
    }
}

fn error_code(entry: &Entry) -> Option<String> {
    let code = entry.error.as_deref()?;
    let is_exception = entry.dialect != "aws/sts" && EXCEPTIONS.contains(&code);
    Some(if is_exception { format!("{code}Exception") } else { code.to_owned() })
}

/// What CloudTrail says of a sign-in that failed; that it tells no more of them apart is inferred.
fn sign_in_message(entry: &Entry) -> Option<&'static str> {
    (door(entry) == Door::Refused).then_some(match entry.entrance {
        Some(entrance) if !entrance.is_known => "No username found in supplied account",
        _ => "Failed authentication",
    })
}

fn additional(entry: &Entry) -> Value {
    let session = entry.caller.as_ref().and_then(|caller| caller.session.as_deref());
    let mfa = entry.entrance.map_or_else(|| session.is_some_and(|session| session.mfa_present), |it| it.mfa_used);
    let said = |wanted: &str| entry.parameters.0.iter().find(|(name, _)| name == wanted).map(|(_, value)| value);
    match entry.action.as_str() {
        CHECK_MFA => json!({"MfaType": "Virtual MFA"}),
        SWITCH_ROLE => json!({"SwitchFrom": said("SwitchFrom"), "RedirectTo": LOGIN_TO}),
        _ => json!({"LoginTo": LOGIN_TO, "MobileVersion": "No", "MFAUsed": if mfa { "Yes" } else { "No" }}),
    }
}

fn identity(entry: &Entry, account: &str) -> Value {
    let Some(caller) = &entry.caller else {
        return json!({"type": "IAMUser", "accountId": account, "accessKeyId": "", "userName": HIDDEN});
    };
    let mut identity = json!({ "type": kind(entry, &caller.principal) });
    let mut put = |name: &str, value: Option<&str>| {
        if let Some(value) = value {
            identity[name] = json!(value);
        }
    };
    if caller.principal == Principal::Anonymous {
        // Whose token it was is not kept; the provider's name is.
        let said = |wanted: &str| entry.parameters.0.iter().find(|(name, _)| name == wanted);
        let provider = said("ProviderId").or_else(|| said("PrincipalArn"));
        put("identityProvider", provider.map(|(_, value)| value.as_str()));
        return identity;
    }
    put("principalId", Some(&caller.principal.unique_id(account)));
    put("arn", Some(&caller.principal.arn(Cloud::Aws, account)));
    put("accountId", Some(account));
    let key = entry.access_key_id.as_deref().or_else(|| is_at_the_door(entry).then_some(""));
    put("accessKeyId", key);
    if let Principal::User { name, .. } = &caller.principal {
        put("userName", Some(name));
    }
    if let Some(session) = caller.session.as_deref().filter(|_| !is_at_the_door(entry)) {
        identity["sessionContext"] = context(session, &caller.principal, account);
        if let Some(source) = &session.source_identity {
            identity["sessionContext"]["sourceIdentity"] = json!(source);
        }
    }
    identity
}

fn kind(entry: &Entry, principal: &Principal) -> &'static str {
    match principal {
        Principal::Root => "Root",
        Principal::User { .. } => "IAMUser",
        Principal::RoleSession { .. } => "AssumedRole",
        Principal::FederatedUser { .. } => "FederatedUser",
        Principal::Anonymous if entry.action == "AssumeRoleWithSAML" => "SAMLUser",
        Principal::Anonymous => "WebIdentityUser",
    }
}

fn context(session: &SignerSession, principal: &Principal, account: &str) -> Value {
    let issuer = match principal {
        Principal::RoleSession { role_id, role_name, .. } => json!({
            "type": "Role",
            "principalId": role_id,
            "arn": session.role_arn,
            "accountId": account,
            "userName": role_name,
        }),
        Principal::FederatedUser { .. } => match &session.maker {
            Some(user_id) => json!({"type": "IAMUser", "principalId": user_id, "accountId": account}),
            None => json!({"type": "Root", "principalId": account, "accountId": account}),
        },
        _ => json!({}),
    };
    json!({
        "sessionIssuer": issuer,
        "webIdFederationData": {},
        "attributes": {
            "creationDate": session.started_at.to_wire(),
            "mfaAuthenticated": session.mfa_present.to_string(),
        },
    })
}
