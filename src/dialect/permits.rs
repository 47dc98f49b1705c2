//! Permission for deeds that are done without a call of an API: exactly what the operation that does the same asks of
//! policies, read from that cloud's own table. It knows no page.

use serde_json::{Map, Value};

use super::{alibaba, aws};
use crate::domain::account::Cloud;
use crate::domain::error::Error;
use crate::services::Ctx;

/// Lets a deed go on if the caller may call this operation with these parameters. A parameter has the name that the
/// cloud's API gives it; on Alibaba Cloud a user is named by `UserName`, whichever API it is.
///
/// # Errors
/// `AccessDenied`; `NotBuilt` where the cloud has no such operation here.
pub(crate) async fn permit(ctx: &Ctx, operation: &str, parameters: Map<String, Value>) -> Result<(), Error> {
    match ctx.cloud {
        Cloud::Alibaba => alibaba::permit(ctx, operation, parameters).await,
        Cloud::Aws => aws::permit(ctx, operation, parameters).await,
    }
}

/// Whether a cloud has an operation here.
#[cfg(test)]
pub(crate) fn has(cloud: Cloud, operation: &str) -> bool {
    match cloud {
        Cloud::Alibaba => alibaba::has(operation),
        Cloud::Aws => aws::has(operation),
    }
}
