//! Signatures against the vectors made by the real SDKs.

use percent_encoding::percent_encode_byte;
use serde_json::Value;

use super::*;

/// Made by running the real SDKs; see the head of the file.
const VECTORS: &str = include_str!("../../../tests/vectors/alibaba-signatures.json");

const FORM: &str = "application/x-www-form-urlencoded";

/// One byte is changed by each of these: another letter, the other case, another half of the table.
const FLIPS: [u8; 3] = [0x01, 0x20, 0x80];

type Bytes = Vec<u8>;

/// A vector as bytes, so that any byte of it can be changed.
#[derive(Clone)]
struct Vector {
    name: String,
    method: Bytes,
    path: Bytes,
    query: Vec<(Bytes, Bytes)>,
    headers: Vec<(Bytes, Bytes)>,
    body: Bytes,
    secret: Bytes,
    signature: Bytes,
    signed_headers: Bytes,
}

fn text<'a>(vector: &'a Value, member: &str) -> &'a str {
    vector[member].as_str().unwrap()
}

fn vectors(algorithm: &str) -> Vec<(Value, Vector)> {
    let file: Value = serde_json::from_str(VECTORS).unwrap();
    let all = file["vectors"].as_array().unwrap();
    assert_eq!(all.len(), 23);
    let wanted = all.iter().filter(|vector| text(vector, "algorithm").starts_with(algorithm));
    wanted.map(|vector| (vector.clone(), Vector::read(vector))).collect()
}

impl Vector {
    fn read(vector: &Value) -> Self {
        let bytes = |member| text(vector, member).as_bytes().to_vec();
        let pairs = |member: &str| {
            let pair = |(name, value): (&String, &Value)| {
                (name.as_bytes().to_vec(), value.as_str().unwrap().as_bytes().to_vec())
            };
            vector[member].as_object().unwrap().iter().map(pair).collect()
        };
        let signed_headers = vector["authorization"].as_str().map(|header| {
            let authorization = Authorization::parse(header).unwrap();
            assert_eq!(authorization.credential, text(vector, "access_key_id"));
            assert_eq!(authorization.signature, text(vector, "signature"));
            authorization.signed_headers
        });
        Self {
            name: text(vector, "name").to_owned(),
            method: bytes("method"),
            path: bytes("path"),
            query: pairs("query"),
            headers: pairs("headers"),
            body: bytes("body"),
            secret: bytes("access_key_secret"),
            signature: bytes("signature"),
            signed_headers: signed_headers.unwrap_or_default().as_bytes().to_vec(),
        }
    }

    /// Puts the query on the wire with every byte escaped, so that a changed byte stays that byte.
    fn wire_query(&self) -> String {
        let escape = |bytes: &Bytes| -> String { bytes.iter().map(|byte| percent_encode_byte(*byte)).collect() };
        let pair = |(name, value): &(Bytes, Bytes)| format!("{}={}", escape(name), escape(value));
        self.query.iter().map(pair).collect::<Vec<_>>().join("&")
    }

    fn content_type(&self) -> Option<&str> {
        let header = self.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(b"content-type"));
        header.and_then(|(_, value)| std::str::from_utf8(value).ok())
    }

    fn v1_params(&self) -> Option<Params> {
        let mut signed = self.clone();
        signed.query.push((b"Signature".to_vec(), self.signature.clone()));
        Params::decode(&signed.wire_query(), Some(FORM), &self.body).ok()
    }

    /// Tells whether the request passes, decoding and all: any error on the way is a refusal.
    fn passes_v1(&self) -> bool {
        let (Ok(secret), Ok(method)) = (std::str::from_utf8(&self.secret), std::str::from_utf8(&self.method)) else {
            return false;
        };
        self.v1_params().is_some_and(|params| verify_v1(secret, method, &params).is_ok())
    }

    fn with_v3<T>(&self, check: impl FnOnce(&Request) -> T) -> Option<T> {
        let params = Params::decode(&self.wire_query(), self.content_type(), &self.body).ok()?;
        let header = |(name, value)| Some((std::str::from_utf8(name).ok()?, value));
        let pairs = self.headers.iter().map(|(name, value)| (name.as_slice(), value.as_slice()));
        let headers: Vec<Header> = pairs.map(header).collect::<Option<_>>()?;
        Some(check(&Request {
            method: std::str::from_utf8(&self.method).ok()?,
            path: std::str::from_utf8(&self.path).ok()?,
            params: &params,
            headers: &headers,
            body: &self.body,
        }))
    }

    fn authorization(&self) -> Option<String> {
        let part = |bytes: &Bytes| String::from_utf8(bytes.clone()).ok();
        let (signed, signature) = (part(&self.signed_headers)?, part(&self.signature)?);
        Some(format!("ACS3-HMAC-SHA256 Credential=id,SignedHeaders={signed},Signature={signature}"))
    }

    fn passes_v3(&self) -> bool {
        let (Ok(secret), Some(header)) = (std::str::from_utf8(&self.secret), self.authorization()) else {
            return false;
        };
        let Ok(authorization) = Authorization::parse(&header) else {
            return false;
        };
        self.with_v3(|request| verify_v3(secret, &authorization, request).is_ok()).unwrap_or(false)
    }

    fn set_header(&mut self, name: &str, value: &[u8]) {
        self.headers.retain(|(other, _)| !other.eq_ignore_ascii_case(name.as_bytes()));
        self.headers.push((name.as_bytes().to_vec(), value.to_vec()));
    }

    fn sign_v3(&mut self, signed_headers: &str) {
        self.signed_headers = signed_headers.as_bytes().to_vec();
        let string_to_sign = self.with_v3(|request| match v3_string_to_sign(request, signed_headers) {
            Ok(text) => text,
            Err(mismatch) => mismatch.string_to_sign,
        });
        self.signature = v3_sign(std::str::from_utf8(&self.secret).unwrap(), &string_to_sign.unwrap()).into_bytes();
    }

    /// Hands out every vector that differs from this one in one byte of the part that `part` picks.
    fn flipped(&self, part: impl Fn(&mut Self) -> &mut Bytes, mut check: impl FnMut(&Self, usize, u8)) {
        let mut changed = self.clone();
        for at in 0..part(&mut changed).len() {
            for flip in FLIPS {
                part(&mut changed)[at] ^= flip;
                check(&changed, at, flip);
                part(&mut changed)[at] ^= flip;
            }
        }
    }
}

#[test]
fn every_v1_vector_verifies() {
    let vectors = vectors("HMAC-SHA1");
    assert_eq!(vectors.len(), 11);
    for (json, vector) in vectors {
        let params = vector.v1_params().unwrap();
        let string_to_sign = v1_string_to_sign(text(&json, "method"), &params);
        assert_eq!(string_to_sign, text(&json, "string_to_sign"), "{}", vector.name);
        let canonical = string_to_sign.rsplit('&').next().unwrap();
        assert_eq!(canonical, encode(text(&json, "canonical_query")), "{}", vector.name);
        assert_eq!(v1(text(&json, "access_key_secret"), &string_to_sign), text(&json, "signature"), "{}", vector.name);
        assert!(vector.passes_v1(), "{}", vector.name);
    }
}

#[test]
fn every_v3_vector_verifies() {
    let vectors = vectors("ACS3-HMAC-SHA256");
    assert_eq!(vectors.len(), 12);
    for (json, vector) in vectors {
        let signed = std::str::from_utf8(&vector.signed_headers).unwrap();
        let (canonical, sound) = vector.with_v3(|request| canonical_request(request, signed)).unwrap();
        assert_eq!(canonical, text(&json, "canonical_request"), "{}", vector.name);
        assert!(sound, "{}", vector.name);
        let string_to_sign = vector.with_v3(|request| v3_string_to_sign(request, signed)).unwrap().unwrap();
        assert_eq!(string_to_sign, text(&json, "string_to_sign"), "{}", vector.name);
        assert_eq!(v3_sign(text(&json, "access_key_secret"), &string_to_sign), text(&json, "signature"));
        assert!(vector.passes_v3(), "{}", vector.name);
    }
}

#[test]
fn v1_refuses_any_changed_byte() {
    for (_, vector) in vectors("HMAC-SHA1") {
        let refuses = |what: &str| {
            let what = format!("{} {what}", vector.name);
            move |changed: &Vector, at: usize, flip: u8| {
                assert!(!changed.passes_v1(), "{what} at {at} flip {flip:#x}");
            }
        };
        vector.flipped(|v| &mut v.method, refuses("method"));
        vector.flipped(|v| &mut v.secret, refuses("secret"));
        vector.flipped(|v| &mut v.signature, refuses("signature"));
        for i in 0..vector.query.len() {
            vector.flipped(|v| &mut v.query[i].0, refuses("name"));
            vector.flipped(|v| &mut v.query[i].1, refuses("value"));
        }
        // V1 signs what a form body says, not how it is written: %3a and %3A are the same.
        let unchanged = vector.v1_params().unwrap();
        let unchanged: Vec<_> = unchanged.iter().collect();
        let mut same = 0;
        vector.flipped(
            |v| &mut v.body,
            |changed, at, flip| {
                let params = changed.v1_params();
                let says_the_same = params.is_some_and(|params| params.iter().eq(unchanged.iter().copied()));
                same += usize::from(says_the_same);
                assert_eq!(changed.passes_v1(), says_the_same, "{} body at {at} flip {flip:#x}", vector.name);
            },
        );
        assert!(same * 10 <= vector.body.len(), "{} {same}", vector.name);
    }
}

#[test]
fn v3_refuses_any_changed_byte() {
    for (_, vector) in vectors("ACS3-HMAC-SHA256") {
        let refuses = |what: &str| {
            let what = format!("{} {what}", vector.name);
            move |changed: &Vector, at: usize, flip: u8| {
                assert!(!changed.passes_v3(), "{what} at {at} flip {flip:#x}");
            }
        };
        vector.flipped(|v| &mut v.method, refuses("method"));
        vector.flipped(|v| &mut v.path, refuses("path"));
        vector.flipped(|v| &mut v.secret, refuses("secret"));
        vector.flipped(|v| &mut v.signature, refuses("signature"));
        vector.flipped(|v| &mut v.signed_headers, refuses("signed headers"));
        vector.flipped(|v| &mut v.body, refuses("body"));
        for i in 0..vector.query.len() {
            vector.flipped(|v| &mut v.query[i].0, refuses("name"));
            vector.flipped(|v| &mut v.query[i].1, refuses("value"));
        }
        let signed: Vec<_> = vector.signed_headers.split(|byte| *byte == b';').map(<[u8]>::to_vec).collect();
        for i in 0..vector.headers.len() {
            let is_signed = signed.contains(&vector.headers[i].0);
            vector.flipped(
                |v| &mut v.headers[i].1,
                |changed, at, flip| {
                    assert_eq!(changed.passes_v3(), !is_signed, "{} header {i} at {at} flip {flip:#x}", vector.name);
                },
            );
            vector.flipped(
                |v| &mut v.headers[i].0,
                |changed, at, flip| {
                    let same = changed.headers[i].0.eq_ignore_ascii_case(&vector.headers[i].0);
                    // A name that is not ASCII cannot reach the check at all.
                    let passes = same || (!is_signed && changed.headers[i].0.is_ascii());
                    assert_eq!(changed.passes_v3(), passes, "{} header name {i} at {at} flip {flip:#x}", vector.name);
                },
            );
        }
    }
}

#[test]
fn refuses_what_is_added_or_left_out() {
    for (_, vector) in vectors("HMAC-SHA1") {
        for pair in [("New", "1"), ("", ""), ("A", "")] {
            let mut more = vector.clone();
            more.query.push((pair.0.into(), pair.1.into()));
            assert!(!more.passes_v1(), "{}", vector.name);
        }
        for i in 0..vector.query.len() {
            let mut less = vector.clone();
            less.query.remove(i);
            assert!(!less.passes_v1(), "{}", vector.name);
        }
        let unsigned = Params::decode(&vector.wire_query(), Some(FORM), &vector.body).unwrap();
        let (secret, method) =
            (std::str::from_utf8(&vector.secret).unwrap(), std::str::from_utf8(&vector.method).unwrap());
        assert!(verify_v1(secret, method, &unsigned).is_err(), "{}", vector.name);
    }
    for (_, vector) in vectors("ACS3-HMAC-SHA256") {
        let mut more = vector.clone();
        more.query.push((b"New".to_vec(), Bytes::new()));
        assert!(!more.passes_v3(), "{}", vector.name);
        for (name, passes) in [("x-acs-new", false), ("X-Acs-New", false), ("other", true), ("x-acs", true)] {
            let mut more = vector.clone();
            more.set_header(name, b"1");
            assert_eq!(more.passes_v3(), passes, "{} {name}", vector.name);
        }
        for i in 0..vector.headers.len() {
            let mut less = vector.clone();
            let (name, _) = less.headers.remove(i);
            let signed = vector.signed_headers.split(|byte| *byte == b';').any(|signed| signed == name);
            assert_eq!(less.passes_v3(), !signed, "{} {}", vector.name, String::from_utf8_lossy(&name));
        }
    }
}

#[test]
fn v1_refuses_parameters_in_a_json_body() {
    let (_, vector) = vectors("HMAC-SHA1").remove(0);
    let mut signed = vector.clone();
    signed.query.push((b"Signature".to_vec(), vector.signature.clone()));
    let check = |body: &[u8]| {
        let params = Params::decode(&signed.wire_query(), Some("application/json"), body).unwrap();
        verify_v1("testsecret", "GET", &params)
    };
    assert!(check(b"").is_ok());
    assert!(check(b"{}").is_ok());
    let mismatch = check(br#"{"NewUserName":"x"}"#).unwrap_err();
    assert!(!mismatch.string_to_sign.contains("NewUserName"));
}

/// A signed V3 request to change in the tests below.
fn v3_form() -> Vector {
    let (_, vector) = vectors("ACS3-HMAC-SHA256").into_iter().find(|(_, v)| v.name == "v3-node-form-body").unwrap();
    vector
}

#[test]
fn v3_refuses_a_list_that_leaves_out_what_must_be_signed() {
    let vector = v3_form();
    let all = String::from_utf8(vector.signed_headers.clone()).unwrap();
    for left_out in all.split(';') {
        let mut changed = vector.clone();
        let fewer: Vec<_> = all.split(';').filter(|name| *name != left_out).collect();
        changed.sign_v3(&fewer.join(";"));
        assert!(!changed.passes_v3(), "{left_out}");
        // Without the header nothing is left out, but for the host, which each request has.
        changed.headers.retain(|(name, _)| name != left_out.as_bytes());
        changed.sign_v3(&fewer.join(";"));
        assert_eq!(changed.passes_v3(), left_out != "host", "{left_out}");
    }
    // More may be signed than must be.
    let mut changed = vector.clone();
    changed.sign_v3(&format!("accept;{all}"));
    assert!(changed.passes_v3());
    for bad in
        [format!("{all};host"), format!("{all};Host"), format!("{all};"), format!(";{all}"), format!("{all};absent")]
    {
        changed.sign_v3(&bad);
        assert!(!changed.passes_v3(), "{bad}");
    }
}

#[test]
fn v3_looks_up_headers_without_regard_to_case_and_order() {
    let mut vector = v3_form();
    vector.headers.reverse();
    for (name, value) in &mut vector.headers {
        name.make_ascii_uppercase();
        *value = [b" \t", value.as_slice(), b"  "].concat();
    }
    assert!(vector.passes_v3());
    let mut upper = v3_form();
    let list = String::from_utf8(upper.signed_headers.clone()).unwrap().to_uppercase();
    upper.sign_v3(&list);
    assert!(upper.passes_v3());
    let canonical = upper.with_v3(|request| canonical_request(request, &list)).unwrap().0;
    assert!(canonical.contains("\nhost:ims.aliyuncs.com\n") && canonical.contains(";HOST;"));
}

#[test]
fn v3_joins_headers_of_one_name() {
    let mut vector = v3_form();
    for value in ["b", " a ", "c"] {
        vector.headers.push((b"X-Acs-Many".to_vec(), value.into()));
    }
    let list = format!("{};x-acs-many", String::from_utf8(vector.signed_headers.clone()).unwrap());
    vector.sign_v3(&list);
    assert!(vector.passes_v3());
    let canonical = vector.with_v3(|request| canonical_request(request, &list)).unwrap().0;
    assert!(canonical.contains("\nx-acs-many:a,b,c\n"), "{canonical}");
    vector.headers.push((b"x-acs-many".to_vec(), b"d".to_vec()));
    assert!(!vector.passes_v3());
}

#[test]
fn v3_refuses_a_wrong_hash_of_the_body() {
    let mut vector = v3_form();
    let list = String::from_utf8(vector.signed_headers.clone()).unwrap();
    let right = hex(&Sha256::digest(&vector.body));
    for wrong in [right.to_uppercase(), hex(&Sha256::digest(b"")), String::new(), "UNSIGNED-PAYLOAD".to_owned()] {
        vector.set_header("x-acs-content-sha256", wrong.as_bytes());
        vector.sign_v3(&list);
        assert!(!vector.passes_v3(), "{wrong}");
    }
    vector.set_header("x-acs-content-sha256", right.as_bytes());
    vector.headers.push((b"x-acs-content-sha256".to_vec(), right.clone().into_bytes()));
    vector.sign_v3(&list);
    assert!(vector.passes_v3());
}

#[test]
fn v3_refuses_a_signed_header_that_is_not_utf8() {
    let mut vector = v3_form();
    let list = String::from_utf8(vector.signed_headers.clone()).unwrap();
    vector.set_header("x-acs-action", b"Change\xFFPassword");
    vector.sign_v3(&list);
    assert!(!vector.passes_v3());
    let mut unsigned = v3_form();
    unsigned.set_header("user-agent", b"\xFF");
    assert!(unsigned.passes_v3());
}

#[test]
fn parses_the_authorization_header() {
    let wanted = Authorization { credential: "LTAIid", signed_headers: "a;b", signature: "0f" };
    for header in [
        "ACS3-HMAC-SHA256 Credential=LTAIid,SignedHeaders=a;b,Signature=0f",
        "ACS3-HMAC-SHA256  Credential=LTAIid, SignedHeaders=a;b,  Signature=0f ",
        "ACS3-HMAC-SHA256\tSignature=0f,SignedHeaders=a;b,Credential=LTAIid",
    ] {
        assert_eq!(Authorization::parse(header), Ok(wanted), "{header}");
    }
    for header in [
        "",
        "ACS3-HMAC-SHA256",
        "ACS3-HMAC-SHA256 ",
        "ACS3-HMAC-SHA256Credential=i,SignedHeaders=a,Signature=0",
        "ACS3-HMAC-SM3 Credential=i,SignedHeaders=a,Signature=0",
        "acs3-hmac-sha256 Credential=i,SignedHeaders=a,Signature=0",
        "ACS3-HMAC-SHA256 Credential=i,SignedHeaders=a",
        "ACS3-HMAC-SHA256 Credential=i,SignedHeaders=a,Signature=",
        "ACS3-HMAC-SHA256 Credential=,SignedHeaders=a,Signature=0",
        "ACS3-HMAC-SHA256 Credential=i,SignedHeaders=,Signature=0",
        "ACS3-HMAC-SHA256 Credential=i,SignedHeaders=a,Signature=0,",
        "ACS3-HMAC-SHA256 Credential=i,SignedHeaders=a,Signature=0,Signature=0",
        "ACS3-HMAC-SHA256 Credential=i,SignedHeaders=a,Signature=0,Other=0",
        "ACS3-HMAC-SHA256 Credential=i;SignedHeaders=a;Signature=0",
        "ACS3-HMAC-SHA256 credential=i,signedheaders=a,signature=0",
    ] {
        assert_eq!(Authorization::parse(header), Err(MalformedAuthorization), "{header}");
    }
}

#[test]
fn encodes_all_but_the_unreserved() {
    let unreserved = "ABCXYZabcxyz0189-_.~";
    assert_eq!(encode(unreserved), unreserved);
    assert_eq!(encode(" !*'()/+%é"), "%20%21%2A%27%28%29%2F%2B%25%C3%A9");
}

#[test]
fn takes_keys_of_any_length() {
    for length in [0, 1, 63, 64, 65, 1000] {
        let key = "k".repeat(length);
        assert_eq!(v1(&key, "x").len(), 28);
        assert_eq!(v3_sign(&key, "x").len(), 64);
    }
}

#[test]
fn the_debug_text_of_a_mismatch_shows_no_string_to_sign() {
    let mismatch = Mismatch { string_to_sign: "POST&%2F&Password%3Dhunter2".to_owned() };
    assert!(!format!("{mismatch:?}").contains("hunter2"));
}

#[path = "signature_property_tests.rs"]
mod properties;
