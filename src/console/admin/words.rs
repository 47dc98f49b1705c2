//! What administrators are told, and what differs between the clouds for them: words and bounds, in one place.

use axum::http::StatusCode;

use super::super::sign_in::violation;
use crate::domain::account::Cloud;
use crate::domain::denial::Denial;
use crate::domain::error::{Error, Noun, Why};
use crate::domain::password_policy::Violation;

/// What differs between the clouds in what administrators see and may set.
#[expect(clippy::struct_excessive_bools, reason = "each is a difference of its own")]
pub(super) struct Words {
    /// What the cloud is called.
    pub(super) cloud: &'static str,
    /// What a user is called.
    pub(super) user: &'static str,
    /// What stands in names beside letters and digits (RAM 2015-05-01 CreateUser; IAM 2010-05-08 CreateUser).
    pub(super) marks: &'static str,
    /// What stands in names of policies beside letters and digits.
    pub(super) policy_marks: &'static str,
    /// The most characters of a group's name (IAM 2010-05-08 CreateGroup).
    pub(super) longest_group: usize,
    /// Whether things have paths.
    pub(super) has_paths: bool,
    /// Whether users, groups and roles have inline policies, and users and roles permissions boundaries (IAM 2010-05-08).
    pub(super) has_inline: bool,
    /// The most characters of a label's value (RAM 2015-05-01 TagResources; IAM 2010-05-08 Tag).
    pub(super) longest_tag_value: usize,
    /// With what a label's key may not begin.
    pub(super) reserved_tag: &'static str,
    /// Whether people and groups have names to show and comments.
    pub(super) has_comments: bool,
    /// Whether console logon can be switched off and on, and ask for a device by itself (IMS 2019-08-15
    /// UpdateLoginProfile).
    pub(super) has_logon_switches: bool,
    /// Whether the account has a security preference.
    pub(super) has_preference: bool,
    /// Whether the password policy may be taken back (IAM 2010-05-08 DeleteAccountPasswordPolicy).
    pub(super) clears_policy: bool,
    /// What is said of a new password.
    pub(super) reset: &'static str,
    /// What is said before something is renamed.
    pub(super) rename: &'static str,
    /// What is said before the account's alias changes.
    pub(super) alias: &'static str,
    /// What is said before a login profile is deleted.
    pub(super) clear: &'static str,
    /// A policy to begin with.
    pub(super) policy: &'static str,
    /// A trust policy to begin with; `{}` is the account.
    pub(super) trust: &'static str,
}

const ALIBABA: Words = Words {
    cloud: "Alibaba Cloud",
    user: "RAM user",
    marks: ".-_",
    policy_marks: "-",
    longest_group: 64,
    has_paths: false,
    has_inline: false,
    longest_tag_value: 128,
    reserved_tag: "acs:",
    has_comments: true,
    has_logon_switches: true,
    has_preference: true,
    clears_policy: false,
    reset: "A new password ends the console sessions of the user, and of the roles the user switched to, at once. \
            Access keys go on.",
    rename: "A name is how the user signs in and how policies mean it: policies that name the old one do not follow.",
    alias: "Users sign in under the default domain, which the alias makes: with another alias they sign in otherwise.",
    clear: "The password is gone for good, and the user's console sessions, and those of the roles the user switched \
            to, end at once. MFA devices and access keys stay.",
    policy: "{\n  \"Version\": \"1\",\n  \"Statement\": [\n    {\n      \"Effect\": \"Allow\",\n      \"Action\": \
             \"oss:Get*\",\n      \"Resource\": \"*\"\n    }\n  ]\n}",
    trust: "{\n  \"Version\": \"1\",\n  \"Statement\": [\n    {\n      \"Effect\": \"Allow\",\n      \"Action\": \
            \"sts:AssumeRole\",\n      \"Principal\": { \"RAM\": [\"acs:ram::{}:root\"] }\n    }\n  ]\n}",
};

const AWS: Words = Words {
    cloud: "AWS",
    user: "IAM user",
    marks: "+=,.@-_",
    policy_marks: "+=,.@-_",
    longest_group: 128,
    has_paths: true,
    has_inline: true,
    longest_tag_value: 256,
    reserved_tag: "aws:",
    has_comments: false,
    has_logon_switches: false,
    has_preference: false,
    clears_policy: true,
    reset: "Console sessions that run go on with a new password, unless this server is set up to end them. Access \
            keys go on.",
    rename: "Policies that name it by the old ARN do not follow. You need the permission on the old ARN and on the new.",
    alias: "The sign-in page's address has the alias in it. Other accounts may take one that is given up.",
    clear: "The user cannot sign in to the console any more, and the password is gone for good. Access keys go on.",
    policy: "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n    {\n      \"Effect\": \"Allow\",\n      \
             \"Action\": \"s3:Get*\",\n      \"Resource\": \"*\"\n    }\n  ]\n}",
    trust: "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n    {\n      \"Effect\": \"Allow\",\n      \
            \"Action\": \"sts:AssumeRole\",\n      \"Principal\": { \"AWS\": \"arn:aws:iam::{}:root\" }\n    }\n  ]\n}",
};

/// The words for a cloud.
pub(super) fn of_cloud(cloud: Cloud) -> &'static Words {
    match cloud {
        Cloud::Alibaba => &ALIBABA,
        Cloud::Aws => &AWS,
    }
}

/// What is wrong with a name; empty is nothing.
pub(super) fn name_fault(name: &str, marks: &str, most: usize) -> String {
    let fits = (1..=most).contains(&name.chars().count());
    if fits && name.chars().all(|c| c.is_ascii_alphanumeric() || marks.contains(c)) {
        return String::new();
    }
    format!("Use 1 to {most} letters, digits and any of {}", spaced(marks))
}

fn spaced(marks: &str) -> String {
    marks.chars().map(String::from).collect::<Vec<_>>().join(" ")
}

/// What is wrong with a text of so many characters at the most; empty is nothing.
pub(super) fn text_fault(text: &str, most: usize) -> String {
    let wrong = !text.is_empty() && crate::domain::name::check_text(text, most).is_err();
    if wrong { format!("Use {most} characters at the most.") } else { String::new() }
}

/// What is wrong with a path; empty is nothing (IAM 2010-05-08 CreateUser, Path).
pub(super) fn path_fault(path: &str) -> String {
    let shaped = path.starts_with('/') && path.ends_with('/') && path.len() <= 512;
    let clean = path.chars().all(|c| ('\u{21}'..='\u{7f}').contains(&c));
    if shaped && clean { String::new() } else { "Use /, or /a/path/ with a slash at both ends.".to_owned() }
}

/// What is wrong with a password.
pub(super) fn password_faults(violations: &[Violation]) -> String {
    violations.iter().map(|one| violation(*one)).collect::<Vec<_>>().join(" ")
}

/// A permission that is missing.
pub(super) fn permission(denial: &Denial) -> String {
    format!("{} on {}", denial.action, denial.shown)
}

/// What still hangs on something, and where it goes away.
fn conflict(what: Noun, still: Noun) -> String {
    let still = match (what, still) {
        (_, Noun::AttachedPolicy) => "still has policies attached: detach them first".to_owned(),
        (_, Noun::UserPolicy | Noun::GroupPolicy | Noun::RolePolicy) => {
            "still has inline policies: delete them first".to_owned()
        }
        (Noun::User, Noun::Group | Noun::GroupOfUser) => "is still in groups: take it out of them first".to_owned(),
        (_, Noun::AccessKey) => "still has access keys: delete them first".to_owned(),
        (_, Noun::LoginProfile) => "can still sign in to the console: clear its console logon first".to_owned(),
        (_, Noun::UserMfaDevice) => "still has an MFA device: unbind it first".to_owned(),
        (Noun::Group, Noun::GroupMember) => "still has members: take them out first".to_owned(),
        (Noun::Policy, Noun::DefaultPolicyVersion) => {
            return "The version that is in force cannot be deleted. Make another one the default first.".to_owned();
        }
        (Noun::Policy, Noun::PolicyVersion) => "still has other versions: delete them first".to_owned(),
        (Noun::Policy, holder) => {
            format!("is still attached to {} or used otherwise: detach it first", holder.with_article())
        }
        (_, still) => format!("still has {}", still.with_article()),
    };
    format!("It cannot be deleted. The {} {still}.", what.words())
}

/// An error in words, with its status; none for what nobody but an operator can do something about.
pub(super) fn of(error: &Error) -> Option<(StatusCode, String)> {
    let conflicting = |text: String| Some((StatusCode::CONFLICT, text));
    let wrong = |text: String| Some((StatusCode::BAD_REQUEST, text));
    match error {
        Error::NotFound(what, name) => {
            Some((StatusCode::NOT_FOUND, format!("There is no {} named {name}.", what.words())))
        }
        Error::AlreadyExists(what, name) => {
            conflicting(format!("There is {} named {name} already.", what.with_article()))
        }
        Error::LimitExceeded(what, most) => {
            conflicting(format!("No more than {most} are possible: the limit of {} is reached.", what.plural()))
        }
        Error::DeleteConflict(what, still) => conflicting(conflict(*what, *still)),
        Error::PasswordRejected(_, refusal) => wrong(password_faults(&refusal.violations)),
        Error::Policy(fault) => wrong(format!("The document is no valid policy: {fault}.")),
        Error::PolicyTooLarge(..) => wrong("The document is too long.".to_owned()),
        Error::TooManyAttached(_, most) => conflicting(format!("No more than {most} policies can be attached.")),
        Error::AlreadyAttached(_, arn) => conflicting(format!("The policy {arn} is attached already.")),
        Error::NotAttached(_, arn) => conflicting(format!("The policy {arn} is not attached.")),
        Error::PolicyNotAttachable(_) => {
            conflicting("The cloud keeps this policy for its own services; it cannot be attached.".to_owned())
        }
        Error::ForeignPolicy(_) => conflicting("Policies of the cloud cannot be changed.".to_owned()),
        Error::ProtectedRole(name) => {
            conflicting(format!("The role {name} is linked to a service, which alone may change it."))
        }
        Error::ServiceLinkedRole(fault) => {
            conflicting(format!("That does not go with a service-linked role: {fault}."))
        }
        Error::MfaNotShown => {
            Some((StatusCode::FORBIDDEN, "Sign in with your MFA device to change your own devices.".to_owned()))
        }
        Error::InvalidArn(arn) => wrong(format!("{arn} is no such ARN.")),
        Error::BadParameter(_, Why::Range(least, most)) => wrong(format!("Use a number from {least} to {most}.")),
        Error::BadParameter(..) | Error::Missing(_) => wrong("A field is not as it must be.".to_owned()),
        _ => None,
    }
}
