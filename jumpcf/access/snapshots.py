"""snapshots/: copies of AWS managed policies that lie beside params/, each with its version and date.

What such a policy holds is AWS's to change and is not in the templates.  A copy is judged as what it is: that
version of that day.  The form is the one that `aws iam get-policy-version` prints (IAM API Reference,
GetPolicyVersion), read strictly.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jumpcf.errors import Problem, ProblemsFound
from jumpcf.estate.source import Document, read
from jumpcf.policy.codes import UnknownConstruct
from jumpcf.policy.document import Policy, parse

FOLDER = "snapshots"
_WRAP = "PolicyVersion"
_NAMES = {"PolicyName", "Arn"}  # not printed, but a file may say whose version it holds
_KNOWN = {"Document", "VersionId", "IsDefaultVersion", "CreateDate"} | _NAMES
_AWS_OWN = ":iam::aws:policy/"
_VERSION = re.compile(r"v[1-9][0-9]*", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})", re.ASCII)
_HOW = "as `aws iam get-policy-version` prints it (docs/access.md)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """One version of an AWS managed policy, named by it ("ReadOnlyAccess v190 of 2026-09-24"); `places` are the
    lines of its statements by Sid."""

    policy: Policy
    places: dict[str, str]


def file_of(name: str) -> str:
    """Where the snapshot of a policy belongs; AWS's names are unique without their path (job-function/)."""
    return f"{FOLDER}/{name.rpartition('/')[2]}.json"


def read_snapshots(root: Path, names: Iterable[str]) -> dict[str, Snapshot]:
    """The snapshots that are at hand of these policies; raises every problem of their files at once."""
    found: dict[str, Snapshot] = {}
    problems: list[Problem] = []
    for name in sorted(set(names)):
        if (root / file_of(name)).exists():
            document, wrong = read(root / file_of(name), file_of(name))
            wrong = wrong or list(_faults(name, document))
            if not wrong:
                try:
                    found[name] = _snapshot(name, document)
                except UnknownConstruct as unknown:
                    wrong.append(_unknown(document, unknown))
            problems += wrong
    if problems:
        raise ProblemsFound(problems)
    return found


def _faults(name: str, document: Document) -> Iterator[Problem]:
    """What is not as AWS prints it, and what is of another policy or of a version that AWS does not use."""
    value = document.value
    body = (value or {}).get(_WRAP)
    if value is None or set(value) - _NAMES != {_WRAP} or not isinstance(body, dict):
        yield Problem(document.file, 1, 1, "E615", f"the file is not one {_WRAP}", f"save it {_HOW}")
        return
    for key in body.keys() - _KNOWN:
        yield Problem.at(document.key_mark(_WRAP, key), "E615", f"unknown key '{key}'", f"save it {_HOW}")
    for key, form, such in (
        ("VersionId", _VERSION, "v12"),
        ("CreateDate", _DATE, "2026-02-12T17:59:14+00:00"),
    ):
        text = body.get(key)
        if not isinstance(text, str) or not form.fullmatch(text):
            message = f"{key} is not such as {such}" if key in body else f"{key} is missing"
            yield Problem.at(
                document.mark(_WRAP, key), "E615", message, "a copy without it says nothing later"
            )
    if body.get("IsDefaultVersion", True) is not True:
        yield Problem.at(
            document.mark(_WRAP, "IsDefaultVersion"),
            "E615",
            f"{body.get('VersionId')} is not the version that AWS uses",
            "save the default version (docs/access.md)",
        )
    yield from _of_another(name, document, value, ())
    yield from _of_another(name, document, body, (_WRAP,))
    if not isinstance(body.get("Document"), dict):
        yield Problem.at(
            document.mark(_WRAP, "Document"), "E615", "Document is not a policy", f"save it {_HOW}"
        )


def _of_another(
    name: str, document: Document, value: dict[str, Any], path: tuple[str, ...]
) -> Iterator[Problem]:
    """Where the file names a policy, and not the one of its own name."""
    short = name.rpartition("/")[2]
    for key in sorted(_NAMES & value.keys()):
        said = str(value[key])
        if said != short if key == "PolicyName" else said.partition(_AWS_OWN)[2] != name:
            yield Problem.at(
                document.mark(*path, key),
                "E615",
                f"{key} is {said}, and the file's name says AWS's own {name}",
                f"a snapshot lies under its policy's name: {short}.json is of {name}",
            )


def _snapshot(name: str, document: Document) -> Snapshot:
    body: dict[str, Any] = (document.value or {})[_WRAP]
    title = f"{name.rpartition('/')[2]} {body['VersionId']} of {body['CreateDate'][:10]}"
    policy = parse(body["Document"], name=title)
    if policy.of_a_resource:
        raise UnknownConstruct("P214", f"{title} names principals, and is no policy of a role.")
    places = {
        statement.sid: str(document.mark(_WRAP, "Document", "Statement", number))
        for number, statement in enumerate(policy.statements)
    }
    return Snapshot(policy=policy, places=places)


def _unknown(document: Document, unknown: UnknownConstruct) -> Problem:
    """A construct that the evaluator does not know, at its statement's line where that is known."""
    statements = (document.value or {})[_WRAP]["Document"].get("Statement")
    sid = unknown.where.rpartition("/")[2] if "/" in unknown.where else ""
    listed = statements if isinstance(statements, list) else []
    at = [
        number
        for number, one in enumerate(listed)
        if isinstance(one, dict) and sid in (one.get("Sid"), f"#{number}")
    ]
    mark = document.mark(_WRAP, "Document", *(("Statement", at[0]) if at else ()))
    return Problem.at(
        mark, unknown.code, unknown.what, "the evaluator judges no policy that it knows in part"
    )
