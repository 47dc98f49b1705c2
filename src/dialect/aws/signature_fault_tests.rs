//! Each fault with the request that has it, and its answer in full.

use super::*;

const PRESIGNED: &str = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIA%2F20260304%2Fus-east-1%2Fsts%2Faws4_request\
                         &X-Amz-Date=20260304T050607Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Signature=00";

fn fault_of(authorization: &str) -> (&'static str, u16, String) {
    Sent::with_headers(authorization, &[]).fault()
}

fn incomplete(message: &str) -> (&'static str, u16, String) {
    ("IncompleteSignature", 400, message.to_owned())
}

fn mismatch(message: &str) -> (&'static str, u16, String) {
    ("SignatureDoesNotMatch", 403, message.to_owned())
}

#[test]
fn no_signature_at_all() {
    let missing = ("MissingAuthenticationToken", 403, "Request is missing Authentication Token".to_owned());
    let unsigned = Sent::with_headers("", &[]).without("Authorization");
    assert_eq!(unsigned.fault(), missing);
    for other in ["", "Bearer x", "Basic dTpw", "AWS AKIA:sig", "ACS3-HMAC-SHA256 Credential=a"] {
        assert_eq!(fault_of(other), missing, "{other}");
    }
    let mut binary = Sent::with_headers("", &[]).without("Authorization");
    binary.headers.push(("authorization".to_owned(), b"AWS4-HMAC-SHA256 Credential=\xFF".to_vec()));
    assert_eq!(binary.fault(), missing);
}

#[test]
fn missing_parts_are_told_all_at_once() {
    let all = "AWS4-HMAC-SHA256";
    assert_eq!(
        Sent::with_headers(all, &[]).without("X-Amz-Date").fault(),
        incomplete(
            "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' \
             parameter. Authorization header requires 'SignedHeaders' parameter. Authorization header requires \
             existence of either a 'X-Amz-Date' or a 'Date' header. Authorization=AWS4-HMAC-SHA256"
        )
    );
    for (left_out, header) in [
        ("Credential", "AWS4-HMAC-SHA256 SignedHeaders=host;x-amz-date, Signature=00"),
        ("Signature", "AWS4-HMAC-SHA256 Credential=a/b/c/d/e,SignedHeaders=host;x-amz-date,Signature="),
        ("SignedHeaders", "AWS4-HMAC-SHA256 Credential=a/b/c/d/e Signature=00"),
    ] {
        let told = format!("Authorization header requires '{left_out}' parameter. Authorization={header}");
        assert_eq!(fault_of(header), incomplete(&told));
    }
    assert_eq!(
        fault_of("AWS4-HMAC-SHA256 Credential, SignedHeaders=host"),
        incomplete(
            "'Credential' not a valid key=value pair (missing equal-sign) in Authorization header: \
             'AWS4-HMAC-SHA256 Credential, SignedHeaders=host'."
        )
    );
}

#[test]
fn missing_parameters_are_told_all_at_once() {
    assert_eq!(
        Sent::presigned("X-Amz-Algorithm=").fault(),
        incomplete(
            "AWS query-string parameters must include 'X-Amz-Algorithm'. AWS query-string parameters must include \
             'X-Amz-Credential'. AWS query-string parameters must include 'X-Amz-Signature'. AWS query-string \
             parameters must include 'X-Amz-SignedHeaders'. AWS query-string parameters must include 'X-Amz-Date'. \
             Re-examine the query-string parameters."
        )
    );
    for name in ["X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature", "X-Amz-SignedHeaders", "X-Amz-Date"] {
        let query = PRESIGNED.split('&').map(|pair| match pair.split_once('=').unwrap().0 {
            other if other == name => format!("{other}="),
            _ => pair.to_owned(),
        });
        let told =
            format!("AWS query-string parameters must include '{name}'. Re-examine the query-string parameters.");
        assert_eq!(Sent::presigned(&query.collect::<Vec<_>>().join("&")).fault(), incomplete(&told));
    }
    let both = Sent { query: PRESIGNED.to_owned(), ..Sent::with_headers(GOOD, &[]) };
    let told = "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.";
    assert_eq!(both.fault(), mismatch(told));
}

#[test]
fn a_date_of_another_form() {
    for date in
        ["", "2026-03-04T05:06:07Z", "20260304T050607", "20260230T050607Z", "20260304T240607Z", "2026030éT050607Z"]
    {
        let told =
            format!("Date must be in ISO-8601 'basic format'. Got '{date}'. See http://en.wikipedia.org/wiki/ISO_8601");
        let mut sent = Sent::with_headers(GOOD, &[]);
        sent.headers[1].1 = date.into();
        assert_eq!(sent.fault(), incomplete(&told));
    }
    let day = "Wed, 04 Mar 2026 05:06:07 GMT";
    let mut long = Sent::with_headers(GOOD, &[("Date", day)]).without("X-Amz-Date");
    long.with(|request| {
        let presented = Presented::read(request).unwrap();
        assert_eq!((presented.date(), presented.time()), ("20260304T050607Z", SIGNED_AT));
    });
    long.headers.push(("x-amz-date".to_owned(), day.into()));
    let told =
        format!("Date must be in ISO-8601 'basic format'. Got '{day}'. See http://en.wikipedia.org/wiki/ISO_8601");
    assert_eq!(long.fault(), incomplete(&told));
}

#[test]
fn another_algorithm_and_a_credential_of_other_parts() {
    let told = "Unsupported AWS 'algorithm': 'AWS4-ECDSA-P256-SHA256'";
    assert_eq!(fault_of(&GOOD.replace("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256")), incomplete(told));
    let query = PRESIGNED.replace("AWS4-HMAC-SHA256", "AWS5");
    assert_eq!(Sent::presigned(&query).fault(), incomplete("Unsupported AWS 'algorithm': 'AWS5'"));
    for credential in ["AKIA", "a/b/c/d", "a/b/c/d/", "a/b/c/d/e/f", "/"] {
        let told = format!(
            "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got \
             '{credential}'"
        );
        let header = GOOD.replace("AKIA/20260304/us-east-1/iam/aws4_request", credential);
        assert_eq!(fault_of(&header), incomplete(&told));
    }
}

#[test]
fn headers_that_have_to_be_signed() {
    let told = "'Host' must be a 'SignedHeader' in the AWS Authorization.";
    assert_eq!(fault_of(&GOOD.replace("host;", "")), mismatch(told));
    let told = "'Host' must be a 'SignedHeader' in the AWS Authorization. 'x-amz-date' must be a 'SignedHeader' in the \
                AWS Authorization. 'x-amz-meta-b' must be a 'SignedHeader' in the AWS Authorization.";
    let more = [("X-Amz-Meta-B", "1"), ("x-amz-meta-b", "2"), ("X-Amzn-Trace-Id", "3"), ("User-Agent", "4")];
    assert_eq!(Sent::with_headers(&GOOD.replace("host;x-amz-date", ""), &more).fault(), mismatch(told));
    assert_eq!(Sent::presigned(&PRESIGNED.replace("=host", "=hos")).fault().0, "SignatureDoesNotMatch");
    let upper = Sent::with_headers(&GOOD.replace("host;x-amz-date", "HOST;X-AMZ-DATE"), &[]);
    assert!(upper.with(|request| Presented::read(request).is_ok()));
}

fn check(sent: &Sent, machine: Time, others: &[Time], urls: Lifetime) -> Result<(), (&'static str, u16, String)> {
    sent.with(|request| Presented::read(request).unwrap().check_time(machine, others, urls)).map_err(|it| it.answer())
}

#[test]
fn the_window_is_a_quarter_of_an_hour_about_either_clock() {
    let sent = Sent::with_headers(GOOD, &[]);
    let urls = Lifetime::AsItSays;
    let at = |seconds| SIGNED_AT.plus_seconds(seconds);
    for fine in [-900, 0, 900] {
        assert_eq!(check(&sent, at(fine), &[], urls), Ok(()));
    }
    let old = mismatch(
        "Signature expired: 20260304T050607Z is now earlier than 20260304T050608Z (20260304T052108Z - 15 min.)",
    );
    assert_eq!(check(&sent, at(901), &[], urls), Err(old.clone()));
    let new = mismatch(
        "Signature not yet current: 20260304T050607Z is still later than 20260304T050606Z (20260304T045106Z + 15 min.)",
    );
    assert_eq!(check(&sent, at(-901), &[], urls), Err(new));
    assert_eq!(check(&sent, at(901), &[at(1_000_000), at(899)], urls), Ok(()));
    assert_eq!(check(&sent, at(0), &[at(1_000_000)], urls), Ok(()));
    assert_eq!(check(&sent, at(901), &[at(-5000), at(5000)], urls), Err(old));
    assert!(check(&sent, Time(i64::MAX), &[Time(i64::MIN)], urls).is_err());
}

#[test]
fn a_presigned_url_lives_as_long_as_the_service_says() {
    let sent = Sent::presigned(PRESIGNED);
    let at = |seconds| SIGNED_AT.plus_seconds(seconds);
    let over = ("RequestExpired", 400, "Request has expired.".to_owned());
    assert_eq!(check(&sent, at(60), &[], Lifetime::AsItSays), Ok(()));
    assert_eq!(check(&sent, at(61), &[], Lifetime::AsItSays), Err(over.clone()));
    assert_eq!(check(&sent, at(900), &[], Lifetime::AsItSays), Err(over));
    assert_eq!(check(&sent, at(900), &[], Lifetime::AsAnySignature), Ok(()));
    assert!(check(&sent, at(901), &[], Lifetime::AsAnySignature).unwrap_err().2.starts_with("Signature expired: "));
    assert!(check(&sent, at(-901), &[], Lifetime::AsItSays).unwrap_err().2.starts_with("Signature not yet"));
    let week = Sent::presigned(&PRESIGNED.replace("=60", "=604800"));
    assert_eq!(check(&week, at(604_800), &[], Lifetime::AsItSays), Ok(()));
    for bad in ["=0", "=604801", "=-1", "=%2B60", "=x", "=", "=99999999999"] {
        let told = "X-Amz-Expires must be between 1 and 604800 seconds".to_owned();
        let sent = Sent::presigned(&PRESIGNED.replace("=60", bad));
        assert_eq!(sent.fault(), ("AuthorizationQueryParametersError", 400, told), "{bad}");
    }
    let without = Sent::presigned(&PRESIGNED.replace("&X-Amz-Expires=60", ""));
    assert_eq!(without.with(|request| Presented::read(request).unwrap().expires()), None);
    assert_eq!(check(&without, at(900), &[], Lifetime::AsItSays), Ok(()));
    assert!(check(&without, at(901), &[], Lifetime::AsItSays).unwrap_err().2.starts_with("Signature expired: "));
}

#[test]
fn faults_of_the_scope_are_told_all_at_once() {
    let scope = |credential: &str| {
        let header = GOOD.replace("20260304/us-east-1/iam/aws4_request", credential);
        let check = |request: &Request| Presented::read(request).unwrap().check_scope("iam", |it| it == "us-east-1");
        Sent::with_headers(&header, &[]).with(check).map_err(|fault| fault.answer())
    };
    assert_eq!(scope("20260304/us-east-1/iam/aws4_request"), Ok(()));
    let region = "Credential should be scoped to a valid region, not 'x'.";
    assert_eq!(scope("20260304/x/iam/aws4_request"), Err(mismatch(region)));
    let service = "Credential should be scoped to correct service: 'iam'.";
    assert_eq!(scope("20260304/us-east-1/sts/aws4_request"), Err(mismatch(service)));
    let terminator = "Credential should be scoped with a valid terminator: 'aws4_request', not 'x'.";
    assert_eq!(scope("20260304/us-east-1/iam/x"), Err(mismatch(terminator)));
    let date = "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20260305' \
                != '20260304', from '20260304T050607Z'.";
    assert_eq!(scope("20260305/us-east-1/iam/aws4_request"), Err(mismatch(date)));
    assert_eq!(scope("20260305/x/sts/x"), Err(mismatch(&format!("{region} {service} {terminator} {date}"))));
}

#[test]
fn faults_that_only_the_key_shows() {
    for (fault, code, message) in [
        (
            SignatureFault::InvalidClientTokenId,
            "InvalidClientTokenId",
            "The security token included in the request is invalid.",
        ),
        (SignatureFault::ExpiredToken, "ExpiredToken", "The security token included in the request is expired"),
        (
            SignatureFault::SignatureDoesNotMatch,
            "SignatureDoesNotMatch",
            "The request signature we calculated does not match the signature you provided. Check your AWS Secret \
             Access Key and signing method. Consult the service documentation for details.",
        ),
    ] {
        assert_eq!(fault.answer(), (code, 403, message.to_owned()));
    }
}

#[test]
fn a_log_shows_neither_signature_nor_token() {
    let sent = Sent::with_headers(
        &GOOD.replace("x-amz-date", "x-amz-date;x-amz-security-token").replace("=00", "=hidden"),
        &[("X-Amz-Security-Token", "hidden")],
    );
    let shown = sent.with(|request| format!("{:?}", Presented::read(request).unwrap()));
    assert!(shown.contains("AKIA") && !shown.contains("hidden"), "{shown}");
    for header in ["AWS4-HMAC-SHA256 Signature=hidden", "AWS4-HMAC-SHA256 hidden"] {
        let shown = Sent::with_headers(header, &[]).with(|it| format!("{:?}", Presented::read(it).unwrap_err()));
        assert!(!shown.contains("hidden"), "{shown}");
    }
}
