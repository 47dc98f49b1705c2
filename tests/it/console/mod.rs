//! The console over HTTP, as a browser without scripts sees it.

mod account;
mod accounts;
mod clock;
mod editing;
mod explorer;
mod faults;
mod guards;
mod journal;
mod permissions;
mod refusals;
mod sessions;
mod sign_in;
mod sign_in_guards;
mod sign_in_steps;
mod users;
