//! What is wrong with a policy document in Alibaba Cloud's words; must not know how it is found out.
//!
//! All are told under the code MalformedPolicyDocument (RAM documentation, "Error messages": the text is the details).
//! Two texts were seen: that on actions and that on `IfExists`. The first is the sentence that AWS's policy checks have
//! for the same fault, and the kinds of faults listed under "Validate policies" of the RAM documentation are theirs too:
//! the other texts are inferred from that.

use std::borrow::Cow;

use super::errors::Fault;
use crate::domain::policy::{PolicyFault, PrincipalKind};
use crate::domain::policy_owner::PolicyOwner;

/// The text of a fault.
pub(super) fn text(fault: &PolicyFault) -> Cow<'static, str> {
    match fault {
        PolicyFault::NotJson(_) => "Fix the JSON syntax error in the policy.".into(),
        PolicyFault::Syntax(_) | PolicyFault::KindlessPrincipal(_) => {
            "The text does not match the expected JSON data type.".into()
        }
        PolicyFault::UnknownField(name) => format!("The policy element {name} is not valid.").into(),
        PolicyFault::MissingField("Statement") | PolicyFault::NoStatements => {
            "Add a Statement element to the policy.".into()
        }
        PolicyFault::MissingField("Version") => "Add a Version element to the policy.".into(),
        PolicyFault::MissingField("Effect") => {
            "Add an Effect element to the policy statement with a value of Allow or Deny.".into()
        }
        PolicyFault::MissingField(name) => format!("Add a {name} element to the policy statement.").into(),
        PolicyFault::EmptyPrincipal | PolicyFault::NobodyNamed => {
            "Add a Principal element to the policy statement.".into()
        }
        PolicyFault::ProhibitedField(name) => {
            format!("The policy type does not support the {name} element. Remove the {name} element.").into()
        }
        PolicyFault::NamesPrincipal => {
            "The policy type does not support the Principal element. Remove the Principal element.".into()
        }
        PolicyFault::UnknownVersion => "The version of the policy is not valid. Use the version 1.".into(),
        PolicyFault::UnknownEffect(effect) => format!("The effect {effect} is not valid. Use Allow or Deny.").into(),
        // seen
        PolicyFault::NoActions => "Add an Action or NotAction element to the policy statement.".into(),
        PolicyFault::NoResources => "Add a Resource element to the policy statement.".into(),
        PolicyFault::ActionWithoutVendor => {
            "The action format is not valid. Use the format <ram-code>:<action-name>.".into()
        }
        PolicyFault::ResourceNotArn(_) => "Add the required ARN prefix (acs) to the resource ARN.".into(),
        PolicyFault::ResourceWithFewFields(_) => concat!(
            "Resource ARNs must include at least 5 fields in the following structure: ",
            "acs:<ram-code>:<region>:<account-id>:<relative-id>."
        )
        .into(),
        // seen
        PolicyFault::UnknownOperator(name) if name.ends_with("IfExists") || name.ends_with("Null") => {
            "The condition operator 'IfExists/Null' is not supported".into()
        }
        PolicyFault::UnknownOperator(name) => {
            format!("The condition operator {name} is not valid. Use a valid condition operator.").into()
        }
        PolicyFault::ConditionKeyWithoutVendor(_) => {
            "The condition key format is not valid. Use the format <ram-code>:<condition-key>.".into()
        }
        PolicyFault::SeveralTruths => "The condition key does not support multiple Boolean values.".into(),
        PolicyFault::UnknownPrincipalKind(kind) => format!("The principal type {kind} is not valid.").into(),
        PolicyFault::InvalidPrincipal { kind, value } => {
            format!("Invalid principal in policy: \"{}\":\"{value}\".", kind_name(*kind)).into()
        }
        // Nothing in this language comes to the others.
        other => other.to_string().into(),
    }
}

fn kind_name(kind: PrincipalKind) -> &'static str {
    match kind {
        PrincipalKind::Service => "Service",
        PrincipalKind::Federated => "Federated",
        PrincipalKind::Ram | PrincipalKind::Aws | PrincipalKind::CanonicalUser => "RAM",
    }
}

// RAM documentation, "Error messages", says the following unless a line says otherwise.

/// What is said of a policy that is attached already.
pub(super) fn already_attached(owner: PolicyOwner) -> Fault {
    let (code, message) = match owner {
        PolicyOwner::User => ("EntityAlreadyExists.User.Policy", "The user has already been attached this policy."),
        PolicyOwner::Group => ("EntityAlreadyExists.Group.Policy", "The group has already been attached this policy."),
        // The code was observed; the text is inferred from the others.
        PolicyOwner::Role => ("EntityAlreadyExists.Role.Policy", "The role has already been attached this policy."),
    };
    Fault::new(409, code, message)
}

/// What is said of a policy that is not attached.
pub(super) fn not_attached(owner: PolicyOwner) -> Fault {
    let (code, message) = match owner {
        PolicyOwner::User => ("EntityNotExist.User.Policy", "The indicate policy of the user does not exist."),
        PolicyOwner::Group => {
            ("EntityNotExist.Group.Policy", "The indicate policy attached to the group does not exist.")
        }
        // The code was observed; the text is inferred from the others.
        PolicyOwner::Role => ("EntityNotExist.Role.Policy", "The indicate policy attached to the role does not exist."),
    };
    Fault::new(404, code, message)
}

/// What is said where no further policy may be attached.
pub(super) fn too_many_attached(owner: PolicyOwner) -> Fault {
    let (code, message) = match owner {
        PolicyOwner::User => {
            ("LimitExceeded.User.Policy", "The policy count of the user attached policies beyond the current limits.")
        }
        PolicyOwner::Group => {
            ("LimitExceeded.Group.Policy", "The policy count of the group beyond the current limits.")
        }
        PolicyOwner::Role => {
            ("LimitExceeded.Role.Policy", "The count of policies attached to the role beyond the current limits.")
        }
    };
    Fault::new(409, code, message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::policy::PolicyLanguage;

    fn identity(statement: &str) -> String {
        let document = format!(r#"{{"Version":"1","Statement":[{statement}]}}"#);
        text(&PolicyLanguage::Ram.parse_identity(&document).unwrap_err()).into_owned()
    }

    #[test]
    fn what_was_seen_is_said() {
        assert_eq!(
            identity(r#"{"Effect":"Allow","Resource":"*"}"#),
            "Add an Action or NotAction element to the policy statement."
        );
        let condition =
            r#"{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"BoolIfExists":{"acs:MFAPresent":"false"}}}"#;
        assert_eq!(identity(condition), "The condition operator 'IfExists/Null' is not supported");
        assert_eq!(
            identity(&condition.replace("BoolIfExists", "Null")),
            "The condition operator 'IfExists/Null' is not supported"
        );
    }

    #[test]
    fn every_fault_has_a_text_of_its_own_language() {
        assert_eq!(identity(r#"{"Effect":"Alow"}"#), "The effect Alow is not valid. Use Allow or Deny.");
        assert_eq!(identity(r#"{"Sid":"a"}"#), "The policy element Sid is not valid.");
        assert_eq!(
            identity(r#"{"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::b"}"#),
            "Add the required ARN prefix (acs) to the resource ARN."
        );
        let trust =
            r#"{"Version":"1","Statement":{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"RAM":"me"}}}"#;
        let fault = PolicyLanguage::Ram.parse_trust(trust).unwrap_err();
        assert_eq!(text(&fault), "Invalid principal in policy: \"RAM\":\"me\".");
    }
}
