//! Answers and errors as XML in the query protocol's form.

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use quick_xml::Writer;
use quick_xml::events::{BytesEnd, BytesStart, BytesText, Event};

use super::model::Api;
use crate::dialect::members::{Member, Members, is_xml_character};

type Out = Writer<Vec<u8>>;

/// The answer to a call that went well: `<XResponse><XResult>..</XResult><ResponseMetadata>..`. An operation without
/// an output has no result element.
pub(crate) fn answer(api: Api, action: &str, members: &Members, has_output: bool, request_id: &str) -> Response<Body> {
    respond(StatusCode::OK, answer_text(api, action, members, has_output, request_id), request_id)
}

/// The text of such an answer.
pub(crate) fn answer_text(api: Api, action: &str, members: &Members, has_output: bool, request_id: &str) -> Vec<u8> {
    let mut out = Writer::new(Vec::with_capacity(512));
    // Writing to memory does not fail.
    let _ = (|| {
        let root = format!("{action}Response");
        open_root(&mut out, &root, api)?;
        if has_output {
            let result = format!("{action}Result");
            element(&mut out, &result, |out| members.iter().try_for_each(|(name, member)| write(out, name, member)))?;
        }
        element(&mut out, "ResponseMetadata", |out| text(out, "RequestId", request_id))?;
        out.write_event(Event::End(BytesEnd::new(&root)))
    })();
    out.into_inner()
}

/// An error; `message` is absent where AWS sends none.
pub(crate) fn error(
    api: Api,
    status: StatusCode,
    code: &str,
    message: Option<&str>,
    request_id: &str,
) -> Response<Body> {
    let mut out = Writer::new(Vec::with_capacity(512));
    let kind = if status.is_server_error() { "Receiver" } else { "Sender" };
    // Writing to memory does not fail.
    let _ = (|| {
        open_root(&mut out, "ErrorResponse", api)?;
        element(&mut out, "Error", |out| {
            text(out, "Type", kind)?;
            text(out, "Code", code)?;
            message.map_or(Ok(()), |message| text(out, "Message", message))
        })?;
        text(&mut out, "RequestId", request_id)?;
        out.write_event(Event::End(BytesEnd::new("ErrorResponse")))
    })();
    respond(status, out.into_inner(), request_id)
}

fn respond(status: StatusCode, text: Vec<u8>, request_id: &str) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/xml"));
    if let Ok(id) = HeaderValue::from_str(request_id) {
        headers.insert("x-amzn-requestid", id);
    }
    response
}

fn open_root(out: &mut Out, name: &str, api: Api) -> std::io::Result<()> {
    let mut root = BytesStart::new(name);
    root.push_attribute(("xmlns", api.namespace()));
    out.write_event(Event::Start(root))
}

fn element(out: &mut Out, name: &str, inside: impl FnOnce(&mut Out) -> std::io::Result<()>) -> std::io::Result<()> {
    out.write_event(Event::Start(BytesStart::new(name)))?;
    inside(out)?;
    out.write_event(Event::End(BytesEnd::new(name)))
}

fn write(out: &mut Out, name: &str, member: &Member) -> std::io::Result<()> {
    match member {
        Member::Object(members) if members.is_empty() => empty(out, name),
        Member::Object(members) => {
            element(out, name, |out| members.iter().try_for_each(|(name, member)| write(out, name, member)))
        }
        Member::List(items) if items.is_empty() => empty(out, name),
        Member::List(items) => element(out, name, |out| items.iter().try_for_each(|item| write(out, "member", item))),
        Member::Entries(entries) if entries.is_empty() => empty(out, name),
        Member::Entries(entries) => element(out, name, |out| {
            entries.iter().try_for_each(|(key, value)| {
                element(out, "entry", |out| {
                    text(out, "key", key)?;
                    write(out, "value", value)
                })
            })
        }),
        Member::Text(value) => text(out, name, value),
        Member::Flag(flag) => text(out, name, if *flag { "true" } else { "false" }),
        Member::Number(number) => text(out, name, &number.to_string()),
    }
}

fn empty(out: &mut Out, name: &str) -> std::io::Result<()> {
    out.write_event(Event::Empty(BytesStart::new(name)))
}

fn text(out: &mut Out, name: &str, value: &str) -> std::io::Result<()> {
    element(out, name, |out| {
        // What XML cannot hold at all is left out; a carriage return would be read back as a line feed.
        if value.chars().all(|c| is_xml_character(c) && c != '\r') {
            return out.write_event(Event::Text(BytesText::new(value)));
        }
        let kept: String = value.chars().filter(|c| is_xml_character(*c)).collect();
        for (at, part) in kept.split('\r').enumerate() {
            if at > 0 {
                out.write_event(Event::Text(BytesText::from_escaped("&#13;")))?;
            }
            out.write_event(Event::Text(BytesText::new(part)))?;
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::members::Build;

    async fn body(response: Response<Body>) -> String {
        let bytes = axum::body::to_bytes(response.into_body(), 100_000).await.unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    #[tokio::test]
    async fn answers_have_result_lists_maps_and_metadata() {
        let members = Build::new()
            .members("Users", ["a<b", "c&d"].map(|name| Build::new().put("UserName", name)))
            .members("Tags", [])
            .entries("SummaryMap", vec![("Users", 2_i64)])
            .put("IsTruncated", false)
            .put("Text", "a\rb\u{1}")
            .done();
        let shown = body(answer(Api::Iam, "ListUsers", &members, true, "ID")).await;
        assert_eq!(
            shown,
            "<ListUsersResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><ListUsersResult><Users><member>\
             <UserName>a&lt;b</UserName></member><member><UserName>c&amp;d</UserName></member></Users><Tags/>\
             <SummaryMap><entry><key>Users</key><value>2</value></entry></SummaryMap><IsTruncated>false</IsTruncated>\
             <Text>a&#13;b</Text></ListUsersResult><ResponseMetadata><RequestId>ID</RequestId></ResponseMetadata>\
             </ListUsersResponse>"
        );
    }

    #[tokio::test]
    async fn an_operation_without_output_has_no_result_and_an_error_says_whose_fault_it_is() {
        let none = Build::new().done();
        let shown = body(answer(Api::Sts, "X", &none, false, "ID")).await;
        assert!(!shown.contains("XResult"), "{shown}");
        let response = error(Api::Iam, StatusCode::NOT_FOUND, "NoSuchEntity", Some("no"), "ID");
        assert_eq!(response.headers()["x-amzn-requestid"], "ID");
        assert_eq!(
            body(response).await,
            "<ErrorResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><Error><Type>Sender</Type>\
             <Code>NoSuchEntity</Code><Message>no</Message></Error><RequestId>ID</RequestId></ErrorResponse>"
        );
    }
}
