//! The credential report: what it says of each user, and as which CSV (IAM User Guide, "Get credential reports for your
//! AWS account"); must not know where the facts come from.

use std::fmt::Write as _;

use super::access_key::{AccessKey, KeyStatus};
use super::login_profile::LoginProfile;
use super::password_policy::PasswordPolicy;
use super::time::Time;

/// A report as it is kept.
#[derive(Clone, Debug)]
pub struct Report {
    /// The CSV.
    pub content: String,
    /// When it was asked for.
    pub started_at: Time,
    /// When it is there to be fetched.
    pub ready_at: Time,
}

/// How long a report is kept, in seconds; until then no new one is made.
pub const LIFETIME: i64 = 4 * 3_600;

/// How a report is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportState {
    /// It is being made.
    InProgress,
    /// It can be fetched.
    Complete,
    /// It is too old.
    Expired,
}

impl Report {
    /// How it is doing at `now`.
    pub fn state(&self, now: Time) -> ReportState {
        if now < self.ready_at {
            ReportState::InProgress
        } else if now < self.ready_at.plus_seconds(LIFETIME) {
            ReportState::Complete
        } else {
            ReportState::Expired
        }
    }
}

/// Whether and since when a signing certificate is there.
#[derive(Clone, Copy, Debug)]
pub struct CertificateFacts {
    /// Whether it is active.
    pub active: bool,
    /// When it was uploaded.
    pub rotated_at: Time,
}

/// What is known of one identity.
#[derive(Debug)]
pub struct Subject<'a> {
    /// `<root_account>`, or the user's name.
    pub name: &'a str,
    /// Its ARN.
    pub arn: String,
    /// When it was made.
    pub created_at: Time,
    /// Whether it is the account's root, of whose password nothing is said.
    pub is_root: bool,
    /// The login profile.
    pub profile: Option<&'a LoginProfile>,
    /// The last sign-in with a password.
    pub password_last_used: Option<Time>,
    /// Whether it has an MFA device.
    pub mfa_active: bool,
    /// Its access keys, the oldest first.
    pub keys: Vec<&'a AccessKey>,
    /// Its signing certificates, the oldest first.
    pub certificates: Vec<CertificateFacts>,
}

const COLUMNS: &str = "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,\
    password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,\
    access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,\
    access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,\
    cert_1_last_rotated,cert_2_active,cert_2_last_rotated";
const NONE: &str = "N/A";
const UNSUPPORTED: &str = "not_supported";
const NO_INFORMATION: &str = "no_information";

/// A time as the report has it: `2026-03-04T05:06:07+00:00`.
fn time(time: Time) -> String {
    let wire = time.to_wire();
    format!("{}+00:00", wire.trim_end_matches('Z'))
}

/// The report as CSV. No value in it can hold a comma or a quote: names and ARNs are of IAM's characters.
pub fn csv(subjects: &[Subject<'_>], policy: &PasswordPolicy) -> String {
    let mut text = COLUMNS.to_owned();
    for subject in subjects {
        let mut cells = vec![subject.name.to_owned(), subject.arn.clone(), time(subject.created_at)];
        cells.extend(password(subject, policy));
        cells.push(subject.mfa_active.to_string());
        for at in 0..2 {
            cells.extend(key(subject.keys.get(at).copied()));
        }
        for at in 0..2 {
            cells.extend(certificate(subject.certificates.get(at).copied()));
        }
        // A comma is a legal character of names.
        let cells = cells.iter().map(|cell| if cell.contains(',') { format!("\"{cell}\"") } else { cell.clone() });
        let _ = write!(text, "\n{}", cells.collect::<Vec<_>>().join(","));
    }
    text
}

fn password(subject: &Subject<'_>, policy: &PasswordPolicy) -> [String; 4] {
    if subject.is_root {
        return [UNSUPPORTED, NO_INFORMATION, UNSUPPORTED, UNSUPPORTED].map(str::to_owned);
    }
    let Some(password) = subject.profile.and_then(|profile| profile.password.as_ref()) else {
        return ["false", NONE, NONE, NONE].map(str::to_owned);
    };
    let used = subject.password_last_used.map_or_else(|| NO_INFORMATION.to_owned(), time);
    let rotation = policy.expiry(password.set_at).map_or_else(|| NONE.to_owned(), time);
    ["true".to_owned(), used, time(password.set_at), rotation]
}

fn key(key: Option<&AccessKey>) -> [String; 5] {
    let Some(key) = key else { return ["false", NONE, NONE, NONE, NONE].map(str::to_owned) };
    let or_none = |text: Option<&String>| text.map_or_else(|| NONE.to_owned(), Clone::clone);
    [
        (key.status == KeyStatus::Active).to_string(),
        time(key.created_at),
        key.last_used_at.map_or_else(|| NONE.to_owned(), time),
        or_none(key.last_used_region.as_ref()),
        or_none(key.last_used_service.as_ref()),
    ]
}

fn certificate(certificate: Option<CertificateFacts>) -> [String; 2] {
    match certificate {
        Some(facts) => [facts.active.to_string(), time(facts.rotated_at)],
        None => ["false", NONE].map(str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject(name: &str) -> Subject<'_> {
        Subject {
            name,
            arn: format!("arn:{name}"),
            created_at: Time(0),
            is_root: false,
            profile: None,
            password_last_used: None,
            mfa_active: false,
            keys: Vec::new(),
            certificates: Vec::new(),
        }
    }

    #[test]
    fn a_line_has_a_cell_for_every_column() {
        let root = Subject { is_root: true, ..subject("<root_account>") };
        let report = csv(&[root, subject("bob,jr")], &PasswordPolicy::lax());
        let lines: Vec<&str> = report.lines().collect();
        assert_eq!(lines.len(), 3);
        assert_eq!(lines[0].split(',').count(), 22);
        assert_eq!(
            lines[1],
            "<root_account>,arn:<root_account>,1970-01-01T00:00:00+00:00,not_supported,no_information,not_supported,\
             not_supported,false,false,N/A,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A"
        );
        assert!(lines[2].starts_with("\"bob,jr\",\"arn:bob,jr\",1970-01-01T00:00:00+00:00,false,N/A,N/A,N/A,false,"));
    }

    #[test]
    fn a_report_is_made_then_kept_for_four_hours() {
        let report = Report { content: String::new(), started_at: Time(0), ready_at: Time(0).plus_seconds(10) };
        let at = |seconds| report.state(Time(0).plus_seconds(seconds));
        assert_eq!(
            (at(9), at(10), at(10 + LIFETIME)),
            (ReportState::InProgress, ReportState::Complete, ReportState::Expired)
        );
    }
}
