//! The table of operations against the authorization rows of their own pages.

use std::collections::BTreeSet;

use serde_json::Value;

use super::*;
use crate::dialect::alibaba::params::Params;

/// Operations whose row differs from one API's page, and why: two APIs have one row.
const DIFFERS: [(&str, &str); 1] = [
    // IMS's page names all resources; both act on the caller.
    ("ChangePassword", "the caller"),
];

#[test]
fn every_operation_has_the_resources_and_condition_keys_of_its_page() {
    let reference: Value =
        serde_json::from_str(include_str!("../../../../tests/vectors/alibaba-authorization.json")).unwrap();
    let params = Params::decode("UserName={UserName}&UserPrincipalName={UserName}&GroupName={GroupName}&RoleName={RoleName}&PolicyName={PolicyName}&SerialNumber={SerialNumber}&OIDCProviderName={OIDCProviderName}&SAMLProviderName={SAMLProviderName}", None, b"").unwrap();
    for row in OPERATIONS {
        for api in row.apis {
            let listed = &reference["operations"][api.product().to_lowercase()][row.name];
            let resources: &[Resource] = match &row.access {
                Access::Policy(one) => std::slice::from_ref(one),
                Access::PolicyOnAll(all) => all,
                Access::OwnAccessKeys => &[Resource::User],
                Access::OwnPassword | Access::TrustPolicy | Access::Anyone => continue,
            };
            if DIFFERS.iter().any(|(name, _)| *name == row.name) {
                continue;
            }
            let call = Call { api: *api, params: &params };
            let ours: BTreeSet<String> =
                resources.iter().map(|resource| resource.arn("{account}", &call).replacen(":*:", "::", 1)).collect();
            let texts = |member: &str| -> BTreeSet<String> {
                let all = listed[member].as_array().unwrap_or_else(|| panic!("{} is in no reference", row.name));
                all.iter().filter_map(Value::as_str).map(str::to_owned).collect()
            };
            let theirs: BTreeSet<String> = texts("resources")
                .into_iter()
                // The policy's kind says which of the two it is.
                .filter(|arn| !arn.contains(":system:"))
                .map(|arn| if arn == "*" { "acs:ram::{account}:*".to_owned() } else { arn })
                .collect();
            assert_eq!(ours, theirs, "{} of {api:?}", row.name);
            let mut keys = BTreeSet::new();
            for key in row.keys {
                keys.extend(match key {
                    Key::Trusted => vec!["ram:TrustedPrincipalTypes".to_owned(), "ram:ServiceNames".to_owned()],
                    Key::LinkedService => vec!["ram:ServiceName".to_owned()],
                    Key::Issuer => vec!["ram:OidcIssuerUrl".to_owned()],
                    Key::MfaOperation => vec!["ram:MFAOperationForLogin".to_owned()],
                });
            }
            // RAM's page of SetSecurityPreference knows none yet, and one row serves both.
            if !(row.name == "SetSecurityPreference" && *api == Api::Ram) {
                assert_eq!(keys, texts("conditions"), "{} of {api:?}", row.name);
            }
        }
    }
}
