//! What holds of every set of layers and every request, in both languages.

use std::sync::Arc;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{
    AWS_LAYERS, Context, Document, InForce, LayerRules, Outcome, Policies, PolicyLanguage, Question, RAM_LAYERS,
    Request, ResourcePolicy, Source, Standing, Taker,
};

const USER: &str = "acs:ram::111111111111:user/a";

/// What differs between the languages: their version, resources, operators and how layers are taken together.
#[derive(Clone, Copy, Debug)]
struct Words {
    language: PolicyLanguage,
    version: &'static str,
    resources: [&'static str; 4],
    asked: [&'static str; 3],
    operators: &'static [&'static str],
    kind: &'static str,
    principals: [&'static str; 3],
    rules: LayerRules,
}

const IAM: Words = Words {
    language: PolicyLanguage::Iam,
    version: "2012-10-17",
    resources: ["*", "arn:aws:s3:::a*", "arn:aws:s3:::${k:a}", "arn:aws:s3:::?"],
    asked: ["*", "arn:aws:s3:::a", "arn:aws:s3:::ab"],
    operators: &["StringEquals", "StringNotLike", "StringLikeIfExists", "Null", "ForAnyValue:StringNotEquals", "Bool"],
    kind: "AWS",
    principals: ["arn:aws:iam::111111111111:root", USER_OF_IAM, "arn:aws:iam::222222222222:root"],
    rules: AWS_LAYERS,
};
const USER_OF_IAM: &str = "arn:aws:iam::111111111111:user/a";

const RAM: Words = Words {
    language: PolicyLanguage::Ram,
    version: "1",
    resources: ["*", "acs:oss:*:*:a*", "acs:oss:::a", "acs:oss:*:1:?"],
    asked: ["*", "acs:oss:cn:1:a", "acs:oss:cn:2:ab"],
    operators: &["StringEquals", "StringNotLike", "StringNotEquals", "Bool", "ForAllValues:StringLike"],
    kind: "RAM",
    principals: ["acs:ram::111111111111:root", USER, "acs:ram::222222222222:root"],
    rules: RAM_LAYERS,
};

fn words() -> impl Strategy<Value = Words> {
    prop_oneof![Just(IAM), Just(RAM)]
}

/// A statement, in numbers that mean something in either language.
type Numbers = (bool, bool, usize, usize, Option<(usize, usize, usize)>);

fn numbers() -> impl Strategy<Value = Numbers> {
    let condition = prop::option::of((0_usize..6, 0_usize..3, 0_usize..4));
    (any::<bool>(), prop::bool::weighted(0.2), 0_usize..5, 0_usize..4, condition)
}

fn layer() -> impl Strategy<Value = Vec<Vec<Numbers>>> {
    prop::collection::vec(prop::collection::vec(numbers(), 1..4), 0..3)
}

type Layers = (Vec<Vec<Numbers>>, Option<Vec<Vec<Numbers>>>, Option<Vec<Vec<Numbers>>>);

fn layers() -> impl Strategy<Value = Layers> {
    (layer(), prop::option::weighted(0.3, layer()), prop::option::weighted(0.3, layer()))
}

fn statement(words: Words, (allow, not_action, action, resource, condition): Numbers) -> Value {
    let actions = ["*", "s3:*", "s3:G*", "s3:GetObject", "iam:*"];
    let mut statement = json!({
        "Effect": if allow { "Allow" } else { "Deny" },
        (if not_action { "NotAction" } else { "Action" }): actions[action],
        "Resource": words.resources[resource],
    });
    if let Some((operator, key, value)) = condition {
        let operator = words.operators[operator % words.operators.len()];
        let value = ["a", "true", "a*", "b"][value];
        statement["Condition"] = json!({ operator: { ["k:a", "k:b", "k:none"][key]: value } });
    }
    statement
}

fn written(words: Words, statements: &[Value]) -> String {
    json!({"Version": words.version, "Statement": statements}).to_string()
}

fn in_force(document: Document) -> Arc<InForce> {
    Arc::new(InForce { name: "p".into(), source: Source::Given, document: Arc::new(document) })
}

fn policies(words: Words, layer: &[Vec<Numbers>]) -> Vec<Arc<InForce>> {
    let read = |statements: &Vec<Numbers>| {
        let statements: Vec<Value> = statements.iter().map(|numbers| statement(words, *numbers)).collect();
        in_force(words.language.parse_session(&written(words, &statements)).unwrap())
    };
    layer.iter().map(read).collect()
}

/// Someone's layers, and what is asked.
#[derive(Clone, Debug)]
struct Scene {
    layers: Layers,
    action: usize,
    resource: usize,
    facts: [Option<usize>; 2],
    trust: Option<(bool, usize, bool, bool)>,
}

fn scene() -> impl Strategy<Value = Scene> {
    let fact = || prop::option::of(0_usize..3);
    let trust = prop::option::of((prop::bool::weighted(0.8), 0_usize..3, any::<bool>(), any::<bool>()));
    (layers(), 0_usize..3, 0_usize..3, fact(), fact(), trust).prop_map(
        |(layers, action, resource, first, second, trust)| Scene {
            layers,
            action,
            resource,
            facts: [first, second],
            trust,
        },
    )
}

fn outcome(words: Words, scene: &Scene) -> Outcome {
    let (identity, boundary, session) = &scene.layers;
    let standing = Standing::new(Policies {
        identity: policies(words, identity),
        boundary: boundary.as_ref().map(|layer| policies(words, layer)),
        session: session.as_ref().map(|layer| policies(words, layer)),
    });
    let mut context = Context::new();
    for (key, fact) in ["k:a", "k:b"].into_iter().zip(scene.facts) {
        context.put_some(key, fact.map(|fact| ["a", "true", "ab"][fact]));
    }
    // with a role's trust the question is always that of taking it on
    let action = match scene.trust {
        Some(_) => "sts:AssumeRole",
        None => ["s3:GetObject", "S3:PutObject", "iam:GetUser"][scene.action],
    };
    let trust = scene.trust.map(|(allow, who, same_account, is_needed)| {
        let statement = json!({"Effect": if allow { "Allow" } else { "Deny" },
            "Principal": {(words.kind): words.principals[who]}, "Action": "sts:AssumeRole"});
        let document = words.language.parse_trust(&written(words, &[statement])).unwrap();
        (in_force(document), same_account, is_needed)
    });
    let names = [words.principals[1].to_owned()];
    let taker = Taker { account: Some("111111111111"), names: &names };
    let resource_policy = trust.as_ref().map(|(policy, same_account, is_needed)| ResourcePolicy {
        policy,
        same_account: *same_account,
        is_needed: *is_needed,
        alone: taker,
        asker: taker,
    });
    let request = Request { action, resource: words.asked[scene.resource], principal: None, context: &context };
    standing.rule(&Question { request, resource_policy, rules: words.rules }).outcome
}

/// Puts one more policy of one statement into a layer that is there.
fn with(scene: &Scene, at: usize, numbers: Numbers) -> Scene {
    let mut more = scene.clone();
    let (identity, boundary, session) = &mut more.layers;
    let layer = match at {
        1 => boundary.as_mut().unwrap_or(identity),
        2 => session.as_mut().unwrap_or(identity),
        _ => identity,
    };
    layer.push(vec![numbers]);
    more
}

fn is_allowed(outcome: Outcome) -> bool {
    outcome == Outcome::Allowed
}

fn is_explicit(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::ExplicitDeny(_))
}

/// Every statement's order in its policy and every policy's in its layer the other way round.
fn turned(layer: &[Vec<Numbers>]) -> Vec<Vec<Numbers>> {
    layer.iter().rev().map(|policy| policy.iter().rev().copied().collect()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn one_more_allow_takes_nothing_away(words in words(), scene in scene(), at in 0_usize..3, mut numbers in numbers()) {
        numbers.0 = true;
        let (before, after) = (outcome(words, &scene), outcome(words, &with(&scene, at, numbers)));
        if is_allowed(before) {
            prop_assert!(is_allowed(after));
        }
        // where a session comes first, permitting there may bring to light what the identity denies
        if !is_explicit(before) && !words.rules.session_comes_first {
            prop_assert!(!is_explicit(after));
        }
    }

    #[test]
    fn one_more_denial_never_allows(words in words(), scene in scene(), at in 0_usize..3, mut numbers in numbers()) {
        numbers.0 = false;
        let (before, after) = (outcome(words, &scene), outcome(words, &with(&scene, at, numbers)));
        prop_assert!(is_allowed(before) || !is_allowed(after));
        if is_explicit(before) {
            prop_assert!(is_explicit(after));
        }
    }

    #[test]
    fn order_never_matters(words in words(), scene in scene()) {
        let (identity, boundary, session) = &scene.layers;
        let layers = (turned(identity), boundary.as_deref().map(turned), session.as_deref().map(turned));
        let other = Scene { layers, ..scene.clone() };
        prop_assert_eq!(outcome(words, &scene), outcome(words, &other));
    }

    #[test]
    fn everything_covers_all(words in words(), mut scene in scene()) {
        let all = || vec![vec![(true, false, 0, 0, None)]];
        scene.layers = (all(), Some(all()), Some(all()));
        // a role's trust may still keep out
        scene.trust = scene.trust.filter(|(allow, who, ..)| *allow && *who < 2);
        prop_assert_eq!(outcome(words, &scene), Outcome::Allowed);
    }

    #[test]
    fn one_more_layer_never_allows_more(words in words(), scene in scene(), narrowing in layer(), is_session in any::<bool>()) {
        let mut narrowed = scene.clone();
        let (_, boundary, session) = &mut narrowed.layers;
        let was_there = if is_session { session.replace(narrowing) } else { boundary.replace(narrowing) };
        if was_there.is_none() {
            prop_assert!(is_allowed(outcome(words, &scene)) || !is_allowed(outcome(words, &narrowed)));
        }
    }

    #[test]
    fn nothing_is_allowed_without_an_allow(words in words(), mut scene in scene()) {
        let (identity, ..) = &mut scene.layers;
        identity.iter_mut().flatten().for_each(|numbers| numbers.0 = false);
        scene.trust = None;
        prop_assert!(!is_allowed(outcome(words, &scene)));
    }

    #[test]
    fn one_value_and_a_list_of_it_read_alike(words in words(), statements in prop::collection::vec(numbers(), 1..4)) {
        let single: Vec<Value> = statements.iter().map(|numbers| statement(words, *numbers)).collect();
        let mut listed = single.clone();
        for statement in &mut listed {
            for name in ["Action", "NotAction", "Resource"] {
                if let Some(value) = statement.get_mut(name) {
                    *value = json!([value.clone()]);
                }
            }
            for keys in statement.get_mut("Condition").and_then(Value::as_object_mut).into_iter().flatten() {
                for (_, value) in keys.1.as_object_mut().unwrap() {
                    *value = json!([value.clone()]);
                }
            }
        }
        let read = |statements: &[Value]| words.language.parse_session(&written(words, statements)).unwrap();
        prop_assert_eq!(read(&single), read(&listed));
        // so does one statement without a list around it
        let alone = json!({"Version": words.version, "Statement": single[0]}).to_string();
        prop_assert_eq!(words.language.parse_session(&alone).unwrap(), read(&single[..1]));
        // the order of a statement's elements says nothing
        let turned: Vec<Value> = single
            .iter()
            .map(|one| Value::Object(one.as_object().unwrap().clone().into_iter().rev().collect()))
            .collect();
        prop_assert_eq!(read(&single), read(&turned));
    }
}
