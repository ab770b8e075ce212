"""Plans that a person has read, each as sentences and as the record that is stored."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from small_world import RINGS, ROOT, World, ou, role_template, stack_template, users, with_stack_set

from jumpcf.artifacts.codec import canonical, decode
from jumpcf.artifacts.observed import Observed
from jumpcf.artifacts.plan import Plan
from jumpcf.planner.explain import sentence
from jumpcf.planner.partner_words import partner_sentences

PLANS = Path(__file__).parents[2] / "golden" / "plans"


def deployed(**more: object) -> World:
    """An estate that is rolled out: dev on /Work/Dev, everywhere on the root less one account."""
    world = World(**more).grant("dev", ou("dev")).grant("everywhere", ROOT, excepted=("401000000000",))
    world.deploy()
    return world


def first_deploy() -> Plan:
    return World().grant("dev", ou("dev")).grant("nobody", ou("empty")).plan()


def nothing_changed() -> Plan:
    return deployed().plan()


def add_ou() -> Plan:
    return deployed().grant("dev", ou("dev"), ou("sandbox")).plan()


def remove_ou() -> Plan:
    world = World().grant("dev", ou("dev"), ou("sandbox"))
    world.deploy()
    return world.grant("dev", ou("dev")).plan()


def parent_to_child() -> Plan:
    world = World().grant("dev", ou("work"))
    world.deploy()
    return world.grant("dev", ou("prod")).plan()


def child_to_parent() -> Plan:
    world = World().grant("dev", ou("prod"))
    world.deploy()
    return world.grant("dev", ou("work")).plan()


def change_level() -> Plan:
    world = deployed()
    body = role_template("Power", "Read")
    body["Resources"]["RolePower"]["Properties"]["MaxSessionDuration"] = 7200
    world.partners["acme"] = stack_template("acme two")
    return world.grant("dev", ou("dev"), template=body).plan()


def remove_grant() -> Plan:
    return deployed().without("dev").plan()


def remove_partner() -> Plan:
    world = deployed().grant("own", ou("prod"), partner="globex")
    world.partners["globex"] = stack_template("globex")
    world.deploy()
    del world.partners["globex"]
    return world.without("own", partner="globex").plan()


def foreign_set() -> Plan:
    world = deployed()
    return world.plan(with_stack_set(world.aws.observe(), "jump-acme-dev", tags={"team": "other"}))


def suspended() -> Plan:
    world = deployed(states={"402000000000": "SUSPENDED"})
    return world.without("dev").plan()


def moved_account() -> Plan:
    """AWS itself takes the stack away and makes the other one; the plan only tells what it could not."""
    world = deployed()
    world.aws.move("corp", "402000000000", ou("sandbox"))
    observed = world.aws.observe()
    lagging = next(
        one for one in deployed().aws.observe().organizations[0].stack_sets if one.name.endswith("dev")
    )
    return world.plan(with_stack_set(observed, "jump-acme-dev", instances=lagging.instances))


def gap() -> Plan:
    """One account failed when it joined, one was never reached."""
    world = deployed(broken={("jump-acme-dev", "402000000000"): "Role acme-Power already exists"})
    return world.plan(without_instance(world.aws.observe(), "jump-acme-dev", "403000000000"))


def without_instance(observed: Observed, name: str, account: str) -> Observed:
    live = next(one for one in observed.organizations[0].stack_sets if one.name == name)
    return with_stack_set(observed, name, instances=tuple(i for i in live.instances if i.account != account))


def settings() -> Plan:
    world = deployed()
    return world.plan(
        with_stack_set(world.aws.observe(), "jump-acme-dev", auto_deployment=False, running="op-9")
    )


def rolled_back_creation() -> Plan:
    world = deployed()
    observed = world.aws.observe()
    stacks = tuple(
        replace(one, status="ROLLBACK_COMPLETE") if one.name == "jump-partner-acme" else one
        for one in observed.stacks
    )
    return world.plan(replace(observed, stacks=stacks))


def moved_user() -> Plan:
    """A user of globex goes to acme: acme's stack, first by name, is deployed second."""
    world = deployed(partners={"acme": users("mio"), "globex": users("ana", "ken", partner="globex")})
    world.partners = {"acme": users("mio", "ken"), "globex": users("ana", partner="globex")}
    return world.plan()


def leaving_user() -> Plan:
    """One user of acme leaves, one gets other groups; globex goes with its last user."""
    world = deployed(
        partners={"acme": users("ken", "mio", Groups=["ops"]), "globex": users("ana", partner="globex")}
    )
    world.partners = {"acme": users("mio", Groups=["dev"])}
    return world.plan()


def ringed_first_deploy() -> Plan:
    """Two StackSets that begin in different rings, and one without accounts."""
    world = World(rollout=RINGS).grant("everywhere", ou("sandbox"), ou("work"), ou("empty"))
    return world.grant("dev", ou("dev")).grant("nobody", ou("empty")).plan()


def ringed_update() -> Plan:
    """A new template for accounts of all rings; one account joined while auto-deployment slept."""
    world = World(rollout=RINGS).grant("everywhere", ou("sandbox"), ou("work")).grant("dev", ou("dev"))
    world.deploy()
    world.grant("everywhere", ou("sandbox"), ou("work"), template=role_template("Power", "Read"))
    world.grant("dev", ou("dev"), ou("sandbox"), template=role_template("Read"))
    return world.plan(without_instance(world.aws.observe(), "jump-acme-everywhere", "404000000000"))


def ringed_second_try() -> Plan:
    """The first ring failed: the second plan begins with its failed account and goes on."""
    world = World(rollout=RINGS).grant("everywhere", ou("sandbox"), ou("work"))
    world.deploy()
    world.aws.broken["jump-acme-everywhere", "401000000000"] = "acme-Read already exists"
    world.grant("everywhere", ou("sandbox"), ou("work"), template=role_template("Power", "Read"))
    world.deploy()
    return world.plan()


CASES = [
    first_deploy,
    nothing_changed,
    add_ou,
    remove_ou,
    parent_to_child,
    child_to_parent,
    change_level,
    remove_grant,
    remove_partner,
    foreign_set,
    suspended,
    moved_account,
    gap,
    settings,
    rolled_back_creation,
    moved_user,
    leaving_user,
    ringed_first_deploy,
    ringed_update,
    ringed_second_try,
]


@pytest.mark.parametrize("make", CASES, ids=lambda make: make.__name__)
def test_the_plan_is_the_one_that_was_read(make, golden):
    plan = make()
    shown = {
        "operations": [sentence(operation) for operation in plan.operations],
        "partners": partner_sentences(plan),
        "record": json.loads(canonical(plan)),
    }
    golden(PLANS / f"{make.__name__}.json", json.dumps(shown, indent=1, ensure_ascii=False) + "\n")


@pytest.mark.parametrize("make", CASES, ids=lambda make: make.__name__)
def test_a_plan_read_back_is_the_plan(make):
    plan = make()
    assert decode(Plan, canonical(plan)) == plan


def test_every_golden_plan_has_its_case():
    assert {path.stem for path in PLANS.glob("*.json")} == {make.__name__ for make in CASES}


def test_nothing_changed_means_no_operations():
    assert nothing_changed().operations == ()
