//! What fuzzers throw bytes at, under the feature `fuzzing` alone: parsing of AWS's query strings, writing of its XML,
//! reading of its signatures. Each panics when something is wrong.

use quick_xml::Reader;
use quick_xml::events::Event;

use super::aws::fuzzing::{read_input, verify_signature, write_xml};
use super::members::{Build, Member, is_xml_character};

/// Reads `data` as the parameters of an operation that its first byte chooses.
pub fn query(data: &[u8]) {
    let Some((choice, form)) = data.split_first() else { return };
    read_input(usize::from(*choice), form);
}

/// Writes an answer made of `data` as XML, which must be well-formed and carry the text as it was.
///
/// # Panics
/// When it is not or does not.
pub fn xml(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let text: Vec<&str> = text.split('\n').collect();
    let items = text.iter().map(|text| Build::new().put("UserName", *text));
    let members = Build::new()
        .members("Users", items)
        .put("Marker", text.first().copied().unwrap_or_default())
        .put("Tags", Member::List(text.iter().map(|text| Member::from(*text)).collect()));
    let written = write_xml(&members.done(), text.last().copied().unwrap_or_default());
    let mut reader = Reader::from_str(&written);
    let mut names = Vec::new();
    let mut inside: Option<String> = None;
    loop {
        match reader.read_event().expect("what is written is well-formed") {
            Event::Start(start) if start.name().as_ref() == "UserName" => inside = Some(String::new()),
            Event::Text(part) => {
                if let Some(text) = inside.as_mut() {
                    text.push_str(&part.xml10_content());
                }
            }
            Event::GeneralRef(reference) => {
                if let Some(text) = inside.as_mut() {
                    let resolved = reference.resolve_char_ref().expect("a character");
                    let named = reference.xml10_content();
                    text.push_str(&resolved.map_or_else(
                        || quick_xml::escape::resolve_predefined_entity(&named).expect("one of five").to_owned(),
                        |character| character.to_string(),
                    ));
                }
            }
            Event::End(end) if end.name().as_ref() == "UserName" => names.extend(inside.take()),
            Event::Eof => break,
            _ => {}
        }
    }
    let kept = |text: &&str| text.chars().filter(|c| is_xml_character(*c)).collect::<String>();
    assert_eq!(names, text.iter().map(kept).collect::<Vec<_>>());
}

/// Reads the signature of a request made of `data`: method, path, query, headers and body, one a line.
pub fn sigv4(data: &[u8]) {
    verify_signature(data);
}
