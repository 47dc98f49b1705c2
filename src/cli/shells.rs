//! Writes variables as each shell reads them, whatever stands in their values.

use serde_json::{Map, Value};

use super::env::Variable;

/// Who reads the variables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Format {
    /// sh, bash, zsh: eval "$(sesame env)"
    Shell,
    /// fish: sesame env --format fish | source
    Fish,
    /// PowerShell: sesame env --format powershell | Out-String | Invoke-Expression
    Powershell,
    /// A .env file, as docker compose and dotenv read it
    Dotenv,
    /// A JSON object
    Json,
}

/// The variables in this format. What has to go is taken away where the format can say so.
pub(super) fn written(variables: &[Variable], format: Format) -> String {
    if format == Format::Json {
        let members = variables.iter().filter_map(|(name, value)| Some(((*name).to_owned(), value.clone()?.into())));
        return format!("{:#}\n", Value::Object(members.collect::<Map<_, _>>()));
    }
    variables.iter().map(|(name, value)| line(name, value.as_deref(), format)).collect()
}

fn line(name: &str, value: Option<&str>, format: Format) -> String {
    match (format, value) {
        (Format::Shell, Some(value)) => format!("export {name}={}\n", quoted(value, "'\\''")),
        (Format::Shell, None) => format!("unset {name}\n"),
        // Between single quotes fish reads \\ and \' (fish documentation, "Quotes").
        (Format::Fish, Some(value)) => format!("set -gx {name} {}\n", quoted(&value.replace('\\', "\\\\"), "\\'")),
        (Format::Fish, None) => format!("set -e {name}\n"),
        // Between single quotes PowerShell reads '' and nothing else (about_Quoting_Rules).
        (Format::Powershell, Some(value)) => format!("$env:{name} = {}\n", quoted(value, "''")),
        (Format::Powershell, None) => format!("Remove-Item Env:{name} -ErrorAction SilentlyContinue\n"),
        (Format::Dotenv, Some(value)) => format!("{name}={}\n", dotenv(value)),
        (Format::Dotenv | Format::Json, None) | (Format::Json, Some(_)) => String::new(),
    }
}

/// In single quotes, with those inside written so.
fn quoted(value: &str, quote: &str) -> String {
    format!("'{}'", value.replace('\'', quote))
}

/// As it is where every reader agrees on it, else in single quotes, which readers take literally; in double quotes
/// where a single one stands in it.
fn dotenv(value: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_./:,@%+=[]".contains(letter);
    if !value.is_empty() && value.chars().all(is_plain) {
        value.to_owned()
    } else if value.contains(['\'', '\n']) {
        let escaped = value.replace('\\', "\\\\").replace('"', "\\\"").replace('$', "\\$").replace('\n', "\\n");
        format!("\"{escaped}\"")
    } else {
        format!("'{value}'")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUE: &str = r#"a'b"c $d`e` \f"#;

    #[test]
    fn values_are_quoted_for_each_shell() {
        let all = [("A", Some(VALUE.to_owned())), ("B", None), ("C", Some("http://127.0.0.1:4260".to_owned()))];
        assert_eq!(
            written(&all, Format::Shell),
            "export A='a'\\''b\"c $d`e` \\f'\nunset B\nexport C='http://127.0.0.1:4260'\n"
        );
        assert_eq!(
            written(&all, Format::Fish),
            "set -gx A 'a\\'b\"c $d`e` \\\\f'\nset -e B\nset -gx C 'http://127.0.0.1:4260'\n"
        );
        assert_eq!(
            written(&all, Format::Powershell),
            "$env:A = 'a''b\"c $d`e` \\f'\nRemove-Item Env:B -ErrorAction SilentlyContinue\n$env:C = 'http://127.0.0.1:4260'\n"
        );
        assert_eq!(written(&all, Format::Dotenv), "A=\"a'b\\\"c \\$d`e` \\\\f\"\nC=http://127.0.0.1:4260\n");
        let json: Value = serde_json::from_str(&written(&all, Format::Json)).unwrap();
        assert_eq!(json, serde_json::json!({"A": VALUE, "C": "http://127.0.0.1:4260"}));
    }
}
