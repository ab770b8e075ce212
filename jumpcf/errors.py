"""What can go wrong, as values: problems in files, refusals, and the table of exit codes.

Every room may import this module and it imports none of them.  Libraries raise; only `cli` prints.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal


class Exit(IntEnum):
    """The exit codes of every verb (docs/commands.md)."""

    DONE = 0
    PROBLEMS = 1
    CHANGES = 2
    NOT_AS_WANTED = 3
    AWS = 4
    GATE = 5
    BUG = 70
    INTERRUPTED = 130
    USAGE = 252


GATES = {
    "G501": "The plan is blocked: something in AWS must be mended first.",
    "G502": "The plan takes something away, and nobody accepted that.",
    "G503": "Nobody confirmed the deploy, or the withdrawal of passwords.",
    "G504": "The plan is not whole: an operation waits for one that is not in it.",
    "G505": "The deploy was interrupted before everything had been started.",
    "G506": "The journal could not be written, so nothing more was started (exit code 3).",
    "G521": "The plan broadens access, and nobody accepted that.",
    "G522": "What was accepted is another plan: its digest is not this plan's.",
    "G523": "A change set would remove or replace what the plan did not show; it was not executed.",
    "G524": "The file is no plan that this jumpcf can apply to this estate, or no plan file to overwrite.",
    "G525": "The inputs changed since the plan file was made.",
    "G526": "What AWS shows changed since the plan file was made.",
    "G527": "Sessions of somebody who leaves would go on in the target roles, and nobody accepted that.",
    "G528": "build/ was written anew by another build while a plan of it was run or waited for a word.",
    "G530": "Somebody else holds the deploy lock.",
    "G531": "The deploy lock was taken away in the middle, so nothing more was started (exit code 3).",
    "G532": "Another deploy went between the plan and the lock.",
    "G533": "There is no bucket for the lock, and nothing in the plan makes it.",
    "G534": "An object in the artifact bucket is not what jumpcf wrote there (exit code 4).",
    "G535": "There is no run to resume.",
    "G536": "The run to resume deployed other params, or was no deploy.",
    "G537": "What is left of a run would do more than the run announced.",
    "G541": "Nobody typed the name of what is to be destroyed.",
    "G542": "Neither params nor AWS know what is to be destroyed.",
    "G594": "Nobody confirmed the bootstrap.",
    "G595": "GitHub's identity provider in the jump account is not as params say.",
    "G596": "What only the management account may do cannot be done with these credentials.",
    "G597": "Params name another repository than the command line, or none.",
    "G598": "A stack of a pipeline's name is not jumpcf's, or is in a state that allows no update.",
    "G556": "A later ring was to follow, and the StackSet had another template by then (exit code 3).",
    "G559": "A password is shown to a person at a terminal, and nowhere else.",
    "G576": "Nobody typed the name of the user who is to be offboarded.",
    "G577": "Nobody has the name of the user who is to be offboarded, and somebody has one like it (exit code 252).",
    "G578": "An offboarding was interrupted in the middle (exit code 130).",
    "G561": "params name no such partner or user (exit code 252).",
    "G570": "The jump account has no such partner or user, so there is no door to close or to open (exit code 252).",
    "G571": "The partner or user is frozen.",
    "G581": "The time of the partner or user has ended, so there is nothing to hand over.",
    "G582": "The partner or user is frozen, so there is nothing to hand over.",
    "G584": "Where the kit belongs, something stands that no kit wrote.",
    "G600": "The folder given by --compiled does not hold what a build writes.",
    "G601": "The folder given by --compiled was compiled for other accounts than params/ name.",
    "G602": "The folder given by --compiled holds what jumpcf's own rules refuse.",
    "G590": "init would ask, and nobody is there to answer.",
}
"""Refusals between the plan and AWS; the rooms' other codes stand in their `codes.py`."""


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """A place in a file of the estate; line and column count from 1, and 0 means the whole file."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong in the files, and how to mend it.

    `code` is unique per kind of problem: E1xx YAML, E2xx estate, E3xx stacks, E4xx quotas, J2xxx lint
    rules, A5xx AWS.  `file` is relative to the estate's folder.
    """

    file: str
    line: int
    column: int
    code: str
    message: str
    hint: str = ""
    severity: Literal["error", "warning"] = "error"

    @classmethod
    def at(
        cls,
        mark: Mark,
        code: str,
        message: str,
        hint: str = "",
        severity: Literal["error", "warning"] = "error",
    ) -> "Problem":
        return cls(mark.file, mark.line, mark.column, code, message, hint, severity)

    def __str__(self) -> str:
        where = str(Mark(self.file, self.line, self.column))
        hint = f"\n    hint: {self.hint}" if self.hint else ""
        warning = "warning: " if self.severity == "warning" else ""
        return f"{where}: {self.code} {warning}{self.message}{hint}"


class JumpcfError(Exception):
    """A refusal that a person can act on: a code, what happened, and what to do about it."""

    exit_code: Exit = Exit.AWS

    def __init__(self, code: str, what: str, hint: str = "", *, where: str = "") -> None:
        super().__init__(what)
        self.code = code
        self.what = what
        self.hint = hint
        self.where = where


class ProblemsFound(JumpcfError):
    """The files are wrong; carries every problem of the stage, sorted, never only the first."""

    exit_code = Exit.PROBLEMS

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("E000", "problems in the files")


class UnknownName(JumpcfError):
    """A word of the command line that stands for nothing, most likely misspelt, or for several things."""

    exit_code = Exit.USAGE


class AwsRefused(JumpcfError):
    """AWS or the credentials refused, or what is there is not what the estate names."""

    exit_code = Exit.AWS


class GateRefused(JumpcfError):
    """A gate stands between the plan and AWS: deletion, staleness, a foreign resource of our name."""

    exit_code = Exit.GATE


class Interrupted(JumpcfError):
    """The person pressed Ctrl-C; what was started is said and can be gone on with."""

    exit_code = Exit.INTERRUPTED
