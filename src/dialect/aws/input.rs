//! Reads an operation's input out of the parameters by its model, and finds everything in it that breaks a constraint;
//! knows no operation by name but for what is recorded of single ones.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use super::model::{Api, Field, Kind, Operation, Shape};
use super::query::Query;

/// Why an input is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum InputFault {
    /// Constraints are broken: the text of all of them, as AWS joins it.
    Constraints(String),
    /// A value is not of its type at all.
    Malformed,
}

/// The bounds that are reported in another order than the model's, as recorded of UpdateAccountPasswordPolicy.
const RECORDED_ORDER: [(&str, [&str; 3]); 1] =
    [("UpdateAccountPasswordPolicy", ["minimumPasswordLength", "passwordReusePrevention", "maxPasswordAge"])];

/// The most items of a list that the model does not bound. Ours.
const LONGEST_LIST: i64 = 1_000;
/// The most broken constraints that are told, and the most characters of a value that is repeated. Ours.
const MOST_TOLD: usize = 100;
const LONGEST_REPEATED: usize = 1_024;

/// Names of things, which have a text of their own.
const NAME_PATTERN: &str = r"[\w+=,.@-]+";
/// Paths, likewise.
const PATH_PATTERN: &str = r"(\u002F)|(\u002F[\u0021-\u007E]+\u002F)";

struct Reader<'a> {
    api: Api,
    query: &'a Query,
    /// Broken constraints: the member's path and the text.
    broken: Vec<(String, String)>,
    /// What is looked at only when no constraint is broken: names and paths.
    later: Vec<String>,
    malformed: bool,
}

/// Reads the input of `operation`. Parameters that it does not take are passed over, as AWS does.
pub(crate) fn read(api: Api, name: &str, operation: &Operation, query: &Query) -> Result<Value, InputFault> {
    let mut reader = Reader { api, query, broken: Vec::new(), later: Vec::new(), malformed: false };
    let input = reader.fields(&operation.input, "", "");
    if reader.malformed {
        return Err(InputFault::Malformed);
    }
    if !reader.broken.is_empty() {
        return Err(InputFault::Constraints(joined(name, reader.broken)));
    }
    match reader.later.into_iter().next() {
        Some(text) => Err(InputFault::Constraints(text)),
        None => Ok(Value::Object(input)),
    }
}

fn joined(operation: &str, mut broken: Vec<(String, String)>) -> String {
    if let Some((_, order)) = RECORDED_ORDER.iter().find(|(name, _)| *name == operation) {
        broken.sort_by_key(|(path, _)| order.iter().position(|known| known == path));
    }
    let (count, s) = (broken.len(), if broken.len() == 1 { "" } else { "s" });
    let texts: Vec<String> = broken.into_iter().map(|(_, text)| text).collect();
    format!("{count} validation error{s} detected: {}", texts.join("; "))
}

/// The name that error texts have for a member.
fn lower_camel(name: &str) -> String {
    let mut characters = name.chars();
    characters.next().map_or_else(String::new, |first| first.to_ascii_lowercase().to_string() + characters.as_str())
}

impl Reader<'_> {
    /// `wire` is what stands before the names of the parameters, `path` what error texts have before the member's.
    fn fields(&mut self, fields: &[Field], wire: &str, path: &str) -> Map<String, Value> {
        let mut input = Map::new();
        for field in fields {
            let path = format!("{path}{}", lower_camel(&field.name));
            match self.value(&field.shape, &format!("{wire}{}", field.name), &path) {
                Some(value) => {
                    input.insert(field.name.clone(), value);
                }
                None if field.shape.required => self.refuse(&path, None, "Member must not be null"),
                None => {}
            }
        }
        input
    }

    fn value(&mut self, shape: &Shape, wire: &str, path: &str) -> Option<Value> {
        match &shape.kind {
            Kind::Structure(name) => {
                let prefix = format!("{wire}.");
                if !self.query.any_under(&prefix) {
                    return None;
                }
                let fields = self.api.model().structure(name);
                Some(Value::Object(self.fields(fields, &prefix, &format!("{path}."))))
            }
            Kind::List(of) => self.list(shape, of, wire, path),
            // No input has a map.
            Kind::Map => None,
            Kind::Text | Kind::Timestamp => {
                let text = self.query.get(wire)?;
                self.check_text(shape, text, path);
                Some(Value::from(text))
            }
            Kind::Blob => {
                let text = self.query.get(wire)?;
                self.malformed |= STANDARD.decode(text).is_err();
                Some(Value::from(text))
            }
            Kind::Integer => {
                let text = self.query.get(wire)?;
                let Ok(number) = text.parse::<i64>() else {
                    self.malformed = true;
                    return None;
                };
                self.check_bounds(shape, number, "value", path, text);
                Some(Value::from(number))
            }
            Kind::Boolean => {
                let text = self.query.get(wire)?;
                self.malformed |= !text.eq_ignore_ascii_case("true") && !text.eq_ignore_ascii_case("false");
                Some(Value::from(text.eq_ignore_ascii_case("true")))
            }
        }
    }

    fn list(&mut self, shape: &Shape, of: &Shape, wire: &str, path: &str) -> Option<Value> {
        let prefix = format!("{wire}.member.");
        let numbers = self.query.numbers(&prefix);
        // An empty list is sent as an empty value.
        if numbers.is_empty() && self.query.get(wire).is_none() {
            return None;
        }
        let count = i64::try_from(numbers.len()).unwrap_or(i64::MAX);
        self.check_bounds(shape, count, "length", path, "");
        // What is too long is not looked at further: a request must not make an answer larger than itself.
        if count > shape.max.unwrap_or(LONGEST_LIST) {
            self.malformed |= shape.max.is_none();
            return Some(Value::Array(Vec::new()));
        }
        if matches!(of.kind, Kind::Text) && !self.are_good_texts(of, &prefix, &numbers) {
            let constraints = item_constraints(of);
            self.refuse(path, None, &format!("Member must satisfy constraint: [{}]", constraints.join(", ")));
        }
        let mut items = Vec::with_capacity(numbers.len());
        for (at, number) in numbers.iter().enumerate() {
            let wire = format!("{prefix}{number}");
            let item = match of.kind {
                Kind::Text => self.query.get(&wire).map(Value::from),
                _ => self.value(of, &wire, &format!("{path}.{}.member", at + 1)),
            };
            items.extend(item);
        }
        Some(Value::Array(items))
    }

    fn are_good_texts(&self, of: &Shape, prefix: &str, numbers: &[u32]) -> bool {
        numbers.iter().filter_map(|number| self.query.get(&format!("{prefix}{number}"))).all(|text| {
            let length = length_of(text);
            of.max.is_none_or(|max| length <= max)
                && of.min.is_none_or(|min| length >= min)
                && (of.words.is_empty() || of.words.iter().any(|word| word == text))
                && of.pattern.as_ref().is_none_or(|pattern| pattern.matches(text))
        })
    }

    fn check_text(&mut self, shape: &Shape, text: &str, path: &str) {
        let shown = if shape.secret { "" } else { text };
        self.check_bounds(shape, length_of(text), "length", path, shown);
        let repeated = (!shape.secret).then_some(text);
        if let Some(pattern) = shape.pattern.as_ref().filter(|pattern| !pattern.matches(text)) {
            // Only of names and paths of IAM is another text known.
            match (self.api, &*pattern.text) {
                (Api::Iam, NAME_PATTERN | PATH_PATTERN) if text.is_empty() => {}
                (Api::Iam, NAME_PATTERN) => self.later.push(format!(
                    "The specified value for {path} is invalid. It must contain only alphanumeric characters and/or \
                     the following: +=,.@_-"
                )),
                (Api::Iam, PATH_PATTERN) => self.later.push(format!(
                    "The specified value for {path} is invalid. It must begin and end with / and contain only \
                     alphanumeric characters and/or / characters."
                )),
                (_, pattern) => {
                    self.refuse(path, repeated, &format!("Member must satisfy regular expression pattern: {pattern}"));
                }
            }
        }
        if !shape.words.is_empty() && !shape.words.iter().any(|word| word == text) {
            let listed = match self.api {
                Api::Iam => String::new(),
                // That STS lists the set is inferred.
                Api::Sts => format!(": [{}]", shape.words.join(", ")),
            };
            self.refuse(path, repeated, &format!("Member must satisfy enum value set{listed}"));
        }
    }

    fn check_bounds(&mut self, shape: &Shape, size: i64, what: &str, path: &str, text: &str) {
        let repeated = (!shape.secret).then_some(text);
        if let Some(max) = shape.max.filter(|max| size > *max) {
            self.refuse(path, repeated, &format!("Member must have {what} less than or equal to {max}"));
        }
        if let Some(min) = shape.min.filter(|min| size < *min) {
            self.refuse(path, repeated, &format!("Member must have {what} greater than or equal to {min}"));
        }
    }

    /// Notes a broken constraint. STS repeats the value, or says `null`; IAM does not.
    fn refuse(&mut self, path: &str, value: Option<&str>, constraint: &str) {
        if self.broken.len() >= MOST_TOLD {
            return;
        }
        let value = match (self.api, value) {
            (Api::Sts, Some(text)) if text.chars().nth(LONGEST_REPEATED).is_some() => String::new(),
            (Api::Sts, Some(text)) => format!(" '{text}'"),
            (Api::Sts, None) if constraint.ends_with("null") => " null".to_owned(),
            _ => String::new(),
        };
        self.broken
            .push((path.to_owned(), format!("Value{value} at '{path}' failed to satisfy constraint: {constraint}")));
    }
}

/// The constraints of the texts in a list, as its one error names them.
fn item_constraints(of: &Shape) -> Vec<String> {
    let max = of.max.map(|max| format!("Member must have length less than or equal to {max}"));
    let min = of.min.map(|min| format!("Member must have length greater than or equal to {min}"));
    let pattern =
        of.pattern.as_ref().map(|pattern| format!("Member must satisfy regular expression pattern: {}", pattern.text));
    let words = (!of.words.is_empty()).then(|| "Member must satisfy enum value set".to_owned());
    [max, min, pattern, words].into_iter().flatten().collect()
}

/// The length that bounds count: characters.
fn length_of(text: &str) -> i64 {
    i64::try_from(text.chars().count()).unwrap_or(i64::MAX)
}

#[cfg(test)]
#[path = "input_tests.rs"]
mod tests;
