//! The services of AWS by the prefix of their actions; must not know what policies say of them.
//!
//! The list is that of the AWS Service Authorization Reference, with the names as GetServiceLastAccessedDetails (IAM
//! 2010-05-08) was recorded to give them where they differ; the other names are taken to be the same (inferred).

use std::sync::LazyLock;

static SERVICES: LazyLock<Vec<(&'static str, &'static str)>> =
    LazyLock::new(|| include_str!("aws_services.tsv").lines().filter_map(|line| line.split_once('\t')).collect());

/// All services in the order of their prefixes: prefix and name.
pub fn all() -> &'static [(&'static str, &'static str)] {
    &SERVICES
}

/// The name of the service with this prefix; case matters.
pub fn name_of(prefix: &str) -> Option<&'static str> {
    let found = SERVICES.binary_search_by(|(other, _)| (*other).cmp(prefix)).ok()?;
    SERVICES.get(found).map(|(_, name)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_service_has_a_name_and_stands_once_in_order() {
        assert!(all().len() > 400);
        assert!(all().windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert!(all().iter().all(|(prefix, name)| !prefix.is_empty() && name.trim() == *name && !name.is_empty()));
        assert_eq!(name_of("iam"), Some("AWS Identity and Access Management"));
        assert_eq!(name_of("S3"), None);
    }
}
