//! The policies that the clouds themselves keep, as data read at first use; must not know accounts or attachments.
//!
//! A member `inferred` of an entry in the data lists what is not known from the cloud or its documentation: readers
//! ignore it.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::{Deserialize, Deserializer, Serialize, de};
use serde_json::Value;
use serde_json::ser::{PrettyFormatter, Serializer};

use super::account::Cloud;
use super::name;
use super::time::Time;

/// What the ARN of AWS's managed policies begins with; other partitions are not kept.
const AWS_ARN_PREFIX: &str = "arn:aws:iam::aws:policy";
/// What the ARN of RAM's system policies begins with (RAM documentation, "Policy elements").
const ALIBABA_ARN_PREFIX: &str = "acs:ram::system:policy/";
/// The path of AWS's policies that only service-linked roles may have (IAM AttachRolePolicy, PolicyNotAttachable).
const SERVICE_LINKED_PATH: &str = "/aws-service-role/";

/// A policy that the cloud keeps for all accounts, in its default version, the only one here (IAM 2010-05-08 Policy
/// and PolicyVersion; RAM 2015-05-01 GetPolicy of a system policy).
#[derive(Debug)]
pub struct ManagedPolicy {
    /// Its name, unique in its cloud.
    pub name: String,
    /// Its path, `/` or `/job-function/` and the like; empty where the cloud has none.
    pub path: String,
    /// Its id, `ANPA..`; empty where the cloud has none.
    pub id: String,
    /// What it is for, in the cloud's words.
    pub description: String,
    /// The version in force, such as `v4`.
    pub default_version_id: String,
    /// When its first version was made.
    pub created_at: Time,
    /// When its default version was made.
    pub updated_at: Time,
    /// The JSON text of the default version, indented as its cloud does.
    pub document: String,
    arn: String,
}

impl ManagedPolicy {
    /// Its ARN, `arn:aws:iam::aws:policy/job-function/Billing` or `acs:ram::system:policy/ReadOnlyAccess`.
    pub fn arn(&self) -> &str {
        &self.arn
    }

    /// Whether only a service-linked role may have it.
    pub fn is_for_service_linked_roles(&self) -> bool {
        self.path == SERVICE_LINKED_PATH
    }
}

/// AWS's managed policies, ordered by name without regard to case.
pub fn aws() -> &'static [ManagedPolicy] {
    static POLICIES: LazyLock<Vec<ManagedPolicy>> =
        LazyLock::new(|| read(include_str!("managed_policies/aws.json"), AWS_ARN_PREFIX, "    "));
    &POLICIES
}

/// Alibaba Cloud's system policies, ordered by name without regard to case.
///
/// Their times are those of RAM's documentation, taken as UTC (inferred: it names no zone).
pub fn alibaba() -> &'static [ManagedPolicy] {
    static POLICIES: LazyLock<Vec<ManagedPolicy>> =
        LazyLock::new(|| read(include_str!("managed_policies/alibaba.json"), ALIBABA_ARN_PREFIX, "  "));
    &POLICIES
}

/// The policies that `cloud` keeps, ordered by name without regard to case.
pub fn of(cloud: Cloud) -> &'static [ManagedPolicy] {
    match cloud {
        Cloud::Alibaba => alibaba(),
        Cloud::Aws => aws(),
    }
}

/// The managed policy of either cloud that has this ARN, compared exactly.
pub fn by_arn(arn: &str) -> Option<&'static ManagedPolicy> {
    static AWS: LazyLock<ByArn> = LazyLock::new(|| index(aws()));
    static ALIBABA: LazyLock<ByArn> = LazyLock::new(|| index(alibaba()));
    // one cloud's data is not to be read for the other's ARNs
    let policies = if arn.starts_with(AWS_ARN_PREFIX) {
        &AWS
    } else if arn.starts_with(ALIBABA_ARN_PREFIX) {
        &ALIBABA
    } else {
        return None;
    };
    policies.get(arn).copied()
}

/// As [`by_arn`], of this cloud.
pub fn of_cloud_by_arn(cloud: Cloud, arn: &str) -> Option<&'static ManagedPolicy> {
    by_arn(arn).filter(|policy| by_name(cloud, &policy.name).is_some_and(|known| known.arn == policy.arn))
}

/// Whether an ARN is one that a cloud's own policies have, known here or not.
pub fn is_of_cloud(arn: &str) -> bool {
    arn.strip_prefix(AWS_ARN_PREFIX).is_some_and(|rest| rest.starts_with('/')) || arn.starts_with(ALIBABA_ARN_PREFIX)
}

/// Alibaba Cloud's system policy of this name: RAM's operations name a policy by PolicyType and PolicyName.
pub fn alibaba_by_name(name: &str) -> Option<&'static ManagedPolicy> {
    by_name(Cloud::Alibaba, name)
}

/// The policy of this name that `cloud` keeps, without regard to case as names are compared everywhere (inferred).
pub fn by_name(cloud: Cloud, name: &str) -> Option<&'static ManagedPolicy> {
    let wanted = name::key(name);
    let policies = of(cloud);
    let at = policies.binary_search_by(|policy| name::key(&policy.name).cmp(&wanted)).ok()?;
    policies.get(at)
}

type ByArn = HashMap<&'static str, &'static ManagedPolicy>;

fn index(policies: &'static [ManagedPolicy]) -> ByArn {
    policies.iter().map(|policy| (policy.arn(), policy)).collect()
}

/// One policy as the data has it.
#[derive(Deserialize)]
struct Entry {
    name: String,
    #[serde(default)]
    path: String,
    #[serde(default)]
    id: String,
    version: String,
    #[serde(deserialize_with = "time")]
    created: Time,
    #[serde(deserialize_with = "time")]
    updated: Time,
    description: String,
    document: Value,
}

fn time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Time, D::Error> {
    let text = String::deserialize(deserializer)?;
    Time::parse(&text).ok_or_else(|| de::Error::custom("not a time"))
}

/// The policies in `data`; none if it does not parse, which the tests rule out.
fn read(data: &str, arn_prefix: &str, indent: &str) -> Vec<ManagedPolicy> {
    let entries: Vec<Entry> = serde_json::from_str(data).unwrap_or_default();
    entries
        .into_iter()
        .map(|entry| ManagedPolicy {
            arn: format!("{arn_prefix}{}{}", entry.path, entry.name),
            document: pretty(&entry.document, indent),
            name: entry.name,
            path: entry.path,
            id: entry.id,
            description: entry.description,
            default_version_id: entry.version,
            created_at: entry.created,
            updated_at: entry.updated,
        })
        .collect()
}

/// The document with one member or item a line.
fn pretty(document: &Value, indent: &str) -> String {
    let mut text = Vec::new();
    let mut serializer = Serializer::with_formatter(&mut text, PrettyFormatter::with_indent(indent.as_bytes()));
    match document.serialize(&mut serializer) {
        Ok(()) => String::from_utf8(text).unwrap_or_default(),
        Err(_) => document.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn count(data: &str) -> usize {
        serde_json::from_str::<Vec<Value>>(data).unwrap().len()
    }

    #[test]
    fn every_entry_of_the_data_is_read() {
        assert_eq!(aws().len(), count(include_str!("managed_policies/aws.json")));
        assert_eq!(alibaba().len(), count(include_str!("managed_policies/alibaba.json")));
        assert!(aws().len() > 200 && alibaba().len() > 40);
    }

    #[test]
    fn every_document_has_a_version_and_statements_with_an_effect() {
        for (policies, versions) in [(aws(), ["2012-10-17", "2008-10-17"]), (alibaba(), ["1", "1"])] {
            for policy in policies {
                let document: Value = serde_json::from_str(&policy.document).unwrap();
                assert!(versions.contains(&document["Version"].as_str().unwrap()), "{}", policy.name);
                let statements = match &document["Statement"] {
                    Value::Array(many) => many.as_slice(),
                    one => std::slice::from_ref(one),
                };
                assert!(!statements.is_empty(), "{}", policy.name);
                for statement in statements {
                    assert!(["Allow", "Deny"].contains(&statement["Effect"].as_str().unwrap()), "{}", policy.name);
                    assert!(statement.get("Action").or(statement.get("NotAction")).is_some(), "{}", policy.name);
                    assert!(statement.get("Resource").or(statement.get("NotResource")).is_some(), "{}", policy.name);
                }
            }
        }
    }

    #[test]
    fn names_are_unique_and_in_order_without_regard_to_case() {
        for policies in [aws(), alibaba()] {
            let names: Vec<String> = policies.iter().map(|policy| policy.name.to_ascii_lowercase()).collect();
            assert!(names.is_sorted_by(|one, next| one < next));
        }
    }

    #[test]
    fn members_have_the_forms_of_the_clouds() {
        let mut ids = HashSet::new();
        for policy in aws() {
            assert!(policy.id.len() == 21 && policy.id.starts_with("ANPA"), "{}", policy.name);
            assert!(policy.id.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()));
            assert!(ids.insert(&policy.id), "{}", policy.name);
            assert!(policy.path.starts_with('/') && policy.path.ends_with('/'), "{}", policy.name);
        }
        for policy in aws().iter().chain(alibaba()) {
            let number = policy.default_version_id.strip_prefix('v').unwrap();
            assert!(number.parse::<u32>().unwrap() > 0, "{}", policy.name);
            assert!(policy.created_at <= policy.updated_at, "{}", policy.name);
            assert!(!policy.description.is_empty() && policy.description.len() <= 1000, "{}", policy.name);
        }
    }

    #[test]
    fn each_is_found_by_its_arn() {
        for policy in aws().iter().chain(alibaba()) {
            assert!(std::ptr::eq(by_arn(policy.arn()).unwrap(), policy), "{}", policy.name);
        }
        assert_eq!(by_arn("arn:aws:iam::aws:policy/job-function/Billing").unwrap().name, "Billing");
        assert_eq!(by_name(Cloud::Aws, "billing").unwrap().name, "Billing");
        assert!(alibaba_by_name("AliyunOSS").is_none());
        assert_eq!(alibaba_by_name("aliyunossfullaccess").unwrap().name, "AliyunOSSFullAccess");
        assert_eq!(alibaba_by_name("AliyunOSSFullAccess").unwrap().arn(), "acs:ram::system:policy/AliyunOSSFullAccess");
        for absent in
            ["", "AdministratorAccess", "arn:aws:iam::aws:policy/Billing", "arn:aws:iam::1:policy/ReadOnlyAccess"]
        {
            assert!(by_arn(absent).is_none(), "{absent}");
        }
    }

    #[test]
    fn administrator_access_is_what_everyone_knows() {
        let aws = by_arn("arn:aws:iam::aws:policy/AdministratorAccess").unwrap();
        assert_eq!((aws.id.as_str(), aws.default_version_id.as_str()), ("ANPAIWMBCKSKIEE64ZLYK", "v1"));
        assert_eq!(aws.created_at.to_wire(), "2015-02-06T18:39:46Z");
        assert_eq!(aws.description, "Provides full access to AWS services and resources.");
        assert_eq!(
            aws.document,
            "{\n    \"Version\": \"2012-10-17\",\n    \"Statement\": [\n        {\n            \"Effect\": \"Allow\",\n            \
             \"Action\": \"*\",\n            \"Resource\": \"*\"\n        }\n    ]\n}"
        );
        assert!(!aws.is_for_service_linked_roles());
        let alibaba = alibaba_by_name("AdministratorAccess").unwrap();
        assert_eq!(
            alibaba.document,
            "{\n  \"Statement\": [\n    {\n      \"Action\": \"*\",\n      \"Effect\": \"Allow\",\n      \
             \"Resource\": \"*\"\n    }\n  ],\n  \"Version\": \"1\"\n}"
        );
    }

    #[test]
    fn data_that_does_not_parse_gives_no_policies() {
        assert!(read("[{\"name\":\"A\"}]", AWS_ARN_PREFIX, " ").is_empty());
    }
}
