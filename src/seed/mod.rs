//! Seeds: what a person writes down of a world to begin with, read from YAML or JSON; must not know how it comes into
//! a store.

mod accounts;
mod fields;
mod plan;
mod tree;

use std::fmt::Write as _;

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::domain::unrepeated::Unrepeated;

pub use fields::SeedFault;
pub use plan::{
    AccessKeySeed, AccountSeed, ConsoleSeed, GroupSeed, InlineSeed, MfaSeed, PasswordSeed, Place, PolicySeed, RoleSeed,
    Seed, UserSeed,
};

/// What a seed file holds.
#[derive(Debug, Clone)]
pub enum SeedFile {
    /// What a person wrote.
    Plan(Seed),
    /// A whole state, as a tester took it out of a store.
    State(Value),
}

/// The member by which a state is told from a seed.
const STATE: &str = "sesame_state";

/// A seed file, read, and by what it is known again.
#[derive(Debug, Clone)]
pub struct Seeding {
    /// What it holds.
    pub file: SeedFile,
    /// The first half of its SHA-256, in hexadecimal.
    pub digest: String,
}

impl Seeding {
    /// Reads a seed file.
    ///
    /// # Errors
    /// The first fault, with the line and the field.
    pub fn parse(text: &str) -> Result<Self, SeedFault> {
        let digest = Sha256::digest(text).iter().take(16).fold(String::new(), |mut digest, byte| {
            let _ = write!(digest, "{byte:02x}");
            digest
        });
        Ok(Self { file: parse(text)?, digest })
    }
}

fn parse(text: &str) -> Result<SeedFile, SeedFault> {
    // A state has thousands of lines, which a reader of JSON alone takes faster; what it cannot read is not one.
    if text.trim_start().starts_with('{')
        && let Ok(Unrepeated(document)) = serde_json::from_str(text)
        && document.get(STATE).is_some()
    {
        return Ok(SeedFile::State(document));
    }
    accounts::seed(tree::parse(text)?).map(SeedFile::Plan)
}

#[cfg(test)]
#[path = "seed_tests.rs"]
mod tests;
