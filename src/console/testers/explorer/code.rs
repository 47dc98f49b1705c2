//! A call of the explorer as code to take along: for the shell, the clouds' command lines and their Python SDKs. No
//! secret stands in it; it is taken from the environment.

use serde_json::Value;

use super::entered::Entered;
use crate::dialect::offered::{Api, Takes, Wire};
use crate::domain::account::Cloud;
use crate::services::lent_keys::Origin;

/// Code for one tool.
pub(super) struct Snippet {
    pub(super) title: &'static str,
    pub(super) note: String,
    pub(super) text: String,
}

/// What the code says.
pub(super) struct Told<'a> {
    pub(super) api: &'static Api,
    pub(super) operation: &'a str,
    pub(super) values: &'a [Entered],
    pub(super) parameters: &'a [(String, String)],
    pub(super) origin: String,
    pub(super) host: &'a str,
    pub(super) is_secure: bool,
    /// The id of the key that signed, and where it comes from; none leaves the call unsigned.
    pub(super) key: Option<(Origin, String)>,
    /// The query of a signed request by GET.
    pub(super) query: Option<String>,
}

/// Code for each tool.
pub(super) fn snippets(told: &Told<'_>) -> Vec<Snippet> {
    let key = match &told.key {
        None => String::new(),
        Some((Origin::Own, id)) => format!("With the key {id} and its secret in the environment."),
        Some((Origin::NeverIssued, id)) => format!("With any key in the environment: {id} and {id}, say."),
        Some((Origin::Temporary, _)) => {
            "With a key of the caller in the environment: it has none that works now.".to_owned()
        }
    };
    match told.api.cloud {
        Cloud::Aws => vec![
            Snippet { title: "curl", note: key.clone(), text: curl_aws(told) },
            Snippet { title: "AWS CLI", note: key.clone(), text: aws_cli(told) },
            Snippet { title: "Python (boto3)", note: key, text: boto3(told) },
        ],
        Cloud::Alibaba => {
            let note = match &told.key {
                None => String::new(),
                Some((Origin::Own | Origin::NeverIssued, _)) => {
                    "Signed for a quarter of an hour and good for one call.".to_owned()
                }
                Some((Origin::Temporary, _)) => {
                    "Signed with the key that was taken away: sign it with one that stays.".to_owned()
                }
            };
            vec![
                Snippet { title: "curl", note, text: curl_alibaba(told) },
                Snippet { title: "aliyun CLI", note: key.clone(), text: aliyun_cli(told) },
                Snippet { title: "Python (alibabacloud_tea_openapi)", note: key, text: tea(told) },
            ]
        }
    }
}

/// Quotes for a POSIX shell.
fn quoted(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@,+".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

/// A literal of Python: JSON's, with other names for three words.
fn python(value: &Value) -> String {
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Number(_) | Value::String(_) => value.to_string(),
        Value::Array(items) => format!("[{}]", items.iter().map(python).collect::<Vec<_>>().join(", ")),
        Value::Object(members) => {
            let member = |(name, item): (&String, &Value)| format!("{}: {}", Value::from(name.as_str()), python(item));
            format!("{{{}}}", members.iter().map(member).collect::<Vec<_>>().join(", "))
        }
    }
}

/// A name as AWS's SDKs and command line write it: `CreateOpenIDConnectProvider` is `create_open_id_connect_provider`
/// (botocore, `xform_name`).
fn parted(name: &str, separator: char) -> String {
    let letters: Vec<char> = name.chars().collect();
    let at = |index: usize| letters.get(index).copied();
    let mut out = String::new();
    // An abbreviation in the plural, as in `PolicyARNs`, is one word.
    let plural = letters.len().checked_sub(4).filter(|_| name.ends_with("ARNs"));
    for (index, letter) in letters.iter().enumerate() {
        let before = index.checked_sub(1).and_then(at);
        let begins = letter.is_ascii_uppercase()
            && before.is_some_and(|before| {
                let after_small = before.is_ascii_lowercase() || before.is_ascii_digit();
                let ends_abbreviation = at(index.saturating_add(1)).is_some_and(|next| next.is_ascii_lowercase());
                after_small || (ends_abbreviation && before.is_ascii_uppercase())
            });
        let in_plural = plural.is_some_and(|plural| index > plural);
        if begins && !in_plural {
            out.push(separator);
        }
        out.push(letter.to_ascii_lowercase());
    }
    out
}

fn lines(first: String, rest: impl Iterator<Item = String>) -> String {
    rest.fold(first, |text, line| format!("{text} \\\n  {line}"))
}

fn curl_aws(told: &Told<'_>) -> String {
    let signing = told.key.is_some().then(|| {
        format!(
            r#"--aws-sigv4 "aws:amz:us-east-1:{}" --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY""#,
            told.api.service
        )
    });
    let own = [("Action", told.operation), ("Version", told.api.version)];
    let own = own.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
    let fields = own.chain(told.parameters.iter().cloned());
    let fields = fields.map(|(name, value)| format!("--data-urlencode {}", quoted(&format!("{name}={value}"))));
    lines(format!("curl {}", quoted(&format!("{}/", told.origin))), signing.into_iter().chain(fields))
}

fn aws_cli(told: &Told<'_>) -> String {
    let option = |(parameter, value): &Entered| {
        let name = parted(&parameter.name, '-');
        match (parameter.takes, value) {
            (Takes::Boolean, Value::Bool(true)) => format!("--{name}"),
            (Takes::Boolean, _) => format!("--no-{name}"),
            (Takes::Texts, Value::Array(items)) => {
                let items = items.iter().filter_map(Value::as_str).map(quoted);
                format!("--{name} {}", items.collect::<Vec<_>>().join(" "))
            }
            (_, Value::String(text)) => format!("--{name} {}", quoted(text)),
            (_, value) => format!("--{name} {}", quoted(&value.to_string())),
        }
    };
    let unsigned = told.key.is_none().then(|| "--no-sign-request".to_owned());
    let endpoint = format!("--endpoint-url {} --region us-east-1", quoted(&told.origin));
    let rest = told.values.iter().map(option).chain([endpoint]).chain(unsigned);
    lines(format!("aws {} {}", told.api.service, parted(told.operation, '-')), rest)
}

fn boto3(told: &Told<'_>) -> String {
    let origin = Value::from(&*told.origin);
    let arguments: Vec<String> =
        told.values.iter().map(|(parameter, value)| format!("    {}={},\n", parameter.name, python(value))).collect();
    let config = if told.key.is_some() { "" } else { ", config=Config(signature_version=UNSIGNED)" };
    let imports = if told.key.is_some() {
        "import boto3"
    } else {
        "import boto3\nfrom botocore import UNSIGNED\nfrom botocore.config import Config"
    };
    let (service, operation) = (told.api.service, parted(told.operation, '_'));
    let arguments = if arguments.is_empty() { String::new() } else { format!("\n{}", arguments.concat()) };
    format!(
        "{imports}\n\n{service} = boto3.client(\"{service}\", endpoint_url={origin}, region_name=\"us-east-1\"{config})\n\
         print({service}.{operation}({arguments}))"
    )
}

fn curl_alibaba(told: &Told<'_>) -> String {
    let query = told.query.as_deref().unwrap_or_default();
    format!("curl '{}/?{query}'", told.origin.replace('\'', "%27"))
}

fn aliyun_cli(told: &Told<'_>) -> String {
    let parameters = told.parameters.iter().map(|(name, value)| format!("--{} {}", quoted(name), quoted(value)));
    let insecure = if told.is_secure { "--secure" } else { "--insecure" };
    let keys = told.key.is_some().then(|| {
        "--mode AK --access-key-id \"$ALIBABA_CLOUD_ACCESS_KEY_ID\" \
         --access-key-secret \"$ALIBABA_CLOUD_ACCESS_KEY_SECRET\""
            .to_owned()
    });
    let endpoint = format!("--endpoint {} {insecure} --region cn-hangzhou", quoted(told.host));
    lines(format!("aliyun {} {}", told.api.service, told.operation), parameters.chain([endpoint]).chain(keys))
}

fn tea(told: &Told<'_>) -> String {
    let query = told.values.iter().map(|(parameter, value)| match (parameter.wire, value) {
        (Wire::Json, Value::Array(_) | Value::Object(_)) => (parameter.name.clone(), Value::from(value.to_string())),
        _ => (parameter.name.clone(), value.clone()),
    });
    // A list goes out as its elements, one by one.
    let query = query.flat_map(|(name, value)| match value {
        Value::Array(_) | Value::Object(_) => {
            let own = told
                .parameters
                .iter()
                .filter(|(wire, _)| wire.strip_prefix(&*name).is_some_and(|rest| rest.starts_with('.')));
            own.map(|(name, value)| (name.clone(), Value::from(&**value))).collect::<Vec<_>>()
        }
        Value::String(_) => vec![(name, value)],
        other => vec![(name, Value::from(other.to_string()))],
    });
    let query: Vec<String> =
        query.map(|(name, value)| format!("    {}: {},\n", Value::from(name), python(&value))).collect();
    let query = if query.is_empty() { "{}".to_owned() } else { format!("{{\n{}}}", query.concat()) };
    let (protocol, auth) =
        (if told.is_secure { "HTTPS" } else { "HTTP" }, if told.key.is_some() { "AK" } else { "Anonymous" });
    format!(
        r#"import os

from alibabacloud_tea_openapi import models
from alibabacloud_tea_openapi.client import Client
from alibabacloud_tea_util.models import RuntimeOptions

client = Client(models.Config(
    access_key_id=os.environ["ALIBABA_CLOUD_ACCESS_KEY_ID"],
    access_key_secret=os.environ["ALIBABA_CLOUD_ACCESS_KEY_SECRET"],
    endpoint={host}, protocol="{protocol}",
))
call = models.Params(
    action="{operation}", version="{version}", protocol="{protocol}", method="POST", auth_type="{auth}",
    style="RPC", pathname="/", req_body_type="formData", body_type="json",
)
query = {query}
print(client.call_api(call, models.OpenApiRequest(query=query), RuntimeOptions()))"#,
        host = Value::from(told.host),
        operation = told.operation,
        version = told.api.version,
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_are_parted_as_the_sdks_do() {
        for (name, parts) in [
            ("CreateUser", "create_user"),
            ("CreateOpenIDConnectProvider", "create_open_id_connect_provider"),
            ("EnableMFADevice", "enable_mfa_device"),
            ("AssumeRoleWithSAML", "assume_role_with_saml"),
            ("SAMLMetadataDocument", "saml_metadata_document"),
            ("SSHPublicKeyId", "ssh_public_key_id"),
            ("PolicyARNs", "policy_arns"),
            ("AuthenticationCode1", "authentication_code1"),
        ] {
            assert_eq!(parted(name, '_'), parts);
        }
    }

    #[test]
    fn nothing_gets_out_of_its_quotes() {
        assert_eq!(quoted("a'; rm -rf / #"), r"'a'\''; rm -rf / #'");
        assert_eq!(quoted("alice@example"), "alice@example");
        assert_eq!(quoted(""), "''");
        assert_eq!(python(&json!({"a\"": [true, null, 1, "x\n"]})), r#"{"a\"": [True, None, 1, "x\n"]}"#);
    }
}
