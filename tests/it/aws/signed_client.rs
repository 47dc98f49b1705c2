//! A client of AWS's query APIs, written by hand from the rules of Signature Version 4.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use hmac::{Hmac, KeyInit, Mac};
use sesame::app::App;
use sha2::{Digest, Sha256};

use crate::support::{TestApp, encode, hex};

/// The default account.
pub(crate) const ACCOUNT: &str = "000000000000";

/// A client with one key.
#[derive(Clone)]
pub(crate) struct Aws {
    pub(crate) http: reqwest::Client,
    pub(crate) address: SocketAddr,
    /// What tells the time that requests are signed with.
    pub(crate) app: App,
    pub(crate) key_id: String,
    pub(crate) secret: String,
    pub(crate) token: Option<String>,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) text: String,
}

impl Answer {
    /// The text of the first element of this name; empty where there is none.
    pub(crate) fn value(&self, name: &str) -> String {
        let (start, end) = (format!("<{name}>"), format!("</{name}>"));
        let found = self.text.split_once(&start).and_then(|(_, rest)| rest.split_once(&end));
        let text = found.map(|(text, _)| text).unwrap_or_default();
        text.replace("&quot;", "\"")
            .replace("&apos;", "'")
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&amp;", "&")
    }

    /// A success.
    #[track_caller]
    pub(crate) fn ok(self) -> Self {
        assert_eq!(self.status, 200, "{}", self.text);
        self
    }

    /// Checks that it is this error; gives its text.
    #[track_caller]
    pub(crate) fn is(&self, status: u16, code: &str) -> String {
        assert_eq!((self.status, &*self.value("Code")), (status, code), "{}", self.text);
        self.value("Message")
    }
}

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    let mac = Hmac::<Sha256>::new_from_slice(key).expect("any length").chain_update(text);
    mac.finalize().into_bytes().to_vec()
}

impl Aws {
    /// A client with this key.
    pub(crate) fn new(app: &TestApp, key_id: &str, secret: &str, token: Option<&str>) -> Self {
        let http = reqwest::Client::builder().no_proxy().build().expect("an HTTP client");
        let (key_id, secret, token) = (key_id.to_owned(), secret.to_owned(), token.map(str::to_owned));
        Self { http, address: app.address, app: app.app.clone(), key_id, secret, token }
    }

    /// The root of the default account.
    pub(crate) fn root(app: &TestApp) -> Self {
        Self::new(app, ACCOUNT, "test", None)
    }

    /// A client with the credentials in an answer.
    pub(crate) fn of(app: &TestApp, answer: &Answer) -> Self {
        let token = answer.value("SessionToken");
        let token = (!token.is_empty()).then_some(&*token);
        Self::new(app, &answer.value("AccessKeyId"), &answer.value("SecretAccessKey"), token)
    }

    pub(crate) async fn iam(&self, action: &str, parameters: &[(&str, &str)]) -> Answer {
        self.call("iam", "2010-05-08", action, parameters).await
    }

    pub(crate) async fn sts(&self, action: &str, parameters: &[(&str, &str)]) -> Answer {
        self.call("sts", "2011-06-15", action, parameters).await
    }

    async fn call(&self, service: &str, version: &str, action: &str, parameters: &[(&str, &str)]) -> Answer {
        let mut form = vec![("Action", action), ("Version", version)];
        form.extend(parameters);
        let pairs: Vec<String> =
            form.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
        let body = pairs.join("&");
        let now: String = self.app.system_now().to_wire().chars().filter(|c| !matches!(c, '-' | ':')).collect();
        let (date, host) = (&now[..8], self.address.to_string());
        let mut headers = BTreeMap::from([("host", &*host), ("x-amz-date", &now)]);
        headers.extend(self.token.as_deref().map(|token| ("x-amz-security-token", token)));
        let signed = headers.keys().copied().collect::<Vec<_>>().join(";");
        let lines: String = headers.iter().flat_map(|(name, value)| [name, ":", value, "\n"]).collect();
        let canonical = format!("POST\n/\n\n{lines}\n{signed}\n{}", hex(&Sha256::digest(&body)));
        let scope = format!("{date}/us-east-1/{service}/aws4_request");
        let text = format!("AWS4-HMAC-SHA256\n{now}\n{scope}\n{}", hex(&Sha256::digest(canonical)));
        let first = format!("AWS4{}", self.secret).into_bytes();
        let key = [date, "us-east-1", service, "aws4_request"].iter().fold(first, |key, part| mac(&key, part));
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential={}/{scope}, SignedHeaders={signed}, Signature={}",
            self.key_id,
            hex(&mac(&key, &text))
        );
        let mut request = self.http.post(format!("http://{host}/")).body(body.clone());
        for (name, value) in &headers {
            request = request.header(*name, *value);
        }
        let request = request
            .header("content-type", "application/x-www-form-urlencoded; charset=utf-8")
            .header("authorization", authorization);
        let response = request.send().await.expect("an answer");
        Answer { status: response.status().as_u16(), text: response.text().await.expect("the whole answer") }
    }
}
