//! The console over HTTP, as a browser without scripts sees it.

mod account;
mod accounts;
mod clock;
mod explorer;
mod guards;
mod journal;
mod refusals;
mod sessions;
mod sign_in;
mod sign_in_guards;
mod sign_in_steps;
mod users;
