"""Which levels may open a shell that no freeze ends."""

import json
from typing import Any

import pytest
from moto.iam.aws_managed_policies import aws_managed_policies_data

from jumpcf.compiler.shells import OPENS, opens_shells
from jumpcf.estate.levels import built_in
from jumpcf.iam.action_table import concerns, exists
from tests.unit import builders as an


@pytest.mark.parametrize(
    ("parts", "opens"),
    [
        ({}, False),
        ({"statements": (an.a_statement(actions=("ssm:StartSession",)),)}, True),
        ({"statements": (an.a_statement(actions=("SSM:*",)),)}, True),
        ({"statements": (an.a_statement(actions=("ecs:Execute*",)),)}, True),
        ({"statements": (an.a_statement(actions=("ec2-instance-connect:*",)),)}, True),
        ({"statements": (an.a_statement(actions=("eks:AccessKubernetesApi",)),)}, True),
        ({"statements": (an.a_statement(actions=("ssm:StartSession",), effect="Deny"),)}, False),
        ({"statements": (an.a_statement(actions=("ssm:Get*", "ecs:List*")),)}, False),
        ({"statements": (an.a_statement(not_actions=("iam:*",)),)}, True),
        ({"managed_policies": ("arn:aws:iam::aws:policy/PowerUserAccess",)}, True),
        ({"managed_policies": ("arn:aws-cn:iam::aws:policy/ReadOnlyAccess",)}, False),
        ({"managed_policies": ("arn:aws:iam::aws:policy/AmazonRDSReadOnlyAccess",)}, False),
        ({"managed_policies": ("arn:aws:iam::aws:policy/job-function/ViewOnlyAccess",)}, False),
        ({"managed_policies": ("arn:aws:iam::aws:policy/SecurityAudit",)}, False),
        ({"managed_policies": ("arn:aws:iam::111111111111:policy/ReadOnlyAccess",)}, True),
        ({"managed_policies": ("arn:aws:iam::aws:policy/NotReadOnly-Anything",)}, True),
    ],
)
def test_a_level_that_may_open_shells_is_told_by_its_actions_and_by_names_of_policies(
    parts: dict[str, Any], opens: bool
) -> None:
    assert opens_shells(an.a_level(**{"managed_policies": (), "statements": (), **parts})) is opens


def test_of_the_built_in_levels_only_read_opens_none() -> None:
    assert [name for name, level in built_in("aws").items() if not opens_shells(level)] == ["Read"]


def test_the_actions_exist_and_no_policy_that_is_said_to_read_only_allows_one() -> None:
    """By moto's copy of AWS's policies; a newer copy may bring more."""
    assert [action for action in OPENS if not exists(action)] == []
    wrong, read = [], 0
    for name, one in json.loads(aws_managed_policies_data).items():
        arn = f"arn:aws:iam::aws:policy{one['Path']}{name}"
        if opens_shells(an.a_level(managed_policies=(arn,), statements=())):
            continue
        read += 1
        wrong += [name for each in listed(one["Document"]["Statement"]) if allows(each)]
    assert wrong == []
    assert read > 100


def allows(statement: dict[str, Any]) -> bool:
    if statement["Effect"] != "Allow":
        return False
    named, spared = listed(statement.get("Action", [])), listed(statement.get("NotAction", []))
    opens = (action for action in OPENS if action != "eks:AccessKubernetesApi")
    return any(concerns(named, spared, action) for action in opens)


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
