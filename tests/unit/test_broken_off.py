"""Whose run broke off, as the lock tells it before a deploy."""

import time
from dataclasses import replace

from jumpcf.artifacts.instants import INSTANT
from jumpcf.artifacts.lease import Lease
from jumpcf.cli.deploy import AFTER
from jumpcf.pipeline.locking import Seen
from jumpcf.pipeline.resuming import unfinished

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


def test_a_deploy_speaks_of_the_runs_of_verbs_that_have_some() -> None:
    """`user password` holds the lock as well, and its lease names the latest run, which ended."""
    assert set(AFTER) == {"deploy", "repair", "destroy", "partner freeze", "partner thaw"}
