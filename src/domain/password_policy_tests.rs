//! The rules of a password policy.

use proptest::prelude::*;

use super::*;

fn judged(policy: &PasswordPolicy, password: &str, user_name: &str, risk: bool, entrance: Entrance) -> Vec<Violation> {
    let owner = Owner { user_name, account_names: ["1000000000000001", "acme"] };
    policy.violations(Cloud::Alibaba.rules(), password, owner, risk, entrance)
}

fn broken(policy: &PasswordPolicy, password: &str) -> Vec<Violation> {
    judged(policy, password, "alice", false, Entrance::Api)
}

#[test]
fn the_default_policy_asks_for_eight_to_thirty_two_characters_and_nothing_else() {
    let policy = PasswordPolicy::default();
    assert_eq!(broken(&policy, "aaaaaaa"), [Violation::TooShort]);
    assert_eq!(broken(&policy, "aaaaaaaa"), []);
    assert_eq!(broken(&policy, &"a".repeat(32)), []);
    assert_eq!(broken(&policy, &"a".repeat(33)), [Violation::TooLong]);
}

#[test]
fn length_counts_characters_not_bytes() {
    assert_eq!(broken(&PasswordPolicy::default(), "密码密码密码密码"), []);
    assert_eq!(broken(&PasswordPolicy::default(), "密码密码密码密"), [Violation::TooShort]);
}

#[test]
fn every_broken_rule_is_told_at_once() {
    let policy = PasswordPolicy {
        require_lowercase: true,
        require_uppercase: true,
        require_numbers: true,
        require_symbols: true,
        minimum_distinct: 3,
        refuse_user_name: true,
        refuse_risk_passwords: true,
        ..PasswordPolicy::default()
    };
    assert_eq!(
        judged(&policy, "  ", "alice", true, Entrance::Api),
        [
            Violation::TooShort,
            Violation::NoLowercase,
            Violation::NoUppercase,
            Violation::NoNumber,
            Violation::NoSymbol,
            Violation::TooFewDistinct,
            Violation::RiskPassword,
        ]
    );
    assert_eq!(broken(&policy, "xALIce1!"), [Violation::ContainsUserName]);
    assert_eq!(broken(&policy, "Other1!!"), []);
}

#[test]
fn three_distinct_characters_refuse_abb_and_take_abc() {
    let policy = PasswordPolicy { minimum_length: 0, minimum_distinct: 3, ..PasswordPolicy::default() };
    assert_eq!(broken(&policy, "abb"), [Violation::TooFewDistinct]);
    assert_eq!(broken(&policy, "abc"), []);
    assert_eq!(broken(&policy, "aabbccdef"), []);
}

#[test]
fn every_printable_ascii_punctuation_is_a_symbol_and_a_space_is_not() {
    let policy = PasswordPolicy { require_symbols: true, ..PasswordPolicy::default() };
    for symbol in (0x21_u8..0x7f).map(char::from).filter(|c| !c.is_ascii_alphanumeric()) {
        assert_eq!(broken(&policy, &format!("abcdefg{symbol}")), [], "{symbol}");
    }
    assert_eq!(broken(&policy, "abcdefg h"), [Violation::NoSymbol]);
}

#[test]
fn a_risk_password_is_always_refused_on_a_page_and_through_the_api_when_the_policy_says_so() {
    let lax = PasswordPolicy::default();
    let strict = PasswordPolicy { refuse_risk_passwords: true, ..PasswordPolicy::default() };
    assert_eq!(judged(&lax, "password1", "alice", true, Entrance::Api), []);
    assert_eq!(judged(&lax, "password1", "alice", true, Entrance::Page), [Violation::RiskPassword]);
    assert_eq!(judged(&strict, "password1", "alice", true, Entrance::Api), [Violation::RiskPassword]);
}

proptest! {
    #[test]
    fn no_password_makes_the_rules_panic(password in ".*", name in ".*") {
        let policy = PasswordPolicy { refuse_user_name: true, minimum_distinct: 8, ..PasswordPolicy::default() };
        let _ = judged(&policy, &password, &name, true, Entrance::Page);
    }

    #[test]
    fn a_password_of_all_classes_passes_every_composition_rule(
        filler in "[a-zA-Z0-9]{4,28}", minimum in 8i64..=8
    ) {
        let policy = PasswordPolicy {
            minimum_length: minimum, require_lowercase: true, require_uppercase: true,
            require_numbers: true, require_symbols: true, ..PasswordPolicy::default()
        };
        prop_assert_eq!(broken(&policy, &format!("aZ1!{filler}")), []);
    }

    #[test]
    fn loosening_a_policy_never_breaks_a_password_it_took(password in "[ -~]{1,40}", length in 8i64..=32) {
        let strict = PasswordPolicy { minimum_length: length, require_numbers: true, ..PasswordPolicy::default() };
        let loose = PasswordPolicy::default();
        if broken(&strict, &password).is_empty() {
            prop_assert_eq!(broken(&loose, &password), []);
        }
    }
}

#[test]
fn the_policy_that_aws_has_before_one_is_set_asks_for_three_of_four_kinds() {
    let policy = PasswordPolicy::initial(Cloud::Aws);
    let owner = Owner { user_name: "bob", account_names: ["123456789012", "Acme-1234"] };
    let judge = |password: &str| policy.violations(Cloud::Aws.rules(), password, owner, true, Entrance::Page);
    assert_eq!(judge("abcdEFG1"), []);
    assert_eq!(judge("abcdefg_1"), []);
    assert_eq!(judge("abcdefg1"), [Violation::TooFewKinds]);
    // Not every sign counts as a symbol.
    assert_eq!(judge("abcdefg1~"), [Violation::TooFewKinds]);
    assert_eq!(judge("acme-1234"), [Violation::IsAccountName]);
    assert_eq!(judge(&"aB3".repeat(43)), [Violation::TooLong]);
    assert_eq!(judge("abC\t12345"), []);
    let set = PasswordPolicy { minimum_length: 6, is_set: true, ..PasswordPolicy::lax() };
    assert_eq!(set.violations(Cloud::Aws.rules(), "abcdef", owner, true, Entrance::Page), []);
}
