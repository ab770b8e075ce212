"""The decisions about the jump account's plain stacks, and who waits for them."""

from dataclasses import replace

import pytest
from small_world import World, ou, role_template, run_serially, stack_template

from jumpcf.artifacts.observed import Observed
from jumpcf.artifacts.operation import DeleteStack, DeployStack, Operation
from jumpcf.executor.queue import Queue
from jumpcf.planner.diff import make_plan
from jumpcf.planner.jumpstacks import UNMADE, WAY_OUT

NAME = "jump-partner-acme"


def deployed() -> World:
    world = World().grant("dev", ou("dev"))
    world.deploy()
    return world


def stack(observed: Observed, **changes: object) -> Observed:
    stacks = tuple(replace(one, **changes) if one.name == NAME else one for one in observed.stacks)
    return replace(observed, stacks=stacks)


def jump(world: World, observed: Observed | None = None) -> list[Operation]:
    return [operation for operation in world.plan(observed).operations if operation.place == "jump"]


def test_what_is_shared_is_made_before_the_partners():
    base, acme = jump(World())
    assert (base.stack, base.create, acme.needs) == ("jump-base", True, (base.id,))


def test_only_the_stack_that_differs_is_updated():
    world = deployed()
    world.partners["acme"] = stack_template("changed")
    (operation,) = world.plan().operations
    assert (operation.stack, operation.create) == (NAME, False)
    changes = next(one for one in world.plan().stacks if one.name == NAME).changes
    assert [(one.logical_id, one.properties) for one in changes] == [("Group", ("GroupName",))]


def test_other_tags_update_the_stack():
    world = deployed()
    observed = stack(world.aws.observe(), tags={"jumpcf-estate": "example", "jumpcf-partner": "old"})
    (operation,) = jump(world, observed)
    assert operation.reason == "the tags differ"


@pytest.mark.parametrize("status", sorted(UNMADE))
def test_a_stack_that_holds_nothing_is_created_anew(status):
    world = deployed()
    (operation,) = jump(world, stack(world.aws.observe(), status=status))
    assert isinstance(operation, DeployStack)
    assert operation.create
    assert operation.reason == UNMADE[status]


def test_an_unused_change_set_of_ours_shows_no_tags_and_is_taken_up_again():
    world = deployed()
    observed = stack(world.aws.observe(), status="REVIEW_IN_PROGRESS", tags={}, template="")
    assert [operation.create for operation in jump(world, observed)] == [True]


@pytest.mark.parametrize("status", sorted(WAY_OUT))
def test_a_stack_that_no_deploy_can_mend_stops_the_plan_with_the_way_out(status):
    world = deployed()
    plan = world.plan(stack(world.aws.observe(), status=status))
    assert plan.blockers == (f"jump/{NAME}: its status is {status}: {WAY_OUT[status]}",)
    assert plan.operations == ()


@pytest.mark.parametrize("status", ["CREATE_FAILED", "UPDATE_FAILED"])
def test_a_half_done_stack_is_updated_though_the_template_is_right(status):
    world = deployed()
    (operation,) = jump(world, stack(world.aws.observe(), status=status))
    assert (operation.create, operation.reason) == (False, f"its status is {status}")


def test_a_stack_at_work_is_awaited_only_where_the_plan_has_something_to_do_with_it():
    world = deployed()
    plan = world.plan(stack(world.aws.observe(), status="UPDATE_IN_PROGRESS"))
    assert plan.operations == ()
    assert plan.notices == (
        f"jump/{NAME}: CloudFormation is at work on it (UPDATE_IN_PROGRESS); "
        "nothing here waits for it: wait, then run status",
    )
    world.partners["acme"] = stack_template("changed")
    plan = world.plan(stack(world.aws.observe(), status="UPDATE_IN_PROGRESS"))
    assert len(plan.operations) == 1
    assert plan.notices[0].endswith("(UPDATE_IN_PROGRESS); it is awaited")


def test_a_stack_of_our_name_without_our_tags_is_never_written_to():
    world = deployed()
    for tags, said in (({}, "without jumpcf's tags"), ({"jumpcf-estate": "other"}, "the estate other")):
        plan = world.plan(stack(world.aws.observe(), tags=tags, template="else"))
        assert jump(world, stack(world.aws.observe(), tags=tags, template="else")) == []
        assert said in plan.blockers[0]


def test_a_partner_that_is_gone_loses_stack_and_stack_set_and_neither_waits():
    world = deployed()
    world.partners = {}
    operations = world.without("dev").plan().operations
    assert [operation.needs for operation in operations[:2]] == [(), ()]
    assert isinstance(operations[0], DeleteStack)


def test_a_stranger_in_the_jump_account_is_left_alone():
    world = deployed()
    world.partners = {}
    observed = stack(world.aws.observe(), tags={"team": "other"})
    assert jump(world.without("dev"), observed) == []


def test_an_orphan_that_failed_to_go_is_tried_again_and_one_that_goes_is_awaited():
    world = deployed().without("dev")
    world.partners = {}
    assert len(jump(world, stack(world.aws.observe(), status="DELETE_FAILED"))) == 1
    plan = world.plan(stack(world.aws.observe(), status="DELETE_IN_PROGRESS"))
    assert [operation for operation in plan.operations if operation.place == "jump"] == []
    assert "DELETE_IN_PROGRESS" in plan.notices[0]


def test_what_is_shared_goes_last_of_all():
    world = deployed()
    nothing_wanted = replace(world.manifest, stacks=())
    *others, last = make_plan(nothing_wanted, world.aws.observe(), world.bodies.__getitem__).operations
    assert (last.stack, last.kind) == ("jump-base", "delete-stack")
    assert set(last.needs) == {one.id for one in others if one.kind in ("delete-stack", "delete-stack-set")}
    assert len(last.needs) == 2


def test_stack_sets_wait_for_what_is_shared_and_for_their_own_partner_only():
    world = World(partners={"acme": stack_template("a"), "globex": stack_template("g")})
    plan = world.grant("dev", ou("dev")).plan()
    ids = {operation.stack: operation.id for operation in plan.operations if operation.place == "jump"}
    create = next(operation for operation in plan.operations if operation.kind == "create-stack-set")
    assert set(create.needs) == {ids["jump-base"], ids["jump-partner-acme"]}


def test_the_id_is_the_digest_of_the_content_and_not_of_reason_or_needs():
    world = deployed()
    world.partners["acme"] = stack_template("changed")
    alone = world.plan().operations[0]
    world.base = role_template("Base")
    beside = next(operation for operation in world.plan().operations if operation.stack == NAME)
    assert (alone.needs, beside.needs != ()) == ((), True)
    assert alone.id == beside.id
    assert len(alone.id) == 12
    world.partners["acme"] = stack_template("other")
    assert alone.id not in {operation.id for operation in world.plan().operations}


def test_the_order_of_the_plan_is_one_that_a_single_hand_can_run():
    world = World().grant("dev", ou("dev")).grant("ops", ou("work"))
    plan = world.plan()
    seen: set[str] = set()
    for operation in plan.operations:
        assert set(operation.needs) <= seen
        seen.add(operation.id)
    assert set(run_serially(plan, world.aws, world.bodies)) == seen
    assert Queue(plan, parallel=1, per_place=1).startable() == plan.operations[0]


def test_stack_sets_from_which_something_is_only_taken_come_before_the_others():
    world = World().grant("zulu", ou("dev"), ou("sandbox")).grant("alpha", ou("dev"), ou("sandbox"))
    world.deploy()
    world.grant("alpha", ou("dev"), ou("sandbox"), ou("prod")).grant("zulu", ou("dev"))
    assert [operation.stack for operation in world.plan().operations] == ["jump-acme-zulu", "jump-acme-alpha"]
