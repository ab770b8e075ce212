"""Files of faults: read strictly, every problem at once with its line, and taken in once for each content.

A file that is taken in anew (its content changed, or it is named on the command line) replaces what it had
brought before; what was put in by hand stays.
"""

import hashlib
from pathlib import Path

from jumpcf.errors import JumpcfError, Problem, ProblemsFound
from jumpcf.estate.faults import Asked, read_faults
from jumpcf.local import faults
from jumpcf.local.fault_words import REASON, seconds
from jumpcf.local.records import Fault
from jumpcf.local.world import World


def take_in(world: World, path: Path, file: str, *, anew: bool = False) -> None:
    """Put a file's faults in; ProblemsFound for all that is wrong with it, and then nothing of it is in.

    `file` is how messages name it.  Unless `anew`, a content that was taken in before is left alone, so that
    faults that have struck, or were cleared, do not come back with the next command; and a file that is gone
    takes its faults with it.
    """
    if not anew and not path.is_file():
        forget(world, file)
        return
    asked, problems = read_faults(path, file)
    if problems:
        raise ProblemsFound(problems)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if world.fault_files.get(file) == digest and not anew:
        return
    forget(world, file)
    for one in asked:
        try:
            faults.add(world, _fault(one, file))
        except JumpcfError as error:
            problems.append(Problem.at(one.mark, error.code, error.what, error.hint))
    if problems:
        forget(world, file)
        raise ProblemsFound(problems)
    world.fault_files[file] = digest


def forget(world: World, file: str) -> None:
    """Take out what a file had brought."""
    numbers = [number for number, fault in enumerate(world.faults, 1) if fault.source == file]
    if numbers:
        faults.clear(world, numbers)
    world.fault_files.pop(file, None)


def _fault(asked: Asked, file: str) -> Fault:
    has = asked.values
    spans = (has[name] for name in ("by", "delay", "lasting") if has.get(name))
    reason = has.get("reason") or (REASON if asked.kind == "account" else "")
    return Fault(
        kind=asked.kind,
        account=has.get("account", ""),
        stack_set=has.get("stackset") or has.get("during") or "",
        action=_action(has),
        service=has.get("service") or "",
        times=None if has.get("always") else has.get("times"),
        reason=reason,
        rate=has.get("rate", 0.0),
        seconds=next((seconds(text, signed=True) or 0.0 for text in spans), 0.0),
        after=has.get("after", 0),
        unit=has.get("to", ""),
        name=has.get("name", ""),
        source=file,
    )


def _action(has: dict[str, str | None]) -> str:
    action = has.get("action")
    return action.upper() if action else has.get("operation") or has.get("type") or ""
