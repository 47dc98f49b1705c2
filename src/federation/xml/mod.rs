//! A small tree of an XML document, made for signatures: namespaces resolved, values normalized, comments gone, so that
//! what is signed and what is read is the same thing. Must not know SAML.
//!
//! Refused, for no provider needs them and attackers do: document types (and so every entity but the predefined five),
//! processing instructions inside the document, encodings other than UTF-8, and whatever is too large.

use std::sync::Arc;

mod canonical;
mod parse;

pub(super) use canonical::{ExclusiveC14n, canonicalize};

/// The namespace of `xml:lang` and the like, bound to `xml` without being declared.
pub(super) const XML: &str = "http://www.w3.org/XML/1998/namespace";

/// How deep elements may be nested. Walking the tree recurses as deep.
pub(super) const MAX_DEPTH: usize = 64;
/// How many elements a document may have.
pub(super) const MAX_ELEMENTS: usize = 100_000;
/// How many attributes and namespace declarations an element may have.
pub(super) const MAX_ATTRIBUTES: usize = 100;

/// Why a text is no document that is read here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum XmlFault {
    /// Not well-formed, or not as to namespaces.
    Malformed,
    /// It has a document type.
    DocumentType,
    /// It is beyond one of the limits.
    TooLarge,
}

/// The place of an element in its document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ElementId(usize);

/// A document.
#[derive(Debug)]
pub(super) struct Document {
    elements: Vec<Element>,
}

/// An element.
#[derive(Debug)]
pub(super) struct Element {
    pub(super) prefix: Arc<str>,
    pub(super) local: Arc<str>,
    /// Empty when in none.
    pub(super) namespace: Arc<str>,
    pub(super) attributes: Vec<Attribute>,
    /// Prefix and namespace; the prefix is empty for the default one.
    pub(super) declarations: Vec<(Arc<str>, Arc<str>)>,
    pub(super) children: Vec<Child>,
    pub(super) parent: Option<ElementId>,
}

/// An attribute that is no namespace declaration.
#[derive(Debug)]
pub(super) struct Attribute {
    pub(super) prefix: Arc<str>,
    pub(super) local: Arc<str>,
    pub(super) namespace: Arc<str>,
    pub(super) value: String,
}

/// What stands in an element.
#[derive(Debug)]
pub(super) enum Child {
    Element(ElementId),
    /// Text, however it was written; never two of them side by side.
    Text(String),
}

impl Document {
    /// The outermost element.
    pub(super) const ROOT: ElementId = ElementId(0);

    /// An element.
    pub(super) fn element(&self, id: ElementId) -> &Element {
        &self.elements[id.0]
    }

    /// Every element in the order of the document.
    pub(super) fn all(&self) -> impl Iterator<Item = (ElementId, &Element)> {
        self.elements.iter().enumerate().map(|(at, element)| (ElementId(at), element))
    }

    /// The elements right inside one.
    pub(super) fn children(&self, of: ElementId) -> impl Iterator<Item = ElementId> {
        self.element(of).children.iter().filter_map(|child| match child {
            Child::Element(id) => Some(*id),
            Child::Text(_) => None,
        })
    }

    /// The elements of a name right inside one.
    pub(super) fn named<'a>(
        &'a self,
        of: ElementId,
        namespace: &'a str,
        local: &'a str,
    ) -> impl Iterator<Item = ElementId> + 'a {
        self.children(of).filter(move |id| self.element(*id).is(namespace, local))
    }

    /// All text in an element, that of the elements inside included.
    pub(super) fn text(&self, of: ElementId) -> String {
        let mut text = String::new();
        self.collect_text(of, &mut text);
        text
    }

    /// Recurses no deeper than [`MAX_DEPTH`].
    fn collect_text(&self, of: ElementId, into: &mut String) {
        for child in &self.element(of).children {
            match child {
                Child::Element(id) => self.collect_text(*id, into),
                Child::Text(text) => into.push_str(text),
            }
        }
    }
}

impl Element {
    /// Whether it has this name.
    pub(super) fn is(&self, namespace: &str, local: &str) -> bool {
        &*self.local == local && &*self.namespace == namespace
    }

    /// The value of an attribute in no namespace.
    pub(super) fn attribute(&self, local: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|attribute| attribute.namespace.is_empty() && &*attribute.local == local)
            .map(|attribute| attribute.value.as_str())
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
