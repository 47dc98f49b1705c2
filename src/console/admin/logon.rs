//! A user's console logon: switched on with a password, changed, switched off, cleared. A generated password is shown
//! once.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::super::page::{Failure, stamp};
use super::super::parts::Tone;
use super::super::signed_in::{SignedForm, SignedIn};
use super::desk::Desk;
use super::form::Input;
use super::permission::{self as deeds, On};
use super::user::named;
use super::users::{PATH, path};
use super::view::{Block, Cell, Link, Panel};
use super::{Nothing, words};
use crate::domain::arn::Kind;
use crate::domain::error::Error;
use crate::domain::login_profile::{LoginProfile, LogonStatus, PasswordStatus};
use crate::domain::user::User;
use crate::services::generated_passwords;
use crate::services::login_profiles::{self, Create, Update};

async fn profile(desk: &Desk, user: &User) -> Result<Option<LoginProfile>, Failure> {
    match desk.ctx().login_profile(user).await {
        Ok(found) => {
            let account = desk.ctx().account().await.map_err(|error| desk.fail(error))?;
            let mut profile = (*found).clone();
            profile.follow(&account.password_policy, desk.cloud().rules());
            Ok(Some(profile))
        }
        Err(Error::NotFound(..)) => Ok(None),
        Err(error) => Err(desk.fail(error)),
    }
}

pub(super) async fn panel(desk: &Desk, user: &User) -> Result<Panel, Failure> {
    const HEADING: &str = "Console logon";
    let on = [On::One(Kind::User, &user.name)];
    if let Some(missing) = desk.lacks(deeds::GET_LOGON, &on).await? {
        return Ok(Panel::new("logon", HEADING, vec![Block::Missing(missing)]));
    }
    let form = format!("{}/logon", path(&user.name));
    let Some(profile) = profile(desk, user).await? else {
        let enable = || Block::Cells(vec![Cell::Button(Link::new(&*form, "Enable console logon"))]);
        let enable = desk.offer(deeds::CREATE_LOGON, &on, enable).await?;
        let empty = Block::empty("Console logon is not enabled", "The user has no password and cannot sign in.");
        return Ok(Panel::new("logon", HEADING, vec![empty, enable]));
    };
    let words = words::of_cloud(desk.cloud());
    let mut blocks = vec![Block::Facts(facts(desk, &profile).await?)];
    let change = || Block::Cells(vec![Cell::Button(Link::new(&*form, "Modify or reset the password"))]);
    blocks.push(desk.offer(deeds::UPDATE_LOGON, &on, change).await?);
    let clear = || {
        let action = format!("{form}/clear");
        desk.form(action, "Clear console logon").confirm("Clear console logon", words.clear).block()
    };
    blocks.push(desk.offer(deeds::DELETE_LOGON, &on, clear).await?);
    Ok(Panel::new("logon", HEADING, blocks))
}

async fn facts(desk: &Desk, profile: &LoginProfile) -> Result<Vec<(&'static str, Cell)>, Failure> {
    let account = desk.ctx().account().await.map_err(|error| desk.fail(error))?;
    let (now, idle_days) = (desk.ctx().now, account.security_preference.idle_days_users);
    let words = words::of_cloud(desk.cloud());
    let yes = |is: bool| Cell::text(if is { "Yes" } else { "No" });
    let mut facts = Vec::new();
    if words.has_logon_switches {
        let status = match profile.status_at(idle_days, now) {
            LogonStatus::Active => Cell::badge(Tone::Good, "Enabled"),
            LogonStatus::Inactive if profile.auto_disabled_at(idle_days, now) => {
                Cell::badge(Tone::Warning, "Disabled, since the user was idle")
            }
            LogonStatus::Inactive => Cell::badge(Tone::Warning, "Disabled"),
        };
        facts.push(("Status", status));
    }
    let password = match (&profile.password, profile.password_status(now)) {
        (None, _) => Cell::badge(Tone::Warning, "None set"),
        (_, PasswordStatus::InitialValid) => Cell::badge(Tone::Plain, "Initial, nobody signed in with it yet"),
        (_, PasswordStatus::InitialExpired) => Cell::badge(Tone::Bad, "Initial and lapsed: reset it"),
        (Some(password), PasswordStatus::NotInitial) if password.expired(now) => Cell::badge(Tone::Bad, "Lapsed"),
        (_, PasswordStatus::NotInitial) => Cell::badge(Tone::Good, "Good"),
    };
    facts.push(("Password", password));
    if let Some(password) = &profile.password {
        facts.push(("Password set", Cell::text(stamp(password.set_at))));
        let lapses = password.expiry().map_or_else(|| "Never".to_owned(), stamp);
        facts.push(("Password lapses", Cell::text(lapses)));
    }
    facts.push(("New password at the next sign-in", yes(profile.password_reset_required)));
    if words.has_logon_switches {
        facts.push(("MFA device needed", yes(profile.mfa_bind_required)));
    }
    if let Some(until) = profile.locked_until.filter(|_| profile.is_locked(now)) {
        let text = format!("Until {}, for wrong passwords or codes", stamp(until));
        facts.push(("Locked", Cell::badge(Tone::Bad, text)));
    }
    let from = profile.last_login_address.as_deref().unwrap_or_default();
    let seen = profile.last_login_at.map(|at| format!("{}, from {from}", stamp(at))).unwrap_or_default();
    facts.push(("Last sign-in", Cell::or_dash(seen)));
    Ok(facts)
}

/// What is filled in: absent check boxes are not sent.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Sent {
    how: String,
    password: String,
    status: String,
    reset_required: Option<String>,
    mfa_required: Option<String>,
}

/// What the form shows.
#[expect(clippy::struct_excessive_bools, reason = "each is a box of the form")]
struct Shown<'a> {
    user: &'a str,
    is_new: bool,
    is_on: bool,
    reset_required: bool,
    mfa_required: bool,
    how: &'a str,
    error: &'a str,
}

fn page(desk: &Desk, status: StatusCode, shown: &Shown<'_>) -> Response {
    let words = words::of_cloud(desk.cloud());
    let option = |value: &str, title: &str| (value.to_owned(), title.to_owned());
    let mut ways = vec![option("generated", "Generate one, and show it once"), option("own", "The one below")];
    if !shown.is_new {
        ways.insert(0, option("keep", "Keep the current one"));
    }
    let submit = if shown.is_new { "Enable console logon" } else { "Save" };
    let mut form = desk.form(format!("{}/logon", path(shown.user)), submit);
    if words.has_logon_switches {
        let states = vec![option("Active", "Enabled"), option("Inactive", "Disabled")];
        let value = if shown.is_on { "Active" } else { "Inactive" };
        let hint = "Disabling ends the user's console sessions, and those of the roles the user switched to, at once. \
                    Password, devices and access keys stay.";
        form = form.with(Input::select("status", "Console logon", states).value(value).hint(hint));
    }
    let own = Input::password("password", "Own password").hint("Only where “the one below” is chosen.");
    let how = Input::select("how", "Password", ways).value(shown.how);
    form = form.with(if shown.is_new { how } else { how.hint(words.reset) }).with(own.error(shown.error));
    let reset = "The next sign-in must set a new password";
    form = form.with(Input::check("reset_required", reset, shown.reset_required));
    if words.has_logon_switches {
        let bind = "A sign-in needs an MFA device";
        let bind = Input::check("mfa_required", bind, shown.mfa_required);
        form = form.with(bind.hint("Whoever has none binds one at the next sign-in."));
    }
    let title = if shown.is_new { "Enable console logon" } else { "Modify console logon" };
    let mut view = desk.view(title);
    view.trail = vec![Link::new(PATH, "Users"), Link::new(path(shown.user), shown.user)];
    view.panels = vec![Panel::new("logon", "Console logon", vec![form.cancel(path(shown.user)).block()])];
    desk.send_as(status, &view)
}

pub(super) async fn show(me: SignedIn, Path(name): Path<String>) -> Result<Response, Failure> {
    let desk = Desk::new(me, "users");
    let on = [On::One(Kind::User, &name)];
    desk.demand(deeds::GET_LOGON, &on).await?;
    let user = desk.ctx().user(&named(&name)).await.map_err(|error| desk.fail(error))?;
    let found = profile(&desk, &user.0).await?;
    desk.demand(if found.is_some() { deeds::UPDATE_LOGON } else { deeds::CREATE_LOGON }, &on).await?;
    let shown = Shown {
        user: &user.0.name,
        is_new: found.is_none(),
        is_on: found.as_ref().is_none_or(|profile| profile.status == LogonStatus::Active),
        reset_required: found.as_ref().is_none_or(|profile| profile.password_reset_required),
        mfa_required: found.as_ref().is_some_and(|profile| profile.mfa_bind_required),
        how: if found.is_some() { "keep" } else { "generated" },
        error: "",
    };
    Ok(page(&desk, StatusCode::OK, &shown))
}

pub(super) async fn save(Path(name): Path<String>, sent: SignedForm<Sent>) -> Result<Response, Failure> {
    let desk = Desk::new(sent.signed_in, "users");
    let form = sent.form;
    let on = [On::One(Kind::User, &name)];
    let user = desk.ctx().user(&named(&name)).await;
    let found = match &user {
        Ok(user) => profile(&desk, &user.0).await?,
        Err(_) => None,
    };
    desk.demand(if found.is_some() { deeds::UPDATE_LOGON } else { deeds::CREATE_LOGON }, &on).await?;
    let user = user.map_err(|error| desk.fail(error))?;
    let account = desk.ctx().account().await.map_err(|error| desk.fail(error))?;
    let (password, is_generated) = match &*form.how {
        "own" => (Some(SecretString::from(form.password)), false),
        "keep" if found.is_some() => (None, false),
        _ => (Some(generated_passwords::password(&desk.ctx().app.ids, account.password_policy.minimum_length)), true),
    };
    let switches = words::of_cloud(desk.cloud()).has_logon_switches;
    let status = if form.status == "Inactive" && switches { LogonStatus::Inactive } else { LogonStatus::Active };
    let (reset, bind) = (form.reset_required.is_some(), switches && form.mfa_required.is_some());
    let (given, who, is_new) = (password.clone(), named(&name), found.is_none());
    let done = desk.run(move |desk| {
        let (who, password) = (who.clone(), given.clone());
        async move {
            if is_new {
                let (password_reset_required, mfa_bind_required) = (reset, bind);
                let create = Create { password, status, password_reset_required, mfa_bind_required };
                login_profiles::create(desk.ctx(), &who, &create).await
            } else {
                let (password_reset_required, status) = (Some(reset), switches.then_some(status));
                let mfa_bind_required = switches.then_some(bind);
                let update = Update { password, status, password_reset_required, mfa_bind_required };
                login_profiles::update(desk.ctx(), &who, &update).await
            }
        }
    });
    match done.await? {
        Ok(_) if is_generated => Ok(told(&desk, &user.0.name, password.as_ref())),
        Ok(_) if is_new => Ok(desk.done(&path(&name), "Console logon is enabled.")),
        Ok(_) => Ok(desk.done(&path(&name), "Console logon is changed.")),
        Err(error @ Error::PasswordRejected(..)) => {
            let text = desk.words(&error).map(|(_, text)| text).unwrap_or_default();
            let shown = Shown {
                user: &user.0.name,
                is_new,
                is_on: status == LogonStatus::Active,
                reset_required: reset,
                mfa_required: bind,
                how: &form.how,
                error: &text,
            };
            Ok(page(&desk, StatusCode::BAD_REQUEST, &shown))
        }
        Err(error) => desk.undone(&path(&name), error),
    }
}

/// Shows a generated password, once.
fn told(desk: &Desk, user: &str, password: Option<&SecretString>) -> Response {
    let mut view = desk.view("The new password");
    view.trail = vec![Link::new(PATH, "Users"), Link::new(path(user), user)];
    view.blocks.push(Block::warning("The password is shown now and never again. Copy it before you go on."));
    let password = password.map(|password| password.expose_secret().to_owned()).unwrap_or_default();
    let facts = vec![("User", Cell::text(user)), ("Password", Cell::copy("the password", password))];
    let on = Block::Cells(vec![Cell::Button(Link::new(path(user), "I have copied it"))]);
    view.panels.push(Panel::new("password", "Password", vec![Block::Facts(facts), on]));
    desk.send(&view)
}

pub(super) async fn clear(Path(name): Path<String>, sent: SignedForm<Nothing>) -> Result<Response, Failure> {
    let desk = Desk::new(sent.signed_in, "users");
    desk.demand(deeds::DELETE_LOGON, &[On::One(Kind::User, &name)]).await?;
    let user = named(&name);
    let change = move |desk: Desk| {
        let user = user.clone();
        async move { login_profiles::delete(desk.ctx(), &user).await }
    };
    desk.change(&path(&name), "Console logon is cleared: the password is gone.", change).await
}
