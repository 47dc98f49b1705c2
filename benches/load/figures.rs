//! The figures and the tables that show them.

use std::fmt::Write as _;

/// From here on what other processes took of a core has spoilt a round.
const DISTURBED: f64 = 0.15;

/// The outcome of one line: medians over its rounds; ratios are medians of what each round gave.
#[derive(Clone)]
pub(crate) struct Figure {
    pub(crate) name: String,
    pub(crate) connections: usize,
    pub(crate) rate: f64,
    pub(crate) p50: f64,
    pub(crate) p99: f64,
    pub(crate) cpu: f64,
    /// The least and the most of the rounds.
    pub(crate) rates: (f64, f64),
    pub(crate) own_share: f64,
    /// The most that other processes took in a round, in cores.
    pub(crate) others: f64,
    /// The shortest round.
    pub(crate) seconds: f64,
    pub(crate) beside: Option<f64>,
    pub(crate) against: Option<String>,
    pub(crate) rate_ratio: Option<f64>,
    pub(crate) p50_ratio: Option<f64>,
    pub(crate) p99_ratio: Option<f64>,
}

/// A figure that stands alone.
struct Fact {
    name: String,
    value: String,
    aim: &'static str,
}

#[derive(Default)]
pub(crate) struct Report {
    figures: Vec<Figure>,
    facts: Vec<Fact>,
}

impl Report {
    pub(crate) fn fact(&mut self, name: impl Into<String>, value: impl Into<String>, aim: &'static str) {
        self.facts.push(Fact { name: name.into(), value: value.into(), aim });
    }

    pub(crate) fn add(&mut self, figures: Vec<Figure>) {
        self.figures.extend(figures);
    }

    /// Takes a ratio out of a line as a fact, if the line was measured.
    pub(crate) fn ratio(
        &mut self,
        (line, connections): (&str, usize),
        part: fn(&Figure) -> Option<f64>,
        (name, aim): (&str, &'static str),
    ) {
        let found = self.figures.iter().find(|figure| figure.name == line && figure.connections == connections);
        if let Some(ratio) = found.and_then(part) {
            self.fact(name, format!("{ratio:.2}"), aim);
        }
    }

    /// Takes out of a line how long half of its requests took at the most, if the line was measured.
    pub(crate) fn median(&mut self, (line, connections): (&str, usize), aim: &'static str) {
        let found = self.figures.iter().find(|figure| figure.name == line && figure.connections == connections);
        if let Some(figure) = found {
            let value = format!("{:.2} ms", figure.p50 / 1_000.0);
            self.fact(format!("{line}, p50"), value, aim);
        }
    }

    /// Both tables as Markdown.
    pub(crate) fn markdown(&self) -> String {
        let mut out = String::from("| figure | value | aim |\n|---|---:|---|\n");
        for Fact { name, value, aim } in &self.facts {
            // Writing to a string does not fail.
            let _ = writeln!(out, "| {name} | {value} | {aim} |");
        }
        out.push_str(
            "\n| requests | connections | per second | rounds | p50 us | p99 us | server CPU us | others' cores | \
             ratio of rates |\n|---|---:|---:|---:|---:|---:|---:|---:|---|\n",
        );
        for figure in &self.figures {
            let Figure { name, connections, rate, rates, p50, p99, cpu, others, .. } = figure;
            // The CPU time of what runs beside cannot be told from that of the requests.
            let cpu = if figure.beside.is_some() { "-".to_owned() } else { format!("{cpu:.0}") };
            let _ = write!(out, "| {name} | {connections} | {rate:.0} | {:.0} to {:.0} | ", rates.0, rates.1);
            let _ = write!(out, "{p50:.0} | {p99:.0} | {cpu} | {others:.2} | ");
            if let (Some(ratio), Some(against)) = (figure.rate_ratio, &figure.against) {
                let _ = write!(out, "{ratio:.2} of {against}");
            }
            if let Some(beside) = figure.beside {
                let _ = write!(out, ", {beside:.1}/s beside");
            }
            out.push_str(" |\n");
        }
        if let Some(most) = self.figures.iter().max_by(|a, b| a.own_share.total_cmp(&b.own_share)) {
            let Figure { name, connections, own_share, .. } = most;
            let _ = writeln!(
                out,
                "\nThe load generator took {:.0} % of a core at the most ({name}, {connections} connections).",
                own_share * 100.0
            );
        }
        if let Some(shortest) = self.figures.iter().min_by(|a, b| a.seconds.total_cmp(&b.seconds)) {
            let _ = writeln!(out, "The shortest round took {:.2} s ({}).", shortest.seconds, shortest.name);
        }
        let disturbed = self.figures.iter().filter(|figure| figure.others > DISTURBED).count();
        if disturbed > 0 {
            let _ = writeln!(
                out,
                "**{disturbed} of {} lines were disturbed: other processes took more than {DISTURBED} of a core. \
                 Compare no absolute figures of them.**",
                self.figures.len()
            );
        }
        out
    }
}

/// The least and the greatest.
pub(crate) fn extremes(values: &[f64]) -> (f64, f64) {
    values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), value| (least.min(*value), most.max(*value)))
}

/// The middle one, or the mean of the two in the middle.
pub(crate) fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let half = values.len() / 2;
    match values.len() {
        0 => None,
        odd if odd % 2 == 1 => Some(values[half]),
        _ => Some(values[half - 1].midpoint(values[half])),
    }
}
