//! What stands in the way of deleting something, each with the way to where it is removed.

use super::super::page::Failure;
use super::desk::Desk;
use super::permission::{Deed, On};
use super::view::{Block, Cell, Link, Panel};
use crate::domain::error::{Error, Noun};

/// Where on the page of what is to be deleted something is removed; nothing is in the API alone.
fn place(still: Noun) -> (&'static str, &'static str) {
    match still {
        Noun::AttachedPolicy | Noun::AttachablePolicy => ("#policies", "attached policies: detach them"),
        Noun::UserPolicy | Noun::GroupPolicy | Noun::RolePolicy => ("#inline", "inline policies: delete them"),
        Noun::Group | Noun::GroupOfUser => ("#groups", "groups: leave them"),
        Noun::GroupMember => ("#members", "members: take them out"),
        Noun::AccessKey => ("#keys", "access keys: delete them"),
        Noun::LoginProfile => ("#logon", "console logon: clear it"),
        Noun::UserMfaDevice => ("#mfa", "an MFA device: unbind it"),
        Noun::PolicyVersion => ("#versions", "other versions: delete them"),
        Noun::SigningCertificate => ("", "signing certificates: DeleteSigningCertificate"),
        Noun::SshPublicKey => ("", "SSH public keys: DeleteSSHPublicKey"),
        Noun::ServiceCredential => ("", "credentials for single services: DeleteServiceSpecificCredential"),
        Noun::InstanceProfile => ("", "instance profiles: RemoveRoleFromInstanceProfile"),
        _ => ("#holders", "users, groups or roles that have it: detach it"),
    }
}

/// The panel that deletes: a button, and before it what has to go first.
pub(super) async fn panel(
    desk: &Desk,
    deed: Deed,
    on: &[On<'_>],
    found: Result<Vec<Noun>, Error>,
    form: Block,
) -> Result<Panel, Failure> {
    let mut blocks = Vec::new();
    if let Some(missing) = desk.lacks(deed, on).await? {
        return Ok(Panel::new("delete", "Delete", vec![Block::Missing(missing)]));
    }
    let still = found.map_err(|error| desk.fail(error))?;
    if !still.is_empty() {
        blocks.push(Block::Text("These have to go before it can be deleted:".to_owned()));
        let cells = still.into_iter().map(|still| match place(still) {
            ("", by) => Cell::Soft(format!("{by}, through the API")),
            (place, by) => Cell::Button(Link::new(place, capital(by))),
        });
        blocks.push(Block::Cells(cells.collect()));
    }
    blocks.push(form);
    Ok(Panel::new("delete", "Delete", blocks))
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
