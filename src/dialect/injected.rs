//! What injected faults make of an answer on the wire, whatever the dialect; must not know which rule asked for it.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, Response, StatusCode, header};
use http_body::{Body as HttpBody, Frame};

use crate::app::App;
use crate::services::Decided;
use crate::services::faults::{self, Damage, Instead, Struck};

/// After a request was answered: what is written of it, and what happens to the answer.
pub(super) async fn settle(app: &App, struck: Struck, decided: &mut Decided) -> Option<Damage> {
    let damage = struck.damage;
    decided.is_struck_down = struck.instead.is_some();
    match faults::settle(app, struck).await {
        Ok(fault_id) => decided.fault = fault_id,
        Err(error) => tracing::error!(%error, "a fault was not counted"),
    }
    damage
}

/// An answer that is not in the cloud's envelope.
pub(super) fn bare(instead: &Instead) -> Option<Response<Body>> {
    match instead {
        Instead::Gateway(status) => Some(gateway(*status)),
        Instead::Nothing => Some(lost()),
        Instead::Error(_) | Instead::KeyUnseen | Instead::Unmodifiable(..) => None,
    }
}

/// The status of such an answer as the journal has it: none where nothing is sent.
pub(super) fn bare_status(instead: &Instead) -> u16 {
    match instead {
        Instead::Gateway(status) => *status,
        _ => 0,
    }
}

/// A page as a load balancer sends it when what is behind it does not answer. Its form is inferred: what matters is
/// that it is no error of the cloud's.
fn gateway(status: u16) -> Response<Body> {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
    let title = format!("{} {}", status.as_u16(), status.canonical_reason().unwrap_or("Error"));
    let page = format!(
        "<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n</body>\r\n\
         </html>\r\n"
    );
    let mut response = Response::new(Body::from(page));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html"));
    response
}

/// What is left of an answer.
pub(super) async fn damaged(response: Response<Body>, damage: Option<Damage>) -> Response<Body> {
    match damage {
        None => response,
        Some(Damage::Lost) => lost(),
        Some(Damage::Truncated(bytes)) => {
            let (mut parts, body) = response.into_parts();
            // A body of ours is in memory already.
            let whole = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
            parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(whole.len()));
            let cut = Cut { left: Some(whole.slice(..bytes.min(whole.len()))), waited: false };
            Response::from_parts(parts, if bytes < whole.len() { Body::new(cut) } else { Body::from(whole) })
        }
    }
}

/// An answer of which nothing arrives: its body fails before the first byte is sent, so the connection is closed.
fn lost() -> Response<Body> {
    Response::new(Body::new(Cut { left: None, waited: true }))
}

/// The beginning of a body, behind which the connection fails.
struct Cut {
    left: Option<Bytes>,
    waited: bool,
}

impl HttpBody for Cut {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        if let Some(left) = self.left.take() {
            return Poll::Ready(Some(Ok(Frame::data(left))));
        }
        if !self.waited {
            // Lets the server send what it has before the connection fails.
            self.waited = true;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Some(Err(std::io::Error::other("an injected fault closes the connection"))))
    }
}
