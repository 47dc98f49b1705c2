//! Answers as trees of members: what operations build and each dialect writes in its own way.

use serde::{Serialize, Serializer};

use crate::domain::time::Time;

/// The members of an answer, in the order in which they are written.
#[derive(Debug, Default)]
pub(crate) struct Members(Vec<(&'static str, Member)>);

/// What a member can be.
#[derive(Debug)]
pub(crate) enum Member {
    Text(String),
    Flag(bool),
    Number(i64),
    Object(Members),
    List(Vec<Member>),
    Entries(Vec<(&'static str, Member)>),
}

impl From<&str> for Member {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Member {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<bool> for Member {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<i64> for Member {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<Vec<String>> for Member {
    fn from(texts: Vec<String>) -> Self {
        Self::List(texts.into_iter().map(Self::Text).collect())
    }
}

impl Serialize for Members {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, member)| (name, member)))
    }
}

impl Serialize for Member {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Flag(flag) => serializer.serialize_bool(*flag),
            Self::Number(number) => serializer.serialize_i64(*number),
            Self::Object(members) => members.serialize(serializer),
            Self::List(items) => serializer.collect_seq(items),
            Self::Entries(entries) => serializer.collect_map(entries.iter().map(|(key, value)| (key, value))),
        }
    }
}

/// Builds the members of an answer in the order they are put in.
#[derive(Debug, Default)]
pub(crate) struct Build(Members);

impl Build {
    /// Nothing yet.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// A member of any kind.
    pub(crate) fn put(mut self, name: &'static str, value: impl Into<Member>) -> Self {
        self.0.0.push((name, value.into()));
        self
    }

    /// A member that may be absent: then it is left out.
    pub(crate) fn maybe(self, name: &'static str, value: Option<impl Into<Member>>) -> Self {
        match value {
            Some(value) => self.put(name, value),
            None => self,
        }
    }

    /// A time.
    pub(crate) fn time(self, name: &'static str, time: Time) -> Self {
        self.put(name, time.to_wire())
    }

    /// A time that may be absent.
    pub(crate) fn maybe_time(self, name: &'static str, time: Option<Time>) -> Self {
        self.maybe(name, time.map(Time::to_wire))
    }

    /// An object inside.
    pub(crate) fn object(mut self, name: &'static str, inner: Build) -> Self {
        self.0.0.push((name, Member::Object(inner.0)));
        self
    }

    /// A list in an object of its own, in Alibaba Cloud's way: `"Users": {"User": [..]}`.
    pub(crate) fn list(self, name: &'static str, item: &'static str, items: impl Iterator<Item = Build>) -> Self {
        let items = items.map(|item| Member::Object(item.0)).collect();
        self.object(name, Build(Members(vec![(item, Member::List(items))])))
    }

    /// A list whose items have no name of their own, in AWS's way.
    pub(crate) fn members(self, name: &'static str, items: impl IntoIterator<Item = Build>) -> Self {
        let items = items.into_iter().map(|item| Member::Object(item.0)).collect();
        self.put(name, Member::List(items))
    }

    /// A map, in AWS's way.
    pub(crate) fn entries(self, name: &'static str, entries: Vec<(&'static str, impl Into<Member>)>) -> Self {
        self.put(name, Member::Entries(entries.into_iter().map(|(key, value)| (key, value.into())).collect()))
    }

    /// What was built.
    pub(crate) fn done(self) -> Members {
        self.0
    }
}

impl Members {
    /// Walks the members in the order in which they are written.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&'static str, &Member)> {
        self.0.iter().map(|(name, member)| (*name, member))
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The members with the request's id behind them.
    pub(crate) fn with_request_id(self, request_id: &str) -> Self {
        Build(self).put("RequestId", request_id).done()
    }
}

/// Whether XML 1.0 can hold a character (its production `Char`).
pub(crate) fn is_xml_character(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{FFFD}' | '\u{10000}'..)
}
