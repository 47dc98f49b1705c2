//! The whole table of errors, pinned.

use std::fmt::Write as _;

use super::super::injected::NOUNS;
use super::*;
use crate::domain::denial::Denial;
use crate::domain::error::PasswordRefusal;
use crate::domain::exchange::ExchangeFault;
use crate::domain::policy::PolicyFault;
use crate::domain::policy_owner::PolicyOwner;
use crate::domain::providers::ProviderFault;

fn line(table: &mut String, fault: &Fault) {
    let _ = writeln!(table, "{} {} | {}", fault.status.as_u16(), fault.code, fault.message);
}

/// Clients match on every one of these: the whole table stands in one place to be read over.
#[test]
#[expect(clippy::too_many_lines, reason = "a line for each error")]
fn every_error_has_its_code_status_and_text() {
    let mut table = String::new();
    let mut put = |error: &Error| line(&mut table, &fault(error, Api::Ims));
    put(&Error::Missing("UserName"));
    for why in [Why::Length, Why::InvalidChars, Why::Format, Why::Range(1, 100)] {
        put(&Error::BadParameter("UserName", why.clone()));
        put(&Error::BadParameter("AccountAlias", why));
    }
    for noun in NOUNS.iter().copied() {
        put(&Error::missing(noun, "x"));
        put(&Error::exists(noun, "x"));
        put(&Error::LimitExceeded(noun, 1));
    }
    for still in [Noun::AccessKey, Noun::LoginProfile, Noun::UserMfaDevice, Noun::Group, Noun::Policy] {
        put(&Error::DeleteConflict(Noun::User, still));
    }
    put(&Error::DeleteConflict(Noun::Group, Noun::GroupMember));
    for still in [Noun::User, Noun::Group, Noun::Role, Noun::PolicyVersion, Noun::DefaultPolicyVersion] {
        put(&Error::DeleteConflict(Noun::Policy, still));
    }
    put(&Error::DeleteConflict(Noun::Group, Noun::AttachedPolicy));
    for owner in [PolicyOwner::User, PolicyOwner::Group, PolicyOwner::Role] {
        put(&Error::AlreadyAttached(owner, "x".into()));
        put(&Error::NotAttached(owner, "x".into()));
        put(&Error::TooManyAttached(owner, 1));
    }
    put(&Error::BadParameter("PolicyType", Why::Format));
    put(&Error::DeleteConflict(Noun::MfaDevice, Noun::BoundUser));
    put(&Error::DeleteConflict(Noun::Role, Noun::Policy));
    put(&Error::ProtectedRole("x".into()));
    for fault in [
        ServiceLinkedRoleFault::UnknownService("x".into()),
        ServiceLinkedRoleFault::SuffixNotAllowed("x".into()),
        ServiceLinkedRoleFault::DescriptionNotAllowed("x".into()),
        ServiceLinkedRoleFault::NameTaken("x".into()),
        ServiceLinkedRoleFault::NotLinked("x".into()),
    ] {
        put(&fault.into());
    }
    for violation in [Violation::TooShort, Violation::Reused] {
        put(&Error::PasswordRejected("NewPassword", PasswordRefusal { violations: vec![violation] }));
    }
    put(&Error::OldPasswordIncorrect);
    put(&Error::MfaCodeIncorrect);
    put(&Error::MfaCodeMalformed);
    put(&Error::UsersOnly);
    put(&Error::AccessDenied(Box::new(Denial::unexplained("ram:GetUser", "acs:ram:*:1:user/alice"))));
    put(&Error::RootMayNotAssumeRoles);
    put(&Error::AssumeRoleDenied(Box::new(Denial::unexplained("sts:AssumeRole", "acs:ram::1:role/r"))));
    for part in [
        AssumeRoleFault::RoleArn,
        AssumeRoleFault::SessionName,
        AssumeRoleFault::Duration,
        AssumeRoleFault::PolicyGrammar,
        AssumeRoleFault::PolicySize,
        AssumeRoleFault::ExternalId,
        AssumeRoleFault::SourceIdentity,
    ] {
        put(&Error::AssumeRole(part));
    }
    put(&Error::NoRoleToAssume);
    put(&Error::Policy(PolicyFault::NoActions));
    put(&Error::PolicyTooLarge(PolicyQuota::Managed, "p".into()));
    put(&Error::PolicyTooLarge(PolicyQuota::Trust, "r".into()));
    for fault in [ProviderFault::Address, ProviderFault::TooManyThumbprints, ProviderFault::Metadata] {
        put(&Error::Provider(fault));
    }
    for fault in [
        ExchangeFault::Missing("RoleArn"),
        ExchangeFault::ProviderArn,
        ExchangeFault::NoOidcProvider,
        ExchangeFault::NoSamlProvider,
        ExchangeFault::NoToken,
        ExchangeFault::TokenParts,
        ExchangeFault::TokenContent,
        ExchangeFault::TokenAlgorithm("HS256".into()),
        ExchangeFault::TokenSignature,
        ExchangeFault::TokenExpired,
        ExchangeFault::TokenIssuer,
        ExchangeFault::TokenAudience,
        ExchangeFault::NoKeys("https://idp.example.com".into()),
        ExchangeFault::Metadata,
        ExchangeFault::AssertionExpired,
        ExchangeFault::Assertion("another audience"),
        ExchangeFault::SessionName,
        ExchangeFault::Duration,
        ExchangeFault::PolicyGrammar,
        ExchangeFault::PolicySize,
        ExchangeFault::NoRole("acs:ram::1:role/none".into()),
        ExchangeFault::NotTrusted,
    ] {
        put(&Error::Exchange(fault));
    }
    put(&Error::NotBuilt("CreateGroup".into()));
    put(&Error::Conflict);
    put(&Error::internal("secret detail"));
    line(&mut table, &fault(&Error::internal("secret detail"), Api::Sts));
    for error in [
        GatewayError::UnsupportedMethod,
        GatewayError::BodyTooLarge,
        GatewayError::MalformedQuery,
        GatewayError::MalformedBody,
        GatewayError::InvalidParameter("UserName".into()),
        GatewayError::InvalidFormat,
        GatewayError::Missing("Action"),
        GatewayError::InvalidVersion,
        GatewayError::NoSuchAction,
        GatewayError::InvalidSignatureMethod,
        GatewayError::InvalidSignatureVersion,
        GatewayError::InvalidSignatureType,
        GatewayError::MalformedAuthorization,
        GatewayError::MalformedTimestamp,
        GatewayError::ExpiredTimestamp,
        GatewayError::NonceUsed,
        GatewayError::WrongContentMd5,
        GatewayError::ForeignPage,
        GatewayError::KeyNotFound,
        GatewayError::KeyInactive,
        GatewayError::MissingSecurityToken,
        GatewayError::MalformedSecurityToken,
        GatewayError::MismatchedSecurityToken,
        GatewayError::ExpiredSecurityToken,
        GatewayError::WrongSignatureV1("GET&%2F&".into()),
        GatewayError::WrongSignatureV3("ACS3-HMAC-SHA256\nhash".into()),
    ] {
        line(&mut table, &error.fault());
    }
    insta::assert_snapshot!(table);
}
