//! The account's password policy and, where the cloud has one, its security preference: forms with their ranges.

use std::collections::HashMap;
use std::ops::RangeInclusive;

use axum::http::StatusCode;
use axum::response::Response;

use super::super::page::Failure;
use super::super::signed_in::{SignedForm, SignedIn};
use super::desk::Desk;
use super::form::{Form, Input};
use super::permission::{self as deeds, On};
use super::view::{Block, Cell, Link, Panel};
use super::{Nothing, alias, preference, words};
use crate::domain::account::Cloud;
use crate::domain::password_policy::{PasswordPolicy, PolicyChange};
use crate::services::password_policy;

pub(super) const PATH: &str = "/console/settings";

/// What was typed, by field; what a browser leaves out is a box that is not ticked.
pub(super) type Typed = HashMap<String, String>;
/// What is wrong, by field.
pub(super) type Faults = HashMap<&'static str, String>;

/// A number of the policy: its field, label, range, and where it is kept.
type Number = (&'static str, &'static str, RangeInclusive<i64>, fn(&mut PasswordPolicy) -> &mut i64);
/// A switch of the policy.
type Switch = (&'static str, &'static str, fn(&mut PasswordPolicy) -> &mut bool);

/// The ranges of IMS 2019-08-15 SetPasswordPolicy and of IAM 2010-05-08 UpdateAccountPasswordPolicy.
fn numbers(cloud: Cloud) -> Vec<Number> {
    let lengths = match cloud {
        Cloud::Alibaba => PolicyChange::MINIMUM_LENGTH,
        Cloud::Aws => 6..=128,
    };
    let mut all: Vec<Number> = vec![
        ("minimum_length", "Least number of characters", lengths, |policy| &mut policy.minimum_length),
        ("max_age_days", "Days a password lasts (0 is for ever)", PolicyChange::MAX_AGE_DAYS, |policy| {
            &mut policy.max_age_days
        }),
        ("reuse_prevention", "Passwords that may not come back (0 is off)", PolicyChange::REUSE_PREVENTION, |policy| {
            &mut policy.reuse_prevention
        }),
    ];
    if cloud == Cloud::Alibaba {
        all.extend::<[Number; 3]>([
            (
                "max_login_attempts",
                "Wrong passwords or codes until the user is locked out for an hour (0 is off)",
                PolicyChange::MAX_LOGIN_ATTEMPTS,
                |policy| &mut policy.max_login_attempts,
            ),
            ("minimum_distinct", "Least number of different characters", PolicyChange::MINIMUM_DISTINCT, |policy| {
                &mut policy.minimum_distinct
            }),
            (
                "initial_age_days",
                "Days an initial password waits for its first sign-in (0 is for ever)",
                PolicyChange::INITIAL_AGE_DAYS,
                |policy| &mut policy.initial_age_days,
            ),
        ]);
    }
    all
}

fn switches(cloud: Cloud) -> Vec<Switch> {
    let mut all: Vec<Switch> = vec![
        ("require_lowercase", "Needs a lower-case letter", |policy| &mut policy.require_lowercase),
        ("require_uppercase", "Needs an upper-case letter", |policy| &mut policy.require_uppercase),
        ("require_numbers", "Needs a digit", |policy| &mut policy.require_numbers),
        ("require_symbols", "Needs a special character", |policy| &mut policy.require_symbols),
        ("hard_expiry", "Whoever has a lapsed password needs an administrator", |policy| &mut policy.hard_expiry),
    ];
    match cloud {
        Cloud::Alibaba => all.extend::<[Switch; 2]>([
            ("refuse_user_name", "The user name may not be in it", |policy| &mut policy.refuse_user_name),
            ("refuse_risk_passwords", "Well-known passwords are refused through the API too", |policy| {
                &mut policy.refuse_risk_passwords
            }),
        ]),
        Cloud::Aws => {
            all.push(("users_may_change", "Users may change their own password", |policy| {
                &mut policy.users_may_change
            }));
        }
    }
    all
}

/// A number that was typed, or what is wrong with it.
pub(super) fn number(typed: &Typed, field: &str, range: &RangeInclusive<i64>) -> Result<i64, String> {
    let number = typed.get(field).and_then(|text| text.trim().parse::<i64>().ok());
    let wrong = || format!("Use a whole number from {} to {}.", range.start(), range.end());
    number.filter(|number| range.contains(number)).ok_or_else(wrong)
}

fn policy_form(desk: &Desk, mut policy: PasswordPolicy, typed: Option<&Typed>, faults: &Faults) -> Form {
    let mut form = desk.form(format!("{PATH}/password-policy"), "Save the password policy");
    for (field, label, range, kept) in numbers(desk.cloud()) {
        let value = typed.and_then(|typed| typed.get(field).cloned()).unwrap_or_else(|| kept(&mut policy).to_string());
        let hint = format!("{} to {}.", range.start(), range.end());
        let input = Input::number(field, label, (*range.start(), *range.end())).value(value).hint(hint);
        form = form.with(input.error(faults.get(field).cloned().unwrap_or_default()));
    }
    for (field, label, kept) in switches(desk.cloud()) {
        let is_on = typed.map_or_else(|| *kept(&mut policy), |typed| typed.contains_key(field));
        form = form.with(Input::check(field, label, is_on));
    }
    form
}

/// The page, with what was typed into the form of that name.
pub(super) async fn page(desk: &Desk, typed: Option<(&str, &Typed, &Faults)>) -> Result<Response, Failure> {
    let account = desk.ctx().account().await.map_err(|error| desk.fail(error))?;
    let none = Faults::new();
    let of = |form: &str| typed.filter(|(name, ..)| *name == form).map(|(_, typed, _)| typed);
    let faults = |form: &str| typed.filter(|(name, ..)| *name == form).map_or(&none, |(_, _, faults)| faults);
    let words = words::of_cloud(desk.cloud());
    let mut view = desk.view("Settings");
    view.lead =
        String::from("What holds for all users of the account. Passwords that are set already stay as they are.");
    let mut blocks = Vec::new();
    if let Some(missing) = desk.lacks(deeds::GET_PASSWORD_POLICY, &[On::Account]).await? {
        blocks.push(Block::Missing(missing));
    } else {
        if words.clears_policy && !account.password_policy.is_set {
            let text = "No policy is set. Until one is, the cloud's own holds: 8 characters of three kinds.";
            blocks.push(Block::Text(text.to_owned()));
        }
        let policy = account.password_policy.clone();
        let form = || policy_form(desk, policy, of("policy"), faults("policy")).block();
        blocks.push(desk.offer(deeds::SET_PASSWORD_POLICY, &[On::Account], form).await?);
        let may_clear = words.clears_policy && account.password_policy.is_set;
        if may_clear && desk.may(deeds::CLEAR_PASSWORD_POLICY, &[On::Account]).await? {
            let form = desk.form(format!("{PATH}/password-policy/clear"), "Delete the password policy");
            blocks.push(form.confirm("Delete the password policy", "The cloud's own policy holds again.").block());
        }
    }
    view.panels.push(Panel::new("password-policy", "Password policy", blocks));
    if words.has_preference {
        view.panels.push(preference::panel(desk, &account, of("preference"), faults("preference")).await?);
    }
    view.panels.push(alias::panel(desk, &account).await?);
    let status = if typed.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    Ok(desk.send_as(status, &view))
}

pub(super) async fn show(me: SignedIn) -> Result<Response, Failure> {
    let desk = Desk::new(me, "settings");
    page(&desk, None).await
}

pub(super) async fn save_policy(sent: SignedForm<Typed>) -> Result<Response, Failure> {
    let desk = Desk::new(sent.signed_in, "settings");
    desk.demand(deeds::SET_PASSWORD_POLICY, &[On::Account]).await?;
    let account = desk.ctx().account().await.map_err(|error| desk.fail(error))?;
    // Where a policy can be taken back nothing is kept of the one before (IAM 2010-05-08 UpdateAccountPasswordPolicy).
    let starts_anew = words::of_cloud(desk.cloud()).clears_policy;
    let before = if starts_anew { PasswordPolicy::lax() } else { account.password_policy.clone() };
    let mut policy = PasswordPolicy { is_set: true, hard_expiry_given: true, ..before };
    let mut faults = Faults::new();
    for (field, _, range, kept) in numbers(desk.cloud()) {
        match number(&sent.form, field, &range) {
            Ok(number) => *kept(&mut policy) = number,
            Err(fault) => drop(faults.insert(field, fault)),
        }
    }
    for (field, _, kept) in switches(desk.cloud()) {
        *kept(&mut policy) = sent.form.contains_key(field);
    }
    if !faults.is_empty() {
        return page(&desk, Some(("policy", &sent.form, &faults))).await;
    }
    let change = move |desk: Desk| {
        let policy = policy.clone();
        async move { password_policy::replace(desk.ctx(), policy).await }
    };
    desk.change(PATH, "The password policy is saved. It holds for the passwords to come.", change).await
}

pub(super) async fn clear_policy(sent: SignedForm<Nothing>) -> Result<Response, Failure> {
    let desk = Desk::new(sent.signed_in, "settings");
    desk.demand(deeds::CLEAR_PASSWORD_POLICY, &[On::Account]).await?;
    if !words::of_cloud(desk.cloud()).clears_policy {
        let mut view = desk.view("That is not possible");
        view.blocks.push(Block::Cells(vec![Cell::Button(Link::new(PATH, "To the settings"))]));
        return Ok(desk.send_as(StatusCode::CONFLICT, &view));
    }
    let change = |desk: Desk| async move { password_policy::clear(desk.ctx()).await };
    desk.change(PATH, "The password policy is deleted.", change).await
}
