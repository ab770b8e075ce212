"""A plan as a file: what may be overwritten, and what is refused when it is read."""

import json
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jumpcf.artifacts.manifest import Rollout
from jumpcf.artifacts.operation import CreateInstances
from jumpcf.artifacts.plan import Plan
from jumpcf.artifacts.plan_file import read, write
from jumpcf.errors import GateRefused


def a_plan() -> Plan:
    operation = CreateInstances(
        id="b" * 12,
        place="corp",
        stack="jump-acme-dev",
        reason="new OU",
        units=("ou-ab12-11111111",),
        region="ap-northeast-1",
        rollout=Rollout(),
    )
    return Plan(
        estate="example",
        organizations=("corp",),
        manifest="0" * 64,
        stacks=(),
        stack_sets=(),
        operations=(operation,),
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "tonight.json"


def changed(path: Path, change: Callable[[Any], Any]) -> None:
    content = json.loads(path.read_bytes())
    path.write_text(json.dumps(change(content) or content), encoding="utf-8")


def refusal(path: Path) -> str:
    with pytest.raises(GateRefused) as refused:
        read(path)
    assert refused.value.code == "G524"
    return refused.value.what


def test_a_plan_is_read_back_as_it_was_written(path: Path) -> None:
    write(path, a_plan(), "1.2.3")
    file = read(path)
    assert (file.plan, file.jumpcf, file.schema) == (a_plan(), "1.2.3", 1)


def test_only_its_owner_may_read_it_and_nothing_is_left_beside_it(path: Path) -> None:
    before = os.umask(0)
    try:
        write(path, a_plan(), "1")
        write(path, a_plan(), "2")  # a plan file gives way to another one
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]
    assert read(path).jumpcf == "2"


@pytest.mark.parametrize(
    "content", [b"", b"estate: example\n", b"{}", b"[1]", b'{"kind":"other"}', b"\xff\x00"]
)
def test_a_file_that_is_no_plan_is_neither_overwritten_nor_read(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(GateRefused, match="no plan file; it was not overwritten"):
        write(path, a_plan(), "1")
    assert path.read_bytes() == content
    with pytest.raises(GateRefused, match="is no plan file") as refused:
        read(path)
    free = path.with_name("tonight.plan.json")
    assert refused.value.hint == f"make one with jumpcf plan --out {free}"  # which is not refused in turn
    write(free, a_plan(), "1")


def test_a_link_is_not_overwritten(path: Path) -> None:
    path.symlink_to(path.with_name("params.yaml"))
    with pytest.raises(GateRefused):
        write(path, a_plan(), "1")
    assert path.is_symlink()


@pytest.mark.parametrize("make", [lambda _: None, lambda path: path.mkdir()])
def test_what_cannot_be_read_is_told(path: Path, make: Callable[[Path], None]) -> None:
    make(path)
    assert "cannot be read" in refusal(path)
    with pytest.raises(GateRefused) as refused:
        read(Path())
    assert refused.value.hint == "make one with jumpcf plan --out new.plan.json"


@pytest.mark.parametrize(
    "change",
    [
        lambda it: it["plan"]["operations"][0].update(units=["ou-ab12-99999999"]),
        lambda it: it["plan"]["operations"].clear(),
        lambda it: it["plan"].update(manifest="1" * 64),
        lambda it: it.update(digest="0" * 64),
        lambda it: it.update(plan=[]),
        lambda it: it.pop("plan") and None,
        lambda it: it.update(more=1),
        lambda it: it["plan"].update(operations=[{"kind": "explode"}]),
        lambda it: it["plan"].update(operations=[{"kind": ["deploy-stack"]}]),
        lambda it: it["plan"]["operations"][0].update(rollout=7),
        lambda it: it["plan"].update(operations=[dict(DEPLOY, tags=[])]),
        lambda it: it.update(schema="1"),
    ],
)
def test_an_altered_file_is_refused_whatever_was_altered(path: Path, change: Callable[[Any], Any]) -> None:
    write(path, a_plan(), "1")
    changed(path, change)
    assert "was altered" in refusal(path)


DEPLOY = {
    "kind": "deploy-stack",
    "id": "a" * 12,
    "place": "jump",
    "stack": "jump-base",
    "reason": "missing",
    "template": "0" * 64,
    "create": True,
    "capabilities": [],
}


def test_a_torn_file_is_no_plan_file(path: Path) -> None:
    write(path, a_plan(), "1")
    whole = path.read_bytes()
    for end in range(0, len(whole) - 1, 7):
        path.write_bytes(whole[:end])
        assert "is no plan file" in refusal(path)


@pytest.mark.parametrize("change", [lambda it: it.update(schema=2), lambda it: it["plan"].update(schema=2)])
def test_a_newer_schema_is_told_as_such(path: Path, change: Callable[[Any], Any]) -> None:
    write(path, a_plan(), "1")
    changed(path, change)
    assert "has schema 2, and this jumpcf reads 1" in refusal(path)
