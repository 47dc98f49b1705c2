//! Policies, read: each text once, whoever has it, so that no request reads one.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::domain::policy::{Document, Reading};

/// The most that is kept, in bytes of text. Past that all is let go: it fills again with what is in use.
const MOST_BYTES: usize = 16 << 20;

/// What was read.
#[derive(Default)]
pub struct Documents(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    by_text: HashMap<(Reading, String), Arc<Document>>,
    bytes: usize,
}

impl Documents {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The document of a text, read by `read` where it was not before. `reading` tells ways of reading apart.
    ///
    /// # Errors
    /// Those of `read`.
    pub fn read<E>(
        &self,
        reading: Reading,
        text: &str,
        read: impl FnOnce(&str) -> Result<Document, E>,
    ) -> Result<Arc<Document>, E> {
        // Owned for the time of a look-up: texts are read again only when an account changed.
        let key = (reading, text.to_owned());
        if let Some(document) = self.kept().by_text.get(&key) {
            return Ok(document.clone());
        }
        let document = Arc::new(read(text)?);
        self.keep(key, document.clone());
        Ok(document)
    }

    /// Keeps a document that was read before it is stored.
    pub fn put(&self, reading: Reading, text: &str, document: Document) {
        self.keep((reading, text.to_owned()), Arc::new(document));
    }

    fn keep(&self, key: (Reading, String), document: Arc<Document>) {
        let mut kept = self.kept();
        if kept.bytes.saturating_add(key.1.len()) > MOST_BYTES {
            *kept = Kept::default();
        }
        kept.bytes += key.1.len();
        kept.by_text.insert(key, document);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::policy::{PolicyLanguage, parse_identity};

    const TEXT: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;

    #[test]
    fn a_text_is_read_once_for_each_way_of_reading_it() {
        let documents = Documents::default();
        let (a, b) = (PolicyLanguage::Iam.of_identities(), PolicyLanguage::Iam.of_trust());
        let first = documents.read(a, TEXT, parse_identity).unwrap();
        let again = documents.read(a, TEXT, |_| Err::<Document, _>("read twice")).unwrap();
        assert!(Arc::ptr_eq(&first, &again));
        assert_eq!(documents.read(b, TEXT, |_| Err::<Document, _>("other")).unwrap_err(), "other");
        assert!(documents.read(a, "{", parse_identity).is_err());
    }
}
