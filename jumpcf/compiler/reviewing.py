"""A build that somebody else made, held against jumpcf's own rules and against params/ once more.

A stack module runs in the process that checks what it makes, so it could switch the rules off there, or write
another manifest than params/ give.  Here nothing of it runs.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

import orjson

from jumpcf.artifacts.manifest import JUMP, CompiledStack, Manifest
from jumpcf.compiler.facts import leavers_of, manifest_organization, password_store, people_of, target_of
from jumpcf.compiler.promises import promises_in_jump, promises_of
from jumpcf.compiler.rules.base import NO_PROMISES, Finding, Promises, Rendered
from jumpcf.compiler.rules.run import look
from jumpcf.estate.model import Estate, Grant


def unruly(manifest: Manifest, folder: Path, estate: Estate | None) -> Iterator[str]:
    """What the rules find in the templates.  Without an estate (params at hand may be older than the build) nothing
    is held against what they promise."""
    in_jump = promises_in_jump(estate) if estate else NO_PROMISES
    for stack in manifest.stacks:
        where = f"{stack.place}/{stack.name}"
        data = (folder / stack.path).read_bytes()
        try:
            promises = in_jump if stack.place == JUMP else _promises(stack, estate)
            found = list(look(_rendered(stack, data, orjson.loads(data), promises), where))
        except (AttributeError, KeyError, TypeError, ValueError, RecursionError):
            yield f"{where} cannot be read as a template"
            continue
        yield from (_line(f"{where} {_told(one)}") for one in found)


def _told(found: Finding) -> str:
    where = f" ({found.mark})" if found.mark else ""
    return f"{found.title}: {found.message}{where} [{found.code}]"


def _line(text: str) -> str:
    """A stranger's names, so that none of them begins a line of a log."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


def _rendered(stack: CompiledStack, data: bytes, body: Mapping[str, Any], promises: Promises) -> Rendered:
    per: Literal["estate", "partner", "grant"] = "estate" if stack.partner is None else "partner"
    return Rendered(body=body, data=data, per=per if stack.place == JUMP else "grant", promises=promises)


def _promises(stack: CompiledStack, estate: Estate | None) -> Promises:
    grant = _grant(stack, estate) if estate else None
    return promises_of(estate, grant) if estate and grant else NO_PROMISES


def _grant(stack: CompiledStack, estate: Estate) -> Grant | None:
    partner = estate.partners.get(stack.partner or "")
    return next((one for one in partner.grants if one.name == stack.grant), None) if partner else None


def unlike(manifest: Manifest, estate: Estate) -> Iterator[str]:
    """What the manifest says otherwise than params/, of all that stands in params/ alone."""
    for one in manifest.organizations:
        if one != manifest_organization(estate.organizations[one.name]):
            yield f"the rollout or the protected accounts of {one.name} are others than params/ say"
    if (manifest.people, manifest.left) != (people_of(estate), leavers_of(estate)):
        yield "the people are others than params/ say"
    if manifest.passwords != password_store(estate):
        yield "the passwords are kept otherwise than params/ say"
    if manifest.password_policy != estate.password_policy:
        yield "the password policy is another one than params/ say"
    for stack in manifest.stacks:
        if stack.place != JUMP:
            yield from _target(stack, estate)


def _target(stack: CompiledStack, estate: Estate) -> Iterator[str]:
    grant = _grant(stack, estate)
    if grant is None or grant.organization != stack.place:
        yield f"{stack.place}/{stack.name} is for no grant of params/"
    elif stack.target != target_of(estate.organizations[stack.place], grant):
        yield f"{stack.place}/{stack.name} goes elsewhere than its grant in params/"
