//! UploadServerCertificate, GetServerCertificate, ListServerCertificates, UpdateServerCertificate,
//! DeleteServerCertificate, TagServerCertificate, UntagServerCertificate, ListServerCertificateTags.

use serde::Deserialize;

use super::super::errors::invalid_input;
use super::super::request::{Paging, Secret, TagInput, page_end, some_tags, tag_list, tag_page, tags};
use super::{Access, Answer, Build, Resource, Row, row};
use crate::domain::arn::Kind;
use crate::domain::credentials::ServerCertificate;
use crate::domain::user::TagCase;
use crate::services::{Ctx, server_certificates};

const CERTIFICATE: Resource = Resource::Named(Kind::ServerCertificate, "ServerCertificateName");

pub(super) const ROWS: &[Row] = &[
    row!(
        Iam,
        "UploadServerCertificate",
        Access::Policy(Resource::New(Kind::ServerCertificate, "ServerCertificateName")),
        [RequestTags],
        upload
    ),
    row!(Iam, "GetServerCertificate", Access::Policy(CERTIFICATE), get),
    row!(Iam, "ListServerCertificates", Access::Policy(Resource::All(Kind::ServerCertificate)), list),
    row!(Iam, "UpdateServerCertificate", Access::Policy(CERTIFICATE), [Moved("NewServerCertificateName")], update),
    row!(Iam, "DeleteServerCertificate", Access::Policy(CERTIFICATE), delete),
    row!(Iam, "TagServerCertificate", Access::Policy(CERTIFICATE), [RequestTags], tag),
    row!(Iam, "UntagServerCertificate", Access::Policy(CERTIFICATE), [TagKeys], untag),
    row!(Iam, "ListServerCertificateTags", Access::Policy(CERTIFICATE), list_tags),
];

fn metadata(ctx: &Ctx, certificate: &ServerCertificate) -> Build {
    Build::new()
        .put("Path", &*certificate.path)
        .put("ServerCertificateName", &*certificate.name)
        .put("ServerCertificateId", &*certificate.id)
        .put("Arn", certificate.arn(ctx.cloud))
        .time("UploadDate", certificate.uploaded_at)
        .time("Expiration", certificate.expires_at)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct UploadServerCertificate {
    path: Option<String>,
    server_certificate_name: String,
    certificate_body: String,
    private_key: Secret,
    certificate_chain: Option<String>,
    #[serde(default)]
    tags: Vec<TagInput>,
}

async fn upload(ctx: &Ctx, request: UploadServerCertificate) -> Answer {
    let upload = server_certificates::Upload {
        name: request.server_certificate_name,
        path: request.path.unwrap_or_else(|| "/".to_owned()),
        body: request.certificate_body,
        private_key: request.private_key.0,
        chain: request.certificate_chain,
        tags: tags(request.tags, TagCase::Sensitive)?,
    };
    let made = server_certificates::upload(ctx, &upload).await?;
    let shown = Build::new().object("ServerCertificateMetadata", metadata(ctx, &made));
    Ok(some_tags(shown, &upload.tags))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct OfCertificate {
    server_certificate_name: String,
}

/// The tags stand here also when there are none.
async fn get(ctx: &Ctx, request: OfCertificate) -> Answer {
    let (found, tags) = server_certificates::get(ctx, &request.server_certificate_name).await?;
    let shown = Build::new()
        .object("ServerCertificateMetadata", metadata(ctx, &found))
        .put("CertificateBody", &*found.body)
        .maybe("CertificateChain", found.chain.as_deref())
        .members("Tags", tag_list(&tags));
    Ok(Build::new().object("ServerCertificate", shown))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListServerCertificates {
    path_prefix: Option<String>,
    #[serde(flatten)]
    paging: Paging,
}

async fn list(ctx: &Ctx, request: ListServerCertificates) -> Answer {
    let prefix = request.path_prefix.unwrap_or_default();
    let page = server_certificates::list(ctx, &prefix, &request.paging.after()?, request.paging.most()).await?;
    let shown = page.items.iter().map(|found| metadata(ctx, found));
    Ok(page_end(Build::new().members("ServerCertificateMetadataList", shown), page.next.as_deref()))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct UpdateServerCertificate {
    server_certificate_name: String,
    new_path: Option<String>,
    new_server_certificate_name: Option<String>,
}

/// The cloud drops a certificate's tags when neither is given, and takes none from then on; that is left out.
async fn update(ctx: &Ctx, request: UpdateServerCertificate) -> Answer {
    let (name, path) = (request.new_server_certificate_name, request.new_path);
    server_certificates::update(ctx, &request.server_certificate_name, name, path).await?;
    Ok(Build::new())
}

async fn delete(ctx: &Ctx, request: OfCertificate) -> Answer {
    server_certificates::delete(ctx, &request.server_certificate_name).await?;
    Ok(Build::new())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct TagServerCertificate {
    server_certificate_name: String,
    tags: Vec<TagInput>,
}

async fn tag(ctx: &Ctx, request: TagServerCertificate) -> Answer {
    if request.tags.is_empty() {
        return Err(invalid_input("The provided tag map must not be null/empty.").into());
    }
    let given = tags(request.tags, TagCase::Sensitive)?;
    server_certificates::tag(ctx, &request.server_certificate_name, &given).await?;
    Ok(Build::new())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct UntagServerCertificate {
    server_certificate_name: String,
    tag_keys: Vec<String>,
}

async fn untag(ctx: &Ctx, request: UntagServerCertificate) -> Answer {
    if request.tag_keys.is_empty() {
        return Err(invalid_input("The provided tag keys must not be null/empty.").into());
    }
    server_certificates::untag(ctx, &request.server_certificate_name, &request.tag_keys).await?;
    Ok(Build::new())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListServerCertificateTags {
    server_certificate_name: String,
    #[serde(flatten)]
    paging: Paging,
}

async fn list_tags(ctx: &Ctx, request: ListServerCertificateTags) -> Answer {
    let (_, tags) = server_certificates::get(ctx, &request.server_certificate_name).await?;
    Ok(tag_page(tags, &request.paging)?)
}
