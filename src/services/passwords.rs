//! Passwords: judging them by the policy, hashing them, and telling a remembered one again.
//!
//! All remembered passwords of a user are hashed with the user's one salt, so that one hash of a new password tells
//! whether it is any of them. The price: whoever steals the store can try a guess against all of one user's remembered
//! passwords at once. Salts differ between users, so nothing can be tried against two users at once.

use secrecy::{ExposeSecret, SecretString};

use crate::app::App;
use crate::app::hasher::{PasswordHash, SALT_LENGTH};
use crate::domain::account::Account;
use crate::domain::error::{Error, PasswordRefusal};
use crate::domain::password_policy::{Entrance, Owner, Violation};

/// A new password, hashed with the user's salt and with whatever other salts and costs remembered ones have.
pub(super) struct Prepared {
    hash: PasswordHash,
    others: Vec<PasswordHash>,
}

impl Prepared {
    /// The hash to store.
    pub(super) fn to_phc(&self) -> String {
        self.hash.to_phc()
    }

    /// Whether the password is one of `remembered`.
    ///
    /// # Errors
    /// `Conflict` when one of them was remembered since the password was prepared, with a salt not known then.
    pub(super) fn is_among(&self, remembered: &[String]) -> Result<bool, Error> {
        let mut found = false;
        for phc in remembered {
            let old = parse(phc)?;
            let hashes = std::iter::once(&self.hash).chain(&self.others);
            let comparable = hashes.into_iter().find(|hash| hash.is_comparable(&old)).ok_or(Error::Conflict)?;
            found |= comparable.same_password(&old);
        }
        Ok(found)
    }
}

fn parse(phc: &str) -> Result<PasswordHash, Error> {
    PasswordHash::parse(phc).ok_or_else(|| Error::internal("unreadable password hash"))
}

/// Hashes a new password for a user who has `remembered` ones, the newest first. Costs one hash as long as the cost
/// of hashing was not changed.
pub(super) async fn prepare(app: &App, password: &SecretString, remembered: &[String]) -> Result<Prepared, Error> {
    let mut kinds: Vec<PasswordHash> = Vec::new();
    for phc in remembered {
        let old = parse(phc)?;
        if !kinds.iter().any(|kind| kind.is_comparable(&old)) {
            kinds.push(old);
        }
    }
    let cost = app.hasher.cost();
    let salt = match kinds.iter().position(|kind| kind.cost == cost) {
        Some(at) => kinds.swap_remove(at).salt,
        None => app.ids.bytes::<SALT_LENGTH>().to_vec(),
    };
    let hash = app.hasher.hash(password, salt, cost).await?;
    let mut others = Vec::new();
    for kind in kinds {
        others.push(app.hasher.hash(password, kind.salt, kind.cost).await?);
    }
    Ok(Prepared { hash, others })
}

/// Whether a password is on lists of well-known ones.
pub(super) fn is_well_known(account: &Account, password: &SecretString) -> bool {
    let password = password.expose_secret();
    // Nothing so long is on any list; looking it up would only take time.
    password.len() <= 4 * account.cloud.rules().longest_password && passwords::analyzer::is_common_password(password)
}

/// All rules but reuse that a password breaks.
pub(super) fn violations(
    account: &Account,
    password: &SecretString,
    user_name: &str,
    entrance: Entrance,
) -> Vec<Violation> {
    let rules = account.cloud.rules();
    let risk = is_well_known(account, password);
    let password = password.expose_secret();
    let owner = Owner { user_name, account_names: [&account.id, &account.alias] };
    account.password_policy.violations(rules, password, owner, risk, entrance)
}

/// Refuses a password that breaks rules; `parameter` carried it.
pub(super) fn refuse(parameter: &'static str, violations: Vec<Violation>) -> Result<(), Error> {
    if violations.is_empty() { Ok(()) } else { Err(Error::PasswordRejected(parameter, PasswordRefusal { violations })) }
}
