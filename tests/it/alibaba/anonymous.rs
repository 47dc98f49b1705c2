//! A client of STS without a key.

use std::collections::BTreeMap;

use sesame::ids::Ids;

use crate::support::{Reply, TestApp, encode};

/// What every call carries beside the operation's own parameters, signed or not.
fn common(action: &str) -> BTreeMap<String, String> {
    let ids = Ids::from_system().expect("randomness");
    [
        ("Action", action.to_owned()),
        ("Version", "2015-04-01".to_owned()),
        ("Format", "JSON".to_owned()),
        ("Timestamp", "2026-11-22T00:00:00Z".to_owned()),
        ("SignatureNonce", ids.uuid()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

/// Calls an operation of STS in a form; an empty common parameter is left out.
pub(super) async fn call(app: &TestApp, action: &str, parameters: &[(&str, &str)]) -> Reply {
    let mut all = common(action);
    all.extend(parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    all.retain(|name, value| !value.is_empty() || !matches!(&**name, "Timestamp" | "SignatureNonce"));
    let pairs: Vec<String> = all.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
    let client = reqwest::Client::builder().no_proxy().build().expect("an HTTP client");
    let sent = client
        .post(format!("http://{}/", app.address))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(pairs.join("&"))
        .send();
    let response = sent.await.expect("an answer");
    let status = response.status().as_u16();
    let body = serde_json::from_str(&response.text().await.expect("the whole answer")).expect("JSON");
    Reply { status, body }
}

/// As `call`, by the newer protocol, whose unsigned requests carry no Authorization.
pub(super) async fn call_v3(app: &TestApp, action: &str, parameters: &[(&str, &str)]) -> Reply {
    let pairs: Vec<String> =
        parameters.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
    let client = reqwest::Client::builder().no_proxy().build().expect("an HTTP client");
    let sent = client
        .post(format!("http://{}/?{}", app.address, pairs.join("&")))
        .header("x-acs-action", action)
        .header("x-acs-version", "2015-04-01")
        .header("x-acs-date", "2026-11-22T00:00:00Z")
        .header("x-acs-signature-nonce", Ids::from_system().expect("randomness").uuid())
        .send();
    let response = sent.await.expect("an answer");
    let status = response.status().as_u16();
    let body = serde_json::from_str(&response.text().await.expect("the whole answer")).expect("JSON");
    Reply { status, body }
}
