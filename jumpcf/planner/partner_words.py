"""What a plan means for each partner, in one sentence: what he may do more and less, where he comes and goes."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from jumpcf.artifacts.plan import Plan, PolicyChange, StackPlan, StackSetPlan
from jumpcf.planner.words import count
from jumpcf.policy.levels import only_reads, single

NAMED = 3  # patterns, accounts and people that a sentence names; of more it says the number

Facts = frozenset[tuple[str, str]]
"""What happens to one account, as pairs of a kind of _CLAUSES (or "+role", "-role") and a name."""


def partner_sentences(plan: Plan) -> tuple[str, ...]:
    """One sentence per partner that the plan touches, by name: "acme: +3 write actions in 38 accounts of corp;
    new in 2 accounts of corp; loses prod-7 of corp".

    What changes in an account is counted once, whichever of the partner's StackSets it comes from.
    """
    partners = {one.partner for one in plan.stacks} | {one.partner for one in plan.stack_sets}
    lines = []
    for partner in sorted(partner for partner in partners if partner):
        stacks = [one for one in plan.stacks if one.partner == partner]
        sets = [one for one in plan.stack_sets if one.partner == partner]
        said = [*_in_accounts(sets), *_jump(stacks)]
        if said:
            lines.append(
                f"{partner}: {'; '.join(text for _, text in sorted(said, key=lambda each: each[0]))}"
            )
    return tuple(lines)


Clause = tuple[int, str]
"""A rank, by which what matters more stands first, and a text."""

GAIN, NEW, MORE, COME, LOSE, LESS, LEAVE, GO, OTHER = range(9)


Where = tuple[str, str]
"""Organization and account."""


def _in_accounts(sets: Sequence[StackSetPlan]) -> Iterator[Clause]:
    places: dict[Clause, Counter[str]] = {}
    for (organization, _), known in sorted(_facts_by_account(sets).items(), key=lambda item: item[0]):
        for clause in _clauses(known):
            places.setdefault(clause, Counter())[organization] += 1
    for (rank, text), per in places.items():
        where = ", ".join(f"{count(number, 'account')} of {name}" for name, number in per.items())
        yield rank, f"{text} in {where}"
    yield from _lost(sets)


def _facts_by_account(sets: Sequence[StackSetPlan]) -> dict[Where, Facts]:
    found: dict[Where, Facts] = {}
    for one in sets:
        facts = {"new": frozenset({("new", "")}), "changed": _facts(one)}
        for change in one.accounts:
            if change.effect in facts:
                where = (one.organization, change.account)
                found[where] = found.get(where, frozenset()) | facts[change.effect]
    return found


def _lost(sets: Sequence[StackSetPlan]) -> Iterator[Clause]:
    """The accounts that go, apart from those in which the partner keeps roles of another grant."""
    changes = [(one.organization, change) for one in sets for change in one.accounts]
    staying = {
        (organization, change.account)
        for organization, change in changes
        if change.effect in ("new", "changed", "current")
    }
    lost: dict[tuple[str, bool], dict[str, str]] = {}
    for organization, change in changes:
        if change.effect == "leaving":
            key = organization, (organization, change.account) in staying
            lost.setdefault(key, {})[change.account] = change.name or change.account
    for (organization, some), names in sorted(lost.items()):
        what = "loses some roles in" if some else "loses"
        yield LEAVE, f"{what} {_listed(list(names.values()), 'account')} of {organization}"


def _listed(names: list[str], noun: str) -> str:
    return ", ".join(names) if len(names) <= NAMED else count(len(names), noun)


def _facts(one: StackSetPlan) -> Facts:
    """What an update of a StackSet changes in every account of it."""
    found = {fact for change in one.iam for fact in _facts_of(change, f"{one.partner}-{one.grant}-")}
    return frozenset(found or {("other", "")})


def _facts_of(change: PolicyChange, prefix: str) -> Iterator[tuple[str, str]]:
    if change.part == "role" and change.action != "changed":
        yield ("+role" if change.action == "added" else "-role"), change.subject.removeprefix(prefix)
        return
    yield from (("+", name) for name in change.gains)
    yield from (("-", name) for name in change.loses)
    if change.mark == "narrowed":
        if not change.loses:
            yield "less", change.part
    elif not change.gains and (change.mark == "broadened" or not change.loses):
        yield "more", change.part


@lru_cache(maxsize=1024)  # most accounts of a StackSet have the same facts
def _clauses(facts: Facts) -> tuple[Clause, ...]:
    found: list[Clause] = []
    for sign, rank in (("+", GAIN), ("-", LOSE)):
        if said := [*_roles(facts, sign), *_actions(facts, sign)]:
            found.append((rank, ", ".join(said)))
    if ("new", "") in facts:
        found.append((NEW, "new"))
    for kind, rank, verb in (("more", MORE, "broadened"), ("less", LESS, "narrowed")):
        if parts := sorted(name for each, name in facts if each == kind):
            found.append((rank, f"{verb} by {', '.join(parts)}"))
    if ("other", "") in facts and not found:
        found.append((OTHER, "changed"))
    return tuple(found)


def _roles(facts: Facts, sign: str) -> Iterator[str]:
    names = sorted(name for kind, name in facts if kind == f"{sign}role")
    if len(names) > NAMED:
        yield f"{sign}{count(len(names), 'role')}"
    else:
        yield from (f"{sign}role {name}" for name in names)


def _actions(facts: Facts, sign: str) -> Iterator[str]:
    """Actions by number, what is wider by its pattern: how many actions that is nobody can count."""
    names = sorted(name for kind, name in facts if kind == sign)
    actions = [name for name in names if ":" in name and " " not in name and single(name)]
    reads = sum(only_reads(name) for name in actions)
    for number, noun in ((len(actions) - reads, "write action"), (reads, "read action")):
        if number:
            yield f"{sign}{count(number, noun)}"
    wide = [name for name in names if name not in actions]
    yield from (f"{sign}{name}" for name in wide[:NAMED])
    if len(wide) > NAMED:
        yield f"{sign}{len(wide) - NAMED} more patterns"


def _jump(stacks: Iterable[StackPlan]) -> Iterator[Clause]:
    for one in stacks:
        users = [change for change in one.iam if change.part == "user"]
        for action, rank, verb, ending in (("added", COME, "come", "s"), ("removed", GO, "go", "es")):
            people = sorted(change.subject for change in users if change.action == action)
            if people:
                yield rank, f"{_people(people)} {verb}{ending if len(people) == 1 else ''}"
        if one.action == "update":
            for mark, rank in (("broadened", MORE), ("narrowed", LESS)):
                subjects = sorted(
                    {each.subject for each in one.iam if each.mark == mark and each.action == "changed"}
                )
                if subjects:
                    yield rank, f"{mark} in the jump account by {_listed(subjects, 'group')}"


def _people(names: list[str]) -> str:
    return ", ".join(names) if len(names) <= NAMED else f"{len(names)} people"
