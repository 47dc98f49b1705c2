//! Exclusive XML Canonicalization 1.0 (W3C Recommendation, 18 July 2002), without comments, of one element and what is in
//! it. Written here since no maintained crate in pure Rust does it alone.

use std::collections::{BTreeMap, BTreeSet};

use super::{Child, Document, Element, ElementId};

/// How to canonicalize.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::federation) struct ExclusiveC14n {
    /// The prefixes of InclusiveNamespaces' PrefixList, whose declarations are written wherever they are in scope; the
    /// default namespace is the empty one.
    pub(in crate::federation) inclusive: BTreeSet<String>,
}

/// The canonical form of an element, without one that is in it if `except` names one: the enveloped signature.
pub(in crate::federation) fn canonicalize(
    document: &Document,
    element: ElementId,
    except: Option<ElementId>,
    method: &ExclusiveC14n,
) -> String {
    let mut writer = Writer { document, except, method, text: String::new() };
    // at the top the listed prefixes may have been declared further out
    let mut inherited = BTreeMap::new();
    let mut above = document.element(element).parent;
    while let Some(id) = above {
        for (prefix, namespace) in &document.element(id).declarations {
            if method.inclusive.contains(&**prefix) {
                inherited.entry(&**prefix).or_insert(&**namespace);
            }
        }
        above = document.element(id).parent;
    }
    writer.element(element, &BTreeMap::new(), inherited);
    writer.text
}

struct Writer<'a> {
    document: &'a Document,
    except: Option<ElementId>,
    method: &'a ExclusiveC14n,
    text: String,
}

type Namespaces<'a> = BTreeMap<&'a str, &'a str>;

impl<'a> Writer<'a> {
    /// Recurses no deeper than the tree may be. `rendered` is what the nearest elements around have declared in the
    /// output, `wanted` what has to be declared here beside what this element uses.
    fn element(&mut self, id: ElementId, rendered: &Namespaces<'a>, mut wanted: Namespaces<'a>) {
        let element = self.document.element(id);
        for (prefix, namespace) in &element.declarations {
            if self.method.inclusive.contains(&**prefix) {
                wanted.insert(prefix, namespace);
            }
        }
        wanted.insert(&element.prefix, &element.namespace);
        for attribute in element.attributes.iter().filter(|attribute| !attribute.prefix.is_empty()) {
            wanted.insert(&attribute.prefix, &attribute.namespace);
        }
        wanted.remove("xml");
        let mut inside = rendered.clone();
        self.text.push('<');
        self.name(&element.prefix, &element.local);
        for (prefix, namespace) in wanted {
            let before = rendered.get(prefix).copied();
            // no default namespace at all is the same as an empty one
            if before == Some(namespace) || (prefix.is_empty() && namespace.is_empty() && before.is_none()) {
                continue;
            }
            inside.insert(prefix, namespace);
            self.text.push_str(" xmlns");
            if !prefix.is_empty() {
                self.text.push(':');
                self.text.push_str(prefix);
            }
            self.value(namespace);
        }
        self.attributes(element);
        self.text.push('>');
        for child in &element.children {
            match child {
                Child::Element(id) if Some(*id) == self.except => {}
                Child::Element(id) => self.element(*id, &inside, BTreeMap::new()),
                Child::Text(text) => self.escaped(text, false),
            }
        }
        self.text.push_str("</");
        self.name(&element.prefix, &element.local);
        self.text.push('>');
    }

    /// In the order of their namespaces, those in none first, then of their local names.
    fn attributes(&mut self, element: &'a Element) {
        let mut sorted: Vec<_> = element.attributes.iter().collect();
        sorted.sort_by(|a, b| (&a.namespace, &a.local).cmp(&(&b.namespace, &b.local)));
        for attribute in sorted {
            self.text.push(' ');
            self.name(&attribute.prefix, &attribute.local);
            self.value(&attribute.value);
        }
    }

    fn name(&mut self, prefix: &str, local: &str) {
        if !prefix.is_empty() {
            self.text.push_str(prefix);
            self.text.push(':');
        }
        self.text.push_str(local);
    }

    fn value(&mut self, value: &str) {
        self.text.push_str("=\"");
        self.escaped(value, true);
        self.text.push('"');
    }

    /// Canonical XML 1.0 section 2.3, "Text Nodes" and "Attribute Nodes".
    fn escaped(&mut self, text: &str, is_value: bool) {
        for letter in text.chars() {
            match letter {
                '&' => self.text.push_str("&amp;"),
                '<' => self.text.push_str("&lt;"),
                '>' if !is_value => self.text.push_str("&gt;"),
                '"' if is_value => self.text.push_str("&quot;"),
                '\t' if is_value => self.text.push_str("&#x9;"),
                '\n' if is_value => self.text.push_str("&#xA;"),
                '\r' => self.text.push_str("&#xD;"),
                _ => self.text.push(letter),
            }
        }
    }
}
