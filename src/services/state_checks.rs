//! What has to hold of the rows of a state beyond the cells of each; must not know how it is written down.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use crate::domain::account::Cloud;
use crate::domain::password_policy::PasswordPolicy;
use crate::domain::policy::{Document, PolicyFault, PolicyLanguage};
use crate::domain::security_preference::SecurityPreference;
use crate::store::state::{Cell, Row};
use crate::store::state_tables::{ACCOUNTS, TABLES, Table};

use super::state_document::{Malformed, State, malformed};
use super::state_references;

/// The largest number in an account's settings: days and counts.
const MOST_IN_SETTINGS: i64 = 1_000_000;

/// How a policy is read.
type Reading = fn(PolicyLanguage, &str) -> Result<Document, PolicyFault>;

/// Where policies are: one that cannot be read would allow or forbid nothing, and a session without its policy would be
/// narrowed no more.
const POLICIES: &[(&str, &str, Reading)] = &[
    ("roles", "trust_policy", PolicyLanguage::parse_trust),
    ("policy_versions", "document", PolicyLanguage::parse_identity),
    ("inline_policies", "document", PolicyLanguage::parse_identity),
    ("sessions", "session_policy", PolicyLanguage::parse_session),
];

/// The most characters that are told of what is wrong with a policy.
const MOST_TOLD: usize = 200;

/// Whether no number in a value is larger, or smaller than its negative, or no whole number.
pub(super) fn numbers_within(value: &Value, most: i64) -> bool {
    match value {
        Value::Number(number) => number.as_i64().is_some_and(|number| (-most..=most).contains(&number)),
        // Read from text, which is not nested deeper than serde_json lets it be.
        Value::Array(list) => list.iter().all(|value| numbers_within(value, most)),
        Value::Object(members) => members.values().all(|value| numbers_within(value, most)),
        Value::Null | Value::Bool(_) | Value::String(_) => true,
    }
}

pub(super) fn cells<'a>(table: &Table, row: &'a Row, columns: &[&str]) -> Vec<&'a Cell> {
    columns.iter().filter_map(|column| row.get(table.position(column)?)).collect()
}

pub(super) fn text<'a>(table: &Table, row: &'a Row, column: &str) -> Option<&'a str> {
    row.get(table.position(column)?)?.text()
}

/// Checks what has to hold between rows.
pub(super) fn check(state: &State) -> Result<(), Malformed> {
    for (table, rows) in state.tables() {
        for columns in table.unique {
            let mut seen = HashSet::with_capacity(rows.len());
            for (at, row) in rows.iter().enumerate() {
                let key = cells(table, row, columns);
                // Nothing is like nothing, as in a unique index.
                if !key.contains(&&Cell::Null) && !seen.insert(key) {
                    let columns = columns.join(", ");
                    return Err(malformed(
                        format!("{}[{at}]", table.name),
                        format!("a row before it has the same {columns}"),
                    ));
                }
            }
        }
    }
    state_references::check(state)?;
    check_accounts(state)?;
    check_policies(state)
}

/// Reads every policy in the language of its account's cloud.
fn check_policies(state: &State) -> Result<(), Malformed> {
    let table = |name: &str| TABLES.iter().find(|table| table.name == name);
    let Some(accounts) = table(ACCOUNTS) else { return Ok(()) };
    let language = |row: &Row| Some(Cloud::parse(text(accounts, row, "cloud")?)?.rules().policy_language);
    let of_account = |row| Some((text(accounts, row, "id")?, language(row)?));
    let languages: HashMap<&str, PolicyLanguage> = state.rows(ACCOUNTS).iter().filter_map(of_account).collect();
    for (name, column, read) in POLICIES {
        let Some(table) = table(name) else { continue };
        for (at, row) in state.rows(name).iter().enumerate() {
            let language = text(table, row, table.account_column()).and_then(|id| languages.get(id));
            let (Some(policy), Some(language)) = (text(table, row, column), language) else { continue };
            if let Err(fault) = read(*language, policy) {
                let fault: String = fault.to_string().chars().take(MOST_TOLD).collect();
                return Err(malformed(format!("{name}[{at}].{column}"), format!("is no policy: {fault}")));
            }
        }
    }
    Ok(())
}

fn check_accounts(state: &State) -> Result<(), Malformed> {
    let Some(table) = TABLES.iter().find(|table| table.name == ACCOUNTS) else { return Ok(()) };
    for (at, row) in state.rows(ACCOUNTS).iter().enumerate() {
        let bad = |column: &str, problem: &str| Err(malformed(format!("{ACCOUNTS}[{at}].{column}"), problem));
        let [Some(id), Some(cloud), Some(alias)] = ["id", "cloud", "alias"].map(|column| text(table, row, column))
        else {
            return bad("id", "is missing");
        };
        let Some(cloud) = Cloud::parse(cloud) else { return bad("cloud", "must be alibaba or aws") };
        if !cloud.is_account_id(id) {
            return bad("id", &format!("must have {} digits", cloud.account_digits()));
        }
        if cloud.is_account_id(alias) && alias != id {
            return bad("alias", "is the id of another account");
        }
        if alias != id && !cloud.can_be_alias(alias) {
            return bad("alias", "is not one that an account of this cloud can have");
        }
        for column in ["password_policy", "security_preference"] {
            let settings = text(table, row, column).and_then(|text| serde_json::from_str::<Value>(text).ok());
            let complete = settings.as_ref().is_some_and(|settings| match column {
                "password_policy" => is_complete(settings, &PasswordPolicy::initial(cloud)),
                _ => is_complete(settings, &SecurityPreference::initial(cloud)),
            });
            if !complete || !settings.is_some_and(|settings| numbers_within(&settings, MOST_IN_SETTINGS)) {
                return bad(column, "has a member it should not have, or a number that is too large");
            }
        }
    }
    Ok(())
}

/// Whether settings have no member that they know nothing of.
fn is_complete<T: serde::Serialize>(settings: &Value, known: &T) -> bool {
    let known = serde_json::to_value(known).unwrap_or_default();
    settings.as_object().is_some_and(|settings| settings.keys().all(|name| known.get(name).is_some()))
}
