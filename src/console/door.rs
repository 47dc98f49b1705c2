//! How the pages look that command lines send people to: as those where a sign-in to the console starts.

use askama::Template;

use super::parts::{Banner, Field, Tone};
use crate::dialect::sign_in::{Content, Page};

#[derive(Template)]
#[template(path = "console/sign_in/command_line.html")]
struct CommandLinePage<'a> {
    page: &'a Page,
    notice: Option<Banner>,
    account: Field,
    user: Field,
    password: Field,
    code: Field,
    new_password: Field,
}

/// The HTML of a page.
pub(crate) fn door(page: &Page) -> Option<String> {
    let (label, account, user) = match &page.content {
        Content::SignIn { account_label, account, user, .. } => (*account_label, &**account, &**user),
        Content::Nothing | Content::Code(_) => ("", "", ""),
    };
    let drawn = CommandLinePage {
        page,
        notice: (!page.alert.is_empty()).then(|| Banner::new(Tone::Bad, &*page.alert)),
        account: Field::text("account", label).optional().value(account).hint("May be left out"),
        user: Field::text("user", "User name").autocomplete("username").value(user).focus(),
        password: Field::password("password", "Password"),
        code: Field::code("mfa_code", "MFA code").optional().hint("If you have a device"),
        new_password: Field::password("new_password", "New password")
            .autocomplete("new-password")
            .optional()
            .hint("If one is asked for"),
    };
    drawn.render().inspect_err(|error| tracing::error!(%error, "a page could not be rendered")).ok()
}
