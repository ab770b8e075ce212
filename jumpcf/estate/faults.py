"""A file of faults for the embedded AWS: strict YAML like params/, each kind of fault a list under its name.

    account:
      - {account: "441000000002", times: 2, reason: quota reached}
    throttle:
      - {service: cloudformation, rate: 5}

What the names refer to (accounts, OUs, services) is checked by `local`, which has them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from jumpcf.errors import Mark, Problem
from jumpcf.estate import shapes
from jumpcf.estate.schema import AccountId, Strict, Unit, shaped
from jumpcf.estate.source import read
from jumpcf.estate.validate import validate

Span = Annotated[str, shaped(shapes.SPAN, "A span of time: 80ms, 30s, 10m, 2h or 3d")]
StackSet = Annotated[str, shaped(shapes.TEXT, "A StackSet's name")]
Service = Annotated[str, shaped(shapes.TEXT, "A service, such as cloudformation")]
Times = Annotated[int, Field(ge=1, description="How often it strikes")]


class _Account(Strict):
    account: AccountId
    stackset: StackSet | None = None
    action: Literal["create", "update", "delete"] | None = None
    times: Times = 1
    always: bool = False
    reason: Annotated[str, shaped(shapes.TEXT, "The reason that AWS gives", max_length=800)] | None = None


class _NameTaken(Strict):
    account: AccountId
    name: Annotated[str, shaped(shapes.USER, "The name that is taken")]
    type: Literal["role", "user", "group"] = "role"


class _Throttle(Strict):
    rate: float = Field(ge=0.01, description="Calls a second that go through")
    service: Service | None = None
    times: Times | None = None


class _Latency(Strict):
    delay: Span
    service: Service | None = None


class _Occupy(Strict):
    stackset: StackSet
    lasting: Span = "30s"


class _LoseAnswer(Strict):
    operation: Annotated[str, shaped(shapes.OPERATION, "The call whose answer is lost")]
    times: Times = 1


class _Disconnect(Strict):
    after: int = Field(0, ge=0, description="Calls that go through first")
    lasting: Span | None = None
    times: Times | None = None


class _OfAccount(Strict):
    account: AccountId


class _Move(Strict):
    account: AccountId
    to: Unit
    during: StackSet | None = None


class _Clock(Strict):
    by: Annotated[str, shaped(shapes.JUMP, "How far the clock jumps: +3d or -2h")]


class _Skew(Strict):
    by: Span


class FaultsFile(Strict):
    """Every kind of fault, a list each; the keys are those of `jumpcf local fault`."""

    account: list[_Account] = Field([])
    name_taken: list[_NameTaken] = Field([], alias="name-taken")
    throttle: list[_Throttle] = Field([])
    latency: list[_Latency] = Field([])
    occupy: list[_Occupy] = Field([])
    lose_answer: list[_LoseAnswer] = Field([], alias="lose-answer")
    disconnect: list[_Disconnect] = Field([])
    scp: list[_OfAccount] = Field([])
    suspend: list[_OfAccount] = Field([])
    move: list[_Move] = Field([])
    clock: list[_Clock] = Field([])
    skew: list[_Skew] = Field([])


@dataclass(frozen=True, slots=True)
class Asked:
    """One fault of a file: its kind, its keys as written (with their defaults), and where it stands."""

    kind: str
    values: dict[str, Any]
    mark: Mark


def read_faults(path: Path, file: str) -> tuple[tuple[Asked, ...], list[Problem]]:
    """Every fault of a file that has the right shape, and every problem of the others."""
    document, problems = read(path, file)
    found, more = validate(FaultsFile, path.stem, document)
    return tuple(_asked(found.model, found.mark) if found else ()), problems + more


def _asked(model: FaultsFile, mark: Any) -> Iterator[Asked]:
    for name, field in FaultsFile.model_fields.items():
        kind = field.alias or name
        for number, item in enumerate(getattr(model, name)):
            yield Asked(kind, item.model_dump(), mark(kind, number))
