//! Answers and errors as JSON and XML.

use crate::dialect::members::{Member, Members, is_xml_character};
use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

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
    for (name, value) in members.iter() {
        write_value(writer, name, value)?;
    }
    writer.write_event(Event::End(BytesEnd::new(name)))
}

fn write_value(writer: &mut Writer<Vec<u8>>, name: &str, value: &Member) -> std::io::Result<()> {
    let text = match value {
        Member::Object(members) => return write_object(writer, name, members),
        // The element repeats; of an empty list nothing is left.
        Member::List(items) => return items.iter().try_for_each(|item| write_value(writer, name, item)),
        // Alibaba Cloud has no maps of numbers.
        Member::Entries(entries) => {
            return entries.iter().try_for_each(|(key, value)| write_value(writer, key, value));
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::members::Build;

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
