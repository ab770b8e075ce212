"""Rings: which accounts an operation names, what waits for what, and what a failing ring leaves for the next run."""

from dataclasses import replace

import pytest
from small_world import (
    ADMIN,
    DELEGATE,
    JUMP_ACCOUNT,
    MANAGEMENT,
    PATHS,
    RINGS,
    ROOT,
    World,
    ou,
    role_template,
    with_organization,
    with_stack_set,
)

from jumpcf.artifacts.manifest import Rollout
from jumpcf.artifacts.operation import CreateInstances, CreateStackSet, DeleteInstances, UpdateStackSet
from jumpcf.planner.explain import ring_sentences

SANDBOX, DEV, PCI, PROD, WORK = (
    ("401000000000",),
    ("402000000000", "403000000000"),
    ("405000000000",),
    ("404000000000",),
    ("406000000000",),
)
ALL = (ou("sandbox"), ou("work"))
BOTH = role_template("Power", "Read")


def ringed(**more) -> World:
    """A grant on all accounts but the protected ones, rolled out."""
    world = World(rollout=RINGS, **more).grant("all", *ALL)
    world.deploy()
    return world


def steps(plan) -> list[tuple[str, int | None, tuple[str, ...]]]:
    """Kind, ring and accounts of each operation of an organization."""
    return [
        (one.kind, one.ring.number if one.ring else None, getattr(one, "accounts", ()))
        for one in plan.operations
        if one.place != "jump"
    ]


def test_an_account_belongs_to_the_first_ring_that_has_an_ou_above_it():
    plan = World(rollout=RINGS).grant("all", *ALL).plan()
    assert steps(plan) == [
        ("create-stack-set", 1, ()),
        ("create-instances", 1, SANDBOX),
        ("create-instances", 2, (*DEV, *PCI)),
        ("create-instances", 3, (*PROD, *WORK)),
    ]
    names = [one.ring.name for one in plan.operations if isinstance(one, CreateInstances)]
    assert names == ["ring 1 (/Sandbox)", "ring 2 (/Work/Dev, /Work/Prod/Pci)", "ring 3 (the rest)"]


def test_a_call_names_the_stack_sets_own_ous_that_reach_the_rings_accounts():
    plan = World(rollout=RINGS).grant("all", *ALL).plan()
    assert [one.units for one in plan.operations if isinstance(one, CreateInstances)] == [
        (ou("sandbox"),),
        (ou("work"),),
        (ou("work"),),
    ]


def test_each_operation_says_of_its_own_accounts_why_it_is_there():
    world = World(rollout=RINGS).grant("all", *ALL)
    assert [one.reason for one in world.plan().operations if isinstance(one, CreateInstances)] == [
        "new target /Sandbox",
        "new target /Work",
        "2 accounts without the right stack in /Work",
    ]
    assert world.plan().stack_sets[0].reason == "not there yet"
    world = failing("402000000000")
    assert [one.reason for one in world.plan().operations] == [
        "1 account without the right stack in /Work",
        "2 accounts without the right stack in /Work",
    ]
    assert world.plan().stack_sets[0].reason == "3 accounts without the right stack in /Work"


def test_of_an_ou_in_two_rings_by_its_parent_the_first_ring_counts():
    rings = ((ou("pci"),), (ou("work"),))
    plan = World(rollout=Rollout(rings=rings)).grant("all", *ALL).plan()
    assert [step for step in steps(plan) if step[0] == "create-instances"] == [
        ("create-instances", 1, PCI),
        ("create-instances", 2, (*DEV, *PROD, *WORK)),
        ("create-instances", 3, SANDBOX),
    ]


def test_a_new_template_goes_with_the_first_ring_and_the_other_rings_follow():
    plan = ringed().grant("all", *ALL, template=BOTH).plan()
    updates = [one for one in plan.operations if isinstance(one, UpdateStackSet)]
    assert [(one.ring.number, one.accounts, one.follows) for one in updates] == [
        (1, SANDBOX, False),
        (2, (*DEV, *PCI), True),
        (3, (*PROD, *WORK), True),
    ]
    assert {one.region for one in updates} == {"ap-northeast-1"}


def test_rings_go_across_the_stack_sets_of_an_organization():
    world = World(rollout=RINGS).grant("all", *ALL).grant("dev", ou("dev"))
    rings = [step[1] for step in steps(world.plan())]
    assert rings == sorted(rings)
    stacks = [(one.stack, one.kind) for one in world.plan().operations if one.ring and one.ring.number == 2]
    assert stacks == [
        ("jump-acme-all", "create-instances"),
        ("jump-acme-dev", "create-stack-set"),
        ("jump-acme-dev", "create-instances"),
    ]


def test_what_only_takes_away_is_in_no_ring():
    world = World(rollout=RINGS).grant("all", *ALL).grant("dev", ou("dev"))
    world.deploy()
    plan = world.grant("all", ou("sandbox")).without("dev").plan()
    assert plan.operations
    assert all(one.ring is None for one in plan.operations)


def test_an_account_that_a_deletion_empties_does_not_wait_for_rings():
    plan = ringed().grant("all", ROOT).plan()
    assert [(kind, ring) for kind, ring, _ in steps(plan)] == [
        ("delete-instances", None),
        ("create-instances", None),
    ]
    assert any("not divided into rings" in notice for notice in plan.notices)


def test_an_ou_that_a_grant_swaps_for_an_unrelated_one_is_filled_in_its_ring():
    world = World(rollout=RINGS).grant("dev", ou("dev"))
    world.deploy()
    plan = world.grant("dev", ou("sandbox")).plan()
    assert steps(plan) == [("delete-instances", None, ()), ("create-instances", 1, SANDBOX)]
    assert isinstance(plan.operations[0], DeleteInstances)


def test_a_stack_set_without_accounts_gets_its_targets_all_the_same():
    plan = World(rollout=RINGS).grant("nobody", ou("empty")).plan()
    assert steps(plan) == [("create-stack-set", None, ()), ("create-instances", None, ())]
    assert plan.operations[-1].units == (ou("empty"),)


def test_an_empty_ou_beside_full_ones_becomes_a_target_with_the_last_ring():
    plan = World(rollout=RINGS).grant("some", ou("sandbox"), ou("empty")).plan()
    assert steps(plan) == [
        ("create-stack-set", 1, ()),
        ("create-instances", 1, SANDBOX),
        ("create-instances", 1, ()),
    ]
    assert plan.operations[-1].units == (ou("empty"),)


def test_suspended_and_management_accounts_are_named_by_no_ring():
    world = World(rollout=RINGS, states={"402000000000": "SUSPENDED"}).grant("all", ROOT)
    named = {account for _, _, accounts in steps(world.plan()) for account in accounts}
    assert "402000000000" not in named
    assert MANAGEMENT not in named
    assert {JUMP_ACCOUNT, ADMIN, DELEGATE, "401000000000"} < named  # their stacks are made, and empty


def test_new_tags_alone_go_everywhere_at_once_because_nobody_could_tell_later_whom_they_reached():
    world = ringed()
    observed = with_stack_set(world.aws.observe(), "jump-acme-all", tags={"jumpcf-estate": "example"})
    assert steps(world.plan(observed)) == [("update-stack-set", 1, ())]


def test_a_stack_that_is_missing_in_an_early_ring_waits_until_the_new_template_is_there():
    world = World(rollout=RINGS).grant("dev", ou("dev"))
    world.deploy()
    plan = world.grant("dev", ou("dev"), ou("sandbox"), template=BOTH).plan()
    assert steps(plan) == [("update-stack-set", 2, DEV), ("create-instances", 2, SANDBOX)]


def test_a_new_template_for_a_stack_set_that_has_no_stack_yet_comes_before_they_are_made():
    world = World(rollout=RINGS).grant("dev", ou("dev"))
    world.deploy()
    observed = with_stack_set(world.aws.observe(), "jump-acme-dev", instances=())
    plan = world.grant("dev", ou("dev"), template=BOTH).plan(observed)
    assert steps(plan) == [("update-stack-set", 2, ()), ("create-instances", 2, DEV)]


def test_an_inoperable_stack_is_named_by_no_update():
    world = ringed()
    live = world.aws.observe().organizations[0].stack_sets[0]
    broken = tuple(
        replace(one, status="INOPERABLE", detailed="INOPERABLE") if one.account in DEV else one
        for one in live.instances
    )
    plan = world.grant("all", *ALL, template=BOTH).plan(
        with_stack_set(world.aws.observe(), "jump-acme-all", instances=broken)
    )
    assert ("update-stack-set", 2, PCI) in steps(plan)


def test_the_same_work_has_the_same_id_whatever_the_rings_are_called():
    for made in (False, True):
        world = World(rollout=RINGS).grant("dev", ou("dev"))
        if made:
            world.deploy()
            world.grant("dev", ou("dev"), template=BOTH)
        ids = {one.id for one in world.plan().operations}
        world.rollout = Rollout(rings=((ou("work"),),))
        assert {one.id for one in world.plan().operations} == ids
        assert len(ids) == len(world.plan().operations) > 0


def test_a_plan_says_how_many_accounts_each_ring_reaches():
    world = World(rollout=RINGS).grant("all", *ALL).grant("dev", ou("dev"))
    assert ring_sentences(world.plan()) == (
        "corp: ring 1 (/Sandbox): 1 account, then ring 2 (/Work/Dev, /Work/Prod/Pci): 3 accounts, "
        "then ring 3 (the rest): 2 accounts",
    )
    assert ring_sentences(World().grant("all", *ALL).plan()) == ()


def test_without_rings_nothing_is_filtered():
    plan = World().grant("all", *ALL).plan()
    assert steps(plan) == [("create-stack-set", None, ()), ("create-instances", None, ())]


def test_a_ring_whose_ou_is_gone_is_told():
    world = ringed()
    units = tuple(one for one in world.aws.observe().organizations[0].units if one.id != ou("pci"))
    accounts = tuple(a for a in world.aws.observe().organizations[0].accounts if a.unit != ou("pci"))
    observed = with_organization(world.aws.observe(), units=units, accounts=accounts)
    assert f"corp: the OU {ou('pci')} of ring 2 is not there any more" in world.plan(observed).notices


def failing(*accounts: str, rollout: Rollout = RINGS) -> World:
    """A new template that fails in these accounts was rolled out."""
    world = World(rollout=rollout).grant("all", *ALL)
    world.deploy()
    world.aws.broken |= {("jump-acme-all", account): "Role acme-Read already exists" for account in accounts}
    world.grant("all", *ALL, template=BOTH)
    world.deploy()
    return world


def test_a_run_after_a_failed_ring_goes_on_with_what_failed_and_names_no_account_that_is_current():
    world = failing("402000000000")
    assert steps(world.plan()) == [
        ("create-instances", 2, ("402000000000",)),
        ("create-instances", 3, (*PROD, *WORK)),
    ]
    world.aws.broken.clear()
    world.deploy()
    assert world.status().as_wanted
    assert world.plan().operations == ()


def test_a_failed_ring_keeps_the_later_ones_from_the_new_template():
    world = failing("402000000000")
    live = world.aws.observe().organizations[0].stack_sets[0]
    states = {one.account: one.status for one in live.instances}
    assert {states[account] for account in (*SANDBOX, "403000000000", *PCI)} == {"CURRENT"}
    assert {states[account] for account in (*PROD, *WORK)} == {"OUTDATED"}


def test_a_failure_within_the_tolerance_lets_the_later_rings_go_on():
    world = failing("402000000000", rollout=replace(RINGS, failure_tolerance="1"))
    assert steps(world.plan()) == [("create-instances", 2, ("402000000000",))]
    assert not world.status().as_wanted


@pytest.mark.parametrize("unit", [unit for unit in PATHS if unit != ROOT])
def test_rings_change_who_is_asked_when_and_never_what_comes_out(unit):
    plain, ringed_world = World(), World(rollout=Rollout(rings=((unit,), (ou("work"),))))
    for world in (plain, ringed_world):
        world.grant("all", *ALL).grant("dev", ou("dev"), ou("empty"))
        world.deploy()
        world.grant("all", *ALL, template=BOTH).grant("dev", ou("prod"))
        world.deploy()
        assert world.plan().operations == ()
        assert world.status().as_wanted
    assert plain.aws.observe() == ringed_world.aws.observe()


def test_a_stack_set_is_made_by_the_ring_that_fills_it_first():
    plan = World(rollout=RINGS).grant("dev", ou("dev")).plan()
    made = next(one for one in plan.operations if isinstance(one, CreateStackSet))
    assert made.ring.number == 2
