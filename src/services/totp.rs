//! Codes of virtual MFA devices (RFC 6238 with SHA-1, six digits, thirty seconds; that the clouds use SHA-1 is
//! inferred from every authenticator app taking their seeds).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use totp_rs::{Builder, Secret, Totp};

use crate::domain::error::Error;
use crate::domain::mfa::{MfaDevice, STEP_SECONDS};
use crate::domain::rules::MfaRules;
use crate::domain::time::Time;

/// Bytes of a seed: 40 give the 64 characters that samples of Base32StringSeed have.
pub const SEED_LENGTH: usize = 40;

fn totp(device: &MfaDevice, rules: &MfaRules) -> Result<Totp, Error> {
    Builder::new()
        .with_secret(device.seed.clone())
        .with_issuer(Some(rules.issuer))
        .with_account_name((rules.label)(&device.name, &device.account_id))
        .build()
        .map_err(|error| Error::internal(error.to_string()))
}

fn step_of(time: Time) -> i64 {
    time.seconds() / STEP_SECONDS
}

fn code_at_step(totp: &Totp, step: i64) -> String {
    let seconds = u64::try_from(step * STEP_SECONDS).unwrap_or(0);
    totp.generate(seconds).to_string()
}

/// The code a device shows at `now`. A device whose clock was far off when it was bound is shown with that clock.
pub fn code(rules: &MfaRules, device: &MfaDevice, now: Time) -> Result<String, Error> {
    let far_off = device.drift.abs() > rules.window;
    let step = step_of(now).saturating_add(if far_off { device.drift } else { 0 });
    Ok(code_at_step(&totp(device, rules)?, step))
}

/// Whether `code` is six digits.
pub fn is_well_formed(code: &str) -> bool {
    code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit())
}

/// A code that a device shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// The code of this step, not used before; see [`spend`].
    Fresh(i64),
    /// One that was used before.
    Spent,
}

/// What the device's showing of `code` at about `now` comes to; none where it shows another.
pub fn look_up(rules: &MfaRules, device: &MfaDevice, code: &str, now: Time) -> Result<Option<Shown>, Error> {
    let totp = totp(device, rules)?;
    let here = step_of(now).saturating_add(device.drift);
    let steps = (here - rules.window)..=(here + rules.window);
    // Every step is looked at, so that the time does not tell which one it was.
    let matching = steps.filter(|step| is_same(&code_at_step(&totp, *step), code)).max();
    let shown = |step| if is_unused(rules, device, step, here) { Shown::Fresh(step) } else { Shown::Spent };
    Ok(matching.map(shown))
}

/// The step of `code` if it is good at `now` and was not used before; see [`spend`].
pub fn step_of_code(rules: &MfaRules, device: &MfaDevice, code: &str, now: Time) -> Result<Option<i64>, Error> {
    Ok(match look_up(rules, device, code, now)? {
        Some(Shown::Fresh(step)) => Some(step),
        Some(Shown::Spent) | None => None,
    })
}

/// Whether the device knows of codes that lie ahead of it: they were used by a clock that has since been moved back.
fn is_rewound(newest: i64, rules: &MfaRules, here: i64) -> bool {
    newest > here.saturating_add(rules.window + 1)
}

/// Whether a code of `step` was not used yet.
fn is_unused(rules: &MfaRules, device: &MfaDevice, step: i64, here: i64) -> bool {
    if step > device.last_step || is_rewound(device.last_step, rules, here) {
        return true;
    }
    rules.spends_one_by_one && bit_before(device.last_step, step).is_some_and(|bit| device.used_before & bit == 0)
}

/// The bit that stands for a step before the newest one; none for that one itself and for those too long ago.
fn bit_before(newest: i64, step: i64) -> Option<i64> {
    let back = newest.checked_sub(step)?.checked_sub(1)?;
    u32::try_from(back).ok().filter(|back| *back < i64::BITS - 1).map(|back| 1 << back)
}

/// Notes that the code of `step` was used, so that it does not work twice.
pub fn spend(rules: &MfaRules, device: &mut MfaDevice, step: i64, now: Time) {
    let here = step_of(now).saturating_add(device.drift);
    if step > device.last_step || is_rewound(device.last_step, rules, here) {
        let shift = step.checked_sub(device.last_step).and_then(|shift| u32::try_from(shift).ok());
        device.used_before = match (shift, bit_before(step, device.last_step)) {
            (Some(shift), Some(bit)) => (device.used_before.wrapping_shl(shift) & i64::MAX) | bit,
            _ => 0,
        };
        device.last_step = step;
    } else if let Some(bit) = bit_before(device.last_step, step) {
        device.used_before |= bit;
    }
}

/// Takes two codes that follow one another, as they bind a device and set its clock right; says whether they are good
/// at `now` and neither them nor later ones were taken so before.
pub fn take_two_codes(
    rules: &MfaRules,
    device: &mut MfaDevice,
    first: &str,
    second: &str,
    now: Time,
) -> Result<bool, Error> {
    let totp = totp(device, rules)?;
    let here = step_of(now).saturating_add(device.drift);
    let mut before = code_at_step(&totp, here - rules.pair_behind - 1);
    let mut found = None;
    for step in (here - rules.pair_behind)..=(here + rules.pair_ahead) {
        let shown = code_at_step(&totp, step);
        if found.is_none() && is_same(&before, first) & is_same(&shown, second) {
            found = Some(step);
        }
        before = shown;
    }
    let fresh = |step: i64| {
        if rules.spends_one_by_one {
            step - 1 > device.last_pair || is_rewound(device.last_pair, rules, here)
        } else {
            is_unused(rules, device, step, here)
        }
    };
    let Some(step) = found.filter(|step| fresh(*step)) else { return Ok(false) };
    if rules.learns_drift {
        device.drift = step.saturating_sub(step_of(now));
    }
    if rules.spends_one_by_one {
        device.last_pair = step;
    } else {
        // The last code must not serve for signing in too.
        spend(rules, device, step, now);
    }
    Ok(true)
}

fn is_same(a: &str, b: &str) -> bool {
    subtle::ConstantTimeEq::ct_eq(a.as_bytes(), b.as_bytes()).into()
}

/// The seed in base 32, as authenticator apps take it.
pub fn base32(device: &MfaDevice) -> String {
    in_base32(&device.seed)
}

/// Bytes in base 32.
pub(super) fn in_base32(bytes: &[u8]) -> String {
    Secret::from(bytes.to_vec()).to_base32()
}

/// A QR code of the seed as a PNG in base 64.
pub fn qr_png(rules: &MfaRules, device: &MfaDevice) -> Result<String, Error> {
    let png = totp(device, rules)?.to_qr_png().map_err(|error| Error::internal(error.to_string()))?;
    Ok(STANDARD.encode(png))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::account::Cloud;

    fn device() -> MfaDevice {
        MfaDevice {
            account_id: "1".into(),
            name: "phone".into(),
            path: "/".into(),
            seed: b"12345678901234567890".to_vec(),
            user_id: None,
            bound_at: None,
            last_step: 0,
            used_before: 0,
            last_pair: 0,
            drift: 0,
            created_at: Time(0),
        }
    }

    fn at(seconds: i64) -> Time {
        Time(0).plus_seconds(seconds)
    }

    fn rules(cloud: Cloud) -> &'static MfaRules {
        &cloud.rules().mfa
    }

    fn shown(seconds: i64) -> String {
        code(rules(Cloud::Aws), &device(), at(seconds)).unwrap()
    }

    #[test]
    fn codes_are_those_of_rfc_6238() {
        // Appendix B, SHA-1, the last six of eight digits.
        for (seconds, expected) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")] {
            assert_eq!(shown(seconds), expected);
        }
    }

    #[test]
    fn a_code_is_good_for_its_step_and_the_next_and_only_once() {
        let (mut device, rules) = (device(), rules(Cloud::Alibaba));
        let step = |device: &MfaDevice, seconds| step_of_code(rules, device, &shown(3_000), at(seconds)).unwrap();
        assert_eq!(step(&device, 3_059), Some(100));
        assert_eq!(step(&device, 3_060), None);
        spend(rules, &mut device, 100, at(3_000));
        assert_eq!(step(&device, 3_000), None);
        // A clock moved back makes it good again.
        spend(rules, &mut device, 200, at(6_000));
        assert_eq!(step(&device, 3_000), Some(100));
    }

    #[test]
    fn two_codes_must_follow_one_another() {
        let bind = |first: &str, second: &str| {
            let mut device = device();
            let good = take_two_codes(rules(Cloud::Alibaba), &mut device, first, second, at(3_030)).unwrap();
            good.then_some(device.last_step)
        };
        assert_eq!(bind(&shown(3_000), &shown(3_030)), Some(101));
        assert_eq!(bind(&shown(3_030), &shown(3_060)), Some(102));
        assert_eq!(bind(&shown(3_030), &shown(3_000)), None);
        assert_eq!(bind(&shown(3_000), &shown(3_060)), None);
        assert_eq!(bind(&shown(3_000), &shown(3_000)), None);
        assert_eq!(bind(&shown(0), &shown(30)), None);
    }

    #[test]
    fn codes_of_aws_are_used_up_one_by_one_and_none_by_binding() {
        let (mut device, rules, now) = (device(), rules(Cloud::Aws), at(30_000));
        assert!(take_two_codes(rules, &mut device, &shown(29_970), &shown(30_000), now).unwrap());
        for seconds in [29_970, 30_000, 30_060, 29_940, 30_030] {
            let step = step_of_code(rules, &device, &shown(seconds), now).unwrap();
            assert_eq!(step, Some(seconds / 30));
            spend(rules, &mut device, seconds / 30, now);
            assert_eq!(step_of_code(rules, &device, &shown(seconds), now).unwrap(), None, "{seconds}");
        }
        assert_eq!(step_of_code(rules, &device, &shown(30_090), now).unwrap(), None);
        assert_eq!(step_of_code(rules, &device, &shown(30_090), at(30_030)).unwrap(), Some(1_003));
    }

    #[test]
    fn pairs_of_aws_may_be_far_off_and_never_overlap() {
        let (mut device, rules, now) = (device(), rules(Cloud::Aws), at(300_000));
        let mut pair = |ahead: i64| {
            let (first, second) = (shown(300_000 + (ahead - 1) * 30), shown(300_000 + ahead * 30));
            take_two_codes(rules, &mut device, &first, &second, now).unwrap()
        };
        assert!(!pair(1_001) && !pair(-999));
        assert!(pair(600) && !pair(600) && !pair(601) && pair(1_600) && !pair(0));
        assert_eq!(device.drift, 1_600);
        let later = shown(300_000 + 1_600 * 30);
        assert_eq!(code(rules, &device, now).unwrap(), later);
        assert_eq!(step_of_code(rules, &device, &later, now).unwrap(), Some(10_000 + 1_600));
    }

    #[test]
    fn steps_at_the_ends_of_time_are_spent_without_a_fault() {
        for last_step in [0, 1, i64::MAX, i64::MIN] {
            for step in [0, 1, 62, 63, 64, i64::MAX] {
                let mut device = MfaDevice { last_step, ..device() };
                spend(rules(Cloud::Aws), &mut device, step, at(30));
                assert!(device.used_before >= 0);
            }
        }
    }

    #[test]
    fn the_qr_code_is_a_png_of_the_cloud_s_name_for_the_device() {
        let png = STANDARD.decode(qr_png(rules(Cloud::Aws), &device()).unwrap()).unwrap();
        assert!(png.starts_with(b"\x89PNG"));
        let url = |cloud| totp(&device(), rules(cloud)).unwrap().to_url().unwrap();
        assert!(url(Cloud::Aws).starts_with("otpauth://totp/Amazon%20Web%20Services:phone"), "{}", url(Cloud::Aws));
        assert!(url(Cloud::Aws).contains("&issuer=Amazon%20Web%20Services"));
        assert!(url(Cloud::Alibaba).starts_with("otpauth://totp/Aliyun:phone?"), "{}", url(Cloud::Alibaba));
    }
}
