//! The journal as it grows, as server-sent events (WHATWG HTML, section 9.2). A reader that is slow holds nothing: it has
//! a place in the journal, and is told how many entries were gone when it came to read them. What is told of an entry is not
//! known here.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Extension;
use axum::body::{Body, Bytes, HttpBody};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, header};
use http_body::Frame;
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::app::App;
use crate::app::journal::Entry;
use crate::stopping::Stopping;

/// The media type of server-sent events (HTML Living Standard, section 9.2).
pub(crate) const MEDIA_TYPE: &str = "text/event-stream";

/// After how long without an event a comment is sent, so that nobody on the way takes the connection for dead.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// How many entries are read at once.
const BATCH: usize = 64;

/// How many events wait to be written at the most.
const WAITING: usize = 8;

/// A line that readers pass over.
const COMMENT: &str = ":\n\n";

/// One event. Neither its id nor its text has a line break in it.
pub(crate) fn event(id: &str, name: &str, text: &str) -> String {
    format!("id: {id}\nevent: {name}\ndata: {text}\n\n")
}

/// Where a reader begins.
pub(crate) struct Start {
    place: u64,
    /// Whether it knew of a request that is there no more: how many it missed nobody knows.
    is_broken: bool,
}

impl Start {
    /// After the request that a reader says it read last; from the oldest on where it asks for what was; or now.
    pub(crate) fn of(app: &App, headers: &HeaderMap, asks_for_what_was: bool) -> Self {
        let last = headers.get("last-event-id").and_then(|id| id.to_str().ok()).filter(|id| !id.is_empty());
        let oldest = || app.journal.read(0, 0).missed;
        let (place, is_broken) = match last.map(|id| app.journal.after(id)) {
            Some(Some(place)) => (place, false),
            Some(None) => (oldest(), true),
            None if asks_for_what_was => (oldest(), false),
            None => (app.journal.end(), false),
        };
        Self { place, is_broken }
    }
}

/// What is sent: one piece after another until nobody has any more.
struct Pieces(mpsc::Receiver<Bytes>);

impl HttpBody for Pieces {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.0.poll_recv(context).map(|piece| piece.map(|piece| Ok(Frame::data(piece))))
    }
}

/// Answers with a stream. `tell` says what becomes of an entry.
pub(crate) fn open(
    app: App,
    start: Start,
    stopping: Option<Extension<Stopping>>,
    tell: impl Fn(&Entry) -> Option<String> + Send + Sync + 'static,
) -> Response<Body> {
    let (out, pieces) = mpsc::channel(WAITING);
    let stopping = stopping.map(|Extension(stopping)| stopping);
    if let Some(stopping) = &stopping {
        stopping.answers_without_end();
    }
    tokio::spawn(async move {
        let stopped = async {
            match stopping {
                Some(stopping) => stopping.begun().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = follow(&app, start, &tell, &out) => {}
            () = out.closed() => {}
            () = stopped => {}
        }
    });
    let mut response = Response::new(Body::new(Pieces(pieces)));
    let headers = [
        (header::CONTENT_TYPE, MEDIA_TYPE),
        (header::CACHE_CONTROL, "no-store"),
        (header::CONNECTION, "close"),
        // Proxies of the nginx kind gather what they pass on unless told so.
        (HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    response.headers_mut().extend(headers.map(|(name, value)| (name, HeaderValue::from_static(value))));
    response
}

/// Nobody reads any more.
struct Gone;

impl<T> From<mpsc::error::SendError<T>> for Gone {
    fn from(_: mpsc::error::SendError<T>) -> Self {
        Self
    }
}

async fn follow(
    app: &App,
    start: Start,
    tell: &impl Fn(&Entry) -> Option<String>,
    out: &mpsc::Sender<Bytes>,
) -> Result<(), Gone> {
    let mut newest = app.journal.watch();
    let mut place = start.place;
    out.send(Bytes::from_static(COMMENT.as_bytes())).await?;
    if start.is_broken {
        out.send(missed("null")).await?;
    }
    loop {
        // What comes after this wakes us again.
        newest.mark_unchanged();
        let passage = app.journal.read(place, BATCH);
        place = passage.next;
        if passage.missed > 0 {
            out.send(missed(&passage.missed.to_string())).await?;
        }
        for entry in &passage.entries {
            if let Some(text) = tell(entry) {
                out.send(Bytes::from(text)).await?;
            }
        }
        if passage.entries.is_empty() {
            match timeout(KEEP_ALIVE, newest.changed()).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) => return Err(Gone),
                Err(_) => out.send(Bytes::from_static(COMMENT.as_bytes())).await?,
            }
        }
    }
}

/// Tells how many entries, whatever they were, had made room before they were read.
fn missed(count: &str) -> Bytes {
    Bytes::from(format!("event: missed\ndata: {{\"missed\":{count}}}\n\n"))
}
