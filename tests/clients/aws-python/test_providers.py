"""Identity providers: OpenID Connect and SAML."""

from support.errors import invalid, refused
from support.papers import saml_metadata
from support.shapes import has_exactly, is_about

URL = "https://issuer.example/pool"


def test_an_openid_provider_from_its_making_to_its_end(account):
    iam = account.iam
    made = iam.create_open_id_connect_provider(Url=URL, ClientIDList=["app"], ThumbprintList=["a" * 40])
    arn = made["OpenIDConnectProviderArn"]
    assert arn == account.arn("oidc-provider/issuer.example/pool")
    with refused("EntityAlreadyExists", f"Provider with url {URL} already exists."):
        iam.create_open_id_connect_provider(Url=URL, ThumbprintList=["a" * 40])
    assert [item["Arn"] for item in iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]] == [arn]

    iam.add_client_id_to_open_id_connect_provider(OpenIDConnectProviderArn=arn, ClientID="other")
    iam.remove_client_id_from_open_id_connect_provider(OpenIDConnectProviderArn=arn, ClientID="app")
    iam.update_open_id_connect_provider_thumbprint(OpenIDConnectProviderArn=arn, ThumbprintList=["b" * 40])
    read = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    assert (read["Url"], read["ClientIDList"], read["ThumbprintList"]) == (
        "issuer.example/pool",
        ["other"],
        ["b" * 40],
    )
    is_about(read["CreateDate"], account.clock.now())

    iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    with refused("NoSuchEntity", f"OpenIDConnect Provider not found for arn {arn}"):
        iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)


def test_a_client_id_has_its_length(account):
    with invalid(
        "clientIDList",
        "Member must satisfy constraint: [Member must have length less than or equal to 255, "
        "Member must have length greater than or equal to 1]",
    ):
        account.raw.create_open_id_connect_provider(Url=URL, ClientIDList=["c" * 256], ThumbprintList=["a" * 40])


def test_a_saml_provider_from_its_making_to_its_end(account):
    iam, metadata = account.iam, saml_metadata()
    arn = iam.create_saml_provider(Name="corp", SAMLMetadataDocument=metadata)["SAMLProviderArn"]
    assert arn == account.arn("saml-provider/corp")
    with refused("EntityAlreadyExists"):
        iam.create_saml_provider(Name="corp", SAMLMetadataDocument=metadata)
    [listed] = iam.list_saml_providers()["SAMLProviderList"]
    has_exactly(listed, "Arn", "ValidUntil", "CreateDate")
    assert iam.get_saml_provider(SAMLProviderArn=arn)["SAMLMetadataDocument"] == metadata
    newer = saml_metadata("https://new.example")
    assert iam.update_saml_provider(SAMLProviderArn=arn, SAMLMetadataDocument=newer)["SAMLProviderArn"] == arn
    assert iam.get_saml_provider(SAMLProviderArn=arn)["SAMLMetadataDocument"] == newer
    iam.tag_saml_provider(SAMLProviderArn=arn, Tags=[{"Key": "a", "Value": "b"}])
    assert iam.list_saml_provider_tags(SAMLProviderArn=arn)["Tags"] == [{"Key": "a", "Value": "b"}]
    iam.untag_saml_provider(SAMLProviderArn=arn, TagKeys=["a"])
    iam.delete_saml_provider(SAMLProviderArn=arn)
    with refused("NoSuchEntity", f"Manifest not found for arn {arn}"):
        iam.get_saml_provider(SAMLProviderArn=arn)
