//! The verdicts that AWS's IAM was recorded to give on documents, each with its text.

use crate::domain::policy::{parse_identity, parse_session, parse_trust};

use super::*;

const SYNTAX: &str = "Syntax errors in policy.";
const VERSION: &str = "Policy document must be version 2012-10-17 or greater.";
const LEGACY: &str = "The policy failed legacy parsing";
const PREFACED: &str = "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.";
const COLONS: &str = "Actions/Condition can contain only one colon.";
const ACTIONS: &str = "Policy statement must contain actions.";
const RESOURCES: &str = "Policy statement must contain resources.";
const UNIQUE: &str = "Statement IDs (SID) in a single policy must be unique.";

/// Fills in what most of the documents have in common: `$V` the version, `$E` the effect, `$A` an action, `$R` a resource.
fn document(short: &str) -> String {
    short
        .replace("$V", r#""Version":"2012-10-17""#)
        .replace("$E", r#""Effect":"Allow""#)
        .replace("$A", r#""Action":"s3:ListBucket""#)
        .replace("$R", r#""Resource":"arn:aws:s3:::example_bucket""#)
}

/// Refused documents, in the order of the recording.
const REFUSED: [(&str, &str); 78] = [
    (r#""This is not a json document""#, SYNTAX),
    ("{\"Statement\":{$E,$A,$R}}", VERSION),
    (r#"{"Version":"2008-10-17","Statement":{$E,$A,$R}}"#, VERSION),
    (r#"{"Version":"2013-10-17","Statement":{$E,$A,$R}}"#, SYNTAX),
    ("{$V}", SYNTAX),
    (r#"{$V,"Statement":["afd"]}"#, SYNTAX),
    (r#"{$V,"Statement":{$E,$A,$R},"Extra field":"value"}"#, SYNTAX),
    (r#"{$V,"Statement":{$E,$A,$R,"Extra field":"value"}}"#, SYNTAX),
    (r#"{$V,"Id":["cd3a"],"Statement":{$E,$A,$R}}"#, SYNTAX),
    (r#"{$V,"Id":{},"Statement":{$E,$A,$R}}"#, SYNTAX),
    (r#"{$V,"Statement":{"Effect":"invalid",$A,$R}}"#, SYNTAX),
    (r#"{$V,"Statement":{$E,"Action":"invalid",$R}}"#, PREFACED),
    (r#"{$V,"Statement":{$E,"NotAction":"",$R}}"#, PREFACED),
    (r#"{$V,"Statement":{$E,"Action":"a a:ListBucket",$R}}"#, "Vendor a a is not valid"),
    (r#"{$V,"Statement":{$E,"Action":"s3:List:Bucket",$R}}"#, COLONS),
    (r#"{$V,"Statement":[{$E,"Action":"s3s:ListBucket",$R},{$E,"Action":"s:3s:ListBucket",$R}]}"#, COLONS),
    (
        r#"{$V,"Statement":{$E,$A,"Resource":"invalid resource"}}"#,
        r#"Resource invalid resource must be in ARN format or "*"."#,
    ),
    (
        r#"{$V,"Statement":[
            {"Sid":"One",$E,"Action":["account:EnableRegion","account:DisableRegion"],"Resource":"",
             "Condition":{"StringEquals":{"account:TargetRegion":"ap-east-1"}}},
            {"Sid":"Two",$E,"Action":["aws-portal:ViewAccount","account:ListRegions"],"Resource":""}]}"#,
        r#"Resource  must be in ARN format or "*"."#,
    ),
    (
        r#"{$V,"Statement":{$E,"Action":"s:3:ListBucket","Resource":"sdfsadf"}}"#,
        r#"Resource sdfsadf must be in ARN format or "*"."#,
    ),
    (r#"{$V,"Statement":{$E,$A,"Resource":["adf"]}}"#, r#"Resource adf must be in ARN format or "*"."#),
    (r#"{$V,"Statement":{$E,$A,"Resource":""}}"#, r#"Resource  must be in ARN format or "*"."#),
    (
        r#"{$V,"Statement":{$E,"NotAction":"s3s:ListBucket","Resource":"a:bsdfdsafsad"}}"#,
        r#"Partition "bsdfdsafsad" is not valid for resource "arn:bsdfdsafsad:*:*:*:*"."#,
    ),
    (
        r#"{$V,"Statement":{$E,"NotAction":"s3s:ListBucket","Resource":"a:b:cadfsdf"}}"#,
        r#"Partition "b" is not valid for resource "arn:b:cadfsdf:*:*:*"."#,
    ),
    (
        r#"{$V,"Statement":{$E,"NotAction":"s3s:ListBucket","Resource":"a:b:c:d:e:f:g:h"}}"#,
        r#"Partition "b" is not valid for resource "arn:b:c:d:e:f:g:h"."#,
    ),
    (
        r#"{$V,"Statement":{$E,$A,"Resource":"aws:s3:::example_bucket"}}"#,
        r#"Partition "s3" is not valid for resource "arn:s3:::example_bucket:*"."#,
    ),
    (
        r#"{$V,"Statement":{$E,$A,"Resource":["arn:error:s3:::example_bucket","arn:error:s3::example_bucket"]}}"#,
        r#"Partition "error" is not valid for resource "arn:error:s3:::example_bucket"."#,
    ),
    (r#"{$V,"Statement":[]}"#, SYNTAX),
    (r#"{$V,"Statement":{$E,$A}}"#, RESOURCES),
    (r#"{$V,"Statement":{$E,$A,"Resource":[]}}"#, RESOURCES),
    (r#"{$V,"Statement":{$E,"Action":"invalid"}}"#, RESOURCES),
    (r#"{$V,"Statement":{$E,$R}}"#, ACTIONS),
    (r#"{$V,"Statement":{$A,$R}}"#, SYNTAX),
    (r#"{$V,"Statement":{$E}}"#, ACTIONS),
    (r#"{$V,"Statement":{$E,"Action":[],$R}}"#, ACTIONS),
    (r#"{$V,"Statement":[{"Effect":"Deny"},{$E,$A,$R}]}"#, ACTIONS),
    (r#"{$V,"Statement":{$E,$A,"Resource":"arn:aws:iam:::example_bucket"}}"#, IAM_PATH),
    (r#"{$V,"Statement":{$E,$A,"Resource":"arn:aws:s3::example_bucket"}}"#, LEGACY),
    (r#"{$V,"Statement":{$E,"Resource":"arn:aws:s3::example_bucket"}}"#, LEGACY),
    (
        r#"{$V,"Statement":{$E,$A,"Resource":"arn:aws"}}"#,
        "Resource vendor must be fully qualified and cannot contain regexes.",
    ),
    (r#"{$V,"Statement":{$E,$A,"Resource":{"a":"arn:aws:s3:::example_bucket"}}}"#, SYNTAX),
    (r#"{$V,"Statement":{"Effect":"Deny",$A,"Resource":["adfdf",{}]}}"#, SYNTAX),
    (r#"{$V,"Statement":{$E,"NotAction":"s3:ListBucket",$R,"NotResource":[]}}"#, SYNTAX),
    (r#"{$V,"Statement":{"Effect":"Deny","Action":[[]],$R}}"#, SYNTAX),
    (r#"{$V,"Statement":{$E,"NotAction":"s3s:ListBucket","Action":[],$R}}"#, SYNTAX),
    (r#"{$V,"Statement":{$E,"Action":{},$R}}"#, SYNTAX),
    (r#"{$V,"Statement":{$E,$A,$R,"Condition":[]}}"#, SYNTAX),
    (r#"{$V,"Statement":{$E,$A,$R,"Condition":"a"}}"#, SYNTAX),
    (r#"{$V,"Statement":{$E,$A,$R,"Condition":{"a":"b"}}}"#, SYNTAX),
    (r#"{$V,"Statement":{$E,$A,$R,"Condition":{"DateGreaterThan":"b"}}}"#, SYNTAX),
    (r#"{$V,"Statement":{$E,$A,$R,"Condition":{"DateGreaterThan":[]}}}"#, SYNTAX),
    (r#"{$V,"Statement":{$E,$A,$R,"Condition":{"DateGreaterThan":{"a":{}}}}}"#, SYNTAX),
    (r#"{$V,"Statement":{$E,$R,"Condition":{"DateGreaterThan":{"a":{}}}}}"#, SYNTAX),
    (r#"{$V,"Statement":{$E,$A,$R,"Condition":{"x":{"a":"1"}}}}"#, SYNTAX),
    (r#"{$V,"Statement":{$E,$A,$R,"Condition":{"ForAnyValue::StringEqualsIfExists":{"a":"asf"}}}}"#, SYNTAX),
    (r#"{$V,"Statement":{$E,$A,$R,"Condition":[{"ForAllValues:StringEquals":{"aws:TagKeys":"Department"}}]}}"#, SYNTAX),
    (
        r#"{$V,"Statement":{$E,$A,"Resource":"arn:aws:iam:us-east-1::example_bucket"}}"#,
        "IAM resource arn:aws:iam:us-east-1::example_bucket cannot contain region information.",
    ),
    (
        r#"{$V,"Statement":{$E,$A,"Resource":"arn:aws:s3:us-east-1::example_bucket"}}"#,
        "Resource arn:aws:s3:us-east-1::example_bucket can not contain region information.",
    ),
    (r#"{$V,"Statement":{"Sid":{},$E,$A,$R}}"#, SYNTAX),
    (r#"{$V,"Statement":{"Sid":[],$E,$A,$R}}"#, SYNTAX),
    (r#"{$V,"Statement":[{"Sid":"sdf",$E,$A,$R},{"Sid":"sdf",$E}]}"#, UNIQUE),
    (r#"{"Statement":[{"Sid":"sdf",$E,$A,$R},{"Sid":"sdf",$E}]}"#, VERSION),
    (r#"{$V,"Statement":{$E,"NotAction":"s3:ListBucket","Action":"iam:dsf",$R}}"#, SYNTAX),
    (r#"{$V,"Statement":{$E,$A,$R,"NotResource":"*"}}"#, SYNTAX),
    (r#"{$V,"Statement":{"Effect":"denY",$A,$R}}"#, LEGACY),
    (r#"{$V,"Statement":{$E,$A,$R,"Condition":{"DateGreaterThan":{"a":"sdfdsf"}}}}"#, LEGACY),
    (r#"{"Statement":{$E,$A,$R,"Condition":{"DateGreaterThan":{"a":"sdfdsf"}}}}"#, VERSION),
    (r#"{"Statement":{"Effect":"denY",$A,$R}}"#, VERSION),
    (r#"{$V,"Statement":{$E,"Condition":{"DateGreaterThan":{"a":"sdfdsf"}}}}"#, LEGACY),
    (r#"{$V,"Statement":{$E,"NotAction":"s3:ListBucket","Resource":"arn:aws::::example_bucket"}}"#, LEGACY),
    (r#"{$V,"Statement":{"Effect":"allow","Resource":"arn:aws:s3:us-east-1::example_bucket"}}"#, LEGACY),
    (r#"{$V,"Statement":[{"Sid":"sdf","Effect":"aLLow",$A,$R},{"Sid":"sdf",$E}]}"#, LEGACY),
    (r#"{$V,"Statement":{$E,$A,"NotResource":"arn:aws:s3::example_bucket"}}"#, LEGACY),
    (r#"{$V,"Statement":{$E,$A,$R,"Condition":{"DateLessThanEquals":{"a":"234-13"}}}}"#, LEGACY),
    (r#"{$V,"Statement":{$E,$A,$R,"Condition":{"DateLessThanEquals":{"a":"2016-12-13t2:00:00.593194+1"}}}}"#, LEGACY),
    (
        r#"{$V,"Statement":{$E,$A,$R,"Condition":{"DateLessThanEquals":{"a":"2016-12-13t2:00:00.1999999999+10:59"}}}}"#,
        LEGACY,
    ),
    (r#"{$V,"Statement":{$E,$A,$R,"Condition":{"DateLessThan":{"a":"9223372036854775808"}}}}"#, LEGACY),
    (
        r#"{$V,"Statement":{$E,$A,"Resource":"arn:error:s3:::example_bucket",
            "Condition":{"DateGreaterThan":{"a":"sdfdsf"}}}}"#,
        LEGACY,
    ),
    (r#"{$V,"Statement":{$E,$A,"Resource":"arn:aws::fdsasf"}}"#, LEGACY),
];

/// Accepted documents. Those of the recording that only repeat what another has are left out.
const ACCEPTED: [&str; 43] = [
    r#"{$V,"Statement":{$E,$A,"Resource":["arn:aws:s3:::example_bucket"]}}"#,
    r#"{$V,"Statement":{$E,"Action":"iam: asdf safdsf af ",$R}}"#,
    r#"{$V,"Statement":{$E,$A,"Resource":["arn:aws:s3:::example_bucket","*"]}}"#,
    r#"{$V,"Statement":{$E,"Action":"*",$R}}"#,
    r#"{$V,"Statement":[{$E,$A,$R}]}"#,
    r#"{$V,"Statement":{$E,"Action":"service-prefix:action-name","Resource":"*","Condition":{
        "DateGreaterThan":{"aws:CurrentTime":"2017-07-01T00:00:00Z"},
        "DateLessThan":{"aws:CurrentTime":"2017-12-31T23:59:59Z"}}}}"#,
    r#"{$V,"Statement":{$E,"Action":"fsx:ListBucket",$R}}"#,
    r#"{$V,"Statement":{$E,$A,"Resource":"arn:aws:iam:::user/example_bucket"}}"#,
    r#"{$V,"Statement":{$E,$A,"Resource":"arn:aws:s33:::example_bucket"}}"#,
    r#"{$V,"Statement":{$E,$A,"Resource":"arn:aws:fdsasf"}}"#,
    r#"{$V,"Statement":{$E,$A,$R,"Condition":{}}}"#,
    r#"{$V,"Statement":{$E,$A,$R,"Condition":{"ForAllValues:StringEquals":{"aws:TagKeys":"Department"}}}}"#,
    r#"{$V,"Statement":{$E,$A,"Resource":"arn:aws:cloudwatch:us-east-1::example_bucket"}}"#,
    r#"{$V,"Statement":{$E,$A,"Resource":"arn:aws:ec2:us-east-1::example_bucket"}}"#,
    r#"{$V,"Statement":{$E,$A,"Resource":"arn:aws:invalid-service:::example_bucket"}}"#,
    r#"{$V,"Statement":{$E,$A,"Resource":"arn:aws:invalid-service:us-east-1::example_bucket"}}"#,
    r#"{$V,"Statement":{$E,$A,$R,"Condition":{"DateGreaterThan":{}}}}"#,
    r#"{$V,"Statement":{$E,$A,$R,"Condition":{"DateGreaterThan":{"a":[]}}}}"#,
    r#"{$V,"Statement":{$E,$A,$R,"Condition":{"a":{}}}}"#,
    r#"{$V,"Statement":{"Sid":"dsfsdfsdfsdfsdfsadfsd",$E,$A,$R}}"#,
    r#"{$V,"Statement":[
        {"Sid":"One",$E,"Action":["iam:GetRole","iam:ListUserTags"],"Resource":"*"},
        {"Sid":"Two",$E,"Action":["iam:TagUser","iam:TagRole"],"Resource":"*","Condition":{
            "StringEquals":{"aws:RequestTag/CostCenter":["A-123","B-456"]},
            "ForAllValues:StringEquals":{"aws:TagKeys":"CostCenter"}}}]}"#,
    r#"{$V,"Statement":{$E,"NotAction":"s3:ListBucket",$R}}"#,
    r#"{$V,"Statement":{"Effect":"Deny","Action":"s3:*","NotResource":["arn:aws:s3:::HR/Pay","arn:aws:s3:::HR/Pay/*"]}}"#,
    r#"{$V,"Id":"sdfsdfsdf","Statement":{$E,"NotAction":"s3:ListBucket",$R}}"#,
    r#"{$V,"Statement":{$E,"Action":"aaaaaadsfdsafsadfsadfaaaaa:ListBucket",$R}}"#,
    r#"{$V,"Statement":{$E,"Action":"s3-s:ListBucket",$R}}"#,
    r#"{$V,"Statement":{$E,"Action":"s3.s:ListBucket",$R}}"#,
    r#"{$V,"Statement":{$E,"NotAction":"s3:ListBucket","NotResource":"*"}}"#,
    r#"{$V,"Statement":[{"Sid":"sdf",$E,$A,$R},{$E,$A,$R}]}"#,
    r#"{$V,"Statement":{$E,$A,$R,"Condition":{"DateGreaterThan":{"a":"01T"}}}}"#,
    r#"{$V,"Statement":{$E,$A,$R,"Condition":{"x":{},"y":{}}}}"#,
    r#"{$V,"Statement":{$E,$A,$R,"Condition":{"StringEqualsIfExists":{"a":"asf"}}}}"#,
    r#"{$V,"Statement":{$E,$A,$R,"Condition":{"ForAnyValue:StringEqualsIfExists":{"a":"asf"}}}}"#,
    r#"{$V,"Statement":{$E,$A,$R,"Condition":{"DateLessThanEquals":{"a":"2019-07-01T13:20:15Z"}}}}"#,
    r#"{$V,"Statement":{$E,$A,$R,"Condition":{"DateLessThanEquals":{"a":"2016-12-13T21:20:37.593194+00:00"}}}}"#,
    r#"{$V,"Statement":{$E,$A,$R,"Condition":{"DateLessThanEquals":{"a":"2016-12-13t2:00:00.593194+23"}}}}"#,
    r#"{$V,"Statement":{$E,$A,$R,"Condition":{"DateLessThan":{"a":"-292275054"}}}}"#,
    r#"{$V,"Statement":[
        {"Sid":"One",$E,"Action":"iam:CreateVirtualMFADevice","Resource":"arn:aws:iam::*:mfa/${aws:username}"},
        {"Sid":"Two","Effect":"Deny","NotAction":["iam:EnableMFADevice","sts:GetSessionToken"],"Resource":"*",
         "Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}}]}"#,
    r#"{$V,"Statement":[
        {$E,"Action":["ec2:AttachVolume"],"Resource":["arn:aws:ec2:*:*:volume/*","arn:aws:ec2:*:*:instance/*"],
         "Condition":{"ArnEquals":{"ec2:SourceInstanceARN":"arn:aws:ec2:*:*:instance/instance-id"}}},
        {$E,"Action":"dynamodb:BatchGet*","Resource":"arn:aws:dynamodb:*:*:table/MyTable"}]}"#,
    r#"{$V,"Statement":{$E,"Action":"ec2:StartInstances","Resource":"arn:aws:ec2:region:account-id:instance/*",
        "Condition":{"StringEquals":{"ec2:ResourceTag/VolumeUser":"${aws:username}"}}}}"#,
    r#"{$V,"Statement":{$E,"Action":"s3:*Object","Resource":[
        "arn:aws:s3:::bucket-name/cognito/${cognito-identity.amazonaws.com:sub}/*"],
        "Condition":{"StringLike":{"s3:prefix":["","home/","home/${aws:userid}/*"]}}}}"#,
    r#"{$V,"Statement":[
        {"Sid":"",$E,"Action":"rds:*","Resource":["arn:aws:rds:region:*:*"]},
        {"Sid":"",$E,"Action":["rds:Describe*"],"Resource":["*"]}]}"#,
    r#"{$V,"Statement":[{"Sid":"",$E,"Action":["s3:*"],"Resource":[
        "arn:aws:s3:us-west-2:123456789012:accesspoint/my-access-point",
        "arn:aws:s3:us-west-2:123456789012:accesspoint/my-access-point/object/*"]}]}"#,
];

#[test]
fn documents_are_refused_as_recorded() {
    for (at, (short, wanted)) in REFUSED.iter().enumerate() {
        let fault = parse_identity(&document(short)).unwrap_err();
        assert_eq!(text(&fault), *wanted, "case {at}: {short}: {fault:?}");
    }
}

#[test]
fn documents_are_accepted_as_recorded() {
    for (at, short) in ACCEPTED.iter().enumerate() {
        let read = parse_identity(&document(short));
        assert!(read.is_ok(), "case {at}: {short}: {read:?}");
    }
}

#[test]
fn trust_policies_are_refused_as_recorded_or_seen() {
    let trust = r#""Action":"sts:AssumeRole""#;
    let one = |members: &str| format!(r#"{{$V,"Statement":[{{$E,{members}}}]}}"#);
    for (short, wanted) in [
        (format!(r#"{{$V,"Statement":[{{{trust},"Principal":"*",$E,}}]}}"#), "This policy contains invalid Json"),
        (one(r#""Principal":{"AWS":"*"},"Action":"*""#), "AssumeRole policy may only specify STS AssumeRole actions."),
        (one(r#""Principal":{"AWS":"*"},$A"#), "AssumeRole policy may only specify STS AssumeRole actions."),
        (one(r#""Principal":{"AWS":"*"},$A,$R"#), "Has prohibited field Resource"),
        (one("$A,$R"), "Has prohibited field Resource"),
        (r#"{"probe":"not a trust policy"}"#.into(), "Unknown field probe"),
        (one(trust), "Missing required field Principal"),
        (one(&format!(r#""Principal":{{}},{trust}"#)), "Missing required field Principal cannot be empty!"),
        (
            one(&format!(r#""Principal":"*",{trust}"#)),
            r#"AssumeRolepolicy contained an invalid principal: "STAR":"*"."#,
        ),
        (
            one(&format!(r#""Principal":{{"AWS":"arn:aws:iam::12345678910:role/a"}},{trust}"#)),
            r#"Invalid principal in policy: "AWS":"arn:aws:iam::12345678910:role/a""#,
        ),
        (one(&format!(r#""Principal":{{"Service":"x"}},{trust}"#)), r#"Invalid principal in policy: "SERVICE":"x""#),
        (one(&format!(r#""Principal":{{"AWS":[]}},{trust}"#)), NOBODY),
        (
            one(&format!(r#""Principal":{{"Federated":"arn:aws:iam//818719120165:oidc-provider/x"}},{trust}"#)),
            "Federated principals must be valid domain names or SAML metadata ARNs",
        ),
        (r#"{$V,"Statement":[]}"#.into(), "Could not parse the policy: Statement is empty!"),
    ] {
        let fault = parse_trust(&document(&short)).unwrap_err();
        assert_eq!(text(&fault), wanted, "{short}: {fault:?}");
    }
}

#[test]
fn other_texts_are_as_seen() {
    let of = |read: Result<_, PolicyFault>| text(&read.map(|_| ()).unwrap_err());
    let named = document(r#"{$V,"Statement":{$E,$A,"Principal":{"AWS":"*"}}}"#);
    assert_eq!(of(parse_identity(&named)), "Policy document should not specify a principal.");
    assert_eq!(of(parse_identity(&document(r#"{$V,"Statement":{"Sid":"a-b",$E,$A,$R}}"#))), SID);
    assert_eq!(of(parse_session("x")), "The policy is not in the valid JSON format.");
    assert_eq!(size_text(PolicyQuota::User, "al"), "Maximum policy size of 2048 bytes exceeded for user al");
    assert_eq!(size_text(PolicyQuota::Trust, "r"), "Cannot exceed quota for ACLSizePerRole: 2048");
    assert_eq!(size_text(PolicyQuota::Managed, "p"), "Cannot exceed quota for PolicySize: 6144");
}
