//! What a sign-in hands out to be exchanged later: codes and tokens, what each is bound to, and why one is refused. Must
//! not know how they are sent.

use std::fmt;

use super::session::{Session, SessionState};
use super::time::Time;

/// How long a console session may be asked to last, in seconds (AWS IAM User Guide, "Enable custom identity broker
/// access to the AWS console", `SessionDuration`).
pub const SESSION_SECONDS: std::ops::RangeInclusive<i64> = 900..=43_200;

/// What a grant is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GrantKind {
    /// An authorization code (RFC 6749 section 4.1).
    Code,
    /// A refresh token (RFC 6749 section 6).
    Refresh,
    /// A bearer token (RFC 6750).
    Bearer,
    /// A token that opens the console (AWS IAM User Guide, "Enable custom identity broker access to the AWS console").
    Console,
    /// A bearer token of CloudSSO's portal.
    Portal,
}

impl GrantKind {
    /// The name in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Refresh => "refresh",
            Self::Bearer => "bearer",
            Self::Console => "console",
            Self::Portal => "portal",
        }
    }

    /// Reads what `as_str` gave.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Code, Self::Refresh, Self::Bearer, Self::Console, Self::Portal]
            .into_iter()
            .find(|kind| kind.as_str() == text)
    }

    /// What is said of one whose time is over, or that was used up.
    pub fn lapsed(self) -> GrantFault {
        match self {
            Self::Code => GrantFault::CodeExpired,
            Self::Refresh | Self::Bearer | Self::Console | Self::Portal => GrantFault::TokenExpired,
        }
    }
}

/// One grant, as it is kept.
#[derive(Clone)]
pub struct Grant {
    /// SHA-256 of the code or token, in hexadecimal.
    pub token_hash: String,
    /// What it is.
    pub kind: GrantKind,
    /// The account it is good in.
    pub account_id: String,
    /// The session that it comes from: the console session, or the one whose credentials were shown.
    pub session_id: String,
    /// The client it was given to.
    pub client_id: Option<String>,
    /// Where the code was sent.
    pub redirect_uri: Option<String>,
    /// The hash of what the client will have to show (RFC 7636 section 4.2, `S256`).
    pub challenge: Option<String>,
    /// The client's key (RFC 7638, SHA-256).
    pub key_thumbprint: Option<String>,
    /// SHA-256 of the hash of the password that signed in and of when it was set: another password is told by it, and
    /// the same one set anew.
    pub password_print: Option<String>,
    /// How long the console session is to last that it opens.
    pub session_seconds: Option<i64>,
    /// When its time runs out.
    pub expires_at: Time,
    /// When it was used up.
    pub spent_at: Option<Time>,
    /// The real time from which nobody need know of it.
    pub forget_at: Time,
}

impl fmt::Debug for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Grant").field("kind", &self.kind).field("session_id", &self.session_id).finish_non_exhaustive()
    }
}

impl Grant {
    /// Whether it may still be used at `now`, as far as its own time goes, that of its session, and the password.
    ///
    /// # Errors
    /// Why not.
    pub fn check(&self, session: &Session, password_print: Option<&str>, now: Time) -> Result<(), GrantFault> {
        if self.spent_at.is_some() || now >= self.expires_at {
            return Err(self.kind.lapsed());
        }
        if self.password_print.as_deref() != password_print {
            return Err(GrantFault::CredentialsChanged);
        }
        if session.state(now) == SessionState::Active { Ok(()) } else { Err(self.kind.lapsed()) }
    }
}

/// Why nothing is given for a grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GrantFault {
    /// It is unknown, another client's, or not proven as it has to be; says what is wrong.
    Invalid(&'static str),
    /// The code's time is over, or it was used.
    CodeExpired,
    /// The token's time is over, or it was used.
    TokenExpired,
    /// The password is another one now, or there is none any more.
    CredentialsChanged,
    /// Policies do not permit it.
    NotPermitted,
}

/// The ARN under which policies know a public client (Service Authorization Reference, "AWS Sign-In").
pub fn public_client_arn(region: &str, account_id: &str, client: &str) -> String {
    format!("arn:aws:signin:{region}:{account_id}:oauth2/public-client/{client}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_read_back_and_lapse_as_codes_or_tokens() {
        for (kind, lapsed) in [
            (GrantKind::Code, GrantFault::CodeExpired),
            (GrantKind::Refresh, GrantFault::TokenExpired),
            (GrantKind::Bearer, GrantFault::TokenExpired),
            (GrantKind::Console, GrantFault::TokenExpired),
            (GrantKind::Portal, GrantFault::TokenExpired),
        ] {
            assert_eq!((GrantKind::parse(kind.as_str()), kind.lapsed()), (Some(kind), lapsed));
        }
        assert_eq!(GrantKind::parse("other"), None);
    }
}
