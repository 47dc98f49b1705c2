//! What must hold for a statement to apply; must not know what the request says.
//!
//! The operators are those of the AWS IAM User Guide, "IAM JSON policy elements: Condition operators", of which RAM's
//! language has a part.

use super::date::is_date;
use super::document::Version;
use super::language::PolicyLanguage;
use super::pattern::{Grammar, Pattern};

/// How a key's values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the operator of its name")]
pub enum Operator {
    StringEquals,
    StringNotEquals,
    StringEqualsIgnoreCase,
    StringNotEqualsIgnoreCase,
    StringLike,
    StringNotLike,
    NumericEquals,
    NumericNotEquals,
    NumericLessThan,
    NumericLessThanEquals,
    NumericGreaterThan,
    NumericGreaterThanEquals,
    DateEquals,
    DateNotEquals,
    DateLessThan,
    DateLessThanEquals,
    DateGreaterThan,
    DateGreaterThanEquals,
    Bool,
    BinaryEquals,
    IpAddress,
    NotIpAddress,
    ArnEquals,
    ArnLike,
    ArnNotEquals,
    ArnNotLike,
    Null,
}

impl Operator {
    /// The operator of this name; case matters.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "StringEquals" => Self::StringEquals,
            "StringNotEquals" => Self::StringNotEquals,
            "StringEqualsIgnoreCase" => Self::StringEqualsIgnoreCase,
            "StringNotEqualsIgnoreCase" => Self::StringNotEqualsIgnoreCase,
            "StringLike" => Self::StringLike,
            "StringNotLike" => Self::StringNotLike,
            "NumericEquals" => Self::NumericEquals,
            "NumericNotEquals" => Self::NumericNotEquals,
            "NumericLessThan" => Self::NumericLessThan,
            "NumericLessThanEquals" => Self::NumericLessThanEquals,
            "NumericGreaterThan" => Self::NumericGreaterThan,
            "NumericGreaterThanEquals" => Self::NumericGreaterThanEquals,
            "DateEquals" => Self::DateEquals,
            "DateNotEquals" => Self::DateNotEquals,
            "DateLessThan" => Self::DateLessThan,
            "DateLessThanEquals" => Self::DateLessThanEquals,
            "DateGreaterThan" => Self::DateGreaterThan,
            "DateGreaterThanEquals" => Self::DateGreaterThanEquals,
            "Bool" => Self::Bool,
            "BinaryEquals" => Self::BinaryEquals,
            "IpAddress" => Self::IpAddress,
            "NotIpAddress" => Self::NotIpAddress,
            "ArnEquals" => Self::ArnEquals,
            "ArnLike" => Self::ArnLike,
            "ArnNotEquals" => Self::ArnNotEquals,
            "ArnNotLike" => Self::ArnNotLike,
            "Null" => Self::Null,
            _ => return None,
        })
    }

    /// Whether RAM's language has it too (RAM documentation, "Conditional operators").
    fn is_in_ram(self) -> bool {
        !matches!(
            self,
            Self::BinaryEquals | Self::ArnEquals | Self::ArnLike | Self::ArnNotEquals | Self::ArnNotLike | Self::Null
        )
    }

    /// Whether it compares dates.
    pub fn compares_dates(self) -> bool {
        matches!(
            self,
            Self::DateEquals
                | Self::DateNotEquals
                | Self::DateLessThan
                | Self::DateLessThanEquals
                | Self::DateGreaterThan
                | Self::DateGreaterThanEquals
        )
    }

    /// What has a meaning in its values. Both forms of comparing ARNs take wildcards; variables stand in texts and ARNs
    /// alone (AWS IAM User Guide, "IAM policy elements: Variables and tags").
    fn grammar(self, version: Version) -> Grammar {
        let variables = version.has_variables();
        match self {
            Self::StringEquals | Self::StringNotEquals => Grammar { variables, ..Grammar::default() },
            Self::StringEqualsIgnoreCase | Self::StringNotEqualsIgnoreCase => {
                Grammar { variables, ignores_case: true, ..Grammar::default() }
            }
            Self::StringLike
            | Self::StringNotLike
            | Self::ArnEquals
            | Self::ArnLike
            | Self::ArnNotEquals
            | Self::ArnNotLike => Grammar { wildcards: true, variables, ..Grammar::default() },
            _ => Grammar::default(),
        }
    }
}

/// How the values of a key that may have several are taken together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantifier {
    /// All of them, which holds of none.
    ForAllValues,
    /// One of them at the least.
    ForAnyValue,
}

/// The name of a comparison: `ForAnyValue:StringLikeIfExists`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Comparison {
    quantifier: Option<Quantifier>,
    operator: Operator,
    if_exists: bool,
}

impl Comparison {
    /// Takes a name apart.
    pub(super) fn named(name: &str) -> Option<Self> {
        let (quantifier, name) = match name.split_once(':') {
            Some(("ForAllValues", name)) => (Some(Quantifier::ForAllValues), name),
            Some(("ForAnyValue", name)) => (Some(Quantifier::ForAnyValue), name),
            Some(_) => return None,
            None => (None, name),
        };
        let (operator, if_exists) = match name.strip_suffix("IfExists") {
            Some(name) => (Operator::named(name)?, true),
            None => (Operator::named(name)?, false),
        };
        // AWS IAM User Guide, "IAM JSON policy elements: Condition operators": every operator but Null has the suffix
        let sound = !(if_exists && operator == Operator::Null);
        sound.then_some(Self { quantifier, operator, if_exists })
    }

    /// Takes a name apart in a language. RAM has quantifiers (the policy PowerUserAccess that Alibaba Cloud publishes
    /// says `ForAllValues:StringEquals`) and neither `IfExists` nor `Null`, which it refuses (recorded).
    pub(super) fn named_in(language: PolicyLanguage, name: &str) -> Option<Self> {
        let named = Self::named(name)?;
        match language {
            PolicyLanguage::Iam => Some(named),
            PolicyLanguage::Ram => (named.operator.is_in_ram() && !named.if_exists).then_some(named),
        }
    }

    /// The operator without what stands around it.
    pub(super) fn operator(self) -> Operator {
        self.operator
    }
}

/// One key and what it is compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// How several values of the key are taken together.
    pub quantifier: Option<Quantifier>,
    /// How they are compared.
    pub operator: Operator,
    /// Whether it also holds where the request has no such key.
    pub if_exists: bool,
    /// The key as it is written; keys compare without regard to case.
    pub key: String,
    /// What it is compared with, any of them.
    pub values: Vec<Pattern>,
}

impl Condition {
    pub(super) fn new(comparison: Comparison, key: String, values: &[String], version: Version) -> Self {
        let Comparison { quantifier, operator, if_exists } = comparison;
        let grammar = operator.grammar(version);
        let values = values.iter().map(|value| Pattern::parse(value, grammar)).collect();
        Self { quantifier, operator, if_exists, key, values }
    }
}

/// The first of the values that `comparison` cannot read as a date.
pub(super) fn illegible_date(comparison: Comparison, values: &[String]) -> Option<&String> {
    comparison.operator.compares_dates().then(|| values.iter().find(|value| !is_date(value))).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comparisons_are_taken_apart() {
        let any = Comparison::named("ForAnyValue:StringLikeIfExists").unwrap();
        assert_eq!(any.quantifier, Some(Quantifier::ForAnyValue));
        assert_eq!((any.operator, any.if_exists), (Operator::StringLike, true));
        let plain = Comparison::named("Null").unwrap();
        assert_eq!((plain.quantifier, plain.operator, plain.if_exists), (None, Operator::Null, false));
        for bad in ["", "stringEquals", "NullIfExists", "ForAnyValue::Bool", "ForSome:Bool", "IfExists", "Bool:Bool"] {
            assert_eq!(Comparison::named(bad), None, "{bad}");
        }
    }

    #[test]
    fn rams_language_has_a_part_of_the_operators() {
        let ram = |name: &str| Comparison::named_in(PolicyLanguage::Ram, name).is_some();
        for name in ["StringNotLike", "NumericEquals", "DateLessThan", "Bool", "NotIpAddress", "ForAnyValue:StringLike"]
        {
            assert!(ram(name), "{name}");
        }
        for name in ["Null", "BoolIfExists", "ArnLike", "BinaryEquals", "ForAllValues:ArnEquals", "bool", "StringMatch"]
        {
            assert!(!ram(name), "{name}");
        }
        assert!(Comparison::named_in(PolicyLanguage::Iam, "BoolIfExists").is_some());
    }

    #[test]
    fn wildcards_and_variables_stand_where_the_operator_takes_them() {
        let value = |name: &str, version| {
            let comparison = Comparison::named(name).unwrap();
            Condition::new(comparison, "k".into(), &["a*${b, 'c'}".into()], version).values.remove(0)
        };
        assert!(value("StringLike", Version::V2012).matches("axxc"));
        assert!(value("ArnEquals", Version::V2012).matches("axxc"));
        assert!(value("StringEquals", Version::V2012).matches("a*c"));
        assert!(value("StringEqualsIgnoreCase", Version::V2012).matches("A*C"));
        assert!(value("StringLike", Version::V2008).matches("axx${b, 'c'}"));
        assert!(value("Bool", Version::V2012).matches("a*${b, 'c'}"));
    }
}
