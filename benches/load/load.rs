//! Closed-loop load: so many connections, each sending its next request as soon as it has its answer, for a while.

use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::runtime::{Builder, Runtime};
use tokio::task::{JoinSet, LocalSet};

use crate::Outcome;
use crate::client::{Batch, Connection};
use crate::process::{Server, cpu_seconds, machine_cpu_seconds};

/// How much longer than planned a round may take before the run is given up.
const PATIENCE: Duration = Duration::from_mins(1);

/// Requests that run beside the measured ones without being measured: one for each client, sent again and again.
pub(crate) type Beside = Vec<Vec<u8>>;

/// How long a round lasts.
#[derive(Clone, Copy)]
pub(crate) struct Window {
    /// Not measured.
    pub(crate) warm: Duration,
    pub(crate) measured: Duration,
}

impl Window {
    /// As long as there are requests, a minute at the most.
    pub(crate) const ALL: Self = Self { warm: Duration::ZERO, measured: PATIENCE };
    /// Long enough to see how fast a line is.
    pub(crate) const CALIBRATION: Self = Self { warm: Duration::ZERO, measured: Duration::from_millis(200) };

    pub(crate) fn seconds(self) -> f64 {
        (self.warm + self.measured).as_secs_f64()
    }
}

/// What one round gave.
#[derive(Clone, Copy, Default)]
pub(crate) struct Round {
    /// Requests a second.
    pub(crate) rate: f64,
    /// Microseconds.
    pub(crate) p50: f64,
    pub(crate) p99: f64,
    /// The server's CPU time for a request, in microseconds.
    pub(crate) cpu: f64,
    /// How much of one core the load generator took.
    pub(crate) own_share: f64,
    /// How much of one core everything else on the machine took: neither the server nor the load generator.
    pub(crate) others: f64,
    /// How long it was measured, in seconds; less than planned when the requests ran out.
    pub(crate) seconds: f64,
    /// Requests a second of those that ran beside.
    pub(crate) beside: f64,
    /// Requests sent, the warm-up among them.
    pub(crate) sent: usize,
}

/// A moment at an end of the measured window.
#[derive(Clone, Copy)]
struct Mark {
    at: Instant,
    server_cpu: f64,
    own_cpu: f64,
    machine_cpu: f64,
}

/// What the connections of a round share; they all live on one thread.
struct Shared {
    batch: Batch,
    pid: u32,
    begin: Instant,
    end: Instant,
    next: Cell<usize>,
    opened: Cell<Option<Mark>>,
    closed: Cell<Option<Mark>>,
    nanoseconds: RefCell<Vec<u64>>,
    beside: Cell<u64>,
}

impl Shared {
    fn mark(&self, place: &Cell<Option<Mark>>, at: Instant) -> Outcome<()> {
        if place.get().is_none() {
            let (server_cpu, own_cpu) = (cpu_seconds(self.pid)?, cpu_seconds(std::process::id())?);
            let machine_cpu = machine_cpu_seconds()?;
            place.set(Some(Mark { at, server_cpu, own_cpu, machine_cpu }));
        }
        Ok(())
    }

    /// The next request, until the time is up or none is left.
    fn take(&self) -> Outcome<Option<&[u8]>> {
        let now = Instant::now();
        if now >= self.begin {
            self.mark(&self.opened, now)?;
        }
        let at = self.next.get();
        let request = if now < self.end { self.batch.get(at) } else { None };
        match request {
            Some(_) => self.next.set(at + 1),
            None => self.mark(&self.closed, now)?,
        }
        Ok(request)
    }

    fn is_measuring(&self) -> bool {
        self.opened.get().is_some() && self.closed.get().is_none()
    }
}

/// The thread that makes the load.
pub(crate) struct Driver(Runtime);

impl Driver {
    pub(crate) fn new() -> Outcome<Self> {
        Ok(Self(Builder::new_current_thread().enable_all().build()?))
    }

    /// One request, and the body of its answer whatever the status is.
    pub(crate) fn ask(&self, address: SocketAddr, request: &[u8]) -> Outcome<(u16, Vec<u8>)> {
        let asked = async {
            let mut connection = Connection::open(address).await?;
            let answer = connection.exchange(request).await?;
            Ok((answer.status, answer.body.to_vec()))
        };
        self.0.block_on(async { tokio::time::timeout(PATIENCE, asked).await? })
    }

    /// Sends the requests of a batch in their order, over so many connections, until the window or the batch ends.
    /// Every answer must be a success.
    pub(crate) fn drive(
        &self,
        server: &Server,
        batch: Batch,
        connections: usize,
        window: Window,
        beside: &Beside,
    ) -> Outcome<Round> {
        let begin = Instant::now() + window.warm;
        let shared = Rc::new(Shared {
            nanoseconds: RefCell::new(Vec::with_capacity(batch.len())),
            batch,
            pid: server.pid(),
            begin,
            end: begin + window.measured,
            next: Cell::new(0),
            opened: Cell::new(None),
            closed: Cell::new(None),
            beside: Cell::new(0),
        });
        let whole = run(shared.clone(), server.address(), connections, beside.clone());
        let limit = window.warm + window.measured + PATIENCE;
        LocalSet::new().block_on(&self.0, async { tokio::time::timeout(limit, whole).await? })?;
        result(&shared)
    }
}

async fn run(shared: Rc<Shared>, address: SocketAddr, connections: usize, beside: Beside) -> Outcome<()> {
    let mut tasks = JoinSet::new();
    for request in beside {
        tasks.spawn_local(repeat(shared.clone(), address, request));
    }
    for _ in 0..connections {
        tasks.spawn_local(work(shared.clone(), address));
    }
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    Ok(())
}

async fn work(shared: Rc<Shared>, address: SocketAddr) -> Outcome<()> {
    let mut connection = Connection::open(address).await?;
    while let Some(request) = shared.take()? {
        let sent = Instant::now();
        let answer = connection.exchange(request).await?;
        let took = sent.elapsed();
        if !matches!(answer.status, 200 | 204) {
            return Err(refusal(answer.status, answer.body).into());
        }
        if shared.is_measuring() {
            shared.nanoseconds.borrow_mut().push(u64::try_from(took.as_nanos())?);
        }
    }
    Ok(())
}

async fn repeat(shared: Rc<Shared>, address: SocketAddr, request: Vec<u8>) -> Outcome<()> {
    let mut connection = Connection::open(address).await?;
    while shared.closed.get().is_none() {
        let answer = connection.exchange(&request).await?;
        if answer.status != 200 {
            return Err(refusal(answer.status, answer.body).into());
        }
        if shared.is_measuring() {
            shared.beside.set(shared.beside.get() + 1);
        }
    }
    Ok(())
}

pub(crate) fn refusal(status: u16, body: &[u8]) -> String {
    format!("the server answered {status}: {}", String::from_utf8_lossy(&body[..body.len().min(500)]))
}

fn result(shared: &Shared) -> Outcome<Round> {
    let (Some(opened), Some(closed)) = (shared.opened.get(), shared.closed.get()) else {
        return Err("too few requests were made for this round".into());
    };
    let mut nanoseconds = shared.nanoseconds.take();
    nanoseconds.sort_unstable();
    let seconds = (closed.at - opened.at).as_secs_f64();
    let at = |share: usize| nanoseconds.get(nanoseconds.len() * share / 100).map_or(0.0, |ns| number(*ns) / 1_000.0);
    let count = number(nanoseconds.len() as u64).max(1.0);
    let (server, own) = (closed.server_cpu - opened.server_cpu, closed.own_cpu - opened.own_cpu);
    Ok(Round {
        rate: count / seconds,
        p50: at(50),
        p99: at(99),
        cpu: server * 1e6 / count,
        own_share: own / seconds,
        others: (closed.machine_cpu - opened.machine_cpu - server - own).max(0.0) / seconds,
        seconds,
        beside: number(shared.beside.get()) / seconds,
        sent: shared.next.get(),
    })
}

/// A count as a number to reckon with.
pub(crate) fn number(count: u64) -> f64 {
    u32::try_from(count).map_or(f64::INFINITY, f64::from)
}
