//! What holds of every policy and every request.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Admission, Context, Document, Effect, PolicyLanguage, Request, Taker, Verdict, parse_trust};

const LANGUAGES: [PolicyLanguage; 2] = [PolicyLanguage::Ram, PolicyLanguage::Iam];

/// The operators that both languages have.
const COMMON_OPERATORS: [&str; 10] = [
    "StringEquals",
    "StringNotLike",
    "StringEqualsIgnoreCase",
    "NumericLessThan",
    "NumericNotEquals",
    "DateGreaterThan",
    "Bool",
    "IpAddress",
    "NotIpAddress",
    "ForAllValues:StringLike",
];

/// Those that IAM's alone has.
const IAMS_OPERATORS: [&str; 5] =
    ["BinaryEquals", "ArnLike", "ArnNotEquals", "ForAnyValue:StringNotEqualsIfExists", "Null"];

fn operator(language: PolicyLanguage) -> impl Strategy<Value = &'static str> {
    let iams: &[&str] = if language == PolicyLanguage::Iam { &IAMS_OPERATORS } else { &[] };
    prop::sample::select([&COMMON_OPERATORS, iams].concat())
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-c*?$]{0,4}",
        "\\$\\{(a|b|a:c|\\*)(, 'x')?\\}?",
        "((arn:aws|acs):)?(s3|iam|ram):[*?a:]{0,8}",
        "-?[0-9]{1,20}(\\.[0-9])?",
        "[0-9]{4}-[01][0-9]-[0-3][0-9](T[0-2][0-9]:[0-5][0-9]Z)?",
        "([0-9]{1,3}\\.){3}[0-9]{1,3}(/[0-9]{1,2})?",
        "\\PC{0,6}",
    ]
}

fn condition(language: PolicyLanguage) -> impl Strategy<Value = Value> {
    let date =
        |operator: &str, value: String| if operator.starts_with("Date") { "2026-01-01".to_owned() } else { value };
    (operator(language), prop::sample::select(vec!["a:a", "x:b", "A:C", "x:none"]), text())
        .prop_map(move |(operator, key, value)| json!({ operator: { key: date(operator, value) } }))
}

fn resource(language: PolicyLanguage) -> &'static str {
    match language {
        PolicyLanguage::Iam => "\\*|arn:(aws|\\*):s3:::([a-c*?]|\\$\\{a:a\\}|\\$\\{none\\}|\\$\\{none, 'b'\\}){0,4}",
        PolicyLanguage::Ram => "\\*|acs:(ram|ims|oss|\\*|[r?*]{0,3}):(\\*|x)?:(\\*|1)?:([a-c*?:]){0,4}",
    }
}

fn statement(language: PolicyLanguage) -> impl Strategy<Value = Value> {
    let action = "\\*|(s3|ram|ims):[A-C*?]{1,3}";
    (any::<bool>(), any::<bool>(), action, any::<bool>(), resource(language), prop::option::of(condition(language)))
        .prop_map(|(allow, not_action, action, not_resource, resource, condition)| {
            json!({
                "Effect": if allow { "Allow" } else { "Deny" },
                (if not_action { "NotAction" } else { "Action" }): action,
                (if not_resource { "NotResource" } else { "Resource" }): resource,
                "Condition": condition.unwrap_or_else(|| json!({})),
            })
        })
}

fn facts() -> impl Strategy<Value = Context> {
    (prop::option::of(text()), prop::collection::vec(text(), 0..3), prop::option::of(text())).prop_map(|(a, b, c)| {
        let mut context = Context::new();
        context.put_some("a:a", a);
        context.put_all("X:B", b);
        context.put_some("a:c", c);
        context
    })
}

/// What is asked, in either language's names.
fn asked(language: PolicyLanguage) -> impl Strategy<Value = (String, String)> {
    let resource = match language {
        PolicyLanguage::Iam => "\\*|arn:aws:s3:::[a-c]{0,4}|\\PC{0,8}",
        PolicyLanguage::Ram => "\\*|acs:(ram|oss):(\\*|x)?:1:[a-c:]{0,4}|\\PC{0,8}",
    };
    ("(s3|S3|ram|ims|RAM):[A-Ca-c]{0,3}|\\PC{0,4}", resource)
}

/// A language, statements in it, one more, facts and what is asked.
fn case() -> impl Strategy<Value = (PolicyLanguage, Vec<Value>, Value, Context, (String, String))> {
    prop::sample::select(&LANGUAGES[..]).prop_flat_map(|language| {
        let statements = prop::collection::vec(statement(language), 1..5);
        (Just(language), statements, statement(language), facts(), asked(language))
    })
}

fn document(language: PolicyLanguage, statements: &[Value]) -> Document {
    let version = match language {
        PolicyLanguage::Ram => "1",
        PolicyLanguage::Iam => "2012-10-17",
    };
    language.parse_identity(&json!({"Version": version, "Statement": statements}).to_string()).unwrap()
}

fn word(verdict: Verdict<'_>) -> &'static str {
    match verdict {
        Verdict::Allow(_) => "allow",
        Verdict::Deny(_) => "deny",
        Verdict::NoMatch => "no match",
    }
}

proptest! {
    #[test]
    fn judging_never_panics_and_denying_wins((language, statements, _, context, (action, resource)) in case()) {
        let document = document(language, &statements);
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
    fn one_more_statement_only_moves_towards_its_effect(
        (language, statements, mut extra, context, (action, resource)) in case(),
        at in 0_usize..5,
    ) {
        let request = Request { action: &action, resource: &resource, principal: None, context: &context };
        let before = word(document(language, &statements).evaluate(&request));
        for effect in ["Allow", "Deny"] {
            extra["Effect"] = json!(effect);
            let mut more = statements.clone();
            more.insert(at.min(statements.len()), extra.clone());
            let after = word(document(language, &more).evaluate(&request));
            let towards = if effect == "Allow" { ("no match", "allow") } else { (before, "deny") };
            prop_assert!(after == before || (before, after) == towards, "{before} {after} by {effect}");
        }
    }

    #[test]
    fn the_order_of_statements_does_not_matter((language, mut statements, _, context, (action, resource)) in case()) {
        let request = Request { action: &action, resource: &resource, principal: None, context: &context };
        let before = word(document(language, &statements).evaluate(&request));
        for _ in 0..statements.len() {
            statements.rotate_left(1);
            prop_assert_eq!(before, word(document(language, &statements).evaluate(&request)));
        }
        statements.reverse();
        prop_assert_eq!(before, word(document(language, &statements).evaluate(&request)));
    }

    #[test]
    fn a_star_covers_all((language, statements, _, context, (action, resource)) in case()) {
        let request = Request { action: &action, resource: &resource, principal: None, context: &context };
        let all = |effect: &str| json!({"Effect": effect, "Action": "*", "Resource": "*"});
        let mut more = statements;
        more.push(all("Allow"));
        prop_assert_ne!(word(document(language, &more).evaluate(&request)), "no match");
        more.push(all("Deny"));
        prop_assert_eq!(word(document(language, &more).evaluate(&request)), "deny");
        let none = json!({"Effect": "Allow", "NotAction": "*", "Resource": "*"});
        prop_assert_eq!(word(document(language, &[none]).evaluate(&request)), "no match");
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
