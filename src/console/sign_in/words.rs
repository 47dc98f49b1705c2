//! What people are told when a sign-in is refused or a password is no good. The clouds' own texts are not documented.

use crate::domain::account::Cloud;
use crate::domain::password_policy::Violation;
use crate::services::sign_in::Refusal;

/// A refusal in words: heading and text; nothing where the sign-in form itself says it.
pub(super) fn refusal(cloud: Cloud, refusal: &Refusal) -> Option<(&'static str, &'static str)> {
    Some(match refusal {
        Refusal::InvalidCredentials | Refusal::MfaCodeIncorrect | Refusal::PasswordRejected(_) => return None,
        // AWS tells nobody whether there is such a user.
        Refusal::ConsoleAccessDisabled if cloud == Cloud::Aws => return None,
        Refusal::ConsoleAccessDisabled => (
            "Console logon is not enabled",
            "This user may not sign in to the console. An administrator of the account can enable console logon.",
        ),
        Refusal::Locked => (
            "The user is locked",
            "Too many wrong passwords or codes. Try again in an hour, or ask an administrator to reset the password.",
        ),
        Refusal::InitialPasswordExpired => (
            "The initial password has expired",
            "Nobody signed in with it in time, so it does not work any more. An administrator has to reset it.",
        ),
        Refusal::PasswordExpired => (
            "The password has expired",
            "The account's policy does not let you change an expired password yourself. An administrator has to reset \
             it.",
        ),
        Refusal::AddressNotAllowed => (
            "Not from this address",
            "The account lets its users sign in only from certain networks, and yours is none of them.",
        ),
        Refusal::PasswordChangeNotAllowed => (
            "You may not change your password",
            "You have to set a new password, but no policy permits you to. An administrator can set one for you.",
        ),
    })
}

/// What the sign-in form says to a name and a password that do not go together: never which of them is wrong.
pub(super) fn wrong(cloud: Cloud) -> &'static str {
    match cloud {
        Cloud::Alibaba => "The logon name or the password is wrong.",
        Cloud::Aws => "The account, the user name or the password is wrong.",
    }
}

/// What is wrong with a new password.
pub(in crate::console) fn violation(violation: Violation) -> &'static str {
    violation.sentence()
}
