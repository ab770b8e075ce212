"""The live table at 80 columns, with sixty StackSets and five hundred accounts."""

import io
from pathlib import Path

import pytest
import rich.console
from fakes import FakeClock

from jumpcf.artifacts.manifest import Rollout
from jumpcf.artifacts.operation import AnyOperation, CreateInstances, DeployStack, UpdateStackSet
from jumpcf.artifacts.plan import AccountChange, Plan, StackSetPlan
from jumpcf.artifacts.status import Outcome, Progress
from jumpcf.cli.live import PLACES, ROWS, Table, failures, shortened, spell
from jumpcf.cli.tally import Tally

GOLDEN = Path(__file__).parents[2] / "golden" / "cli"
SETS, ACCOUNTS = 60, 500
ORGANIZATIONS = ("corp", "lab", "subsidiary-of-the-north")
DONE = Outcome(state="succeeded")


def stack_set(number: int) -> tuple[str, str]:
    return ORGANIZATIONS[number % 3], f"jump-partner{number:02}-workloads-of-the-platform-team"


def update(number: int) -> UpdateStackSet:
    place, name = stack_set(number)
    return UpdateStackSet(
        id=f"u{number:011}",
        place=place,
        stack=name,
        reason="the template differs",
        template="t",
        capabilities=(),
        tags={},
        rollout=Rollout(),
    )


def create(number: int) -> CreateInstances:
    place, name = stack_set(number)
    return CreateInstances(
        id=f"c{number:011}",
        place=place,
        stack=name,
        reason="a new OU",
        units=("ou-1",),
        region="eu-central-1",
        rollout=Rollout(),
    )


def deploy_stack() -> DeployStack:
    return DeployStack(
        id="d" * 12,
        place="jump",
        stack="jump-base",
        reason="",
        template="t",
        create=False,
        capabilities=(),
        tags={},
    )


def a_plan(sets: int = SETS, accounts: int = ACCOUNTS) -> Plan:
    operations: list[AnyOperation] = [deploy_stack(), *map(update, range(sets)), *map(create, range(sets))]
    return Plan(
        estate="example",
        organizations=ORGANIZATIONS,
        manifest="0" * 64,
        stacks=(),
        stack_sets=tuple(
            StackSetPlan(
                organization=stack_set(number)[0],
                name=stack_set(number)[1],
                action="update",
                accounts=tuple(
                    AccountChange(
                        account=f"{one:012}",
                        name="",
                        path="/",
                        effect="new" if one % 2 else "changed",
                    )
                    for one in range(accounts)
                ),
            )
            for number in range(sets)
        ),
        operations=tuple(operations),
    )


def running(done: int, failed: int = 0, total: int = ACCOUNTS // 2, status: str = "RUNNING") -> Progress:
    return Progress(done=done, failed=failed, total=total, status=status)


class Screen:
    """A table that is drawn when a test says so, without colours."""

    def __init__(self, width: int = 80) -> None:
        self.clock = FakeClock()
        self.out = io.StringIO()
        self.console = rich.console.Console(
            file=self.out, width=width, no_color=True, force_terminal=False, highlight=False
        )
        self.table = Table(self.console, self.clock)

    def begin(self, plan: Plan) -> None:
        self.table.plan_started(plan)
        self.table.close()

    def drawn(self) -> str:
        return self.table.render().plain

    def run_a_third(self) -> None:
        """Twenty StackSets are through, eight operations run, one of them with failures, one queued."""
        self.begin(a_plan())
        self.table.operation_started(deploy_stack())
        self.clock.sleep(20)
        self.table.operation_finished(deploy_stack(), DONE)
        for number in range(20):
            for operation in (update(number), create(number)):
                self.table.operation_started(operation)
                self.clock.sleep(30)
                self.table.operation_progress(operation, running(250))
                self.table.operation_finished(operation, DONE)
        for number in range(20, 28):
            self.table.operation_started(update(number))
            self.clock.sleep(7)
            self.table.operation_progress(update(number), running(10 * (number - 19)))
        self.table.operation_progress(update(22), running(137, failed=12))
        self.table.operation_progress(update(27), running(0, status="QUEUED"))


@pytest.mark.parametrize("width", [80, 50, 160])
def test_sixty_stack_sets_and_five_hundred_accounts_read_as_their_golden_text(golden, width: int) -> None:  # type: ignore[no-untyped-def]
    screen = Screen(width)
    screen.run_a_third()
    drawn = screen.drawn()
    assert max(map(len, drawn.splitlines())) <= width
    golden(GOLDEN / f"live-{width}.txt", drawn + "\n")


def test_the_table_keeps_its_height_from_the_first_to_the_last_moment() -> None:
    screen = Screen()
    screen.begin(a_plan())
    heights = {screen.drawn().count("\n")}
    for operation in a_plan().operations[:ROWS]:
        screen.table.operation_started(operation)
        heights.add(screen.drawn().count("\n"))
    assert heights == {ROWS + 4}  # four places and the line for the whole


def test_a_smaller_window_gets_a_smaller_table_at_once() -> None:
    screen = Screen(100)
    screen.run_a_third()
    screen.console.width = 44
    assert max(map(len, screen.drawn().splitlines())) <= 44
    assert "lab          par…team   137/250    42 s" in screen.drawn()


def test_many_organizations_do_not_fill_the_window() -> None:
    screen = Screen()
    operations = tuple(
        DeployStack(
            id=f"{number:012}",
            place=f"org{number}",
            stack="s",
            reason="",
            template="t",
            create=False,
            capabilities=(),
            tags={},
        )
        for number in range(30)
    )
    screen.begin(
        Plan(estate="e", organizations=(), manifest="", stacks=(), stack_sets=(), operations=operations)
    )
    assert f"and {30 - PLACES} more organizations" in screen.drawn()
    assert screen.drawn().count("\n") + 1 <= 16


def test_nothing_is_expected_before_a_tenth_is_done() -> None:
    clock = FakeClock()
    tally = Tally(clock)
    tally.plan_started(a_plan(sets=1, accounts=100))
    tally.started(update(0))
    clock.sleep(60)
    tally.progress(update(0), running(5, total=50))
    assert tally.expected() is None
    tally.progress(update(0), running(25, total=50))
    assert tally.expected() == pytest.approx(180, rel=0.05)


def test_accounts_are_counted_once_and_all_of_them_when_a_stack_set_is_through() -> None:
    tally = Tally(FakeClock())
    tally.plan_started(a_plan(sets=1, accounts=100))
    for operation in (update(0), create(0)):
        tally.started(operation)
        tally.progress(operation, running(40, total=200))
        tally.progress(operation, running(40, total=200))
    assert tally.places["corp"].done == 80
    tally.finished(update(0), DONE)
    tally.finished(create(0), DONE)
    assert (tally.places["corp"].done, tally.places["corp"].ended) == (100, 2)


def test_failures_are_counted_once_whether_progress_told_them_or_not() -> None:
    tally = Tally(FakeClock())
    tally.plan_started(a_plan(sets=2, accounts=100))
    tally.started(update(0))
    tally.progress(update(0), running(3, failed=3))
    three = tuple((f"{number:012}", "quota") for number in range(3))
    tally.finished(update(0), Outcome(state="failed", reason="3 of 100", accounts=three))
    tally.finished(create(0), Outcome(state="failed", reason="refused"))
    assert tally.places["corp"].failed == 4


def test_of_many_accounts_that_fail_alike_a_few_are_named() -> None:
    many = tuple((f"{number:012}", "quota") for number in range(400))
    told = failures(Outcome(state="failed", accounts=(*many, ("9" * 12, "name taken"))))
    assert told[0] == "000000000000: quota"
    assert told[8:] == ["and 392 more: quota", "999999999999: name taken"]


def test_what_has_ended_stays_above_the_table_with_its_time() -> None:
    screen = Screen(200)
    screen.begin(a_plan(sets=1))
    screen.table.operation_started(update(0))
    screen.clock.sleep(187)
    screen.table.operation_finished(
        update(0), Outcome(state="failed", reason="1 of 2", accounts=(("1" * 12, "quota"),))
    )
    screen.table.operation_finished(create(0), Outcome(state="skipped", reason="not tried"))
    assert screen.out.getvalue().splitlines()[-3:] == [
        f"FAILED  corp {update(0).stack} (update-stack-set) 3:07: 1 of 2",
        "        111111111111: quota",
        f"skipped corp {update(0).stack} (create-instances): not tried",
    ]


@pytest.mark.parametrize(
    ("text", "most", "expected"),
    [
        ("abc", 3, "abc"),
        ("abcdefgh", 5, "ab…gh"),
        ("abcdefgh", 6, "ab…fgh"),
        ("jump-acme-dev", 8, "jum…-dev"),
    ],
)
def test_a_name_loses_its_middle(text: str, most: int, expected: str) -> None:
    assert shortened(text, most) == expected


def test_spans_are_spelt_shortly() -> None:
    assert [spell(one) for one in (0.4, 59.9, 60, 187, 3787)] == ["0 s", "59 s", "1:00", "3:07", "1:03:07"]
