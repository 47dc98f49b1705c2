//! Use cases, one transaction each, the same for every dialect: no HTTP, no SQL text.

use std::future::Future;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use crate::app::App;
use crate::app::cache::{SignerSession, TaggedUser};
use crate::app::journal::Unchecked;
use crate::domain::account::{Account, Cloud};
use crate::domain::error::{Error, Noun};
use crate::domain::login_profile::LoginProfile;
use crate::domain::policy::Check;
use crate::domain::principal::Principal;
use crate::domain::rules::Quotas;
use crate::domain::time::{ClockSetting, Time};
use crate::domain::user::{User, UserRef};
use crate::store;

pub use crate::store::Pulse;

pub mod access_assignments;
pub mod access_keys;
pub mod access_reports;
pub mod account_details;
pub mod account_summary;
pub mod accounts;
pub mod assertion_identity;
pub mod authority;
pub mod authorization_messages;
pub mod authorize;
pub mod boundaries;
pub mod callers;
pub mod console_sessions;
pub mod console_tokens;
pub mod context_keys;
pub mod credential_report;
pub mod credentials;
pub mod device_access;
pub mod diagnoses;
pub mod explanations;
pub mod faults;
pub mod federated_roles;
pub mod federated_sessions;
pub mod figures;
pub mod generated_passwords;
pub mod groups;
pub mod id_tokens;
pub mod identity_policies;
pub mod inline_policies;
pub mod inquiries;
pub mod instance_profiles;
pub mod lapses;
pub mod least_privilege;
pub mod lent_keys;
pub mod login_profiles;
pub mod mfa_devices;
pub mod mfa_enrolment;
mod mfa_tickets;
pub mod nonces;
pub mod oauth;
pub mod oauth_proof;
pub mod oidc_identity;
pub mod oidc_keys;
pub mod oidc_providers;
pub mod password_policy;
mod passwords;
pub mod policies;
pub mod policy_attachments;
pub mod policy_listing;
pub mod policy_owners;
pub mod policy_versions;
pub mod request_context;
pub mod role_sessions;
pub mod role_taking;
pub mod roles;
pub mod rulings;
pub mod saml_identity;
pub mod saml_providers;
pub mod sealing;
pub mod security_preference;
mod seed_sowing;
pub mod seeds;
pub mod server_certificates;
pub mod service_credentials;
pub mod service_linked_roles;
pub mod session_credentials;
mod session_mfa;
mod session_policies;
pub mod sessions;
pub mod sign_in;
mod sign_in_factor;
mod sign_in_failures;
pub mod sign_in_records;
mod sign_in_standing;
pub mod signing_certificates;
pub mod simulation;
pub mod snapshots;
pub mod ssh_public_keys;
mod standings;
pub mod state;
mod state_checks;
pub mod state_document;
mod state_references;
pub mod tagged;
mod tags;
pub mod targets;
pub mod totp;
mod trust;
pub mod unchecked;
pub mod upkeep;
pub mod user_tokens;
pub mod users;
pub mod web_identity;
pub mod world;

/// How often a use case that lost a race is tried again.
pub(crate) const MOST_TRIES: usize = 8;

/// What one request acts with.
pub struct Ctx {
    /// What every request shares.
    pub app: App,
    /// The account acted in.
    pub account_id: String,
    /// Its cloud.
    pub cloud: Cloud,
    /// Who is calling.
    pub principal: Principal,
    /// The session behind the credentials, when they are temporary.
    pub session: Option<Arc<SignerSession>>,
    /// The region called.
    pub region: String,
    /// What may be believed about the account without reading it.
    pub pulse: Pulse,
    /// The time by the account's clock.
    pub now: Time,
    /// Where the call comes from.
    pub source_address: IpAddr,
    /// What the client calls itself.
    pub user_agent: Option<String>,
    /// What authorization decided, for the journal.
    pub decision: Mutex<Decided>,
}

/// What authorization decided, and on what grounds.
#[derive(Debug, Default)]
pub struct Decided {
    /// `allowed`, `denied`, or `audited` for what only auditing let through.
    pub outcome: Option<&'static str>,
    /// All that was asked of policies.
    pub checks: Vec<Check>,
    /// What would have been, of a caller whom they do not bind.
    pub unchecked: Vec<Unchecked>,
    /// The injected fault that did something to the request, by its id.
    pub fault: Option<String>,
    /// Whether that fault took the place of the answer.
    pub is_struck_down: bool,
}

impl Ctx {
    /// How much an account may have.
    pub fn quotas(&self) -> Quotas {
        quotas(&self.app, self.cloud)
    }

    /// Notes what authorization decided.
    pub fn decided(&self, decision: &'static str) {
        self.decision.lock().unwrap_or_else(PoisonError::into_inner).outcome = Some(decision);
    }

    /// Forgets what was decided: a call that lost a race is judged anew.
    pub fn undecided(&self) {
        *self.decision.lock().unwrap_or_else(PoisonError::into_inner) = Decided::default();
    }

    /// Notes what was asked of policies.
    pub fn checked(&self, check: Check) {
        self.decision.lock().unwrap_or_else(PoisonError::into_inner).checks.push(check);
    }

    /// Notes what policies were not asked.
    pub fn left_unchecked(&self, unchecked: Vec<Unchecked>) {
        self.decision.lock().unwrap_or_else(PoisonError::into_inner).unchecked = unchecked;
    }

    /// The account, from memory while that holds.
    pub async fn account(&self) -> Result<Arc<Account>, Error> {
        account(&self.app, &self.account_id, &self.pulse).await
    }

    /// The user whom `user` names, with its tags, from memory while that holds.
    pub async fn user(&self, user: &UserRef) -> Result<Arc<TaggedUser>, Error> {
        let key = match user {
            UserRef::Name(name) => format!("name:{}", crate::domain::name::key(name)),
            UserRef::Id(id) => format!("id:{id}"),
            UserRef::AccessKey(id) => format!("key:{id}"),
        };
        let is_kept = !store::sight::is_veiled();
        if let Some(kept) = self.app.cache.get::<Option<Arc<TaggedUser>>>(&self.account_id, &self.pulse, &key)
            && is_kept
        {
            return kept.ok_or_else(|| users::missing(user));
        }
        let found = users::find(&mut self.app.db.read().await?, &self.account_id, user).await?.map(Arc::new);
        if is_kept {
            self.app.cache.put(&self.account_id, &self.pulse, &key, &found);
        }
        found.ok_or_else(|| users::missing(user))
    }

    /// A user's login profile, from memory while that holds.
    pub async fn login_profile(&self, user: &User) -> Result<Arc<LoginProfile>, Error> {
        let user_id = &*user.id;
        let kept = self.app.cache.get::<Option<Arc<LoginProfile>>>(&self.account_id, &self.pulse, user_id);
        let found = if let Some(found) = kept {
            found
        } else {
            let mut conn = self.app.db.read().await?;
            let found = store::login_profiles::find(&mut conn, &self.account_id, user_id).await?.map(Arc::new);
            self.app.cache.put(&self.account_id, &self.pulse, user_id, &found);
            found
        };
        found.ok_or_else(|| Error::missing(Noun::LoginProfile, &*user.name))
    }

    /// The name and id of the calling user; a root or a role session is none.
    pub fn calling_user(&self) -> Option<(&str, &str)> {
        match &self.principal {
            Principal::User { id, name, .. } => Some((id, name)),
            _ => None,
        }
    }
}

/// A user as policies see it where it signs no request: in the console.
pub(crate) async fn acting_as(
    app: &App,
    account: &Account,
    user: &User,
    now: Time,
    source_address: IpAddr,
) -> Result<Ctx, Error> {
    Ok(Ctx {
        app: app.clone(),
        account_id: account.id.clone(),
        cloud: account.cloud,
        principal: Principal::User { id: user.id.clone(), name: user.name.clone(), path: user.path.clone() },
        session: None,
        region: String::new(),
        pulse: app.db.pulse(&account.id).await?,
        now,
        source_address,
        user_agent: None,
        decision: Mutex::default(),
    })
}

/// The account that a cloud's unnamed callers act in.
pub(crate) fn default_account(app: &App, cloud: Cloud) -> &str {
    match cloud {
        Cloud::Alibaba => &app.settings.alibaba.default_account,
        Cloud::Aws => &app.settings.aws.default_account,
    }
}

/// How much an account of `cloud` may have.
fn quotas(app: &App, cloud: Cloud) -> Quotas {
    let set = &app.settings.alibaba;
    match cloud {
        Cloud::Aws => Quotas::AWS,
        Cloud::Alibaba => Quotas {
            users: set.users_per_account,
            groups: set.groups_per_account,
            groups_per_user: set.groups_per_user,
            roles: set.roles_per_account,
            mfa_devices: set.mfa_devices_per_account,
            access_keys_per_user: set.access_keys_per_user,
            tags: 20,
            policies: set.policies_per_account,
            versions_per_policy: set.versions_per_policy,
            attached_policies: i64::MAX,
            attached_own_policies: set.custom_policies_per_identity,
            attached_clouds_policies: set.system_policies_per_identity,
            // IMS 2019-08-15 CreateOIDCProvider; older pages say 20.
            clients_per_provider: 50,
            ..Quotas::AWS
        },
    }
}

/// An account, from memory while that holds.
pub(crate) async fn account(app: &App, id: &str, pulse: &Pulse) -> Result<Arc<Account>, Error> {
    if let Some(kept) = app.cache.get::<Arc<Account>>(id, pulse, "") {
        return Ok(kept);
    }
    // Dropped since the caller was recognised: the next try finds out who he is now.
    let found = store::accounts::find(&mut app.db.read().await?, id).await?.map(Arc::new).ok_or(Error::Conflict)?;
    app.cache.put(id, pulse, "", &found);
    Ok(found)
}

/// The time in an account: by its own clock once it was set, else by the world's.
pub(crate) fn time_in(app: &App, own: Option<ClockSetting>, world: ClockSetting) -> Time {
    own.unwrap_or(world).now(app.system_now())
}

/// Runs a use case again when it lost a race.
///
/// # Errors
/// Those of the use case; `Conflict` when it lost every time.
pub async fn retry<T, F, Fut>(mut use_case: F) -> Result<T, Error>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<T, Error>>,
{
    for _ in 1..MOST_TRIES {
        match use_case().await {
            Err(Error::Conflict) => tokio::task::yield_now().await,
            done => return done,
        }
    }
    use_case().await
}
