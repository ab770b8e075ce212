"""The calls that plan and deploy make, as the functional tests recorded them (tests/functional/recording.py).

The roles of a pipeline are made from this list, so it cannot be shorter than what the verbs need: a test that
makes another call fails.  `jumpcf/iam/recorded.json` is written by the tests, never by hand.
"""

import functools
import json
from pathlib import Path
from typing import Literal

FILE = Path(__file__).with_suffix(".json")

Where = Literal["jump", "organization"]
Role = Literal["plan", "deploy"]


@functools.cache
def _lists() -> dict[str, dict[str, list[str]]]:
    found: dict[str, dict[str, list[str]]] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def calls(where: Where | str, role: Role | str) -> tuple[str, ...]:
    """What a role calls there, as "service:Operation", sorted; a deploy's list is without what a plan calls too."""
    return tuple(_lists()[where][role])
