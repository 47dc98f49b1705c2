//! Reads `src/` and holds it to the table of walls: who may import whom, where SQL may stand, how long a file may be.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// A layer: where its files are, which of our modules it may use besides itself, and which crates. `*` is all.
struct Layer {
    name: &'static str,
    modules: &'static [&'static str],
    crates: &'static [&'static str],
}

const LAYERS: &[Layer] = &[
    Layer {
        name: "domain",
        modules: &[],
        // iam_rs is a dependency of tests alone
        crates: &["serde", "serde_json", "chrono", "thiserror", "ipnet", "iam_rs", "proptest"],
    },
    Layer {
        name: "federation",
        modules: &["domain"],
        crates: &[
            "base64",
            "chrono",
            "md5",
            "proptest",
            "quick_xml",
            "ring",
            "serde",
            "serde_json",
            "sha1",
            "sha2",
            "thiserror",
            "x509_cert",
        ],
    },
    Layer { name: "clock", modules: &["domain"], crates: &["chrono"] },
    Layer { name: "ids", modules: &["domain"], crates: &["rand", "uuid"] },
    Layer {
        name: "config",
        modules: &[],
        crates: &["serde", "figment", "secrecy", "thiserror", "clap", "tracing_subscriber", "tempfile"],
    },
    Layer { name: "seed", modules: &["domain"], crates: &["saphyr_parser", "serde_json", "sha2", "thiserror"] },
    Layer {
        name: "store",
        modules: &["domain"],
        crates: &["sqlx", "serde", "serde_json", "thiserror", "tokio", "tracing"],
    },
    Layer {
        name: "app",
        modules: &["clock", "config", "domain", "ids", "seed", "store"],
        crates: &["argon2", "base64", "prometheus_client", "secrecy", "serde", "serde_json", "subtle", "tokio"],
    },
    Layer {
        name: "services",
        modules: &["app", "clock", "config", "domain", "federation", "ids", "seed", "store"],
        crates: &[
            "base64",
            "passwords",
            "ring",
            "secrecy",
            "serde",
            "serde_json",
            "sha2",
            "subtle",
            "thiserror",
            "tokio",
            "totp_rs",
            "tracing",
        ],
    },
    Layer {
        name: "dialect",
        modules: &["app", "config", "domain", "origin", "services"],
        crates: &[
            "axum",
            "base64",
            "chrono",
            "hmac",
            "http_body",
            "insta",
            "md5",
            "percent_encoding",
            "proptest",
            "quick_xml",
            "regex",
            "secrecy",
            "serde",
            "serde_json",
            "sha1",
            "sha2",
            "subtle",
            "tokio",
            "tracing",
        ],
    },
    Layer {
        name: "control",
        modules: &["app", "control_routes", "domain", "origin", "services", "stopping", "stream"],
        crates: &["axum", "percent_encoding", "secrecy", "serde", "serde_json", "subtle", "tokio", "tracing"],
    },
    Layer {
        name: "console",
        modules: &["app", "config", "dialect", "domain", "origin", "services", "stopping", "stream"],
        crates: &[
            "askama",
            "axum",
            "base64",
            "hmac",
            "percent_encoding",
            "secrecy",
            "serde",
            "serde_json",
            "sha2",
            "subtle",
            "tokio",
            "tracing",
        ],
    },
    // for tests alone
    Layer { name: "control_routes", modules: &[], crates: &[] },
    Layer { name: "stopping", modules: &[], crates: &["tokio"] },
    Layer { name: "stream", modules: &["app", "stopping"], crates: &["axum", "http_body", "tokio"] },
    Layer { name: "hosts", modules: &[], crates: &["proptest"] },
    Layer { name: "origin", modules: &["config", "hosts"], crates: &["axum"] },
    Layer {
        name: "tls",
        modules: &["app", "domain", "federation", "hosts", "services"],
        crates: &["tokio", "tokio_rustls"],
    },
    Layer {
        name: "server",
        modules: &["federation", "hosts", "origin", "stopping", "tls"],
        crates: &["axum", "hyper", "hyper_util", "tokio", "tracing"],
    },
    Layer { name: "telemetry", modules: &["config"], crates: &["tracing_subscriber"] },
    Layer {
        name: "cli",
        modules: &["config", "control_routes", "domain"],
        crates: &["clap", "clap_complete", "clap_mangen", "percent_encoding", "secrecy", "serde_json", "tokio"],
    },
    Layer { name: "embed", modules: &["*"], crates: &["*"] },
    Layer { name: "router", modules: &["*"], crates: &["*"] },
    Layer { name: "lib", modules: &["*"], crates: &["*"] },
    Layer { name: "main", modules: &["*"], crates: &["*"] },
];

struct Source {
    /// Relative to `src`.
    path: PathBuf,
    text: String,
    /// Without comments and with empty strings.
    code: String,
    strings: Vec<String>,
}

impl Source {
    /// The module it is, from the top: `store::open` for `store/open.rs`, `store` for `store/mod.rs`.
    fn module(&self) -> Vec<String> {
        let mut parts: Vec<String> =
            self.path.with_extension("").iter().map(|part| part.to_string_lossy().into_owned()).collect();
        if parts.last().is_some_and(|last| last == "mod") {
            parts.pop();
        }
        parts
    }

    fn layer(&self) -> String {
        self.module()[0].clone()
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn sources() -> Vec<Source> {
    let src = root().join("src");
    let (mut folders, mut sources) = (vec![src.clone()], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                let (code, strings) = code_and_strings(&text);
                sources.push(Source { path: path.strip_prefix(&src).unwrap().to_owned(), text, code, strings });
            }
        }
    }
    assert!(sources.len() > 50, "src/ was not found");
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    sources
}

/// Takes Rust apart: the code without its comments and the insides of its strings, and those insides.
fn code_and_strings(text: &str) -> (String, Vec<String>) {
    let (mut code, mut strings) = (String::new(), Vec::new());
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |at| at + 2)
        } else if let Some(length) = raw_string(rest, &code) {
            strings.push(rest[..length].to_owned());
            code.push_str("\"\"");
            length
        } else if letter == '"' {
            let length = string_length(rest, '"');
            strings.push(rest[..length].to_owned());
            code.push_str("\"\"");
            length
        } else if letter == '\'' && is_char(rest) {
            string_length(rest, '\'')
        } else {
            code.push(letter);
            letter.len_utf8()
        };
        rest = &rest[length..];
    }
    (code, strings)
}

/// The length of a raw string that starts here.
fn raw_string(rest: &str, before: &str) -> Option<usize> {
    if before.chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == '_') {
        return None;
    }
    let hashes = rest.strip_prefix('r')?.bytes().take_while(|byte| *byte == b'#').count();
    let inside = rest[1 + hashes..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    Some(1 + hashes + 1 + inside.find(&end)? + end.len())
}

/// The length of a quoted text, both quotes among it.
fn string_length(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, letter) in rest.char_indices().skip(1) {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if letter == quote => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// Whether a quote opens a character rather than a lifetime.
fn is_char(rest: &str) -> bool {
    let mut letters = rest.chars().skip(1);
    matches!((letters.next(), letters.next()), (Some('\\'), _) | (_, Some('\'')))
}

/// Every path in the code as far as its first few names: what stands before `::`, groups in braces taken apart.
fn paths(code: &str) -> Vec<Vec<String>> {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    let mut paths = Vec::new();
    let mut at = 0;
    while let Some(found) = code[at..].find("::") {
        let colons = at + found;
        let start = code[..colons].rfind(|c| !is_name(c)).map_or(0, |before| before + 1);
        if start == colons {
            at = colons + 2;
        } else {
            at = start + follow(&code[start..], &mut Vec::new(), &mut paths);
        }
    }
    paths
}

/// Follows one path from its first name on; says how much of the code it is.
fn follow(code: &str, so_far: &mut Vec<String>, paths: &mut Vec<Vec<String>>) -> usize {
    let name: String = code.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    let (length, rest) = (name.len(), &code[name.len()..]);
    if !name.is_empty() {
        so_far.push(name);
    }
    match rest.strip_prefix("::") {
        Some(group) if group.starts_with('{') => {
            let (parts, group_length) = group_parts(group);
            for part in parts {
                follow(part.trim(), &mut so_far.clone(), paths);
            }
            length + 2 + group_length
        }
        Some(next) => length + 2 + follow(next, so_far, paths),
        None => {
            paths.push(so_far.clone());
            length
        }
    }
}

/// The parts of `{a, b::{c, d}}` at the top, and how long all of it is.
fn group_parts(group: &str) -> (Vec<&str>, usize) {
    let (mut depth, mut start, mut parts) = (0, 1, Vec::new());
    for (at, letter) in group.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 || (depth == 1 && letter == ',') {
            parts.push(&group[start..at]);
            start = at + 1;
        }
        if depth == 0 {
            break;
        }
    }
    parts.retain(|part| !part.trim().is_empty());
    (parts, start)
}

/// The top module that a path leads to, when it leads to one of ours.
fn own_module(source: &Source, path: &[String]) -> Option<String> {
    let mut here = source.module();
    match path[0].as_str() {
        "crate" => path.get(1).cloned(),
        "super" => {
            // A module written into a file, its tests, is one deeper: there `super` may be the file itself. Taking the
            // file's place can only lead further up, so nothing is missed.
            let ups = path.iter().take_while(|name| *name == "super").count();
            for _ in 0..ups {
                here.pop();
            }
            if here.is_empty() { path.get(ups).cloned() } else { None }
        }
        _ => None,
    }
}

fn dependencies() -> BTreeSet<String> {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let (mut inside, mut names) = (false, BTreeSet::new());
    for line in manifest.lines() {
        if line.starts_with('[') {
            inside = line == "[dependencies]" || line == "[dev-dependencies]";
        } else if let Some((name, _)) = line.split_once('=').filter(|_| inside && !line.starts_with('#')) {
            names.insert(name.trim().replace('-', "_"));
        }
    }
    assert!(names.contains("tokio"), "Cargo.toml was not understood");
    names
}

#[test]
fn imports_go_down_only() {
    let ours: BTreeSet<String> = sources().iter().map(Source::layer).collect();
    let dependencies = dependencies();
    let mut wrong = BTreeSet::new();
    for source in sources() {
        let name = source.layer();
        let Some(layer) = LAYERS.iter().find(|layer| layer.name == name) else {
            wrong.insert(format!("{}: the table has no layer {name}", source.path.display()));
            continue;
        };
        let may = |allowed: &[&str], what: &str| allowed.contains(&what) || allowed.contains(&"*");
        for path in paths(&source.code) {
            if let Some(module) = own_module(&source, &path) {
                if ours.contains(&module) && module != name && !may(layer.modules, &module) {
                    wrong.insert(format!("{}: {name} may not use {module}", source.path.display()));
                }
            } else if dependencies.contains(&path[0]) && !may(layer.crates, &path[0]) && !ours.contains(&path[0]) {
                wrong.insert(format!("{}: {name} may not use the crate {}", source.path.display(), path[0]));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_reader_of_imports_finds_what_is_written() {
    let text = "//! crate::never\nuse crate::{a::B, c::{d, e}};\nlet x = crate::f::g(); // crate::h\n\
                let s = \"crate::i\"; use super::super::j; fn k<'a>(x: &'a str) { '\"'; r#\"crate::l\"#; m::n }";
    let (code, strings) = code_and_strings(text);
    let found: Vec<String> = paths(&code).iter().map(|path| path.join("::")).collect();
    assert_eq!(found, ["crate::a::B", "crate::c::d", "crate::c::e", "crate::f::g", "super::super::j", "m::n"]);
    assert_eq!(strings, ["\"crate::i\"", "r#\"crate::l\"#"]);
}

#[test]
fn sql_stands_in_the_store_alone() {
    let is_sql = |text: &str| {
        let text = text.to_uppercase();
        let update = text.split_once("UPDATE ").is_some_and(|(_, rest)| rest.contains(" SET "));
        update || ["SELECT ", "INSERT INTO", "DELETE FROM"].iter().any(|word| text.contains(word))
    };
    for source in sources() {
        let sql: Vec<&String> = source.strings.iter().filter(|text| is_sql(text)).collect();
        assert!(source.layer() == "store" || sql.is_empty(), "{}: {sql:?}", source.path.display());
    }
    assert!(sources().iter().any(|source| source.layer() == "store" && source.strings.iter().any(|text| is_sql(text))));
}

#[test]
fn every_file_has_fewer_than_five_hundred_lines() {
    let long: Vec<String> = sources()
        .iter()
        .map(|source| (source.path.display(), source.text.lines().count()))
        .filter(|(_, lines)| *lines >= 500)
        .map(|(path, lines)| format!("{path}: {lines} lines"))
        .collect();
    assert!(long.is_empty(), "{long:#?}");
}

#[test]
fn every_module_opens_with_what_it_is_for() {
    let without = sources().into_iter().filter(|source| !source.text.starts_with("//! ")).map(|source| source.path);
    let without: Vec<PathBuf> = without.collect();
    assert!(without.is_empty(), "{without:?}");
}
