//! Faults that testers inject: which requests one strikes and what it does to them; must not know how a cloud words an
//! error, nor how a fault is counted.

use serde::{Deserialize, Serialize};

use super::account::Cloud;
use super::fault_form::{self, WrittenFault};
use super::policy::{Grammar, Pattern};

/// What is wrong with a rule: the member that is, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{member} {why}")]
pub struct Malformed {
    /// The member, as `fault.status`.
    pub member: &'static str,
    /// Why it is refused.
    pub why: String,
}

impl Malformed {
    /// A member that may not be so.
    pub fn new(member: &'static str, why: impl Into<String>) -> Self {
        Self { member, why: why.into() }
    }
}

/// Which requests a fault strikes: those that fit every member that is there. Names are compared without regard to
/// case, and in all but `cloud` `*` and `?` are wildcards.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "each is the member of Request of its name")]
pub struct Match {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud: Option<Cloud>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub principal: Option<String>,
}

/// A request as faults see it: whoever signed it is known already.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// Whose API is called.
    pub cloud: Cloud,
    /// The API: `ims`, `ram`, `iam` or `sts`.
    pub service: &'a str,
    /// The action.
    pub action: &'a str,
    /// The account acted in.
    pub account: &'a str,
    /// The name of the calling user; a root or a role session is none.
    pub user: Option<&'a str>,
    /// The ARN of the caller.
    pub principal: &'a str,
}

fn fits(pattern: Option<&String>, text: Option<&str>) -> bool {
    let grammar = Grammar { wildcards: true, ignores_case: true, variables: false };
    pattern.is_none_or(|pattern| text.is_some_and(|text| Pattern::parse(pattern, grammar).matches(text)))
}

impl Match {
    /// Whether a request is one of these.
    pub fn holds(&self, request: &Request<'_>) -> bool {
        self.cloud.is_none_or(|cloud| cloud == request.cloud)
            && fits(self.service.as_ref(), Some(request.service))
            && fits(self.action.as_ref(), Some(request.action))
            && fits(self.account.as_ref(), Some(request.account))
            && fits(self.user.as_ref(), request.user)
            && fits(self.principal.as_ref(), Some(request.principal))
    }

    pub(super) fn texts(&self) -> [(&'static str, Option<&String>); 5] {
        [
            ("match.service", self.service.as_ref()),
            ("match.action", self.action.as_ref()),
            ("match.account", self.account.as_ref()),
            ("match.user", self.user.as_ref()),
            ("match.principal", self.principal.as_ref()),
        ]
    }
}

/// An error in the cloud's own envelope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Its code.
    pub code: String,
    /// Its HTTP status, where it is not the cloud's.
    pub status: Option<u16>,
    /// Its text, where it is not the cloud's.
    pub message: Option<String>,
    /// After how many milliseconds the client is told to come again, where the error tells that.
    pub retry_after_ms: Option<u64>,
}

/// What newly made things may be unseen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// An access key that signs.
    AccessKey,
    /// A user.
    User,
    /// A role.
    Role,
    /// A managed policy of the account's own.
    Policy,
    /// A policy given to a user, a group or a role, as authorization sees it.
    Attachment,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::AccessKey, Self::User, Self::Role, Self::Policy, Self::Attachment];
}

/// What becomes of a request, beside a delay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It is refused, and nothing is done.
    Refuse(Refusal),
    /// A gateway answers with this status in the cloud's place, and nothing is done.
    Gateway(u16),
    /// The connection is closed without an answer: before anything is done, or after.
    Drop {
        /// Whether what was asked for is done.
        after: bool,
    },
    /// What was asked for is done, and of the answer's body only so many bytes arrive.
    Truncate {
        /// How many.
        bytes: usize,
    },
    /// It does not see what is younger than this.
    Unseen {
        /// How long a new thing is not seen, by the account's clock.
        seconds: i64,
        /// What is not.
        kinds: Vec<Kind>,
    },
    /// It may not change what was changed less than so many seconds ago.
    Unmodifiable {
        /// How long, by the account's clock.
        seconds: i64,
    },
}

/// A delay, in milliseconds of real time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Latency {
    /// How long.
    pub ms: u64,
    /// How much longer at the most.
    pub jitter_ms: u64,
}

impl Latency {
    /// This delay. A random number is only drawn where it says something.
    pub fn drawn(self, draw: impl FnOnce() -> u64) -> u64 {
        let more = if self.jitter_ms == 0 { 0 } else { draw() % self.jitter_ms.saturating_add(1) };
        self.ms.saturating_add(more)
    }
}

/// What a fault does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "WrittenFault", into = "WrittenFault")]
pub struct Fault {
    /// How long a request waits first.
    pub latency: Option<Latency>,
    /// What becomes of it then; nothing special where it only waits.
    pub effect: Option<Effect>,
}

impl Fault {
    /// Whether each strike is one: rules on what is seen hold for every request that they match.
    pub fn is_counted(&self) -> bool {
        !matches!(self.effect, Some(Effect::Unseen { .. } | Effect::Unmodifiable { .. }))
    }
}

/// A rule as a tester writes it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Which requests it strikes.
    #[serde(rename = "match", default)]
    pub matching: Match,
    /// What it does to them.
    pub fault: Fault,
    /// How often it strikes; as often as it can, where that is not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<i64>,
    /// How likely it strikes a request that it matches; always, where that is not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probability: Option<f64>,
}

impl Rule {
    /// Checks what no single member says.
    ///
    /// # Errors
    /// The first member that is wrong.
    pub fn check(&self) -> Result<(), Malformed> {
        fault_form::check(self)
    }

    /// Whether it strikes, given that the request matches. A random number of 0 to `u32::MAX` is only drawn where
    /// chance has a say.
    pub fn falls(&self, draw: impl FnOnce() -> u32) -> bool {
        self.probability.is_none_or(|probability| f64::from(draw()) < probability * (f64::from(u32::MAX) + 1.0))
    }
}

#[cfg(test)]
#[path = "fault_tests.rs"]
mod tests;
