//! Which texts can be resources; must not know which resources there are.

use super::fault::PolicyFault;
use super::pattern::{Grammar, Pattern};

/// AWS's partitions (AWS General Reference, "Amazon Resource Names"). AWS takes the account's own alone; here the
/// account is not known, and any is taken.
const PARTITIONS: [&str; 8] =
    ["aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-eusc"];

/// With what the path of a resource of IAM may begin, where it is neither everything nor the root (recorded).
const IAM_PATHS: [&str; 13] = [
    "user/",
    "federated-user/",
    "role/",
    "group/",
    "instance-profile/",
    "mfa/",
    "server-certificate/",
    "policy/",
    "sms-mfa/",
    "saml-provider/",
    "oidc-provider/",
    "report/",
    "access-report/",
];

/// With what the path of a resource of S3 that has a region begins: that of buckets and objects does not (access points
/// are recorded; the others are inferred from AWS Service Authorization Reference, "Amazon S3").
const REGIONAL_S3_PATHS: [&str; 7] =
    ["accesspoint/", "job/", "storage-lens/", "storage-lens-group/", "access-grants/", "async-request/", "*"];

/// An ARN's fields; those it lacks are `*` (recorded).
struct Arn<'a> {
    partition: &'a str,
    service: Option<&'a str>,
    region: &'a str,
    account: &'a str,
    path: &'a str,
}

impl<'a> Arn<'a> {
    /// The first field is not looked at (recorded).
    fn read(text: &'a str) -> Option<Self> {
        let mut fields = text.splitn(6, ':').skip(1);
        let partition = fields.next()?;
        let service = fields.next();
        let mut field = || fields.next().unwrap_or("*");
        Some(Self { partition, service, region: field(), account: field(), path: field() })
    }

    fn has_known_partition(&self) -> bool {
        if PARTITIONS.contains(&self.partition) {
            return true;
        }
        let pattern = Pattern::parse(self.partition, Grammar { wildcards: true, ..Grammar::default() });
        PARTITIONS.iter().any(|partition| pattern.matches(partition))
    }

    fn whole(&self) -> String {
        let Self { partition, service, region, account, path } = self;
        format!("arn:{partition}:{}:{region}:{account}:{path}", service.unwrap_or("*"))
    }
}

/// The resource that `resource` means: an ARN's fields that are lacking are `*` (AWS IAM User Guide, "IAM JSON policy
/// elements: Resource").
pub(super) fn complete(resource: &str) -> String {
    let lacking = match resource.split(':').count() {
        // no ARN
        1 => 0,
        fields => 6_usize.saturating_sub(fields),
    };
    format!("{resource}{}", ":*".repeat(lacking))
}

/// Checks the form of a resource, `*` or an ARN of which the service is said (recorded).
pub(super) fn check(resource: &str) -> Result<(), PolicyFault> {
    if resource == "*" {
        return Ok(());
    }
    let arn = Arn::read(resource).ok_or_else(|| PolicyFault::ResourceNotArn(resource.to_owned()))?;
    if !arn.has_known_partition() {
        return Err(PolicyFault::UnknownPartition { partition: arn.partition.to_owned(), arn: arn.whole() });
    }
    match arn.service {
        None => Err(PolicyFault::ResourceWithoutVendor),
        Some(service) if service.contains(['*', '?']) => Err(PolicyFault::ResourceWithoutVendor),
        Some("iam") if !arn.region.is_empty() => Err(PolicyFault::IamResourceWithRegion(resource.to_owned())),
        Some("iam") => {
            let known = matches!(arn.path, "*" | "root") || IAM_PATHS.iter().any(|start| arn.path.starts_with(start));
            if known { Ok(()) } else { Err(PolicyFault::UnknownIamPath) }
        }
        Some("s3") if !arn.region.is_empty() && !REGIONAL_S3_PATHS.iter().any(|start| arn.path.starts_with(start)) => {
            Err(PolicyFault::ResourceWithRegion(resource.to_owned()))
        }
        Some(_) => Ok(()),
    }
}

/// Whether AWS's oldest reader takes a resource whose form is sound: its service is not empty, and where fields are
/// lacking none is (recorded).
pub(super) fn is_legible(resource: &str) -> bool {
    let mut fields = resource.split(':').skip(2);
    let vendor = fields.next();
    vendor != Some("") && (fields.count() >= 3 || !resource.contains("::"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resource_is_everything_or_an_arn() {
        for resource in [
            "*",
            "arn:aws:s3:::a/*",
            "arn:aws-cn:s3:::a",
            "arn:*:iam::*:role/x",
            "arn:aws*:ec2:*:*:instance/*",
            "arn:aws:iam::1:root",
            "arn:aws:iam::aws:policy/x",
            "arn:aws:s3:*:*:*",
            "arn:aws:s3:eu-west-1:1:job/*",
            "arn:aws:fdsasf",
        ] {
            assert_eq!(check(resource), Ok(()), "{resource}");
            assert!(is_legible(resource), "{resource}");
        }
        assert_eq!(check("**"), Err(PolicyFault::ResourceNotArn("**".into())));
        let unknown = PolicyFault::UnknownPartition { partition: String::new(), arn: "arn::b/*:*:*:*".into() };
        assert_eq!(check("s3::b/*"), Err(unknown));
        for resource in ["arn:aws", "arn:*", "arn:aws:*:::x", "arn:aws:s?:::x"] {
            assert_eq!(check(resource), Err(PolicyFault::ResourceWithoutVendor), "{resource}");
        }
        for path in ["", "users", "user", "root/", "**"] {
            assert_eq!(check(&format!("arn:aws:iam::1:{path}")), Err(PolicyFault::UnknownIamPath), "{path}");
        }
    }

    #[test]
    fn fields_that_are_lacking_and_fields_that_are_empty_do_not_go_together() {
        for resource in ["arn:aws:", "arn:aws::", "arn:aws:s3::a", "arn:aws::::a", "arn:aws::x"] {
            assert!(!is_legible(resource), "{resource}");
        }
    }
}
