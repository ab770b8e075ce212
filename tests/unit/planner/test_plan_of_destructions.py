"""What a destruction names, and in which order."""

from dataclasses import replace

import pytest
from small_world import World, ou, run_serially, users, with_stack_set

from jumpcf.artifacts.destruction import Destruction, Scope
from jumpcf.artifacts.observed import Observed
from jumpcf.planner.destroying import make_destruction

ESTATE, ACME = Scope(kind="estate", name="example"), Scope(kind="partner", name="acme")
CORP = Scope(kind="organization", name="corp")


def made() -> World:
    world = World(partners={"acme": users("ken"), "globex": users("lee", partner="globex")})
    world.grant("dev", ou("work")).grant("ops", ou("sandbox"), partner="globex")
    world.deploy()
    return world


def destruction(
    world: World, scope: Scope, observed: Observed | None = None, *, bucket: bool = False
) -> Destruction:
    return make_destruction(
        world.manifest, observed or world.aws.observe(), scope, world.bodies.__getitem__, bucket=bucket
    )


def names(found: Destruction) -> list[tuple[str, str]]:
    return [(one.kind, one.stack) for one in (*found.plan.operations, *found.last.operations)]


def test_a_partner_loses_people_first_then_stacks_then_stack_sets() -> None:
    world = made()
    found = destruction(world, ACME)
    assert names(found) == [
        ("offboard-user", "jump-partner-acme"),
        ("delete-stack", "jump-partner-acme"),
        ("delete-instances", "jump-acme-dev"),
        ("delete-stack-set", "jump-acme-dev"),
    ]
    offboard, stack, instances, _ = found.plan.operations
    assert stack.needs == (offboard.id,)
    assert instances.needs == (), "what takes access away waits for nobody"
    run_serially(found.plan, world.aws, world.bodies)
    assert destruction(world, ACME).is_done


def test_an_organization_loses_its_stack_sets_and_jump_base_its_memory_of_it_last() -> None:
    world = made()
    observed = world.aws.observe()
    tagged = tuple(
        replace(one, tags={**one.tags, "jumpcf-organization/corp": "o-corp0example"})
        if one.name == "jump-base"
        else one
        for one in observed.stacks
    )
    found = destruction(world, CORP, replace(observed, stacks=tagged))
    assert {kind for kind, _ in names(found)} == {"delete-instances", "delete-stack-set", "remove-tags"}
    last = found.plan.operations[-1]
    assert set(last.needs) == {one.id for one in found.plan.operations[:-1]}
    assert any("still grant something in corp" in line for line in found.plan.notices)


def test_of_an_estate_what_all_share_goes_after_everything_and_the_bucket_alone_after_that() -> None:
    world = made()
    found = destruction(world, ESTATE, bucket=True)
    assert names(found)[-2:] == [("delete-stack", "jump-base"), ("delete-bucket", "jump-base")]
    base = found.plan.operations[-1]
    others = {
        one.id for one in found.plan.operations[:-1] if one.kind in ("delete-stack", "delete-stack-set")
    }
    assert set(base.needs) == others
    run_serially(found.plan, world.aws, world.bodies)
    assert not destruction(world, ESTATE, bucket=True).is_done
    assert destruction(world, ESTATE).is_done


@pytest.mark.parametrize("tags", [{}, {"jumpcf-estate": "another", "jumpcf-partner": "acme"}])
@pytest.mark.parametrize("scope", [ESTATE, ACME, CORP], ids=str)
def test_what_does_not_carry_our_tag_is_not_named(scope: Scope, tags: dict[str, str]) -> None:
    world = made()
    observed = with_stack_set(world.aws.observe(), "jump-acme-dev", tags=tags)
    stacks = tuple(
        replace(one, tags=tags) if one.name == "jump-partner-acme" else one for one in observed.stacks
    )
    found = names(destruction(world, scope, replace(observed, stacks=stacks)))
    assert not any(stack in ("jump-acme-dev", "jump-partner-acme") for _, stack in found)


def test_what_params_no_longer_name_goes_as_well() -> None:
    world = made()
    world.without("dev")
    world.partners = {"globex": users("lee", partner="globex")}
    assert len(names(destruction(world, ACME))) == 4


def test_an_estate_with_a_forgotten_organization_is_not_destroyed() -> None:
    world = made()
    observed = world.aws.observe()
    tagged = tuple(
        replace(one, tags={**one.tags, "jumpcf-organization/lab": "o-lab"})
        if one.name == "jump-base"
        else one
        for one in observed.stacks
    )
    found = destruction(world, ESTATE, replace(observed, stacks=tagged))
    assert "destroy it first: put params/organizations/lab.yaml back" in found.plan.blockers[0]
    assert destruction(world, ACME, replace(observed, stacks=tagged)).plan.blockers == ()


def test_retained_boundaries_and_passwords_are_named_with_the_commands_that_take_them() -> None:
    boundary = {
        "Type": "AWS::IAM::ManagedPolicy",
        "DeletionPolicy": "Retain",
        "Properties": {"Path": "/jump/acme/dev/Power/strict/"},
    }
    world = World(partners={"acme": users("ken")})
    world.grant("dev", ou("work"), template={"Resources": {"BoundaryPower": boundary}})
    world.deploy()
    told = destruction(world, ACME).leftovers
    assert "--path-prefix /jump/acme/dev/Power/strict/" in told[0].commands[0]
    assert "/jump/example/passwords/acme" in told[1].what
