"""Fixed IAM names that move between stacks of the jump account: who waits for whom, and what people are told."""

from typing import Any

import pytest
from small_world import World, ou, run_serially, stack_template, users

from jumpcf.artifacts.codec import content_digest
from jumpcf.artifacts.manifest import JUMP
from jumpcf.artifacts.operation import AnyOperation, OffboardUser
from jumpcf.artifacts.plan import Plan
from jumpcf.planner.diff import make_plan
from jumpcf.planner.moves import CALLED, fixed_names
from jumpcf.planner.replaced import NAMES

LOST = "password, MFA and keys are lost"


def deployed(**partners: Any) -> World:
    world = World(partners=partners)
    world.deploy()
    return world


def of_stacks(plan: Plan) -> list[AnyOperation]:
    """The operations on the stacks of the jump account, without those on their users."""
    return [one for one in plan.operations if one.place == JUMP and not isinstance(one, OffboardUser)]


def needs(plan: Plan) -> dict[str, set[str]]:
    """The stacks that each stack of the jump account waits for."""
    names = {one.id: one.stack for one in of_stacks(plan)}
    return {one.stack: {names[need] for need in one.needs if need in names} for one in of_stacks(plan)}


ACME, GLOBEX, INITECH = (f"jump-partner-{name}" for name in ("acme", "globex", "initech"))


def test_the_partner_that_gains_a_user_waits_for_the_one_that_loses_it():
    world = deployed(acme=users("ken", "mio"), globex=users("ana"))
    world.partners = {"acme": users("mio"), "globex": users("ana", "ken")}
    plan = world.plan()
    assert needs(plan) == {ACME: set(), GLOBEX: {ACME}}
    assert plan.notices == (
        f"user ken leaves partner acme, is offboarded and made anew in partner globex: {LOST}",
    )
    assert plan.blockers == ()


def test_every_new_template_is_read_once_whatever_is_asked_of_it():
    partners = {f"p{number}": (f"ken{number}", f"mio{number}") for number in range(20)}
    world = deployed(**{name: users(*people, partner=name) for name, people in partners.items()})
    world.partners = {name: users(people[0], partner=name) for name, people in partners.items()}
    world.partners["p0"] = users("ken0", "mio1")
    read: list[str] = []
    make_plan(world.manifest, world.aws.observe(), lambda one: read.append(one) or world.bodies[one])
    assert sorted(read) == sorted({content_digest(one) for one in world.partners.values()})


def test_the_order_follows_the_move_and_not_the_names_of_the_partners():
    world = deployed(acme=users("mio"), globex=users("ana", "ken"))
    world.partners = {"acme": users("mio", "ken"), "globex": users("ana")}
    plan = world.plan()
    assert needs(plan) == {GLOBEX: set(), ACME: {GLOBEX}}
    assert [one.stack for one in of_stacks(plan)] == [GLOBEX, ACME]
    run_serially(plan, world.aws, world.bodies)
    assert (world.plan().operations, world.plan().notices) == ((), ())


def test_a_partner_that_is_new_waits_for_what_it_needs_anyway_and_for_the_user():
    world = deployed(acme=users("ken", "mio"))
    world.base = stack_template("changed")
    world.partners = {"acme": users("mio"), "globex": users("ken")}
    assert needs(world.plan())[GLOBEX] == {"jump-base", ACME}


def test_a_user_of_a_partner_that_goes_is_taken_over_after_its_stack_is_deleted():
    world = deployed(acme=users("mio"), globex=users("ken"))
    world.partners = {"acme": users("mio", "ken")}
    plan = world.plan()
    assert needs(plan) == {GLOBEX: set(), ACME: {GLOBEX}}
    assert plan.notices == (
        f"user ken leaves partner globex, is offboarded and made anew in partner acme: {LOST}",
    )


def test_names_that_differ_only_in_case_are_the_same_name():
    world = deployed(acme=users("Ken", "mio"), globex=users("ana"))
    world.partners = {"acme": users("mio"), "globex": users("ana", "kEN")}
    assert needs(world.plan())[GLOBEX] == {ACME}


@pytest.mark.parametrize("kind", sorted(set(CALLED) - {"AWS::IAM::User"}))
def test_every_kind_with_a_fixed_name_waits_and_only_a_user_is_told_of(kind):
    body = {"Resources": {"Thing": {"Type": kind, "Properties": {NAMES[kind]: "shared"}}}}
    world = deployed(acme=body, globex=users("ana"))
    world.partners = {"acme": users("mio"), "globex": body}
    plan = world.plan()
    assert needs(plan)[GLOBEX] == {ACME}
    assert plan.notices == ()


def test_a_user_and_a_group_of_one_name_are_two_things():
    world = deployed(acme=users("ops"), globex=users("ana"))
    world.partners = {"acme": users("mio"), "globex": stack_template("ops")}
    assert needs(world.plan())[GLOBEX] == set()


@pytest.mark.parametrize("name", ["kEN", "Ken"])  # another logical id, and the same one
def test_a_name_that_a_stack_keeps_in_other_case_does_not_move_and_is_a_blocker(name):
    world = deployed(acme=users("ken", "mio"))
    world.partners = {"acme": users("mio", name)}
    world.partners["acme"]["Resources"]["User" + name] = world.partners["acme"]["Resources"].pop("UserKen")
    plan = world.plan()
    assert needs(plan) == {ACME: set()}
    (blocker,) = plan.blockers
    assert f"user ken (UserKen) becomes {name} (User{name}), which IAM takes for the same name" in blocker
    assert "deploy in two steps" in blocker


def test_a_resource_that_gets_another_logical_id_in_its_own_stack_is_a_blocker():
    body = {"Resources": {"Old": {"Type": "AWS::IAM::Group", "Properties": {"GroupName": "ops"}}}}
    world = deployed(acme=body)
    world.partners = {"acme": {"Resources": {"New": body["Resources"]["Old"]}}}
    (blocker,) = world.plan().blockers
    assert "the group ops (Old) becomes ops (New)" in blocker
    world.partners = {"acme": {"Resources": {"Old": {**body["Resources"]["Old"], "Metadata": {"a": 1}}}}}
    assert world.plan().blockers == ()


def test_users_that_only_come_or_only_go_make_nobody_wait():
    world = deployed(acme=users("ken", "mio"), globex=users("ana"))
    world.partners = {"acme": users("mio"), "globex": users("ana", "tom")}
    plan = world.plan()
    assert (needs(plan), plan.notices) == ({ACME: set(), GLOBEX: set()}, ())


def test_users_who_swap_partners_are_a_blocker_that_names_them_and_the_two_steps():
    world = deployed(acme=users("ken", "mio"), globex=users("ana", "tom"))
    world.partners = {"acme": users("mio", "ana"), "globex": users("tom", "ken")}
    plan = world.plan()
    (blocker,) = plan.blockers
    assert "user ken (partner acme to partner globex), user ana (partner globex to partner acme)" in blocker
    assert "deploy in two steps" in blocker
    assert needs(plan) == {ACME: set(), GLOBEX: set()}


def test_a_ring_of_three_is_a_blocker_and_who_only_leans_on_it_is_not_named():
    world = deployed(acme=users("a"), globex=users("g"), initech=users("i", "z"), umbrella=users("u"))
    world.partners = {
        "acme": users("i"),
        "globex": users("a"),
        "initech": users("g"),
        "umbrella": users("u", "z"),
    }
    plan = world.plan()
    (blocker,) = plan.blockers
    assert [f"user {name} (" in blocker for name in "agiz"] == [True, True, True, False]
    assert needs(plan)["jump-partner-umbrella"] == {INITECH}


def test_the_two_steps_of_a_swap_both_go_through():
    world = deployed(acme=users("ken", "mio"), globex=users("ana", "tom"))
    world.partners = {"acme": users("mio"), "globex": users("tom")}
    world.deploy()
    world.partners = {"acme": users("mio", "ana"), "globex": users("tom", "ken")}
    world.deploy()
    assert world.plan().operations == ()


def test_a_name_that_goes_from_a_partner_to_the_stack_that_it_waits_for_is_a_blocker_too():
    world = deployed(acme=users("ken", "mio"))
    world.base = users("ken")
    world.partners = {"acme": users("mio")}
    (blocker,) = world.plan().blockers
    assert "user ken (partner acme to the stack jump-base)" in blocker


def test_the_stack_sets_of_the_gaining_partner_still_wait_for_its_stack():
    world = deployed(acme=users("ken", "mio"), globex=users("ana"))
    world.partners = {"acme": users("mio"), "globex": users("ana", "ken")}
    plan = world.grant("lab", ou("dev"), partner="globex").plan()
    ids = {one.stack: one.id for one in of_stacks(plan)}
    create = next(one for one in plan.operations if one.kind == "create-stack-set")
    assert create.needs == (ids[GLOBEX],)


def test_the_order_with_moves_is_one_that_a_single_hand_can_run():
    world = deployed(acme=users("a"), globex=users("g"), initech=users("i"))
    world.partners = {"acme": users("a", "g"), "globex": users("i"), "initech": users("n")}
    plan = world.plan()
    assert [one.stack for one in of_stacks(plan)] == [INITECH, GLOBEX, ACME]
    assert set(run_serially(plan, world.aws, world.bodies)) == {one.id for one in plan.operations}


@pytest.mark.parametrize(
    "template", [None, "text", {"Resources": []}, {"Resources": {"User": "text"}}, users({"Ref": "Name"}, 7)]
)
def test_a_template_without_fixed_names_has_none(template):
    assert fixed_names(template) == {}
