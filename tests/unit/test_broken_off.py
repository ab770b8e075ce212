"""Whose run broke off, as the lock tells it before a deploy."""

import time
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from jumpcf.artifacts.instants import INSTANT
from jumpcf.artifacts.lease import Lease
from jumpcf.cli.deploy import AFTER
from jumpcf.errors import GateRefused
from jumpcf.pipeline.locking import Seen
from jumpcf.pipeline.resuming import refuse_other, unfinished

HERE, RUN = "here", "2026-05-04T120000Z-0a1b2c3d"


def lease(until: float, **changes: object) -> Lease:
    made = Lease(
        estate="example",
        owner="ann@desk",
        pid=7,
        caller="arn:aws:iam::111111111111:user/ann",
        verb="deploy",
        nonce="n",
        workspace="elsewhere",
        version="1",
        until=time.strftime(INSTANT, time.gmtime(time.time() + until)),
        run=RUN,
    )
    return replace(made, **changes)


def seen(held: Lease | None) -> Seen:
    return Seen("etag", held, HERE)


def test_a_lease_that_ran_out_with_a_run_is_a_run_that_broke_off() -> None:
    dead = unfinished(seen(lease(-60.0, verb="destroy")))
    assert dead is not None
    assert (dead.run, dead.verb) == (RUN, "destroy")


def test_who_died_in_this_folder_is_dead_whatever_the_lease_says() -> None:
    assert unfinished(seen(lease(600.0, workspace=HERE))) is not None


def test_who_lives_has_not_broken_off() -> None:
    assert unfinished(seen(lease(600.0))) is None


def test_nor_who_gave_it_back_or_never_began_a_run() -> None:
    assert unfinished(None) is None
    assert unfinished(seen(None)) is None
    assert unfinished(seen(lease(-60.0, released=True))) is None
    assert unfinished(seen(lease(-60.0, run=""))) is None


def recorded(verb: str) -> Any:
    plan = SimpleNamespace(manifest="of other params", stacks=(), stack_sets=())
    return SimpleNamespace(
        name=RUN, plan=plan, journal=SimpleNamespace(header=SimpleNamespace(verb=verb), entries=())
    )


@pytest.mark.parametrize(
    ("written", "held", "told"),
    [
        ("partner freeze", lease(-60.0), "no deploy but jumpcf partner freeze"),
        ("", lease(-60.0, verb="partner thaw"), "no deploy but jumpcf partner thaw"),  # an older journal
        ("deploy", lease(-60.0, verb="repair"), "params/ are not those"),
        ("", lease(-60.0, verb="repair", run="another"), "params/ are not those"),
        ("", None, "params/ are not those"),
    ],
)
def test_whose_run_it_was_stands_in_its_journal_or_else_in_the_lock(
    written: str, held: Lease | None, told: str
) -> None:
    prepared: Any = SimpleNamespace(lock=seen(held), manifest="of these")
    with pytest.raises(GateRefused, match=told) as refused:
        refuse_other(recorded(written), prepared)
    assert (refused.value.code, "take back" in refused.value.hint) == ("G536", False)


def test_a_deploy_speaks_of_the_runs_of_verbs_that_have_some() -> None:
    """`user password` holds the lock as well, and its lease names the latest run, which ended."""
    assert set(AFTER) == {"deploy", "repair", "destroy", "partner freeze", "partner thaw"}
