//! Listing managed policies, the account's own and the cloud's together, page by page.

use std::collections::{HashMap, VecDeque};

use crate::domain::error::Error;
use crate::domain::own_policy::{AnyPolicy, PolicyUses};
use crate::domain::policy_owner::PolicyUsage;
use crate::domain::user::Tag;
use crate::domain::{managed_policies, name};
use crate::store;
use crate::store::tags::Listed;

use super::Ctx;
use super::groups::one_more;
use super::policies::UsedPolicy;
use super::users::{Page, carries};

/// Whose policies a listing shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Keeper {
    /// Everyone's.
    #[default]
    Anyone,
    /// The cloud's.
    Cloud,
    /// The account's own.
    Account,
}

/// Which policies a listing shows (IAM 2010-05-08 ListPolicies; RAM 2015-05-01 ListPolicies, PolicyType).
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Whose.
    pub keeper: Keeper,
    /// Only those whose path begins so; empty is all.
    pub path_prefix: String,
    /// Only those that are used, for `usage` where that is said.
    pub only_used: bool,
    /// Only those used so.
    pub usage: Option<PolicyUsage>,
    /// Only those with all of these labels, whatever their value where none is said.
    pub tags: Vec<(String, Option<String>)>,
}

impl Filter {
    /// What IAM's documentation leaves open is inferred: a usage that is named must be one the policy is put to.
    fn shows(&self, policy: &AnyPolicy, uses: PolicyUses, tags: &[Tag]) -> bool {
        let used = match self.usage {
            Some(PolicyUsage::Permissions) => uses.attachments > 0,
            Some(PolicyUsage::Boundary) => uses.boundaries > 0,
            None => !self.only_used || uses != PolicyUses::default(),
        };
        used && policy.path().starts_with(&self.path_prefix) && self.tags.iter().all(|wanted| carries(tags, wanted))
    }
}

/// Where a policy stands in a listing: by name, the account's own before the cloud's of the same name.
fn place(policy: &AnyPolicy) -> (String, bool) {
    (name::key(policy.name()), matches!(policy, AnyPolicy::Clouds(_)))
}

/// Writes a place as what a page starts after. A blank stands in no name, and before all that does.
fn written((key, clouds): &(String, bool)) -> String {
    format!("{key} {}", u8::from(*clouds))
}

/// One page of policies, in the order of their names.
pub async fn list(ctx: &Ctx, filter: &Filter, after: &str, most: usize) -> Result<Page<UsedPolicy>, Error> {
    let account_id = &*ctx.account_id;
    let mut conn = ctx.app.db.read().await?;
    let mut uses: HashMap<String, PolicyUses> = HashMap::new();
    for (arn, count) in store::policy_attachments::uses(&mut conn, account_id).await? {
        uses.entry(arn).or_default().attachments = count;
    }
    for (arn, count) in store::boundaries::uses(&mut conn, account_id).await? {
        uses.entry(arn).or_default().boundaries = count;
    }
    let after = after.rsplit_once(' ').map(|(key, clouds)| (key.to_owned(), clouds != "0"));
    let kept = if filter.keeper == Keeper::Account { &[] } else { managed_policies::of(ctx.cloud) };
    let passed =
        kept.partition_point(|policy| after.as_ref().is_some_and(|after| (name::key(&policy.name), true) <= *after));
    let mut clouds = kept.get(passed..).unwrap_or_default();
    let mut own: VecDeque<AnyPolicy> = VecDeque::new();
    let mut labels: HashMap<String, Vec<Tag>> = HashMap::new();
    let mut own_after = after.as_ref().map(|(key, _)| key.clone()).unwrap_or_default();
    let mut own_ended = filter.keeper == Keeper::Cloud;
    let mut items = Vec::new();
    let mut next = None;
    loop {
        if own.is_empty() && !own_ended {
            let page = store::policies::page(&mut conn, account_id, &own_after, one_more(most)?).await?;
            own_ended = page.len() <= most;
            if let (Some(first), Some(last)) = (page.first(), page.last()) {
                labels = store::tags::of_page(&mut conn, account_id, Listed::Policies, &first.name, &last.name).await?;
            }
            own_after = page.last().map(|last| name::key(&last.name)).unwrap_or_default();
            own.extend(page.into_iter().map(AnyPolicy::Own));
        }
        let head = clouds.first().map(AnyPolicy::Clouds);
        let clouds_first = match (own.front(), &head) {
            (Some(own), Some(head)) => place(head) < place(own),
            (own, _) => own.is_none(),
        };
        let Some(policy) = (if clouds_first { head } else { own.pop_front() }) else { break };
        if clouds_first {
            clouds = clouds.get(1..).unwrap_or_default();
        }
        let uses = uses.get(&*policy.arn(ctx.cloud)).copied().unwrap_or_default();
        let tags = match &policy {
            AnyPolicy::Own(own) => labels.remove(&own.id).unwrap_or_default(),
            AnyPolicy::Clouds(_) => Vec::new(),
        };
        if filter.shows(&policy, uses, &tags) {
            if items.len() == most {
                next = items.last().map(|last: &UsedPolicy| written(&place(&last.policy)));
                break;
            }
            items.push(UsedPolicy { policy, uses, tags });
        }
    }
    Ok(Page { items, next })
}
