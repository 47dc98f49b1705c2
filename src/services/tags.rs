//! Labels on whatever carries them, inside the transaction of whoever finds it.

use crate::domain::error::{Error, Noun};
use crate::domain::user::{Tag, TagCase};
use crate::store::tags::Owner;
use crate::store::{self, Conn};

use super::Ctx;

/// Which keys are the same on such a thing.
fn case(ctx: &Ctx, owner: Owner) -> TagCase {
    if ctx.cloud.rules().tag_keys_have_case { TagCase::Sensitive } else { owner.case() }
}

/// Puts labels on; one whose key is there already takes its place.
///
/// # Errors
/// `LimitExceeded` when there would be too many.
pub(super) async fn put(ctx: &Ctx, conn: &mut Conn, owner: Owner, id: &str, given: &[Tag]) -> Result<(), Error> {
    let mut kept = store::tags::of(conn, &ctx.account_id, owner, id).await?;
    for tag in given {
        for same in kept.extract_if(.., |old| case(ctx, owner).is_same(&old.key, &tag.key)) {
            store::tags::remove(conn, &ctx.account_id, owner, id, &same.key).await?;
        }
    }
    for tag in given {
        store::tags::insert(conn, &ctx.account_id, owner, id, tag).await?;
    }
    let (count, most) = (kept.len() + given.len(), ctx.quotas().tags);
    if i64::try_from(count).is_ok_and(|count| count <= most) {
        Ok(())
    } else {
        Err(Error::LimitExceeded(Noun::Tag, most))
    }
}

/// Takes labels off. A key that is not there is passed over.
pub(super) async fn remove(ctx: &Ctx, conn: &mut Conn, owner: Owner, id: &str, keys: &[String]) -> Result<(), Error> {
    for tag in store::tags::of(conn, &ctx.account_id, owner, id).await? {
        if keys.iter().any(|key| case(ctx, owner).is_same(key, &tag.key)) {
            store::tags::remove(conn, &ctx.account_id, owner, id, &tag.key).await?;
        }
    }
    Ok(())
}
