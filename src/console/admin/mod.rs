//! Pages for administrators: users, groups, roles, policies, settings, sessions. Whoever may do something through the
//! cloud's API may do it here; [`permission`] says what each deed asks of policies.

mod attach;
mod desk;
mod form;
mod groups;
mod keys;
mod logon;
mod permission;
mod policies;
mod policy;
mod preference;
mod roles;
mod sessions;
mod settings;
mod switch;
mod user;
mod users;
mod view;
mod words;

use axum::Router;
use axum::extract::Path;
use axum::routing::{get, post};
use serde::Deserialize;

use crate::app::App;

/// A form that is only a button.
#[derive(Deserialize)]
struct Nothing {}

pub(super) fn router() -> Router<App> {
    Router::new().merge(of_users()).merge(of_policies()).merge(of_others())
}

fn of_users() -> Router<App> {
    Router::new()
        .route("/users", get(users::list))
        .route("/new/user", get(users::new).post(users::create))
        .route("/users/{name}", get(user::show))
        .route("/users/{name}/delete", post(user::delete))
        .route("/users/{name}/logon", get(logon::show).post(logon::save))
        .route("/users/{name}/logon/clear", post(logon::clear))
        .route("/users/{name}/keys/create", post(keys::create))
        .route("/users/{name}/keys/activate", post(keys::activate))
        .route("/users/{name}/keys/deactivate", post(keys::deactivate))
        .route("/users/{name}/keys/delete", post(keys::delete))
        .route("/users/{name}/mfa/unbind", post(user::unbind))
        .route("/users/{name}/groups", get(groups::pick_group))
}

fn of_policies() -> Router<App> {
    Router::new()
        .route("/policies", get(policies::list))
        .route("/new/policy", get(policies::new).post(policies::create))
        .route("/policies/{keeper}/{name}", get(policy::show))
        .route("/policies/{keeper}/{name}/versions/{version}", get(policy::version))
        .route("/policies/own/{name}/new-version", get(policy::new_version).post(policy::create_version))
        .route("/policies/own/{name}/versions/default", post(policy::set_default))
        .route("/policies/own/{name}/versions/delete", post(policy::delete_version))
        .route("/policies/own/{name}/delete", post(policy::delete))
}

fn of_others() -> Router<App> {
    let mut router = Router::new()
        .route("/groups", get(groups::list))
        .route("/new/group", get(groups::new).post(groups::create))
        .route("/groups/{name}", get(groups::show))
        .route("/groups/{name}/members", get(groups::pick_user))
        .route("/groups/{name}/add", post(groups::add))
        .route("/groups/{name}/remove", post(groups::remove))
        .route("/groups/{name}/delete", post(groups::delete))
        .route("/roles", get(roles::list))
        .route("/new/role", get(roles::new).post(roles::create))
        .route("/roles/{name}", get(roles::show))
        .route("/roles/{name}/trust", get(roles::trust).post(roles::save_trust))
        .route("/roles/{name}/delete", post(roles::delete))
        .route("/settings", get(settings::show))
        .route("/settings/password-policy", post(settings::save_policy))
        .route("/settings/password-policy/clear", post(settings::clear_policy))
        .route("/settings/preference", post(preference::save))
        .route("/sessions", get(sessions::list))
        .route("/sessions/{id}/end", post(sessions::end))
        .route("/switch-role", get(switch::show).post(switch::switch))
        .route("/switch-back", post(switch::back));
    for kind in attach::KINDS {
        router = router
            .route(
                &format!("/{kind}/{{name}}/policies"),
                get(move |me, Path(name): Path<String>, query| attach::pick(me, kind, name, query)),
            )
            .route(
                &format!("/{kind}/{{name}}/policies/attach"),
                post(move |Path(name): Path<String>, sent| attach::change(kind, name, sent, true)),
            )
            .route(
                &format!("/{kind}/{{name}}/policies/detach"),
                post(move |Path(name): Path<String>, sent| attach::change(kind, name, sent, false)),
            );
    }
    router
}
