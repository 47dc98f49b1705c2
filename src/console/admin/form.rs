//! Forms of administrators' pages: what is sent, what is typed, what is asked before.

use askama::Template;
use askama::filters::HtmlSafe;

use super::super::parts::Token;
use super::view::{Block, Cell, Link};

/// A form with one button.
#[derive(Template)]
#[template(path = "console/admin/form.html")]
pub(super) struct Form {
    token: Token,
    action: String,
    submit: &'static str,
    /// To what the button does it, for people who do not see where it stands.
    what: String,
    tone: &'static str,
    hidden: Vec<(&'static str, String)>,
    inputs: Vec<Input>,
    confirm: Option<(String, String)>,
    cancel: Option<Link>,
}

impl HtmlSafe for Form {}

impl Form {
    pub(super) fn new(token: Token, action: impl Into<String>, submit: &'static str) -> Self {
        Self {
            token,
            action: action.into(),
            submit,
            what: String::new(),
            tone: "",
            hidden: Vec::new(),
            inputs: Vec::new(),
            confirm: None,
            cancel: None,
        }
    }

    /// With a field.
    pub(super) fn with(mut self, input: Input) -> Self {
        self.inputs.push(input);
        self
    }

    /// With something that is sent along.
    pub(super) fn hidden(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.hidden.push((name, value.into()));
        self
    }

    /// With what the button does it to.
    pub(super) fn to(self, what: impl Into<String>) -> Self {
        Self { what: what.into(), ..self }
    }

    /// With a button that does not stand out.
    pub(super) fn quiet(self) -> Self {
        Self { tone: "quiet", ..self }
    }

    /// With a question before.
    pub(super) fn confirm(self, summary: impl Into<String>, warning: impl Into<String>) -> Self {
        Self { tone: "danger", confirm: Some((summary.into(), warning.into())), ..self }
    }

    /// With a way back.
    pub(super) fn cancel(self, path: impl Into<String>) -> Self {
        Self { cancel: Some(Link::new(path, "Cancel")), ..self }
    }

    pub(super) fn block(self) -> Block {
        Block::Form(self)
    }

    pub(super) fn cell(self) -> Cell {
        Cell::Form(self)
    }
}

/// One thing to fill in.
#[derive(Template)]
#[template(path = "console/admin/input.html")]
pub(super) struct Input {
    kind: &'static str,
    name: &'static str,
    label: &'static str,
    value: String,
    hint: String,
    error: String,
    options: Vec<(String, String)>,
    range: Option<(i64, i64)>,
    is_required: bool,
    has_focus: bool,
}

impl HtmlSafe for Input {}

impl Input {
    fn new(kind: &'static str, name: &'static str, label: &'static str) -> Self {
        let (hint, error, value) = (String::new(), String::new(), String::new());
        let options = Vec::new();
        Self { kind, name, label, value, hint, error, options, range: None, is_required: false, has_focus: false }
    }

    /// A line of text that may stay empty.
    pub(super) fn text(name: &'static str, label: &'static str) -> Self {
        Self::new("text", name, label)
    }

    /// A password that may stay empty.
    pub(super) fn password(name: &'static str, label: &'static str) -> Self {
        Self::new("password", name, label)
    }

    /// Many lines.
    pub(super) fn area(name: &'static str, label: &'static str) -> Self {
        Self::new("area", name, label)
    }

    /// A number in a range.
    pub(super) fn number(name: &'static str, label: &'static str, range: (i64, i64)) -> Self {
        Self { range: Some(range), is_required: true, ..Self::new("number", name, label) }
    }

    /// Yes or no.
    pub(super) fn check(name: &'static str, label: &'static str, is_on: bool) -> Self {
        Self { value: if is_on { "on".to_owned() } else { String::new() }, ..Self::new("check", name, label) }
    }

    /// One of several.
    pub(super) fn select(name: &'static str, label: &'static str, options: Vec<(String, String)>) -> Self {
        Self { options, ..Self::new("select", name, label) }
    }

    pub(super) fn required(self) -> Self {
        Self { is_required: true, ..self }
    }

    pub(super) fn focus(self) -> Self {
        Self { has_focus: true, ..self }
    }

    pub(super) fn value(self, value: impl Into<String>) -> Self {
        Self { value: value.into(), ..self }
    }

    pub(super) fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: hint.into(), ..self }
    }

    /// With what is wrong with it; empty is nothing.
    pub(super) fn error(self, error: impl Into<String>) -> Self {
        Self { error: error.into(), ..self }
    }

    fn described_by(&self) -> String {
        let about = |is: bool, what: &str| is.then(|| format!("{}-{what}", self.name));
        let all = [about(!self.error.is_empty(), "error"), about(!self.hint.is_empty(), "hint")];
        all.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }
}
