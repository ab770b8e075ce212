"""An organization that goes from params/ together with its grants is not forgotten."""

from dataclasses import replace

from small_world import World, ou

from jumpcf.artifacts.manifest import Manifest
from jumpcf.artifacts.observed import Observed
from jumpcf.artifacts.plan import Plan
from jumpcf.artifacts.status import Status
from jumpcf.planner.diff import make_plan
from jumpcf.planner.judge import judge

ESTATE, CORP, LAB = "jumpcf-estate", "jumpcf-organization/corp", "jumpcf-organization/lab"


def deployed() -> World:
    world = World().grant("dev", ou("dev"))
    world.deploy()
    return world


def live(world: World, **tags: str) -> Observed:
    """What AWS shows where jump-base carries these tags."""
    observed = world.aws.observe()
    stacks = tuple(replace(one, tags=tags) if one.name == "jump-base" else one for one in observed.stacks)
    return replace(observed, stacks=stacks)


def wanted(world: World, *organizations: str, **tags: str) -> Manifest:
    """The manifest with these organizations beside corp, and with these tags on jump-base."""
    manifest = world.manifest
    base, *others = manifest.stacks
    more = tuple(replace(manifest.organizations[0], name=name, id=f"o-{name}") for name in organizations)
    return replace(
        manifest,
        organizations=(*manifest.organizations, *more),
        stacks=(replace(base, tags={ESTATE: "example", **tags}), *others),
    )


def planned(world: World, manifest: Manifest, observed: Observed) -> Plan:
    return make_plan(manifest, observed, world.bodies.__getitem__)


def judged(manifest: Manifest, observed: Observed) -> Status:
    return judge(manifest, observed, None, None)


def test_an_organization_that_is_gone_from_the_manifest_stops_the_plan_and_is_not_as_wanted():
    world = deployed()
    manifest = wanted(world, **{CORP: "o-corp0example"})
    observed = live(world, **{ESTATE: "example", CORP: "o-corp0example", LAB: "o-lab00example"})
    (blocker,) = planned(world, manifest, observed).blockers
    assert "the organization lab (o-lab00example)" in blocker
    assert "params/organizations/lab.yaml" in blocker
    status = judged(manifest, observed)
    assert not status.as_wanted
    assert [(one.organization, one.state) for one in status.stack_sets] == [
        ("lab", "orphan"),
        ("corp", "current"),
    ]


def test_without_grants_the_file_may_go():
    world = deployed()
    manifest = wanted(world, **{CORP: "o-corp0example"})
    observed = live(world, **{ESTATE: "example", CORP: "o-corp0example"})
    assert planned(world, manifest, observed).blockers == ()
    assert judged(manifest, observed).as_wanted


def test_a_jump_base_of_another_estate_says_nothing():
    world = deployed()
    observed = live(world, **{ESTATE: "other", LAB: "o-lab00example"})
    assert all("lab" not in blocker for blocker in planned(world, wanted(world), observed).blockers)


def test_an_organization_that_a_run_leaves_out_is_not_forgotten_by_it():
    world = deployed()
    manifest = wanted(world, "lab", **{CORP: "o-corp0example"})
    observed = live(world, **{ESTATE: "example", LAB: "o-lab00example"})
    (operation,) = planned(world, manifest, observed).operations
    assert operation.tags == {ESTATE: "example", CORP: "o-corp0example", LAB: "o-lab00example"}
    after = live(world, **operation.tags)
    assert planned(world, manifest, after).operations == ()
    assert judged(manifest, after).as_wanted
    seen = replace(after.organizations[0], name="lab", id="o-lab", stack_sets=())
    both = replace(after, organizations=(*after.organizations, seen))
    (operation,) = planned(world, manifest, both).operations
    assert LAB not in operation.tags
