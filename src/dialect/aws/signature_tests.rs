//! Signatures against the vectors made by botocore, and what AWS answers to each that it does not take.

use serde_json::Value;

use super::*;
use crate::domain::time::Time;

/// Made by running botocore; see the head of each file.
const VECTORS: &str = include_str!("../../../tests/vectors/aws-sigv4.json");
const MORE_VECTORS: &str = include_str!("../../../tests/vectors/aws-sigv4-more.json");

/// When all vectors were signed, 2026-03-04T05:06:07Z.
const SIGNED_AT: Time = Time(1_772_600_767_000_000);

const SECRET: &str = "secret";
const GOOD: &str = "AWS4-HMAC-SHA256 Credential=AKIA/20260304/us-east-1/iam/aws4_request, SignedHeaders=host;x-amz-date, \
                    Signature=00";

/// A request that owns what it is made of.
#[derive(Clone, Debug, Default)]
struct Sent {
    method: String,
    path: String,
    query: String,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
}

impl Sent {
    fn with<T>(&self, use_it: impl FnOnce(&Request) -> T) -> T {
        let headers: Vec<Header> = self.headers.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
        let Self { method, path, query, body, .. } = self;
        use_it(&Request { method, path, query, headers: &headers, body })
    }

    fn passes(&self, secret: &str) -> bool {
        self.with(|request| {
            Presented::read(request).is_ok_and(|presented| {
                let scope = presented.scope();
                verify(&signing_key(secret, scope.date, scope.region, scope.service), &presented, request)
            })
        })
    }

    fn fault(&self) -> (&'static str, u16, String) {
        self.with(|request| Presented::read(request).unwrap_err().answer())
    }

    /// A request with this `Authorization` and these headers, a host and a date.
    fn with_headers(authorization: &str, more: &[(&str, &str)]) -> Self {
        let common = [("Host", "iam.amazonaws.com"), ("X-Amz-Date", "20260304T050607Z")];
        let last = [("Authorization", authorization)];
        let headers = common.iter().chain(more).chain(&last);
        let headers = headers.map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec())).collect();
        Self { method: "POST".to_owned(), path: "/".to_owned(), headers, ..Self::default() }
    }

    fn presigned(query: &str) -> Self {
        let headers = vec![("Host".to_owned(), b"sts.amazonaws.com".to_vec())];
        Self { method: "GET".to_owned(), path: "/".to_owned(), query: query.to_owned(), headers, body: Vec::new() }
    }

    fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(other, _)| other != name);
        self
    }
}

fn text<'a>(vector: &'a Value, member: &str) -> &'a str {
    vector[member].as_str().unwrap()
}

/// All vectors of a file, with the request of each.
fn vectors(file: &str) -> Vec<(Value, Sent)> {
    let file: Value = serde_json::from_str(file).unwrap();
    file["vectors"].as_array().unwrap().iter().map(|vector| (vector.clone(), sent(vector))).collect()
}

fn sent(vector: &Value) -> Sent {
    let string = |value: &Value| value.as_str().unwrap().to_owned();
    let headers = match &vector["headers"] {
        Value::Object(map) => map.iter().map(|(name, value)| (name.clone(), string(value).into_bytes())).collect(),
        list => {
            let pair = |pair: &Value| (string(&pair[0]), string(&pair[1]).into_bytes());
            list.as_array().unwrap().iter().map(pair).collect()
        }
    };
    let (path, query) = match vector["url"].as_str() {
        Some(url) => {
            let after_host = url.splitn(4, '/').nth(3).unwrap_or_default();
            let (path, query) = after_host.split_once('?').unwrap_or((after_host, ""));
            // As an HTTP client sends it: a request line has a path.
            (format!("/{path}"), query.to_owned())
        }
        None => (string(&vector["path"]), string(&vector["query"])),
    };
    Sent { method: string(&vector["method"]), path, query, headers, body: string(&vector["body"]).into_bytes() }
}

#[test]
fn takes_what_botocore_signs_and_refuses_the_rest() {
    let all = vectors(VECTORS);
    assert_eq!(all.len(), 22);
    for (vector, sent) in all {
        let name = text(&vector, "name");
        let valid = vector["valid"].as_bool().unwrap();
        let key_is_known = vector["expect"] != "InvalidClientTokenId";
        assert_eq!(sent.passes(text(&vector, "secret_access_key")), valid || !key_is_known, "{name}");
        let read = sent.with(|request| Presented::read(request).map(|it| it.access_key_id().to_owned()));
        match vector["expect"].as_str() {
            None | Some("SignatureDoesNotMatch") => assert!(read.is_ok(), "{name}"),
            // Only the store knows which keys there are.
            Some("InvalidClientTokenId") => assert_eq!(read.unwrap(), "AKIASESAMEUNKNOWN999"),
            Some(expect) => assert_eq!(read.unwrap_err().answer().0, expect, "{name}"),
        }
    }
}

#[test]
fn agrees_with_botocore_on_odd_requests() {
    let all = vectors(MORE_VECTORS);
    assert_eq!(all.len(), 19);
    for (vector, sent) in all {
        assert!(sent.passes(text(&vector, "secret_access_key")), "{}", text(&vector, "name"));
        assert!(!sent.passes("other"), "{}", text(&vector, "name"));
    }
}

#[test]
fn each_step_is_that_of_the_vectors() {
    for (vector, sent) in vectors(VECTORS).into_iter().filter(|(vector, _)| vector["valid"] == true) {
        let name = text(&vector, "name");
        let canonical: [u8; 32] = sha2::Digest::finalize(sha2::Digest::chain_update(
            <Sha256 as sha2::Digest>::new(),
            text(&vector, "canonical_request"),
        ))
        .into();
        sent.with(|request| {
            let presented = Presented::read(request).unwrap();
            assert_eq!(canonical::hash(request, &presented), Some(canonical), "{name}");
            let scope = presented.scope();
            assert_eq!((scope.region, scope.service), (text(&vector, "region"), text(&vector, "service")), "{name}");
            let key = signing_key(text(&vector, "secret_access_key"), scope.date, scope.region, scope.service);
            assert_eq!(hex(&key), text(&vector, "signing_key_hex").as_bytes(), "{name}");
            assert_eq!(presented.session_token(), vector["session_token"].as_str(), "{name}");
            assert_eq!(presented.access_key_id(), text(&vector, "access_key_id"), "{name}");
            assert_eq!((presented.time(), presented.date()), (SIGNED_AT, "20260304T050607Z"), "{name}");
            assert_eq!(presented.check_scope(text(&vector, "service"), |_| true), Ok(()), "{name}");
        });
    }
}

#[test]
fn a_host_is_taken_with_its_port_as_sent() {
    let (vector, good) = vectors(VECTORS).into_iter().find(|(it, _)| it["name"] == "iam-host-port").unwrap();
    for (host, passes) in [("127.0.0.1:4566", true), ("127.0.0.1", false), ("127.0.0.1:4567", false)] {
        let mut sent = good.clone().without("Host");
        sent.headers.push(("Host".to_owned(), host.into()));
        assert_eq!(sent.passes(text(&vector, "secret_access_key")), passes, "{host}");
    }
}

/// Signs what it is given by the rules again, in the plainest way: text put together and hashed as a whole.
fn sign(sent: &mut Sent, secret: &str, canonical_path: &str, canonical_query: &str, list: &str, payload: &str) {
    use sha2::Digest;
    let line = |name: &str| {
        let same = sent.headers.iter().filter(|(other, _)| other.to_lowercase() == name);
        let values: Vec<String> = same
            .map(|(_, value)| String::from_utf8(value.clone()).unwrap())
            .map(|value| value.split_ascii_whitespace().collect::<Vec<_>>().join(" "))
            .collect();
        format!("{name}:{}", values.join(","))
    };
    let lines = list.split(';').map(line).collect::<Vec<_>>().join("\n");
    let method = &sent.method;
    let canonical = format!("{method}\n{canonical_path}\n{canonical_query}\n{lines}\n\n{list}\n{payload}");
    let scope = "20260304/eu-west-1/sts/aws4_request";
    let hash = lower_hex(&Sha256::digest(canonical));
    let mut key = format!("AWS4{secret}").into_bytes();
    for part in scope.split('/') {
        key = mac(&key, part);
    }
    let signature = lower_hex(&mac(&key, &format!("AWS4-HMAC-SHA256\n20260304T050607Z\n{scope}\n{hash}")));
    let header = format!("AWS4-HMAC-SHA256 Credential=AKIA/{scope}, SignedHeaders={list}, Signature={signature}");
    sent.headers.retain(|(name, _)| name != "Authorization");
    sent.headers.push(("Authorization".to_owned(), header.into_bytes()));
}

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    Hmac::<Sha256>::new_from_slice(key).unwrap().chain_update(text).finalize().into_bytes().to_vec()
}

fn lower_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
}

#[test]
fn the_content_hash_is_that_of_the_body_or_says_it_is_not_signed() {
    let list = "host;x-amz-content-sha256;x-amz-date";
    let body_hash = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881";
    for (sent_hash, body, passes) in [
        (body_hash, "x", true),
        (body_hash, "y", false),
        ("UNSIGNED-PAYLOAD", "anything", false),
        ("STREAMING-UNSIGNED-PAYLOAD-TRAILER", "x", false),
        ("", "x", false),
        (&body_hash.to_uppercase(), "x", false),
    ] {
        let mut sent = Sent::with_headers("", &[("X-Amz-Content-Sha256", sent_hash)]);
        sent.body = body.into();
        sign(&mut sent, SECRET, "/", "", list, sent_hash);
        assert_eq!(sent.passes(SECRET), passes, "{sent_hash} {body}");
    }
}

#[test]
fn a_list_of_headers_is_taken_in_any_case_and_order_but_no_name_twice() {
    for (list, passes) in [
        ("host;x-amz-date", true),
        ("x-amz-date;host", true),
        ("host;x-amz-date;host", false),
        ("host;x-amz-date;absent", false),
        ("host;x-amz-date;", false),
    ] {
        let mut sent = Sent::with_headers("", &[("Other", "1"), ("Another", "2")]);
        let nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        sign(&mut sent, SECRET, "/", "", list, nothing);
        assert_eq!(sent.passes(SECRET), passes, "{list}");
        for (name, value) in &mut sent.headers {
            if name == "Authorization" {
                *value = String::from_utf8(value.clone()).unwrap().replace(list, &list.to_uppercase()).into();
            }
        }
        assert_eq!(sent.passes(SECRET), passes, "{list} in upper case");
    }
}

#[path = "signature_fault_tests.rs"]
mod faults;
#[path = "signature_property_tests.rs"]
mod properties;
