//! AWS's operations over HTTP.

mod client;
mod federation;
mod providers;
