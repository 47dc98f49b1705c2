//! The states of a password, lockout and idleness through time.

use super::*;

const START: Time = Time(1_000_000_000_000_000);

fn days(days: i64) -> Time {
    START.plus_seconds(days * DAY)
}

fn profile() -> LoginProfile {
    LoginProfile {
        account_id: "1".into(),
        user_id: "2".into(),
        status: LogonStatus::Active,
        password_reset_required: false,
        mfa_bind_required: false,
        password: None,
        auto_disabled: false,
        idle_since: START,
        failed_attempts: 0,
        locked_until: None,
        last_login_at: None,
        last_login_address: None,
        created_at: START,
        updated_at: START,
    }
}

fn policy(max_age_days: i64, initial_age_days: i64) -> PasswordPolicy {
    PasswordPolicy { max_age_days, initial_age_days, ..PasswordPolicy::default() }
}

fn with_password(policy: &PasswordPolicy) -> LoginProfile {
    let mut profile = profile();
    profile.reset_password("hash".into(), policy, START);
    profile
}

#[test]
fn the_first_password_is_initial_and_lapses_to_the_second() {
    let profile = with_password(&policy(0, 14));
    assert_eq!(profile.password_status(START), PasswordStatus::InitialValid);
    assert_eq!(profile.password_status(days(14).plus_seconds(-1)), PasswordStatus::InitialValid);
    assert_eq!(profile.password_status(days(14)), PasswordStatus::InitialExpired);
}

#[test]
fn a_profile_without_a_password_has_nothing_initial_and_its_first_one_is() {
    let mut profile = profile();
    assert_eq!(profile.password_status(days(99)), PasswordStatus::NotInitial);
    profile.reset_password("hash".into(), &policy(0, 14), START);
    assert_eq!(profile.password_status(START), PasswordStatus::InitialValid);
}

#[test]
fn a_sign_in_in_time_ends_the_initial_state_for_good() {
    let mut profile = with_password(&policy(0, 14));
    profile.signed_in("127.0.0.1", days(13));
    assert_eq!(profile.password_status(days(400)), PasswordStatus::NotInitial);
    assert!(!profile.password.as_ref().unwrap().expired(days(400)));
    profile.reset_password("other".into(), &policy(0, 14), days(20));
    assert_eq!(
        profile.password_status(days(400)),
        PasswordStatus::NotInitial,
        "a reset after a sign-in is not initial"
    );
}

#[test]
fn a_reset_before_any_sign_in_starts_the_initial_age_again() {
    let mut profile = with_password(&policy(0, 14));
    profile.reset_password("other".into(), &policy(0, 14), days(10));
    assert_eq!(profile.password_status(days(23)), PasswordStatus::InitialValid);
    assert_eq!(profile.password_status(days(24)), PasswordStatus::InitialExpired);
}

#[test]
fn an_initial_password_lasts_the_shorter_of_both_ages() {
    let lapses = |policy: PasswordPolicy| with_password(&policy).password.unwrap().expiry();
    assert_eq!(lapses(policy(0, 14)), Some(days(14)));
    assert_eq!(lapses(policy(7, 14)), Some(days(7)));
    assert_eq!(lapses(policy(30, 14)), Some(days(14)));
    assert_eq!(lapses(policy(30, 0)), Some(days(30)));
    assert_eq!(lapses(policy(0, 0)), None);
}

#[test]
fn after_a_sign_in_only_the_maximum_age_counts_from_when_the_password_was_set() {
    let mut profile = with_password(&policy(30, 14));
    profile.signed_in("127.0.0.1", days(10));
    assert_eq!(profile.password.unwrap().expiry(), Some(days(30)));
}

#[test]
fn switching_console_logon_off_does_not_stop_the_clock() {
    let mut profile = with_password(&policy(0, 14));
    profile.status = LogonStatus::Inactive;
    assert_eq!(profile.password_status(days(14)), PasswordStatus::InitialExpired);
}

#[test]
fn so_many_wrong_passwords_lock_for_exactly_one_hour() {
    let policy = PasswordPolicy { max_login_attempts: 3, ..PasswordPolicy::default() };
    let mut profile = with_password(&policy);
    for _ in 0..2 {
        profile.count_failure(&policy, START);
        assert!(!profile.is_locked(START));
    }
    profile.count_failure(&policy, START);
    assert!(profile.is_locked(START.plus_seconds(LOCKOUT_SECONDS - 1)));
    assert!(!profile.is_locked(START.plus_seconds(LOCKOUT_SECONDS)));

    let later = START.plus_seconds(LOCKOUT_SECONDS);
    profile.count_failure(&policy, later);
    assert_eq!(profile.failed_attempts, 1, "a lock that ran out starts the count anew");
    assert!(!profile.is_locked(later));
}

#[test]
fn a_reset_and_a_sign_in_clear_the_lock_and_zero_attempts_never_lock() {
    let policy = PasswordPolicy { max_login_attempts: 1, ..PasswordPolicy::default() };
    let mut profile = with_password(&policy);
    profile.count_failure(&policy, START);
    assert!(profile.is_locked(START));
    profile.reset_password("other".into(), &policy, START);
    assert!(!profile.is_locked(START));

    let off = PasswordPolicy::default();
    for _ in 0..100 {
        profile.count_failure(&off, START);
    }
    assert!(!profile.is_locked(START));
    profile.signed_in("127.0.0.1", START);
    assert_eq!(profile.failed_attempts, 0);
}

#[test]
fn an_idle_user_is_switched_off_the_day_after_the_limit() {
    let mut profile = profile();
    assert_eq!(profile.status_at(90, days(91).plus_seconds(-1)), LogonStatus::Active);
    assert_eq!(profile.status_at(90, days(91)), LogonStatus::Inactive);
    assert!(profile.auto_disabled_at(90, days(91)));
    profile.status = LogonStatus::Inactive;
    assert!(!profile.auto_disabled_at(90, days(91)), "switched off by hand is not switched off by itself");
}

#[test]
fn a_password_shows_no_hash_when_printed() {
    assert!(!format!("{:?}", with_password(&policy(0, 14))).contains("hash"));
}
