//! The smallest policy that permits so much and no more; must not know who asked for it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

/// Actions, each with a resource, as statements: actions with the same resources stand in one, and all is sorted.
///
/// An action on everything needs none of its other resources.
pub fn least_statements(needs: impl IntoIterator<Item = (String, String)>) -> Vec<(Vec<String>, Vec<String>)> {
    let mut by_action: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (action, resource) in needs {
        by_action.entry(action).or_default().insert(resource);
    }
    let mut by_resources: BTreeMap<BTreeSet<String>, Vec<String>> = BTreeMap::new();
    for (action, resources) in by_action {
        let all = resources.contains("*");
        let resources = if all { BTreeSet::from(["*".to_owned()]) } else { resources };
        by_resources.entry(resources).or_default().push(action);
    }
    let mut statements: Vec<_> =
        by_resources.into_iter().map(|(resources, actions)| (actions, resources.into_iter().collect())).collect();
    statements.sort();
    statements
}

/// The smallest policy, in the version of a language.
pub fn least_policy(version: &str, needs: impl IntoIterator<Item = (String, String)>) -> Value {
    let statement = |(actions, resources): (Vec<String>, Vec<String>)| json!({"Effect": "Allow", "Action": actions, "Resource": resources});
    let statements: Vec<Value> = least_statements(needs).into_iter().map(statement).collect();
    json!({"Version": version, "Statement": statements})
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statements(needs: &[(&str, &str)]) -> Vec<(Vec<String>, Vec<String>)> {
        least_statements(needs.iter().map(|(action, resource)| ((*action).to_owned(), (*resource).to_owned())))
    }

    #[test]
    fn actions_with_the_same_resources_stand_in_one_statement() {
        let found = statements(&[("b", "1"), ("a", "2"), ("a", "1"), ("b", "2"), ("c", "1"), ("c", "1")]);
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        assert_eq!(found, [(texts(&["a", "b"]), texts(&["1", "2"])), (texts(&["c"]), texts(&["1"]))]);
        assert_eq!(statements(&[("a", "*"), ("a", "1")]), [(texts(&["a"]), texts(&["*"]))]);
        assert_eq!(statements(&[]), []);
    }

    #[test]
    fn a_policy_has_its_languages_version() {
        let policy = least_policy("1", [("ram:GetUser".to_owned(), "*".to_owned())]);
        assert_eq!(
            policy,
            json!({"Version": "1", "Statement": [{"Effect": "Allow", "Action": ["ram:GetUser"], "Resource": ["*"]}]})
        );
    }
}
