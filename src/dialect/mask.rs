//! What of a request's parameters may be read in a journal, and how much of them it keeps. What an operation takes is
//! for its dialect's table to say; this knows no operation.

use std::borrow::Cow;
use std::cmp::Ordering;

use crate::app::journal::Parameters;

/// What stands in a journal for a value nobody may read there.
pub(crate) const MASK: &str = "***";

/// A parameter that no table has is masked when its name holds one of these, in any case.
pub(crate) const SECRET_WORDS: [&str; 11] =
    ["pass", "pwd", "otp", "code", "key", "seed", "secret", "token", "credential", "assertion", "signature"];

/// The parameters of the APIs that are secret, whatever the case they are written in: passwords, codes, keys and what
/// signs its bearer in (`SAMLAssertion` of STS `AssumeRoleWithSAML`, `OIDCToken` of Alibaba Cloud's, and the like).
const SECRET_PARAMETERS: [&str; 15] = [
    "Password",
    "OldPassword",
    "NewPassword",
    "AuthenticationCode1",
    "AuthenticationCode2",
    "TokenCode",
    "PrivateKey",
    "AddPrivateKey",
    "SAMLAssertion",
    "WebIdentityToken",
    "OIDCToken",
    "TradeInToken",
    "ContextAssertion",
    "SecretAccessKey",
    "SecurityToken",
];

/// What a dialect's table says of a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Known {
    /// The operation takes it, so many characters of it, and it hides nothing.
    Open(usize),
    /// The operation takes it, and nobody may read it.
    Secret,
    /// The operation does not take it: it is whatever somebody sent.
    Not,
}

impl Known {
    /// A parameter that a table has.
    pub(crate) fn taken(name: &str, longest: usize) -> Self {
        let is_secret = |part: &str| SECRET_PARAMETERS.iter().any(|secret| secret.eq_ignore_ascii_case(part));
        if name.split('.').any(is_secret) { Self::Secret } else { Self::Open(longest) }
    }
}

/// The most bytes of the parameters of one request that are kept: CloudTrail's largest `requestParameters` (CloudTrail
/// User Guide, "CloudTrail record contents").
pub(crate) const MOST_BYTES: usize = 100 * 1_024;
/// Says among the parameters that some were left out. CloudTrail has the member in what it cut (as above); that it
/// stands beside what is left is inferred.
pub(crate) const OMITTED: (&str, &str) = ("omitted", "true");
/// The least characters of a value that are kept, however short its table would have it.
const LEAST_KEPT: usize = 1_024;
/// The most bytes of a value that no table has: so many are looked at, and so many kept.
const MOST_READ: usize = 4 * 1_024;
const MOST_KEPT: usize = 1_024;
/// The longest name, in bytes, that may be one.
const LONGEST_NAME: usize = 128;
/// What is kept with each name and value.
const OVERHEAD: usize = 2 * size_of::<String>();

/// The start of a text, in bytes.
fn start(text: &str, most: usize) -> &str {
    &text[..text.floor_char_boundary(most)]
}

/// Whether one of the words stands in a text: one pass, in which most letters begin no word.
fn has_secret_word(text: &str) -> bool {
    let text = text.as_bytes();
    let begins = |byte: u8| matches!(byte.to_ascii_lowercase(), b'a' | b'c' | b'k' | b'o' | b'p' | b's' | b't');
    let is_at = |at: usize, word: &str| {
        text.get(at..at.saturating_add(word.len())).is_some_and(|part| part.eq_ignore_ascii_case(word.as_bytes()))
    };
    text.iter().enumerate().any(|(at, byte)| begins(*byte) && SECRET_WORDS.iter().any(|word| is_at(at, word)))
}

fn is_plain(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.')
}

/// A parameter that no table has, as a journal may show it.
pub(crate) fn shown<'a>(name: &'a str, value: &'a str) -> (&'a str, Cow<'a, str>) {
    if name.len() > LONGEST_NAME {
        return (MASK, MASK.into());
    }
    // A name that is still encoded may be any.
    let is_secret = has_secret_word(name) || name.contains('%');
    // A name that is no name, and a value that is a structure with a secret's word in it, hide something.
    let shown_name = if is_plain(name) || !is_secret { name } else { MASK };
    let read = start(value, MOST_READ);
    if is_secret || (read.contains([':', '=']) && has_secret_word(read)) {
        return (shown_name, MASK.into());
    }
    let kept = start(value, MOST_KEPT);
    (shown_name, if kept.len() < value.len() { format!("{kept}…").into() } else { value.into() })
}

/// So many characters of a text, and a mark where there were more.
fn characters(text: &str, most: usize) -> Cow<'_, str> {
    // No text has more characters than bytes.
    let end = if text.len() > most { text.char_indices().nth(most) } else { None };
    match end {
        Some((end, _)) => format!("{}…", &text[..end]).into(),
        None => text.into(),
    }
}

pub(crate) fn shortened(text: &str) -> String {
    characters(text, LEAST_KEPT).into_owned()
}

/// The shortest secret that is looked for in texts: of anything shorter there would be no telling.
const SHORTEST_LOOKED_FOR: usize = 4;
/// So much of a secret, in bytes, is looked for: who repeats it, repeats its start.
const LONGEST_LOOKED_FOR: usize = 256;
/// The most secrets of a request that are looked for.
const MOST_LOOKED_FOR: usize = 100;

/// What the journal does not show of a request, and no text may repeat.
#[derive(Debug, Default)]
pub(crate) struct Hidden(Vec<String>);

impl Hidden {
    /// Hides a value.
    pub(crate) fn value(&mut self, value: &str) {
        if value.len() >= SHORTEST_LOOKED_FOR {
            self.push(value);
        }
    }

    /// Hides what should be a name, and is none.
    pub(crate) fn unless_name(&mut self, name: &str) {
        if name.len() > LONGEST_NAME || !name.split('-').all(is_plain) {
            self.push(name);
        }
    }

    fn is_full(&self) -> bool {
        self.0.len() > MOST_LOOKED_FOR
    }

    fn push(&mut self, value: &str) {
        match self.0.len().cmp(&MOST_LOOKED_FOR) {
            Ordering::Less => self.0.push(start(value, LONGEST_LOOKED_FOR).to_owned()),
            // Every text holds the empty one: where there is more to hide than is looked for, none is told.
            Ordering::Equal => self.0.push(String::new()),
            Ordering::Greater => {}
        }
    }

    /// An error's text unless it repeats what is hidden.
    pub(crate) fn unless_telling(&self, message: &str) -> Option<String> {
        let tells = self.0.iter().any(|value| message.contains(&**value));
        (!tells).then(|| shortened(message))
    }
}

/// What a journal keeps of a request.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(crate) parameters: Parameters,
    pub(crate) hidden: Hidden,
}

/// Parameters of one kind, no more of them than are kept of all.
#[derive(Default)]
struct Heap<'a> {
    pairs: Vec<(&'a str, Cow<'a, str>)>,
    bytes: usize,
    is_full: bool,
}

fn weight(name: &str, value: &str) -> usize {
    name.len().saturating_add(value.len()).saturating_add(OVERHEAD)
}

impl<'a> Heap<'a> {
    fn add(&mut self, name: &'a str, value: Cow<'a, str>) {
        let bytes = self.bytes.saturating_add(weight(name, &value));
        if bytes > MOST_BYTES {
            self.is_full = true;
        } else {
            self.bytes = bytes;
            self.pairs.push((name, value));
        }
    }
}

/// Reads the parameters of a request, each of which `known` finds in the operation's table. Where there are too many,
/// those that say most in few bytes stay: what the operation takes, first single ones, then lists, then documents.
pub(crate) fn seen<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>, known: impl Fn(&str) -> Known) -> Seen {
    let mut hidden = Hidden::default();
    let mut heaps: [Heap<'a>; 4] = Default::default();
    for (name, value) in pairs {
        let known = known(name);
        let (shown_name, shown) = match known {
            Known::Open(longest) => (name, characters(value, longest.max(LEAST_KEPT))),
            Known::Secret => (name, MASK.into()),
            Known::Not => shown(name, value),
        };
        if shown == MASK {
            hidden.value(value);
        }
        let heap = match known {
            Known::Not => 3,
            _ if shown.len() > LEAST_KEPT => 2,
            _ if name.contains('.') => 1,
            _ => 0,
        };
        heaps[heap].add(shown_name, shown);
        if hidden.is_full() && heaps.iter().all(|heap| heap.is_full) {
            break;
        }
    }
    let mut is_cut = heaps.iter().any(|heap| heap.is_full);
    let mut left = MOST_BYTES;
    let mut kept = Vec::new();
    for (name, value) in heaps.into_iter().flat_map(|heap| heap.pairs) {
        match left.checked_sub(weight(name, &value)) {
            Some(rest) => {
                left = rest;
                kept.push((name.to_owned(), value.into_owned()));
            }
            None => is_cut = true,
        }
    }
    kept.sort_by(|(a, _), (b, _)| by_name(a, b));
    if is_cut {
        kept.push((OMITTED.0.to_owned(), OMITTED.1.to_owned()));
    }
    Seen { parameters: Parameters(kept), hidden }
}

/// The order of names, in which the numbers of a list go as numbers.
fn by_name(a: &str, b: &str) -> Ordering {
    let part = |text: &'_ str| -> (bool, usize) {
        let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        (!is_number, if is_number { text.trim_start_matches('0').len() } else { 0 })
    };
    let mut others = b.split('.');
    for one in a.split('.') {
        let Some(other) = others.next() else { return Ordering::Greater };
        let order = part(one).cmp(&part(other)).then_with(|| one.cmp(other));
        if order.is_ne() {
            return order;
        }
    }
    if others.next().is_some() { Ordering::Less } else { Ordering::Equal }
}

#[cfg(test)]
#[path = "mask_tests.rs"]
mod tests;
