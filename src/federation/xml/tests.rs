//! Canonical forms against those of another implementation, and what is refused.

use proptest::prelude::*;

use super::*;

fn canonical(xml: &str, listed: &[&str]) -> String {
    let document = Document::parse(xml).unwrap();
    let method = ExclusiveC14n { inclusive: listed.iter().map(ToString::to_string).collect() };
    canonicalize(&document, Document::ROOT, None, &method)
}

/// The cases of `make.py`, canonicalized by libxml2.
#[test]
fn canonical_forms_are_those_of_libxml2() {
    let cases: Vec<serde_json::Value> =
        serde_json::from_str(include_str!("../../../tests/vectors/federation/c14n.json")).unwrap();
    assert!(cases.len() >= 100);
    for case in &cases {
        let text = |name: &str| case[name].as_str().unwrap();
        let listed: Vec<&str> = case["listed"].as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect();
        assert_eq!(canonical(text("xml"), &listed), text("canonical"), "{case:#}");
    }
}

#[test]
fn a_part_takes_the_namespaces_that_it_uses_from_around_it() {
    let xml = "<a:r xmlns:a='urn:a' xmlns='urn:d' xmlns:l='urn:l' xmlns:u='urn:u'><x a:b='1'><y/></x></a:r>";
    let document = Document::parse(xml).unwrap();
    let inner = document.children(Document::ROOT).next().unwrap();
    let form = |listed: &[&str]| {
        let method = ExclusiveC14n { inclusive: listed.iter().map(ToString::to_string).collect() };
        canonicalize(&document, inner, None, &method)
    };
    assert_eq!(form(&[]), r#"<x xmlns="urn:d" xmlns:a="urn:a" a:b="1"><y></y></x>"#);
    assert_eq!(form(&["l", "absent"]), r#"<x xmlns="urn:d" xmlns:a="urn:a" xmlns:l="urn:l" a:b="1"><y></y></x>"#);
}

#[test]
fn one_element_is_left_out() {
    let document = Document::parse("<a> <b/> <c/></a>").unwrap();
    let b = document.children(Document::ROOT).next().unwrap();
    assert_eq!(canonicalize(&document, Document::ROOT, Some(b), &ExclusiveC14n::default()), "<a>  <c></c></a>");
}

#[test]
fn what_is_not_well_formed_is_refused() {
    for xml in [
        "",
        "text",
        "<a>",
        "</a>",
        "<a></b>",
        "<a/><b/>",
        "<a/>text",
        "<a/>&amp;",
        "<a b='1' b='2'/>",
        "<a xmlns:x='u' xmlns:y='u' x:b='1' y:b='2'/>",
        "<x:a/>",
        "<a x:b='1'/>",
        "<a b='<'/>",
        "<a b=1/>",
        "<a b/>",
        "<a>&undefined;</a>",
        "<a>&#0;</a>",
        "<a>&#xFFFE;</a>",
        "<a>&#x110000;</a>",
        "<a>&#+1;</a>",
        "<a>& b</a>",
        "<a>\u{1}</a>",
        "<a>]]></a>",
        "<a b='&lt'/>",
        "<:a/>",
        "<a:/>",
        "<a:b:c xmlns:a='u'/>",
        "<1/>",
        "<a xmlns:x=''/>",
        "<a xmlns:xml='urn:x'/>",
        "<a xmlns:xmlns='urn:x'/>",
        "<a xmlns='http://www.w3.org/2000/xmlns/'/>",
        "<a><?x?></a>",
        "<a><!-- -- --></a>",
        " <?xml version='1.0'?><a/>",
        "<?xml version='1.1'?><a/>",
        "<?xml version='1.0' encoding='latin1'?><a/>",
        "<![CDATA[x]]><a/>",
    ] {
        assert_eq!(Document::parse(xml).err(), Some(XmlFault::Malformed), "{xml}");
    }
}

#[test]
fn document_types_and_what_is_too_large_are_refused() {
    assert_eq!(Document::parse("<!DOCTYPE a><a/>").err(), Some(XmlFault::DocumentType));
    let deep = |depth: usize| Document::parse(&("<a>".repeat(depth) + &"</a>".repeat(depth))).err();
    assert_eq!(deep(MAX_DEPTH), None);
    assert_eq!(deep(MAX_DEPTH + 1), Some(XmlFault::TooLarge));
    assert_eq!(deep(100_000), Some(XmlFault::TooLarge));
    let wide = format!("<a>{}</a>", "<b/>".repeat(MAX_ELEMENTS));
    assert_eq!(Document::parse(&wide).err(), Some(XmlFault::TooLarge));
    let names: Vec<String> = (0..=MAX_ATTRIBUTES).map(|at| format!("a{at}=''")).collect();
    assert_eq!(Document::parse(&format!("<a {}/>", names.join(" "))).err(), Some(XmlFault::TooLarge));
}

#[test]
fn text_is_one_piece_however_it_was_written() {
    let document = Document::parse("\u{feff}<a>x<!-- y --><![CDATA[<]]>&#122;&amp;<b>!</b></a>").unwrap();
    let root = document.element(Document::ROOT);
    assert!(matches!(root.children.as_slice(), [Child::Text(text), Child::Element(_)] if text == "x<z&"));
    assert_eq!(document.text(Document::ROOT), "x<z&!");
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(xml in "\\PC*") {
        let _ = Document::parse(&xml);
    }

    /// What is read can be written and read again, and comes out the same.
    #[test]
    fn a_canonical_form_is_its_own(
        xml in "<a( xmlns(:p)?='(u|v)?'| (p:)?b='(x|&#10;|\"|&lt;)*'){0,3}>(<p:b xmlns:p='w'/>|<b xmlns=''/>|x|\r|&#13;|<!---->|<!\\[CDATA\\[&\\]\\]>)*</a>"
    ) {
        if let Ok(document) = Document::parse(&xml) {
            let once = canonicalize(&document, Document::ROOT, None, &ExclusiveC14n::default());
            prop_assert_eq!(canonical(&once, &[]), once);
        }
    }
}
