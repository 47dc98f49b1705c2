"""The refusals that the cloud documents: code, HTTP status and message."""

import json
import re

import pytest
from alibabacloud_tea_openapi.exceptions import AlibabaCloudException
from aliyunsdkcore.acs_exception.exceptions import ServerException as LegacyServerException

from .shapes import check_error

EXPECTED = {
    "EntityNotExist.User": (404, "The user does not exist."),
    "EntityNotExist.User.LoginProfile": (404, "The user login profile does not exist."),
    "EntityNotExist.User.AccessKey": (404, "The user access key does not exist."),
    "EntityNotExist.User.MFADevice": (404, "The user has not bound any MFA device."),
    "EntityNotExist.VirtualMFADevice": (404, "The virtual mfa device does not exist."),
    "EntityNotExist.Role": (404, "The role does not exist."),
    "EntityNotExist.Group": (404, "The group does not exist."),
    "EntityNotExist.User.Group": (404, "The user has not joined the group."),
    "EntityNotExist.Service": (404, "The service does not exist."),
    "EntityAlreadyExists.Group": (409, "The group does already EXIST."),
    "EntityAlreadyExists.User.Group": (409, "The user has already joined the group."),
    "EntityNotExist.Policy": (404, "The policy does not exist."),
    "EntityNotExist.Policy.Version": (404, "The policy version does not exist."),
    "EntityNotExist.User.Policy": (404, "The indicate policy of the user does not exist."),
    "EntityNotExist.Role.Policy": (404, "The indicate policy attached to the role does not exist."),
    "EntityAlreadyExists.Policy": (409, "The group does already EXIST."),
    "EntityAlreadyExists.User.Policy": (409, "The user has already been attached this policy."),
    "EntityAlreadyExists.Role.Policy": (409, "The role has already been attached this policy."),
    "EntityAlreadyExists.User": (409, "The user does already EXIST."),
    "EntityAlreadyExists.User.LoginProfile": (409, "The user login profile does already EXIST."),
    "EntityAlreadyExists.User.MFADevice": (409, "The user has already bound a MFA device."),
    "EntityAlreadyExists.VirtualMFADevice": (409, "The virtual mfa device does already EXIST."),
    "EntityAlreadyExists.VirtualMFADevice.User": (409, "The virtual mfa device does already been bound to a user."),
    "EntityAlreadyExists.Role": (409, "The role does already EXIST."),
    "EntityAlreadyExists.AccountAlias": (409, "The account alias does already exist."),
    "DeleteConflict.User.AccessKey": (409, "The user CAN NOT has any access key while deleting the user."),
    "DeleteConflict.User.LoginProfile": (409, "The user CAN NOT has any login profile while deleting the user."),
    "DeleteConflict.User.MFADevice": (409, "The user CAN NOT has any mfa device while deleting the user."),
    "DeleteConflict.User.Group": (409, "The user CAN NOT be in any group while deleting the user."),
    "DeleteConflict.Group.User": (409, "The group CAN NOT has any user member while deleting the group."),
    "DeleteConflict.User.Policy": (409, "The user CAN NOT has any attached policy while deleting the user."),
    "DeleteConflict.Role.Policy": (409, "The role CAN NOT has any attached policy while deleting the role."),
    "DeleteConflict.Policy.User": (
        409,
        "The policy CAN NOT been attached to any user while deleting the policy.",
    ),
    "DeleteConflict.Policy.Version": (409, "The policy CAN NOT has any version except the default version."),
    "DeleteConflict.Policy.Version.Default": (409, "The default policy version CAN NOT been deleted directly."),
    "LimitExceeded.Policy.Version": (409, "The count of policy version beyond the current limits."),
    "LimitExceeded.User.Policy": (
        409,
        "The policy count of the user attached policies beyond the current limits.",
    ),
    "InvalidParameter.PolicyType": (400, 'The parameter - "PolicyType" is incorrect.'),
    "DeleteConflict.VirtualMFADevice.User": (
        409,
        "The virtual mfa device CAN NOT been bound to any user while deleting it.",
    ),
    "LimitExceeded.User.Group": (409, "The count of groups the target user joined beyond the current limits."),
    "LimitExceeded.User.AccessKey": (
        409,
        "The access key count of the user access keys beyond the current limits.",
    ),
    "InvalidParameter.Password.TooWeak": (
        400,
        'The parameter - "Password" is not compliant with the password policy.',
    ),
    "InvalidParameter.NewPassword.TooWeak": (
        400,
        'The parameter - "NewPassword" is not compliant with the password policy.',
    ),
    "InvalidParameter.Password.ReusePrevention": (
        400,
        'The parameter - "Password" is not compliant with the reuse prevention password policy.',
    ),
    "InvalidParameter.NewPassword.ReusePrevention": (
        400,
        'The parameter - "NewPassword" is not compliant with the reuse prevention password policy.',
    ),
    "InvalidParameter.OldPassword.Incorrect": (400, 'The parameter - "OldPassword" is incorrect.'),
    "NotSupport.Account": (400, "This method can be only invoked by sub user."),
    "InvalidParameter.AuthenticationCode.Format": (400, 'The parameter - "AuthenticationCode" MUST be 6 numbers.'),
    "CheckAuthenticationCodeFail": (403, 'The parameter - "AuthenticationCode" is inccorrect.'),
    "InvalidParameter.AccountAlias.Format": (400, 'The format of parameter - "AccountAlias" is incorrect.'),
    "InvalidParameter.AccountAlias.Length": (
        400,
        'The parameter - "AccountAlias" MUST be in the range of 3 and 63.',
    ),
    "InvalidParameter.RoleArn": (400, "The parameter RoleArn is wrongly formed."),
    "InvalidParameter.RoleSessionName": (400, "The parameter RoleSessionName is wrongly formed."),
    "InvalidParameter.DurationSeconds": (400, "The Min/Max value of DurationSeconds is 15min/1hr."),
    "InvalidParameter.PolicyGrammar": (400, "The parameter Policy has not passed grammar check."),
    "InvalidTimeStamp.Expired": (400, "Specified time stamp or date value is expired."),
    "InvalidTimeStamp.Format": (400, "Specified time stamp or date value is not well formatted."),
    "SignatureNonceUsed": (400, "Specified signature nonce was used already."),
    "InvalidAccessKeyId.NotFound": (404, "Specified access key is not found."),
    "InvalidAccessKeyId.Inactive": (400, "Specified access key is disabled."),
    "InvalidAction.NotFound": (404, "Specified api is not found, please check your url and method."),
    "InvalidVersion": (400, "Specified parameter Version is not valid."),
    "InvalidParameter.Format": (400, "Specified parameter format is not valid."),
    "InvalidSignatureMethod": (400, "Specified signature method is not valid."),
}

RANGES = {
    "MinimumPasswordLength": (8, 32),
    "MinimumPasswordDifferentCharacter": (0, 8),
    "MaxLoginAttemps": (0, 32),
    "PasswordReusePrevention": (0, 24),
    "MaxPasswordAge": (0, 1095),
    "InitialPasswordAge": (0, 90),
    "LoginSessionDuration": (1, 24),
    "MaxItems": (1, 1000),
    "MaxSessionDuration": (3600, 43200),
}

PATTERNS = (
    (re.compile(r"Missing([A-Z]\w*)"), "{0} is mandatory for this action."),
    (re.compile(r"InvalidParameter\.(\w+)\.InvalidChars"), 'The parameter - "{0}" contains invalid chars.'),
    (re.compile(r"InvalidParameter\.(\w+)\.Length"), 'The parameter - "{0}" beyond the length limit.'),
    (re.compile(r"InvalidParameter\.(\w+)\.Format"), 'The format of the parameter - "{0}" is incorrect.'),
)


def expected(code):
    """The status and message that go with a code."""
    if code in EXPECTED:
        return EXPECTED[code]
    in_range = re.fullmatch(r"InvalidParameter\.(\w+)\.Range", code)
    if in_range:
        low, high = RANGES[in_range[1]]
        return 400, f'The parameter - "{in_range[1]}" MUST be in the range of {low} and {high}.'
    for pattern, message in PATTERNS:
        match = pattern.fullmatch(code)
        if match:
            return 400, message.format(match[1])
    raise KeyError(f"no expectation for {code}: say status and message")


def envelope_of(error):
    """The body of the answer, without what the SDK itself puts into it."""
    return {name: value for name, value in error.data.items() if name != "statusCode"}


class refused:
    """`with refused("EntityNotExist.User"): call(..)` fails unless exactly that refusal comes, envelope and all.

    Any caller will do. Afterwards `.body` holds the envelope where the client shows it.
    """

    def __init__(self, code, status=None, message=None):
        if status is None:
            status, documented = expected(code)
            message = documented if message is None else message
        self.code, self.status, self.message = code, status, message
        self.body = None

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if kind is None:
            pytest.fail(f"the call went through, {self.code} was expected")
        if isinstance(error, AlibabaCloudException) and getattr(error, "data", None):
            self.body = envelope_of(error)
            check_error(self.body)
            seen = (self.body["Code"], error.status_code, self.body["Message"])
            assert error.code == self.body["Code"]
        elif isinstance(error, LegacyServerException):
            seen = (error.get_error_code(), error.get_http_status(), error.get_error_msg())
        else:
            return False
        self.holds(*seen)
        return True

    def holds(self, code, status, message):
        """Compare one refusal with the one expected."""
        seen = json.dumps([code, status, message])
        assert code == self.code, f"{self.code} was expected, not {seen}"
        assert status == self.status, f"HTTP {self.status} was expected, not {seen}"
        if callable(self.message):
            assert self.message(message), f"the message is not as expected: {seen}"
        elif self.message is not None:
            assert message == self.message, f"the message {self.message!r} was expected, not {seen}"


class refused_with:
    """`with refused_with("InvalidParameter.X.", 400)`: the code only has to begin so. For what no document settles."""

    def __init__(self, beginning, *statuses):
        self.beginning, self.statuses = beginning, statuses

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if kind is None:
            pytest.fail(f"the call went through, {self.beginning}.. was expected")
        if not isinstance(error, AlibabaCloudException) or not getattr(error, "data", None):
            return False
        check_error(envelope_of(error))
        assert error.code.startswith(self.beginning), f"{self.beginning}.. was expected, not {error.data}"
        assert error.status_code in self.statuses, f"HTTP {self.statuses} was expected, not {error.status_code}: {error.data}"
        return True


def not_authorized(message):
    """Both documented forms of the denial: the bare sentence, and the one that names resource and action."""
    return message.startswith("You are not authorized to do this action.")


def denied():
    """The refusal of a caller who lacks a permission."""
    return refused("NoPermission", 403, not_authorized)
