"""Statements as people write them in a level or a boundary, to awacs."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from jumpcf.iam.conditions import Term, all_of
from jumpcf.iam.document import Clause, allow, deny, parse_actions


class Written(Protocol):
    """A statement of params/; exactly one of each pair (actions, resources) is not empty."""

    @property
    def effect(self) -> str: ...
    @property
    def actions(self) -> tuple[str, ...]: ...
    @property
    def not_actions(self) -> tuple[str, ...]: ...
    @property
    def resources(self) -> tuple[str, ...]: ...
    @property
    def not_resources(self) -> tuple[str, ...]: ...
    @property
    def conditions(self) -> Mapping[str, Mapping[str, tuple[str, ...]]]: ...


def permissions(written: Sequence[Written], *, partner: str, grant: str, sid: str = "Level") -> list[Clause]:
    """The same statements in the same order, with Sids "Level1", "Level2" …

    `${jump:partner}` and `${jump:grant}` are filled in, in resources and in condition values; IAM's own
    variables stay as they are.
    """

    def fill(values: Sequence[str]) -> tuple[str, ...]:
        return tuple(
            value.replace("${jump:partner}", partner).replace("${jump:grant}", grant) for value in values
        )

    def one(number: int, statement: Written) -> Clause:
        terms: list[Term] = [
            (operator, key, fill(values))
            for operator, keys in statement.conditions.items()
            for key, values in keys.items()
        ]
        build = allow if statement.effect == "Allow" else deny
        return build(
            f"{sid}{number}",
            action=parse_actions(statement.actions),
            not_action=parse_actions(statement.not_actions),
            resource=fill(statement.resources),
            not_resource=fill(statement.not_resources),
            condition=all_of(*terms) if terms else None,
        )

    return [one(number, statement) for number, statement in enumerate(written, 1)]
