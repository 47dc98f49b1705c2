//! Calls signed as current SDKs send them: of IMS by V3 (ACS3-HMAC-SHA256), a POST with all parameters in the query and
//! no body; of AWS's IAM by Signature Version 4, a POST of a form.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};

use hmac::{Hmac, KeyInit, Mac};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::{Digest, Sha256};

use crate::Outcome;

const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
const SIGNED: &str = "host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version";
const NO_BODY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const VERSION: &str = "2019-08-15";

/// No two requests of a run have the same nonce.
static NONCE: AtomicU64 = AtomicU64::new(0);

/// The cloud whose wire is spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cloud {
    Alibaba,
    Aws,
}

/// An access key and where it is used.
#[derive(Clone)]
pub(crate) struct Signer {
    cloud: Cloud,
    id: String,
    secret: String,
    mac: Hmac<Sha256>,
    host: String,
}

impl Signer {
    pub(crate) fn new(cloud: Cloud, id: &str, secret: &str, host: &str) -> Outcome<Self> {
        let mac = Hmac::new_from_slice(secret.as_bytes())?;
        Ok(Self { cloud, id: id.to_owned(), secret: secret.to_owned(), mac, host: host.to_owned() })
    }

    /// Signs calls for the next few minutes.
    pub(crate) fn now(&self) -> Stamped<'_> {
        #[expect(clippy::disallowed_methods, reason = "signs as a client does, by the real time")]
        let now = chrono::Utc::now();
        match self.cloud {
            Cloud::Alibaba => Stamped { signer: self, date: now.format("%Y-%m-%dT%H:%M:%SZ").to_string(), mac: None },
            Cloud::Aws => {
                let day = now.format("%Y%m%d").to_string();
                let first = format!("AWS4{}", self.secret).into_bytes();
                let key = [&*day, "us-east-1", "iam", "aws4_request"].iter().fold(first, |key, part| keyed(&key, part));
                let mac = Hmac::new_from_slice(&key).ok();
                Stamped { signer: self, date: now.format("%Y%m%dT%H%M%SZ").to_string(), mac }
            }
        }
    }
}

/// An access key at a time.
pub(crate) struct Stamped<'a> {
    signer: &'a Signer,
    date: String,
    /// What signs on AWS's wire this day.
    mac: Option<Hmac<Sha256>>,
}

fn keyed(key: &[u8], text: &str) -> Vec<u8> {
    let mac = Hmac::<Sha256>::new_from_slice(key).map(|mac| mac.chain_update(text).finalize().into_bytes().to_vec());
    mac.unwrap_or_default()
}

impl Stamped<'_> {
    /// The whole request of a call. The parameters must come in the order of their names.
    pub(crate) fn call(&self, action: &str, parameters: &[(&str, &str)]) -> Vec<u8> {
        if let Some(mac) = &self.mac {
            return self.aws_call(mac, action, parameters);
        }
        let Signer { id, host, mac, .. } = self.signer;
        let (date, version) = (&self.date, version(action));
        let nonce = NONCE.fetch_add(1, Ordering::Relaxed);
        let mut query = String::new();
        for (name, value) in parameters {
            let separator = if query.is_empty() { "" } else { "&" };
            // Writing to a string does not fail.
            let _ = write!(query, "{separator}{name}={}", utf8_percent_encode(value, UNRESERVED));
        }
        let canonical = format!(
            "POST\n/\n{query}\nhost:{host}\nx-acs-action:{action}\nx-acs-content-sha256:{NO_BODY}\nx-acs-date:{date}\n\
             x-acs-signature-nonce:bench-{nonce:032x}\nx-acs-version:{version}\n\n{SIGNED}\n{NO_BODY}"
        );
        let to_sign = format!("ACS3-HMAC-SHA256\n{}", hex(&Sha256::digest(canonical)));
        let signature = hex(&mac.clone().chain_update(to_sign).finalize().into_bytes());
        format!(
            "POST /?{query} HTTP/1.1\r\nhost: {host}\r\naccept: application/json\r\n\
             user-agent: AlibabaCloud (Linux; x86_64) Sesame/load TeaDSL/2\r\nx-acs-action: {action}\r\n\
             x-acs-content-sha256: {NO_BODY}\r\nx-acs-date: {date}\r\nx-acs-signature-nonce: bench-{nonce:032x}\r\n\
             x-acs-version: {version}\r\nauthorization: ACS3-HMAC-SHA256 Credential={id},SignedHeaders={SIGNED},\
             Signature={signature}\r\ncontent-length: 0\r\n\r\n"
        )
        .into_bytes()
    }
}

impl Stamped<'_> {
    fn aws_call(&self, mac: &Hmac<Sha256>, action: &str, parameters: &[(&str, &str)]) -> Vec<u8> {
        const SIGNED: &str = "content-type;host;x-amz-date";
        const FORM: &str = "application/x-www-form-urlencoded; charset=utf-8";
        let (Signer { id, host, .. }, date) = (self.signer, &self.date);
        let day = &date[..8];
        let mut body = format!("Action={action}&Version=2010-05-08");
        for (name, value) in parameters {
            // Writing to a string does not fail.
            let _ = write!(body, "&{name}={}", utf8_percent_encode(value, UNRESERVED));
        }
        let canonical = format!(
            "POST\n/\n\ncontent-type:{FORM}\nhost:{host}\nx-amz-date:{date}\n\n{SIGNED}\n{}",
            hex(&Sha256::digest(&body))
        );
        let scope = format!("{day}/us-east-1/iam/aws4_request");
        let to_sign = format!("AWS4-HMAC-SHA256\n{date}\n{scope}\n{}", hex(&Sha256::digest(canonical)));
        let signature = hex(&mac.clone().chain_update(to_sign).finalize().into_bytes());
        let length = body.len();
        format!(
            "POST / HTTP/1.1\r\nhost: {host}\r\ncontent-type: {FORM}\r\nuser-agent: Boto3/1.44 Sesame/load\r\n\
             x-amz-date: {date}\r\nauthorization: AWS4-HMAC-SHA256 Credential={id}/{scope}, SignedHeaders={SIGNED}, \
             Signature={signature}\r\ncontent-length: {length}\r\n\r\n{body}"
        )
        .into_bytes()
    }
}

/// The version of the API that has an action: RAM's where IMS has not got it.
fn version(action: &str) -> &'static str {
    match action {
        "CreateRole" | "CreatePolicy" | "AttachPolicyToUser" => "2015-05-01",
        _ => VERSION,
    }
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}
