//! The servers as processes of their own: started, asked what they cost, and ended with the run.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::Outcome;

/// The kernel tells CPU time in hundredths of a second, on every machine (`USER_HZ`).
const TICKS_PER_SECOND: f64 = 100.0;

/// A server that ends when this is dropped.
pub(crate) struct Server {
    child: Child,
    address: SocketAddr,
    // Kept open: the bare server ends when its input does, and a line more on a closed output would be an error.
    _input: Option<ChildStdin>,
    _output: BufReader<ChildStdout>,
}

impl Server {
    /// Starts a program whose first line ends with the address it listens on.
    pub(crate) fn start(program: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Outcome<Self> {
        let mut child = Command::new(program)
            .args(arguments)
            .env_clear()
            .envs(variables.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let input = child.stdin.take();
        let found = child.stdout.take().ok_or("no output").map_err(Into::into).and_then(address);
        match found {
            Ok((address, output)) => Ok(Self { child, address, _input: input, _output: output }),
            Err(error) => {
                end(&mut child);
                Err(error)
            }
        }
    }

    /// Starts Sesame on a store.
    pub(crate) fn sesame(store: &str, variables: &[(&str, &str)]) -> Outcome<Self> {
        Self::start(sesame_path(), &["--listen", "127.0.0.1:0", "--store", store], variables)
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Resident memory in MB.
    pub(crate) fn resident(&self) -> Outcome<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes: f64 = line.and_then(|line| line.split_whitespace().next()).ok_or("no VmRSS")?.parse()?;
        Ok(kilobytes / 1024.0)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        end(&mut self.child);
    }
}

fn end(child: &mut Child) {
    // It may have ended by itself.
    let _ = child.kill();
    let _ = child.wait();
}

fn address(output: ChildStdout) -> Outcome<(SocketAddr, BufReader<ChildStdout>)> {
    let mut output = BufReader::new(output);
    let mut line = String::new();
    output.read_line(&mut line)?;
    let address = line.trim().rsplit_once("http://").ok_or_else(|| format!("the server did not start: {line:?}"))?;
    Ok((address.1.parse()?, output))
}

/// The program that is measured.
pub(crate) fn sesame_path() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_sesame"))
}

/// CPU time that everything on the machine has used, in seconds: what others take is taken from the measured ones.
pub(crate) fn machine_cpu_seconds() -> Outcome<f64> {
    let stat = std::fs::read_to_string("/proc/stat")?;
    let fields = stat.lines().next().ok_or("empty stat")?.split_whitespace().skip(1);
    let mut ticks = 0.0;
    // user nice system idle iowait irq softirq steal; guest time is part of user time
    for (at, field) in fields.take(8).enumerate() {
        if at != 3 && at != 4 {
            ticks += field.parse::<f64>()?;
        }
    }
    Ok(ticks / TICKS_PER_SECOND)
}

/// CPU time that a process has used, in seconds.
pub(crate) fn cpu_seconds(pid: u32) -> Outcome<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The name of the program, in brackets, may hold blanks; utime and stime are the 12th and 13th behind it.
    let (_, fields) = stat.rsplit_once(") ").ok_or("malformed stat")?;
    let mut ticks = 0.0;
    for field in fields.split(' ').skip(11).take(2) {
        ticks += field.parse::<f64>()?;
    }
    Ok(ticks / TICKS_PER_SECOND)
}
