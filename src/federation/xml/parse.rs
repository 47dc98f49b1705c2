//! From text to tree. The tokens come from a crate; that they make up a well-formed document with namespaces is checked
//! here as far as a signature depends on it.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use super::{Attribute, Child, Document, Element, ElementId, MAX_ATTRIBUTES, MAX_DEPTH, MAX_ELEMENTS, XML, XmlFault};

/// The namespace of declarations themselves, which nothing may be bound to.
const XMLNS: &str = "http://www.w3.org/2000/xmlns/";

impl Document {
    /// Reads a document (XML 1.0 fifth edition, Namespaces in XML 1.0 third edition).
    pub(in crate::federation) fn parse(text: &str) -> Result<Self, XmlFault> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        if !text.chars().all(is_character) {
            return Err(XmlFault::Malformed);
        }
        // section 2.11: line ends are line feeds before anything else looks at them
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let mut reader = Reader::from_str(&text);
        reader.config_mut().check_comments = true;
        let mut builder = Builder::default();
        let mut first = true;
        loop {
            match reader.read_event().map_err(|_| XmlFault::Malformed)? {
                Event::Decl(declaration) => {
                    let encoding = declaration.encoding().transpose().map_err(|_| XmlFault::Malformed)?;
                    let is_utf8 = encoding.is_none_or(|name| name.eq_ignore_ascii_case("utf-8"));
                    let is_known = declaration.version().is_ok_and(|version| version == "1.0");
                    if !first || !is_utf8 || !is_known {
                        return Err(XmlFault::Malformed);
                    }
                }
                Event::Start(tag) => builder.open(&tag)?,
                Event::Empty(tag) => {
                    builder.open(&tag)?;
                    builder.close();
                }
                Event::End(_) => builder.close(),
                Event::Text(text) => {
                    if text.contains("]]>") {
                        return Err(XmlFault::Malformed);
                    }
                    builder.text(&text)?;
                }
                Event::CData(text) if builder.is_inside() => builder.text(&text)?,
                Event::GeneralRef(name) if builder.is_inside() => {
                    builder.text(reference(&name)?.encode_utf8(&mut [0; 4]))?;
                }
                Event::Comment(_) => {}
                Event::PI(_) if !builder.is_inside() => {}
                Event::DocType(_) => return Err(XmlFault::DocumentType),
                Event::Eof => return builder.finish(),
                Event::CData(_) | Event::GeneralRef(_) | Event::PI(_) => return Err(XmlFault::Malformed),
            }
            first = false;
        }
    }
}

#[derive(Default)]
struct Builder {
    elements: Vec<Element>,
    open: Vec<ElementId>,
    /// What each prefix is bound to, the innermost last.
    bindings: HashMap<Arc<str>, Vec<Arc<str>>>,
    /// Names of the document, each held once.
    names: BTreeSet<Arc<str>>,
}

impl Builder {
    fn is_inside(&self) -> bool {
        !self.open.is_empty()
    }

    fn name(&mut self, name: &str) -> Arc<str> {
        if let Some(known) = self.names.get(name) {
            return known.clone();
        }
        let name: Arc<str> = name.into();
        self.names.insert(name.clone());
        name
    }

    fn open(&mut self, tag: &BytesStart<'_>) -> Result<(), XmlFault> {
        if !self.is_inside() && !self.elements.is_empty() {
            return Err(XmlFault::Malformed);
        }
        if self.open.len() >= MAX_DEPTH || self.elements.len() >= MAX_ELEMENTS {
            return Err(XmlFault::TooLarge);
        }
        let (mut declarations, mut plain) = (Vec::new(), Vec::new());
        for (at, attribute) in tag.attributes().enumerate() {
            if at >= MAX_ATTRIBUTES {
                return Err(XmlFault::TooLarge);
            }
            let attribute = attribute.map_err(|_| XmlFault::Malformed)?;
            let value = attribute_value(&attribute.value)?;
            match qualified(attribute.key.into_inner())? {
                ("", "xmlns") => declarations.push((self.name(""), self.name(&value))),
                ("xmlns", prefix) => declarations.push((self.name(prefix), self.name(&value))),
                (prefix, local) => plain.push((self.name(prefix), self.name(local), value)),
            }
        }
        for (prefix, namespace) in &declarations {
            let is_unbinding = namespace.is_empty() && !prefix.is_empty();
            let is_reserved = matches!(&**prefix, "xml" | "xmlns") || matches!(&**namespace, XML | XMLNS);
            if is_unbinding || is_reserved {
                return Err(XmlFault::Malformed);
            }
            self.bindings.entry(prefix.clone()).or_default().push(namespace.clone());
        }
        let (prefix, local) = qualified(tag.name().into_inner())?;
        let (prefix, local) = (self.name(prefix), self.name(local));
        let namespace = self.resolve(&prefix)?;
        let attributes = self.attributes(plain)?;
        let id = ElementId(self.elements.len());
        let parent = self.open.last().copied();
        if let Some(parent) = parent {
            self.elements[parent.0].children.push(Child::Element(id));
        }
        self.elements.push(Element {
            prefix,
            local,
            namespace,
            attributes,
            declarations,
            children: Vec::new(),
            parent,
        });
        self.open.push(id);
        Ok(())
    }

    /// Attributes with their namespaces; a name without a prefix is in none. No two have the same expanded name.
    fn attributes(&mut self, plain: Vec<(Arc<str>, Arc<str>, String)>) -> Result<Vec<Attribute>, XmlFault> {
        let mut attributes: Vec<Attribute> = Vec::with_capacity(plain.len());
        for (prefix, local, value) in plain {
            let namespace = if prefix.is_empty() { self.name("") } else { self.resolve(&prefix)? };
            if attributes.iter().any(|other| other.local == local && other.namespace == namespace) {
                return Err(XmlFault::Malformed);
            }
            attributes.push(Attribute { prefix, local, namespace, value });
        }
        Ok(attributes)
    }

    fn resolve(&mut self, prefix: &Arc<str>) -> Result<Arc<str>, XmlFault> {
        if &**prefix == "xml" {
            return Ok(self.name(XML));
        }
        match self.bindings.get(prefix).and_then(|bound| bound.last()) {
            Some(namespace) => Ok(namespace.clone()),
            None if prefix.is_empty() => Ok(self.name("")),
            None => Err(XmlFault::Malformed),
        }
    }

    /// The reader has checked that an end tag names what is open.
    fn close(&mut self) {
        let Some(id) = self.open.pop() else { return };
        for (prefix, _) in &self.elements[id.0].declarations {
            if let Some(bound) = self.bindings.get_mut(prefix) {
                bound.pop();
            }
        }
    }

    fn text(&mut self, text: &str) -> Result<(), XmlFault> {
        let Some(id) = self.open.last() else {
            return if text.chars().all(is_space) { Ok(()) } else { Err(XmlFault::Malformed) };
        };
        let children = &mut self.elements[id.0].children;
        match children.last_mut() {
            Some(Child::Text(before)) => before.push_str(text),
            _ if text.is_empty() => {}
            _ => children.push(Child::Text(text.to_owned())),
        }
        Ok(())
    }

    fn finish(self) -> Result<Document, XmlFault> {
        if self.is_inside() || self.elements.is_empty() {
            return Err(XmlFault::Malformed);
        }
        Ok(Document { elements: self.elements })
    }
}

/// Prefix and local part of a name, the prefix empty when there is none.
fn qualified(name: &str) -> Result<(&str, &str), XmlFault> {
    let (prefix, local) = name.split_once(':').unwrap_or(("", name));
    let is_good = is_name(local) && (is_name(prefix) || (prefix.is_empty() && !name.contains(':')));
    if is_good { Ok((prefix, local)) } else { Err(XmlFault::Malformed) }
}

/// An NCName. Beyond ASCII every letter is taken: which of them XML allows changes no signature.
fn is_name(name: &str) -> bool {
    let is_start = |letter: char| letter.is_ascii_alphabetic() || letter == '_' || !letter.is_ascii();
    name.starts_with(is_start)
        && name.chars().all(|letter| is_start(letter) || letter.is_ascii_digit() || matches!(letter, '-' | '.'))
}

/// Char (XML 1.0 section 2.2).
fn is_character(letter: char) -> bool {
    matches!(letter, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

fn is_space(letter: char) -> bool {
    matches!(letter, ' ' | '\t' | '\n' | '\r')
}

/// What a reference stands for: `lt`, `#10`, `#xA`.
fn reference(name: &str) -> Result<char, XmlFault> {
    let digits = |text: &str, radix| {
        let is_number = !text.is_empty() && text.chars().all(|digit| digit.is_digit(radix));
        is_number.then(|| u32::from_str_radix(text, radix).ok()).flatten().and_then(char::from_u32)
    };
    let letter = match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => match name.strip_prefix('#') {
            Some(number) => number.strip_prefix('x').map_or_else(|| digits(number, 10), |hex| digits(hex, 16)),
            None => None,
        },
    };
    letter.filter(|letter| is_character(*letter)).ok_or(XmlFault::Malformed)
}

/// Attribute-value normalization for CDATA attributes, which all are without a DTD (XML 1.0 section 3.3.3): a space for
/// each white space that is written out, while one that is referred to stays.
fn attribute_value(raw: &str) -> Result<String, XmlFault> {
    let mut value = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(letter) = rest.chars().next() {
        rest = rest.get(letter.len_utf8()..).unwrap_or_default();
        match letter {
            '<' => return Err(XmlFault::Malformed),
            '&' => {
                let (name, after) = rest.split_once(';').ok_or(XmlFault::Malformed)?;
                value.push(reference(name)?);
                rest = after;
            }
            _ if is_space(letter) => value.push(' '),
            _ => value.push(letter),
        }
    }
    Ok(value)
}
