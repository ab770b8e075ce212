"""The password policy in a plan: what differs, what it means, the operation, and a status without it."""

from dataclasses import replace

import pytest
from small_world import World

from jumpcf.artifacts.manifest import Manifest
from jumpcf.artifacts.observed import Observed
from jumpcf.artifacts.operation import SetPasswordPolicy
from jumpcf.artifacts.password_policy import PasswordPolicy
from jumpcf.artifacts.status import Outcome
from jumpcf.planner.diff import make_plan
from jumpcf.planner.explain import sentence
from jumpcf.planner.judge import judge
from jumpcf.planner.password_policy import decide_policy
from tests.unit.builders import PASSWORDS


def wanted(policy: PasswordPolicy | None) -> Manifest:
    return replace(World().manifest, password_policy=policy)


def live(policy: PasswordPolicy | None) -> Observed:
    return replace(World().nothing(), password_policy=policy)


def told(before: PasswordPolicy | None, after: PasswordPolicy) -> list[str]:
    plan, _ = decide_policy(wanted(after), live(before))
    return [f"{one.mark} {one.name}: {one.before} to {one.after}" for one in plan.settings] if plan else []


def test_the_policy_is_set_where_the_account_has_none() -> None:
    assert told(None, PASSWORDS) == [
        "narrowed minimum length: 8 to 14",
        "narrowed required characters: 3 of the 4 kinds to uppercase, lowercase, numbers, symbols",
        "narrowed old passwords refused: none to 24",
        "broadened everybody may change the own password: no to yes",
    ]


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"minimum_length": 20}, "narrowed minimum length: 14 to 20"),
        ({"minimum_length": 13}, "broadened minimum length: 14 to 13"),
        ({"reuse_prevention": 3}, "broadened old passwords refused: 24 to 3"),
        ({"reuse_prevention": None}, "broadened old passwords refused: 24 to none"),
        ({"maximum_age": 90}, "narrowed days until expiry: none to 90"),
        (
            {"require_symbols": False},
            "broadened required characters: uppercase, lowercase, numbers, symbols to uppercase, lowercase, numbers",
        ),
        ({"change_own": False}, "narrowed everybody may change the own password: yes to no"),
        ({"hard_expiry": True}, "narrowed locked out after expiry: no to yes"),
    ],
)
def test_a_looser_setting_is_broadened_and_a_tighter_one_narrowed(
    change: dict[str, object], line: str
) -> None:
    assert told(PASSWORDS, replace(PASSWORDS, **change)) == [line]
    forth = "broadened" if line.startswith("broadened") else "narrowed"
    (back,) = told(replace(PASSWORDS, **change), PASSWORDS)
    assert back.split()[0] == ({"broadened", "narrowed"} - {forth}).pop()


def test_one_kind_of_characters_for_another_is_broadened() -> None:
    (line,) = told(replace(PASSWORDS, require_symbols=False), replace(PASSWORDS, require_numbers=False))
    assert line.startswith("broadened required characters")


def test_fewer_kinds_than_awss_default_are_broadened() -> None:
    two = replace(PASSWORDS, require_symbols=False, require_numbers=False)
    assert "broadened required characters: 3 of the 4 kinds to uppercase, lowercase" in told(None, two)


def test_a_later_expiry_is_broadened() -> None:
    assert told(replace(PASSWORDS, maximum_age=30), replace(PASSWORDS, maximum_age=90)) == [
        "broadened days until expiry: 30 to 90"
    ]


def test_the_operation_states_the_whole_policy_and_a_second_plan_has_none() -> None:
    world = World()
    world.deploy()
    manifest = replace(world.manifest, password_policy=PASSWORDS)
    plan = make_plan(manifest, world.aws.observe(), world.bodies.__getitem__)
    (operation,) = plan.operations
    assert isinstance(operation, SetPasswordPolicy)
    assert operation.policy == PASSWORDS
    assert sentence(operation) == (
        "jump: set the account's password policy: the account has none, AWS's default holds"
    )
    world.aws.run(operation, "token", lambda progress: None)
    after = make_plan(manifest, world.aws.observe(), world.bodies.__getitem__)
    assert (after.operations, after.account) == ((), None)


def test_a_manifest_from_before_there_was_a_policy_says_nothing() -> None:
    assert decide_policy(wanted(None), live(PASSWORDS)) == (None, None)


def test_a_policy_that_differs_is_not_as_wanted_and_the_status_says_why() -> None:
    world = World()
    world.deploy()
    observed = replace(world.aws.observe(), password_policy=replace(PASSWORDS, minimum_length=8))
    status = judge(replace(world.manifest, password_policy=PASSWORDS), observed, None, None)
    (line,) = [one for one in status.stacks if one.state != "current"]
    assert (line.name, line.state, line.reason) == ("password-policy", "differs", "1 setting differs")
    assert not status.as_wanted


def test_where_it_could_not_be_set_the_status_tells_the_reason() -> None:
    world = World()
    world.deploy()
    manifest = replace(world.manifest, password_policy=PASSWORDS)
    plan = make_plan(manifest, world.aws.observe(), world.bodies.__getitem__)
    outcomes = {one.id: Outcome(state="failed", reason="access is denied [A504]") for one in plan.operations}
    (line,) = [
        one for one in judge(manifest, world.aws.observe(), outcomes, plan).stacks if one.state != "current"
    ]
    assert (line.name, line.reason) == ("password-policy", "access is denied [A504]")
