//! Whether a role's trust policy lets someone in; must not know what that one's own policies say.
//!
//! The rules are those of the AWS IAM User Guide, "AWS JSON policy elements: Principal" and "Policy evaluation logic".

use super::document::{Document, Selection, Statement};
use super::evaluate::{Decision, Request, Verdict};
use super::principal::{NamedPrincipal, Principal};

/// Someone who wants to take a role on, under every name that a policy may have for it.
#[derive(Clone, Copy, Debug)]
pub struct Taker<'a> {
    /// The account it is in; a service, or someone whom a provider vouches for, is in none.
    pub account: Option<&'a str>,
    /// The ARNs of the user; of the role and the session; of the federated user; their unique ids; the service's
    /// domain; the provider's ARN or domain.
    pub names: &'a [String],
}

/// How a policy names someone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Naming {
    /// As itself, or with everyone.
    Directly,
    /// By its account, which thereby may let its own in.
    ByAccount,
}

impl Taker<'_> {
    /// Whether a policy's principal is this one.
    pub(super) fn is(&self, named: &NamedPrincipal) -> bool {
        self.naming(named).is_some()
    }

    fn naming(&self, named: &NamedPrincipal) -> Option<Naming> {
        match &named.who {
            Principal::Everyone => self.account.map(|_| Naming::Directly),
            Principal::Account(account) => (self.account == Some(account)).then_some(Naming::ByAccount),
            _ => self.names.iter().any(|name| is_same(named, name)).then_some(Naming::Directly),
        }
    }

    /// How a statement names it, in the way that admits most.
    fn naming_in(&self, statement: &Statement) -> Option<Naming> {
        let principals = statement.principals.as_ref()?;
        let excepts = matches!(principals, Selection::AllBut(_));
        // who is excepted is excepted by its own name: that of its account, which has to be there beside it, excepts
        // only the account (User Guide, "AWS JSON policy elements: NotPrincipal")
        let is_listed =
            |named: &NamedPrincipal| self.naming(named).is_some_and(|naming| !excepts || naming == Naming::Directly);
        if !principals.means(is_listed) {
            return None;
        }
        let direct = principals.listed().iter().any(|named| self.naming(named) == Some(Naming::Directly));
        Some(if direct { Naming::Directly } else { Naming::ByAccount })
    }
}

/// Whether a name is the one that is written. Alibaba Cloud's names are unique without regard to case, and one of its
/// ARNs was seen with a role's name in small letters (that providers' compare so too is inferred).
fn is_same(named: &NamedPrincipal, name: &str) -> bool {
    let ignores_case = named.written.starts_with("acs:");
    named.written == name || (ignores_case && named.written.eq_ignore_ascii_case(name))
}

/// What a trust policy says of someone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission<'a> {
    /// It lets it in by itself.
    Admitted(Decision<'a>),
    /// It lets those of its account in whom that account permits the action. In RAM everyone needs that permission, also
    /// who is admitted (RAM documentation, "Policy evaluation process").
    Delegated(Decision<'a>),
    /// It keeps it out.
    Denied(Decision<'a>),
    /// It says nothing, which keeps it out too.
    Unmentioned,
}

impl Document {
    /// What the policy says of the request's principal. Where one statement names it and another only its account, it
    /// is named.
    pub fn admission(&self, request: &Request<'_>) -> Admission<'_> {
        let Some(taker) = request.principal else { return Admission::Unmentioned };
        let by = |naming: Option<Naming>| {
            self.decide(|statement| {
                let named = taker.naming_in(statement);
                named.is_some() && (naming.is_none() || named == naming) && statement.applies(request, self.version)
            })
        };
        match by(None) {
            Verdict::Deny(decision) => Admission::Denied(decision),
            Verdict::NoMatch => Admission::Unmentioned,
            Verdict::Allow(decision) => match by(Some(Naming::Directly)) {
                Verdict::Allow(direct) => Admission::Admitted(direct),
                Verdict::Deny(_) | Verdict::NoMatch => Admission::Delegated(decision),
            },
        }
    }
}

#[cfg(test)]
#[path = "trust_admission_tests.rs"]
mod tests;
