//! What the requests in the journal needed to be permitted, as far as policies permit it.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::app::App;
use crate::app::journal::Entry;
use crate::domain::account::Cloud;
use crate::domain::error::{Error, Noun};
use crate::domain::policy::{Check, Effect, Layer, Outcome};
use crate::domain::time::Time;
use crate::store;

use super::unchecked::Names;

/// Which requests are meant.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Those that acted in this account.
    pub account_id: String,
    /// Those of a principal, by its ARN or the last part of it.
    pub principal: Option<String>,
    /// Those since then.
    pub since: Option<Time>,
    /// Whether those that were denied count too.
    pub with_denied: bool,
}

/// An action on a resource that no permission of its own brings about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Barred {
    /// The action.
    pub action: String,
    /// The resource.
    pub resource: String,
    /// The layer that stands in the way.
    pub layer: Layer,
}

/// What they needed.
#[derive(Debug)]
pub struct Needed {
    /// The account's cloud.
    pub cloud: Cloud,
    /// How many requests there were.
    pub requests: usize,
    /// Who made them.
    pub principals: BTreeSet<String>,
    /// Actions with their resources.
    pub needs: BTreeSet<(String, String)>,
    /// What a permission is not enough for.
    pub barred: Vec<Barred>,
}

/// Gathers it.
///
/// # Errors
/// `NotFound(Account)`.
pub async fn gather(app: &App, wanted: &Wanted) -> Result<Needed, Error> {
    let account = store::accounts::find(&mut app.db.read().await?, &wanted.account_id).await?;
    let account = account.ok_or_else(|| Error::missing(Noun::Account, &*wanted.account_id))?;
    let of_account: Vec<Arc<Entry>> =
        app.journal.all().into_iter().filter(|entry| entry.account.as_ref() == Some(&account.id)).collect();
    let mut names = Names::default();
    for entry in &of_account {
        names.learn(app, entry).await?;
    }
    let mut needed = Needed {
        cloud: account.cloud,
        requests: 0,
        principals: BTreeSet::new(),
        needs: BTreeSet::new(),
        barred: Vec::new(),
    };
    for entry in of_account.iter().filter(|entry| is_meant(entry, wanted)) {
        needed.requests += 1;
        needed.principals.extend(entry.principal.clone());
        entry.checks.iter().for_each(|check| needed.add(check));
        let granted = entry.unchecked.iter().map(|unchecked| unchecked.granted_by.is_some());
        let resolved = names.resolve(app, entry).await?;
        needed.needs.extend(resolved.into_iter().zip(granted).filter(|(_, granted)| !granted).map(|(need, _)| need));
    }
    Ok(needed)
}

fn is_meant(entry: &Entry, wanted: &Wanted) -> bool {
    let let_through = match entry.decision {
        Some("denied") => wanted.with_denied,
        Some(_) => true,
        None => false,
    };
    let arn = entry.principal.as_deref();
    let last = arn.and_then(|arn| arn.rsplit(['/', ':']).next());
    let of_principal =
        wanted.principal.as_deref().is_none_or(|principal| arn == Some(principal) || last == Some(principal));
    let late = |since: Time| Time::parse(&entry.time).is_some_and(|time| time >= since);
    let_through && of_principal && wanted.since.is_none_or(late)
}

impl Needed {
    /// What a setting grants needs no policy, nor does what the thing's own policy permits by itself.
    fn add(&mut self, check: &Check) {
        let says = |layer| check.ruling.layer(layer).and_then(|ruling| ruling.effect);
        let by_thing = says(Layer::Identity).is_none() && says(Layer::Resource) == Some(Effect::Allow);
        if check.is_allowed() && (check.granted_by.is_some() || by_thing) {
            return;
        }
        let (action, resource) = (check.action.clone(), check.resource.clone());
        match check.ruling.outcome {
            Outcome::ExplicitDeny(layer)
            | Outcome::ImplicitDeny(layer @ (Layer::Resource | Layer::Boundary | Layer::Session)) => {
                let barred = Barred { action: action.clone(), resource: resource.clone(), layer };
                if !self.barred.contains(&barred) {
                    self.barred.push(barred);
                }
            }
            Outcome::Root | Outcome::Allowed | Outcome::ImplicitDeny(Layer::Identity) => {}
        }
        self.needs.insert((action, resource));
    }
}
