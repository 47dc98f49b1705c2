//! Generated passwords: long, of all four kinds of characters, without any that look alike.

use secrecy::SecretString;

use crate::ids::Ids;

const KINDS: [&[u8]; 4] = [b"abcdefghijkmnopqrstuvwxyz", b"ABCDEFGHJKLMNPQRSTUVWXYZ", b"23456789", b"!@#$%^*()_+-="];
/// Characters, unless the policy asks for more.
const LENGTH: usize = 20;
/// The most that any cloud takes.
const LONGEST: usize = 128;

/// A password that meets every policy that asks for no more than `least` characters.
pub fn password(ids: &Ids, least: i64) -> SecretString {
    let length = usize::try_from(least).unwrap_or(LENGTH).clamp(LENGTH, LONGEST);
    let random = ids.bytes::<{ 2 * LONGEST }>();
    let (kinds, letters) = random.split_at(LONGEST);
    let mut text = String::with_capacity(length);
    for (at, (kind, letter)) in kinds.iter().zip(letters).take(length).enumerate() {
        // The first four are of one kind each; where each stands says nothing about the rest.
        let kind = if at < KINDS.len() { at } else { usize::from(*kind) % KINDS.len() };
        let of_kind = KINDS.get(kind).copied().unwrap_or(KINDS[0]);
        let letter = of_kind.get(usize::from(*letter) % of_kind.len()).copied().unwrap_or(b'x');
        text.push(char::from(letter));
    }
    SecretString::from(text)
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn passwords_are_of_all_kinds_and_as_long_as_asked_for() {
        let ids = Ids::seeded(7);
        let mut seen = std::collections::HashSet::new();
        for least in [8, 20, 32, 128, 10_000, -1] {
            let password = password(&ids, least);
            let text = password.expose_secret();
            let longest = i64::try_from(LONGEST).unwrap();
            assert!(i64::try_from(text.len()).unwrap() >= least.clamp(20, longest), "{least}");
            for kind in KINDS {
                assert!(text.bytes().any(|byte| kind.contains(&byte)), "{text}");
            }
            assert!(seen.insert(text.to_owned()));
        }
    }
}
