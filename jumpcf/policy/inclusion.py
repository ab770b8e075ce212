"""Is everything that one pattern matches matched by another one, too?  Have two patterns nothing in common?

Answered for every text there is, known today or not: the patterns are read as automata, whose letters are the
characters that stand in either, one more for all others, and a policy variable as a letter of its own (whatever
it stands for, it stands for the same on both sides).  What is not certain is answered with no.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Literal, NamedTuple

from jumpcf.policy.pattern import ARN_PARTS
from jumpcf.policy.variables import Character, Text, Variable

Mode = Literal["text", "any case", "like", "arn", "resource"]
"""How a text is read: as it stands, without letter case, with wildcards (StringLike, actions), as ArnLike
reads it, and as a Resource element does."""

_MEMO = 1 << 16
_OTHER = "\0"  # stands for every character that is in neither pattern


class Token(NamedTuple):
    """A place of a pattern: a character, a wildcard for one or for many, or a variable.

    `colon` says whether a wildcard goes over a colon.
    """

    kind: Literal["character", "one", "many", "variable"]
    text: str = ""
    colon: bool = True


Tokens = tuple[Token, ...]


@lru_cache(_MEMO)
def tokens(text: Text, mode: Mode) -> Tokens:
    """The places of a policy's text."""
    return tuple(_tokens(text, mode))


def _tokens(text: Text, mode: Mode) -> Iterator[Token]:
    by_parts = mode in ("arn", "resource") and text.written != "*"
    # fewer colons than an ARN has: then the last part is all there is (pattern.py splits alike)
    marks = list(_marks(text))
    colons_left = min(ARN_PARTS - 1, marks.count(":")) if by_parts else 0
    for at, mark in enumerate(marks):
        if isinstance(mark, Variable):
            yield Token("variable", f"{mark.key.lower()},{mark.default}")
        elif isinstance(mark, Character) or mode in ("text", "any case") or mark not in "*?":
            sign = mark.text if isinstance(mark, Character) else mark
            # beyond ASCII the small letter can depend on the letters beside it
            yield Token("character", sign.lower() if mode == "any case" and sign.isascii() else sign)
            if mark == ":" and colons_left:
                colons_left -= 1
        elif mark == "?":
            yield Token("one", colon=not colons_left)
        else:
            ends_a_part = mode == "resource" and marks[at + 1 : at + 2] == [":"]
            yield Token("many", colon=not colons_left or ends_a_part)


def _marks(text: Text) -> Iterator[str | Variable | Character]:
    for piece in text.pieces:
        if isinstance(piece, str):
            yield from piece
        else:
            yield piece


@lru_cache(_MEMO)
def within(inner: Tokens, outer: Tokens) -> bool:
    """Does `outer` match all that `inner` matches?"""
    if outer == (Token("many"),) or inner == outer:
        return True
    letters = _letters(inner, outer)
    start = (0, _rest(outer, {0}))
    ahead, seen = [start], {start}
    while ahead:
        place, reached = ahead.pop()
        if _ends(inner, place) and len(outer) not in reached:
            return False
        for letter in letters:
            moved = _step(outer, reached, letter)
            for next_place in _steps(inner, place, letter):
                state = (next_place, moved)
                if state not in seen:
                    seen.add(state)
                    ahead.append(state)
    return True


@lru_cache(_MEMO)
def apart(one: Tokens, other: Tokens) -> bool:
    """Is there no text that both match?  A variable may stand for any text."""
    left, right = _opened(one), _opened(other)
    letters = _letters(left, right)
    start = (0, 0)
    ahead, seen = [start], {start}
    while ahead:
        here, there = ahead.pop()
        if _ends(left, here) and _ends(right, there):
            return False
        for letter in letters:
            for state in (
                (first, second)
                for first in _steps(left, here, letter)
                for second in _steps(right, there, letter)
            ):
                if state not in seen:
                    seen.add(state)
                    ahead.append(state)
    return True


def _opened(places: Tokens) -> Tokens:
    return tuple(Token("many") if one.kind == "variable" else one for one in places)


def _letters(one: Tokens, other: Tokens) -> list[Token]:
    signs = {place.text for place in (*one, *other) if place.kind == "character"} | {":", _OTHER}
    variables = {place for place in (*one, *other) if place.kind == "variable"}
    return [*(Token("character", sign) for sign in sorted(signs)), *sorted(variables)]


def _takes(place: Token, letter: Token) -> bool:
    if place.kind in ("character", "variable"):
        return place == letter
    if letter.kind == "variable":  # of any length, and it may hold colons
        return place.kind == "many" and place.colon
    return place.colon or letter.text != ":"


def _steps(places: Tokens, at: int, letter: Token) -> set[int]:
    """Where one letter leads from a place, wildcards for many passed over or stayed in."""
    return set(_step(places, _rest(places, {at}), letter, closed=False))


def _step(places: Tokens, reached: frozenset[int], letter: Token, *, closed: bool = True) -> frozenset[int]:
    moved = {
        at if places[at].kind == "many" else at + 1
        for at in reached
        if at < len(places) and _takes(places[at], letter)
    }
    return _rest(places, moved) if closed else frozenset(moved)


def _rest(places: Tokens, reached: set[int]) -> frozenset[int]:
    """The places reached, and those behind wildcards for many, which may stand for nothing."""
    found = set()
    for start in reached:
        at = start
        found.add(at)
        while at < len(places) and places[at].kind == "many":
            at += 1
            found.add(at)
    return frozenset(found)


def _ends(places: Tokens, at: int) -> bool:
    return len(places) in _rest(places, {at})
