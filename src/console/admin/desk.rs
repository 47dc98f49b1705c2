//! What a page of an administrator works with: who asks, what policies say to it, how it is answered.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::Response;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::super::page::{Failure, render};
use super::super::parts::{Banner, Tone};
use super::super::signed_in::SignedIn;
use super::deeds::Deeds;
use super::form::Form;
use super::permission::{self, Deed, On};
use super::view::{Block, Link, View, token};
use super::words;
use crate::domain::account::Cloud;
use crate::domain::error::Error;
use crate::services::{Ctx, retry};

/// How many rows a page has.
pub(super) const ROWS: usize = 50;

/// See the module.
#[derive(Clone)]
pub(super) struct Desk {
    me: Arc<SignedIn>,
    section: &'static str,
    deeds: Deeds,
}

impl Desk {
    pub(super) fn new(me: SignedIn, section: &'static str) -> Self {
        Self { me: Arc::new(me), section, deeds: Deeds::default() }
    }

    /// The same person, in another section.
    pub(super) fn again(&self, section: &'static str) -> Self {
        Self { me: Arc::clone(&self.me), section, deeds: self.deeds.clone() }
    }

    pub(super) fn ctx(&self) -> &Ctx {
        &self.me.current.ctx
    }

    pub(super) fn me(&self) -> &SignedIn {
        &self.me
    }

    pub(super) fn cloud(&self) -> Cloud {
        self.ctx().cloud
    }

    /// An empty page.
    pub(super) fn view(&self, title: impl Into<String>) -> View {
        View {
            shell: self.me.shell(self.section),
            title: title.into(),
            trail: Vec::new(),
            lead: String::new(),
            actions: Vec::new(),
            blocks: Vec::new(),
            panels: Vec::new(),
        }
    }

    /// A form without anything in it.
    pub(super) fn form(&self, action: impl Into<String>, submit: &'static str) -> Form {
        Form::new(token(&self.me.shell(self.section)), action, submit)
    }

    /// Sends a page.
    pub(super) fn send(&self, view: &View) -> Response {
        self.send_as(StatusCode::OK, view)
    }

    pub(super) fn send_as(&self, status: StatusCode, view: &View) -> Response {
        self.me.send(render(status, view))
    }

    /// Goes on to a page that says what was done.
    pub(super) fn done(&self, path: &str, text: &str) -> Response {
        self.me.done(path, Tone::Good, text)
    }

    /// Goes on to a page that says why something was refused.
    pub(super) fn refused(&self, path: &str, text: &str) -> Response {
        self.me.done(path, Tone::Bad, text)
    }

    /// Goes on to a page that says why something was not done; what no words fit is a page by itself.
    pub(super) fn undone(&self, path: &str, error: Error) -> Result<Response, Failure> {
        match self.words(&error) {
            Some((_, text)) => Ok(self.me.done(path, Tone::Bad, &text)),
            None => Err(self.fail(error)),
        }
    }

    /// What the cloud's own API says of an error.
    fn told(&self, error: &Error) -> String {
        let caller = self.ctx().principal.arn(self.cloud(), &self.ctx().account_id);
        let told = crate::dialect::error_text(self.cloud(), error, &caller);
        format!("{} says: {told}", words::of_cloud(self.cloud()).cloud)
    }

    /// An error in words, ours and then the cloud's, with its status.
    pub(super) fn words(&self, error: &Error) -> Option<(StatusCode, String)> {
        words::of(error).map(|(status, text)| (status, format!("{text} {}", self.told(error))))
    }

    /// The page of an error, with the sections beside it.
    pub(super) fn fail(&self, error: Error) -> Failure {
        let told = match &error {
            Error::AccessDenied(denial) => {
                let because = if denial.is_explicit { "a policy forbids it" } else { "no policy permits it" };
                let text = format!("You need {}, and {because}.", words::permission(denial));
                let text = format!("{text} {}", self.told(&error));
                Some((StatusCode::FORBIDDEN, "No permission", text))
            }
            Error::NotFound(..) => self.words(&error).map(|(status, text)| (status, "Not found", text)),
            error => self.words(error).map(|(status, text)| (status, "That is not possible", text)),
        };
        let Some((status, heading, text)) = told else { return Failure::from(error) };
        let mut view = self.view(heading);
        view.blocks.push(Block::Banner(Banner::new(Tone::Bad, text)));
        view.blocks.push(Block::Cells(vec![super::view::Cell::Button(Link::new("/console", "To the overview"))]));
        Failure::answer(self.send_as(status, &view))
    }

    /// Goes on only with a permission. What is done with it is told to the journal once it is done.
    pub(super) async fn demand(&self, deed: Deed, on: &[On<'_>]) -> Result<(), Failure> {
        self.deeds.demand(self.ctx(), deed, on).await.map_err(|error| self.fail(error))
    }

    /// What permission is missing, if one is.
    pub(super) async fn lacks(&self, deed: Deed, on: &[On<'_>]) -> Result<Option<String>, Failure> {
        match permission::demand(self.ctx(), deed, on).await {
            Ok(()) => Ok(None),
            Err(Error::AccessDenied(denial)) => Ok(Some(words::permission(&denial))),
            Err(error) => Err(self.fail(error)),
        }
    }

    /// Whether a permission is there.
    pub(super) async fn may(&self, deed: Deed, on: &[On<'_>]) -> Result<bool, Failure> {
        Ok(self.lacks(deed, on).await?.is_none())
    }

    /// What a permission lets one do, or which one is missing.
    pub(super) async fn offer(
        &self,
        deed: Deed,
        on: &[On<'_>],
        block: impl FnOnce() -> Block,
    ) -> Result<Block, Failure> {
        Ok(self.lacks(deed, on).await?.map_or_else(block, Block::Missing))
    }

    /// Runs a change to its end, also when the browser goes away.
    pub(super) async fn run<T, F, Fut>(&self, change: F) -> Result<Result<T, Error>, Failure>
    where
        T: Send + 'static,
        F: Fn(Self) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<T, Error>> + Send + 'static,
    {
        let desk = self.clone();
        let running = tokio::spawn(async move {
            let done = retry(|| change(desk.clone())).await;
            desk.deeds.done(desk.ctx(), done.as_ref().err());
            done
        });
        running.await.map_err(|error| {
            tracing::error!(%error, "a call of the console panicked");
            Failure::internal()
        })
    }

    /// As [`Desk::run`], and then on to a page that says what came of it.
    pub(super) async fn change<T, F, Fut>(&self, path: &str, text: &str, change: F) -> Result<Response, Failure>
    where
        T: Send + 'static,
        F: Fn(Self) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<T, Error>> + Send + 'static,
    {
        match self.run(change).await? {
            Ok(_) => Ok(self.done(path, text)),
            Err(error) => self.undone(path, error),
        }
    }
}

/// A name as a part of a path.
pub(super) fn encode(name: &str) -> String {
    utf8_percent_encode(name, NON_ALPHANUMERIC).to_string()
}

/// A page of a list: its path, what is searched for and after what it starts.
pub(super) fn list_path(path: &str, search: &str, after: &str) -> String {
    let mut query = Vec::new();
    if !search.is_empty() {
        query.push(format!("search={}", encode(search)));
    }
    if !after.is_empty() {
        query.push(format!("after={}", encode(after)));
    }
    if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) }
}

/// What a list is asked for.
#[derive(Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct ListQuery {
    pub(super) search: String,
    pub(super) after: String,
}

impl ListQuery {
    /// After what a listing by name starts so that it shows only names that begin with what is searched for: names are
    /// ASCII, so that nothing stands between the name before and this.
    pub(super) fn start(&self) -> String {
        if !self.after.is_empty() {
            return self.after.clone();
        }
        let key = crate::domain::name::key(self.search.trim());
        let mut letters: Vec<char> = key.chars().collect();
        match letters.pop() {
            Some(last) if last.is_ascii() && last > '\u{1}' => {
                letters.push(char::from(u8::try_from(last).unwrap_or(1).saturating_sub(1)));
                letters.push('\u{7f}');
                letters.into_iter().collect()
            }
            _ => key,
        }
    }

    /// Whether a name begins with what is searched for.
    pub(super) fn shows(&self, name: &str) -> bool {
        crate::domain::name::key(name).starts_with(&crate::domain::name::key(self.search.trim()))
    }

    /// The ways to other pages of the list.
    pub(super) fn pager(&self, path: &str, next: Option<&str>) -> Option<Block> {
        let first = (!self.after.is_empty()).then(|| list_path(path, &self.search, ""));
        let next = next.filter(|next| self.shows(next)).map(|next| list_path(path, &self.search, next));
        (first.is_some() || next.is_some()).then_some(Block::Pager(first, next))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_starts_right_before_the_names_that_begin_so() {
        let query = ListQuery { search: " Ali".to_owned(), after: String::new() };
        let start = query.start();
        for name in ["ali", "alice", "ali-0"] {
            assert!(*name > *start && query.shows(name), "{name}");
        }
        for name in ["alh", "alhzzz", "alh_9"] {
            assert!(*name < *start, "{name}");
        }
        assert_eq!(ListQuery::default().start(), "");
        assert!(query.pager("/x", Some("bob")).is_none());
    }
}
