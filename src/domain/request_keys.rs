//! The names of the condition keys that requests have, cloud by cloud; must not know where the values come from.

/// The names of keys; none where a cloud has no such key.
#[derive(Debug)]
#[expect(missing_docs, reason = "each is the name of the key of the same meaning")]
pub struct RequestKeys {
    pub principal_type: Option<&'static str>,
    pub principal_arn: &'static str,
    pub principal_account: Option<&'static str>,
    pub user_id: Option<&'static str>,
    pub user_name: Option<&'static str>,
    pub source_ip: &'static str,
    pub current_time: &'static str,
    pub epoch_time: Option<&'static str>,
    pub region: Option<&'static str>,
    pub secure_transport: &'static str,
    pub via_service: Option<&'static str>,
    pub user_agent: Option<&'static str>,
    pub token_issue_time: Option<&'static str>,
    pub source_identity: Option<&'static str>,
    pub federated_provider: Option<&'static str>,
    /// Absent for long-lived keys (of Alibaba Cloud a user saw that).
    pub mfa_present: &'static str,
    pub mfa_age: Option<&'static str>,
    /// What stands before the key of a caller's tag.
    pub principal_tag: Option<&'static str>,
    /// What stands before the key of a tag that the request gives.
    pub request_tag: &'static str,
    /// What stands before the key of a tag of the thing asked for.
    pub resource_tags: &'static [&'static str],
    /// The keys of the tags that the request names.
    pub tag_keys: Option<&'static str>,
    /// The permissions boundary of the user or role that is asked for or made.
    pub boundary: Option<&'static str>,
    /// The kinds of principals that a role trusts, and the services among them.
    pub trusted: Option<(&'static str, &'static str)>,
    /// The service that a role is linked to.
    pub linked_service: Option<&'static str>,
    /// The address of an OpenID Connect provider.
    pub issuer: Option<&'static str>,
}

impl RequestKeys {
    /// A key as the cloud writes it, which policies see in lower case; unchanged where it is none of these.
    pub fn spelled(&self, key: &str) -> String {
        let alone = [
            self.principal_type,
            Some(self.principal_arn),
            self.principal_account,
            self.user_id,
            self.user_name,
            Some(self.source_ip),
            Some(self.current_time),
            self.epoch_time,
            self.region,
            Some(self.secure_transport),
            self.via_service,
            self.user_agent,
            self.token_issue_time,
            self.source_identity,
            self.federated_provider,
            Some(self.mfa_present),
            self.mfa_age,
            self.tag_keys,
            self.boundary,
        ];
        if let Some(spelled) = alone.into_iter().flatten().find(|known| known.eq_ignore_ascii_case(key)) {
            return spelled.to_owned();
        }
        let prefixes = self.resource_tags.iter().copied().chain(self.principal_tag).chain([self.request_tag]);
        for prefix in prefixes {
            if let (Some(start), Some(name)) = (key.get(..prefix.len()), key.get(prefix.len()..))
                && start.eq_ignore_ascii_case(prefix)
            {
                return format!("{prefix}{name}");
            }
        }
        key.to_owned()
    }
}

/// AWS IAM User Guide, "AWS global condition context keys" and "IAM and AWS STS condition context keys".
pub static AWS: RequestKeys = RequestKeys {
    principal_type: Some("aws:PrincipalType"),
    principal_arn: "aws:PrincipalArn",
    principal_account: Some("aws:PrincipalAccount"),
    user_id: Some("aws:userid"),
    user_name: Some("aws:username"),
    source_ip: "aws:SourceIp",
    current_time: "aws:CurrentTime",
    epoch_time: Some("aws:EpochTime"),
    region: Some("aws:RequestedRegion"),
    secure_transport: "aws:SecureTransport",
    via_service: Some("aws:ViaAWSService"),
    user_agent: Some("aws:UserAgent"),
    token_issue_time: Some("aws:TokenIssueTime"),
    source_identity: Some("aws:SourceIdentity"),
    federated_provider: Some("aws:FederatedProvider"),
    mfa_present: "aws:MultiFactorAuthPresent",
    mfa_age: Some("aws:MultiFactorAuthAge"),
    principal_tag: Some("aws:PrincipalTag/"),
    request_tag: "aws:RequestTag/",
    resource_tags: &["aws:ResourceTag/", "iam:ResourceTag/"],
    tag_keys: Some("aws:TagKeys"),
    boundary: Some("iam:PermissionsBoundary"),
    trusted: None,
    linked_service: None,
    issuer: None,
};

/// RAM documentation, "Basic elements of a policy", common condition keys.
pub static ALIBABA: RequestKeys = RequestKeys {
    principal_type: None,
    principal_arn: "acs:PrincipalARN",
    principal_account: None,
    user_id: None,
    user_name: None,
    source_ip: "acs:SourceIp",
    current_time: "acs:CurrentTime",
    epoch_time: None,
    region: None,
    secure_transport: "acs:SecureTransport",
    via_service: None,
    user_agent: None,
    token_issue_time: None,
    source_identity: None,
    federated_provider: None,
    mfa_present: "acs:MFAPresent",
    mfa_age: None,
    principal_tag: None,
    request_tag: "acs:RequestTag/",
    resource_tags: &["acs:ResourceTag/"],
    tag_keys: None,
    boundary: None,
    trusted: Some(("ram:TrustedPrincipalTypes", "ram:ServiceNames")),
    linked_service: Some("ram:ServiceName"),
    issuer: Some("ram:OidcIssuerUrl"),
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_spelled_as_the_cloud_does() {
        assert_eq!(AWS.spelled("aws:sourceip"), "aws:SourceIp");
        assert_eq!(AWS.spelled("iam:resourcetag/team"), "iam:ResourceTag/team");
        assert_eq!(ALIBABA.spelled("acs:mfapresent"), "acs:MFAPresent");
        assert_eq!(ALIBABA.spelled("oss:prefix"), "oss:prefix");
    }
}
