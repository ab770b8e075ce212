"""Fixed IAM names that one stack of the jump account gives up and another one takes in the same plan.

A name is unique in an account, not distinguished by case (IAM User Guide, "IAM and AWS STS quotas"), so
the stack that takes it would fail with EntityAlreadyExists while the other still has it.  A single stack has
no such way out: CloudFormation makes what is new before it deletes what is old.
"""

import dataclasses
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jumpcf.artifacts.operation import AnyOperation
from jumpcf.planner.changes import section
from jumpcf.planner.jumpstacks import Change
from jumpcf.planner.replaced import NAMES

CALLED = {
    "AWS::IAM::Group": "group",
    "AWS::IAM::ManagedPolicy": "managed policy",
    "AWS::IAM::Role": "role",
    "AWS::IAM::User": "user",
}
"""What people call the resources that IAM knows by name."""

Names = dict[tuple[str, str], str]
"""Names as they are written, by resource type and the name in lower case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A name on its way: `loses` and `gains` are the ids of the operations, `source` and `target` say whose
    stacks they are."""

    kind: str
    name: str
    loses: str
    gains: str
    source: str
    target: str


def find_moves(changes: Collection[Change], partners: Mapping[str, str | None]) -> tuple[Move, ...]:
    """Every name that a stack has live and loses, and another stack's new template has.

    `partners` maps the name of a stack of the jump account to its partner's name.
    """
    lost = [(one.operation, names) for one in changes if (names := _lost(one))]
    if not lost:  # most plans
        return ()
    wanted = [(one.operation, fixed_names(one.after)) for one in changes]
    return tuple(
        Move(
            kind=CALLED[key[0]],
            name=names[key],
            loses=loser.id,
            gains=gainer.id,
            source=_whose(partners, loser.stack),
            target=_whose(partners, gainer.stack),
        )
        for loser, names in lost
        for gainer, taken in wanted
        for key in sorted(names.keys() & taken.keys())
    )


def fixed_names(template: Any) -> Names:
    """The IAM names that a template fixes; one that CloudFormation makes up or computes is none."""
    return {key: name for key, (_, name) in _fixed(template)}


def kept_names(changes: Iterable[Change]) -> tuple[str, ...]:
    """A blocker for each name that a stack keeps while another resource gets it, or the same one in other case
    ("ken", "Ken"): both are a new resource to CloudFormation, and the same name to IAM."""
    return tuple(
        f"jump/{one.operation.stack}: the {CALLED[key[0]]} {old[1]} ({old[0]}) becomes {new[1]} ({new[0]}), which "
        "IAM takes for the same name: CloudFormation makes the new one before it deletes the old one; deploy in "
        "two steps: first take it out of params/ and deploy, then put it back and deploy"
        for one in changes
        if (before := dict(_fixed(one.before)))
        for key, new in _fixed(one.after)
        if (old := before.get(key, new)) != new
    )


def wait_for(
    operations: tuple[AnyOperation, ...], moves: Iterable[Move]
) -> tuple[tuple[AnyOperation, ...], str]:
    """The operations, each that takes a name needing the one that gives it up, in an order that a single hand
    can run; and the blocker, or "", for names of which each waits for the other."""
    graph = {one.id: set(one.needs) for one in operations}
    moves = tuple(moves)
    if not moves:
        return operations, ""
    for move in moves:
        graph[move.gains].add(move.loses)
    stuck = [move for move in moves if move.gains in _before(graph, move.loses)]
    needs: dict[str, list[str]] = {}
    for move in moves:
        if move not in stuck:
            needs.setdefault(move.gains, []).append(move.loses)
    waiting = [
        dataclasses.replace(one, needs=tuple(dict.fromkeys((*one.needs, *needs.get(one.id, ())))))
        for one in operations
    ]
    stacks = {one.id: one.stack for one in operations}
    return _in_order(waiting), _blocker(stuck, stacks)


def told(moves: Iterable[Move]) -> tuple[str, ...]:
    """What a user's move means for the person, a sentence each."""
    return tuple(
        f"user {move.name} leaves {move.source}, is offboarded and made anew in {move.target}: "
        "password, MFA and keys are lost"
        for move in moves
        if move.kind == "user"
    )


def _lost(change: Change) -> Names:
    before = fixed_names(change.before)
    after = fixed_names(change.after) if before else {}
    return {key: name for key, name in before.items() if key not in after}


def _fixed(template: Any) -> Iterator[tuple[tuple[str, str], tuple[str, str]]]:
    """Type and name in lower case, then the resource's logical id and its name as it is written."""
    for logical_id, resource in section(template, "Resources").items():
        kind = resource.get("Type") if isinstance(resource, dict) else None
        if isinstance(kind, str) and kind in CALLED:
            name = section(resource, "Properties").get(NAMES[kind])
            if isinstance(name, str):
                yield (kind, name.lower()), (logical_id, name)


def _whose(partners: Mapping[str, str | None], stack: str) -> str:
    partner = partners.get(stack)
    return f"partner {partner}" if partner else f"the stack {stack}"


def _before(graph: Mapping[str, Iterable[str]], start: str) -> set[str]:
    """Every operation that must have ended before this one starts."""
    found: set[str] = set()
    ahead = [start]
    while ahead:
        more = set(graph[ahead.pop()]) - found
        found |= more
        ahead += more
    return found


def _in_order(operations: Iterable[AnyOperation]) -> tuple[AnyOperation, ...]:
    """As they stand, but none before what it needs."""
    by_id = {one.id: one for one in operations}
    done: dict[str, AnyOperation] = {}

    def place(operation: AnyOperation) -> None:
        if operation.id not in done:
            for need in operation.needs:
                place(by_id[need])
            done[operation.id] = operation

    for operation in by_id.values():
        place(operation)
    return tuple(done.values())


def _blocker(stuck: Collection[Move], stacks: Mapping[str, str]) -> str:
    """`stacks` are the stacks by the ids of their operations."""
    names = ", ".join(f"{move.kind} {move.name} ({move.source} to {move.target})" for move in stuck)
    if not names:
        return ""
    places = sorted({f"jump/{stacks[each]}" for move in stuck for each in (move.loses, move.gains)})
    return (
        f"{', '.join(places)}: stacks wait for each other to give up names: {names}; deploy in two steps: "
        "first take these out of params/ and deploy, then put them in their new place and deploy"
    )
