//! The integration tests: one binary, so that it links once.
//!
//! Postgres is named by `SESAME_TEST_POSTGRES_URL`; without it every test on Postgres fails, and none is skipped.

#[cfg(test)]
#[macro_use]
mod support;
mod switches;

#[cfg(test)]
mod aliases;
#[cfg(test)]
mod alibaba;
#[cfg(test)]
mod architecture;
#[cfg(test)]
mod aws;
#[cfg(test)]
mod console;
#[cfg(test)]
mod contract;
#[cfg(test)]
mod doors;
#[cfg(test)]
mod embed;
#[cfg(test)]
mod explain;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod foreign;
#[cfg(test)]
mod hostile_input;
#[cfg(test)]
mod isolation;
mod journal;
#[cfg(test)]
mod journal_parameters;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod policy_calls;
#[cfg(test)]
mod races;
#[cfg(test)]
mod replicas;
#[cfg(test)]
mod rules;
#[cfg(test)]
mod secrets;
#[cfg(test)]
mod seeds;
#[cfg(test)]
mod server;
#[cfg(test)]
mod session_ends;
#[cfg(test)]
mod sign_in;
#[cfg(test)]
mod snapshots;
#[cfg(test)]
mod state;
#[cfg(test)]
mod state_contradictions;
#[cfg(test)]
mod state_worlds;
#[cfg(test)]
mod store;
#[cfg(test)]
mod tls;
mod tool;
