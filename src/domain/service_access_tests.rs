//! The cases recorded of AWS, and what follows from them.

use super::*;
use crate::domain::policy::parse_identity;

fn document(statements: &[&str]) -> Document {
    parse_identity(&format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, statements.join(","))).unwrap()
}

fn allow(action: &str) -> String {
    format!(r#"{{"Effect":"Allow","Action":"{action}","Resource":"*"}}"#)
}

fn deny(rest: &str) -> String {
    format!(r#"{{"Effect":"Deny",{rest}}}"#)
}

fn of(statements: &[&str]) -> Vec<&'static str> {
    granted(&[document(statements)])
}

#[test]
fn the_services_of_allowed_actions_are_granted_in_order() {
    let list = r#"{"Effect":"Allow","Action":["s3:GetObject","iam:PassRole","EC2:Describe*"],"Resource":"*"}"#;
    assert_eq!(of(&[list]), ["ec2", "iam", "s3"]);
    assert_eq!(of(&[&allow("*")]).len(), aws_services::all().len());
    assert_eq!(of(&[&allow("*:Get*")]).len(), aws_services::all().len());
    assert_eq!(of(&[&allow("madeup:Read")]), Vec::<&str>::new());
    let but = r#"{"Effect":"Allow","NotAction":["s3:*","iam:Get*"],"Resource":"*"}"#;
    let most = of(&[but]);
    assert!(!most.contains(&"s3") && most.contains(&"iam") && most.contains(&"sts"));
}

#[test]
fn a_denial_counts_when_it_is_of_everything() {
    let read = allow("s3:GetObject");
    assert_eq!(of(&[&deny(r#""Action":"s3:*","Resource":"*""#)]), Vec::<&str>::new());
    assert_eq!(of(&[&read, &deny(r#""Action":"s3:*","Resource":"*""#)]), Vec::<&str>::new());
    let conditional = r#""Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"aws:username":"nobody"}}"#;
    assert_eq!(of(&[&read, &deny(conditional)]), ["s3"]);
    assert_eq!(of(&[&read, &deny(r#""Action":"s3:*","Resource":"arn:aws:s3:::a/*""#)]), ["s3"]);
    assert_eq!(of(&[&read, &deny(r#""Action":"s3:Put*","Resource":"*""#)]), ["s3"]);
    assert_eq!(of(&[&allow("s3:*"), &deny(r#""Action":"s3:Get*","Resource":"*""#)]), ["s3"]);
    assert_eq!(of(&[&read, &deny(r#""NotAction":"iam:*","Resource":"*""#)]), Vec::<&str>::new());
    assert_eq!(of(&[&read, &deny(r#""NotAction":"s3:Get*","Resource":"*""#)]), ["s3"]);
    assert_eq!(of(&[&allow("s3:*"), &deny(r#""NotAction":"s3:GetObject","Resource":"*""#)]), ["s3"]);
    assert_eq!(of(&[&read, &deny(r#""NotAction":"*","Resource":"*""#)]), ["s3"]);
}

#[test]
fn a_denial_of_one_policy_counts_for_all_and_not_for_another_alone() {
    let (allows, denies) = (document(&[&allow("sqs:Send*")]), document(&[&deny(r#""Action":"sqs:*","Resource":"*""#)]));
    assert!(grant(&[&allows], "sqs"));
    assert!(!grant(&[&allows, &denies], "sqs"));
}
