//! UploadSSHPublicKey, GetSSHPublicKey, ListSSHPublicKeys, UpdateSSHPublicKey, DeleteSSHPublicKey.

use serde::Deserialize;

use super::super::request::{Paging, page_end, status, user_or_caller};
use super::{Access, Answer, Build, Resource, Row, row};
use crate::domain::credentials::SshPublicKey;
use crate::domain::user::{User, UserRef};
use crate::services::Ctx;
use crate::services::ssh_public_keys::{self, Form};

pub(super) const ROWS: &[Row] = &[
    row!(Iam, "UploadSSHPublicKey", Access::Policy(Resource::USER), upload),
    row!(Iam, "GetSSHPublicKey", Access::Policy(Resource::USER), get),
    row!(Iam, "ListSSHPublicKeys", Access::Policy(Resource::USER), list),
    row!(Iam, "UpdateSSHPublicKey", Access::Policy(Resource::USER), update),
    row!(Iam, "DeleteSSHPublicKey", Access::Policy(Resource::USER), delete),
];

/// A key as listings show it.
fn metadata(user: &User, key: &SshPublicKey) -> Build {
    Build::new()
        .put("UserName", &*user.name)
        .put("SSHPublicKeyId", &*key.id)
        .put("Status", key.status.as_str())
        .time("UploadDate", key.uploaded_at)
}

fn whole(user: &User, key: &SshPublicKey, body: &str) -> Build {
    let shown = metadata(user, key).put("Fingerprint", &*key.fingerprint).put("SSHPublicKeyBody", body);
    Build::new().object("SSHPublicKey", shown)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct UploadSshPublicKey {
    user_name: String,
    #[serde(rename = "SSHPublicKeyBody")]
    body: String,
}

async fn upload(ctx: &Ctx, request: UploadSshPublicKey) -> Answer {
    let (user, key) = ssh_public_keys::upload(ctx, &UserRef::Name(request.user_name), &request.body).await?;
    Ok(whole(&user, &key, &key.body))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GetSshPublicKey {
    user_name: String,
    #[serde(rename = "SSHPublicKeyId")]
    id: String,
    encoding: String,
}

async fn get(ctx: &Ctx, request: GetSshPublicKey) -> Answer {
    let form = if request.encoding == "PEM" { Form::Pem } else { Form::OpenSsh };
    let (user, key, body) = ssh_public_keys::get(ctx, &UserRef::Name(request.user_name), &request.id, form).await?;
    Ok(whole(&user, &key, &body))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListSshPublicKeys {
    user_name: Option<String>,
    #[serde(flatten)]
    paging: Paging,
}

async fn list(ctx: &Ctx, request: ListSshPublicKeys) -> Answer {
    let user = user_or_caller(ctx, request.user_name.as_ref())?;
    let (user, keys) = ssh_public_keys::list(ctx, &user).await?;
    let page = request.paging.cut(keys, |key| format!("{:020} {}", key.uploaded_at.0, key.id))?;
    let shown = page.items.iter().map(|key| metadata(&user, key));
    Ok(page_end(Build::new().members("SSHPublicKeys", shown), page.next.as_deref()))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct UpdateSshPublicKey {
    user_name: String,
    #[serde(rename = "SSHPublicKeyId")]
    id: String,
    status: String,
}

async fn update(ctx: &Ctx, request: UpdateSshPublicKey) -> Answer {
    let status = status(&request.status)?;
    ssh_public_keys::update(ctx, &UserRef::Name(request.user_name), &request.id, status).await?;
    Ok(Build::new())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DeleteSshPublicKey {
    user_name: String,
    #[serde(rename = "SSHPublicKeyId")]
    id: String,
}

async fn delete(ctx: &Ctx, request: DeleteSshPublicKey) -> Answer {
    ssh_public_keys::delete(ctx, &UserRef::Name(request.user_name), &request.id).await?;
    Ok(Build::new())
}
