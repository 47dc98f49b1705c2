//! The authority that vouches for this server over TLS: made once, and kept in a file or in the store, where every replica
//! finds the same.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

use crate::app::App;
use crate::domain::error::Error;
use crate::federation::authority::{Authority, AuthorityFault};
use crate::store;

/// Why the file of an authority is no good.
#[derive(Debug, thiserror::Error)]
pub enum AuthorityFileError {
    /// It cannot be read or made.
    #[error("tls.ca_file: cannot read or make {0}: {1}")]
    Io(String, #[source] io::Error),
    /// It holds something else.
    #[error("tls.ca_file: {0}: {1}")]
    Fault(String, #[source] AuthorityFault),
}

/// The authority, made when there is none.
pub async fn authority(app: &App) -> Result<Authority, Error> {
    if let Some(authority) = from_file(app).map_err(Error::internal)? {
        return Ok(authority);
    }
    let read = |pem: &str| Authority::from_pem(pem).map_err(Error::internal);
    let kept = store::world::authority(&mut app.db.read().await?).await?;
    if let Some(pem) = kept {
        return read(&pem);
    }
    let made = Authority::generate(app.system_now()).map_err(Error::internal)?;
    let mut tx = app.db.write_aside().await?;
    store::world::keep_authority(&mut tx, &made.to_pem()).await?;
    // Another replica may have come first.
    let kept = store::world::authority(&mut tx).await?;
    tx.commit().await?;
    read(&kept.ok_or(Error::Conflict)?)
}

/// The authority's certificate in PEM, for whoever is to trust it.
pub async fn certificate(app: &App) -> Result<String, Error> {
    Ok(authority(app).await?.certificate_pem())
}

/// The authority of the file that the settings name, made when there is no such file; nothing when they name none. The
/// file is small and read seldom.
///
/// # Errors
/// The file cannot be read or made, or holds something else.
pub fn from_file(app: &App) -> Result<Option<Authority>, AuthorityFileError> {
    let settings = &app.settings.tls;
    if settings.ca_file.is_empty() || !settings.enabled {
        return Ok(None);
    }
    let name = || settings.ca_file.clone();
    let path = Path::new(&settings.ca_file);
    let text = match fs::read_to_string(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let made = Authority::generate(app.system_now());
            let made = made.map_err(|fault| AuthorityFileError::Fault(name(), fault))?;
            keep(path, &made.to_pem()).and_then(|()| fs::read_to_string(path))
        }
        read => read,
    };
    let text = text.map_err(|error| AuthorityFileError::Io(name(), error))?;
    Authority::from_pem(&text).map(Some).map_err(|fault| AuthorityFileError::Fault(name(), fault))
}

/// Writes a file that only its owner may read, unless another process has just done so.
fn keep(path: &Path, text: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        opened => opened?.write_all(text.as_bytes()),
    }
}
