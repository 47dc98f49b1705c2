//! Why something was denied, in the form that decoded messages of AWS were seen in; the members of a matched statement
//! are inferred (STS 2011-06-15 DecodeAuthorizationMessage).

use serde_json::{Value, json};

use crate::services::authorization_messages::AuthorizationMessage;

/// The message as JSON.
pub(super) fn text(message: &AuthorizationMessage) -> String {
    let matched: Vec<Value> = message
        .matched
        .iter()
        .map(|statement| {
            let effect = if statement.allows { "ALLOW" } else { "DENY" };
            json!({"statementId": statement.statement, "effect": effect})
        })
        .collect();
    let conditions: Vec<Value> = message
        .conditions
        .iter()
        .map(|(key, values)| {
            let values: Vec<Value> = values.iter().map(|value| json!({"value": value})).collect();
            json!({"key": key, "values": {"items": values}})
        })
        .collect();
    let mut principal = json!({"id": message.principal_id, "arn": message.principal_arn});
    if let (Some(name), Some(members)) = (&message.principal_name, principal.as_object_mut()) {
        members.insert("name".to_owned(), json!(name));
    }
    json!({
        "allowed": false,
        "explicitDeny": message.explicit_deny,
        "matchedStatements": {"items": matched},
        "failures": {"items": []},
        "context": {
            "principal": principal,
            "action": message.action,
            "resource": message.resource,
            "conditions": {"items": conditions},
        },
    })
    .to_string()
}
