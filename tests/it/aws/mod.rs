//! AWS's dialect, over HTTP.

mod client;
mod sts;
mod sts_lives;
