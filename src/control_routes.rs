//! The routes of the control surface as its source has them, for the tests of whoever describes or calls them all. It
//! knows neither the surface nor the command line.

use std::collections::BTreeSet;

/// Method and path of each route below `/_sesame`.
pub(crate) fn routes() -> BTreeSet<(String, String)> {
    let source = include_str!("control/mod.rs");
    let mut routes = BTreeSet::new();
    for part in source.split(".route(").skip(1) {
        let mut quoted = part.split('"');
        let path = quoted.nth(1).expect("a path").to_owned();
        let handlers = quoted.next().expect("handlers").split("\n        .").next().unwrap();
        for method in ["get", "put", "post", "delete", "patch", "any"] {
            let calls = |before: char| handlers.contains(&format!("{before}{method}("));
            if calls(' ') || calls('.') || calls(':') {
                routes.insert((method.to_uppercase(), path.clone()));
            }
        }
    }
    assert!(routes.len() > 25, "{routes:#?}");
    routes
}

#[test]
fn every_method_of_a_route_is_read() {
    let routes = routes();
    for (method, path) in
        [("GET", "/faults"), ("POST", "/faults"), ("DELETE", "/faults"), ("DELETE", "/snapshots/{name}")]
    {
        assert!(routes.contains(&(method.to_owned(), path.to_owned())), "{method} {path}: {routes:#?}");
    }
}
