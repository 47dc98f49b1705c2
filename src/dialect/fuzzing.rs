//! What fuzzers throw bytes at, under the feature `fuzzing` alone: parsing of AWS's query strings, writing of its XML,
//! reading of its signatures, and reading and judging of policies in both languages. Each panics when something is
//! wrong.

use quick_xml::Reader;
use quick_xml::events::Event;

use super::aws::fuzzing::{read_input, verify_signature, write_xml};
use super::members::{Build, Member, is_xml_character};
use crate::domain::policy::{
    Context, Document, Effect, PolicyLanguage, Request, Taker, Verdict, context_keys, rewritten,
};

const LANGUAGES: [PolicyLanguage; 2] = [PolicyLanguage::Ram, PolicyLanguage::Iam];

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

/// Reads `data` as a policy of each kind in each language. A trust policy of IAM's must mean the same as it is written
/// back.
///
/// # Panics
/// When it does not.
pub fn policy(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    context_keys(&text);
    for language in LANGUAGES {
        let read = language.parse_identity(&text);
        if let Ok(document) = &read {
            assert!(!document.statements.is_empty());
            assert_eq!(language.parse_session(&text).as_ref(), Ok(document), "a session may have what an identity may");
        }
        drop(language.parse_trust(&text));
        language.size(&text);
    }
    if let Ok(document) = PolicyLanguage::Iam.parse_trust(&text) {
        let written = rewritten(&text, |_| None).expect("a sound policy is written back");
        assert_eq!(PolicyLanguage::Iam.parse_trust(&written), Ok(document));
    }
}

/// Judges a request by a policy: `data` is the action, the resource, facts as `key=value` and, after an empty line, the
/// document. Neither the order of statements nor what goes without saying may change the answer.
///
/// # Panics
/// When it does.
pub fn evaluate(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let Some((asked, document)) = text.split_once("\n\n") else { return };
    let mut lines = asked.split('\n');
    let (action, resource) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    let mut context = Context::new();
    let facts: Vec<(&str, &str)> = lines.filter_map(|line| line.split_once('=')).collect();
    for (key, _) in &facts {
        let of_key = facts.iter().filter(|(other, _)| other == key);
        context.put_all(key, of_key.map(|(_, value)| (*value).to_owned()));
    }
    let names: Vec<String> = facts.iter().map(|(_, value)| (*value).to_owned()).collect();
    let principal = Some(Taker { account: names.first().map(String::as_str), names: &names });
    let request = Request { action, resource, principal, context: &context };
    for language in LANGUAGES {
        let read =
            [language.parse_identity(document), language.parse_session(document), language.parse_trust(document)];
        for document in read.into_iter().flatten() {
            judge(document, &request);
        }
    }
}

fn judge(mut document: Document, request: &Request<'_>) {
    document.admission(request);
    let before = word(document.evaluate(request));
    document.statements.reverse();
    assert_eq!(word(document.evaluate(request)), before, "the order of statements matters");
    document.statements.retain(|statement| statement.effect == Effect::Allow);
    let allowed = word(document.evaluate(request));
    assert!(allowed != "deny" && (before == "deny" || allowed == before), "{before} {allowed}");
}

fn word(verdict: Verdict<'_>) -> &'static str {
    match verdict {
        Verdict::Allow(_) => "allow",
        Verdict::Deny(_) => "deny",
        Verdict::NoMatch => "no match",
    }
}
