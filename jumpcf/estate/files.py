"""Finds and reads every file of params/, and holds each against its shape."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from jumpcf.errors import Problem
from jumpcf.estate.lock import OrganizationLock, ParametersLock, read_organization, read_parameters
from jumpcf.estate.report import Report
from jumpcf.estate.schema import BoundaryFile, EstateFile, LevelFile, OrganizationFile, PartnerFile
from jumpcf.estate.similar import did_you_mean
from jumpcf.estate.source import read
from jumpcf.estate.validate import File, validate

Model = TypeVar("Model", bound=BaseModel)

FOLDERS = ("boundaries", "levels", "lock", "organizations", "partners")
PARAMETERS = "parameters"


@dataclass(slots=True)
class Params:
    """The files that could be read, by name (the file's stem).  A name whose file is None has a file that is
    too broken to be checked: whoever refers to it is not wrong."""

    estate: File[EstateFile] | None = None
    organizations: dict[str, File[OrganizationFile] | None] = field(default_factory=dict)
    partners: dict[str, File[PartnerFile] | None] = field(default_factory=dict)
    levels: dict[str, File[LevelFile] | None] = field(default_factory=dict)
    boundaries: dict[str, File[BoundaryFile] | None] = field(default_factory=dict)
    locks: dict[str, File[OrganizationLock] | None] = field(default_factory=dict)
    parameters: File[ParametersLock] | None = None
    parameters_broken: bool = False


def read_params(folder: Path, report: Report) -> Params:
    """Read `params/` below a folder; what is wrong goes to the report, everything else into Params."""
    params, top = Params(), folder / "params"
    report.extend(list(_strangers(top)))
    params.estate = read_estate(folder, report)
    params.organizations = _kind(top, "organizations", "organization", OrganizationFile, report)
    params.partners = _kind(top, "partners", "partner", PartnerFile, report)
    params.levels = _kind(top, "levels", "level", LevelFile, report)
    params.boundaries = _kind(top, "boundaries", "boundary", BoundaryFile, report)
    _locks(top, params, report)
    return params


def read_estate(folder: Path, report: Report) -> File[EstateFile] | None:
    """params/estate.yaml alone."""
    file = "params/estate.yaml"
    path = folder / file
    if not path.exists():
        hint = f"looked in {folder.resolve()}; name another folder with -C"
        report.extend([Problem(file, 0, 0, "E257", "the file is missing", hint)])
        return None
    return _read(EstateFile, path, file, report)


def _read(kind: type[Model], path: Path, file: str, report: Report) -> File[Model] | None:
    document, problems = read(path, file)
    found, more = validate(kind, path.stem, document)
    report.extend(problems + more)
    return found


def _kind(
    top: Path, folder: str, key: str, kind: type[Model], report: Report
) -> dict[str, File[Model] | None]:
    found: dict[str, File[Model] | None] = {}
    for path in sorted((top / folder).glob("*.yaml")):
        if path.name.startswith("."):
            continue
        file = _read(kind, path, f"params/{folder}/{path.name}", report)
        found[path.stem] = file
        inside = getattr(file.model, key) if file else path.stem
        if file and inside != path.stem:
            message = f"{key}: '{inside}' stands in a file named {path.name}"
            report.add(file.mark(key), "E115", message, f"name the file {inside}.yaml")
    return found


def _locks(top: Path, params: Params, report: Report) -> None:
    for path in sorted((top / "lock").glob("*.json")):
        file = f"params/lock/{path.name}"
        if path.stem == PARAMETERS:
            params.parameters, problems = read_parameters(path, file)
            params.parameters_broken = params.parameters is None
        else:
            params.locks[path.stem], problems = read_organization(path, file)
        report.extend(problems)


def _strangers(top: Path) -> Iterator[Problem]:
    """Entries that look as if they were meant to be read, but are not: a wrong folder, a wrong ending."""
    for path in sorted(top.glob("*")):
        if path.name.startswith("."):
            continue
        if path.is_dir() and path.name not in FOLDERS:
            hint = did_you_mean(path.name, FOLDERS)
            yield Problem(f"params/{path.name}", 0, 0, "E112", "params/ has no such folder", hint)
        elif path.suffix in (".yaml", ".yml") and path.name != "estate.yaml":
            hint = did_you_mean(path.name, ["estate.yaml"], f"folders: {', '.join(FOLDERS)}")
            yield Problem(f"params/{path.name}", 0, 0, "E112", "this file is not read", hint)
    for folder in FOLDERS:
        ending = ".json" if folder == "lock" else ".yaml"
        for path in sorted((top / folder).glob("*")):
            if path.suffix in {".yaml", ".yml", ".json"} - {ending} and not path.name.startswith("."):
                hint = f"files here end in {ending}"
                yield Problem(f"params/{folder}/{path.name}", 0, 0, "E112", "this file is not read", hint)
