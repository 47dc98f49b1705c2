//! Style and script, in the binary; their names change with what is in them, so that a browser may keep them for good.

use std::fmt::Write as _;
use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

struct Asset {
    name: String,
    content_type: &'static str,
    text: &'static str,
}

impl Asset {
    fn new(stem: &str, extension: &str, content_type: &'static str, text: &'static str) -> Self {
        let mut name = format!("{stem}-");
        for byte in Sha256::digest(text).iter().take(8) {
            let _ = write!(name, "{byte:02x}");
        }
        Self { name: format!("{name}.{extension}"), content_type, text }
    }

    fn path(&self) -> String {
        format!("/console/assets/{}", self.name)
    }
}

static STYLE: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("style", "css", "text/css; charset=utf-8", include_str!("assets/style.css")));
static SCRIPT: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("script", "js", "text/javascript; charset=utf-8", include_str!("assets/script.js")));
static TESTERS_STYLE: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("testers", "css", "text/css; charset=utf-8", include_str!("assets/testers.css")));
static TESTERS_SCRIPT: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("testers", "js", "text/javascript; charset=utf-8", include_str!("assets/testers.js")));
static ICON: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("icon", "svg", "image/svg+xml", include_str!("assets/icon.svg")));

/// Where the style is.
pub(super) fn style() -> String {
    STYLE.path()
}

/// Where the script is.
pub(super) fn script() -> String {
    SCRIPT.path()
}

/// Where the style is that only the pages for testers need.
pub(super) fn testers_style() -> String {
    TESTERS_STYLE.path()
}

/// Where the script is that only the pages for testers need.
pub(super) fn testers_script() -> String {
    TESTERS_SCRIPT.path()
}

/// Where the icon is.
pub(super) fn icon() -> String {
    ICON.path()
}

pub(super) async fn get(Path(name): Path<String>) -> Response {
    let Some(asset) =
        [&STYLE, &SCRIPT, &TESTERS_STYLE, &TESTERS_SCRIPT, &ICON].into_iter().find(|asset| asset.name == name)
    else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let headers =
        [(header::CONTENT_TYPE, asset.content_type), (header::CACHE_CONTROL, "public, max-age=31536000, immutable")];
    (headers, asset.text).into_response()
}
