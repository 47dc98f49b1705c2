//! A person with a browser, and a command line beside it.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use percent_encoding::percent_decode_str;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::support::{TestApp, encode};

/// A client that follows no redirect.
pub(super) struct Browser {
    http: reqwest::Client,
    base: String,
}

/// An answer.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) status: u16,
    pub(super) headers: BTreeMap<String, String>,
    pub(super) text: String,
}

impl Page {
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// Where it leads.
    #[track_caller]
    pub(super) fn location(&self) -> &str {
        assert_eq!(self.status, 303, "{}", self.text);
        self.header("location")
    }

    #[track_caller]
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("not JSON: {}", self.text))
    }
}

/// The pairs of a URL's query or of a form.
pub(super) fn pairs(text: &str) -> BTreeMap<String, String> {
    let text = text.split_once('?').map_or(text, |(_, query)| query);
    let decode = |part: &str| percent_decode_str(part).decode_utf8().expect("UTF-8").into_owned();
    text.split('&').filter_map(|pair| pair.split_once('=')).map(|(name, value)| (decode(name), decode(value))).collect()
}

/// A form's body.
pub(super) fn form(pairs: &[(&str, &str)]) -> String {
    pairs.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect::<Vec<_>>().join("&")
}

/// The challenge of a verifier.
pub(super) fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier))
}

impl Browser {
    pub(super) fn new(app: &TestApp) -> Self {
        let redirect = reqwest::redirect::Policy::none();
        let http = reqwest::Client::builder().no_proxy().redirect(redirect).build().expect("an HTTP client");
        Self { http, base: format!("http://{}", app.address) }
    }

    /// Where it goes when it comes here.
    pub(super) fn base(&self) -> &str {
        &self.base
    }

    pub(super) async fn get(&self, path: &str) -> Page {
        self.get_with(path, &[]).await
    }

    /// Gets with headers of its own.
    pub(super) async fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Page {
        let request = self.http.get(format!("{}{path}", self.base));
        self.send(headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))).await
    }

    /// Posts a form.
    pub(super) async fn post(&self, path: &str, pairs: &[(&str, &str)], headers: &[(&str, &str)]) -> Page {
        let request = self.http.post(format!("{}{path}", self.base)).body(form(pairs));
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        self.send(headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))).await
    }

    /// Posts JSON.
    pub(super) async fn post_json(&self, path: &str, body: &Value, headers: &[(&str, &str)]) -> Page {
        let request = self.http.post(format!("{}{path}", self.base)).body(body.to_string());
        let request = request.header("content-type", "application/json");
        self.send(headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))).await
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Page {
        let response = request.send().await.expect("an answer");
        let status = response.status().as_u16();
        let headers = response.headers().iter();
        let headers = headers
            .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect();
        Page { status, headers, text: response.text().await.expect("the whole answer") }
    }
}
