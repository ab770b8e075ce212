"""Splitting what is too long for one policy or one statement, so that little changes when a thing is added.

What does not fit is halved by the digests of its items, and each half again until it fits.  Where an item
lands depends on nothing but the item and how far its neighbours had to be halved: adding or removing one
touches the part it lies in and no other.  A part that must be halved gives way to two *new* ones, so a Deny
never moves from one policy that stays to another that stays (CloudFormation changes those two one after the
other, and for a moment neither would hold it).
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from jumpcf.iam.document import MANAGED_POLICY_LIMIT, Clause, Document, characters, document

ARNS_PER_STATEMENT = 40  # 40 ARNs of at most 148 characters leave room for the rest of a managed policy
POLICIES_PER_GROUP = 9  # of the ten that IAM takes, one stays free for the freeze policy

Item = TypeVar("Item")
_FRAME = characters(b'{"Statement":[],"Version":"2012-10-17"}')


def split(items: Mapping[str, Item], fits: Callable[[Sequence[Item]], bool]) -> dict[int, list[Item]]:
    """The items in numbered parts, each in the order given: part 1 is the whole, the halves of part n are
    2n and 2n + 1.  Every part fits, or holds a single item.  The keys are what the items are known by."""
    digests = {key: int.from_bytes(hashlib.sha256(key.encode()).digest()) for key in items}

    def halved(keys: list[str], part: int) -> dict[int, list[Item]]:
        if len(keys) < 2 or fits([items[key] for key in keys]):
            return {part: [items[key] for key in keys]} if keys else {}
        bit = part.bit_length()  # one bit further for each halving
        left = [key for key in keys if not digests[key] >> bit & 1]
        right = [key for key in keys if digests[key] >> bit & 1]
        return halved(left, 2 * part) | halved(right, 2 * part + 1)

    return halved(list(items), 1)


def pack(statements: Sequence[Clause], *, most: int) -> dict[str, Document]:
    """Documents that hold the statements, none too long for a managed policy unless one statement is, by the
    number in its name.

    The names are the parts' numbers.  Halving leaves policies about two thirds full; where that makes more
    than `most`, they are filled to the brim in the order given instead, under names of their own ("Full1"):
    then an added statement may shift those behind it, which is still better than to refuse.
    """
    sizes = {id(one): characters(one.rendered) + 1 for one in statements}  # and the comma between two

    def fits(some: Sequence[Clause]) -> bool:
        return _FRAME + sum(sizes[id(one)] for one in some) <= MANAGED_POLICY_LIMIT

    by_sid = {one.properties["Sid"]: one for one in statements}
    if len(by_sid) < len(statements):
        raise ValueError("two statements have one Sid, and one of them would be lost")
    parts = split(by_sid, fits)
    if len(parts) <= most:
        return {str(number): document(part) for number, part in sorted(parts.items())}
    return {f"Full{number}": document(part) for number, part in enumerate(_filled(statements, fits), 1)}


def _filled(statements: Sequence[Clause], fits: Callable[[Sequence[Clause]], bool]) -> list[list[Clause]]:
    filled: list[list[Clause]] = [[]]
    for one in statements:
        if filled[-1] and not fits([*filled[-1], one]):
            filled.append([])
        filled[-1].append(one)
    return filled


def chunks(values: Sequence[str], size: int = ARNS_PER_STATEMENT) -> dict[int, tuple[str, ...]]:
    """`values`, each once, in numbered parts of at most `size`: a list that means "any of these" may be
    split into statements."""
    parts = split({value: value for value in values}, lambda some: len(some) <= size)
    return {number: tuple(part) for number, part in sorted(parts.items())}
