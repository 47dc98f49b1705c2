//! Each rule on policies of RAM by itself, and what such policies say of requests.

use serde_json::{Value, json};

use super::*;
use crate::domain::policy::{Admission, Context, Effect, Principal, Request, Taker, Verdict};

fn document(statement: &Value) -> String {
    json!({"Version": "1", "Statement": statement}).to_string()
}

fn allow(action: &str, resource: &str) -> Document {
    parse_identity(&document(&json!({"Effect": "Allow", "Action": action, "Resource": resource}))).unwrap()
}

fn fault(text: &str) -> PolicyFault {
    parse_identity(text).unwrap_err()
}

fn context() -> Context {
    let mut context = Context::new();
    for (key, value) in [
        ("acs:SourceIp", "203.0.113.7"),
        ("acs:CurrentTime", "2026-11-22T10:00:00Z"),
        ("acs:SecureTransport", "true"),
        ("acs:PrincipalARN", "acs:ram::1:role/ops"),
        ("x:Number", "10"),
    ] {
        context.put(key, value);
    }
    context.put_all("ram:TrustedPrincipalTypes", ["Service".to_owned(), "RAM".to_owned()]);
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

fn under(condition: &Value) -> bool {
    let statement = json!({"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition});
    word(&parse_identity(&document(&statement)).unwrap(), "ram:GetUser", "*") == "allow"
}

#[test]
fn published_policies_are_read() {
    for text in [
        r#"{"Statement":[{"Action":["oss:*"],"Effect":"Allow","Resource":["acs:oss:*:*:*"]}],"Version":"1"}"#,
        r#"{"Version":"1","Statement":[{"NotAction":["ram:*","ims:*"],"Resource":"*","Effect":"Allow"},
            {"Effect":"Allow","Action":["ram:CreateRole","*:Describe*"],"Resource":"acs:ram:*:*:role/*",
             "Condition":{"ForAllValues:StringEquals":{"ram:TrustedPrincipalTypes":"Service"}}}]}"#,
        r#"{"Version":"1","Statement":{"Effect":"Deny","Action":"*","NotResource":["acs:*:*cn-beijing*:*:*"],
            "Condition":{"Bool":{"acs:MFAPresent":["false"]},"NotIpAddress":{"acs:SourceIp":["10.0.0.0/8","::1"]}}}}"#,
        r#"{"Version":"1","Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{}}}"#,
    ] {
        let read = parse_identity(text).unwrap();
        assert_eq!(read.version, Version::Ram1);
        assert_eq!(parse_session(text), Ok(read));
    }
}

#[test]
fn the_documents_own_elements() {
    for text in ["", "x", r#"{"Version":"1","Version":"1"}"#] {
        assert_eq!(fault(text), PolicyFault::NotJson(PolicyKind::Identity), "{text}");
    }
    for text in
        ["[]", "1", r#"{"Version":1}"#, r#"{"Version":"1","Statement":"x"}"#, r#"{"Version":"1","Statement":[[]]}"#]
    {
        assert_eq!(fault(text), PolicyFault::Syntax(PolicyKind::Identity), "{text}");
    }
    assert_eq!(fault("{}"), PolicyFault::MissingField("Version"));
    for version in ["2", "2012-10-17", "", "1.0"] {
        assert_eq!(fault(&json!({"Version": version}).to_string()), PolicyFault::UnknownVersion, "{version}");
    }
    assert_eq!(fault(r#"{"Version":"1"}"#), PolicyFault::MissingField("Statement"));
    assert_eq!(fault(r#"{"Version":"1","Statement":[]}"#), PolicyFault::NoStatements);
    for element in ["Id", "version", "Comment"] {
        let text = json!({"Version": "1", element: "x", "Statement": []}).to_string();
        assert_eq!(fault(&text), PolicyFault::UnknownField(element.into()));
    }
}

#[test]
fn the_elements_of_a_statement() {
    let sound = || json!({"Effect": "Allow", "Action": "ram:*", "Resource": "*"});
    let with = |element: &str, value: Value| {
        let mut statement = sound();
        statement[element] = value;
        fault(&document(&statement))
    };
    let without = |element: &str| {
        let mut statement = sound();
        statement.as_object_mut().unwrap().remove(element);
        fault(&document(&statement))
    };
    assert_eq!(without("Effect"), PolicyFault::MissingField("Effect"));
    assert_eq!(without("Action"), PolicyFault::NoActions);
    assert_eq!(without("Resource"), PolicyFault::NoResources);
    assert_eq!(with("Action", json!([])), PolicyFault::NoActions);
    assert_eq!(with("Resource", json!([])), PolicyFault::NoResources);
    assert_eq!(with("Effect", json!("allow")), PolicyFault::UnknownEffect("allow".into()));
    assert_eq!(with("Principal", json!({"RAM": "acs:ram::1:root"})), PolicyFault::NamesPrincipal);
    for element in ["Sid", "NotPrincipal", "effect"] {
        assert_eq!(with(element, json!("x")), PolicyFault::UnknownField(element.into()));
    }
    let misfit = PolicyFault::Syntax(PolicyKind::Identity);
    for (element, value) in [
        ("NotAction", json!("ram:*")),
        ("NotResource", json!("*")),
        ("Action", json!(1)),
        ("Condition", json!([])),
        ("Condition", json!({"Bool": "true"})),
        ("Condition", json!({"Bool": {"acs:MFAPresent": true}})),
        ("Condition", json!({"NumericEquals": {"x:Number": [1]}})),
    ] {
        assert_eq!(with(element, value.clone()), misfit, "{element} {value}");
    }
    for action in ["", "GetUser", "ram:", ":GetUser", "**"] {
        assert_eq!(with("Action", json!(["ram:*", action])), PolicyFault::ActionWithoutVendor, "{action}");
    }
    assert_eq!(with("Resource", json!("acs:ram:*")), PolicyFault::ResourceWithFewFields("acs:ram:*".into()));
    for operator in ["Null", "BoolIfExists", "ArnLike", "BinaryEquals", "stringEquals", "ForSome:Bool"] {
        let of_none = with("Condition", json!({ operator: {} }));
        assert_eq!(of_none, PolicyFault::UnknownOperator(operator.into()));
    }
    let key = with("Condition", json!({"StringEquals": {"SourceIp": "x"}}));
    assert_eq!(key, PolicyFault::ConditionKeyWithoutVendor("SourceIp".into()));
    let truths = with("Condition", json!({"Bool": {"acs:MFAPresent": ["true", "false"]}}));
    assert_eq!(truths, PolicyFault::SeveralTruths);
}

#[test]
fn actions_ignore_case_and_ram_has_two_codes() {
    let policy = allow("RAM:get*", "*");
    assert_eq!(word(&policy, "ram:GetUser", "acs:ram::1:user/a"), "allow");
    assert_eq!(word(&policy, "ram:ListUsers", "*"), "no match");
    assert_eq!(word(&allow("ims:GetUse?", "*"), "ram:GetUser", "*"), "allow");
    assert_eq!(word(&allow("ims:*", "*"), "sts:AssumeRole", "*"), "no match");
    let all_but = json!({"Effect": "Allow", "NotAction": "ims:*", "Resource": "*"});
    let all_but = parse_identity(&document(&all_but)).unwrap();
    assert_eq!(word(&all_but, "ram:GetUser", "*"), "no match");
    assert_eq!(word(&all_but, "sts:AssumeRole", "*"), "allow");
}

#[test]
fn resources_and_their_exceptions() {
    assert_eq!(word(&allow("ram:*", "acs:ram:*:1:user/A*"), "ram:GetUser", "acs:ram::1:user/alice"), "allow");
    assert_eq!(word(&allow("ram:*", "acs:ram::1:user/*"), "ram:GetUser", "acs:ram::1:role/r"), "no match");
    assert_eq!(word(&allow("ram:*", "acs:ram::1:user/*"), "ram:ListUsers", "*"), "no match");
    let text = document(&json!([
        {"Effect": "Allow", "Action": "*", "Resource": "*"},
        {"Effect": "Deny", "Action": "ram:*", "NotResource": "acs:ram::1:user/alice"},
    ]));
    let policy = parse_identity(&text).unwrap();
    assert_eq!(word(&policy, "ram:GetUser", "acs:ram::1:user/alice"), "allow");
    assert_eq!(word(&policy, "ram:GetUser", "acs:ram::1:user/bob"), "deny");
}

#[test]
fn nothing_is_a_variable() {
    assert_eq!(word(&allow("*", "acs:oss:*:1:${acs:SourceIp}"), "oss:Get", "acs:oss:x:1:203.0.113.7"), "no match");
    assert_eq!(word(&allow("*", "acs:oss:*:1:${acs:SourceIp}"), "oss:Get", "acs:oss:x:1:${acs:SourceIp}"), "allow");
    assert!(!under(&json!({"StringEquals": {"acs:SourceIp": "${acs:SourceIp}"}})));
}

#[test]
fn operators_compare() {
    for (operator, key, wanted, expected) in [
        ("StringEquals", "ACS:principalarn", "acs:ram::1:role/ops", true),
        ("StringEquals", "acs:PrincipalARN", "acs:ram::1:role/Ops", false),
        ("StringNotEquals", "acs:PrincipalARN", "x", true),
        ("StringEqualsIgnoreCase", "acs:PrincipalARN", "acs:ram::1:role/Ops", true),
        ("StringNotEqualsIgnoreCase", "acs:PrincipalARN", "acs:ram::1:role/Ops", false),
        ("StringLike", "acs:PrincipalARN", "acs:ram:*:*:role/*", true),
        ("StringNotLike", "acs:PrincipalARN", "acs:*", false),
        ("NumericLessThan", "x:Number", "9", false),
        ("NumericGreaterThanEquals", "x:Number", "10.0", true),
        ("DateLessThan", "acs:CurrentTime", "2026-11-22T18:00:01+08:00", true),
        ("DateGreaterThan", "acs:CurrentTime", "2026-11-22T18:00:01+08:00", false),
        ("Bool", "acs:SecureTransport", "true", true),
        // a key that is absent fits nothing, so that only negations hold (the first was seen)
        ("Bool", "acs:MFAPresent", "false", false),
        ("Bool", "acs:MFAPresent", "true", false),
        ("StringNotEquals", "x:absent", "a", true),
        ("IpAddress", "acs:SourceIp", "203.0.113.0/24", true),
        ("NotIpAddress", "acs:SourceIp", "203.0.113.0/24", false),
        ("IpAddress", "acs:SourceIp", "2001:db8::/32", false),
        ("ForAllValues:StringEquals", "ram:TrustedPrincipalTypes", "Service", false),
        ("ForAnyValue:StringEquals", "ram:TrustedPrincipalTypes", "Service", true),
        ("ForAllValues:StringEquals", "x:absent", "Service", true),
    ] {
        assert_eq!(under(&json!({ operator: { key: wanted } })), expected, "{operator} {key} {wanted}");
    }
    // values are alternatives, keys and operators are not
    assert!(under(&json!({"IpAddress": {"acs:SourceIp": ["10.0.0.0/8", "203.0.113.7"]}})));
    assert!(!under(&json!({"Bool": {"acs:SecureTransport": "true"}, "NumericEquals": {"x:Number": "11"}})));
    assert!(!under(&json!({"NumericEquals": {"x:Number": "10", "x:absent": "1"}})));
}

fn trusting(principal: &Value) -> String {
    document(&json!([{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal}]))
}

fn admission(text: &str, account: Option<&str>, names: &[&str], context: &Context) -> &'static str {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let principal = Some(Taker { account, names: &names });
    let request = Request { action: "sts:AssumeRole", resource: "acs:ram::9:role/r", principal, context };
    match parse_trust(text).unwrap().admission(&request) {
        Admission::Admitted(_) => "admitted",
        Admission::Delegated(_) => "delegated",
        Admission::Denied(_) => "denied",
        Admission::Unmentioned => "unmentioned",
    }
}

#[test]
fn a_trust_policy_admits_whom_it_names_and_the_whole_account_by_its_root() {
    let alice =
        |principal: &Value| admission(&trusting(principal), Some("42"), &["acs:ram::42:user/Alice"], &Context::new());
    for (principal, expected) in [
        (json!({"RAM": "acs:ram::42:user/alice"}), "admitted"),
        (json!({"RAM": ["acs:ram::42:root"]}), "delegated"),
        (json!({"RAM": ["acs:ram::42:root", "acs:ram::42:user/ALICE"]}), "admitted"),
        (json!({"RAM": "acs:ram::42:user/bob"}), "unmentioned"),
        (json!({"RAM": "acs:ram::42:role/alice"}), "unmentioned"),
        (json!({"RAM": "acs:ram::43:root"}), "unmentioned"),
        (json!({"Service": ["ecs.aliyuncs.com"]}), "unmentioned"),
    ] {
        assert_eq!(alice(&principal), expected, "{principal}");
    }
    let text = trusting(&json!({"Service": "ecs.aliyuncs.com", "Federated": "acs:ram::9:saml-provider/idp"}));
    assert_eq!(admission(&text, None, &["ecs.aliyuncs.com"], &Context::new()), "admitted");
    assert_eq!(admission(&text, None, &["acs:ram::9:saml-provider/IDP"], &Context::new()), "admitted");
    assert_eq!(admission(&text, None, &["acs:ram::9:oidc-provider/idp"], &Context::new()), "unmentioned");
    let who: Vec<_> = parse_trust(&text).unwrap().principals().map(|named| named.who.clone()).collect();
    let [service, provider] = ["ecs.aliyuncs.com", "acs:ram::9:saml-provider/idp"].map(str::to_owned);
    assert_eq!(who.len(), 2);
    assert!(who.contains(&Principal::Service(service)) && who.contains(&Principal::Federated(provider)));
}

#[test]
fn a_denial_wins_and_conditions_are_judged() {
    let denied = document(&json!([
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"RAM": "acs:ram::42:root"}},
        {"Effect": "Deny", "Action": "sts:*", "Principal": {"RAM": "acs:ram::42:user/alice"}},
    ]));
    assert_eq!(admission(&denied, Some("42"), &["acs:ram::42:user/alice"], &Context::new()), "denied");
    assert_eq!(admission(&denied, Some("42"), &["acs:ram::42:user/bob"], &Context::new()), "delegated");
    let conditional = document(&json!({"Effect": "Allow", "Action": "sts:AssumeRole",
        "Principal": {"RAM": "acs:ram::42:root"}, "Condition": {"StringEquals": {"sts:ExternalId": "abc"}}}));
    let mut context = Context::new();
    assert_eq!(admission(&conditional, Some("42"), &[], &context), "unmentioned");
    context.put("sts:ExternalId", "abc");
    assert_eq!(admission(&conditional, Some("42"), &[], &context), "delegated");
    context.put("sts:ExternalId", "abd");
    assert_eq!(admission(&conditional, Some("42"), &[], &context), "unmentioned");
}

#[test]
fn malformed_trust_policies_are_refused() {
    let fault = |text: &str| parse_trust(text).unwrap_err();
    let syntax = || PolicyFault::Syntax(PolicyKind::Trust);
    assert_eq!(fault(""), PolicyFault::NotJson(PolicyKind::Trust));
    assert_eq!(fault("{}"), PolicyFault::MissingField("Version"));
    assert_eq!(fault(r#"{"Version":"2","Statement":[]}"#), PolicyFault::UnknownVersion);
    assert_eq!(fault(r#"{"Version":"1","Statement":[]}"#), PolicyFault::NoStatements);
    let unnamed = document(&json!([{"Effect": "Allow", "Action": "sts:AssumeRole"}]));
    assert_eq!(fault(&unnamed), PolicyFault::MissingField("Principal"));
    let kind = super::super::PrincipalKind::Ram;
    for (principal, wanted) in [
        (json!({}), PolicyFault::EmptyPrincipal),
        (json!({"RAM": []}), PolicyFault::NobodyNamed),
        (json!("*"), PolicyFault::KindlessPrincipal("*".into())),
        (json!([]), syntax()),
        (json!({"RAM": {}}), syntax()),
        (json!({"AWS": "*"}), PolicyFault::UnknownPrincipalKind("AWS".into())),
        (json!({"RAM": "root"}), PolicyFault::InvalidPrincipal { kind, value: "root".into() }),
    ] {
        assert_eq!(fault(&trusting(&principal)), wanted, "{principal}");
    }
    let mut statement = json!({"Effect": "Maybe", "Action": "sts:AssumeRole", "Principal": {"RAM": "acs:ram::1:root"}});
    assert_eq!(fault(&document(&statement)), PolicyFault::UnknownEffect("Maybe".into()));
    statement["Effect"] = json!("Allow");
    statement["Resource"] = json!("*");
    assert_eq!(fault(&document(&statement)), PolicyFault::ProhibitedField("Resource"));
}

#[test]
fn every_policy_that_the_cloud_keeps_is_read() {
    for policy in crate::domain::managed_policies::of(crate::domain::account::Cloud::Alibaba) {
        let read = parse_identity(&policy.document);
        assert!(
            read.is_ok_and(|read| read.statements.iter().all(|one| one.effect == Effect::Allow)),
            "{}",
            policy.name
        );
    }
}
