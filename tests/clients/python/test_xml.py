"""Answers in XML, for those who ask for it."""

import xml.etree.ElementTree as ElementTree

import pytest

from support import handmade, known_secrets
from support.shapes import REQUEST_ID
from support.world import password

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'
IMS, RAM = "2019-08-15", "2015-05-01"


def ask(account, operation, api="ram", method="POST", **parameters):
    """The legacy SDK asking for XML; the body as text."""
    caller = account.server.legacy(api, account.root, method)
    request = caller.request(operation, **parameters)
    request.set_accept_format("XML")
    return caller.client.do_action(request).decode()


def root_of(text, name):
    assert text.startswith(DECLARATION), text[:80]
    root = ElementTree.fromstring(text)
    assert root.tag == name, text
    return root


def texts(element):
    return {child.tag: child.text for child in element}


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_one_user(account, method):
    user = account.user()
    root = root_of(ask(account, "GetUser", method=method, UserName="alice"), "GetUserResponse")
    assert {child.tag for child in root} == {"RequestId", "User"}
    assert REQUEST_ID.fullmatch(root.findtext("RequestId"))
    assert root.findtext("User/UserId") == user.id
    assert root.findtext("User/UserName") == "alice"


def test_a_list_repeats_the_inner_element(account):
    for name in ("alice", "bob"):
        account.user(name)
    root = root_of(ask(account, "ListUsers"), "ListUsersResponse")
    assert [element.tag for element in root.find("Users")] == ["User", "User"]
    assert [element.findtext("UserName") for element in root.find("Users")] == ["alice", "bob"]
    assert root.findtext("IsTruncated") == "false"


def test_an_empty_list_is_an_empty_element(account):
    root = root_of(ask(account, "ListUsers", api="ims"), "ListUsersResponse")
    assert root.find("Users") is not None and len(root.find("Users")) == 0


def test_booleans_and_numbers_are_plain_text(account):
    root = root_of(ask(account, "GetPasswordPolicy", api="ims"), "GetPasswordPolicyResponse")
    policy = texts(root.find("PasswordPolicy"))
    assert (policy["HardExpire"], policy["MinimumPasswordLength"], policy["InitialPasswordAge"]) == ("false", "8", "14")


def test_an_answer_of_nothing_has_only_its_id(account):
    account.user(password=password())
    root = root_of(ask(account, "DeleteLoginProfile", UserName="alice"), "DeleteLoginProfileResponse")
    assert [child.tag for child in root] == ["RequestId"]


def test_text_is_escaped(account):
    name = 'a<b>&"c"'
    account.ram("CreateUser", UserName="alice", Comments=name)
    root = root_of(ask(account, "GetUser", UserName="alice"), "GetUserResponse")
    assert root.findtext("User/Comments") == name


def test_a_secret_is_shown_in_xml_as_well(account):
    user = account.user()
    root = root_of(ask(account, "CreateAccessKey", api="ims", UserPrincipalName=user.upn), "CreateAccessKeyResponse")
    assert len(known_secrets.remember(root.findtext("AccessKey/AccessKeySecret"), "AccessKeySecret")) == 30


@pytest.mark.parametrize("format", ["XML", "xml"])
def test_an_error(account, format):
    answer = handmade.v1(
        account.server.endpoint, account.root, RAM, "GetUser", changes={"Format": format}, UserName="nobody"
    )
    assert answer.status == 404
    assert answer.headers["content-type"] == "text/xml;charset=utf-8"
    root = root_of(answer.body.decode(), "Error")
    error = texts(root)
    assert {"RequestId", "HostId", "Code", "Message"} <= set(error) <= {"RequestId", "HostId", "Code", "Message", "Recommend"}
    assert (error["Code"], error["Message"]) == ("EntityNotExist.User", "The user does not exist.")
    assert error["RequestId"] == answer.headers["x-acs-request-id"]


def test_an_error_of_the_gateway(account):
    answer = handmade.v1(account.server.endpoint, account.root, IMS, "MakeCoffee", changes={"Format": "XML"})
    assert answer.status == 404
    assert texts(root_of(answer.body.decode(), "Error"))["Code"] == "InvalidAction.NotFound"


def test_a_success_says_that_it_is_xml(account):
    answer = handmade.v1(account.server.endpoint, account.root, RAM, "ListUsers", changes={"Format": "XML"})
    assert answer.headers["content-type"] == "text/xml;charset=utf-8"
    root_of(answer.body.decode(), "ListUsersResponse")
