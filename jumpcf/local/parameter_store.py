"""SSM's parameters: moto's SSM is loaded, with its state, on first use only.

Process-wide like moto's own backends.
"""

import importlib
import sys
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

from jumpcf.local.graph import Table, bare, dump, load

_TABLE = Table(records=(), objects={})
_pending: list[dict[str, Any]] = []  # state that nobody has asked for yet; one item or none
_seeds: list[Callable[[Any], None]] = []  # what to put in once somebody asks; one item or none


def backends() -> Any:
    """moto's SSM backends, with what was kept."""
    ssm_backends = _models().ssm_backends
    if _pending:
        _restore(ssm_backends, load(_pending.pop(), _TABLE))
    while _seeds:
        _seeds.pop()(ssm_backends)
    return ssm_backends


def _models() -> Any:
    """moto's module, which imports all of EC2 (0.3 to 0.9 s) to run commands on instances that we have not."""
    if "moto.ec2" not in sys.modules and "moto.ssm.models" not in sys.modules:
        stand_in = ModuleType("moto.ec2")
        stand_in.ec2_backends = {}  # type: ignore[attr-defined]
        sys.modules["moto.ec2"] = stand_in
        try:
            return importlib.import_module("moto.ssm.models")
        finally:
            del sys.modules["moto.ec2"]
    return importlib.import_module("moto.ssm.models")


def responses() -> Any:
    """The class that answers Systems Manager's calls."""
    _models()
    from jumpcf.local.ssm_api import Ssm

    return Ssm


def keep(data: dict[str, Any] | None) -> None:
    """Remember dumped state until somebody needs it; None forgets, seeds as well."""
    _pending[:] = [data] if data else []
    _seeds.clear()


def when_asked(seed: Callable[[Any], None]) -> None:
    """Have the backends filled when somebody asks for them, after what was kept is back."""
    _seeds[:] = [seed]


def put(backend: Any, name: str, value: str | tuple[str, ...], version: int) -> None:
    """A parameter as if it had been written `version` times."""
    is_list = not isinstance(value, str)
    backend.put_parameter(
        name=name,
        description="",
        value=",".join(value) if is_list else value,
        parameter_type="StringList" if is_list else "String",
        allowed_pattern="",
        keyid=None,
        overwrite=False,
        tags=[],
        data_type="text",
        tier="Standard",
        policies=None,
    )
    backend._parameters[name][-1].version = version


def take(loaded: bool) -> dict[str, Any] | None:
    """The state, dumped; `loaded` says whether moto's SSM is in this process at all.

    While nobody has asked, it is what was kept: filling the backends here would put parameters into a state whose
    list of what was seeded is written already.
    """
    if _pending:
        return _pending[0]
    return dump(list(_rows(backends())), _TABLE) if loaded and not _seeds else None


def _rows(ssm_backends: Any) -> Iterator[list[Any]]:
    for account, regions in ssm_backends.items():
        for region, backend in regions.items():
            versions = {
                name: [dict(vars(item)) for item in items]
                for name, items in backend._parameters.items()
                if not name.startswith("/aws/")  # AWS's own public parameters, which moto brings
            }
            tags = {
                kind: {name: dict(own) for name, own in items.items()}
                for kind, items in backend._resource_tags.items()
            }
            if any(versions.values()):
                yield [account, region, versions, tags]


def _restore(ssm_backends: Any, rows: list[list[Any]]) -> None:
    from moto.ssm import models

    for account, region, versions, tags in rows:
        backend = ssm_backends[account][region]
        for name, items in versions.items():
            for state in items:
                made = bare(models.Parameter)
                vars(made).update(state)
                backend._parameters[name].append(made)
        for kind, items in tags.items():
            backend._resource_tags[kind].update(items)
