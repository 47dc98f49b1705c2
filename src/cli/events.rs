//! `sesame events`: the journal as the clouds' audit trails would have it.

use super::follow::follow;
use super::outcome::{Done, Failure};
use super::requests::Wanted;
use super::surface::{Path, Surface};
use super::view::View;

/// Whose trail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Format {
    /// AWS's
    #[value(name = "cloudtrail")]
    CloudTrail,
    /// Alibaba Cloud's
    #[value(name = "actiontrail")]
    ActionTrail,
}

/// Which events.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
pub struct Events {
    /// Whose trail
    #[arg(long, value_enum)]
    format: Format,
    /// The filters.
    #[command(flatten)]
    wanted: Wanted,
    /// So many of the newest
    #[arg(long, value_name = "NUMBER", conflicts_with = "follow")]
    limit: Option<u32>,
    /// Those from now on, until told to stop
    #[arg(long)]
    follow: bool,
}

const RECORDS: View = View::Rows(
    "/Records",
    &[
        ("TIME", "/eventTime"),
        ("SOURCE", "/eventSource"),
        ("EVENT", "/eventName"),
        ("WHO", "/userIdentity/arn"),
        ("FROM", "/sourceIPAddress"),
        ("ERROR", "/errorCode"),
        ("MESSAGE", "/errorMessage"),
    ],
);

const EVENTS: View = View::Rows(
    "/Events",
    &[
        ("TIME", "/eventTime"),
        ("SERVICE", "/serviceName"),
        ("EVENT", "/eventName"),
        ("WHO", "/userIdentity/userName"),
        ("FROM", "/sourceIpAddress"),
        ("ERROR", "/errorCode"),
        ("MESSAGE", "/errorMessage"),
    ],
);

/// What a line says of an event as it comes, of either trail.
const LINE: &[&str] = &["/eventTime", "/eventSource", "/eventName", "/userIdentity/userName", "/errorCode"];

impl Events {
    pub(super) async fn run(&self, surface: &Surface) -> Result<Done, Failure> {
        let (format, view) = match self.format {
            Format::CloudTrail => ("cloudtrail", &RECORDS),
            Format::ActionTrail => ("actiontrail", &EVENTS),
        };
        let parts: &[&str] = if self.follow { &["events", "stream"] } else { &["events"] };
        let path = self.wanted.filter(surface, Path::of(parts)).await?.with("format", Some(format));
        if self.follow {
            return follow(surface, &path, LINE).await;
        }
        let limit = self.limit.map(|limit| limit.to_string());
        surface.show(&surface.get(&path.with("limit", limit.as_deref())).await?, view)
    }
}
