"""The battery: every row, the subjects it speaks about, and the judgement of one layer alone.

A layer of Denies only (fence, boundary, freeze, the organization's RCP) is judged beside an Allow of
everything, so that what passes is seen to pass; `ceiling` is the boundary alone, `whole` and `session` put
the layers together.
"""

import dataclasses
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from functools import cache

from jumpcf.policy.document import Policy, parse
from jumpcf.policy.evaluate import Decision, assume_role, identity, judge
from jumpcf.policy.request import Request
from tests.battery.rows import Row
from tests.battery.rows_escalation import ESCALATION
from tests.battery.rows_people import FROZEN, GROUPS, TRUST
from tests.battery.rows_sessions import BOUNDARY, CEILING, FENCE, ROLE
from tests.battery.rows_whole import PERIMETER, SHARED, SURVIVES, WHOLE
from tests.battery.scenes import Scene, requests
from tests.battery.subjects import Document, Subject

BATTERY: tuple[Row, ...] = (
    *TRUST,
    *GROUPS,
    *FENCE,
    *BOUNDARY,
    *CEILING,
    *ROLE,
    *SHARED,
    *FROZEN,
    *PERIMETER,
    *SURVIVES,
    *ESCALATION,
    *WHOLE,
)

EVERYTHING = parse(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]},
    name="everything",
)
HOLDING = {
    **{name: name for name in ("fence", "boundary", "freeze", "rcp")},
    "bucket of staff": "bucket",
    "role beside AWS's policy": "role",
}
"""Layers that only deny."""
DOCUMENTS = (
    {"ceiling": "boundary"} | {name: name for name in ("groups", "trust", "role", "key", "bucket")} | HOLDING
)
"""Which documents a row of a layer judges."""

Policies = Sequence[Policy]


def policies(subject: Subject, layer: str) -> list[Policy]:
    return [one.policy for one in subject.layers[layer]]


@cache
def asks(scene: Scene, subject: Subject) -> tuple[Request, ...]:
    """The scene's requests; the same for every mutant."""
    return tuple(requests(scene, subject))


def decide(layer: str, scene: Scene, subject: Subject, own: Policies | None = None) -> Iterator[Decision]:
    """The decision on each request of the scene; `own` stands in for the layer's documents (a mutant)."""
    for request in asks(scene, subject):
        if layer == "whole":
            (trust,) = policies(subject, "trust")
            yield assume_role(request, group_policies=policies(subject, "groups"), trust=trust)
        elif layer == "session":
            mine = [EVERYTHING, *policies(subject, "fence"), *policies(subject, "role")]
            yield identity(request, mine, policies(subject, "boundary")[0])
        else:
            judged = policies(subject, DOCUMENTS[layer]) if own is None else own
            yield alone(layer, scene, request, judged)


def alone(layer: str, scene: Scene, request: Request, judged: Policies) -> Decision:
    if layer == "freeze" and scene.frozen == "no":
        judged = ()
    return judge(request, *judged, *((EVERYTHING,) if layer in HOLDING else ()))


def asked(row: Row, subject: Subject) -> int:
    """How many requests the row's scene is for the subject: none where it has no excepted account …"""
    return len(asks(row.scene, subject))


def wrong(row: Row, subject: Subject) -> list[str]:
    """What the row's requests are decided instead; none where all is as the row says."""
    found = []
    for decision in decide(row.layer, row.scene, subject):
        sid = decision.by.rpartition("/")[2]
        if decision.effect != row.says or not fnmatchcase(sid, row.by):
            found.append(f"{subject}: {decision.effect} by {decision.by or 'nothing'}")
    return found


def passes(row: Row, subject: Subject) -> bool:
    """Is the row's base, before the one change, allowed?"""
    return all(decision.allowed for decision in decide(row.layer, row.base, subject))


def reddens(row: Row, subject: Subject, mutant: Policies) -> bool:
    """Does a mutant in the place of its layer change the effect that the row expects?"""
    return any(one.effect != row.says for one in decide(row.layer, row.scene, subject, mutant))


def differences(row: Row) -> list[str]:
    """Words in which the row's scene differs from its passing base."""
    base, scene = dataclasses.asdict(row.base), dataclasses.asdict(row.scene)
    return [word for word in scene if scene[word] != base[word]]


def document_in(subject: Subject, wanted: Document) -> bool:
    return any(one is wanted for one in subject.layers[wanted.layer])
