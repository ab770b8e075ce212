"""A small AWS with behaviour for the tests of the seam: no network, each request checked against botocore's model."""

# ruff: noqa: N803 (parameters are named as AWS names them)

import copy
from collections.abc import Callable
from typing import Any

import botocore.session
from botocore import xform_name
from botocore.exceptions import ClientError
from botocore.validate import ParamValidator

from jumpcf.artifacts.manifest import (
    CompiledStack,
    Connection,
    Manifest,
    ManifestOrganization,
    Rollout,
    Target,
)

LOADER = botocore.session.Session()
SERVICES = ("cloudformation", "iam", "organizations", "s3", "ssm", "sts")
MODELS = {name: LOADER.get_service_model(name) for name in SERVICES}

JUMP_ACCOUNT, ADMIN, MANAGEMENT = "111111111111", "222222222222", "999999999999"
TAGS = {"jumpcf-estate": "example"}


class FakeClock:
    """Time that passes only by sleeping."""

    def __init__(self) -> None:
        self.now = 0.0
        self.sleeps: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.now += seconds


class FakeClients:
    """Stands in for Sessions; `calls` records every request."""

    def __init__(self, services: dict[tuple[str, str], Any]) -> None:
        self.services = services
        self.calls: list[tuple[str, str, str, dict[str, Any]]] = []

    def client(self, place: str, service: str) -> Any:
        return FakeClient(self, place, service)

    def where(self, place: str) -> str:
        return f"{place} (account 000000000000)"

    def names(self, place: str = "") -> list[str]:
        return [operation for at, _, operation, _ in self.calls if place in ("", at)]

    def sent(self, operation: str) -> list[dict[str, Any]]:
        return [parameters for _, _, name, parameters in self.calls if name == operation]


class FakeClient:
    def __init__(self, clients: FakeClients, place: str, service: str) -> None:
        self.clients, self.place, self.service = clients, place, service

    def __getattr__(self, method: str) -> Callable[..., Any]:
        model = MODELS[self.service]
        operation = next(name for name in model.operation_names if xform_name(name) == method)

        def call(**parameters: Any) -> Any:
            shape = model.operation_model(operation).input_shape
            if shape is not None:
                report = ParamValidator().validate(parameters, shape)
                assert not report.has_errors(), report.generate_report()
            self.clients.calls.append((self.place, self.service, operation, parameters))
            return getattr(self.clients.services[self.place, self.service], method)(**parameters)

        return call


def refused(code: str, message: str, operation: str = "Operation") -> ClientError:
    return ClientError(
        {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"RequestId": "r-1"}}, operation
    )


def page(
    key: str, items: list[Any], token: str | None, size: int = 2, end: str | None = None
) -> dict[str, Any]:
    """A page of `size` items; every second page is empty although more follows, as Organizations does it."""
    at, empty = (int(token.split("-")[0]), token.endswith("-e")) if token else (0, False)
    if empty:
        return {key: [], "NextToken": str(at)}
    following = at + size
    more = following < len(items)
    answer: dict[str, Any] = {key: copy.deepcopy(items[at:following])}
    if more:
        answer["NextToken"] = f"{following}-e"
    elif end is not None:
        answer["NextToken"] = end
    return answer


class Scripted:
    """Refusals that a test puts in the way: the next calls of an operation answer with them."""

    def __init__(self) -> None:
        self.refusals: dict[str, list[ClientError]] = {}

    def refuse(self, operation: str, code: str, message: str = "") -> None:
        self.refusals.setdefault(operation, []).append(refused(code, message, operation))

    def check(self, operation: str) -> None:
        if self.refusals.get(operation):
            raise self.refusals[operation].pop(0)


class FakeSts:
    def __init__(self, account: str) -> None:
        self.account = account

    def get_caller_identity(self) -> dict[str, str]:
        return {"Account": self.account}


class FakeOrganization:
    """/Workloads/Prod and /Workloads/Dev (empty) below a root; one account in the root, two in Prod."""

    def __init__(self, *, paths: bool = True) -> None:
        self.paths = paths
        self.id, self.management = "o-corp000000", MANAGEMENT
        self.units = {
            "ou-r1aa-work0000": ("r-r1aa", "Workloads"),
            "ou-r1aa-prod0000": ("ou-r1aa-work0000", "Prod"),
            "ou-r1aa-dev00000": ("ou-r1aa-work0000", "Dev"),
        }
        self.accounts = {
            MANAGEMENT: ("r-r1aa", "ACTIVE"),
            "333333333333": ("ou-r1aa-prod0000", "ACTIVE"),
            "444444444444": ("ou-r1aa-prod0000", "SUSPENDED"),
        }

    def describe_organization(self) -> dict[str, Any]:
        return {"Organization": {"Id": self.id, "MasterAccountId": self.management}}

    def list_roots(self, NextToken: str | None = None) -> dict[str, Any]:
        return page("Roots", [{"Id": "r-r1aa", "Name": "Root"}], NextToken)

    def list_delegated_administrators(self, NextToken: str | None = None) -> dict[str, Any]:
        return page(
            "DelegatedAdministrators", [{"Id": ADMIN}, {"Id": "333333333333"}, {"Id": ADMIN}], NextToken
        )

    def list_accounts(self, NextToken: str | None = None) -> dict[str, Any]:
        return page("Accounts", [self._account(each) for each in self.accounts], NextToken)

    def list_accounts_for_parent(self, ParentId: str, NextToken: str | None = None) -> dict[str, Any]:
        inside = [self._account(each) for each, (unit, _) in self.accounts.items() if unit == ParentId]
        return page("Accounts", inside, NextToken)

    def list_organizational_units_for_parent(
        self,
        ParentId: str,
        NextToken: str | None = None,
    ) -> dict[str, Any]:
        children = [
            {"Id": key, "Name": name} for key, (parent, name) in self.units.items() if parent == ParentId
        ]
        return page("OrganizationalUnits", children, NextToken)

    def _account(self, account: str) -> dict[str, Any]:
        unit, state = self.accounts[account]
        found: dict[str, Any] = {"Id": account, "Name": f"name-{account[:3]}", "Status": state}
        if self.paths:
            found["State"] = state
            found["Paths"] = [f"{self.id}/{self._path(unit)}/{account}/"]
        return found

    def _path(self, unit: str) -> str:
        parent = self.units.get(unit, (None, ""))[0]
        return f"{self._path(parent)}/{unit}" if parent else unit


def manifest(*stacks: CompiledStack, call_root: str = "r-r1aa") -> Manifest:
    jump = Connection(account=JUMP_ACCOUNT, region="ap-northeast-1")
    corp = ManifestOrganization(
        name="corp",
        id="o-corp000000",
        root=call_root,
        connection=Connection(account=ADMIN, region="ap-northeast-1"),
        rollout=Rollout(),
        protected={},
    )
    return Manifest(
        estate="example",
        partition="aws",
        jump=jump,
        bucket="jumpcf-example-111111111111-ap-northeast-1",
        organizations=(corp,),
        stacks=stacks,
    )


def compiled(name: str, place: str = "corp") -> CompiledStack:
    return CompiledStack(
        name=name,
        place=place,
        kind="stack" if place == "jump" else "stackset",
        module="m",
        path="p",
        digest="d",
        size=1,
        capabilities=(),
        tags=dict(TAGS),
        target=Target(ous=("r-r1aa",), paths=("/",)),
    )
