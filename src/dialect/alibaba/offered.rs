//! The operations of this dialect for people who fill them in, and requests signed by V1. Which operations there are is
//! for the catalogue to say; what they take stands in `model/parameters.json`.

use std::sync::LazyLock;

use serde_json::{Map, Value};

use super::params::Params;
use super::{Api, catalogue, operations, signature};
use crate::dialect::mask::{Known, MOST_BYTES};
use crate::dialect::offered::{Composed, Draft, Operation, Parameter, Takes, Wire, form};

static MODEL: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("model/parameters.json")).unwrap_or_default());

fn find(version: &str, operation: &str) -> bool {
    let Some(api) = Api::of_version(version) else { return false };
    operations::OPERATIONS.iter().any(|row| row.name == operation && row.apis.contains(&api))
}

pub(in crate::dialect) fn is_built(version: &str, operation: &str) -> bool {
    find(version, operation)
}

pub(in crate::dialect) fn operations(version: &str) -> Vec<Operation> {
    let names = match Api::of_version(version) {
        Some(Api::Ims) => catalogue::IMS,
        Some(Api::Ram) => catalogue::RAM,
        Some(Api::Sts) => catalogue::STS,
        None => &[],
    };
    names.iter().map(|name| Operation { name: (*name).to_owned(), is_built: find(version, name) }).collect()
}

/// What an operation takes, as the table has it.
pub(super) fn table(api: Api, operation: &str) -> Option<&'static Map<String, Value>> {
    MODEL[api.product()].get(operation)?.as_object()
}

/// What an operation's table says of a parameter, by its name on the wire. It bounds no text.
pub(super) fn known(table: &Map<String, Value>, name: &str) -> Known {
    let mut parts = name.split('.');
    let Some(of) = parts.next().and_then(|first| table.get(first)) else { return Known::Not };
    let is_item = |number: &str| {
        let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        is_number && (of["t"] == "list" || of["t"] == "json")
    };
    let has_field = |field: &str| of["of"].as_array().is_some_and(|fields| fields.iter().any(|known| known == field));
    let is_known = parts.next().is_none_or(is_item) && parts.next().is_none_or(has_field) && parts.next().is_none();
    if is_known { Known::taken(name, MOST_BYTES) } else { Known::Not }
}

pub(in crate::dialect) fn parameters(version: &str, operation: &str) -> Option<Vec<Parameter>> {
    let of = table(Api::of_version(version)?, operation)?;
    Some(of.iter().map(|(name, of)| parameter(name, of)).collect())
}

fn parameter(name: &str, of: &Value) -> Parameter {
    let is_nested = of["of"].is_array();
    let takes = match of["t"].as_str().unwrap_or_default() {
        "integer" => Takes::Number,
        "boolean" => Takes::Boolean,
        "list" if !is_nested => Takes::Texts,
        "list" | "json" => Takes::Nested,
        _ if name.ends_with("Document") || name == "Policy" => Takes::Document,
        _ => Takes::Text,
    };
    let words = of["enum"].as_array().into_iter().flatten().filter_map(Value::as_str).map(ToOwned::to_owned);
    Parameter {
        name: name.to_owned(),
        takes,
        wire: if of["t"] == "json" { Wire::Json } else { Wire::Numbered },
        is_required: of["req"] == true,
        words: if takes == Takes::Text { words.collect() } else { Vec::new() },
        hint: hint(of.as_object()),
    }
}

fn hint(of: Option<&Map<String, Value>>) -> String {
    let text = |name: &str| of.and_then(|of| of.get(name)).map(|value| value.to_string().replace('"', ""));
    let bounds = match (text("min"), text("max")) {
        (Some(min), Some(max)) => Some(format!("{min} to {max}")),
        (Some(min), None) => Some(format!("At least {min}")),
        (None, Some(max)) => Some(format!("At most {max}")),
        (None, None) => None,
    };
    let default = text("default").filter(|default| !default.is_empty()).map(|default| format!("Left out: {default}"));
    [bounds, default].into_iter().flatten().collect::<Vec<_>>().join(". ")
}

/// The parameters of a request with the signature among them, encoded (RAM documentation, "Signature method V1").
pub(in crate::dialect) fn query(draft: &Draft<'_>, method: &str) -> String {
    let mut pairs = vec![
        ("Action", draft.operation.to_owned()),
        ("Version", draft.api.version.to_owned()),
        ("Format", "JSON".to_owned()),
        ("Timestamp", draft.now.to_wire()),
    ];
    if let Some(key) = &draft.key {
        pairs.push(("AccessKeyId", key.id.to_owned()));
        pairs.push(("SignatureMethod", "HMAC-SHA1".to_owned()));
        pairs.push(("SignatureVersion", "1.0".to_owned()));
        pairs.push(("SignatureNonce", draft.nonce.clone()));
    }
    let mut pairs: Vec<(String, String)> = pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    pairs.extend_from_slice(draft.parameters);
    if let Some(key) = &draft.key {
        let params = Params::decode(&form(&pairs), None, &[]).unwrap_or_default();
        let signed = signature::v1(key.secret, &signature::v1_string_to_sign(method, &params));
        pairs.push(("Signature".to_owned(), signed));
    }
    form(&pairs)
}

/// Writes and signs a request.
pub(in crate::dialect) fn compose(draft: &Draft<'_>) -> Composed {
    let headers =
        vec![("host", draft.host.to_owned()), ("content-type", "application/x-www-form-urlencoded".to_owned())];
    Composed { headers, body: query(draft, "POST") }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::dialect::mask;

    #[test]
    fn every_parameter_that_sounds_secret_is_or_is_known_not_to_be() {
        let (mut open, mut secret) = (BTreeSet::new(), BTreeSet::new());
        for api in [Api::Ims, Api::Ram, Api::Sts] {
            for table in MODEL[api.product()].as_object().unwrap().values().filter_map(Value::as_object) {
                for name in table.keys() {
                    match known(table, name) {
                        Known::Secret => secret.insert(name.as_str()),
                        Known::Open(_) => mask::shown(name, "v").1 == mask::MASK && open.insert(name.as_str()),
                        Known::Not => panic!("{name} is not found"),
                    };
                }
            }
        }
        let harmless = [
            "AccessKeyPolicy",
            "AccessTokenValidity",
            "AllowUserToChangePassword",
            "AllowUserToLoginWithPasskey",
            "AllowUserToManageAccessKeys",
            "AllowUserToManagePublicKeys",
            "AllowUserToManageServiceCredentials",
            "AppSecretId",
            "CredentialAgeDays",
            "EncodedDiagnosticMessage",
            "EncodedSAMLMetadataDocument",
            "InitialPasswordAge",
            "InterceptRiskPasswordOnApi",
            "MaxIdleDaysForAccessKeys",
            "MaxPasswordAge",
            "MinimumPasswordDifferentCharacter",
            "MinimumPasswordLength",
            "NewAccessTokenValidity",
            "NewEncodedSAMLMetadataDocument",
            "NewRefreshTokenValidity",
            "NewSecretRequired",
            "NextToken",
            "PasskeyId",
            "PasskeyName",
            "PasswordNotContainUserName",
            "PasswordResetRequired",
            "PasswordReusePrevention",
            "RefreshTokenValidity",
            "SecretRequired",
            "ServiceCredentialId",
            "ServiceCredentialName",
            "TagKey",
            "TagKeys",
            "UserAccessKeyId",
        ];
        assert_eq!(open.into_iter().collect::<Vec<_>>(), harmless);
        let masked = [
            "AuthenticationCode1",
            "AuthenticationCode2",
            "NewPassword",
            "OIDCToken",
            "OldPassword",
            "Password",
            "SAMLAssertion",
        ];
        assert_eq!(secret.into_iter().collect::<Vec<_>>(), masked);
    }

    #[test]
    fn lists_are_known_by_their_elements() {
        let create = table(Api::Ims, "CreateUser").unwrap();
        for name in ["Tag", "Tag.1.Key", "Tag.12.Value", "UserPrincipalName"] {
            assert_eq!(known(create, name), Known::Open(MOST_BYTES), "{name}");
        }
        for name in ["Tag.x.Key", "Tag.1.Word", "Tag.", "UserPrincipalName.1", "userPrincipalName", "", "."] {
            assert_eq!(known(create, name), Known::Not, "{name}");
        }
    }
}
