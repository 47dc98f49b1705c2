//! Binding a virtual MFA device in the middle of a sign-in: it is made only once the person has shown its codes, so that
//! whoever turns back leaves none behind.

use std::net::IpAddr;

use crate::app::App;
use crate::domain::account::{Account, Cloud};
use crate::domain::error::{Error, Noun};
use crate::domain::mfa::MfaDevice;
use crate::domain::time::Time;
use crate::domain::user::User;
use crate::store;
use crate::store::accounts::Counter;

use super::sign_in::{Refusal, Shown, SignIn};
use super::sign_in_standing::known;
use super::{acting_as, totp};

/// A seed for a device that is not there yet.
pub fn new_seed(app: &App) -> Vec<u8> {
    app.ids.bytes::<{ totp::SEED_LENGTH }>().to_vec()
}

/// What an authenticator app needs to know of a device: its secret, in two forms.
pub struct Offer {
    /// The seed in base 32.
    pub base32: String,
    /// A QR code of it: a PNG in base 64.
    pub qr_png: String,
}

/// How binding went.
#[derive(Debug)]
pub enum Enrolment {
    /// Bound; what was shown says so.
    Bound,
    /// The codes are not two that follow one another.
    CodesIncorrect,
    /// The password is no longer the one that was shown, or the user may not sign in any more.
    Refused(Refusal),
}

/// What to show for a seed to the person who signs in.
pub fn offer(cloud: Cloud, account_id: &str, user_name: &str, seed: &[u8]) -> Result<Offer, Error> {
    let device = device(account_id, user_name, seed, Time(0));
    Ok(Offer { base32: totp::base32(&device), qr_png: totp::qr_png(&cloud.rules().mfa, &device)? })
}

/// Binds a new device with this seed to the person who signs in, proven by two codes that follow one another. May lose
/// a race: run it through [`super::retry`].
///
/// # Errors
/// `LimitExceeded`.
pub async fn enrol(
    app: &App,
    attempt: &SignIn,
    shown: &mut Shown,
    seed: &[u8],
    codes: [&str; 2],
) -> Result<Enrolment, Error> {
    let (account, user, now) = match known(app, attempt, shown).await? {
        Ok(known) => known,
        Err(refusal) => return Ok(Enrolment::Refused(refusal)),
    };
    if !codes.iter().all(|code| totp::is_well_formed(code)) {
        return Ok(Enrolment::CodesIncorrect);
    }
    let device = bind(app, &account, &user, seed, codes, now, attempt.source_address).await?;
    Ok(match device {
        Some(device) => {
            shown.device = Some(device.name);
            Enrolment::Bound
        }
        None => Enrolment::CodesIncorrect,
    })
}

async fn bind(
    app: &App,
    account: &Account,
    user: &User,
    seed: &[u8],
    codes: [&str; 2],
    now: Time,
    source_address: IpAddr,
) -> Result<Option<MfaDevice>, Error> {
    let most = acting_as(app, account, user, now, source_address).await?.quotas().mfa_devices;
    let mut device = device(&account.id, &user.name, seed, now);
    if !totp::take_two_codes(&account.cloud.rules().mfa, &mut device, codes[0], codes[1], now)? {
        return Ok(None);
    }
    device.user_id = Some(user.id.clone());
    device.bound_at = Some(now);
    let (mut tx, counted) = app.db.write_counting(&account.id, Counter::MfaDevices).await?;
    if counted.mfa_devices > most {
        return Err(Error::LimitExceeded(Noun::MfaDevice, most));
    }
    // Bound meanwhile by somebody else: the next step asks for that one's code.
    if !store::mfa_devices::of_user(&mut tx, &account.id, &user.id).await?.is_empty() {
        return Err(Error::exists(Noun::UserMfaDevice, &*user.name));
    }
    // The cloud's own pages name the device after the user; inferred. That name may be taken.
    if store::mfa_devices::by_name(&mut tx, &account.id, &device.name).await?.is_some() {
        device.name = format!("{}-{}", device.name, app.ids.letters_and_digits(6));
    }
    if !store::mfa_devices::insert(&mut tx, &device).await? {
        return Err(Error::Conflict);
    }
    store::mfa_devices::save(&mut tx, &device).await?;
    tx.commit().await?;
    Ok(Some(device))
}

fn device(account_id: &str, name: &str, seed: &[u8], created_at: Time) -> MfaDevice {
    MfaDevice {
        account_id: account_id.to_owned(),
        name: name.to_owned(),
        path: "/".to_owned(),
        seed: seed.to_vec(),
        user_id: None,
        bound_at: None,
        last_step: 0,
        used_before: 0,
        last_pair: 0,
        drift: 0,
        created_at,
    }
}
