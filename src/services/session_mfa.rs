//! The second factor of a call that asks for a session.

use crate::domain::error::{Error, SessionFault};
use crate::domain::mfa::{MfaDevice, name_in_serial_number};
use crate::store;

use super::{Ctx, totp};

/// Checks the code of a device of the calling user, which is used up by that; says whether one was given (STS 2011-06-15
/// AssumeRole and GetSessionToken, SerialNumber and TokenCode).
///
/// # Errors
/// `SessionFault` of a second factor.
pub(super) async fn prove(ctx: &Ctx, serial_number: Option<&str>, code: Option<&str>) -> Result<bool, Error> {
    let (serial_number, code) = match (serial_number, code) {
        (None, None) => return Ok(false),
        (Some(serial_number), Some(code)) => (serial_number, code),
        _ => return Err(SessionFault::MfaIncomplete.into()),
    };
    let unknown = || Error::from(SessionFault::MfaDeviceUnknown);
    let (user_id, _) = ctx.calling_user().ok_or_else(unknown)?;
    let name = name_in_serial_number(ctx.cloud, &ctx.account_id, serial_number).ok_or_else(unknown)?;
    let (mut tx, _) = ctx.app.db.write(&ctx.account_id).await?;
    let found = store::mfa_devices::by_name(&mut tx, &ctx.account_id, name).await?;
    // Names are found without regard to case or path, serial numbers are exact.
    let own = |device: &MfaDevice| {
        device.user_id.as_deref() == Some(user_id) && device.serial_number(ctx.cloud) == serial_number
    };
    let mut device = found.filter(own).ok_or_else(unknown)?;
    let rules = &ctx.cloud.rules().mfa;
    let step = totp::step_of_code(rules, &device, code, ctx.now)?.ok_or(SessionFault::MfaCodeWrong)?;
    totp::spend(rules, &mut device, step, ctx.now);
    store::mfa_devices::save(&mut tx, &device).await?;
    let step = tx.commit_step().await?;
    // Nothing that is kept in memory tells of steps.
    ctx.app.cache.carry_over(&ctx.account_id, step, |_| {});
    Ok(true)
}
