//! Names that are set in one text, with commas between them; it knows not what they are names of.

use serde::{Deserialize, Serialize};

/// The names one by one, taken apart once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(from = "String", into = "String")]
pub struct Names(Vec<String>);

impl Names {
    /// The names in their order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Whether this is one of them, in any case.
    pub fn has(&self, name: &str) -> bool {
        self.iter().any(|own| own.eq_ignore_ascii_case(name))
    }
}

impl From<&str> for Names {
    fn from(text: &str) -> Self {
        let names = text.split(',').map(str::trim).filter(|name| !name.is_empty());
        Self(names.map(str::to_owned).collect())
    }
}

impl From<String> for Names {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<Names> for String {
    fn from(names: Names) -> Self {
        names.0.join(",")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_what_stands_between_commas() {
        let names = Names::from(" sesame, ,10.0.0.7,");
        assert_eq!(names.iter().collect::<Vec<_>>(), ["sesame", "10.0.0.7"]);
        assert!(names.has("Sesame") && !names.has("") && !names.has("sesame,"));
        assert_eq!(String::from(names), "sesame,10.0.0.7");
    }
}
