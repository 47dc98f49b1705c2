//! What can be wrong with settings, each in one readable line that names the key and where it was
//! set.

/// What is wrong with the settings.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// The settings file cannot be read.
    #[error("cannot read {file}: {cause}")]
    Unreadable {
        /// The file as it was named.
        file: String,
        /// What the system said.
        cause: String,
    },
    /// The settings file is not TOML.
    #[error("{file}: {problem}")]
    Syntax {
        /// The file as it was named.
        file: String,
        /// Line, column and what was expected there.
        problem: String,
    },
    /// The file sets something that does not exist.
    #[error("unknown setting \"{key}\" in {file}")]
    UnknownSetting {
        /// The key with its section.
        key: String,
        /// The file as it was named.
        file: String,
    },
    /// A variable that begins with `SESAME_` sets something that does not exist.
    #[error("unknown variable {name}")]
    UnknownVariable {
        /// The variable's name.
        name: String,
    },
    /// A value that cannot be used.
    #[error("{place}: {problem}")]
    Invalid {
        /// The file and key, the variable, or the flag.
        place: String,
        /// What is wrong with it.
        problem: String,
    },
}
