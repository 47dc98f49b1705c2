//! A policy's elements, each of the type it must have and nothing more; must not know which of them a kind of policy
//! needs, forbids or checks first.

use super::condition::{Comparison, Condition};
use super::document::{Effect, Selection, Statement, Version};
use super::json::Json;
use super::language::PolicyLanguage;
use super::pattern::{Grammar, Pattern};
use super::principal::NamedPrincipal;
use super::resource;

type Object = Vec<(String, Json)>;

/// Why a document has not even a policy's elements.
#[derive(Debug, PartialEq)]
pub(super) enum Misfit {
    /// It has an element that there is not; names compare by case (AWS IAM User Guide, "Grammar of the IAM JSON policy
    /// language").
    Unknown(String),
    /// An element is of another type than it must be, or stands beside its opposite; an operator of IAM's that there is
    /// not.
    Type,
    /// An operator that RAM's language has not.
    Operator(String),
}

/// A list under the name of an element, or of its opposite.
#[derive(Debug, PartialEq)]
pub(super) struct Listed {
    pub(super) negated: bool,
    pub(super) texts: Vec<String>,
}

impl Listed {
    /// The list, unless there is none or it is empty.
    pub(super) fn filled(listed: Option<&Self>) -> Option<&Self> {
        listed.filter(|listed| !listed.texts.is_empty())
    }

    pub(super) fn iter(listed: Option<&Self>) -> impl Iterator<Item = &String> {
        listed.into_iter().flat_map(|listed| &listed.texts)
    }

    /// What the list selects: everything where there is none.
    fn selection(listed: Option<&Self>, pattern: impl Fn(&str) -> Pattern) -> Selection<Pattern> {
        match listed {
            Some(Self { negated, texts }) => Selection::new(*negated, texts.iter().map(|text| pattern(text)).collect()),
            None => Selection::AllBut(Vec::new()),
        }
    }
}

/// One comparison of one key.
#[derive(Debug, PartialEq)]
pub(super) struct RawCondition {
    pub(super) comparison: Comparison,
    pub(super) key: String,
    pub(super) values: Vec<String>,
}

/// A statement's elements as they are written.
#[derive(Debug, Default, PartialEq)]
pub(super) struct RawStatement {
    pub(super) sid: Option<String>,
    pub(super) effect: Option<String>,
    pub(super) actions: Option<Listed>,
    pub(super) resources: Option<Listed>,
    pub(super) principal: Option<Json>,
    pub(super) not_principal: Option<Json>,
    pub(super) conditions: Vec<RawCondition>,
}

/// A policy's elements as they are written.
#[derive(Debug, Default, PartialEq)]
pub(super) struct RawDocument {
    pub(super) version: Option<String>,
    pub(super) id: Option<String>,
    pub(super) statements: Option<Vec<RawStatement>>,
}

impl RawDocument {
    /// Reads a document in a language: that of RAM has no names for documents and statements.
    pub(super) fn read(object: Object, language: PolicyLanguage) -> Result<Self, Misfit> {
        let mut read = Self::default();
        for (name, value) in object {
            match name.as_str() {
                "Version" => read.version = Some(text(value)?),
                "Id" if language == PolicyLanguage::Iam => read.id = Some(text(value)?),
                "Statement" => {
                    let list = if let Json::List(list) = value { list } else { vec![value] };
                    read.statements = Some(
                        list.into_iter().map(|json| RawStatement::read(json, language)).collect::<Result<_, _>>()?,
                    );
                }
                _ => return Err(Misfit::Unknown(name)),
            }
        }
        Ok(read)
    }
}

impl RawStatement {
    fn read(json: Json, language: PolicyLanguage) -> Result<Self, Misfit> {
        let is_iams = language == PolicyLanguage::Iam;
        let mut read = Self::default();
        for (name, value) in object(json)? {
            match name.as_str() {
                "Sid" if is_iams => read.sid = Some(text(value)?),
                "Effect" => read.effect = Some(text(value)?),
                "Action" => list(&mut read.actions, false, value)?,
                "NotAction" => list(&mut read.actions, true, value)?,
                "Resource" => list(&mut read.resources, false, value)?,
                "NotResource" => list(&mut read.resources, true, value)?,
                "Principal" => read.principal = Some(value),
                "NotPrincipal" if is_iams => read.not_principal = Some(value),
                "Condition" => read.conditions = conditions(value, language)?,
                _ => return Err(Misfit::Unknown(name)),
            }
        }
        if read.principal.is_some() && read.not_principal.is_some() {
            return Err(Misfit::Type);
        }
        Ok(read)
    }

    /// The effect, whatever its case.
    pub(super) fn effect_ignoring_case(&self) -> Option<Effect> {
        match self.effect.as_deref()? {
            allow if allow.eq_ignore_ascii_case("Allow") => Some(Effect::Allow),
            deny if deny.eq_ignore_ascii_case("Deny") => Some(Effect::Deny),
            _ => None,
        }
    }

    /// The effect as it has to be written.
    pub(super) fn exact_effect(&self) -> Option<Effect> {
        let exact = matches!(self.effect.as_deref(), Some("Allow" | "Deny"));
        self.effect_ignoring_case().filter(|_| exact)
    }

    /// The statement, once what it says has been found sound.
    pub(super) fn into_statement(
        self,
        effect: Effect,
        version: Version,
        principals: Option<Selection<NamedPrincipal>>,
    ) -> Statement {
        let action = Grammar { wildcards: true, ignores_case: true, ..Grammar::default() };
        let actions = Listed::selection(self.actions.as_ref(), |text| Pattern::parse(text, action));
        let resource = Grammar { wildcards: true, variables: version.has_variables(), ..Grammar::default() };
        let resources = Listed::selection(self.resources.as_ref(), |text| match version {
            Version::Ram1 => Pattern::parse(text, resource),
            Version::V2008 | Version::V2012 => Pattern::parse(&resource::complete(text), resource),
        });
        let conditions = self
            .conditions
            .into_iter()
            .map(|raw| Condition::new(raw.comparison, raw.key, &raw.values, version))
            .collect();
        Statement { sid: self.sid, effect, actions, resources, principals, conditions }
    }
}

fn object(json: Json) -> Result<Object, Misfit> {
    match json {
        Json::Object(object) => Ok(object),
        _ => Err(Misfit::Type),
    }
}

fn text(json: Json) -> Result<String, Misfit> {
    match json {
        Json::Text(text) => Ok(text),
        _ => Err(Misfit::Type),
    }
}

fn list(into: &mut Option<Listed>, negated: bool, json: Json) -> Result<(), Misfit> {
    let texts = json.into_texts().ok_or(Misfit::Type)?;
    // an element beside its opposite, even an empty one, is a syntax error (recorded)
    if into.replace(Listed { negated, texts }).is_some() { Err(Misfit::Type) } else { Ok(()) }
}

/// Reads a condition block. An unknown operator is let pass by AWS where it compares nothing (recorded). Values are texts
/// in RAM: numbers and truth values need quotes (RAM documentation, "Policy structure and syntax").
fn conditions(json: Json, language: PolicyLanguage) -> Result<Vec<RawCondition>, Misfit> {
    let mut read = Vec::new();
    for (name, keys) in object(json)? {
        let comparison = Comparison::named_in(language, &name);
        if comparison.is_none() && language == PolicyLanguage::Ram {
            return Err(Misfit::Operator(name));
        }
        for (key, values) in object(keys)? {
            let comparison = comparison.ok_or(Misfit::Type)?;
            let values = match language {
                PolicyLanguage::Ram => values.into_texts(),
                PolicyLanguage::Iam => values.into_scalars(),
            };
            let values = values.ok_or(Misfit::Type)?;
            read.push(RawCondition { comparison, key, values });
        }
    }
    Ok(read)
}
