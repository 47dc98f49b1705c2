//! What administrators' pages are made of: panels with facts, tables and forms. Each part prints itself, escaped.

use askama::Template;
use askama::filters::HtmlSafe;

use super::super::page::Shell;
use super::super::parts::{Badge, Banner, Copy, Empty, Token, Tone};
use super::form::Form;

/// A page of an administrator.
#[derive(Template)]
#[template(path = "console/admin/page.html")]
pub(super) struct View {
    pub(super) shell: Shell,
    pub(super) title: String,
    /// The pages above this one.
    pub(super) trail: Vec<Link>,
    pub(super) lead: String,
    /// What can be done from here on pages of its own.
    pub(super) actions: Vec<Link>,
    pub(super) blocks: Vec<Block>,
    pub(super) panels: Vec<Panel>,
}

/// The way to another page.
#[derive(Clone)]
pub(super) struct Link {
    pub(super) path: String,
    pub(super) title: String,
}

impl Link {
    pub(super) fn new(path: impl Into<String>, title: impl Into<String>) -> Self {
        Self { path: path.into(), title: title.into() }
    }
}

/// A part of a page with a heading.
pub(super) struct Panel {
    pub(super) id: &'static str,
    pub(super) heading: String,
    pub(super) blocks: Vec<Block>,
}

impl Panel {
    pub(super) fn new(id: &'static str, heading: impl Into<String>, blocks: Vec<Block>) -> Self {
        Self { id, heading: heading.into(), blocks }
    }
}

/// What stands in a page or a panel, one below the other.
#[derive(Template)]
#[template(path = "console/admin/block.html")]
pub(super) enum Block {
    Text(String),
    /// A permission that the person lacks, and on what.
    Missing(String),
    Banner(Banner),
    Empty(Empty),
    /// Side by side.
    Cells(Vec<Cell>),
    Form(Form),
    /// A document as it is written.
    Document(String),
    Facts(Vec<(&'static str, Cell)>),
    Search(Search),
    /// The ways to the first page and the next.
    Pager(Option<String>, Option<String>),
    Table(Table),
}

impl HtmlSafe for Block {}

impl Block {
    pub(super) fn warning(text: impl Into<String>) -> Self {
        Self::Banner(Banner::new(Tone::Warning, text))
    }

    pub(super) fn empty(heading: impl Into<String>, text: impl Into<String>) -> Self {
        Self::Empty(Empty::new(heading, text))
    }
}

/// A field to search by the beginning of a name, or a part of it.
pub(super) struct Search {
    pub(super) action: String,
    pub(super) label: &'static str,
    pub(super) value: String,
}

/// A table whose first column names its rows.
pub(super) struct Table {
    pub(super) caption: String,
    pub(super) heads: Vec<&'static str>,
    pub(super) rows: Vec<Vec<Cell>>,
}

impl Table {
    pub(super) fn new(caption: impl Into<String>, heads: &[&'static str], rows: Vec<Vec<Cell>>) -> Self {
        Self { caption: caption.into(), heads: heads.to_vec(), rows }
    }

    fn labelled<'a>(&'a self, row: &'a [Cell]) -> Vec<(&'static str, &'a Cell)> {
        self.heads.iter().copied().zip(row).collect()
    }
}

/// One value.
#[derive(Template)]
#[template(path = "console/admin/cell.html")]
pub(super) enum Cell {
    Text(String),
    /// One that does not stand out.
    Soft(String),
    Link(Link),
    Button(Link),
    Badge(Badge),
    Copy(Copy),
    Form(Form),
    All(Vec<Cell>),
}

impl HtmlSafe for Cell {}

impl Cell {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// A text that may be absent.
    pub(super) fn or_dash(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.is_empty() { Self::Soft("–".to_owned()) } else { Self::Text(text) }
    }

    pub(super) fn link(path: impl Into<String>, title: impl Into<String>) -> Self {
        Self::Link(Link::new(path, title))
    }

    pub(super) fn badge(tone: Tone, text: impl Into<String>) -> Self {
        Self::Badge(Badge::new(tone, text))
    }

    pub(super) fn copy(what: &'static str, text: impl Into<String>) -> Self {
        Self::Copy(Copy::new(what, text))
    }
}

/// The token of a page's forms.
pub(super) fn token(shell: &Shell) -> Token {
    shell.token.clone()
}
