//! Each rule on policies of identities and sessions by itself.

use super::super::{Effect, Operator, Pattern, Quantifier, Selection};
use super::*;

fn statement(members: &str) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow",{members}}}]}}"#)
}

fn texts(patterns: &[Pattern]) -> Vec<&str> {
    patterns.iter().map(Pattern::text).collect()
}

fn fault(document: &str) -> PolicyFault {
    parse_identity(document).unwrap_err()
}

const SYNTAX: PolicyFault = PolicyFault::Syntax(PolicyKind::Identity);

#[test]
fn a_policy_is_read_into_what_it_says() {
    let document = parse_identity(
        r#"{"Id":"p","Statement":[
            {"Sid":"a","Effect":"Allow","Action":["s3:Get*","iam:PassRole"],"NotResource":"arn:aws:s3:::x/${aws:username}",
             "Condition":{"Bool":{"aws:SecureTransport":true},"NumericLessThan":{"n":[1,"2"]},
                          "ForAllValues:StringLikeIfExists":{"aws:TagKeys":"a*"}}},
            {"Effect":"Deny","NotAction":"*","Resource":["*"]}],"Version":"2012-10-17"}"#,
    )
    .unwrap();
    assert_eq!((document.version, document.id.as_deref()), (Version::V2012, Some("p")));
    let [first, second] = &document.statements[..] else { panic!("{document:?}") };
    assert_eq!((first.sid.as_deref(), first.effect), (Some("a"), Effect::Allow));
    assert!(first.actions.means(|action| action.matches("S3:getobject")));
    assert!(!first.actions.means(|action| action.matches("s3:PutObject")));
    let resource = |resource: &str, user: &'static str| {
        first.resources.means(|pattern| pattern.matches_with(resource, |_| Some(user.into())))
    };
    assert!(resource("arn:aws:s3:::x/al", "bob"));
    assert!(!resource("arn:aws:s3:::x/al", "al"));
    assert_eq!(first.principals, None);
    let conditions: Vec<_> = first
        .conditions
        .iter()
        .map(|c| (c.operator, c.quantifier, c.if_exists, c.key.as_str(), texts(&c.values)))
        .collect();
    assert_eq!(
        conditions,
        [
            (Operator::Bool, None, false, "aws:SecureTransport", vec!["true"]),
            (Operator::NumericLessThan, None, false, "n", vec!["1", "2"]),
            (Operator::StringLike, Some(Quantifier::ForAllValues), true, "aws:TagKeys", vec!["a*"]),
        ]
    );
    assert_eq!((second.sid.as_deref(), second.effect), (None, Effect::Deny));
    assert!(matches!(&second.actions, Selection::AllBut(all) if all.len() == 1));
    assert!(!second.actions.means(|action| action.matches("s3:GetObject")));
}

#[test]
fn what_is_no_json_object_is_told_apart() {
    for text in ["", "[]", "null", "{", "{}x", "\u{feff}{}", "{\"a\":\"\0\"}", r#"{"Version":"a","Version":"a"}"#] {
        assert_eq!(fault(text), PolicyFault::NotJson(PolicyKind::Identity), "{text}");
    }
    assert_eq!(fault("{}"), SYNTAX);
    let nested = format!(r#"{{"Version":"2012-10-17","Statement":{}{}}}"#, "[".repeat(500), "]".repeat(500));
    assert_eq!(fault(&nested), PolicyFault::NotJson(PolicyKind::Identity));
}

#[test]
fn elements_are_known_by_case_and_have_one_type() {
    let sound = r#""Action":"s3:Get","Resource":"*""#;
    assert!(parse_identity(&statement(sound)).is_ok());
    for odd in [
        r#""action":"s3:Get","Resource":"*""#,
        r#""Action":"s3:Get","Resource":"*","effect":"Allow""#,
        r#""Action":null,"Resource":"*""#,
        r#""Action":1,"Resource":"*""#,
        r#""Action":["s3:Get",1],"Resource":"*""#,
        r#""Action":"s3:Get","Resource":"*","Condition":null"#,
        r#""Action":"s3:Get","Resource":"*","Condition":{"Bool":{"a":null}}"#,
        r#""Action":"s3:Get","Resource":"*","Condition":{"Bool":{"a":[["b"]]}}"#,
        r#""Action":"s3:Get","Resource":"*","Condition":{"NullIfExists":{"a":"true"}}"#,
        r#""Action":"s3:Get","Resource":"*","Condition":{"bool":{"a":"true"}}"#,
        r#""Action":"s3:Get","Resource":"*","Principal":"*","NotPrincipal":"*""#,
    ] {
        assert_eq!(fault(&statement(odd)), SYNTAX, "{odd}");
    }
    assert_eq!(fault(r#"{"Version":"2012-10-17","Statement":null}"#), SYNTAX);
    assert_eq!(fault(r#"{"Version":1,"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#), SYNTAX);
}

#[test]
fn a_principal_is_minded_before_resources_that_are_missing() {
    for element in ["Principal", "NotPrincipal"] {
        let document = statement(&format!(r#""Action":"sts:AssumeRole","{element}":{{"AWS":"*"}}"#));
        assert_eq!(fault(&document), PolicyFault::NamesPrincipal);
    }
}

#[test]
fn names_of_statements_are_alphanumeric() {
    let named = |sid: &str| statement(&format!(r#""Sid":"{sid}","Action":"s3:Get","Resource":"*""#));
    for bad in ["a b", "a-b", "ä", "\\u0000"] {
        assert_eq!(fault(&named(bad)), PolicyFault::SidNotAlphanumeric, "{bad}");
    }
    assert!(parse_identity(&named("aB0")).is_ok());
}

#[test]
fn a_resource_of_the_wrong_form_is_told_of_before_the_oldest_reader_gets_to_it() {
    let resources = |list: &str| fault(&statement(&format!(r#""Action":"s3:Get","Resource":[{list}]"#)));
    let illegible = || PolicyFault::Illegible(Illegible::Resource("arn:aws:s3::a".into()));
    assert_eq!(resources(r#""arn:aws:s3::a""#), illegible());
    assert_eq!(resources(r#""x","arn:aws:s3::a""#), illegible());
    assert_eq!(resources(r#""x","y""#), PolicyFault::ResourceNotArn("x".into()));
}

#[test]
fn an_arn_that_lacks_fields_means_all_of_them() {
    let document = parse_identity(&statement(r#""Action":"x:y","Resource":["arn:aws:sqs","arn:aws:ec2:eu-west-1"]"#));
    let resources = &document.unwrap().statements[0].resources;
    assert_eq!(texts(resources.listed()), ["arn:aws:sqs:*:*:*", "arn:aws:ec2:eu-west-1:*:*"]);
    assert!(resources.means(|pattern| pattern.matches("arn:aws:sqs:eu-west-1:1:queue")));
}

#[test]
fn a_sessions_policy_may_be_old_and_is_told_of_by_its_kind() {
    let old = r#"{"Statement":{"Effect":"Allow","Action":"s3:Get","Resource":"arn:aws:s3:::${aws:username}"}}"#;
    let document = parse_session(old).unwrap();
    assert_eq!(document.version, Version::V2008);
    assert!(document.statements[0].resources.means(|pattern| pattern.matches("arn:aws:s3:::${aws:username}")));
    assert_eq!(parse_session("x"), Err(PolicyFault::NotJson(PolicyKind::Session)));
    assert_eq!(parse_session("{}"), Err(PolicyFault::Syntax(PolicyKind::Session)));
    assert_eq!(fault(old), PolicyFault::VersionTooOld);
}
