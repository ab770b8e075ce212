"""Initial passwords in a plan: who gets one, whose is withdrawn, after which operations, and what a status says."""

from dataclasses import replace

import pytest
from small_world import World, ou, users

from jumpcf.artifacts.codec import canonical, decode
from jumpcf.artifacts.effects import deletions, plan_digest
from jumpcf.artifacts.manifest import Manifest, PasswordStore, Person
from jumpcf.artifacts.observed import Observed, ObservedUser
from jumpcf.artifacts.operation import (
    CreatePassword,
    CreateStackSet,
    DeployStack,
    OffboardUser,
    SetPasswordPolicy,
    WithdrawPassword,
)
from jumpcf.artifacts.plan import OpenSessions, Plan
from jumpcf.artifacts.status import Outcome
from jumpcf.cli import plan_markdown
from jumpcf.planner.diff import make_plan
from jumpcf.planner.explain import sentence
from jumpcf.planner.judge import judge
from jumpcf.planner.passwords import withdrawals
from tests.unit.builders import PASSWORDS

STORE = PasswordStore(prefix="/jump/example/passwords", key="alias/jumpcf-example", unused_days=14)
NONE = ObservedUser(name="ken", path="/partner/acme/", state="none", stored=False, young=True, overdue=False)


class Room(World):
    """A world whose manifest names the people of its partners' stacks."""

    def manifest_of(self, *names: str, partner: str = "acme") -> Manifest:
        people = tuple(Person(partner=partner, name=name, stack=f"jump-partner-{partner}") for name in names)
        return replace(self.manifest, people=people, passwords=STORE, password_policy=PASSWORDS)

    def plan_of(self, manifest: Manifest, *people: ObservedUser) -> Plan:
        observed = replace(self.aws.observe(), people=people, password_policy=PASSWORDS)
        return make_plan(manifest, observed, self.bodies.__getitem__)


def deployed() -> Room:
    room = Room(partners={"acme": users("ken")}).grant("dev", ou("dev"))
    room.deploy()
    return room


def about(room: Room, user: ObservedUser) -> list[str]:
    return [sentence(one) for one in room.plan_of(room.manifest_of("ken"), user).operations]


CREATED = "jump: make an initial password for ken of jump-partner-acme: "
WITHDRAWN = "jump: withdraw the initial password of ken of jump-partner-acme: "


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, [f"{CREATED}he has none yet"]),
        ({"stored": True}, [f"{CREATED}what is stored for him was never set as his password"]),
        (
            {"stored": True, "overdue": True},
            [f"{CREATED}what is stored for him was never set as his password"],
        ),
        ({"young": False}, []),
        (
            {"young": False, "stored": True},
            [f"{WITHDRAWN}he has none, and what is stored opens nothing"],
        ),
        ({"state": "unused"}, []),
        ({"state": "unused", "stored": True}, []),
        ({"state": "unused", "overdue": True}, [f"{WITHDRAWN}nobody has used it"]),
        ({"state": "unused", "stored": True, "overdue": True}, [f"{WITHDRAWN}nobody has used it"]),
        ({"state": "used"}, []),
        ({"state": "used", "overdue": True}, []),
        ({"state": "used", "stored": True}, []),
        (
            {"state": "used", "stored": True, "overdue": True},
            [f"{WITHDRAWN}he has one of his own, and what is stored opens nothing"],
        ),
    ],
)
def test_what_happens_depends_on_the_password_and_its_age(
    changes: dict[str, object], expected: list[str]
) -> None:
    assert about(deployed(), replace(NONE, **changes)) == expected


def test_a_withdrawn_password_does_not_come_back_by_itself_and_a_notice_says_how() -> None:
    room = deployed()
    plan = room.plan_of(room.manifest_of("ken"), replace(NONE, young=False))
    assert plan.operations == ()
    assert plan.notices == (
        "without a password: acme/ken; `jumpcf user password PARTNER USER --new` makes one",
    )


def test_a_new_user_gets_one_after_the_policy_and_the_stacks_and_before_the_organizations() -> None:
    room = Room(partners={"acme": users("ken")}).grant("dev", ou("dev"))
    observed = replace(room.aws.observe(), password_policy=None)
    plan = make_plan(room.manifest_of("ken"), observed, room.bodies.__getitem__)
    kinds = [type(one) for one in plan.operations]
    assert kinds[:5] == [SetPasswordPolicy, DeployStack, DeployStack, CreatePassword, CreateStackSet]
    made = plan.operations[3]
    assert made.needs == tuple(one.id for one in plan.operations[:3])
    assert isinstance(made, CreatePassword)
    assert (made.parameter, made.key, made.length) == (
        "/jump/example/passwords/acme/ken",
        "alias/jumpcf-example",
        14,
    )


def test_nobody_waits_for_the_stack_of_another_partner() -> None:
    room = Room(partners={"acme": users("ken"), "globex": users("ana", partner="globex")})
    plan = make_plan(room.manifest_of("ken"), room.aws.observe(), room.bodies.__getitem__)
    (made,) = [one for one in plan.operations if isinstance(one, CreatePassword)]
    stacks = {one.id: one.stack for one in plan.operations if one.id in made.needs}
    assert set(stacks.values()) == {"password-policy", "jump-base", "jump-partner-acme"}


def test_who_goes_to_another_partner_loses_what_is_stored_and_gets_a_new_one() -> None:
    room = Room(partners={"acme": users("ken"), "globex": users("tom", partner="globex")})
    room.deploy()
    room.partners = {"acme": users(), "globex": users("tom", "ken", partner="globex")}
    plan = room.plan_of(room.manifest_of("ken", partner="globex"), replace(NONE, state="used"))
    (gone,) = [one for one in plan.operations if isinstance(one, OffboardUser)]
    (made,) = [one for one in plan.operations if isinstance(one, CreatePassword)]
    assert gone.parameter == "/jump/example/passwords/acme/ken"
    assert made.parameter == "/jump/example/passwords/globex/ken"


def test_a_user_whom_somebody_deleted_by_hand_gets_none_because_nobody_makes_him() -> None:
    room = deployed()
    assert room.plan_of(room.manifest_of("ken")).operations == ()


def test_a_manifest_from_before_there_were_passwords_says_nothing() -> None:
    room = deployed()
    manifest = replace(room.manifest_of("ken"), passwords=None)
    assert room.plan_of(manifest, NONE).operations == ()


def test_a_plan_run_and_made_again_has_nothing_left_and_takes_nothing_by_deletion() -> None:
    room = deployed()
    manifest = room.manifest_of("ken", "ana")
    old = replace(NONE, name="ana", state="unused", stored=True, overdue=True, young=False)
    observed = replace(room.aws.observe(), people=(NONE, old), password_policy=PASSWORDS)
    plan = make_plan(manifest, observed, room.bodies.__getitem__)
    assert {type(one) for one in plan.operations} == {CreatePassword, WithdrawPassword}
    assert deletions(plan) == ()
    assert decode(Plan, canonical(plan)) == plan
    aws = type(room.aws)(observed, room.bodies)
    for one in plan.operations:
        aws.run(one, "token", lambda progress: None)
    assert make_plan(manifest, aws.observe(), room.bodies.__getitem__).operations == ()


def test_a_status_names_whoever_should_have_a_password_and_why_he_has_none() -> None:
    room = deployed()
    manifest, observed = room.manifest_of("ken"), with_people(room, NONE)
    plan = make_plan(manifest, observed, room.bodies.__getitem__)
    outcomes = {one.id: Outcome(state="failed", reason="access is denied [A504]") for one in plan.operations}
    for told, reason in (((None, None), "he has none yet"), ((outcomes, plan), "access is denied [A504]")):
        status = judge(manifest, observed, *told)
        (line,) = [one for one in status.stacks if one.state != "current"]
        assert (line.name, line.state, line.reason) == ("acme/ken", "no-password", reason)
        assert not status.as_wanted


def with_people(room: Room, *people: ObservedUser) -> Observed:
    return replace(room.aws.observe(), people=people, password_policy=PASSWORDS)


@pytest.mark.parametrize("state", [{}, {"stored": True}, {"young": False}])
def test_who_is_frozen_gets_no_password_and_nobody_misses_it(state: dict[str, bool]) -> None:
    room = deployed()
    manifest, user = room.manifest_of("ken"), replace(NONE, **state)
    frozen = replace(manifest, people=tuple(replace(one, frozen=True) for one in manifest.people))
    thawed, now = room.plan_of(manifest, user), room.plan_of(frozen, user)
    assert not [one for one in now.operations if isinstance(one, CreatePassword)]
    assert not any("ken" in line for line in now.notices)
    assert len(thawed.operations) + len(thawed.notices) > len(now.operations) + len(now.notices)


def test_an_unused_password_of_who_is_frozen_is_withdrawn_all_the_same() -> None:
    room = deployed()
    manifest = room.manifest_of("ken")
    frozen = replace(manifest, people=tuple(replace(one, frozen=True) for one in manifest.people))
    (one,) = room.plan_of(frozen, replace(NONE, state="unused", overdue=True)).operations
    assert isinstance(one, WithdrawPassword)


def test_of_a_plan_that_is_blocked_and_waits_the_withdrawals_are_left_and_need_nothing() -> None:
    room = Room(partners={"acme": users("ken", "ana")}).grant("dev", ou("dev"))
    room.deploy()
    unused = replace(NONE, state="unused", stored=True, overdue=True)
    goes_on = OpenSessions(partner="acme", user="mio", places=("corp",), seconds=3600, mend="left")
    whole = room.plan_of(room.manifest_of("ken", "ana"), unused, replace(NONE, name="ana"))
    plan = replace(whole, blockers=("no",), open_sessions=(goes_on,))
    assert {type(one) for one in plan.operations} == {CreatePassword, WithdrawPassword}
    assert plan.stacks
    assert plan.stack_sets
    made = withdrawals(plan)
    (one,) = made.operations
    assert isinstance(one, WithdrawPassword)
    assert (one.user, one.needs) == ("ken", ())
    assert (made.stacks, made.stack_sets, made.blockers, made.notices) == ((), (), (), ())
    assert (made.account, made.open_sessions) == (None, ())
    assert made.manifest == plan.manifest


def test_what_was_accepted_holds_when_a_password_is_overdue_and_when_it_was_withdrawn() -> None:
    room = Room(partners={"acme": users("ken", "ana")}).grant("dev", ou("dev"))
    room.deploy()
    manifest, waits = room.manifest_of("ken"), replace(NONE, state="unused", young=False)
    before, overdue, after = (
        room.plan_of(manifest, one)
        for one in (waits, replace(waits, overdue=True), replace(waits, state="none"))
    )
    assert len(overdue.operations) == len(before.operations) + 1
    assert len(after.notices) == len(before.notices) + 1
    assert plan_digest(before) == plan_digest(overdue) == plan_digest(after)
    others = room.plan_of(manifest, replace(NONE, stored=True))
    assert plan_digest(others) != plan_digest(before)  # a password that comes is in it


def test_the_page_of_a_plan_names_the_digest_that_is_accepted_whatever_is_withdrawn_beside_it() -> None:
    plan = deployed().plan_of(deployed().manifest_of("ken"), replace(NONE, state="unused", overdue=True))
    assert any(isinstance(one, WithdrawPassword) for one in plan.operations)
    assert plan_digest(plan) in plan_markdown.full(plan)
