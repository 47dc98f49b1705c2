//! Whether somebody may do something, asked by others: gateways and emulators of other services, whose actions and
//! resources nobody here knows.

use std::net::IpAddr;
use std::sync::Arc;

use crate::app::App;
use crate::app::cache::{Credential, SignerSession};
use crate::config::UnknownKeys;
use crate::domain::access_key::{self, KeyStatus};
use crate::domain::account::Cloud;
use crate::domain::arn::{self, Kind};
use crate::domain::denial::Denial;
use crate::domain::error::Error;
use crate::domain::policy::{
    Check, Context, Document, InForce, Policies, PolicyFault, PolicyLanguage, Question, Request, ResourcePolicy,
    Source, Standing, Taker, Version, keys_of, parse_identity, parse_resource_policy,
};
use crate::domain::principal::Principal;
use crate::domain::session::{SessionContext, SessionKind};
use crate::domain::target::Target;
use crate::store;

use super::authorization_messages::{self, AuthorizationMessage};
use super::authorize::seen;
use super::unchecked::bare_context;
use super::{Ctx, callers, request_context, standings, targets};

/// Who would do it.
#[derive(Clone, Debug)]
pub enum Who {
    /// Whoever has a key.
    Key {
        /// The key.
        id: String,
        /// The token that came with it; where none is given, none is looked at.
        token: Option<String>,
        /// The cloud of a key that was never issued.
        cloud: Option<Cloud>,
    },
    /// A root, a user, a role or a session, by its ARN.
    Arn(String),
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct Inquiry {
    /// Who would do it.
    pub who: Who,
    /// The action.
    pub action: String,
    /// What it would be done to.
    pub resource: String,
    /// Condition keys that the request adds to those of its caller, or has in their place; without values it has none.
    pub context: Vec<(String, Vec<String>)>,
    /// The policy of the thing.
    pub resource_policy: Option<String>,
    /// The account that the thing belongs to, if it is not the caller's.
    pub resource_account: Option<String>,
    /// Where the question comes from.
    pub source_address: IpAddr,
}

/// What comes of it.
#[derive(Debug)]
pub enum Found {
    /// Nobody may do anything as whom that was named.
    Unauthenticated(&'static str),
    /// This.
    Judged(Box<Judged>),
}

/// What policies say.
#[derive(Debug)]
pub struct Judged {
    /// Who would do it.
    pub principal_arn: String,
    /// The account.
    pub account_id: String,
    /// The cloud.
    pub cloud: Cloud,
    /// What policies say.
    pub check: Check,
    /// The denial, with a sealed message, where it is one.
    pub denial: Option<Denial>,
}

/// Why a question cannot be judged.
#[derive(Debug)]
pub enum InquiryFault {
    /// The thing's policy cannot be read.
    ResourcePolicy(PolicyFault),
    /// The cloud has no such policies here.
    NoResourcePolicies,
    /// Which cloud's key is meant is not to be seen.
    WhichCloud,
    /// Something else failed.
    Other(Error),
}

impl From<Error> for InquiryFault {
    fn from(error: Error) -> Self {
        Self::Other(error)
    }
}

/// Judges a question.
///
/// # Errors
/// See [`InquiryFault`].
pub async fn judge(app: &App, inquiry: &Inquiry) -> Result<Found, InquiryFault> {
    let found = match &inquiry.who {
        Who::Key { id, token, cloud } => {
            let address = inquiry.source_address;
            by_key(app, id, token.as_deref(), clouds(id, *cloud, inquiry), address).await?
        }
        Who::Arn(arn) => by_arn(app, arn, inquiry.source_address).await?,
    };
    match found {
        Ok(ctx) => Ok(Found::Judged(Box::new(judge_as(&ctx, inquiry).await?))),
        Err(reason) => Ok(Found::Unauthenticated(reason)),
    }
}

/// The clouds whose key it may be: an issued one is found in one of both, another is of the cloud that the question
/// speaks of.
fn clouds(key_id: &str, told: Option<Cloud>, inquiry: &Inquiry) -> Vec<Cloud> {
    let all = [Cloud::Aws, Cloud::Alibaba];
    if let Some(told) = told {
        return vec![told];
    }
    if access_key::was_issued(key_id) {
        return all.to_vec();
    }
    if let Some(named) = all.into_iter().find(|cloud| cloud.is_account_id(key_id)) {
        return vec![named];
    }
    match inquiry.resource.split(':').next() {
        Some("acs") => vec![Cloud::Alibaba],
        Some("arn") => vec![Cloud::Aws],
        Some(_) | None => Vec::new(),
    }
}

type Recognised = Result<Ctx, &'static str>;

async fn by_key(
    app: &App,
    id: &str,
    token: Option<&str>,
    clouds: Vec<Cloud>,
    address: IpAddr,
) -> Result<Recognised, InquiryFault> {
    if clouds.is_empty() {
        return Err(InquiryFault::WhichCloud);
    }
    let mut reason = "key-unknown";
    for cloud in clouds {
        let Some(found) = callers::find(app, id, cloud, true).await? else { continue };
        let signer = match &*found.credential {
            Credential::Good(signer) => signer,
            Credential::NeverIssued if app.settings.auth.unknown_keys == UnknownKeys::Root => {
                return Ok(Ok(bare_context(app, cloud, &found.account_id, Principal::Root, address).await?));
            }
            Credential::NeverIssued => continue,
            Credential::Inactive => return Ok(Err("key-inactive")),
            // It may be the other cloud's.
            Credential::Gone => {
                let key = store::access_keys::find(&mut app.db.read().await?, id).await.map_err(InquiryFault::Other)?;
                if key.is_some_and(|key| key.status == KeyStatus::Deleted) {
                    reason = "key-deleted";
                }
                continue;
            }
        };
        match (&signer.session, token) {
            (None, Some(_)) => return Ok(Err("token-mismatch")),
            (Some(session), Some(token)) if !callers::is_token(token, &session.token_hash) => {
                return Ok(Err("token-mismatch"));
            }
            (Some(session), _) if session.ended => return Ok(Err("session-ended")),
            (Some(session), _) if found.now >= session.expires_at => return Ok(Err("session-expired")),
            (_, _) => {}
        }
        let ctx = bare_context(app, cloud, &found.account_id, signer.principal.clone(), address).await?;
        return Ok(Ok(Ctx { session: signer.session.clone(), ..ctx }));
    }
    Ok(Err(reason))
}

async fn by_arn(app: &App, text: &str, address: IpAddr) -> Result<Recognised, InquiryFault> {
    const NOBODY: Recognised = Err("no-such-principal");
    // acs:ram::ACCOUNT:.. and arn:aws:iam::ACCOUNT:..
    let (cloud, place) = if text.starts_with("acs:") { (Cloud::Alibaba, 3) } else { (Cloud::Aws, 4) };
    let Some(account_id) = text.split(':').nth(place) else { return Ok(NOBODY) };
    let mut conn = app.db.read().await?;
    let account = store::accounts::find(&mut conn, account_id).await?;
    if account.is_none_or(|account| account.cloud != cloud) {
        return Ok(NOBODY);
    }
    if text == arn::root(cloud, account_id) {
        drop(conn);
        return Ok(Ok(bare_context(app, cloud, account_id, Principal::Root, address).await?));
    }
    if let Some(named) = arn::parse(cloud, Kind::User, text) {
        let user = store::users::by_name(&mut conn, account_id, named.name).await?;
        let Some(user) = user.filter(|user| user.arn(cloud) == text) else { return Ok(NOBODY) };
        drop(conn);
        let principal = Principal::User { id: user.id, name: user.name, path: user.path };
        return Ok(Ok(bare_context(app, cloud, account_id, principal, address).await?));
    }
    if let Some(named) = arn::parse(cloud, Kind::Role, text) {
        let role = store::roles::by_name(&mut conn, account_id, named.name).await?;
        let Some(role) = role.filter(|role| role.arn(cloud) == text) else { return Ok(NOBODY) };
        drop(conn);
        let principal = Principal::RoleSession {
            // A session of its own, which is none: what is remembered of it is the role's.
            session_id: format!("role {}", role.id),
            role_id: role.id.clone(),
            role_name: role.name.clone(),
            session_name: "sesame".to_owned(),
            narrowed: false,
        };
        let ctx = bare_context(app, cloud, account_id, principal, address).await?;
        let session = SignerSession {
            token_hash: String::new(),
            expires_at: ctx.now,
            ended: false,
            kind: SessionKind::Role,
            started_at: ctx.now,
            mfa_present: false,
            role_arn: Some(text.to_owned()),
            source_identity: None,
            policy: None,
            maker: None,
            context: SessionContext::default(),
        };
        return Ok(Ok(Ctx { session: Some(Arc::new(session)), ..ctx }));
    }
    // The newest session of this name.
    let mut sessions = store::sessions::list(&mut conn, Some(account_id), None).await?;
    drop(conn);
    sessions.reverse();
    let found = sessions.into_iter().find_map(|session| {
        let (key, name) = (session.key?, session.session_name?);
        let arn = match session.kind {
            SessionKind::Role => arn::role_session(cloud, account_id, &session.role_name?, &name),
            SessionKind::Federation => arn::federated_user(account_id, &name),
            SessionKind::Console | SessionKind::UserToken | SessionKind::SignIn => return None,
        };
        (arn == text).then_some(key.access_key_id)
    });
    match found {
        Some(key_id) => by_key(app, &key_id, None, vec![cloud], address).await,
        None => Ok(NOBODY),
    }
}

/// What permits everything: a root asks for a thing that has a policy of its own as one who may do everything.
const EVERYTHING: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;

async fn judge_as(ctx: &Ctx, inquiry: &Inquiry) -> Result<Judged, InquiryFault> {
    let (thing, same_account) = thing(ctx, inquiry)?;
    let mut standing = standings::of_caller(ctx).await?;
    if standing.is_root() && thing.is_some() {
        let document = Arc::new(parse_identity(EVERYTHING).map_err(Error::internal)?);
        let root = Arc::new(InForce { name: "root".to_owned(), source: Source::Given, document });
        standing = Arc::new(Standing::new(Policies { identity: vec![root], ..Policies::default() }));
    }
    let context = context(ctx, inquiry).await?;
    let request = Request { action: &inquiry.action, resource: &inquiry.resource, principal: None, context: &context };
    let (names, alone) = (request_context::names(ctx), request_context::names_alone(ctx));
    let taker = |names| Taker { account: Some(&ctx.account_id), names };
    let resource_policy = thing.as_ref().map(|policy| ResourcePolicy {
        policy,
        same_account,
        is_needed: false,
        // Who is meant with everyone is not meant alone: what narrows a session still does (inferred).
        alone: Taker { account: None, names: &alone },
        asker: taker(&names),
    });
    let rules = ctx.cloud.rules().layers;
    let ruling = standing.rule(&Question { request, resource_policy, rules });
    let own = standing.about(&inquiry.action).into_iter().map(|(_, statement)| statement);
    let keys = keys_of(own.chain(thing.iter().flat_map(|thing| &thing.document.statements)));
    let (action, resource) = (inquiry.action.clone(), inquiry.resource.clone());
    let check = Check { action, resource, granted_by: None, seen: seen(keys, &context), ruling };
    let denial = if check.is_allowed() { None } else { Some(sealed(ctx, &check, &context).await?) };
    let principal_arn = ctx.principal.arn(ctx.cloud, &ctx.account_id);
    Ok(Judged { principal_arn, account_id: ctx.account_id.clone(), cloud: ctx.cloud, check, denial })
}

/// The thing's policy, and whether it is the caller's account's: what belongs to another account and has no policy lets
/// nobody in.
fn thing(ctx: &Ctx, inquiry: &Inquiry) -> Result<(Option<Arc<InForce>>, bool), InquiryFault> {
    let same_account = inquiry.resource_account.as_ref().is_none_or(|account| *account == ctx.account_id);
    let document = match &inquiry.resource_policy {
        Some(_) if ctx.cloud.rules().policy_language != PolicyLanguage::Iam => {
            return Err(InquiryFault::NoResourcePolicies);
        }
        Some(text) => parse_resource_policy(text).map_err(InquiryFault::ResourcePolicy)?,
        None if same_account => return Ok((None, true)),
        None => Document { version: Version::V2012, id: None, statements: Vec::new() },
    };
    let source = Source::OfResource { arn: inquiry.resource.clone() };
    let name = "resource policy".to_owned();
    Ok((Some(Arc::new(InForce { name, source, document: Arc::new(document) })), same_account))
}

/// The caller's condition keys, those of the identity service's own things, and what the question says.
async fn context(ctx: &Ctx, inquiry: &Inquiry) -> Result<Context, Error> {
    let keys = ctx.cloud.rules().request_keys;
    let mut context = request_context::of_caller(ctx).await?;
    let found = targets::find(ctx, &Target::Arn(inquiry.resource.clone())).await?;
    // Another service means just what it says.
    if found.arn == inquiry.resource {
        request_context::put_resource_tags(&mut context, keys, &found.tags(ctx).await?);
        if let Some(key) = keys.boundary {
            context.put_some(key, found.boundary.as_deref());
        }
    }
    for (key, values) in &inquiry.context {
        context.remove(key);
        context.put_all(key, values.iter().cloned());
    }
    Ok(context)
}

async fn sealed(ctx: &Ctx, check: &Check, context: &Context) -> Result<Denial, Error> {
    let mut denial = Denial::ruled(&check.action, &check.resource, &check.resource, &check.ruling);
    let message = AuthorizationMessage::of_denial(ctx, &denial, &check.ruling, context.all());
    denial.sealed = Some(authorization_messages::encode_for(ctx, &message).await?);
    Ok(denial)
}
