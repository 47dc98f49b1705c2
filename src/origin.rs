//! Which pages a browser may let call this server; shared by everything that speaks HTTP.

use std::net::IpAddr;

use axum::http::{HeaderMap, HeaderName, header};

use crate::hosts;

/// In a request's extensions: it came over TLS that ended here.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OverTls;

/// A header; of one that comes twice nobody can tell which is meant, and it is no good.
fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    let mut all = headers.get_all(name).iter();
    let first = all.next()?;
    Some(if all.next().is_some() { "?" } else { first.to_str().unwrap_or("?") })
}

/// Whether a page of another site loads or embeds what is asked for, as newer browsers say of each request; a link that
/// somebody follows does neither.
pub(crate) fn is_foreign_load(headers: &HeaderMap) -> bool {
    let said = |name| text(headers, HeaderName::from_static(name));
    let elsewhere = said("sec-fetch-site").is_some_and(|site| !matches!(site, "same-origin" | "none"));
    elsewhere && (said("sec-fetch-mode"), said("sec-fetch-dest")) != (Some("navigate"), Some("document"))
}

/// Whether a page of another site makes the call: a browser says where a page came from.
pub(crate) fn is_foreign(headers: &HeaderMap) -> bool {
    let Some(origin) = text(headers, header::ORIGIN) else { return false };
    let own = origin.split_once("://").map(|(_, host)| host);
    own.is_none() || own != text(headers, header::HOST)
}

/// As [`is_foreign`], for forms: newer browsers say of each request whether it comes from a page of another site, and of
/// another port of this machine.
pub(crate) fn is_foreign_form(headers: &HeaderMap) -> bool {
    let site = text(headers, HeaderName::from_static("sec-fetch-site"));
    is_foreign(headers) || site.is_some_and(|site| !matches!(site, "same-origin" | "none"))
}

/// Whether a person at this machine makes the call, as far as can be told: from one of its addresses, by one of its names,
/// over no proxy.
pub(crate) fn is_at_this_machine(peer: IpAddr, headers: &HeaderMap) -> bool {
    let forwarded = ["forwarded", "x-forwarded-for"].iter().any(|name| headers.contains_key(*name));
    // A page of a site whose name was made to point here is not at this machine, nor is who comes by a proxy.
    peer.to_canonical().is_loopback() && names_this_machine(headers) && !forwarded
}

/// Whether the call names this machine by a name that nobody else can give it: an address, or `localhost`. A page of a
/// site whose name was made to point here cannot.
pub(crate) fn names_this_machine(headers: &HeaderMap) -> bool {
    let Some(host) = text(headers, header::HOST) else { return true };
    let name = match host.strip_prefix('[') {
        // Nothing but a port may follow an address in brackets.
        Some(rest) => match rest.split_once(']') {
            Some((address, port)) if port.is_empty() || port.starts_with(':') => address,
            _ => return false,
        },
        None => host.rsplit_once(':').map_or(host, |(name, _)| name),
    };
    name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok()
}

/// Whether a call may reach what is for testers, by where it says it comes from. Where only this machine may call, only
/// its own names are good; those of the clouds, whose pages a browser may have from here, never are.
pub(crate) fn may_reach_control(own_names_only: bool, headers: &HeaderMap) -> bool {
    let of_cloud = text(headers, header::HOST).is_some_and(hosts::is_cloud_host);
    !is_foreign(headers) && !is_foreign_load(headers) && !of_cloud && (!own_names_only || names_this_machine(headers))
}

/// Last labels of names that nobody can give to this machine from elsewhere (RFC 6761, RFC 6762, RFC 8375, and `internal`
/// by ICANN's reservation of 2024).
const PRIVATE: [&str; 6] = ["localhost", "local", "internal", "test", "lan", "home.arpa"];

/// Whether the call names this server by a name that a stranger may have pointed here, so that a page of that name counts
/// as ours to a browser. A name without a dot is of the same network: a service of compose, say; `given` are the names
/// of the settings.
pub(crate) fn may_be_rebound<'a>(given: impl FnOnce() -> Vec<&'a str>, headers: &HeaderMap) -> bool {
    if names_this_machine(headers) {
        return false;
    }
    let host = text(headers, header::HOST).unwrap_or_default();
    let name = hosts::name_of(host).trim_end_matches('.').to_ascii_lowercase();
    let is_private = || PRIVATE.iter().any(|last| name.strip_suffix(last).is_some_and(|rest| rest.ends_with('.')));
    let is_given = || given().iter().any(|own| own.eq_ignore_ascii_case(&name));
    let may_be_public = name.contains(['.', '?']) || host.starts_with('[');
    may_be_public && !is_private() && !hosts::is_cloud_host(&name) && !is_given()
}

/// Whether a page of another site may be behind a call that proves nothing: one that it sends, one that it loads or embeds,
/// or one under a name that was made to lead here.
pub(crate) fn is_foreign_root<'a>(given: impl FnOnce() -> Vec<&'a str>, headers: &HeaderMap) -> bool {
    is_foreign(headers) || is_foreign_load(headers) || may_be_rebound(given, headers)
}

/// Whether the console is asked for under a name that is not ours: neither this machine's, nor one that the settings
/// give us, nor a cloud's, under which only the pages to sign in are there. It matters where only this machine may call.
pub(crate) fn is_foreign_name(own_names_only: bool, given: &[&str], headers: &HeaderMap) -> bool {
    let name = text(headers, header::HOST).map(hosts::name_of).unwrap_or_default();
    let is_ours = || given.iter().any(|own| own.eq_ignore_ascii_case(name)) || hosts::is_cloud_host(name);
    own_names_only && !names_this_machine(headers) && !is_ours()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn with(name: HeaderName, value: &'static str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(name, HeaderValue::from_static(value));
        headers
    }

    #[test]
    fn only_addresses_and_localhost_name_this_machine() {
        for own in ["127.0.0.1:4260", "localhost:4260", "LOCALHOST", "[::1]:4260", "10.0.0.1"] {
            assert!(names_this_machine(&with(header::HOST, own)), "{own}");
        }
        for other in ["evil.example:4260", "localhost.evil.example", "", "[evil]"] {
            assert!(!names_this_machine(&with(header::HOST, other)), "{other}");
        }
    }

    #[test]
    fn only_names_that_a_stranger_can_give_may_be_rebound() {
        let asked = |host| may_be_rebound(|| vec!["iam.corp.example"], &with(header::HOST, host));
        for host in ["evil.example:4260", "127.0.0.1.evil.example", "internal.evil.example.", "[::1]evil.example", "?"]
        {
            assert!(asked(host), "{host}");
        }
        for host in [
            "sesame:4260",
            "127.0.0.1",
            "host.docker.internal:4260",
            "a.b.svc.cluster.local",
            "IAM.corp.example",
            "iam.amazonaws.com",
            "[::1]:4260",
        ] {
            assert!(!asked(host), "{host}");
        }
        assert!(!may_be_rebound(Vec::new, &HeaderMap::new()));
    }

    #[test]
    fn the_clouds_names_never_lead_to_control() {
        for (host, may) in
            [("sesame.example:4260", true), ("signin.aws.amazon.com", false), ("IAM.amazonaws.com.", false)]
        {
            assert_eq!(may_reach_control(false, &with(header::HOST, host)), may, "{host}");
        }
    }

    #[test]
    fn what_another_site_loads_or_embeds_does_not_reach_control_and_a_link_does() {
        let asked = |site, mode, dest| {
            let names = ["sec-fetch-site", "sec-fetch-mode", "sec-fetch-dest"].map(HeaderName::from_static);
            let values = [site, mode, dest].map(HeaderValue::from_static);
            names.into_iter().zip(values).collect::<HeaderMap>()
        };
        assert!(may_reach_control(true, &asked("cross-site", "navigate", "document")));
        assert!(may_reach_control(true, &asked("same-origin", "cors", "empty")));
        for (site, mode, dest) in [
            ("cross-site", "no-cors", "script"),
            ("same-site", "no-cors", "image"),
            ("cross-site", "navigate", "iframe"),
        ] {
            assert!(!may_reach_control(false, &asked(site, mode, dest)), "{site} {mode} {dest}");
        }
    }

    #[test]
    fn the_console_has_the_names_that_it_was_given_and_no_others() {
        for (host, foreign) in [
            ("localhost:4260", false),
            ("Sesame.Test:4260", false),
            ("signin.aws.amazon.com", false),
            ("evil.example:4260", true),
            ("sesame.test.evil.example", true),
        ] {
            assert_eq!(is_foreign_name(true, &["sesame.test"], &with(header::HOST, host)), foreign, "{host}");
            assert!(!is_foreign_name(false, &[], &with(header::HOST, host)), "{host}");
        }
    }

    #[test]
    fn a_header_that_comes_twice_is_no_good() {
        let mut headers = with(header::HOST, "localhost");
        headers.append(header::HOST, HeaderValue::from_static("localhost"));
        assert!(!names_this_machine(&headers));
        let mut headers = with(header::HOST, "localhost");
        for origin in ["http://localhost", "http://evil.example"] {
            headers.append(header::ORIGIN, HeaderValue::from_static(origin));
        }
        assert!(is_foreign(&headers));
    }

    #[test]
    fn a_form_of_another_site_is_told_by_what_browsers_say_of_it() {
        for (site, foreign) in [("cross-site", true), ("same-site", true), ("same-origin", false), ("none", false)] {
            let headers = with(HeaderName::from_static("sec-fetch-site"), site);
            assert_eq!(is_foreign_form(&headers), foreign, "{site}");
        }
        assert!(is_foreign_form(&with(header::ORIGIN, "http://evil.example")) && !is_foreign_form(&HeaderMap::new()));
    }

    #[test]
    fn a_page_of_another_site_is_foreign_and_a_client_without_an_origin_is_not() {
        let mut headers = with(header::HOST, "127.0.0.1:4260");
        assert!(!is_foreign(&headers));
        headers.insert(header::ORIGIN, HeaderValue::from_static("http://127.0.0.1:4260"));
        assert!(!is_foreign(&headers));
        for other in ["http://evil.example", "null", "http://127.0.0.1:8080"] {
            headers.insert(header::ORIGIN, HeaderValue::from_static(other));
            assert!(is_foreign(&headers), "{other}");
        }
    }
}
