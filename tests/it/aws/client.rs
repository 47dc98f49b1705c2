//! A client of AWS's query protocol with a key that was never issued, whose signature nobody verifies.

use std::net::SocketAddr;

use crate::support::{TestApp, encode};

/// See the module.
pub(super) struct Aws {
    http: reqwest::Client,
    address: SocketAddr,
    key_id: Option<String>,
}

/// An answer.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: String,
}

impl Aws {
    /// The root of the default account.
    pub(super) fn root(app: &TestApp) -> Self {
        Self::of(app, Some("test"))
    }

    /// Somebody without credentials.
    pub(super) fn nobody(app: &TestApp) -> Self {
        Self::of(app, None)
    }

    /// Whoever has a key, where signatures are not looked at.
    pub(super) fn with_key(app: &TestApp, key_id: &str) -> Self {
        Self::of(app, Some(key_id))
    }

    fn of(app: &TestApp, key_id: Option<&str>) -> Self {
        let http = reqwest::Client::builder().no_proxy().build().expect("an HTTP client");
        Self { http, address: app.address, key_id: key_id.map(str::to_owned) }
    }

    pub(super) async fn iam(&self, action: &str, parameters: &[(&str, &str)]) -> Answer {
        self.call("iam", "2010-05-08", action, parameters).await
    }

    pub(super) async fn sts(&self, action: &str, parameters: &[(&str, &str)]) -> Answer {
        self.call("sts", "2011-06-15", action, parameters).await
    }

    async fn call(&self, service: &str, version: &str, action: &str, parameters: &[(&str, &str)]) -> Answer {
        let mut form = format!("Action={action}&Version={version}");
        for (name, value) in parameters {
            form = format!("{form}&{}={}", encode(name), encode(value));
        }
        let mut request = self
            .http
            .post(format!("http://{}/", self.address))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form);
        if let Some(key_id) = &self.key_id {
            let scope = format!("{key_id}/20261122/us-east-1/{service}/aws4_request");
            let signature = "0".repeat(64);
            request = request.header("x-amz-date", "20261122T000000Z").header(
                "authorization",
                format!("AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host;x-amz-date, Signature={signature}"),
            );
        }
        let response = request.send().await.expect("an answer");
        let status = response.status().as_u16();
        Answer { status, body: response.text().await.expect("the whole answer") }
    }
}

impl Answer {
    /// The content of the first element of this name, its references resolved as far as tests need it.
    pub(super) fn text(&self, name: &str) -> String {
        self.texts(name).into_iter().next().unwrap_or_else(|| panic!("no {name} in {}", self.body))
    }

    /// The content of every element of this name.
    pub(super) fn texts(&self, name: &str) -> Vec<String> {
        let (start, end) = (format!("<{name}>"), format!("</{name}>"));
        let parts = self.body.split(&start).skip(1);
        parts.map(|part| resolved(part.split(&end).next().expect("an end"))).collect()
    }

    /// Checks that it is a success.
    #[track_caller]
    pub(super) fn ok(self) -> Self {
        assert_eq!(self.status, 200, "{}", self.body);
        self
    }

    /// Checks that it is this error.
    #[track_caller]
    pub(super) fn is(&self, status: u16, code: &str, message: &str) {
        assert_eq!(self.status, status, "{}", self.body);
        assert_eq!((&*self.text("Code"), &*self.text("Message")), (code, message));
    }
}

fn resolved(text: &str) -> String {
    let quotes = text.replace("&quot;", "\"").replace("&apos;", "'");
    quotes.replace("&lt;", "<").replace("&gt;", ">").replace("&#xD;", "\r").replace("&amp;", "&")
}
