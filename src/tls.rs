//! TLS with certificates that are made when somebody asks for them; it knows nothing of what is said inside.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::OnceCell;
use tokio_rustls::LazyConfigAcceptor;
use tokio_rustls::rustls::crypto::{CryptoProvider, ring as by_ring};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::rustls::server::{Acceptor, NoServerSessionStorage};
use tokio_rustls::rustls::sign::{CertifiedKey, SigningKey, SingleCertAndKey};
use tokio_rustls::rustls::{Error as Fault, ServerConfig};
use tokio_rustls::server::TlsStream;

use crate::app::App;
use crate::domain::time::Time;
use crate::federation::authority::{Authority, ServerKey, ServerName};
use crate::hosts;
use crate::services::authority;

/// How many names have their certificate in memory. A client may ask for any account's sign-in address.
const KEPT: usize = 64;

/// A certificate is made anew when it is this old, long before it lapses.
const RENEWED_AFTER_SECONDS: i64 = 180 * 86_400;

/// The names and addresses that the server is called by.
pub fn own_names<'a>(extra: impl Iterator<Item = &'a str>) -> Vec<ServerName> {
    let name = |text: &str| match text.parse() {
        Ok(address) => ServerName::Address(address),
        Err(_) => ServerName::Dns(text.to_ascii_lowercase()),
    };
    let always = [
        ServerName::Dns("localhost".to_owned()),
        ServerName::Address(IpAddr::V4(Ipv4Addr::LOCALHOST)),
        ServerName::Address(IpAddr::V6(Ipv6Addr::LOCALHOST)),
    ];
    always.into_iter().chain(extra.map(name)).collect()
}

/// The TLS side of a server. Nothing is made before the first handshake.
pub struct Tls {
    app: App,
    names: Vec<ServerName>,
    issuer: OnceCell<Issuer>,
}

impl Tls {
    /// For a server that is called by these names.
    pub fn new(app: App, names: Vec<ServerName>) -> Self {
        Self { app, names, issuer: OnceCell::new() }
    }

    /// Shakes hands with a client, under the name that it asks for, or that it was led here by.
    ///
    /// # Errors
    /// The client speaks no TLS that we speak, or went away, or there is no authority.
    pub async fn accept<S>(&self, stream: S, led_by: Option<&str>) -> io::Result<TlsStream<S>>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let hello = LazyConfigAcceptor::new(Acceptor::default(), stream).await?;
        let asked = hello.client_hello().server_name().or(led_by).map(str::to_ascii_lowercase);
        let now = self.app.system_now();
        let issuer = self.issuer.get_or_try_init(|| Issuer::new(&self.app, &self.names)).await?;
        let name = asked.filter(|name| hosts::cloud_host(name).is_some()).unwrap_or_default();
        hello.into_stream(issuer.config(name, now).map_err(io::Error::other)?).await
    }
}

struct Issuer {
    authority: Authority,
    key: ServerKey,
    signing: Arc<dyn SigningKey>,
    provider: Arc<CryptoProvider>,
    own_names: Vec<ServerName>,
    /// By the name of a cloud's host; empty for our own names. With the time it was made.
    made: Mutex<HashMap<String, (Time, Arc<ServerConfig>)>>,
}

impl Issuer {
    async fn new(app: &App, own_names: &[ServerName]) -> io::Result<Self> {
        let authority = authority::authority(app).await.map_err(|error| io::Error::other(format!("{error:?}")))?;
        let key = ServerKey::generate().map_err(io::Error::other)?;
        let pkcs8 = PrivatePkcs8KeyDer::from(key.pkcs8().to_vec());
        let signing = by_ring::sign::any_ecdsa_type(&PrivateKeyDer::Pkcs8(pkcs8)).map_err(io::Error::other)?;
        let provider = Arc::new(by_ring::default_provider());
        Ok(Self { authority, key, signing, provider, own_names: own_names.to_vec(), made: Mutex::default() })
    }

    /// What to shake hands with under a name.
    fn config(&self, name: String, now: Time) -> Result<Arc<ServerConfig>, Fault> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((at, config)) = made.get(&name)
            && (*at..at.plus_seconds(RENEWED_AFTER_SECONDS)).contains(&now)
        {
            return Ok(config.clone());
        }
        let config = Arc::new(self.make(&name, now)?);
        if made.len() >= KEPT {
            made.clear();
        }
        made.insert(name, (now, config.clone()));
        Ok(config)
    }

    fn make(&self, name: &str, now: Time) -> Result<ServerConfig, Fault> {
        let clouds = [ServerName::Dns(name.to_owned())];
        let names = if name.is_empty() { self.own_names.as_slice() } else { &clouds };
        let issued = self.authority.issue(&self.key, names, now).map_err(|fault| Fault::General(fault.to_string()))?;
        let certified = CertifiedKey::new(vec![CertificateDer::from(issued)], self.signing.clone());
        let mut config = ServerConfig::builder_with_provider(self.provider.clone())
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(SingleCertAndKey::from(certified)));
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        // Clients keep their connections; remembering sessions would only cost memory.
        config.session_storage = Arc::new(NoServerSessionStorage {});
        config.send_tls13_tickets = 0;
        Ok(config)
    }
}
