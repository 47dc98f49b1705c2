//! UploadSigningCertificate, ListSigningCertificates, UpdateSigningCertificate, DeleteSigningCertificate.

use serde::Deserialize;

use super::super::request::{Paging, page_end, status, user_or_caller};
use super::{Access, Answer, Build, Resource, Row, row};
use crate::domain::credentials::SigningCertificate;
use crate::domain::principal::Principal;
use crate::domain::user::User;
use crate::services::{Ctx, signing_certificates};

pub(super) const ROWS: &[Row] = &[
    row!(Iam, "UploadSigningCertificate", Access::Policy(Resource::USER), upload),
    row!(Iam, "ListSigningCertificates", Access::Policy(Resource::USER), list),
    row!(Iam, "UpdateSigningCertificate", Access::Policy(Resource::USER), update),
    row!(Iam, "DeleteSigningCertificate", Access::Policy(Resource::USER), delete),
];

fn certificate(user: &User, certificate: &SigningCertificate) -> Build {
    Build::new()
        .put("UserName", &*user.name)
        .put("CertificateId", &*certificate.id)
        .put("CertificateBody", &*certificate.body)
        .put("Status", certificate.status.as_str())
        .time("UploadDate", certificate.uploaded_at)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct UploadSigningCertificate {
    user_name: Option<String>,
    certificate_body: String,
}

async fn upload(ctx: &Ctx, request: UploadSigningCertificate) -> Answer {
    let user = user_or_caller(ctx, request.user_name.as_ref())?;
    let (user, made) = signing_certificates::upload(ctx, &user, &request.certificate_body).await?;
    Ok(Build::new().object("Certificate", certificate(&user, &made)))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListSigningCertificates {
    user_name: Option<String>,
    #[serde(flatten)]
    paging: Paging,
}

/// A root asks about its own certificates, of which there are none: only users' are taken.
async fn list(ctx: &Ctx, request: ListSigningCertificates) -> Answer {
    if request.user_name.is_none() && ctx.principal == Principal::Root {
        return Ok(page_end(Build::new().members("Certificates", []), None));
    }
    let user = user_or_caller(ctx, request.user_name.as_ref())?;
    let (user, all) = signing_certificates::list(ctx, &user).await?;
    let page = request.paging.cut(all, |found| format!("{:020} {}", found.uploaded_at.0, found.id))?;
    let shown = page.items.iter().map(|found| certificate(&user, found));
    Ok(page_end(Build::new().members("Certificates", shown), page.next.as_deref()))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct UpdateSigningCertificate {
    user_name: Option<String>,
    certificate_id: String,
    status: String,
}

async fn update(ctx: &Ctx, request: UpdateSigningCertificate) -> Answer {
    let status = status(&request.status)?;
    let user = user_or_caller(ctx, request.user_name.as_ref())?;
    signing_certificates::update(ctx, &user, &request.certificate_id, status).await?;
    Ok(Build::new())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DeleteSigningCertificate {
    user_name: Option<String>,
    certificate_id: String,
}

async fn delete(ctx: &Ctx, request: DeleteSigningCertificate) -> Answer {
    let user = user_or_caller(ctx, request.user_name.as_ref())?;
    signing_certificates::delete(ctx, &user, &request.certificate_id).await?;
    Ok(Build::new())
}
