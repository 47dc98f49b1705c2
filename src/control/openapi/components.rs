//! The schemas that more than one call answers with, by name.

use serde_json::{Value, json};

use super::schema::{
    any_object, any_of, anything, clouds, count, flag, list_of, map_of, object, or_null, refer, told, told_time, word,
};

/// All of them.
pub(super) fn schemas() -> Value {
    json!({
        "Problem": problem(),
        "Clock": object(vec![("now", told_time()), ("mode", word(&["system", "offset", "frozen"]))]),
        "Session": session(),
        "Snapshot": object(vec![
            ("name", told()), ("account", or_null(told())), ("bytes", count()), ("created_at", told_time()),
        ]),
        "Fault": fault(),
        "Request": request(),
        "Explanation": explanation(),
        "Checked": checked(),
        "Layer": layer(),
        "Decider": object(vec![("layer", told()), ("policy", or_null(told())), ("statement", or_null(count()))]),
        "Condition": object(vec![("key", told()), ("values", or_null(list_of(told())))]),
        "MissingPermission": object(vec![("action", told()), ("resource", told()), ("in_layer", told())]),
        "Decision": decision(),
    })
}

/// RFC 9457 section 3; `code` is what programs look at.
fn problem() -> Value {
    object(vec![
        ("type", told()),
        ("title", told()),
        ("status", json!({"type": "integer", "minimum": 400, "maximum": 599})),
        ("code", told()),
        ("detail", told()),
        ("instance?", told()),
        // Of an expectation that is not met.
        ("expected?", any_object()),
        ("seen?", any_object()),
    ])
}

fn session() -> Value {
    let reasons = [
        "password-changed",
        "password-reset",
        "console-access-disabled",
        "login-profile-deleted",
        "user-deleted",
        "signed-out",
        "parent-ended",
        "revoked",
    ];
    // More reasons may come, so that the word is told as text; those of today are named.
    let because = json!({"anyOf": [{"type": "string"}, {"type": "null"}], "examples": reasons});
    object(vec![
        ("id", told()),
        ("kind", told()),
        ("cloud", clouds()),
        ("account", told()),
        ("user", or_null(told())),
        ("role", or_null(told())),
        ("parent", or_null(told())),
        ("started_at", told_time()),
        ("expires_at", told_time()),
        ("mfa_present", flag()),
        ("state", word(&["active", "revoked", "expired"])),
        ("ended_because", because),
        ("ended_at", or_null(told_time())),
    ])
}

fn fault() -> Value {
    object(vec![
        ("id", told()),
        ("match", any_object()),
        ("fault", any_object()),
        ("times", or_null(count())),
        ("probability", or_null(json!({"type": "number"}))),
        ("remaining", or_null(count())),
        ("hits", count()),
        ("created_at", told_time()),
    ])
}

fn decision_word() -> Value {
    or_null(word(&["allowed", "denied", "audited"]))
}

fn request() -> Value {
    object(vec![
        ("request_id", told()),
        ("time", told_time()),
        ("dialect", told()),
        ("action", told()),
        ("account", or_null(told())),
        ("principal", or_null(told())),
        ("access_key_id", or_null(told())),
        ("parameters", map_of(told())),
        ("status", count()),
        ("error", or_null(told())),
        ("message", or_null(told())),
        ("source_address", or_null(told())),
        ("user_agent", or_null(told())),
        ("duration_us", count()),
        ("decision", decision_word()),
        ("fault", or_null(told())),
        ("decided_by", or_null(refer("Decider"))),
        ("explain", told()),
    ])
}

fn explanation() -> Value {
    let signature = object(vec![
        ("scheme", or_null(told())),
        ("verification", word(&["verified", "failed", "ignored", "not-reached", "unsigned"])),
        ("because", or_null(told())),
        ("access_key_id", or_null(told())),
        ("key", or_null(told())),
    ]);
    let session = object(vec![
        ("id", or_null(told())),
        ("kind", told()),
        ("role", or_null(told())),
        ("started_at", told_time()),
        ("expires_at", told_time()),
        ("mfa_present", flag()),
        ("narrowed", flag()),
        ("source_identity", or_null(told())),
    ]);
    let refused = object(vec![
        ("step", word(&["request", "credentials", "authorization", "operation", "sign-in", "fault"])),
        ("code", or_null(told())),
        ("because", told()),
    ]);
    object(vec![
        ("request_id", told()),
        ("time", told_time()),
        ("dialect", told()),
        ("cloud", clouds()),
        ("action", told()),
        ("status", count()),
        ("error", or_null(told())),
        ("signature", signature),
        ("account", or_null(told())),
        ("principal", or_null(told())),
        ("session", or_null(session)),
        ("decision", decision_word()),
        ("fault", or_null(told())),
        ("decided_by", or_null(refer("Decider"))),
        ("checks", list_of(refer("Checked"))),
        ("missing_permission", or_null(refer("MissingPermission"))),
        ("refused", or_null(refused)),
    ])
}

fn checked() -> Value {
    object(vec![
        ("action", told()),
        ("resource", told()),
        ("outcome", told()),
        ("granted_by", or_null(told())),
        ("layers", list_of(refer("Layer"))),
        ("conditions", list_of(refer("Condition"))),
        ("missing_permission", or_null(refer("MissingPermission"))),
    ])
}

fn layer() -> Value {
    let owner = object(vec![("kind", told()), ("name", told())]);
    let statement = object(vec![
        ("policy", told()),
        ("statement", count()),
        ("sid", or_null(told())),
        ("effect", or_null(word(&["Allow", "Deny"]))),
        ("document", anything()),
        ("type", word(&["managed", "inline", "given", "resource"])),
        ("arn?", or_null(told())),
        ("owner?", owner),
    ]);
    object(vec![("layer", told()), ("verdict", word(&["allow", "deny", "none"])), ("statement", or_null(statement))])
}

fn decision() -> Value {
    let judged = object(vec![
        ("decision", word(&["allowed", "root", "explicit-deny", "implicit-deny"])),
        ("principal", told()),
        ("account", told()),
        ("cloud", clouds()),
        ("action", told()),
        ("resource", told()),
        ("layers", list_of(refer("Layer"))),
        ("conditions", list_of(refer("Condition"))),
        ("missing_permission", or_null(refer("MissingPermission"))),
        ("message?", told()),
        ("encoded_message?", told()),
    ]);
    let unknown = object(vec![("decision", word(&["unauthenticated"])), ("reason", told())]);
    any_of(vec![judged, unknown])
}
