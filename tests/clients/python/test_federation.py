"""Roles on the word of identity providers: tokens and assertions are other people's code, and so are the clients."""

import base64
import datetime
import json

import jwt
import pytest
from alibabacloud_credentials.exceptions import CredentialException
from alibabacloud_credentials.provider import oidc as oidc_credentials
from cryptography.hazmat.primitives.asymmetric import rsa

from support import saml_idp
from support.errors import refused
from support.shapes import has_exactly
from support.world import Key, as_json_text

ISSUER = "https://oidc.example.com:8443/realms/dev"
AUDIENCE = "sts.aliyuncs.com"
NO_PERMISSION = "AuthenticationFail.NoPermission"


def trusting(account, name, provider, **condition):
    """A role for whom the provider vouches for."""
    statement = {"Action": "sts:AssumeRole", "Effect": "Allow", "Principal": {"Federated": [provider["Arn"]]}}
    if condition:
        statement["Condition"] = condition
    document = as_json_text({"Statement": [statement], "Version": "1"})
    return account.ram("CreateRole", RoleName=name, AssumeRolePolicyDocument=document)["Role"]


class Issuer:
    """An OpenID provider whose keys the server was handed."""

    def __init__(self, account):
        self.account = account
        self.key = rsa.generate_private_key(65537, 2048)
        made = account.ims(
            "CreateOIDCProvider",
            OIDCProviderName="idp",
            IssuerUrl=ISSUER,
            ClientIds=f"{AUDIENCE},other",
            Fingerprints="902ef2deeb3c5b13ea4c3d5193629309e231ae55",
        )
        self.provider = made["OIDCProvider"]
        jwk = {**json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key())), "kid": "1", "use": "sig"}
        keys = {"url": ISSUER, "jwks": {"keys": [jwk]}}
        account.server.ask("PUT", f"/_sesame/accounts/{account.id}/oidc-keys", keys)

    def token(self, key=None, **claims):
        now = int(self.account.clock.now().timestamp())
        all_claims = {"iss": ISSUER, "sub": "alice", "aud": AUDIENCE, "iat": now, "exp": now + 600, **claims}
        return jwt.encode(all_claims, key or self.key, algorithm="RS256", headers={"kid": "1"})

    def exchanges(self, role, token, session="work", **more):
        return self.account.server.caller("sts", Key("", ""))(
            "AssumeRoleWithOIDC",
            OIDCProviderArn=self.provider["Arn"],
            RoleArn=role["Arn"],
            OIDCToken=token,
            RoleSessionName=session,
            **more,
        )


@pytest.fixture
def issuer(account):
    account.clock.freeze()
    return Issuer(account)


def who(account, credentials):
    key = Key(credentials["AccessKeyId"], credentials["AccessKeySecret"], credentials["SecurityToken"])
    return account.server.caller("sts", key)("GetCallerIdentity")


def test_a_token_is_exchanged_for_a_role(account, issuer):
    role = trusting(
        account,
        "dev",
        issuer.provider,
        StringEquals={"oidc:iss": ISSUER, "oidc:aud": AUDIENCE},
        StringLike={"oidc:sub": "system:serviceaccount:*:app"},
    )
    subject = "system:serviceaccount:default:app"
    answer = issuer.exchanges(role, issuer.token(sub=subject), DurationSeconds=900)
    has_exactly(answer, "RequestId", "Credentials", "AssumedRoleUser", "OIDCTokenInfo")
    info = answer["OIDCTokenInfo"]
    assert (info["Subject"], info["Issuer"], info["ClientIds"]) == (subject, ISSUER, AUDIENCE)
    assert info["VerificationInfo"] == "Success"
    assert answer["AssumedRoleUser"]["AssumedRoleId"] == f"{role['RoleId']}:work"
    assert who(account, answer["Credentials"])["Arn"] == f"acs:ram::{account.id}:assumed-role/dev/work"
    with refused(NO_PERMISSION, 401, "There is no permission"):
        issuer.exchanges(role, issuer.token())


def test_a_token_has_to_hold(account, issuer):
    role = trusting(account, "dev", issuer.provider)
    begin = "AuthenticationFail.OIDCToken."
    now = int(account.clock.now().timestamp())
    other = rsa.generate_private_key(65537, 2048)
    for token, code in (
        (issuer.token(key=other), "InvalidSignature"),
        (issuer.token(iss="https://other.example.com"), "IssuerNotMatch"),
        (issuer.token(aud="else"), "AudienceNotMatch"),
        (issuer.token(exp=now), "Expired"),
        (issuer.token(iat=now - 12 * 3600 - 1), "Expired"),
        (issuer.token(iat=now + 60), "Invalid"),
        ("a.b", "Invalid"),
    ):
        with refused(begin + code, 401):
            issuer.exchanges(role, token)


def test_tokens_and_sessions_end_by_the_accounts_clock(account, issuer):
    role = trusting(account, "dev", issuer.provider)
    token = issuer.token()
    credentials = issuer.exchanges(role, token, DurationSeconds=900)["Credentials"]
    account.clock.advance(seconds=600)
    with refused("AuthenticationFail.OIDCToken.Expired", 401, "This JsonWebToken is expired."):
        issuer.exchanges(role, token)
    who(account, credentials)
    account.clock.advance(seconds=300)
    with refused("InvalidSecurityToken.Expired", 400):
        who(account, credentials)


def test_the_official_credential_provider_needs_no_key(account, issuer, tmp_path, monkeypatch):
    role = trusting(account, "dev", issuer.provider)
    file = tmp_path / "token"
    file.write_text(issuer.token(), encoding="utf-8")
    send = oidc_credentials.TeaCore.do_action

    def without_tls(request, *more):
        request.protocol = "http"
        return send(request, *more)

    monkeypatch.setattr(oidc_credentials.TeaCore, "do_action", without_tls)

    def provider(role_arn):
        return oidc_credentials.OIDCRoleArnCredentialsProvider(
            role_arn=role_arn,
            oidc_provider_arn=issuer.provider["Arn"],
            oidc_token_file_path=str(file),
            role_session_name="app",
            sts_endpoint=account.server.endpoint,
        )

    given = provider(role["Arn"]).get_credentials()
    key = Key(given.get_access_key_id(), given.get_access_key_secret(), given.get_security_token())
    arn = account.server.caller("sts", key)("GetCallerIdentity")["Arn"]
    assert arn == f"acs:ram::{account.id}:assumed-role/dev/app"
    with pytest.raises(CredentialException, match="EntityNotExist.Role"):
        provider(role["Arn"] + "x").get_credentials()


def test_an_assertion_is_exchanged_for_a_role(account):
    now = account.clock.freeze()
    idp = saml_idp.Idp()
    encoded = base64.b64encode(idp.metadata().encode()).decode()
    made = account.ims("CreateSAMLProvider", SAMLProviderName="idp", EncodedSAMLMetadataDocument=encoded)
    provider = made["SAMLProvider"]
    assert account.ims("GetSAMLProvider", SAMLProviderName="idp")["SAMLProvider"]["EncodedSAMLMetadataDocument"] == encoded
    role = trusting(account, "dev", provider, StringEquals={"saml:recipient": saml_idp.RECIPIENT})
    call = account.server.caller("sts", Key("", ""))

    def exchange(response):
        return call(
            "AssumeRoleWithSAML",
            SAMLProviderArn=provider["Arn"],
            RoleArn=role["Arn"],
            SAMLAssertion=base64.b64encode(response.encode()).decode(),
        )

    good = idp.response(now, role["Arn"], provider["Arn"], "alice@example.com")
    answer = exchange(good)
    info = has_exactly(answer["SAMLAssertionInfo"], "Issuer", "Recipient", "Subject", "SubjectType")
    assert (info["Issuer"], info["Subject"]) == (saml_idp.ENTITY, "alice@example.com")
    arn = f"acs:ram::{account.id}:assumed-role/dev/alice@example.com"
    assert who(account, answer["Credentials"])["Arn"] == arn
    with refused("AuthenticationFail.SAMLAssertion.Invalid", 401, "The SAML Assertion is invalid."):
        exchange(good.replace("alice@", "bob@"))
    account.clock.set(now + datetime.timedelta(seconds=301))
    with refused("AuthenticationFail.SAMLAssertion.Expired", 401, "The SAML Assertion is expired."):
        exchange(good)
