"""The command line on an AWS that takes its time: stacks in progress, lists that are behind, late auto-deployment."""

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from jumpcf.estate.load import load
from jumpcf.local.session import LocalAws
from tests.functional.conftest import World, environment
from tests.functional.test_auto_deployment import STAGING_ACCOUNT, move


class Clock:
    """The time of day, and hours more when a test says so."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def slow(
    built_estate: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], clock: Clock
) -> Iterator[World]:
    """The example estate before its first deploy; lists lag 0.6 s, auto-deployment an hour."""
    folder = tmp_path / "estate"
    shutil.copytree(built_estate, folder)
    with (
        LocalAws(folder, load(folder), speed=0.05, delay=3600, lag=0.6, clock=clock) as aws,
        environment(aws.environment()),
    ):
        yield World(folder, aws, capsys)


def test_a_deploy_waits_for_stacks_and_believes_no_list_too_early(slow: World, clock: Clock) -> None:
    said = slow.deploy()
    assert said.code == 0, said.out + said.err
    stacks = slow.client("cloudformation", "111111111111").describe_stacks()["Stacks"]
    assert {row["StackStatus"] for row in stacks} == {"CREATE_COMPLETE"}
    clock.ahead += 60
    assert slow.run("status").code == 0
    assert "No changes." in slow.run("plan").out


def test_a_late_auto_deployment_comes_by_itself(slow: World, clock: Clock) -> None:
    assert slow.deploy().code == 0
    move(slow, STAGING_ACCOUNT, "/Workloads/Prod")
    assert not any(name.startswith("acme-prod") for name in slow.roles_in(STAGING_ACCOUNT))
    clock.ahead += 2 * 3600
    assert "acme-prod-Read" in slow.roles_in(STAGING_ACCOUNT)
