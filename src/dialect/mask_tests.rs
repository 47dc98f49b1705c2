//! What is masked, what is shown, and how much of it is kept.

use super::*;

fn strangers(pairs: &[(&str, &str)]) -> Seen {
    seen(pairs.iter().copied(), |_| Known::Not)
}

fn bytes(parameters: &Parameters) -> usize {
    parameters.0.iter().map(|(name, value)| weight(name, value)).sum()
}

fn value<'a>(seen: &'a Seen, name: &str) -> Option<&'a str> {
    seen.parameters.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

#[test]
fn a_text_that_repeats_a_secret_is_not_kept() {
    let pairs = [("UserName", "alice"), ("Password", "First-Door-1"), ("Password", "abc")];
    let hidden = strangers(&pairs).hidden;
    assert_eq!(hidden.0, ["First-Door-1"]);
    assert_eq!(hidden.unless_telling("no user alice abc").as_deref(), Some("no user alice abc"));
    assert_eq!(hidden.unless_telling("Value 'First-Door-1' at 'password'"), None);
}

#[test]
fn a_long_secret_is_looked_for_by_its_start_and_too_many_hide_every_text() {
    let long = "s".repeat(100_000);
    let hidden = strangers(&[("Password", &long)]).hidden;
    assert_eq!((hidden.0.len(), hidden.0[0].len()), (1, LONGEST_LOOKED_FOR));
    assert_eq!(hidden.unless_telling(&format!("not {long}")), None);
    let names: Vec<String> = (0..5_000).map(|n| format!("Password{n}")).collect();
    let pairs: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), name.as_str())).collect();
    let hidden = strangers(&pairs).hidden;
    assert_eq!((hidden.0.len(), hidden.unless_telling("anything")), (MOST_LOOKED_FOR + 1, None));
}

#[test]
fn what_an_operation_takes_is_shown_whatever_words_are_in_it() {
    let document = r#"{"Action":["secretsmanager:GetSecretValue","sts:GetSessionToken"]}"#;
    let pairs = [("PolicyArn", "arn:aws:iam::aws:policy/IAMUserChangePassword"), ("PolicyDocument", document)];
    let all = seen(pairs.into_iter(), |name| Known::taken(name, 131_072));
    for (name, text) in pairs {
        assert_eq!(value(&all, name), Some(text));
    }
    assert!(all.hidden.0.is_empty());
    for (name, text) in pairs {
        assert_eq!(value(&strangers(&[(name, text)]), name), Some(MASK), "of a stranger {name}");
    }
}

#[test]
fn secret_parameters_are_secret_in_any_case() {
    for name in SECRET_PARAMETERS {
        for name in [name.to_owned(), name.to_lowercase(), name.to_uppercase(), format!("A.{name}.1")] {
            assert_eq!(Known::taken(&name, 9), Known::Secret, "{name}");
            assert_eq!(shown(&name, "v").1, MASK, "{name}");
        }
    }
}

#[test]
fn strangers_that_sound_secret_are_masked() {
    for name in
        ["pwd", "Code", "Otp", "MFACode", "Pass word", "x-Api-KEY", "Seed", "my_secret", "aToKen", "User.1.PASS"]
    {
        let all = strangers(&[(name, "hunter2")]);
        assert!(!format!("{:?}", all.parameters).contains("hunter2"), "{name}");
        assert_eq!(all.hidden.unless_telling("no hunter2"), None, "{name}");
    }
    let all = strangers(&[(r#"{"password":"hunter2"}"#, ""), (&"n".repeat(LONGEST_NAME + 1), "hunter2")]);
    assert_eq!(all.parameters.0, vec![(MASK.to_owned(), MASK.to_owned()); 2]);
    let all = strangers(&[("A", "user:password=hunter2"), ("B", "plain"), ("C", "a=b"), ("D", "a token")]);
    let values: Vec<&str> = all.parameters.0.iter().map(|(_, value)| value.as_str()).collect();
    assert_eq!(values, [MASK, "plain", "a=b", "a token"]);
}

#[test]
fn of_what_no_table_has_only_the_start_is_read() {
    let mut long = "=".to_owned() + &"x".repeat(700_000);
    let before = shown("A", &long).1.into_owned();
    assert_eq!(before.len(), MOST_KEPT + "…".len());
    long.push_str("password");
    assert_eq!(shown("A", &long).1, before);
    let near = format!("={}password", "x".repeat(MOST_READ - 20));
    assert_eq!(shown("A", &near).1, MASK);
    // Wherever a character of many bytes is cut.
    for at in 0..4 {
        let smileys = "x".repeat(at) + &"\u{1f600}".repeat(2_000);
        assert!(shown("A", &smileys).1.len() <= MOST_KEPT + "…".len());
    }
}

#[test]
fn no_entry_holds_more_than_its_bytes() {
    let smileys = "\u{1f600}".repeat(1_000);
    let names: Vec<String> = (0..1_000).map(|n| format!("A{n}{}", "n".repeat(100))).collect();
    let mut pairs: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), smileys.as_str())).collect();
    let document = "d".repeat(60_000);
    pairs.extend([("Zebra", "short"), ("List.1", "item"), ("PolicyA", &document), ("PolicyB", &document)]);
    let known = |name: &str| if name.starts_with('A') { Known::Not } else { Known::Open(131_072) };
    let all = seen(pairs.into_iter(), known);
    assert!(bytes(&all.parameters) <= MOST_BYTES + weight(OMITTED.0, OMITTED.1), "{}", bytes(&all.parameters));
    assert_eq!((value(&all, "Zebra"), value(&all, "List.1")), (Some("short"), Some("item")));
    assert_eq!((value(&all, "PolicyA"), value(&all, "PolicyB")), (Some(&*document), None));
    assert_eq!(all.parameters.0.last().unwrap(), &(OMITTED.0.to_owned(), OMITTED.1.to_owned()));
    let few = strangers(&[("B", "2"), ("A", "1")]);
    assert_eq!((few.parameters.0.len(), value(&few, OMITTED.0)), (2, None));
}

#[test]
fn a_million_empty_parameters_are_few() {
    let all = seen((0..1_000_000).map(|_| ("", "")), |_| Known::Not);
    assert!(bytes(&all.parameters) <= MOST_BYTES + weight(OMITTED.0, OMITTED.1));
}

#[test]
fn a_value_beyond_its_bound_is_cut() {
    let long = "é".repeat(5_000);
    let all = seen([("UserName", &*long), ("Policy", &*long)].into_iter(), |name| {
        Known::Open(if name == "Policy" { 5_000 } else { 64 })
    });
    assert_eq!(value(&all, "Policy"), Some(&*long));
    assert_eq!(value(&all, "UserName").unwrap().chars().count(), LEAST_KEPT + 1);
}

#[test]
fn names_are_in_the_order_of_their_numbers() {
    let mut names = ["T.10.K", "T.2.K", "T.1.V", "T.1.K", "T.1a.K", "T", "S.9", "T.01.K", "T.100000000000000000000.K"];
    names.sort_by(|a, b| by_name(a, b));
    let sorted = ["S.9", "T", "T.01.K", "T.1.K", "T.1.V", "T.2.K", "T.10.K", "T.100000000000000000000.K", "T.1a.K"];
    assert_eq!(names, sorted);
}

#[test]
fn what_should_be_a_name_and_is_none_is_told_nowhere() {
    for (name, told) in [("X&Password=hunter2", false), ("DoIt", true), ("2010-05-08", true), ("é", false)] {
        let mut hidden = Hidden::default();
        hidden.unless_name(name);
        assert_eq!(hidden.unless_telling(&format!("Could not find {name}")).is_some(), told, "{name}");
    }
    let mut hidden = Hidden::default();
    hidden.unless_name("");
    assert!(hidden.unless_telling("anything").is_some());
}
