//! The command line: what can be asked for, and the commands that need no running server of their
//! own.

use std::ffi::OsString;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use clap::{Parser, Subcommand};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::config::{ConfigError, Flags, Settings};

/// A health check that takes longer than this has failed.
const HEALTH_TIMEOUT: Duration = Duration::from_secs(5);

/// No certificate is longer.
const LARGEST_ANSWER: u64 = 65_536;

/// A local stand-in for the identity services of Alibaba Cloud and AWS
#[derive(Debug, Parser)]
#[command(name = "sesame", version, about)]
pub struct Cli {
    /// The settings given as flags, before or after the command.
    #[command(flatten)]
    pub flags: Flags,
    #[command(subcommand)]
    command: Option<Command>,
}

/// What the program is asked to do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Subcommand)]
pub enum Command {
    /// Serve until told to stop; what happens when no command is given
    #[default]
    Serve,
    /// Read the settings, say whether they are right, and exit with 0 or 2
    CheckConfig,
    /// Look at a seed file, say whether it is right, and exit with 0 or 2
    Seed {
        /// The file, in YAML or JSON
        #[arg(long, value_name = "FILE")]
        check: String,
    },
    /// Print the certificate that clients are to trust when they call a running server over TLS
    Ca {
        /// The server to ask; the one that the settings name when not given
        #[arg(long, value_name = "http://HOST:PORT")]
        url: Option<String>,
        /// Write it to this file
        #[arg(long, value_name = "FILE")]
        out: Option<std::path::PathBuf>,
    },
    /// Ask a running server whether it is well, and exit with 0 or 1
    Health {
        /// The server to ask; the one that the settings name when not given
        #[arg(long, value_name = "http://HOST:PORT")]
        url: Option<String>,
    },
}

impl Cli {
    /// The command, which is to serve when none was given.
    pub fn command(&self) -> Command {
        self.command.clone().unwrap_or_default()
    }

    /// The settings under these flags. What is not text in the environment is read as near as can
    /// be: it may well belong to somebody else.
    pub fn settings(
        &self,
        environment: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Result<Settings, ConfigError> {
        let text = |os: OsString| os.to_string_lossy().into_owned();
        let environment = environment.into_iter();
        Settings::load(&self.flags, environment.map(|(name, value)| (text(name), text(value))))
    }
}

/// Asks the server at `url`, or the one that listens on `listen`, whether it is well.
///
/// # Errors
/// It cannot be reached, or does not answer 200.
pub async fn health(url: Option<&str>, listen: SocketAddr) -> io::Result<()> {
    let authority = match url {
        Some(url) => authority(url)?.to_owned(),
        None => reachable(listen).to_string(),
    };
    let status = tokio::time::timeout(HEALTH_TIMEOUT, get_health(&authority))
        .await
        .map_err(|_| failed(format!("no answer from {authority} within {} s", HEALTH_TIMEOUT.as_secs())))?
        .map_err(|error| failed(format!("cannot ask {authority}: {error}")))?;
    if status == "200" { Ok(()) } else { Err(failed(format!("{authority} answered {status}"))) }
}

/// Asks the server at `url`, or the one that listens on `listen`, for the certificate of its authority, in PEM.
///
/// # Errors
/// It cannot be reached, or speaks no TLS.
pub async fn certificate_authority(url: Option<&str>, listen: SocketAddr) -> io::Result<String> {
    let authority = match url {
        Some(url) => authority(url)?.to_owned(),
        None => reachable(listen).to_string(),
    };
    let asking = async {
        let mut stream = TcpStream::connect(&authority).await?;
        let request = format!("GET /_sesame/ca HTTP/1.0\r\nHost: {authority}\r\n\r\n");
        stream.write_all(request.as_bytes()).await?;
        let mut answer = String::new();
        stream.take(LARGEST_ANSWER).read_to_string(&mut answer).await?;
        io::Result::Ok(answer)
    };
    let answer = tokio::time::timeout(HEALTH_TIMEOUT, asking)
        .await
        .map_err(|_| failed(format!("no answer from {authority} within {} s", HEALTH_TIMEOUT.as_secs())))?
        .map_err(|error| failed(format!("cannot ask {authority}: {error}")))?;
    let body = answer.split_once("\r\n\r\n").map(|(_, body)| body);
    let pem = body.filter(|body| body.starts_with("-----BEGIN CERTIFICATE-----\n"));
    pem.map(str::to_owned).ok_or_else(|| {
        failed(format!("{authority} has no certificate to give: {}", answer.lines().next().unwrap_or_default()))
    })
}

/// Asks by hand, in plain HTTP/1.1: the program has no other use for an HTTP client. Returns the
/// status code.
async fn get_health(authority: &str) -> io::Result<String> {
    let mut stream = TcpStream::connect(authority).await?;
    let request = format!("GET /_sesame/health HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut head = [0; "HTTP/1.1 200".len()];
    stream.read_exact(&mut head).await?;
    match str::from_utf8(&head).ok().and_then(|head| head.strip_prefix("HTTP/1.1 ")) {
        Some(status) => Ok(status.to_owned()),
        None => Err(failed("the answer is not HTTP/1.1".to_owned())),
    }
}

/// Host and port of a URL such as `http://127.0.0.1:4260/`.
fn authority(url: &str) -> io::Result<&str> {
    url.strip_prefix("http://")
        .map(|rest| rest.split_once('/').map_or(rest, |(authority, _)| authority))
        .filter(|authority| authority.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok()))
        .ok_or_else(|| failed(format!("--url: expected http://HOST:PORT, found {url:?}")))
}

/// Where a server that listens on every address can be reached from this machine.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        ip if !ip.is_unspecified() => ip,
        IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::LOCALHOST),
    };
    SocketAddr::new(ip, listen.port())
}

fn failed(problem: String) -> io::Error {
    io::Error::other(problem)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;
    use tokio::net::TcpListener;

    use super::*;

    fn parse(line: &str) -> Cli {
        Cli::try_parse_from(line.split_whitespace()).expect(line)
    }

    #[test]
    fn the_definition_is_consistent() {
        <Cli as CommandFactory>::command().debug_assert();
    }

    #[test]
    fn no_command_serves() {
        assert_eq!(parse("sesame").command(), Command::Serve);
        assert_eq!(parse("sesame serve").command(), Command::Serve);
    }

    #[test]
    fn flags_stand_before_or_after_the_command_or_without_one() {
        for line in [
            "sesame --listen 127.0.0.1:0 --store sqlite://a.db --config s.toml --strict --log-format json",
            "sesame serve --listen 127.0.0.1:0 --store sqlite://a.db --config s.toml --strict --log-format json",
            "sesame --listen 127.0.0.1:0 --store sqlite://a.db serve --config s.toml --strict --log-format json",
        ] {
            let flags = parse(line).flags;
            assert_eq!(flags.listen.as_deref(), Some("127.0.0.1:0"), "{line}");
            assert_eq!(flags.store.as_deref(), Some("sqlite://a.db"), "{line}");
            assert_eq!(flags.config.as_deref(), Some("s.toml".as_ref()), "{line}");
            assert_eq!(flags.log_format.as_deref(), Some("json"), "{line}");
            assert!(flags.strict, "{line}");
        }
    }

    #[test]
    fn other_commands_take_the_settings_too() {
        let cli = parse("sesame check-config --config s.toml");
        assert_eq!(cli.command(), Command::CheckConfig);
        assert!(cli.flags.config.is_some());
        let cli = parse("sesame seed --check world.yaml");
        assert_eq!(cli.command(), Command::Seed { check: "world.yaml".to_owned() });
        let cli = parse("sesame ca --out ca.pem");
        assert_eq!(cli.command(), Command::Ca { url: None, out: Some("ca.pem".into()) });
        let cli = parse("sesame health --url http://sesame:4260");
        assert_eq!(cli.command(), Command::Health { url: Some("http://sesame:4260".to_owned()) });
    }

    #[cfg(unix)]
    #[test]
    fn variables_that_are_not_text_do_no_harm() {
        use std::os::unix::ffi::OsStringExt;
        let garbage = OsString::from_vec(vec![0xff]);
        let settings = |name: &str| parse("sesame").settings([(name.into(), garbage.clone())]);
        assert!(settings("PATH").is_ok());
        assert!(settings("SESAME_AUTH__SIGNATURES").is_err());
    }

    #[test]
    fn unknown_words_are_refused() {
        assert!(Cli::try_parse_from(["sesame", "--lissten", "x"]).is_err());
        assert!(Cli::try_parse_from(["sesame", "dance"]).is_err());
    }

    #[test]
    fn urls_are_cut_to_host_and_port() {
        assert_eq!(authority("http://localhost:4260").unwrap(), "localhost:4260");
        assert_eq!(authority("http://[::1]:4260/_sesame").unwrap(), "[::1]:4260");
        for url in ["https://localhost:4260", "localhost:4260", "http://localhost", "http://[::1]"] {
            assert!(authority(url).is_err(), "{url}");
        }
    }

    #[test]
    fn a_server_on_every_address_is_asked_on_loopback() {
        let of = |listen: &str| reachable(listen.parse().unwrap()).to_string();
        assert_eq!(of("0.0.0.0:4260"), "127.0.0.1:4260");
        assert_eq!(of("[::]:4260"), "[::1]:4260");
        assert_eq!(of("10.0.0.7:80"), "10.0.0.7:80");
    }

    async fn server_that_answers(reply: &'static str) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 1024];
            let read = stream.read(&mut request).await.unwrap();
            assert!(request[..read].starts_with(b"GET /_sesame/health HTTP/1.1\r\n"));
            stream.write_all(reply.as_bytes()).await.unwrap();
        });
        address
    }

    #[tokio::test]
    async fn a_server_that_answers_200_is_well() {
        let address = server_that_answers("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
        health(None, address).await.unwrap();
        let address = server_that_answers("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
        let elsewhere = SocketAddr::from(([127, 0, 0, 1], 9));
        health(Some(&format!("http://{address}/")), elsewhere).await.unwrap();
    }

    #[tokio::test]
    async fn any_other_answer_is_not_well() {
        let address = server_that_answers("HTTP/1.1 503 Service Unavailable\r\n\r\n").await;
        let error = health(None, address).await.unwrap_err().to_string();
        assert_eq!(error, format!("{address} answered 503"));
        let address = server_that_answers("SSH-2.0-OpenSSH_9.2p1").await;
        let error = health(None, address).await.unwrap_err().to_string();
        assert_eq!(error, format!("cannot ask {address}: the answer is not HTTP/1.1"));
    }

    #[tokio::test]
    async fn a_server_that_is_not_there_is_not_well() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        assert!(health(None, address).await.is_err());
    }
}
