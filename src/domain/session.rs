//! Sessions of people, roles and federated users, and why they end.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::time::Time;
use super::user::Tag;
use super::vouching::Fact;

/// What a session is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionKind {
    /// A person signed in to the console.
    Console,
    /// A role taken on: from a console session, or by STS.
    Role,
    /// A user's own, or the root's, with a key of STS (STS 2011-06-15 GetSessionToken).
    UserToken,
    /// A federated user's, who has at most what the user has that made it (STS 2011-06-15 GetFederationToken).
    Federation,
    /// A user's own, with a key that a sign-in gave (AWS CLI User Guide, "Login for AWS local development using console
    /// credentials").
    SignIn,
}

impl SessionKind {
    /// The name in the store and the control surface.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Console => "console",
            Self::Role => "role",
            Self::UserToken => "session-token",
            Self::Federation => "federation",
            Self::SignIn => "sign-in",
        }
    }

    /// Reads what `as_str` gave.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "console" => Some(Self::Console),
            "role" => Some(Self::Role),
            "session-token" => Some(Self::UserToken),
            "federation" => Some(Self::Federation),
            "sign-in" => Some(Self::SignIn),
            _ => None,
        }
    }

    /// Whether a session's credentials may call the service of identities at all (AWS IAM User Guide, "Compare AWS STS
    /// credentials"). That those of a sign-in may is inferred: they do what the console does.
    pub fn may_manage_identities(self, mfa_present: bool) -> bool {
        match self {
            Self::Console | Self::Role | Self::SignIn => true,
            Self::UserToken => mfa_present,
            Self::Federation => false,
        }
    }

    /// Whether they may call an operation of the service that makes sessions (as above).
    pub fn may_make_sessions_by(self, operation: &str) -> bool {
        match self {
            Self::Console => true,
            Self::Role | Self::SignIn => !matches!(operation, "GetSessionToken" | "GetFederationToken"),
            Self::UserToken => matches!(operation, "AssumeRole" | "GetCallerIdentity"),
            Self::Federation => operation == "GetCallerIdentity",
        }
    }
}

/// Why a session ended before its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndReason {
    /// Its user changed the password.
    PasswordChanged,
    /// An administrator set a new password.
    PasswordReset,
    /// Console logon was switched off.
    ConsoleAccessDisabled,
    /// The login profile was deleted.
    LoginProfileDeleted,
    /// The user was deleted.
    UserDeleted,
    /// The person signed out.
    SignedOut,
    /// The console session it hung on ended.
    ParentEnded,
    /// It was ended by hand.
    Revoked,
}

impl EndReason {
    const ALL: [Self; 8] = [
        Self::PasswordChanged,
        Self::PasswordReset,
        Self::ConsoleAccessDisabled,
        Self::LoginProfileDeleted,
        Self::UserDeleted,
        Self::SignedOut,
        Self::ParentEnded,
        Self::Revoked,
    ];

    /// The name in the store and the control surface.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PasswordChanged => "password-changed",
            Self::PasswordReset => "password-reset",
            Self::ConsoleAccessDisabled => "console-access-disabled",
            Self::LoginProfileDeleted => "login-profile-deleted",
            Self::UserDeleted => "user-deleted",
            Self::SignedOut => "signed-out",
            Self::ParentEnded => "parent-ended",
            Self::Revoked => "revoked",
        }
    }

    /// Reads what `as_str` gave.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == text)
    }
}

/// Whether a session may still be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionState {
    /// It may.
    Active,
    /// It was ended.
    Revoked,
    /// Its time ran out.
    Expired,
}

impl SessionState {
    /// The name in the control surface.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Revoked => "revoked",
            Self::Expired => "expired",
        }
    }
}

/// The key that STS gave for a session.
#[derive(Clone)]
pub struct SessionKey {
    /// The key id, `STS.…` or `ASIA…`.
    pub access_key_id: String,
    /// The secret that signs.
    pub secret: String,
    /// SHA-256 of the security token, in hexadecimal.
    pub token_hash: String,
}

/// What a session of AWS carries beside its policy.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SessionContext {
    /// The session's tags.
    pub tags: Vec<Tag>,
    /// The keys of those that sessions made with this one have too.
    pub transitive_keys: Vec<String>,
    /// The managed policies that narrow it, by ARN.
    pub policy_arns: Vec<String>,
    /// The provider that vouched for whoever has it.
    pub federated_provider: Option<String>,
    /// What it vouched for that conditions go on to see.
    pub federated_facts: Vec<Fact>,
}

/// One session.
#[derive(Clone)]
pub struct Session {
    /// Its id.
    pub id: String,
    /// The account it acts in.
    pub account_id: String,
    /// What it is.
    pub kind: SessionKind,
    /// The user who signed in or took on the role.
    pub user_id: Option<String>,
    /// That user's name then.
    pub user_name: Option<String>,
    /// The role taken on.
    pub role_id: Option<String>,
    /// That role's name then.
    pub role_name: Option<String>,
    /// The name given to a role session, or the federated user's.
    pub session_name: Option<String>,
    /// The source identity given to a role session.
    pub source_identity: Option<String>,
    /// The console session that a switched role hangs on.
    pub parent_id: Option<String>,
    /// The key of a session that STS gave.
    pub key: Option<SessionKey>,
    /// The policy that narrows it.
    pub session_policy: Option<String>,
    /// What else it carries.
    pub context: SessionContext,
    /// Whether a second factor was shown.
    pub mfa_present: bool,
    /// Where it was started from.
    pub source_address: Option<String>,
    /// When it started.
    pub started_at: Time,
    /// When its time runs out.
    pub expires_at: Time,
    /// When it was ended before its time.
    pub ended_at: Option<Time>,
    /// Why.
    pub ended_because: Option<EndReason>,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("id", &self.id).field("kind", &self.kind).finish_non_exhaustive()
    }
}

impl Session {
    /// Whether it may still be used at `now`.
    pub fn state(&self, now: Time) -> SessionState {
        match self.ended_at {
            // Ended after its time ran out: it stays run out, also when the clock is moved back.
            Some(ended_at) if ended_at >= self.expires_at => SessionState::Expired,
            Some(_) => SessionState::Revoked,
            None if now >= self.expires_at => SessionState::Expired,
            None => SessionState::Active,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_read_back_and_reach_as_far_as_documented() {
        use SessionKind::{Console, Federation, Role, SignIn, UserToken};
        for (kind, assume, token, identity, bare, proven) in [
            (Console, true, true, true, true, true),
            (Role, true, false, true, true, true),
            (UserToken, true, false, true, false, true),
            (Federation, false, false, true, false, false),
            (SignIn, true, false, true, true, true),
        ] {
            assert_eq!(SessionKind::parse(kind.as_str()), Some(kind));
            assert_eq!(kind.may_make_sessions_by("AssumeRole"), assume, "{kind:?}");
            assert_eq!(kind.may_make_sessions_by("GetSessionToken"), token, "{kind:?}");
            assert_eq!(kind.may_make_sessions_by("GetFederationToken"), token, "{kind:?}");
            assert_eq!(kind.may_make_sessions_by("GetCallerIdentity"), identity, "{kind:?}");
            assert_eq!(
                (kind.may_manage_identities(false), kind.may_manage_identities(true)),
                (bare, proven),
                "{kind:?}"
            );
        }
    }
}
