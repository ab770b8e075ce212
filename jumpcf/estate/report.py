"""Where checks put what they find."""

from typing import Literal

from jumpcf.errors import Mark, Problem


class Report:
    """Collects problems; the same one twice counts once."""

    def __init__(self) -> None:
        self._problems: set[Problem] = set()

    def add(
        self,
        mark: Mark,
        code: str,
        message: str,
        hint: str = "",
        *,
        severity: Literal["error", "warning"] = "error",
    ) -> None:
        self._problems.add(Problem.at(mark, code, message, hint, severity))

    def extend(self, problems: list[Problem]) -> None:
        self._problems.update(problems)

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(sorted(problem for problem in self._problems if problem.severity == "error"))

    @property
    def warnings(self) -> tuple[Problem, ...]:
        return tuple(sorted(problem for problem in self._problems if problem.severity == "warning"))
