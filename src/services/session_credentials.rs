//! Sessions and the credentials that are told once: what all sessions of STS have in common, whatever they are of.

use secrecy::SecretString;

use crate::app::App;
use crate::domain::account::Cloud;
use crate::domain::session::{Session, SessionContext, SessionKey, SessionKind};
use crate::domain::time::Time;

use super::callers;

/// What signs for a session.
#[derive(Debug)]
pub struct Credentials {
    /// The key id.
    pub access_key_id: String,
    /// The secret.
    pub secret: SecretString,
    /// The security token.
    pub token: SecretString,
    /// When all of it ceases to be good.
    pub expires_at: Time,
}

/// Makes credentials, and the key as the store keeps it: of the token nothing but what proves it.
pub(super) fn issue(app: &App, cloud: Cloud, account_id: &str, expires_at: Time) -> (Credentials, SessionKey) {
    let form = cloud.rules().security_token;
    let token = form.prefix.to_owned() + &app.ids.base64(form.length);
    let key = SessionKey {
        access_key_id: app.ids.session_key_id(cloud, account_id),
        secret: app.ids.session_key_secret(cloud),
        token_hash: callers::token_hash(&token),
    };
    let credentials = Credentials {
        access_key_id: key.access_key_id.clone(),
        secret: key.secret.clone().into(),
        token: token.into(),
        expires_at,
    };
    (credentials, key)
}

/// A session that nobody has yet.
pub(super) fn session(app: &App, account_id: &str, kind: SessionKind, now: Time, expires_at: Time) -> Session {
    Session {
        id: app.ids.uuid(),
        account_id: account_id.to_owned(),
        kind,
        user_id: None,
        user_name: None,
        role_id: None,
        role_name: None,
        session_name: None,
        source_identity: None,
        parent_id: None,
        key: None,
        session_policy: None,
        context: SessionContext::default(),
        mfa_present: false,
        source_address: None,
        started_at: now,
        expires_at,
        ended_at: None,
        ended_because: None,
    }
}
