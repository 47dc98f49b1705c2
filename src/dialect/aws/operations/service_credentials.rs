//! CreateServiceSpecificCredential, ListServiceSpecificCredentials, UpdateServiceSpecificCredential,
//! ResetServiceSpecificCredential, DeleteServiceSpecificCredential.

use secrecy::ExposeSecret;
use serde::Deserialize;

use super::super::errors::invalid_input;
use super::super::request::{Paging, page_end, status, user_or_caller};
use super::{Access, Answer, Build, Resource, Row, row};
use crate::domain::credentials::ServiceCredential;
use crate::domain::user::UserRef;
use crate::services::Ctx;
use crate::services::service_credentials::{self, Told};

pub(super) const ROWS: &[Row] = &[
    row!(
        Iam,
        "CreateServiceSpecificCredential",
        Access::Policy(Resource::USER),
        [CredentialAge, CredentialService],
        create
    ),
    row!(Iam, "ListServiceSpecificCredentials", Access::Policy(Resource::UserOrAll("AllUsers")), list),
    row!(Iam, "UpdateServiceSpecificCredential", Access::Policy(Resource::USER), [CredentialService], update),
    row!(Iam, "ResetServiceSpecificCredential", Access::Policy(Resource::USER), [CredentialService], reset),
    row!(Iam, "DeleteServiceSpecificCredential", Access::Policy(Resource::USER), [CredentialService], delete),
];

/// Keys go by an alias, passwords by a user's name.
fn metadata(ctx: &Ctx, credential: &ServiceCredential, user: &str) -> Build {
    let by = if credential.service.key_prefix.is_some() { "ServiceCredentialAlias" } else { "ServiceUserName" };
    Build::new()
        .time("CreateDate", credential.created_at)
        .maybe_time("ExpirationDate", credential.expires_at)
        .put("ServiceName", credential.service.name)
        .put(by, &*credential.alias)
        .put("ServiceSpecificCredentialId", &*credential.id)
        .put("UserName", user)
        .put("Status", credential.shown_status(ctx.now))
}

fn told(ctx: &Ctx, told: &Told) -> Build {
    let key = told.credential.service.key_prefix.is_some();
    let secret = if key { "ServiceCredentialSecret" } else { "ServicePassword" };
    let shown = metadata(ctx, &told.credential, &told.user).put(secret, told.secret.expose_secret());
    Build::new().object("ServiceSpecificCredential", shown)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct CreateServiceSpecificCredential {
    user_name: String,
    service_name: String,
    credential_age_days: Option<i64>,
}

async fn create(ctx: &Ctx, request: CreateServiceSpecificCredential) -> Answer {
    let user = UserRef::Name(request.user_name);
    let made = service_credentials::create(ctx, &user, &request.service_name, request.credential_age_days).await?;
    Ok(told(ctx, &made))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListServiceSpecificCredentials {
    user_name: Option<String>,
    service_name: Option<String>,
    #[serde(default)]
    all_users: bool,
    #[serde(flatten)]
    paging: Paging,
}

async fn list(ctx: &Ctx, request: ListServiceSpecificCredentials) -> Answer {
    let user = match (request.all_users, &request.user_name) {
        (true, Some(_)) => {
            return Err(invalid_input("Cannot list credentials for all users if a username is given").into());
        }
        (true, None) => None,
        (false, name) => Some(user_or_caller(ctx, name.as_ref())?),
    };
    let (after, most) = (request.paging.after()?, request.paging.most());
    let page = service_credentials::list(ctx, user.as_ref(), request.service_name.as_deref(), &after, most).await?;
    let shown = page.items.iter().map(|(credential, user)| metadata(ctx, credential, user));
    Ok(page_end(Build::new().members("ServiceSpecificCredentials", shown), page.next.as_deref()))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct UpdateServiceSpecificCredential {
    user_name: Option<String>,
    service_specific_credential_id: String,
    status: String,
}

async fn update(ctx: &Ctx, request: UpdateServiceSpecificCredential) -> Answer {
    let status = status(&request.status)?;
    let user = user_or_caller(ctx, request.user_name.as_ref())?;
    service_credentials::update(ctx, &user, &request.service_specific_credential_id, status).await?;
    Ok(Build::new())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct OfCredential {
    user_name: Option<String>,
    service_specific_credential_id: String,
}

async fn reset(ctx: &Ctx, request: OfCredential) -> Answer {
    let user = user_or_caller(ctx, request.user_name.as_ref())?;
    let anew = service_credentials::reset(ctx, &user, &request.service_specific_credential_id).await?;
    Ok(told(ctx, &anew))
}

async fn delete(ctx: &Ctx, request: OfCredential) -> Answer {
    let user = user_or_caller(ctx, request.user_name.as_ref())?;
    service_credentials::delete(ctx, &user, &request.service_specific_credential_id).await?;
    Ok(Build::new())
}
