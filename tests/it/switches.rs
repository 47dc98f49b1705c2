//! The three screws of `auth`, each turned by itself.

use serde_json::json;
use sesame::config::{Policies, Signatures, UnknownKeys};

use crate::support::{Place, TestApp};

async fn app_with(unknown: UnknownKeys, signatures: Signatures, policies: Policies) -> TestApp {
    let place = Place::memory().await;
    TestApp::start_with(&place, |settings| {
        settings.auth.unknown_keys = unknown;
        settings.auth.signatures = signatures;
        settings.auth.policies = policies;
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_never_issued_is_root_or_refused_as_the_settings_say() {
    let open = app_with(UnknownKeys::Root, Signatures::Verify, Policies::Enforce).await;
    let identity = open.rpc("2000000000000002", "any").sts("GetCallerIdentity", &[]).await.ok();
    assert_eq!(identity["Arn"], "acs:ram::2000000000000002:root");
    let closed = app_with(UnknownKeys::Reject, Signatures::Verify, Policies::Enforce).await;
    for key in ["test", "2000000000000002"] {
        closed.rpc(key, "any").sts("GetCallerIdentity", &[]).await.is(404, "InvalidAccessKeyId.NotFound");
    }
    let (_, accounts) = closed.control.get("/accounts").await;
    assert_eq!(accounts["accounts"].as_array().unwrap().len(), 2, "a refused key makes no account");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_signature_is_refused_or_ignored_as_the_settings_say() {
    for (signatures, code) in [(Signatures::Verify, "SignatureDoesNotMatch"), (Signatures::Ignore, "")] {
        let app = app_with(UnknownKeys::Root, signatures, Policies::Enforce).await;
        app.user("alice").await;
        let key = app.key_of("alice").await;
        let reply = app.rpc(&key.key_id, "not the secret").sts("GetCallerIdentity", &[]).await;
        if code.is_empty() {
            assert_eq!(reply.ok()["IdentityType"], "RAMUser");
        } else {
            reply.is(400, code);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_no_policy_allows_is_refused_audited_or_let_through_as_the_settings_say() {
    for (policies, allowed, decision) in
        [(Policies::Enforce, false, "denied"), (Policies::Audit, true, "audited"), (Policies::Ignore, true, "allowed")]
    {
        let app = app_with(UnknownKeys::Root, Signatures::Verify, policies).await;
        app.user("alice").await;
        let reply = app.key_of("alice").await.ram("ListUsers", &[]).await;
        if allowed {
            assert_eq!(reply.ok()["Users"]["User"][0]["UserName"], "alice");
        } else {
            reply.is(403, "NoPermission");
        }
        let (_, journal) = app.control.get("/requests?action=ListUsers").await;
        assert_eq!(journal["requests"][0]["decision"], json!(decision));
    }
}
