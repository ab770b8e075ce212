"""Templates compared, and plans said in sentences."""

import typing
from dataclasses import replace

from small_world import World, ou, role_template, stack_template, users

from jumpcf.artifacts.destruction import Scope
from jumpcf.artifacts.operation import AnyOperation
from jumpcf.artifacts.plan import ResourceChange
from jumpcf.artifacts.repair import WaitingChangeSet
from jumpcf.planner.changes import other_changes, resource_changes
from jumpcf.planner.destroying import make_destruction
from jumpcf.planner.explain import sentence
from jumpcf.planner.hints import HINTS, hint
from jumpcf.planner.partner_words import partner_sentences
from jumpcf.planner.repair import make_repair

OLD = WaitingChangeSet(stack="jump-base", name="jumpcf-1", id="arn:1", status="AVAILABLE")


def test_the_order_of_keys_is_no_change():
    one = {"Resources": {"A": {"Type": "T", "Properties": {"x": 1, "y": [1, 2]}}}}
    other = {"Resources": {"A": {"Properties": {"y": [1, 2], "x": 1}, "Type": "T"}}}
    assert resource_changes(one, other) == ()


def test_a_change_names_properties_and_attributes():
    one = {"Resources": {"A": {"Type": "T", "Properties": {"x": 1, "y": 1}, "Condition": "C"}}}
    other = {"Resources": {"A": {"Type": "T", "Properties": {"x": 2, "z": 1}, "Condition": "D"}}}
    assert resource_changes(one, other) == (
        ResourceChange(logical_id="A", type="T", action="change", properties=("x", "y", "z", "Condition")),
    )


def test_other_sections_are_named():
    assert other_changes({"Conditions": {"A": 1}}, {"Conditions": {"A": 2}, "Outputs": {}}) == (
        "Conditions",
        "Outputs",
    )


def test_each_kind_of_operation_has_a_sentence():
    world = World(states={"402000000000": "SUSPENDED"}, partners={"acme": users("ken")})
    world.grant("dev", ou("dev")).grant("ops", ou("prod"))
    said = {type(op): sentence(op) for op in world.plan().operations}
    world.deploy()
    world.partners = {"globex": stack_template("globex")}
    world.without("dev").grant("ops", ou("sandbox"), template=role_template("Read"))
    said |= {type(op): sentence(op) for op in world.plan().operations}
    for status in ("UPDATE_ROLLBACK_FAILED", "CREATE_COMPLETE"):
        stacks = tuple(replace(one, status=status) for one in world.aws.observe().stacks)
        observed = replace(world.aws.observe(), stacks=stacks)
        said |= {
            type(op): sentence(op)
            for op in make_repair(world.manifest, observed, world.bodies.get, [OLD]).plan.operations
        }
    base = next(one for one in observed.stacks if one.name == "jump-base")
    remembering = replace(base, tags={**base.tags, "jumpcf-organization/corp": "o-corp0example"})
    others = tuple(one for one in observed.stacks if one is not base)
    for scope in (Scope(kind="estate", name="example"), Scope(kind="organization", name="corp")):
        found = make_destruction(
            world.manifest,
            replace(observed, stacks=(*others, remembering)),
            scope,
            world.bodies.get,
            bucket=True,
        )
        said |= {type(op): sentence(op) for op in (*found.plan.operations, *found.last.operations)}
    missing = {kind.__name__ for kind in typing.get_args(AnyOperation)} - {kind.__name__ for kind in said}
    tested = {"ConfigureStackSet", "SetPasswordPolicy", "CreatePassword", "WithdrawPassword"}
    assert missing == tested  # elsewhere
    assert all(not line.endswith(".") and ": " in line for line in said.values())


def test_a_partner_reads_what_it_gains_and_loses_by_organization():
    world = World().grant("dev", ou("dev")).grant("ops", ou("sandbox"))
    assert partner_sentences(world.plan()) == ("acme: new in 3 accounts of corp",)
    world.deploy()
    world.grant("dev", ou("prod")).grant("ops", ou("sandbox"), template=role_template("Read"))
    assert partner_sentences(world.plan()) == (
        "acme: +role acme-Read in 1 account of corp; new in 2 accounts of corp; "
        "-role acme-Power in 1 account of corp; loses account-402, account-403 of corp",
    )
    world.deploy()
    assert partner_sentences(world.plan()) == ()


def test_hints_are_found_in_any_case_and_each_can_be_reached():
    assert all(hint(part.upper()) == advice for part, advice in HINTS)


def test_what_was_not_tried_for_anothers_failure_has_no_hint_of_its_own():
    cause = "update of jump/jump-partner-acme failed: User with name late.one already exists"
    assert hint(cause)
    assert hint(f"not tried, because {cause}") == ""
