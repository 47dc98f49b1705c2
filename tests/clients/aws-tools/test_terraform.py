"""Terraform makes a team, finds nothing to change, and destroys it; and its calls work where it is not installed."""

import json
import os
import pathlib
import shutil
import sys

import pytest
from conftest import HERE

# Where a copy of the provider may lie: Terraform's own places for one, and any that the variable names.
PLUGINS = [
    os.environ.get("SESAME_TEST_TERRAFORM_PLUGINS", ""),
    "~/.terraform.d/plugins",
    "/usr/local/share/terraform/plugins",
    "/usr/share/terraform/plugins",
]


def provider():
    """The folder to take the provider from, if Terraform and the provider are here."""
    if shutil.which("terraform") is None:
        return None
    folders = [pathlib.Path(name).expanduser() for name in PLUGINS if name]
    return next((path for path in folders if any(path.glob("registry.terraform.io/hashicorp/aws/*"))), None)


def test_the_calls_of_terraform(shell):
    assert "created, read, updated and deleted" in shell.run(sys.executable, HERE / "terraform" / "calls.py")


@pytest.mark.skipif(provider() is None, reason="Terraform and its AWS provider are not installed here")
def test_terraform_itself(shell):
    shutil.copy(HERE / "terraform" / "main.tf", shell.folder)
    quiet = {"TF_CLI_CONFIG_FILE": os.devnull, "CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1"}

    def terraform(*command):
        return shell.run("terraform", *command, **quiet)

    terraform("init", "-no-color", "-input=false", f"-plugin-dir={provider()}")
    applied = terraform("apply", "-no-color", "-input=false", "-auto-approve")
    assert "Apply complete! Resources: 10 added, 0 changed, 0 destroyed." in applied
    outputs = json.loads(terraform("output", "-json"))
    assert outputs["account"]["value"] == shell.account
    signed_in = shell.server.ask(
        "POST",
        "/_sesame/sign-in",
        {"cloud": "aws", "account": shell.account, "user": "Bob", "password": outputs["password"]["value"]},
    )
    assert signed_in["outcome"] == "password-reset-required"

    # with this switch a plan that would change something ends with status 2
    terraform("plan", "-no-color", "-input=false", "-detailed-exitcode")
    destroyed = terraform("destroy", "-no-color", "-input=false", "-auto-approve")
    assert "Destroy complete! Resources: 10 destroyed." in destroyed
    assert shell.client().list_users()["Users"] == []
