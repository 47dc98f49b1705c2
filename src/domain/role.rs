//! Roles.

use super::account::Cloud;
use super::arn;
use super::time::Time;

/// One role.
#[derive(Clone, Debug)]
pub struct Role {
    /// The account it belongs to.
    pub account_id: String,
    /// Its id, 18 digits.
    pub id: String,
    /// Its name, unique in the account without regard to case.
    pub name: String,
    /// Its path, `/` or `/…/`; `/` on Alibaba Cloud, which has none.
    pub path: String,
    /// The ARN of the managed policy that bounds what its sessions may do.
    pub permissions_boundary: Option<String>,
    /// The AWS service that a service-linked role is linked to.
    pub service_name: Option<String>,
    /// The last call of one of its sessions, and the region called.
    pub last_used: Option<(Time, String)>,
    /// Free text; empty is none.
    pub description: String,
    /// Who may take it on, as it was given.
    pub trust_policy: String,
    /// The longest a session may last.
    pub max_session_seconds: i64,
    /// Whether a console session may switch to it.
    pub console_login_allowed: bool,
    /// When it was made.
    pub created_at: Time,
    /// When it was last changed.
    pub updated_at: Time,
}

impl Role {
    /// Its ARN.
    pub fn arn(&self, cloud: Cloud) -> String {
        arn::of(cloud, &self.account_id, arn::Kind::Role, &self.path, &self.name)
    }
}

/// The account and the role's name in an ARN of Alibaba Cloud, which has no paths.
pub fn parse_role_arn(arn: &str) -> Option<(&str, &str)> {
    let parsed = arn::parse(Cloud::Alibaba, arn::Kind::Role, arn)?;
    (parsed.path == "/" && !parsed.name.contains(':')).then_some((parsed.account_id, parsed.name))
}

/// What MaxSessionDuration may be, in seconds (RAM 2015-05-01 CreateRole).
pub const MAX_SESSION_SECONDS: std::ops::RangeInclusive<i64> = 3_600..=43_200;
/// The shortest role session, in seconds (STS 2015-04-01 AssumeRole).
pub const MIN_SESSION_SECONDS: i64 = 900;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn role_arns_are_taken_apart() {
        assert_eq!(parse_role_arn("acs:ram::42:role/ops"), Some(("42", "ops")));
        for bad in
            ["", "ops", "acs:ram::42:user/ops", "acs:ram::x:role/ops", "acs:ram::42:role/", "acs:ram::42:role/a/b"]
        {
            assert_eq!(parse_role_arn(bad), None, "{bad}");
        }
    }
}
