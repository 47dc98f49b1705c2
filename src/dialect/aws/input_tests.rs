//! Inputs read by the models, and the texts of what breaks them.

use super::*;

fn read_of(api: Api, operation: &str, form: &str) -> Result<Value, InputFault> {
    let query = Query::decode("", form.as_bytes()).unwrap();
    read(api, operation, api.model().operation(operation).unwrap(), &query)
}

fn text(api: Api, operation: &str, form: &str) -> String {
    match read_of(api, operation, form) {
        Err(InputFault::Constraints(text)) => text,
        other => panic!("{other:?}"),
    }
}

#[test]
fn values_lists_and_structures_are_read_by_the_model() {
    let form =
        "UserName=bob&Tags.member.2.Key=b&Tags.member.2.Value=2&Tags.member.1.Key=a&Tags.member.1.Value=&Other=x";
    let input = read_of(Api::Iam, "CreateUser", form).unwrap();
    let wanted =
        serde_json::json!({"UserName": "bob", "Tags": [{"Key": "a", "Value": ""}, {"Key": "b", "Value": "2"}]});
    assert_eq!(input, wanted);
    let input = read_of(Api::Iam, "CreateUser", "UserName=bob&Tags=").unwrap();
    assert_eq!(input, serde_json::json!({"UserName": "bob", "Tags": []}));
    let input = read_of(Api::Iam, "UpdateLoginProfile", "UserName=bob&PasswordResetRequired=TRUE").unwrap();
    assert_eq!(input["PasswordResetRequired"], true);
    assert_eq!(read_of(Api::Iam, "ListUsers", "MaxItems=x"), Err(InputFault::Malformed));
    assert_eq!(
        read_of(Api::Iam, "UpdateLoginProfile", "UserName=b&PasswordResetRequired=1"),
        Err(InputFault::Malformed)
    );
}

#[test]
fn broken_constraints_have_the_recorded_texts() {
    let one = "1 validation error detected: Value at ";
    for (operation, form, wanted) in [
        (
            "GetRole",
            "RoleName=",
            "'roleName' failed to satisfy constraint: Member must have length greater than or equal to 1",
        ),
        ("CreateUser", "", "'userName' failed to satisfy constraint: Member must not be null"),
        (
            "TagUser",
            "UserName=b&Tags.member.1.Key=%3C&Tags.member.1.Value=v",
            r"'tags.1.member.key' failed to satisfy constraint: Member must satisfy regular expression pattern: [\p{L}\p{Z}\p{N}_.:/=+\-@]+",
        ),
        (
            "ListUsers",
            "MaxItems=0",
            "'maxItems' failed to satisfy constraint: Member must have value greater than or equal to 1",
        ),
        (
            "UpdateAccessKey",
            "AccessKeyId=AKIAIOSFODNN7EXAMPLE&Status=x",
            "'status' failed to satisfy constraint: Member must satisfy enum value set",
        ),
    ] {
        assert_eq!(text(Api::Iam, operation, form), format!("{one}{wanted}"), "{operation}");
    }
    let long = "x".repeat(256);
    assert_eq!(
        text(Api::Iam, "CreateOpenIDConnectProvider", &format!("Url=https://a.b&ClientIDList.member.1={long}")),
        format!(
            "{one}'clientIDList' failed to satisfy constraint: Member must satisfy constraint: [Member must have length \
             less than or equal to 255, Member must have length greater than or equal to 1]"
        )
    );
}

#[test]
fn several_broken_constraints_are_joined_in_the_recorded_order() {
    assert_eq!(
        text(
            Api::Iam,
            "UpdateAccountPasswordPolicy",
            "MinimumPasswordLength=5&MaxPasswordAge=0&PasswordReusePrevention=25"
        ),
        "3 validation errors detected: Value at 'minimumPasswordLength' failed to satisfy constraint: Member must have \
         value greater than or equal to 6; Value at 'passwordReusePrevention' failed to satisfy constraint: Member must \
         have value less than or equal to 24; Value at 'maxPasswordAge' failed to satisfy constraint: Member must have \
         value greater than or equal to 1"
    );
}

#[test]
fn sts_repeats_the_value_but_no_secret() {
    let arn = "arn:aws:iam::123456789012:role/ops";
    assert_eq!(
        text(Api::Sts, "AssumeRole", &format!("RoleArn={arn}&RoleSessionName=Session1:2")),
        "1 validation error detected: Value 'Session1:2' at 'roleSessionName' failed to satisfy constraint: Member must \
         satisfy regular expression pattern: [\\w+=,.@-]*"
    );
    let refused = text(Api::Sts, "AssumeRoleWithSAML", &format!("RoleArn={arn}&PrincipalArn={arn}&SAMLAssertion=abc"));
    assert!(!refused.contains("abc"), "{refused}");
}

#[test]
fn bad_names_and_paths_have_texts_of_their_own() {
    assert_eq!(
        text(Api::Iam, "CreateUser", "UserName=a b"),
        "The specified value for userName is invalid. It must contain only alphanumeric characters and/or the \
         following: +=,.@_-"
    );
    assert_eq!(
        text(Api::Iam, "CreateUser", "UserName=ab&Path=/x"),
        "The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters \
         and/or / characters."
    );
}

/// Every constraint of every operation: a value just past it is refused, one just within it is not for its sake.
#[test]
fn every_bound_of_the_models_is_kept() {
    let mut checked = 0;
    for api in [Api::Iam, Api::Sts] {
        for name in api.model().names() {
            let operation = api.model().operation(name).unwrap();
            for field in &operation.input {
                let path = lower_camel(&field.name);
                let complains = |value: &str| {
                    let form = format!("{}={value}", field.name);
                    match read_of(api, name, &form) {
                        Err(InputFault::Constraints(text)) => {
                            text.contains(&format!("at '{path}' failed")) && !text.contains("pattern")
                                || text.contains(&format!("'{path}' failed to satisfy constraint: Member must have"))
                        }
                        _ => false,
                    }
                };
                let shape = &field.shape;
                match shape.kind {
                    Kind::Integer => {
                        for bound in
                            shape.max.into_iter().map(|max| (max + 1, max)).chain(shape.min.map(|min| (min - 1, min)))
                        {
                            assert!(complains(&bound.0.to_string()), "{name} {path} {bound:?}");
                            assert!(!complains(&bound.1.to_string()), "{name} {path} {bound:?}");
                            checked += 1;
                        }
                    }
                    Kind::Text if shape.words.is_empty() => {
                        for (bad, good) in shape
                            .max
                            .into_iter()
                            .map(|max| (max + 1, max))
                            .chain(shape.min.filter(|min| *min > 0).map(|min| (min - 1, min)))
                        {
                            let of = |length: i64| "/".repeat(usize::try_from(length).unwrap());
                            assert!(complains(&of(bad)), "{name} {path} {bad}");
                            assert!(!complains(&of(good)), "{name} {path} {good}");
                            checked += 1;
                        }
                    }
                    _ => {}
                }
                if shape.required {
                    let missing = text(api, name, "");
                    assert!(
                        missing.contains(&format!("at '{path}' failed to satisfy constraint: Member must not be null")),
                        "{missing}"
                    );
                    checked += 1;
                }
            }
        }
    }
    assert!(checked > 700, "{checked}");
}
