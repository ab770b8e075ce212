"""The actions that exist, by service: awacs's tables, which follow AWS's Service Authorization Reference."""

import functools
import importlib
import re
from collections.abc import Iterable
from pathlib import Path

import awacs
from awacs.aws import Action

_PREFIX = re.compile(r'^prefix = "([^"]+)"', re.MULTILINE)


@functools.cache
def matches(pattern: str, action: str) -> bool:
    """Whether a pattern of actions ("iam:*Role") means this action; letter case does not matter to IAM."""
    parts = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(parts, action, re.IGNORECASE) is not None


def concerns(named: Iterable[str], spared: Iterable[str], action: str) -> bool:
    """Whether a statement is about this action: `named` are its Action, `spared` its NotAction, whichever it has."""
    spared = tuple(spared)
    if any(matches(pattern, action) for pattern in named):
        return True
    return bool(spared) and not any(matches(pattern, action) for pattern in spared)


def exists(action: str) -> bool:
    """Whether "iam:Tag*" or "ec2:StartInstances" means any action; letter case does not matter to IAM."""
    return action == "*" or _exists(action.lower())


@functools.cache
def _exists(action: str) -> bool:
    service, colon, name = action.partition(":")
    if not colon:
        return False
    return any(matches(name, known) for known in _names(service))


@functools.cache
def _names(service: str) -> frozenset[str]:
    """Every action of a service in lower case; empty for a service that awacs does not know."""
    found = set()
    for module in _modules().get(service, ()):
        values = vars(importlib.import_module(f"awacs.{module}")).values()
        found |= {str(value.action).lower() for value in values if isinstance(value, Action) and value.action}
    return frozenset(found)


@functools.cache
def _modules() -> dict[str, tuple[str, ...]]:
    """awacs's modules by the service prefix that they state; a module's own name may differ from it."""
    home = Path(str(awacs.__file__)).parent
    found: dict[str, tuple[str, ...]] = {}
    for path in sorted(home.glob("*.py")):
        if prefix := _PREFIX.search(path.read_text(encoding="utf-8")):
            found[prefix[1]] = (*found.get(prefix[1], ()), path.stem)
    return found
