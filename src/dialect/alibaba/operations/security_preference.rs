//! GetSecurityPreference, SetSecurityPreference.

use super::super::Api;
use super::{Build, Call};
use crate::domain::error::{Error, Why};
use crate::domain::security_preference::{
    IDLE_DAYS, MfaAtLogin, PreferenceChange, SESSION_HOURS, SecurityPreference, masks_are_valid,
};
use crate::services::{self, Ctx};

fn mfa_word(mfa: MfaAtLogin) -> &'static str {
    match mfa {
        MfaAtLogin::Mandatory => "mandatory",
        MfaAtLogin::Independent => "independent",
        MfaAtLogin::Adaptive => "adaptive",
    }
}

fn parse_mfa(text: &str) -> Option<MfaAtLogin> {
    [MfaAtLogin::Mandatory, MfaAtLogin::Independent, MfaAtLogin::Adaptive]
        .into_iter()
        .find(|mfa| mfa_word(*mfa) == text)
}

fn preference(call: &Call<'_>, set: &SecurityPreference) -> Build {
    let login = Build::new()
        .put("EnableSaveMFATicket", set.save_mfa_ticket)
        .put("AllowUserToChangePassword", set.change_password)
        .put("LoginSessionDuration", set.session_hours)
        .put("LoginNetworkMasks", &*set.network_masks);
    let keys = Build::new().put("AllowUserToManageAccessKeys", set.manage_access_keys);
    let mfa = Build::new().put("AllowUserToManageMFADevices", set.manage_mfa_devices);
    let body = match call.api {
        Api::Ram => Build::new()
            .object("LoginProfilePreference", login)
            .object("AccessKeyPreference", keys)
            .object("MFAPreference", mfa)
            .object("PublicKeyPreference", Build::new().put("AllowUserToManagePublicKeys", set.manage_public_keys)),
        Api::Ims | Api::Sts => {
            let risk = if set.verify_risky_login { "enforceVerify" } else { "autonomous" };
            Build::new()
                .object(
                    "LoginProfilePreference",
                    login
                        .put("MFAOperationForLogin", mfa_word(set.mfa_at_login))
                        .put("OperationForRiskLogin", risk)
                        .put("AllowUserToLoginWithPasskey", set.passkey_login),
                )
                .object(
                    "AccessKeyPreference",
                    keys.put("AllowUserToManageServiceCredentials", set.manage_service_credentials),
                )
                .object("MFAPreference", mfa)
                .object(
                    "PersonalInfoPreference",
                    Build::new().put("AllowUserToManagePersonalDingTalk", set.manage_personal_dingtalk),
                )
                .object("VerificationPreference", Build::new().put("VerificationTypes", set.verification_types.clone()))
                .object(
                    "MaxIdleDays",
                    Build::new()
                        .put("MaxIdleDaysForUsers", set.idle_days_users)
                        .put("MaxIdleDaysForAccessKeys", set.idle_days_access_keys),
                )
        }
    };
    Build::new().object("SecurityPreference", body)
}

pub(super) async fn get(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    Ok(preference(call, &ctx.account().await?.security_preference))
}

fn idle_days(call: &Call<'_>, parameter: &'static str) -> Result<Option<i64>, Error> {
    match call.integer(parameter)? {
        Some(days) if !IDLE_DAYS.contains(&days) => Err(Error::BadParameter(parameter, Why::Format)),
        days => Ok(days),
    }
}

/// One parameter that holds a JSON list.
fn verification_types(call: &Call<'_>) -> Result<Option<Vec<String>>, Error> {
    const NAME: &str = "VerificationTypes";
    let Some(text) = call.optional(NAME) else { return Ok(None) };
    let types: Vec<String> = serde_json::from_str(text).map_err(|_| Error::BadParameter(NAME, Why::Format))?;
    if types.iter().any(|kind| !matches!(&**kind, "sms" | "email")) {
        return Err(Error::BadParameter(NAME, Why::Format));
    }
    let mut distinct: Vec<String> = Vec::new();
    for kind in types {
        if !distinct.contains(&kind) {
            distinct.push(kind);
        }
    }
    Ok(Some(distinct))
}

fn network_masks(call: &Call<'_>) -> Result<Option<String>, Error> {
    // An empty text clears the masks.
    match call.text("LoginNetworkMasks") {
        Some(masks) if !masks_are_valid(masks) => Err(Error::BadParameter("LoginNetworkMasks", Why::Format)),
        masks => Ok(masks.map(str::to_owned)),
    }
}

pub(super) async fn set(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    let common = PreferenceChange {
        save_mfa_ticket: call.boolean("EnableSaveMFATicket")?,
        change_password: call.boolean("AllowUserToChangePassword")?,
        manage_access_keys: call.boolean("AllowUserToManageAccessKeys")?,
        manage_mfa_devices: call.boolean("AllowUserToManageMFADevices")?,
        session_hours: call.within("LoginSessionDuration", &SESSION_HOURS)?,
        network_masks: network_masks(call)?,
        ..PreferenceChange::default()
    };
    let change = match call.api {
        Api::Ram => PreferenceChange { manage_public_keys: call.boolean("AllowUserToManagePublicKeys")?, ..common },
        Api::Ims | Api::Sts => {
            // The parameter of old: true was mandatory, false independent.
            let enforced = call.boolean("EnforceMFAForLogin")?;
            let old_word = enforced.map(|on| if on { MfaAtLogin::Mandatory } else { MfaAtLogin::Independent });
            let risk = |text: &str| match text {
                "autonomous" => Some(false),
                "enforceVerify" => Some(true),
                _ => None,
            };
            PreferenceChange {
                mfa_at_login: call.word("MFAOperationForLogin", parse_mfa)?.or(old_word),
                verify_risky_login: call.word("OperationForRiskLogin", risk)?,
                passkey_login: call.boolean("AllowUserToLoginWithPasskey")?,
                manage_service_credentials: call.boolean("AllowUserToManageServiceCredentials")?,
                manage_personal_dingtalk: call.boolean("AllowUserToManagePersonalDingTalk")?,
                verification_types: verification_types(call)?,
                idle_days_users: idle_days(call, "MaxIdleDaysForUsers")?,
                idle_days_access_keys: idle_days(call, "MaxIdleDaysForAccessKeys")?,
                ..common
            }
        }
    };
    Ok(preference(call, &services::security_preference::set(ctx, change).await?))
}
