//! What holds of every document.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

fn parse_all(text: &str) -> Vec<Result<Document, PolicyFault>> {
    let both = [PolicyLanguage::Ram, PolicyLanguage::Iam];
    let all =
        both.map(|language| [language.parse_identity(text), language.parse_trust(text), language.parse_session(text)]);
    all.into_iter().flatten().collect()
}

/// JSON of a policy's words, put together anyhow.
fn any_json() -> impl Strategy<Value = Value> {
    let word = prop::sample::select(vec![
        "Allow",
        "Deny",
        "allow",
        "2012-10-17",
        "2008-10-17",
        "1",
        "*",
        "s3:Get*",
        "sts:AssumeRole",
        "arn:aws:s3:::a",
        "arn:aws:iam::123456789012:user/a",
        "::",
        "arn",
        "acs:ram::1:user/a",
        "2020-01-01T00:00Z",
        "${",
        "",
        "ä",
    ]);
    let leaf = prop_oneof![word.prop_map(Value::from), any::<i64>().prop_map(Value::from), Just(Value::Null)];
    let key = prop::sample::select(vec![
        "Version",
        "Id",
        "Statement",
        "Sid",
        "Effect",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Condition",
        "Principal",
        "AWS",
        "RAM",
        "a:b",
        "Service",
        "Federated",
        "DateEquals",
        "StringLike",
        "x",
    ]);
    leaf.prop_recursive(5, 64, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(key.clone().prop_map(str::to_owned), inner, 0..8)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

fn resource() -> impl Strategy<Value = String> {
    "\\*|arn:aws:(s3|ec2):::[a-z*?$:{}]{0,6}|arn:aws(-cn)?:iam::[0-9*]{0,3}:(user|role)/[a-z*?$]{0,4}"
}

proptest! {
    #[test]
    fn no_text_makes_reading_panic(text in "\\PC{0,80}", like in "([{}\\[\\],:]|\"(Version|Statement|Effect|Allow|\\*)\"|[0-9]| |\0){0,60}") {
        parse_all(&text).into_iter().for_each(drop);
        parse_all(&like).into_iter().for_each(drop);
        size_without_white_space(&text);
    }

    #[test]
    fn no_json_makes_reading_panic(json in any_json()) {
        parse_all(&json.to_string()).into_iter().for_each(drop);
    }

    #[test]
    fn an_accepted_policy_keeps_its_meaning(
        statements in prop::collection::vec(
            (any::<bool>(), any::<bool>(), prop::collection::vec("[a-z0-9]{1,4}:[A-Za-z*]{0,4}", 1..3),
             any::<bool>(), prop::collection::vec(resource(), 1..3)),
            1..5,
        ),
    ) {
        let written: Vec<Value> = statements
            .iter()
            .map(|(allow, not_action, actions, not_resource, resources)| json!({
                "Effect": if *allow { "Allow" } else { "Deny" },
                (if *not_action { "NotAction" } else { "Action" }): actions,
                (if *not_resource { "NotResource" } else { "Resource" }): resources,
            }))
            .collect();
        let text = json!({"Version": "2012-10-17", "Statement": written}).to_string();
        let document = parse_identity(&text).unwrap();
        prop_assert_eq!(document.statements.len(), statements.len());
        for (read, (allow, not_action, actions, not_resource, resources)) in document.statements.iter().zip(&statements) {
            prop_assert_eq!(read.effect, if *allow { Effect::Allow } else { Effect::Deny });
            let texts = |selection: &Selection<Pattern>| {
                selection.listed().iter().map(|pattern| pattern.text().to_owned()).collect::<Vec<_>>()
            };
            prop_assert_eq!(&texts(&read.actions), actions);
            prop_assert_eq!(&texts(&read.resources), resources);
            prop_assert_eq!(matches!(read.actions, Selection::AllBut(_)), *not_action);
            prop_assert_eq!(matches!(read.resources, Selection::AllBut(_)), *not_resource);
            prop_assert!(read.conditions.is_empty() && read.principals.is_none());
        }
        // reading does not depend on the white space, and a session's policy that an identity may have says the same
        let spaced = serde_json::to_string_pretty(&serde_json::from_str::<Value>(&text).unwrap()).unwrap();
        prop_assert_eq!(parse_identity(&spaced), Ok(document.clone()));
        prop_assert_eq!(parse_session(&text), Ok(document));
    }
}
