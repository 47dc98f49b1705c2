//! The explorer of the APIs: forms from the tables, calls as roots and users, code to take along.

use crate::support::{ACCOUNT, Place, TestApp};

on_both_engines![
    operations_are_listed_with_what_is_built,
    an_operation_of_aws_is_called_as_root_and_as_a_user,
    an_operation_of_alibaba_is_called_as_root_and_as_a_user,
    what_cannot_be_called_says_why,
];

const PAGE: &str = "/console/testers/explorer";
const AWS: &str = "000000000000";

async fn operations_are_listed_with_what_is_built(place: &Place) {
    let app = TestApp::start(place).await;
    let mut browser = app.browser();
    browser.open(PAGE).await.says(200, "AssumeRoleWithWebIdentity").says(200, "not built");
    let found = browser.open(&format!("{PAGE}?q=createuser")).await;
    found.says(200, "/aws-iam/CreateUser").says(200, "/alibaba-ram/CreateUser");
    assert!(!found.text.contains("DeleteUser"));
    browser.open(&format!("{PAGE}?q=xyzzy")).await.says(200, "No such operation");
    browser.open(&format!("{PAGE}/aws-iam/Nonsense")).await.says(404, "No such operation");
    browser.open(&format!("{PAGE}/gcp/CreateUser")).await.says(404, "No such operation");
    let form = browser.open(&format!("{PAGE}/aws-iam/CreateUser")).await;
    form.says(200, "required").says(200, "name=\"p.UserName\"").says(200, "1 to 64 characters");
    browser.open(&format!("{PAGE}/aws-iam/UpdateAccessKey")).await.says(200, "<option>Inactive</option>");
}

async fn an_operation_of_aws_is_called_as_root_and_as_a_user(place: &Place) {
    let app = TestApp::start_with(place, |settings| {
        settings.auth.unknown_keys = sesame::config::UnknownKeys::Reject;
    })
    .await;
    let mut browser = app.browser();
    let path = format!("{PAGE}/aws-iam/CreateUser");
    let page = browser.open(&path).await;
    let tags = r#"[{"Key":"team","Value":"blue"}]"#;
    let asked = [("account", AWS), ("p.UserName", "alice"), ("p.Tags", tags)];
    let made = browser.submit(&page, &path, &asked).await;
    made.says(200, "200 OK").says(200, "user/alice").says(200, "Tags.member.1.Key=team");
    made.says(200, "aws iam create-user").says(200, "iam.create_user(").says(200, "--aws-sigv4");
    let page = browser.submit(&page, &path, &asked).await;
    page.says(200, "409 Conflict").says(200, "EntityAlreadyExists");
    // The journal knows the call.
    let journal = page.text.split("href=\"/console/testers/journal/").nth(1).unwrap().split('"').next().unwrap();
    browser.open(&format!("/console/testers/journal/{journal}")).await.says(200, "EntityAlreadyExists");

    let path = format!("{PAGE}/aws-sts/GetCallerIdentity");
    let asked = browser.submit(&page, &path, &[("account", AWS), ("user", "alice")]).await;
    asked.says(200, "200 OK").says(200, ":user/alice").says(200, "a key made for this call");
    // The key is gone.
    let list_keys = format!("{PAGE}/aws-iam/ListAccessKeys");
    let keys = browser.submit(&page, &list_keys, &[("account", AWS), ("p.UserName", "alice")]).await;
    keys.says(200, "200 OK");
    assert!(!keys.text.contains("&#60;AccessKeyId&#62;"), "{}", keys.text);
    let list = format!("{PAGE}/aws-iam/ListUsers");
    let refused = browser.submit(&page, &list, &[("account", AWS), ("user", "alice")]).await;
    refused.says(200, "403 Forbidden").says(200, "AccessDenied");
    let unsigned = browser.submit(&page, &path, &[("account", AWS), ("signature", "none")]).await;
    unsigned.says(200, "Not signed").says(200, "MissingAuthenticationToken");
}

async fn an_operation_of_alibaba_is_called_as_root_and_as_a_user(place: &Place) {
    let app = TestApp::start_with(place, |settings| {
        settings.auth.unknown_keys = sesame::config::UnknownKeys::Reject;
    })
    .await;
    let mut browser = app.browser();
    let path = format!("{PAGE}/alibaba-ims/CreateUser");
    let page = browser.open(&path).await;
    let name = format!("alice@{ACCOUNT}.onaliyun.com");
    let tags = r#"[{"Key":"team","Value":"blue green"}]"#;
    let asked =
        [("account", ACCOUNT), ("p.UserPrincipalName", &*name), ("p.DisplayName", "Alice & Söhne"), ("p.Tag", tags)];
    let made = browser.submit(&page, &path, &asked).await;
    made.says(200, "200 OK").says(200, "Alice &#38; Söhne").says(200, "Tag.1.Key=team");
    made.says(200, "aliyun ims CreateUser").says(200, "OpenApiRequest").says(200, "curl");

    let path = format!("{PAGE}/alibaba-sts/GetCallerIdentity");
    let asked = browser.submit(&page, &path, &[("account", ACCOUNT), ("user", "alice")]).await;
    asked.says(200, "200 OK").says(200, ":user/alice").says(200, "a key made for this call");
    let list = format!("{PAGE}/alibaba-ram/ListUsers");
    let refused = browser.submit(&page, &list, &[("account", ACCOUNT), ("user", "alice")]).await;
    refused.says(200, "403 Forbidden").says(200, "NoPermission");
}

async fn what_cannot_be_called_says_why(place: &Place) {
    let app = TestApp::start(place).await;
    let mut browser = app.browser();
    let path = format!("{PAGE}/aws-iam/CreateUser");
    let page = browser.open(&path).await;
    let root = browser.submit(&page, &path, &[("account", AWS), ("p.UserName", "amy")]).await;
    root.says(200, "200 OK").says(200, "never issued").says(200, "With any key in the environment: test and test");
    let nobody = [("account", AWS), ("user", "nobody"), ("p.UserName", "kept")];
    browser.submit(&page, &path, &nobody).await.says(422, "no such user").says(422, "value=\"kept\"");
    let broken = [("account", AWS), ("p.Tags", "{")];
    browser.submit(&page, &path, &broken).await.says(422, "Tags is not JSON");
    browser.post(&path, &nobody).await.says(403, "out of date");
    let unbuilt = format!("{PAGE}/alibaba-ims/CreateApplication");
    browser.open(&unbuilt).await.says(200, "not built here");
    browser.submit(&page, &unbuilt, &[("account", ACCOUNT)]).await.says(200, "501");
}
