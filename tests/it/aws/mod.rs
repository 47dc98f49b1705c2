//! AWS's dialect over HTTP, on both engines.

mod attachments;
mod client;
mod groups;
mod policies;
mod policy_races;

use client::{Answer, Aws, DOCUMENT};
