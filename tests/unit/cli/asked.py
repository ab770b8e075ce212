"""A console at which somebody is there to be asked."""

from dataclasses import dataclass

from jumpcf.cli.console import Console


@dataclass(frozen=True, slots=True, kw_only=True)
class AtTheTerminal(Console):
    """Somebody is there to be asked."""

    @property
    def interactive(self) -> bool:
        return True
