"""What must be known of an estate at night, when the rest of params may be broken: params/estate.yaml alone."""

from dataclasses import dataclass
from pathlib import Path

from jumpcf.artifacts.manifest import Connection
from jumpcf.errors import Problem
from jumpcf.estate import partitions
from jumpcf.estate.check_defaults import check_region
from jumpcf.estate.files import read_estate
from jumpcf.estate.report import Report
from jumpcf.estate.resolve import connection


@dataclass(frozen=True, slots=True, kw_only=True)
class JumpAccount:
    """The estate's name and the way to its jump account."""

    estate: str
    partition: str
    connection: Connection


def jump_account(folder: Path) -> tuple[JumpAccount | None, tuple[Problem, ...]]:
    """Read from `params/estate.yaml`, whatever the other files are; None where that does not say it.  With every
    problem of that one file: one beside the jump account need not stop who is in a hurry."""
    report = Report()
    file = read_estate(folder, report)
    if file is None:
        return None, report.errors
    jump = file.model.jump
    check_region(file, ("jump", "region"), jump.region, report)
    partition = partitions.of_region(jump.region)
    if partition is None:
        return None, report.errors
    way = connection(jump, jump.region)
    return JumpAccount(estate=file.model.estate, partition=partition, connection=way), report.errors
