//! A trust policy as IAM writes it back: the elements in its own order, and principals by other names; must not know
//! whom they name.

use serde_json::{Map, Value};

/// Writes a sound trust policy anew. Elements come in the order of the documents that GetRole was recorded to answer,
/// a list of one principal or action as that one, and white space is gone; that a single statement becomes a list, and
/// that conditions stay as they are, is inferred. `rename` gives another name for a principal of kind `AWS`.
///
/// It is none where the text is no such document.
pub fn rewritten(document: &str, mut rename: impl FnMut(&str) -> Option<String>) -> Option<String> {
    let Ok(Value::Object(mut object)) = serde_json::from_str(document) else { return None };
    let statements = match object.remove("Statement")? {
        Value::Array(many) => many,
        one => vec![one],
    };
    let statements = statements.into_iter().map(|one| statement(one, &mut rename)).collect::<Option<Vec<_>>>()?;
    object.insert("Statement".to_owned(), Value::Array(statements));
    Some(ordered(object, &["Version", "Id", "Statement"]).to_string())
}

fn statement(json: Value, rename: &mut impl FnMut(&str) -> Option<String>) -> Option<Value> {
    let Value::Object(mut object) = json else { return None };
    if let Some(Value::Object(kinds)) = object.get_mut("Principal") {
        for (kind, named) in kinds {
            if kind == "AWS" {
                each_text(named, rename);
            }
            unlist(named);
        }
    }
    if let Some(actions) = object.get_mut("Action") {
        unlist(actions);
    }
    Some(ordered(object, &["Sid", "Effect", "Principal", "Action", "Condition"]))
}

fn each_text(value: &mut Value, rename: &mut impl FnMut(&str) -> Option<String>) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| each_text(item, rename)),
        Value::String(text) => {
            if let Some(other) = rename(text) {
                *text = other;
            }
        }
        _ => {}
    }
}

/// Puts the one item of a list in the list's place.
fn unlist(value: &mut Value) {
    if let Value::Array(items) = value
        && items.len() == 1
        && let Some(only) = items.pop()
    {
        *value = only;
    }
}

/// The members of an object, those named first.
fn ordered(mut object: Map<String, Value>, names: &[&str]) -> Value {
    let mut members = Map::new();
    for name in names {
        if let Some(value) = object.remove(*name) {
            members.insert((*name).to_owned(), value);
        }
    }
    members.extend(object);
    Value::Object(members)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_come_in_the_order_of_the_cloud_and_lists_of_one_as_the_one() {
        let given = r#"{ "Statement": {"Action": ["sts:AssumeRole"], "Condition": {"Null": {"aws:username": ["true"]}},
            "Effect": "Allow", "Principal": {"Service": ["ec2.amazonaws.com"], "AWS": ["a", "b"]}, "Sid": "x"},
            "Version": "2012-10-17" }"#;
        let written = rewritten(given, |name| (name == "b").then(|| "c".to_owned())).unwrap();
        assert_eq!(
            written,
            concat!(
                r#"{"Version":"2012-10-17","Statement":[{"Sid":"x","Effect":"Allow","Principal":"#,
                r#"{"Service":"ec2.amazonaws.com","AWS":["a","c"]},"Action":"sts:AssumeRole","#,
                r#""Condition":{"Null":{"aws:username":["true"]}}}]}"#
            )
        );
        assert_eq!(rewritten(&written, |_| None).unwrap(), written);
    }

    #[test]
    fn what_is_no_document_is_not_written() {
        for bad in ["", "[]", "{}", r#"{"Statement":[1]}"#] {
            assert_eq!(rewritten(bad, |_| None), None, "{bad}");
        }
    }
}
