//! Reads what a request presents as its signature, and judges what can be judged of it without the key.

use std::borrow::Cow;
use std::fmt;

use chrono::{DateTime, NaiveDate};

use super::fault::{Echo, WINDOW_MINUTES, basic};
use super::{ALGORITHM, Header, Request, ScopeFault, SignatureFault, TERMINATOR, decode, pairs};
use crate::domain::time::Time;

/// The longest life of a presigned URL: seven days.
const LONGEST_LIFE: u32 = 604_800;

/// The signature of a request with all that goes with it, whole but for the key's own part.
#[derive(Clone)]
pub(crate) struct Presented<'a> {
    credential: Cow<'a, str>,
    signed_headers: Cow<'a, str>,
    signature: Cow<'a, str>,
    date: Cow<'a, str>,
    time: Time,
    session_token: Option<Cow<'a, str>>,
    expires: Option<u32>,
    is_in_query: bool,
}

/// The parts of a credential after the key's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Scope<'a> {
    /// The day, `20260304`.
    pub(crate) date: &'a str,
    /// The region.
    pub(crate) region: &'a str,
    /// The service by its signing name.
    pub(crate) service: &'a str,
    /// `aws4_request`.
    pub(crate) terminator: &'a str,
}

/// Whether a presigned URL lives as long as its `X-Amz-Expires` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lifetime {
    /// It lives as any signature does and `X-Amz-Expires` means nothing. So does STS: authenticators that rely on it
    /// sign for 60 seconds and use the URL for a quarter of an hour.
    AsAnySignature,
    /// It lives as long as it says.
    AsItSays,
}

impl<'a> Presented<'a> {
    /// Takes the signature from the header `Authorization` or from the query.
    ///
    /// Of several faults AWS tells the first of this order: parts, date, headers that must be signed, algorithm,
    /// credential. (It looks at the clock after the date, which here comes later.)
    pub(crate) fn read(request: &Request<'a>) -> Result<Self, SignatureFault> {
        let in_query = parameter(request.query, "X-Amz-Algorithm");
        // Of two signatures nobody can say which one counts; the answer is inferred.
        if request.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("authorization")).count() > 1 {
            return Err(SignatureFault::InHeaderAndQuery);
        }
        let has_authorization = header(request.headers, "authorization").is_some();
        let (algorithm, presented) = match (authorization(request.headers), in_query) {
            (_, Some(_)) if has_authorization => return Err(SignatureFault::InHeaderAndQuery),
            (_, Some(algorithm)) => Self::from_query(request, algorithm)?,
            (Some(text), None) => Self::from_header(request, text)?,
            (None, None) => return Err(SignatureFault::MissingAuthenticationToken),
        };
        let unsigned = unsigned_headers(request.headers, &presented.signed_headers);
        if !unsigned.is_empty() {
            return Err(SignatureFault::UnsignedHeaders(unsigned));
        }
        if algorithm != ALGORITHM {
            return Err(SignatureFault::Algorithm(algorithm.into_owned()));
        }
        if five(&presented.credential).is_none() {
            return Err(SignatureFault::CredentialParts(presented.credential.into_owned()));
        }
        Ok(presented)
    }

    fn from_header(request: &Request<'a>, text: &'a str) -> Result<(Cow<'a, str>, Self), SignatureFault> {
        let (mut credential, mut signature, mut signed_headers) = (None, None, None);
        let echo = || Echo(text.to_owned());
        for word in words(text).skip(1) {
            let Some((name, value)) = word.split_once('=') else {
                return Err(SignatureFault::NotAPair { part: Echo(word.to_owned()), authorization: echo() });
            };
            match name {
                "Credential" => credential = Some(value),
                "Signature" => signature = Some(value),
                "SignedHeaders" => signed_headers = Some(value),
                _ => {}
            }
        }
        // Only the list of headers counts as there when it is empty.
        let credential = credential.filter(|value| !value.is_empty());
        let signature = signature.filter(|value| !value.is_empty());
        let sent = header(request.headers, "x-amz-date").or_else(|| header(request.headers, "date"));
        let (Some(credential), Some(signature), Some(signed_headers), Some(sent)) =
            (credential, signature, signed_headers, &sent)
        else {
            let is_missing = [credential.is_none(), signature.is_none(), signed_headers.is_none()];
            let parts = ["Credential", "Signature", "SignedHeaders"].into_iter().zip(is_missing);
            return Err(SignatureFault::MissingParts {
                parts: parts.filter(|(_, is_missing)| *is_missing).map(|(part, _)| part).collect(),
                date: sent.is_none(),
                authorization: echo(),
            });
        };
        let may_be_long = header(request.headers, "x-amz-date").is_none();
        let (date, time) = read_date(sent.clone(), may_be_long)?;
        let presented = Self {
            credential: Cow::Borrowed(credential),
            signed_headers: Cow::Borrowed(signed_headers),
            signature: Cow::Borrowed(signature),
            date,
            time,
            session_token: header(request.headers, "x-amz-security-token"),
            expires: None,
            is_in_query: false,
        };
        Ok((Cow::Borrowed(words(text).next().unwrap_or_default()), presented))
    }

    fn from_query(request: &Request<'a>, algorithm: Cow<'a, str>) -> Result<(Cow<'a, str>, Self), SignatureFault> {
        const NAMES: [&str; 4] = ["X-Amz-Credential", "X-Amz-Signature", "X-Amz-SignedHeaders", "X-Amz-Date"];
        let find = |name| parameter(request.query, name).filter(|value| !value.is_empty());
        let [Some(credential), Some(signature), Some(signed_headers), Some(date)] = NAMES.map(find) else {
            let names = NAMES.into_iter().filter(|name| find(name).is_none());
            let algorithm = algorithm.is_empty().then_some("X-Amz-Algorithm");
            return Err(SignatureFault::MissingParameters(algorithm.into_iter().chain(names).collect()));
        };
        if algorithm.is_empty() {
            return Err(SignatureFault::MissingParameters(vec!["X-Amz-Algorithm"]));
        }
        let (date, time) = read_date(date, false)?;
        let expires = match parameter(request.query, "X-Amz-Expires") {
            Some(text) => Some(read_expires(&text).ok_or(SignatureFault::Expires)?),
            None => None,
        };
        let token = parameter(request.query, "X-Amz-Security-Token");
        let session_token = token.or_else(|| header(request.headers, "x-amz-security-token"));
        Ok((
            algorithm,
            Self { credential, signed_headers, signature, date, time, session_token, expires, is_in_query: true },
        ))
    }

    /// Judges the time of the request against the machine's clock and others that count as much; a fault is told by
    /// the machine's.
    pub(crate) fn check_time(&self, machine: Time, others: &[Time], urls: Lifetime) -> Result<(), SignatureFault> {
        let fault = |now: Time| {
            let (sent, window) = (self.time, 60 * WINDOW_MINUTES);
            let (age, life) = (now.seconds().saturating_sub(sent.seconds()), self.expires.map(i64::from));
            match life.filter(|_| urls == Lifetime::AsItSays) {
                _ if age < -window => Some(SignatureFault::NotYetCurrent { sent, now }),
                Some(life) if age > life => Some(SignatureFault::UrlExpired),
                None if age > window => Some(SignatureFault::Expired { sent, now }),
                _ => None,
            }
        };
        match fault(machine) {
            Some(told) if others.iter().all(|now| fault(*now).is_some()) => Err(told),
            _ => Ok(()),
        }
    }

    /// Judges the scope for a call of this service, which is there in the regions that the caller says.
    pub(crate) fn check_scope(&self, service: &str, is_region: impl Fn(&str) -> bool) -> Result<(), SignatureFault> {
        let scope = self.scope();
        let mut faults = Vec::new();
        if !is_region(scope.region) {
            faults.push(ScopeFault::Region(scope.region.to_owned()));
        }
        if scope.service != service {
            faults.push(ScopeFault::Service(service.to_owned()));
        }
        if scope.terminator != TERMINATOR {
            faults.push(ScopeFault::Terminator(scope.terminator.to_owned()));
        }
        if self.date.get(..8) != Some(scope.date) {
            faults.push(ScopeFault::Date { scope: scope.date.to_owned(), date: self.date.clone().into_owned() });
        }
        if faults.is_empty() { Ok(()) } else { Err(SignatureFault::Scope(faults)) }
    }

    /// The id of the access key.
    pub(crate) fn access_key_id(&self) -> &str {
        let [id, ..] = five(&self.credential).unwrap_or_default();
        id
    }

    /// What the key is meant for.
    pub(crate) fn scope(&self) -> Scope<'_> {
        let [_, date, region, service, terminator] = five(&self.credential).unwrap_or_default();
        Scope { date, region, service, terminator }
    }

    /// The date of the request in the basic form, whichever form it was sent in.
    pub(crate) fn date(&self) -> &str {
        &self.date
    }

    /// The same as a time.
    #[cfg(test)]
    pub(crate) fn time(&self) -> Time {
        self.time
    }

    /// The names of the signed headers, joined with `;`, as sent.
    pub(crate) fn signed_headers(&self) -> &str {
        &self.signed_headers
    }

    /// The signature as hexadecimal digits.
    pub(crate) fn signature(&self) -> &str {
        &self.signature
    }

    /// The session token of temporary credentials.
    pub(crate) fn session_token(&self) -> Option<&str> {
        self.session_token.as_deref()
    }

    /// How many seconds a presigned URL says it lives.
    #[cfg(test)]
    pub(crate) fn expires(&self) -> Option<u32> {
        self.expires
    }

    /// Whether the signature came in the query.
    pub(crate) fn is_in_query(&self) -> bool {
        self.is_in_query
    }
}

impl fmt::Debug for Presented<'_> {
    /// Leaves out what lets others repeat the request: signature and token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Presented");
        out.field("credential", &self.credential).field("date", &self.date);
        out.field("signed_headers", &self.signed_headers).finish_non_exhaustive()
    }
}

/// The header `Authorization` if it is of one of AWS's signatures of this kind, whatever the algorithm.
fn authorization<'a>(headers: &[Header<'a>]) -> Option<&'a str> {
    let (_, value) = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("authorization"))?;
    std::str::from_utf8(value).ok().map(str::trim).filter(|text| text.starts_with("AWS4-"))
}

/// The algorithm and the parts after it; some clients separate parts by a comma, some by a space, most by both.
fn words(authorization: &str) -> impl Iterator<Item = &str> {
    authorization.split([',', ' ', '\t']).filter(|word| !word.is_empty())
}

fn header<'a>(headers: &[Header<'a>], name: &str) -> Option<Cow<'a, str>> {
    let (_, value) = headers.iter().find(|(other, _)| other.eq_ignore_ascii_case(name))?;
    Some(String::from_utf8_lossy(value.trim_ascii()))
}

fn parameter<'a>(query: &'a str, name: &str) -> Option<Cow<'a, str>> {
    let is_plain = |text: &str| !text.contains(['%', '+']);
    let is_wanted = |sent: &str| if is_plain(sent) { sent == name } else { decode(sent) == name.as_bytes() };
    let (_, value) = pairs(query).find(|(sent, _)| is_wanted(sent))?;
    if is_plain(value) {
        return Some(Cow::Borrowed(value));
    }
    Some(Cow::Owned(String::from_utf8_lossy(&decode(value)).into_owned()))
}

/// The five parts of a credential. Slashes at its end do not count.
fn five(credential: &str) -> Option<[&str; 5]> {
    let mut parts = credential.trim_end_matches('/').split('/');
    let five = [parts.next()?, parts.next()?, parts.next()?, parts.next()?, parts.next()?];
    parts.next().is_none().then_some(five)
}

/// The host and every `x-amz-` header of the request that the list leaves out.
fn unsigned_headers(headers: &[Header], list: &str) -> Vec<String> {
    // A list with more names than there are headers cannot pass, and looking through all of it could cost.
    let signed = || list.split(';').take(headers.len());
    let is_signed = |name: &str| signed().any(|signed| signed.eq_ignore_ascii_case(name));
    let must_be = |name: &str| name.as_bytes().get(..6).is_some_and(|start| start.eq_ignore_ascii_case(b"x-amz-"));
    let mut unsigned: Vec<String> = Vec::new();
    if !is_signed("host") {
        unsigned.push("Host".to_owned());
    }
    for (name, _) in headers.iter().filter(|(name, _)| must_be(name) && !is_signed(name)) {
        let name = name.to_ascii_lowercase();
        if !unsigned.contains(&name) {
            unsigned.push(name);
        }
    }
    unsigned
}

/// Reads a date of the basic form or, where the header is `Date`, of HTTP's.
fn read_date(sent: Cow<'_, str>, may_be_long: bool) -> Result<(Cow<'_, str>, Time), SignatureFault> {
    if let Some(time) = read_basic(sent.as_bytes()) {
        return Ok((sent, time));
    }
    match DateTime::parse_from_rfc2822(&sent) {
        Ok(time) if may_be_long => {
            let time = Time::from(time.to_utc());
            Ok((Cow::Owned(basic(time)), time))
        }
        _ => Err(SignatureFault::DateFormat(sent.into_owned())),
    }
}

fn read_basic(text: &[u8]) -> Option<Time> {
    let &[y1, y2, y3, y4, m1, m2, d1, d2, b'T', h1, h2, n1, n2, s1, s2, b'Z'] = text else { return None };
    let number = |digits: &[u8]| {
        let digit = |byte: &u8| char::from(*byte).to_digit(10);
        digits.iter().try_fold(0, |number, byte| Some(number * 10 + digit(byte)?))
    };
    let year = i32::try_from(number(&[y1, y2, y3, y4])?).ok()?;
    let day = NaiveDate::from_ymd_opt(year, number(&[m1, m2])?, number(&[d1, d2])?)?;
    let time = day.and_hms_opt(number(&[h1, h2])?, number(&[n1, n2])?, number(&[s1, s2])?)?;
    Some(Time::from(time.and_utc()))
}

fn read_expires(text: &str) -> Option<u32> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|seconds| is_number && (1..=LONGEST_LIFE).contains(seconds))
}
