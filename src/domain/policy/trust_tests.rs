//! Each rule on trust policies by itself.

use super::super::Principal;
use super::*;

fn statement(members: &str) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":[{{{members}}}]}}"#)
}

fn trusting(principal: &str) -> String {
    statement(&format!(r#""Effect":"Allow","Action":"sts:AssumeRole","Principal":{principal}"#))
}

fn fault(document: &str) -> PolicyFault {
    parse_trust(document).unwrap_err()
}

#[test]
fn a_trust_policy_lists_whom_it_names() {
    let document = parse_trust(
        r#"{"Statement":[
            {"Effect":"Allow","Action":["sts:AssumeRole","sts:TagSession"],"Principal":{
                "AWS":["arn:aws:iam::123456789012:user/al","123456789012"],"Service":"ec2.amazonaws.com"},
             "Condition":{"StringEquals":{"sts:ExternalId":"x"}}},
            {"Effect":"Deny","Action":"sts:AssumeRole","Principal":{"AWS":"*"}}]}"#,
    )
    .unwrap();
    assert_eq!(document.version, Version::V2008);
    let who: Vec<_> = document.principals().map(|named| named.who.clone()).collect();
    let account = "123456789012".to_owned();
    assert_eq!(
        who,
        [
            Principal::User { account: account.clone(), path: "al".into() },
            Principal::Account(account),
            Principal::Service("ec2.amazonaws.com".into()),
            Principal::Everyone,
        ]
    );
    let first = &document.statements[0];
    assert!(first.resources.means(|_| true) && first.resources.listed().is_empty());
    assert!(first.actions.means(|action| action.matches("sts:assumerole")));
    assert_eq!(first.conditions.len(), 1);
    let al = document.principals().next().unwrap();
    let value = "arn:aws:iam::123456789012:user/al".into();
    assert_eq!(al.unknown(), PolicyFault::InvalidPrincipal { kind: PrincipalKind::Aws, value });
}

#[test]
fn the_documents_own_elements() {
    for text in ["", "x", "[]", "null", "{\"a\":1,}"] {
        assert_eq!(fault(text), PolicyFault::NotJson(PolicyKind::Trust), "{text}");
    }
    assert_eq!(fault(r#"{"probe":"x"}"#), PolicyFault::UnknownField("probe".into()));
    assert_eq!(fault(r#"{"statement":[],"version":"x"}"#), PolicyFault::UnknownField("statement".into()));
    assert_eq!(fault(r#"{"Version":"2012-10-17"}"#), PolicyFault::MissingField("Statement"));
    assert_eq!(fault(r#"{"Statement":[]}"#), PolicyFault::NoStatements);
    assert_eq!(fault(r#"{"Version":"2013-10-17","Statement":[]}"#), PolicyFault::UnknownVersion);
    assert_eq!(fault(r#"{"Statement":"x"}"#), PolicyFault::Syntax(PolicyKind::Trust));
    let old = trusting(r#"{"AWS":"*"}"#).replace("2012", "2008");
    assert_eq!(parse_trust(&old).unwrap().version, Version::V2008);
}

#[test]
fn the_elements_of_a_statement() {
    for (members, wanted) in [
        ("", PolicyFault::MissingField("Effect")),
        (r#""Effect":"allow""#, PolicyFault::UnknownEffect("allow".into())),
        (r#""Effect":"Allow""#, PolicyFault::MissingField("Principal")),
        (r#""Effect":"Allow","Principal":{"AWS":"*"}"#, PolicyFault::MissingField("Action")),
        (r#""Effect":"Allow","Principal":{"AWS":"*"},"Action":[]"#, PolicyFault::MissingField("Action")),
        (r#""Effect":"Allow","Principal":{"AWS":"*"},"Action":"*""#, PolicyFault::ForeignAction),
        (
            r#""Effect":"Allow","Principal":{"AWS":"*"},"Action":["sts:AssumeRole","s3:Get"]"#,
            PolicyFault::ForeignAction,
        ),
        (r#""Effect":"Allow","NotPrincipal":{"AWS":"*"}"#, PolicyFault::AllowsAllBut),
        (r#""Effect":"Deny","NotPrincipal":{"AWS":"*"}"#, PolicyFault::DeniesAllBut),
        (r#""Effect":"Allow","Action":"s3:Get","Resource":"*""#, PolicyFault::ProhibitedField("Resource")),
        (r#""Effect":"Allow","Principal":{"AWS":"*"},"NotResource":[]"#, PolicyFault::ProhibitedField("NotResource")),
        (r#""Comment":"x""#, PolicyFault::UnknownField("Comment".into())),
    ] {
        assert_eq!(fault(&statement(members)), wanted, "{members}");
    }
}

#[test]
fn principals_have_a_kind_and_a_form() {
    for (principal, wanted) in [
        ("\"*\"", PolicyFault::KindlessPrincipal("*".into())),
        ("{}", PolicyFault::EmptyPrincipal),
        (r#"{"AWS":[]}"#, PolicyFault::NobodyNamed),
        (r#"{"RAM":"*"}"#, PolicyFault::UnknownPrincipalKind("RAM".into())),
        (r#"{"AWS":{}}"#, PolicyFault::Syntax(PolicyKind::Trust)),
        ("[]", PolicyFault::Syntax(PolicyKind::Trust)),
        (r#"{"AWS":"al"}"#, PolicyFault::InvalidPrincipal { kind: PrincipalKind::Aws, value: "al".into() }),
        (r#"{"Service":"x"}"#, PolicyFault::InvalidPrincipal { kind: PrincipalKind::Service, value: "x".into() }),
        (r#"{"Federated":"x"}"#, PolicyFault::InvalidFederated),
    ] {
        assert_eq!(fault(&trusting(principal)), wanted, "{principal}");
    }
    assert!(parse_trust(&trusting(r#"{"CanonicalUser":"79a59df900b949e5"}"#)).is_ok());
}

#[test]
fn names_of_statements_may_have_any_characters_but_come_once() {
    let one = |sid: &str| {
        format!(r#"{{"Sid":"{sid}","Effect":"Allow","Action":"sts:AssumeRole","Principal":{{"AWS":"*"}}}}"#)
    };
    let two = |a: &str, b: &str| format!(r#"{{"Statement":[{},{}]}}"#, one(a), one(b));
    assert!(parse_trust(&two("a b", "a c")).is_ok());
    assert!(parse_trust(&two("", "")).is_ok());
    assert_eq!(fault(&two("a b", "a b")), PolicyFault::RepeatedSid(PolicyKind::Trust));
}
