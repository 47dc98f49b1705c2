//! What a sign-in that fails leaves behind: wrong passwords and codes are counted until the user is locked out. It knows
//! nothing of how a password or a code is looked at.

use crate::app::App;
use crate::domain::account::Account;
use crate::domain::error::Error;
use crate::domain::login_profile::LoginProfile;
use crate::domain::time::Time;
use crate::store::{self, Tx};

use super::default_account;
use super::login_profiles::profile_and_history;
use super::sign_in::{Outcome, Refusal, SignIn};
use super::sign_in_standing::Seen;

/// Writes as much as counting a wrong password does, to no effect.
pub(super) async fn idle_write(app: &App, attempt: &SignIn) -> Result<(), Error> {
    let named = attempt.account.as_deref().filter(|id| attempt.cloud.is_account_id(id));
    let default = default_account(app, attempt.cloud);
    for account in [named.unwrap_or(default), default] {
        match app.db.write(account).await {
            Ok((mut tx, account)) => {
                // Nobody has the empty id: these find and change nothing, and take as long as those that do.
                profile_and_history(&mut tx, &account, "").await?;
                store::login_profiles::find(&mut tx, &account.id, "").await?;
                store::users::signed_in(&mut tx, &account.id, "", account.created_at).await?;
                return tx.commit().await;
            }
            Err(Error::Conflict) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// The profile as it is in the transaction, provided that the password checked is still its own.
pub(super) fn unchanged_password(profile: Option<LoginProfile>, seen: &LoginProfile) -> Result<LoginProfile, Error> {
    let hash = |profile: &LoginProfile| profile.password.as_ref().map(|password| password.hash.clone());
    profile.filter(|profile| hash(profile) == hash(seen)).ok_or(Error::Conflict)
}

/// Counts a wrong password. The count is decided in the transaction: of many attempts at a time exactly so many as
/// the policy grants are told that the password is wrong, the others that the user is locked out.
pub(super) async fn wrong_password(app: &App, seen: Seen) -> Result<Outcome, Error> {
    let (mut tx, account) = app.db.write(&seen.account.id).await?;
    let profile = store::login_profiles::find(&mut tx, &account.id, &seen.user.id).await?;
    let profile = unchanged_password(profile, &seen.profile)?;
    if profile.is_locked(seen.now) {
        return Ok(Outcome::Refused(Refusal::Locked));
    }
    count_failure(app, tx, &account, profile, seen.now).await?;
    Ok(Outcome::Refused(Refusal::InvalidCredentials))
}

/// Ends a sign-in that lacks its second factor: a wrong code is counted where the cloud does so.
pub(super) async fn no_second_factor(
    app: &App,
    tx: Tx<'_>,
    account: &Account,
    profile: LoginProfile,
    outcome: Outcome,
    now: Time,
) -> Result<Outcome, Error> {
    let is_wrong = matches!(outcome, Outcome::Refused(Refusal::MfaCodeIncorrect));
    if is_wrong && account.cloud.rules().mfa.wrong_codes_count {
        count_failure(app, tx, account, profile, now).await?;
    }
    Ok(outcome)
}

/// Counts a failure of a user who is not locked out, and ends the transaction by that.
async fn count_failure(
    app: &App,
    mut tx: Tx<'_>,
    account: &Account,
    mut profile: LoginProfile,
    now: Time,
) -> Result<(), Error> {
    profile.count_failure(&account.password_policy, now);
    store::login_profiles::save(&mut tx, &profile).await?;
    let step = tx.commit_step().await?;
    app.cache.carry_over(&account.id, step, |shelf| shelf.forget_profile(&profile.user_id));
    Ok(())
}
