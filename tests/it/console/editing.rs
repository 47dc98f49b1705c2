//! What administrators edit: names, what is said of things, tags, boundaries, inline policies, the alias, conflicts.

use super::permissions::aws_root;
use super::users::{admin, done};
use crate::support::{Place, TestApp};

on_both_engines![
    things_of_alibaba_cloud_are_edited,
    things_of_aws_are_edited,
    inline_policies_and_boundaries_come_and_go,
    what_stands_in_the_way_is_shown_with_the_way_to_it,
];

async fn things_of_alibaba_cloud_are_edited(place: &Place) {
    let app = TestApp::start(place).await;
    app.user("bob").await;
    app.user("eve").await;
    let mut browser = admin(&app, "admin", "AdministratorAccess").await;
    let edit = "/console/users/bob/edit";
    let page = browser.open(edit).await;
    page.says(200, "policies that name the old one do not follow");
    let wrong = [("name", "bob"), ("email", "nobody"), ("mobile_phone", "phone")];
    browser.submit(&page, edit, &wrong).await.says(400, "This is no e-mail").says(400, "This is no phone number.");
    let taken = browser.submit(&page, edit, &[("name", "eve")]).await;
    taken.says(409, "There is a user named eve already.").says(409, "Alibaba Cloud says: EntityAlreadyExists.User");
    let change = [
        ("name", "robert"),
        ("display_name", "Robert"),
        ("email", "bob@example.com"),
        ("mobile_phone", "86-18600008888"),
        ("comments", "moved"),
    ];
    let page = done(&mut browser, edit, edit, &change).await;
    page.says(200, "The user robert is changed.").says(200, "86-18600008888").says(200, "moved");
    browser.open("/console/users/bob").await.says(404, "There is no user named bob.");

    // Tags: put on, put on again with another value, taken off.
    let (here, put) = ("/console/users/robert", "/console/users/robert/tags/put");
    done(&mut browser, here, put, &[("key", "team"), ("value", "one")]).await.says(200, "The tag team is there.");
    done(&mut browser, here, put, &[("key", "team"), ("value", "two")]).await.says(200, "two");
    done(&mut browser, here, put, &[("key", "acs:x"), ("value", "1")]).await.says(200, "The cloud keeps keys");
    let tags = app.root().ims("GetUser", &[("UserPrincipalName", "robert@1000000000000001.onaliyun.com")]).await.ok();
    assert_eq!(tags["User"]["Tags"]["Tag"][0]["TagValue"], "two", "{tags}");
    let gone = done(&mut browser, here, "/console/users/robert/tags/remove", &[("key", "team")]).await;
    gone.says(200, "The tag team is gone.").says(200, "No tags");

    done(&mut browser, "/console/new/group", "/console/new/group", &[("name", "devs")]).await;
    let edit = "/console/groups/devs/edit";
    let page = done(&mut browser, edit, edit, &[("name", "makers"), ("comments", "who make")]).await;
    page.says(200, "The group makers is changed.").says(200, "who make");

    let page = browser.open("/console/new/policy").await;
    let document = r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"oss:Get*","Resource":"*"}]}"#;
    browser.submit(&page, "/console/new/policy", &[("name", "reading"), ("document", document)]).await;
    let here = "/console/policies/own/reading";
    let page = done(&mut browser, here, &format!("{here}/description"), &[("description", "reads")]).await;
    page.says(200, "The description is changed.").says(200, "reads");
    done(&mut browser, here, &format!("{here}/tags/put"), &[("key", "a"), ("value", "b")]).await.says(200, "is there");

    let page = browser.open("/console/settings").await;
    page.says(200, "1000000000000001.onaliyun.com");
    let alias = "/console/settings/alias";
    done(&mut browser, "/console/settings", alias, &[("alias", "-x-")]).await.says(200, "An alias has 3 to 63");
    done(&mut browser, "/console/settings", alias, &[("alias", "acme")]).await.says(200, "acme.onaliyun.com");
    done(&mut browser, "/console/settings", "/console/settings/alias/clear", &[]).await.says(200, "no alias any more");
}

async fn things_of_aws_are_edited(place: &Place) {
    let app = TestApp::start(place).await;
    let mut root = aws_root(&app).await;
    done(&mut root, "/console/new/user", "/console/new/user", &[("name", "bob")]).await;
    let edit = "/console/users/bob/edit";
    let page = root.open(edit).await;
    assert!(!page.text.contains("name=\"email\""), "{}", page.text);
    root.submit(&page, edit, &[("name", "bob"), ("path", "devs")]).await.says(400, "with a slash at both ends");
    let page = done(&mut root, edit, edit, &[("name", "bob"), ("path", "/devs/")]).await;
    page.says(200, "arn:aws:iam::000000000000:user/devs/bob");

    let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"arn:aws:iam::000000000000:root"}}]}"#;
    let make = [("name", "deploy"), ("path", "/ci/"), ("seconds", "3600"), ("document", trust)];
    let page = done(&mut root, "/console/new/role", "/console/new/role", &make).await;
    page.says(200, "arn:aws:iam::000000000000:role/ci/deploy");
    let edit = "/console/roles/deploy/edit";
    let page = root.open(edit).await;
    root.submit(&page, edit, &[("seconds", "60")]).await.says(400, "Use 3600 to 43200 seconds.");
    let page = done(&mut root, edit, edit, &[("seconds", "7200"), ("description", "it deploys")]).await;
    page.says(200, "7200 seconds").says(200, "it deploys");
    let tag = [("key", "stage"), ("value", "test")];
    done(&mut root, "/console/roles/deploy", "/console/roles/deploy/tags/put", &tag).await.says(200, "stage");

    let document = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}]}"#;
    let make = [("name", "reading"), ("path", "/own/"), ("document", document)];
    let page = done(&mut root, "/console/new/policy", "/console/new/policy", &make).await;
    page.says(200, "arn:aws:iam::000000000000:policy/own/reading").says(200, "Nobody has it");
    let attach = [("keeper", "own"), ("name", "reading")];
    let here = "/console/roles/deploy";
    done(&mut root, here, "/console/roles/deploy/policies/attach", &attach).await.says(200, "is attached");
    root.open("/console/policies/own/reading").await.says(200, "/console/roles/deploy");
    let alias = "/console/settings/alias";
    done(&mut root, "/console/settings", alias, &[("alias", "acme")]).await.says(200, "alias is acme now");
}

async fn inline_policies_and_boundaries_come_and_go(place: &Place) {
    let app = TestApp::start(place).await;
    let mut root = aws_root(&app).await;
    done(&mut root, "/console/new/user", "/console/new/user", &[("name", "bob")]).await;
    done(&mut root, "/console/new/group", "/console/new/group", &[("name", "devs")]).await;
    let document = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}]}"#;
    for owner in ["/console/users/bob", "/console/groups/devs"] {
        let here = format!("{owner}/inline");
        let page = root.open(&here).await;
        let new = |name, document| [("name", name), ("document", document), ("is_new", "on")];
        root.submit(&page, &here, &new("a b", document)).await.says(400, "Use 1 to 128 letters");
        let broken = root.submit(&page, &here, &new("reading", "{}")).await;
        broken.says(400, "The document is no valid policy").says(400, "AWS says: MalformedPolicyDocument");
        done(&mut root, &here, &here, &new("reading", document)).await.says(200, "reading");
        root.submit(&page, &here, &new("reading", document)).await.says(400, "named reading already");
        let one = format!("{here}?policy=reading");
        root.open(&one).await.says(200, "s3:Get*");
        let page = root.open(&one).await;
        let save = [("name", "reading"), ("document", &*document.replace("Get", "List"))];
        root.submit(&page, &here, &save).await.leads_to(owner);
        root.open(&one).await.says(200, "s3:List*");
        let gone = done(&mut root, owner, &format!("{here}/delete"), &[("name", "reading")]).await;
        gone.says(200, "The inline policy reading is deleted.").says(200, "No inline policies");
    }
    let (here, set) = ("/console/users/bob", "/console/users/bob/boundary");
    let wrong = done(&mut root, here, set, &[("arn", "nonsense")]).await;
    wrong.says(200, "nonsense is no such ARN.").says(200, "AWS says: ");
    let arn = [("arn", "arn:aws:iam::aws:policy/IAMReadOnlyAccess")];
    done(&mut root, here, set, &arn).await.says(200, "The boundary is set.").says(200, "policy/IAMReadOnlyAccess");
    done(&mut root, here, "/console/users/bob/boundary/remove", &[]).await.says(200, "No boundary");
    // The other cloud has neither.
    app.user("alice").await;
    let mut other = admin(&app, "admin", "AdministratorAccess").await;
    let page = other.open("/console/users/alice").await;
    assert!(!page.text.contains("Inline policies") && !page.text.contains("Permissions boundary"), "{}", page.text);
    other.submit(&page, "/console/users/alice/boundary", &[("arn", "x")]).await.says(404, "Nothing here");
}

async fn what_stands_in_the_way_is_shown_with_the_way_to_it(place: &Place) {
    let app = TestApp::start(place).await;
    let mut browser = admin(&app, "admin", "AdministratorAccess").await;
    app.console_user("bob", "Correct-Horse-1").await;
    app.key_of("bob").await;
    app.root().ram("CreateGroup", &[("GroupName", "devs")]).await.ok();
    app.root().ram("AddUserToGroup", &[("GroupName", "devs"), ("UserName", "bob")]).await.ok();
    let attach = [("UserName", "bob"), ("PolicyName", "AliyunRAMReadOnlyAccess"), ("PolicyType", "System")];
    app.root().ram("AttachPolicyToUser", &attach).await.ok();
    let page = browser.open("/console/users/bob").await;
    for place in ["#policies", "#groups", "#keys", "#logon"] {
        page.says(200, &format!("<a class=\"button quiet\" href=\"{place}\">"));
        page.says(200, &format!("id=\"{}\"", &place[1..]));
    }
    assert!(!page.text.contains("href=\"#mfa\""), "{}", page.text);
    browser.open("/console/groups/devs").await.says(200, "href=\"#members\"");
    let refused = done(&mut browser, "/console/users/bob", "/console/users/bob/delete", &[]).await;
    refused.says(200, "detach them first").says(200, "Alibaba Cloud says: DeleteConflict.User");
}
