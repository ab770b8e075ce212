"""From any state to any manifest in one run, and no stack touched that was right already."""

from dataclasses import replace
from typing import Any

from fakes import FakeGateway
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_world import (
    ADMIN,
    DELEGATE,
    HOMES,
    JUMP_ACCOUNT,
    MANAGEMENT,
    PATHS,
    World,
    role_template,
    run_serially,
    stack_template,
)

from jumpcf.artifacts.codec import canonical
from jumpcf.artifacts.observed import Observed, ObservedInstance, ObservedStackSet
from jumpcf.planner.tree import Tree

MOVABLE = [account for account in HOMES if account[0] == "4"]
UNITS = sorted(PATHS)
PROTECTED = (JUMP_ACCOUNT, ADMIN, DELEGATE, MANAGEMENT)
EXAMPLES = settings(
    max_examples=100, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)


def antichain(units: list[str]) -> tuple[str, ...]:
    tree = Tree.of(World().nothing().organizations[0])
    kept: list[str] = []
    for unit in units:
        if not any(tree.related(unit, other) for other in kept):
            kept.append(unit)
    return tuple(sorted(kept))


targets = st.lists(st.sampled_from(UNITS), min_size=1, max_size=4, unique=True).map(antichain)


@st.composite
def worlds(draw: Any, homes: dict[str, str], states: dict[str, str]) -> World:
    partners = draw(st.sets(st.sampled_from(["acme", "globex"])))
    world = World(homes=homes, states=states, partners={one: stack_template(one) for one in sorted(partners)})
    for partner in sorted(partners):
        for grant in sorted(draw(st.sets(st.sampled_from(["dev", "ops"])))):
            levels = draw(st.sampled_from([("Power",), ("Power", "Read")]))
            excepted = tuple(sorted(draw(st.sets(st.sampled_from(MOVABLE[:2])))))
            body = role_template(*levels, excluded=(*PROTECTED, *excepted))
            world.grant(grant, *draw(targets), template=body, partner=partner, excepted=excepted)
    return world


@st.composite
def trees(draw: Any) -> tuple[dict[str, str], dict[str, str]]:
    homes = dict(HOMES) | {account: draw(st.sampled_from(UNITS)) for account in MOVABLE}
    states = {one: "SUSPENDED" for one in sorted(draw(st.sets(st.sampled_from(MOVABLE), max_size=2)))}
    return homes, states


@st.composite
def damaged(draw: Any, one: ObservedStackSet) -> ObservedStackSet:
    """A StackSet after somebody was at it: instances gone or failed, targets gone, settings turned."""
    kept: list[ObservedInstance] = []
    for instance in one.instances:
        fate = draw(st.sampled_from(["kept", "kept", "kept", "gone", "failed", "cancelled", "pending"]))
        if fate == "kept" or instance.detailed == "SKIPPED_SUSPENDED_ACCOUNT":
            kept.append(instance)
        elif fate != "gone":
            kept.append(replace(instance, status="OUTDATED", detailed=fate.upper(), reason="because"))
    return replace(
        one,
        instances=tuple(kept),
        units=tuple(unit for unit in one.units if draw(st.integers(0, 5))),
        auto_deployment=bool(draw(st.integers(0, 5))),
        managed_execution=bool(draw(st.integers(0, 5))),
        tags=one.tags if draw(st.integers(0, 5)) else {**one.tags, "jumpcf-old": "yes"},
    )


@st.composite
def stories(draw: Any) -> tuple[World, Observed, World]:
    """A tree, what was once rolled out there and since damaged, and what is wanted now."""
    homes, states = draw(trees())
    before = draw(worlds(homes, states))
    before.deploy()
    observed = before.aws.observe()
    organization = observed.organizations[0]
    sets = tuple(draw(damaged(one)) if draw(st.booleans()) else one for one in organization.stack_sets)
    wanted = draw(worlds(homes, states))
    for key, grant in before.grants.items():  # most of an estate stays as it is from run to run
        if key[0] in wanted.partners and draw(st.booleans()):
            wanted.grants[key] = grant
    return before, replace(observed, organizations=(replace(organization, stack_sets=sets),)), wanted


@EXAMPLES
@given(stories())
def test_one_run_reaches_the_manifest_from_anywhere(story):
    before, observed, wanted = story
    wanted.aws = FakeGateway(observed, {**before.bodies, **wanted.bodies})
    plan = wanted.plan()
    assert plan.blockers == ()
    outcomes = run_serially(plan, wanted.aws, wanted.bodies)
    assert {outcome.state for outcome in outcomes.values()} <= {"succeeded"}
    assert wanted.plan().operations == ()
    assert wanted.status().as_wanted


@EXAMPLES
@given(stories())
def test_what_is_right_already_is_not_touched(story):
    before, observed, wanted = story
    fresh = World(
        homes=wanted.homes, states=wanted.states, partners=wanted.partners, grants=dict(wanted.grants)
    )
    fresh.deploy()
    right = {one.name: one for one in fresh.aws.observe().organizations[0].stack_sets}
    live = {one.name: one for one in observed.organizations[0].stack_sets}
    wanted.aws = FakeGateway(observed, {**before.bodies, **wanted.bodies})
    touched = {operation.stack for operation in wanted.plan().operations if operation.place == "corp"}
    excepted = {f"jump-{partner}-{grant}": less for (partner, grant), (_, _, less) in wanted.grants.items()}
    untouched = {
        name
        for name in right
        if name in live and as_set(live[name], excepted[name]) == as_set(right[name], excepted[name])
    }
    assert not touched & untouched
    assert touched == {name for name in right.keys() | live.keys() if name not in untouched}


@EXAMPLES
@given(stories())
def test_no_stack_appears_where_neither_the_old_nor_the_new_targets_reach(story):
    before, observed, wanted = story
    wanted.aws = FakeGateway(observed, {**before.bodies, **wanted.bodies})
    tree = Tree.of(observed.organizations[0])
    allowed = {}
    for name, compiled in {one.name: one for one in wanted.manifest.stacks if one.target}.items():
        allowed[name] = {account.id for account in tree.scope(compiled.target.ous)}
    for one in observed.organizations[0].stack_sets:
        allowed.setdefault(one.name, set()).update(instance.account for instance in one.instances)
    plan = wanted.plan()
    run_serially(plan, wanted.aws, wanted.bodies)
    for one in wanted.aws.observe().organizations[0].stack_sets:
        assert {instance.account for instance in one.instances} <= allowed[one.name] - {MANAGEMENT}


@EXAMPLES
@given(stories())
def test_the_same_inputs_give_the_same_bytes(story):
    _, observed, wanted = story
    organization = observed.organizations[0]
    shuffled = replace(
        observed,
        stacks=observed.stacks[::-1],
        organizations=(
            replace(
                organization,
                stack_sets=organization.stack_sets[::-1],
                accounts=organization.accounts[::-1],
                units=organization.units[::-1],
            ),
        ),
    )
    assert canonical(wanted.plan(observed)) == canonical(wanted.plan(shuffled))


def as_set(one: ObservedStackSet, excepted: tuple[str, ...]) -> ObservedStackSet:
    """A StackSet without what no plan looks at: reasons, and good stacks of accounts where they are empty."""
    empty = {*PROTECTED, *excepted}
    instances = sorted(
        (replace(i, reason="") for i in one.instances if i.account not in empty or i.status != "CURRENT"),
        key=lambda i: i.account,
    )
    return replace(one, instances=tuple(instances), units=tuple(sorted(one.units)))
