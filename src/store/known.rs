//! What the only writer of a store knows without asking it: how often each account and the world changed.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::domain::time::ClockSetting;

/// What may be believed about an account: as long as both generations stay the same, nothing read under them changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pulse {
    /// The world's generation.
    pub world: i64,
    /// The account's generation; 0 when there is no such account.
    pub account: i64,
    /// The world's clock.
    pub clock: ClockSetting,
}

#[derive(Debug)]
pub(super) struct Known(Mutex<State>);

#[derive(Debug)]
struct State {
    world: i64,
    clock: ClockSetting,
    accounts: HashMap<String, i64>,
}

impl Known {
    pub(super) fn new(clock: ClockSetting) -> Self {
        Self(Mutex::new(State { world: 0, clock, accounts: HashMap::new() }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn pulse(&self, account_id: &str) -> Pulse {
        let state = self.state();
        Pulse { world: state.world, account: state.accounts.get(account_id).copied().unwrap_or(0), clock: state.clock }
    }

    /// Raises an account's generation and tells it.
    pub(super) fn raise_account(&self, account_id: &str) -> i64 {
        let mut state = self.state();
        if let Some(generation) = state.accounts.get_mut(account_id) {
            *generation += 1;
            return *generation;
        }
        state.accounts.insert(account_id.to_owned(), 1);
        1
    }

    pub(super) fn raise_world(&self, clock: Option<ClockSetting>) {
        let mut state = self.state();
        state.world += 1;
        // Every account's knowledge hangs on the world's generation, so the old counts are of no use.
        state.accounts.clear();
        if let Some(clock) = clock {
            state.clock = clock;
        }
    }
}
