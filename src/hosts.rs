//! The clouds' own host names, by what answers under them; it knows nothing of requests.

use std::net::IpAddr;

/// What answers under a host name of a cloud.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CloudHost<'a> {
    /// An API: IMS, RAM, IAM or STS.
    Api,
    /// Where people and command lines sign in to AWS.
    AwsSignIn {
        /// The account, by its alias or its id, whose own address it is.
        account: Option<&'a str>,
    },
    /// Where people and command lines sign in to Alibaba Cloud.
    AlibabaSignIn,
}

/// A host as clients name it, with a port or without, taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Host<'a> {
    /// Without its port and its brackets.
    spelt: &'a str,
    is_bracketed: bool,
    /// Whether nothing but a port follows the address in brackets.
    is_whole: bool,
}

impl<'a> Host<'a> {
    /// Takes one apart.
    pub(crate) fn of(authority: &'a str) -> Self {
        let Some(rest) = authority.strip_prefix('[') else {
            let spelt = authority.rsplit_once(':').map_or(authority, |(name, _)| name);
            return Self { spelt, is_bracketed: false, is_whole: true };
        };
        let (spelt, behind) = rest.split_once(']').map_or((rest, None), |(address, behind)| (address, Some(behind)));
        let is_whole = behind.is_some_and(|port| port.is_empty() || port.starts_with(':'));
        Self { spelt, is_bracketed: true, is_whole }
    }

    /// Its name, without the dot of the root.
    pub(crate) fn name(self) -> &'a str {
        self.spelt.strip_suffix('.').unwrap_or(self.spelt)
    }

    /// Whether it stands in brackets, as an address does.
    pub(crate) fn is_bracketed(self) -> bool {
        self.is_bracketed
    }

    /// Whether nobody but this machine can have it: an address, or `localhost`.
    pub(crate) fn is_this_machine(self) -> bool {
        self.is_whole && (self.spelt.eq_ignore_ascii_case("localhost") || self.spelt.parse::<IpAddr>().is_ok())
    }
}

/// What answers under a name in small letters, if it is one of a cloud that is emulated here.
pub(crate) fn cloud_host(name: &str) -> Option<CloudHost<'_>> {
    alibaba(name).or_else(|| aws_sign_in(name)).or_else(|| is_aws_api(name).then_some(CloudHost::Api))
}

/// As [`cloud_host`], for whoever asks only whether it is one, in any case.
pub(crate) fn is_cloud_host(authority: &str) -> bool {
    cloud_host(&Host::of(authority).name().to_ascii_lowercase()).is_some()
}

/// Endpoints of the products in the API metadata of IMS 2019-08-15, RAM 2015-05-01 and STS 2015-04-01; the pages of "Log
/// on to the Alibaba Cloud Management Console as a RAM user"; and those that the aliyun CLI has built in for OAuth.
fn alibaba(name: &str) -> Option<CloudHost<'_>> {
    match name {
        "signin.alibabacloud.com"
        | "signin.aliyun.com"
        | "signin-intl.aliyun.com"
        | "oauth.alibabacloud.com"
        | "oauth.aliyun.com" => return Some(CloudHost::AlibabaSignIn),
        _ => {}
    }
    let (product, region) = first_label(name.strip_suffix(".aliyuncs.com")?);
    let product = product.strip_suffix("-vpc").unwrap_or(product);
    let is_ours = matches!(product, "ims" | "ram" | "sts") && region.is_none_or(is_label);
    is_ours.then_some(CloudHost::Api)
}

/// IAM User Guide, "AWS account ID and its alias" and "Enabling custom identity broker access to the AWS console"; the
/// endpoint rules of Sign-In 2023-01-01.
fn aws_sign_in(name: &str) -> Option<CloudHost<'_>> {
    const DOMAINS: [&str; 3] = ["signin.aws.amazon.com", "signin.amazonaws.cn", "signin.amazonaws-us-gov.com"];
    let before = DOMAINS.iter().find_map(|domain| name.strip_suffix(domain))?;
    if before.is_empty() {
        return Some(CloudHost::AwsSignIn { account: None });
    }
    let label = before.strip_suffix('.').filter(|label| is_label(label))?;
    Some(CloudHost::AwsSignIn { account: (!is_region(label)).then_some(label) })
}

/// The endpoint rules of IAM 2010-05-08 and STS 2011-06-15, all partitions that are public.
fn is_aws_api(name: &str) -> bool {
    const DOMAINS: [&str; 3] = [".amazonaws.com", ".amazonaws.com.cn", ".api.aws"];
    let Some(before) = DOMAINS.iter().find_map(|domain| name.strip_suffix(domain)) else { return false };
    let (service, region) = first_label(before);
    matches!(service.strip_suffix("-fips").unwrap_or(service), "iam" | "sts") && region.is_none_or(is_label)
}

fn first_label(name: &str) -> (&str, Option<&str>) {
    name.split_once('.').map_or((name, None), |(first, rest)| (first, Some(rest)))
}

fn is_label(text: &str) -> bool {
    let inside = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=63).contains(&text.len()) && text.bytes().all(inside) && !text.starts_with('-') && !text.ends_with('-')
}

/// `us-east-1`: words, and a number at the end. An alias that looks so is taken for a region; inferred.
fn is_region(label: &str) -> bool {
    let mut words = label.split('-').rev();
    let is_number = words.next().is_some_and(|last| last.len() == 1 && last.bytes().all(|byte| byte.is_ascii_digit()));
    is_number && words.clone().count() >= 2 && words.all(|word| word.bytes().all(|byte| byte.is_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_clouds_endpoints_are_known() {
        for name in [
            "ims.aliyuncs.com",
            "ims.vpc-proxy.aliyuncs.com",
            "ram.aliyuncs.com",
            "sts.aliyuncs.com",
            "sts.cn-hangzhou.aliyuncs.com",
            "sts-vpc.eu-central-1.aliyuncs.com",
            "iam.amazonaws.com",
            "iam.us-gov.amazonaws.com",
            "iam-fips.amazonaws.com",
            "iam.cn-north-1.amazonaws.com.cn",
            "iam.global.api.aws",
            "sts.amazonaws.com",
            "sts.eu-west-1.amazonaws.com",
            "sts-fips.us-east-1.amazonaws.com",
        ] {
            assert_eq!(cloud_host(name), Some(CloudHost::Api), "{name}");
        }
        for name in ["signin.aliyun.com", "signin.alibabacloud.com", "oauth.aliyun.com"] {
            assert_eq!(cloud_host(name), Some(CloudHost::AlibabaSignIn), "{name}");
        }
        for (name, account) in [
            ("signin.aws.amazon.com", None),
            ("us-east-1.signin.aws.amazon.com", None),
            ("us-gov-west-1.signin.amazonaws-us-gov.com", None),
            ("123456789012.signin.aws.amazon.com", Some("123456789012")),
            ("example-corp.signin.aws.amazon.com", Some("example-corp")),
        ] {
            assert_eq!(cloud_host(name), Some(CloudHost::AwsSignIn { account }), "{name}");
        }
    }

    #[test]
    fn other_hosts_are_not() {
        for name in [
            "",
            "example.com",
            "aliyuncs.com",
            "ecs.aliyuncs.com",
            "ims.aliyuncs.com.evil.example",
            "evilims.aliyuncs.com",
            "a.b.sts.aliyuncs.com",
            "sts.a.b.aliyuncs.com",
            "sts..aliyuncs.com",
            "ims.-.aliyuncs.com",
            "s3.amazonaws.com",
            "iam.amazonaws.com.evil.example",
            "console.aws.amazon.com",
            "evilsignin.aws.amazon.com",
            ".signin.aws.amazon.com",
            "a.b.signin.aws.amazon.com",
            "localhost",
            "127.0.0.1",
        ] {
            assert_eq!(cloud_host(name), None, "{name}");
        }
    }

    #[test]
    fn only_addresses_and_localhost_are_this_machine() {
        for own in ["127.0.0.1:4260", "localhost:4260", "LOCALHOST", "[::1]:4260", "[::1]", "10.0.0.1"] {
            assert!(Host::of(own).is_this_machine(), "{own}");
        }
        for other in ["evil.example:4260", "localhost.evil.example", "", "[evil]", "[::1", "[::1]evil.example"] {
            assert!(!Host::of(other).is_this_machine(), "{other}");
        }
    }

    #[test]
    fn a_name_is_taken_out_of_an_authority() {
        for (authority, name) in [
            ("ims.aliyuncs.com", "ims.aliyuncs.com"),
            ("ims.aliyuncs.com.:443", "ims.aliyuncs.com"),
            ("[::1]:4260", "::1"),
            ("[::1]", "::1"),
            ("", ""),
            (":", ""),
        ] {
            assert_eq!(Host::of(authority).name(), name, "{authority}");
        }
        assert!(
            is_cloud_host("IMS.AliyunCS.com:443") && !is_cloud_host("[ims.aliyuncs.com"[1..].trim_end_matches('m'))
        );
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "[\\[\\]:.a-z0-9é-]{0,40}(aliyuncs.com|signin.aws.amazon.com|amazonaws.com)?(:[0-9]{0,6})?") {
            let _ = (is_cloud_host(&text), Host::of(&text).is_this_machine());
        }
    }
}
