//! The field that chooses an account: a list while accounts are few, and a line to type into where there are many.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::app::App;
use crate::console::page::Failure;
use crate::console::sign_in::cloud_name;
use crate::domain::account::Cloud;
use crate::services::accounts;

/// The most accounts in a list: a page must not grow with the server.
const MOST: usize = 50;

/// An account to choose.
struct Choice {
    id: String,
    label: String,
    is_here: bool,
}

/// See the module.
#[derive(Template)]
#[template(path = "console/testers/account_field.html")]
pub(super) struct AccountField {
    label: &'static str,
    /// What no account means; empty where there must be one.
    none: &'static str,
    value: String,
    choices: Vec<Choice>,
}

impl HtmlSafe for AccountField {}

impl AccountField {
    /// The field, with the account chosen so far. `cloud` leaves out those of the other.
    pub(super) async fn of(
        app: &App,
        label: &'static str,
        none: &'static str,
        cloud: Option<Cloud>,
        value: &str,
    ) -> Result<Self, Failure> {
        let page = accounts::page(app, cloud, "", MOST).await?;
        let mut choices = Vec::new();
        if page.next.is_none() {
            choices.extend(page.items.into_iter().map(|(account, _)| {
                let alias = account.own_alias().map(|alias| format!(" ({alias})")).unwrap_or_default();
                let label = match cloud {
                    Some(_) => format!("{}{alias}", account.id),
                    None => format!("{} · {}{alias}", cloud_name(account.cloud), account.id),
                };
                Choice { label, is_here: account.id == value, id: account.id }
            }));
        }
        Ok(Self { label, none, value: value.to_owned(), choices })
    }
}
