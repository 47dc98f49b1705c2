//! The form in which testers write faults, and what may stand in it; must not know what a fault does.

use serde::{Deserialize, Serialize};

use super::fault::{Effect, Fault, Kind, Latency, Malformed, Refusal, Rule};

/// The longest delay: ten minutes.
const LONGEST_DELAY_MS: u64 = 600_000;
/// The longest that something is not seen: a year.
const LONGEST_UNSEEN_SECONDS: i64 = 366 * 86_400;
/// The most strikes that can be counted.
const MOST_TIMES: i64 = 1_000_000_000;
/// The longest text to match, code or message, in characters.
const LONGEST_TEXT: usize = 1_000;

/// The member `fault` as it is written: one of `error`, `status`, `drop`, `truncate`, `unseen_seconds` and
/// `unmodifiable_seconds`, or `latency_ms`, which the first four may have beside them.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct WrittenFault {
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    drop: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    truncate: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unseen_seconds: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kinds: Option<Vec<Kind>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unmodifiable_seconds: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    latency_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    jitter_ms: Option<u64>,
}

fn malformed<T>(member: &'static str, why: &str) -> Result<T, Malformed> {
    Err(Malformed::new(member, why))
}

/// Refuses a member that only goes with another one.
fn goes_with(member: &'static str, is_there: bool, with: &str, holds: bool) -> Result<(), Malformed> {
    if is_there && !holds { malformed(member, &format!("goes with {with} only")) } else { Ok(()) }
}

fn seconds(member: &'static str, seconds: i64) -> Result<i64, Malformed> {
    if (1..=LONGEST_UNSEEN_SECONDS).contains(&seconds) {
        return Ok(seconds);
    }
    malformed(member, &format!("must be 1 to {LONGEST_UNSEEN_SECONDS}"))
}

impl WrittenFault {
    fn latency(&self) -> Result<Option<Latency>, Malformed> {
        goes_with("fault.jitter_ms", self.jitter_ms.is_some(), "latency_ms", self.latency_ms.is_some())?;
        let Some(ms) = self.latency_ms else { return Ok(None) };
        let jitter_ms = self.jitter_ms.unwrap_or(0);
        for (member, ms) in [("fault.latency_ms", ms), ("fault.jitter_ms", jitter_ms)] {
            if ms > LONGEST_DELAY_MS {
                return malformed(member, &format!("must be {LONGEST_DELAY_MS} at the most"));
            }
        }
        Ok(Some(Latency { ms, jitter_ms }))
    }

    fn effects(&self) -> Result<Vec<Effect>, Malformed> {
        let mut effects = Vec::new();
        if let Some(code) = &self.error {
            if code.is_empty() || code.chars().count() > LONGEST_TEXT || code.chars().any(char::is_control) {
                return malformed("fault.error", "must be an error's code");
            }
            if self.status.is_some_and(|status| !(400..=599).contains(&status)) {
                return malformed("fault.status", "must be 400 to 599");
            }
            let message = self.message.clone();
            if message.as_ref().is_some_and(|message| message.chars().count() > LONGEST_TEXT) {
                return malformed("fault.message", "is too long");
            }
            let (code, status, retry_after_ms) = (code.clone(), self.status, self.retry_after_ms);
            effects.push(Effect::Refuse(Refusal { code, status, message, retry_after_ms }));
        } else if let Some(status) = self.status {
            if !(500..=599).contains(&status) {
                return malformed("fault.status", "must be 500 to 599 where no error is named");
            }
            effects.push(Effect::Gateway(status));
        }
        match self.drop {
            Some(true) => effects.push(Effect::Drop { after: self.after == Some(true) }),
            Some(false) => return malformed("fault.drop", "must be true"),
            None => {}
        }
        if let Some(bytes) = self.truncate {
            effects.push(Effect::Truncate { bytes });
        }
        if let Some(given) = self.unseen_seconds {
            let kinds = self.kinds.clone().unwrap_or_else(|| Kind::ALL.to_vec());
            if kinds.is_empty() {
                return malformed("fault.kinds", "must name at least one");
            }
            effects.push(Effect::Unseen { seconds: seconds("fault.unseen_seconds", given)?, kinds });
        }
        if let Some(given) = self.unmodifiable_seconds {
            effects.push(Effect::Unmodifiable { seconds: seconds("fault.unmodifiable_seconds", given)? });
        }
        Ok(effects)
    }
}

impl TryFrom<WrittenFault> for Fault {
    type Error = Malformed;

    fn try_from(written: WrittenFault) -> Result<Self, Malformed> {
        let has_error = written.error.is_some();
        goes_with("fault.message", written.message.is_some(), "error", has_error)?;
        goes_with("fault.retry_after_ms", written.retry_after_ms.is_some(), "error", has_error)?;
        goes_with("fault.after", written.after.is_some(), "drop", written.drop.is_some())?;
        goes_with("fault.kinds", written.kinds.is_some(), "unseen_seconds", written.unseen_seconds.is_some())?;
        let latency = written.latency()?;
        let mut effects = written.effects()?.into_iter();
        let effect = effects.next();
        if effects.next().is_some() {
            return malformed("fault", "does one thing: make a rule for each");
        }
        if effect.is_none() && latency.is_none() {
            let names = "error, status, drop, truncate, latency_ms, unseen_seconds, unmodifiable_seconds";
            return malformed("fault", &format!("must have one of {names}"));
        }
        let fault = Self { latency, effect };
        if fault.latency.is_some() && !fault.is_counted() {
            return malformed("fault.latency_ms", "does not go with what is not seen or not changed");
        }
        Ok(fault)
    }
}

impl From<Fault> for WrittenFault {
    fn from(fault: Fault) -> Self {
        let mut written = Self {
            latency_ms: fault.latency.map(|latency| latency.ms),
            jitter_ms: fault.latency.map(|latency| latency.jitter_ms).filter(|ms| *ms > 0),
            ..Self::default()
        };
        match fault.effect {
            Some(Effect::Refuse(refusal)) => {
                written.error = Some(refusal.code);
                written.status = refusal.status;
                written.message = refusal.message;
                written.retry_after_ms = refusal.retry_after_ms;
            }
            Some(Effect::Gateway(status)) => written.status = Some(status),
            Some(Effect::Drop { after }) => {
                written.drop = Some(true);
                written.after = after.then_some(true);
            }
            Some(Effect::Truncate { bytes }) => written.truncate = Some(bytes),
            Some(Effect::Unseen { seconds, kinds }) => {
                written.unseen_seconds = Some(seconds);
                written.kinds = Some(kinds);
            }
            Some(Effect::Unmodifiable { seconds }) => written.unmodifiable_seconds = Some(seconds),
            None => {}
        }
        written
    }
}

/// Checks a rule's members against each other.
pub(super) fn check(rule: &Rule) -> Result<(), Malformed> {
    for (member, text) in rule.matching.texts() {
        let Some(text) = text else { continue };
        if text.is_empty() || text.chars().count() > LONGEST_TEXT || text.chars().any(char::is_control) {
            return malformed(member, "must be a name, perhaps with wildcards");
        }
    }
    if rule.times.is_some_and(|times| !(1..=MOST_TIMES).contains(&times)) {
        return malformed("times", &format!("must be 1 to {MOST_TIMES}"));
    }
    // Written so that it is refused also where it is no number.
    if rule.probability.is_some_and(|probability| !(probability > 0.0 && probability <= 1.0)) {
        return malformed("probability", "must be more than 0 and 1 at the most");
    }
    if !rule.fault.is_counted() {
        let why = "does not go with what is not seen or not changed";
        if rule.times.is_some() {
            return malformed("times", why);
        }
        if rule.probability.is_some() {
            return malformed("probability", why);
        }
    }
    Ok(())
}
