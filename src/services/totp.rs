//! Codes of virtual MFA devices (RFC 6238 with SHA-1, six digits, thirty seconds; that the clouds use SHA-1 is
//! inferred from every authenticator app taking their seeds).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use totp_rs::{Builder, Secret, Totp};

use crate::domain::error::Error;
use crate::domain::mfa::{MfaDevice, STEP_SECONDS};
use crate::domain::time::Time;

/// Bytes of a seed: 40 give the 64 characters that samples of Base32StringSeed have.
pub const SEED_LENGTH: usize = 40;
/// A code of the step before or after is good too (RFC 6238 section 5.2).
const SKEW: i64 = 1;

fn totp(device: &MfaDevice, label: &str) -> Result<Totp, Error> {
    Builder::new()
        .with_secret(device.seed.clone())
        .with_issuer(Some("Aliyun"))
        .with_account_name(label)
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

/// The code a device shows at `now`.
pub fn code(device: &MfaDevice, now: Time) -> Result<String, Error> {
    Ok(code_at_step(&totp(device, "device")?, step_of(now)))
}

/// Whether `code` is six digits.
pub fn is_well_formed(code: &str) -> bool {
    code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit())
}

/// The step of `code` if it is good at `now` and neither it nor a later one was used before.
pub fn step_of_code(device: &MfaDevice, code: &str, now: Time) -> Result<Option<i64>, Error> {
    let totp = totp(device, "device")?;
    let steps = (step_of(now) - SKEW)..=(step_of(now) + SKEW);
    // Every step is looked at, so that the time does not tell which one it was.
    let matching = steps.filter(|step| is_same(&code_at_step(&totp, *step), code)).max();
    Ok(matching.filter(|step| is_unused(device, *step, now)))
}

/// Whether a code of `step` was not used yet. A step far ahead was used by a clock that has since been moved back.
fn is_unused(device: &MfaDevice, step: i64, now: Time) -> bool {
    step > device.last_step || device.last_step > step_of(now) + 2
}

/// The later step of two codes that follow one another, the second good at `now`.
pub fn step_of_two_codes(device: &MfaDevice, first: &str, second: &str, now: Time) -> Result<Option<i64>, Error> {
    let totp = totp(device, "device")?;
    let here = step_of(now);
    // The pair may lie a step ahead, when the person's clock is, or end up to two steps back, since waiting for the
    // second code takes its time.
    let found = ((here - 2)..=(here + 2))
        .find(|step| is_same(&code_at_step(&totp, step - 1), first) & is_same(&code_at_step(&totp, *step), second));
    Ok(found.filter(|step| is_unused(device, *step, now)))
}

fn is_same(a: &str, b: &str) -> bool {
    subtle::ConstantTimeEq::ct_eq(a.as_bytes(), b.as_bytes()).into()
}

/// The seed in base 32, as authenticator apps take it.
pub fn base32(device: &MfaDevice) -> String {
    Secret::from(device.seed.clone()).to_base32()
}

/// A QR code of the seed as a PNG in base 64.
pub fn qr_png(device: &MfaDevice) -> Result<String, Error> {
    let png = totp(device, &device.name)?.to_qr_png().map_err(|error| Error::internal(error.to_string()))?;
    Ok(STANDARD.encode(png))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device() -> MfaDevice {
        MfaDevice {
            account_id: "1".into(),
            name: "phone".into(),
            path: "/".into(),
            seed: b"12345678901234567890".to_vec(),
            user_id: None,
            bound_at: None,
            last_step: 0,
            created_at: Time(0),
        }
    }

    fn at(seconds: i64) -> Time {
        Time(0).plus_seconds(seconds)
    }

    #[test]
    fn codes_are_those_of_rfc_6238() {
        // Appendix B, SHA-1, the last six of eight digits.
        for (seconds, expected) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")] {
            assert_eq!(code(&device(), at(seconds)).unwrap(), expected);
        }
    }

    #[test]
    fn a_code_is_good_for_its_step_and_the_next_and_only_once() {
        let mut device = device();
        let shown = code(&device, at(3_000)).unwrap();
        let step = step_of_code(&device, &shown, at(3_059)).unwrap();
        assert_eq!(step, Some(100));
        assert_eq!(step_of_code(&device, &shown, at(3_060)).unwrap(), None);
        device.last_step = 100;
        assert_eq!(step_of_code(&device, &shown, at(3_000)).unwrap(), None);
    }

    #[test]
    fn two_codes_must_follow_one_another() {
        let device = device();
        let shown = |seconds| code(&device, at(seconds)).unwrap();
        let bind = |first: &str, second: &str| step_of_two_codes(&device, first, second, at(3_030)).unwrap();
        assert_eq!(bind(&shown(3_000), &shown(3_030)), Some(101));
        assert_eq!(bind(&shown(3_030), &shown(3_060)), Some(102));
        assert_eq!(bind(&shown(3_030), &shown(3_000)), None);
        assert_eq!(bind(&shown(3_000), &shown(3_060)), None);
        assert_eq!(bind(&shown(3_000), &shown(3_000)), None);
        assert_eq!(bind(&shown(0), &shown(30)), None);
    }

    #[test]
    fn the_qr_code_is_a_png() {
        use base64::Engine as _;
        let png = STANDARD.decode(qr_png(&device()).unwrap()).unwrap();
        assert!(png.starts_with(b"\x89PNG"));
    }
}
