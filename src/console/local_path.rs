//! Where a sign-in may lead: to a page of the console, never to another site.

use serde::{Deserialize, Deserializer, Serialize};

/// The first page.
const HOME: &str = "/console";

/// A path of the console, with its query.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct LocalPath(String);

impl LocalPath {
    /// The path, if it is one of the console; else the first page.
    pub(super) fn new(text: &str) -> Self {
        let rest = text.strip_prefix(HOME);
        let ours = rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']));
        // A browser reads a backslash as a slash and leaves out tabs and ends of lines.
        let plain = text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
        let direct = !text.contains("//") && !text.contains("/.");
        if ours && plain && direct { Self(text.to_owned()) } else { Self(HOME.to_owned()) }
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn is_home(&self) -> bool {
        self.0 == HOME
    }
}

impl Default for LocalPath {
    fn default() -> Self {
        Self(HOME.to_owned())
    }
}

impl<'de> Deserialize<'de> for LocalPath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::new(&String::deserialize(deserializer)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_the_console_are_followed() {
        for own in ["/console", "/console/users?marker=a%20b", "/console?x=1"] {
            assert_eq!(LocalPath::new(own).as_str(), own);
        }
        for other in [
            "",
            "//evil.example",
            "https://evil.example/console",
            "/console.evil.example",
            "/consolé",
            "/console/\\evil.example",
            "/console/../_sesame/reset",
            "/console//evil.example",
            "/console/a\r\nSet-Cookie: x=1",
            "/console@evil.example",
            "javascript:alert(1)",
            "/_sesame/reset",
        ] {
            assert!(LocalPath::new(other).is_home(), "{other}");
        }
    }
}
