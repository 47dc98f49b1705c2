//! Another reading of AWS's rules, the crate iam-rs, beside ours: what both say of random policies is the same, but for
//! what is told here by name with the document that decides.

use iam_rs::{
    Arn, Context as OtherContext, ContextValue, Decision, IAMPolicy, IAMRequest, Principal, PrincipalId,
    evaluate_policy,
};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Context, Request, Verdict, parse_identity};

/// The facts of a request; what kind of value a key has is told by its name.
type Facts = Vec<(String, Vec<String>)>;

fn ours(policy: &Value, action: &str, resource: &str, facts: &Facts) -> Decision {
    let mut context = Context::new();
    for (key, values) in facts {
        context.put_all(key, values.iter().cloned());
    }
    let request = Request { action, resource, principal: None, context: &context };
    match parse_identity(&policy.to_string()).unwrap().evaluate(&request) {
        Verdict::Allow(_) => Decision::Allow,
        Verdict::Deny(_) => Decision::Deny,
        Verdict::NoMatch => Decision::NotApplicable,
    }
}

/// None where the other cannot tell.
fn theirs(policy: &Value, action: &str, resource: &str, facts: &Facts) -> Option<Decision> {
    let policy: IAMPolicy = serde_json::from_value(policy.clone()).ok()?;
    let mut context = OtherContext::new();
    for (key, values) in facts {
        let value = match (key.as_str(), &values[..]) {
            ("k:truth", [value]) => ContextValue::Boolean(value == "true"),
            (_, [value]) => ContextValue::String(value.clone()),
            _ => ContextValue::StringList(values.clone()),
        };
        context.insert(key.clone(), value);
    }
    let principal = Principal::Aws(PrincipalId::String("arn:aws:iam::111122223333:user/a".into()));
    let request = IAMRequest::new_with_context(principal, action, Arn::parse(resource).ok()?, context);
    evaluate_policy(&policy, &request).ok()
}

/// Why the two may differ.
struct Difference {
    /// What decides, and for whom.
    source: &'static str,
    /// Whether a statement is such that they may.
    covers: fn(&Value, &Facts) -> bool,
    condition: &'static str,
    resource: &'static str,
    facts: &'static [(&'static str, &'static str)],
    /// Whether the example's statement applies, by ours; by theirs it does otherwise.
    applies: bool,
}

fn text(value: &Value) -> String {
    value.to_string()
}

fn has_operator(statement: &Value, part: &str) -> bool {
    statement["Condition"].as_object().is_some_and(|condition| condition.keys().any(|name| name.contains(part)))
}

fn named_resource(statement: &Value) -> String {
    text(statement.get("Resource").or(statement.get("NotResource")).unwrap_or(&Value::Null))
}

const OPERATORS: &str = "IAM User Guide, \"IAM JSON policy elements: Condition operators\"";
const VARIABLES: &str = "IAM User Guide, \"IAM policy elements: Variables and tags\"";

const DIFFERENCES: [Difference; 6] = [
    // ArnEquals and ArnLike do the same: wildcards are wildcards in both. The other compares texts in ArnEquals.
    Difference {
        source: OPERATORS,
        covers: |statement, _| has_operator(statement, "ArnEquals") || has_operator(statement, "ArnNotEquals"),
        condition: r#"{"ArnEquals":{"k:arn":"arn:aws:sns:*:1:t"}}"#,
        resource: "*",
        facts: &[("k:arn", "arn:aws:sns:eu-west-1:1:t")],
        applies: true,
    },
    // A wildcard of ArnLike stays between colons. The other lets it run over them.
    Difference {
        source: OPERATORS,
        covers: |statement, _| has_operator(statement, "ArnLike") || has_operator(statement, "ArnNotLike"),
        condition: r#"{"ArnLike":{"k:arn":"arn:aws:sns:*:1:t"}}"#,
        resource: "*",
        facts: &[("k:arn", "arn:aws:sns:eu-west-1:2:x:1:t")],
        applies: false,
    },
    // Bytes are compared one by one. The other takes letters of either case for the same.
    Difference {
        source: OPERATORS,
        covers: |statement, _| has_operator(statement, "BinaryEquals"),
        condition: r#"{"BinaryEquals":{"k:text":"QQ=="}}"#,
        resource: "*",
        facts: &[("k:text", "qq==")],
        applies: false,
    },
    // Values of conditions have variables. The other has them in resources alone.
    Difference {
        source: VARIABLES,
        covers: |statement, _| text(&statement["Condition"]).contains("${"),
        condition: r#"{"StringEquals":{"k:text":"${k:other}"}}"#,
        resource: "*",
        facts: &[("k:text", "a"), ("k:other", "a")],
        applies: true,
    },
    // A variable without a value matches nothing, and special characters have variables of their own. To the other both
    // are nothing, which leaves the rest of the text to match.
    Difference {
        source: VARIABLES,
        covers: |statement, _| named_resource(statement).contains("${"),
        condition: "{}",
        resource: "arn:aws:s3:::a${k:none}",
        facts: &[],
        applies: false,
    },
    // A wildcard is compared as one with whatever stands in the request. The other takes a star in the request for the
    // star of the pattern, and no more.
    Difference {
        source: OPERATORS,
        covers: |_, facts| facts.iter().any(|(_, values)| values.iter().any(|value| value.contains(['*', '?']))),
        condition: r#"{"StringLike":{"k:text":"*b"}}"#,
        resource: "*",
        facts: &[("k:text", "*ab")],
        applies: true,
    },
];

#[test]
fn each_difference_is_one() {
    for (at, of) in DIFFERENCES.iter().enumerate() {
        let statement = json!({"Effect": "Allow", "Action": "s3:*", "Resource": of.resource,
            "Condition": serde_json::from_str::<Value>(of.condition).unwrap()});
        let facts: Facts = of.facts.iter().map(|(key, value)| ((*key).to_owned(), vec![(*value).to_owned()])).collect();
        assert!((of.covers)(&statement, &facts), "{at}: {}", of.source);
        let policy = json!({"Version": "2012-10-17", "Statement": [statement]});
        let asked = ("s3:GetObject", "arn:aws:s3:::a");
        let ours = ours(&policy, asked.0, asked.1, &facts);
        assert_eq!(ours == Decision::Allow, of.applies, "{at}: {}", of.source);
        assert_ne!(Some(ours), theirs(&policy, asked.0, asked.1, &facts), "{at}: no longer a difference");
    }
}

fn condition() -> impl Strategy<Value = Value> {
    let one = |operators: &'static [&'static str], key: &'static str, values: &'static [&'static str]| {
        let values = prop::collection::vec(prop::sample::select(values), 1..3);
        (prop::sample::select(operators), values)
            .prop_map(move |(operator, values)| json!({ operator: { key: values } }))
    };
    prop_oneof![
        one(
            &[
                "StringEquals",
                "StringNotEquals",
                "StringEqualsIgnoreCase",
                "StringNotEqualsIgnoreCase",
                "StringLike",
                "StringNotLike",
                "StringEqualsIfExists",
                "StringNotLikeIfExists",
                "BinaryEquals",
            ],
            "k:text",
            &["a", "A", "ab", "a*", "?b", "*", "", "${k:other}", "a${*}"],
        ),
        one(&["StringEquals", "StringLike"], "K:TEXT", &["a", "a*"]),
        one(
            &[
                "ForAllValues:StringEquals",
                "ForAnyValue:StringEquals",
                "ForAllValues:StringLike",
                "ForAnyValue:StringLike",
                "ForAllValues:StringNotEquals",
                "ForAnyValue:StringNotEquals",
                "ForAllValues:StringNotLike",
                "ForAnyValue:StringNotLike",
            ],
            "k:list",
            &["a", "b", "ab", "a*", "*b"],
        ),
        one(
            &[
                "NumericEquals",
                "NumericNotEquals",
                "NumericLessThan",
                "NumericLessThanEquals",
                "NumericGreaterThan",
                "NumericGreaterThanEquals",
                "NumericLessThanIfExists",
            ],
            "k:number",
            &["1", "2", "1.5", "-3", "10", "1e1"],
        ),
        one(
            &[
                "DateEquals",
                "DateNotEquals",
                "DateLessThan",
                "DateLessThanEquals",
                "DateGreaterThan",
                "DateGreaterThanEquals",
                "DateGreaterThanIfExists",
            ],
            "k:date",
            &["2020-01-01T00:00:00Z", "2020-01-01T01:00:00+01:00", "1577836800", "2021-06-30T12:30:15Z"],
        ),
        one(&["Bool", "BoolIfExists"], "k:truth", &["true", "false"]),
        one(
            &["IpAddress", "NotIpAddress", "IpAddressIfExists", "NotIpAddressIfExists"],
            "k:address",
            &["203.0.113.0/24", "203.0.113.7", "2001:db8::/32", "0.0.0.0/0", "198.51.100.0/25"],
        ),
        one(
            &["ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"],
            "k:arn",
            &["arn:aws:sns:*:1:t", "arn:aws:sns:eu-west-1:1:t", "arn:aws:sns:*:t", "arn:aws:*:*:*:*"],
        ),
        (prop::sample::select(vec!["k:text", "k:none", "k:list"]), any::<bool>())
            .prop_map(|(key, absent)| json!({"Null": {key: absent.to_string()}})),
    ]
}

fn statement() -> impl Strategy<Value = Value> {
    let action = prop::sample::select(vec!["*", "s3:*", "S3:get*", "s3:GetObject", "s3:?etObject", "iam:*", "*:*"]);
    let resource = prop::sample::select(vec![
        "*",
        "arn:aws:s3:::*",
        "arn:aws:s3:::a",
        "arn:aws:s3:::a/*",
        "arn:aws:s3:::?",
        "arn:*:s3:::a*",
        "arn:aws:s3:::${k:text}",
        "arn:aws:s3:::a${k:none}",
        "arn:aws:iam::*:user/*",
        "arn:aws:iam::111122223333:*",
    ]);
    let conditions = prop::collection::vec(condition(), 0..3);
    (prop::bool::weighted(0.7), prop::bool::weighted(0.2), action, prop::bool::weighted(0.2), resource, conditions)
        .prop_map(|(allow, not_action, action, not_resource, resource, conditions)| {
            let mut condition = serde_json::Map::new();
            for one in conditions {
                condition.extend(one.as_object().unwrap().clone());
            }
            let mut statement = json!({
                "Effect": if allow { "Allow" } else { "Deny" },
                (if not_action { "NotAction" } else { "Action" }): action,
                (if not_resource { "NotResource" } else { "Resource" }): resource,
            });
            if !condition.is_empty() {
                statement["Condition"] = Value::Object(condition);
            }
            statement
        })
}

fn facts() -> impl Strategy<Value = Facts> {
    let one = |key: &'static str, values: &'static [&'static str]| {
        let value = prop::option::weighted(0.8, prop::sample::select(values));
        value.prop_map(move |value| value.map(|value| (key.to_owned(), vec![value.to_owned()])))
    };
    let list = prop::option::weighted(0.8, prop::collection::vec(prop::sample::select(vec!["a", "b", "ab"]), 1..4))
        .prop_map(|list| list.map(|list| ("k:list".to_owned(), list.into_iter().map(str::to_owned).collect())));
    (
        one("k:text", &["a", "A", "ab", "b", "a*"]),
        list,
        one("k:number", &["1", "1.50", "10", "-3", "few"]),
        one("k:date", &["2020-01-01T00:00:00Z", "1577836800", "2022-01-01T00:00:00Z"]),
        one("k:truth", &["true", "false"]),
        one("k:address", &["203.0.113.7", "203.0.113.8", "2001:db8::1", "198.51.100.200"]),
        one("k:arn", &["arn:aws:sns:eu-west-1:1:t", "arn:aws:sqs:eu-west-1:1:t", "arn:aws:sns:eu-west-1:2:x:1:t"]),
    )
        .prop_map(|(text, list, number, date, truth, address, arn)| {
            [text, list, number, date, truth, address, arn].into_iter().flatten().collect()
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_096))]

    #[test]
    fn both_readings_agree_but_for_what_is_told(
        statements in prop::collection::vec(statement(), 1..4),
        action in prop::sample::select(vec!["s3:GetObject", "s3:PutObject", "iam:GetUser"]),
        resource in prop::sample::select(vec!["arn:aws:s3:::a", "arn:aws:s3:::a/b", "arn:aws:s3:::ab", "arn:aws:iam::111122223333:user/a"]),
        facts in facts(),
    ) {
        let policy = json!({"Version": "2012-10-17", "Statement": statements});
        let ours = ours(&policy, action, resource, &facts);
        if let Some(theirs) = theirs(&policy, action, resource, &facts)
            && ours != theirs
        {
            let told = |statement: &Value| DIFFERENCES.iter().any(|of| (of.covers)(statement, &facts));
            prop_assert!(statements.iter().any(told), "ours {:?}, theirs {:?}: {} {:?}", ours, theirs, policy, facts);
        }
    }
}
