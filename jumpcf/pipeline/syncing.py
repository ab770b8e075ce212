"""Before step 1: refresh params/lock/ from AWS."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jumpcf.errors import Problem
from jumpcf.pipeline.connecting import connect_by
from jumpcf.pipeline.folders import Folders, Say, silent

if TYPE_CHECKING:
    from jumpcf.artifacts.lock import Synced


@dataclass(frozen=True, slots=True, kw_only=True)
class Sync:
    """What a sync found and wrote, and what a build would say of params with it."""

    synced: "Synced"
    problems: tuple[Problem, ...]


def sync(folders: Folders, organizations: Sequence[str], *, check: bool = False, say: Say = silent) -> Sync:
    """Ask AWS for the organizations' trees and the parameters that params name; write what differs, unless `check`.

    Each file is written whole or not at all.  A place that refuses keeps its file and stops none of the others:
    every lock is about one organization, so a fresh one beside an old one contradicts nothing.
    """
    from jumpcf.artifacts.lock import Synced
    from jumpcf.aws.lock_reads import read, unfit
    from jumpcf.estate.syncing import fresh, misfits, wanted
    from jumpcf.estate.writing import put

    asked = wanted(folders.root, organizations)
    jump = "the jump account and " if asked.parameters else ""
    say(f"Reading {jump}{', '.join(asked.organizations)} ...")
    sessions = connect_by(asked.jump, asked.ways)
    answers = read(sessions, asked.organizations, asked.jump, tuple(asked.parameters))
    files = fresh(asked, answers, unfit)
    for one in files:
        if one.text is not None and not check:
            put(folders.root / one.told.file, one.text.encode())
    told = Synced(estate=asked.estate, check=check, files=tuple(one.told for one in files))
    return Sync(synced=told, problems=misfits(asked, files))
