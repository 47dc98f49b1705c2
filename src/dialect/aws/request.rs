//! What the typed requests of many operations have in common: paging, tags, secrets, whom a missing name means.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::SecretString;
use serde::{Deserialize, Deserializer};

use super::errors::{self, Fault};
use crate::dialect::members::Build;
use crate::domain::access_key::KeyStatus;
use crate::domain::user::{Tag, TagCase, UserRef};
use crate::services::Ctx;
use crate::services::users::Page;

/// How much of a listing is asked for, and where it goes on.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Paging {
    max_items: Option<usize>,
    marker: Option<String>,
}

/// How many items a page holds unless the caller says so (IAM 2010-05-08, MaxItems).
const DEFAULT_ITEMS: usize = 100;

impl Paging {
    /// How many items the page holds at the most.
    pub(super) fn most(&self) -> usize {
        self.max_items.unwrap_or(DEFAULT_ITEMS)
    }

    /// What the page starts after; empty for the first one.
    pub(super) fn after(&self) -> Result<String, Fault> {
        let Some(marker) = &self.marker else { return Ok(String::new()) };
        let text = STANDARD.decode(marker).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        let text = text.and_then(|text| text.strip_prefix(MARK).map(str::to_owned));
        text.filter(|text| !text.contains('\0')).ok_or_else(errors::invalid_marker)
    }

    /// A page of what is held whole in memory, in order of `key`.
    pub(super) fn cut<T>(&self, items: Vec<T>, key: impl Fn(&T) -> String) -> Result<Page<T>, Fault> {
        let after = self.after()?;
        let mut left: Vec<T> = items.into_iter().filter(|item| after.is_empty() || key(item) > after).collect();
        let more = left.len() > self.most();
        left.truncate(self.most());
        let next = if more { left.last().map(&key) } else { None };
        Ok(Page { items: left, next })
    }
}

/// What stands before the name in a marker, so that not every base 64 is one.
const MARK: &str = "after:";

/// The members that end a listing: whether there is more, and from where.
pub(super) fn page_end(build: Build, next: Option<&str>) -> Build {
    let marker = next.map(|name| STANDARD.encode(format!("{MARK}{name}")));
    build.put("IsTruncated", next.is_some()).maybe("Marker", marker)
}

/// A tag as requests carry it.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct TagInput {
    key: String,
    value: String,
}

impl From<TagInput> for Tag {
    fn from(given: TagInput) -> Self {
        Self { key: given.key, value: given.value }
    }
}

/// The tags of a request, none of which may come twice.
pub(super) fn tags(given: Vec<TagInput>, case: TagCase) -> Result<Vec<Tag>, Fault> {
    // That it holds of every kind of resource is inferred from users, roles and instance profiles.
    if given.iter().any(|tag| tag.key.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("aws:"))) {
        return Err(errors::invalid_input("Tag keys beginning with aws: are reserved for system use."));
    }
    let key = |tag: &TagInput| match case {
        TagCase::Insensitive => tag.key.to_lowercase(),
        TagCase::Sensitive => tag.key.clone(),
    };
    let mut keys: Vec<String> = given.iter().map(key).collect();
    keys.sort_unstable();
    if keys.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(errors::invalid_input(match case {
            TagCase::Insensitive => "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
            TagCase::Sensitive => "Duplicate tag keys found.",
        }));
    }
    Ok(given.into_iter().map(|tag| Tag { key: tag.key, value: tag.value }).collect())
}

/// The tags of an answer.
pub(super) fn tag_list(tags: &[Tag]) -> impl Iterator<Item = Build> {
    tags.iter().map(|tag| Build::new().put("Key", &*tag.key).put("Value", &*tag.value))
}

/// The tags of an answer that shows them only when there are any.
pub(super) fn some_tags(build: Build, tags: &[Tag]) -> Build {
    if tags.is_empty() { build } else { build.members("Tags", tag_list(tags)) }
}

/// A listing of all tags of one thing, page by page.
pub(super) fn tag_page(tags: Vec<Tag>, paging: &Paging) -> Result<Build, Fault> {
    let page = paging.cut(tags, |tag| tag.key.clone())?;
    Ok(page_end(Build::new().members("Tags", tag_list(&page.items)), page.next.as_deref()))
}

/// What a policy document may not hold unescaped in an answer: all but the unreserved characters of RFC 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A policy document as answers carry it: percent-encoded.
pub(super) fn document(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// A secret in a request.
#[derive(Clone, Debug)]
pub(super) struct Secret(pub(super) SecretString);

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(SecretString::from(text)))
    }
}

/// Whether a credential is to be used. The model has a third value, which recorded answers refuse.
pub(super) fn status(text: &str) -> Result<KeyStatus, Fault> {
    match text {
        "Active" => Ok(KeyStatus::Active),
        "Inactive" => Ok(KeyStatus::Inactive),
        _ => Err(errors::invalid_input(format!("Operation does not support status {text}"))),
    }
}

/// The user named, or the calling one where no name was given.
///
/// # Errors
/// When no name was given and the caller is no user.
pub(super) fn user_or_caller(ctx: &Ctx, name: Option<&String>) -> Result<UserRef, Fault> {
    match (name, ctx.calling_user()) {
        (Some(name), _) => Ok(UserRef::Name(name.clone())),
        (None, Some((id, _))) => Ok(UserRef::Id(id.to_owned())),
        (None, None) => Err(errors::no_user_named()),
    }
}
