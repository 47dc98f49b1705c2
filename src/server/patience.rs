//! How long a client may take for what it has to say, so that nobody holds a connection by saying it slowly. It knows
//! nothing of answers, which may take as long as they like.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::BoxError;
use axum::body::{Bytes, HttpBody};
use hyper::body::{Frame, Incoming, SizeHint};
use tokio::time::{Sleep, sleep};

/// How long what is waited for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// For the first byte of a connection, which tells TLS from plain HTTP.
    pub(super) first_byte: Duration,
    /// For the whole TLS handshake.
    pub(super) handshake: Duration,
    /// For the first byte in a tunnel.
    pub(super) tunnel: Duration,
    /// For the whole head of a request, from when the one before was answered: so it is how long a connection that is
    /// kept may be idle, too.
    pub(super) head: Duration,
    /// For the body of a request, from when a part of it was waited for; what comes from then on gives more time, see
    /// [`LEAST_RATE`].
    pub(super) body: Duration,
    /// For the rest of the first request's head, once the server is to stop.
    pub(super) last_head: Duration,
}

impl Patience {
    /// As servers on the net have it. Clients that keep connections know that an idle one may be gone.
    pub(super) const USUAL: Self = Self {
        first_byte: Duration::from_secs(30),
        handshake: Duration::from_secs(10),
        tunnel: Duration::from_mins(1),
        head: Duration::from_secs(30),
        body: Duration::from_mins(1),
        last_head: Duration::from_secs(1),
    };
}

/// Bytes a second of a body that comes fast enough however large it is: over the slowest of lines a state does.
const LEAST_RATE: u32 = 4_096;

/// A request's body that has to be there in time.
pub(super) struct TimedBody {
    body: Incoming,
    within: Duration,
    /// Once something was waited for: most bodies come with their head and cost no timer.
    late: Option<Pin<Box<Sleep>>>,
}

impl TimedBody {
    pub(super) fn new(body: Incoming, within: Duration) -> Self {
        Self { body, within, late: None }
    }
}

impl HttpBody for TimedBody {
    type Data = Bytes;
    type Error = BoxError;

    #[expect(clippy::disallowed_methods, reason = "how long a client takes is what it is about")]
    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(context) {
            let come = frame.as_ref().and_then(|frame| frame.as_ref().ok()?.data_ref()).map_or(0, Bytes::len);
            if let (Some(late), Ok(come)) = (&mut self.late, u32::try_from(come)) {
                let earned = Duration::from_secs(come.into()) / LEAST_RATE;
                let until = late.deadline() + earned;
                late.as_mut().reset(until);
            }
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        let within = self.within;
        let late = self.late.get_or_insert_with(|| Box::pin(sleep(within)));
        ready!(late.as_mut().poll(context));
        Poll::Ready(Some(Err(io::Error::new(io::ErrorKind::TimedOut, "the body did not come in time").into())))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
#[path = "patience_tests.rs"]
mod tests;
