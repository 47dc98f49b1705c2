//! `sesame sign-in`: signs in without a browser.

use serde_json::{Value, json};

use super::accounts::CloudName;
use super::outcome::{Done, Failure};
use super::surface::{Path, Surface, read_secret};
use super::view::View;

/// Who signs in, and with what.
#[derive(Clone, PartialEq, Eq, clap::Args)]
pub struct SignIn {
    /// The user: alice, or alice@DOMAIN on Alibaba Cloud
    user: String,
    /// Whose user it is
    #[arg(long, value_enum, default_value = "alibaba")]
    cloud: CloudName,
    /// The account, where it is not the default one
    #[arg(long, value_name = "ID")]
    account: Option<String>,
    /// The password; others on the machine may see it here
    #[arg(long, required_unless_present = "password_file")]
    password: Option<String>,
    /// File with the password, - for standard input
    #[arg(long, value_name = "FILE", conflicts_with = "password")]
    password_file: Option<String>,
    /// The code of the MFA device, where one is asked for
    #[arg(long, value_name = "CODE")]
    mfa_code: Option<String>,
    /// The new password, where one has to be set
    #[arg(long, value_name = "PASSWORD")]
    new_password: Option<String>,
    /// File with the new password, - for standard input
    #[arg(long, value_name = "FILE", conflicts_with = "new_password")]
    new_password_file: Option<String>,
}

impl std::fmt::Debug for SignIn {
    /// Leaves the passwords out.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignIn").field("user", &self.user).field("account", &self.account).finish_non_exhaustive()
    }
}

impl SignIn {
    pub(super) async fn run(&self, surface: &Surface) -> Result<Done, Failure> {
        let secret = |given: &Option<String>, file: &Option<String>| match (given, file) {
            (Some(given), _) => Ok(Some(given.clone())),
            (None, Some(file)) => read_secret(file).map(Some),
            (None, None) => Ok(None),
        };
        let mut body = json!({
            "cloud": self.cloud.as_str(),
            "user": self.user,
            "password": secret(&self.password, &self.password_file)?,
        });
        let more = [
            ("account", self.account.clone()),
            ("mfa_code", self.mfa_code.clone()),
            ("new_password", secret(&self.new_password, &self.new_password_file)?),
        ];
        for (name, value) in more {
            if let Some(value) = value {
                body[name] = json!(value);
            }
        }
        let body = body.to_string().into_bytes();
        let answer = surface.call("POST", &Path::of(&["sign-in"]), Some(&body)).await?;
        let value = answer.value().unwrap_or_default();
        // A refused sign-in is an answer; any other refusal is one of the call.
        match value.get("outcome").and_then(Value::as_str) {
            None => answer.unless_refused().and_then(|answer| surface.show(&answer.value()?, &View::Record)),
            Some(outcome) => {
                surface.show(&value, &View::Record)?;
                Ok(match outcome {
                    "signed-in" => Done::Well,
                    "refused" => Done::Refused,
                    _ => Done::NotMet,
                })
            }
        }
    }
}
