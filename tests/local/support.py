"""A small estate and the calls of an administrator, for the tests of the embedded AWS."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from jumpcf.artifacts.manifest import Connection, Rollout
from jumpcf.artifacts.password_policy import PasswordPolicy
from jumpcf.errors import Mark
from jumpcf.estate.model import Account, Estate, Organization, OrgUnit
from jumpcf.local.session import LocalAws

JUMP = "111111111111"
CORP = "222222222222"  # management account
ADMIN = "300000000001"  # delegated administrator of StackSets
SUSPENDED = "300000000005"
OTHER = "444444444444"  # management account of the second organization
ROOT, WORKLOADS, DEV, SANDBOX, EMPTY = (
    "r-ab12",
    "ou-ab12-11111111",
    "ou-ab12-22222222",
    "ou-ab12-33333333",
    "ou-ab12-44444444",
)
REGION = "ap-northeast-1"
PRINCIPAL = "member.org.stacksets.cloudformation.amazonaws.com"
MARK = Mark("params/estate.yaml")
PASSWORDS = PasswordPolicy(
    minimum_length=14,
    reuse_prevention=24,
    maximum_age=None,
    require_symbols=True,
    require_numbers=True,
    require_uppercase=True,
    require_lowercase=True,
)


def make_organization(
    name: str,
    identity: tuple[str, str, str],
    units: dict[str, tuple[str, str | None]],
    accounts: dict[str, str],
    admin: str | None = None,
) -> Organization:
    """`identity` is (organization id, root, management account); `units` maps id to (path, parent)."""
    organization, root, management = identity
    return Organization(
        name=name,
        id=organization,
        root=root,
        connection=Connection(account=admin or management, region=REGION, profile=f"{name}-stacksets"),
        rollout=Rollout(),
        management_account=management,
        delegated_administrators={admin: (PRINCIPAL,)} if admin else {},
        units=tuple(
            OrgUnit(id=unit, name=path.rsplit("/", 1)[-1] or "Root", path=path, parent=parent)
            for unit, (path, parent) in units.items()
        ),
        accounts=tuple(
            Account(
                id=account,
                name=f"account-{account[-2:]}",
                unit=unit,
                state="SUSPENDED" if account == SUSPENDED else "ACTIVE",
            )
            for account, unit in accounts.items()
        ),
        protected={},
        mark=MARK,
    )


def make_corp() -> Organization:
    """Three levels of units: the management account at the root, three accounts in Workloads, four in its Dev."""
    accounts = {CORP: ROOT, SUSPENDED: DEV, "300000000009": SANDBOX}
    accounts |= {f"30000000000{number}": WORKLOADS if number % 2 else DEV for number in (1, 2, 3, 4, 6, 7)}
    return make_organization(
        "corp",
        ("o-corp0example", ROOT, CORP),
        {
            ROOT: ("/", None),
            WORKLOADS: ("/Workloads", ROOT),
            DEV: ("/Workloads/Dev", WORKLOADS),
            EMPTY: ("/Workloads/Dev/Empty", DEV),
            SANDBOX: ("/Sandbox", ROOT),
        },
        accounts,
        ADMIN,
    )


def make_other() -> Organization:
    root = "r-cd34"
    return make_organization(
        "other",
        ("o-other00example", root, OTHER),
        {root: ("/", None)},
        {OTHER: root, "500000000001": root, "500000000002": root},
    )


def make_estate(*organizations: Organization) -> Estate:
    return Estate(
        name="example",
        partition="aws",
        jump=Connection(account=JUMP, region=REGION, profile="jump-admin"),
        timezone="Asia/Tokyo",
        role_session_name="required",
        assume_scope="org-paths",
        fence=("self-service", "session"),
        password_policy=PASSWORDS,
        unused_password_days=14,
        quotas={},
        organizations={item.name: item for item in organizations},
        partners={},
        levels={},
        boundaries={},
        mark=MARK,
    )


def role_template(name: str = "acme-dev-Read", **more: Any) -> str:
    """One named role; `more` are further properties."""
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{JUMP}:root"}, "Action": "sts:AssumeRole"}
        ],
    }
    properties = {"RoleName": name, "Path": "/jump/", "AssumeRolePolicyDocument": trust, **more}
    return json.dumps({"Resources": {"Role": {"Type": "AWS::IAM::Role", "Properties": properties}}})


class StackSets:
    """The calls of an administrator, with what jumpcf sends every time."""

    def __init__(self, client: Any, call_as: str = "SELF", region: str = REGION) -> None:
        self.client = client
        self.call_as = call_as
        self.region = region

    def create(self, name: str, template: str | None = None, **more: Any) -> str:
        given = {
            "PermissionModel": "SERVICE_MANAGED",
            "AutoDeployment": {"Enabled": True, "RetainStacksOnAccountRemoval": False},
            "Capabilities": ["CAPABILITY_NAMED_IAM"],
            "CallAs": self.call_as,
        }
        body = template or role_template(name)
        made = self.client.create_stack_set(StackSetName=name, TemplateBody=body, **given | more)
        return str(made["StackSetId"])

    def add(self, name: str, *units: str, **more: Any) -> str:
        targets = {"OrganizationalUnitIds": list(units), **more.pop("targets", {})}
        given = {"Regions": [self.region], "CallAs": self.call_as, "DeploymentTargets": targets}
        return str(self.client.create_stack_instances(StackSetName=name, **given | more)["OperationId"])

    def remove(self, name: str, *units: str, retain: bool = False, **more: Any) -> str:
        targets = {"OrganizationalUnitIds": list(units), **more.pop("targets", {})}
        given = {"Regions": [self.region], "CallAs": self.call_as, "DeploymentTargets": targets}
        made = self.client.delete_stack_instances(StackSetName=name, RetainStacks=retain, **given | more)
        return str(made["OperationId"])

    def update(self, name: str, template: str | None = None, **more: Any) -> str:
        body = {"TemplateBody": template} if template else {"UsePreviousTemplate": True}
        given = {"Capabilities": ["CAPABILITY_NAMED_IAM"], "CallAs": self.call_as}
        made = self.client.update_stack_set(StackSetName=name, **body, **given | more)
        return str(made["OperationId"])

    def operation(self, name: str, identity: str) -> dict[str, Any]:
        made = self.client.describe_stack_set_operation(
            StackSetName=name, OperationId=identity, CallAs=self.call_as
        )
        return dict(made["StackSetOperation"])

    def results(self, name: str, identity: str) -> dict[str, str]:
        """Account to status of an operation."""
        pages = self.client.get_paginator("list_stack_set_operation_results").paginate(
            StackSetName=name, OperationId=identity, CallAs=self.call_as
        )
        return {row["Account"]: row["Status"] for page in pages for row in page["Summaries"]}

    def instances(self, name: str) -> dict[str, dict[str, Any]]:
        pages = self.client.get_paginator("list_stack_instances").paginate(
            StackSetName=name, CallAs=self.call_as
        )
        return {row["Account"]: row for page in pages for row in page["Summaries"]}

    def units(self, name: str) -> list[str]:
        made = self.client.list_stack_set_auto_deployment_targets(StackSetName=name, CallAs=self.call_as)
        return [row["OrganizationalUnitId"] for row in made["Summaries"]]


def roles(aws: LocalAws, account: str) -> list[str]:
    """The names of the roles under /jump/ in an account."""
    return sorted(
        row["RoleName"] for row in aws.client("iam", account).list_roles(PathPrefix="/jump/")["Roles"]
    )


def denies(call: Any, *arguments: Any, **given: Any) -> bool:
    """Whether a Deny stands in the way; a call that is let through is none."""
    try:
        call(*arguments, **given)
    except ClientError as refused:
        if "explicit deny" in refused.response["Error"]["Message"]:
            return True
        raise
    return False


def refused(call: Callable[..., Any], *arguments: Any, **given: Any) -> tuple[str, str]:
    """(code, message) of the refusal that the call must meet."""
    with pytest.raises(ClientError) as caught:
        call(*arguments, **given)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]
