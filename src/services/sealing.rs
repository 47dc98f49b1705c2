//! Sealing: what only this store is to read again, with a key that all replicas over it share. Bound to a purpose;
//! whoever changes a bit of it, or brings it to another purpose, has nothing. It knows nothing of what is sealed.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::app::App;
use crate::domain::error::Error;
use crate::store;

/// Bytes of the key.
const KEY_LENGTH: usize = 32;

/// Seals a value for a purpose.
pub async fn seal(app: &App, purpose: &str, value: &impl Serialize) -> Result<String, Error> {
    let text = serde_json::to_string(value).map_err(Error::internal)?;
    seal_text(&key(app).await?, app.ids.bytes(), purpose, text)
}

/// Opens what was sealed for this purpose; nothing when it is anything else.
pub async fn open<T: DeserializeOwned>(app: &App, purpose: &str, sealed: &str) -> Result<Option<T>, Error> {
    let text = open_text(&key(app).await?, purpose, sealed);
    Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
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
    key.map(LessSafeKey::new).map_err(|_| Error::internal("the sealing key has a wrong length"))
}

fn seal_text(key: &LessSafeKey, nonce: [u8; NONCE_LEN], purpose: &str, text: String) -> Result<String, Error> {
    let mut sealed = text.into_bytes();
    key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(purpose), &mut sealed)
        .map_err(|_| Error::internal("a message could not be sealed"))?;
    Ok(URL_SAFE.encode([&nonce[..], &sealed].concat()))
}

fn open_text(key: &LessSafeKey, purpose: &str, encoded: &str) -> Option<String> {
    let bytes = URL_SAFE.decode(encoded).ok()?;
    let (nonce, sealed) = bytes.split_first_chunk::<NONCE_LEN>()?;
    let mut sealed = sealed.to_vec();
    let text = key.open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(purpose), &mut sealed).ok()?;
    String::from_utf8(text.to_vec()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_read_where_it_was_made_for_and_nowhere_else() {
        let (key, other) = (sealing_key(&[7; KEY_LENGTH]).unwrap(), sealing_key(&[8; KEY_LENGTH]).unwrap());
        let sealed = seal_text(&key, [1; NONCE_LEN], "111111111111", "{\"allowed\":false}".to_owned()).unwrap();
        assert!(!sealed.contains("allowed"));
        assert_eq!(open_text(&key, "111111111111", &sealed).as_deref(), Some("{\"allowed\":false}"));
        assert_eq!(open_text(&key, "222222222222", &sealed), None);
        assert_eq!(open_text(&other, "111111111111", &sealed), None);
        for at in 0..sealed.len() {
            let mut changed = sealed.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert_eq!(open_text(&key, "111111111111", &changed), None, "{at}");
        }
    }

    #[test]
    fn what_was_never_sealed_is_no_message() {
        let key = sealing_key(&[7; KEY_LENGTH]).unwrap();
        for bad in ["", "x", "AAAA", "ä", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
            assert_eq!(open_text(&key, "1", bad), None, "{bad}");
        }
        assert!(sealing_key(&[7; 16]).is_err());
    }
}
