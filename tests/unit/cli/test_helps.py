"""What the help of each command must say: an example, and the IAM actions that it needs or that it is offline."""

import fnmatch
import re
from collections.abc import Iterator

import botocore.session
import click
import pytest

from jumpcf.cli.main import main
from jumpcf.iam import recorded
from tests import reference

COMMANDS = reference.commands()
LEAVES = sorted(words for words, one in COMMANDS.items() if not isinstance(one, click.Group))
OFFLINE = "Needs no credentials"
BY_ANOTHER_NAME = {  # what IAM calls the permission: Service Authorization Reference, "Amazon S3"
    "s3:HeadObject": "s3:GetObject",
    "s3:ListObjectsV2": "s3:ListBucket",
}
PERMISSIONS_ALONE = {"s3:ListBucket", "s3:DeleteObjectVersion"}  # no operation of the API has this name


def text(words: str) -> str:
    return " ".join((COMMANDS[words].help or "").split())


def needs(words: str) -> str:
    """What stands behind Needs, or nothing."""
    found = re.search(r"\bNeeds\b.*", text(words))
    return found[0] if found else ""


def actions(words: str) -> Iterator[str]:
    """The IAM actions behind Needs; a service stands before the first of its actions only."""
    service = ""
    for named, action in re.findall(r"(?:\b([a-z0-9]+):)?(?<![\w/])([A-Z*][A-Za-z*]+)", needs(words)):
        service = named or service
        if service:
            yield f"{service}:{action}"


@pytest.mark.parametrize("words", sorted(COMMANDS))
def test_every_command_has_an_example_of_itself(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*words.split()[1:], "-h"]) == 0
    assert re.search(rf"Example: .*\b{re.escape(words)}\b", capsys.readouterr().out)


@pytest.mark.parametrize("words", LEAVES)
def test_every_help_says_which_actions_it_needs_or_that_it_is_offline(words: str) -> None:
    told = needs(words)
    named = re.search(r"\b[a-z0-9]+:[A-Z*]", told) or re.search(r"what [a-z ]+ needs", told)
    assert told.startswith(OFFLINE) or named, (
        f"{words} --help: what does it need?  Needs ..., or {OFFLINE} ..."
    )


@pytest.mark.parametrize("words", LEAVES)
def test_a_help_names_other_commands_that_exist(words: str) -> None:
    for other in re.findall(r"what ([a-z ]+?) needs", needs(words)):
        assert f"jumpcf {other}" in COMMANDS


def test_every_named_action_exists() -> None:
    session, wrong = botocore.session.get_session(), []
    for words in LEAVES:
        for service, action in re.findall(r"\b([a-z0-9]+):([A-Z*][A-Za-z*]+)", needs(words)):
            known = session.get_service_model(service).operation_names
            if not fnmatch.filter(known, action) and f"{service}:{action}" not in PERMISSIONS_ALONE:
                wrong.append(f"{words}: {service}:{action}")
    assert wrong == []


@pytest.mark.parametrize(
    ("role", "verbs"),
    [
        ("plan", ["plan", "status", "sync", "doctor"]),
        ("deploy", ["plan", "status", "sync", "doctor", "deploy", "repair", "drift", "user offboard"]),
    ],
)
def test_the_helps_name_every_call_that_the_tests_recorded(role: str, verbs: list[str]) -> None:
    told = {action for verb in verbs for action in actions(f"jumpcf {verb}")}
    calls = {call for where in ("jump", "organization") for call in recorded.calls(where, role)}
    asked = {BY_ANOTHER_NAME.get(call, call) for call in calls}
    assert {one for one in asked if not any(fnmatch.fnmatchcase(one, action) for action in told)} == set()
