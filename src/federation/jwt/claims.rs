//! The claims of a token; must not know whether it was verified.

use serde_json::{Map, Value};
use std::collections::BTreeMap;

use crate::domain::time::Time;

use super::Fault;

/// The claim with session tags, nested or spread over claims that begin with its name (IAM User Guide, "Pass session
/// tags in AWS STS", AssumeRoleWithWebIdentity).
const TAGS: &str = "https://aws.amazon.com/tags";
/// The spread form's beginnings.
const SPREAD_TAG: &str = "https://aws.amazon.com/tags/principal_tags/";
const SPREAD_TRANSITIVE: &str = "https://aws.amazon.com/tags/transitive_tag_keys";
/// IAM User Guide, "Monitor and control actions taken with assumed roles".
const SOURCE_IDENTITY: &str = "https://aws.amazon.com/source_identity";
/// AWS STS condition key `sts:RoleAuthorizedByIdp`.
const ROLES: &str = "https://aws.amazon.com/roles";

/// What a verified token says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claims {
    /// `iss`: the provider.
    pub issuer: String,
    /// `aud`: whom it is for, one or more.
    pub audiences: Vec<String>,
    /// `azp`: the client it was issued to, where that is another.
    pub authorized_party: Option<String>,
    /// `sub`: whom it is about.
    pub subject: String,
    /// `iat`.
    pub issued_at: Time,
    /// `nbf`.
    pub not_before: Option<Time>,
    /// `exp`.
    pub expires_at: Time,
    /// `amr`: how the subject was authenticated.
    pub authentication_methods: Vec<String>,
    /// Every other claim that is a text, `email` say.
    pub texts: BTreeMap<String, String>,
    /// Session tags.
    pub tags: SessionTags,
    /// The source identity.
    pub source_identity: Option<String>,
    /// The roles that the token may be exchanged for, when it says so.
    pub roles: Option<Vec<String>>,
    /// The algorithm of the signature, as the token names it, for a caller that accepts fewer.
    pub algorithm: String,
}

/// Session tags of a token, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SessionTags {
    /// Key and value in the token's order.
    pub tags: Vec<(String, String)>,
    /// The keys of those that outlast a change of role.
    pub transitive_keys: Vec<String>,
}

impl Claims {
    pub(super) fn read(claims: &Map<String, Value>) -> Result<Self, Fault> {
        let required = |name: &'static str| claims.get(name).ok_or(Fault::MissingClaim(name));
        let text = |name, value: &Value| value.as_str().map(str::to_owned).ok_or(Fault::MalformedClaim(name));
        let optional_text = |name| claims.get(name).map(|value| text(name, value)).transpose();
        Ok(Self {
            issuer: text("iss", required("iss")?)?,
            audiences: audiences(required("aud")?)?,
            authorized_party: optional_text("azp")?,
            subject: text_or_number(required("sub")?).ok_or(Fault::MalformedClaim("sub"))?,
            issued_at: time(required("iat")?).ok_or(Fault::MalformedClaim("iat"))?,
            not_before: claims.get("nbf").map(|nbf| time(nbf).ok_or(Fault::MalformedClaim("nbf"))).transpose()?,
            expires_at: time(required("exp")?).ok_or(Fault::MalformedClaim("exp"))?,
            authentication_methods: claims
                .get("amr")
                .map_or(Some(Vec::new()), texts)
                .ok_or(Fault::MalformedClaim("amr"))?,
            texts: other_texts(claims),
            tags: session_tags(claims).ok_or(Fault::MalformedClaim(TAGS))?,
            source_identity: optional_text(SOURCE_IDENTITY)?,
            roles: claims.get(ROLES).and_then(roles),
            algorithm: String::new(),
        })
    }
}

fn other_texts(claims: &Map<String, Value>) -> BTreeMap<String, String> {
    let known =
        |name: &str| ["iss", "aud", "azp", "sub", "amr", ROLES, SOURCE_IDENTITY].contains(&name) || is_tag(name);
    let text = |(name, value): (&String, &Value)| Some((name.clone(), value.as_str()?.to_owned()));
    claims.iter().filter(|(name, _)| !known(name)).filter_map(text).collect()
}

fn is_tag(name: &str) -> bool {
    name == TAGS || name == SPREAD_TRANSITIVE || name.starts_with(SPREAD_TAG)
}

fn audiences(aud: &Value) -> Result<Vec<String>, Fault> {
    let all = texts(aud).ok_or(Fault::MalformedClaim("aud"))?;
    if all.is_empty() { Err(Fault::EmptyClaim("aud")) } else { Ok(all) }
}

/// One text, or a list of them.
fn texts(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::String(text) => Some(vec![text.clone()]),
        Value::Array(list) => list.iter().map(|text| text.as_str().map(str::to_owned)).collect(),
        _ => None,
    }
}

/// A NumericDate (RFC 7519 section 2) of whole seconds, as a number or as its digits. That a text is taken and a fraction
/// is not was observed of AWS STS in September 2026.
fn time(value: &Value) -> Option<Time> {
    let seconds = value.as_i64().or_else(|| value.as_str()?.parse().ok())?;
    Some(Time(0).plus_seconds(seconds))
}

/// A text, or a number as text: observed of AWS STS in September 2026 for `sub`.
fn text_or_number(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The roles that the token is limited to: a list, or a text with semicolons. What is no text in a list is ignored, and
/// null is as nothing; observed of AWS STS in September 2026.
fn roles(value: &Value) -> Option<Vec<String>> {
    let trimmed = |text: &str| text.trim().to_owned();
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.split(';').map(trimmed).collect()),
        Value::Array(list) => Some(list.iter().filter_map(Value::as_str).map(trimmed).collect()),
        _ => Some(Vec::new()),
    }
}

/// A tag's value is a list of one text in the nested form and a text in the spread one: observed of AWS STS in September
/// 2026. The same key in both is refused rather than guessed at.
fn session_tags(claims: &Map<String, Value>) -> Option<SessionTags> {
    let mut read = SessionTags::default();
    if let Some(nested) = claims.get(TAGS) {
        let nested = nested.as_object()?;
        if let Some(tags) = nested.get("principal_tags") {
            for (key, value) in tags.as_object()? {
                let [Value::String(value)] = value.as_array()?.as_slice() else { return None };
                read.tags.push((key.clone(), value.clone()));
            }
        }
        if let Some(keys) = nested.get("transitive_tag_keys") {
            read.transitive_keys = texts(keys)?;
        }
    }
    for (name, value) in claims {
        if let Some(key) = name.strip_prefix(SPREAD_TAG) {
            if read.tags.iter().any(|(known, _)| known == key) {
                return None;
            }
            read.tags.push((key.to_owned(), value.as_str()?.to_owned()));
        }
    }
    if let Some(keys) = claims.get(SPREAD_TRANSITIVE) {
        read.transitive_keys.extend(texts(keys)?);
    }
    Some(read)
}
