//! The console over HTTP, as a browser without scripts sees it.

mod account;
mod guards;
mod sessions;
mod sign_in;
mod users;
