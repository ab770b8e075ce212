"""Faults on demand, in words: which kinds there are, what each reads, and how it is told.  Loads nothing heavy.

A fault is one flat record (`records.Fault`), because it travels: from a command line or a file, over the
control call to a running server, into the state and back.
"""

import re

from jumpcf.local.records import Fault

KINDS: dict[str, str] = {
    "account": "StackSets' work fails in an account, so many times, with this reason.",
    "clock": "AWS's clock is put forward or back; nobody's requests are refused for it.",
    "disconnect": "The endpoint goes away: connections are dropped without an answer.",
    "latency": "Every answer takes this much longer.",
    "lose-answer": "A call takes effect, and its answer is lost on the way back.",
    "move": "An account moves to another OU, at once or when an operation on a StackSet has begun.",
    "name-taken": "A name in an account belongs to somebody else already.",
    "occupy": "A foreign operation holds a StackSet for a while.",
    "scp": "A service control policy denies the StackSets' execution role in an account.",
    "skew": "The callers' clocks are wrong: requests are refused as signed too long ago.",
    "suspend": "An account is suspended.",
    "throttle": "Calls above a rate are refused as throttled.",
}
REASON = "ResourceLogicalId:Injected, ResourceType:AWS::IAM::Role, ResourceStatusReason:Injected failure."
# The text that a user saw (aws-secure-environment-accelerator#1186), completed to IAM's usual sentence.
SCP_REASON = (
    "User: arn:aws:sts::{account}:assumed-role/stacksets-exec-00000000000000000000000000000000/"
    "AWSCloudFormation is not authorized to perform: iam:GetRole with an explicit deny in a service control "
    "policy"
)
NAMED = ("role", "user", "group")
ACTIONS = ("create", "update", "delete")

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
_DURATION = re.compile(r"([+-]?)([0-9]+(?:[.][0-9]+)?)(ms|[smhdw])")


def seconds(text: str, *, signed: bool = False) -> float | None:
    """A duration ("80ms", "30s", "+3d") in seconds; None where it is none.  Only a jump has a sign."""
    found = _DURATION.fullmatch(text.strip())
    if not found or (found[1] and not signed):
        return None
    return float(found[2]) * _UNITS[found[3]] * (-1 if found[1] == "-" else 1)


def duration(value: float) -> str:
    """The shortest way to write seconds: "80ms", "30s", "3d"."""
    for name in ("w", "d", "h", "m", "s"):
        if value and value % _UNITS[name] == 0:
            return f"{value / _UNITS[name]:.0f}{name}"
    return f"{value * 1000:.0f}ms" if abs(value) < 60 else f"{value:g}s"


def sentence(fault: Fault) -> str:
    """What a fault does, and how much of it is left or was done."""
    return f"{_SAID[fault.kind](fault)}{_state(fault)}"


def _account(fault: Fault) -> str:
    verb = f"{fault.action.lower()} fails" if fault.action else "fails"
    where = f" of {fault.stack_set}" if fault.stack_set else ""
    return f"account {fault.account or 'any'}{where}: {verb}: {fault.reason}"


def _clock(fault: Fault) -> str:
    sign = "+" if fault.seconds >= 0 else "-"
    return f"clock {sign}{duration(abs(fault.seconds))}"


def _disconnect(fault: Fault) -> str:
    after = f" after {fault.after} more calls" if fault.after else ""
    lasting = f" for {duration(fault.seconds)}" if fault.seconds else ""
    return f"the endpoint is away{after}{lasting}"


def _move(fault: Fault) -> str:
    when = f" when an operation on {fault.stack_set} has begun" if fault.stack_set else ""
    return f"account {fault.account} moves to {fault.unit}{when}"


def _name_taken(fault: Fault) -> str:
    return f"account {fault.account}: the {fault.action} {fault.name} belongs to somebody else"


def _occupy(fault: Fault) -> str:
    return f"a foreign operation on {fault.stack_set} for {duration(fault.seconds)}"


def _throttle(fault: Fault) -> str:
    return f"{_service(fault)}: more than {fault.rate:g} calls a second are throttled"


def _service(fault: Fault) -> str:
    return fault.service or "every service"


_SAID = {
    "account": _account,
    "clock": _clock,
    "disconnect": _disconnect,
    "latency": lambda fault: f"{_service(fault)}: answers take {duration(fault.seconds)} longer",
    "lose-answer": lambda fault: f"{fault.service} {fault.action}: the answer is lost",
    "move": _move,
    "name-taken": _name_taken,
    "occupy": _occupy,
    "scp": lambda fault: f"account {fault.account}: a service control policy denies stacksets-exec-*",
    "skew": lambda fault: f"requests look as if signed {duration(fault.seconds)} ago",
    "suspend": lambda fault: f"account {fault.account} is suspended",
    "throttle": _throttle,
}


def _state(fault: Fault) -> str:
    parts = []
    if fault.times is not None and not fault.over:
        parts.append(f"{fault.times} more time{'' if fault.times == 1 else 's'}")
    if fault.fired:
        parts.append("struck once" if fault.fired == 1 else f"struck {fault.fired} times")
    if fault.over:
        parts.append("over")
    return f"  ({', '.join(parts)})" if parts else ""
