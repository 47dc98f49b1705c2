//! Tells a person at a terminal that long work goes on; a script sees nothing of it. It knows nothing of the work.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

/// Work that is done sooner is not worth a word.
const PATIENCE: Duration = Duration::from_millis(400);
/// Between two words.
const STEP: Duration = Duration::from_millis(100);

/// A line on standard error about work that goes on, wiped away at its end.
#[derive(Debug)]
pub struct Progress {
    what: String,
    is_seen: bool,
    began: Instant,
    told: Option<Instant>,
}

impl Progress {
    /// Begins, and says nothing yet.
    pub fn begin(what: impl Into<String>) -> Self {
        Self { what: what.into(), is_seen: io::stderr().is_terminal(), began: Instant::now(), told: None }
    }

    /// So many bytes went, of so many if that is known.
    pub fn bytes(&mut self, gone: u64, of: Option<u64>) {
        let amount = match of {
            Some(of) if of > 0 => format!("{} of {}", size(gone), size(of)),
            _ => size(gone),
        };
        self.tell(&amount);
    }

    /// Waits for what is to come, and says for how long.
    pub async fn wait<T>(&mut self, work: impl Future<Output = T>) -> T {
        if !self.is_seen {
            return work.await;
        }
        let mut work = std::pin::pin!(work);
        loop {
            match tokio::time::timeout(STEP, &mut work).await {
                Ok(done) => return done,
                Err(_) => self.tell(&format!("{} s", self.began.elapsed().as_secs())),
            }
        }
    }

    fn tell(&mut self, amount: &str) {
        let is_time = self.told.map_or(self.began.elapsed() >= PATIENCE, |told| told.elapsed() >= STEP);
        if self.is_seen && is_time {
            let _ = write!(io::stderr(), "\r\x1b[K{}: {amount}", self.what);
            let _ = io::stderr().flush();
            self.told = Some(Instant::now());
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.told.is_some() {
            let _ = write!(io::stderr(), "\r\x1b[K");
            let _ = io::stderr().flush();
        }
    }
}

/// A number of bytes for people.
fn size(bytes: u64) -> String {
    const KIB: u64 = 1024;
    const MIB: u64 = 1024 * KIB;
    match bytes {
        ..KIB => format!("{bytes} B"),
        KIB..MIB => format!("{} KiB", bytes / KIB),
        MIB.. => format!("{}.{} MiB", bytes / MIB, bytes % MIB * 10 / MIB),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_told_for_people() {
        assert_eq!(size(0), "0 B");
        assert_eq!(size(1_023), "1023 B");
        assert_eq!(size(1_024), "1 KiB");
        assert_eq!(size(1_048_575), "1023 KiB");
        assert_eq!(size(12_976_128), "12.3 MiB");
    }
}
