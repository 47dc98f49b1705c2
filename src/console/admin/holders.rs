//! Who has a managed policy, and taking it from them.

use super::super::page::Failure;
use super::attach::Owner;
use super::desk::{Desk, ListQuery, ROWS};
use super::permission::{self as deeds, On};
use super::policies::{Keeper, path};
use super::view::{Block, Cell, Panel, Table};
use crate::domain::policy_owner::PolicyOwner;
use crate::services::policies;
use crate::services::policy_attachments::{self, Entity, Filter};

fn owner(entity: &Entity) -> Owner {
    let name = entity.name.clone();
    match entity.kind {
        PolicyOwner::User => Owner::User(name),
        PolicyOwner::Group => Owner::Group(name),
        PolicyOwner::Role => Owner::Role(name),
    }
}

pub(super) async fn panel(desk: &Desk, keeper: Keeper, name: &str, query: &ListQuery) -> Result<Panel, Failure> {
    const HEADING: &str = "Who has it";
    let policy = keeper.reference(name);
    if let Some(missing) = desk.lacks(deeds::HOLDERS, &[On::Policy(policy)]).await? {
        return Ok(Panel::new("holders", HEADING, vec![Block::Missing(missing)]));
    }
    let fail = |error| desk.fail(error);
    let used = policies::get(desk.ctx(), policy).await.map_err(fail)?;
    let arn = used.policy.arn(desk.cloud());
    let kinds = vec![PolicyOwner::User, PolicyOwner::Group, PolicyOwner::Role];
    let filter = Filter { kinds, path_prefix: String::new(), usage: None };
    let page = policy_attachments::entities(desk.ctx(), &arn, &filter, &query.after, ROWS).await.map_err(fail)?;
    let rows = page
        .items
        .iter()
        .map(|entity| vec![Cell::link(owner(entity).path(), &*entity.name), Cell::text(entity.kind.as_str())]);
    let rows: Vec<_> = rows.collect();
    let mut blocks = vec![if rows.is_empty() {
        Block::empty("Nobody has it", "It permits and forbids nothing until it is attached.")
    } else {
        Block::Table(Table::new(HEADING, &["Name", "Kind"], rows))
    }];
    blocks.extend(query.pager(&path(keeper, name), page.next.as_deref()));
    Ok(Panel::new("holders", HEADING, blocks))
}
