"""The evaluator knows everything that our own templates say."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
from unit import builders as an
from unit.compiled import compiled

from jumpcf.policy.document import parse

LEVELS = ("Admin", "Power", "PowerAndIam", "Read", "SSM")


def documents(found: Any, place: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every policy document of a template, by where it stands."""
    if isinstance(found, dict) and "Statement" in found:
        yield place, found
    elif isinstance(found, dict):
        for name, below in found.items():
            yield from documents(below, f"{place}/{name}")
    elif isinstance(found, list):
        for number, below in enumerate(found):
            yield from documents(below, f"{place}/{number}")


def test_every_policy_of_a_full_estate_is_read(tmp_path: Path) -> None:
    users = (an.a_user("taro.yamada", groups=("ops",)), an.a_user("hanako.sato", ends="2026-12-31"))
    grant = an.a_grant(levels=LEVELS, groups=("ops",), excepted=("333333333333",))
    partner = an.a_partner(users=users, groups=("ops",), grants=(grant,), cli="access-keys")
    estate = an.an_estate(
        partner, levels=[an.a_level(name) for name in LEVELS], fence=("self-service", "session", "trust")
    )
    read = 0
    for name, body in compiled(estate, tmp_path / "build")[1].items():
        for place, document in documents(body):
            # Of the functions of CloudFormation only the bucket's own ARN stands in a policy.
            if b'"Fn::' not in orjson.dumps(document):
                assert parse(document, name=f"{name}{place}").statements
                read += 1
    assert read >= 3 * len(LEVELS) + 3
