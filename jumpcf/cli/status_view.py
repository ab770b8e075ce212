"""The status of an estate as text: one line per wanted account, and what is not as wanted said last."""

from collections import Counter
from collections.abc import Iterator
from itertools import groupby

from jumpcf.artifacts.status import AS_WANTED, AccountStatus, Status
from jumpcf.planner.words import count


def text(status: Status, verbose: bool) -> str:
    """Every wanted account in a line; stacks and StackSets where they differ, or with `verbose`."""
    lines = [*_stacks(status, verbose), *_stack_sets(status, verbose)]
    by_set = groupby(status.accounts, key=lambda line: (line.organization, line.stack_set))
    for (organization, stack_set), accounts in by_set:
        lines.append(f"{organization} {stack_set}")
        lines += [_account(line) for line in accounts]
    return "\n".join([*lines, *_failures(status), summary(status)])


def summary(status: Status) -> str:
    counts = Counter(line.state for line in status.accounts)
    told = ", ".join(f"{number} {state}" for state, number in sorted(counts.items()))
    sets, accounts = count(len(status.stack_sets), "StackSet"), count(len(status.accounts), "wanted account")
    verdict = "Everything is as wanted" if status.as_wanted else "NOT everything is as wanted"
    states = [*(line.state for line in status.stacks), *(line.state for line in status.stack_sets)]
    wrong = sum(state != "current" for state in states)
    besides = f"; {wrong} of {len(states)} stacks and StackSets not current" if wrong else ""
    return f"{verdict}: {sets}, {accounts}" + (f" ({told})" if told else "") + f"{besides}."


def _stacks(status: Status, verbose: bool) -> Iterator[str]:
    shown = [line for line in status.stacks if verbose or line.state != "current"]
    if shown:
        yield "jump account"
    for line in shown:
        yield f"  {line.state:15} {line.name}{_reason(line.reason)}"


def _stack_sets(status: Status, verbose: bool) -> Iterator[str]:
    for line in status.stack_sets:
        if verbose or line.state != "current":
            yield f"{line.organization} {line.name}: {line.state}{_reason(line.reason)}"


def _account(line: AccountStatus) -> str:
    return f"  {line.state:15} {line.account} {line.name}  {line.path}{_reason(line.reason)}"


def _failures(status: Status) -> Iterator[str]:
    """Reasons of what is not as wanted, grouped, each with its hint."""
    bad = [line for line in status.accounts if line.state not in AS_WANTED]
    for (state, reason, hint), lines in groupby(
        sorted(bad, key=lambda line: (line.state, line.reason, line.hint)),
        key=lambda line: (line.state, line.reason, line.hint),
    ):
        accounts = [f"{line.organization}/{line.account}" for line in lines]
        yield f"{state} in {len(accounts)}: {reason or 'no reason given'}"
        yield f"    where: {', '.join(accounts)}"
        if hint:
            yield f"    hint: {hint}"


def _reason(reason: str) -> str:
    return f"  ({reason})" if reason else ""
