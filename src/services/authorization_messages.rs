//! Messages on why something was denied, sealed so that only who may read them can: encode and decode.
//!
//! A message is sealed with a key that all replicas over a store share, and bound to its account; whoever changes a
//! bit of it, or brings it to another account, has no message (STS 2011-06-15 DecodeAuthorizationMessage).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::domain::denial::Denial;
use crate::domain::error::{Error, SessionFault};
use crate::domain::policy::{Layer, Ruling, Source};
use crate::domain::principal::Principal;
use crate::store;

use super::Ctx;

/// Bytes of the key.
const KEY_LENGTH: usize = 32;

/// A statement that bore on a denial.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MatchedStatement {
    /// Its policy's name.
    pub policy: String,
    /// The ARN of its policy, where that is a managed one.
    pub policy_arn: Option<String>,
    /// Its name, or its place in the policy where it has none.
    pub statement: String,
    /// Whether it permits.
    pub allows: bool,
    /// The kind of what the policy is part of: user, group or role.
    pub owner_kind: Option<String>,
}

/// Why something was denied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorizationMessage {
    /// Whether a statement forbids it.
    pub explicit_deny: bool,
    /// The layer of policies that decided, as [`layer_name`] has it.
    pub layer: String,
    /// The statements that bore on it.
    pub matched: Vec<MatchedStatement>,
    /// What the caller is.
    pub principal_kind: String,
    /// The caller's id.
    pub principal_id: String,
    /// The caller's name, where it has one.
    pub principal_name: Option<String>,
    /// The caller's ARN.
    pub principal_arn: String,
    /// The name of the role of which the caller has a session.
    pub role_name: Option<String>,
    /// The action.
    pub action: String,
    /// The resource.
    pub resource: String,
    /// What policies could see of the request.
    pub conditions: Vec<(String, Vec<String>)>,
}

/// The layer of this name.
pub fn layer_named(name: &str) -> Option<Layer> {
    [Layer::Resource, Layer::Identity, Layer::Boundary, Layer::Session]
        .into_iter()
        .find(|layer| layer_name(*layer) == name)
}

/// The name of a layer in messages and reports.
pub fn layer_name(layer: Layer) -> &'static str {
    match layer {
        Layer::Resource => "resource",
        Layer::Identity => "identity",
        Layer::Boundary => "boundary",
        Layer::Session => "session",
    }
}

impl AuthorizationMessage {
    /// The message on a denial.
    pub fn of_denial(ctx: &Ctx, denial: &Denial, ruling: &Ruling, conditions: Vec<(String, Vec<String>)>) -> Self {
        let matched = ruling.by().filter(|_| denial.is_explicit).map(|by| {
            let sid = by.statement().and_then(|statement| statement.sid.clone());
            MatchedStatement {
                policy: by.policy.name.clone(),
                policy_arn: denial.policy_arn.clone(),
                statement: sid.unwrap_or_else(|| by.statement.to_string()),
                allows: false,
                owner_kind: match &by.policy.source {
                    Source::Inline { kind, .. } => Some(kind.as_str().to_owned()),
                    _ => None,
                },
            }
        });
        Self {
            matched: matched.into_iter().collect(),
            layer: layer_name(denial.layer).to_owned(),
            ..Self::denial(ctx, &denial.action, &denial.resource, denial.is_explicit, conditions)
        }
    }

    /// The caller was denied an action on a resource, by the own policies: since one forbids it, or else since none
    /// permits it.
    pub fn denial(
        ctx: &Ctx,
        action: &str,
        resource: &str,
        explicit_deny: bool,
        conditions: Vec<(String, Vec<String>)>,
    ) -> Self {
        let (kind, name, role_name) = match &ctx.principal {
            Principal::Root => ("root", None, None),
            Principal::User { name, .. } => ("user", Some(name), None),
            Principal::RoleSession { session_name, role_name, .. } => ("role", Some(session_name), Some(role_name)),
            Principal::FederatedUser { name, .. } => ("federated-user", Some(name), None),
            Principal::Anonymous => ("anonymous", None, None),
        };
        Self {
            explicit_deny,
            layer: layer_name(Layer::Identity).to_owned(),
            matched: Vec::new(),
            principal_kind: kind.to_owned(),
            principal_id: ctx.principal.unique_id(&ctx.account_id),
            principal_name: name.cloned(),
            principal_arn: ctx.principal.arn(ctx.cloud, &ctx.account_id),
            role_name: role_name.cloned(),
            action: action.to_owned(),
            resource: resource.to_owned(),
            conditions,
        }
    }
}

/// Seals a message for whoever may read it in the account.
pub async fn encode(app: &App, account_id: &str, message: &AuthorizationMessage) -> Result<String, Error> {
    let text = serde_json::to_string(message).map_err(Error::internal)?;
    seal(&key(app).await?, app.ids.bytes(), account_id, text)
}

/// As [`encode`] in the caller's account, begun as its cloud begins such messages.
pub async fn encode_for(ctx: &Ctx, message: &AuthorizationMessage) -> Result<String, Error> {
    let sealed = encode(&ctx.app, &ctx.account_id, message).await?;
    Ok(format!("{}{sealed}", ctx.cloud.rules().sealed_prefix))
}

/// Opens a message of the account.
///
/// # Errors
/// `MessageUnreadable`.
pub async fn decode(ctx: &Ctx, encoded: &str) -> Result<AuthorizationMessage, Error> {
    let sealed = encoded.strip_prefix(ctx.cloud.rules().sealed_prefix);
    let sealed = sealed.ok_or(SessionFault::MessageUnreadable)?;
    let text = open(&key(&ctx.app).await?, &ctx.account_id, sealed);
    let message = text.and_then(|text| serde_json::from_str(&text).ok());
    message.ok_or_else(|| SessionFault::MessageUnreadable.into())
}

/// The store's key, made when there is none.
async fn key(app: &App) -> Result<LessSafeKey, Error> {
    let kept = store::world::message_key(&mut app.db.read().await?).await?;
    if let Some(bytes) = kept {
        return sealing_key(&bytes);
    }
    let mut tx = app.db.write_aside().await?;
    store::world::keep_message_key(&mut tx, &app.ids.bytes::<KEY_LENGTH>()).await?;
    // Another replica may have come first.
    let kept = store::world::message_key(&mut tx).await?;
    tx.commit().await?;
    sealing_key(&kept.ok_or(Error::Conflict)?)
}

fn sealing_key(bytes: &[u8]) -> Result<LessSafeKey, Error> {
    let key = UnboundKey::new(&AES_256_GCM, bytes);
    key.map(LessSafeKey::new).map_err(|_| Error::internal("the key of messages has a wrong length"))
}

fn seal(key: &LessSafeKey, nonce: [u8; NONCE_LEN], account_id: &str, text: String) -> Result<String, Error> {
    let mut sealed = text.into_bytes();
    key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(account_id), &mut sealed)
        .map_err(|_| Error::internal("a message could not be sealed"))?;
    Ok(URL_SAFE.encode([&nonce[..], &sealed].concat()))
}

fn open(key: &LessSafeKey, account_id: &str, encoded: &str) -> Option<String> {
    let bytes = URL_SAFE.decode(encoded).ok()?;
    let (nonce, sealed) = bytes.split_first_chunk::<NONCE_LEN>()?;
    let mut sealed = sealed.to_vec();
    let text = key.open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(account_id), &mut sealed).ok()?;
    String::from_utf8(text.to_vec()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_read_where_it_was_made_for_and_nowhere_else() {
        let (key, other) = (sealing_key(&[7; KEY_LENGTH]).unwrap(), sealing_key(&[8; KEY_LENGTH]).unwrap());
        let sealed = seal(&key, [1; NONCE_LEN], "111111111111", "{\"allowed\":false}".to_owned()).unwrap();
        assert!(!sealed.contains("allowed"));
        assert_eq!(open(&key, "111111111111", &sealed).as_deref(), Some("{\"allowed\":false}"));
        assert_eq!(open(&key, "222222222222", &sealed), None);
        assert_eq!(open(&other, "111111111111", &sealed), None);
        for at in 0..sealed.len() {
            let mut changed = sealed.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert_eq!(open(&key, "111111111111", &changed), None, "{at}");
        }
    }

    #[test]
    fn what_was_never_sealed_is_no_message() {
        let key = sealing_key(&[7; KEY_LENGTH]).unwrap();
        for bad in ["", "x", "AAAA", "ä", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
            assert_eq!(open(&key, "1", bad), None, "{bad}");
        }
        assert!(sealing_key(&[7; 16]).is_err());
    }
}
