//! The document is that of the routes, and no call is without what belongs to it.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::conformity::fault;
use super::{DOCUMENT, calls, fields};
use crate::control_routes::routes;

#[test]
fn the_document_is_that_of_the_routes() {
    let described: BTreeSet<_> =
        calls().iter().map(|call| (call.method.to_uppercase(), call.path.to_owned())).collect();
    assert_eq!(described.len(), calls().len(), "a call is described twice");
    let routes = routes();
    let missing: Vec<_> = routes.difference(&described).collect();
    assert!(missing.is_empty(), "no calls() under control/ describes {missing:?}");
    let gone: Vec<_> = described.difference(&routes).collect();
    assert!(gone.is_empty(), "described, and no route: {gone:?}");
}

#[test]
fn every_call_is_whole() {
    let mut ids = BTreeSet::new();
    for (path, calls) in DOCUMENT["paths"].as_object().unwrap() {
        for (method, call) in calls.as_object().unwrap() {
            assert!(ids.insert(call["operationId"].to_string()), "{method} {path}: its id is that of another");
            assert!(call["summary"].as_str().is_some_and(|summary| !summary.is_empty()), "{method} {path}");
            let answers = call["responses"].as_object().unwrap();
            assert!(answers.keys().any(|status| status.starts_with('2')), "{method} {path} never succeeds");
            assert_eq!(call.get("requestBody").is_some(), answers.contains_key("413"), "{method} {path}");
            if path.contains('{') {
                assert!(answers.contains_key("404"), "{method} {path}: what if there is none?");
            }
        }
    }
}

#[test]
fn every_schema_that_is_named_is_there() {
    fn named<'a>(value: &'a Value, all: &mut BTreeSet<&'a str>) {
        match value {
            Value::Object(members) => {
                all.extend(members.get("$ref").and_then(Value::as_str));
                members.values().for_each(|value| named(value, all));
            }
            Value::Array(list) => list.iter().for_each(|value| named(value, all)),
            _ => {}
        }
    }
    let mut all = BTreeSet::new();
    named(&DOCUMENT, &mut all);
    let known = DOCUMENT["components"]["schemas"].as_object().unwrap();
    let known: BTreeSet<String> = known.keys().map(|name| format!("#/components/schemas/{name}")).collect();
    assert_eq!(all.into_iter().map(str::to_owned).collect::<BTreeSet<_>>(), known);
}

#[test]
fn an_answer_that_is_not_described_is_found() {
    let clock = &DOCUMENT["components"]["schemas"]["Clock"];
    let good = json!({"now": "2026-11-21T10:00:00Z", "mode": "system"});
    assert_eq!(fault(clock, &good, ""), None);
    for bad in [
        json!([]),
        json!({"now": "x"}),
        json!({"now": 1, "mode": "system"}),
        json!({"now": "x", "mode": "mad"}),
        json!({"now": "x", "mode": "system", "more": 1}),
    ] {
        assert!(fault(clock, &bad, "").is_some(), "{bad}");
    }
    assert_eq!(fault(&json!({"anyOf": [{"type": "null"}, {"type": "string"}]}), &json!("x"), ""), None);
    assert!(fault(&json!({"anyOf": [{"type": "null"}, {"type": "string"}]}), &json!(1), "").is_some());
}

#[test]
fn a_type_tells_its_members() {
    #[derive(serde::Deserialize)]
    #[expect(dead_code, reason = "only its members matter")]
    struct Two {
        one: String,
        #[serde(rename = "second")]
        two: Option<u8>,
    }
    assert_eq!(fields::of::<Two>(), Some(&["one", "second"][..]));
    assert_eq!(fields::of::<Value>(), None);
}
