//! Aliases and the domains that they make, wherever they come from: what the APIs refuse comes in by no other door.

use serde_json::json;

use crate::aws::signed_client::Aws;
use crate::support::{Place, TestApp};

on_both_engines![an_alias_in_a_document_is_one_that_an_account_can_have];

async fn an_alias_in_a_document_is_one_that_an_account_can_have(place: &Place) {
    let app = TestApp::start(place).await;
    let root = app.root();
    root.ims("SetDefaultDomain", &[("DefaultDomainName", "My.Team_1.onaliyun.com")]).await.ok();
    Aws::root(&app).iam("CreateAccountAlias", &[("AccountAlias", "acme-aws")]).await.ok();
    let good = app.exported("").await;
    assert_eq!(app.import("", &good).await.0, 204, "what the APIs make is taken");
    let of_alibaba: &[&str] = &[
        "",
        "My.Team",
        "a/b",
        "a b",
        "..%2f",
        "a?b",
        "a#b",
        "<b>",
        "-a",
        "a-",
        "a--b",
        "ä",
        "x.onaliyun.com",
        &"a".repeat(64),
    ];
    let of_aws: &[&str] = &["", "ab", "a.b", "a_b", "Acme", "a/b", "-ab", "ab-", "a--b", "a&b=c", &"a".repeat(64)];
    for (alias, others) in [("my.team_1", of_alibaba), ("acme-aws", of_aws)] {
        for other in others {
            let (from, to) = (json!({"alias": alias}).to_string(), json!({"alias": other}).to_string());
            let bad = good.replace(from.trim_matches(['{', '}']), to.trim_matches(['{', '}']));
            assert_ne!(bad, good, "{alias}");
            let (status, problem) = app.import("", &bad).await;
            let told = problem["detail"].as_str().unwrap_or_default();
            assert!(status == 400 && told.starts_with("accounts[") && told.contains("].alias: "), "{other}: {told}");
        }
    }
    assert_eq!(app.exported("").await, good);
    let page = app.browser().open("/console/my.team_1.onaliyun.com/login.htm").await;
    page.says(200, "@my.team_1.onaliyun.com");
}
