"""The status of an estate as text: one line per wanted account, and what is not as wanted said last."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby

from jumpcf.artifacts.status import AccountStatus, Status
from jumpcf.cli.plan_view import Fold, unfolded
from jumpcf.planner.causes import causes, places
from jumpcf.planner.words import count


def text(status: Status, verbose: bool, quiet: bool = False, fold: Fold = unfolded) -> str:
    """Every wanted account in a line, with `verbose` every stack and StackSet before them; then, and with `quiet`
    only, what is not as wanted, so that it is what stands on the screen."""
    lines = [] if quiet else _everything(status, verbose, fold)
    return "\n".join(
        [
            *lines,
            *_failures(status),
            *_stacks(status),
            *_stack_sets(status),
            *_failed(status),
            summary(status),
        ]
    )


def _everything(status: Status, verbose: bool, fold: Fold) -> list[str]:
    lines = []
    if verbose:
        lines += [*_stacks(status, all_of_them=True), *_stack_sets(status, all_of_them=True)]
    for organization, accounts in groupby(status.accounts, key=lambda line: line.organization):
        lines += fold(organization, [*_accounts(accounts)])
    return lines


def _accounts(accounts: Iterable[AccountStatus]) -> Iterator[str]:
    for (organization, stack_set), lines in groupby(
        accounts, key=lambda one: (one.organization, one.stack_set)
    ):
        yield f"{organization} {stack_set}"
        yield from (_account(line) for line in lines)


def summary(status: Status) -> str:
    counts = Counter(line.state for line in status.accounts)
    told = ", ".join(f"{number} {state}" for state, number in sorted(counts.items()))
    sets, accounts = count(len(status.stack_sets), "StackSet"), count(len(status.accounts), "wanted account")
    verdict = "Everything is as wanted" if status.as_wanted else "NOT everything is as wanted"
    states = [*(line.state for line in status.stacks), *(line.state for line in status.stack_sets)]
    wrong = sum(state != "current" for state in states)
    besides = f"; {wrong} of {len(states)} stacks and StackSets not current" if wrong else ""
    besides += f"; {count(len(status.failed), 'operation')} failed" if status.failed else ""
    return f"{verdict}: {sets}, {accounts}" + (f" ({told})" if told else "") + f"{besides}."


def _stacks(status: Status, *, all_of_them: bool = False) -> Iterator[str]:
    shown = [line for line in status.stacks if all_of_them or line.state != "current"]
    if shown:
        yield "jump account"
    for line in shown:
        yield f"  {line.state:15} {line.name}{_reason(line.reason)}"


def _stack_sets(status: Status, *, all_of_them: bool = False) -> Iterator[str]:
    for line in status.stack_sets:
        if all_of_them or line.state != "current":
            yield f"{line.organization} {line.name}: {line.state}{_reason(line.reason)}"


def _failed(status: Status) -> Iterator[str]:
    for one in status.failed:
        yield f"FAILED {one.place} {one.stack} ({one.work}){_reason(one.reason)}"


def _account(line: AccountStatus) -> str:
    return f"  {line.state:15} {line.account} {line.name}  {line.path}{_reason(line.reason)}"


def _failures(status: Status) -> Iterator[str]:
    """Reasons of what is not as wanted, grouped, each with its hint; victims after the causes."""
    for cause in causes(status):
        accounts = count(len(cause.lines), "account")
        reason = f": {cause.reason}" if cause.reason else ""
        if cause.victims:
            yield f"{accounts} not attempted because of what failed{reason}"
        else:
            yield f"{cause.state} in {accounts}{reason}"
        yield f"    where: {', '.join(places(cause.lines))}"
        if cause.hint:
            yield f"    hint: {cause.hint}"


def _reason(reason: str) -> str:
    return f"  ({reason})" if reason else ""
