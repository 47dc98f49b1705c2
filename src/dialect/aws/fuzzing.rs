//! The parts of this dialect that fuzzers reach, under the feature `fuzzing` alone.

use axum::http::StatusCode;

use super::input;
use super::model::Api;
use super::query::Query;
use super::signature::{self, Header, Lifetime, Presented, Request};
use super::xml;
use crate::dialect::members::Members;
use crate::domain::time::Time;

/// Reads `form` as the input of one of all operations.
pub(crate) fn read_input(choice: usize, form: &[u8]) {
    let mut all =
        [Api::Iam, Api::Sts].into_iter().flat_map(|api| api.model().names().into_iter().map(move |name| (api, name)));
    let Some((api, name)) = all.nth(choice % 187) else { return };
    let (Ok(query), Some(operation)) = (Query::decode("", form), api.model().operation(name)) else { return };
    if let Ok(value) = input::read(api, name, operation, &query) {
        assert!(value.is_object(), "an input is an object");
    }
}

/// Writes an answer and an error.
pub(crate) fn write_xml(members: &Members, message: &str) -> String {
    let status = StatusCode::BAD_REQUEST;
    drop(xml::error(Api::Sts, status, "ValidationError", Some(message), "ID"));
    let written = xml::answer_text(Api::Iam, "ListUsers", members, true, "ID");
    String::from_utf8(written).unwrap_or_default()
}

/// Reads and verifies the signature of a request whose parts stand one a line.
pub(crate) fn verify_signature(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut lines = text.split('\n');
    let (method, path, query) = (lines.next(), lines.next(), lines.next());
    let lines: Vec<&str> = lines.collect();
    let (body, headers) = lines.split_last().map_or(("", &[][..]), |(body, headers)| (*body, headers));
    let headers: Vec<Header<'_>> =
        headers.iter().filter_map(|line| line.split_once(':')).map(|(name, value)| (name, value.as_bytes())).collect();
    let request = Request {
        method: method.unwrap_or_default(),
        path: path.unwrap_or_default(),
        query: query.unwrap_or_default(),
        headers: &headers,
        body: body.as_bytes(),
    };
    match Presented::read(&request) {
        Ok(presented) => {
            let now = Time(1_772_600_767_000_000);
            for lifetime in [Lifetime::AsItSays, Lifetime::AsAnySignature] {
                let _ = presented.check_time(now, &[Time(0)], lifetime).map_err(|fault| fault.answer());
            }
            let _ = presented.check_scope("iam", |region| region == "us-east-1").map_err(|fault| fault.answer());
            let scope = presented.scope();
            let key = signature::signing_key("secret", scope.date, scope.region, scope.service);
            let _ = (presented.session_token(), presented.access_key_id());
            let _ = signature::verify(&key, &presented, &request);
        }
        Err(fault) => drop(fault.answer()),
    }
}
