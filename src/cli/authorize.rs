//! `sesame authorize` and `sesame totp`: questions with one short answer.

use serde_json::{Map, Value, json};

use super::accounts::CloudName;
use super::explain::layers;
use super::oidc::pair;
use super::outcome::{Done, Failure};
use super::surface::{Path, Surface, read, read_json, read_secret};
use super::view::{View, cell, plain, record};

/// May this principal do that?
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
pub struct Authorize {
    /// Any action of any service: s3:GetObject
    #[arg(required_unless_present = "file")]
    action: Option<String>,
    /// What it is done to; anything when not given
    resource: Option<String>,
    /// Who does it: the ARN of a user, a role session or a root
    #[arg(long, value_name = "ARN", required_unless_present_any = ["access_key_id", "file"])]
    principal: Option<String>,
    /// Who does it: the id of an access key
    #[arg(long, value_name = "ID", conflicts_with = "principal")]
    access_key_id: Option<String>,
    /// File with the security token that belongs to the key
    #[arg(long, value_name = "FILE", requires = "access_key_id")]
    security_token_file: Option<String>,
    /// Whose key it is, where its form does not say
    #[arg(long, value_enum)]
    cloud: Option<CloudName>,
    /// The value of a condition key: aws:SourceIp=10.0.0.7; one that is named twice has both values
    #[arg(long = "context", value_name = "KEY=VALUE", value_parser = pair)]
    context: Vec<(String, String)>,
    /// File with the policy of the resource, - for standard input
    #[arg(long, value_name = "FILE")]
    resource_policy: Option<String>,
    /// Whose the resource is, if not the caller's
    #[arg(long, value_name = "ID")]
    resource_account: Option<String>,
    /// File with the whole question in JSON, or {"requests":[..]} with many; - for standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["action", "principal", "access_key_id", "context"])]
    file: Option<String>,
}

impl Authorize {
    pub(super) async fn run(&self, surface: &Surface) -> Result<Done, Failure> {
        let body = match &self.file {
            Some(file) => read_json(file)?,
            None => self.question()?,
        };
        let answer = surface.ask("POST", &Path::of(&["authorize"]), Some(&body)).await?;
        surface.show(&answer, &View::Text(shown))?;
        let is_allowed =
            |answer: &Value| answer.get("decision").is_some_and(|decision| decision == "allowed" || decision == "root");
        let all = match answer.get("answers").and_then(Value::as_array) {
            Some(answers) => answers.iter().all(is_allowed),
            None => is_allowed(&answer),
        };
        Ok(if all { Done::Well } else { Done::NotMet })
    }

    fn question(&self) -> Result<Value, Failure> {
        let mut body = json!({"action": self.action});
        let token = self.security_token_file.as_deref().map(read_secret).transpose()?;
        let texts = [
            ("resource", self.resource.clone()),
            ("principal", self.principal.clone()),
            ("access_key_id", self.access_key_id.clone()),
            ("security_token", token),
            ("cloud", self.cloud.map(|cloud| cloud.as_str().to_owned())),
            ("resource_account", self.resource_account.clone()),
        ];
        for (name, text) in texts {
            if let Some(text) = text {
                body[name] = json!(text);
            }
        }
        if let Some(file) = &self.resource_policy {
            let policy = String::from_utf8(read(file)?);
            body["resource_policy"] = json!(policy.map_err(|_| Failure::usage(format!("{file} is not text")))?);
        }
        let mut context = Map::new();
        for (key, value) in &self.context {
            let values = context.entry(key).or_insert_with(|| json!([]));
            if let Value::Array(values) = values {
                values.push(json!(value));
            }
        }
        if !context.is_empty() {
            body["context"] = Value::Object(context);
        }
        Ok(body)
    }
}

/// The decision and what each layer said; one line each where many were asked.
fn shown(answer: &Value) -> String {
    if let Some(answers) = answer.get("answers").and_then(Value::as_array) {
        let columns = &[("DECISION", "/decision"), ("ACTION", "/action"), ("RESOURCE", "/resource")];
        return View::Rows("", columns).table(&json!(answers));
    }
    let mut lines = Vec::new();
    for member in ["decision", "reason", "principal", "action", "resource", "message"] {
        if let Some(value) = answer.get(member).filter(|value| !value.is_null()) {
            lines.push((member.to_owned(), json!(plain(&cell(value)))));
        }
    }
    record(&Value::Object(lines.into_iter().collect())) + &layers(answer)
}

/// The code that a user's MFA device shows.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
pub struct Totp {
    /// Whose user it is
    #[arg(value_enum)]
    cloud: CloudName,
    /// The account
    account: String,
    /// The user
    user: String,
}

impl Totp {
    pub(super) async fn run(&self, surface: &Surface) -> Result<Done, Failure> {
        let path = Path::of(&["users", self.cloud.as_str(), &self.account, &self.user, "totp"]);
        // the code and nothing else, for `--mfa-code "$(sesame totp ..)"`; how long it is good is in the JSON
        surface.show(&surface.get(&path).await?, &View::Text(|answer| format!("{}\n", cell(&answer["code"]))))
    }
}
