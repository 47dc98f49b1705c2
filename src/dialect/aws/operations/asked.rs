//! What a call asks of policies: its action and resource, the condition keys it adds, the other actions it needs.

use serde_json::Value;

use super::{Key, Resource, Row};
use crate::domain::arn::{self, Kind};
use crate::domain::service_linked_roles;
use crate::domain::user::UserRef;
use crate::services::Ctx;
use crate::services::authorize::Asked;
use crate::services::targets::Target;

/// What a call of an operation asks.
pub(in crate::dialect::aws) fn of(row: &Row, resource: Resource, ctx: &Ctx, input: &Value) -> Vec<Asked> {
    let action = format!("{}:{}", row.api.name(), row.name);
    let mut asked = Asked::new(action, target(resource, ctx, input), shown(resource, ctx, input));
    let mut needed_too = Vec::new();
    for key in row.keys {
        let text = |parameter: &str| input[parameter].as_str().map(|text| vec![text.to_owned()]).unwrap_or_default();
        match key {
            Key::RequestTags => {
                asked.tags.extend(tags(input));
                let also = match resource {
                    Resource::New(kind, _) if !asked.tags.is_empty() => tagging(kind),
                    _ => None,
                };
                if let Some(action) = also {
                    let mut tag = Asked::new(action, asked.target.clone(), asked.shown.clone());
                    tag.tags.clone_from(&asked.tags);
                    needed_too.push(tag);
                }
            }
            Key::TagKeys => {
                let keys = input["TagKeys"].as_array().into_iter().flatten().filter_map(Value::as_str);
                asked.tags.extend(keys.map(|key| (key.to_owned(), None)));
            }
            Key::Boundary => asked.facts.push(("iam:PermissionsBoundary", text("PermissionsBoundary"))),
            Key::PolicyArn => asked.facts.push(("iam:PolicyARN", text("PolicyArn"))),
            Key::ServiceName => asked.facts.push(("iam:AWSServiceName", text("AWSServiceName"))),
            Key::CredentialService => {
                asked.facts.push(("iam:ServiceSpecificCredentialServiceName", text("ServiceName")));
            }
            Key::CredentialAge => {
                let days = input["CredentialAgeDays"].as_i64().map(|days| days.to_string());
                asked.facts.push(("iam:ServiceSpecificCredentialAgeDays", days.into_iter().collect()));
            }
            Key::PassRole(service) => {
                let role = input["RoleName"].as_str().unwrap_or("*").to_owned();
                let shown = arn::of(ctx.cloud, &ctx.account_id, Kind::Role, "/", &role);
                let mut pass = Asked::new("iam:PassRole", Target::Named(Kind::Role, role), shown);
                pass.facts.push(("iam:PassedToService", vec![(*service).to_owned()]));
                needed_too.push(pass);
            }
            Key::Moved(new_name) => needed_too.extend(moved(&asked, resource, input, new_name)),
            Key::TagSession if input["Tags"].as_array().is_some_and(|tags| !tags.is_empty()) => {
                let mut tag = Asked { action: "sts:TagSession".into(), ..asked.clone() };
                tag.tags = tags(input).collect();
                needed_too.push(tag);
            }
            Key::TagSession => {}
        }
    }
    std::iter::once(asked).chain(needed_too).collect()
}

/// What else a caller needs who makes something with tags. Terraform users see the creation fail over it: `creating IAM
/// Instance Profile (..): AccessDenied: User: .. is not authorized to perform: iam:TagInstanceProfile`
/// (openshift/installer, pull request 7843; the same of `CreateRole` and `CreatePolicy`; of other kinds inferred).
fn tagging(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::User => Some("iam:TagUser"),
        Kind::Group => None,
        Kind::Role => Some("iam:TagRole"),
        Kind::Policy => Some("iam:TagPolicy"),
        Kind::InstanceProfile => Some("iam:TagInstanceProfile"),
        Kind::MfaDevice => Some("iam:TagMFADevice"),
        Kind::ServerCertificate => Some("iam:TagServerCertificate"),
        Kind::SamlProvider => Some("iam:TagSAMLProvider"),
        Kind::OidcProvider => Some("iam:TagOpenIDConnectProvider"),
    }
}

/// The action on what a thing becomes, where it changes its path or its name.
fn moved(asked: &Asked, resource: Resource, input: &Value, new_name: &str) -> Option<Asked> {
    let Resource::Named(kind, parameter) = resource else { return None };
    let text = |parameter: &str| input[parameter].as_str().map(ToOwned::to_owned);
    let (name, new_path, new_name) = (text(parameter)?, text("NewPath"), text(new_name));
    if new_path.is_none() && new_name.is_none() {
        return None;
    }
    let shown = format!("{} {}", words(kind), new_name.as_ref().unwrap_or(&name));
    Some(Asked { target: Target::Moved { kind, name, new_path, new_name }, shown, ..asked.clone() })
}

fn tags(input: &Value) -> impl Iterator<Item = (String, Option<String>)> {
    input["Tags"].as_array().into_iter().flatten().filter_map(|tag| {
        let value = tag["Value"].as_str().unwrap_or_default();
        Some((tag["Key"].as_str()?.to_owned(), Some(value.to_owned())))
    })
}

fn target(resource: Resource, ctx: &Ctx, input: &Value) -> Target {
    let text = |parameter: &str| input[parameter].as_str().unwrap_or("*").to_owned();
    match resource {
        Resource::Named(Kind::User, parameter) => match input[parameter].as_str() {
            Some(name) => Target::User(UserRef::Name(name.to_owned())),
            None => Target::Caller,
        },
        Resource::Named(kind, parameter) => Target::Named(kind, text(parameter)),
        // That it is asked of all users is inferred: the reference has the user alone.
        Resource::UserOrAll(flag) if input[flag] == true => Target::Exactly(shown(resource, ctx, input)),
        Resource::UserOrAll(_) => target(Resource::USER, ctx, input),
        Resource::New(Kind::OidcProvider, parameter) => {
            let url = text(parameter);
            let name = url.strip_prefix("https://").unwrap_or(&url).to_owned();
            Target::New { kind: Kind::OidcProvider, path: "/".to_owned(), name }
        }
        Resource::New(kind, parameter) => {
            let path = input["Path"].as_str().unwrap_or("/").to_owned();
            Target::New { kind, path, name: text(parameter) }
        }
        Resource::Arn(parameter) => Target::Arn(text(parameter)),
        Resource::OwnerOfKey(parameter) => Target::User(UserRef::AccessKey(text(parameter))),
        Resource::All(_) | Resource::FederatedUser | Resource::Any => Target::Exactly(shown(resource, ctx, input)),
        Resource::ServiceRole(parameter) => {
            let service = text(parameter);
            let linked = service_linked_roles::of_service(ctx.cloud, &service);
            let name = linked.map(|linked| linked.role_name_with(input["CustomSuffix"].as_str()));
            let path = format!("/aws-service-role/{service}/");
            Target::New { kind: Kind::Role, path, name: name.unwrap_or_else(|| "*".to_owned()) }
        }
        Resource::DeletionTask(parameter) => {
            // task/aws-service-role/SERVICE/ROLE/UUID
            let task = text(parameter);
            let fields: Vec<&str> = task.split('/').collect();
            let (service, role) = match fields[..] {
                ["task", "aws-service-role", service, role, _] => (service, role),
                _ => ("*", "*"),
            };
            let path = format!("/aws-service-role/{service}/");
            Target::New { kind: Kind::Role, path, name: role.to_owned() }
        }
    }
}

/// As the text of a denial has it: users, groups, roles and the like by their names, by its ARN what has none or is yet
/// to be made, other than a policy (observed: `iam:CreateUser on resource: arn:aws:iam::..:user/Bob`, `iam:CreatePolicy
/// on resource: policy reader`; of kinds other than users, groups, roles, policies and instance profiles inferred).
fn shown(resource: Resource, ctx: &Ctx, input: &Value) -> String {
    let text = |parameter: &str| input[parameter].as_str();
    match resource {
        Resource::New(kind, _) if kind != Kind::Policy => new_arn(resource, ctx, input),
        Resource::Named(kind, parameter) | Resource::New(kind, parameter) => {
            let own = || ctx.calling_user().map(|(_, name)| name).filter(|_| kind == Kind::User);
            format!("{} {}", words(kind), text(parameter).or_else(own).unwrap_or("*"))
        }
        Resource::UserOrAll(flag) if input[flag] == true => arn::of(ctx.cloud, &ctx.account_id, Kind::User, "/", "*"),
        Resource::UserOrAll(_) => shown(Resource::USER, ctx, input),
        Resource::Arn("PolicyArn") => format!("policy {}", text("PolicyArn").unwrap_or("*")),
        Resource::Arn(parameter) => text(parameter).unwrap_or("*").to_owned(),
        Resource::OwnerOfKey(parameter) => format!("access key {}", text(parameter).unwrap_or("*")),
        Resource::All(kind) => arn::of(ctx.cloud, &ctx.account_id, kind, "/", ""),
        // Seen of CreateServiceLinkedRole.
        Resource::ServiceRole(_) | Resource::DeletionTask(_) => new_arn(resource, ctx, input),
        Resource::FederatedUser => arn::federated_user(&ctx.account_id, text("Name").unwrap_or("*")),
        Resource::Any => "*".to_owned(),
    }
}

/// The ARN of what is to be made.
fn new_arn(resource: Resource, ctx: &Ctx, input: &Value) -> String {
    match target(resource, ctx, input) {
        Target::New { kind, path, name } => arn::of(ctx.cloud, &ctx.account_id, kind, &path, &name),
        _ => "*".to_owned(),
    }
}

/// What stands before a name.
fn words(kind: Kind) -> &'static str {
    match kind {
        Kind::User => "user",
        Kind::Group => "group",
        Kind::Role => "role",
        Kind::Policy => "policy",
        Kind::InstanceProfile => "instance profile",
        Kind::MfaDevice => "mfa device",
        Kind::ServerCertificate => "server certificate",
        Kind::SamlProvider => "saml provider",
        Kind::OidcProvider => "oidc provider",
    }
}
