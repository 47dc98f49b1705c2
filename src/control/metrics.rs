//! `/metrics`: the figures of this process and its store, as Prometheus reads them.

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing;

use super::problem::Problem;
use crate::app::App;
use crate::services::figures;

/// OpenMetrics 1.0, section "Content-Type".
const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The route, guarded as the control surface is.
pub(crate) fn router(app: &App) -> Router<App> {
    let guarded = middleware::from_fn_with_state(app.clone(), super::guard);
    Router::new().route("/metrics", routing::get(get).layer(guarded))
}

async fn get(State(app): State<App>) -> Response {
    match app.metrics.text(&figures::now(&app).await) {
        Ok(text) => (StatusCode::OK, [(header::CONTENT_TYPE, CONTENT_TYPE)], text).into_response(),
        Err(_) => Problem::internal().into_response(),
    }
}
