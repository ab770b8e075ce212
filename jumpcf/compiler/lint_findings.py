"""What cfn-lint says of one template, as plain data that a worker sends home and the cache keeps."""

from dataclasses import dataclass
from typing import Literal

from jumpcf.errors import Exit, JumpcfError


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One match.  `where` is the path inside the template ("Resources/RolePower/Properties/Path"), empty
    where the template as a whole is meant; `source` is the address of the rule's documentation or empty;
    line and column count from 1."""

    rule: str
    where: str
    message: str
    line: int
    column: int
    severity: Literal["error", "warning"]
    source: str


UNKNOWN_REGION = "J2901"  # the one failure that params/ can mend


class LintFailed(JumpcfError):
    """cfn-lint gave no verdict (a worker died, an unknown region); never to be read as "clean"."""

    def __init__(self, code: str, what: str, hint: str = "", *, where: str = "") -> None:
        super().__init__(code, what, hint, where=where)
        self.exit_code = Exit.PROBLEMS if code == UNKNOWN_REGION else Exit.BUG

    def __reduce__(self) -> tuple[object, tuple[str, str, str, str]]:
        """A worker raises it and the parent must be able to: exceptions travel by pickle."""
        return _failed, (self.code, self.what, self.hint, self.where)


def _failed(code: str, what: str, hint: str, where: str) -> LintFailed:
    return LintFailed(code, what, hint, where=where)
