//! What people fill in for an operation: the fields of its form, and what stands in them as values.

use serde_json::Value;

use super::Sent;
use crate::dialect::offered::{Parameter, Takes};

/// A parameter with what was filled in.
pub(super) type Entered = (Parameter, Value);

/// A field of the form.
pub(super) struct FormField {
    pub(super) name: String,
    pub(super) is_required: bool,
    pub(super) words: Vec<String>,
    pub(super) takes: &'static str,
    pub(super) value: String,
    pub(super) hint: String,
}

impl FormField {
    pub(super) fn is_area(&self) -> bool {
        matches!(self.takes, "document" | "list" | "JSON")
    }
}

fn words(takes: Takes) -> &'static str {
    match takes {
        Takes::Text => "text",
        Takes::Document => "document",
        Takes::Number => "number",
        Takes::Boolean => "true or false",
        Takes::Texts => "list",
        Takes::Nested => "JSON",
    }
}

/// The fields of a form, filled in as it was sent.
pub(super) fn fields(parameters: &[Parameter], sent: &Sent) -> Vec<FormField> {
    let field = |parameter: &Parameter| FormField {
        value: sent.get(&format!("p.{}", parameter.name)).cloned().unwrap_or_default(),
        name: parameter.name.clone(),
        is_required: parameter.is_required,
        words: match parameter.takes {
            Takes::Boolean => ["true", "false"].map(ToOwned::to_owned).to_vec(),
            _ => parameter.words.clone(),
        },
        takes: words(parameter.takes),
        hint: match parameter.takes {
            Takes::Texts => format!("One on each line. {}", parameter.hint),
            Takes::Nested => format!(r#"JSON, say [{{"Key": "team", "Value": "blue"}}]. {}"#, parameter.hint),
            _ => parameter.hint.clone(),
        },
    };
    parameters.iter().map(field).collect()
}

/// What was filled in; an empty field is not sent. What is no number goes out as it is, for the server to judge.
///
/// # Errors
/// What is wrong: something that must be JSON is not.
pub(super) fn values(parameters: &[Parameter], sent: &Sent) -> Result<Vec<Entered>, String> {
    let mut values = Vec::new();
    for parameter in parameters {
        let Some(text) = sent.get(&format!("p.{}", parameter.name)).filter(|text| !text.trim().is_empty()) else {
            continue;
        };
        let value = match parameter.takes {
            // A browser ends lines by two characters.
            Takes::Text | Takes::Document => Value::from(text.replace("\r\n", "\n")),
            Takes::Number => text.trim().parse::<i64>().map_or_else(|_| Value::from(text.trim()), Value::from),
            Takes::Boolean => Value::from(text == "true"),
            Takes::Texts => {
                text.lines().map(str::trim).filter(|line| !line.is_empty()).map(ToOwned::to_owned).collect()
            }
            Takes::Nested => {
                serde_json::from_str(text).map_err(|error| format!("{} is not JSON: {error}.", parameter.name))?
            }
        };
        values.push((parameter.clone(), value));
    }
    Ok(values)
}
