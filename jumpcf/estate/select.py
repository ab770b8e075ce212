"""Choosing organizations by name."""

from collections.abc import Collection, Iterable

from jumpcf.errors import Exit, JumpcfError
from jumpcf.estate.similar import did_you_mean


class UnknownOrganization(JumpcfError):
    """A name on the command line that the estate does not have."""

    # chosen wrongly, not built wrongly: the same exit code as any other wrong option
    exit_code = Exit.USAGE


def organizations(known: Collection[str], names: Iterable[str]) -> tuple[str, ...]:
    """The chosen ones of the known names, each once, sorted; all of them where no name is given.

    Raises UnknownOrganization (E258) with every unknown name.
    """
    wanted = sorted(set(names)) or sorted(known)
    unknown = [name for name in wanted if name not in known]
    if unknown:
        hints = (_hint(name, known) for name in unknown)
        raise UnknownOrganization(
            "E258", f"no organization {', '.join(unknown)}", "; ".join(dict.fromkeys(filter(None, hints)))
        )
    return tuple(wanted)


def _hint(name: str, known: Collection[str]) -> str:
    return "all of them: leave --org out" if name == "all" else did_you_mean(name, known)
