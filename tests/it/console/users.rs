//! Administrators and users in the console: making, console logon, keys, permissions that are missing, conflicts.

use crate::support::{Browser, Place, Seen, TestApp};

on_both_engines![
    a_user_is_made_given_logon_and_keys_and_deleted_when_nothing_is_left,
    whoever_lacks_a_permission_is_told_which_and_changes_nothing,
    what_others_typed_into_names_and_comments_is_shown_and_not_run,
    a_search_shows_those_who_begin_so_page_by_page,
    all_who_have_a_policy_are_shown_page_by_page,
    a_root_of_aws_does_the_same_with_its_own_words,
];

const PASSWORD: &str = "Correct-Horse-1";

/// A user with this policy of the cloud's, signed in.
pub(super) async fn admin(app: &TestApp, name: &str, policy: &str) -> Browser {
    app.console_user(name, PASSWORD).await;
    let attach = [("UserName", name), ("PolicyName", policy), ("PolicyType", "System")];
    app.root().ram("AttachPolicyToUser", &attach).await.ok();
    let mut browser = app.browser();
    browser.sign_in(name, PASSWORD).await;
    browser
}

/// Sends a form of a page and follows where it leads.
pub(super) async fn done(browser: &mut Browser, page: &str, path: &str, fields: &[(&str, &str)]) -> Seen {
    let page = browser.open(page).await;
    let sent = browser.submit(&page, path, fields).await;
    assert_eq!(sent.status, 303, "{path}: {}", sent.text);
    browser.open(sent.location()).await
}

async fn a_user_is_made_given_logon_and_keys_and_deleted_when_nothing_is_left(place: &Place) {
    let app = TestApp::start(place).await;
    let mut browser = admin(&app, "admin", "AdministratorAccess").await;
    let page = browser.open("/console/new/user").await;
    let wrong = browser.submit(&page, "/console/new/user", &[("name", "bob smith"), ("comments", "new")]).await;
    wrong.says(400, "Use 1 to 64 letters").says(400, "value=\"new\"");
    let made = [("name", "bob"), ("comments", "")];
    done(&mut browser, "/console/new/user", "/console/new/user", &made).await.says(200, "The user bob is made.");
    let again = browser.submit(&page, "/console/new/user", &made).await;
    again.says(409, "There is a user named bob already.");

    // A generated password is shown once and works; it is the user's initial one.
    let page = browser.open("/console/users/bob/logon").await;
    let told = browser.submit(&page, "/console/users/bob/logon", &[("how", "generated"), ("status", "Active")]).await;
    told.says(200, "shown now and never again");
    let password = told.text.split("data-copy=\"").nth(1).unwrap().split('"').next().unwrap().replace("&#38;", "&");
    let shown = browser.open("/console/users/bob").await;
    shown.says(200, "Initial, nobody signed in with it yet");
    assert!(!shown.text.contains(&password));
    let mut bob = app.browser();
    bob.sign_in("bob", &password).await;
    let short = [("how", "own"), ("password", "short"), ("status", "Active")];
    browser.submit(&page, "/console/users/bob/logon", &short).await.says(400, "It is too short.");
    let off = [("how", "keep"), ("status", "Inactive")];
    let here = "/console/users/bob/logon";
    done(&mut browser, here, here, &off).await.says(200, "Disabled");
    bob.open("/console").await.says(403, "switched console logon off");

    let page = browser.open("/console/users/bob").await;
    let key = browser.submit(&page, "/console/users/bob/keys/create", &[]).await;
    key.says(200, "never again");
    let id = key.text.split("data-copy=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let secret = key.text.split("data-copy=\"").nth(2).unwrap().split('"').next().unwrap().to_owned();
    let rpc = app.rpc(&id, &secret);
    rpc.sts("GetCallerIdentity", &[]).await.ok();
    let page = browser.open("/console/users/bob").await;
    assert!(page.text.contains(&id) && !page.text.contains(&secret));
    let of_key = [("id", &*id)];
    let page = done(&mut browser, "/console/users/bob", "/console/users/bob/keys/deactivate", &of_key).await;
    page.says(200, "Inactive");

    // What is left is told one after the other.
    let delete = "/console/users/bob/delete";
    done(&mut browser, "/console/users/bob", delete, &[]).await.says(200, "still has access keys");
    done(&mut browser, "/console/users/bob", "/console/users/bob/keys/delete", &of_key).await;
    done(&mut browser, "/console/users/bob", delete, &[]).await.says(200, "clear its console logon first");
    done(&mut browser, "/console/users/bob", "/console/users/bob/logon/clear", &[]).await.says(200, "not enabled");
    done(&mut browser, "/console/users/bob", delete, &[]).await.says(200, "The user bob is deleted.");
    browser.open("/console/users/bob").await.says(404, "There is no user named bob.");
}

async fn whoever_lacks_a_permission_is_told_which_and_changes_nothing(place: &Place) {
    let app = TestApp::start(place).await;
    app.user("bob").await;
    app.console_user("nobody", PASSWORD).await;
    let mut nobody = app.browser();
    nobody.sign_in("nobody", PASSWORD).await;
    for (path, action) in [
        ("/console/users", "ram:ListUsers on acs:ram:*:1000000000000001:user/*"),
        ("/console/users/bob", "ram:GetUser on acs:ram:*:1000000000000001:user/bob"),
        ("/console/users/nosuch", "ram:GetUser on acs:ram:*:1000000000000001:user/nosuch"),
        ("/console/groups", "ram:ListGroups"),
        ("/console/roles", "ram:ListRoles"),
        ("/console/policies", "ram:ListPolicies"),
        ("/console/policies/cloud/AdministratorAccess", "acs:ram:*:system:policy/AdministratorAccess"),
        ("/console/sessions", "ram:GetLoginProfile"),
        ("/console/new/user", "ram:CreateUser"),
    ] {
        nobody.open(path).await.says(403, action);
    }
    nobody.open("/console/settings").await.says(200, "ram:GetPasswordPolicy");
    let home = nobody.open("/console").await;
    let bob = "/console/users/bob";
    for (path, action) in [
        ("/console/new/user", "ram:CreateUser"),
        (&*format!("{bob}/delete"), "ram:DeleteUser"),
        (&*format!("{bob}/keys/create"), "ram:CreateAccessKey"),
        (&*format!("{bob}/logon"), "ram:CreateLoginProfile"),
        ("/console/settings/password-policy", "ram:SetPasswordPolicy"),
        ("/console/settings/preference", "ram:SetSecurityPreference"),
        ("/console/groups/devs/add", "ram:AddUserToGroup"),
    ] {
        let fields = [("name", "eve"), ("how", "generated"), ("user", "bob")];
        nobody.submit(&home, path, &fields).await.says(403, action);
    }
    let attach = [("keeper", "cloud"), ("name", "AdministratorAccess")];
    nobody.submit(&home, "/console/users/nobody/policies/attach", &attach).await.says(403, "ram:AttachPolicyToUser");

    // Who may read sees everything, and no button.
    let mut reader = admin(&app, "reader", "AliyunRAMReadOnlyAccess").await;
    let page = reader.open("/console/users/bob").await;
    page.says(200, "You need ram:DeleteUser").says(200, "ram:CreateAccessKey on");
    assert!(!page.text.contains("action=\"/console/users/bob/"), "{}", page.text);
    assert!(!reader.open("/console/users").await.text.contains("/console/new/user"));
}

async fn what_others_typed_into_names_and_comments_is_shown_and_not_run(place: &Place) {
    let app = TestApp::start(place).await;
    let evil = "<script>alert(1)</script>\"'";
    let create = [("UserName", "bob"), ("DisplayName", evil), ("Comments", evil)];
    app.root().ram("CreateUser", &create).await.ok();
    let mut browser = admin(&app, "admin", "AdministratorAccess").await;
    let search = "%3Cscript%3Ealert(1)%3C%2Fscript%3E";
    let odd = format!("/console/users/{search}");
    for path in ["/console/users", "/console/users/bob", &*odd, &*format!("/console/users?search={search}")] {
        let page = browser.open(path).await;
        assert!(!page.text.contains("<script>alert"), "{path}: {}", page.text);
        assert!(page.text.contains("&#60;script&#62;alert(1)"), "{path}: {}", page.text);
    }
    let page = browser.open("/console/new/policy").await;
    let form = [("name", "evil"), ("document", "</textarea><script>alert(1)</script>")];
    let page = browser.submit(&page, "/console/new/policy", &form).await;
    page.says(400, "The document is no valid policy");
    assert!(!page.text.contains("<script>alert"), "{}", page.text);
    browser.post("/console/users/bob/delete", &[]).await.says(403, "The form is out of date");
}

async fn a_search_shows_those_who_begin_so_page_by_page(place: &Place) {
    let app = TestApp::start(place).await;
    for number in 0..53 {
        app.user(&format!("dev{number:02}")).await;
    }
    for name in ["dew", "deu", "de"] {
        app.user(name).await;
    }
    let mut browser = admin(&app, "admin", "AdministratorAccess").await;
    let page = browser.open("/console/users?search=DEV").await;
    assert_eq!(page.text.matches("<th scope=\"row\">").count(), 50, "{}", page.text);
    assert!(!page.text.contains(">deu<") && !page.text.contains(">dew<"));
    let page = browser.open("/console/users?search=dev&after=dev49").await;
    page.says(200, "dev50").says(200, "First page");
    assert_eq!(page.text.matches("<th scope=\"row\">").count(), 3);
    assert!(!page.text.contains("Next page"));
    browser.open("/console/users?search=x").await.says(200, "name begins so");
}

async fn all_who_have_a_policy_are_shown_page_by_page(place: &Place) {
    let app = TestApp::start(place).await;
    for number in 0..53 {
        let name = format!("dev{number:02}");
        app.user(&name).await;
        let attach = [("UserName", &*name), ("PolicyName", "AliyunRAMReadOnlyAccess"), ("PolicyType", "System")];
        app.root().ram("AttachPolicyToUser", &attach).await.ok();
    }
    let mut browser = admin(&app, "admin", "AdministratorAccess").await;
    let here = "/console/policies/cloud/AliyunRAMReadOnlyAccess";
    let page = browser.open(here).await;
    page.says(200, ">dev49<");
    assert!(!page.text.contains(">dev50<"), "{}", page.text);
    let next = page.text.split('"').find(|part| part.starts_with(&format!("{here}?after="))).expect("a next page");
    let page = browser.open(next).await;
    page.says(200, ">dev50<").says(200, ">dev52<").says(200, "First page");
    assert!(!page.text.contains(">dev49<") && !page.text.contains("Next page"), "{}", page.text);
}

async fn a_root_of_aws_does_the_same_with_its_own_words(place: &Place) {
    let app = TestApp::start(place).await;
    let mut browser = app.browser();
    let page = browser.open("/console/root/login").await;
    browser.submit(&page, "/console/root/login", &[("account", "000000000000")]).await.leads_to("/console");
    let make = [("name", "al+ice@x"), ("path", "/dev/")];
    let page = done(&mut browser, "/console/new/user", "/console/new/user", &make).await;
    page.says(200, "arn:aws:iam::000000000000:user/dev/al+ice@x");
    let here = "/console/users/al%2Bice%40x";
    let logon = format!("{here}/logon");
    let page = browser.open(&logon).await;
    assert!(!page.text.contains("mfa_required") && !page.text.contains("name=\"status\""), "{}", page.text);
    let given = [("how", "own"), ("password", PASSWORD)];
    done(&mut browser, &logon, &logon, &given).await.says(200, "Console logon is enabled.");
    let attach = [("keeper", "cloud"), ("name", "AdministratorAccess")];
    let pick = format!("{here}/policies?search=administratora");
    browser.open(&pick).await.says(200, "AdministratorAccess");
    let page = done(&mut browser, &pick, &format!("{here}/policies/attach"), &attach).await;
    page.says(200, "The policy AdministratorAccess is attached.");
    done(&mut browser, here, &format!("{here}/policies/detach"), &attach).await.says(200, "is detached.");
    let page = browser.open("/console/settings").await;
    page.says(200, "No policy is set.");
    assert!(!page.text.contains("Security preference"));
}
