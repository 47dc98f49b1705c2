//! What holds of every policy and every request.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Admission, Context, Document, Effect, Request, Taker, Verdict, parse_identity, parse_trust};

const OPERATORS: [&str; 14] = [
    "StringEquals",
    "StringNotLike",
    "StringEqualsIgnoreCase",
    "NumericLessThan",
    "NumericNotEquals",
    "DateGreaterThan",
    "Bool",
    "BinaryEquals",
    "IpAddress",
    "NotIpAddress",
    "ArnLike",
    "ArnNotEquals",
    "ForAllValues:StringLike",
    "ForAnyValue:StringNotEqualsIfExists",
];

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-c*?$]{0,4}",
        "\\$\\{(a|b|a:c|\\*)(, 'x')?\\}?",
        "(arn:aws:)?(s3|iam):[*?a:]{0,8}",
        "-?[0-9]{1,20}(\\.[0-9])?",
        "[0-9]{4}-[01][0-9]-[0-3][0-9](T[0-2][0-9]:[0-5][0-9]Z)?",
        "([0-9]{1,3}\\.){3}[0-9]{1,3}(/[0-9]{1,2})?",
        "\\PC{0,6}",
    ]
}

fn condition() -> impl Strategy<Value = Value> {
    let date =
        |operator: &str, value: String| if operator.starts_with("Date") { "2026-01-01".to_owned() } else { value };
    (prop::sample::select(&OPERATORS[..]), prop::sample::select(vec!["a", "b", "A:C", "none"]), text())
        .prop_map(move |(operator, key, value)| json!({ operator: { key: date(operator, value) } }))
}

fn statement() -> impl Strategy<Value = Value> {
    let resource = "\\*|arn:(aws|\\*):s3:::([a-c*?]|\\$\\{a\\}|\\$\\{none\\}|\\$\\{none, 'b'\\}){0,4}";
    let action = "\\*|s3:[A-C*?]{0,3}";
    (any::<bool>(), any::<bool>(), action, any::<bool>(), resource, prop::option::of(condition())).prop_map(
        |(allow, not_action, action, not_resource, resource, condition)| {
            json!({
                "Effect": if allow { "Allow" } else { "Deny" },
                (if not_action { "NotAction" } else { "Action" }): action,
                (if not_resource { "NotResource" } else { "Resource" }): resource,
                "Condition": condition.unwrap_or_else(|| json!({})),
            })
        },
    )
}

fn facts() -> impl Strategy<Value = Context> {
    (prop::option::of(text()), prop::collection::vec(text(), 0..3), prop::option::of(text())).prop_map(|(a, b, c)| {
        let mut context = Context::new();
        context.put_some("a", a);
        context.put_all("B", b);
        context.put_some("a:c", c);
        context
    })
}

fn document(statements: &[Value]) -> Document {
    parse_identity(&json!({"Version": "2012-10-17", "Statement": statements}).to_string()).unwrap()
}

fn asked() -> impl Strategy<Value = (String, String)> {
    ("(s3|S3):[A-Ca-c]{0,3}|\\PC{0,4}", "\\*|arn:aws:s3:::[a-c]{0,4}|\\PC{0,8}")
}

proptest! {
    #[test]
    fn judging_never_panics_and_denying_wins(
        statements in prop::collection::vec(statement(), 1..5),
        context in facts(),
        (action, resource) in asked(),
    ) {
        let document = document(&statements);
        let request = Request { action: &action, resource: &resource, principal: None, context: &context };
        let alone = |effect| document.statements.iter().any(|statement| {
            let one = Document { statements: vec![statement.clone()], ..document.clone() };
            statement.effect == effect && one.evaluate(&request) != Verdict::NoMatch
        });
        match document.evaluate(&request) {
            Verdict::Deny(decision) => {
                prop_assert_eq!(decision.statement.effect, Effect::Deny);
                prop_assert!(alone(Effect::Deny));
            }
            Verdict::Allow(decision) => {
                prop_assert_eq!(decision.statement.effect, Effect::Allow);
                prop_assert!(!alone(Effect::Deny));
            }
            Verdict::NoMatch => prop_assert!(!alone(Effect::Deny) && !alone(Effect::Allow)),
        }
    }

    #[test]
    fn one_more_denial_never_allows_more(
        statements in prop::collection::vec(statement(), 1..4),
        mut denial in statement(),
        at in 0_usize..4,
        context in facts(),
        (action, resource) in asked(),
    ) {
        denial["Effect"] = json!("Deny");
        let request = Request { action: &action, resource: &resource, principal: None, context: &context };
        let before = document(&statements);
        let mut more = statements.clone();
        more.insert(at.min(statements.len()), denial);
        let after = document(&more);
        if let Verdict::Allow(_) = after.evaluate(&request) {
            prop_assert!(matches!(before.evaluate(&request), Verdict::Allow(_)));
        }
    }

    #[test]
    fn nobody_is_let_in_whom_no_statement_names(
        effects in prop::collection::vec((any::<bool>(), 0_usize..4), 1..4),
        account in prop::option::of("1{12}|2{12}"),
        name in "arn:aws:iam::1{12}:user/[ab]",
    ) {
        let principals = ["*", "111111111111", "arn:aws:iam::111111111111:user/a", "arn:aws:iam::333333333333:root"];
        let statements: Vec<Value> = effects.iter().map(|(allow, who)| json!({
            "Effect": if *allow { "Allow" } else { "Deny" },
            "Principal": {"AWS": principals[*who]},
            "Action": "sts:AssumeRole",
        })).collect();
        let document = parse_trust(&json!({"Version": "2012-10-17", "Statement": statements}).to_string()).unwrap();
        let names = [name.clone()];
        let (context, account) = (Context::new(), account.as_deref());
        let principal = Some(Taker { account, names: &names });
        let request = Request { action: "sts:AssumeRole", resource: "*", principal, context: &context };
        let named = |who: usize| match who {
            0 => account.is_some(),
            1 => account == Some("111111111111"),
            2 => name.ends_with("/a"),
            _ => false,
        };
        let any = |wanted: bool| effects.iter().any(|(allow, who)| *allow == wanted && named(*who));
        let let_in = matches!(document.admission(&request), Admission::Admitted(_) | Admission::Delegated(_));
        prop_assert_eq!(let_in, any(true) && !any(false));
    }
}
