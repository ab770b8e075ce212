"""The part of a plan that concerns one partner, and how it runs in an emergency."""

from dataclasses import replace

from small_world import World, ou, users

from jumpcf.artifacts.freezing import LONGEST
from jumpcf.artifacts.manifest import Rollout
from jumpcf.artifacts.operation import DeployStack, UpdateStackSet
from jumpcf.artifacts.plan import Plan
from jumpcf.planner.diff import make_plan
from jumpcf.planner.freezing import AT_ONCE, longest_session, narrowed, of_partner
from tests.unit.planner.test_plan_of_passwords import Room


def changed() -> tuple[Room, Plan]:
    """Two partners, deployed, and then everything of both changed."""
    room = Room(partners={"acme": users("ken"), "hinode": users("mio")})
    room.grant("dev", ou("dev"))
    room.deploy()
    room.partners = {"acme": users("ken", "new"), "hinode": users("mio", "new")}
    return room, make_plan(room.manifest, room.aws.observe(), room.bodies.__getitem__)


def test_only_the_partners_own_is_kept() -> None:
    _, plan = changed()
    assert {one.partner for one in plan.stacks if one.action != "none"} >= {"acme", "hinode"}
    kept = of_partner(plan, "acme", apart=True)
    assert {one.partner for one in (*kept.stacks,)} == {"acme"}
    assert {one.stack for one in kept.operations} <= {"jump-partner-acme", "jump-acme-dev"}
    assert {one.stack for one in kept.operations}
    assert of_partner(plan, "nobody", apart=True).operations == ()


def test_apart_no_fence_waits_for_the_jump_account() -> None:
    _, plan = changed()
    deploy = next(
        one for one in plan.operations if isinstance(one, DeployStack) and one.stack.endswith("acme")
    )
    fence = UpdateStackSet(
        id="f" * 12,
        place="corp",
        stack="jump-acme-dev",
        reason="",
        template="d",
        capabilities=(),
        tags={},
        rollout=Rollout(),
        region="ap-northeast-1",
        needs=(deploy.id,),
    )
    plan = replace(plan, operations=(*plan.operations, fence))
    waits = {apart: of_partner(plan, "acme", apart=apart).operations[-1].needs for apart in (True, False)}
    assert waits == {True: (), False: (deploy.id,)}


def test_only_blockers_of_others_go() -> None:
    _, plan = changed()
    lines = ("jump: jump-partner-hinode is stuck", "jump: jump-partner-acme is stuck", "corp: of another id")
    assert of_partner(replace(plan, blockers=lines), "acme", apart=True).blockers == lines[1:]


def test_a_blocker_of_somebody_with_a_longer_name_is_not_the_partners() -> None:
    plan = World(partners={"acme": users("ken"), "acme-eu": users("mio")}).grant("dev", ou("dev")).plan()
    lines = ("jump/jump-partner-acme-eu: is stuck", "jump/jump-partner-acme: is stuck")
    assert of_partner(replace(plan, blockers=lines), "acme", apart=True).blockers == lines[1:]
    assert of_partner(replace(plan, blockers=lines), "acme-eu", apart=True).blockers == lines[:1]


def test_a_freeze_goes_everywhere_at_the_same_time() -> None:
    room, _ = changed()
    names = [one.name for one in room.manifest.organizations]
    (one,) = narrowed(room.manifest, names[:1], at_once=True).organizations
    assert (one.rollout, AT_ONCE.rings) == (AT_ONCE, ())
    assert narrowed(room.manifest, names, at_once=False) == room.manifest


def test_the_longest_session_is_the_longest_role_of_the_partner() -> None:
    world = World(partners={"acme": users("ken")}).grant("dev", ou("dev"))
    roles = {
        "A": {"Type": "AWS::IAM::Role", "Properties": {"MaxSessionDuration": 7200}},
        "B": {"Type": "AWS::IAM::Role", "Properties": {}},
        "C": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"MaxSessionDuration": 9}},
    }
    assert longest_session(world.manifest, "acme", lambda _: {"Resources": roles}) == 7200
    assert longest_session(world.manifest, "nobody", lambda _: {"Resources": roles}) == LONGEST
