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


class LintFailed(JumpcfError):
    """cfn-lint gave no verdict (a worker died, an unknown region); never to be read as "clean"."""

    exit_code = Exit.BUG

    def __reduce__(self) -> tuple[object, tuple[str, str, str, str]]:
        """A worker raises it and the parent must be able to: exceptions travel by pickle."""
        return _failed, (self.code, self.what, self.hint, self.where)


def _failed(code: str, what: str, hint: str, where: str) -> LintFailed:
    return LintFailed(code, what, hint, where=where)
