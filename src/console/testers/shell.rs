//! What stands around the pages for testers: their sections and the world's clock.

use super::gate::Tester;
use crate::app::App;
use crate::console::nav::Link;
use crate::console::page::{Failure, stamp};
use crate::console::parts::{Banner, Token};
use crate::services::world;

/// The sections: what a page calls the one it is in, what people read, the path.
const SECTIONS: &[(&str, &str, &str)] = &[
    ("clock", "Clock", "/console/testers/clock"),
    ("journal", "Journal", "/console/testers/journal"),
    ("accounts", "Accounts", "/console/testers/accounts"),
    ("faults", "Faults", "/console/testers/faults"),
    ("explorer", "API explorer", "/console/testers/explorer"),
];

/// See the module.
pub(super) struct Shell {
    pub(super) nav: Vec<Link>,
    pub(super) token: Token,
    pub(super) notice: Option<Banner>,
    pub(super) now: String,
    pub(super) mode: &'static str,
}

impl Shell {
    pub(super) async fn new(app: &App, tester: &Tester, here: &str) -> Result<Self, Failure> {
        let clock = world::clock(app, None).await?;
        let nav = SECTIONS.iter().map(|&(section, title, path)| Link {
            title,
            path,
            text: "",
            is_here: section == here,
            is_apart: false,
        });
        Ok(Self {
            nav: nav.collect(),
            token: tester.browser.token(),
            notice: tester.notice.clone(),
            now: stamp(clock.now),
            mode: mode_words(clock.setting.mode()),
        })
    }
}

/// How a clock runs, in words.
pub(super) fn mode_words(mode: &'static str) -> &'static str {
    match mode {
        "frozen" => "stands still",
        "offset" => "travelled",
        _ => "system time",
    }
}
