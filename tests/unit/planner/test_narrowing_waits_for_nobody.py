"""An update of a StackSet that is proved to give nobody anything waits for no stack of the jump account."""

from dataclasses import replace
from typing import Any

import pytest
from small_world import (
    ADMIN,
    DELEGATE,
    JUMP_ACCOUNT,
    MANAGEMENT,
    RINGS,
    World,
    ou,
    role_template,
    stack_template,
    users,
    with_stack_set,
)

from jumpcf.artifacts.manifest import JUMP, Rollout
from jumpcf.artifacts.operation import CreateInstances, DeployStack, OffboardUser, UpdateStackSet
from jumpcf.artifacts.plan import Plan

NAME, ACME = "jump-acme-dev", "jump-partner-acme"
PROTECTED = (JUMP_ACCOUNT, ADMIN, DELEGATE, MANAGEMENT)


def roles(*levels: str, seconds: int = 3600, excepted: tuple[str, ...] = ()) -> Any:
    """Roles of which everything can be read, so that something can be proved of their change."""
    body = role_template(*levels, excluded=(*PROTECTED, *excepted))
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": JUMP_ACCOUNT}}
    for role in body["Resources"].values():
        role["Properties"]["MaxSessionDuration"] = seconds
        role["Properties"]["AssumeRolePolicyDocument"] = {"Version": "2012-10-17", "Statement": [trust]}
    return body


def deployed(*units: str, rollout: Rollout | None = None, excepted: tuple[str, ...] = ()) -> World:
    """One grant, and a partner of whose two users one is about to leave."""
    world = World(partners={"acme": users("ken", "mio")}, rollout=rollout or Rollout())
    world.grant("dev", *(units or (ou("dev"),)), template=roles("Power", "Read", excepted=excepted))
    world.deploy()
    world.partners = {"acme": users("mio")}
    return world


def updates(plan: Plan) -> list[UpdateStackSet]:
    return [one for one in plan.operations if isinstance(one, UpdateStackSet)]


def of_the_jump_account(plan: Plan) -> set[str]:
    return {one.id for one in plan.operations if one.place == JUMP}


@pytest.mark.parametrize(
    "body",
    [
        roles("Power", "Read", seconds=1800),
        roles("Power"),
        {**roles("Power", "Read"), "Description": "in other words"},
    ],
    ids=["shorter sessions", "a role that goes", "nothing of access"],
)
def test_what_narrows_or_changes_nothing_waits_for_nobody(body: Any) -> None:
    plan = deployed().grant("dev", ou("dev"), template=body).plan()
    assert [type(one) for one in plan.operations if one.place == JUMP] == [OffboardUser, DeployStack]
    (update,) = updates(plan)
    assert update.needs == ()


@pytest.mark.parametrize(
    "body",
    [roles("Power", "Read", seconds=7200), roles("Power", "Read", "Admin"), roles("Read", "Admin")],
    ids=["longer sessions", "a role more", "one role more and one less"],
)
def test_what_broadens_in_any_part_waits_as_ever(body: Any) -> None:
    plan = deployed().grant("dev", ou("dev"), template=body).plan()
    (update,) = updates(plan)
    assert update.needs == tuple(one.id for one in plan.operations if isinstance(one, DeployStack))


@pytest.mark.parametrize(
    "changes", [{"tags": {"jumpcf-estate": "example", "jumpcf-grant": "old"}}, {"capabilities": ()}]
)
def test_new_tags_or_capabilities_wait_even_beside_a_template_that_narrows(changes: dict[str, Any]) -> None:
    world = deployed().grant("dev", ou("dev"), template=roles("Power"))
    (update,) = updates(world.plan(with_stack_set(world.aws.observe(), NAME, **changes)))
    assert update.needs


def test_an_account_that_is_excepted_no_more_gets_roles_by_the_update_so_that_waits() -> None:
    world = deployed(excepted=("403000000000",)).grant("dev", ou("dev"), template=roles("Power", "Read"))
    plan = world.plan()
    assert [(one.account, one.effect) for one in plan.stack_sets[0].accounts if one.effect == "new"] == [
        ("403000000000", "new")
    ]
    assert updates(plan)[0].needs


def test_an_account_that_is_excepted_from_now_on_only_loses() -> None:
    body = roles("Power", "Read", excepted=("403000000000",))
    world = deployed().grant("dev", ou("dev"), template=body, excepted=("403000000000",))
    assert updates(world.plan())[0].needs == ()


def test_stacks_that_are_new_beside_it_wait_for_both() -> None:
    plan = deployed().grant("dev", ou("dev"), ou("sandbox"), template=roles("Power")).plan()
    (update,) = updates(plan)
    (creation,) = [one for one in plan.operations if isinstance(one, CreateInstances)]
    assert update.needs == ()
    assert creation.needs[0] == update.id
    assert set(creation.needs[1:]) <= of_the_jump_account(plan)
    assert creation.needs[1:]


def test_ring_after_ring_it_waits_for_its_own_updates_and_not_for_stacks_that_are_made() -> None:
    world = deployed(ou("dev"), ou("prod"), rollout=RINGS)
    plan = world.grant("dev", ou("dev"), ou("prod"), ou("sandbox"), template=roles("Power")).plan()
    kinds = [type(one) for one in plan.operations if one.stack == NAME]
    assert kinds.count(CreateInstances) == 1
    needs = [one.needs for one in updates(plan)]
    assert needs == [(), *((one.id,) for one in updates(plan)[:-1])]
    assert [one.ring.number for one in updates(plan) if one.ring] == [2, 3]


def test_a_deletion_that_is_made_good_again_waits_with_its_update() -> None:
    plan = deployed(ou("work")).grant("dev", ou("prod"), template=roles("Power")).plan()
    assert of_the_jump_account(plan) & set(updates(plan)[0].needs)


def test_it_is_started_before_what_gives() -> None:
    world = deployed()
    world.grant("aside", ou("sandbox"), template=roles("Power"))
    world.deploy()
    world.grant("aside", ou("sandbox"), template=roles("Power", "Read"))
    world.grant("dev", ou("dev"), template=roles("Power"))
    assert [one.stack for one in updates(world.plan())] == ["jump-acme-dev", "jump-acme-aside"]


def test_its_id_is_the_same_whether_it_waits_or_not() -> None:
    world = deployed().grant("dev", ou("dev"), template=roles("Power"))
    live = world.aws.observe()
    (free,) = updates(world.plan())
    # to a live template of which nothing is known, everything is new
    unknown = replace(live, templates={})
    (waiting,) = updates(world.plan(unknown))
    assert (free.needs, bool(waiting.needs)) == ((), True)
    assert free.id == waiting.id


def test_who_cannot_be_offboarded_is_denied_all_the_same_and_the_next_run_does_the_rest() -> None:
    world = deployed().grant("dev", ou("dev"), template=roles("Power"))
    world.aws.stuck.add("ken")
    outcomes = world.deploy()
    assert sorted(one.state for one in outcomes.values()) == ["failed", "skipped", "succeeded"]
    assert [one.kind for one in world.plan().operations] == ["offboard-user", "deploy-stack"]
    assert not world.status().as_wanted
    world.aws.stuck.clear()
    world.deploy()
    assert world.status().as_wanted
    assert world.plan().operations == ()


def test_it_waits_for_what_all_partners_share_no_more_than_for_his_own() -> None:
    world = deployed().grant("dev", ou("dev"), template=roles("Power"))
    world.base = stack_template("another base")
    plan = world.plan()
    assert "jump-base" in {one.stack for one in plan.operations}
    assert updates(plan)[0].needs == ()
