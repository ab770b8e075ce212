"""What a verb ends with where a change set would have taken away what the plan did not show."""

from collections.abc import Callable
from pathlib import Path

import pytest

from jumpcf.artifacts.destruction import Destruction, Scope
from jumpcf.artifacts.plan import Plan
from jumpcf.artifacts.status import Outcome, Status
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
    assert report(Console(), deployed(DONE, FAILED)) == Exit.DONE  # nothing of this status is not as wanted


def test_an_interruption_is_told_before() -> None:
    with pytest.raises(Interrupted):
        report(Console(), deployed(REFUSED, Outcome(state="skipped", reason=INTERRUPTED)))


def test_a_result_that_cannot_be_read_hides_no_refusal(capsys: pytest.CaptureFixture[str]) -> None:
    unread = AwsRefused("A500", "away")
    with pytest.raises(AwsRefused) as caught:
        report(Console(), Deployed(outcomes={"a": REFUSED}, unread=unread))
    assert caught.value is unread
    assert REASON in capsys.readouterr().err
