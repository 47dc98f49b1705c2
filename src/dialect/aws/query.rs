//! The query protocol's parameters, decoded and in order; knows no operation.

use crate::dialect::form::{self, FormFault};

/// The parameters of one request: those of the URL and of a form body.
#[derive(Clone, Default)]
pub(crate) struct Query {
    /// In byte order of the names; of equal names the one that came first stands first.
    sorted: Vec<(String, String)>,
}

impl Query {
    /// Reads the query string and a form body. Anything else in a body is no parameter.
    pub(crate) fn decode(query: &str, form_body: &[u8]) -> Result<Self, FormFault> {
        let mut sorted: Vec<(String, String)> = Vec::new();
        for pair in form::pairs(query.as_bytes()).chain(form::pairs(form_body)) {
            sorted.push(pair?);
        }
        // Nothing that AWS takes holds a NUL, and Postgres takes none.
        if sorted.iter().any(|(name, value)| name.contains('\0') || value.contains('\0')) {
            return Err(FormFault::Escape);
        }
        sorted.sort_by(|a, b| a.0.cmp(&b.0));
        Ok(Self { sorted })
    }

    /// A parameter by its exact name; one that was sent empty is there, as the empty string.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let at = self.sorted.partition_point(|(known, _)| known.as_str() < name);
        self.sorted.get(at).filter(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Whether any parameter's name starts so.
    pub(crate) fn any_under(&self, prefix: &str) -> bool {
        self.under(prefix).next().is_some()
    }

    /// The numbers N of `<prefix>N` and `<prefix>N.…`, in order. Only the plain decimal form counts.
    pub(crate) fn numbers(&self, prefix: &str) -> Vec<u32> {
        let mut numbers: Vec<u32> = self
            .under(prefix)
            .filter_map(|(name, _)| {
                let digits = name[prefix.len()..].split('.').next().unwrap_or_default();
                let plain = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
                if plain { digits.parse().ok() } else { None }
            })
            .collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }

    fn under<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = &'a (String, String)> {
        let start = self.sorted.partition_point(|(name, _)| name.as_str() < prefix);
        self.sorted[start..].iter().take_while(move |(name, _)| name.starts_with(prefix))
    }

    /// Walks all parameters in byte order of their names.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.sorted.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_of_a_list_come_in_their_own_order() {
        let query =
            Query::decode("T.member.10.Key=j&T.member.2.Key=b&T.member.2.Value=x&T.member.01=no&T.memberX=no", b"");
        let query = query.unwrap();
        assert_eq!(query.numbers("T.member."), [2, 10]);
        assert_eq!(query.get("T.member.2.Key"), Some("b"));
        assert!(query.any_under("T.member.10.") && !query.any_under("T.member.3."));
    }

    #[test]
    fn url_and_form_are_read_together() {
        let query = Query::decode("Action=A", b"UserName=a+b%40c&Empty=").unwrap();
        assert_eq!(
            (query.get("Action"), query.get("UserName"), query.get("Empty")),
            (Some("A"), Some("a b@c"), Some(""))
        );
        assert_eq!(query.get("Nothing"), None);
    }

    proptest! {
        #[test]
        fn whatever_comes_is_read_or_refused(text in any::<Vec<u8>>(), name in ".{0,8}") {
            if let Ok(query) = Query::decode("", &text) {
                let _ = (query.get(&name), query.numbers(&name), query.any_under(&name), query.iter().count());
            }
        }
    }
}
