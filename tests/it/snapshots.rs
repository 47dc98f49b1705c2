//! Named snapshots: taken, listed, restored, deleted; they survive a restart.

use serde_json::json;

use crate::support::{ACCOUNT, Place, TestApp};

on_both_engines![a_snapshot_brings_back_what_was_also_after_a_restart];

async fn a_snapshot_brings_back_what_was_also_after_a_restart(place: &Place) {
    let app = TestApp::start(place).await;
    app.user("alice").await;
    let key = app.key_of("alice").await;
    assert_eq!(app.control.post("/snapshots", &json!({"name": "world"})).await.0, 201);
    let (status, taken) = app.control.post("/snapshots", &json!({"name": "mine", "account": ACCOUNT})).await;
    assert_eq!((status, &taken["name"], &taken["account"]), (201, &json!("mine"), &json!(ACCOUNT)));
    app.user("bob").await;
    let other = app.rpc("1000000000000077", "any");
    other.ram("CreateUser", &[("UserName", "zoe")]).await.ok();
    app.stop().await;

    let app = TestApp::start(place).await;
    let (_, all) = app.control.get("/snapshots").await;
    let names: Vec<_> = all["snapshots"].as_array().unwrap().iter().map(|one| one["name"].clone()).collect();
    assert_eq!(names, ["mine", "world"]);
    assert_eq!(app.control.post("/snapshots/mine/restore", &json!({})).await.0, 204);
    let other = app.rpc("1000000000000077", "any");
    app.root().ram("GetUser", &[("UserName", "bob")]).await.is(404, "EntityNotExist.User");
    app.rpc(&key.key_id, &key.secret).sts("GetCallerIdentity", &[]).await.ok();
    other.ram("GetUser", &[("UserName", "zoe")]).await.ok();
    assert_eq!(app.control.reset().await, 204);
    assert_eq!(app.control.post("/snapshots/world/restore", &json!({})).await.0, 204);
    app.rpc(&key.key_id, &key.secret).sts("GetCallerIdentity", &[]).await.ok();
    other.ram("GetUser", &[("UserName", "zoe")]).await.is(404, "EntityNotExist.User");

    // The same name again is the newer state; of something else it is another's.
    app.user("carol").await;
    assert_eq!(app.control.post("/snapshots", &json!({"name": "mine", "account": ACCOUNT})).await.0, 201);
    assert_eq!(app.control.post("/snapshots", &json!({"name": "mine"})).await.0, 409);
    assert_eq!(app.control.post("/accounts/1000000000000001/reset", &json!({})).await.0, 204);
    assert_eq!(app.control.post("/snapshots/mine/restore", &json!({})).await.0, 204);
    app.root().ram("GetUser", &[("UserName", "carol")]).await.ok();
    assert_eq!(app.control.delete("/snapshots/mine").await.0, 204);
    assert_eq!(app.control.delete("/snapshots/mine").await.0, 404);
    assert_eq!(app.control.post("/snapshots/mine/restore", &json!({})).await.0, 404);

    for bad in ["", "a/b", "..", "ä"] {
        assert_eq!(app.control.post("/snapshots", &json!({"name": bad})).await.0, 400, "{bad}");
    }
    assert_eq!(app.control.post("/snapshots", &json!({"name": "x", "acount": "1"})).await.0, 400);
    assert_eq!(app.control.post("/snapshots", &json!({"name": "x", "account": "1999999999999999"})).await.0, 404);
}
