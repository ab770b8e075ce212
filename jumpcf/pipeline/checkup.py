"""Beside the flow: read whatever tells how an estate stands, refusals included, and examine it."""

import dataclasses
import importlib.metadata
import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from jumpcf.errors import AwsRefused, ProblemsFound
from jumpcf.pipeline.building import build, chosen
from jumpcf.pipeline.connecting import connect_by
from jumpcf.pipeline.folders import Folders, Say, silent
from jumpcf.pipeline.rollout import observe_who_answers

if TYPE_CHECKING:
    from jumpcf.artifacts.bootstrap import PipelineStack, Standing
    from jumpcf.artifacts.checkup import Checkup, Package, Seen
    from jumpcf.artifacts.lock import LockFile
    from jumpcf.artifacts.manifest import Manifest
    from jumpcf.artifacts.observed import Observed
    from jumpcf.aws.sessions import Sessions
    from jumpcf.estate.syncing import Wanted


def examine(folders: Folders, names: Sequence[str], say: Say = silent) -> "Checkup":
    """Look at the places, the files and AWS; what cannot be read stops nothing else.  Reads only.

    ProblemsFound where params do not even say whom to ask."""
    from jumpcf.artifacts.checkup import Facts
    from jumpcf.estate.syncing import wanted
    from jumpcf.planner.doctor import examine as judge

    asked = wanted(folders.root, names)
    sessions = connect_by(asked.jump, asked.ways)
    say(f"Looking at the jump account and {', '.join(asked.organizations)} ...")
    places = _places(sessions, asked)
    well = [one.name for one in places if not one.code]
    organizations = [name for name in asked.organizations if name in well]
    manifest, problems = _built(folders)
    observed, unread = _observed(manifest, sessions, organizations, well)
    pipeline, unseen = _pipeline(folders, sessions, manifest, well)
    standings, unasked = _standings(sessions, asked, well)
    unstacked, refused = _unstacked(sessions, observed)
    facts = Facts(
        places=(*places, *unread, *unseen, *unasked, *refused),
        standings=standings,
        problems=problems,
        manifest=manifest,
        observed=observed,
        locks=_locks(folders, organizations),
        pipeline=pipeline,
        switches=_switches(asked),
        guarded=tuple(
            name
            for name in asked.organizations
            if (folders.build / "guardrails" / name / "rcp.json").exists()
        ),
        unstacked=unstacked,
        packages=tuple(packages(importlib.metadata.requires("jumpcf") or (), sys.version_info[:3])),
        schemas=_schemas(folders),
    )
    return judge(asked.estate, facts)


def _places(sessions: "Sessions", asked: "Wanted") -> "tuple[Seen, ...]":
    from jumpcf.artifacts.manifest import JUMP
    from jumpcf.aws.checkup import look

    there = [look(sessions, name, way, id_) for name, (id_, way) in asked.organizations.items()]
    return (look(sessions, JUMP, asked.jump), *there)


def _standings(
    sessions: "Sessions", asked: "Wanted", well: Sequence[str]
) -> "tuple[tuple[Standing, ...], tuple[Seen, ...]]":
    from jumpcf.aws.bootstrap import standing

    found, unasked = [], []
    for name, (id_, way) in asked.organizations.items():
        if name in well:
            try:
                found.append(standing(sessions, name, id_, way, managed=False))
            except AwsRefused as refused:
                unasked.append(_unread(refused))
    return tuple(found), tuple(unasked)


def _built(folders: Folders) -> "tuple[Manifest | None, tuple[str, ...]]":
    try:
        return build(folders, lint=False).manifest, ()
    except ProblemsFound as found:
        return None, tuple(str(one).partition("\n")[0] for one in found.problems)


def _observed(
    manifest: "Manifest | None", sessions: "Sessions", organizations: Sequence[str], well: Sequence[str]
) -> "tuple[Observed | None, tuple[Seen, ...]]":
    """What is there, and each refusal of what could not be read though who we are is right."""
    from jumpcf.artifacts.manifest import JUMP

    if manifest is None or JUMP not in well:
        return None, ()
    names = [name for name in chosen(manifest, ()) if name in organizations]
    try:
        observed, away = observe_who_answers(manifest, names, sessions)
    except AwsRefused as refused:
        return None, (_unread(refused),)
    return observed, tuple(map(_unread, away.values()))


def _unstacked(
    sessions: "Sessions", observed: "Observed | None"
) -> "tuple[tuple[str, ...], tuple[Seen, ...]]":
    from jumpcf.aws.unstacked import unstacked

    try:
        return (unstacked(sessions, observed.stacks) if observed else ()), ()
    except AwsRefused as refused:
        return (), (_unread(refused),)


def _unread(refused: AwsRefused) -> "Seen":
    """A place whose credentials are right, and that did not let something be read."""
    from jumpcf.artifacts.checkup import Seen

    name = (refused.where or "AWS").partition(" ")[0]
    return Seen(name=name, code=refused.code, refused=refused.what, hint=refused.hint)


def _locks(folders: Folders, organizations: Sequence[str]) -> "tuple[LockFile, ...]":
    from jumpcf.pipeline.syncing import sync

    return sync(folders, organizations, check=True).synced.files if organizations else ()


def _pipeline(
    folders: Folders, sessions: "Sessions", manifest: "Manifest | None", well: Sequence[str]
) -> "tuple[tuple[PipelineStack, ...], tuple[Seen, ...]]":
    from jumpcf.pipeline.bootstrapping import stacks_of

    try:
        return (stacks_of(folders, sessions, manifest, well) if manifest else ()), ()
    except AwsRefused as refused:
        return (), (_unread(refused),)


def _switches(asked: "Wanted") -> dict[str, str]:
    file = asked.params.estate
    assert file is not None
    defaults = file.model.defaults
    return {
        "defaults.role_session_name": defaults.role_session_name,
        "defaults.assume_scope": defaults.assume_scope,
        "defaults.fence": " ".join(sorted(defaults.fence)),
        "defaults.cli": defaults.cli,
        "pipeline": "yes" if file.model.pipeline else "",
    }


def packages(requirements: Sequence[str], python: Sequence[int]) -> "Iterator[Package]":
    """Each package of jumpcf's own requirements, extras left out, and Python itself."""
    from jumpcf.artifacts.checkup import Package

    here, wanted = ".".join(map(str, python)), importlib.metadata.metadata("jumpcf")["Requires-Python"]
    yield Package(name="python", found=here, wanted=wanted, fits=fits(here, wanted))
    for requirement in requirements:
        if ";" in requirement:
            continue
        found = re.fullmatch(r"([A-Za-z0-9._-]+)\s*(.*)", requirement)
        assert found is not None
        name, wanted = found[1], found[2].strip("() ")
        try:
            version = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            version = ""
        yield Package(name=name, found=version, wanted=wanted, fits=bool(version) and fits(version, wanted))


def fits(version: str, wanted: str) -> bool:
    """Whether a version is within bounds such as ">=4.9,<5"; what is no such bound is not judged."""
    bounds = re.findall(r"(>=|<)\s*([0-9.]+)", wanted)
    have = _numbers(version)
    return all(have >= _numbers(bound) if sign == ">=" else have < _numbers(bound) for sign, bound in bounds)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])


def _schemas(folders: Folders) -> dict[str, tuple[int, int]]:
    """The schemas of what an earlier run wrote down, where it can be read."""
    from jumpcf.artifacts.deployment import Deployments
    from jumpcf.artifacts.manifest import Manifest

    files = {"build/manifest.json": Manifest, ".jumpcf/deployed.json": Deployments}
    found = {}
    for name, record in files.items():
        try:
            written: Mapping[str, Any] = json.loads((folders.root / name).read_bytes())
            found[name] = int(written["schema"]), _ours(record)
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return found


def _ours(record: type[Any]) -> int:
    """The schema in which this jumpcf writes a record."""
    defaults: dict[str, Any] = {one.name: one.default for one in dataclasses.fields(record)}
    return int(defaults["schema"])
