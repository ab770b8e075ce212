"""The calls that the verbs of a pipeline make, held against the list from which its roles' policies are made.

Every verb that a functional test runs through `World.run` passes here, so a call that the list lacks fails the test
that made it.  `JUMPCF_RECORD=1 pytest tests/functional` adds such calls to the list instead; to make it anew,
empty it before.
"""

import fcntl
import json
import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from jumpcf.estate.model import Estate
from jumpcf.iam import recorded
from jumpcf.local.traffic import Call

RECORDING = bool(os.environ.get("JUMPCF_RECORD"))  # asked before conftest.py takes such settings away
ROLE_OF = {
    **dict.fromkeys(("plan", "status", "sync", "doctor"), "plan"),
    **dict.fromkeys(("deploy", "repair", "drift", "user withdraw"), "deploy"),
}
"""The pipeline's role that runs a verb; people run the others."""
APART = {"sts:AssumeRole"}  # how credentials are configured; stacks/pipeline.py names the very roles


def check(verb: str | None, made: "Counter[Call]", estate: Estate) -> None:
    """AssertionError where a verb of the pipeline made a call that its role's list has not."""
    role = ROLE_OF.get(verb or "")
    if role is None:
        return
    admins = {one.connection.account for one in estate.organizations.values()}
    lacking = {"jump": set[str](), "organization": set[str]()}
    for call in made:
        place = "jump" if call.account == estate.jump.account else "organization"
        known = {*recorded.calls(place, role), *(recorded.calls(place, "plan") if role == "deploy" else ())}
        if (place == "jump" or call.account in admins) and call.operation:
            lacking[place] |= {f"{call.service}:{call.operation}"} - known - APART
    if RECORDING:
        _add(role, lacking)
    else:
        assert not any(lacking.values()), (
            f"{verb} made calls that the pipeline's {role} role may not: {lacking}"
        )


def verb_of(arguments: Iterable[str], verbs: Iterable[str]) -> str | None:
    """The verb of a command line; with the second word where a group's command has a role of its own."""
    words, known = list(arguments), set(verbs)
    at = next((at for at, one in enumerate(words) if one in known), None)
    if at is None:
        return None
    both = " ".join(words[at : at + 2])
    return both if both in ROLE_OF else words[at]


def _add(role: str, lacking: dict[str, set[str]]) -> None:
    path = Path(recorded.FILE)
    with path.open("r+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        found = json.load(file)
        for place, calls in lacking.items():
            found[place][role] = sorted({*found[place][role], *calls})
        file.seek(0)
        file.truncate()
        file.write(json.dumps(found, indent=2) + "\n")
