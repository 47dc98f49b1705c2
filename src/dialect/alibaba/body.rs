//! Answers and errors as JSON and XML.

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use serde::{Serialize, Serializer};

use crate::domain::time::Time;

/// The members of an answer, in the order in which they are written.
#[derive(Debug, Default)]
pub(crate) struct Members(Vec<(&'static str, Member)>);

/// What a member can be.
#[derive(Debug)]
pub(crate) enum Member {
    Text(String),
    Flag(bool),
    Number(i64),
    Object(Members),
    List(Vec<Member>),
}

impl From<&str> for Member {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Member {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<bool> for Member {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<i64> for Member {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<Vec<String>> for Member {
    fn from(texts: Vec<String>) -> Self {
        Self::List(texts.into_iter().map(Self::Text).collect())
    }
}

impl Serialize for Members {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, member)| (name, member)))
    }
}

impl Serialize for Member {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Flag(flag) => serializer.serialize_bool(*flag),
            Self::Number(number) => serializer.serialize_i64(*number),
            Self::Object(members) => members.serialize(serializer),
            Self::List(items) => serializer.collect_seq(items),
        }
    }
}

/// Builds the members of an answer in the order they are put in.
#[derive(Debug, Default)]
pub(crate) struct Build(Members);

impl Build {
    /// Nothing yet.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// A member of any kind.
    pub(crate) fn put(mut self, name: &'static str, value: impl Into<Member>) -> Self {
        self.0.0.push((name, value.into()));
        self
    }

    /// A member that may be absent: then it is left out.
    pub(crate) fn maybe(self, name: &'static str, value: Option<impl Into<Member>>) -> Self {
        match value {
            Some(value) => self.put(name, value),
            None => self,
        }
    }

    /// A time.
    pub(crate) fn time(self, name: &'static str, time: Time) -> Self {
        self.put(name, time.to_wire())
    }

    /// A time that may be absent.
    pub(crate) fn maybe_time(self, name: &'static str, time: Option<Time>) -> Self {
        self.maybe(name, time.map(Time::to_wire))
    }

    /// An object inside.
    pub(crate) fn object(mut self, name: &'static str, inner: Build) -> Self {
        self.0.0.push((name, Member::Object(inner.0)));
        self
    }

    /// A list inside, in the wire's way: `"Users": {"User": [..]}`.
    pub(crate) fn list(self, name: &'static str, item: &'static str, items: impl Iterator<Item = Build>) -> Self {
        let items = items.map(|item| Member::Object(item.0)).collect();
        self.object(name, Build(Members(vec![(item, Member::List(items))])))
    }

    /// What was built.
    pub(crate) fn done(self) -> Members {
        self.0
    }
}

impl Members {
    /// The members with the request's id behind them.
    pub(crate) fn with_request_id(self, request_id: &str) -> Self {
        Build(self).put("RequestId", request_id).done()
    }
}

/// The format of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// JSON, the default: which one is, the pages do not agree on; every client names its own.
    Json,
    /// XML, by `Format=XML`.
    Xml,
}

impl Format {
    /// Reads the parameter `Format`, in any case.
    pub(crate) fn parse(text: Option<&str>) -> Option<Self> {
        match text {
            None | Some("") => Some(Self::Json),
            Some(text) if text.eq_ignore_ascii_case("json") => Some(Self::Json),
            Some(text) if text.eq_ignore_ascii_case("xml") => Some(Self::Xml),
            Some(_) => None,
        }
    }

    /// What a request that cannot be read seems to ask for, so that its error is in that format.
    pub(crate) fn asked_for(query: &str, body: &[u8]) -> Self {
        let is_xml = |pair: &[u8]| pair.eq_ignore_ascii_case(b"Format=XML");
        let mut pairs = query.as_bytes().split(|byte| *byte == b'&').chain(body.split(|byte| *byte == b'&'));
        if pairs.any(is_xml) { Self::Xml } else { Self::Json }
    }

    /// Content types to the letter: the SDKs know an XML error only by `text/xml;charset=utf-8`.
    fn content_type(self) -> HeaderValue {
        match self {
            Self::Json => HeaderValue::from_static("application/json;charset=utf-8"),
            Self::Xml => HeaderValue::from_static("text/xml;charset=utf-8"),
        }
    }
}

/// An answer: `root` names the XML root.
pub(crate) fn respond(
    status: StatusCode,
    format: Format,
    root: &str,
    members: &Members,
    request_id: &str,
) -> Response<Body> {
    let text = match format {
        // Writing to memory does not fail.
        Format::Json => serde_json::to_string(members).unwrap_or_default(),
        Format::Xml => xml(root, members),
    };
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, format.content_type());
    if let Ok(id) = HeaderValue::from_str(request_id) {
        headers.insert("x-acs-request-id", id);
    }
    response
}

fn xml(root: &str, members: &Members) -> String {
    let mut writer = Writer::new(Vec::new());
    // Writing to memory does not fail.
    let _ = writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)));
    let _ = write_object(&mut writer, root, members);
    String::from_utf8(writer.into_inner()).unwrap_or_default()
}

fn write_object(writer: &mut Writer<Vec<u8>>, name: &str, members: &Members) -> std::io::Result<()> {
    writer.write_event(Event::Start(BytesStart::new(name)))?;
    for (name, value) in &members.0 {
        write_value(writer, name, value)?;
    }
    writer.write_event(Event::End(BytesEnd::new(name)))
}

fn write_value(writer: &mut Writer<Vec<u8>>, name: &str, value: &Member) -> std::io::Result<()> {
    let text = match value {
        Member::Object(members) => return write_object(writer, name, members),
        // The element repeats; of an empty list nothing is left.
        Member::List(items) => return items.iter().try_for_each(|item| write_value(writer, name, item)),
        Member::Text(text) => text.clone(),
        Member::Flag(flag) => flag.to_string(),
        Member::Number(number) => number.to_string(),
    };
    // What XML cannot hold at all is left out.
    let text: String = text.chars().filter(|c| is_xml_character(*c)).collect();
    writer.write_event(Event::Start(BytesStart::new(name)))?;
    writer.write_event(Event::Text(BytesText::new(&text)))?;
    writer.write_event(Event::End(BytesEnd::new(name)))
}

/// Whether XML 1.0 can hold a character (its production `Char`).
fn is_xml_character(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{FFFD}' | '\u{10000}'..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn xml_repeats_list_elements_and_escapes_text() {
        let members = Build::new()
            .list("Users", "User", ["a<b", "c&d"].into_iter().map(|name| Build::new().put("UserName", name)))
            .list("Tags", "Tag", std::iter::empty())
            .put("IsTruncated", false)
            .put("RequestId", "ID")
            .done();
        assert_eq!(
            xml("ListUsersResponse", &members),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><ListUsersResponse>\
             <Users><User><UserName>a&lt;b</UserName></User><User><UserName>c&amp;d</UserName></User></Users>\
             <Tags></Tags><IsTruncated>false</IsTruncated><RequestId>ID</RequestId></ListUsersResponse>"
        );
    }

    #[test]
    fn formats_are_read_in_any_case_and_unknown_ones_refused() {
        assert_eq!(Format::parse(None), Some(Format::Json));
        assert_eq!(Format::parse(Some("JSON")), Some(Format::Json));
        assert_eq!(Format::parse(Some("xMl")), Some(Format::Xml));
        assert_eq!(Format::parse(Some("yaml")), None);
    }
}
