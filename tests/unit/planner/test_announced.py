"""What is left of a run, held against what the run announced."""

from dataclasses import replace

import pytest

from jumpcf.artifacts.manifest import Rollout
from jumpcf.artifacts.operation import CreateInstances, DeleteStack, UpdateStackSet
from jumpcf.artifacts.plan import (
    AccountChange,
    Plan,
    PolicyChange,
    ResourceChange,
    StackPlan,
    StackSetPlan,
)
from jumpcf.planner.announced import beyond

UPDATE = UpdateStackSet(
    id="1",
    place="corp",
    stack="jump-a",
    reason="r",
    template="t",
    capabilities=(),
    tags={},
    rollout=Rollout(),
)
FILL = CreateInstances(
    id="2", place="corp", stack="jump-a", reason="r", units=("ou-1",), region="r", rollout=Rollout()
)
WIDER = PolicyChange(subject="a-Read", part="trust", what="T", action="changed", mark="broadened")


def account(number: str, effect: str) -> AccountChange:
    return AccountChange(account=number, name=number, path="/", effect=effect)  # type: ignore[arg-type]


def a_set(*accounts: AccountChange, iam: tuple[PolicyChange, ...] = ()) -> StackSetPlan:
    return StackSetPlan(organization="corp", name="jump-a", action="update", accounts=accounts, iam=iam)


def a_stack(action: str, fate: str = "kept") -> StackPlan:
    change = ResourceChange(logical_id="Policy", type="T", action=action, fate=fate)  # type: ignore[arg-type]
    return StackPlan(name="jump-b", action="update", changes=(change,))


ANNOUNCED = Plan(
    estate="example",
    organizations=("corp",),
    manifest="m",
    stacks=(),
    stack_sets=(a_set(account("1", "changed"), account("2", "new"), account("3", "leaving"), iam=(WIDER,)),),
    operations=(UPDATE,),
)


def test_the_rest_of_a_run_is_no_more_than_it():
    left = replace(ANNOUNCED, stack_sets=(a_set(account("2", "changed")),), operations=(FILL,))
    assert beyond(left, ANNOUNCED) == ()
    assert beyond(ANNOUNCED, ANNOUNCED) == ()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"operations": (replace(FILL, stack="jump-b"),)}, "writes to corp/jump-b"),
        (
            {"operations": (UPDATE, DeleteStack(id="3", place="corp", stack="jump-a", reason="r"))},
            "takes away corp/jump-a",
        ),
        ({"stacks": (a_stack("remove"),)}, "removes or replaces jump/jump-b Policy"),
        ({"stacks": (a_stack("change", "may be replaced"),)}, "removes or replaces jump/jump-b Policy"),
        ({"stack_sets": (a_set(account("4", "new")),)}, "gives or changes roles in corp/jump-a 4"),
        ({"stack_sets": (a_set(account("1", "leaving")),)}, "takes roles from corp/jump-a 1"),
        (
            {"stack_sets": (a_set(iam=(replace(WIDER, what="U"),)),)},
            "changes corp/jump-a: a-Read trust U changed",
        ),
    ],
)
def test_what_was_not_announced_is_named(change, told):
    assert told in beyond(replace(ANNOUNCED, **change), ANNOUNCED)
