"""What a user holds beside password and keys: SSH keys, certificates, credentials for one service."""

import pytest
from support import papers
from support.errors import refused
from support.shapes import has_exactly, is_id


@pytest.fixture(scope="module")
def key():
    return papers.rsa_key()


def test_an_ssh_key_from_its_upload_to_its_end(account, key):
    iam, name = account.iam, {"UserName": "alice"}
    account.user("alice")
    body = papers.ssh_key(key)
    made = iam.upload_ssh_public_key(**name, SSHPublicKeyBody=body)["SSHPublicKey"]
    has_exactly(made, "UserName", "SSHPublicKeyId", "Fingerprint", "SSHPublicKeyBody", "Status", "UploadDate")
    # as long as an access key's id, and so one short of other unique ids
    assert made["SSHPublicKeyId"].startswith("APKA") and len(made["SSHPublicKeyId"]) == 20
    name["SSHPublicKeyId"] = made["SSHPublicKeyId"]
    read = iam.get_ssh_public_key(**name, Encoding="SSH")["SSHPublicKey"]
    assert read["SSHPublicKeyBody"].split()[:2] == body.split()[:2]
    pem = iam.get_ssh_public_key(**name, Encoding="PEM")["SSHPublicKey"]["SSHPublicKeyBody"]
    assert "BEGIN PUBLIC KEY" in pem
    iam.update_ssh_public_key(**name, Status="Inactive")
    assert iam.list_ssh_public_keys(UserName="alice")["SSHPublicKeys"][0]["Status"] == "Inactive"
    with refused("DeleteConflict", "Cannot delete entity, must remove referenced objects first."):
        iam.delete_user(UserName="alice")
    iam.delete_ssh_public_key(**name)
    with refused("NoSuchEntity", f"The Public Key with id {made['SSHPublicKeyId']} cannot be found."):
        iam.get_ssh_public_key(**name, Encoding="SSH")


def test_a_signing_certificate_from_its_upload_to_its_end(account, key):
    iam = account.iam
    account.user("alice")
    body = papers.certificate(key)
    made = iam.upload_signing_certificate(UserName="alice", CertificateBody=body)["Certificate"]
    has_exactly(made, "UserName", "CertificateId", "CertificateBody", "Status", "UploadDate")
    certificate = {"UserName": "alice", "CertificateId": made["CertificateId"]}
    iam.update_signing_certificate(**certificate, Status="Inactive")
    assert iam.list_signing_certificates(UserName="alice")["Certificates"][0]["Status"] == "Inactive"
    with refused("DeleteConflict", "Cannot delete entity, must delete certificates first."):
        iam.delete_user(UserName="alice")
    iam.delete_signing_certificate(**certificate)
    with refused("NoSuchEntity", f"The Certificate with id {made['CertificateId']} cannot be found."):
        iam.delete_signing_certificate(**certificate)
    with refused("MalformedCertificate"):
        iam.upload_signing_certificate(UserName="alice", CertificateBody="no certificate")


def test_a_server_certificate_from_its_upload_to_its_end(account, key):
    iam, name = account.iam, {"ServerCertificateName": "site"}
    body, private = papers.certificate(key), papers.private_pem(key)
    made = iam.upload_server_certificate(**name, CertificateBody=body, PrivateKey=private)["ServerCertificateMetadata"]
    is_id(made["ServerCertificateId"], "ASCA")
    assert made["Arn"] == account.arn("server-certificate/site")
    with refused("EntityAlreadyExists", "The Server Certificate with name site already exists."):
        iam.upload_server_certificate(**name, CertificateBody=body, PrivateKey=private)
    with refused("KeyPairMismatch"):
        iam.upload_server_certificate(
            ServerCertificateName="other", CertificateBody=body, PrivateKey=papers.private_pem(papers.rsa_key())
        )
    read = iam.get_server_certificate(**name)["ServerCertificate"]
    assert read["CertificateBody"].strip() == body.strip()
    iam.tag_server_certificate(**name, Tags=[{"Key": "a", "Value": "b"}])
    assert iam.list_server_certificate_tags(**name)["Tags"] == [{"Key": "a", "Value": "b"}]
    iam.untag_server_certificate(**name, TagKeys=["a"])
    iam.update_server_certificate(**name, NewServerCertificateName="page", NewPath="/web/")
    listed = iam.list_server_certificates(PathPrefix="/web/")["ServerCertificateMetadataList"]
    assert [item["ServerCertificateName"] for item in listed] == ["page"]
    iam.delete_server_certificate(ServerCertificateName="page")
    with refused("NoSuchEntity", "The Server Certificate with name page cannot be found."):
        iam.get_server_certificate(ServerCertificateName="page")


def test_a_service_specific_credential_from_its_making_to_its_end(account):
    iam = account.iam
    account.user("alice")
    made = iam.create_service_specific_credential(UserName="alice", ServiceName="codecommit.amazonaws.com")
    made = made["ServiceSpecificCredential"]
    is_id(made["ServiceSpecificCredentialId"], "ACCA")
    assert made["ServiceUserName"] == f"alice-at-{account.id}"
    credential = {"UserName": "alice", "ServiceSpecificCredentialId": made["ServiceSpecificCredentialId"]}
    again = iam.reset_service_specific_credential(**credential)["ServiceSpecificCredential"]
    assert again["ServicePassword"] != made["ServicePassword"]
    iam.update_service_specific_credential(**credential, Status="Inactive")
    [listed] = iam.list_service_specific_credentials(UserName="alice")["ServiceSpecificCredentials"]
    assert listed["Status"] == "Inactive" and "ServicePassword" not in listed
    with refused("DeleteConflict", "Cannot delete entity, must remove referenced objects first."):
        iam.delete_user(UserName="alice")
    iam.delete_service_specific_credential(**credential)
    with refused("NoSuchEntity", f"No such credential {made['ServiceSpecificCredentialId']} exists"):
        iam.delete_service_specific_credential(**credential)
    with refused("NoSuchEntity", "No such service nothing.amazonaws.com is supported for Service Specific Credentials"):
        iam.create_service_specific_credential(UserName="alice", ServiceName="nothing.amazonaws.com")
