"""Users whom a stack lets go of: who is offboarded, when, and what waits for it."""

from dataclasses import replace
from typing import Any

import pytest
from small_world import World, ou, run_serially, users

from jumpcf.artifacts.effects import deletions
from jumpcf.artifacts.manifest import JUMP
from jumpcf.artifacts.operation import OffboardUser
from jumpcf.artifacts.plan import Plan

ACME, GLOBEX = "jump-partner-acme", "jump-partner-globex"


def deployed(**partners: Any) -> World:
    world = World(partners=partners)
    world.deploy()
    return world


def offboarded(plan: Plan) -> list[tuple[str, str]]:
    return [(one.stack, one.user) for one in plan.operations if isinstance(one, OffboardUser)]


def test_a_user_who_leaves_is_offboarded_before_his_stack_is_updated():
    world = deployed(acme=users("ken", "mio"))
    world.partners = {"acme": users("mio")}
    first, second = world.plan().operations
    assert isinstance(first, OffboardUser)
    assert (first.place, first.stack, first.user, first.needs) == (JUMP, ACME, "ken", ())
    assert (first.path, first.partner, first.resource) == ("/partner/acme/", "acme", "UserKen")
    assert first.members == "acme-members"
    assert (second.kind, second.needs) == ("deploy-stack", (first.id,))


def test_every_user_of_a_stack_that_is_deleted_is_offboarded_before_it():
    world = deployed(acme=users("mio"), globex=users("ana", "tom", partner="globex"))
    world.partners = {"acme": users("mio")}
    *first, last = world.plan().operations
    assert offboarded(world.plan()) == [(GLOBEX, "ana"), (GLOBEX, "tom")]
    assert (last.kind, set(last.needs)) == ("delete-stack", {one.id for one in first})


def test_a_user_who_goes_to_another_partner_is_offboarded_first_and_then_both_stacks_follow():
    world = deployed(acme=users("mio"), globex=users("ana", "ken", partner="globex"))
    world.partners = {"acme": users("mio", "ken"), "globex": users("ana", partner="globex")}
    offboard, loses, gains = world.plan().operations
    assert offboarded(world.plan()) == [(GLOBEX, "ken")]
    assert (loses.stack, loses.needs) == (GLOBEX, (offboard.id,))
    assert (gains.stack, gains.needs) == (ACME, (loses.id,))


def test_a_user_made_anew_under_another_name_is_offboarded_under_the_old_one():
    world = deployed(acme=users("ken"))
    world.partners = {"acme": {"Resources": {"UserKen": users("kenji")["Resources"]["UserKenji"]}}}
    (first, _) = world.plan().operations
    assert isinstance(first, OffboardUser)
    assert (first.user, first.reason) == ("ken", "the user is made anew under another name")


@pytest.mark.parametrize(
    "change", [{"Groups": ["dev"]}, {"Path": "/partner/other/"}, {"Tags": [{"Key": "own", "Value": "x"}]}]
)
def test_a_user_whose_groups_path_or_tags_change_is_not_offboarded(change):
    world = deployed(acme=users("ken", Groups=["ops"]))
    world.partners = {"acme": users("ken", **{"Groups": ["ops"], **change})}
    (only,) = world.plan().operations
    assert only.kind == "deploy-stack"
    (told,) = world.plan().stacks[1].changes
    assert (told.logical_id, told.action, told.properties) == ("UserKen", "change", tuple(change))


def test_path_and_tag_of_the_offboarding_are_those_of_the_live_stack():
    world = deployed(acme=users("ken", "mio", partner="old-name"))
    world.partners = {"acme": users("mio")}
    first = world.plan().operations[0]
    assert isinstance(first, OffboardUser)
    assert (first.path, first.partner) == ("/partner/old-name/", "old-name")
    assert first.members == "old-name-members"


def test_nobody_is_offboarded_for_a_stack_that_is_made_or_in_somebody_elses_hands():
    world = World(partners={"acme": users("ken")})
    assert offboarded(world.plan()) == []
    world.deploy()
    world.partners = {"acme": users("mio")}
    observed = world.aws.observe()
    for change in ({"status": "ROLLBACK_COMPLETE"}, {"tags": {"team": "other"}}):
        stacks = tuple(replace(one, **change) if one.name == ACME else one for one in observed.stacks)
        assert offboarded(world.plan(replace(observed, stacks=stacks))) == []


@pytest.mark.parametrize(
    "more",
    [{"Path": "/admins/"}, {"Path": None}, {"Tags": []}, {"Tags": None}, {"Tags": [{"Key": "jump-partner"}]}],
)
def test_a_user_whom_nothing_marks_as_a_partners_is_told_of_and_left_alone(more):
    world = deployed(acme=users("ken", **more))
    world.partners = {"acme": users("mio")}
    plan = world.plan()
    assert offboarded(plan) == []
    (notice,) = plan.notices
    assert notice.startswith("jump/jump-partner-acme: the user ken has no path under /partner/ with the tag")
    assert deletions(plan) == ("jump/jump-partner-acme UserKen",)


def test_a_user_whose_name_cloudformation_makes_up_is_told_of_by_his_logical_id():
    body = users("ken")
    del body["Resources"]["UserKen"]["Properties"]["UserName"]
    world = deployed(acme=body)
    world.partners = {"acme": users("mio")}
    assert "the user UserKen has no path" in world.plan().notices[0]


def test_who_is_offboarded_counts_among_the_deletions_once_and_by_name():
    world = deployed(acme=users("ken", "mio"), globex=users("ana", partner="globex"))
    world.partners = {"acme": users("mio")}
    assert deletions(world.plan()) == (f"jump/{GLOBEX}", f"jump/{GLOBEX} user ana", f"jump/{ACME} user ken")


def test_a_renamed_user_counts_among_the_deletions_too():
    world = deployed(acme=users("ken"))
    world.partners = {"acme": {"Resources": {"UserKen": users("kenji")["Resources"]["UserKenji"]}}}
    assert deletions(world.plan()) == (f"jump/{ACME} user ken",)


def test_offboarding_waits_for_nobody_and_stands_before_everything_else():
    world = deployed(acme=users("ken", "mio"), globex=users("ana", "tom", partner="globex"))
    world.grant("dev", ou("dev"))
    world.base = users("new", partner="base")
    world.partners = {"acme": users("mio"), "globex": users("tom", partner="globex")}
    operations = world.plan().operations
    assert [one.kind == "offboard-user" for one in operations[:3]] == [True, True, False]
    assert [one.needs for one in operations[:2]] == [(), ()]
    assert set(run_serially(world.plan(), world.aws, world.bodies)) == {one.id for one in operations}
    assert world.plan().operations == ()


def test_one_who_cannot_be_offboarded_keeps_his_stack_as_it_is_and_nobody_elses():
    world = deployed(acme=users("ken", "mio"), globex=users("ana", "tom", partner="globex"))
    world.partners = {"acme": users("mio"), "globex": users("tom", partner="globex")}
    world.aws.stuck = {"ken"}
    plan = world.plan()
    outcomes = run_serially(plan, world.aws, world.bodies)
    told = {one.stack: outcomes[one.id] for one in plan.operations if one.kind == "deploy-stack"}
    assert {stack: outcome.state for stack, outcome in told.items()} == {ACME: "skipped", GLOBEX: "succeeded"}
    assert "because offboard-user ken of jump/jump-partner-acme failed: ken still has" in told[ACME].reason
    assert not world.status(plan=plan, outcomes=outcomes).as_wanted
    world.aws.stuck = set()
    assert offboarded(world.plan()) == [(ACME, "ken")]
    world.deploy()
    assert (world.plan().operations, world.status().as_wanted) == ((), True)


def test_the_same_offboarding_has_the_same_id_whatever_goes_on_beside_it():
    world = deployed(acme=users("ken", "mio"), globex=users("ana", partner="globex"))
    world.partners = {"acme": users("mio"), "globex": users("ana", partner="globex")}
    alone = world.plan().operations[0].id
    world.partners["globex"] = users("ana", "ken", partner="globex")
    assert world.plan().operations[0].id == alone
