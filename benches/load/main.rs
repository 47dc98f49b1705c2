//! Measures the program under load, beside a bare server in the same run, and prints Markdown tables:
//! `cargo bench --bench load -- [--quick] [--store file|memory] [--only NAME]`.

mod account;
mod baseline;
mod client;
mod console;
mod figures;
mod groups;
mod line;
mod load;
mod process;
mod sign;
mod source;

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::{Parser, ValueEnum};

use figures::Report;
use groups::Bench;
use load::{Driver, Window};

pub(crate) type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// Measures Sesame under load
#[derive(Parser)]
pub(crate) struct Options {
    /// One short round each: good for a look, not for a comparison
    #[arg(long)]
    quick: bool,
    /// Where Sesame keeps its state
    #[arg(long, value_enum, default_value_t = Store::File)]
    store: Store,
    /// Only what has this in its name; start, memory, bare, users:, accounts, owasp, console and GetUserPolicies name groups
    #[arg(long, value_name = "NAME")]
    only: Option<String>,
    /// Be the bare server, on this database
    #[arg(long, value_name = "PATH", hide = true)]
    bare: Option<PathBuf>,
    /// Given by cargo
    #[arg(long, hide = true)]
    bench: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Store {
    File,
    Memory,
}

impl Options {
    /// Whether the line or the group of this name is to be measured.
    pub(crate) fn wants(&self, name: &str) -> bool {
        let only = self.only.as_deref().unwrap_or_default().to_lowercase();
        let name = name.to_lowercase();
        name.contains(&only) || only.contains(&name)
    }

    pub(crate) fn store_url(&self, directory: &Path, name: &str) -> String {
        match self.store {
            Store::File => format!("sqlite://{}", directory.join(name).display()),
            Store::Memory => "sqlite::memory:".to_owned(),
        }
    }

    pub(crate) fn rounds(&self) -> usize {
        if self.quick { 1 } else { 3 }
    }

    pub(crate) fn window(&self) -> Window {
        let (warm, measured) = if self.quick { (150, 1_000) } else { (200, 2_500) };
        Window { warm: Duration::from_millis(warm), measured: Duration::from_millis(measured) }
    }
}

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "load: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Outcome<()> {
    if let Some(path) = &options.bare {
        return baseline::serve(path);
    }
    if cfg!(debug_assertions) {
        writeln!(io::stdout(), "nothing is measured without optimisation: cargo bench --bench load")?;
        return Ok(());
    }
    let begun = Instant::now();
    let directory = tempfile::tempdir()?;
    let driver = Driver::new()?;
    let mut bench = Bench { options, driver: &driver, directory: directory.path(), report: Report::default() };
    bench.start()?;
    bench.main()?;
    bench.policies()?;
    bench.accounts()?;
    bench.sizes()?;
    bench.owasp()?;
    bench.console()?;
    let store = if matches!(options.store, Store::File) { "in a SQLite file" } else { "in memory" };
    let rounds = options.rounds();
    writeln!(
        io::stdout(),
        "Store {store}; {} cores, load average {}; medians of {rounds} round(s) of {:.1} s; {:.0} s in all.\n\n{}",
        std::thread::available_parallelism()?,
        std::fs::read_to_string("/proc/loadavg")?.split(' ').next().unwrap_or("?"),
        options.window().measured.as_secs_f64(),
        begun.elapsed().as_secs_f64(),
        bench.report.markdown(),
    )?;
    Ok(())
}
