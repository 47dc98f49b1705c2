//! Sows what a person wrote: the use cases, one after the other, as the accounts' roots; must not know the file.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Mutex;

use secrecy::SecretString;
use sha2::{Digest, Sha256};

use crate::app::App;
use crate::app::hasher::PasswordHash;
use crate::domain::access_key::{AccessKey, KeyStatus};
use crate::domain::arn;
use crate::domain::error::{Error, Noun};
use crate::domain::login_profile::LogonStatus;
use crate::domain::password_policy::PasswordPolicy;
use crate::domain::policy_owner::InlinePolicy;
use crate::domain::principal::Principal;
use crate::domain::user::UserRef;
use crate::seed::{
    AccessKeySeed, AccountSeed, ConsoleSeed, GroupSeed, InlineSeed, MfaSeed, PasswordSeed, Place, PolicySeed, RoleSeed,
    Seed, SeedFault, UserSeed,
};
use crate::store;

use super::policies::PolicyRef;
use super::policy_owners::OwnerRef;
use super::{
    Ctx, accounts, default_account, groups, inline_policies, login_profiles, mfa_devices, password_policy, policies,
    policy_attachments, roles, security_preference, users,
};

type Sown = Result<(), SeedFault>;

/// A number of its own for everything that is made, so that what one thing gets does not hang on what else is there.
fn reseed(app: &App, seed: &Seed, account_id: &str, kind: &str, name: &str) {
    let digest =
        Sha256::digest(format!("{}\0{account_id}\0{kind}\0{}", seed.seed_number, crate::domain::name::key(name)));
    let head = digest.iter().take(8).fold(0_u64, |number, byte| (number << 8) | u64::from(*byte));
    app.ids.reseed(head);
}

/// The words for what a use case refuses.
fn at(place: &Place) -> impl Fn(Error) -> SeedFault + '_ {
    move |error| {
        let problem = match &error {
            Error::Internal(source) => source.to_string(),
            error => error.to_string(),
        };
        SeedFault::at(place, problem)
    }
}

async fn root(app: &App, account: &AccountSeed, id: &str) -> Result<Ctx, Error> {
    Ok(Ctx {
        app: app.clone(),
        account_id: id.to_owned(),
        cloud: account.cloud,
        principal: Principal::Root,
        session: None,
        region: String::new(),
        pulse: app.db.pulse(id).await?,
        now: app.system_now(),
        source_address: IpAddr::V4(Ipv4Addr::LOCALHOST),
        user_agent: None,
        decision: Mutex::default(),
    })
}

/// Sows all accounts: first all that is named, then the roles, whose trust policies may name users of other accounts.
pub(super) async fn sow(app: &App, seed: &Seed) -> Sown {
    let mut ids: Vec<String> = Vec::new();
    for account in &seed.accounts {
        let id = account.id.clone().unwrap_or_else(|| default_account(app, account.cloud).to_owned());
        if ids.contains(&id) {
            return Err(SeedFault::at(&account.place, format!("account {id} stands here twice")));
        }
        accounts::ensure(app, &id, account.cloud).await.map_err(at(&account.place))?;
        ids.push(id);
    }
    for (account, id) in seed.accounts.iter().zip(&ids) {
        let ctx = root(app, account, id).await.map_err(at(&account.place))?;
        settle(&ctx, account).await.map_err(at(&account.place))?;
        for policy in &account.policies {
            reseed(app, seed, id, "policy", &policy.name);
            make_policy(&ctx, policy).await.map_err(at(&policy.place))?;
        }
        let account = Sowing { app, seed, account, id };
        for group in &account.account.groups {
            account.group(group).await?;
        }
        for user in &account.account.users {
            account.user(user).await?;
        }
        for (number, key) in account.account.access_keys.iter().enumerate() {
            reseed(app, seed, id, "root-key", &number.to_string());
            access_key(&account.ctx(&key.place).await?, None, key).await.map_err(at(&key.place))?;
        }
    }
    for (account, id) in seed.accounts.iter().zip(&ids) {
        for role in &account.roles {
            Sowing { app, seed, account, id }.role(role).await?;
        }
    }
    Ok(())
}

/// The account's own settings.
async fn settle(ctx: &Ctx, account: &AccountSeed) -> Result<(), Error> {
    if let Some(alias) = &account.alias {
        accounts::set_alias(ctx, Some(alias)).await?;
    }
    if let Some(change) = &account.password_policy {
        // One that somebody set takes the place of the rules that hold where nobody did.
        let before =
            PasswordPolicy { minimum_kinds: 0, refuse_account_name: false, ..PasswordPolicy::initial(ctx.cloud) };
        let mut policy = change.clone().apply(&before);
        policy.hard_expiry_given = change.hard_expiry.is_some();
        policy.users_may_change = account.users_may_change_passwords.unwrap_or(policy.users_may_change);
        password_policy::replace(ctx, policy).await?;
    }
    if let Some(change) = account.security_preference.clone() {
        security_preference::set(ctx, change).await?;
    }
    Ok(())
}

async fn make_policy(ctx: &Ctx, policy: &PolicySeed) -> Result<(), Error> {
    let create = policies::Create {
        name: policy.name.clone(),
        path: policy.path.clone(),
        description: policy.description.clone(),
        document: policy.document.clone(),
        tags: policy.tags.clone(),
    };
    policies::create(ctx, &create).await.map(|_| ())
}

/// Makes a key; what is not given comes from the seed's number.
async fn access_key(ctx: &Ctx, user_id: Option<String>, key: &AccessKeySeed) -> Result<(), Error> {
    let app = &ctx.app;
    // Drawn also where they are given, so that giving one leaves the other as it was.
    let (id, secret) = (app.ids.access_key_id(ctx.cloud, &ctx.account_id), app.ids.access_key_secret(ctx.cloud));
    let made = AccessKey {
        account_id: ctx.account_id.clone(),
        id: key.id.clone().unwrap_or(id),
        user_id,
        secret: key.secret.clone().unwrap_or(secret),
        status: key.status,
        seeded: false,
        created_at: ctx.now,
        updated_at: ctx.now,
        last_used_at: None,
        last_used_service: None,
        last_used_region: None,
    };
    let (mut tx, _) = app.db.write(&ctx.account_id).await?;
    if store::access_keys::find(&mut tx, &made.id).await?.is_some() {
        return Err(Error::exists(Noun::AccessKey, made.id));
    }
    let had = store::access_keys::of(&mut tx, &ctx.account_id, made.user_id.as_deref()).await?;
    let most = ctx.quotas().access_keys_per_user;
    if i64::try_from(had.iter().filter(|key| key.status != KeyStatus::Deleted).count()).unwrap_or(i64::MAX) >= most {
        return Err(Error::LimitExceeded(Noun::AccessKey, most));
    }
    store::access_keys::insert(&mut tx, &made).await?;
    tx.commit().await
}

struct Sowing<'a> {
    app: &'a App,
    seed: &'a Seed,
    account: &'a AccountSeed,
    id: &'a str,
}

impl Sowing<'_> {
    /// As the root, who believes nothing from before the last write.
    async fn ctx(&self, place: &Place) -> Result<Ctx, SeedFault> {
        root(self.app, self.account, self.id).await.map_err(at(place))
    }

    /// A policy by its ARN, by the name of one of the account's own, or by the name of one of the cloud's.
    fn policy<'a>(&self, name: &'a str) -> PolicyRef<'a> {
        let own = |policy: &PolicySeed| policy.name.eq_ignore_ascii_case(name);
        if arn::parse(self.account.cloud, arn::Kind::Policy, name).is_some() {
            PolicyRef::Arn(name)
        } else if self.account.policies.iter().any(own) {
            PolicyRef::Own(name)
        } else {
            PolicyRef::Clouds(name)
        }
    }

    /// An ARN of a boundary, also by name.
    fn boundary(&self, name: Option<&String>) -> Option<String> {
        let name = name?;
        let own = self.account.policies.iter().find(|policy| policy.name.eq_ignore_ascii_case(name));
        let clouds =
            || crate::domain::managed_policies::by_name(self.account.cloud, name).map(|policy| policy.arn().to_owned());
        let own = own.map(|own| arn::of(self.account.cloud, self.id, arn::Kind::Policy, &own.path, &own.name));
        Some(own.or_else(clouds).unwrap_or_else(|| name.clone()))
    }

    async fn give(&self, owner: &OwnerRef, managed: &[(Place, String)], inline: &[InlineSeed]) -> Sown {
        for (place, name) in managed {
            let ctx = self.ctx(place).await?;
            policy_attachments::attach(&ctx, owner, self.policy(name)).await.map_err(at(place))?;
        }
        for policy in inline {
            let ctx = self.ctx(&policy.place).await?;
            let put = InlinePolicy { name: policy.name.clone(), document: policy.document.clone() };
            inline_policies::put(&ctx, owner, &put).await.map_err(at(&policy.place))?;
        }
        Ok(())
    }

    async fn group(&self, group: &GroupSeed) -> Sown {
        reseed(self.app, self.seed, self.id, "group", &group.name);
        let create = groups::Create {
            name: group.name.clone(),
            path: group.path.clone(),
            display_name: group.display_name.clone(),
            comments: group.comments.clone(),
        };
        groups::create(&self.ctx(&group.place).await?, &create).await.map_err(at(&group.place))?;
        self.give(&OwnerRef::Group(group.name.clone()), &group.policies, &group.inline_policies).await
    }

    async fn role(&self, role: &RoleSeed) -> Sown {
        reseed(self.app, self.seed, self.id, "role", &role.name);
        let create = roles::Create {
            name: role.name.clone(),
            path: role.path.clone(),
            permissions_boundary: self.boundary(role.permissions_boundary.as_ref()),
            description: role.description.clone(),
            trust_policy: role.trust_policy.clone(),
            max_session_seconds: role.max_session_seconds,
            console_login_allowed: role.console_login_allowed,
            tags: role.tags.clone(),
        };
        roles::create(&self.ctx(&role.place).await?, &create).await.map_err(at(&role.place))?;
        self.give(&OwnerRef::Role(role.name.clone()), &role.policies, &role.inline_policies).await
    }

    async fn user(&self, user: &UserSeed) -> Sown {
        reseed(self.app, self.seed, self.id, "user", &user.name);
        let display_name = if user.display_name.is_empty() { user.name.clone() } else { user.display_name.clone() };
        let create = users::Create {
            name: user.name.clone(),
            path: user.path.clone(),
            permissions_boundary: self.boundary(user.permissions_boundary.as_ref()),
            display_name,
            comments: user.comments.clone(),
            email: user.email.clone(),
            mobile_phone: user.mobile_phone.clone(),
            tags: user.tags.clone(),
        };
        let ctx = self.ctx(&user.place).await?;
        let (made, _) = users::create(&ctx, &create).await.map_err(at(&user.place))?;
        let named = UserRef::Name(user.name.clone());
        for (place, group) in &user.groups {
            groups::add_user(&self.ctx(place).await?, group, &named).await.map_err(at(place))?;
        }
        self.give(&OwnerRef::User(named.clone()), &user.policies, &user.inline_policies).await?;
        if let Some(mfa) = &user.mfa {
            reseed(self.app, self.seed, self.id, "mfa", &user.name);
            self.mfa(&user.name, &made.id, mfa).await?;
        }
        for (number, key) in user.access_keys.iter().enumerate() {
            reseed(self.app, self.seed, self.id, "key", &format!("{}\0{number}", user.name));
            let ctx = self.ctx(&key.place).await?;
            access_key(&ctx, Some(made.id.clone()), key).await.map_err(at(&key.place))?;
        }
        if let Some(console) = &user.console {
            reseed(self.app, self.seed, self.id, "console", &user.name);
            let ctx = self.ctx(&console.place).await?;
            self.console(&ctx, &named, &made.id, console).await.map_err(at(&console.place))?;
        }
        Ok(())
    }

    async fn console(&self, ctx: &Ctx, user: &UserRef, user_id: &str, console: &ConsoleSeed) -> Result<(), Error> {
        let (plain, hash) = match &console.password {
            Some(PasswordSeed::Plain(password)) => (Some(SecretString::from(password.clone())), None),
            Some(PasswordSeed::Hash(hash)) => (None, Some(hash)),
            None => (None, None),
        };
        let create = login_profiles::Create {
            password: plain,
            status: if console.enabled { LogonStatus::Active } else { LogonStatus::Inactive },
            password_reset_required: console.password_reset_required,
            mfa_bind_required: console.mfa_bind_required,
        };
        let (_, mut profile) = login_profiles::create(ctx, user, &create).await?;
        let Some(hash) = hash else { return Ok(()) };
        if !PasswordHash::parse(hash).is_some_and(|hash| hash.is_affordable()) {
            return Err(Error::internal(
                "password_hash must be Argon2id in PHC form, of at most 256 MiB and 16 passes",
            ));
        }
        let (mut tx, account) = ctx.app.db.write(self.id).await?;
        profile.reset_password(hash.clone(), &account.password_policy, ctx.now);
        store::login_profiles::save(&mut tx, &profile).await?;
        store::login_profiles::remember(&mut tx, self.id, user_id, hash).await?;
        tx.commit().await
    }

    async fn mfa(&self, user: &str, user_id: &str, mfa: &MfaSeed) -> Sown {
        let ctx = self.ctx(&mfa.place).await?;
        let name = mfa.name.clone().unwrap_or_else(|| user.replace('_', "-"));
        let create = mfa_devices::Create { name, path: "/".to_owned(), tags: Vec::new() };
        let mut device = mfa_devices::create(&ctx, &create).await.map_err(at(&mfa.place))?;
        device.seed = mfa.seed.clone().unwrap_or(device.seed);
        // Bound without two codes: who writes the seed knows it.
        device.user_id = Some(user_id.to_owned());
        device.bound_at = Some(ctx.now);
        let replaced = async {
            let (mut tx, _) = self.app.db.write(self.id).await?;
            store::mfa_devices::delete(&mut tx, self.id, &device.name).await?;
            store::mfa_devices::insert(&mut tx, &device).await?;
            store::mfa_devices::save(&mut tx, &device).await?;
            tx.commit().await
        };
        replaced.await.map_err(at(&mfa.place))
    }
}
