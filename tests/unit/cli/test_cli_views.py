"""What people read: plans, statuses and progress as text."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from jumpcf.artifacts.manifest import Rollout
from jumpcf.artifacts.operation import CreateInstances, OffboardUser
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
from jumpcf.artifacts.status import AccountStatus, Outcome, Progress, StackSetStatus, StackStatus, Status
from jumpcf.cli import plan_view, status_view
from jumpcf.cli.progress import Lines, amount

GOLDEN = Path(__file__).parents[2] / "golden" / "cli"

OPERATION = CreateInstances(
    id="a" * 12,
    place="corp",
    stack="jump-acme-dev",
    reason="new target /Workloads/Dev",
    units=("ou-ab12-11111111",),
    region="ap-northeast-1",
    rollout=Rollout(),
)


OFFBOARD = OffboardUser(
    id="b" * 12,
    place="jump",
    stack="jump-partner-acme",
    reason="the stack has this user no more",
    user="ken.mori",
    path="/partner/acme/",
    partner="acme",
    resource="UserKenMori",
    members="acme-members",
)


def account(number: int, effect: str, reason: str = "") -> AccountChange:
    return AccountChange(
        account=f"{number:012}",
        name=f"account-{number}",
        path="/Workloads/Dev",
        effect=effect,
        reason=reason,  # type: ignore[arg-type]
    )


def a_plan(**changes: object) -> Plan:
    stack_set = StackSetPlan(
        organization="corp",
        name="jump-acme-dev",
        action="update",
        reason="the template differs",
        partner="acme",
        grant="dev",
        changes=(
            ResourceChange(
                logical_id="RolePower", type="AWS::IAM::Role", action="change", properties=("Policies",)
            ),
            ResourceChange(logical_id="RoleRead", type="AWS::IAM::Role", action="add"),
        ),
        new_units=("/Workloads/Test",),
        accounts=(
            *(account(number, "changed") for number in range(1, 12)),
            account(20, "skipped", "suspended"),
            account(21, "current"),
            account(22, "leaving", "its OU is no target any more"),
        ),
    )
    plan = Plan(
        estate="example",
        organizations=("corp",),
        manifest="0" * 64,
        stacks=(
            StackPlan(name="jump-base", action="none"),
            StackPlan(name="jump-partner-acme", action="create"),
        ),
        stack_sets=(stack_set,),
        operations=(OPERATION,),
        notices=("a StackSet has an operation under way; it is awaited",),
    )
    return Plan(**{**{name: getattr(plan, name) for name in plan.__slots__}, **changes})  # type: ignore[arg-type]


def a_status() -> Status:
    def line(number: int, state: str, reason: str = "", hint: str = "") -> AccountStatus:
        return AccountStatus(
            organization="corp",
            stack_set="jump-acme-dev",
            account=f"{number:012}",
            name=f"account-{number}",
            path="/Workloads/Dev",
            state=state,  # type: ignore[arg-type]
            reason=reason,
            hint=hint,
        )

    return Status(
        estate="example",
        stacks=(StackStatus(name="jump-base", state="current"),),
        stack_sets=(StackSetStatus(organization="corp", name="jump-acme-dev", state="current", units=1),),
        accounts=(
            line(1, "deployed"),
            line(2, "current"),
            line(3, "suspended"),
            line(4, "failed", "Role acme-dev-Power already exists", "delete or rename the role there"),
            line(5, "failed", "Role acme-dev-Power already exists", "delete or rename the role there"),
            line(6, "not-attempted", "the failure tolerance was exceeded"),
        ),
    )


def test_a_plan_lists_what_its_stacks_lose_or_make_anew() -> None:
    changes = (
        ResourceChange(logical_id="UserKen", type="AWS::IAM::User", action="remove", name="ken"),
        ResourceChange(
            logical_id="Alias",
            type="AWS::KMS::Alias",
            action="change",
            properties=("AliasName",),
            fate="replaced",
            name="alias/one",
        ),
        ResourceChange(logical_id="Job", type="T", action="change", fate="may be removed"),
        ResourceChange(logical_id="Kept", type="T", action="change"),
    )
    iam = (PolicyChange(subject="ken", part="user", what="", action="removed", mark="narrowed"),)
    stack = StackPlan(name="jump-partner-acme", action="update", changes=changes, iam=iam)
    said = plan_view.text(a_plan(stacks=(stack,)), False).splitlines()
    assert said[2:6] == [
        "      narrowed  ken: user removed",
        "      replaced: Alias (AWS::KMS::Alias alias/one)",
        "      removed: UserKen (AWS::IAM::User ken)",
        "      may be removed: Job (T)",
    ]
    plain = plan_view.text(a_plan(stacks=(replace(stack, iam=()),)), False).splitlines()
    assert plain[2:6] == [
        "      - UserKen AWS::IAM::User",
        "      ~ Alias AWS::KMS::Alias (AliasName): replaced",
        "      ~ Job T: may be removed",
        "      ~ Kept T",
    ]
    assert "replaced: Alias" not in plan_view.text(a_plan(stacks=(replace(stack, action="delete"),)), False)


@pytest.mark.parametrize("verbose", [False, True])
def test_a_plan_reads_as_its_golden_text(golden, verbose: bool) -> None:  # type: ignore[no-untyped-def]
    golden(GOLDEN / f"plan{'-verbose' if verbose else ''}.txt", plan_view.text(a_plan(), verbose) + "\n")


def test_a_blocked_plan_says_so_last_and_an_empty_one_says_no_changes() -> None:
    blocked = plan_view.text(a_plan(blockers=("OU /Gone is not there",)), False)
    assert "BLOCKED: OU /Gone is not there" in blocked
    assert blocked.splitlines()[-1].startswith("1 blocked: nothing will be written")
    assert plan_view.text(a_plan(operations=(), stack_sets=(), stacks=(), notices=()), False) == "No changes."


@pytest.mark.parametrize("action", ["update", "delete"])
def test_who_is_offboarded_stands_below_the_stack_that_loses_him(action: str) -> None:
    stacks = (StackPlan(name="jump-base", action="update"), StackPlan(name=OFFBOARD.stack, action=action))  # type: ignore[arg-type]
    lines = plan_view.text(a_plan(stacks=stacks, operations=(OFFBOARD,)), False).splitlines()
    assert lines[2:4] == [
        f"  {plan_view.SIGNS[action]} jump-partner-acme  {action}",
        "      offboard ken.mori: password, MFA devices, keys, memberships are taken",
    ]


def test_the_totals_count_people_and_say_what_else_they_count() -> None:
    def user(name: str, action: str) -> PolicyChange:
        return PolicyChange(subject=name, part="user", what="", action=action, mark="changed")  # type: ignore[arg-type]

    stacks = (
        StackPlan(
            name="jump-partner-acme", action="update", iam=(user("ken", "removed"), user("mio", "removed"))
        ),
        StackPlan(
            name="jump-partner-globex", action="update", iam=(user("Ken", "added"), user("eva", "added"))
        ),
    )
    total = "Plan: 1 operation; stacks in accounts: 0 new, 11 changed, 1 leaving"
    assert plan_view.summary(a_plan()) == f"{total}."
    assert plan_view.summary(a_plan(stacks=stacks)) == f"{total}; people: 1 new, 1 moved, 1 leaving."


def test_lines_name_the_person_who_is_offboarded() -> None:
    said: list[str] = []
    lines = Lines(said.append, now=lambda: datetime(2026, 11, 23, 3, 4, 5))
    lines.operation_started(OFFBOARD)
    lines.operation_finished(OFFBOARD, Outcome(state="succeeded", reason="ken.mori: password taken"))
    assert said == [
        "03:04:05 start   jump: offboard ken.mori of jump-partner-acme (password, MFA devices, keys, memberships "
        "are taken): the stack has this user no more",
        "03:04:05 done    jump jump-partner-acme (offboard-user ken.mori): ken.mori: password taken",
    ]


def test_a_status_reads_as_its_golden_text(golden) -> None:  # type: ignore[no-untyped-def]
    golden(GOLDEN / "status.txt", status_view.text(a_status(), False) + "\n")


def test_what_is_not_as_wanted_stands_last_and_alone_when_quiet() -> None:
    stacks = (StackStatus(name="jump-base", state="current"), StackStatus(name="jump-log", state="missing"))
    sets = (StackSetStatus(organization="corp", name="jump-acme-dev", state="missing", units=0),)
    status = replace(a_status(), stacks=stacks, stack_sets=sets)
    wrong = ["jump account", "  missing         jump-log", "corp jump-acme-dev: missing"]
    failures = status_view.text(a_status(), False, quiet=True).splitlines()[:-1]
    assert failures[0].startswith("failed in 2 accounts")
    for verbose in (False, True):
        quiet = status_view.text(status, verbose, quiet=True).splitlines()
        assert quiet[:-1] == [*failures, *wrong]
        assert status_view.text(status, verbose).splitlines()[-len(quiet) :] == quiet


def test_equal_reasons_are_told_once_with_every_account() -> None:
    told = status_view.text(a_status(), False)
    assert told.count("hint: delete or rename the role there") == 1
    assert "failed in 2 accounts: Role acme-dev-Power already exists" in told
    assert "where: corp/000000000004, corp/000000000005" in told


def test_lines_tell_each_event_once_with_the_time() -> None:
    said: list[str] = []
    lines = Lines(said.append, now=lambda: datetime(2026, 11, 23, 3, 4, 5))
    half = Progress(done=1, failed=0, total=2, status="RUNNING")
    lines.operation_started(OPERATION)
    lines.operation_progress(OPERATION, half)
    lines.operation_progress(OPERATION, half)
    lines.operation_finished(
        OPERATION, Outcome(state="failed", reason="1 of 2", accounts=(("1" * 12, "quota"),))
    )
    assert said == [
        "03:04:05 start   corp: make the stacks of jump-acme-dev in 1 OU: new target /Workloads/Dev",
        "03:04:05 running corp jump-acme-dev (create-instances): 1 of 2 accounts, RUNNING",
        "03:04:05 FAILED  corp jump-acme-dev (create-instances): 1 of 2",
        "03:04:05         111111111111: quota",
    ]


def test_one_operation_is_one_and_no_reason_is_not_talked_about() -> None:
    said: list[str] = []
    Lines(said.append).plan_started(a_plan())
    assert said[0].endswith(" deploying 1 operation")
    old = replace(a_status().accounts[0], state="older-template")
    assert "\nolder-template in 1 account\n" in status_view.text(replace(a_status(), accounts=(old,)), False)


def test_the_amount_of_an_operation_names_failures_only_where_there_are_some() -> None:
    assert (
        amount(Progress(done=3, failed=1, total=9, status="RUNNING")) == "3 of 9 accounts, 1 failed, RUNNING"
    )
    assert amount(Progress(done=3, failed=0, total=9, status="QUEUED")) == "3 of 9 accounts, QUEUED"
    assert amount(Progress(done=0, failed=0, total=0, status="waiting")) == "waiting"


def test_the_password_policy_is_shown_with_both_values_and_what_is_looser_first():
    account = AccountPlan(
        reason="2 settings differ",
        settings=(
            SettingChange(name="days until expiry", before="none", after="90", mark="narrowed"),
            SettingChange(name="minimum length", before="14", after="12", mark="broadened"),
        ),
    )
    assert plan_view.text(a_plan(account=account), False).splitlines()[:4] == [
        "jump account",
        "  ~ password policy  2 settings differ",
        "      broadened minimum length: 14 to 12",
        "      narrowed  days until expiry: none to 90",
    ]
