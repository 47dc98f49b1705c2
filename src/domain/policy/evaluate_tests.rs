//! What policies say of requests, case by case.

use serde_json::{Value, json};

use super::*;
use crate::domain::policy::{parse_identity, parse_session};

/// The facts that every case here is judged by.
fn context() -> Context {
    let mut context = Context::new();
    for (key, value) in [
        ("aws:username", "alice"),
        ("aws:SourceIp", "203.0.113.7"),
        ("aws:CurrentTime", "2026-11-21T10:00:00Z"),
        ("aws:EpochTime", "1795255200"),
        ("aws:MultiFactorAuthAge", "120"),
        ("aws:MultiFactorAuthPresent", "true"),
        ("aws:PrincipalArn", "arn:aws:iam::123456789012:user/div/alice"),
        ("aws:PrincipalTag/Team", "blue"),
        ("x:Blob", "QmluYXJ5"),
        ("x:Star", "a*c"),
    ] {
        context.put(key, value);
    }
    context.put_all("aws:TagKeys", ["Team".to_owned(), "Cost".to_owned()]);
    context
}

fn word(document: &Document, action: &str, resource: &str) -> &'static str {
    let context = context();
    let request = Request { action, resource, principal: None, context: &context };
    match document.evaluate(&request) {
        Verdict::Allow(_) => "allow",
        Verdict::Deny(_) => "deny",
        Verdict::NoMatch => "no match",
    }
}

fn document(statements: &Value) -> Document {
    parse_identity(&json!({"Version": "2012-10-17", "Statement": statements}).to_string()).unwrap()
}

/// Whether a statement under this condition applies.
fn under(condition: &Value) -> bool {
    let statement = json!({"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition});
    word(&document(&statement), "iam:GetUser", "*") == "allow"
}

#[test]
fn actions_ignore_case_and_resources_do_not() {
    let policy = document(&json!({"Effect": "Allow", "Action": "IAM:get*", "Resource": "arn:aws:iam::1:user/a*"}));
    assert_eq!(word(&policy, "iam:GetUser", "arn:aws:iam::1:user/alice"), "allow");
    assert_eq!(word(&policy, "iam:ListUsers", "arn:aws:iam::1:user/alice"), "no match");
    assert_eq!(word(&policy, "iam:GetUser", "arn:aws:iam::1:user/Alice"), "no match");
    assert_eq!(word(&policy, "iam:GetUser", "*"), "no match");
}

#[test]
fn denying_wins_wherever_it_stands() {
    let allow = json!({"Effect": "Allow", "Action": "*", "Resource": "*"});
    let deny = json!({"Effect": "Deny", "Action": "iam:*", "Resource": "*"});
    for order in [json!([allow, deny]), json!([deny, allow])] {
        assert_eq!(word(&document(&order), "iam:GetUser", "*"), "deny");
        assert_eq!(word(&document(&order), "s3:GetObject", "*"), "allow");
    }
}

#[test]
fn the_statement_that_decided_is_told() {
    let policy = document(&json!([
        {"Sid": "A", "Effect": "Allow", "Action": "s3:*", "Resource": "*"},
        {"Sid": "B", "Effect": "Allow", "Action": "iam:*", "Resource": "*"},
        {"Sid": "C", "Effect": "Allow", "Action": "*", "Resource": "*"},
    ]));
    let context = context();
    let request = Request { action: "iam:GetUser", resource: "*", principal: None, context: &context };
    let Verdict::Allow(decision) = policy.evaluate(&request) else { panic!("not allowed") };
    assert_eq!((decision.index, decision.statement.sid.as_deref()), (1, Some("B")));
}

#[test]
fn lists_of_exceptions_invert() {
    let policy = document(&json!({"Effect": "Allow", "NotAction": "iam:*", "NotResource": "arn:aws:s3:::secret"}));
    assert_eq!(word(&policy, "s3:GetObject", "arn:aws:s3:::open"), "allow");
    assert_eq!(word(&policy, "s3:GetObject", "arn:aws:s3:::secret"), "no match");
    assert_eq!(word(&policy, "iam:GetUser", "arn:aws:s3:::open"), "no match");
}

#[test]
fn variables_take_the_requests_values() {
    let of = |resource: &str| {
        let policy = document(&json!({"Effect": "Allow", "Action": "*", "Resource": resource}));
        word(&policy, "s3:GetObject", "arn:aws:s3:::home/alice")
    };
    assert_eq!(of("arn:aws:s3:::home/${aws:username}"), "allow");
    assert_eq!(of("arn:aws:s3:::home/${AWS:USERNAME}"), "allow");
    assert_eq!(of("arn:aws:s3:::home/${aws:PrincipalTag/none, 'alice'}"), "allow");
    assert_eq!(of("arn:aws:s3:::home/${aws:PrincipalTag/none}"), "no match");
    // a key with several values stands for none
    assert_eq!(of("arn:aws:s3:::home/${aws:TagKeys}"), "no match");
}

#[test]
fn a_variable_without_a_value_does_not_shorten_a_list_of_exceptions() {
    let policy = document(&json!({"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::${aws:nothing}"}));
    assert_eq!(word(&policy, "s3:GetObject", "arn:aws:s3:::any"), "no match");
    assert!(!under(&json!({"StringNotEquals": {"aws:username": "${aws:nothing}"}})));
    assert!(!under(&json!({"StringNotEquals": {"x:absent": "${aws:nothing}"}})));
    assert!(!under(&json!({"StringNotLike": {"aws:username": ["bob", "${aws:nothing}"]}})));
    // of alternatives one without a value takes nothing from the others
    assert!(under(&json!({"StringEquals": {"aws:username": ["${aws:nothing}", "alice"]}})));
}

#[test]
fn variables_are_texts_in_the_older_language() {
    let text = json!({"Version": "2008-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*",
        "Condition": {"StringEquals": {"aws:username": "${aws:username}"}}}});
    assert_eq!(word(&parse_session(&text.to_string()).unwrap(), "iam:GetUser", "*"), "no match");
}

#[test]
fn operators_compare() {
    for (operator, key, wanted, expected) in [
        ("StringEquals", "aws:username", "alice", true),
        ("StringEquals", "AWS:UserName", "alice", true),
        ("StringEquals", "aws:username", "Alice", false),
        ("StringEquals", "aws:username", "al*", false),
        ("StringEquals", "x:star", "a*c", true),
        ("StringEquals", "aws:PrincipalTag/team", "blue", true),
        ("StringEquals", "aws:PrincipalTag/Team", "${aws:PrincipalTag/TEAM}", true),
        ("StringNotEquals", "aws:username", "bob", true),
        ("StringNotEquals", "aws:username", "alice", false),
        ("StringEqualsIgnoreCase", "aws:username", "ALICE", true),
        ("StringNotEqualsIgnoreCase", "aws:username", "ALICE", false),
        ("StringLike", "aws:username", "a?i*", true),
        ("StringLike", "x:star", "a${*}c", true),
        ("StringNotLike", "aws:username", "a*", false),
        ("NumericEquals", "aws:MultiFactorAuthAge", "120.0", true),
        ("NumericNotEquals", "aws:MultiFactorAuthAge", "120", false),
        ("NumericLessThan", "aws:MultiFactorAuthAge", "120", false),
        ("NumericLessThanEquals", "aws:MultiFactorAuthAge", "120", true),
        ("NumericGreaterThan", "aws:MultiFactorAuthAge", "99", true),
        ("NumericGreaterThanEquals", "aws:MultiFactorAuthAge", "121", false),
        ("NumericLessThan", "aws:username", "5", false),
        ("DateEquals", "aws:CurrentTime", "2026-11-21T11:00:00+01:00", true),
        ("DateNotEquals", "aws:CurrentTime", "2026-11-21", true),
        ("DateLessThan", "aws:CurrentTime", "2027", true),
        ("DateLessThanEquals", "aws:EpochTime", "1795255200", true),
        ("DateGreaterThan", "aws:CurrentTime", "2026-11-21T10:00:00Z", false),
        ("DateGreaterThanEquals", "aws:EpochTime", "2026-11-21T10:00:00Z", true),
        ("Bool", "aws:MultiFactorAuthPresent", "True", true),
        ("Bool", "aws:MultiFactorAuthPresent", "false", false),
        ("BinaryEquals", "x:Blob", "QmluYXJ5", true),
        ("BinaryEquals", "x:Blob", "qmluyxj5", false),
        ("IpAddress", "aws:SourceIp", "203.0.113.0/24", true),
        ("NotIpAddress", "aws:SourceIp", "203.0.113.0/24", false),
        ("IpAddress", "aws:SourceIp", "2001:db8::/32", false),
        ("ArnEquals", "aws:PrincipalArn", "arn:aws:iam::*:user/div/*", true),
        ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::123456789012:user/*", true),
        ("ArnNotEquals", "aws:PrincipalArn", "arn:aws:iam::*:role/*", true),
        ("ArnNotLike", "aws:PrincipalArn", "arn:aws:iam::*:user/div/alice", false),
        ("Null", "aws:username", "false", true),
        ("Null", "aws:username", "true", false),
        ("Null", "x:absent", "true", true),
    ] {
        assert_eq!(under(&json!({ operator: { key: wanted } })), expected, "{operator} {key} {wanted}");
    }
}

#[test]
fn a_set_of_nothing_but_an_empty_text_is_empty() {
    let mut context = Context::new();
    context.put("x:Empty", "");
    let holds = |operator: &str, wanted: &str| {
        let condition = json!({ operator: { "x:Empty": wanted } });
        let statement = json!({"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition});
        let request = Request { action: "iam:GetUser", resource: "*", principal: None, context: &context };
        document(&statement).evaluate(&request) != Verdict::NoMatch
    };
    assert!(holds("ForAllValues:StringEquals", "a") && !holds("ForAnyValue:StringEquals", ""));
    assert!(!holds("ForAnyValue:StringNotEquals", "a") && holds("ForAnyValue:StringEqualsIfExists", "a"));
    assert!(holds("StringEquals", "") && holds("Null", "false"));
}

#[test]
fn an_absent_key_fits_nothing_so_that_only_negations_hold() {
    for (operator, wanted, expected) in [
        ("StringEquals", "a", false),
        ("StringNotEquals", "a", true),
        ("StringLike", "*", false),
        ("StringNotLike", "*", true),
        ("NumericLessThan", "1", false),
        ("NumericNotEquals", "1", true),
        ("DateNotEquals", "2026", true),
        ("Bool", "false", false),
        ("IpAddress", "0.0.0.0/0", false),
        ("NotIpAddress", "0.0.0.0/0", true),
        ("ArnNotLike", "arn:*:*:*:*:*", true),
        ("BoolIfExists", "true", true),
        ("StringEqualsIfExists", "a", true),
        ("StringNotEqualsIfExists", "a", true),
        ("ForAllValues:StringEquals", "a", true),
        ("ForAnyValue:StringEquals", "a", false),
        ("ForAnyValue:StringNotEquals", "a", false),
    ] {
        assert_eq!(under(&json!({ operator: { "x:absent": wanted } })), expected, "{operator}");
    }
    assert!(!under(&json!({"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}})));
}

#[test]
fn keys_with_several_values_are_taken_as_told() {
    for (operator, wanted, expected) in [
        ("ForAllValues:StringEquals", json!(["Team", "Cost", "Other"]), true),
        ("ForAllValues:StringEquals", json!(["Team"]), false),
        ("ForAnyValue:StringEquals", json!(["Team"]), true),
        ("ForAnyValue:StringEquals", json!(["Other"]), false),
        ("ForAnyValue:StringNotEquals", json!(["Team"]), true),
        ("ForAnyValue:StringNotEquals", json!(["Team", "Cost"]), false),
        ("ForAllValues:StringNotEquals", json!(["Other"]), true),
        ("ForAllValues:StringNotEquals", json!(["Team"]), false),
        ("ForAnyValue:StringLike", json!("C*"), true),
        ("StringEquals", json!("Team"), true),
        ("StringNotEquals", json!("Team"), false),
    ] {
        assert_eq!(under(&json!({ operator: { "aws:TagKeys": wanted } })), expected, "{operator} {wanted}");
    }
}

#[test]
fn all_conditions_must_hold_and_any_value_will_do() {
    assert!(under(
        &json!({"StringEquals": {"aws:username": ["bob", "alice"], "x:star": "a*c"}, "Null": {"x:a": true}})
    ));
    assert!(!under(&json!({"StringEquals": {"aws:username": "alice", "x:star": "b"}})));
    assert!(!under(
        &json!({"StringEquals": {"aws:username": "alice"}, "Bool": {"aws:MultiFactorAuthPresent": "false"}})
    ));
    assert!(!under(&json!({"StringNotEquals": {"aws:username": ["bob", "alice"]}})));
}
