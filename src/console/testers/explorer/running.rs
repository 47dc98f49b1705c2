//! One call of the explorer: a key is lent, the request signed and answered in this process as if it had come over the
//! wire.

use axum::body::Body;
use axum::http::{Method, Request};

use super::answer::{self, Answer};
use super::code::{self, Snippet, Told};
use super::entered::Entered;
use crate::app::App;
use crate::console::page::Failure;
use crate::console::run as finish;
use crate::console::testers::gate::Tester;
use crate::dialect;
use crate::dialect::offered::{Api, Composed, Draft, Key, spread};
use crate::domain::error::Error;
use crate::services::lent_keys::{self, Lent, Origin};
use crate::services::retry;

/// The longest answer that is read.
const LONGEST_ANSWER: usize = 8 * 1024 * 1024;

/// What to call, and as whom.
pub(super) struct Asked {
    pub(super) api: &'static Api,
    pub(super) operation: String,
    pub(super) values: Vec<Entered>,
    pub(super) account: String,
    pub(super) user: Option<String>,
    pub(super) is_signed: bool,
}

/// A call that was made.
pub(super) struct Ran {
    pub(super) request: String,
    pub(super) answer: Answer,
    pub(super) key: String,
    pub(super) snippets: Vec<Snippet>,
}

fn draft<'a>(
    app: &App,
    asked: &'a Asked,
    parameters: &'a [(String, String)],
    lent: Option<&'a Lent>,
    host: &'a str,
) -> Draft<'a> {
    Draft {
        api: asked.api,
        operation: &asked.operation,
        parameters,
        key: lent.map(|lent| Key { id: &lent.key.id, secret: &lent.key.secret }),
        host,
        now: app.system_now(),
        nonce: app.ids.uuid(),
    }
}

/// The request as text, one parameter on each line.
fn shown(composed: &Composed) -> String {
    let headers = composed.headers.iter().map(|(name, value)| format!("{name}: {value}\n"));
    format!("POST / HTTP/1.1\n{}\n{}", headers.collect::<String>(), composed.body.replace('&', "\n&"))
}

async fn send(app: &App, tester: &Tester, composed: Composed) -> Result<Answer, Failure> {
    let mut request = Request::builder().method(Method::POST).uri("/");
    for (name, value) in &composed.headers {
        request = request.header(*name, value);
    }
    let request = request.header("user-agent", "sesame-explorer").body(Body::from(composed.body));
    let (parts, body) = request.map_err(|_| Failure::internal())?.into_parts();
    let response = dialect::handle(app.clone(), tester.peer, parts, body).await;
    let (parts, body) = response.into_parts();
    let body = axum::body::to_bytes(body, LONGEST_ANSWER).await.map_err(|_| Failure::internal())?;
    Ok(answer::of(&parts, &body))
}

/// Makes the call.
///
/// # Errors
/// In the outer result what is ours; in the inner what the person can mend.
pub(super) async fn run(app: &App, tester: &Tester, asked: Asked) -> Result<Result<Ran, String>, Failure> {
    let lent = if asked.is_signed {
        let (app, account, user) = (app.clone(), asked.account.clone(), asked.user.clone());
        let lending = finish(async move {
            match retry(|| lent_keys::lend(&app, &account, user.as_deref())).await {
                Err(Error::NotFound(..)) => Ok(None),
                lent => lent.map(Some),
            }
        });
        match lending.await? {
            Some(lent) => Some(lent),
            None => return Ok(Err("There is no such account, or no such user in it.".to_owned())),
        }
    } else {
        None
    };
    let parameters: Vec<(String, String)> =
        asked.values.iter().flat_map(|(parameter, value)| spread(parameter, value)).collect();
    let composed = draft(app, &asked, &parameters, lent.as_ref(), &tester.host).compose();
    let request = shown(&composed);
    let answered = send(app, tester, composed).await;

    let key = match &lent {
        None => "Not signed.".to_owned(),
        Some(Lent { key, origin: Origin::Own }) => format!("Signed with {}, the caller's own key.", key.id),
        Some(Lent { key, origin: Origin::NeverIssued }) => {
            format!("Signed with {}, which was never issued: any such key is this root's.", key.id)
        }
        Some(Lent { key, origin: Origin::Temporary }) => {
            format!("Signed with {}, a key made for this call and taken away after it.", key.id)
        }
    };
    // A signature that is not used up: the code is for another call.
    let again = draft(app, &asked, &parameters, lent.as_ref(), &tester.host);
    let told = Told {
        api: asked.api,
        operation: &asked.operation,
        values: &asked.values,
        parameters: &parameters,
        origin: format!("{}://{}", if tester.is_secure { "https" } else { "http" }, tester.host),
        host: &tester.host,
        is_secure: tester.is_secure,
        key: lent.as_ref().map(|lent| (lent.origin, lent.key.id.clone())),
        query: again.query(),
    };
    let snippets = code::snippets(&told);
    if let Some(lent) = lent {
        let app = app.clone();
        finish(async move { retry(|| lent_keys::take_back(&app, &lent)).await }).await?;
    }
    Ok(Ok(Ran { request, answer: answered?, key, snippets }))
}
