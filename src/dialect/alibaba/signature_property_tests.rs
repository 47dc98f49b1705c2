//! What holds of every signature, whatever is signed.

use proptest::prelude::*;

use super::*;

proptest! {
    #[test]
    fn the_canonical_query_does_not_depend_on_the_order(
        (pairs, shuffled) in prop::collection::btree_map("[^\\x00]{0,6}", "[^\\x00]{0,6}", 0..10)
            .prop_map(|pairs| pairs.into_iter().collect::<Vec<_>>())
            .prop_flat_map(|pairs| (Just(pairs.clone()), Just(pairs).prop_shuffle())),
    ) {
        let params = |pairs: &[(String, String)]| {
            let pair = |(name, value): &(String, String)| format!("{}={}", encode(name), encode(value));
            let wire = pairs.iter().map(pair).collect::<Vec<_>>().join("&");
            Params::decode(&wire, None, b"").unwrap()
        };
        let (one, other) = (params(&pairs), params(&shuffled));
        prop_assert_eq!(v1_string_to_sign("GET", &one), v1_string_to_sign("GET", &other));
        let canonical = |params| {
            canonical_request(&Request { method: "GET", path: "/", params, headers: &[], body: b"" }, "host").0
        };
        prop_assert_eq!(canonical(&one), canonical(&other));
    }

    #[test]
    fn the_string_to_sign_encodes_twice(name in "[^\\x00]{1,6}", value in "[^\\x00]*") {
        prop_assume!(name != "Signature");
        let params = Params::decode(&format!("{}={}", encode(&name), encode(&value)), None, b"").unwrap();
        let wanted = format!("GET&%2F&{}", encode(&format!("{}={}", encode(&name), encode(&value))));
        prop_assert_eq!(v1_string_to_sign("GET", &params), wanted);
    }

    #[test]
    fn checking_never_panics(
        header in "(ACS3-HMAC-SHA256 )?((Credential|SignedHeaders|Signature)=[a-c;]{0,5},? ?){0,4}.{0,5}",
        names in prop::collection::vec("[a-cA-C]{0,2}|host|.{0,3}", 0..6),
        value in prop::collection::vec(any::<u8>(), 0..6),
        list in "([a-cA-C]{0,2}|host|;|.){0,8}",
        method in ".{0,4}",
    ) {
        let headers: Vec<Header> = names.iter().map(|name| (name.as_str(), value.as_slice())).collect();
        let params = Params::default();
        let request = Request { method: &method, path: &method, params: &params, headers: &headers, body: &value };
        if let Ok(authorization) = Authorization::parse(&header) {
            prop_assert!(verify_v3("secret", &authorization, &request).is_err());
        }
        let _ = v3_string_to_sign(&request, &list);
        prop_assert!(verify_v1("secret", &method, &params).is_err());
    }
}
