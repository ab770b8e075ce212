"""The effect of a plan on a partner, in one sentence."""

from dataclasses import replace
from typing import Any

from jumpcf.artifacts.plan import AccountChange, Plan, PolicyChange, StackPlan, StackSetPlan
from jumpcf.planner.partner_words import partner_sentences


def account(number: int, effect: str, name: str = "") -> AccountChange:
    return AccountChange(account=f"{number:012}", name=name, path="/Prod", effect=effect)  # type: ignore[arg-type]


def change(**parts: Any) -> PolicyChange:
    given = {
        "subject": "acme-dev-Db",
        "part": "policies",
        "what": "One",
        "action": "changed",
        "mark": "broadened",
    }
    return PolicyChange(**(given | parts))  # type: ignore[arg-type]


def stack_set(*accounts: AccountChange, iam: tuple[PolicyChange, ...] = (), **parts: Any) -> StackSetPlan:
    given: dict[str, Any] = {
        "organization": "corp",
        "name": "jump-acme-dev",
        "action": "update",
        "partner": "acme",
        "grant": "dev",
    }
    return StackSetPlan(**(given | parts), accounts=accounts, iam=iam)


def said(*sets: StackSetPlan, stacks: tuple[StackPlan, ...] = ()) -> tuple[str, ...]:
    return partner_sentences(
        Plan(estate="e", organizations=("corp",), manifest="", stacks=stacks, stack_sets=sets, operations=())
    )


WRITES = ("rds:StartDBInstance", "rds:StopDBInstance", "rds:RebootDBInstance")


def test_gains_new_accounts_and_losses_stand_in_one_sentence() -> None:
    accounts = [account(number, "changed") for number in range(38)]
    one = stack_set(
        *accounts,
        account(50, "new"),
        account(51, "new"),
        account(60, "leaving", "prod-7"),
        iam=(change(gains=WRITES),),
    )
    assert said(one) == (
        "acme: +3 write actions in 38 accounts of corp; new in 2 accounts of corp; loses prod-7 of corp",
    )


def test_what_one_account_gets_from_two_stack_sets_is_added_up_once() -> None:
    one = stack_set(account(1, "changed"), account(2, "changed"), iam=(change(gains=WRITES),))
    two = stack_set(account(1, "changed"), grant="ops", iam=(change(gains=(WRITES[0], "s3:GetObject")),))
    assert said(one, two) == (
        "acme: +3 write actions, +1 read action in 1 account of corp; +3 write actions in 1 account of corp",
    )


def test_the_same_effect_in_two_organizations_is_one_clause() -> None:
    one = stack_set(account(1, "changed"), iam=(change(gains=("s3:PutObject",)),))
    assert said(one, replace(one, organization="lab")) == (
        "acme: +1 write action in 1 account of corp, 1 account of lab",
    )


def test_what_nobody_can_count_is_named_by_its_pattern() -> None:
    gains = ("ec2:*", "PowerUserAccess", "all but iam:CreateUser", "s3:Get*", "rds:?top")
    one = stack_set(account(1, "changed"), iam=(change(gains=gains),))
    assert said(one) == (
        "acme: +PowerUserAccess, +all but iam:CreateUser, +ec2:*, +2 more patterns in 1 account of corp",
    )


def test_roles_that_come_and_go_are_named_by_level() -> None:
    come = change(subject="acme-dev-Db", part="role", what="", action="added", gains=WRITES)
    gone = change(subject="acme-dev-SSM", part="role", what="", action="removed", mark="narrowed")
    assert said(stack_set(account(1, "changed"), iam=(come, gone))) == (
        "acme: +role Db in 1 account of corp; -role SSM in 1 account of corp",
    )


def test_a_part_that_is_no_action_is_named() -> None:
    iam = (
        change(part="trust"),
        change(part="fence"),
        change(part="session", mark="narrowed"),
        change(mark="narrowed", loses=("s3:PutObject",)),
    )
    assert said(stack_set(account(1, "changed"), iam=iam)) == (
        "acme: broadened by fence, trust in 1 account of corp; -1 write action in 1 account of corp; "
        "narrowed by session in 1 account of corp",
    )


def test_an_action_that_goes_does_not_hide_that_the_statement_is_broadened() -> None:
    one = stack_set(account(1, "changed"), iam=(change(loses=("s3:PutObject",)),))
    assert said(one) == (
        "acme: broadened by policies in 1 account of corp; -1 write action in 1 account of corp",
    )


def test_an_account_where_another_grant_stays_is_not_lost() -> None:
    one = stack_set(account(1, "leaving", "prod-7"), account(2, "leaving"))
    other = stack_set(account(1, "current", "prod-7"), grant="ops", action="none")
    assert said(one, other) == ("acme: loses 000000000002 of corp; loses some roles in prod-7 of corp",)
    assert said(stack_set(*(account(number, "leaving") for number in range(4)))) == (
        "acme: loses 4 accounts of corp",
    )


def test_a_retry_is_a_change_and_nothing_more() -> None:
    assert said(stack_set(account(1, "changed"))) == ("acme: changed in 1 account of corp",)
    assert said(stack_set(account(1, "current"), account(2, "skipped"), action="none")) == ()


def test_people_and_groups_of_the_jump_account_are_told() -> None:
    iam = (
        change(subject="ken.mori", part="user", what="", action="added"),
        change(subject="eva.lind", part="user", what="", action="removed", mark="narrowed"),
        change(subject="acme-ops"),
        change(subject="acme-members", part="policies", mark="narrowed"),
    )
    stack = StackPlan(name="jump-partner-acme", action="update", partner="acme", iam=iam)
    assert said(stacks=(stack,)) == (
        "acme: broadened in the jump account by acme-ops; ken.mori comes; "
        "narrowed in the jump account by acme-members; eva.lind goes",
    )
    crowd = tuple(change(subject=f"u{number}", part="user", what="", action="added") for number in range(9))
    assert said(stacks=(replace(stack, action="create", iam=crowd),)) == ("acme: 9 people come",)
