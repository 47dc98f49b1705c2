//! YAML, and with it JSON, as a tree whose every node knows its line; must not know what a seed says.

use saphyr_parser::{Event, Parser, ScalarStyle};

use super::fields::SeedFault;
use super::plan::Place;

/// How deep lists and mappings may stand in one another.
const DEEPEST: usize = 64;

/// A node.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) line: usize,
    pub(super) value: Content,
}

#[derive(Clone, Debug)]
pub(super) enum Content {
    /// A text, number or word, as it is written; nothing where nothing is written.
    Scalar {
        text: String,
        quoted: bool,
    },
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
}

/// A list or mapping that is being read.
enum Open {
    List(usize, Vec<Node>),
    Map(usize, Vec<(String, Node)>, Option<String>),
}

fn fault(line: usize, problem: &str) -> SeedFault {
    SeedFault { place: Place { line, field: String::new() }, problem: problem.to_owned() }
}

/// Reads a text.
///
/// # Errors
/// What is no YAML; anchors and tags, which a seed has no use for; a second document; names said twice.
pub(super) fn parse(text: &str) -> Result<Node, SeedFault> {
    let mut open: Vec<Open> = Vec::new();
    let mut root = None;
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| fault(error.marker().line(), error.info()))?;
        let line = span.start.line();
        let done = match event {
            Event::Alias(_) => return Err(fault(line, "anchors and aliases are not understood here")),
            Event::Scalar(_, _, anchor, _) | Event::SequenceStart(anchor, _) | Event::MappingStart(anchor, _)
                if anchor != 0 =>
            {
                return Err(fault(line, "anchors and aliases are not understood here"));
            }
            Event::Scalar(.., Some(_)) | Event::SequenceStart(_, Some(_)) | Event::MappingStart(_, Some(_)) => {
                return Err(fault(line, "tags such as !!str are not understood here"));
            }
            Event::Scalar(text, style, ..) => {
                let quoted = style != ScalarStyle::Plain;
                Some(Node { line, value: Content::Scalar { text: text.into_owned(), quoted } })
            }
            Event::SequenceStart(..) => {
                open.push(Open::List(line, Vec::new()));
                None
            }
            Event::MappingStart(..) => {
                open.push(Open::Map(line, Vec::new(), None));
                None
            }
            Event::SequenceEnd | Event::MappingEnd => match open.pop() {
                Some(Open::List(line, list)) => Some(Node { line, value: Content::List(list) }),
                Some(Open::Map(line, map, _)) => Some(Node { line, value: Content::Map(map) }),
                None => None,
            },
            _ => None,
        };
        if open.len() > DEEPEST {
            return Err(fault(line, "lists and mappings stand too deep in one another"));
        }
        if let Some(node) = done {
            put(node, &mut open, &mut root)?;
        }
    }
    root.ok_or_else(|| fault(1, "the file is empty"))
}

/// Puts a node where it belongs.
fn put(node: Node, open: &mut [Open], root: &mut Option<Node>) -> Result<(), SeedFault> {
    match open.last_mut() {
        None if root.is_some() => return Err(fault(node.line, "there must be one document only")),
        None => *root = Some(node),
        Some(Open::List(_, list)) => list.push(node),
        Some(Open::Map(_, map, name)) => match (name.take(), node.value) {
            (Some(name), value) => map.push((name, Node { line: node.line, value })),
            (None, Content::Scalar { text, .. }) => {
                if map.iter().any(|(known, _)| *known == text) {
                    return Err(fault(node.line, &format!("{text:.64} is said twice")));
                }
                *name = Some(text);
            }
            (None, _) => return Err(fault(node.line, "a name must be text")),
        },
    }
    Ok(())
}
