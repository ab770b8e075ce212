"""The IAM difference as a person reads it at 80 columns."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from jumpcf.artifacts.plan import Plan, PolicyChange, StackPlan, StackSetPlan
from jumpcf.cli import plan_view

GOLDEN = Path(__file__).parents[2] / "golden" / "cli"
DATE = ("aws:CurrentTime < 2027-03-31T15:00:00Z → 2028-03-31T15:00:00Z",)


def change(subject: str, **parts: Any) -> PolicyChange:
    given = {
        "part": "trust",
        "what": "PartnerUsersWithMfa",
        "action": "changed",
        "mark": "broadened",
        "details": DATE,
    }
    return PolicyChange(subject=subject, **(given | parts))  # type: ignore[arg-type]


def stack_set(grant: str, *levels: str, more: tuple[PolicyChange, ...] = ()) -> StackSetPlan:
    roles = [f"acme-{grant}-{level}" for level in levels]
    dates = [change(role) for role in roles] + [
        change(role, part="fence", what="DenyAfterEnd") for role in roles
    ]
    return StackSetPlan(
        organization="corp",
        name=f"jump-acme-{grant}",
        action="update",
        reason="the template differs",
        partner="acme",
        grant=grant,
        iam=(*dates, *more),
    )


def a_plan(*sets: StackSetPlan, stacks: tuple[StackPlan, ...] = ()) -> Plan:
    return Plan(
        estate="example",
        organizations=("corp",),
        manifest="0" * 64,
        stacks=stacks,
        stack_sets=sets,
        operations=(),
    )


def wide() -> Plan:
    actions = tuple(
        f"+rds:{verb}DBInstance"
        for verb in ("Start", "Stop", "Reboot", "Create", "Delete", "Modify", "Restore")
    )
    level = change("acme-ops-Db", part="policies", what="One", details=actions)
    return a_plan(
        stack_set("dev", "Power", "Read"),
        stack_set("ops", "Db", more=(level,)),
        stack_set("prod", "Read"),
        stack_set("test", "Power", "Read"),
    )


def test_the_difference_reads_as_its_golden_text(golden: Any) -> None:
    golden(GOLDEN / "plan-iam.txt", plan_view.text(wide(), False) + "\n")


def test_no_line_is_longer_than_80_columns_and_verbose_says_all() -> None:
    for verbose in (False, True):
        told = plan_view.text(wide(), verbose)
        assert max(map(len, told.splitlines())) <= 80
    assert "RestoreDBInstance" in told
    assert "and 1 more" in plan_view.text(wide(), False)


def test_a_change_that_other_roles_have_in_another_grant_is_not_said_to_be_the_same() -> None:
    one, other = stack_set("dev", "Power", "Read"), stack_set("test", "Power", "Read")
    swapped = replace(
        other,
        iam=tuple(
            replace(each, subject="acme-test-SSM") if each.part == "fence" else each for each in other.iam
        ),
    )
    assert " as corp/jump-acme-dev" in plan_view.text(a_plan(one, other), False)
    assert " as corp/" not in plan_view.text(a_plan(one, swapped), False)


def test_a_stack_set_that_is_created_names_its_roles_and_what_else_it_brings() -> None:
    role = PolicyChange(
        subject="acme-dev-Db", part="role", what="", action="added", mark="broadened", details=("+rds:*",)
    )
    created = replace(
        stack_set("dev"), action="create", iam=(role, change("Other", part="resource", details=()))
    )
    told = plan_view.text(a_plan(created), False)
    assert "broadened acme-dev-Db: role added\n                +rds:*" in told
    assert "broadened Other: resource" in told
