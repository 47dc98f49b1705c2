//! Which pages a browser may let call this server; by its headers and the settings;
//! shared by everything that speaks HTTP.

use std::net::IpAddr;

use axum::http::{HeaderMap, HeaderName, header};

use crate::config::{Names, RootSignIn, Settings};
use crate::hosts::{self, Host};

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

/// The host that the call names.
fn host(headers: &HeaderMap) -> Option<Host<'_>> {
    text(headers, header::HOST).map(Host::of)
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
fn names_this_machine(headers: &HeaderMap) -> bool {
    host(headers).is_none_or(Host::is_this_machine)
}

/// Last labels of names that nobody can give to this machine from elsewhere (RFC 6761, RFC 6762, RFC 8375, and `internal`
/// by ICANN's reservation of 2024).
const PRIVATE: [&str; 6] = ["localhost", "local", "internal", "test", "lan", "home.arpa"];

/// Whether the call names this server by a name that a stranger may have pointed here, so that a page of that name counts
/// as ours to a browser. A name without a dot is of the same network: a service of compose, say; `given` are the names
/// of the settings.
fn may_be_rebound(given: &Names, headers: &HeaderMap) -> bool {
    let Some(host) = host(headers).filter(|host| !host.is_this_machine()) else { return false };
    let name = host.name().trim_end_matches('.').to_ascii_lowercase();
    let is_private = || PRIVATE.iter().any(|last| name.strip_suffix(last).is_some_and(|rest| rest.ends_with('.')));
    let may_be_public = name.contains(['.', '?']) || host.is_bracketed();
    may_be_public && !is_private() && !hosts::is_cloud_host(&name) && !given.has(&name)
}

/// What is there for people and programs under our own names.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    /// What is for testers.
    Control,
    /// The console.
    Console,
}

/// Whether a part is reached by the name that the call has for this server. Who has to show a token may call it as they
/// like. Where only this machine may call, the control surface has only this machine's names, and the console those
/// of the settings too; elsewhere a name has to be one that no stranger can give. Under the clouds' names, which a browser
/// may have for this server, there are no more than the pages to sign in.
fn is_well_named(settings: &Settings, part: Part, headers: &HeaderMap) -> bool {
    let Some(host) = host(headers).filter(|host| !host.is_this_machine()) else { return true };
    if hosts::is_cloud_host(host.name()) {
        return part == Part::Console;
    }
    if settings.only_this_machine_controls() {
        return part == Part::Console && settings.tls.names.has(host.name());
    }
    !(settings.is_open_to_names() && may_be_rebound(&settings.tls.names, headers))
}

/// Whether a call may reach what is for testers, by where it says it comes from and what it calls this server.
pub(crate) fn may_reach_control(settings: &Settings, headers: &HeaderMap) -> bool {
    !is_foreign(headers) && !is_foreign_load(headers) && is_well_named(settings, Part::Control, headers)
}

/// Whether a call may reach the console, by what it calls this server.
pub(crate) fn may_reach_console(settings: &Settings, headers: &HeaderMap) -> bool {
    // Who lets the root in from everywhere has opened the console on purpose.
    settings.console.root_sign_in == RootSignIn::Always || is_well_named(settings, Part::Console, headers)
}

/// Whether a page of another site may be behind a call that proves nothing: one that it sends, one that it loads or embeds,
/// or one under a name that was made to lead here.
pub(crate) fn is_foreign_root(settings: &Settings, headers: &HeaderMap) -> bool {
    is_foreign(headers) || is_foreign_load(headers) || may_be_rebound(&settings.tls.names, headers)
}

/// Whether a person may sign in without a password from where the call comes: never for a page of a name that a stranger
/// may have pointed here.
pub(crate) fn one_click_is_allowed(settings: &Settings, who: RootSignIn, peer: IpAddr, headers: &HeaderMap) -> bool {
    match who {
        RootSignIn::Always => !may_be_rebound(&settings.tls.names, headers),
        RootSignIn::Never => false,
        RootSignIn::Loopback => {
            settings.server.listen.ip().to_canonical().is_loopback() && is_at_this_machine(peer, headers)
        }
    }
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

    /// Settings of a server that listens there, has these names, and perhaps a token.
    fn settings(listen: &str, names: &str, token: Option<&str>) -> Settings {
        let mut settings = Settings::default();
        settings.server.listen = listen.parse().unwrap();
        settings.tls.names = names.into();
        settings.control.token = token.map(Into::into);
        settings
    }

    fn alone() -> Settings {
        settings("127.0.0.1:4260", "sesame.test", None)
    }

    fn open() -> Settings {
        settings("0.0.0.0:4260", "iam.corp.example", None)
    }

    #[test]
    fn only_names_that_a_stranger_can_give_may_be_rebound() {
        let asked = |host| may_be_rebound(&open().tls.names, &with(header::HOST, host));
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
        assert!(!may_be_rebound(&Names::default(), &HeaderMap::new()));
    }

    #[test]
    fn each_part_has_its_names() {
        let token = settings("0.0.0.0:4260", "", Some("s3cret"));
        // The control surface and the console: alone on the machine, open, behind a token.
        for (host, control, console) in [
            ("localhost:4260", [true; 3], [true; 3]),
            ("[::1]:4260", [true; 3], [true; 3]),
            ("Sesame.Test:4260", [false, true, true], [true; 3]),
            ("sesame:4260", [false, true, true], [false, true, true]),
            ("iam.corp.example", [false, true, true], [false, true, true]),
            ("evil.example:4260", [false, false, true], [false, false, true]),
            ("sesame.test.evil.example", [false, false, true], [false, false, true]),
            ("signin.aws.amazon.com", [false; 3], [true; 3]),
            ("IAM.amazonaws.com.", [false; 3], [true; 3]),
        ] {
            let headers = with(header::HOST, host);
            let all = [alone(), open(), token.clone()];
            assert_eq!(all.each_ref().map(|settings| may_reach_control(settings, &headers)), control, "{host}");
            assert_eq!(all.each_ref().map(|settings| may_reach_console(settings, &headers)), console, "{host}");
        }
    }

    #[test]
    fn a_console_that_lets_the_root_in_from_everywhere_has_any_name() {
        let mut settings = alone();
        settings.console.root_sign_in = RootSignIn::Always;
        let headers = with(header::HOST, "evil.example");
        assert!(may_reach_console(&settings, &headers) && !may_reach_control(&settings, &headers));
    }

    #[test]
    fn what_another_site_loads_or_embeds_does_not_reach_control_and_a_link_does() {
        let asked = |site, mode, dest| {
            let names = ["sec-fetch-site", "sec-fetch-mode", "sec-fetch-dest"].map(HeaderName::from_static);
            let values = [site, mode, dest].map(HeaderValue::from_static);
            names.into_iter().zip(values).collect::<HeaderMap>()
        };
        assert!(may_reach_control(&alone(), &asked("cross-site", "navigate", "document")));
        assert!(may_reach_control(&alone(), &asked("same-origin", "cors", "empty")));
        for (site, mode, dest) in [
            ("cross-site", "no-cors", "script"),
            ("same-site", "no-cors", "image"),
            ("cross-site", "navigate", "iframe"),
        ] {
            assert!(!may_reach_control(&open(), &asked(site, mode, dest)), "{site} {mode} {dest}");
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
