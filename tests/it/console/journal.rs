//! The journal for testers: filters, one request and why, and what hostile clients wrote into it.

use crate::support::{ACCOUNT, Place, TestApp};

on_both_engines![
    requests_are_found_by_filters_and_emptied,
    one_request_says_why,
    the_page_says_what_the_control_surface_says,
    what_clients_wrote_is_not_run,
];

const PAGE: &str = "/console/testers/journal";

async fn requests_are_found_by_filters_and_emptied(place: &Place) {
    let app = TestApp::start(place).await;
    let mut browser = app.browser();
    browser.open(PAGE).await.says(200, "No requests");
    for at in 0..60 {
        app.user(&format!("user{at}")).await;
    }
    app.root().ims("GetDefaultDomain", &[]).await.ok();
    let page = browser.open(PAGE).await;
    page.says(200, "61 requests").says(200, "GetDefaultDomain").says(200, "Older");
    browser.open(&format!("{PAGE}?page=1")).await.says(200, "Newer");
    browser.open(&format!("{PAGE}?action=getdefault")).await.says(200, "1 request,");
    browser.open(&format!("{PAGE}?account={ACCOUNT}&principal=root&action=CreateUser")).await.says(200, "60 requests");
    browser.open(&format!("{PAGE}?account=000000000000")).await.says(200, "No requests");
    browser.open(&format!("{PAGE}?since=2999-01-01T00:00:00Z")).await.says(200, "No requests");
    browser.open(&format!("{PAGE}?since=soon")).await.says(422, "This is not a time");
    browser.open(&format!("{PAGE}?page=99999999999999999")).await.says(200, "No requests");
    browser.submit(&page, "/console/testers/journal/clear", &[]).await.leads_to(PAGE);
    browser.open(PAGE).await.says(200, "The journal is empty.").says(200, "No requests");
}

async fn one_request_says_why(place: &Place) {
    let app = TestApp::start(place).await;
    app.user("alice").await;
    let alice = app.key_of("alice").await;
    let id = |reply: &serde_json::Value| reply["RequestId"].as_str().unwrap().to_owned();
    let refused = alice.ram("GetUser", &[("UserName", "alice")]).await;
    assert_eq!(refused.status, 403);
    let mut browser = app.browser();
    let page = browser.open(&format!("{PAGE}/{}", id(&refused.body))).await;
    page.says(200, "Nothing permits ram:GetUser").says(200, "denied").says(200, "NoPermission");
    let grant = [("UserName", "alice"), ("PolicyName", "AliyunRAMReadOnlyAccess"), ("PolicyType", "System")];
    app.root().ram("AttachPolicyToUser", &grant).await.ok();
    let allowed = alice.ram("GetUser", &[("UserName", "alice")]).await.ok();
    let page = browser.open(&format!("{PAGE}/{}", id(&allowed))).await;
    page.says(200, "Permitted by statement").says(200, "AliyunRAMReadOnlyAccess").says(200, "alice");
    // A password is masked.
    let profile = [("UserName", "alice"), ("Password", "Correct-Horse-1")];
    let made = app.root().ram("CreateLoginProfile", &profile).await.ok();
    let page = browser.open(&format!("{PAGE}/{}", id(&made))).await;
    page.says(200, "Password").says(200, "root");
    assert!(!page.text.contains("Correct-Horse-1"), "{}", page.text);
    browser.open(&format!("{PAGE}/nothing")).await.says(404, "No such request");
    browser.open(&format!("{PAGE}/%00")).await.says(400, "Not an address");
}

/// The text as a page has it.
fn escaped(text: &str) -> String {
    text.replace('&', "&#38;").replace('<', "&#60;").replace('>', "&#62;").replace('"', "&#34;").replace('\'', "&#39;")
}

async fn the_page_says_what_the_control_surface_says(place: &Place) {
    let app = TestApp::start(place).await;
    app.user("alice").await;
    let alice = app.key_of("alice").await;
    let grant = [("UserName", "alice"), ("PolicyName", "AliyunRAMReadOnlyAccess"), ("PolicyType", "System")];
    app.root().ram("AttachPolicyToUser", &grant).await.ok();
    let id = |reply: &serde_json::Value| reply["RequestId"].as_str().unwrap().to_owned();
    let requests = [
        id(&alice.ram("GetUser", &[("UserName", "alice")]).await.body),
        id(&alice.ram("DeleteUser", &[("UserName", "alice")]).await.body),
        id(&app.root().ram("GetUser", &[("UserName", "alice")]).await.body),
        id(&app.root().ram("GetUser", &[("UserName", "nobody")]).await.body),
        id(&app.rpc("LTAIwrong", "secret").ram("GetUser", &[]).await.body),
    ];
    let mut browser = app.browser();
    for id in requests {
        let (status, told) = app.control.get(&format!("/explain/{id}")).await;
        assert_eq!(status, 200, "{told}");
        let page = browser.open(&format!("{PAGE}/{id}")).await;
        let says = |value: &serde_json::Value| {
            if let Some(text) = value.as_str() {
                page.says(200, &escaped(text));
            }
        };
        says(&told["signature"]["verification"]);
        for place in ["scheme", "because", "access_key_id"] {
            says(&told["signature"][place]);
        }
        for place in ["principal", "decision", "error"] {
            says(&told[place]);
        }
        for place in ["because", "code"] {
            says(&told["refused"][place]);
        }
        says(&told["missing_permission"]["action"]);
        says(&told["missing_permission"]["resource"]);
        for check in told["checks"].as_array().unwrap() {
            says(&check["action"]);
            says(&check["resource"]);
            for layer in check["layers"].as_array().unwrap() {
                says(&layer["statement"]["arn"]);
                if !layer["statement"]["document"].is_null() {
                    let document = serde_json::to_string_pretty(&layer["statement"]["document"]).unwrap();
                    page.says(200, &escaped(&document));
                }
            }
        }
    }
}

async fn what_clients_wrote_is_not_run(place: &Place) {
    let app = TestApp::start(place).await;
    let script = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>";
    let hostile = [("UserName", script), ("DisplayName", script), (script, script)];
    let reply = app.root().ram("CreateUser", &hostile).await;
    app.root().ram(script, &[]).await;
    let mut browser = app.browser();
    let id = reply.body["RequestId"].as_str().unwrap().to_owned();
    let pages = [
        format!("{PAGE}/{id}"),
        PAGE.to_owned(),
        format!("{PAGE}?action=%3Cscript%3E&principal=%22%3E%3Cimg%20src%3Dx%3E&since=%3Cscript%3E"),
        "/console/testers/explorer?q=%22%3E%3Cimg%20src%3Dx%3E".to_owned(),
        "/console/testers/explorer/aws-iam/CreateUser?p.UserName=%22%3E%3Cimg%20src%3Dx%3E".to_owned(),
        "/console/testers/clock?account=%22%3E%3Cimg%20src%3Dx%3E".to_owned(),
    ];
    for path in pages {
        let page = browser.open(&path).await;
        assert!(!page.text.contains("<script>alert") && !page.text.contains("<img src=x"), "{path}: {}", page.text);
    }
    let page = browser.open(&format!("{PAGE}/{id}")).await;
    page.says(200, "&#60;script&#62;alert(1)");
}
