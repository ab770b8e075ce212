"""What a verb ends with where a change set would have taken away what the plan did not show."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from jumpcf.artifacts.destruction import Destruction, Scope
from jumpcf.artifacts.plan import Plan
from jumpcf.artifacts.status import Failed, Outcome, Status
from jumpcf.cli import destroy
from jumpcf.cli.console import Console
from jumpcf.cli.running import report
from jumpcf.errors import AwsRefused, Exit, GateRefused, Interrupted
from jumpcf.executor.run import INTERRUPTED
from jumpcf.pipeline.rollout import Deployed

REASON = (
    "the change set of a would remove B (T b), which the plan did not show; nothing of it was executed [G523]"
)
REFUSED = Outcome(state="failed", reason=REASON, gate="G523")
FAILED = Outcome(state="failed", reason="UPDATE_ROLLBACK_COMPLETE")
DONE = Outcome(state="succeeded")
STATUS = Status(estate="example", stacks=(), stack_sets=(), accounts=())
NOTHING = Plan(estate="example", organizations=(), manifest="", stacks=(), stack_sets=(), operations=())
GONE = Destruction(scope=Scope(kind="organization", name="lab"), plan=NOTHING, last=NOTHING, leftovers=())


def deployed(*outcomes: Outcome) -> Deployed:
    return Deployed(status=STATUS, outcomes=dict(zip("abc", outcomes, strict=False)), journal=Path("j"))


@pytest.mark.parametrize(
    "end",
    [
        lambda: report(Console(), deployed(DONE, REFUSED, FAILED)),
        lambda: destroy.ended(Console(), GONE, GONE, (REASON,)),
    ],
)
def test_it_ends_with_5_after_it_has_told_the_result(
    end: Callable[[], Exit], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(GateRefused) as caught:
        end()
    assert (caught.value.code, caught.value.exit_code) == ("G523", Exit.GATE)
    assert caught.value.what == REASON.removesuffix(" [G523]")
    assert "run plan again" in caught.value.hint
    assert "put the stack back by hand (docs/plan-and-deploy.md" in caught.value.hint
    assert capsys.readouterr().out.strip()


def test_a_plain_failure_does_not_end_so() -> None:
    told = Failed(place="jump", stack="a", work="deploy-stack", reason=FAILED.reason)
    ended = deployed(DONE, FAILED)
    assert report(Console(), replace(ended, status=replace(STATUS, failed=(told,)))) == Exit.NOT_AS_WANTED


def test_what_failed_in_the_run_that_is_resumed_is_told_of_one_that_did_well(
    capsys: pytest.CaptureFixture[str],
) -> None:
    told = Failed(place="jump", stack="a", work="deploy-stack", reason="something stays")
    assert report(Console(), deployed(DONE), (told,)) == Exit.NOT_AS_WANTED
    assert "FAILED jump a (deploy-stack)  (something stays)" in capsys.readouterr().out


def test_an_interruption_is_told_before() -> None:
    with pytest.raises(Interrupted):
        report(Console(), deployed(REFUSED, Outcome(state="skipped", reason=INTERRUPTED)))


def test_a_result_that_cannot_be_read_hides_no_failure(capsys: pytest.CaptureFixture[str]) -> None:
    unread = AwsRefused("A500", "away")
    with pytest.raises(AwsRefused) as caught:
        report(Console(), Deployed(outcomes={"a": REFUSED, "b": FAILED, "c": FAILED}, unread=unread))
    assert caught.value is unread
    told = capsys.readouterr().err
    assert (told.count(REASON), told.count(FAILED.reason)) == (1, 1)
