//! Pages for administrators: users, groups, roles, policies, settings, sessions. Whoever may do something through the
//! cloud's API may do it here; [`permission`] says what each deed asks of policies.

mod alias;
mod attach;
mod boundary;
mod conflicts;
mod deeds;
mod desk;
mod edit;
mod form;
mod groups;
mod holders;
mod inline;
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
mod tags;
mod user;
mod users;
mod view;
mod words;

use axum::Router;
use axum::extract::Path;
use axum::routing::{get, post};
use serde::Deserialize;

use crate::app::App;
use crate::domain::arn::Kind;

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
        .route("/users/{name}/edit", get(edit::user).post(edit::save_user))
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
        .route("/policies/own/{name}/description", post(edit::policy))
        .route("/policies/own/{name}/delete", post(policy::delete))
        .route("/policies/own/{name}/tags/put", post(move |path, sent| tags::put("policies", path, sent)))
        .route("/policies/own/{name}/tags/remove", post(move |path, sent| tags::remove("policies", path, sent)))
}

fn of_others() -> Router<App> {
    let mut router = Router::new()
        .route("/groups", get(groups::list))
        .route("/new/group", get(groups::new).post(groups::create))
        .route("/groups/{name}", get(groups::show))
        .route("/groups/{name}/members", get(groups::pick_user))
        .route("/groups/{name}/add", post(groups::add))
        .route("/groups/{name}/remove", post(groups::remove))
        .route("/groups/{name}/edit", get(edit::group).post(edit::save_group))
        .route("/groups/{name}/delete", post(groups::delete))
        .route("/roles", get(roles::list))
        .route("/new/role", get(roles::new).post(roles::create))
        .route("/roles/{name}", get(roles::show))
        .route("/roles/{name}/trust", get(roles::trust).post(roles::save_trust))
        .route("/roles/{name}/edit", get(edit::role).post(edit::save_role))
        .route("/roles/{name}/delete", post(roles::delete))
        .route("/settings", get(settings::show))
        .route("/settings/password-policy", post(settings::save_policy))
        .route("/settings/password-policy/clear", post(settings::clear_policy))
        .route("/settings/preference", post(preference::save))
        .route("/settings/alias", post(alias::save))
        .route("/settings/alias/clear", post(alias::clear))
        .route("/sessions", get(sessions::list))
        .route("/sessions/{id}/end", post(sessions::end))
        .route("/switch-role", get(switch::show).post(switch::switch))
        .route("/switch-back", post(switch::back));
    for kind in attach::KINDS {
        router = router.merge(of_owners(kind));
    }
    for (kind, is) in [("users", Kind::User), ("roles", Kind::Role)] {
        router = router
            .route(&format!("/{kind}/{{name}}/tags/put"), post(move |path, sent| tags::put(kind, path, sent)))
            .route(&format!("/{kind}/{{name}}/tags/remove"), post(move |path, sent| tags::remove(kind, path, sent)))
            .route(&format!("/{kind}/{{name}}/boundary"), post(move |path, sent| boundary::put(is, path, sent)))
            .route(
                &format!("/{kind}/{{name}}/boundary/remove"),
                post(move |path, sent| boundary::remove(is, path, sent)),
            );
    }
    router
}

/// What all that have policies have in common.
fn of_owners(kind: &'static str) -> Router<App> {
    let of = |rest: &str| format!("/{kind}/{{name}}/{rest}");
    let of_name = |Path(name): Path<String>| name;
    Router::new()
        .route(&of("policies"), get(move |me, path, query| attach::pick(me, kind, of_name(path), query)))
        .route(&of("policies/attach"), post(move |path, sent| attach::change(kind, of_name(path), sent, true)))
        .route(&of("policies/detach"), post(move |path, sent| attach::change(kind, of_name(path), sent, false)))
        .route(
            &of("inline"),
            get(move |me, path, query| inline::show(me, kind, of_name(path), query))
                .post(move |path, sent| inline::save(kind, of_name(path), sent)),
        )
        .route(&of("inline/delete"), post(move |path, sent| inline::delete(kind, of_name(path), sent)))
}
