//! Which role each service of a cloud is linked to, as data read at first use; must not know accounts or roles that
//! exist.
//!
//! A member `inferred` of an entry in the data lists what is not known from AWS or from a role seen there: readers
//! ignore it.

use std::sync::LazyLock;

use serde::Deserialize;

use super::account::Cloud;
use super::managed_policies::{self, ManagedPolicy};

/// What CreateServiceLinkedRole makes for one service (IAM 2010-05-08; User Guide, "AWS services that work with IAM";
/// RAM 2015-05-01; RAM documentation, "Services that work with service-linked roles").
#[derive(Debug, Deserialize)]
pub struct ServiceLinkedRole {
    #[serde(skip, default = "aws")]
    cloud: Cloud,
    /// Who may take the role on, such as `autoscaling.amazonaws.com`.
    pub service: String,
    /// The role's name, such as `AWSServiceRoleForAutoScaling`.
    #[serde(rename = "role")]
    pub role_name: String,
    /// Whether the service takes a CustomSuffix, and so more than one role.
    #[serde(rename = "custom_suffix")]
    pub custom_suffix_allowed: bool,
    /// What the service itself gives as the description when it makes the role; on AWS a caller's role has the caller's
    /// or none.
    #[serde(default)]
    pub description: Option<String>,
    /// The name of the managed policy that the role gets.
    #[serde(rename = "policy")]
    pub policy_name: String,
}

fn aws() -> Cloud {
    Cloud::Aws
}

impl ServiceLinkedRole {
    /// A line of Alibaba Cloud's: the service, the end of the role's name and the policy's, what the service is called,
    /// and the description where it is not the common one.
    ///
    /// Which services take a suffix is not known, so none does.
    fn parse(line: &str) -> Option<Self> {
        let mut fields = line.split('\t');
        let (service, name, title) = (fields.next()?, fields.next()?, fields.next()?);
        let description = match fields.next() {
            Some(description) => description.to_owned(),
            None => format!(
                "Service Linked Role for {title}. {title} will use this role to access your resources in other services."
            ),
        };
        Some(Self {
            cloud: Cloud::Alibaba,
            service: service.to_owned(),
            role_name: format!("AliyunServiceRoleFor{name}"),
            custom_suffix_allowed: false,
            description: Some(description),
            policy_name: format!("AliyunServiceRolePolicyFor{name}"),
        })
    }

    /// The role's path, `/aws-service-role/autoscaling.amazonaws.com/`; Alibaba Cloud has no paths.
    pub fn path(&self) -> String {
        match self.cloud {
            Cloud::Aws => format!("/aws-service-role/{}/", self.service),
            Cloud::Alibaba => "/".to_owned(),
        }
    }

    /// The role's name with the suffix that the caller gave, `AWSServiceRoleForAutoScaling_suffix`.
    pub fn role_name_with(&self, custom_suffix: Option<&str>) -> String {
        match custom_suffix {
            Some(suffix) => format!("{}_{suffix}", self.role_name),
            None => self.role_name.clone(),
        }
    }

    /// The path of the managed policy that the role gets.
    pub fn policy_path(&self) -> &'static str {
        match self.cloud {
            Cloud::Aws => "/aws-service-role/",
            Cloud::Alibaba => "",
        }
    }

    /// The ARN of the managed policy that the role gets, which need not be among `managed_policies::of`.
    pub fn policy_arn(&self) -> String {
        match self.cloud {
            Cloud::Aws => format!("arn:aws:iam::aws:policy/aws-service-role/{}", self.policy_name),
            Cloud::Alibaba => format!("acs:ram::system:policy/{}", self.policy_name),
        }
    }

    /// The managed policy that the role gets, if its document is known.
    pub fn policy(&self) -> Option<&'static ManagedPolicy> {
        managed_policies::by_arn(&self.policy_arn())
    }
}

impl ServiceLinkedRole {
    /// Its trust policy, as CreateServiceLinkedRole answers it (recorded of AWS; sample of Alibaba Cloud's).
    pub fn trust_policy(&self) -> String {
        let service = &self.service;
        match self.cloud {
            Cloud::Aws => format!(
                r#"{{"Version":"2012-10-17","Statement":[{{"Action":["sts:AssumeRole"],"Effect":"Allow","Principal":{{"Service":["{service}"]}}}}]}}"#
            ),
            Cloud::Alibaba => format!(
                r#"{{"Statement":[{{"Action":"sts:AssumeRole","Effect":"Allow","Principal":{{"Service":["{service}"]}}}}],"Version":"1"}}"#
            ),
        }
    }
}

/// What there is to say against an operation on a service-linked role.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ServiceLinkedRoleFault {
    /// The longest session of the role of this name cannot be changed.
    #[error("the longest session of role {0} is fixed")]
    FixedDuration(String),
    /// No such service has a role.
    #[error("service {0} has no role")]
    UnknownService(String),
    /// The service has one role and takes no suffix.
    #[error("service {0} takes no suffix")]
    SuffixNotAllowed(String),
    /// The service has one role, which it describes itself.
    #[error("service {0} describes its role itself")]
    DescriptionNotAllowed(String),
    /// There is a role of this name already.
    #[error("the name {0} is taken")]
    NameTaken(String),
    /// The role of this name belongs to no service.
    #[error("role {0} is no service-linked role")]
    NotLinked(String),
    /// There was no such deletion.
    #[error("there was no such deletion")]
    UnknownDeletion,
    /// What should name a deletion does not.
    #[error("the id of a deletion is malformed")]
    MalformedDeletion,
}

/// What the id of a task begins with (IAM 2010-05-08 and Resource Manager 2020-03-31 DeleteServiceLinkedRole,
/// DeletionTaskId).
fn deletion_prefix(cloud: Cloud) -> &'static str {
    match cloud {
        Cloud::Aws => "task/aws-service-role/",
        Cloud::Alibaba => "task/acs-service-role/",
    }
}

/// The id of the task that deletes a role.
pub fn deletion_task(cloud: Cloud, service: &str, role_name: &str, uuid: &str) -> String {
    format!("{}{service}/{role_name}/{uuid}", deletion_prefix(cloud))
}

/// Whether a text is of the form of a deletion's id; what the cloud checks of it is inferred.
pub fn is_deletion_task(cloud: Cloud, text: &str) -> bool {
    let Some(rest) = text.strip_prefix(deletion_prefix(cloud)) else { return false };
    let fields: Vec<&str> = rest.split('/').collect();
    let [service, role, uuid] = fields[..] else { return false };
    let is_uuid = uuid.len() == 36
        && uuid.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        });
    !service.is_empty() && !role.is_empty() && is_uuid
}

/// All services of a cloud with a role of their own, ordered by service.
pub fn all(cloud: Cloud) -> &'static [ServiceLinkedRole] {
    // none if the data does not parse, which the tests rule out
    static AWS: LazyLock<Vec<ServiceLinkedRole>> =
        LazyLock::new(|| serde_json::from_str(include_str!("service_linked_roles.json")).unwrap_or_default());
    static ALIBABA: LazyLock<Vec<ServiceLinkedRole>> = LazyLock::new(|| {
        include_str!("service_linked_roles_alibaba.tsv").lines().filter_map(ServiceLinkedRole::parse).collect()
    });
    match cloud {
        Cloud::Aws => &AWS,
        Cloud::Alibaba => &ALIBABA,
    }
}

/// Whether an ARN is that of a managed policy that the role of a service gets.
pub fn has_policy(cloud: Cloud, arn: &str) -> bool {
    all(cloud).iter().any(|role| role.policy_arn() == arn)
}

/// The role of the service that AWSServiceName or ServiceName names.
pub fn of_service(cloud: Cloud, service: &str) -> Option<&'static ServiceLinkedRole> {
    let roles = all(cloud);
    let found = roles.binary_search_by(|role| role.service.as_str().cmp(service)).ok()?;
    roles.get(found)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_entry_of_the_data_is_read_and_found_by_its_service() {
        let data: Vec<serde_json::Value> = serde_json::from_str(include_str!("service_linked_roles.json")).unwrap();
        assert_eq!(all(Cloud::Aws).len(), data.len());
        assert!(all(Cloud::Aws).len() > 150);
        assert!(all(Cloud::Aws).is_sorted_by(|one, next| one.service < next.service));
        for role in all(Cloud::Aws) {
            assert_eq!(of_service(Cloud::Aws, &role.service).unwrap().role_name, role.role_name);
        }
        assert!(of_service(Cloud::Aws, "ec2.amazonaws.com").is_none());
        assert!(of_service(Cloud::Aws, "").is_none());
    }

    #[test]
    fn every_line_of_the_data_is_read_and_found_by_its_service() {
        let roles = all(Cloud::Alibaba);
        assert_eq!(roles.len(), include_str!("service_linked_roles_alibaba.tsv").lines().count());
        assert!(roles.is_sorted_by(|one, next| one.service < next.service));
        let mut names = HashSet::new();
        for role in roles {
            assert_eq!(of_service(Cloud::Alibaba, &role.service).unwrap().role_name, role.role_name);
            assert!(names.insert(role.role_name.to_ascii_lowercase()), "{}", role.role_name);
            assert_eq!(crate::domain::name::check_role_name(&role.role_name), Ok(()));
            assert!(role.service.ends_with(".aliyuncs.com"), "{}", role.service);
            assert!(crate::domain::policy::PolicyLanguage::Ram.parse_trust(&role.trust_policy()).is_ok());
            assert!(role.description.as_ref().is_some_and(|text| text.starts_with("Service")));
        }
        let polardb = of_service(Cloud::Alibaba, "polardb.aliyuncs.com").unwrap();
        assert_eq!(polardb.role_name, "AliyunServiceRoleForPolarDB");
        assert_eq!(polardb.policy_arn(), "acs:ram::system:policy/AliyunServiceRolePolicyForPolarDB");
        assert_eq!(polardb.path(), "/");
    }

    #[test]
    fn the_trust_policy_names_the_service_alone() {
        for role in all(Cloud::Aws) {
            let policy = crate::domain::policy::parse_trust(&role.trust_policy()).unwrap();
            let named: Vec<_> = policy.principals().map(|named| &named.written).collect();
            assert_eq!(named, [&role.service]);
        }
    }

    #[test]
    fn a_deletion_is_told_from_other_text() {
        let uuid = "cc20023b-069d-4d01-96e3-a2e91d74f1f8";
        assert!(is_deletion_task(
            Cloud::Aws,
            &deletion_task(Cloud::Aws, "ecs.amazonaws.com", "AWSServiceRoleForECS", uuid)
        ));
        for bad in
            ["", "task", "task/aws-service-role/a/b/c", "task/aws-service-role//b/", &format!("task/a/b/c/{uuid}")]
        {
            assert!(!is_deletion_task(Cloud::Aws, bad), "{bad}");
        }
    }

    #[test]
    fn names_are_unique_and_short_enough_for_a_role() {
        let mut names = HashSet::new();
        for role in all(Cloud::Aws) {
            assert!(names.insert(role.role_name.to_ascii_lowercase()), "{}", role.role_name);
            assert!(
                role.role_name.starts_with("AWSServiceRoleFor") && role.role_name.len() <= 64,
                "{}",
                role.role_name
            );
            assert!(role.service.ends_with(".amazonaws.com"), "{}", role.service);
        }
    }

    #[test]
    fn policies_are_those_for_service_linked_roles() {
        for policy in all(Cloud::Aws).iter().filter_map(ServiceLinkedRole::policy) {
            assert!(policy.is_for_service_linked_roles(), "{}", policy.name);
        }
        assert!(all(Cloud::Aws).iter().filter(|role| role.policy().is_some()).count() > 60);
    }

    #[test]
    fn only_a_few_services_take_a_suffix() {
        let suffixed: Vec<_> =
            all(Cloud::Aws).iter().filter(|role| role.custom_suffix_allowed).map(|role| &role.service).collect();
        assert_eq!(suffixed, ["autoscaling.amazonaws.com", "connect.amazonaws.com", "lexv2.amazonaws.com"]);
        let autoscaling = of_service(Cloud::Aws, "autoscaling.amazonaws.com").unwrap();
        assert_eq!(autoscaling.role_name_with(None), "AWSServiceRoleForAutoScaling");
        assert_eq!(autoscaling.role_name_with(Some("dev")), "AWSServiceRoleForAutoScaling_dev");
        assert_eq!(autoscaling.path(), "/aws-service-role/autoscaling.amazonaws.com/");
        assert_eq!(autoscaling.policy().unwrap().name, "AutoScalingServiceRolePolicy");
    }
}
