//! Decoding of parameters: what is read, what is refused, what is masked.

use proptest::prelude::*;

use super::super::signature::encode;
use super::*;

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";

fn query(text: &str) -> Params {
    Params::decode(text, None, b"").unwrap()
}

fn refused(query: &str, content_type: &str, body: &str) -> Malformed {
    Params::decode(query, Some(content_type), body.as_bytes()).unwrap_err()
}

fn pairs(params: &Params) -> Vec<(&str, &str)> {
    params.iter().collect()
}

fn rows(rows: &[&[Option<&str>]]) -> Vec<Vec<Option<String>>> {
    let owned = |row: &&[Option<&str>]| row.iter().map(|cell| cell.map(str::to_owned)).collect();
    rows.iter().map(owned).collect()
}

#[test]
fn decodes_what_the_clients_send() {
    // Python sends a space as `+`, Node leaves `! ' ( ) *` bare.
    let params = query("b=a+b%20c%2B&a=!'()*~&%E4%B8%AD=%c3%a9&Empty=&Bare");
    assert_eq!(pairs(&params), [("Bare", ""), ("Empty", ""), ("a", "!'()*~"), ("b", "a b c+"), ("中", "é")]);
    assert_eq!(params.get("b"), Some("a b c+"));
    assert_eq!(params.get("Empty"), Some(""));
    assert_eq!(params.get("B"), None);
    assert_eq!(params.get("empty"), None);
}

#[test]
fn takes_apart_at_the_first_equals_sign_only() {
    assert_eq!(query("Signature=a/b==").get("Signature"), Some("a/b=="));
}

#[test]
fn skips_empty_pairs_but_keeps_a_value_without_a_name() {
    assert_eq!(pairs(&query("&&a=1&&b=2&")), [("a", "1"), ("b", "2")]);
    // Passed over, it could be added to a signed request unnoticed.
    assert_eq!(pairs(&query("=x&a=1")), [("", "x"), ("a", "1")]);
}

#[test]
fn refuses_broken_escapes() {
    for text in ["a=%", "a=%2", "a=%2&b=1", "a=%zz", "a=%+1", "a=%-1", "%=1", "a=%%20", "a=% 1", "a=%é"] {
        assert_eq!(Params::decode(text, None, b"").unwrap_err(), Malformed::Escape, "{text}");
        assert_eq!(refused("", FORM, text), Malformed::Escape, "{text}");
    }
}

#[test]
fn refuses_what_is_not_utf8() {
    for text in ["a=%FF", "%C3=1", "a=%C3%28", "a=%ED%A0%80", "a=%C0%AF", "a=%E4%B8"] {
        assert_eq!(Params::decode(text, None, b"").unwrap_err(), Malformed::Utf8, "{text}");
    }
    assert_eq!(Params::decode("", Some(FORM), b"a=\xFF").unwrap_err(), Malformed::Utf8);
}

#[test]
fn refuses_a_name_given_twice() {
    let repeated = Malformed::Repeated("A".to_owned());
    assert_eq!(Params::decode("A=1&B=2&A=1", None, b"").unwrap_err(), repeated);
    assert_eq!(Params::decode("A=1&%41=2", None, b"").unwrap_err(), repeated);
    assert_eq!(refused("", FORM, "A=1&A="), repeated);
    assert_eq!(refused("A=1", FORM, "A=2"), repeated);
    assert_eq!(refused("A=1", JSON, r#"{"A":"2"}"#), repeated);
    assert_eq!(refused("", JSON, r#"{"A":"2","\u0041":"3"}"#), repeated);
    assert_eq!(pairs(&query("A=1&a=2")), [("A", "1"), ("a", "2")]);
}

#[test]
fn reads_a_body_by_its_content_type() {
    let form = [
        "application/x-www-form-urlencoded",
        "Application/X-WWW-Form-Urlencoded;charset=UTF-8",
        " application/x-www-form-urlencoded ; a=b",
    ];
    for content_type in form {
        let params = Params::decode("q=1", Some(content_type), b"f=2+3").unwrap();
        assert_eq!(pairs(&params), [("f", "2 3"), ("q", "1")], "{content_type}");
    }
    let neither =
        [None, Some(""), Some("text/plain"), Some("application/jsonp"), Some("multipart/form-data; boundary=x")];
    for content_type in neither {
        let params = Params::decode("q=1", content_type, b"f=%zz").unwrap();
        assert_eq!(pairs(&params), [("q", "1")], "{content_type:?}");
    }
    for content_type in [FORM, JSON, "text/plain"] {
        assert_eq!(pairs(&Params::decode("q=1", Some(content_type), b"").unwrap()), [("q", "1")]);
    }
}

#[test]
fn reads_a_json_body() {
    let body = r#"{"s":"a b","i":12,"n":-1,"f":1.5,"t":true,"no":false,"z":null,"l":[1, "x"],"o":{"k": "v"},"e":""}"#;
    let params = Params::decode("q=1", Some("application/JSON; charset=utf-8"), body.as_bytes()).unwrap();
    let wanted = [
        ("e", ""),
        ("f", "1.5"),
        ("i", "12"),
        ("l", r#"[1,"x"]"#),
        ("n", "-1"),
        ("no", "false"),
        ("o", r#"{"k":"v"}"#),
        ("q", "1"),
        ("s", "a b"),
        ("t", "true"),
    ];
    assert_eq!(pairs(&params), wanted);
}

#[test]
fn refuses_a_json_body_that_is_no_object() {
    for body in ["[]", "1", "\"a\"", "null", "{", "{}}", "{\"a\":1,}", " ", "{\"a\":1e999}", "{a:1}"] {
        assert_eq!(refused("", JSON, body), Malformed::Json, "{body}");
    }
    assert_eq!(Params::decode("", Some(JSON), b"{\"a\":\"\xFF\"}").unwrap_err(), Malformed::Json);
    let deep = format!("{{\"a\":{}", "[".repeat(100_000));
    assert_eq!(refused("", JSON, &deep), Malformed::Json);
}

#[test]
fn remembers_what_each_signature_covers() {
    let form = Params::decode("q=1", Some(FORM), b"b=2").unwrap();
    assert_eq!(form.in_v1().collect::<Vec<_>>(), [("b", "2"), ("q", "1")]);
    assert_eq!(form.in_query().collect::<Vec<_>>(), [("q", "1")]);
    assert!(!form.any_outside_v1());
    let json = Params::decode("q=1", Some(JSON), br#"{"b":2}"#).unwrap();
    assert_eq!(json.in_v1().collect::<Vec<_>>(), [("q", "1")]);
    assert_eq!(json.in_query().collect::<Vec<_>>(), [("q", "1")]);
    assert!(json.any_outside_v1());
}

#[test]
fn lists_numbered_elements_in_order_of_their_numbers() {
    let params = query(
        "Tag.10.Key=ten&Tag.2.Key=two&Tag.2.Value=2&Tag.1.Value=&Tag.1.Other=x&TagKey.1=no&Tag.7.Other=x\
         &Tag.0.Key=no&Tag.01.Key=no&Tag.x.Key=no&Tag..Key=no&Tag.99999999999.Key=no&Tag.3=no&Tag-x=no&Tag.-1.Key=no",
    );
    let wanted = rows(&[&[None, Some("")], &[Some("two"), Some("2")], &[Some("ten"), None]]);
    assert_eq!(params.list("Tag", &["Key", "Value"]).unwrap(), wanted);
    let swapped = rows(&[&[Some(""), None], &[Some("2"), Some("two")], &[None, Some("ten")]]);
    assert_eq!(params.list("Tag", &["Value", "Key"]).unwrap(), swapped);
    assert!(params.list("None", &["Key"]).unwrap().is_empty());
    assert!(params.list("Tag", &[]).unwrap().is_empty());
    assert_eq!(query("A.2=b&A.1=a").list("A", &[""]).unwrap(), rows(&[&[Some("a")], &[Some("b")]]));
    assert_eq!(query("A.1.B.C=a").list("A", &["B.C"]).unwrap(), rows(&[&[Some("a")]]));
}

#[test]
fn lists_elements_of_json_text() {
    let list = |text: &str, fields: &[&str]| query(&format!("Tag={}", encode(text))).list("Tag", fields);
    let both = ["Key", "Value"];
    let text = r#"[{"Value":"v","Key":"k"},{"Key":1,"Value":null},{"Key":{"a":[]},"X":"x"},{}]"#;
    let wanted = rows(&[&[Some("k"), Some("v")], &[Some("1"), None], &[Some(r#"{"a":[]}"#), None], &[None, None]]);
    assert_eq!(list(text, &both).unwrap(), wanted);
    assert!(list("", &both).unwrap().is_empty());
    assert!(list("[]", &both).unwrap().is_empty());
    assert_eq!(list(r#"["sms",true]"#, &[""]).unwrap(), rows(&[&[Some("sms")], &[Some("true")]]));
    for text in ["[", "{}", "1", "x", "[1]", "[\"a\"]", "[null]", "[[]]", "[{}] x", "[{},1]"] {
        assert_eq!(list(text, &both).unwrap_err(), Malformed::List("Tag".to_owned()), "{text}");
    }
}

#[test]
fn refuses_a_list_given_in_both_forms() {
    let params = query("Tag=%5B%5D&Tag.1.Key=k");
    assert_eq!(params.list("Tag", &["Key"]).unwrap_err(), Malformed::Repeated("Tag".to_owned()));
}

#[test]
fn lists_elements_of_a_json_body() {
    let params = Params::decode("", Some(JSON), br#"{"Tag":[{"Key":"k","Value":"v"}]}"#).unwrap();
    assert_eq!(params.list("Tag", &["Key", "Value"]).unwrap(), rows(&[&[Some("k"), Some("v")]]));
}

#[test]
fn masks_every_secret() {
    let secret = [
        "Password",
        "OldPassword",
        "NewPassword",
        "Signature",
        "SecurityToken",
        "BearerToken",
        "AccessKeySecret",
        "AuthenticationCode",
        "AuthenticationCode1",
        "AuthenticationCode2",
        "OIDCToken",
        "SAMLAssertion",
        "password",
        "User.1.PASSWORD",
        "xSeCrEtx",
        "Authenticationcode9",
    ];
    for name in secret {
        let params = query(&format!("{name}=hunter2&UserName=u"));
        assert!(format!("{params:?}").contains(&format!(r#""{name}": "***""#)), "{params:?}");
        assert!(format!("{params:?}").contains(r#""UserName": "u""#), "{params:?}");
        assert!(!format!("{params:?} {params:#?}").contains("hunter2"), "{name}");
        assert_eq!(params.get(name), Some("hunter2"));
    }
    assert_eq!(format!("{:?}", query("UserName=u&Password=p")), r#"{"Password": "***", "UserName": "u"}"#);
}

/// Text in which percent escapes and separators are common, not one in a thousand.
fn messy() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        prop::sample::select(vec![
            "%",
            "&",
            "=",
            "+",
            "%41",
            "%C3%A9",
            "%FF",
            "Tag.1.Key",
            "Tag",
            "{\"",
            "\":",
            "[",
            "]",
            "}",
            "\"",
            ","
        ])
        .prop_map(|text| text.as_bytes().to_vec()),
        prop::collection::vec(any::<u8>(), 0..4),
    ];
    prop::collection::vec(piece, 0..20).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn decoding_never_panics(
        query in messy(),
        body in messy(),
        content_type in prop_oneof![Just(FORM.to_owned()), Just(JSON.to_owned()), ".*"],
    ) {
        let query = String::from_utf8_lossy(&query);
        if let Ok(params) = Params::decode(&query, Some(&content_type), &body) {
            let _ = params.list("Tag", &["Key", ""]);
            for (name, value) in params.iter() {
                prop_assert_eq!(params.get(name), Some(value));
            }
        }
    }

    #[test]
    fn lists_never_panic(text in messy(), name in ".{0,3}") {
        let wire = format!("Tag={}&{}=1", encode(&String::from_utf8_lossy(&text)), encode(&name));
        if let Ok(params) = Params::decode(&wire, None, b"") {
            let _ = params.list("Tag", &["Key", "Value"]);
            let _ = params.list(&name, &[""]);
        }
    }

    #[test]
    fn what_is_encoded_decodes_to_itself(
        wanted in prop::collection::btree_map("[^\\x00]*", "[^\\x00]*", 0..8),
        cut in 0..8_usize,
    ) {
        let wire = |pairs: &[(&String, &String)]| {
            let pair = |(name, value): &(&String, &String)| format!("{}={}", encode(name), encode(value));
            pairs.iter().map(pair).collect::<Vec<_>>().join("&")
        };
        let all: Vec<_> = wanted.iter().collect();
        let (query, body) = all.split_at(cut.min(all.len()));
        let params = Params::decode(&wire(query), Some(FORM), wire(body).as_bytes()).unwrap();
        let decoded: Vec<_> = params.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        prop_assert_eq!(decoded, wanted.into_iter().collect::<Vec<_>>());
    }

    #[test]
    fn the_debug_text_never_shows_a_secret(
        value in "[0-9]{12}",
        prefix in "[a-zA-Z.]{0,4}",
        word in prop::sample::select(crate::dialect::mask::SECRET_WORDS.to_vec()),
    ) {
        let params = query(&format!("{prefix}{word}={value}"));
        let shown = format!("{params:?}");
        prop_assert!(!shown.contains(&value));
    }
}
