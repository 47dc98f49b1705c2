//! How the pages look that command lines send people to: as those where a sign-in to the console starts.

use askama::Template;

use super::parts::{Banner, Field, Tone};
use crate::dialect::sign_in::{Content, Page, Step};

#[derive(Template)]
#[template(path = "console/sign_in/command_line.html")]
struct CommandLinePage<'a> {
    page: &'a Page,
    notice: Option<Banner>,
    fields: Vec<Field>,
}

/// The HTML of a page.
pub(crate) fn door(page: &Page) -> Option<String> {
    let fields = fields(page);
    let notice = match &page.content {
        // told at the field
        Content::SignIn { is_wrong: true, .. } => None,
        Content::SignIn { step: Step::Code | Step::NewPassword, .. } => Some(Tone::Plain),
        Content::SignIn { .. } | Content::Nothing | Content::Code(_) => Some(Tone::Bad),
    };
    let notice = notice.filter(|_| !page.alert.is_empty()).map(|tone| Banner::new(tone, &*page.alert));
    let drawn = CommandLinePage { page, notice, fields };
    drawn.render().inspect_err(|error| tracing::error!(%error, "a page could not be rendered")).ok()
}

/// The fields of the form: those of a later step when it has come.
fn fields(page: &Page) -> Vec<Field> {
    let Content::SignIn { account_label, account, user, step, is_wrong, has_code, .. } = &page.content else {
        return Vec::new();
    };
    let at = |field: Field, here: Step| {
        if *step == here && *is_wrong { field.error(&*page.alert) } else { field }
    };
    let name = Field::text("user", "User name").autocomplete("username").value(&**user);
    let password = at(Field::password("password", "Password"), Step::Password);
    // a page that keeps nothing asks for the password at each step
    let password = if *step == Step::Password { password } else { password.hint("Once more, with what follows") };
    let (name, password) = if user.is_empty() { (name.focus(), password) } else { (name, password.focus()) };
    let mut fields = vec![
        Field::text("account", account_label).optional().value(&**account).hint("May be left out"),
        name,
        password,
    ];
    if *has_code {
        fields.push(at(Field::code("mfa_code", "MFA code"), Step::Code));
    }
    if *step == Step::NewPassword {
        let field = Field::password("new_password", "New password").autocomplete("new-password");
        fields.push(at(field, Step::NewPassword));
    }
    fields
}
