//! Virtual MFA devices. What a code must be is known elsewhere; here is which steps may still be used.

use std::fmt;

use super::account::Cloud;
use super::arn::{self, Kind};
use super::time::Time;

/// Seconds a code is shown (RFC 6238; the clouds' devices use the usual 30).
pub const STEP_SECONDS: i64 = 30;

/// A virtual MFA device.
#[derive(Clone)]
pub struct MfaDevice {
    /// The account it belongs to.
    pub account_id: String,
    /// Its name.
    pub name: String,
    /// Its path, `/` or `/…/`; `/` on Alibaba Cloud, which has none.
    pub path: String,
    /// The secret its codes are made of.
    pub seed: Vec<u8>,
    /// The user it is bound to.
    pub user_id: Option<String>,
    /// When it was bound.
    pub bound_at: Option<Time>,
    /// The newest step whose code was taken.
    pub last_step: i64,
    /// Which codes before that one were taken: the lowest bit is the step before it.
    pub used_before: i64,
    /// The later step of the newest pair of codes that was taken.
    pub last_pair: i64,
    /// By how many steps its clock is ahead, as the newest pair of codes told.
    pub drift: i64,
    /// When it was made.
    pub created_at: Time,
}

impl MfaDevice {
    /// Its serial number, which is its ARN (CreateVirtualMFADevice of RAM 2015-05-01 and IAM 2010-05-08).
    pub fn serial_number(&self, cloud: Cloud) -> String {
        arn::of(cloud, &self.account_id, Kind::MfaDevice, &self.path, &self.name)
    }
}

/// The device's name in a serial number of this account.
pub fn name_in_serial_number<'a>(cloud: Cloud, account_id: &str, serial_number: &'a str) -> Option<&'a str> {
    let parsed = arn::parse(cloud, Kind::MfaDevice, serial_number)?;
    (parsed.account_id == account_id).then_some(parsed.name)
}

impl fmt::Debug for MfaDevice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MfaDevice").field("name", &self.name).field("user_id", &self.user_id).finish_non_exhaustive()
    }
}
