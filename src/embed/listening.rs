//! The port of a Sesame inside a test: served until it is stopped or dropped. It knows nothing of what is served.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::Application;
use crate::server::{self, Port};

/// See the module.
pub(super) struct Listening {
    address: SocketAddr,
    port: Port,
    stop: Option<oneshot::Sender<()>>,
    serving: JoinHandle<()>,
}

impl Listening {
    /// Listens where the settings say.
    pub(super) async fn begin(application: &Application) -> io::Result<Self> {
        let settings = &application.app().settings.server;
        let listener = server::bind(settings.listen).await?;
        let address = listener.local_addr()?;
        let port = Port::from(listener);
        let (stop, told_to_stop) = oneshot::channel::<()>();
        let grace = Duration::from_secs(settings.shutdown_grace_seconds);
        let (accepting, door) = (port.clone(), application.door());
        let serving = tokio::spawn(async move {
            let told = async {
                let _ = told_to_stop.await;
            };
            server::serve(accepting, door, grace, told).await;
        });
        Ok(Self { address, port, stop: Some(stop), serving })
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Lets requests in flight finish.
    pub(super) async fn stop(mut self) {
        drop(self.stop.take());
        let _ = (&mut self.serving).await;
    }
}

impl Drop for Listening {
    /// Frees the port here and now; the tasks end as soon as their runtime comes to them.
    fn drop(&mut self) {
        self.port.close();
        self.serving.abort();
    }
}
