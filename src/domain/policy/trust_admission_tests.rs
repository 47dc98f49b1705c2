//! Whom trust policies let in.

use serde_json::{Value, json};

use super::*;
use crate::domain::policy::{Context, parse_trust};

const ALICE: &str = "arn:aws:iam::111111111111:user/div/alice";

fn policy(statements: &Value) -> Document {
    parse_trust(&json!({"Version": "2012-10-17", "Statement": statements}).to_string()).unwrap()
}

fn allow(principal: &Value) -> Document {
    policy(&json!([{"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}]))
}

fn word(document: &Document, account: Option<&str>, names: &[&str]) -> &'static str {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let principal = Some(Taker { account, names: &names });
    let context = Context::new();
    let request = Request { action: "sts:AssumeRole", resource: "arn:aws:iam::1:role/r", principal, context: &context };
    match document.admission(&request) {
        Admission::Admitted(_) => "admitted",
        Admission::Delegated(_) => "delegated",
        Admission::Denied(_) => "denied",
        Admission::Unmentioned => "unmentioned",
    }
}

#[test]
fn who_is_named_is_admitted_and_who_is_in_a_named_account_is_delegated() {
    let alice = |principal: &Value| word(&allow(principal), Some("111111111111"), &[ALICE, "AIDAAAAAAAAAAAAAAAAAA"]);
    for (principal, expected) in [
        (json!({"AWS": ALICE}), "admitted"),
        (json!({"AWS": "*"}), "admitted"),
        (json!({"AWS": "AIDAAAAAAAAAAAAAAAAAA"}), "admitted"),
        (json!({"AWS": "111111111111"}), "delegated"),
        (json!({"AWS": "arn:aws:iam::111111111111:root"}), "delegated"),
        (json!({"AWS": ["111111111111", ALICE]}), "admitted"),
        (json!({"AWS": "222222222222"}), "unmentioned"),
        (json!({"AWS": "arn:aws:iam::111111111111:user/alice"}), "unmentioned"),
        (json!({"AWS": "arn:aws:iam::111111111111:user/div/ALICE"}), "unmentioned"),
        (json!({"Service": "ec2.amazonaws.com"}), "unmentioned"),
    ] {
        assert_eq!(alice(&principal), expected, "{principal}");
    }
}

#[test]
fn services_and_providers_are_in_no_account() {
    let service = allow(&json!({"Service": "ec2.amazonaws.com", "AWS": "*"}));
    assert_eq!(word(&service, None, &["ec2.amazonaws.com"]), "admitted");
    assert_eq!(word(&service, None, &["lambda.amazonaws.com"]), "unmentioned");
    let federated = allow(&json!({"Federated": "accounts.google.com"}));
    assert_eq!(word(&federated, None, &["accounts.google.com"]), "admitted");
}

#[test]
fn a_denial_wins_however_it_names() {
    let document = policy(&json!([
        {"Effect": "Allow", "Principal": {"AWS": ALICE}, "Action": "sts:AssumeRole"},
        {"Effect": "Deny", "Principal": {"AWS": "111111111111"}, "Action": "sts:AssumeRole"},
    ]));
    assert_eq!(word(&document, Some("111111111111"), &[ALICE]), "denied");
}

#[test]
fn another_action_is_not_meant() {
    let document = policy(&json!([{"Effect": "Allow", "Principal": {"AWS": ALICE}, "Action": "sts:TagSession"}]));
    assert_eq!(word(&document, Some("111111111111"), &[ALICE]), "unmentioned");
}
