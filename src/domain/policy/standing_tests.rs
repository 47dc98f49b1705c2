//! The index of statements against a walk over all of them.

use std::sync::Arc;

use super::super::identity::parse_identity;
use super::*;

fn standing(document: &str) -> Standing {
    let document = Arc::new(parse_identity(document).unwrap());
    let policy = InForce { name: "p".into(), source: Source::Given, document };
    Standing::new(Policies { identity: vec![Arc::new(policy)], ..Policies::default() })
}

#[test]
fn the_index_finds_what_a_walk_over_all_statements_finds() {
    let listed = [
        r#""Action":"iam:GetUser""#,
        r#""Action":["s3:*","IAM:getuser"]"#,
        r#""Action":"iam:Get*""#,
        r#""Action":"*""#,
        r#""Action":"*:GetUser""#,
        r#""NotAction":"iam:GetUser""#,
        r#""NotAction":"s3:*""#,
        r#""Action":"iam:GetUse?""#,
        r#""Action":"ec2:Describe*""#,
    ];
    let statements: Vec<String> =
        listed.iter().map(|actions| format!(r#"{{"Effect":"Allow",{actions},"Resource":"*"}}"#)).collect();
    let document = format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, statements.join(","));
    let standing = standing(&document);
    for action in ["iam:GetUser", "IAM:GETUSER", "s3:GetObject", "ec2:DescribeX", "iam:", "x", "", "sts:GetUser"] {
        let found: Vec<usize> = standing.about(action).iter().map(|(place, _)| place.statement).collect();
        let all = &standing.layer(Layer::Identity).unwrap()[0].document.statements;
        let walked: Vec<usize> =
            (0..all.len()).filter(|at| all[*at].actions.means(|pattern| pattern.matches(action))).collect();
        assert_eq!(found, walked, "{action}");
    }
}

#[test]
fn keys_are_those_of_conditions_and_variables() {
    let standing = standing(
        r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::b/${aws:UserName}",
            "Condition":{"StringEquals":{"aws:ResourceTag/Team":"${aws:PrincipalTag/Team}"}}}}"#,
    );
    let about = standing.about("s3:GetObject");
    let keys = keys_of(about.iter().map(|(_, statement)| *statement));
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    assert_eq!(keys, ["aws:principaltag/team", "aws:resourcetag/team", "aws:username"]);
}

#[test]
fn only_rams_policies_know_two_codes_of_one_service() {
    let ram = r#"{"Version":"1","Statement":{"Effect":"Allow","Action":"ims:GetUser","Resource":"*"}}"#;
    let document = Arc::new(crate::domain::policy::PolicyLanguage::Ram.parse_identity(ram).unwrap());
    let policy = InForce { name: "p".into(), source: Source::Given, document };
    let of_ram = Standing::new(Policies { identity: vec![Arc::new(policy)], ..Policies::default() });
    assert_eq!(of_ram.about("ram:GetUser").len(), 1);
    // Amazon's Resource Access Manager has the same code
    let iam = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"ims:GetUser","Resource":"*"}}"#;
    assert_eq!(standing(iam).about("ram:GetUser").len(), 0);
}
