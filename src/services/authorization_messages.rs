//! Messages on why something was denied, sealed so that only who may read them can: encode and decode.
//!
//! A message is sealed with a key that all replicas over a store share, and bound to its account; whoever changes a
//! bit of it, or brings it to another account, has no message (STS 2011-06-15 DecodeAuthorizationMessage).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use serde::Serialize;

use crate::app::App;
use crate::domain::error::{Error, SessionFault};
use crate::domain::principal::Principal;
use crate::store;

use super::Ctx;

/// Bytes of the key.
const KEY_LENGTH: usize = 32;

/// A list as the messages have it.
#[derive(Clone, Debug, Serialize)]
struct Items<T> {
    items: Vec<T>,
}

impl<T> Items<T> {
    fn new(items: impl IntoIterator<Item = T>) -> Self {
        Self { items: items.into_iter().collect() }
    }
}

#[derive(Clone, Debug, Serialize)]
struct Value {
    value: String,
}

#[derive(Clone, Debug, Serialize)]
struct Condition {
    key: String,
    values: Items<Value>,
}

#[derive(Clone, Debug, Serialize)]
struct Named {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    arn: String,
}

#[derive(Clone, Debug, Serialize)]
struct Asked {
    principal: Named,
    action: String,
    resource: String,
    conditions: Items<Condition>,
}

#[derive(Clone, Debug, Serialize)]
struct Statement {
    #[serde(rename = "statementId")]
    id: String,
    effect: &'static str,
}

/// Why something was denied, in the form that decoded messages of AWS were seen in; the members of a matched statement
/// are inferred.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthorizationMessage {
    allowed: bool,
    explicit_deny: bool,
    matched_statements: Items<Statement>,
    failures: Items<Value>,
    context: Asked,
}

impl AuthorizationMessage {
    /// The caller was denied an action: by the statement of this name if one forbids it, else since none permits it.
    pub fn denial(
        ctx: &Ctx,
        action: &str,
        resource: &str,
        forbidden_by: Option<&str>,
        conditions: impl IntoIterator<Item = (String, Vec<String>)>,
    ) -> Self {
        let matched = forbidden_by.map(|id| Statement { id: id.to_owned(), effect: "DENY" });
        let conditions = conditions.into_iter().map(|(key, values)| {
            let values = Items::new(values.into_iter().map(|value| Value { value }));
            Condition { key, values }
        });
        let name = match &ctx.principal {
            Principal::User { name, .. } | Principal::FederatedUser { name, .. } => Some(name.clone()),
            Principal::RoleSession { session_name, .. } => Some(session_name.clone()),
            Principal::Root | Principal::Anonymous => None,
        };
        let id = ctx.principal.unique_id(&ctx.account_id);
        let principal = Named { id, name, arn: ctx.principal.arn(ctx.cloud, &ctx.account_id) };
        let (action, resource) = (action.to_owned(), resource.to_owned());
        Self {
            allowed: false,
            explicit_deny: matched.is_some(),
            matched_statements: Items::new(matched),
            failures: Items::new([]),
            context: Asked { principal, action, resource, conditions: Items::new(conditions) },
        }
    }
}

/// Seals a message for whoever may read it in the account.
pub async fn encode(app: &App, account_id: &str, message: &AuthorizationMessage) -> Result<String, Error> {
    let text = serde_json::to_string(message).map_err(Error::internal)?;
    seal(&key(app).await?, app.ids.bytes(), account_id, text)
}

/// Opens a message of the account; the JSON text in it.
///
/// # Errors
/// `MessageUnreadable`.
pub async fn decode(ctx: &Ctx, encoded: &str) -> Result<String, Error> {
    open(&key(&ctx.app).await?, &ctx.account_id, encoded).ok_or_else(|| SessionFault::MessageUnreadable.into())
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
