"""What AWS answered, in our words."""

import re
from pathlib import Path

import pytest
from aws_world import refused
from botocore.exceptions import (
    BotoCoreError,
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
    ProfileNotFound,
    ReadTimeoutError,
    UnauthorizedSSOTokenError,
)

from jumpcf.aws.codes import CODES
from jumpcf.aws.errors import LOCAL_RULES, RULES, refusal

SOURCES = Path(__file__).parents[3] / "jumpcf" / "aws"


@pytest.mark.parametrize(
    ("aws_code", "message", "code"),
    [
        ("ExpiredToken", "The security token included in the request is expired", "A503"),
        ("AccessDenied", "User x is not authorized to perform: sts:AssumeRole on resource y", "A534"),
        ("AccessDeniedException", "You don't have permissions to access this resource.", "A511"),
        ("AccessDeniedException", "User x is not authorized to perform: organizations:ListRoots", "A504"),
        ("AccessDenied", "with an explicit deny in a service control policy", "A526"),
        ("Throttling", "Rate exceeded", "A506"),
        ("TooManyRequestsException", "another request is already in progress", "A506"),
        (
            "ValidationError",
            "You must be the management account or delegated admin account of an organization before operating "
            "a SERVICE_MANAGED stack set",
            "A510",
        ),
        (
            "ValidationError",
            "Role arn:aws:iam::111111111111:role/jump/pipeline/jump-cloudformation is invalid or cannot be assumed",
            "A583",
        ),
        ("ValidationError", "Account used is not a delegated administrator", "A511"),
        ("AWSOrganizationsNotInUseException", "Your account is not a member of an organization.", "A512"),
        (
            "",
            "Account 123412341234 should have 'stacksets-exec-1' role with trust relationship to Role x",
            "A513",
        ),
        (
            "ValidationError",
            "You must enable organizations access to operate a service managed stack set",
            "A513",
        ),
        ("StackSetNotFoundException", "StackSet jump-acme-dev not found", "A514"),
        ("StackSetNotEmptyException", "StackSet is not empty", "A515"),
        ("OperationInProgressException", "Another Operation on StackSet arn is in progress: id", "A516"),
        ("ValidationError", "Organizational unit ou-ab12-11111111 not found in StackSet", "A517"),
        (
            "ValidationError",
            "StackSets with SERVICE_MANAGED permission model can only have OrganizationalUnit as target",
            "A518",
        ),
        (
            "InvalidOperationException",
            "Cannot update ManagedExecution while updating StackSet Template or Parameters",
            "A519",
        ),
        ("LimitExceeded", "Stack set limit exceeded", "A520"),
        ("", "This account is suspended. To remove this instance from the stack set, run", "A521"),
        ("", "ResourceStatusReason:acme-dev-Read already exists", "A522"),
        ("ValidationError", "Parameters: [Name] must have values", "A523"),
        ("ValidationError", "Stack:arn is in ROLLBACK_COMPLETE state and can not be updated.", "A524"),
        ("InsufficientCapabilitiesException", "Requires capabilities : [CAPABILITY_NAMED_IAM]", "A525"),
        ("ValidationError", "Template format error: unresolved condition", "A527"),
        ("NoSuchBucket", "The specified bucket does not exist", "A528"),
        ("InvalidClientTokenId", "The security token included in the request is invalid.", "A536"),
        ("NeverHeardOf", "what", "A500"),
    ],
)
def test_awss_words_have_a_code_of_ours(aws_code: str, message: str, code: str) -> None:
    assert refusal(refused(aws_code, message), "DescribeStackSet", "corp (account 222222222222)").code == code


def test_a_refusal_names_place_operation_message_code_and_request() -> None:
    error = refusal(refused("AccessDenied", "no"), "ListRoots", "corp (account 222222222222)")
    assert error.what == "corp (account 222222222222): ListRoots was refused: no (AccessDenied, request r-1)"
    assert (error.aws_code, error.message, error.operation, error.request_id) == (
        "AccessDenied",
        "no",
        "ListRoots",
        "r-1",
    )


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ProfileNotFound(profile="corp-stacksets"), "A501"),
        (NoCredentialsError(), "A502"),
        (UnauthorizedSSOTokenError(), "A503"),
        (EndpointConnectionError(endpoint_url="https://x"), "A505"),
        (ReadTimeoutError(endpoint_url="https://x"), "A505"),
        (BotoCoreError(), "A500"),
    ],
)
def test_what_fails_on_this_machine_has_a_code_too(error: BotoCoreError, code: str) -> None:
    assert refusal(error, "ListRoots", "corp").code == code


def test_a_deregistered_delegated_administrator_is_told_what_to_register() -> None:
    text = "You don't have permissions to access this resource."
    error = refusal(refused("AccessDeniedException", text), "ListRoots", "corp (account 222222222222)")
    assert "member.org.stacksets.cloudformation.amazonaws.com" in error.hint


def test_wrong_parameters_are_told_in_one_line() -> None:
    error = ParamValidationError(report="Invalid range for MaxConcurrentCount\nInvalid type for parameter X")
    told = refusal(error, "UpdateStackSet", "corp").what
    assert "\n" not in told
    assert told.endswith("Invalid range for MaxConcurrentCount Invalid type for parameter X")


def test_codes_are_unique_and_of_our_form() -> None:
    text = (SOURCES / "codes.py").read_text(encoding="utf-8")
    written = re.findall(r'^    "(A5\d\d)": ', text, re.MULTILINE)
    assert written == sorted(set(written)) == sorted(CODES)
    assert len(set(CODES.values())) == len(CODES)


def test_every_code_that_is_used_is_known_and_every_known_one_is_used() -> None:
    used = {
        code
        for path in SOURCES.glob("*.py")
        if path.name != "codes.py"
        for code in re.findall(r"\bA5\d\d\b", path.read_text(encoding="utf-8"))
    }
    assert used == set(CODES)


def test_every_rule_can_be_acted_on() -> None:
    assert all(rule.hint for rule in RULES)
    assert all(hint for _, hint in LOCAL_RULES.values())
