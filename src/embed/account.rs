//! An account of an embedded world: who its root is, its own clock, what happened in it.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};

use super::{Clock, to_its_end};
use crate::app::App;
use crate::app::journal::Entry;
use crate::domain::access_key::AccessKey;
use crate::domain::account::{self, Cloud};
use crate::domain::error::{Error, Noun};
use crate::services::sessions::{self, Shown};
use crate::services::sign_in::{self, Outcome, SignIn};
use crate::services::{accounts, default_account, retry};

/// An account with its root key.
#[derive(Clone)]
pub struct Account {
    app: App,
    id: String,
    cloud: Cloud,
    domain: Option<String>,
    key_id: String,
    secret: SecretString,
}

impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Account").field("id", &self.id).field("key_id", &self.key_id).finish_non_exhaustive()
    }
}

/// The account with a root key of it.
pub(super) fn of(app: App, account: &account::Account, key: AccessKey) -> Account {
    let (id, cloud, domain) = (account.id.clone(), account.cloud, account.sign_in_domain());
    Account { app, id, cloud, domain, key_id: key.id, secret: SecretString::from(key.secret) }
}

/// The default account of a cloud, with the root key made with it, which is made when nobody needed one yet.
pub(super) async fn default(app: App, cloud: Cloud) -> Result<Account, Error> {
    let id = default_account(&app, cloud).to_owned();
    retry(|| accounts::ensure_root_key(&app, &id)).await?;
    let found = accounts::with_users(&app, &id, "", 0).await?;
    let key = found.root_key.ok_or_else(|| Error::missing(Noun::AccessKey, &*id))?;
    Ok(of(app, &found.account, key))
}

impl Account {
    /// Its id: 16 digits, on AWS 12.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Its cloud.
    pub fn cloud(&self) -> Cloud {
        self.cloud
    }

    /// What its users' names end in when it was made, `ID.onaliyun.com`; AWS has no such thing.
    pub fn domain(&self) -> Option<&str> {
        self.domain.as_deref()
    }

    /// The id of its root's access key.
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// The secret of that key, in the clear: a test hands it to a client.
    pub fn secret(&self) -> &str {
        self.secret.expose_secret()
    }

    /// Its own clock.
    pub fn clock(&self) -> Clock {
        Clock::new(self.app.clone(), Some(self.id.clone()))
    }

    /// Signs one of its users in to the console, from this machine.
    ///
    /// # Errors
    /// When the store fails. A refusal is an [`Outcome`].
    pub async fn sign_in(&self, user: &str, password: &str) -> Result<Outcome, Error> {
        self.sign_in_with(user, password, |_| {}).await
    }

    /// As [`Account::sign_in`], with what else a person gives: the code of an MFA device, a new password.
    ///
    /// # Errors
    /// As [`Account::sign_in`].
    pub async fn sign_in_with(
        &self,
        user: &str,
        password: &str,
        more: impl FnOnce(&mut SignIn),
    ) -> Result<Outcome, Error> {
        let mut attempt = SignIn {
            cloud: self.cloud,
            account: Some(self.id.clone()),
            user: user.to_owned(),
            password: SecretString::from(password),
            mfa_code: None,
            new_password: None,
            tickets: Vec::new(),
            remember: false,
            source_address: IpAddr::V4(Ipv4Addr::LOCALHOST),
        };
        more(&mut attempt);
        let app = self.app.clone();
        to_its_end(async move { retry(|| sign_in::sign_in(&app, &attempt)).await }).await
    }

    /// Its sessions, also those that ended, with why.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn sessions(&self) -> Result<Vec<Shown>, Error> {
        sessions::list(&self.app, Some(&self.id), None).await
    }

    /// The requests of late that acted in it, the oldest first.
    pub fn requests(&self) -> Vec<Arc<Entry>> {
        let mut all = self.app.journal.all();
        all.retain(|entry| entry.account.as_deref() == Some(&*self.id));
        all
    }

    /// Takes it back to its beginning: empty, or what the seed file says of it. Its root key stays.
    ///
    /// # Errors
    /// When it has gone, or the store fails.
    pub async fn reset(&self) -> Result<(), Error> {
        let (app, id) = (self.app.clone(), self.id.clone());
        to_its_end(async move { retry(|| accounts::reset(&app, &id)).await }).await
    }

    /// Drops it with all that is in it.
    ///
    /// # Errors
    /// When it has gone already, or the store fails.
    pub async fn remove(self) -> Result<(), Error> {
        to_its_end(async move { retry(|| accounts::drop_account(&self.app, &self.id)).await }).await
    }
}
