"""What a StackSet operation's end and its rows mean; pure.

SUCCEEDED is not believed: within the failure tolerance it comes with failed accounts (StackSets
troubleshooting guide).  A row that was cancelled is a victim, never the cause.
"""

import re
from collections.abc import Iterable, Sequence

from jumpcf.artifacts.status import Outcome, Progress
from jumpcf.aws.errors import rule_for
from jumpcf.aws.paging import Answer

ENDED = ("SUCCEEDED", "FAILED", "STOPPED")
SUSPENDED = "account is suspended"  # AWS skips such accounts and does not count them
_IN_PROGRESS = re.compile(r"in progress:\s*([A-Za-z0-9][-A-Za-z0-9]*)")
_NOT_A_TARGET = re.compile(r"Organizational unit (\S+) not found in StackSet", re.IGNORECASE)


def progress(rows: Sequence[Answer], status: str) -> Progress:
    """Accounts that ended, well or not, of those that AWS lists."""
    states = [row.get("Status") for row in rows]
    return Progress(
        done=states.count("SUCCEEDED"),
        failed=states.count("FAILED") + states.count("CANCELLED"),
        total=len(states),
        status=status,
    )


def failed_count(operation: Answer) -> int:
    """How many accounts failed by AWS's own, consistent count; 0 where it does not say."""
    return int(operation.get("StatusDetails", {}).get("FailedStackInstancesCount") or 0)


def is_complete(operation: Answer, rows: Sequence[Answer]) -> bool:
    """True when the rows, which lag behind, tell as much as the operation itself."""
    states = [row.get("Status") for row in rows]
    waiting = states.count("PENDING") + states.count("RUNNING")
    return waiting == 0 and states.count("FAILED") >= failed_count(operation)


def verdict(operation: Answer, rows: Sequence[Answer]) -> Outcome:
    """The outcome of an operation that ended; accounts that failed first, then those cancelled with them."""
    failed = _accounts(rows, "FAILED")
    cancelled = _accounts(rows, "CANCELLED")
    status = operation["Status"]
    if status == "SUCCEEDED" and not failed and not cancelled and not _unlisted(operation, rows):
        return Outcome(state="succeeded", reason=_count(len(rows)) if rows else "no account listed")
    told = [f"operation {status}"] if status != "SUCCEEDED" else []
    told.append(f"{max(len(failed), failed_count(operation))} of {_count(len(rows))} failed")
    if cancelled:
        told.append(f"{len(cancelled)} cancelled with them")
    reason = failed[0][1] if failed else operation.get("StatusReason", "")
    rule = rule_for("", reason)
    return Outcome(
        state="failed",
        reason=", ".join(told) + (f": {reason}" if reason else "") + (f" ({rule.hint})" if rule else ""),
        accounts=tuple(failed + cancelled),
        tolerated=status == "SUCCEEDED",
    )


def merge(outcomes: Iterable[Outcome]) -> Outcome:
    """One outcome of the batches of one operation; failed where one of them failed."""
    each = list(outcomes)
    if len(each) == 1:
        return each[0]
    failed = [outcome for outcome in each if outcome.state != "succeeded"]
    return Outcome(
        state="failed" if failed else "succeeded",
        reason="; ".join(dict.fromkeys(outcome.reason for outcome in failed or each)),
        accounts=tuple(account for outcome in each for account in outcome.accounts),
        tolerated=bool(failed) and all(outcome.tolerated for outcome in failed),
    )


def operation_in_progress(message: str) -> str | None:
    """The id in "Another Operation on StackSet <arn> is in progress: <id>"."""
    found = _IN_PROGRESS.search(message)
    return found.group(1) if found else None


def unit_not_a_target(message: str) -> str | None:
    """The id in "Organizational unit <id> not found in StackSet"."""
    found = _NOT_A_TARGET.search(message)
    return found.group(1) if found else None


def _unlisted(operation: Answer, rows: Sequence[Answer]) -> bool:
    return failed_count(operation) > [row.get("Status") for row in rows].count("FAILED")


def _accounts(rows: Sequence[Answer], state: str) -> list[tuple[str, str]]:
    return sorted(
        (row["Account"], row.get("StatusReason") or "AWS gave no reason")
        for row in rows
        if row.get("Status") == state and SUSPENDED not in row.get("StatusReason", "")
    )


def _count(accounts: int) -> str:
    return "1 account" if accounts == 1 else f"{accounts} accounts"
