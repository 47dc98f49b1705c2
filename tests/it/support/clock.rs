//! Real time for tests: it stands still but for a microsecond each time it is read, so that two readings differ and
//! no test meets the end of a 30-second step.

use std::sync::atomic::{AtomicI64, Ordering};

use sesame::clock::Clock;
use sesame::domain::time::Time;

/// 2026-11-22T00:00:00Z in microseconds. One clock for all: replicas over one store agree about real time.
static NOW: AtomicI64 = AtomicI64::new(1_795_305_600_000_000);

/// See the module.
pub(crate) struct TestClock;

impl Clock for TestClock {
    fn now(&self) -> Time {
        Time(NOW.fetch_add(1, Ordering::SeqCst))
    }
}
