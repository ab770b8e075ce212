"""Sessions of roles that go on although their user leaves: whose, where, for how long, and what would deny them."""

from dataclasses import replace
from typing import Any

import pytest
from small_world import JUMP_ACCOUNT, REGION, World, ou, role_template, users

from jumpcf.artifacts.effects import flags, sessions_left_open
from jumpcf.artifacts.manifest import Connection, Leaver, Person
from jumpcf.artifacts.plan import OpenSessions, Plan
from jumpcf.planner.diff import make_plan
from jumpcf.planner.explain import what_denies

KEN = OpenSessions(partner="acme", user="ken", places=("corp",), seconds=3600, mend="left")
LAB = "o-lab0example"


def planned(world: World, *left: str, **more: Any) -> Plan:
    leavers = tuple(Leaver(partner="acme", name=name) for name in left)
    manifest = replace(world.manifest, **{"left": leavers, **more})
    return make_plan(manifest, world.aws.observe(), world.bodies.__getitem__)


def ken_leaves(*names: str) -> World:
    world = World(partners={"acme": users(*(names or ("ken", "mio")))}).grant("dev", ou("dev"))
    world.deploy()
    world.partners = {"acme": users("mio")}
    return world


def with_lab(world: World, *, granted: bool) -> dict[str, Any]:
    """What a manifest has of one more organization, which is not observed."""
    manifest = world.manifest
    (corp,) = manifest.organizations
    lab = replace(corp, name="lab", id=LAB, connection=Connection(account=JUMP_ACCOUNT, region=REGION))
    dev = next((one for one in manifest.stacks if one.place == "corp"), None)
    more = (replace(dev, place="lab", name="jump-acme-lab"),) if dev and granted else ()
    return {"organizations": (corp, lab), "stacks": (*manifest.stacks, *more)}


def speaking_of(organization: str, template: Any) -> Any:
    """A stack whose group takes roles of this organization."""
    condition = {"StringEquals": {"aws:ResourceOrgID": organization}}
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*", "Condition": condition}
    policy = {"PolicyName": "own", "PolicyDocument": {"Version": "2012-10-17", "Statement": [statement]}}
    group = {"Type": "AWS::IAM::Group", "Properties": {"GroupName": "acme-dev", "Policies": [policy]}}
    return {"Resources": {**template["Resources"], "Dev": group}}


def test_who_leaves_and_is_not_under_left_goes_on_in_the_roles():
    world = ken_leaves()
    for left in ((), ("mio",), ("Ken",)):  # a fence knows a session by exactly its name
        assert planned(world, *left).open_sessions == (KEN,)
    elsewhere = (Leaver(partner="globex", name="ken"),)
    assert planned(world, left=elsewhere).open_sessions == (KEN,)
    assert planned(world, "ken").open_sessions == ()
    assert sessions_left_open(planned(world)) == ("ken of acme in corp (1 h at most)",)
    assert sessions_left_open(planned(world, "ken")) == ()
    assert flags(planned(world)) == ("--yes", "--accept-open-sessions", "--accept-deletion")
    assert flags(planned(world, "ken")) == ("--yes", "--accept-deletion")


def test_a_user_made_anew_under_another_name_leaves_the_sessions_of_the_old_one():
    world = ken_leaves()
    world.partners = {"acme": {"Resources": {**users("mio")["Resources"], **users("kenji")["Resources"]}}}
    assert [one.user for one in planned(world).open_sessions] == ["ken"]


def test_who_is_there_in_another_spelling_is_left_to_the_blocker():
    world = ken_leaves()
    there = (Person(partner="acme", name="Ken", stack="jump-partner-acme"),)
    assert planned(world, people=there).open_sessions == ()
    elsewhere = (Person(partner="globex", name="ken", stack="jump-partner-globex"),)
    assert planned(world, people=elsewhere).open_sessions == (KEN,)


def test_whose_roles_are_deleted_with_him_has_no_session_that_goes_on():
    assert planned(ken_leaves().without("dev")).open_sessions == ()


def test_a_grant_that_comes_with_the_same_plan_has_no_session_yet():
    world = World(partners={"acme": users("ken", "mio")})
    world.deploy()
    world.grant("dev", ou("dev")).partners = {"acme": users("mio")}
    assert planned(world).open_sessions == ()


@pytest.mark.parametrize(("live", "wanted"), [(4 * 3600, 3600), (None, 12 * 3600)])
def test_a_session_lasts_as_long_as_the_role_allowed_that_is_there_now(live: int | None, wanted: int):
    body = role_template("Power")
    (role,) = (one for one in body["Resources"].values() if one["Type"] == "AWS::IAM::Role")
    world = World(partners={"acme": users("ken", "mio")})
    if live:
        role["Properties"]["MaxSessionDuration"] = live
    world.grant("dev", ou("dev"), template=body)
    world.deploy()
    world.grants.clear()
    shorter = role_template("Power")
    (role,) = (one for one in shorter["Resources"].values() if one["Type"] == "AWS::IAM::Role")
    role["Properties"]["MaxSessionDuration"] = wanted
    world.grant("dev", ou("dev"), template=shorter).partners = {"acme": users("mio")}
    (one,) = planned(world).open_sessions
    assert one.seconds == (live or 3600)


def test_in_organizations_that_a_plan_leaves_out_he_goes_on_even_under_left():
    world = ken_leaves()
    (one,) = planned(world, "ken", **with_lab(world, granted=True)).open_sessions
    assert one == replace(KEN, places=("lab",), mend="everywhere")
    assert what_denies(one).startswith("a deploy that leaves none of these out")
    (one,) = planned(world, **with_lab(world, granted=True)).open_sessions
    assert one == replace(KEN, places=("corp", "lab"))
    assert what_denies(one) == "`jumpcf user remove acme ken --unlisted` has the roles deny them"


def test_whose_partner_goes_goes_on_in_organizations_that_are_left_out():
    world = ken_leaves().without("dev")
    world.partners = {}
    gone = planned(world, **with_lab(world, granted=False)).open_sessions
    assert [(one.user, one.places, one.mend, one.seconds) for one in gone] == [
        ("ken", ("lab",), "everywhere", 12 * 3600),
        ("mio", ("lab",), "everywhere", 12 * 3600),
    ]


@pytest.mark.parametrize(("organization", "places"), [("o-corp0example", []), (LAB, [("lab",)])])
def test_an_organization_of_which_his_groups_do_not_speak_has_no_role_of_his(
    organization: str, places: list[tuple[str, ...]]
):
    world = World(partners={"acme": speaking_of(organization, users("ken"))}).grant("dev", ou("dev"))
    world.deploy()
    world.without("dev").partners = {}
    gone = planned(world, **with_lab(world, granted=False)).open_sessions
    assert [one.places for one in gone] == places


def test_a_stack_set_that_would_go_from_one_partner_to_another_is_refused():
    """acme's grant a-b and acme-a's grant b have one name: updated in place, the roles would keep acme's sessions."""
    world = World(partners={"acme": users("ken")}).grant("a-b", ou("dev"))
    world.deploy()
    world.partners = {"acme-a": users("mio", partner="acme-a")}
    world.without("a-b").grant("b", ou("dev"), partner="acme-a")
    (blocked,) = planned(world).blockers
    assert blocked.startswith(
        "corp/jump-acme-a-b: a StackSet of this name is acme's, whose sessions would go on"
    )
