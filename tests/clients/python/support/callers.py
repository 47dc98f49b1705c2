"""Callers: one key talking to one service with the vendor's client, called as `ims("GetUser", UserPrincipalName=..)`.

Parameters and answers keep the names they have on the wire. Every answer is held to its published shape and every
secret in it is noted.
"""

import json
import re

from alibabacloud_ims20190815 import models as ims_models
from alibabacloud_ims20190815.client import Client as ImsClient
from alibabacloud_ram20150501 import models as ram_models
from alibabacloud_ram20150501.client import Client as RamClient
from alibabacloud_sts20150401 import models as sts_models
from alibabacloud_sts20150401.client import Client as StsClient
from alibabacloud_tea_openapi.utils_models import Config
from aliyunsdkcore.auth.credentials import StsTokenCredential
from aliyunsdkcore.client import AcsClient
from aliyunsdkcore.request import CommonRequest
from darabonba.runtime import RuntimeOptions

from . import known_secrets
from .shapes import check_answer

SERVICES = {
    "ims": (ImsClient, ims_models, "2019-08-15"),
    "ram": (RamClient, ram_models, "2015-05-01"),
    "sts": (StsClient, sts_models, "2015-04-01"),
}


def _note_passwords(parameters):
    for name in ("Password", "OldPassword", "NewPassword"):
        if isinstance(parameters.get(name), str):
            known_secrets.remember(parameters[name], f"{name} of a request")


class SdkCaller:
    """The current SDK: signature V3, or V1 with `algorithm="v2"`."""

    def __init__(self, api, endpoint, key, algorithm=None):
        self.api = api
        client_class, self._models, _ = SERVICES[api]
        config = Config(
            access_key_id=key.id,
            access_key_secret=key.secret,
            endpoint=endpoint,
            protocol="http",
            connect_timeout=5000,
            read_timeout=20000,
        )
        if key.token:
            config.security_token = key.token
        if algorithm:
            config.signature_algorithm = algorithm
        self.client = client_class(config)
        self._methods = {
            name.removesuffix("with_options").replace("_", ""): name
            for name in dir(client_class)
            if name.endswith("with_options")
        }
        # What needs no key goes the other way.
        for name in ("call_api", "do_rpcrequest"):
            setattr(self.client, name, self._keeping_raw(getattr(self.client, name)))

    def _keeping_raw(self, call):
        def keep_raw(*arguments):
            self.raw = call(*arguments)
            return self.raw

        return keep_raw

    def __call__(self, operation, **parameters):
        _note_passwords(parameters)
        method = getattr(self.client, self._methods[operation.lower()])
        request_class = getattr(self._models, f"{operation}Request", None)
        if request_class is None:
            assert not parameters, f"{operation} takes no parameters"
            method(RuntimeOptions())
        else:
            request = request_class().from_map(parameters)
            assert set(request.to_map()) >= set(parameters), f"the SDK's {operation} lacks some of {sorted(parameters)}"
            method(request, RuntimeOptions())
        answer = self.raw["body"]
        known_secrets.remember_answer(answer)
        check_answer(self.api, operation, answer)
        return answer


class LegacyCaller:
    """The legacy SDK: signature V1 by GET or POST, operation parameters in the query or, with `form`, in the body."""

    def __init__(self, api, endpoint, key, method="POST", form=False):
        self.api, self._method, self._form = api, method, form
        self._host, port = re.fullmatch(r"(.+):(\d+)", endpoint).groups()
        if key.token:
            credential = StsTokenCredential(key.id, key.secret, key.token)
            self.client = AcsClient(region_id="cn-hangzhou", credential=credential, port=int(port), auto_retry=False)
        else:
            self.client = AcsClient(key.id, key.secret, "cn-hangzhou", port=int(port), auto_retry=False)

    def request(self, operation, **parameters):
        """The prepared request, for tests that want to change it before it is sent."""
        _note_passwords(parameters)
        request = CommonRequest(domain=self._host, version=SERVICES[self.api][2], action_name=operation)
        request.set_method(self._method)
        request.set_protocol_type("http")
        for name, value in parameters.items():
            if self._form:
                request.add_body_params(name, value)
            else:
                request.add_query_param(name, value)
        return request

    def send(self, request):
        """Send a request object, be it a common one or one of the typed classes."""
        request.set_endpoint(self._host)
        request.set_protocol_type("http")
        answer = json.loads(self.client.do_action_with_exception(request))
        known_secrets.remember_answer(answer)
        return answer

    def __call__(self, operation, **parameters):
        request = self.request(operation, **parameters)
        answer = json.loads(self.client.do_action_with_exception(request))
        known_secrets.remember_answer(answer)
        check_answer(self.api, operation, answer)
        return answer
