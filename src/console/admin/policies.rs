//! Managed policies, the account's own and the cloud's: the list with a search, and making one.

use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::super::page::{Failure, stamp};
use super::super::signed_in::{SignedForm, SignedIn};
use super::desk::{Desk, ListQuery, ROWS, encode, list_path};
use super::form::Input;
use super::permission::{self as deeds, On};
use super::view::{Block, Cell, Link, Panel, Search, Table};
use super::words;
use crate::domain::arn::Kind;
use crate::domain::error::Error;
use crate::domain::name;
use crate::domain::own_policy::AnyPolicy;
use crate::services::policies::{self, PolicyRef, UsedPolicy};
use crate::services::policy_listing::{self, Filter};
use crate::services::users::Page;

pub(super) const PATH: &str = "/console/policies";
pub(super) const NEW: &str = "/console/new/policy";

/// Who keeps a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Keeper {
    Own,
    Cloud,
}

impl Keeper {
    pub(super) fn of(policy: &AnyPolicy) -> Self {
        match policy {
            AnyPolicy::Own(_) => Self::Own,
            AnyPolicy::Clouds(_) => Self::Cloud,
        }
    }

    /// As paths and forms have it.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Cloud => "cloud",
        }
    }

    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Own => "Account",
            Self::Cloud => "Cloud",
        }
    }

    pub(super) fn reference(self, name: &str) -> PolicyRef<'_> {
        match self {
            Self::Own => PolicyRef::Own(name),
            Self::Cloud => PolicyRef::Clouds(name),
        }
    }
}

/// The page of a policy.
pub(super) fn path(keeper: Keeper, name: &str) -> String {
    format!("{PATH}/{}/{}", keeper.as_str(), encode(name))
}

/// Policies whose names have the text in them. All of them are few: the account has a quota, the cloud's are in memory.
pub(super) async fn find(
    desk: &Desk,
    search: &str,
    after: &str,
    keeper: Option<policy_listing::Keeper>,
) -> Result<Page<UsedPolicy>, Failure> {
    let wanted = name::key(search.trim());
    let filter = Filter { keeper: keeper.unwrap_or_default(), ..Filter::default() };
    let chunk = if wanted.is_empty() { ROWS } else { 20 * ROWS };
    let (mut items, mut after) = (Vec::new(), after.to_owned());
    loop {
        let page = policy_listing::list(desk.ctx(), &filter, &after, chunk).await.map_err(|error| desk.fail(error))?;
        for used in page.items {
            if items.len() == ROWS {
                let next = items.last().map(place);
                return Ok(Page { items, next });
            }
            if name::key(used.policy.name()).contains(&wanted) {
                items.push(used);
            }
        }
        let Some(next) = page.next else { return Ok(Page { items, next: None }) };
        if items.len() == ROWS {
            let next = items.last().map(place);
            return Ok(Page { items, next });
        }
        after = next;
    }
}

/// Where a policy stands in the listing.
fn place(used: &UsedPolicy) -> String {
    let is_clouds = Keeper::of(&used.policy) == Keeper::Cloud;
    format!("{} {}", name::key(used.policy.name()), u8::from(is_clouds))
}

/// The ways to other pages of a search by a part of the name.
pub(super) fn pager(path: &str, query: &ListQuery, next: Option<&str>) -> Option<Block> {
    let first = (!query.after.is_empty()).then(|| list_path(path, &query.search, ""));
    let next = next.map(|next| list_path(path, &query.search, next));
    (first.is_some() || next.is_some()).then_some(Block::Pager(first, next))
}

pub(super) async fn list(me: SignedIn, Query(query): Query<ListQuery>) -> Result<Response, Failure> {
    let desk = Desk::new(me, "policies");
    desk.demand(deeds::LIST_POLICIES, &[On::All(Kind::Policy)]).await?;
    let page = find(&desk, &query.search, &query.after, None).await?;
    let mut view = desk.view("Policies");
    view.lead = String::from("What the account keeps itself, and what the cloud keeps for all.");
    match desk.lacks(deeds::CREATE_POLICY, &[On::New(Kind::Policy, "/", "*")]).await? {
        None => view.actions.push(Link::new(NEW, "Create policy")),
        Some(missing) => view.blocks.push(Block::Missing(format!("{missing} to create policies"))),
    }
    let label = "Search by a part of the name";
    view.blocks.push(Block::Search(Search { action: PATH.to_owned(), label, value: query.search.clone() }));
    let rows = page.items.iter().map(|used| {
        let keeper = Keeper::of(&used.policy);
        vec![
            Cell::link(path(keeper, used.policy.name()), used.policy.name()),
            Cell::text(keeper.title()),
            Cell::or_dash(used.policy.description()),
            Cell::text(used.uses.attachments.to_string()),
            Cell::text(stamp(used.policy.updated_at())),
        ]
    });
    let rows: Vec<_> = rows.collect();
    view.blocks.push(if rows.is_empty() {
        Block::empty("No policy's name has this in it", "Try a shorter part of the name.")
    } else {
        Block::Table(Table::new("Policies", &["Name", "Kept by", "Description", "Attached", "Changed"], rows))
    });
    view.blocks.extend(pager(PATH, &query, page.next.as_deref()));
    Ok(desk.send(&view))
}

/// What is filled in to make a policy.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct NewPolicy {
    name: String,
    path: String,
    description: String,
    document: String,
}

/// The path that was filled in, or else the one of most.
fn placed(path: &str) -> &str {
    if path.is_empty() { "/" } else { path }
}

fn page(desk: &Desk, form: &NewPolicy, status: StatusCode, faults: [&str; 3]) -> Response {
    let [name, place, document] = faults;
    let field = Input::text("name", "Policy name").value(&*form.name).required().focus().error(name);
    let about = Input::text("description", "Description").value(&*form.description);
    let text = Input::area("document", "Policy document").value(&*form.document).required().error(document);
    let mut fields = desk.form(NEW, "Create policy").with(field);
    if words::of_cloud(desk.cloud()).has_paths {
        fields = fields.with(Input::text("path", "Path").value(placed(&form.path)).error(place));
    }
    let fields = fields.with(about).with(text).cancel(PATH);
    let mut view = desk.view("Create policy");
    view.trail = vec![Link::new(PATH, "Policies")];
    view.panels = vec![Panel::new("new", "The policy", vec![fields.block()])];
    desk.send_as(status, &view)
}

pub(super) async fn new(me: SignedIn) -> Result<Response, Failure> {
    let desk = Desk::new(me, "policies");
    desk.demand(deeds::CREATE_POLICY, &[On::New(Kind::Policy, "/", "*")]).await?;
    let document = words::of_cloud(desk.cloud()).policy.to_owned();
    Ok(page(&desk, &NewPolicy { document, ..NewPolicy::default() }, StatusCode::OK, [""; 3]))
}

pub(super) async fn create(sent: SignedForm<NewPolicy>) -> Result<Response, Failure> {
    let desk = Desk::new(sent.signed_in, "policies");
    let form = sent.form;
    desk.demand(deeds::CREATE_POLICY, &[On::New(Kind::Policy, placed(&form.path), &form.name)]).await?;
    let fault = words::name_fault(&form.name, words::of_cloud(desk.cloud()).policy_marks, 128);
    let misplaced = words::path_fault(placed(&form.path));
    if !fault.is_empty() || !misplaced.is_empty() {
        return Ok(page(&desk, &form, StatusCode::BAD_REQUEST, [&fault, &misplaced, ""]));
    }
    let create = policies::Create {
        name: form.name.clone(),
        path: placed(&form.path).to_owned(),
        // IAM 2010-05-08 and RAM 2015-05-01 CreatePolicy, Description: 1000 and 1024 characters.
        description: form.description.chars().take(1_000).collect(),
        document: lines(&form.document),
        tags: Vec::new(),
    };
    let made = desk.run(move |desk| {
        let create = create.clone();
        async move { policies::create(desk.ctx(), &create).await }
    });
    match made.await? {
        Ok(used) => {
            let name = used.policy.name();
            Ok(desk.done(&path(Keeper::Own, name), &format!("The policy {name} is made.")))
        }
        Err(error @ (Error::Policy(_) | Error::PolicyTooLarge(..))) => {
            let (status, text) = desk.words(&error).ok_or_else(Failure::internal)?;
            Ok(page(&desk, &form, status, ["", "", &text]))
        }
        Err(error @ (Error::AlreadyExists(..) | Error::LimitExceeded(..))) => {
            let (status, text) = desk.words(&error).ok_or_else(Failure::internal)?;
            Ok(page(&desk, &form, status, [&text, "", ""]))
        }
        Err(error) => Err(desk.fail(error)),
    }
}

/// A document as it was typed: browsers end lines with two characters.
pub(super) fn lines(text: &str) -> String {
    text.replace("\r\n", "\n")
}

/// A document, laid out; what stands in it and in which order stays as it is.
pub(super) fn pretty(document: &str) -> String {
    if document.contains('\n') {
        return document.to_owned();
    }
    let (mut out, mut depth, mut in_text, mut escaped) = (String::new(), 0_usize, false, false);
    let newline = |out: &mut String, depth: usize| {
        out.push('\n');
        out.extend(std::iter::repeat_n("  ", depth.min(32)));
    };
    let mut letters = document.chars().peekable();
    while let Some(letter) = letters.next() {
        if in_text {
            out.push(letter);
            in_text = escaped || letter != '"';
            escaped = !escaped && letter == '\\';
            continue;
        }
        match letter {
            '"' => {
                in_text = true;
                out.push(letter);
            }
            '{' | '[' => {
                out.push(letter);
                while letters.next_if(|next| next.is_whitespace()).is_some() {}
                if let Some(end) = letters.next_if(|next| matches!(next, '}' | ']')) {
                    out.push(end);
                } else {
                    depth = depth.saturating_add(1);
                    newline(&mut out, depth);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                newline(&mut out, depth);
                out.push(letter);
            }
            ',' => {
                out.push(letter);
                newline(&mut out, depth);
            }
            ':' => out.push_str(": "),
            letter if letter.is_whitespace() => {}
            letter => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_laid_out_and_says_the_same() {
        let text = r#"{"b":[1,{"a: {,":"\"}"}],"a":{}, "c" : [ ]}"#;
        let shown = pretty(text);
        assert_eq!(
            shown,
            "{\n  \"b\": [\n    1,\n    {\n      \"a: {,\": \"\\\"}\"\n    }\n  ],\n  \"a\": {},\n  \"c\": []\n}"
        );
        let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        assert_eq!(value(&shown), value(text));
        for odd in ["", "}}}}", "[[[[", "\"", "\"\\"] {
            pretty(odd);
        }
    }
}
