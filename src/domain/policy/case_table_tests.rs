//! The clouds' documentation as a table: who asks for what under which policies, and what their rules make of it.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Value, json};

use super::principal::{NamedPrincipal, PrincipalKind};
use super::{
    AWS_LAYERS, By, Context, Document, InForce, Layer, LayerRules, Outcome, Policies, PolicyFault, PolicyLanguage,
    Question, RAM_LAYERS, Request, ResourcePolicy, Ruling, Selection, Source, Standing, Taker,
};

/// One case. A policy that is but a statement is the policy of that statement, in the newest version of its language.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    /// The document that decides, by title and section.
    source: String,
    language: Language,
    identity: Vec<Value>,
    boundary: Option<Vec<Value>>,
    session: Option<Vec<Value>>,
    resource_policy: Option<OfResource>,
    #[serde(default)]
    principal: Asker,
    request: Asked,
    expect: Expected,
    layer: Option<String>,
    /// Where the statement that decides stands in its layer: its policy, and its place there.
    policy: Option<usize>,
    statement: Option<usize>,
}

#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Language {
    Aws,
    Ram,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OfResource {
    same_account: bool,
    needed: bool,
    document: Value,
}

/// Who asks: under the names by which policies mean it alone, and under all.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asker {
    account: Option<String>,
    #[serde(default)]
    alone: Vec<String>,
    #[serde(default)]
    names: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    action: String,
    resource: String,
    context: BTreeMap<String, Vec<String>>,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
enum Expected {
    Allowed,
    ExplicitDeny,
    ImplicitDeny,
}

impl Language {
    fn layers(self) -> LayerRules {
        match self {
            Self::Aws => AWS_LAYERS,
            Self::Ram => RAM_LAYERS,
        }
    }

    fn version(self) -> &'static str {
        match self {
            Self::Aws => "2012-10-17",
            Self::Ram => "1",
        }
    }

    fn policies(self) -> PolicyLanguage {
        match self {
            Self::Aws => PolicyLanguage::Iam,
            Self::Ram => PolicyLanguage::Ram,
        }
    }

    /// The whole policy that stands for a statement.
    fn whole(self, policy: &Value) -> Value {
        match policy.get("Statement") {
            Some(_) => policy.clone(),
            None => json!({"Version": self.version(), "Statement": [policy]}),
        }
    }

    fn read(self, policy: &Value, layer: Layer) -> Result<Document, PolicyFault> {
        let text = self.whole(policy).to_string();
        match layer {
            Layer::Session => self.policies().parse_session(&text),
            _ => self.policies().parse_identity(&text),
        }
    }

    /// The policy of a thing that is no role. Its statements read as an identity's do, but for whom they name.
    fn read_of_resource(self, policy: &Value) -> Result<Document, PolicyFault> {
        let mut unnamed = policy.clone();
        let mut named = Vec::new();
        for statement in unnamed["Statement"].as_array_mut().unwrap() {
            let object = statement.as_object_mut().unwrap();
            let (positive, negative) = (object.shift_remove("Principal"), object.shift_remove("NotPrincipal"));
            let negated = negative.is_some();
            let kinds = match positive.or(negative).unwrap() {
                Value::String(everyone) => json!({ "AWS": everyone }),
                kinds => kinds,
            };
            let texts = match &kinds["AWS"] {
                Value::Array(many) => many.iter().map(|one| one.as_str().unwrap().to_owned()).collect(),
                one => vec![one.as_str().unwrap().to_owned()],
            };
            let read = texts.into_iter().map(|text| NamedPrincipal::read(PrincipalKind::Aws, text));
            named.push(Selection::new(negated, read.collect::<Result<Vec<_>, _>>()?));
        }
        let mut document = self.read(&unnamed, Layer::Resource)?;
        for (statement, principals) in document.statements.iter_mut().zip(named) {
            statement.principals = Some(principals);
        }
        Ok(document)
    }
}

fn cases() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/policy-evaluation");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let read = |file| serde_json::from_str::<Vec<Case>>(&fs::read_to_string(file).unwrap()).unwrap();
    files.into_iter().flat_map(read).collect()
}

fn in_force(documents: Vec<Document>) -> Vec<Arc<InForce>> {
    let named = |(at, document): (usize, Document)| {
        Arc::new(InForce { name: at.to_string(), source: Source::Given, document: Arc::new(document) })
    };
    documents.into_iter().enumerate().map(named).collect()
}

fn rule(case: &Case) -> Result<Ruling, PolicyFault> {
    let layer = |policies: &[Value], layer| {
        let read = policies.iter().map(|policy| case.language.read(policy, layer));
        read.collect::<Result<Vec<_>, _>>().map(in_force)
    };
    let standing = Standing::new(Policies {
        identity: layer(&case.identity, Layer::Identity)?,
        boundary: case.boundary.as_ref().map(|policies| layer(policies, Layer::Boundary)).transpose()?,
        session: case.session.as_ref().map(|policies| layer(policies, Layer::Session)).transpose()?,
    });
    let of_resource = match &case.resource_policy {
        Some(of) if of.needed => {
            Some((of, in_force(vec![case.language.policies().parse_trust(&of.document.to_string())?])))
        }
        Some(of) => Some((of, in_force(vec![case.language.read_of_resource(&of.document)?]))),
        None => None,
    };
    let mut context = Context::new();
    for (key, values) in &case.request.context {
        context.put_all(key, values.iter().cloned());
    }
    let account = case.principal.account.as_deref();
    let resource_policy = of_resource.as_ref().map(|(of, policy)| ResourcePolicy {
        policy: &policy[0],
        same_account: of.same_account,
        is_needed: of.needed,
        alone: Taker { account, names: &case.principal.alone },
        asker: Taker { account, names: &case.principal.names },
    });
    let (action, resource) = (case.request.action.as_str(), case.request.resource.as_str());
    let request = Request { action, resource, principal: None, context: &context };
    Ok(standing.rule(&Question { request, resource_policy, rules: case.language.layers() }))
}

/// The difference between what is expected and what came of it.
fn difference(case: &Case) -> Option<String> {
    let ruling = match rule(case) {
        Ok(ruling) => ruling,
        Err(fault) => return Some(format!("cannot be read: {fault:?}")),
    };
    let (found, denied) = match ruling.outcome {
        Outcome::Root | Outcome::Allowed => (Expected::Allowed, None),
        Outcome::ExplicitDeny(layer) => (Expected::ExplicitDeny, Some(layer)),
        Outcome::ImplicitDeny(layer) => (Expected::ImplicitDeny, Some(layer)),
    };
    if found != case.expect {
        return Some(format!("expected {:?}, found {:?}", case.expect, ruling.outcome));
    }
    let name = |layer: Layer| format!("{layer:?}").to_lowercase();
    if let (Some(wanted), Some(layer)) = (&case.layer, denied)
        && *wanted != name(layer)
    {
        return Some(format!("decided in {layer:?}, not in {wanted}"));
    }
    let (Some(wanted), Some(policy), Some(statement)) = (&case.layer, case.policy, case.statement) else { return None };
    let by = ruling.layers.iter().find(|of| name(of.layer) == *wanted).and_then(|of| of.by.as_ref());
    let place = |by: &By| (by.policy.name.clone(), by.statement);
    (by.map(place) != Some((policy.to_string(), statement)))
        .then(|| format!("decided by {:?}, not by {policy}.{statement} of {wanted}", by.map(place)))
}

#[test]
fn every_case_of_the_documentation_comes_out_as_it_says() {
    let cases = cases();
    let wrong: Vec<String> = cases
        .iter()
        .filter_map(|case| Some(format!("{} ({}): {}", case.name, case.source, difference(case)?)))
        .collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
fn the_table_is_complete_and_every_case_tells_its_source() {
    let cases = cases();
    let of = |language| cases.iter().filter(|case| case.language == language).count();
    assert!(of(Language::Aws) >= 220, "{}", of(Language::Aws));
    assert!(of(Language::Ram) >= 80, "{}", of(Language::Ram));
    assert!(cases.len() >= 300);
    let mut names = HashSet::new();
    for case in &cases {
        assert!(case.source.contains('"'), "{} has no source", case.name);
        assert!(names.insert((&case.source, &case.name)), "{} comes twice", case.name);
    }
}
