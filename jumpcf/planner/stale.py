"""Why a stored plan is not the one that would be made now: the inputs changed, or what AWS shows."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from jumpcf.artifacts.codec import canonical
from jumpcf.artifacts.effects import plan_digest
from jumpcf.artifacts.operation import AnyOperation
from jumpcf.artifacts.plan import AccountChange, Plan, StackPlan, StackSetPlan

SHOWN = 8  # lines of a kind that a refusal holds


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """`cause`: "inputs" where the manifest is another, else "aws".  `lines` say what differs, at least one."""

    cause: Literal["inputs", "aws"]
    lines: tuple[str, ...]


def difference(stored: Plan, fresh: Plan) -> Difference | None:
    """None where both are the same plan, by the digest that an acceptance is bound to (`effects.plan_digest`)."""
    if plan_digest(stored) == plan_digest(fresh):
        return None
    if stored.manifest != fresh.manifest:
        return Difference(cause="inputs", lines=_inputs(stored, fresh))
    return Difference(cause="aws", lines=_aws(stored, fresh))


def _inputs(stored: Plan, fresh: Plan) -> tuple[str, ...]:
    """The stacks and settings that a plan shows otherwise; a plan shows of the inputs only what it would change."""
    names = [*_differing(_shown(stored), _shown(fresh))]
    if stored.account != fresh.account:
        names.append("jump password policy")
    if not names:
        return ("nothing that the plan shows: params/ or stacks/ changed elsewhere, or jumpcf did",)
    return _few([f"{name}: planned otherwise now" for name in names])


def _aws(stored: Plan, fresh: Plan) -> tuple[str, ...]:
    if stored.operations and not fresh.operations and not fresh.blockers:
        return ("nothing is left to do: everything is as wanted, so it seems deployed already",)
    before, after = _works(stored.operations), _works(fresh.operations)
    lines = [
        *_few([f"no more to do: {name}" for name in before if name not in after]),
        *_few([f"new to do: {name}" for name in after if name not in before]),
        *_few(
            [f"to do otherwise: {name}" for name in before if after.get(name, before[name]) != before[name]]
        ),
        *_few([*_accounts(stored, fresh)]),
        *_few([f"new blocker: {one}" for one in fresh.blockers if one not in stored.blockers]),
        *_few([f"blocker no more: {one}" for one in stored.blockers if one not in fresh.blockers]),
    ]
    rest = [
        *(f"{name}: shown otherwise" for name in _differing(_shown(stored), _shown(fresh))),
        *(f"new note: {one}" for one in fresh.notices if one not in stored.notices),
        *(f"note no more: {one}" for one in stored.notices if one not in fresh.notices),
    ]
    return tuple(lines) or _few(rest) or ("only the order of its parts, or the password policy's reason",)


def _works(operations: Iterable[AnyOperation]) -> dict[str, tuple[AnyOperation, ...]]:
    """Operations by what a person calls them; those of one StackSet's rings share a name."""
    found: dict[str, tuple[AnyOperation, ...]] = {}
    for one in operations:
        name = f"{one.place}/{one.stack} {one.work}"
        found[name] = (*found.get(name, ()), one)
    return found


def _accounts(stored: Plan, fresh: Plan) -> Iterator[str]:
    """Accounts whose effect differs, each once, with the StackSets in which it does."""
    before, after = _effects(stored), _effects(fresh)
    found: dict[str, list[str]] = {}
    for key in (*before, *(key for key in after if key not in before)):
        was, now = before.get(key), after.get(key)
        if (was and was.effect) == (now and now.effect):
            continue
        known = now or was
        assert known is not None
        where = f"account {known.account} ({known.name}) at {known.path}"
        effect = f"{was.effect if was else 'not there'}, now {now.effect if now else 'not there'}"
        found.setdefault(where, []).append(f"{key[0]} was {effect}")
    for where, told in found.items():
        more = f" and {len(told) - 1} more" if len(told) > 1 else ""
        yield f"{where}: {told[0]}{more}"


def _effects(plan: Plan) -> dict[tuple[str, str], AccountChange]:
    return {
        (f"{one.organization}/{one.name}", change.account): change
        for one in plan.stack_sets
        for change in one.accounts
    }


def _shown(plan: Plan) -> dict[str, bytes]:
    """Each stack and StackSet as the plan shows it, with its operations."""
    works: dict[str, list[AnyOperation]] = {}
    for one in plan.operations:
        works.setdefault(f"{one.place}/{one.stack}", []).append(one)
    jump = {f"jump/{one.name}": one for one in plan.stacks}
    sets = {f"{one.organization}/{one.name}": one for one in plan.stack_sets}
    named: dict[str, StackPlan | StackSetPlan] = {**jump, **sets}
    return {name: canonical([one, works.get(name, [])]) for name, one in named.items()}


def _differing(before: dict[str, bytes], after: dict[str, bytes]) -> Iterator[str]:
    names = dict.fromkeys((*before, *after))
    return (name for name in names if before.get(name) != after.get(name))


def _few(lines: list[str]) -> tuple[str, ...]:
    """The first of them; without control characters, because a file may hold anything."""
    told = tuple("".join(c if c.isprintable() else "?" for c in line) for line in lines[:SHOWN])
    more = len(lines) - SHOWN
    return (*told, f"and {more} more") if more > 0 else told
