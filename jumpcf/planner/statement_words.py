"""What differs within a statement, in short phrases: which actions came and went, which condition, both values."""

from collections.abc import Iterator, Mapping, Sequence

from jumpcf.policy.conditions import Condition
from jumpcf.policy.document import Statement
from jumpcf.policy.inclusion import Tokens, apart, tokens, within
from jumpcf.policy.principals import Principal
from jumpcf.policy.variables import Text

SIGNS = {
    "DateLessThan": "<",
    "DateGreaterThanEquals": ">=",
    "NumericLessThan": "<",
    "NumericGreaterThanEquals": ">=",
    "StringEquals": "=",
    "StringNotEquals": "is not",
    "StringLike": "like",
    "StringNotLike": "not like",
    "ArnLike": "like",
    "ArnNotLike": "not like",
    "IpAddress": "in",
    "NotIpAddress": "not in",
    "Bool": "=",
}
"""How operators are said; any other by its own name."""

NAMED = 3  # patterns that a wider or narrower one is told to have come from

Spelling = Mapping[str, str]
"""Actions in small letters, as they are compared, to how a template writes them."""

Pattern = tuple[Tokens, str]
"""A pattern as it is compared, and as it is said."""


def change(was: Statement, now: Statement, spelling: Spelling) -> tuple[str, ...]:
    """What is different now: "+" what came, "-" what went, and conditions with both of their values."""
    return (
        *_actions(was, now, spelling),
        *_resources(was, now),
        *_principals(was.principals or (), now.principals or ()),
        *_conditions(was.conditions, now.conditions),
    )


def whole(one: Statement, spelling: Spelling) -> tuple[str, ...]:
    """What a statement says that stands alone, being new or gone."""
    names = ", ".join(spelled(each, spelling) for each in one.actions or one.not_actions)
    where = ", ".join(each.written for each in one.resources or one.not_resources)
    said = [f"{one.effect} {'all but ' if one.not_actions else ''}{names}"]
    if where not in ("", "*"):
        said.append(f"on {'all but ' if one.not_resources else ''}{where}")
    if one.principals:
        said.append(f"to {', '.join(each.name for each in one.principals)}")
    return (*said, *(f"if {_said(each)}" for each in one.conditions))


def spelled(action: str, spelling: Spelling) -> str:
    return spelling.get(action, action)


def allowed(some: Sequence[Statement], others: Sequence[Statement], spelling: Spelling) -> tuple[str, ...]:
    """The patterns of actions that some statements are about and no single one of the others is."""
    found = [spelled(one, spelling) for each in some for one in each.actions if not _known(one, others)]
    found += [
        _all_but(one, spelling) for one in some if one.not_actions and one.not_actions not in _spared(others)
    ]
    return tuple(dict.fromkeys(found))


def _known(action: str, others: Sequence[Statement]) -> bool:
    mine = _like(action)
    return any(
        any(within(mine, _like(one)) for one in each.actions)
        or (each.not_actions and all(apart(mine, _like(one)) for one in each.not_actions))
        for each in others
    )


def _spared(statements: Sequence[Statement]) -> list[tuple[str, ...]]:
    return [one.not_actions for one in statements]


def _like(action: str) -> Tokens:
    return tokens(Text(action, (action,)), "like")


def _actions(was: Statement, now: Statement, spelling: Spelling) -> Iterator[str]:
    if was.not_actions or now.not_actions:
        before, after = (_all_but(one, spelling) for one in (was, now))
        if before != after:
            yield f"{before} → {after}"
        return
    yield from _signs(
        *([(_like(one), spelled(one, spelling)) for one in each.actions] for each in (was, now))
    )


def _all_but(one: Statement, spelling: Spelling) -> str:
    names = ", ".join(spelled(each, spelling) for each in one.not_actions or one.actions)
    return f"all but {names}" if one.not_actions else names


def _resources(was: Statement, now: Statement) -> Iterator[str]:
    if was.not_resources or now.not_resources:
        before, after = (_all_but_resources(one) for one in (was, now))
        if before != after:
            yield f"on {before} → {after}"
        return
    for line in _signs(
        *([(tokens(one, "resource"), one.written) for one in each.resources] for each in (was, now))
    ):
        yield f"on {line}"


def _all_but_resources(one: Statement) -> str:
    names = ", ".join(each.written for each in one.not_resources or one.resources)
    return f"all but {names}" if one.not_resources else names


def _signs(was: Sequence[Pattern], now: Sequence[Pattern]) -> Iterator[str]:
    yield from _signed("+", now, was, "had")
    yield from _signed("-", was, now, "keeps")


def _signed(sign: str, some: Sequence[Pattern], others: Sequence[Pattern], besides: str) -> Iterator[str]:
    """Each that none of the others holds, and which of them it holds: "-ec2:* (keeps ec2:Describe*)"."""
    for mine, name in some:
        if any(within(mine, other) for other, _ in others):
            continue
        inside = [other for places, other in others if within(places, mine)]
        more = ", …" if len(inside) > NAMED else ""
        yield f"{sign}{name}" + (f" ({besides} {', '.join(inside[:NAMED])}{more})" if inside else "")


def _principals(was: Sequence[Principal], now: Sequence[Principal]) -> Iterator[str]:
    yield from (f"to +{one.name}" for one in now if one not in was)
    yield from (f"to -{one.name}" for one in was if one not in now)


def _conditions(was: Sequence[Condition], now: Sequence[Condition]) -> Iterator[str]:
    before, after = _by_key(was), _by_key(now)
    for key in dict.fromkeys((*before, *after)):
        old, new = before.get(key), after.get(key)
        if old is None and new is not None:
            yield f"if now {_said(new)}"
        elif new is None and old is not None:
            yield f"no more if {_said(old)}"
        elif old and new and (text := _values(old, new)):
            yield f"{_head(new)} {text}"


def _by_key(conditions: Sequence[Condition]) -> dict[tuple[str, str], Condition]:
    return {(one.name, one.key.lower()): one for one in conditions}


def _values(old: Condition, new: Condition) -> str:
    before, after = ([value.written for value in one.values] for one in (old, new))
    if before == after:
        return ""
    if len(before) == len(after) == 1:
        return f"{before[0]} → {after[0]}"
    came = [f"+{one}" for one in after if one not in before]
    return " ".join([*came, *(f"-{one}" for one in before if one not in after)])


def _head(one: Condition) -> str:
    return f"{one.key} {SIGNS.get(one.name, one.name)}"


def _said(one: Condition) -> str:
    return f"{_head(one)} {', '.join(value.written for value in one.values)}"
