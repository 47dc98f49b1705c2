//! A client of the control surface.

use reqwest::Method;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

/// See the module.
#[derive(Clone)]
pub(crate) struct Control {
    http: reqwest::Client,
    base: String,
    token: Option<SecretString>,
}

impl Control {
    pub(crate) fn new(http: reqwest::Client, base: String, token: Option<SecretString>) -> Self {
        Self { http, base, token }
    }

    /// A call without a body: status and answer, null when there is none.
    pub(crate) async fn get(&self, path: &str) -> (u16, Value) {
        self.call(Method::GET, path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        self.call(Method::POST, path, Some(body)).await
    }

    pub(crate) async fn put(&self, path: &str, body: &Value) -> (u16, Value) {
        self.call(Method::PUT, path, Some(body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> (u16, Value) {
        self.call(Method::DELETE, path, None).await
    }

    /// Moves the world's clock.
    pub(crate) async fn advance(&self, seconds: i64) {
        let (status, answer) = self.post("/clock/advance", &json!({"seconds": seconds})).await;
        assert_eq!(status, 200, "{answer}");
    }

    /// Takes everything back to the beginning; the status.
    pub(crate) async fn reset(&self) -> u16 {
        self.call(Method::POST, "/reset", None).await.0
    }

    async fn call(&self, method: Method, path: &str, body: Option<&Value>) -> (u16, Value) {
        let mut request = self.http.request(method, format!("{}{path}", self.base));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token.expose_secret());
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request.send().await.unwrap_or_else(|error| panic!("{path}: {error:?}"));
        let status = response.status().as_u16();
        let text = response.text().await.expect("the whole answer");
        let answer = if text.is_empty() { Value::Null } else { serde_json::from_str(&text).expect("JSON") };
        (status, answer)
    }
}
