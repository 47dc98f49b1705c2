//! Takes the fields of a mapping one by one, says what is wrong with which, and refuses what nobody asked for.

use serde_json::Value;

use super::plan::Place;
use super::tree::{Content, Node};
use crate::domain::spelling::nearest;
use crate::domain::user::Tag;

/// What is wrong with a seed, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {}: {}{problem}", .place.line, if .place.field.is_empty() { String::new() } else { format!("{}: ", .place.field) })]
pub struct SeedFault {
    /// Where.
    pub place: Place,
    /// What, without values that may be secret.
    pub problem: String,
}

impl SeedFault {
    /// A fault at a place.
    pub fn at(place: &Place, problem: impl Into<String>) -> Self {
        Self { place: place.clone(), problem: problem.into() }
    }
}

/// A value and where it stands.
pub(super) struct Field {
    pub(super) place: Place,
    node: Node,
}

/// The fields of a mapping that were not taken yet.
pub(super) struct Fields {
    pub(super) place: Place,
    left: Vec<(String, Node)>,
    asked: Vec<&'static str>,
}

type Found<T> = Result<T, SeedFault>;

impl Field {
    pub(super) fn root(node: Node) -> Self {
        Self { place: Place { line: node.line, field: String::new() }, node }
    }

    pub(super) fn fault(&self, problem: impl Into<String>) -> SeedFault {
        SeedFault::at(&self.place, problem)
    }

    pub(super) fn fields(self) -> Found<Fields> {
        match self.node.value {
            Content::Map(left) => Ok(Fields { place: self.place, left, asked: Vec::new() }),
            _ => Err(SeedFault::at(&self.place, "must have named fields")),
        }
    }

    pub(super) fn list(self) -> Found<Vec<Self>> {
        let Content::List(list) = self.node.value else {
            return Err(SeedFault::at(&self.place, "must be a list"));
        };
        let item = |(at, node): (usize, Node)| Self {
            place: Place { line: node.line, field: format!("{}[{at}]", self.place.field) },
            node,
        };
        Ok(list.into_iter().enumerate().map(item).collect())
    }

    /// The fields of a mapping whose names are the writer's.
    pub(super) fn entries(self) -> Found<Vec<(String, Self)>> {
        let Content::Map(map) = self.node.value else {
            return Err(SeedFault::at(&self.place, "must have named fields"));
        };
        let entry = |(name, node): (String, Node)| {
            let place = Place { line: node.line, field: format!("{}.{name:.64}", self.place.field) };
            (name, Self { place, node })
        };
        Ok(map.into_iter().map(entry).collect())
    }

    pub(super) fn text(&self) -> Found<String> {
        match &self.node.value {
            Content::Scalar { text, quoted } if (*quoted || !text.is_empty()) && !text.contains('\0') => {
                Ok(text.clone())
            }
            _ => Err(self.fault("must be text")),
        }
    }

    pub(super) fn number(&self) -> Found<i64> {
        match &self.node.value {
            Content::Scalar { text, quoted: false } => text.parse().map_err(|_| self.fault("must be a whole number")),
            _ => Err(self.fault("must be a whole number")),
        }
    }

    pub(super) fn flag(&self) -> Found<bool> {
        match &self.node.value {
            Content::Scalar { text, quoted: false } if text == "true" => Ok(true),
            Content::Scalar { text, quoted: false } if text == "false" => Ok(false),
            _ => Err(self.fault("must be true or false")),
        }
    }

    pub(super) fn is_scalar(&self) -> bool {
        matches!(self.node.value, Content::Scalar { .. })
    }

    /// A policy's document: text as it is written, or fields, of which every value is text as policies have it.
    pub(super) fn document(&self) -> Found<String> {
        if self.is_scalar() { self.text() } else { Ok(json(&self.node).to_string()) }
    }

    pub(super) fn tags(self) -> Found<Vec<Tag>> {
        let entries = self.entries()?.into_iter();
        entries.map(|(key, value)| Ok(Tag { key, value: value.text_or_empty()? })).collect()
    }

    fn text_or_empty(&self) -> Found<String> {
        match &self.node.value {
            Content::Scalar { text, .. } if text.is_empty() => Ok(String::new()),
            _ => self.text(),
        }
    }
}

/// As deep as a tree may be, which is not deep.
fn json(node: &Node) -> Value {
    match &node.value {
        Content::Scalar { text, .. } => Value::from(text.as_str()),
        Content::List(list) => list.iter().map(json).collect(),
        Content::Map(map) => Value::Object(map.iter().map(|(name, node)| (name.clone(), json(node))).collect()),
    }
}

impl Fields {
    pub(super) fn take(&mut self, name: &'static str) -> Option<Field> {
        self.asked.push(name);
        let at = self.left.iter().position(|(known, _)| known == name)?;
        let (_, node) = self.left.remove(at);
        let dot = if self.place.field.is_empty() { "" } else { "." };
        Some(Field { place: Place { line: node.line, field: format!("{}{dot}{name}", self.place.field) }, node })
    }

    pub(super) fn need(&mut self, name: &'static str) -> Found<Field> {
        let found = self.take(name);
        found.ok_or_else(|| SeedFault::at(&self.place, format!("{name} is missing")))
    }

    pub(super) fn text(&mut self, name: &'static str) -> Found<Option<String>> {
        self.take(name).map(|field| field.text()).transpose()
    }

    pub(super) fn text_or_none(&mut self, name: &'static str) -> Found<String> {
        self.take(name).map_or_else(|| Ok(String::new()), |field| field.text_or_empty())
    }

    pub(super) fn flag(&mut self, name: &'static str) -> Found<Option<bool>> {
        self.take(name).map(|field| field.flag()).transpose()
    }

    pub(super) fn number(&mut self, name: &'static str, within: std::ops::RangeInclusive<i64>) -> Found<Option<i64>> {
        let Some(field) = self.take(name) else { return Ok(None) };
        let number = field.number()?;
        if within.contains(&number) {
            Ok(Some(number))
        } else {
            Err(field.fault(format!("must be from {} to {}", within.start(), within.end())))
        }
    }

    pub(super) fn list(&mut self, name: &'static str) -> Found<Vec<Field>> {
        self.take(name).map_or_else(|| Ok(Vec::new()), Field::list)
    }

    pub(super) fn tags(&mut self) -> Found<Vec<Tag>> {
        self.take("tags").map_or_else(|| Ok(Vec::new()), Field::tags)
    }

    /// A list of names, each with its place.
    pub(super) fn names(&mut self, name: &'static str) -> Found<Vec<(Place, String)>> {
        self.list(name)?.into_iter().map(|field| Ok((field.place.clone(), field.text()?))).collect()
    }

    /// Refuses what was not asked for.
    pub(super) fn end(self) -> Found<()> {
        let Some((unknown, node)) = self.left.first() else { return Ok(()) };
        let meant = nearest(unknown, self.asked.iter().copied());
        let meant = meant.map(|meant| format!("; did you mean {meant}?")).unwrap_or_default();
        let dot = if self.place.field.is_empty() { "" } else { "." };
        let place = Place { line: node.line, field: format!("{}{dot}{unknown:.64}", self.place.field) };
        Err(SeedFault::at(&place, format!("there is no such field{meant}")))
    }
}
