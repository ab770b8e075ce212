"""The whole of planner and executor together, with threads, on an AWS in memory."""

import threading
from pathlib import Path

from fakes import FakeGateway, RecordingSubscriber
from small_world import World, ou, stack_template

from jumpcf.errors import AwsRefused
from jumpcf.executor.journal import Journal, read
from jumpcf.executor.run import execute


def world() -> World:
    made = World(partners={"acme": stack_template("a"), "globex": stack_template("g")})
    made.grant("dev", ou("dev")).grant("ops", ou("work"), partner="globex").grant("none", ou("empty"))
    return made


def run(made: World, folder: Path, **more):
    made.aws.bodies |= made.bodies
    plan = made.plan()
    with Journal.start(folder, plan) as journal:
        ear = RecordingSubscriber()
        return plan, execute(plan, made.aws, journal, ear, stop=threading.Event(), **more), journal.path


def test_one_run_makes_everything_and_the_next_has_nothing_to_do(tmp_path):
    made = world()
    plan, outcomes, path = run(made, tmp_path)
    assert set(outcomes) == {operation.id for operation in plan.operations}
    assert {outcome.state for outcome in outcomes.values()} == {"succeeded"}
    assert read(path).succeeded == set(outcomes)
    assert made.status().as_wanted
    assert run(made, tmp_path)[1] == {}


def test_a_partner_whose_stack_fails_keeps_only_its_own_stack_sets_waiting(tmp_path):
    made = world()
    made.aws.refused["jump-partner-acme"] = AwsRefused("A504", "access is denied")
    plan, outcomes, _ = run(made, tmp_path)
    by_stack = {operation.stack: outcomes[operation.id].state for operation in plan.operations}
    assert by_stack == {
        "jump-base": "succeeded",
        "jump-partner-acme": "failed",
        "jump-partner-globex": "succeeded",
        "jump-acme-dev": "skipped",
        "jump-acme-none": "skipped",
        "jump-globex-ops": "succeeded",
    }
    status = made.status(plan=plan, outcomes=outcomes)
    told = {(line.stack_set, line.state) for line in status.accounts}
    assert told == {("jump-acme-dev", "not-attempted"), ("jump-globex-ops", "deployed")}
    assert "access is denied" in next(
        line.reason for line in status.accounts if line.state == "not-attempted"
    )


def test_after_a_failure_the_next_run_does_only_the_rest_under_new_tokens(tmp_path):
    made = world()
    made.aws.broken["jump-acme-dev", "402000000000"] = "Role already exists"
    run(made, tmp_path)
    assert not made.status().as_wanted
    made.aws.broken.clear()
    before = list(made.aws.ran)
    plan, outcomes, _ = run(made, tmp_path)
    assert [operation.kind for operation in plan.operations] == ["create-instances"]
    assert {outcome.state for outcome in outcomes.values()} == {"succeeded"}
    assert made.status().as_wanted
    again = [token for operation, token in made.aws.ran if operation.id == plan.operations[0].id]
    assert len(again) == len(set(again))
    assert isinstance(made.aws, FakeGateway)
    assert len(made.aws.ran) == len(before) + 1
