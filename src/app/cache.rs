//! What was read from the store, kept as long as the generations it was read under still hold.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::domain::account::{Account, Cloud};
use crate::domain::login_profile::LoginProfile;
use crate::domain::policy::{Document, Standing};
use crate::domain::principal::Principal;
use crate::domain::session::{SessionContext, SessionKind};
use crate::domain::time::Time;
use crate::domain::user::{Tag, User};
use crate::store::{Pulse, Step};

/// The most that is kept of one account, and the most accounts of which something is kept. Past that the shelf is
/// emptied: it fills again with what is in use.
const MOST_ENTRIES: usize = 20_000;
const MOST_ACCOUNTS: usize = 2_000;
const LONGEST_KEY: usize = 300;

/// What a key may do, as the store knows it.
#[derive(Debug, Clone)]
pub enum Credential {
    /// It signs for a principal.
    Good(Signer),
    /// It was never issued: the root of the account, when settings allow that.
    NeverIssued,
    /// It was issued and may not be used for now.
    Inactive,
    /// It was issued and is gone.
    Gone,
}

/// A principal and the secret that proves it.
#[derive(Clone)]
pub struct Signer {
    /// Who signs.
    pub principal: Principal,
    /// The secret.
    pub secret: String,
    /// For keys of STS: the session.
    pub session: Option<Arc<SignerSession>>,
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Signer").field("principal", &self.principal).finish_non_exhaustive()
    }
}

/// What makes a key of STS good, and what its session carries.
#[derive(Debug)]
pub struct SignerSession {
    /// SHA-256 of the security token, in hexadecimal.
    pub token_hash: String,
    /// When its time runs out.
    pub expires_at: Time,
    /// Whether it was ended before.
    pub ended: bool,
    /// What it is a session of.
    pub kind: SessionKind,
    /// When it started, and when its second factor was shown.
    pub started_at: Time,
    /// Whether a second factor was shown.
    pub mfa_present: bool,
    /// The role's ARN, with its path.
    pub role_arn: Option<String>,
    /// Who is behind it, as its first maker said.
    pub source_identity: Option<String>,
    /// The policy given with it, read.
    pub policy: Option<Arc<Document>>,
    /// Of a federated user: the user that made it one; none was the root.
    pub maker: Option<String>,
    /// Tags, transitive keys, managed policies, provider.
    pub context: SessionContext,
}

/// A user with its tags.
pub type TaggedUser = (User, Vec<Tag>);

/// What is kept of one account.
#[derive(Default)]
pub struct Shelf {
    account: Option<Arc<Account>>,
    credentials: HashMap<String, Arc<Credential>>,
    users: HashMap<String, Option<Arc<TaggedUser>>>,
    profiles: HashMap<String, Option<Arc<LoginProfile>>>,
    standings: HashMap<String, Arc<Standing>>,
}

impl Shelf {
    fn len(&self) -> usize {
        self.credentials.len() + self.users.len() + self.profiles.len() + self.standings.len()
    }
}

impl Shelf {
    /// Takes out that users were not found: one was made.
    pub fn forget_missing_users(&mut self) {
        self.users.retain(|_, user| user.is_some());
    }

    /// Takes out a user's login profile, and the credentials of sign-ins with it: they may end as it changes.
    pub fn forget_profile(&mut self, user_id: &str) {
        self.profiles.remove(user_id);
        self.credentials.retain(|_, credential| match &**credential {
            Credential::Good(Signer { session: Some(session), .. }) => {
                session.kind != SessionKind::SignIn || session.maker.as_deref() != Some(user_id)
            }
            _ => true,
        });
    }

    /// Takes out a user, by whatever name it is kept.
    pub fn forget_user(&mut self, user_id: &str) {
        self.users.retain(|_, user| user.as_ref().is_none_or(|kept| kept.0.id != user_id));
    }
}

/// A kind of thing that is kept, by its own key.
pub trait Kept: Sized {
    /// Looks it up.
    fn get(shelf: &Shelf, key: &str) -> Option<Self>;
    /// Puts it in.
    fn put(&self, shelf: &mut Shelf, key: &str);
}

macro_rules! kept {
    ($ty:ty, $field:ident) => {
        impl Kept for $ty {
            fn get(shelf: &Shelf, key: &str) -> Option<Self> {
                shelf.$field.get(key).cloned()
            }
            fn put(&self, shelf: &mut Shelf, key: &str) {
                shelf.$field.insert(key.to_owned(), self.clone());
            }
        }
    };
}

kept!(Arc<Credential>, credentials);
kept!(Option<Arc<TaggedUser>>, users);
kept!(Option<Arc<LoginProfile>>, profiles);
kept!(Arc<Standing>, standings);

impl Kept for Arc<Account> {
    fn get(shelf: &Shelf, _: &str) -> Option<Self> {
        shelf.account.clone()
    }
    fn put(&self, shelf: &mut Shelf, _: &str) {
        shelf.account = Some(self.clone());
    }
}

/// The cache.
#[derive(Default)]
pub struct Cache(Mutex<State>);

#[derive(Default)]
struct State {
    shelves: HashMap<String, (Pulse, Shelf)>,
    /// Which account a key belongs to, on each cloud's wire, since one that was never issued is a root on both: only a hint where to look, so it needs no generation.
    accounts_of_keys: HashMap<Cloud, HashMap<String, Arc<str>>>,
}

impl Cache {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets everything.
    pub fn clear(&self) {
        *self.state() = State::default();
    }

    /// The account to look in for a key.
    pub fn account_of_key(&self, cloud: Cloud, key_id: &str) -> Option<Arc<str>> {
        self.state().accounts_of_keys.get(&cloud)?.get(key_id).cloned()
    }

    /// Remembers the account to look in for a key.
    pub fn remember_account_of_key(&self, cloud: Cloud, key_id: &str, account_id: &str) {
        let mut state = self.state();
        let accounts = state.accounts_of_keys.entry(cloud).or_default();
        if accounts.len() >= MOST_ENTRIES {
            accounts.clear();
        }
        accounts.insert(key_id.to_owned(), account_id.into());
    }

    /// Goes on keeping what a write left as it was: `change` takes out all that the write touched. Only what was kept
    /// right up to the write is still true behind it.
    pub fn carry_over(&self, account_id: &str, step: Step, change: impl FnOnce(&mut Shelf)) {
        let mut state = self.state();
        if let Some((kept_at, shelf)) = state.shelves.get_mut(account_id)
            && kept_at.account == step.before
        {
            kept_at.account = step.after;
            change(shelf);
        }
    }

    /// What is kept under `key`, if it was read under this very pulse.
    pub fn get<T: Kept>(&self, account_id: &str, pulse: &Pulse, key: &str) -> Option<T> {
        let state = self.state();
        let (kept_at, shelf) = state.shelves.get(account_id)?;
        if kept_at == pulse { T::get(shelf, key) } else { None }
    }

    /// Keeps what was read after `pulse` was taken.
    pub fn put<T: Kept>(&self, account_id: &str, pulse: &Pulse, key: &str, value: &T) {
        let mut state = self.state();
        if state.shelves.len() >= MOST_ACCOUNTS && !state.shelves.contains_key(account_id) {
            state.shelves.clear();
        }
        let (kept_at, shelf) = state.shelves.entry(account_id.to_owned()).or_insert_with(|| (*pulse, Shelf::default()));
        if kept_at != pulse {
            // A slow reader must not throw out what a later one found.
            if (kept_at.world, kept_at.account) > (pulse.world, pulse.account) {
                return;
            }
            (*kept_at, *shelf) = (*pulse, Shelf::default());
        }
        // Whatever somebody sent is not worth its memory.
        if key.len() > LONGEST_KEY {
            return;
        }
        if shelf.len() >= MOST_ENTRIES {
            *shelf = Shelf::default();
        }
        value.put(shelf, key);
    }
}
