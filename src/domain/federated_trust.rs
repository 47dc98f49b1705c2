//! Whether a role of Alibaba Cloud trusts an identity provider (RAM documentation, "Edit the trust policy of a RAM
//! role", the `Federated` principal); must not know what vouches for the facts that conditions see.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::policy::{Context, Grammar, Pattern};
use super::role::Role;

/// The action that a trust policy has to allow, whichever way a role is taken on.
const ACTION: &str = "sts:AssumeRole";

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Document {
    statement: OneOrMany<Statement>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Statement {
    effect: String,
    action: OneOrMany<String>,
    principal: Named,
    condition: Option<Map<String, Value>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Named {
    federated: Option<OneOrMany<String>>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany<T> {
    One(T),
    Many(Vec<T>),
}

impl<T> OneOrMany<T> {
    fn as_slice(&self) -> &[T] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        }
    }
}

/// Whether a role's trust policy lets in whom a provider vouches for: a statement that names the provider must allow
/// it and none deny it. What conditions cannot be judged by lets nobody in.
///
/// # Errors
/// That the policy cannot be read.
pub fn trusts_federated(role: &Role, provider_arn: &str, context: &Context) -> Result<bool, serde_json::Error> {
    let document: Document = serde_json::from_str(&role.trust_policy)?;
    let (mut allowed, mut denied) = (false, false);
    for statement in document.statement.as_slice() {
        let names = |list: &OneOrMany<String>| list.as_slice().iter().any(|arn| arn == provider_arn);
        if !statement.principal.federated.as_ref().is_some_and(names) || !statement.is_about_action() {
            continue;
        }
        let holds = statement.condition.as_ref().map_or(Some(true), |condition| holds(condition, context));
        match &*statement.effect {
            "Allow" => allowed |= holds == Some(true),
            _ => denied |= holds != Some(false),
        }
    }
    Ok(allowed && !denied)
}

impl Statement {
    fn is_about_action(&self) -> bool {
        let grammar = Grammar { wildcards: true, variables: false, ignores_case: true };
        self.action.as_slice().iter().any(|action| Pattern::parse(action, grammar).matches(ACTION))
    }
}

/// Whether every operator holds for each of its keys; none where one is not known.
fn holds(condition: &Map<String, Value>, context: &Context) -> Option<bool> {
    let mut all = true;
    for (operator, keys) in condition {
        for (key, values) in keys.as_object()? {
            all &= operator_holds(operator, texts(values)?.as_slice(), context.get(key))?;
        }
    }
    Some(all)
}

/// A key that the request has not fulfils the negated operators alone; inferred.
fn operator_holds(operator: &str, wanted: &[&str], found: Option<&[String]>) -> Option<bool> {
    let (negated, wildcards, ignores_case) = match operator {
        "StringEquals" => (false, false, false),
        "StringNotEquals" => (true, false, false),
        "StringEqualsIgnoreCase" => (false, false, true),
        "StringNotEqualsIgnoreCase" => (true, false, true),
        "StringLike" => (false, true, false),
        "StringNotLike" => (true, true, false),
        _ => return None,
    };
    let grammar = Grammar { wildcards, variables: false, ignores_case };
    let patterns: Vec<Pattern> = wanted.iter().map(|text| Pattern::parse(text, grammar)).collect();
    let any = found.unwrap_or_default().iter().any(|value| patterns.iter().any(|pattern| pattern.matches(value)));
    Some(any != negated)
}

fn texts(values: &Value) -> Option<Vec<&str>> {
    match values {
        Value::String(one) => Some(vec![one]),
        Value::Array(many) => many.iter().map(Value::as_str).collect(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::time::Time;

    const IDP: &str = "acs:ram::42:oidc-provider/idp";

    fn role(statements: &Value) -> Role {
        Role {
            account_id: "42".to_owned(),
            id: "1".to_owned(),
            name: "ops".to_owned(),
            path: "/".to_owned(),
            permissions_boundary: None,
            service_name: None,
            last_used: None,
            description: String::new(),
            trust_policy: json!({"Version": "1", "Statement": statements}).to_string(),
            max_session_seconds: 3_600,
            console_login_allowed: true,
            created_at: Time(0),
            updated_at: Time(0),
        }
    }

    fn allow(condition: &Value) -> Value {
        json!({
            "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Federated": [IDP]}, "Condition": condition,
        })
    }

    fn trusts(statements: &Value) -> bool {
        let mut context = Context::new();
        context.put("oidc:sub", "system:serviceaccount:default:app");
        context.put_all("oidc:aud", ["sts.aliyuncs.com".to_owned(), "other".to_owned()]);
        trusts_federated(&role(statements), IDP, &context).unwrap()
    }

    #[test]
    fn conditions_decide_by_what_is_vouched_for() {
        assert!(trusts(&allow(&json!({}))));
        for met in [
            json!({"StringEquals": {"oidc:aud": "sts.aliyuncs.com"}}),
            json!({"StringEquals": {"oidc:aud": ["x", "other"]}, "StringLike": {"oidc:sub": "system:*:app"}}),
            json!({"StringEqualsIgnoreCase": {"oidc:aud": "OTHER"}, "StringNotLike": {"oidc:sub": "x*"}}),
            json!({"StringNotEquals": {"oidc:iss": "x"}, "StringNotEqualsIgnoreCase": {"oidc:sub": "x"}}),
        ] {
            assert!(trusts(&allow(&met)), "{met}");
        }
        for unmet in [
            json!({"StringEquals": {"oidc:sub": "system:*:app"}}),
            json!({"StringEquals": {"oidc:aud": "other"}, "StringLike": {"oidc:sub": "x*"}}),
            json!({"StringEquals": {"oidc:iss": "x"}}),
            json!({"StringNotEquals": {"oidc:aud": "other"}}),
            json!({"Bool": {"acs:MFAPresent": "true"}}),
            json!({"StringEquals": {"oidc:sub": 1}}),
            json!({"StringEquals": "x"}),
        ] {
            assert!(!trusts(&allow(&unmet)), "{unmet}");
        }
    }

    #[test]
    fn a_denial_wins_unless_its_condition_is_known_not_to_hold() {
        let deny = |condition: Value| {
            let mut statement = allow(&condition);
            statement["Effect"] = json!("Deny");
            json!([allow(&json!({})), statement])
        };
        assert!(!trusts(&deny(json!({}))));
        assert!(!trusts(&deny(json!({"Unknown": {"oidc:sub": "x"}}))));
        assert!(trusts(&deny(json!({"StringEquals": {"oidc:sub": "x"}}))));
    }

    #[test]
    fn the_provider_and_the_action_have_to_be_named() {
        let statement =
            |action: &str, principal: Value| json!([{"Effect": "Allow", "Action": [action], "Principal": principal}]);
        assert!(trusts(&statement("sts:*", json!({"Federated": IDP}))));
        assert!(!trusts(&statement("sts:GetCallerIdentity", json!({"Federated": IDP}))));
        assert!(!trusts(&statement("sts:AssumeRole", json!({"Federated": "acs:ram::42:oidc-provider/other"}))));
        assert!(!trusts(&statement("sts:AssumeRole", json!({"RAM": "acs:ram::42:root"}))));
    }
}
