//! Browsers that need not show a code for a while: giving them a ticket, and whether one they show is good.

use secrecy::{ExposeSecret, SecretString};

use crate::app::App;
use crate::domain::account::Account;
use crate::domain::error::Error;
use crate::domain::login_profile::LoginProfile;
use crate::domain::mfa::MfaDevice;
use crate::domain::mfa_ticket::{MfaTicket, TICKET_SECONDS};
use crate::domain::time::{DAY, Time};
use crate::store::{self, Conn};

use super::callers::token_hash;
use super::console_sessions;

/// How long tickets are remembered in real time: an account's clock may stand still meanwhile.
const REMEMBERED_SECONDS: i64 = 30 * DAY;
/// The most tickets of one browser that are looked at.
const MOST_LOOKED_AT: usize = 20;

/// Whether a browser may be remembered in this account.
pub(super) fn may_be_given(account: &Account) -> bool {
    account.cloud.rules().remembers_browsers && account.security_preference.save_mfa_ticket
}

fn password_print(profile: &LoginProfile) -> Option<String> {
    let password = profile.password.as_ref()?;
    Some(token_hash(&format!("{} {}", password.set_at.0, password.hash)))
}

/// Whether one of the tickets that a browser holds stands for a code of the user's device.
pub(super) async fn one_holds(
    conn: &mut Conn,
    account: &Account,
    profile: &LoginProfile,
    devices: &[MfaDevice],
    shown: &[SecretString],
    now: Time,
) -> Result<bool, Error> {
    if !may_be_given(account) || devices.is_empty() {
        return Ok(false);
    }
    let Some(print) = password_print(profile) else { return Ok(false) };
    for secret in shown.iter().take(MOST_LOOKED_AT) {
        let found = store::mfa_tickets::find(conn, &account.id, &token_hash(secret.expose_secret())).await?;
        if found.is_some_and(|ticket| ticket.holds(&profile.user_id, devices, &print, now)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Gives a ticket for the device whose code was shown; the secret is told once.
pub(super) async fn give(
    app: &App,
    conn: &mut Conn,
    account: &Account,
    profile: &LoginProfile,
    device: &MfaDevice,
    now: Time,
) -> Result<Option<SecretString>, Error> {
    let (Some(bound_at), Some(print)) = (device.bound_at, password_print(profile)) else { return Ok(None) };
    let secret = console_sessions::new_secret(app);
    let ticket = MfaTicket {
        ticket_hash: token_hash(secret.expose_secret()),
        account_id: account.id.clone(),
        user_id: profile.user_id.clone(),
        device_name: device.name.clone(),
        device_bound_at: bound_at,
        password_print: print,
        expires_at: now.plus_seconds(TICKET_SECONDS),
        forget_at: app.system_now().plus_seconds(REMEMBERED_SECONDS),
    };
    store::mfa_tickets::insert(conn, &ticket).await?;
    Ok(Some(secret))
}
