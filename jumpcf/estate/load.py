"""`params/` to an Estate, or every problem at once.

Three stages: each file is read and held against its shape; then what is left is checked across files, so
that one broken file hides nothing of the others; then, where nothing is wrong, names become ids and days
become instants.
"""

from pathlib import Path

from jumpcf.errors import Problem, ProblemsFound
from jumpcf.estate.check import check
from jumpcf.estate.files import read_params
from jumpcf.estate.model import Estate
from jumpcf.estate.report import Report
from jumpcf.estate.resolve import resolve


def load(folder: Path) -> Estate:
    """The estate of the `params/` below `folder`; raises ProblemsFound with all of its problems."""
    return load_with_warnings(folder)[0]


def load_with_warnings(folder: Path) -> tuple[Estate, tuple[Problem, ...]]:
    """The estate, and the problems that are only warnings; raises ProblemsFound with all of both kinds
    where one is an error."""
    report = Report()
    params = read_params(folder, report)
    trees = check(params, report)
    if report.errors:
        raise ProblemsFound(report.errors + report.warnings)
    return resolve(params, trees), report.warnings
