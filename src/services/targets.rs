//! What a call is about, found for policies to see: its ARN with the path, its labels, its permissions boundary.

use std::collections::BTreeSet;

use crate::domain::account::Cloud;
use crate::domain::arn::{self, Kind};
use crate::domain::error::Error;
use crate::domain::policy::PrincipalKind;
use crate::domain::user::{Tag, UserRef};
use crate::store;
use crate::store::tags::Owner;

use super::Ctx;

pub use crate::domain::target::Target;

/// What was found.
#[derive(Clone, Debug, Default)]
pub(super) struct Found {
    /// The ARN. Of what is not there it is the one that it would have without a path.
    pub(super) arn: String,
    /// Whether there is such a thing, of what is looked for by name.
    pub(super) exists: bool,
    /// The permissions boundary of a user or role.
    pub(super) boundary: Option<String>,
    /// The condition keys that it brings itself.
    facts: Vec<(&'static str, Vec<String>)>,
    trust_policy: Option<String>,
    labelled: Option<(Owner, String)>,
    tags: Option<Vec<Tag>>,
}

impl Found {
    fn bare(arn: String) -> Self {
        Self { arn, ..Self::default() }
    }

    /// The condition keys that it brings itself: read only where a policy looks at any.
    pub(super) fn facts(&self, cloud: Cloud) -> Vec<(&'static str, Vec<String>)> {
        let mut facts = self.facts.clone();
        facts.extend(self.trust_policy.iter().flat_map(|policy| trusted(cloud, policy)));
        facts
    }

    /// Its labels.
    pub(super) async fn tags(&self, ctx: &Ctx) -> Result<Vec<Tag>, Error> {
        match (&self.tags, &self.labelled) {
            (Some(tags), _) => Ok(tags.clone()),
            (None, Some((owner, id))) => {
                store::tags::of(&mut ctx.app.db.read().await?, &ctx.account_id, *owner, id).await
            }
            (None, None) => Ok(Vec::new()),
        }
    }
}

/// Looks a target up in the caller's account.
pub(super) async fn find(ctx: &Ctx, target: &Target) -> Result<Found, Error> {
    let arn_of = |kind, path: &str, name: &str| arn::of(ctx.cloud, &ctx.account_id, kind, path, name);
    match target {
        Target::Caller => match ctx.calling_user() {
            Some((id, _)) => user(ctx, &UserRef::Id(id.to_owned())).await,
            None => Ok(Found::bare(ctx.principal.arn(ctx.cloud, &ctx.account_id))),
        },
        Target::User(named) => user(ctx, named).await,
        Target::Named(kind, name) => by_name(ctx, *kind, name).await,
        Target::Arn(text) => by_arn(ctx, text).await,
        Target::New { kind, path, name } => Ok(Found::bare(arn_of(*kind, path, name))),
        Target::Moved { kind, name, new_path, new_name } => {
            let found = by_name(ctx, *kind, name).await?;
            let arn = arn::parse(ctx.cloud, *kind, &found.arn).map(|now| {
                arn_of(*kind, new_path.as_deref().unwrap_or(now.path), new_name.as_deref().unwrap_or(now.name))
            });
            Ok(Found { arn: arn.unwrap_or_else(|| found.arn.clone()), ..found })
        }
        Target::Exactly(text) => Ok(Found::bare(text.clone())),
    }
}

async fn user(ctx: &Ctx, named: &UserRef) -> Result<Found, Error> {
    match ctx.user(named).await {
        Ok(found) => {
            let (user, tags) = &*found;
            let (boundary, tags) = (user.permissions_boundary.clone(), Some(tags.clone()));
            Ok(Found { arn: user.arn(ctx.cloud), exists: true, boundary, tags, ..Found::default() })
        }
        Err(Error::NotFound(..)) => {
            let name = match named {
                UserRef::Name(name) => name,
                // Whoever it is: only who may do it to all is told that there is none.
                UserRef::Id(_) | UserRef::AccessKey(_) => "*",
            };
            Ok(Found::bare(arn::of(ctx.cloud, &ctx.account_id, Kind::User, "/", name)))
        }
        Err(error) => Err(error),
    }
}

async fn by_name(ctx: &Ctx, kind: Kind, name: &str) -> Result<Found, Error> {
    let account = &*ctx.account_id;
    let mut conn = ctx.app.db.read().await?;
    let found = match kind {
        Kind::User => {
            drop(conn);
            return user(ctx, &UserRef::Name(name.to_owned())).await;
        }
        Kind::Role => store::roles::by_name(&mut conn, account, name).await?.map(|role| {
            let service = role.service_name.clone().map(|name| vec![name]);
            let facts = ctx.cloud.rules().request_keys.linked_service.zip(service).into_iter().collect();
            let (arn, boundary) = (role.arn(ctx.cloud), role.permissions_boundary);
            let trust_policy = Some(role.trust_policy);
            Found { boundary, facts, trust_policy, labelled: Some((Owner::Role, role.id)), ..Found::bare(arn) }
        }),
        Kind::Group => {
            let group = store::groups::by_name(&mut conn, account, name).await?;
            group.map(|group| Found::bare(arn::of(ctx.cloud, account, kind, &group.path, &group.name)))
        }
        Kind::Policy => store::policies::by_name(&mut conn, account, name).await?.map(|policy| {
            let labelled = Some((Owner::Policy, policy.id.clone()));
            Found { arn: policy.arn(ctx.cloud), labelled, ..Found::default() }
        }),
        Kind::InstanceProfile => store::instance_profiles::by_name(&mut conn, account, name).await?.map(|profile| {
            let arn = arn::of(ctx.cloud, account, kind, &profile.path, &profile.name);
            Found { arn, labelled: Some((Owner::InstanceProfile, profile.id)), ..Found::default() }
        }),
        Kind::ServerCertificate => store::server_certificates::by_name(&mut conn, account, name).await?.map(|found| {
            let arn = arn::of(ctx.cloud, account, kind, &found.path, &found.name);
            Found { arn, labelled: Some((Owner::ServerCertificate, found.id)), ..Found::default() }
        }),
        Kind::MfaDevice => store::mfa_devices::by_name(&mut conn, account, name).await?.map(|device| {
            let arn = device.serial_number(ctx.cloud);
            let labelled = Some((Owner::MfaDevice, crate::domain::name::key(&device.name)));
            Found { arn, labelled, ..Found::default() }
        }),
        Kind::OidcProvider => store::oidc_providers::by_name(&mut conn, account, name).await?.map(|provider| {
            let arn = arn::of(ctx.cloud, account, kind, "/", &provider.name);
            let issuer = ctx.cloud.rules().request_keys.issuer.map(|key| (key, vec![provider.issuer.clone()]));
            Found {
                arn,
                facts: issuer.into_iter().collect(),
                labelled: Some((Owner::OidcProvider, provider.id)),
                ..Found::default()
            }
        }),
        Kind::SamlProvider => store::saml_providers::by_name(&mut conn, account, name).await?.map(|provider| {
            let arn = arn::of(ctx.cloud, account, kind, "/", &provider.name);
            Found { arn, labelled: Some((Owner::SamlProvider, provider.id)), ..Found::default() }
        }),
    };
    Ok(match found {
        Some(found) => Found { exists: true, ..found },
        None => Found::bare(arn::of(ctx.cloud, account, kind, "/", name)),
    })
}

/// What the operations that take an ARN find by this one, in the caller's account: of users, groups and roles the path
/// does not matter to them, nor does the case of a device's or a provider's name. Whoever names a thing otherwise must
/// not do what policies forbid with it.
async fn by_arn(ctx: &Ctx, text: &str) -> Result<Found, Error> {
    for kind in [
        Kind::Policy,
        Kind::User,
        Kind::Group,
        Kind::Role,
        Kind::MfaDevice,
        Kind::OidcProvider,
        Kind::SamlProvider,
        Kind::ServerCertificate,
        Kind::InstanceProfile,
    ] {
        let loosely = matches!(kind, Kind::User | Kind::Group | Kind::Role | Kind::MfaDevice | Kind::SamlProvider);
        let name = match kind {
            Kind::User | Kind::Group | Kind::Role => subject(ctx, kind, text),
            // Its name is an address, which may have slashes.
            Kind::OidcProvider => text.strip_prefix(arn::of(ctx.cloud, &ctx.account_id, kind, "/", "").as_str()),
            _ => arn::parse(ctx.cloud, kind, text)
                .filter(|parsed| parsed.account_id == ctx.account_id)
                .map(|parsed| parsed.name),
        };
        if let Some(name) = name {
            let found = by_name(ctx, kind, name).await?;
            if found.exists && (loosely || found.arn == text) {
                return Ok(found);
            }
        }
    }
    Ok(Found::bare(text.to_owned()))
}

/// The name of a user, a group or a role of the caller's account in an ARN, which may also say a region, or `aws` in
/// the account's place.
fn subject<'a>(ctx: &Ctx, kind: Kind, text: &'a str) -> Option<&'a str> {
    let resource = match ctx.cloud {
        Cloud::Alibaba => {
            return arn::parse(ctx.cloud, kind, text).filter(|it| it.account_id == ctx.account_id).map(|it| it.name);
        }
        Cloud::Aws => {
            let fields: Vec<&str> = text.splitn(6, ':').collect();
            match fields[..] {
                ["arn", _, "iam", _, account, resource] if account == ctx.account_id || account == "aws" => resource,
                _ => return None,
            }
        }
    };
    let rest = resource.strip_prefix(kind.prefix())?.strip_prefix('/')?;
    rest.rsplit('/').next().filter(|name| !name.is_empty())
}

/// Whom a trust policy names, under the condition keys that a cloud has for that (RAM 2015-05-01 CreateRole): the kinds
/// of principals, and the services among them.
pub fn trusted(cloud: Cloud, trust_policy: &str) -> Vec<(&'static str, Vec<String>)> {
    let rules = cloud.rules();
    let Some((kinds, services)) = rules.request_keys.trusted else { return Vec::new() };
    let Ok(policy) = rules.policy_language.parse_trust(trust_policy) else { return Vec::new() };
    let (mut all_kinds, mut all_services) = (BTreeSet::new(), BTreeSet::new());
    for named in policy.principals() {
        all_kinds.insert(named.kind.as_str().to_owned());
        if named.kind == PrincipalKind::Service {
            all_services.insert(named.written.clone());
        }
    }
    vec![(kinds, all_kinds.into_iter().collect()), (services, all_services.into_iter().collect())]
}
