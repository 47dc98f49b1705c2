//! The service models of IAM 2010-05-08 and STS 2011-06-15 as a table: what each operation takes, within which bounds,
//! and what it answers. Made of `model/operations.json` when the first request comes; knows no request.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, OnceLock};

use regex::Regex;
use serde_json::{Map, Value};

/// One of the APIs that speak this dialect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Api {
    /// Identity and Access Management, 2010-05-08.
    Iam,
    /// Security Token Service, 2011-06-15.
    Sts,
}

impl Api {
    /// The API of a version.
    pub(crate) fn of_version(version: &str) -> Option<Self> {
        match version {
            "2010-05-08" => Some(Self::Iam),
            "2011-06-15" => Some(Self::Sts),
            _ => None,
        }
    }

    /// The name in credential scopes, actions and the model.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Iam => "iam",
            Self::Sts => "sts",
        }
    }

    /// The namespace of its answers.
    pub(crate) fn namespace(self) -> &'static str {
        match self {
            Self::Iam => "https://iam.amazonaws.com/doc/2010-05-08/",
            Self::Sts => "https://sts.amazonaws.com/doc/2011-06-15/",
        }
    }

    /// Its model.
    pub(crate) fn model(self) -> &'static Service {
        match self {
            Self::Iam => &MODEL.iam,
            Self::Sts => &MODEL.sts,
        }
    }
}

/// The model of one API.
#[derive(Debug, Default)]
pub(crate) struct Service {
    operations: HashMap<String, Operation>,
    structures: HashMap<String, Fields>,
}

/// One operation.
#[derive(Debug)]
pub(crate) struct Operation {
    /// What it takes.
    pub(crate) input: Fields,
    /// What it answers; `None` is nothing at all.
    pub(crate) output: Option<Fields>,
    /// Whether it may be called without a signature.
    pub(crate) unsigned: bool,
}

/// The members of a structure in the model's order.
pub(crate) type Fields = Vec<Field>;

/// One member of a structure.
#[derive(Debug)]
pub(crate) struct Field {
    /// The name on the wire.
    pub(crate) name: String,
    /// What it may hold.
    pub(crate) shape: Shape,
}

/// What a value may be.
#[derive(Debug)]
pub(crate) struct Shape {
    pub(crate) kind: Kind,
    /// The least length or value.
    pub(crate) min: Option<i64>,
    /// The greatest length or value.
    pub(crate) max: Option<i64>,
    pub(crate) pattern: Option<Arc<Pattern>>,
    /// The words it may be; none is any.
    pub(crate) words: Vec<String>,
    pub(crate) required: bool,
    pub(crate) secret: bool,
}

/// The kind of a value.
#[derive(Debug)]
pub(crate) enum Kind {
    Text,
    Integer,
    Boolean,
    Blob,
    Timestamp,
    Map,
    List(Box<Shape>),
    Structure(String),
}

/// A pattern of the model, which the whole of a value must match.
#[derive(Debug)]
pub(crate) struct Pattern {
    /// As the model writes it, and as error texts repeat it.
    pub(crate) text: String,
    regex: OnceLock<Option<Regex>>,
}

/// The one pattern that looks ahead, which no linear matcher can: an account alias without two dashes in a row.
const ALIAS: (&str, &str) =
    ("^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$", "[a-z0-9](?:-[a-z0-9]|[a-z0-9])*[a-z0-9]|[a-z0-9](?:-[a-z0-9])+");

impl Pattern {
    /// Whether all of `value` matches. A pattern that cannot be read refuses nothing; a test reads them all.
    pub(crate) fn matches(&self, value: &str) -> bool {
        self.regex().is_none_or(|regex| regex.is_match(value))
    }

    fn regex(&self) -> Option<&Regex> {
        self.regex
            .get_or_init(|| {
                let text = if self.text == ALIAS.0 { ALIAS.1.to_owned() } else { ascii_classes(&self.text) };
                Regex::new(&format!("^(?:{text})$")).ok()
            })
            .as_ref()
    }
}

/// In the model `\w` and `\d` mean ASCII; here they would mean all of Unicode.
fn ascii_classes(pattern: &str) -> String {
    let mut in_class = false;
    let mut translated = String::with_capacity(pattern.len() + 16);
    let mut rest = pattern.chars();
    while let Some(character) = rest.next() {
        match (character, rest.as_str().chars().next()) {
            ('\\', Some('w')) => {
                rest.next();
                translated.push_str(if in_class { "A-Za-z0-9_" } else { "[A-Za-z0-9_]" });
            }
            ('\\', Some('d')) => {
                rest.next();
                translated.push_str(if in_class { "0-9" } else { "[0-9]" });
            }
            ('\\', Some(escaped)) => {
                rest.next();
                translated.extend(['\\', escaped]);
            }
            (other, _) => {
                in_class = (in_class || other == '[') && other != ']';
                translated.push(other);
            }
        }
    }
    translated
}

impl Service {
    /// The operation of this name.
    pub(crate) fn operation(&self, name: &str) -> Option<&Operation> {
        self.operations.get(name)
    }

    /// The names of all operations, sorted.
    pub(crate) fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.operations.keys().map(String::as_str).collect();
        names.sort_unstable();
        names
    }

    /// The members of a structure.
    pub(crate) fn structure(&self, name: &str) -> &[Field] {
        self.structures.get(name).map_or(&[], Vec::as_slice)
    }

    /// What a single parameter of an operation may hold, by its name on the wire.
    pub(crate) fn parameter<'a>(&'a self, operation: &'a Operation, name: &str) -> Option<&'a Shape> {
        let mut parts = name.split('.');
        let of =
            |fields: &'a [Field], name: &str| fields.iter().find(|field| field.name == name).map(|field| &field.shape);
        let mut shape = of(&operation.input, parts.next()?)?;
        loop {
            match &shape.kind {
                Kind::List(item) => {
                    let is_item = parts.next()? == "member" && parts.next()?.bytes().all(|byte| byte.is_ascii_digit());
                    shape = is_item.then_some(&**item)?;
                }
                Kind::Structure(name) => shape = of(self.structure(name), parts.next()?)?,
                _ => return parts.next().is_none().then_some(shape),
            }
        }
    }
}

#[derive(Default)]
struct Model {
    iam: Service,
    sts: Service,
}

static MODEL: LazyLock<Model> = LazyLock::new(|| {
    let parsed: Value = serde_json::from_str(include_str!("model/operations.json")).unwrap_or_default();
    let mut patterns = HashMap::new();
    let mut of = |name: &str| service(&parsed["services"][name], &mut patterns);
    Model { iam: of("iam"), sts: of("sts") }
});

type Patterns = HashMap<String, Arc<Pattern>>;

fn objects(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}

fn service(model: &Value, patterns: &mut Patterns) -> Service {
    let structures = objects(&model["structures"]).map(|(name, of)| (name.clone(), fields(of, patterns))).collect();
    let operations = objects(&model["operations"])
        .map(|(name, of)| {
            let operation = Operation {
                input: fields(&of["in"], patterns),
                output: of.get("out").map(|out| fields(out, patterns)),
                unsigned: of["noauth"] == true,
            };
            (name.clone(), operation)
        })
        .collect();
    Service { operations, structures }
}

fn fields(of: &Value, patterns: &mut Patterns) -> Fields {
    objects(of).map(|(name, of)| Field { name: name.clone(), shape: shape(of, patterns) }).collect()
}

fn shape(of: &Value, patterns: &mut Patterns) -> Shape {
    let kind = match of["t"].as_str().unwrap_or_default() {
        "integer" => Kind::Integer,
        "boolean" => Kind::Boolean,
        "blob" => Kind::Blob,
        "timestamp" => Kind::Timestamp,
        "map" => Kind::Map,
        "list" => Kind::List(Box::new(shape(&of["of"], patterns))),
        "structure" => Kind::Structure(of["s"].as_str().unwrap_or_default().to_owned()),
        _ => Kind::Text,
    };
    let pattern = of["pattern"].as_str().map(|text| {
        let new = || Arc::new(Pattern { text: text.to_owned(), regex: OnceLock::new() });
        patterns.entry(text.to_owned()).or_insert_with(new).clone()
    });
    let words = of["enum"].as_array().into_iter().flatten().filter_map(|word| word.as_str().map(str::to_owned));
    Shape {
        kind,
        min: of["min"].as_i64(),
        max: of["max"].as_i64(),
        pattern,
        words: words.collect(),
        required: of["req"] == true,
        secret: of["secret"] == true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_model_has_all_operations_of_both_apis() {
        assert_eq!(Api::Iam.model().names().len(), 176);
        assert_eq!(Api::Sts.model().names().len(), 11);
        let create = Api::Iam.model().operation("CreateUser").unwrap();
        let names: Vec<&str> = create.input.iter().map(|field| &*field.name).collect();
        assert_eq!(names, ["Path", "UserName", "PermissionsBoundary", "Tags"]);
        assert!(Api::Sts.model().operation("AssumeRoleWithSAML").unwrap().unsigned);
    }

    fn patterns_of(shape: &Shape, found: &mut Vec<Arc<Pattern>>) {
        found.extend(shape.pattern.clone());
        if let Kind::List(of) = &shape.kind {
            patterns_of(of, found);
        }
    }

    #[test]
    fn every_pattern_can_be_read() {
        let mut found = Vec::new();
        for service in [Api::Iam.model(), Api::Sts.model()] {
            let inputs = service.operations.values().map(|operation| &operation.input);
            for field in inputs.chain(service.structures.values()).flatten() {
                patterns_of(&field.shape, &mut found);
            }
        }
        assert!(found.len() > 200);
        for pattern in found {
            assert!(pattern.regex().is_some(), "{}", pattern.text);
        }
    }

    #[test]
    fn patterns_match_all_of_a_value_and_mean_ascii() {
        let matches = |text: &str, value| Pattern { text: text.into(), regex: OnceLock::new() }.matches(value);
        assert!(matches(r"[\w+=,.@-]+", "a.b-C_9@x"));
        assert!(!matches(r"[\w+=,.@-]+", "ä"));
        assert!(!matches(r"[\w+=,.@-]+", "a b"));
        assert!(!matches(r"\d{12}", "1234567890123"));
        assert!(matches(r"(\u002F)|(\u002F[\u0021-\u007E]+\u002F)", "/a/b/"));
        assert!(!matches(r"(\u002F)|(\u002F[\u0021-\u007E]+\u002F)", "/a"));
        for (alias, good) in
            [("a-b", true), ("abc", true), ("a-b-c", true), ("a--b", false), ("-ab", false), ("ab-", false)]
        {
            assert_eq!(matches(ALIAS.0, alias), good, "{alias}");
        }
    }
}
