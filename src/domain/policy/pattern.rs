//! Texts with wildcards and variables, taken apart once; must not know where a variable's value comes from.

use std::borrow::Cow;

/// What has a meaning in a pattern's text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Grammar {
    /// `*` stands for any run of characters and `?` for any one.
    pub wildcards: bool,
    /// `${..}` stands for something from the request.
    pub variables: bool,
    /// ASCII letters compare without regard to case.
    pub ignores_case: bool,
}

/// Something from the request, named in a policy (AWS IAM User Guide, "IAM policy elements: Variables and tags").
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// The condition key whose value it takes.
    pub key: String,
    /// What it stands for where the request has no such value.
    pub default: Option<String>,
}

/// A piece of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// These characters.
    Literal(String),
    /// Any run of characters, also none.
    AnyRun,
    /// Any one character.
    AnyOne,
    /// A variable's value, in which nothing is a wildcard.
    Variable(Variable),
}

/// A text that others are compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    text: String,
    parts: Vec<Part>,
    ignores_case: bool,
}

impl Pattern {
    /// Takes a text apart. Every text is a pattern: a variable that does not end, or has no name, is literal.
    pub fn parse(text: &str, grammar: Grammar) -> Self {
        let mut parts = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        while let Some((plain, marked)) = rest.find(['*', '?', '$']).and_then(|at| rest.split_at_checked(at)) {
            literal.push_str(plain);
            let (read, after) = read_mark(marked, grammar);
            rest = after;
            let part = match read {
                Read::Literal(text) => {
                    literal.push_str(text);
                    continue;
                }
                Read::Part(part) => part,
            };
            if !literal.is_empty() {
                parts.push(Part::Literal(std::mem::take(&mut literal)));
            }
            // a run beside a run is the same run
            if part != Part::AnyRun || parts.last() != Some(&Part::AnyRun) {
                parts.push(part);
            }
        }
        literal.push_str(rest);
        if !literal.is_empty() {
            parts.push(Part::Literal(literal));
        }
        Self { text: text.to_owned(), parts, ignores_case: grammar.ignores_case }
    }

    /// As it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Its pieces.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Whether `text` matches, where no variable has a value but its default.
    pub fn matches(&self, text: &str) -> bool {
        self.matches_with(text, |_| None)
    }

    /// Whether `text` matches, where `value` tells the value of the variable with a key. Where a variable has neither a
    /// value nor a default, nothing matches (AWS IAM User Guide, "IAM policy elements: Variables and tags").
    ///
    /// It takes time in proportion to the pattern's length times the text's at the most: of the wildcards met so far
    /// only the last run is ever widened.
    pub fn matches_with<'a>(&'a self, text: &str, value: impl Fn(&str) -> Option<Cow<'a, str>>) -> bool {
        if !self.may_match(text) {
            return false;
        }
        let mut pieces = Vec::with_capacity(self.parts.len());
        for part in &self.parts {
            pieces.push(match part {
                Part::Literal(literal) => Piece::Literal(Cow::Borrowed(literal.as_str())),
                Part::AnyRun => Piece::AnyRun,
                Part::AnyOne => Piece::AnyOne,
                Part::Variable(variable) => {
                    let Some(value) = value(&variable.key).or(variable.default.as_deref().map(Cow::Borrowed)) else {
                        return false;
                    };
                    Piece::Literal(value)
                }
            });
        }
        matches(&pieces, text, self.ignores_case)
    }

    /// Whether the characters that it begins with are those of `text`: of many patterns most are ruled out by that.
    pub(super) fn may_match(&self, text: &str) -> bool {
        let Some(Part::Literal(start)) = self.parts.first() else { return true };
        let start = start.as_bytes();
        let found = text.as_bytes().get(..start.len());
        found.is_some_and(|found| if self.ignores_case { found.eq_ignore_ascii_case(start) } else { found == start })
    }

    /// Whether every variable in it has a value, which `value` tells, or a default.
    pub fn resolves<'a>(&'a self, value: impl Fn(&str) -> Option<Cow<'a, str>>) -> bool {
        self.parts.iter().all(|part| match part {
            Part::Variable(variable) => variable.default.is_some() || value(&variable.key).is_some(),
            Part::Literal(_) | Part::AnyRun | Part::AnyOne => true,
        })
    }

    /// Its fields as colons part them: `most` at the most, the last with whatever colons are left.
    pub(super) fn fields(&self, most: usize) -> Vec<Self> {
        let field = |parts| Self { text: String::new(), parts, ignores_case: self.ignores_case };
        let (mut fields, mut current) = (Vec::with_capacity(most), Vec::new());
        for part in &self.parts {
            let Part::Literal(literal) = part else {
                current.push(part.clone());
                continue;
            };
            let mut rest = literal.as_str();
            while fields.len() + 1 < most
                && let Some((before, after)) = rest.split_once(':')
            {
                current.push(Part::Literal(before.to_owned()));
                fields.push(field(std::mem::take(&mut current)));
                rest = after;
            }
            current.push(Part::Literal(rest.to_owned()));
        }
        fields.push(field(current));
        fields
    }

    /// Whether a wildcard or a variable stands before the last of `most` fields.
    pub(super) fn varies_before_field(&self, most: usize) -> bool {
        let mut colons = 0;
        self.parts
            .iter()
            .take_while(|part| {
                if let Part::Literal(literal) = part {
                    colons += literal.matches(':').count();
                }
                colons + 1 < most
            })
            .any(|part| !matches!(part, Part::Literal(_)))
    }
}

/// A part, its variable resolved.
enum Piece<'a> {
    Literal(Cow<'a, str>),
    AnyRun,
    AnyOne,
}

/// What comes next in a pattern.
enum Next {
    Char(char),
    AnyOne,
    AnyRun,
    End,
}

/// A place in a pattern.
#[derive(Clone, Copy)]
struct Place {
    piece: usize,
    offset: usize,
}

impl Place {
    /// What stands here, and the place after it.
    fn next(mut self, pieces: &[Piece<'_>]) -> (Next, Self) {
        loop {
            let found = match pieces.get(self.piece) {
                None => return (Next::End, self),
                Some(Piece::AnyRun) => Next::AnyRun,
                Some(Piece::AnyOne) => Next::AnyOne,
                Some(Piece::Literal(literal)) => {
                    if let Some(c) = literal.get(self.offset..).and_then(|rest| rest.chars().next()) {
                        let after = Self { offset: self.offset + c.len_utf8(), ..self };
                        return (Next::Char(c), after);
                    }
                    self = Self { piece: self.piece + 1, offset: 0 };
                    continue;
                }
            };
            return (found, Self { piece: self.piece + 1, offset: 0 });
        }
    }
}

fn matches(pieces: &[Piece<'_>], text: &str, ignores_case: bool) -> bool {
    let same = |a: char, b: char| a == b || (ignores_case && a.eq_ignore_ascii_case(&b));
    let mut place = Place { piece: 0, offset: 0 };
    let mut rest = text.chars();
    // where the last run ends in the pattern, and what of the text follows the run as short as it has been tried
    let mut last_run = None;
    loop {
        let (next, after) = place.next(pieces);
        if let Next::AnyRun = next {
            place = after;
            last_run = Some((after, rest.clone()));
            continue;
        }
        let here = rest.clone().next();
        let fits = match (next, here) {
            (Next::End, None) => return true,
            (Next::Char(wanted), Some(c)) => same(wanted, c),
            (Next::AnyOne, Some(_)) => true,
            _ => false,
        };
        if fits {
            place = after;
            rest.next();
            continue;
        }
        // where the text is used up, a longer run would leave still less of it
        let (Some(_), Some((after_run, after_text))) = (here, &mut last_run) else { return false };
        after_text.next();
        place = *after_run;
        rest = after_text.clone();
    }
}

/// What a character that may have a meaning turns out to be.
enum Read<'a> {
    Literal(&'a str),
    Part(Part),
}

/// Reads what the first character of `text` begins, and what follows it.
fn read_mark(text: &str, grammar: Grammar) -> (Read<'_>, &str) {
    if grammar.variables
        && let Some(read) = read_variable(text)
    {
        return read;
    }
    // the character is one of three, all of one byte
    let (mark, after) = text.split_at_checked(1).unwrap_or((text, ""));
    match mark {
        "*" if grammar.wildcards => (Read::Part(Part::AnyRun), after),
        "?" if grammar.wildcards => (Read::Part(Part::AnyOne), after),
        _ => (Read::Literal(mark), after),
    }
}

/// How far the end of a variable is looked for, so that a text of nothing but beginnings is read in good time. No policy
/// that AWS takes is longer (AWS IAM User Guide, "IAM and AWS STS quotas").
const LONGEST_VARIABLE: usize = 10_240;

/// Reads the variable at the start of `text`, as `${key}` or `${key, 'default'}`, and what follows it. `${*}`, `${?}`
/// and `${$}` are those characters, without their meanings.
fn read_variable(text: &str) -> Option<(Read<'_>, &str)> {
    let inside = text.strip_prefix("${")?;
    let near = inside.get(..inside.floor_char_boundary(LONGEST_VARIABLE))?;
    let (inner, rest) = near.split_once('}')?;
    let after = |rest: &str| inside.get(near.len() - rest.len()..);
    if let "*" | "?" | "$" = inner {
        return Some((Read::Literal(inner), after(rest)?));
    }
    let (key, default, rest) = match inner.split_once(',') {
        None => (inner, None, rest),
        // the default may hold a brace, so that it ends where its quote does
        Some((key, _)) => {
            let quoted = near.get(key.len() + 1..)?.trim_start().strip_prefix('\'')?;
            let (default, rest) = quoted.split_once("'}")?;
            (key, Some(default.to_owned()), rest)
        }
    };
    let key = key.trim().to_owned();
    if key.is_empty() {
        return None;
    }
    Some((Read::Part(Part::Variable(Variable { key, default })), after(rest)?))
}

#[cfg(test)]
#[path = "pattern_tests.rs"]
mod tests;
