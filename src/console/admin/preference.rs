//! The security preference of the account (IMS 2019-08-15 SetSecurityPreference), as a form.

use axum::response::Response;

use super::super::page::Failure;
use super::super::signed_in::SignedForm;
use super::desk::Desk;
use super::form::{Form, Input};
use super::permission::{self as deeds, On};
use super::settings::{Faults, PATH, Typed, number, page};
use super::view::{Block, Panel};
use crate::domain::account::Account;
use crate::domain::error::Error;
use crate::domain::security_preference::{
    IDLE_DAYS, MfaAtLogin, PreferenceChange, SESSION_HOURS, SecurityPreference, masks_are_valid,
};
use crate::services::security_preference;

const WAYS: [(&str, &str, MfaAtLogin); 3] = [
    ("independent", "As each user's own settings say", MfaAtLogin::Independent),
    ("mandatory", "At every sign-in", MfaAtLogin::Mandatory),
    ("adaptive", "Only at unusual sign-ins", MfaAtLogin::Adaptive),
];

type Switch = (&'static str, &'static str, fn(&SecurityPreference) -> bool);

const SWITCHES: [Switch; 7] = [
    ("change_password", "Users may change their own password", |set| set.change_password),
    ("manage_access_keys", "Users may manage their own access keys", |set| set.manage_access_keys),
    ("manage_mfa_devices", "Users may manage their own MFA devices", |set| set.manage_mfa_devices),
    ("save_mfa_ticket", "A browser that passed MFA may skip it for seven days", |set| set.save_mfa_ticket),
    ("passkey_login", "Users may sign in with a passkey", |set| set.passkey_login),
    ("manage_service_credentials", "Users may manage their own service credentials", |set| {
        set.manage_service_credentials
    }),
    ("manage_personal_dingtalk", "Users may bind a DingTalk account", |set| set.manage_personal_dingtalk),
];

fn form(desk: &Desk, set: &SecurityPreference, typed: Option<&Typed>, faults: &Faults) -> Form {
    let value = |field: &str, kept: String| typed.and_then(|typed| typed.get(field).cloned()).unwrap_or(kept);
    let fault = |field: &str| faults.get(field).cloned().unwrap_or_default();
    let mut form = desk.form(format!("{PATH}/preference"), "Save the security preference");
    let ways = WAYS.iter().map(|(name, title, _)| ((*name).to_owned(), (*title).to_owned())).collect();
    let way = WAYS.iter().find(|(.., way)| *way == set.mfa_at_login).map_or("", |(name, ..)| name);
    let mfa = Input::select("mfa_at_login", "A second factor is asked for", ways);
    form = form.with(mfa.value(value("mfa_at_login", way.to_owned())).error(fault("mfa_at_login")));
    let hours = (*SESSION_HOURS.start(), *SESSION_HOURS.end());
    let session = Input::number("session_hours", "Hours a console session lasts", hours);
    let session = session.hint(format!("{} to {}.", hours.0, hours.1)).error(fault("session_hours"));
    form = form.with(session.value(value("session_hours", set.session_hours.to_string())));
    let masks = Input::text("network_masks", "Networks that users may sign in from");
    let masks = masks.hint("Addresses or CIDR blocks with ; between them, 40 at the most. Empty is anywhere.");
    form = form.with(masks.value(value("network_masks", set.network_masks.clone())).error(fault("network_masks")));
    for (field, label, kept) in [
        ("idle_days_users", "Console logon is switched off after", set.idle_days_users),
        ("idle_days_access_keys", "An access key is called idle after", set.idle_days_access_keys),
    ] {
        let days = IDLE_DAYS.iter().map(|days| (days.to_string(), format!("{days} days without use"))).collect();
        let input = Input::select(field, label, days).value(value(field, kept.to_string()));
        form = form.with(input.error(fault(field)));
    }
    for (field, label, kept) in SWITCHES {
        let is_on = typed.map_or_else(|| kept(set), |typed| typed.contains_key(field));
        form = form.with(Input::check(field, label, is_on));
    }
    form
}

pub(super) async fn panel(
    desk: &Desk,
    account: &Account,
    typed: Option<&Typed>,
    faults: &Faults,
) -> Result<Panel, Failure> {
    let block = if let Some(missing) = desk.lacks(deeds::GET_PREFERENCE, &[On::Account]).await? {
        Block::Missing(missing)
    } else {
        let form = || form(desk, &account.security_preference, typed, faults).block();
        desk.offer(deeds::SET_PREFERENCE, &[On::Account], form).await?
    };
    Ok(Panel::new("preference", "Security preference", vec![block]))
}

pub(super) async fn save(sent: SignedForm<Typed>) -> Result<Response, Failure> {
    let desk = Desk::new(sent.signed_in, "settings");
    let typed = sent.form;
    let text = |field: &str| typed.get(field).map(|text| text.trim()).unwrap_or_default();
    if !super::words::of_cloud(desk.cloud()).has_preference {
        return Err(desk.fail(Error::Missing("SecurityPreference")));
    }
    let on = [On::Said("MFAOperationForLogin", text("mfa_at_login"))];
    desk.demand(deeds::SET_PREFERENCE, &on).await?;
    let mut faults = Faults::new();
    let mut note = |field: &'static str, fault: String| drop(faults.insert(field, fault));
    let way = WAYS.iter().find(|(name, ..)| *name == text("mfa_at_login")).map(|(.., way)| *way);
    if way.is_none() {
        note("mfa_at_login", "Choose one of these.".to_owned());
    }
    let hours = number(&typed, "session_hours", &SESSION_HOURS);
    if let Err(fault) = &hours {
        note("session_hours", fault.clone());
    }
    let masks = text("network_masks").to_owned();
    if !masks_are_valid(&masks) {
        note("network_masks", "Use up to 40 addresses or CIDR blocks with ; between them.".to_owned());
    }
    let mut days = |field: &'static str| {
        let days = text(field).parse::<i64>().ok().filter(|days| IDLE_DAYS.contains(days));
        if days.is_none() {
            note(field, "Choose one of these.".to_owned());
        }
        days
    };
    let (idle_days_users, idle_days_access_keys) = (days("idle_days_users"), days("idle_days_access_keys"));
    if !faults.is_empty() {
        return page(&desk, Some(("preference", &typed, &faults))).await;
    }
    let is_on = |field: &str| Some(typed.contains_key(field));
    let change = PreferenceChange {
        save_mfa_ticket: is_on("save_mfa_ticket"),
        change_password: is_on("change_password"),
        manage_access_keys: is_on("manage_access_keys"),
        manage_mfa_devices: is_on("manage_mfa_devices"),
        manage_service_credentials: is_on("manage_service_credentials"),
        manage_personal_dingtalk: is_on("manage_personal_dingtalk"),
        passkey_login: is_on("passkey_login"),
        session_hours: hours.ok(),
        network_masks: Some(masks),
        mfa_at_login: way,
        idle_days_users,
        idle_days_access_keys,
        ..PreferenceChange::default()
    };
    let change = move |desk: Desk| {
        let change = change.clone();
        async move { security_preference::set(desk.ctx(), change).await }
    };
    desk.change(PATH, "The security preference is saved.", change).await
}
