//! Who the bearer of an OpenID provider's token is, before any role's trust policy is asked (STS 2011-06-15
//! AssumeRoleWithWebIdentity).

use crate::domain::account::Cloud;
use crate::domain::arn::{self, Kind};
use crate::domain::error::Error;
use crate::domain::providers::OidcProvider;
use crate::domain::time::Time;
use crate::domain::user::Tag;
use crate::domain::vouching::{Fact, VouchFault, Vouched, are_session_tags, is_session_name};
use crate::federation::jwk::Jwks;
use crate::federation::jwt::{Claims, Fault, Jwt, LEEWAY_SECONDS};
use crate::store::{self, Conn};

use super::oidc_keys;

/// The action that a trust policy has to allow.
const ACTION: &str = "sts:AssumeRoleWithWebIdentity";

/// Providers of access tokens, which are no OpenID tokens and which nobody can ask about here.
const ACCESS_TOKEN_PROVIDERS: [&str; 2] = ["www.amazon.com", "graph.facebook.com"];

/// The claims of shared providers that conditions see beside those of every provider (IAM User Guide, "IAM and AWS STS
/// condition context keys", "Available keys for AWS OIDC federation").
const SHARED_PROVIDERS: &[(&str, &[&str])] = &[
    (
        "agent.buildkite.com",
        &[
            "organization_slug",
            "organization_id",
            "pipeline_slug",
            "pipeline_id",
            "cluster_name",
            "cluster_id",
            "build_branch",
        ],
    ),
    (
        "gitlab.com",
        &[
            "namespace_id",
            "project_id",
            "user_id",
            "user_login",
            "user_email",
            "user_access_level",
            "ref_protected",
            "pipeline_source",
            "runner_environment",
        ],
    ),
    (
        "token.actions.githubusercontent.com",
        &[
            "actor",
            "actor_id",
            "job_workflow_ref",
            "repository",
            "repository_id",
            "repository_owner_id",
            "workflow",
            "ref",
            "environment",
            "enterprise_id",
        ],
    ),
];

/// A token handed in.
#[derive(Clone)]
pub struct WebIdentity {
    /// The token.
    pub token: String,
    /// The provider of an access token, which a token of OpenID does without.
    pub provider_id: Option<String>,
    /// The name for the session.
    pub session_name: String,
}

/// Its bearer.
#[derive(Clone, Debug)]
pub struct Bearer {
    /// What the provider vouches for.
    pub vouched: Vouched,
    /// The subject.
    pub subject: String,
    /// The client that it was issued to.
    pub audience: String,
}

/// Finds out whose token it is, for a role in an account.
///
/// # Errors
/// `Vouch`.
pub(super) async fn bearer(
    conn: &mut Conn,
    account_id: &str,
    role_arn: &str,
    given: &WebIdentity,
    now: Time,
) -> Result<Bearer, Error> {
    if let Some(id) = &given.provider_id {
        let known = ACCESS_TOKEN_PROVIDERS.contains(&&**id);
        return Err(if known { VouchFault::ForeignToken } else { VouchFault::UnknownProviderId }.into());
    }
    let token = Jwt::parse(&given.token).map_err(|fault| vouch_fault(&fault, now))?;
    let issuer = token.claimed_issuer().ok_or(VouchFault::MissingClaim("iss"))?;
    let found = store::oidc_providers::by_issuer(conn, account_id, issuer).await?;
    let provider = found.ok_or_else(|| VouchFault::NoProvider(issuer.to_owned()))?;
    let keys = oidc_keys::of(&provider)?;
    Ok(of_token(&token, &provider, &keys, role_arn, &given.session_name, now)?)
}

fn of_token(
    token: &Jwt<'_>,
    provider: &OidcProvider,
    keys: &Jwks,
    role_arn: &str,
    session_name: &str,
    now: Time,
) -> Result<Bearer, VouchFault> {
    let claims = token.verify(keys, now).map_err(|fault| vouch_fault(&fault, now))?;
    let audience = match (&claims.authorized_party, claims.audiences.as_slice()) {
        (Some(party), _) => party.clone(),
        (None, [one]) => one.clone(),
        (None, _) => return Err(VouchFault::SeveralAudiences),
    };
    if !provider.client_ids.contains(&audience) {
        return Err(VouchFault::WrongAudience);
    }
    check_roles(&claims, role_arn)?;
    let tags: Vec<Tag> =
        claims.tags.tags.iter().map(|(key, value)| Tag { key: key.clone(), value: value.clone() }).collect();
    if !are_session_tags(&tags, &claims.tags.transitive_keys) {
        return Err(VouchFault::MalformedTags);
    }
    if claims.source_identity.as_ref().is_some_and(|identity| !is_session_name(identity)) {
        return Err(VouchFault::MalformedClaim("source_identity"));
    }
    let lasting_facts = lasting_facts(&provider.name, &claims, &audience);
    let vouched = Vouched {
        provider: provider.arn(Cloud::Aws),
        action: ACTION,
        session_name: session_name.to_owned(),
        source_identity: claims.source_identity.clone(),
        tags,
        transitive_keys: claims.tags.transitive_keys.clone(),
        facts: lasting_facts.iter().cloned().chain(passing_facts(&provider.name, &claims)).collect(),
        lasting_facts,
    };
    Ok(Bearer { vouched, subject: claims.subject, audience })
}

/// A token may say which roles it is good for: observed of AWS STS in September 2026.
fn check_roles(claims: &Claims, role_arn: &str) -> Result<(), VouchFault> {
    let Some(roles) = &claims.roles else { return Ok(()) };
    if !roles.iter().any(|role| arn::parse(Cloud::Aws, Kind::Role, role).is_some()) {
        return Err(VouchFault::NoRoles);
    }
    if roles.iter().any(|role| role == role_arn) { Ok(()) } else { Err(VouchFault::OtherRoles) }
}

fn lasting_facts(provider: &str, claims: &Claims, audience: &str) -> Vec<Fact> {
    let fact = |name: &str, values: Vec<String>| (format!("{provider}:{name}"), values);
    let mut facts = vec![fact("aud", vec![audience.to_owned()]), fact("sub", vec![claims.subject.clone()])];
    if !claims.authentication_methods.is_empty() {
        facts.push(fact("amr", claims.authentication_methods.clone()));
    }
    facts
}

fn passing_facts(provider: &str, claims: &Claims) -> Vec<Fact> {
    let fact = |name: &str, values: Vec<String>| (format!("{provider}:{name}"), values);
    let mut facts = vec![
        fact("oaud", claims.audiences.clone()),
        ("sts:RoleAuthorizedByIdp".to_owned(), vec![claims.roles.is_some().to_string()]),
    ];
    if let Some(party) = &claims.authorized_party {
        facts.push(fact("azp", vec![party.clone()]));
    }
    let own = SHARED_PROVIDERS.iter().filter(|(shared, _)| *shared == provider).flat_map(|(_, names)| *names);
    for name in own.chain(&["email"]) {
        if let Some(value) = claims.texts.get(*name) {
            facts.push(fact(name, vec![value.clone()]));
        }
    }
    facts
}

fn vouch_fault(fault: &Fault, now: Time) -> VouchFault {
    match fault {
        Fault::Malformed => VouchFault::NotToken,
        Fault::UnknownKey(_) => VouchFault::UnknownKey,
        Fault::UnsupportedAlgorithm(_) | Fault::BadSignature => VouchFault::BadSignature,
        Fault::Expired { at } => VouchFault::Expired(now.plus_seconds(-LEEWAY_SECONDS), *at),
        Fault::NotYetValid { from } => VouchFault::NotYetValid(now.plus_seconds(LEEWAY_SECONDS), *from),
        Fault::IssuedInFuture { at } => VouchFault::IssuedInFuture(*at),
        Fault::MissingClaim(name) => VouchFault::MissingClaim(name),
        Fault::EmptyClaim(name) => VouchFault::EmptyClaim(name),
        Fault::MalformedClaim("iat" | "exp" | "nbf") => VouchFault::MalformedTime,
        Fault::MalformedClaim("sub") => VouchFault::MalformedSubject,
        Fault::MalformedClaim(name) if name.ends_with("tags") => VouchFault::MalformedTags,
        Fault::MalformedClaim(name) => VouchFault::MalformedClaim(name),
    }
}
