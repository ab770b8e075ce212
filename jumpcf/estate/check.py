"""Everything that must hold across files; each check is told in a module of its own."""

from jumpcf.estate.files import Params
from jumpcf.estate.report import Report
from jumpcf.estate.tree import Tree


def check(params: Params, report: Report) -> dict[str, Tree]:
    """Run every check; gives the trees of the organizations whose locks can be used."""
    return {name: Tree(lock.model) for name, lock in params.locks.items() if lock}
