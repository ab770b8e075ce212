"""What a plan broadens and takes away, by name."""

from dataclasses import replace
from typing import Any

from jumpcf.artifacts.effects import broadenings, deletions, flags, plan_digest
from jumpcf.artifacts.operation import DeployStack
from jumpcf.artifacts.plan import (
    AccountChange,
    AccountPlan,
    Plan,
    PolicyChange,
    ResourceChange,
    SettingChange,
    StackPlan,
    StackSetPlan,
)

OPERATION = DeployStack(
    id="a" * 12,
    place="jump",
    stack="jump-partner-acme",
    reason="",
    template="0" * 64,
    create=False,
    capabilities=(),
    tags={},
)


def change(subject: str, part: Any, mark: Any, what: str = "", action: Any = "changed") -> PolicyChange:
    return PolicyChange(subject=subject, part=part, what=what, action=action, mark=mark)


def account(number: int, effect: Any) -> AccountChange:
    return AccountChange(account=f"{number:012}", name="", path="/", effect=effect)


def a_plan(stack_iam: tuple[PolicyChange, ...] = (), **stack_set: Any) -> Plan:
    given: dict[str, Any] = {"organization": "corp", "name": "jump-acme-dev", "action": "update", **stack_set}
    return Plan(
        estate="example",
        organizations=("corp",),
        manifest="0" * 64,
        stacks=(StackPlan(name="jump-partner-acme", action="update", iam=stack_iam),),
        stack_sets=(StackSetPlan(**given),),
        operations=(OPERATION,),
    )


def test_broadened_and_changed_are_named_and_narrowed_and_neutral_are_not() -> None:
    iam = (
        change("acme-dev-Power", "trust", "broadened", "PartnerUsersWithMfa"),
        change("acme-dev-Power", "policies", "changed", "Work"),
        change("acme-dev-Power", "fence", "narrowed", "DenyAfterEnd"),
        change("acme-dev-Read", "session", "neutral", "same"),
    )
    assert broadenings(a_plan(iam=iam)) == (
        "corp/jump-acme-dev acme-dev-Power: trust PartnerUsersWithMfa changed",
        "corp/jump-acme-dev acme-dev-Power: policies Work changed",
    )


def test_what_people_may_do_more_stands_before_who_comes_and_where_it_comes_to() -> None:
    found = broadenings(
        a_plan(
            stack_iam=(
                change("acme-ops", "group", "broadened", action="added"),
                change("mio", "user", "broadened", action="added"),
                change("ken", "group", "broadened", "ops", action="added"),
            ),
            iam=(change("acme-dev-Read", "role", "broadened", action="added"),),
            new_units=("/Workloads/Dev",),
            accounts=(account(1, "new"), account(2, "changed"), account(3, "current"), account(4, "leaving")),
        )
    )
    assert found == (
        "jump/jump-partner-acme ken: group ops added",
        "jump/jump-partner-acme mio: user added",
        "corp/jump-acme-dev acme-dev-Read: role added",
        "jump/jump-partner-acme acme-ops: group added",
        "corp/jump-acme-dev OU /Workloads/Dev",
        "corp/jump-acme-dev in 000000000001",
    )


def test_a_password_policy_that_asks_for_less_is_named_by_setting() -> None:
    settings = (
        SettingChange(name="minimum length", before="14", after="12", mark="broadened"),
        SettingChange(name="days until expiry", before="none", after="90", mark="narrowed"),
    )
    plan = replace(a_plan(), account=AccountPlan(reason="2 settings differ", settings=settings))
    assert broadenings(plan) == ("jump password policy: minimum length 14 to 12",)


def test_a_stack_set_that_stays_as_it_is_reaches_nobody_new() -> None:
    assert broadenings(a_plan(action="none", accounts=(account(1, "new"),))) == ()
    assert flags(a_plan(action="none")) == ("--yes",)


def test_the_flags_that_a_plan_needs_are_those_of_its_effects() -> None:
    broad = a_plan(accounts=(account(1, "new"),))
    both = a_plan(accounts=(account(1, "new"), account(2, "leaving")))
    assert flags(broad) == ("--yes", "--accept-broadening")
    assert flags(both) == ("--yes", "--accept-broadening", "--accept-deletion")
    assert flags(replace(both, operations=())) == ()
    assert flags(replace(both, blockers=("an OU is gone",))) == ()


def test_a_group_that_goes_or_is_made_anew_is_taken_away_and_a_policy_is_not() -> None:
    def one(name: str, action: Any, fate: Any = "kept", kind: str = "AWS::IAM::Group") -> ResourceChange:
        return ResourceChange(logical_id=name, type=kind, action=action, fate=fate)

    changes = (
        one("A", "remove"),
        one("B", "change", "replaced"),
        one("C", "change", "may be removed"),
        one("D", "change"),
        one("E", "change", "replaced", "AWS::IAM::ManagedPolicy"),
        one("F", "add"),
    )
    plan = replace(a_plan(), stacks=(StackPlan(name="jump-partner-acme", action="update", changes=changes),))
    assert deletions(plan) == (
        "jump/jump-partner-acme A",
        "jump/jump-partner-acme B (replaced)",
        "jump/jump-partner-acme C (may be removed)",
    )


def test_a_plans_digest_is_of_its_content() -> None:
    assert plan_digest(a_plan()) == plan_digest(a_plan())
    assert plan_digest(a_plan()) != plan_digest(replace(a_plan(), notices=("something is under way",)))
