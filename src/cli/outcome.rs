//! How a command ends: what went wrong, in words, and the exit codes that scripts go by. It knows no command.

use std::fmt;
use std::io;

/// How a command that asked ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    /// As asked.
    Well,
    /// The server answered, and refused.
    Refused,
    /// The answer is not the one that a script hopes for.
    NotMet,
}

impl Done {
    /// The exit code.
    pub fn code(self) -> u8 {
        match self {
            Self::Well => 0,
            Self::Refused => 1,
            Self::NotMet => 4,
        }
    }
}

/// Why a command came to nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// The server said no, or failed.
    Refused(String),
    /// What was asked for makes no sense, or a file cannot be read or written.
    Usage(String),
    /// No server answers.
    Unreachable(String),
    /// Whoever reads the output has gone: nobody is left to be told.
    NobodyReads,
}

impl Failure {
    /// The exit code.
    pub fn code(&self) -> u8 {
        match self {
            Self::Refused(_) => 1,
            Self::Usage(_) => 2,
            Self::Unreachable(_) => 3,
            Self::NobodyReads => 0,
        }
    }

    pub(super) fn usage(problem: impl Into<String>) -> Self {
        Self::Usage(problem.into())
    }

    /// A file that cannot be read or written.
    pub(super) fn file(what: &str, file: &str, error: &io::Error) -> Self {
        Self::Usage(format!("cannot {what} {file}: {error}"))
    }

    /// Output that could not be written.
    pub(super) fn output(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::NobodyReads,
            _ => Self::Usage(format!("cannot write the output: {error}")),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(problem) | Self::Usage(problem) | Self::Unreachable(problem) => f.write_str(problem),
            Self::NobodyReads => f.write_str("nobody reads the output"),
        }
    }
}

/// The exit codes, as help and manual tell them.
pub(super) const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  the server refused or failed
  2  wrong usage or settings, or a file that cannot be read or written
  3  no server can be reached
  4  the answer is not yes: an action not allowed, a sign-in that wants more";
