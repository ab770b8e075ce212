"""What is not as wanted, told by cause: who failed for one reason, and who was not tried because of that."""

import pytest
from small_world import RINGS, World, ou, role_template

from jumpcf.artifacts.status import AccountStatus, Status
from jumpcf.cli.status_view import text
from jumpcf.planner.causes import causes, places
from jumpcf.planner.hints import is_victim

BOTH = role_template("Power", "Read")
ALL = (ou("sandbox"), ou("work"))


def line(account: str, state: str = "failed", reason: str = "", *, victim: bool = False) -> AccountStatus:
    return AccountStatus(
        organization="corp",
        stack_set="s",
        account=account,
        name="n",
        path="/",
        state=state,
        reason=reason,
        victim=victim,
    )


def status(*lines: AccountStatus) -> Status:
    return Status(estate="example", stacks=(), stack_sets=(), accounts=lines)


def ring_failed() -> Status:
    """A new template failed in the first ring's account, because a name is taken there."""
    world = World(rollout=RINGS).grant("all", *ALL)
    world.deploy()
    world.aws.broken["jump-acme-all", "401000000000"] = "Role acme-Read already exists"
    world.grant("all", *ALL, template=BOTH)
    plan = world.plan()
    return world.status(plan=plan, outcomes=world.deploy())


def test_reasons_that_differ_by_account_and_request_only_are_one_cause():
    texts = [
        f"role arn:aws:iam::{account}:role/x already exists (Request ID: 1e2f3a4b-0000-1111-2222-{account})"
        for account in ("401000000000", "402000000000")
    ]
    (cause,) = causes(status(*(line(t.split(":")[4], reason=t) for t in texts)))
    assert cause.reason == "role arn:aws:iam::<account>:role/x already exists (Request ID: ...)"
    assert places(cause.lines) == ("corp/401000000000", "corp/402000000000")
    (alone,) = causes(status(line("401000000000", reason=texts[0])))
    assert alone.reason == texts[0]


def test_causes_come_before_their_victims_and_the_largest_first():
    found = causes(
        status(
            *(line(f"50{n}000000000", "not-attempted", "Cancelled", victim=True) for n in range(3)),
            line("401000000000", reason="one"),
            *(line(f"60{n}000000000", reason="two") for n in range(2)),
            line("700000000000", "current"),
        )
    )
    assert [(one.reason, one.victims, len(one.lines)) for one in found] == [
        ("two", False, 2),
        ("one", False, 1),
        ("Cancelled", True, 3),
    ]


def test_after_a_failed_ring_each_account_tells_what_is_true_of_it():
    found = {one.account: one for one in ring_failed().accounts}
    failed = found["401000000000"]
    assert (failed.state, failed.reason, failed.victim) == ("failed", "Role acme-Read already exists", False)
    assert "not this stack's" in failed.hint
    for account in ("402000000000", "405000000000", "406000000000"):
        victim = found[account]
        assert victim.state == "not-attempted"
        assert victim.reason.startswith("not started: ring 1 (/Sandbox) failed: corp/jump-acme-all: ")
        assert (victim.hint, victim.victim) == ("", True)


def test_an_account_of_a_later_ring_that_has_no_stack_yet_tells_the_ring_and_not_a_neighbours_failure():
    world = World(rollout=RINGS).grant("all", *ALL)
    world.aws.broken["jump-acme-all", "401000000000"] = "Role acme-Power already exists"
    plan = world.plan()
    found = {one.account: one for one in world.status(plan=plan, outcomes=world.deploy()).accounts}
    assert found["402000000000"].reason.startswith("not started: ring 1 (/Sandbox) failed: ")
    assert (found["402000000000"].state, found["402000000000"].hint) == ("not-attempted", "")


def test_a_failed_ring_is_told_in_two_groups():
    told = text(ring_failed(), False, quiet=True).splitlines()
    assert told[0] == "failed in 1 account: Role acme-Read already exists"
    assert told[1] == "    where: corp/401000000000"
    assert told[2].startswith("    hint: that account has something of this name")
    assert told[3].startswith(
        "5 accounts not attempted because of what failed: not started: ring 1 (/Sandbox) failed: "
    )
    assert told[-1].startswith("NOT everything is as wanted")


def test_failures_within_the_tolerance_are_told_and_are_not_as_wanted():
    world = World().grant("all", *ALL)
    world.deploy()
    world.aws.broken["jump-acme-all", "401000000000"] = "Role acme-Read already exists"
    world.grant("all", *ALL, template=BOTH)
    plan = world.plan()
    found = world.status(plan=plan, outcomes=world.deploy())
    assert not found.as_wanted
    assert [one.state for one in causes(found)] == ["failed"]


@pytest.mark.parametrize(
    ("reason", "victim"),
    [
        ("Cancelled since failure tolerance has exceeded", True),
        ("not tried, because create-stack-set of corp/s failed: role already exists", True),
        ("not started: ring 1 (/Sandbox) failed: corp/s: access is denied", True),
        ("not started: interrupted", False),
        ("Role acme-Read already exists", False),
        ("", False),
    ],
)
def test_who_is_a_victim(reason, victim):
    assert is_victim(reason) is victim
