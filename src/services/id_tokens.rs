//! Tokens that tell a client who signed in (OpenID Connect Core 1.0 section 2).

use serde_json::json;

use crate::app::App;
use crate::domain::error::Error;
use crate::federation::signing;

use super::oauth::Holder;

/// The token that AWS Sign-In gives: its subject is the ARN of whoever signed in. Who issues it is inferred.
///
/// No page tells the cloud's keys, so that nobody verifies it: each is signed with a key of its own.
pub fn of_aws(app: &App, holder: &Holder, client_id: &str, region: &str, seconds: i64) -> Result<String, Error> {
    let now = holder.now.seconds();
    let claims = json!({
        "iss": format!("https://{region}.signin.aws.amazon.com"),
        "aud": client_id,
        "sub": holder.arn(),
        "session_arn": format!("arn:aws:signin:{region}:{}:session/{}", holder.account.id, holder.session.id),
        "iat": now,
        "exp": now.saturating_add(seconds),
    });
    let key = signing::generate(app.ids.uuid()).map_err(Error::internal)?;
    let claims = claims.as_object().ok_or_else(|| Error::internal("no claims"))?;
    signing::sign(&key, claims).map_err(Error::internal)
}
