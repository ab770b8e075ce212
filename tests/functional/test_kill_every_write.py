"""Killed before and after the effect of every single write: the next deploy finishes, and repeats nothing."""

import os
import random
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jumpcf.cli.main import main
from tests.functional.conftest import ROOT, World, calls, opened
from tests.functional.killing import When, killed

JUMP, MANAGEMENT = "111111111111", "222222222222"
SOAK = bool(os.environ.get("JUMPCF_SOAK"))
SEEDED = 20  # points on the example estate

GRANTS = {
    "dev": {"organization": "corp", "ous": ["/Workloads/Dev"], "levels": ["Read"]},
    "prod": {"organization": "corp", "ous": ["/Workloads/Prod"], "levels": ["Read"]},
}


def first(world: World) -> None:
    """Two grants, one person: from nothing."""
    world.edit("partners/acme.yaml", lambda it: it.update(grants=GRANTS))


def change(world: World) -> None:
    """One grant gets more, one goes, one comes; the person who signed in leaves, and another comes."""

    def edit(it: Any) -> None:
        it["users"] = [{"name": "hanako.sato", "email": "hanako.sato@acme.example"}]
        dev = {**GRANTS["dev"], "levels": ["Read", "SSM"]}
        it["grants"] = {"dev": dev, "live": {**GRANTS["prod"], "levels": ["Power"]}}

    world.edit("partners/acme.yaml", edit)


def signed_in(world: World) -> None:
    iam = world.client("iam", JUMP)
    iam.create_login_profile(UserName="taro.yamada", Password="Example-Pass-1234!")
    iam.create_access_key(UserName="taro.yamada")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One organization, three accounts, before its first deploy; compiled once."""
    folder = tmp_path_factory.mktemp("small") / "estate"
    shutil.copytree(ROOT / "tests/estates/good/minimal/params", folder / "params")
    shutil.copytree(ROOT / "stacks", folder / "stacks")
    first(World(folder, None, None))  # type: ignore[arg-type]
    assert main(["-q", "-C", str(folder), "build"]) == 0
    return folder


@pytest.fixture(scope="module")
def changed(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same after its first deploy, with another wish in params/."""
    folder = tmp_path_factory.mktemp("changed") / "estate"
    shutil.copytree(small, folder)
    with opened(folder, None) as world:
        assert main(["-q", "-C", str(folder), "deploy", "--yes"]) == 0
        signed_in(world)
        change(world)
        assert main(["-q", "-C", str(folder), "build"]) == 0
    return folder


def history(world: World, admins: tuple[str, ...]) -> Counter[tuple[str, ...]]:
    """What AWS did: every operation of every StackSet, every beginning of an operation on a stack."""
    found: Counter[tuple[str, ...]] = Counter()
    for account in admins:
        cloudformation = world.client("cloudformation", account)
        how = {} if account == MANAGEMENT else {"CallAs": "DELEGATED_ADMIN"}
        for one in cloudformation.list_stack_sets(**how)["Summaries"]:
            name, status = one["StackSetName"], one["Status"]
            found[name, status] += 1
            if status == "DELETED":
                continue
            for each in cloudformation.list_stack_set_operations(StackSetName=name, **how)["Summaries"]:
                found[name, each["Action"], each["Status"]] += 1
    jump = world.client("cloudformation", JUMP)
    for stack in jump.describe_stacks()["Stacks"]:
        found[stack["StackName"], f"protected {stack['EnableTerminationProtection']}"] += 1
        for event in jump.describe_stack_events(StackName=stack["StackName"])["StackEvents"]:
            if event["PhysicalResourceId"] == stack["StackId"] and event["ResourceStatus"].endswith(
                "_COMPLETE"
            ):
                found[stack["StackName"], event["ResourceStatus"]] += 1
    return found


class Ground:
    """An estate before a deploy, and what an undisturbed one comes to."""

    def __init__(self, start: Path, tmp_path: Path, capture: Any, admins: tuple[str, ...]) -> None:
        self.start, self.tmp_path, self.capture, self.admins = start, tmp_path, capture, admins
        with self.world("undisturbed") as world, calls() as made:
            assert main(["-q", "-C", str(world.folder), "deploy", "--yes", "--accept-deletion"]) == 0
            self.writes = list(made.writes)
            self.wanted = history(world, admins)

    def world(self, name: str) -> Any:
        folder = self.tmp_path / name
        shutil.copytree(self.start, folder)
        return opened(folder, self.capture)

    def check(self, number: int, when: When) -> str:
        """Kill at this point, go on, and say what is wrong then; "" where nothing is."""
        name = f"{number}-{when}"
        with self.world(name) as world:
            code = killed(world.folder, self.tmp_path / f"{name}.txt", number, when)
            if code not in (-9, 0):
                return f"{name}: the killed deploy ended with {code}: {(self.tmp_path / f'{name}.txt').read_text()}"
            said = world.run("deploy", "--resume") if number % 2 else world.deploy("--accept-deletion")
            if said.code == 5 and "G535" in said.err:
                said = world.deploy("--accept-deletion")
            found = history(world, self.admins)
            after = world.run("plan", "--detailed-exitcode").code
        shutil.rmtree(self.tmp_path / name)
        wrong = []
        if said.code != 0:
            wrong.append(f"ended with {said.code}: {said.err}")
        if after != 0:
            wrong.append("something is left to do")
        if found != self.wanted:
            wrong.append(f"too often {dict(found - self.wanted)}, missing {dict(self.wanted - found)}")
        return f"{name} ({self.writes[number]}): {'; '.join(wrong)}" if wrong else ""


@pytest.fixture
def ground(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[[Path, tuple[str, ...]], Ground]:
    return lambda start, admins: Ground(start, tmp_path, capsys, admins)


def all_points(ground: Ground) -> list[tuple[int, When]]:
    return [(number, when) for number in range(len(ground.writes)) for when in ("before", "after")]


@pytest.mark.parametrize("which", ["small", "changed"])
def test_every_write_of_a_small_estate(
    which: str, request: pytest.FixtureRequest, ground: Callable[[Path, tuple[str, ...]], Ground]
) -> None:
    on = ground(request.getfixturevalue(which), (MANAGEMENT,))
    assert len(on.writes) > 20
    assert [told for point in all_points(on) if (told := on.check(*point))] == []


def test_points_of_the_example_estate(
    built_estate: Path, ground: Callable[[Path, tuple[str, ...]], Ground]
) -> None:
    """Twenty of them, the same every time; all of them in `make soak`."""
    on = ground(built_estate, ("222222222222",))
    points = all_points(on)
    if not SOAK:
        points = random.Random(5).sample(points, SEEDED)
    assert [told for point in points if (told := on.check(*point))] == []
