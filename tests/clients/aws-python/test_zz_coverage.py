"""Runs late: every operation of the service models that the server is to have was called, and so held to its shape."""

import botocore.session
import pytest
from support import shapes

# organizations, delegation and outbound federation: not for one account on a developer's machine
LEFT_OUT = (
    "Organizations",
    "OrganizationsRoot",
    "DelegationRequest",
    "DelegatedAccessToken",
    "DelegationToken",
    "OutboundWebIdentityFederation",
    "GetWebIdentityToken",
    "AssumeRoot",
    "GetHumanReadableSummary",
    # newer than what is known of them
    "AccountProperties",
    "AcquireRole",
    "RoleTemplate",
)


@pytest.mark.parametrize("service", ["iam", "sts"])
def test_every_operation_was_called(service):
    if not shapes.WHOLE_RUN:
        pytest.skip("only some of the tests ran")
    names = botocore.session.get_session().get_service_model(service).operation_names
    wanted = {name for name in names if not any(word in name for word in LEFT_OUT)}
    called = {name for of, name in shapes.CALLED if of == service}
    assert sorted(wanted - called) == []
