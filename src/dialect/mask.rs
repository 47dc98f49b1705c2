//! What of a request's parameters may be read in a journal; knows no operation.

use crate::app::journal::Parameters;

/// What stands in a journal for a value nobody may read there.
pub(crate) const MASK: &str = "***";

/// A parameter is masked when its name holds one of these, in any case. "assertion" is there for `SAMLAssertion`
/// (STS `AssumeRoleWithSAML`), which signs its bearer in.
pub(crate) const SECRET_WORDS: [&str; 9] = [
    "password",
    "secret",
    "token",
    "signature",
    "authenticationcode",
    "assertion",
    "privatekey",
    "base32stringseed",
    "credential",
];

/// Settings of the password policy, paging and names of things, which have a secret's word in them and hold none.
const HARMLESS: [&str; 15] = [
    "PasswordResetRequired",
    "MinimumPasswordLength",
    "MinimumPasswordDifferentCharacter",
    "PasswordNotContainUserName",
    "PasswordReusePrevention",
    "MaxPasswordAge",
    "InitialPasswordAge",
    "InterceptRiskPasswordOnApi",
    "AllowUserToChangePassword",
    "AllowUsersToChangePassword",
    "AssertionEncryptionMode",
    "ServiceSpecificCredentialId",
    "CredentialAgeDays",
    "GlobalEndpointTokenVersion",
    "RemovePrivateKey",
];

fn is_secret(name: &str) -> bool {
    if HARMLESS.contains(&name) {
        return false;
    }
    let name = name.as_bytes();
    SECRET_WORDS.iter().any(|word| name.windows(word.len()).any(|part| part.eq_ignore_ascii_case(word.as_bytes())))
}

/// A parameter as a journal may show it.
pub(crate) fn shown<'a>(name: &'a str, value: &'a str) -> (&'a str, &'a str) {
    let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.');
    // A name that is no name, and a value that is a structure with a secret's word in it, hide something.
    let shown_name = if plain || !is_secret(name) { name } else { MASK };
    let structured = value.contains([':', '=']) && is_secret(value);
    (shown_name, if is_secret(name) || structured { MASK } else { value })
}

/// The most parameters of a request that the journal keeps, and the most characters of each: a journal of ten thousand
/// requests must not hold ten thousand bodies.
const MOST_JOURNALED: usize = 100;
const LONGEST_JOURNALED: usize = 1_024;

pub(crate) fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST_JOURNALED) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// So much of the parameters as a journal keeps.
pub(crate) fn journalled<'a>(shown: impl Iterator<Item = (&'a str, &'a str)>) -> Parameters {
    Parameters(shown.take(MOST_JOURNALED).map(|(name, value)| (shortened(name), shortened(value))).collect())
}

/// The shortest secret that is looked for in texts: of anything shorter there would be no telling.
const SHORTEST_LOOKED_FOR: usize = 4;

/// The values of a request that its journal does not show.
pub(crate) fn hidden<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> Vec<String> {
    let is_hidden = |(name, value): &(&str, &str)| shown(name, value).1 == MASK && value.len() >= SHORTEST_LOOKED_FOR;
    pairs.filter(is_hidden).take(MOST_JOURNALED).map(|(_, value)| value.to_owned()).collect()
}

/// An error's text unless it repeats what is hidden.
pub(crate) fn unless_telling(message: &str, hidden: &[String]) -> Option<String> {
    let tells = hidden.iter().any(|value| message.contains(&**value));
    (!tells).then(|| shortened(message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_repeats_a_secret_is_not_kept() {
        let pairs = [("UserName", "alice"), ("Password", "First-Door-1"), ("Password", "abc")];
        let hidden = hidden(pairs.into_iter());
        assert_eq!(hidden, ["First-Door-1"]);
        assert_eq!(unless_telling("no user alice", &hidden).as_deref(), Some("no user alice"));
        assert_eq!(unless_telling("Value 'First-Door-1' at 'password'", &hidden), None);
    }
}
