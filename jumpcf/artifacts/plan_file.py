"""A plan as a file: what `plan --out` writes and `deploy FILE` applies.

The digest finds a file that was altered or torn by accident; it is no signature.  What is applied is never the
file's word alone: a deploy plans again, and both must be the same bytes.
"""

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import orjson

from jumpcf.artifacts.codec import canonical, content_digest, decode
from jumpcf.artifacts.plan import PLAN_SCHEMA, Plan
from jumpcf.errors import GateRefused

KIND: Literal["jumpcf-plan"] = "jumpcf-plan"
SCHEMA = 1  # of the file; the plan within has its own


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFile:
    """A plan, the digest of all of it (not `effects.plan_digest`, by which it is accepted), and the version of jumpcf
    that made it."""

    jumpcf: str
    digest: str
    plan: Plan
    kind: Literal["jumpcf-plan"] = KIND
    schema: int = SCHEMA


def write(path: Path, plan: Plan, version: str) -> None:
    """Put the plan at `path` in one step, readable by its owner alone: it names people and accounts.

    GateRefused (G524) where something else than a plan file is there; OSError where it cannot be written.
    """
    refuse_other(path)
    data = canonical(PlanFile(jumpcf=version, digest=content_digest(plan), plan=plan))
    handle, fresh = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(fresh, path)
    except BaseException:
        Path(fresh).unlink(missing_ok=True)
        raise


def refuse_other(path: Path) -> None:
    """GateRefused (G524) where writing a plan to `path` would destroy something that is no plan file."""
    if path.is_symlink() or (path.exists() and not (path.is_file() and _is_ours(_json(path.read_bytes())))):
        what = f"{path} is there and is no plan file; it was not overwritten"
        raise GateRefused("G524", what, "name another file")


def read(path: Path) -> PlanFile:
    """The file's plan; GateRefused (G524) where it cannot be read, is no plan file, is of a newer schema, or
    was altered."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise _refused(path, f"cannot be read: {error.strerror or error}") from None
    found = _json(data)
    if not _is_ours(found):
        raise _refused(path, "is no plan file")
    _refuse_newer(path, found)
    try:
        file = decode(PlanFile, data)
    except ValueError:
        raise _refused(path, "was altered, or was made by another version of jumpcf") from None
    if content_digest(file.plan) != file.digest:
        raise _refused(path, "was altered: its digest is not that of its plan")
    return file


def _json(data: bytes) -> Any:
    try:
        return orjson.loads(data)
    except ValueError:
        return None


def _is_ours(found: Any) -> bool:
    return isinstance(found, dict) and found.get("kind") == KIND


def _refuse_newer(path: Path, found: dict[str, Any]) -> None:
    plan = found.get("plan")
    within = plan.get("schema") if isinstance(plan, dict) else None
    for schema, known in ((found.get("schema"), SCHEMA), (within, PLAN_SCHEMA)):
        if isinstance(schema, int) and schema > known:
            raise _refused(path, f"has schema {schema}, and this jumpcf reads {known}: update jumpcf")


def _refused(path: Path, what: str) -> GateRefused:
    return GateRefused("G524", f"{path} {what}", f"make one with jumpcf plan --out {_free(path)}")


def _free(path: Path) -> Path:
    """Where `write` can put a plan: here, or under another name."""
    try:
        refuse_other(path)
    except (GateRefused, OSError):
        return path.parent / f"{path.stem or 'new'}.plan.json"
    return path
