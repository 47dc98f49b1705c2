//! The parts that pages are made of: fields, notices, badges, things to copy, empty states. Each prints itself, escaped.

use askama::Template;
use askama::filters::HtmlSafe;

macro_rules! prints_itself {
    ($($part:ident),+ $(,)?) => {
        $(impl HtmlSafe for $part {})+
    };
}

prints_itself![Token, Field, Banner, Badge, Copy, Empty];

/// What proves that a form is ours.
#[derive(Clone, Template)]
#[template(source = r#"<input type="hidden" name="form_token" value="{{ value }}">"#, ext = "html")]
pub(super) struct Token {
    pub(super) value: String,
}

/// A field of a form, with its label, a hint and what is wrong with it.
#[derive(Clone, Default, Template)]
#[template(path = "console/parts/field.html")]
pub(super) struct Field {
    name: &'static str,
    label: &'static str,
    kind: &'static str,
    value: String,
    hint: String,
    error: String,
    suffix: String,
    autocomplete: &'static str,
    is_required: bool,
    has_focus: bool,
}

impl Field {
    /// A line of text that must be given.
    pub(super) fn text(name: &'static str, label: &'static str) -> Self {
        Self { name, label, kind: "text", is_required: true, autocomplete: "off", ..Self::default() }
    }

    /// A password that must be given.
    pub(super) fn password(name: &'static str, label: &'static str) -> Self {
        Self { kind: "password", autocomplete: "current-password", ..Self::text(name, label) }
    }

    /// A code of six digits.
    pub(super) fn code(name: &'static str, label: &'static str) -> Self {
        Self { kind: "code", autocomplete: "one-time-code", ..Self::text(name, label) }
    }

    /// With what stands in it at first.
    pub(super) fn value(self, value: impl Into<String>) -> Self {
        Self { value: value.into(), ..self }
    }

    /// With a line below that helps.
    pub(super) fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: hint.into(), ..self }
    }

    /// With what is wrong with it; empty is nothing.
    pub(super) fn error(self, error: impl Into<String>) -> Self {
        Self { error: error.into(), ..self }
    }

    /// With a text behind it that is not typed.
    pub(super) fn suffix(self, suffix: impl Into<String>) -> Self {
        Self { suffix: suffix.into(), ..self }
    }

    /// With what a browser may fill in.
    pub(super) fn autocomplete(self, autocomplete: &'static str) -> Self {
        Self { autocomplete, ..self }
    }

    /// The first to type into.
    pub(super) fn focus(self) -> Self {
        Self { has_focus: true, ..self }
    }

    /// That may stay empty.
    pub(super) fn optional(self) -> Self {
        Self { is_required: false, ..self }
    }

    fn input_kind(&self) -> &'static str {
        if self.kind == "code" { "text" } else { self.kind }
    }

    fn described_by(&self) -> String {
        let about = |is: bool, what: &str| is.then(|| format!("{}-{what}", self.name));
        let all = [about(!self.error.is_empty(), "error"), about(!self.hint.is_empty(), "hint")];
        all.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }
}

/// How a notice or a badge is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
    Plain,
    Good,
    Warning,
    Bad,
}

impl Tone {
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Good => "good",
            Self::Warning => "warning",
            Self::Bad => "bad",
        }
    }

    /// Reads what `class` gave.
    pub(super) fn parse(text: &str) -> Option<Self> {
        [Self::Plain, Self::Good, Self::Warning, Self::Bad].into_iter().find(|tone| tone.class() == text)
    }

    /// How it is announced: what went wrong at once.
    fn role(self) -> &'static str {
        if self == Self::Bad { "alert" } else { "status" }
    }
}

/// A notice on top of a page.
#[derive(Clone, Template)]
#[template(path = "console/parts/banner.html")]
pub(super) struct Banner {
    tone: Tone,
    heading: String,
    text: String,
    points: Vec<String>,
}

impl Banner {
    pub(super) fn new(tone: Tone, text: impl Into<String>) -> Self {
        Self { tone, heading: String::new(), text: text.into(), points: Vec::new() }
    }

    /// With a heading.
    pub(super) fn heading(self, heading: impl Into<String>) -> Self {
        Self { heading: heading.into(), ..self }
    }

    /// With a list below.
    pub(super) fn points(self, points: Vec<String>) -> Self {
        Self { points, ..self }
    }
}

/// A word with a tone.
#[derive(Clone, Template)]
#[template(source = r#"<span class="badge {{ tone.class() }}">{{ text }}</span>"#, ext = "html")]
pub(super) struct Badge {
    pub(super) tone: Tone,
    pub(super) text: String,
}

impl Badge {
    pub(super) fn new(tone: Tone, text: impl Into<String>) -> Self {
        Self { tone, text: text.into() }
    }
}

/// A text to copy: with a button where scripts run.
#[derive(Clone, Template)]
#[template(
    source = r#"<span class="copy"><code>{{ text }}</code><button type="button" class="copy-button" data-copy="{{ text }}" aria-label="Copy {{ what }}" hidden>Copy</button></span>"#,
    ext = "html"
)]
pub(super) struct Copy {
    what: &'static str,
    text: String,
}

impl Copy {
    pub(super) fn new(what: &'static str, text: impl Into<String>) -> Self {
        Self { what, text: text.into() }
    }
}

/// What stands where a list would, when there is nothing in it.
#[derive(Clone, Template)]
#[template(
    source = r#"<div class="empty"><p class="empty-heading">{{ heading }}</p><p>{{ text }}</p></div>"#,
    ext = "html"
)]
pub(super) struct Empty {
    heading: String,
    text: String,
}

impl Empty {
    /// With a heading and what to do about it.
    pub(super) fn new(heading: impl Into<String>, text: impl Into<String>) -> Self {
        Self { heading: heading.into(), text: text.into() }
    }
}
