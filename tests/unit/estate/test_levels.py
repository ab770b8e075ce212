"""The built-in levels."""

import pytest

from jumpcf.estate.levels import NAMES, built_in

MANAGED = {
    "Admin": ("AdministratorAccess",),
    "Power": ("PowerUserAccess",),
    "PowerAndIam": ("IAMFullAccess", "PowerUserAccess"),
    "Read": ("ReadOnlyAccess",),
    "SSM": (),
}


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_managed_policies_are_those_of_the_partition(partition):
    found = {name: level.managed_policies for name, level in built_in(partition).items()}
    assert found == {
        name: tuple(f"arn:{partition}:iam::aws:policy/{policy}" for policy in policies)
        for name, policies in MANAGED.items()
    }


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_every_arn_is_of_the_partition(partition):
    for level in built_in(partition).values():
        for statement in level.statements:
            for resource in statement.resources:
                assert resource == "*" or resource.startswith(f"arn:{partition}:")


def test_every_built_in_level_has_the_strict_boundary_and_no_escalation():
    for name, level in built_in("aws").items():
        assert (level.name, level.boundary, level.accept_escalation, level.builtin) == (
            name,
            "strict",
            None,
            True,
        )
    assert sorted(built_in("aws")) == sorted(NAMES)


def test_a_session_starts_only_with_the_document_check_and_on_tagged_instances():
    starts = [
        statement
        for statement in built_in("aws")["SSM"].statements
        if "ssm:StartSession" in statement.actions
    ]
    assert len(starts) == 2
    for statement in starts:
        assert statement.conditions["BoolIfExists"] == {"ssm:SessionDocumentAccessCheck": ("true",)}
        if any(":instance/" in resource for resource in statement.resources):
            assert statement.conditions["StringEquals"] == {
                "ssm:resourceTag/jump-partner": ("${jump:partner}",)
            }
        else:
            assert all(":document/" in resource for resource in statement.resources)


def test_another_tag_of_instances_changes_that_condition_and_nothing_else():
    usual, other = built_in("aws"), built_in("aws", ("vendor", "of-${jump:partner}"))
    assert {name for name in usual if usual[name] != other[name]} == {"SSM"}
    changed = [
        (before.conditions, after.conditions)
        for before, after in zip(usual["SSM"].statements, other["SSM"].statements, strict=True)
        if before != after
    ]
    assert len(changed) == 1
    ((before, after),) = changed
    assert before.pop("StringEquals") == {"ssm:resourceTag/jump-partner": ("${jump:partner}",)}
    assert after.pop("StringEquals") == {"ssm:resourceTag/vendor": ("of-${jump:partner}",)}
    assert before == after


def test_only_ones_own_sessions_can_be_resumed_or_ended():
    (own,) = (
        statement
        for statement in built_in("aws")["SSM"].statements
        if "ssm:TerminateSession" in statement.actions
    )
    assert own.conditions == {
        "StringEquals": {"ssm:resourceTag/aws:ssmmessages:session-id": ("${aws:userid}",)}
    }


def test_the_ssm_level_writes_nothing_else():
    actions = {action for statement in built_in("aws")["SSM"].statements for action in statement.actions}
    writes = {
        action for action in actions if not action.split(":")[1].startswith(("Describe", "List", "Get"))
    }
    assert writes == {
        "ssm:StartSession",
        "ssm:ResumeSession",
        "ssm:TerminateSession",
        "ssmmessages:OpenDataChannel",
    }
