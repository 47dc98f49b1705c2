//! Which names are well-formed; must not know which parameter carried them.

/// What is wrong with a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameFault {
    /// Too short or too long.
    Length,
    /// A character that may not stand in it.
    InvalidChars,
}

fn check(name: &str, most: usize, allowed: fn(char) -> bool) -> Result<(), NameFault> {
    let length = name.chars().count();
    if length == 0 || length > most {
        return Err(NameFault::Length);
    }
    if name.chars().all(allowed) { Ok(()) } else { Err(NameFault::InvalidChars) }
}

/// A user's name: 1 to 64 letters, digits, `.`, `-`, `_` (RAM 2015-05-01 CreateUser).
pub fn check_user_name(name: &str) -> Result<(), NameFault> {
    check(name, 64, |c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))
}

/// A group's name: 1 to 64 letters, digits, `.`, `-`, `_` (RAM 2015-05-01 CreateGroup).
pub fn check_group_name(name: &str) -> Result<(), NameFault> {
    check_user_name(name)
}

/// A role's name: 1 to 64 letters, digits, `.`, `-`; the console takes `_` too, inferred here
/// (RAM 2015-05-01 CreateRole).
pub fn check_role_name(name: &str) -> Result<(), NameFault> {
    check(name, 64, |c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))
}

/// A policy's name: 1 to 128 letters, digits, `-` (RAM 2015-05-01 CreatePolicy).
pub fn check_policy_name(name: &str) -> Result<(), NameFault> {
    check(name, 128, |c| c.is_ascii_alphanumeric() || c == '-')
}

/// A virtual MFA device's name: 1 to 64 letters, digits, `-`, and `.` as the RAM page has it
/// (RAM 2015-05-01 CreateVirtualMFADevice).
pub fn check_mfa_device_name(name: &str) -> Result<(), NameFault> {
    check(name, 64, |c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'))
}

/// An identity provider's name: 1 to 128 letters, digits, `.`, `-`, `_`, the last three not at an end
/// (IMS 2019-08-15 CreateOIDCProvider and CreateSAMLProvider).
pub fn check_provider_name(name: &str) -> Result<(), NameFault> {
    let is_mark = |c: char| matches!(c, '.' | '-' | '_');
    check(name, 128, |c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))?;
    if name.starts_with(is_mark) || name.ends_with(is_mark) { Err(NameFault::InvalidChars) } else { Ok(()) }
}

/// The id of an OpenID provider's client: 1 to 128 letters, digits, `.`, `-`, `_`, `:`, `/`, none of the marks at the
/// beginning (IMS 2019-08-15 AddClientIdToOIDCProvider).
pub fn check_client_id(id: &str) -> Result<(), NameFault> {
    check(id, 128, |c| c.is_ascii_alphanumeric() || ".-_:/".contains(c))?;
    if id.starts_with(|c: char| c.is_ascii_alphanumeric()) { Ok(()) } else { Err(NameFault::InvalidChars) }
}

/// A fingerprint of an OpenID provider's certificate: 1 to 128 letters and digits (IMS 2019-08-15
/// AddFingerprintToOIDCProvider).
pub fn check_fingerprint(fingerprint: &str) -> Result<(), NameFault> {
    check(fingerprint, 128, |c| c.is_ascii_alphanumeric())
}

/// Free text of up to `most` characters without control characters (display names, comments, descriptions).
pub fn check_text(text: &str, most: usize) -> Result<(), NameFault> {
    check(text, most, |c| !c.is_control())
}

/// An account alias: lower-case letters, digits and `-`, none at an end and no two in a row, 3 to 63 characters
/// (RAM 2015-05-01 SetAccountAlias; 63 is the bound of its error text).
pub fn check_account_alias(alias: &str) -> Result<(), NameFault> {
    if !(3..=63).contains(&alias.chars().count()) {
        return Err(NameFault::Length);
    }
    let shaped = !alias.starts_with('-') && !alias.ends_with('-') && !alias.contains("--");
    let clean = alias.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    if shaped && clean { Ok(()) } else { Err(NameFault::InvalidChars) }
}

/// The alias in a default domain: letters, digits, `.`, `_`, `-`, none of `-` at an end and no two in a row; the whole
/// domain has 64 characters at the most (IMS 2019-08-15 SetDefaultDomain).
pub fn check_domain_alias(alias: &str, domain_length: usize) -> Result<(), NameFault> {
    if alias.is_empty() || domain_length > 64 {
        return Err(NameFault::Length);
    }
    let shaped = !alias.starts_with('-') && !alias.ends_with('-') && !alias.contains("--");
    let clean = alias.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'));
    if shaped && clean { Ok(()) } else { Err(NameFault::InvalidChars) }
}

/// Whether `text` looks like an e-mail address: one `@` with something without blanks on either side. No page says
/// what is checked; inferred.
pub fn is_email(text: &str) -> bool {
    let clean = text.len() <= 128 && !text.chars().any(|c| c.is_whitespace() || c.is_control());
    clean
        && text
            .split_once('@')
            .is_some_and(|(local, host)| !local.is_empty() && host.contains('.') && !host.contains('@'))
}

/// Whether `text` is a phone number as `<country code>-<number>` (IMS 2019-08-15 CreateUser, MobilePhone); the old
/// samples of RAM leave the country code out, so that it may be absent.
pub fn is_phone(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.len() <= 20 && part.bytes().all(|b| b.is_ascii_digit());
    match text.split_once('-') {
        Some((country, number)) => digits(country.strip_prefix('+').unwrap_or(country)) && digits(number),
        None => digits(text),
    }
}

/// The form in which names are compared and ordered.
pub fn key(name: &str) -> String {
    name.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_names_have_one_to_sixty_four_plain_characters() {
        assert_eq!(check_user_name("a.b-C_9"), Ok(()));
        assert_eq!(check_user_name(&"a".repeat(64)), Ok(()));
        assert_eq!(check_user_name(&"a".repeat(65)), Err(NameFault::Length));
        assert_eq!(check_user_name(""), Err(NameFault::Length));
        for bad in ["a b", "a@b", "ä", "a/b", "a\0"] {
            assert_eq!(check_user_name(bad), Err(NameFault::InvalidChars), "{bad}");
        }
    }

    #[test]
    fn aliases_have_no_dash_at_an_end_nor_two_in_a_row() {
        assert_eq!(check_account_alias("my-team-1"), Ok(()));
        assert_eq!(check_account_alias("ab"), Err(NameFault::Length));
        for bad in ["-abc", "abc-", "a--b", "Abc", "a_b"] {
            assert_eq!(check_account_alias(bad), Err(NameFault::InvalidChars), "{bad}");
        }
    }

    #[test]
    fn emails_and_phones_are_told_from_other_text() {
        assert!(is_email("a@example.com"));
        assert!(!is_email("a@b@example.com"));
        assert!(!is_email("example.com"));
        assert!(is_phone("86-18600008888"));
        assert!(is_phone("+86-18600008888"));
        assert!(is_phone("18600008888"));
        assert!(!is_phone("86-"));
        assert!(!is_phone("phone"));
    }

    #[test]
    fn providers_clients_and_fingerprints_have_their_letters() {
        assert_eq!(check_provider_name("My_Idp.1-x"), Ok(()));
        for bad in ["-x", "x.", "a b"] {
            assert_eq!(check_provider_name(bad), Err(NameFault::InvalidChars), "{bad}");
        }
        assert_eq!(check_provider_name(&"a".repeat(129)), Err(NameFault::Length));
        assert_eq!(check_client_id("https://a.example:443/x-"), Ok(()));
        for bad in ["/x", "a b"] {
            assert_eq!(check_client_id(bad), Err(NameFault::InvalidChars), "{bad}");
        }
        assert_eq!(check_fingerprint("902eF"), Ok(()));
        assert_eq!(check_fingerprint("90:2e"), Err(NameFault::InvalidChars));
    }
}
