//! Roles and whom their trust policies name.

use serde::Deserialize;

use super::account::Cloud;
use super::arn;
use super::principal::Principal;
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

/// One value or a list of them, which policies take alike.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl OneOrMany {
    fn iter(&self) -> impl Iterator<Item = &str> {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many.as_slice(),
        }
        .iter()
        .map(String::as_str)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
enum Effect {
    Allow,
    Deny,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Trusted {
    #[serde(rename = "RAM")]
    ram: Option<OneOrMany>,
    #[serde(rename = "Service")]
    service: Option<OneOrMany>,
    #[serde(rename = "Federated")]
    federated: Option<OneOrMany>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct Statement {
    effect: Effect,
    action: OneOrMany,
    principal: Trusted,
    condition: Option<serde_json::Value>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum Statements {
    One(Box<Statement>),
    Many(Vec<Statement>),
}

/// Who may take a role on (RAM documentation, "Edit the trust policy of a RAM role").
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
pub struct TrustPolicy {
    version: String,
    statement: Statements,
}

impl TrustPolicy {
    /// Reads a trust policy.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub fn parse(document: &str) -> Result<Self, String> {
        let policy: Self =
            serde_json::from_str(document).map_err(|_| "The policy document is not well formed.".to_owned())?;
        if policy.version != "1" {
            return Err("The policy version must be \"1\".".to_owned());
        }
        for statement in policy.statements() {
            let trusted = &statement.principal;
            let named = [&trusted.ram, &trusted.service, &trusted.federated];
            if named.iter().all(|list| list.as_ref().is_none_or(|list| list.iter().next().is_none())) {
                return Err("The Principal of a trust policy must name someone.".to_owned());
            }
            let mut arns = trusted.ram.iter().flat_map(OneOrMany::iter);
            if let Some(bad) = arns.find(|arn| !arn.starts_with("acs:ram::")) {
                return Err(format!("Invalid principal in policy: {bad}."));
            }
            if statement.action.iter().next().is_none() {
                return Err("The Action of a trust policy must not be empty.".to_owned());
            }
        }
        if policy.statements().next().is_none() {
            return Err("The Statement of a policy must not be empty.".to_owned());
        }
        Ok(policy)
    }

    fn statements(&self) -> impl Iterator<Item = &Statement> {
        match &self.statement {
            Statements::One(one) => std::slice::from_ref(one.as_ref()),
            Statements::Many(many) => many.as_slice(),
        }
        .iter()
    }

    /// Whether `principal` of account `account_id` may take the role on: a statement that names it, or the account's
    /// root for everyone in the account, must allow it and none deny it.
    ///
    /// Conditions are not evaluated here: a statement that allows under a condition allows nobody, one that denies
    /// under a condition denies everyone it names, so that nothing is let in by mistake.
    pub fn trusts(&self, principal: &Principal, account_id: &str) -> bool {
        let matching = |effect| {
            self.statements().any(|statement| {
                statement.effect == effect
                    && (effect == Effect::Deny || statement.condition.is_none())
                    && statement.action.iter().any(is_assume_role)
                    && statement
                        .principal
                        .ram
                        .iter()
                        .flat_map(OneOrMany::iter)
                        .any(|arn| names(arn, principal, account_id))
            })
        };
        matching(Effect::Allow) && !matching(Effect::Deny)
    }
}

fn is_assume_role(action: &str) -> bool {
    ["sts:AssumeRole", "sts:*", "*"].iter().any(|known| action.eq_ignore_ascii_case(known))
}

/// Whether the ARN in a trust policy names `principal`; names compare without regard to case.
fn names(arn: &str, principal: &Principal, account_id: &str) -> bool {
    let Some((account, rest)) = arn.strip_prefix("acs:ram::").and_then(|rest| rest.split_once(':')) else {
        return false;
    };
    if account != account_id {
        return false;
    }
    match principal {
        Principal::Anonymous => false,
        _ if rest == "root" => true,
        Principal::Root | Principal::FederatedUser { .. } => false,
        Principal::User { name, .. } => {
            rest.strip_prefix("user/").is_some_and(|named| named.eq_ignore_ascii_case(name))
        }
        Principal::RoleSession { role_name, session_name, .. } => {
            rest.strip_prefix("role/").is_some_and(|named| named.eq_ignore_ascii_case(role_name))
                || rest
                    .strip_prefix("assumed-role/")
                    .is_some_and(|named| named.eq_ignore_ascii_case(&format!("{role_name}/{session_name}")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alice() -> Principal {
        Principal::User { id: "1".into(), name: "Alice".into(), path: "/".into() }
    }

    fn policy(principals: &str) -> TrustPolicy {
        TrustPolicy::parse(&format!(
            r#"{{"Version":"1","Statement":[{{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{{"RAM":{principals}}}}}]}}"#
        ))
        .unwrap()
    }

    #[test]
    fn a_trust_policy_admits_whom_it_names_and_the_whole_account_by_its_root() {
        assert!(policy(r#""acs:ram::42:user/alice""#).trusts(&alice(), "42"));
        assert!(policy(r#"["acs:ram::42:root"]"#).trusts(&alice(), "42"));
        assert!(!policy(r#"["acs:ram::42:user/bob"]"#).trusts(&alice(), "42"));
        assert!(!policy(r#"["acs:ram::43:root"]"#).trusts(&alice(), "42"));
    }

    #[test]
    fn a_denial_wins_and_a_condition_lets_nobody_in() {
        let denied = r#"{"Version":"1","Statement":[
            {"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"RAM":"acs:ram::42:root"}},
            {"Effect":"Deny","Action":"sts:*","Principal":{"RAM":"acs:ram::42:user/alice"}}]}"#;
        assert!(!TrustPolicy::parse(denied).unwrap().trusts(&alice(), "42"));
        let conditional = r#"{"Version":"1","Statement":{"Effect":"Allow","Action":"sts:AssumeRole",
            "Principal":{"RAM":"acs:ram::42:root"},"Condition":{"Bool":{"acs:MFAPresent":"true"}}}}"#;
        assert!(!TrustPolicy::parse(conditional).unwrap().trusts(&alice(), "42"));
    }

    #[test]
    fn malformed_trust_policies_are_refused() {
        for bad in [
            "",
            "{}",
            r#"{"Version":"2","Statement":[]}"#,
            r#"{"Version":"1","Statement":[]}"#,
            r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole"}]}"#,
            r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{}}]}"#,
            r#"{"Version":"1","Statement":[{"Effect":"Maybe","Action":"sts:AssumeRole","Principal":{"RAM":"acs:ram::1:root"}}]}"#,
            r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"RAM":"root"}}]}"#,
        ] {
            assert!(TrustPolicy::parse(bad).is_err(), "{bad}");
        }
    }

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
