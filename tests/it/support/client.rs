//! A client of Alibaba Cloud's RPC APIs, written by hand from the signature rules: V1 with everything in a form, V3
//! with everything in the URL.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use sesame::clock::Clock;
use sesame::ids::Ids;
use sha1::Sha1;
use sha2::{Digest, Sha256};

use super::clock::TestClock;

const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
static NONCES: LazyLock<Ids> = LazyLock::new(|| Ids::from_system().expect("randomness"));

/// Percent-encodes by RFC 3986.
pub(crate) fn encode(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
}

/// One of the APIs.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Api {
    Ims,
    Ram,
    Sts,
}

impl Api {
    fn version(self) -> &'static str {
        match self {
            Self::Ims => "2019-08-15",
            Self::Ram => "2015-05-01",
            Self::Sts => "2015-04-01",
        }
    }
}

/// A client with one key.
#[derive(Clone)]
pub(crate) struct Rpc {
    http: reqwest::Client,
    address: SocketAddr,
    pub(crate) key_id: String,
    pub(crate) secret: String,
    token: Option<String>,
    v3: bool,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

impl Reply {
    /// The error's code; empty for success.
    pub(crate) fn code(&self) -> &str {
        match self.status {
            200 => "",
            _ => self.body["Code"].as_str().unwrap_or("no code"),
        }
    }

    /// The body of a success.
    #[track_caller]
    pub(crate) fn ok(self) -> Value {
        assert_eq!(self.status, 200, "{}", self.body);
        self.body
    }

    /// Checks that the answer is this error.
    #[track_caller]
    pub(crate) fn is(&self, status: u16, code: &str) {
        assert_eq!((self.status, self.code()), (status, code), "{}", self.body);
    }
}

/// An answer as it came.
#[derive(Debug)]
pub(crate) struct Plain {
    pub(crate) status: u16,
    pub(crate) content_type: String,
    pub(crate) text: String,
}

/// A request that is signed and can be sent, also more than once.
#[derive(Clone, Debug)]
pub(crate) struct Signed {
    pub(crate) query: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Rpc {
    /// A client that signs by V1.
    pub(crate) fn new(http: reqwest::Client, address: SocketAddr, key_id: &str, secret: &str) -> Self {
        Self { http, address, key_id: key_id.to_owned(), secret: secret.to_owned(), token: None, v3: false }
    }

    /// The same client, signing by V3.
    pub(crate) fn v3(&self) -> Self {
        Self { v3: true, ..self.clone() }
    }

    /// The same client under another key id.
    pub(crate) fn with_key_id(&self, key_id: &str) -> Self {
        Self { key_id: key_id.to_owned(), ..self.clone() }
    }

    /// The same client with a security token.
    pub(crate) fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    pub(crate) async fn ims(&self, action: &str, parameters: &[(&str, &str)]) -> Reply {
        self.send(&self.sign(Api::Ims, action, parameters)).await
    }

    pub(crate) async fn ram(&self, action: &str, parameters: &[(&str, &str)]) -> Reply {
        self.send(&self.sign(Api::Ram, action, parameters)).await
    }

    pub(crate) async fn sts(&self, action: &str, parameters: &[(&str, &str)]) -> Reply {
        self.send(&self.sign(Api::Sts, action, parameters)).await
    }

    /// Sends a signed request.
    pub(crate) async fn send(&self, signed: &Signed) -> Reply {
        let Plain { status, text, .. } = self.send_plain(signed).await;
        let body = serde_json::from_str(&text).unwrap_or_else(|_| panic!("not JSON: {text}"));
        Reply { status, body }
    }

    /// Sends a signed request and gives the answer as it came.
    pub(crate) async fn send_plain(&self, signed: &Signed) -> Plain {
        let mut request = self.http.post(format!("http://{}/{}", self.address, signed.query)).body(signed.body.clone());
        for (name, value) in &signed.headers {
            request = request.header(name, value);
        }
        let response = request.send().await.unwrap_or_else(|error| panic!("no answer: {error:?}"));
        let status = response.status().as_u16();
        let content_type = response.headers().get("content-type").and_then(|value| value.to_str().ok());
        let content_type = content_type.unwrap_or_default().to_owned();
        Plain { status, content_type, text: response.text().await.expect("the whole answer") }
    }

    /// Signs a request with a nonce of its own.
    pub(crate) fn sign(&self, api: Api, action: &str, parameters: &[(&str, &str)]) -> Signed {
        let time = TestClock.now().to_wire();
        let nonce = NONCES.uuid();
        if self.v3 {
            self.sign_v3(api, action, parameters, &time, &nonce)
        } else {
            self.sign_v1(api, action, parameters, &time, &nonce)
        }
    }

    fn sign_v1(&self, api: Api, action: &str, parameters: &[(&str, &str)], time: &str, nonce: &str) -> Signed {
        let mut all = BTreeMap::from([
            ("Action", action),
            ("Version", api.version()),
            ("Format", "JSON"),
            ("AccessKeyId", &self.key_id),
            ("SignatureMethod", "HMAC-SHA1"),
            ("SignatureVersion", "1.0"),
            ("SignatureNonce", nonce),
            ("Timestamp", time),
        ]);
        all.extend(self.token.as_deref().map(|token| ("SecurityToken", token)));
        // Whoever gives one of these means it.
        all.extend(parameters.iter().copied());
        let canonical = pairs(&all);
        let key = format!("{}&", self.secret);
        let mac = Hmac::<Sha1>::new_from_slice(key.as_bytes()).expect("any length");
        let mac = mac.chain_update(format!("POST&%2F&{}", encode(&canonical)));
        let signature = STANDARD.encode(mac.finalize().into_bytes());
        Signed {
            query: String::new(),
            headers: vec![("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned())],
            body: format!("{canonical}&Signature={}", encode(&signature)),
        }
    }

    fn sign_v3(&self, api: Api, action: &str, parameters: &[(&str, &str)], time: &str, nonce: &str) -> Signed {
        let query = pairs(&parameters.iter().copied().collect());
        let body_hash = hex(&Sha256::digest(""));
        let host = self.address.to_string();
        let mut headers = BTreeMap::from([
            ("host", host.as_str()),
            ("x-acs-action", action),
            ("x-acs-version", api.version()),
            ("x-acs-date", time),
            ("x-acs-signature-nonce", nonce),
            ("x-acs-content-sha256", &body_hash),
        ]);
        if let Some(token) = &self.token {
            headers.extend([("x-acs-security-token", token.as_str()), ("x-acs-accesskey-id", &self.key_id)]);
        }
        let names = headers.keys().copied().collect::<Vec<_>>().join(";");
        let lines = headers.iter().map(|(name, value)| format!("{name}:{value}\n")).collect::<Vec<_>>().concat();
        let canonical = format!("POST\n/\n{query}\n{lines}\n{names}\n{body_hash}");
        let text = format!("ACS3-HMAC-SHA256\n{}", hex(&Sha256::digest(canonical)));
        let mac = Hmac::<Sha256>::new_from_slice(self.secret.as_bytes()).expect("any length").chain_update(text);
        let signature = hex(&mac.finalize().into_bytes());
        let authorization =
            format!("ACS3-HMAC-SHA256 Credential={},SignedHeaders={names},Signature={signature}", self.key_id);
        let mut headers: Vec<_> =
            headers.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        headers.push(("authorization".to_owned(), authorization));
        Signed { query: format!("?{query}"), headers, body: String::new() }
    }
}

fn pairs(parameters: &BTreeMap<&str, &str>) -> String {
    let pairs = parameters.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value)));
    pairs.collect::<Vec<_>>().join("&")
}
