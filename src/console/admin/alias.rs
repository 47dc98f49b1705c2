//! The account's alias, which people sign in with, and which makes the default domain where the cloud has one.

use axum::response::Response;
use serde::Deserialize;

use super::super::page::Failure;
use super::super::signed_in::SignedForm;
use super::desk::Desk;
use super::form::Input;
use super::permission::{self as deeds, On};
use super::settings::PATH;
use super::view::{Block, Cell, Panel};
use super::{Nothing, words};
use crate::domain::account::Account;
use crate::domain::name;
use crate::services::accounts;

pub(super) async fn panel(desk: &Desk, account: &Account) -> Result<Panel, Failure> {
    const HEADING: &str = "Account alias";
    if let Some(missing) = desk.lacks(deeds::GET_ALIAS, &[On::Account]).await? {
        return Ok(Panel::new("sign-in-name", HEADING, vec![Block::Missing(missing)]));
    }
    let mut facts = vec![("Alias", Cell::or_dash(account.own_alias().unwrap_or_default()))];
    facts.extend(account.sign_in_domain().map(|domain| ("Default domain", Cell::copy("the default domain", domain))));
    let mut blocks = vec![Block::Facts(facts)];
    let alias = Input::text("alias", "New alias").value(account.own_alias().unwrap_or_default()).required();
    let form = || {
        let alias = alias.hint("3 to 63 lower-case letters, digits and dashes.");
        desk.form(format!("{PATH}/alias"), "Save the alias").with(alias).quiet().block()
    };
    let warning = words::of_cloud(desk.cloud()).alias;
    blocks.push(Block::Text(warning.to_owned()));
    blocks.push(desk.offer(deeds::SET_ALIAS, &[On::Account], form).await?);
    if account.own_alias().is_some() {
        let form = desk.form(format!("{PATH}/alias/clear"), "Remove the alias");
        let clear = || form.confirm("Remove the alias", warning).block();
        blocks.push(desk.offer(deeds::CLEAR_ALIAS, &[On::Account], clear).await?);
    }
    Ok(Panel::new("sign-in-name", HEADING, blocks))
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Sent {
    alias: String,
}

pub(super) async fn save(sent: SignedForm<Sent>) -> Result<Response, Failure> {
    let desk = Desk::new(sent.signed_in, "settings");
    let alias = sent.form.alias.trim().to_owned();
    desk.demand(deeds::SET_ALIAS, &[On::Account]).await?;
    if name::check_account_alias(&alias).is_err() {
        let text = "An alias has 3 to 63 lower-case letters, digits and dashes, none at an end and no two in a row.";
        return Ok(desk.refused(PATH, text));
    }
    let text = format!("The account's alias is {alias} now.");
    let change = move |desk: Desk| {
        let alias = alias.clone();
        async move { accounts::set_alias(desk.ctx(), Some(&alias)).await }
    };
    desk.change(PATH, &text, change).await
}

pub(super) async fn clear(sent: SignedForm<Nothing>) -> Result<Response, Failure> {
    let desk = Desk::new(sent.signed_in, "settings");
    desk.demand(deeds::CLEAR_ALIAS, &[On::Account]).await?;
    let change = |desk: Desk| async move { accounts::set_alias(desk.ctx(), None).await };
    desk.change(PATH, "The account has no alias any more.", change).await
}
