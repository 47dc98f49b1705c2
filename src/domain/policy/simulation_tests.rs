//! What simulations tell, as recorded.

use super::*;
use Decided::{Allowed, ExplicitDeny, ImplicitDeny};

const CALLER: &str = "arn:aws:iam::123456789012:user/p/alice";
const A: &str = "arn:aws:s3:::bucket/a";
const B: &str = "arn:aws:s3:::bucket/b";

fn document(statements: &str) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#)
}

fn statement(effect: &str, action: &str, resource: &str, more: &str) -> String {
    format!(r#"{{"Effect":"{effect}","Action":"{action}","Resource":"{resource}"{more}}}"#)
}

fn policy(id: &str, effect: &str) -> SimulatedPolicy {
    let (effect, action) = if effect == "other" { ("Allow", "s3:PutObject") } else { (effect, "s3:GetObject") };
    SimulatedPolicy::read(id, &document(&statement(effect, action, "*", ""))).unwrap()
}

fn of_bucket(effect: &str, principal: &str) -> SimulatedPolicy {
    let more = format!(r#","Principal":{{"AWS":"{principal}"}}"#);
    let text = document(&statement(effect, "s3:GetObject", "arn:aws:s3:::bucket/*", &more));
    SimulatedPolicy::read_of_resource("ResourcePolicy", &text).unwrap()
}

fn simulation(policies: Vec<SimulatedPolicy>, boundary: Option<SimulatedPolicy>) -> Simulation {
    Simulation::new("123456789012", policies, boundary, Context::new(), &HashSet::new())
}

fn given(document: &str) -> Simulation {
    simulation(vec![SimulatedPolicy::read("p", document).unwrap()], None)
}

fn asked(simulation: &Simulation, action: &str, resources: &[&str]) -> OfAction {
    let resources: Vec<String> = resources.iter().map(|resource| (*resource).to_owned()).collect();
    simulation.of_action(action, &resources, || true).unwrap()
}

fn shown<'a>(simulation: &'a Simulation, of: &OfResource) -> Vec<&'a str> {
    of.matched.iter().map(|place| simulation.shown(*place).unwrap().policy).collect()
}

#[test]
fn every_statement_that_decides_is_shown() {
    let both = simulation(vec![policy("p1", "Allow"), policy("p2", "Allow")], None);
    let found = asked(&both, "s3:GetObject", &["*"]).all;
    assert_eq!((found.decided, shown(&both, &found)), (Allowed, vec!["p1", "p2"]));
    let denied = simulation(vec![policy("p1", "Allow"), policy("p2", "Deny")], Some(policy("b", "Deny")));
    let found = asked(&denied, "S3:gEtObJeCt", &["*"]).all;
    assert_eq!((found.decided, shown(&denied, &found)), (ExplicitDeny, vec!["p2", "b"]));
    for action in ["s3:PutObject", "s3:*", "s3:", "madeup:Action"] {
        let found = asked(&both, action, &["*"]).all;
        assert_eq!((found.decided, found.matched.len()), (ImplicitDeny, 0), "{action}");
    }
}

#[test]
fn a_boundary_must_permit_and_is_not_what_permits() {
    for (identity, boundary, decided, within, by) in [
        ("Allow", "Allow", Allowed, true, vec!["p"]),
        ("Allow", "other", ImplicitDeny, false, vec![]),
        ("Allow", "Deny", ExplicitDeny, false, vec!["b"]),
        ("other", "Allow", ImplicitDeny, true, vec![]),
        ("Deny", "Allow", ExplicitDeny, true, vec!["p"]),
    ] {
        let simulation = simulation(vec![policy("p", identity)], Some(policy("b", boundary)));
        let found = asked(&simulation, "s3:GetObject", &[A, B]).all;
        assert_eq!(found.decided, decided, "{identity} {boundary}");
        assert_eq!((found.within_boundary, shown(&simulation, &found)), (Some(within), by), "{identity} {boundary}");
    }
}

#[test]
fn resources_together_are_the_most_restrictive_of_them() {
    let of_a = given(&document(&statement("Allow", "s3:GetObject", A, "")));
    let found = asked(&of_a, "s3:GetObject", &[A, B]);
    assert_eq!((found.each[0].decided, found.each[1].decided), (Allowed, ImplicitDeny));
    assert!(found.each[1].matched.is_empty());
    assert_eq!((found.all.decided, found.all.matched.len()), (ImplicitDeny, 1), "what permits one is shown");
    let statements = [statement("Allow", "s3:*", "*", ""), statement("Deny", "s3:*", B, "")].join(",");
    let found = asked(&given(&document(&statements)), "s3:GetObject", &[A, B]);
    assert_eq!(found.all.decided, ExplicitDeny);
    assert_eq!(found.all.matched.iter().map(|place| place.statement).collect::<Vec<_>>(), [1]);
}

#[test]
fn policies_of_resources_decide_as_recorded() {
    let root = "arn:aws:iam::123456789012:root";
    let other = Some("999999999999");
    for (identity, boundary, principal, effect, owner, decided, by) in [
        ("other", None, "*", "Allow", None, Allowed, vec!["ResourcePolicy"]),
        ("other", None, CALLER, "Allow", None, Allowed, vec!["ResourcePolicy"]),
        ("other", None, root, "Allow", None, Allowed, vec!["ResourcePolicy"]),
        ("Allow", None, CALLER, "Allow", None, Allowed, vec!["ResourcePolicy", "p"]),
        ("Allow", Some("other"), CALLER, "Allow", None, Allowed, vec!["ResourcePolicy", "p"]),
        ("other", Some("other"), root, "Allow", None, Allowed, vec!["ResourcePolicy"]),
        ("other", Some("Deny"), root, "Allow", None, ExplicitDeny, vec!["b"]),
        ("Deny", None, CALLER, "Allow", None, ExplicitDeny, vec!["p"]),
        ("Allow", None, CALLER, "Deny", None, ExplicitDeny, vec!["ResourcePolicy"]),
        ("Allow", None, "arn:aws:iam::123456789012:user/bob", "Deny", None, Allowed, vec!["p"]),
        ("other", None, "arn:aws:iam::123456789012:user/bob", "Allow", None, ImplicitDeny, vec![]),
        ("other", None, "*", "Allow", other, ImplicitDeny, vec![]),
        ("Allow", None, CALLER, "Allow", other, Allowed, vec!["ResourcePolicy", "p"]),
        ("Allow", Some("Allow"), CALLER, "Allow", other, Allowed, vec!["ResourcePolicy", "p"]),
        ("Allow", Some("other"), CALLER, "Allow", other, ImplicitDeny, vec![]),
        ("Allow", Some("Deny"), CALLER, "Allow", other, ExplicitDeny, vec!["b"]),
    ] {
        let boundary = boundary.map(|effect| policy("b", effect));
        let simulation = simulation(vec![policy("p", identity)], boundary)
            .with_resource_policy(
                of_bucket(effect, principal),
                &Caller::of_arn(CALLER).unwrap(),
                owner.map(str::to_owned),
                &HashSet::new(),
            )
            .unwrap();
        let found = asked(&simulation, "s3:GetObject", &[A]).all;
        let told = (identity, principal, effect, owner);
        assert_eq!((found.decided, shown(&simulation, &found)), (decided, by), "{told:?}");
        assert_eq!(found.verdicts.is_some(), owner.is_some(), "{told:?}");
    }
    let everything = SimulatedPolicy::read_of_resource(
        "r",
        &document(&statement("Allow", "s3:GetObject", "*", r#","Principal":"*""#)),
    );
    let caller = Caller::of_arn(CALLER).unwrap();
    let refused = simulation(vec![], None).with_resource_policy(everything.unwrap(), &caller, None, &HashSet::new());
    assert_eq!(refused.unwrap_err(), SimulationFault::ResourceNotArn("*".into()));
}

#[test]
fn keys_that_are_not_given_are_missing_where_nothing_permits() {
    let condition =
        r#","Condition":{"StringEquals":{"aws:UserId":"${stack:var, 'x'}","AWS:userid":"b","s:given":"x"}}"#;
    let statements = [
        statement("Allow", "s3:PutObject", "arn:aws:s3:::b/${aws:username}", condition),
        statement("Allow", "iam:GetUser", "*", ""),
    ];
    let document = document(&statements.join(","));
    let policy = SimulatedPolicy::read("p", &document).unwrap();
    let mut context = Context::new();
    context.put("aws:userid", "known by itself");
    let given = HashSet::from(["s:given".to_owned()]);
    let simulation = Simulation::new("123456789012", vec![policy], None, context, &given);
    let found = asked(&simulation, "s3:GetObject", &["*"]).all;
    assert_eq!(simulation.missing(found.decided), ["AWS:userid", "aws:UserId", "aws:username", "stack:var"]);
    assert!(simulation.missing(asked(&simulation, "iam:GetUser", &["*"]).all.decided).is_empty());
}

#[test]
fn actions_are_about_resources_of_their_service() {
    let everything = given(&document(&statement("Allow", "*", "*", "")));
    for (action, resource, decided) in [
        ("s3:GetObject", A, Allowed),
        ("s3:GetObject", CALLER, ImplicitDeny),
        ("iam:GetUser", A, ImplicitDeny),
        ("iam:GetUser", CALLER, Allowed),
        ("sts:AssumeRole", CALLER, Allowed),
        ("madeup:Do", A, Allowed),
        ("iam:GetUser", "*", Allowed),
    ] {
        assert_eq!(asked(&everything, action, &[resource]).all.decided, decided, "{action} {resource}");
    }
}

#[test]
fn what_is_asked_is_checked() {
    let check = |actions: &[&str], resources: &[&str]| {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        Simulation::check(&owned(actions), &owned(resources))
    };
    let not_arn = |text: &str| Err(SimulationFault::ResourceNotArn(text.into()));
    assert_eq!(check(&["s3:", "s3:Get Object", "a:*"], &[]), Ok(()));
    assert_eq!(check(&["GetObject"], &[]), Err(SimulationFault::ActionWithoutService));
    assert_eq!(check(&["a:b"], &["*"]), Ok(()));
    assert_eq!(check(&["a:b"], &["*", A]), not_arn("*"));
    assert_eq!(check(&["a:b"], &["*", "*"]), not_arn("*"));
    for bad in ["not-an-arn", "arn:aws:s3", "arn:aws:s3:::", "arn::s3:::b", "arn:aws::::b"] {
        assert_eq!(check(&["a:b"], &[A, bad]), not_arn(bad), "{bad}");
    }
    for (arn, user) in [(CALLER, Some("alice")), ("arn:aws:iam::123456789012:role/p/r", None)] {
        assert_eq!(Caller::of_arn(arn).unwrap().user_name.as_deref(), user);
    }
    for bad in
        ["arn:aws:iam::123456789012:root", "arn:aws:sts::123456789012:assumed-role/r/s", "x", "arn:aws:iam::1:user/a"]
    {
        assert_eq!(Caller::of_arn(bad), None, "{bad}");
    }
}

#[test]
fn it_ends_when_it_may_not_go_on() {
    let everything = given(&document(&statement("Allow", "*", "*", "")));
    let found = everything.of_action("s3:GetObject", &[A.to_owned()], || false);
    assert_eq!(found, Err(SimulationFault::TooMuch));
}
