//! Which role each AWS service is linked to, as data read at first use; must not know accounts or roles that exist.
//!
//! A member `inferred` of an entry in the data lists what is not known from AWS or from a role seen there: readers
//! ignore it.

use std::sync::LazyLock;

use serde::Deserialize;

use super::managed_policies::{self, ManagedPolicy};

/// What CreateServiceLinkedRole makes for one service (IAM 2010-05-08; User Guide, "AWS services that work with IAM").
#[derive(Debug, Deserialize)]
pub struct ServiceLinkedRole {
    /// Who may take the role on, such as `autoscaling.amazonaws.com`.
    pub service: String,
    /// The role's name, such as `AWSServiceRoleForAutoScaling`.
    #[serde(rename = "role")]
    pub role_name: String,
    /// Whether the service takes a CustomSuffix, and so more than one role.
    #[serde(rename = "custom_suffix")]
    pub custom_suffix_allowed: bool,
    /// What the service itself gives as the description when it makes the role; a caller's role has the caller's or none.
    #[serde(default)]
    pub description: Option<String>,
    /// The name of the managed policy that the role gets.
    #[serde(rename = "policy")]
    pub policy_name: String,
}

impl ServiceLinkedRole {
    /// The role's path, `/aws-service-role/autoscaling.amazonaws.com/`.
    pub fn path(&self) -> String {
        format!("/aws-service-role/{}/", self.service)
    }

    /// The role's name with the suffix that the caller gave, `AWSServiceRoleForAutoScaling_suffix`.
    pub fn role_name_with(&self, custom_suffix: Option<&str>) -> String {
        match custom_suffix {
            Some(suffix) => format!("{}_{suffix}", self.role_name),
            None => self.role_name.clone(),
        }
    }

    /// The ARN of the managed policy that the role gets, which need not be among `managed_policies::aws`.
    pub fn policy_arn(&self) -> String {
        format!("arn:aws:iam::aws:policy/aws-service-role/{}", self.policy_name)
    }

    /// The managed policy that the role gets, if its document is known.
    pub fn policy(&self) -> Option<&'static ManagedPolicy> {
        managed_policies::by_arn(&self.policy_arn())
    }
}

impl ServiceLinkedRole {
    /// Its trust policy, as CreateServiceLinkedRole answers it (recorded).
    pub fn trust_policy(&self) -> String {
        let service = &self.service;
        format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Action":["sts:AssumeRole"],"Effect":"Allow","Principal":{{"Service":["{service}"]}}}}]}}"#
        )
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

/// The id of the task that deletes a role (IAM 2010-05-08 DeleteServiceLinkedRole, DeletionTaskId).
pub fn deletion_task(service: &str, role_name: &str, uuid: &str) -> String {
    format!("task/aws-service-role/{service}/{role_name}/{uuid}")
}

/// Whether a text is of the form of a deletion's id; what AWS checks of it is inferred.
pub fn is_deletion_task(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("task/aws-service-role/") else { return false };
    let fields: Vec<&str> = rest.split('/').collect();
    let [service, role, uuid] = fields[..] else { return false };
    let is_uuid = uuid.len() == 36
        && uuid.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        });
    !service.is_empty() && !role.is_empty() && is_uuid
}

/// All services with a role of their own, ordered by service.
pub fn all() -> &'static [ServiceLinkedRole] {
    // none if the data does not parse, which the tests rule out
    static ROLES: LazyLock<Vec<ServiceLinkedRole>> =
        LazyLock::new(|| serde_json::from_str(include_str!("service_linked_roles.json")).unwrap_or_default());
    &ROLES
}

/// The role of the service that AWSServiceName names.
pub fn of_service(service: &str) -> Option<&'static ServiceLinkedRole> {
    let roles = all();
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
        assert_eq!(all().len(), data.len());
        assert!(all().len() > 150);
        assert!(all().is_sorted_by(|one, next| one.service < next.service));
        for role in all() {
            assert_eq!(of_service(&role.service).unwrap().role_name, role.role_name);
        }
        assert!(of_service("ec2.amazonaws.com").is_none());
        assert!(of_service("").is_none());
    }

    #[test]
    fn the_trust_policy_names_the_service_alone() {
        for role in all() {
            let policy = crate::domain::policy::parse_trust(&role.trust_policy()).unwrap();
            let named: Vec<_> = policy.principals().map(|named| &named.written).collect();
            assert_eq!(named, [&role.service]);
        }
    }

    #[test]
    fn a_deletion_is_told_from_other_text() {
        let uuid = "cc20023b-069d-4d01-96e3-a2e91d74f1f8";
        assert!(is_deletion_task(&deletion_task("ecs.amazonaws.com", "AWSServiceRoleForECS", uuid)));
        for bad in
            ["", "task", "task/aws-service-role/a/b/c", "task/aws-service-role//b/", &format!("task/a/b/c/{uuid}")]
        {
            assert!(!is_deletion_task(bad), "{bad}");
        }
    }

    #[test]
    fn names_are_unique_and_short_enough_for_a_role() {
        let mut names = HashSet::new();
        for role in all() {
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
        for policy in all().iter().filter_map(ServiceLinkedRole::policy) {
            assert!(policy.is_for_service_linked_roles(), "{}", policy.name);
        }
        assert!(all().iter().filter(|role| role.policy().is_some()).count() > 60);
    }

    #[test]
    fn only_a_few_services_take_a_suffix() {
        let suffixed: Vec<_> =
            all().iter().filter(|role| role.custom_suffix_allowed).map(|role| &role.service).collect();
        assert_eq!(suffixed, ["autoscaling.amazonaws.com", "connect.amazonaws.com", "lexv2.amazonaws.com"]);
        let autoscaling = of_service("autoscaling.amazonaws.com").unwrap();
        assert_eq!(autoscaling.role_name_with(None), "AWSServiceRoleForAutoScaling");
        assert_eq!(autoscaling.role_name_with(Some("dev")), "AWSServiceRoleForAutoScaling_dev");
        assert_eq!(autoscaling.path(), "/aws-service-role/autoscaling.amazonaws.com/");
        assert_eq!(autoscaling.policy().unwrap().name, "AutoScalingServiceRolePolicy");
    }
}
