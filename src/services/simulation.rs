//! What policies would say: those that are given, and those that a user, a group or a role has.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use crate::domain::error::Error;
use crate::domain::policy::{
    Caller, Context, Decided, EntryType, OfAction, OfResource, Simulation, SimulationFault, Span, Verdicts,
};
use crate::domain::policy::{Layer, SimulatedPolicy};
use crate::domain::policy_owner::PolicyOwner;
use crate::store::{self, Conn};

use super::identity_policies::{self, Source};
use super::policy_owners::{self, Owner, OwnerRef};
use super::{Ctx, groups};

/// Values that a simulated request is said to have.
#[derive(Clone, Debug, Default)]
pub struct Entry {
    /// The key.
    pub name: Option<String>,
    /// The name of their type.
    pub of: Option<String>,
    /// The values.
    pub values: Vec<String>,
}

/// What is simulated.
#[derive(Clone, Debug, Default)]
pub struct Simulate {
    /// Policies that the identity has, or has beside its own.
    pub policies: Vec<String>,
    /// What bounds it; in place of what does, if anything.
    pub boundaries: Vec<String>,
    /// What is done.
    pub actions: Vec<String>,
    /// With what; with everything where it is empty.
    pub resources: Vec<String>,
    /// The policy of the resources.
    pub resource_policy: Option<String>,
    /// The ARN of whoever owns them.
    pub resource_owner: Option<String>,
    /// The ARN of whoever does it.
    pub caller: Option<String>,
    /// What is known of the request.
    pub entries: Vec<Entry>,
    /// How many actions were told of before.
    pub after: usize,
    /// How many actions are told of at the most.
    pub most: usize,
}

/// A statement that decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matched {
    /// What its policy is called.
    pub policy: String,
    /// Where the policy stands.
    pub layer: Layer,
    /// Where it stands in the policy.
    pub span: Span,
}

/// What comes of it on one resource, or on all.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// What comes of it.
    pub decided: Decided,
    /// The statements that decided.
    pub matched: Vec<Matched>,
    /// The keys that the policies look at and that are not known.
    pub missing: Vec<String>,
    /// Whether the permissions boundary permits it, where there is one.
    pub within_boundary: Option<bool>,
    /// How each kind of policy decided, where the resource belongs to another account.
    pub verdicts: Option<Verdicts>,
}

/// What comes of an action.
#[derive(Clone, Debug)]
pub struct Simulated {
    /// The action.
    pub action: String,
    /// On all resources together.
    pub all: Outcome,
    /// On each; empty where no resources were named.
    pub each: Vec<Outcome>,
}

/// Some of what was simulated.
#[derive(Debug)]
pub struct Page {
    /// The actions told of.
    pub items: Vec<Simulated>,
    /// How many were told of by now, where there are more.
    pub next: Option<usize>,
}

/// Why nothing is simulated.
#[derive(Debug)]
pub enum Failure {
    /// What is asked is wrong.
    Fault(SimulationFault),
    /// There is nobody of whom it is asked.
    NoSource,
    /// Something else.
    Other(Error),
}

impl From<SimulationFault> for Failure {
    fn from(fault: SimulationFault) -> Self {
        Self::Fault(fault)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Other(error)
    }
}

/// What stands for the id of a caller that is not named (recorded).
const NOBODYS_ID: &str = "STUB_PRINCIPAL_FOR_POLICY_SIMULATOR";

/// How much text all policies may have together. Ours, so that one request does not keep a thread for long; it is more
/// than any identity can have.
const MOST_TEXT: usize = 2 * 1024 * 1024;
/// After how many comparisons of a statement with a resource a page ends, and after how many statements and keys told
/// of. Ours: AWS too may end a page before it is full (IAM 2010-05-08 SimulateCustomPolicy, MaxItems).
const MOST_COMPARISONS: usize = 2_000_000;
const MOST_TOLD: usize = 50_000;
/// After how long a page ends too.
const LONGEST_PAGE: Duration = Duration::from_secs(3);
/// How many statements and keys one action may have told of, and how long it may take.
const MOST_TOLD_OF_ONE: usize = 500_000;
const LONGEST_ACTION: Duration = Duration::from_secs(20);

/// Simulates policies that are given.
///
/// # Errors
/// Those of [`Failure`] but `NoSource`.
pub async fn of_documents(ctx: &Ctx, simulate: Simulate) -> Result<Page, Failure> {
    run(ctx, simulate, Vec::new(), None).await
}

/// Simulates what a user, with its groups, a group or a role may do. It is the caller where none is named.
///
/// # Errors
/// Those of [`Failure`].
pub async fn of_owner(ctx: &Ctx, owner: &OwnerRef, mut simulate: Simulate) -> Result<Page, Failure> {
    let mut conn = ctx.app.db.read().await?;
    let owner = match policy_owners::find(&mut conn, &ctx.account_id, owner).await {
        Err(Error::NotFound(..)) => return Err(Failure::NoSource),
        found => found?,
    };
    let (arn, boundary) = arn_and_boundary(ctx, &mut conn, &owner).await?;
    let policies = identity_policies::of(ctx, &mut conn, &owner).await?;
    // Whatever is stored can be read.
    let policies = policies.iter().filter_map(|policy| {
        let id = match &policy.source {
            // Neither of the latter is an identity's.
            Source::Managed { .. } | Source::Given | Source::OfResource { .. } => policy.name.clone(),
            Source::Inline { kind, owner } => format!("{}_{owner}_{}", kind.as_str(), policy.name),
        };
        SimulatedPolicy::read(id, &policy.document)
    });
    let policies = policies.collect();
    let boundary = match boundary {
        Some(arn) => {
            // Also one that is too new to be seen: who is bounded is no mightier for that.
            let finding = Box::pin(identity_policies::managed(ctx, &mut conn, &arn));
            let document = store::sight::at_policies(finding).await?;
            let name = arn.rsplit('/').next().unwrap_or_default();
            document.and_then(|document| SimulatedPolicy::read(name, &document))
        }
        None => None,
    };
    drop(conn);
    simulate.caller.get_or_insert(arn);
    run(ctx, simulate, policies, boundary).await
}

async fn arn_and_boundary(ctx: &Ctx, conn: &mut Conn, owner: &Owner) -> Result<(String, Option<String>), Error> {
    let account = &*ctx.account_id;
    let gone = || Error::missing(owner.kind.noun(), &*owner.name);
    Ok(match owner.kind {
        PolicyOwner::User => {
            let user = store::users::by_id(conn, account, &owner.id).await?.ok_or_else(gone)?;
            (user.arn(ctx.cloud), user.permissions_boundary)
        }
        PolicyOwner::Role => {
            let role = store::roles::by_id(conn, account, &owner.id).await?.ok_or_else(gone)?;
            (role.arn(ctx.cloud), role.permissions_boundary)
        }
        PolicyOwner::Group => (groups::find(conn, account, &owner.name).await?.arn(ctx.cloud), None),
    })
}

async fn run(
    ctx: &Ctx,
    simulate: Simulate,
    own: Vec<SimulatedPolicy>,
    boundary: Option<SimulatedPolicy>,
) -> Result<Page, Failure> {
    let account = ctx.account_id.clone();
    // It may take longer than other requests should wait for.
    let page = tokio::task::spawn_blocking(move || {
        let simulation = prepare(&account, &simulate, own, boundary)?;
        page(&simulation, &simulate)
    });
    Ok(page.await.map_err(Error::internal)??)
}

/// Reads what is to be simulated. In which order faults are told is inferred.
fn prepare(
    account: &str,
    simulate: &Simulate,
    own: Vec<SimulatedPolicy>,
    boundary: Option<SimulatedPolicy>,
) -> Result<Simulation, SimulationFault> {
    let given = simulate.policies.iter().chain(&simulate.boundaries).chain(&simulate.resource_policy);
    if given.map(String::len).sum::<usize>() > MOST_TEXT {
        return Err(SimulationFault::TooMuch);
    }
    Simulation::check(&simulate.actions, &simulate.resources)?;
    let (mut context, given) = read_entries(&simulate.entries)?;
    let mut identity = own;
    for (at, document) in simulate.policies.iter().enumerate() {
        let policy = SimulatedPolicy::read(format!("PolicyInputList.{}", at + 1), document);
        identity.push(policy.ok_or(SimulationFault::UnreadablePolicy(at + 1))?);
    }
    let boundary = match &*simulate.boundaries {
        [] => boundary,
        [document] => {
            let policy = SimulatedPolicy::read("PermissionsBoundaryPolicyInputList.1", document);
            Some(policy.ok_or(SimulationFault::UnreadableBoundary)?)
        }
        _ => return Err(SimulationFault::SeveralBoundaries),
    };
    let caller = match simulate.caller.as_deref() {
        Some(arn) => Some(Caller::of_arn(arn).ok_or(SimulationFault::CallerOfOtherKind)?),
        None => None,
    };
    let mut put = |key: &str, value: &str| {
        if !given.contains(&key.to_lowercase()) {
            context.put(key, value);
        }
    };
    if let Some(caller) = &caller {
        put("aws:PrincipalArn", &caller.arn);
        put("aws:PrincipalAccount", &caller.account);
        // Not the id of whoever that is (recorded).
        put("aws:userid", &caller.arn);
        if let Some(name) = &caller.user_name {
            put("aws:username", name);
        }
    } else {
        put("aws:PrincipalAccount", account);
        put("aws:userid", NOBODYS_ID);
    }
    let owner = match simulate.resource_owner.as_deref() {
        Some(arn) => Some(owner_account(arn).ok_or_else(|| SimulationFault::NoOwner(arn.to_owned()))?),
        None => None,
    };
    let simulation = Simulation::new(account, identity, boundary, context, &given);
    let Some(document) = simulate.resource_policy.as_deref() else { return Ok(simulation) };
    let caller = caller.ok_or(SimulationFault::NoCaller)?;
    if simulate.resources.iter().all(|resource| resource == "*") {
        return Err(SimulationFault::NoResource);
    }
    let policy = SimulatedPolicy::read_of_resource("ResourcePolicy", document);
    let policy = policy.ok_or(SimulationFault::UnreadableResourcePolicy)?;
    simulation.with_resource_policy(policy, &caller, owner, &given)
}

/// The account in an ARN of IAM, whosever it is; a bare account's number is none (recorded).
fn owner_account(arn: &str) -> Option<String> {
    let fields: Vec<&str> = arn.splitn(6, ':').collect();
    let ["arn", _, "iam", "", account, named] = fields[..] else { return None };
    let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    (is_account && !named.is_empty()).then(|| account.to_owned())
}

/// What is known of the request, and the names of the keys in lower case.
fn read_entries(entries: &[Entry]) -> Result<(Context, HashSet<String>), SimulationFault> {
    let (mut context, mut given) = (Context::new(), HashSet::new());
    for entry in entries {
        let key = entry.name.clone().filter(|name| !name.is_empty()).ok_or(SimulationFault::KeyWithoutName)?;
        if !given.insert(key.to_lowercase()) {
            return Err(SimulationFault::RepeatedKey(key));
        }
        let of = entry.of.clone().unwrap_or_default();
        let Some(entry_type) = EntryType::named(&of) else { return Err(SimulationFault::KeyWithoutType(key)) };
        match entry.values.len() {
            0 => return Err(SimulationFault::KeyWithoutValues(key)),
            1 => {}
            count if !entry_type.is_list => return Err(SimulationFault::SeveralValues { of, count }),
            _ => {}
        }
        let values = entry.values.iter().map(|value| entry_type.of.read(value)).collect::<Option<Vec<_>>>();
        let of = entry_type.of;
        context.put_all(&key, values.ok_or_else(|| SimulationFault::Misfit { key: key.clone(), of })?);
    }
    Ok((context, given))
}

fn page(simulation: &Simulation, simulate: &Simulate) -> Result<Page, SimulationFault> {
    let everything = ["*".to_owned()];
    let names_resources = simulate.resources.iter().any(|resource| resource != "*");
    let resources = if names_resources { &*simulate.resources } else { &everything };
    let begun = Instant::now();
    let (mut items, mut compared, mut told) = (Vec::new(), 0_usize, 0_usize);
    for action in simulate.actions.iter().skip(simulate.after).take(simulate.most) {
        if compared > MOST_COMPARISONS || told > MOST_TOLD || begun.elapsed() > LONGEST_PAGE {
            break;
        }
        compared = compared.saturating_add(simulation.weight(action).saturating_mul(resources.len()));
        let now = Instant::now();
        let of_action = simulation.of_action(action, resources, || now.elapsed() < LONGEST_ACTION)?;
        let told_now = told_of(simulation, &of_action);
        if told_now > MOST_TOLD_OF_ONE {
            return Err(SimulationFault::TooMuch);
        }
        told = told.saturating_add(told_now);
        let each = of_action.each.into_iter().filter(|_| names_resources);
        items.push(Simulated {
            action: action.clone(),
            all: outcome(simulation, of_action.all),
            each: each.map(|one| outcome(simulation, one)).collect(),
        });
    }
    let done = simulate.after.saturating_add(items.len());
    let next = (done < simulate.actions.len()).then_some(done);
    Ok(Page { items, next })
}

fn told_of(simulation: &Simulation, of_action: &OfAction) -> usize {
    let told = |one: &OfResource| 1 + one.matched.len() + simulation.missing(one.decided).len();
    of_action.each.iter().map(told).sum()
}

fn outcome(simulation: &Simulation, of: OfResource) -> Outcome {
    let matched = of.matched.into_iter().filter_map(|place| simulation.shown(place));
    Outcome {
        decided: of.decided,
        matched: matched
            .map(|shown| Matched { policy: shown.policy.to_owned(), layer: shown.layer, span: shown.span })
            .collect(),
        missing: simulation.missing(of.decided).to_vec(),
        within_boundary: of.within_boundary,
        verdicts: of.verdicts,
    }
}
