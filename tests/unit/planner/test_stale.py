"""Why a stored plan is not the plan of now, in words."""

from dataclasses import replace
from typing import Any

from jumpcf.artifacts.manifest import Rollout
from jumpcf.artifacts.operation import CreateInstances
from jumpcf.artifacts.plan import AccountChange, AccountPlan, Plan, SettingChange, StackPlan, StackSetPlan
from jumpcf.planner.stale import Difference, difference

DEV = "corp/jump-acme-dev"


def operation(**changes: Any) -> CreateInstances:
    made = CreateInstances(
        id="b" * 12,
        place="corp",
        stack="jump-acme-dev",
        reason="new OU",
        units=("ou-ab12-11111111",),
        region="ap-northeast-1",
        rollout=Rollout(),
    )
    return replace(made, **changes)


def account(number: int, effect: Any = "new") -> AccountChange:
    return AccountChange(account=f"{number:012}", name=f"shop-{number}", path="/Dev", effect=effect)


def stack_set(*accounts: AccountChange, name: str = "jump-acme-dev", **changes: Any) -> StackSetPlan:
    made = StackSetPlan(organization="corp", name=name, action="update", accounts=accounts)
    return replace(made, **changes)


def plan(*sets: StackSetPlan, **changes: Any) -> Plan:
    made = Plan(
        estate="example",
        organizations=("corp",),
        manifest="0" * 64,
        stacks=(StackPlan(name="jump-base", action="none"),),
        stack_sets=sets or (stack_set(account(1)),),
        operations=(operation(),),
    )
    return replace(made, **changes)


def lines(stored: Plan, fresh: Plan, cause: str = "aws") -> tuple[str, ...]:
    found = difference(stored, fresh)
    assert found is not None
    assert found.cause == cause
    return found.lines


def test_equal_plans_have_no_difference() -> None:
    assert difference(plan(), plan()) is None


def test_of_changed_inputs_the_stacks_that_are_planned_otherwise_are_named() -> None:
    other = plan(manifest="1" * 64, operations=(operation(region="eu-west-1"),))
    assert lines(plan(), other, "inputs") == (f"{DEV}: planned otherwise now",)
    base = plan(manifest="1" * 64, stacks=())
    assert lines(plan(), base, "inputs") == ("jump/jump-base: planned otherwise now",)


def test_a_changed_setting_of_the_password_policy_is_named() -> None:
    setting = SettingChange(name="minimum length", before="12", after="14", mark="narrowed")
    other = plan(manifest="1" * 64, account=AccountPlan(reason="1 setting differs", settings=(setting,)))
    assert lines(plan(), other, "inputs") == ("jump password policy: planned otherwise now",)


def test_changed_inputs_that_no_plan_shows_are_changed_inputs() -> None:
    (told,) = lines(plan(), plan(manifest="1" * 64), "inputs")
    assert told.startswith("nothing that the plan shows")


def test_operations_that_came_went_or_changed_are_named() -> None:
    old, new = operation(stack="old"), operation(stack="new")
    changed = operation(id="c" * 12, units=())
    assert lines(plan(operations=(old, operation())), plan(operations=(new, changed))) == (
        "no more to do: corp/old create-instances",
        "new to do: corp/new create-instances",
        f"to do otherwise: {DEV} create-instances",
    )


def test_rings_of_one_stack_set_are_held_together() -> None:
    """They share a name: one that went makes the work another, not gone."""
    both = plan(operations=(operation(), operation(id="d" * 12, accounts=("1",))))
    assert lines(both, plan()) == (f"to do otherwise: {DEV} create-instances",)


def test_an_account_is_named_once_with_what_was_and_what_is() -> None:
    sets = [stack_set(account(1, effect), name=name) for effect in ("new", "current") for name in "ab"]
    assert lines(plan(*sets[:2]), plan(*sets[2:])) == (
        "account 000000000001 (shop-1) at /Dev: corp/a was new, now current and 1 more",
    )
    assert lines(plan(), plan(stack_set())) == (
        f"account 000000000001 (shop-1) at /Dev: {DEV} was new, now not there",
    )


def test_many_accounts_are_cut_after_eight() -> None:
    told = lines(plan(stack_set()), plan(stack_set(*map(account, range(20)))))
    assert len(told) == 9
    assert told[-1] == "and 12 more"


def test_a_plan_that_has_nothing_left_to_do_seems_deployed() -> None:
    (told,) = lines(plan(), plan(stack_set(account(1, "current"), action="none"), operations=()))
    assert "seems deployed already" in told


def test_blockers_and_notes_that_came_or_went_are_told() -> None:
    assert lines(plan(), plan(blockers=("foreign",))) == ("new blocker: foreign",)
    assert lines(plan(notices=("busy",)), plan(notices=("idle",))) == ("new note: idle", "note no more: busy")


def test_what_is_only_shown_otherwise_is_named_by_its_stack() -> None:
    assert lines(plan(), plan(stack_set(account(1), reason="the template differs"))) == (
        f"{DEV}: shown otherwise",
    )


def test_two_plans_that_differ_in_anything_have_at_least_one_line() -> None:
    first, second = operation(stack="a"), operation(stack="b")
    found = difference(plan(operations=(first, second)), plan(operations=(second, first)))
    assert isinstance(found, Difference)
    assert found.lines


def test_no_control_character_of_a_file_comes_through() -> None:
    (told,) = lines(plan(), plan(blockers=("\x1b[2J\nall is well",)))
    assert told == "new blocker: ?[2J?all is well"
