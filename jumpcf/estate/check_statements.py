"""IAM statements as people write them in levels and boundaries."""

import re
from collections.abc import Iterator
from typing import Any

from jumpcf.estate.report import Report
from jumpcf.estate.schema import StatementFile
from jumpcf.estate.similar import did_you_mean
from jumpcf.estate.source import Key
from jumpcf.estate.validate import File
from jumpcf.policy.operator_names import OPERATORS, is_operator

_PAIRS = (("actions", "not_actions"), ("resources", "not_resources"))
_VARIABLE = re.compile(r"\$\{jump:(?P<name>[^}]*)\}?")
VARIABLES = ("grant", "partner")
# BC: policyDocumentType of the IAM API Reference: U+0009, U+000A, U+000D, U+0020 to U+00FF
_NOT_IN_POLICIES = re.compile("[^\t\n\r\x20-\xff]")

Path = tuple[Key, ...]


def check_statements(file: File[Any], statements: list[StatementFile], report: Report) -> None:
    """Report statements without exactly one of each pair, unknown operators, variables and characters."""
    for index, statement in enumerate(statements):
        _pairs(file, index, statement, report)
        for operator in statement.conditions:
            _operator(file, ("statements", index, "conditions", operator), operator, report)
        for path, text in _texts(("statements", index), statement):
            _text(file, path, text, report)


def _pairs(file: File[Any], index: int, statement: StatementFile, report: Report) -> None:
    for one, other in _PAIRS:
        count = sum(getattr(statement, key) is not None for key in (one, other))
        if count != 1:
            what = f"both {one} and {other}" if count else f"neither {one} nor {other}"
            message = f"statements[{index}] has {what}"
            report.add(file.mark("statements", index), "E244", message, "write exactly one of the two")


def _operator(file: File[Any], path: Path, operator: str, report: Report) -> None:
    if not is_operator(operator):
        hint = did_you_mean(operator, OPERATORS)
        report.add(file.key_mark(*path), "E245", f"IAM has no condition operator {operator}", hint)


def _texts(path: Path, statement: StatementFile) -> Iterator[tuple[Path, str]]:
    """Every text that reaches a policy, with its place."""
    for key in ("actions", "not_actions", "resources", "not_resources"):
        for index, text in enumerate(getattr(statement, key) or ()):
            yield (*path, key, index), text
    for operator, keys in statement.conditions.items():
        for key, values in keys.items():
            place = (*path, "conditions", operator, key)
            if isinstance(values, str):
                yield place, values
            else:
                yield from (((*place, index), text) for index, text in enumerate(values))


def _text(file: File[Any], path: Path, text: str, report: Report) -> None:
    for found in _VARIABLE.finditer(text):
        if found["name"] not in VARIABLES or not found.group().endswith("}"):
            known = [f"${{jump:{name}}}" for name in VARIABLES]
            hint = did_you_mean(f"${{jump:{found['name']}}}", known)
            report.add(file.mark(*path), "E246", f"there is no variable {found.group()}", hint)
    if "{{" in text:  # also what becomes {{resolve:…}} once ${jump:grant} is filled in
        message = "CloudFormation would fill in a dynamic reference in the target account, where others write"
        report.add(file.mark(*path), "E260", message, "write the value itself")
    odd = _NOT_IN_POLICIES.search(text)
    if odd:
        message = f"IAM policies do not take the character {odd.group()} (U+{ord(odd.group()):04X})"
        report.add(file.mark(*path), "E247", message, "use Latin letters, such as an id in place of a name")
