"""Policy variables: ${aws:username}, ${key, 'default'}, and ${*} ${?} ${$} for the characters themselves.

IAM User Guide, reference_policies_variables.  Only in documents of Version 2012-10-17; an older one has
the characters as text.  A variable whose key is absent makes its text match nothing.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from jumpcf.policy import pattern
from jumpcf.policy.codes import UnknownConstruct
from jumpcf.policy.keys import known
from jumpcf.policy.request import Request

_FORM = re.compile(r"\$\{(?P<inside>[^{}]*)\}")
_INSIDE = re.compile(r"(?P<key>[^,']+?)\s*(?:,\s*'(?P<default>[^']*)'\s*)?")
_CHARACTERS = frozenset("*?$")


@dataclass(frozen=True, slots=True)
class Variable:
    """One ${...}: a key of the request's context, and what stands in where the key is absent."""

    key: str
    default: str | None = None


@dataclass(frozen=True, slots=True)
class Character:
    """${*}, ${?} or ${$}: a character without its meaning."""

    text: str


Piece = str | Variable | Character


@dataclass(frozen=True, slots=True)
class Text:
    """A text of a policy with its variables found; `written` is how it stands in the document."""

    written: str
    pieces: tuple[Piece, ...]

    @property
    def has_variables(self) -> bool:
        return any(not isinstance(piece, str) for piece in self.pieces)

    @property
    def before_the_first_variable(self) -> str:
        first = self.pieces[0] if self.pieces else ""
        return first if isinstance(first, str) else ""


@lru_cache(1 << 14)
def read(written: str, *, variables: bool) -> Text:
    """The text with its variables; P210 for a variable whose form is not known."""
    if not variables or "${" not in written:
        return Text(written, (written,))
    pieces: list[Piece] = []
    at = 0
    for found in _FORM.finditer(written):
        pieces += [written[at : found.start()], _variable(found["inside"], written)]
        at = found.end()
    pieces.append(written[at:])
    if any(isinstance(piece, str) and "${" in piece for piece in pieces):
        raise UnknownConstruct("P210", f"A policy variable is not closed, or holds another one: {written!r}.")
    return Text(written, tuple(piece for piece in pieces if piece != ""))


def _variable(inside: str, written: str) -> Piece:
    if inside in _CHARACTERS:
        return Character(inside)
    found = _INSIDE.fullmatch(inside)
    if found is None or not known(found["key"]):
        raise UnknownConstruct("P210", f"The policy variable ${{{inside}}} in {written!r} is not known.")
    return Variable(found["key"], found["default"])


def as_text(text: Text, request: Request) -> str | None:
    """The text with its variables filled in, or None where one has nothing to stand for."""
    if len(text.pieces) == 1 and isinstance(text.pieces[0], str):
        return text.pieces[0]
    filled = [_plain(piece, request) for piece in text.pieces]
    return None if None in filled else "".join(one for one in filled if one is not None)


def as_pattern(text: Text, request: Request) -> str | None:
    """The text as a pattern: wildcards of the policy keep their meaning, a variable's value has none."""
    made = ""
    for piece in text.pieces:
        if isinstance(piece, str):
            made += pattern.escaped(piece)
            continue
        value = _plain(piece, request)
        if value is None:
            return None
        if isinstance(piece, Variable):
            _refuse_what_changes_the_pattern(piece, value, before=made)
        made += pattern.literal(value)
    return made


def _plain(piece: Piece, request: Request) -> str | None:
    if isinstance(piece, str):
        return piece
    if isinstance(piece, Character):
        return piece.text
    value = request.value(piece.key)
    if isinstance(value, tuple):
        raise UnknownConstruct("P210", f"${{{piece.key}}} has several values, and no variable can hold them.")
    return piece.default if value is None else value


def _refuse_what_changes_the_pattern(piece: Variable, value: str, *, before: str) -> None:
    """What IAM makes of a wildcard or a colon that comes out of a variable is not documented."""
    in_front = before.startswith("arn:") and before.count(":") < pattern.ARN_PARTS - 1
    if "*" in value or "?" in value or (in_front and ":" in value):
        raise UnknownConstruct(
            "P212", f"${{{piece.key}}} stands for {value!r}, which would change the pattern."
        )
