"""A user moved from `users:` to `left:` in his partner's file, as an edit of its text (`edits`)."""

import copy
import re
from collections.abc import Iterator
from pathlib import Path

from jumpcf.errors import Mark, Problem, ProblemsFound
from jumpcf.estate import edits
from jumpcf.estate.source import Document, parse

USERS, LEFT = "users", "left"
_INDENTED_COMMENT = re.compile(r"[ \t]+#")


def write_left(root: Path, partner: str, user: str, day: str, *, unlisted: bool = False) -> bool:
    """Take the user out of `users`, however his name is spelt there, and say under `left` that he left on `day`
    (2026-11-30).  False where there is nothing to write.  With `unlisted` the name is as IAM has it, and is put under
    `left` also where he stands in neither list.  ProblemsFound: the file cannot be read, edited by itself, or
    written (E610)."""
    text, document = edits.opened(root, partner)
    listed, gone = _named(document, USERS, user), _named(document, LEFT, user)
    if listed and not unlisted:
        user = listed
    if gone and gone != user:  # a fence knows a session by exactly the name that it bears
        here = next(index for index, one in enumerate(edits.items(document, LEFT)) if one["name"] == gone)
        message = f"{gone} is under {LEFT}, and the user's name is {user}"
        mark = document.mark(LEFT, here, "name")
        raise ProblemsFound([Problem.at(mark, "E610", message, f"write {user} there")])
    if not listed and (gone or not unlisted):
        return False
    edited: str | None = text
    place: edits.Place = (USERS,)
    if listed:
        place = edits.place_of(document, listed)
        edited = _without(text, document, place)
    if edited is not None and not gone:
        edited = _with(edited, parse(edited, document.file)[0], {"name": user, "day": day})
    hint = f"move {user} from {USERS} to {LEFT} by hand: - {entry(user, day)}"
    edits.save(root, edited, document.mark(*place), hint)
    return True


def entry(user: str, day: str) -> str:
    """What stands under `left` of somebody, as people write it."""
    return f"{{name: {user}, day: {day}}}"


def departed(root: Path, partner: str, user: str) -> Mark | None:
    """Where he stands under `left`, by exactly this name.  ProblemsFound: the file cannot be read."""
    _, document = edits.opened(root, partner)
    for index, one in enumerate(edits.items(document, LEFT)):
        if isinstance(one, dict) and one.get("name") == user:
            return document.mark(LEFT, index)
    return None


def _named(document: Document, key: str, user: str) -> str:
    """His name as the list has it; "" where it does not.  IAM has no two that differ in case alone."""
    names = (one.get("name") for one in edits.items(document, key) if isinstance(one, dict))
    return next((one for one in names if isinstance(one, str) and one.casefold() == user.casefold()), "")


def _without(text: str, document: Document, place: edits.Place) -> str | None:
    """The text without the item; None where no form of it says what it should."""
    wanted = copy.deepcopy(document.value)
    _, index = place
    assert wanted is not None
    del wanted[USERS][index]
    start = edits.offset(text, document.mark(*place))
    texts = edits.without(text, start, start)
    if dash := re.search(r"^[ \t]*-\s(?:\s|#[^\n]*\n)*\Z", text[:start], flags=re.M):
        texts = edits.without_lines(text, dash.start(), start)
    if not wanted[USERS]:  # an empty list has no form in lines
        key = edits.offset(text, document.key_mark(USERS))
        texts = (_emptied(one, key) for one in texts)
    return edits.first(texts, text, document.file, wanted)


def _emptied(text: str, key: int) -> str:
    """With [] behind the colon of the key that begins there, unless brackets follow; a comment keeps its column."""
    found = re.compile(rf"((['\"]?){USERS}\2\s*:)(?!\s*\[)(?: {{3}}(?= +#))?").match(text, key)
    return f"{text[: found.end(1)]} []{text[found.end() :]}" if found else text


def _with(text: str, document: Document, value: dict[str, str]) -> str | None:
    """The text with one more item under `left`; None where no form of it says what it should."""
    wanted = copy.deepcopy(document.value)
    assert wanted is not None
    wanted[LEFT] = [*edits.items(document, LEFT), value]
    plain = entry(value["name"], value["day"])
    forms = _one_more if LEFT in (document.value or {}) else _the_first
    texts = (one for item in (plain, edits.flow(value)) for one in forms(text, document, item))
    return edits.first(texts, text, document.file, wanted)


def _one_more(text: str, document: Document, item: str) -> Iterator[str]:
    """Behind the last item, on a line of its own or within brackets; or within empty ones."""
    several = edits.items(document, LEFT)
    start = edits.offset(text, document.mark(LEFT))
    if not several:
        yield f"{text[: start + 1]}{item}{text[start + 1 :]}"
        return
    last = edits.offset(text, document.mark(LEFT, len(several) - 1))
    dash = text.rfind("-", 0, last)
    indent = dash - text.rfind("\n", 0, dash) - 1
    yield from _lines(text, last, f"{' ' * indent}- {item}")
    end = edits.closing(text, last)
    yield f"{text[:end]}, {item}{text[end:]}"


def _the_first(text: str, document: Document, item: str) -> Iterator[str]:
    """The key behind `users`, on lines of its own or within braces."""
    several = edits.items(document, USERS)
    start = edits.offset(text, document.mark(USERS, len(several) - 1) if several else document.mark(USERS))
    yield from _lines(text, start, f"{LEFT}:{edits.newline(text)}  - {item}")
    end = edits.closing(text, edits.offset(text, document.mark(USERS)))
    yield f"{text[:end]}, {LEFT}: [{item}]{text[end:]}"


def _lines(text: str, start: int, more: str) -> Iterator[str]:
    """The text with lines behind the one of `start`, or behind one of those that follow; comments that are
    indented belong to what is above them."""
    end, newline = start, edits.newline(text)
    for _ in range(edits.LINES):
        end = text.find("\n", end) + 1 or len(text)
        if _INDENTED_COMMENT.match(text, end):
            continue
        before = text[:end] if text[:end].endswith("\n") else text[:end] + newline
        yield f"{before}{more}{newline}{text[end:]}"
