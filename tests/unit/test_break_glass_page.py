"""docs/break-glass.md is made from the names that a deploy gives, and names the rights that its commands need."""

import re
from collections.abc import Callable
from pathlib import Path

from tests.break_glass import ROOT, page


def test_the_page_is_current(golden: Callable[[Path, str], None]) -> None:
    golden(ROOT / "docs" / "break-glass.md", page())


def test_the_rights_are_those_of_the_commands() -> None:
    (rights,) = re.findall(r"^Who does this needs, .*$", page(), re.MULTILINE)
    assert named(rights) == {
        f"{service}:{''.join(word.capitalize() for word in verb.split('-'))}"
        for service, verb in re.findall(r"\baws (iam|cloudformation|cloudtrail) ([a-z-]+)", page())
    }


def named(sentence: str) -> set[str]:
    """The actions in a sentence; one without a service has that of the one before."""
    actions, service = set(), ""
    for words in re.findall(r"`([\w:]+)`", sentence):
        before, _, action = words.rpartition(":")
        service = before or service
        actions.add(f"{service}:{action}")
    return actions
