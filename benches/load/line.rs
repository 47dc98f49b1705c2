//! A line of the report: one kind of request at one number of connections, measured over several rounds that take
//! turns with the rounds of the lines beside it.

use std::time::Duration;

use crate::figures::{Figure, extremes, median};
use crate::load::{Beside, Driver, Round, Window};
use crate::process::Server;
use crate::source::Source;
use crate::{Options, Outcome};

/// What a line is thought to do before it was ever measured, requests a second.
const FIRST_GUESS: f64 = 1_000.0;
/// Requests that are made for a round at the most.
const MOST: f64 = 400_000.0;

pub(crate) struct Line<'a> {
    name: String,
    connections: usize,
    server: &'a Server,
    source: Box<dyn Source + 'a>,
    beside: Beside,
    /// Which of the lines measured in turn with this one it is held against.
    against: Option<usize>,
    rate: f64,
    rounds: Vec<Round>,
}

impl<'a> Line<'a> {
    pub(crate) fn new(name: &str, connections: usize, server: &'a Server, source: impl Source + 'a) -> Self {
        Self {
            name: name.to_owned(),
            connections,
            server,
            source: Box::new(source),
            beside: Vec::new(),
            against: None,
            rate: FIRST_GUESS,
            rounds: Vec::new(),
        }
    }

    /// Holds the line against another one by its place.
    pub(crate) fn against(self, line: usize) -> Self {
        Self { against: Some(line), ..self }
    }

    /// Lets other requests run beside.
    pub(crate) fn beside(self, beside: Beside) -> Self {
        Self { beside, ..self }
    }

    fn round(&mut self, driver: &Driver, window: Window) -> Outcome<Round> {
        let wanted = (self.rate * window.seconds() * 1.7).clamp(100.0, MOST);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it was just bounded")]
        let wanted = wanted as usize;
        let batch = self.source.make(wanted)?;
        // what there are few of would be gone before it is measured
        let window = if batch.len() < wanted { Window { warm: Duration::ZERO, ..window } } else { window };
        let round = driver
            .drive(self.server, batch, self.connections, window, &self.beside)
            .map_err(|error| format!("{}: {error}", self.name))?;
        self.source.sent(round.sent);
        self.rate = if round.rate > self.rate { round.rate } else { self.rate.midpoint(round.rate) };
        Ok(round)
    }
}

/// Measures lines in turns.
pub(crate) fn measure(driver: &Driver, options: &Options, mut lines: Vec<Line<'_>>) -> Outcome<Vec<Figure>> {
    // A wanted line needs the one it is held against, which stands before it.
    let mut keep: Vec<bool> = lines.iter().map(|line| options.wants(&line.name)).collect();
    for (at, line) in lines.iter().enumerate() {
        if let Some(against) = line.against {
            keep[against] |= keep[at];
        }
    }
    for (line, _) in lines.iter_mut().zip(&keep).filter(|(_, keep)| **keep) {
        // How fast is it? Also fills the caches.
        // The second time with enough requests for all of it.
        line.round(driver, Window::CALIBRATION)?;
        line.round(driver, Window::CALIBRATION)?;
    }
    for _ in 0..options.rounds() {
        for (line, _) in lines.iter_mut().zip(&keep).filter(|(_, keep)| **keep) {
            let round = line.round(driver, options.window())?;
            line.rounds.push(round);
        }
    }
    let of = |at: usize, part: fn(&Round) -> f64| lines[at].rounds.iter().map(part).collect::<Vec<_>>();
    let figure = |at: usize| {
        let line = &lines[at];
        let ratio = |part: fn(&Round) -> f64| {
            let against = of(line.against?, part);
            median(of(at, part).iter().zip(against).map(|(own, other)| own / other).collect())
        };
        let part = |part: fn(&Round) -> f64| median(of(at, part)).unwrap_or(f64::NAN);
        Figure {
            name: line.name.clone(),
            connections: line.connections,
            rate: part(|round| round.rate),
            p50: part(|round| round.p50),
            p99: part(|round| round.p99),
            cpu: part(|round| round.cpu),
            rates: extremes(&of(at, |round| round.rate)),
            own_share: part(|round| round.own_share),
            others: extremes(&of(at, |round| round.others)).1,
            seconds: extremes(&of(at, |round| round.seconds)).0,
            beside: if line.beside.is_empty() { None } else { Some(part(|round| round.beside)) },
            against: line.against.map(|other| lines[other].name.clone()),
            rate_ratio: ratio(|round| round.rate),
            p50_ratio: ratio(|round| round.p50),
            p99_ratio: ratio(|round| round.p99),
        }
    };
    Ok((0..lines.len()).filter(|at| keep[*at]).map(figure).collect())
}
