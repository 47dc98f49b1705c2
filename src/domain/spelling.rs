//! What somebody probably meant by a word that is not known; must not know where the word stood.

/// The known word that is nearest to `word`, if one is near enough to be meant.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    const LONGEST: usize = 64;
    let word: Vec<char> = word.chars().take(LONGEST).flat_map(char::to_lowercase).collect();
    let most = if word.len() < 4 { 1 } else { (word.len() / 3).max(2) };
    let far =
        |other: &str| distance(&word, &other.chars().take(LONGEST).flat_map(char::to_lowercase).collect::<Vec<_>>());
    known.into_iter().map(|other| (far(other), other)).filter(|(far, _)| *far <= most).min().map(|(_, other)| other)
}

/// How many letters have to be put in, taken out or changed (Levenshtein's distance).
fn distance(a: &[char], b: &[char]) -> usize {
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for (row, from) in a.iter().enumerate() {
        let mut line = vec![row + 1];
        for (at, (to, diagonal)) in b.iter().zip(&above).enumerate() {
            let changed = diagonal + usize::from(from != to);
            let kept = above.get(at + 1).copied().unwrap_or(usize::MAX - 1).min(line.last().copied().unwrap_or(0));
            line.push(changed.min(kept + 1));
        }
        above = line;
    }
    above.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_told_from_another_word() {
        let known = ["users", "groups", "password_policy"];
        assert_eq!(nearest("user", known), Some("users"));
        assert_eq!(nearest("Groups", known), Some("groups"));
        assert_eq!(nearest("pasword_polcy", known), Some("password_policy"));
        assert_eq!(nearest("zebra", known), None);
        assert_eq!(nearest("", known), None);
    }
}
