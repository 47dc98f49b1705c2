//! `sesame env`: the variables that point clients here. It knows what clients read, and no server unless its CA or an
//! account of one's own is asked for.

use std::ffi::OsString;
use std::path::{Path as FilePath, PathBuf};

use serde_json::{Value, json};

use super::accounts::CloudName;
use super::outcome::{Done, Failure};
use super::shells::{Format, written};
use super::surface::{Path, Surface, print, read_secret};

/// A name and its value; none takes away what may be set.
pub(super) type Variable = (&'static str, Option<String>);

/// What is printed.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
pub struct Env {
    /// The clients of this cloud alone
    #[arg(long, value_enum)]
    cloud: Option<CloudName>,
    /// Who reads it
    #[arg(long, value_enum, default_value = "shell")]
    format: Format,
    /// Work as the root of this account, which comes into being on first use
    #[arg(long, value_name = "ID")]
    account: Option<String>,
    /// Make an account for this, and work as its root; also where only issued keys are let in
    #[arg(long, requires = "cloud", conflicts_with_all = ["account", "access_key_id"])]
    new_account: bool,
    /// Work with this access key
    #[arg(long, value_name = "ID", conflicts_with = "account", requires = "secret_file")]
    access_key_id: Option<String>,
    /// File with the secret of the access key, - for standard input
    #[arg(long, value_name = "FILE", requires = "access_key_id")]
    secret_file: Option<String>,
    /// Let clients ask the clouds' own addresses, with Sesame as the proxy that answers
    #[arg(long)]
    proxy: bool,
    /// Where to keep the certificate that clients have to trust; in the user's folder of states when not given
    #[arg(long, value_name = "FILE", requires = "proxy")]
    ca_file: Option<PathBuf>,
}

struct Key {
    id: String,
    secret: String,
}

impl Env {
    pub(super) async fn run(&self, surface: &Surface, environment: &[(OsString, OsString)]) -> Result<Done, Failure> {
        let clouds = self.clouds()?;
        let key = self.key(surface).await?;
        let mut variables = Vec::new();
        for cloud in clouds {
            variables.extend(match cloud {
                CloudName::Alibaba => alibaba(surface.authority(), &key, self.proxy),
                CloudName::Aws => aws(surface.authority(), &key, self.proxy),
            });
        }
        if self.proxy {
            let file = match &self.ca_file {
                Some(file) => std::path::absolute(file).unwrap_or_else(|_| file.clone()),
                None => ca_file(environment, surface.authority())?,
            };
            keep_ca(surface, &file).await?;
            let file = file.to_str().ok_or_else(|| Failure::usage("--ca-file must be text"))?;
            variables.extend(proxy(surface.authority(), file));
        }
        let format = if surface.is_json() { Format::Json } else { self.format };
        print(&written(&variables, format)).map(|()| Done::Well)
    }

    /// The clouds that are meant: those that were named, else the one of the account, else both.
    fn clouds(&self) -> Result<Vec<CloudName>, Failure> {
        let of_account = match &self.account {
            None => None,
            Some(id) => Some(CloudName::of_account(id).ok_or_else(|| {
                Failure::usage(format!("--account: expected 16 digits (Alibaba Cloud) or 12 (AWS), found {id:?}"))
            })?),
        };
        match (self.cloud, of_account) {
            (Some(cloud), Some(other)) if cloud != other => {
                Err(Failure::usage(format!("--account: this is an account of {}", other.as_str())))
            }
            (Some(cloud), _) | (None, Some(cloud)) => Ok(vec![cloud]),
            (None, None) => Ok(vec![CloudName::Alibaba, CloudName::Aws]),
        }
    }

    async fn key(&self, surface: &Surface) -> Result<Key, Failure> {
        if let (Some(id), Some(file)) = (&self.access_key_id, &self.secret_file) {
            return Ok(Key { id: id.clone(), secret: read_secret(file)? });
        }
        if let (true, Some(cloud)) = (self.new_account, self.cloud) {
            let made = surface.ask("POST", &Path::of(&["accounts"]), Some(&json!({"cloud": cloud.as_str()}))).await?;
            let at = |pointer: &str| made.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
            let key = at("/root/access_key_id").zip(at("/root/access_key_secret"));
            let (id, secret) = key.ok_or_else(|| Failure::Refused("the server gave no key".to_owned()))?;
            return Ok(Key { id, secret });
        }
        // A key that was never issued is the root of the account that it names, whatever its secret.
        Ok(Key { id: self.account.clone().unwrap_or_else(|| "test".to_owned()), secret: "test".to_owned() })
    }
}

fn set(name: &'static str, value: impl Into<String>) -> Variable {
    (name, Some(value.into()))
}

/// What Alibaba Cloud's clients read. The SDKs take keys and region from the environment and the endpoint from their
/// `Config` alone; the CLI takes the endpoint too (Alibaba Cloud CLI, "Environment variables"). The Terraform provider
/// has names of its own (its `loadEndpoint` reads `<PRODUCT>_ENDPOINT`).
fn alibaba(authority: &str, key: &Key, is_proxied: bool) -> Vec<Variable> {
    let endpoint = |name: &'static str| (name, (!is_proxied).then(|| authority.to_owned()));
    vec![
        set("ALIBABA_CLOUD_ACCESS_KEY_ID", &*key.id),
        set("ALIBABA_CLOUD_ACCESS_KEY_SECRET", &*key.secret),
        ("ALIBABA_CLOUD_SECURITY_TOKEN", None),
        set("ALIBABA_CLOUD_REGION_ID", "cn-hangzhou"),
        set("ALIBABA_CLOUD_IGNORE_PROFILE", "TRUE"),
        endpoint("ALIBABA_CLOUD_ENDPOINT"),
        set("ALICLOUD_ACCESS_KEY", &*key.id),
        set("ALICLOUD_SECRET_KEY", &*key.secret),
        ("ALICLOUD_SECURITY_TOKEN", None),
        set("ALICLOUD_REGION", "cn-hangzhou"),
        endpoint("IMS_ENDPOINT"),
        endpoint("RAM_ENDPOINT"),
        endpoint("STS_ENDPOINT"),
    ]
}

/// What AWS's clients read (AWS SDKs and Tools Reference Guide, "Service-specific endpoints" and "Environment variables
/// support"). A security token of a real account would be sent with our key, so it is taken away.
fn aws(authority: &str, key: &Key, is_proxied: bool) -> Vec<Variable> {
    let endpoint = |name: &'static str| (name, (!is_proxied).then(|| format!("http://{authority}")));
    vec![
        set("AWS_ACCESS_KEY_ID", &*key.id),
        set("AWS_SECRET_ACCESS_KEY", &*key.secret),
        ("AWS_SESSION_TOKEN", None),
        ("AWS_PROFILE", None),
        set("AWS_REGION", "us-east-1"),
        set("AWS_DEFAULT_REGION", "us-east-1"),
        set("AWS_EC2_METADATA_DISABLED", "true"),
        endpoint("AWS_ENDPOINT_URL"),
        endpoint("AWS_ENDPOINT_URL_IAM"),
        endpoint("AWS_ENDPOINT_URL_STS"),
        ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", None),
    ]
}

/// What HTTP libraries read: the proxy in both spellings (curl reads `http_proxy` in small letters alone), and the
/// certificate by each library's own name.
fn proxy(authority: &str, ca_file: &str) -> Vec<Variable> {
    let url = format!("http://{authority}");
    let here = "localhost,127.0.0.1,::1";
    let mut variables: Vec<Variable> =
        ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"].map(|name| set(name, &*url)).into();
    variables.extend(["NO_PROXY", "no_proxy"].map(|name| set(name, here)));
    let trusting = ["AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"];
    variables.extend(trusting.map(|name| set(name, ca_file)));
    variables
}

/// The certificate's place in the user's folder of states (XDG Base Directory Specification), one for each server.
fn ca_file(environment: &[(OsString, OsString)], authority: &str) -> Result<PathBuf, Failure> {
    let known = |wanted: &str| {
        let found = environment.iter().find(|(name, value)| name == wanted && !value.is_empty());
        found.map(|(_, value)| PathBuf::from(value))
    };
    let folder = known("XDG_STATE_HOME")
        .filter(|folder| folder.is_absolute())
        .or_else(|| known("HOME").map(|home| home.join(".local/state")))
        .or_else(|| known("LOCALAPPDATA"))
        .ok_or_else(|| Failure::usage("there is no folder for the certificate: give --ca-file FILE"))?;
    let name: String = authority.chars().map(|c| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' }).collect();
    Ok(folder.join("sesame").join(format!("ca-{name}.pem")))
}

async fn keep_ca(surface: &Surface, file: &FilePath) -> Result<(), Failure> {
    let pem = surface.ask_long("GET", &Path::of(&["ca"]), None, "Fetching the certificate").await?;
    if !pem.starts_with(b"-----BEGIN CERTIFICATE-----") {
        return Err(Failure::Refused("the server gave no certificate".to_owned()));
    }
    let kept = match file.parent() {
        Some(folder) => std::fs::create_dir_all(folder),
        None => Ok(()),
    };
    let kept = kept.and_then(|()| std::fs::write(file, &pem));
    kept.map_err(|error| Failure::file("write", &file.display().to_string(), &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(environment: &[(&str, &str)]) -> Result<PathBuf, Failure> {
        let environment: Vec<_> = environment.iter().map(|(name, value)| (name.into(), value.into())).collect();
        ca_file(&environment, "[::1]:4260")
    }

    #[test]
    fn the_certificate_has_a_place_of_its_own() {
        let name = "sesame/ca----1--4260.pem";
        assert_eq!(of(&[("HOME", "/h"), ("XDG_STATE_HOME", "/s")]).unwrap(), FilePath::new("/s").join(name));
        assert_eq!(
            of(&[("XDG_STATE_HOME", "relative"), ("HOME", "/h")]).unwrap(),
            FilePath::new("/h/.local/state").join(name)
        );
        assert!(matches!(of(&[("HOME", "")]), Err(Failure::Usage(_))));
    }

    #[test]
    fn through_the_proxy_no_endpoint_is_named() {
        let key = Key { id: "test".to_owned(), secret: "test".to_owned() };
        let value = |variables: &[Variable], wanted: &str| {
            variables.iter().find(|(name, _)| *name == wanted).expect(wanted).1.clone()
        };
        for name in ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_IAM", "AWS_ENDPOINT_URL_STS"] {
            assert_eq!(value(&aws("h:1", &key, false), name).as_deref(), Some("http://h:1"));
            assert_eq!(value(&aws("h:1", &key, true), name), None);
        }
        assert_eq!(value(&alibaba("h:1", &key, false), "ALIBABA_CLOUD_ENDPOINT").as_deref(), Some("h:1"));
        assert_eq!(value(&alibaba("h:1", &key, true), "RAM_ENDPOINT"), None);
    }
}
