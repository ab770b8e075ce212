"""What must be known of an estate at night, when the rest of params may be broken: params/estate.yaml alone."""

from dataclasses import dataclass
from pathlib import Path

from jumpcf.artifacts.manifest import Connection
from jumpcf.errors import ProblemsFound
from jumpcf.estate.files import read_estate
from jumpcf.estate.report import Report
from jumpcf.estate.resolve import connection


@dataclass(frozen=True, slots=True, kw_only=True)
class JumpAccount:
    """The estate's name and the way to its jump account."""

    estate: str
    connection: Connection


def jump_account(folder: Path) -> JumpAccount:
    """Read from `params/estate.yaml`, whatever the other files are; raises every problem of that one file."""
    report = Report()
    file = read_estate(folder, report)
    if file is None or report.errors:
        raise ProblemsFound(report.errors)
    jump = file.model.jump
    return JumpAccount(estate=file.model.estate, connection=connection(jump, jump.region))
