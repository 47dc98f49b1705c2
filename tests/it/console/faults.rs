//! The page of faults: injected by a form, shown with how often they struck, taken away.

use crate::support::{Place, TestApp};

on_both_engines![a_fault_is_injected_shown_and_removed];

const PAGE: &str = "/console/testers/faults";

async fn a_fault_is_injected_shown_and_removed(place: &Place) {
    let app = TestApp::start(place).await;
    let mut browser = app.browser();
    let page = browser.open(PAGE).await;
    page.says(200, "No faults").says(200, "Faults</a>");
    let throttled = [("way", "error"), ("value", "Throttling.User"), ("action", "Get*"), ("times", "2")];
    browser.post(PAGE, &throttled).await.says(403, "out of date");
    browser.submit(&page, PAGE, &throttled).await.leads_to(PAGE);
    app.root().sts("GetCallerIdentity", &[]).await.is(400, "Throttling.User");
    browser
        .open(PAGE)
        .await
        .says(200, "The fault is there.")
        .says(200, "Alibaba Cloud, action Get*")
        .says(200, "answers Throttling.User")
        .says(200, "1 of 2 times left");
    for (form, problem) in [
        (vec![("way", "moon")], "Choose what the fault does"),
        (vec![("way", "error"), ("value", "Nothing<b>")], "fault.error is no code"),
        (vec![("way", "status"), ("value", "many")], "This is no fault"),
        (vec![("way", "drop"), ("times", "0")], "times must be"),
        (vec![("way", "drop"), ("probability", "2")], "probability must be"),
    ] {
        browser.submit(&page, PAGE, &form).await.says(422, problem);
    }
    for form in [
        vec![("way", "latency_ms"), ("value", "5"), ("user", "nobody")],
        vec![("way", "status"), ("value", "503"), ("user", "nobody")],
        vec![("way", "drop"), ("user", "nobody"), ("probability", "0.5")],
        vec![("way", "lose"), ("user", "nobody")],
        vec![("way", "truncate"), ("value", "5"), ("user", "nobody")],
        vec![("way", "unseen_seconds"), ("value", "5"), ("user", "nobody")],
        vec![("way", "unmodifiable_seconds"), ("value", "5"), ("user", "<script>alert(1)</script>")],
    ] {
        browser.submit(&page, PAGE, &form).await.leads_to(PAGE);
    }
    let shown = browser.open(PAGE).await;
    for text in [
        "waits 5 ms",
        "a gateway answers 503",
        "nothing done",
        "all done",
        "after 5 bytes",
        "does not see for 5 s",
        "AWS, user",
        "with probability 0.5",
    ] {
        shown.says(200, text);
    }
    assert!(!shown.text.contains("<script>alert"), "{}", shown.text);
    let (_, all) = app.control.get("/faults").await;
    let id = all["faults"][0]["id"].as_str().unwrap();
    browser.post(&format!("{PAGE}/{id}/remove"), &[]).await.says(403, "out of date");
    browser.submit(&page, &format!("{PAGE}/{id}/remove"), &[]).await.leads_to(PAGE);
    browser.open(PAGE).await.says(200, "The fault is gone.");
    app.root().sts("GetCallerIdentity", &[]).await.ok();
    browser.submit(&page, &format!("{PAGE}/clear"), &[]).await.leads_to(PAGE);
    browser.open(PAGE).await.says(200, "No faults");
}
