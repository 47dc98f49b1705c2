//! Which requests a fault strikes, and what may be written.

use serde_json::{Value, json};

use super::*;

const REQUEST: Request<'_> = Request {
    cloud: Cloud::Aws,
    service: "iam",
    action: "GetUser",
    account: "123456789012",
    user: Some("alice"),
    principal: "arn:aws:iam::123456789012:user/alice",
};

fn rule(value: Value) -> Result<Rule, String> {
    let rule: Rule = serde_json::from_value(value).map_err(|error| error.to_string())?;
    rule.check().map_err(|error| error.to_string())?;
    Ok(rule)
}

fn holds(matching: &Value) -> bool {
    rule(json!({"match": matching, "fault": {"drop": true}})).unwrap().matching.holds(&REQUEST)
}

#[test]
fn a_request_must_fit_every_member_that_is_there() {
    assert!(rule(json!({"fault": {"drop": true}})).unwrap().matching.holds(&REQUEST));
    for matching in [
        json!({}),
        json!({"cloud": "aws"}),
        json!({"service": "iam"}),
        json!({"action": "GetUser"}),
        json!({"action": "get*"}),
        json!({"action": "Get?ser", "account": "123456789012", "user": "Alice"}),
        json!({"principal": "*:user/alice"}),
    ] {
        assert!(holds(&matching), "{matching}");
    }
    for matching in [
        json!({"cloud": "alibaba"}),
        json!({"service": "sts"}),
        json!({"action": "GetUse"}),
        json!({"action": "List*"}),
        json!({"action": "GetUser", "account": "123456789013"}),
        json!({"action": "GetUser", "user": "bob"}),
        json!({"principal": "arn:aws:iam::123456789012:root"}),
    ] {
        assert!(!holds(&matching), "{matching}");
    }
    let matching = Match { user: Some("*".to_owned()), ..Match::default() };
    assert!(!matching.holds(&Request { user: None, ..REQUEST }), "a root is no user");
}

#[test]
fn what_is_written_is_read_and_written_again() {
    for fault in [
        json!({"error": "Throttling.User"}),
        json!({"error": "Own", "status": 418, "message": "a teapot", "retry_after_ms": 5}),
        json!({"latency_ms": 20}),
        json!({"latency_ms": 20, "jitter_ms": 5}),
        json!({"drop": true}),
        json!({"drop": true, "after": true, "latency_ms": 1}),
        json!({"truncate": 10}),
        json!({"status": 503}),
        json!({"unseen_seconds": 10, "kinds": ["access-key", "user"]}),
        json!({"unmodifiable_seconds": 10}),
    ] {
        let written = json!({"match": {"action": "GetUser"}, "fault": fault});
        let read = rule(written.clone()).unwrap();
        let again = serde_json::to_value(&read).unwrap();
        assert_eq!(rule(again.clone()).unwrap(), read);
        for (name, value) in fault.as_object().unwrap() {
            assert_eq!(&again["fault"][name], value, "{written}");
        }
    }
    let all = rule(json!({"fault": {"unseen_seconds": 1}})).unwrap();
    assert_eq!(all.fault.effect, Some(Effect::Unseen { seconds: 1, kinds: Kind::ALL.to_vec() }));
}

#[test]
fn what_may_not_be_written_is_refused_by_name() {
    for (written, member) in [
        (json!({"fault": {}}), "fault must have one of"),
        (json!({"match": {}}), "fault"),
        (json!({"fault": {"error": "A", "drop": true}}), "fault does one thing"),
        (json!({"fault": {"error": ""}}), "fault.error"),
        (json!({"fault": {"error": "A", "status": 200}}), "fault.status"),
        (json!({"fault": {"status": 404}}), "fault.status"),
        (json!({"fault": {"status": 503, "message": "x"}}), "fault.message"),
        (json!({"fault": {"status": 503, "retry_after_ms": 1}}), "fault.retry_after_ms"),
        (json!({"fault": {"drop": false}}), "fault.drop"),
        (json!({"fault": {"status": 503, "after": true}}), "fault.after"),
        (json!({"fault": {"jitter_ms": 1}}), "fault.jitter_ms"),
        (json!({"fault": {"latency_ms": 600_001}}), "fault.latency_ms"),
        (json!({"fault": {"latency_ms": 1, "jitter_ms": 600_001}}), "fault.jitter_ms"),
        (json!({"fault": {"unseen_seconds": 0}}), "fault.unseen_seconds"),
        (json!({"fault": {"unseen_seconds": 9, "kinds": []}}), "fault.kinds"),
        (json!({"fault": {"drop": true, "kinds": ["user"]}}), "fault.kinds"),
        (json!({"fault": {"unseen_seconds": 9, "latency_ms": 1}}), "fault.latency_ms"),
        (json!({"fault": {"unseen_seconds": 9, "kinds": ["moon"]}}), "moon"),
        (json!({"fault": {"unmodifiable_seconds": -1}}), "fault.unmodifiable_seconds"),
        (json!({"fault": {"drop": true}, "times": 0}), "times"),
        (json!({"fault": {"drop": true}, "probability": 0.0}), "probability"),
        (json!({"fault": {"drop": true}, "probability": 1.5}), "probability"),
        (json!({"fault": {"unseen_seconds": 9}, "times": 1}), "times"),
        (json!({"fault": {"unseen_seconds": 9}, "probability": 0.5}), "probability"),
        (json!({"fault": {"drop": true}, "match": {"action": ""}}), "match.action"),
        (json!({"fault": {"drop": true}, "match": {"acton": "x"}}), "acton"),
        (json!({"fault": {"dorp": true}}), "dorp"),
        (json!({"fault": {"drop": true}, "time": 1}), "time"),
    ] {
        let refused = rule(written.clone()).unwrap_err();
        assert!(refused.contains(member), "{written}: {refused}");
    }
}

#[test]
fn a_fault_falls_as_likely_as_it_says() {
    let always = rule(json!({"fault": {"drop": true}})).unwrap();
    assert!(always.falls(|| unreachable!()));
    let certain = rule(json!({"fault": {"drop": true}, "probability": 1.0})).unwrap();
    assert!(certain.falls(|| 0) && certain.falls(|| u32::MAX));
    let half = rule(json!({"fault": {"drop": true}, "probability": 0.5})).unwrap();
    assert!(half.falls(|| u32::MAX / 2) && !half.falls(|| u32::MAX / 2 + 1) && !half.falls(|| u32::MAX));
}

#[test]
fn a_delay_stays_between_its_least_and_its_most() {
    let latency = Latency { ms: 100, jitter_ms: 20 };
    assert_eq!([0, 20, 21].map(|random| latency.drawn(|| random)), [100, 120, 100]);
    assert_eq!(Latency { ms: 100, jitter_ms: 0 }.drawn(|| unreachable!()), 100);
    assert_eq!(Latency { ms: u64::MAX, jitter_ms: u64::MAX }.drawn(|| u64::MAX - 1), u64::MAX);
}
