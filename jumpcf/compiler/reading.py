"""A build that somebody else made, read back as what it is: text from a stranger.

`plan`, `deploy` and `drift` take it with `--compiled`, where the one who compiled may not be trusted with
credentials (docs/github-actions.md).  Nothing of it is executed; a file is opened only where a build would have put
it; and the estate at hand, not the build, says which accounts may be reached.
"""

import re
import stat
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from jumpcf.artifacts.codec import canonical, decode, digest
from jumpcf.artifacts.manifest import JUMP, CompiledStack, Manifest, ManifestOrganization
from jumpcf.artifacts.marks import ESTATE_TAG, STACK_GRANT_TAG, STACK_PARTNER_TAG
from jumpcf.compiler.reviewing import unlike, unruly
from jumpcf.errors import GateRefused
from jumpcf.estate import names, shapes
from jumpcf.estate.model import Estate

MANIFEST = "manifest.json"
LARGEST_MANIFEST = 64 * 1024 * 1024  # ten times that of an estate with a thousand StackSets
LARGEST_TEMPLATE = 1024 * 1024  # CloudFormation's own limit, by S3
LONGEST = 10_000  # characters of one text in the manifest
TOLD = 20  # faults that a refusal names
BUILD = "build what params/ at hand say"
STACK = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,127}")  # CreateStack, StackName


@dataclass(frozen=True, slots=True)
class Read:
    """The manifest, and the organizations of it that the estate at hand does not have yet."""

    manifest: Manifest
    new: tuple[str, ...]


def read_compiled(estate: Estate, folder: Path, *, planning: bool = False) -> Read:
    """What a build wrote into `folder`, every digest verified.

    GateRefused: G600 it is not what a build writes; G601 it would reach other accounts than `estate` does; G602 it
    breaks jumpcf's own rules.  Each names everything that is wrong.  `planning`: the build may be of newer params.
    """
    manifest = _manifest(folder)
    _refuse("G600", f"{folder} is not what a build writes", _faults(manifest, folder), "build anew")
    _refuse(
        "G601",
        f"{folder} was not compiled for this estate",
        _elsewhere(manifest, estate),
        "params/ at hand say which accounts may be reached, and with which credentials; on a pull request these are "
        "the base branch's (docs/github-actions.md)",
    )
    new = tuple(one.name for one in manifest.organizations if one.name not in estate.organizations)
    if not planning:
        _refuse("G601", f"{folder} was not compiled from these params", _unlike(manifest, estate, new), BUILD)
    _refuse(
        "G602",
        f"{folder} breaks jumpcf's own rules",
        unruly(manifest, folder, None if planning else estate),
        "'jumpcf build' refuses this too, unless a module in stacks/ keeps it from that: look at its change",
    )
    return Read(manifest, new)


def _unlike(manifest: Manifest, estate: Estate, new: tuple[str, ...]) -> Iterator[str]:
    if new:
        yield f"params/ have no organization {', '.join(new)}"
        return
    yield from unlike(manifest, estate)


def _refuse(code: str, what: str, found: Iterator[str], hint: str) -> None:
    faults = list(found)
    if faults:
        more = [f"and {len(faults) - TOLD} more"] if len(faults) > TOLD else []
        raise GateRefused(code, "\n    ".join([f"{what}:", *faults[:TOLD], *more]), hint)


def _manifest(folder: Path) -> Manifest:
    path = folder / MANIFEST
    try:
        data = _bytes(path, LARGEST_MANIFEST)
        manifest = decode(Manifest, data)
        if canonical(manifest) != data:
            raise ValueError("it is not in the one form that a build writes")
        return manifest
    except (OSError, ValueError, RecursionError) as error:
        # what a stranger's file says is not repeated, only what kind of fault it is
        why = error.strerror if isinstance(error, OSError) else _kind(error)
        raise GateRefused("G600", f"{path} is no manifest of this jumpcf: {why}", "build anew") from None


def _kind(error: Exception) -> str:
    if isinstance(error, orjson.JSONDecodeError):
        return "it is not JSON"
    text = str(error)
    return text if text.startswith("it is ") else "it has not the shape of one"


def _bytes(path: Path, most: int) -> bytes:
    """The bytes of a regular file, no link followed in its last part, no more than `most`."""
    found = path.lstat()
    if not stat.S_ISREG(found.st_mode):
        raise ValueError("it is not a regular file")
    if found.st_size > most:
        raise ValueError(f"it is larger than {most:,} bytes")
    return path.read_bytes()


def _faults(manifest: Manifest, folder: Path) -> Iterator[str]:
    yield from (f"the manifest's {where} {what}" for where, what in _texts(orjson.loads(canonical(manifest))))
    organizations = [one.name for one in manifest.organizations]
    yield from (
        f"an organization has no proper name: {name!a}" for name in organizations if not _is_name(name)
    )
    if len(set(organizations)) < len(organizations):
        yield "an organization stands twice"
    places = {JUMP, *organizations}
    yield from _beside(manifest)
    seen: set[str] = set()
    for stack in manifest.stacks:
        where = f"{stack.place}/{stack.name}"
        if stack.place not in places or not STACK.fullmatch(stack.name) or _is_anothers(stack.name):
            yield f"a stack has no proper name: {where!a}"
        elif where in seen:
            yield f"{where} stands twice"
        else:
            seen.add(where)
            yield from (f"{where} {fault}" for fault in _stack(stack, folder))


def _beside(manifest: Manifest) -> Iterator[str]:
    """What bootstrap rolls out is not read here, so it may lie under no digest of what is."""
    digests = {stack.digest for stack in manifest.stacks}
    for one in manifest.bootstrap:
        proper = STACK.fullmatch(one.name) and one.path == f"bootstrap/{one.place}/{one.name}.json"
        if not proper or one.digest in digests:
            yield "a stack of bootstrap stands for another one"


def _is_anothers(name: str) -> bool:
    """Every stack of ours begins like this, and the pipeline's own are no deploy's."""
    return not name.startswith("jump-") or re.match(rf"{names.PIPELINE_STACK}\b", name) is not None


def _is_name(name: str) -> bool:
    return name != JUMP and re.fullmatch(shapes.ORGANIZATION.pattern, name) is not None


def _stack(stack: CompiledStack, folder: Path) -> Iterator[str]:
    if (stack.kind == "stack") != (stack.place == JUMP):
        yield f"is a {stack.kind} in the wrong place"
    if stack.path != f"templates/{stack.place}/{stack.name}.json":
        yield "has its template elsewhere than a build puts it"
        return
    if any((folder / parent).is_symlink() for parent in ("templates", f"templates/{stack.place}")):
        yield "lies behind a link"
        return
    try:
        data = _bytes(folder / stack.path, LARGEST_TEMPLATE)
        if digest(data) != stack.digest or len(data) != stack.size:
            yield "has another template than the manifest says"
        elif not isinstance(orjson.loads(data), dict):
            yield "has a template that is no mapping"
    except OSError as error:
        yield f"has no template: {error.strerror}"
    except orjson.JSONDecodeError:
        yield "has a template that is not JSON"
    except ValueError as error:
        yield f"has no template: {error}"


def _texts(value: Any, where: str = "") -> Iterator[tuple[str, str]]:
    """Texts that no build writes: too long, or with a control character, by which a line of a log could be begun."""
    if isinstance(value, str):
        if len(value) > LONGEST:
            yield where, f"is longer than {LONGEST:,} characters"
        if any(unicodedata.category(sign) in ("Cc", "Cf", "Zl", "Zp") for sign in value):
            yield where, "has a control character"
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _texts(key, f"{where} key".strip())
            yield from _texts(item, where or str(ascii(key)))
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item, where)


def _elsewhere(manifest: Manifest, estate: Estate) -> Iterator[str]:
    """Each thing by which the manifest would reach what the estate does not."""
    yield from _differs("the estate", manifest.estate, estate.name)
    yield from _differs("the partition", manifest.partition, estate.partition)
    yield from _differs("the jump account", manifest.jump, estate.jump)
    jump = estate.jump
    yield from _differs(
        "the artifact bucket", manifest.bucket, names.bucket(estate.name, jump.account, jump.region)
    )
    role = names.service_role(estate.partition, jump.account) if estate.pipeline else None
    yield from _differs("the role that CloudFormation gets", manifest.service_role, role)
    if manifest.passwords:
        kept = (manifest.passwords.prefix, manifest.passwords.key)
        yield from _differs(
            "where passwords are kept",
            kept,
            (names.password_path(estate.name), names.key_alias(estate.name)),
        )
    for one in manifest.organizations:
        if one.name in estate.organizations:
            yield from _organization(one, estate)
    for stack in manifest.stacks:
        marks = {ESTATE_TAG: estate.name, STACK_PARTNER_TAG: stack.partner, STACK_GRANT_TAG: stack.grant}
        if any(stack.tags.get(tag) != value for tag, value in marks.items()):
            yield f"{stack.place}/{stack.name} does not carry the tags of this estate"


def _organization(one: ManifestOrganization, estate: Estate) -> Iterator[str]:
    known = estate.organizations[one.name]
    yield from _differs(f"the id of {one.name}", one.id, known.id)
    yield from _differs(f"the root of {one.name}", one.root, known.root)
    yield from _differs(f"the admin account of {one.name}", one.connection, known.connection)


def _differs(what: str, said: object, wanted: object) -> Iterator[str]:
    if said != wanted:
        yield f"{what} is another one than params/ say"
