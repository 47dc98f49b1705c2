//! What the rows of a state say of one another: whom and what they name is there, and the two agree. What there is to
//! name is in the list of tables; what ARNs name is here. Must not know how a state is written down.

use std::collections::{HashMap, HashSet};

use crate::domain::account::Cloud;
use crate::domain::{arn, managed_policies, service_linked_roles};
use crate::store::state::{Cell, Row};
use crate::store::state_tables::{ACCOUNTS, Only, Reference, TABLES, Table};

use super::state_checks::{cells, text};
use super::state_document::{Malformed, State, malformed};

/// Columns that name a managed policy by its ARN, of the cloud's or of the account's own.
const POLICY_ARNS: &[(&str, &str)] =
    &[("users", "permissions_boundary"), ("roles", "permissions_boundary"), ("policy_attachments", "policy_arn")];

fn table(name: &str) -> Option<&'static Table> {
    TABLES.iter().find(|table| table.name == name)
}

/// A fault of a row's column.
fn fault(table: &Table, at: usize, column: &str, problem: impl Into<String>) -> Malformed {
    malformed(format!("{}[{at}].{column}", table.name), problem)
}

/// Checks what rows say of one another.
pub(super) fn check(state: &State) -> Result<(), Malformed> {
    let mut known = HashMap::new();
    for (table, rows) in state.tables() {
        for reference in table.references {
            // One set for all who name the same rows in the same way.
            let keys = known.entry((reference.table, reference.by)).or_insert_with(|| keys(state, reference));
            for (at, row) in rows.iter().enumerate().filter(|(_, row)| names(table, row, reference)) {
                let named = cells(table, row, reference.columns);
                if !named.contains(&&Cell::Null) && !keys.contains(&named) {
                    let column = reference.columns.last().copied().unwrap_or_default();
                    return Err(fault(
                        table,
                        at,
                        column,
                        format!("the document has no such row of {}", reference.table),
                    ));
                }
            }
        }
        for (columns, (at, row)) in
            table.together.iter().flat_map(|some| rows.iter().enumerate().map(move |row| (*some, row)))
        {
            let there = cells(table, row, columns).into_iter().filter(|cell| **cell != Cell::Null).count();
            if let [first, others @ ..] = columns
                && !(there == 0 || there == columns.len())
            {
                return Err(fault(table, at, first, format!("goes with {}", others.join(" and "))));
            }
        }
    }
    check_versions(state)?;
    check_policy_arns(state)
}

/// What rows of a table can be named by.
fn keys<'a>(state: &'a State, reference: &Reference) -> HashSet<Vec<&'a Cell>> {
    let rows = state.rows(reference.table).iter();
    table(reference.table).map(|table| rows.map(|row| cells(table, row, reference.by)).collect()).unwrap_or_default()
}

/// Whether a row is one that names another.
fn names(table: &Table, row: &Row, reference: &Reference) -> bool {
    reference.only.iter().all(|only| match only {
        Only::Is(column, word) => text(table, row, column) == Some(word),
        Only::IsNot(column, word) => text(table, row, column) != Some(word),
        Only::Nothing(column) => cells(table, row, &[column]) == [&Cell::Null],
    })
}

/// No version has a number above the last that was given: it would be given again.
fn check_versions(state: &State) -> Result<(), Malformed> {
    let (Some(policies), Some(versions)) = (table("policies"), table("policy_versions")) else { return Ok(()) };
    let last = state
        .rows(policies.name)
        .iter()
        .map(|row| (cells(policies, row, &["account_id", "id"]), cells(policies, row, &["last_version"])));
    let last: HashMap<_, _> = last.collect();
    for (at, row) in state.rows(versions.name).iter().enumerate() {
        let last = last.get(&cells(versions, row, &["account_id", "policy_id"]));
        if last.is_some_and(|last| cells(versions, row, &["number"]) > *last) {
            return Err(fault(versions, at, "number", "is above the policy's last_version"));
        }
    }
    Ok(())
}

/// Whoever has a policy or is bounded by it has one that is there: one that is not would forbid nothing.
fn check_policy_arns(state: &State) -> Result<(), Malformed> {
    let (Some(accounts), Some(policies)) = (table(ACCOUNTS), table("policies")) else { return Ok(()) };
    let mut clouds: HashMap<&str, Cloud> = HashMap::new();
    for row in state.rows(ACCOUNTS) {
        if let (Some(id), Some(cloud)) =
            (text(accounts, row, "id"), text(accounts, row, "cloud").and_then(Cloud::parse))
        {
            clouds.insert(id, cloud);
        }
    }
    let own = |row| {
        let [account_id, name, path] = ["account_id", "name", "path"].map(|column| text(policies, row, column));
        let (account_id, name, path) = (account_id?, name?, path?);
        let arn = arn::of(*clouds.get(account_id)?, account_id, arn::Kind::Policy, path, name);
        Some(((account_id, arn), (name, path)))
    };
    let own: HashMap<(&str, String), (&str, &str)> = state.rows(policies.name).iter().filter_map(own).collect();
    for (name, column) in POLICY_ARNS {
        let Some(table) = table(name) else { continue };
        for (at, row) in state.rows(name).iter().enumerate() {
            let cell = |column| text(table, row, column);
            let (Some(arn), Some(account_id)) = (cell(column), cell(table.account_column())) else { continue };
            let Some(&cloud) = clouds.get(account_id) else { continue };
            let clouds_own = managed_policies::of_cloud_by_arn(cloud, arn).map(|policy| (&*policy.name, &*policy.path));
            let Some((name, path)) = clouds_own.or_else(|| own.get(&(account_id, arn.to_owned())).copied()) else {
                // Of those that services have, not every document is known.
                if service_linked_roles::has_policy(cloud, arn) {
                    continue;
                }
                return Err(fault(table, at, column, "there is no such policy"));
            };
            for (column, said) in [("policy_name", name), ("policy_path", path)] {
                if cell(column).is_some_and(|cell| cell != said) {
                    return Err(fault(table, at, column, "is not that of the policy with this ARN"));
                }
            }
        }
    }
    Ok(())
}
