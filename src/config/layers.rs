//! Lays file, environment and flags over the defaults and remembers who set what; it must not read
//! the environment itself.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use figment::error::{Actual, Kind};
use figment::providers::{Format, Serialized, Toml};
use figment::value::{Dict, Num, Value};
use figment::{Figment, Profile, Provider};

use super::{ConfigError, Settings};

const PREFIX: &str = "SESAME_";
const SEED: &str = "seed.file";

/// The settings that have a flag of their own. Values are kept as they were typed, so that a bad
/// one is reported the same way wherever it comes from.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Flags {
    /// Address and port to listen on; 127.0.0.1:4260 when not set
    #[arg(long, global = true, value_name = "ADDRESS")]
    pub listen: Option<String>,
    /// Where to keep the state, in memory when not set
    #[arg(
        long,
        global = true,
        value_name = "URL",
        help = "Where to keep the state: sqlite::memory: (when not set), sqlite://PATH or postgres://.."
    )]
    pub store: Option<String>,
    /// File with settings, in TOML
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// File with the world to begin with, in YAML or JSON
    #[arg(long, global = true, value_name = "FILE")]
    pub seed: Option<String>,
    /// Check as the cloud does: no unknown keys, verify signatures, enforce policies, hash at full
    /// cost
    #[arg(long, global = true)]
    pub strict: bool,
    /// How lines of the log look: text (when not set) or json
    #[arg(long, global = true, value_name = "FORMAT")]
    pub log_format: Option<String>,
}

/// Where a value was set.
enum Origin {
    File(String),
    Variable(String),
    Flag(&'static str),
}

impl Origin {
    fn place(&self, key: &str) -> String {
        match self {
            Self::File(file) => format!("{file}: {key}"),
            Self::Variable(name) => name.clone(),
            Self::Flag(flag) => (*flag).to_owned(),
        }
    }
}

/// One setting that some layer makes.
struct Entry {
    key: String,
    value: Value,
    origin: Origin,
}

pub(super) fn load(
    flags: &Flags,
    environment: impl IntoIterator<Item = (String, String)>,
) -> Result<Settings, ConfigError> {
    let known = known_keys();
    let mut entries = Vec::new();
    if let Some(file) = &flags.config {
        entries.extend(file_entries(file, &known)?);
    }
    entries.extend(variable_entries(environment, &known)?);
    entries.extend(flag_entries(flags));
    settle(entries)
}

/// Every key with its default: the one list that file and variables are held against.
pub(super) fn known_keys() -> BTreeMap<String, Value> {
    let defaults = Serialized::defaults(Settings::default());
    let sections = defaults.data().ok().and_then(|mut data| data.remove(&Profile::Default));
    let mut keys = BTreeMap::new();
    for (section, value) in sections.unwrap_or_default() {
        for (key, default) in value.into_dict().unwrap_or_default() {
            keys.insert(format!("{section}.{key}"), default);
        }
    }
    keys
}

fn file_entries(path: &Path, known: &BTreeMap<String, Value>) -> Result<Vec<Entry>, ConfigError> {
    let file = path.display().to_string();
    let text = std::fs::read_to_string(path)
        .map_err(|cause| ConfigError::Unreadable { file: file.clone(), cause: cause.to_string() })?;
    let sections: Dict = Toml::from_str(&text)
        .map_err(|error| ConfigError::Syntax { file: file.clone(), problem: one_line(&error.to_string()) })?;
    let mut entries = Vec::new();
    for (section, value) in sections {
        let prefix = format!("{section}.");
        if !known.keys().any(|key| key.starts_with(&prefix)) {
            return Err(ConfigError::UnknownSetting { key: section, file });
        }
        let Value::Dict(_, keys) = value else {
            return Err(ConfigError::Invalid {
                place: format!("{file}: {section}"),
                problem: format!("expected a section [{section}]"),
            });
        };
        for (name, value) in keys {
            let key = format!("{section}.{name}");
            if !known.contains_key(&key) {
                return Err(ConfigError::UnknownSetting { key, file });
            }
            let origin = Origin::File(file.clone());
            entries.push(Entry { key, value, origin });
        }
    }
    Ok(entries)
}

fn variable_entries(
    environment: impl IntoIterator<Item = (String, String)>,
    known: &BTreeMap<String, Value>,
) -> Result<Vec<Entry>, ConfigError> {
    let mut by_name: BTreeMap<String, (&String, &Value)> =
        known.iter().map(|(key, default)| (variable_name(key), (key, default))).collect();
    // The one section with one setting has a short name too.
    by_name.extend(known.get_key_value(SEED).map(|entry| ("SESAME_SEED".to_owned(), entry)));
    let mut entries = Vec::new();
    for (name, text) in environment {
        // One that is ours but for its case was meant for us: it must not be passed over.
        let ours = name.starts_with(PREFIX) || (name.to_uppercase().starts_with(PREFIX) && name.contains("__"));
        if !ours || belongs_to_others(&name, &text) {
            continue;
        }
        let Some((key, default)) = by_name.get(&name) else {
            return Err(ConfigError::UnknownVariable { name });
        };
        entries.push(Entry { key: (*key).clone(), value: typed_like(default, text), origin: Origin::Variable(name) });
    }
    Ok(entries)
}

/// The variable that sets a key: `SESAME_AUTH__SIGNATURES` for `auth.signatures`.
pub(super) fn variable_name(key: &str) -> String {
    format!("{PREFIX}{}", key.replacen('.', "__", 1).to_uppercase())
}

/// Tells variables that begin like ours and yet were not set to configure the server: the one that says which server
/// commands ask, those of the test suites, and those that Kubernetes puts into each pod of a namespace that has a service
/// named `sesame` or `sesame-..`.
fn belongs_to_others(name: &str, value: &str) -> bool {
    let of_tests = name == "SESAME_URL" || name == "SESAME_BIN" || name.starts_with("SESAME_TEST_");
    let of_kubernetes = name.ends_with("_SERVICE_HOST")
        || name.ends_with("_SERVICE_PORT")
        || name.contains("_SERVICE_PORT_")
        || name.contains("_PORT_")
        || (name.ends_with("_PORT") && value.contains("://"));
    !name.contains("__") && (of_tests || of_kubernetes)
}

/// A variable is text; this reads it as what the setting is, so that an account id stays text and a
/// limit is a number. What cannot be read stays text, and is refused with all other values of the
/// wrong type.
fn typed_like(default: &Value, text: String) -> Value {
    let number = |text: &str| match text.parse::<u64>() {
        Ok(number) => Some(Value::from(number)),
        Err(_) => text.parse::<i64>().ok().map(Value::from),
    };
    match default {
        Value::Num(..) => number(&text).unwrap_or_else(|| Value::from(text)),
        Value::Bool(..) => text.parse::<bool>().map_or_else(|_| Value::from(text), Value::from),
        _ => Value::from(text),
    }
}

fn flag_entries(flags: &Flags) -> Vec<Entry> {
    let given = [
        ("--listen", "server.listen", &flags.listen),
        ("--store", "store.url", &flags.store),
        ("--seed", "seed.file", &flags.seed),
        ("--log-format", "log.format", &flags.log_format),
    ];
    let strict = [
        ("auth.unknown_keys", "reject"),
        ("auth.signatures", "verify"),
        ("auth.policies", "enforce"),
        ("passwords.cost", "owasp"),
    ];
    let entry = |flag, key: &str, value: &str| Entry {
        key: key.to_owned(),
        value: Value::from(value),
        origin: Origin::Flag(flag),
    };
    let given = given.into_iter().filter_map(|(flag, key, value)| value.as_ref().map(|value| entry(flag, key, value)));
    let strict = strict.into_iter().filter(|_| flags.strict).map(|(key, value)| entry("--strict", key, value));
    given.chain(strict).collect()
}

fn settle(entries: Vec<Entry>) -> Result<Settings, ConfigError> {
    let mut figment = Figment::from(Serialized::defaults(Dict::new()));
    let mut origins = BTreeMap::new();
    for Entry { key, value, origin } in entries {
        // Each value is tried alone first: a bad one is an error even where a later layer would
        // hide it, and the error can only be about this key.
        let invalid = |error: figment::Error| ConfigError::Invalid {
            place: origin.place(&key),
            problem: describe(&key, &value, &error.kind),
        };
        Figment::from((&key, &value)).extract::<Settings>().map_err(invalid)?;
        figment = figment.merge((&key, &value));
        origins.insert(key, origin);
    }
    let settings: Settings = figment
        .extract()
        .map_err(|error| ConfigError::Invalid { place: error.path.join("."), problem: error.kind.to_string() })?;
    match settings.first_problem() {
        None => Ok(settings),
        Some(problem) => Err(ConfigError::Invalid {
            place: origins.get(problem.key).map_or_else(|| problem.key.to_owned(), |origin| origin.place(problem.key)),
            problem: problem.text,
        }),
    }
}

fn describe(key: &str, value: &Value, kind: &Kind) -> String {
    if key == "server.listen" {
        return format!("expected an address and port such as 127.0.0.1:4260, found {}", Shown(value));
    }
    match kind {
        Kind::UnknownVariant(actual, expected) => {
            format!("unknown value {actual:?}, expected {}", any_of(expected))
        }
        // what was given in the place of a token may be a secret too
        Kind::InvalidType(..) | Kind::InvalidValue(..) if key == "control.token" => {
            "expected text in quotes".to_owned()
        }
        Kind::InvalidType(_, expected) => {
            format!("expected {}, found {}", in_words(expected), Shown(value))
        }
        Kind::InvalidValue(Actual::Signed(..) | Actual::Unsigned(..), _) => {
            format!("{} is out of range", Shown(value))
        }
        other => other.to_string(),
    }
}

fn any_of(names: &[&str]) -> String {
    match names {
        [] => "nothing".to_owned(),
        [only] => (*only).to_owned(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

/// What serde expects, for people who have never heard of `u32`.
fn in_words(expected: &str) -> &str {
    match expected {
        "u16" | "u32" | "u64" | "usize" | "i32" | "i64" => "a whole number",
        "a boolean" => "true or false",
        "a string" | "string only" => "text in quotes",
        // serde gives the name of the Rust type here
        other if other.starts_with("enum ") => "a name in quotes",
        other => other,
    }
}

/// A value as it would be typed.
struct Shown<'a>(&'a Value);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Value::String(_, text) => write!(f, "{text:?}"),
            Value::Bool(_, value) => value.fmt(f),
            Value::Num(_, Num::F32(_) | Num::F64(_)) => {
                write!(f, "{}", self.0.to_f64().unwrap_or_default())
            }
            Value::Num(_, number) => match number.to_i128() {
                Some(number) => number.fmt(f),
                None => write!(f, "{}", number.to_u128().unwrap_or_default()),
            },
            Value::Dict(..) => f.write_str("a section"),
            Value::Array(..) => f.write_str("a list"),
            _ => f.write_str("something else"),
        }
    }
}

/// Leaves out the picture of the line that a TOML error draws.
fn one_line(error: &str) -> String {
    let lines: Vec<&str> = error.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let (place, problem) = match lines.as_slice() {
        [] => return "not valid TOML".to_owned(),
        [first, rest @ ..] => (first.trim_start_matches("TOML parse error at "), rest),
    };
    let is_picture = |line: &str| line.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ').starts_with('|');
    let problem: Vec<&str> = problem.iter().copied().filter(|line| !is_picture(line)).collect();
    if problem.is_empty() { place.to_owned() } else { format!("{place}: {}", problem.join(", ")) }
}
