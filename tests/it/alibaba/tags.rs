//! Labels on users, roles and policies, several at once, and which carries which.

use serde_json::{Value, json};
use sesame::domain::own_policy::OwnPolicy;
use sesame::domain::time::Time;
use sesame::store;

use super::{each, members, other_root, principal};
use crate::support::{ACCOUNT, Place, Rpc, TestApp, concurrently, trust_policy};

on_both_engines![
    users_are_labelled_in_ims,
    roles_and_policies_are_labelled_in_ram,
    labels_are_listed_by_what_they_are,
    labels_are_listed_page_by_page,
    keys_that_differ_in_case_are_two,
    parameters_of_labels_are_checked,
    a_thing_has_twenty_labels_at_the_most,
    all_get_the_labels_or_none,
    labels_of_another_account_are_not_seen,
    labels_put_on_at_once_are_counted_exactly,
];

async fn role(client: &Rpc, name: &str) {
    let trust = trust_policy(&format!("acs:ram::{ACCOUNT}:root"));
    client.ram("CreateRole", &[("RoleName", name), ("AssumeRolePolicyDocument", &trust)]).await.ok();
}

/// Makes a custom policy, behind the scenes.
async fn policy(app: &TestApp, name: &str) {
    let (mut tx, _) = app.app.db.write(ACCOUNT).await.expect("a transaction");
    let policy = OwnPolicy {
        account_id: ACCOUNT.to_owned(),
        id: format!("id-of-{name}"),
        name: name.to_owned(),
        path: "/".to_owned(),
        description: String::new(),
        default_version: 1,
        last_version: 1,
        created_at: Time(0),
        updated_at: Time(0),
    };
    assert!(store::policies::insert(&mut tx, &policy).await.expect("a policy"));
    tx.commit().await.expect("a commit");
}

/// The id of a new user.
async fn user(app: &TestApp, name: &str) -> String {
    app.user(name).await;
    let seen = app.root().ims("GetUser", &[("UserPrincipalName", &principal(name))]).await.ok();
    seen["User"]["UserId"].as_str().expect("an id").to_owned()
}

/// The labels of a user, as `key=value`.
async fn labels_of(app: &TestApp, name: &str) -> Vec<String> {
    let seen = app.root().ims("GetUser", &[("UserPrincipalName", &principal(name))]).await.ok();
    let tags = seen["User"]["Tags"]["Tag"].as_array().expect("labels").clone();
    let text = |tag: &Value, member: &str| tag[member].as_str().expect("a text").to_owned();
    tags.iter().map(|tag| format!("{}={}", text(tag, "TagKey"), text(tag, "TagValue"))).collect()
}

async fn users_are_labelled_in_ims(place: &Place) {
    let app = TestApp::start(place).await;
    let root = app.root();
    let (alice, bob) = (user(&app, "alice").await, user(&app, "bob").await);
    let given = [
        ("ResourceType", "user"),
        ("ResourceId.1", &*alice),
        ("ResourceId.2", &*bob),
        ("Tag.1.Key", "team"),
        ("Tag.1.Value", "blue sky"),
        ("Tag.2.Key", "empty"),
    ];
    assert_eq!(members(&root.ims("TagResources", &given).await.ok()), ["RequestId"]);
    assert_eq!(labels_of(&app, "alice").await, ["empty=", "team=blue sky"]);
    // Another value takes the place of the old one; a user is named by its principal name too.
    let named = principal("bob");
    let given =
        [("ResourceType", "user"), ("ResourcePrincipalName.1", &*named), ("Tag.1.Key", "team"), ("Tag.1.Value", "red")];
    root.v3().ims("TagResources", &given).await.ok();
    assert_eq!(labels_of(&app, "bob").await, ["empty=", "team=red"]);
    let users = root.ims("ListUsers", &[("Tag.1.Key", "team"), ("Tag.1.Value", "red")]).await.ok();
    assert_eq!(each(&users, "Users", "User", "UserId"), [&*bob]);

    let listed = root.ims("ListTagResources", &[("ResourceType", "user"), ("ResourceId.1", &alice)]).await.ok();
    assert_eq!(members(&listed), ["IsTruncated", "RequestId", "TagResources"]);
    let one = json!({"ResourceId": alice, "ResourceType": "user", "TagKey": "team", "TagValue": "blue sky"});
    assert_eq!(listed["TagResources"]["TagResource"][1], one);

    let both = [("ResourceType", "user"), ("ResourceId.1", &*alice), ("ResourceId.2", &*bob)];
    let take = [&both[..], &[("TagKey.1", "team"), ("TagKey.2", "never"), ("All", "true")]].concat();
    // All counts only without keys.
    root.ims("UntagResources", &take).await.ok();
    assert_eq!(labels_of(&app, "alice").await, ["empty="]);
    root.ims("UntagResources", &[&both[..], &[("All", "True")]].concat()).await.ok();
    for name in ["alice", "bob"] {
        assert_eq!(labels_of(&app, name).await, [""; 0]);
    }
    // A user who is deleted takes the labels along.
    root.ims("TagResources", &given).await.ok();
    root.ram("DeleteUser", &[("UserName", "bob")]).await.ok();
    let left = root.ims("ListTagResources", &[("ResourceType", "user"), ("Tag.1.Key", "team")]).await.ok();
    assert_eq!(each(&left, "TagResources", "TagResource", "TagKey"), [""; 0]);
}

async fn roles_and_policies_are_labelled_in_ram(place: &Place) {
    let app = TestApp::start(place).await;
    let root = app.root();
    for name in ["one", "two"] {
        role(&root, name).await;
        policy(&app, name).await;
    }
    for (kind, value) in [("role", "r"), ("policy", "p")] {
        let tag = json!([{"Key": "team", "Value": value}]).to_string();
        let names = json!(["one", "TWO"]).to_string();
        let given = [("ResourceType", kind), ("ResourceNames", &*names), ("Tag", &*tag)];
        assert_eq!(members(&root.ram("TagResources", &given).await.ok()), ["RequestId"]);
        let listed = root.ram("ListTagResources", &[("ResourceType", kind)]).await.ok();
        assert_eq!(members(&listed), ["RequestId", "TagResources"]);
        let row = |name: &str| json!({"ResourceName": name, "ResourceType": kind, "TagKey": "team", "TagValue": value});
        assert_eq!(listed["TagResources"], json!([row("one"), row("two")]));
        let take = [("ResourceType", kind), ("ResourceNames.1", "one"), ("TagKeys", r#"["team"]"#)];
        root.v3().ram("UntagResources", &take).await.ok();
        let listed = root.ram("ListTagResources", &[("ResourceType", kind), ("ResourceNames", &names)]).await.ok();
        assert_eq!(listed["TagResources"], json!([row("two")]));
    }
    let roles = root.ram("ListRoles", &[("Tag", r#"[{"Key":"team"}]"#)]).await.ok();
    assert_eq!(each(&roles, "Roles", "Role", "RoleName"), ["two"]);
    assert_eq!(roles["Roles"]["Role"][0]["Tags"]["Tag"], json!([{"TagKey": "team", "TagValue": "r"}]));
    // What the cloud keeps has no labels.
    let tag = [("ResourceType", "policy"), ("ResourceNames.1", "AdministratorAccess"), ("Tag.1.Key", "team")];
    root.ram("TagResources", &tag).await.is(404, "EntityNotExist.Policy");
    // Labels are found in XML too, where the element repeats.
    let parameters = [("ResourceType", "role"), ("Format", "XML")];
    let plain = root.send_plain(&root.sign(crate::support::Api::Ram, "ListTagResources", &parameters)).await;
    assert!(plain.text.contains("<TagResources><ResourceName>two</ResourceName>"), "{}", plain.text);
}

async fn labels_are_listed_by_what_they_are(place: &Place) {
    let app = TestApp::start(place).await;
    let root = app.root();
    for (name, tags) in [
        ("a", json!([{"Key": "team", "Value": "x"}, {"Key": "tier", "Value": "1"}])),
        ("b", json!([{"Key": "team", "Value": "y"}])),
        ("c", json!([{"Key": "team", "Value": "x"}, {"Key": "other", "Value": "z"}])),
        ("d", json!([])),
    ] {
        role(&root, name).await;
        if tags.as_array().is_some_and(|tags| !tags.is_empty()) {
            let tags = tags.to_string();
            let given = [("ResourceType", "role"), ("ResourceNames.1", name), ("Tag", &*tags)];
            root.ram("TagResources", &given).await.ok();
        }
    }
    let found = |parameters: Vec<(&'static str, &'static str)>| {
        let root = root.clone();
        async move {
            let all = [&[("ResourceType", "role")], &parameters[..]].concat();
            let listed = root.ram("ListTagResources", &all).await.ok();
            let rows = listed["TagResources"].as_array().expect("a list").clone();
            let text = |row: &Value, member: &str| row[member].as_str().expect("a text").to_owned();
            let line = |row| format!("{} {}={}", text(row, "ResourceName"), text(row, "TagKey"), text(row, "TagValue"));
            rows.iter().map(line).collect::<Vec<_>>()
        }
    };
    assert_eq!(found(vec![]).await, ["a team=x", "a tier=1", "b team=y", "c other=z", "c team=x"]);
    assert_eq!(found(vec![("Tag.1.Key", "team")]).await, ["a team=x", "b team=y", "c team=x"]);
    assert_eq!(found(vec![("Tag.1.Key", "team"), ("Tag.1.Value", "x")]).await, ["a team=x", "c team=x"]);
    assert_eq!(found(vec![("Tag.1.Key", "team"), ("Tag.2.Key", "tier")]).await, ["a team=x", "a tier=1"]);
    assert_eq!(found(vec![("Tag.1.Key", "team"), ("ResourceNames.1", "b")]).await, ["b team=y"]);
    assert_eq!(found(vec![("Tag.1.Key", "never")]).await, [""; 0]);
    assert_eq!(found(vec![("ResourceNames.1", "c"), ("ResourceNames.2", "C")]).await, ["c other=z", "c team=x"]);
    assert_eq!(found(vec![("ResourceNames.1", "d")]).await, [""; 0]);
}

async fn labels_are_listed_page_by_page(place: &Place) {
    let app = TestApp::start(place).await;
    let root = app.root();
    for name in ["b", "A", "c"] {
        let id = user(&app, name).await;
        let given = [
            ("ResourceType", "user"),
            ("ResourceId.1", &*id),
            ("Tag.1.Key", "key two"),
            ("Tag.2.Key", "key one"),
            ("Tag.3.Key", "Key"),
        ];
        root.ims("TagResources", &given).await.ok();
    }
    let names: Vec<_> = ["A", "b", "c"].iter().map(|name| principal(name)).collect();
    let by_name = [
        ("ResourcePrincipalName.1", &*names[0]),
        ("ResourcePrincipalName.2", &*names[1]),
        ("ResourcePrincipalName.3", &*names[2]),
    ];
    let by_key = [("Tag.1.Key", "Key"), ("Tag.2.Key", "key one"), ("Tag.3.Key", "key two")];
    for wanted in [&by_name, &by_key] {
        for size in ["1", "2", "4", "9"] {
            let (mut keys, mut token) = (Vec::new(), String::new());
            loop {
                let mut parameters = [&[("ResourceType", "user"), ("PageSize", size)], &wanted[..]].concat();
                if !token.is_empty() {
                    parameters.push(("NextToken", &token));
                }
                let page = root.ims("ListTagResources", &parameters).await.ok();
                let shown = each(&page, "TagResources", "TagResource", "TagKey");
                assert!(shown.len() <= size.parse().unwrap(), "{page}");
                keys.extend(shown);
                assert_eq!(page["IsTruncated"], page.get("NextToken").is_some());
                let Some(next) = page["NextToken"].as_str() else { break };
                token = next.to_owned();
            }
            assert_eq!(keys, ["Key", "key one", "key two"].repeat(3), "{size}");
        }
    }
    let with = |more| [&[("ResourceType", "user"), ("Tag.1.Key", "Key")], &[more][..]].concat();
    for size in ["0", "101"] {
        root.ims("ListTagResources", &with(("PageSize", size))).await.is(400, "InvalidParameter.PageSize.Range");
    }
    for token in ["%%%", "YWJj"] {
        let reply = root.ims("ListTagResources", &with(("NextToken", token))).await;
        reply.is(400, "InvalidParameter.NextToken.Format");
    }
}

async fn keys_that_differ_in_case_are_two(place: &Place) {
    let app = TestApp::start(place).await;
    let id = user(&app, "alice").await;
    for key in ["Team", "team", "TEAM"] {
        let given = [("ResourceType", "user"), ("ResourceId.1", &*id), ("Tag.1.Key", key), ("Tag.1.Value", key)];
        app.root().ims("TagResources", &given).await.ok();
    }
    assert_eq!(labels_of(&app, "alice").await, ["TEAM=TEAM", "Team=Team", "team=team"]);
    let take = [("ResourceType", "user"), ("ResourceId.1", &*id), ("TagKey.1", "team")];
    app.root().ims("UntagResources", &take).await.ok();
    assert_eq!(labels_of(&app, "alice").await, ["TEAM=TEAM", "Team=Team"]);
}

async fn parameters_of_labels_are_checked(place: &Place) {
    let app = TestApp::start(place).await;
    let root = app.root();
    let id = user(&app, "alice").await;
    role(&root, "one").await;
    let named = principal("alice");
    let tag = ("Tag.1.Key", "team");
    for action in ["TagResources", "UntagResources", "ListTagResources"] {
        let key = ("TagKey.1", "team");
        root.ims(action, &[("ResourceId.1", &id), tag, key]).await.is(400, "MissingResourceType");
        root.ram(action, &[("ResourceNames.1", "one"), tag]).await.is(400, "MissingResourceType");
        for kind in ["role", "User", "group"] {
            let reply = root.ims(action, &[("ResourceType", kind), ("ResourceId.1", &id), tag, key]).await;
            reply.is(400, "InvalidParameter.ResourceType.Format");
        }
        let reply = root.ram(action, &[("ResourceType", "user"), ("ResourceNames.1", "alice"), tag]).await;
        reply.is(400, "InvalidParameter.ResourceType.Format");
        let both = [("ResourceType", "user"), ("ResourceId.1", &*id), ("ResourcePrincipalName.1", &*named), tag, key];
        root.ims(action, &both).await.is(400, "InvalidParameter.ResourcePrincipalName.Format");
        let unknown = [("ResourceType", "user"), ("ResourceId.1", "7"), tag, key];
        root.ims(action, &unknown).await.is(404, "EntityNotExist.User");
        let unknown = [("ResourceType", "role"), ("ResourceNames.1", "none"), tag, ("TagKeys.1", "team")];
        root.ram(action, &unknown).await.is(404, "EntityNotExist.Role");
        let unknown = [("ResourceType", "policy"), ("ResourceNames.1", "none"), tag, ("TagKeys.1", "team")];
        root.ram(action, &unknown).await.is(404, "EntityNotExist.Policy");
        let bad = [("ResourceType", "role"), ("ResourceNames.1", "a b"), tag, ("TagKeys.1", "team")];
        root.ram(action, &bad).await.is(400, "InvalidParameter.ResourceNames.InvalidChars");
        let bad = [("ResourceType", "role"), ("ResourceNames", "one"), tag, ("TagKeys.1", "team")];
        root.ram(action, &bad).await.is(400, "InvalidParameter.ResourceNames.Format");
        let numbers: Vec<_> = (1..=51).map(|number| (format!("ResourceId.{number}"), number.to_string())).collect();
        let mut many: Vec<_> = numbers.iter().map(|(name, value)| (&**name, &**value)).collect();
        many.extend([("ResourceType", "user"), tag, key]);
        root.ims(action, &many).await.is(400, "InvalidParameter.ResourceId.Length");
    }
    let user = [("ResourceType", "user"), ("ResourceId.1", &*id)];
    root.ims("TagResources", &[("ResourceType", "user"), tag]).await.is(400, "MissingResourceId");
    root.ram("TagResources", &[("ResourceType", "role"), tag]).await.is(400, "MissingResourceNames");
    root.ims("TagResources", &user).await.is(400, "MissingTag");
    root.ims("UntagResources", &user).await.is(400, "MissingTagKey");
    root.ims("ListTagResources", &[("ResourceType", "user")]).await.is(400, "MissingResourceId");
    let none = [("ResourceType", "role"), ("ResourceNames.1", "one"), ("All", "false")];
    root.ram("UntagResources", &none).await.is(400, "MissingTagKeys");
    let (long, longest) = ("k".repeat(129), "k".repeat(128));
    for (key, value, code) in [
        (&*long, "", "InvalidParameter.Tag.Length"),
        ("k", &*long, "InvalidParameter.Tag.Length"),
        ("aliyun-x", "", "InvalidParameter.Tag.InvalidChars"),
        ("ACS:x", "", "InvalidParameter.Tag.InvalidChars"),
        ("see http://x", "", "InvalidParameter.Tag.InvalidChars"),
        ("", "v", "InvalidParameter.Tag.Format"),
    ] {
        let given = [&user[..], &[("Tag.1.Key", key), ("Tag.1.Value", value)]].concat();
        root.ims("TagResources", &given).await.is(400, code);
    }
    let twice = [&user[..], &[("Tag.1.Key", "k"), ("Tag.2.Key", "k")]].concat();
    root.ims("TagResources", &twice).await.is(400, "InvalidParameter.Tag.Format");
    let given = [&user[..], &[("Tag.1.Key", &*longest), ("Tag.1.Value", &*longest)]].concat();
    root.ims("TagResources", &given).await.ok();
}

/// So many labels, as parameters.
fn labels(numbers: std::ops::Range<usize>) -> Vec<(String, String)> {
    numbers.enumerate().map(|(at, number)| (format!("Tag.{}.Key", at + 1), format!("key-{number}"))).collect()
}

async fn put(client: &Rpc, id: &str, numbers: std::ops::Range<usize>) -> crate::support::Reply {
    let labels = labels(numbers);
    let mut parameters = vec![("ResourceType", "user"), ("ResourceId.1", id)];
    parameters.extend(labels.iter().map(|(name, value)| (&**name, &**value)));
    client.ims("TagResources", &parameters).await
}

async fn a_thing_has_twenty_labels_at_the_most(place: &Place) {
    let app = TestApp::start(place).await;
    let root = app.root();
    let id = user(&app, "alice").await;
    put(&root, &id, 0..21).await.is(400, "InvalidParameter.Tag.Length");
    put(&root, &id, 0..15).await.ok();
    put(&root, &id, 15..21).await.is(409, "LimitExceeded.Tag");
    assert_eq!(labels_of(&app, "alice").await.len(), 15);
    // What takes the place of another does not count.
    put(&root, &id, 10..20).await.ok();
    assert_eq!(labels_of(&app, "alice").await.len(), 20);
}

async fn all_get_the_labels_or_none(place: &Place) {
    let app = TestApp::start(place).await;
    let root = app.root();
    let (alice, bob) = (user(&app, "alice").await, user(&app, "bob").await);
    put(&root, &bob, 0..20).await.ok();
    let given =
        |second| [("ResourceType", "user"), ("ResourceId.1", &*alice), ("ResourceId.2", second), ("Tag.1.Key", "team")];
    root.ims("TagResources", &given(&*bob)).await.is(409, "LimitExceeded.Tag");
    root.ims("TagResources", &given("7")).await.is(404, "EntityNotExist.User");
    assert_eq!(labels_of(&app, "alice").await, [""; 0]);
    put(&root, &alice, 0..1).await.ok();
    let take = [("ResourceType", "user"), ("ResourceId.1", &*alice), ("ResourceId.2", "7"), ("All", "true")];
    root.ims("UntagResources", &take).await.is(404, "EntityNotExist.User");
    assert_eq!(labels_of(&app, "alice").await, ["key-0="]);
}

async fn labels_of_another_account_are_not_seen(place: &Place) {
    let app = TestApp::start(place).await;
    let other = other_root(&app).await;
    let id = user(&app, "alice").await;
    put(&app.root(), &id, 0..2).await.ok();
    put(&other, &id, 0..1).await.is(404, "EntityNotExist.User");
    let named = [("ResourceType", "user"), ("ResourceId.1", &*id)];
    other.ims("ListTagResources", &named).await.is(404, "EntityNotExist.User");
    other.ims("UntagResources", &[&named[..], &[("All", "true")]].concat()).await.is(404, "EntityNotExist.User");
    let found = other.ims("ListTagResources", &[("ResourceType", "user"), ("Tag.1.Key", "key-0")]).await.ok();
    assert_eq!(each(&found, "TagResources", "TagResource", "TagKey"), [""; 0]);
    assert_eq!(labels_of(&app, "alice").await.len(), 2);
}

async fn labels_put_on_at_once_are_counted_exactly(place: &Place) {
    let app = TestApp::start(place).await;
    let id = user(&app, "alice").await;
    let replies = concurrently(12, |number| {
        let (root, id) = (app.root(), id.clone());
        async move { put(&root, &id, number * 2..number * 2 + 2).await }
    })
    .await;
    let done = replies.iter().filter(|reply| reply.status == 200).count();
    assert_eq!(done, 10, "{replies:?}");
    assert_eq!(labels_of(&app, "alice").await.len(), 20);
}
