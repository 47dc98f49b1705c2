//! AWS's operations over HTTP.

mod client;
mod providers;
