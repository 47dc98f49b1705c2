//! Which texts match which patterns.

use std::time::Instant;

use proptest::prelude::*;

use super::*;

const WILDCARDS: Grammar = Grammar { wildcards: true, variables: false, ignores_case: false };
const ALL: Grammar = Grammar { wildcards: true, variables: true, ignores_case: false };

fn matches(pattern: &str, text: &str) -> bool {
    Pattern::parse(pattern, WILDCARDS).matches(text)
}

fn variable(key: &str, default: Option<&str>) -> Part {
    Part::Variable(Variable { key: key.into(), default: default.map(str::to_owned) })
}

fn literal(text: &str) -> Part {
    Part::Literal(text.into())
}

#[test]
fn wildcards_stand_for_any_run_and_any_one_character() {
    for (pattern, text) in [
        ("", ""),
        ("*", ""),
        ("**", "abc"),
        ("a*", "a"),
        ("*c", "abc"),
        ("a*c", "abcbc"),
        ("a*b*c", "aXbYbc"),
        ("?", "ä"),
        ("a?c*", "aäc"),
        ("*?", "x"),
        ("*ab?", "ababc"),
        ("arn:aws:s3:::*/x", "arn:aws:s3:::a/b/x"),
    ] {
        assert!(matches(pattern, text), "{pattern} {text}");
    }
    for (pattern, text) in
        [("", "a"), ("a", ""), ("?", ""), ("?", "ab"), ("a*c", "ab"), ("*ab", "abc"), ("a", "A"), ("*?", "")]
    {
        assert!(!matches(pattern, text), "{pattern} {text}");
    }
}

#[test]
fn without_wildcards_they_are_plain_characters() {
    let plain = Pattern::parse("a*?", Grammar::default());
    assert!(plain.matches("a*?"));
    assert!(!plain.matches("abc"));
    let folded = Pattern::parse("S3:get*", Grammar { ignores_case: true, ..WILDCARDS });
    assert!(folded.matches("s3:GetObject"));
    assert!(!folded.matches("s3:PutObject"));
}

#[test]
fn variables_are_taken_apart() {
    let parts = |text| Pattern::parse(text, ALL).parts().to_vec();
    assert_eq!(
        parts("a/${aws:username}/*"),
        [literal("a/"), variable("aws:username", None), literal("/"), Part::AnyRun]
    );
    assert_eq!(parts("${aws:userid, 'no}body'}x"), [variable("aws:userid", Some("no}body")), literal("x")]);
    assert_eq!(parts("${aws:userid,''}"), [variable("aws:userid", Some(""))]);
    assert_eq!(parts("${*}${?}${$}{a}*"), [literal("*?${a}"), Part::AnyRun]);
    assert_eq!(parts("***"), [Part::AnyRun]);
    for no_variable in ["${aws:username", "${}", "$", "${a, b}", "${a, 'b}", "$ {a}", "${, 'b'}"] {
        assert_eq!(parts(no_variable), [literal(no_variable)]);
    }
    let old = Pattern::parse("${aws:username}", WILDCARDS);
    assert_eq!(old.parts(), [literal("${aws:username}")]);
}

#[test]
fn nothing_in_a_variables_value_is_a_wildcard_and_none_matches_without_it() {
    let pattern = Pattern::parse("home/${aws:username}/*", ALL);
    let named = |name: &'static str| move |key: &str| (key == "aws:username").then_some(Cow::Borrowed(name));
    assert!(pattern.matches_with("home/al/x", named("al")));
    assert!(!pattern.matches_with("home/al/x", named("*")));
    assert!(pattern.matches_with("home/*/x", named("*")));
    assert!(!pattern.matches("home/${aws:username}/x"));
    assert!(!pattern.matches_with("home//x", |_| None));
    assert!(Pattern::parse("${k, 'a*'}", ALL).matches("a*"));
    assert!(!Pattern::parse("${k, 'a*'}", ALL).matches("ab"));
}

#[test]
fn a_pattern_made_to_be_slow_is_not() {
    let pattern = Pattern::parse(&format!("{}b", "a*".repeat(1_000)), WILDCARDS);
    let text = "a".repeat(10_000);
    let begun = Instant::now();
    assert!(!pattern.matches(&text));
    assert!(!Pattern::parse(&format!("*{}b", "a".repeat(500)), WILDCARDS).matches(&text));
    let beginnings = "${a,'".repeat(25_000);
    assert_eq!(Pattern::parse(&beginnings, ALL).parts(), [literal(&beginnings)]);
    assert!(begun.elapsed().as_secs() < 5, "{:?}", begun.elapsed());
}

/// The definition, which takes exponential time.
fn slowly(pattern: &[char], text: &[char]) -> bool {
    match (pattern, text) {
        ([], []) => true,
        (['*', rest @ ..], _) => (0..=text.len()).any(|taken| slowly(rest, &text[taken..])),
        (['?', rest @ ..], [_, after @ ..]) => slowly(rest, after),
        ([wanted, rest @ ..], [c, after @ ..]) => wanted == c && slowly(rest, after),
        _ => false,
    }
}

proptest! {
    #[test]
    fn matching_is_as_defined(pattern in "[ab*?]{0,8}", text in "[abc]{0,8}") {
        let chars = |text: &str| text.chars().collect::<Vec<_>>();
        prop_assert_eq!(matches(&pattern, &text), slowly(&chars(&pattern), &chars(&text)));
    }

    #[test]
    fn a_text_matches_itself_and_what_it_begins_with(text in "\\PC{0,20}", more in "\\PC{0,20}") {
        prop_assert!(Pattern::parse(&text, Grammar::default()).matches(&text));
        let begun = Pattern::parse(&format!("{}*", text.replace(['*', '?'], "")), WILDCARDS);
        let whole = format!("{}{}", text.replace(['*', '?'], ""), more);
        prop_assert!(begun.matches(&whole));
    }

    #[test]
    fn parsing_and_matching_never_panic(text in "([$]|[{]|[}]|[*]|'|,| |a|ä|\\PC){0,30}", other in "\\PC{0,20}") {
        let pattern = Pattern::parse(&text, ALL);
        prop_assert_eq!(pattern.text(), text.as_str());
        pattern.matches(&other);
        pattern.matches_with(&other, |key| Some(Cow::Owned(key.repeat(2))));
    }
}
