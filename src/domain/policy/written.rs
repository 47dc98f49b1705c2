//! A statement that was read, written as JSON again for people to see; must not know where it stands.

use serde_json::{Map, Value, json};

use super::condition::{Condition, Quantifier};
use super::document::{Effect, Selection, Statement};
use super::pattern::Pattern;
use super::principal::NamedPrincipal;

impl Effect {
    /// The name in policies.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "Allow",
            Self::Deny => "Deny",
        }
    }
}

impl Statement {
    /// The statement as a policy has it, its lists as lists. A resource that named less than a whole ARN is whole here.
    pub fn to_json(&self) -> Value {
        let mut written = Map::new();
        if let Some(sid) = &self.sid {
            written.insert("Sid".to_owned(), json!(sid));
        }
        written.insert("Effect".to_owned(), json!(self.effect.as_str()));
        let mut put = |name: &str, selection: &Selection<Pattern>| {
            let texts: Vec<&str> = selection.listed().iter().map(Pattern::text).collect();
            match selection {
                Selection::Only(_) => written.insert(name.to_owned(), json!(texts)),
                // A trust policy's resource is all but nothing, which is not written.
                Selection::AllBut(_) if texts.is_empty() => None,
                Selection::AllBut(_) => written.insert(format!("Not{name}"), json!(texts)),
            };
        };
        put("Action", &self.actions);
        put("Resource", &self.resources);
        if let Some(principals) = &self.principals {
            let name = if matches!(principals, Selection::Only(_)) { "Principal" } else { "NotPrincipal" };
            written.insert(name.to_owned(), principals_json(principals.listed()));
        }
        if !self.conditions.is_empty() {
            written.insert("Condition".to_owned(), conditions_json(&self.conditions));
        }
        Value::Object(written)
    }
}

fn principals_json(named: &[NamedPrincipal]) -> Value {
    let mut by_kind: Map<String, Value> = Map::new();
    for principal in named {
        let kind = match format!("{:?}", principal.kind) {
            acronym if acronym.len() == 3 => acronym.to_uppercase(),
            name => name,
        };
        if let Value::Array(list) = by_kind.entry(kind).or_insert_with(|| json!([])) {
            list.push(json!(principal.written));
        }
    }
    Value::Object(by_kind)
}

fn conditions_json(conditions: &[Condition]) -> Value {
    let mut by_comparison: Map<String, Value> = Map::new();
    for condition in conditions {
        let quantifier = match condition.quantifier {
            Some(Quantifier::ForAllValues) => "ForAllValues:",
            Some(Quantifier::ForAnyValue) => "ForAnyValue:",
            None => "",
        };
        let if_exists = if condition.if_exists { "IfExists" } else { "" };
        let comparison = format!("{quantifier}{:?}{if_exists}", condition.operator);
        let values: Vec<&str> = condition.values.iter().map(Pattern::text).collect();
        if let Value::Object(keys) = by_comparison.entry(comparison).or_insert_with(|| json!({})) {
            keys.insert(condition.key.clone(), json!(values));
        }
    }
    Value::Object(by_comparison)
}

#[cfg(test)]
mod tests {
    use super::super::{parse_identity, parse_trust};
    use super::*;

    #[test]
    fn a_statement_is_written_as_it_was_read() {
        let statements = [
            json!({"Sid": "a", "Effect": "Allow", "Action": ["s3:Get*"], "Resource": ["arn:aws:s3:::b/${aws:username}"],
            "Condition": {
                "StringEquals": {"aws:username": ["x", "y"], "aws:userid": ["z"]},
                "ForAllValues:StringLikeIfExists": {"aws:TagKeys": ["t*"]},
                "Null": {"aws:SourceIp": ["false"]},
            }}),
            json!({"Effect": "Deny", "NotAction": ["iam:*"], "NotResource": ["*"]}),
        ];
        let text = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
        let read = parse_identity(&text).unwrap();
        let written: Vec<Value> = read.statements.iter().map(Statement::to_json).collect();
        assert_eq!(written, statements);
    }

    #[test]
    fn principals_are_written_by_kind_and_no_resource_is() {
        let statement = json!({"Effect": "Allow", "Action": ["sts:AssumeRole"],
            "Principal": {"AWS": ["arn:aws:iam::123456789012:root"], "Service": ["ec2.amazonaws.com"]}});
        let read = parse_trust(&json!({"Version": "2012-10-17", "Statement": [statement]}).to_string()).unwrap();
        assert_eq!(read.statements[0].to_json(), statement);
    }
}
