"""What AWS said, as the text of a lock: one order, a line for each thing, so that a change is a line in a review."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from jumpcf.artifacts.lock import OrganizationTree, StoredParameter


def organization_text(tree: OrganizationTree) -> str:
    """params/lock/<organization>.json: OUs by path, accounts by id."""
    units = ({"id": one.id, "name": one.name, "path": one.path, "parent": one.parent} for one in tree.units)
    accounts = (
        {
            "id": one.id,
            "name": one.name,
            **({"email": one.email} if one.email else {}),
            "unit": one.unit,
            "state": one.state,
        }
        for one in tree.accounts
    )
    delegated = (
        (account, list(services)) for account, services in sorted(tree.delegated_administrators.items())
    )
    return _file(
        [
            ("schema", "1"),
            ("organization", _line(tree.name)),
            ("id", _line(tree.id)),
            ("management_account", _line(tree.management_account)),
            ("root", _line({"id": tree.root})),
            ("units", _many("[]", map(_line, units))),
            ("accounts", _many("[]", map(_line, accounts))),
            ("delegated_administrators", _named(delegated)),
        ]
    )


def parameters_text(parameters: Mapping[str, StoredParameter]) -> str:
    """params/lock/parameters.json, by name."""
    found = (
        (name, {"value": _value(one.value), "version": one.version})
        for name, one in sorted(parameters.items())
    )
    return _file([("schema", "1"), ("parameters", _named(found))])


def _value(value: str | tuple[str, ...]) -> str | list[str]:
    return value if isinstance(value, str) else list(value)


def _file(parts: Iterable[tuple[str, str]]) -> str:
    return "{\n" + ",\n".join(f'  "{key}": {text}' for key, text in parts) + "\n}\n"


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _named(items: Iterable[tuple[str, Any]]) -> str:
    return _many("{}", (f"{_line(key)}: {_line(value)}" for key, value in items))


def _many(brackets: str, lines: Iterable[str]) -> str:
    inside = ",\n".join(f"    {line}" for line in lines)
    return f"{brackets[0]}\n{inside}\n  {brackets[1]}" if inside else brackets
