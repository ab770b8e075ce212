"""Who may write to an estate, until when: what lies in the artifact bucket as `state/lock.json`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """One taking of the deploy lock.

    `owner` is user@host, `caller` the ARN of the credentials in the jump account, `verb` what it is held for.
    `nonce` is new with each taking.  `workspace` is the same for two processes only where they share one
    `.jumpcf/` on one machine.  `started` and `until` are UTC ("2026-05-04T12:00:00Z"); `until` moves on while the
    holder lives.  `run` names the latest run whose journal is below `state/runs/`, whoever holds the lock now.
    """

    estate: str
    owner: str
    pid: int
    caller: str
    verb: str
    nonce: str
    workspace: str
    version: str
    started: str = ""
    until: str = ""
    run: str = ""
    released: bool = False
    schema: int = 1

    @property
    def holder(self) -> str:
        """As a person reads it."""
        return f"{self.owner} (pid {self.pid}, {self.caller}) for jumpcf {self.verb}"
