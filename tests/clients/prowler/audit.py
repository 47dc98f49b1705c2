"""Runs Prowler's checks of RAM as its command line does, and prints what they found as JSON. What it talks to is in the
environment alone."""

import importlib
import json
import logging
import pkgutil

from prowler.providers.alibabacloud.alibabacloud_provider import AlibabacloudProvider
from prowler.providers.alibabacloud.services import ram

# What goes wrong inside the provider is logged there and passed over.
logging.basicConfig(level=logging.ERROR)


def findings():
    AlibabacloudProvider(regions=["cn-hangzhou"])
    for package in pkgutil.iter_modules(ram.__path__):
        if not package.ispkg:
            continue
        module = importlib.import_module(f"{ram.__name__}.{package.name}.{package.name}")
        for finding in getattr(module, package.name)().execute():
            yield {"check": package.name, "resource": finding.resource_id, "status": finding.status,
                   "text": finding.status_extended}


print(json.dumps(list(findings())))
