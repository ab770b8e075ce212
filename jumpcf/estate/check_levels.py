"""Custom levels and boundaries: what they name exists, and their statements are IAM statements."""

import re
from typing import Any

from jumpcf.estate import partitions
from jumpcf.estate.check_defaults import check_repeated
from jumpcf.estate.check_statements import check_statements
from jumpcf.estate.files import Params
from jumpcf.estate.levels import NAMES
from jumpcf.estate.report import Report
from jumpcf.estate.schema import LevelFile
from jumpcf.estate.similar import did_you_mean
from jumpcf.estate.validate import File

BOUNDARIES = ("relaxed", "strict")
_AWS_POLICY = re.compile(r"arn:(?P<partition>[a-z-]+):iam::aws:policy/.+")


def check_levels(params: Params, report: Report) -> None:
    """Report what custom levels and boundaries say that cannot be."""
    partition = partitions.of_region(params.estate.model.jump.region) if params.estate else None
    for level in params.levels.values():
        if level:
            _name(level, report)
            _policies(level, partition, report)
            _boundary(level, params, report)
            check_statements(level, level.model.statements, report)
    for name, boundary in params.boundaries.items():
        if boundary:
            _reserved(name, boundary, report)
            check_statements(boundary, boundary.model.statements, report)


def _name(file: File[LevelFile], report: Report) -> None:
    level = file.model.level
    for built_in in NAMES:
        if level.casefold() == built_in.casefold():
            message = f"level: {level} has the name of the built-in level {built_in}"
            report.add(file.mark("level"), "E241", message, "choose another name")


def _policies(file: File[LevelFile], partition: str | None, report: Report) -> None:
    policies = file.model.managed_policies
    check_repeated(file, ("managed_policies",), policies, report)
    for index, policy in enumerate(policies):
        found = _AWS_POLICY.fullmatch(policy)
        mark = file.mark("managed_policies", index)
        if not found:
            hint = "policies of one account do not exist in the others; write statements instead"
            report.add(mark, "E243", f"{policy} is not one of AWS's own policies", hint)
        elif partition and found["partition"] != partition:
            hint = f"arn:{partition}:{policy.split(':', 2)[2]}"
            report.add(mark, "E243", f"{policy} is of another partition", hint)
    if file.whole and not policies and not file.model.statements:
        message = f"level: {file.model.level} grants nothing"
        report.add(file.mark("level"), "E242", message, "give it managed_policies or statements")


def _boundary(file: File[LevelFile], params: Params, report: Report) -> None:
    model = file.model
    if model.boundary not in (*BOUNDARIES, *params.boundaries):
        hint = did_you_mean(model.boundary, [*BOUNDARIES, *params.boundaries])
        report.add(file.mark("boundary"), "E240", f"boundary: there is no {model.boundary}", hint)
    if model.boundary == "relaxed" and not model.accept_escalation:
        message = "boundary: relaxed lets a partner's roles gain more than the level"
        report.add(file.mark("boundary"), "E238", message, "say why in accept_escalation, or use strict")
    if model.boundary != "relaxed" and model.accept_escalation:
        message = f"accept_escalation: the boundary is {model.boundary}, so there is nothing to accept"
        report.add(file.key_mark("accept_escalation"), "E239", message, "remove it")


def _reserved(name: str, file: File[Any], report: Report) -> None:
    if name.casefold() in BOUNDARIES:
        report.add(
            file.mark("boundary"), "E218", f"a boundary may not be named {name}", "it is a built-in one"
        )
