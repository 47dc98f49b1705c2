//! Which entries of the journal are asked for: the one filter of all calls about it.

use serde::Deserialize;
use serde_json::Value;

use super::openapi::schema::{given_time, integer, text, word};
use super::problem::Problem;
use crate::app::journal::Entry;
use crate::domain::time::Time;

/// The query of a call about the journal; each takes what it knows.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Asked {
    action: Option<String>,
    account: Option<String>,
    principal: Option<String>,
    since: Option<String>,
    error: Option<String>,
    status: Option<u16>,
    limit: Option<u32>,
    times: Option<u32>,
    at_least: Option<u32>,
    at_most: Option<u32>,
    pub(super) format: Option<String>,
}

/// What an entry must have.
#[derive(Default)]
pub(super) struct Filter {
    action: Option<String>,
    account: Option<String>,
    principal: Option<String>,
    since: Option<Time>,
    error: Option<String>,
    status: Option<u16>,
}

/// What is told of the query of a call: the filter, and of the other members those that are its `own`.
pub(super) fn members(own: &[&str]) -> Vec<(&'static str, Value)> {
    let number = || integer(0, u32::MAX.into());
    let filter = [
        ("action?", text()),
        ("account?", text()),
        ("principal?", text()),
        ("since?", given_time()),
        ("error?", text()),
        ("status?", integer(0, u16::MAX.into())),
    ];
    let others = [
        ("limit?", number()),
        ("times?", number()),
        ("at_least?", number()),
        ("at_most?", number()),
        ("format", word(&["cloudtrail", "actiontrail"])),
    ];
    let is_own = |name: &str| own.contains(&name.trim_end_matches('?'));
    filter.into_iter().chain(others.into_iter().filter(|(name, _)| is_own(name))).collect()
}

/// A time that may be told.
pub(super) fn time(text: Option<&str>) -> Result<Option<Time>, Problem> {
    let bad = || Problem::bad_request("since must be a time such as 2026-11-21T10:00:00Z");
    text.map(|text| Time::parse(text).ok_or_else(bad)).transpose()
}

fn size(number: Option<u32>) -> Option<usize> {
    number.map(|number| usize::try_from(number).unwrap_or(usize::MAX))
}

impl Asked {
    /// The most entries.
    pub(super) fn limit(&self) -> usize {
        size(self.limit).unwrap_or(usize::MAX)
    }

    /// How often: so many times, at least, at the most.
    pub(super) fn counts(&self) -> [Option<usize>; 3] {
        [self.times, self.at_least, self.at_most].map(size)
    }

    /// The filter in it; besides, only those members may be given that are the call's `own`.
    pub(super) fn filter(&self, own: &[&str]) -> Result<Filter, Problem> {
        let others = [
            ("limit", self.limit.is_some()),
            ("times", self.times.is_some()),
            ("at_least", self.at_least.is_some()),
            ("at_most", self.at_most.is_some()),
            ("format", self.format.is_some()),
        ];
        if let Some((name, _)) = others.iter().find(|(name, is_given)| *is_given && !own.contains(name)) {
            return Err(Problem::bad_request(format!("{name} is not for this call")));
        }
        Ok(Filter {
            action: self.action.clone(),
            account: self.account.clone(),
            principal: self.principal.clone(),
            since: time(self.since.as_deref())?,
            error: self.error.clone(),
            status: self.status,
        })
    }
}

impl Filter {
    /// Whether a beginning is named.
    pub(super) fn has_beginning(&self) -> bool {
        self.since.is_some()
    }

    /// Whether an entry has all that is asked for.
    pub(super) fn takes(&self, entry: &Entry) -> bool {
        self.met(entry).into_iter().flatten().all(|met| met)
    }

    /// How much of what is asked for an entry has.
    pub(super) fn nearness(&self, entry: &Entry) -> usize {
        self.met(entry).into_iter().flatten().filter(|met| *met).count()
    }

    /// Each thing that is asked for, and whether an entry has it.
    fn met(&self, entry: &Entry) -> [Option<bool>; 6] {
        let is = |wanted: &Option<String>, found: Option<&str>| wanted.as_deref().map(|wanted| found == Some(wanted));
        // A principal is named by its ARN or by its last part.
        let arn = entry.principal.as_deref();
        let last = arn.and_then(|arn| arn.rsplit(['/', ':']).next());
        [
            is(&self.action, Some(&entry.action)),
            is(&self.account, entry.account.as_deref()),
            self.principal.as_deref().map(|wanted| arn == Some(wanted) || last == Some(wanted)),
            self.since.map(|since| Time::parse(&entry.time).is_some_and(|time| time >= since)),
            // No code at all is what succeeded.
            self.error.as_deref().map(|wanted| entry.error.as_deref().unwrap_or_default() == wanted),
            self.status.map(|wanted| entry.status == wanted),
        ]
    }
}
