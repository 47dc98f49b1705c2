//! What all layers come to, case by case.

use std::sync::Arc;

use super::super::evaluate::Context;
use super::super::identity::parse_identity;
use super::super::standing::{Policies, Source};
use super::super::trust::parse_trust;
use super::*;

const SESSION: &str = "arn:aws:sts::111111111111:assumed-role/r/s";
const ROLE: &str = "arn:aws:iam::111111111111:role/r";

fn policy(effect: &str) -> Option<Vec<Arc<InForce>>> {
    if effect == "-" {
        return None;
    }
    let statement = match effect {
        "allow" => r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#,
        "deny" => {
            r#"{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"sts:AssumeRole","Resource":"*"}"#
        }
        _ => r#"{"Effect":"Allow","Action":"s3:*","Resource":"*"}"#,
    };
    let document = parse_identity(&format!(r#"{{"Version":"2012-10-17","Statement":[{statement}]}}"#)).unwrap();
    Some(vec![Arc::new(InForce { name: effect.into(), source: Source::Given, document: Arc::new(document) })])
}

fn trust(principal: &str, effect: &str) -> Arc<InForce> {
    let text = format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"{effect}","Principal":{{"AWS":"{principal}"}},"Action":"sts:AssumeRole"}}}}"#
    );
    let source = Source::OfResource { arn: "arn:aws:iam::111111111111:role/target".into() };
    Arc::new(InForce { name: "trust".into(), source, document: Arc::new(parse_trust(&text).unwrap()) })
}

fn outcome(rules: LayerRules, layers: [&str; 3], trust: Option<(&Arc<InForce>, bool)>) -> Outcome {
    let [identity, boundary, session] = layers.map(policy);
    let standing = Standing::new(Policies { identity: identity.unwrap_or_default(), boundary, session });
    let (alone, all) = ([SESSION.to_owned()], [SESSION.to_owned(), ROLE.to_owned()]);
    let account = Some("111111111111");
    let resource_policy = trust.map(|(policy, same_account)| ResourcePolicy {
        policy,
        same_account,
        is_needed: true,
        alone: Taker { account: None, names: &alone },
        asker: Taker { account, names: &all },
    });
    let context = Context::new();
    let request = Request { action: "sts:AssumeRole", resource: "*", principal: None, context: &context };
    standing.rule(&Question { request, resource_policy, rules }).outcome
}

use Layer::{Boundary, Identity, Resource, Session};
use Outcome::{Allowed, ExplicitDeny, ImplicitDeny};

#[test]
fn every_layer_that_is_there_must_permit_and_none_forbid() {
    for (layers, expected) in [
        (["allow", "-", "-"], Allowed),
        (["none", "-", "-"], ImplicitDeny(Identity)),
        (["-", "-", "-"], ImplicitDeny(Identity)),
        (["allow", "allow", "allow"], Allowed),
        (["allow", "none", "-"], ImplicitDeny(Boundary)),
        (["allow", "-", "none"], ImplicitDeny(Session)),
        (["none", "none", "none"], ImplicitDeny(Identity)),
        (["deny", "none", "none"], ExplicitDeny(Identity)),
        (["allow", "deny", "deny"], ExplicitDeny(Boundary)),
        (["none", "-", "deny"], ExplicitDeny(Session)),
    ] {
        assert_eq!(outcome(AWS_LAYERS, layers, None), expected, "{layers:?}");
    }
    assert_eq!(outcome(RAM_LAYERS, ["none", "-", "none"], None), ImplicitDeny(Session));
    assert_eq!(outcome(RAM_LAYERS, ["none", "-", "allow"], None), ImplicitDeny(Identity));
}

#[test]
fn a_things_policy_reaches_as_far_as_it_names_the_asker() {
    let root = "arn:aws:iam::111111111111:root";
    for (principal, layers, same, expected) in [
        (SESSION, ["none", "none", "none"], true, Allowed),
        (SESSION, ["deny", "allow", "allow"], true, ExplicitDeny(Identity)),
        (ROLE, ["none", "-", "-"], true, Allowed),
        (ROLE, ["none", "allow", "allow"], true, Allowed),
        (ROLE, ["none", "none", "allow"], true, ImplicitDeny(Boundary)),
        (ROLE, ["none", "allow", "none"], true, ImplicitDeny(Session)),
        ("*", ["none", "-", "-"], true, Allowed),
        ("*", ["none", "-", "none"], true, ImplicitDeny(Session)),
        (root, ["none", "-", "-"], true, ImplicitDeny(Identity)),
        (root, ["allow", "-", "-"], true, Allowed),
        (SESSION, ["none", "-", "-"], false, ImplicitDeny(Identity)),
        (SESSION, ["allow", "-", "-"], false, Allowed),
        ("222222222222", ["allow", "-", "-"], true, ImplicitDeny(Resource)),
    ] {
        let found = outcome(AWS_LAYERS, layers, Some((&trust(principal, "Allow"), same)));
        assert_eq!(found, expected, "{principal} {layers:?} {same}");
    }
    let denying = trust(SESSION, "Deny");
    assert_eq!(outcome(AWS_LAYERS, ["allow", "-", "-"], Some((&denying, true))), ExplicitDeny(Resource));
}

#[test]
fn a_role_of_ram_needs_the_own_permission_too() {
    let named = trust(SESSION, "Allow");
    assert_eq!(outcome(RAM_LAYERS, ["none", "-", "-"], Some((&named, true))), ImplicitDeny(Identity));
    assert_eq!(outcome(RAM_LAYERS, ["allow", "-", "-"], Some((&named, true))), Allowed);
}

#[test]
fn a_root_is_not_bound() {
    let context = Context::new();
    let request = Request { action: "a:B", resource: "*", principal: None, context: &context };
    let question = Question { request, resource_policy: None, rules: AWS_LAYERS };
    assert_eq!(Standing::root().rule(&question).outcome, Outcome::Root);
}
