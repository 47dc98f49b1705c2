//! The file of a SQLite store, seen from outside: whether what stands at its path is still what is open; must not know
//! what is in it.
//!
//! SQLite goes on reading and writing a file that was moved away or deleted, and finds out late that one was
//! overwritten: what it writes then is lost when the process ends.

/// What became of the file of a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Astray {
    /// Nothing is at its path.
    #[error("the store's file is gone")]
    Gone,
    /// Another file is at its path.
    #[error("another file stands in the place of the store's")]
    Replaced,
    /// It was cut off or overwritten.
    #[error("the store's file was overwritten")]
    Overwritten,
}

#[cfg(unix)]
pub(super) use unix::StoreFile;

#[cfg(unix)]
mod unix {
    use std::fs::{File, Metadata};
    use std::io;
    use std::os::unix::fs::{FileExt as _, MetadataExt as _};
    use std::path::{Path, PathBuf};

    use super::Astray;

    /// What every file of SQLite begins with (SQLite, "Database File Format", section 1.3.1).
    const MAGIC: &[u8; 16] = b"SQLite format 3\0";
    /// How long its header is (as above, section 1.3).
    const HEADER: u64 = 100;

    /// A file that is open.
    #[derive(Debug)]
    pub(in super::super) struct StoreFile {
        path: PathBuf,
        /// Open as long as the store is: to close any handle of the file gives SQLite's locks on it up (SQLite, "How To
        /// Corrupt An SQLite Database File", section 2.2).
        file: File,
        identity: (u64, u64),
    }

    fn identity(metadata: &Metadata) -> (u64, u64) {
        (metadata.dev(), metadata.ino())
    }

    impl StoreFile {
        /// Looks at the file that SQLite has opened.
        pub(in super::super) fn open(path: &Path) -> io::Result<Self> {
            // A relative path means the same file wherever the process goes later.
            let path = path.canonicalize()?;
            let file = File::open(&path)?;
            let identity = identity(&file.metadata()?);
            Ok(Self { path, file, identity })
        }

        /// Whether it is still what stands at its path.
        pub(in super::super) fn check(&self) -> Result<(), Astray> {
            let there = std::fs::metadata(&self.path).map_err(|_| Astray::Gone)?;
            if identity(&there) != self.identity {
                return Err(Astray::Replaced);
            }
            let mut start = [0; MAGIC.len()];
            let begins_well = self.file.read_exact_at(&mut start, 0).is_ok() && start == *MAGIC;
            if there.len() < HEADER || !begins_well { Err(Astray::Overwritten) } else { Ok(()) }
        }
    }
}

/// Elsewhere a file that is open cannot be taken away.
#[cfg(not(unix))]
#[derive(Debug)]
pub(super) struct StoreFile;

#[cfg(not(unix))]
impl StoreFile {
    pub(super) fn open(_: &std::path::Path) -> std::io::Result<Self> {
        Ok(Self)
    }

    #[expect(clippy::unused_self, reason = "the same form as on Unix")]
    pub(super) fn check(&self) -> Result<(), Astray> {
        Ok(())
    }
}
