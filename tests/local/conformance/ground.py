"""The ground that the conformance bodies stand on: AWS through boto3, and what only a person can do there.

By default it is the embedded AWS with a clock that the ground turns.  With JUMPCF_LIVE=1 it is a real sandbox
organization, told by the JSON file that JUMPCF_LIVE_GROUND names:

    {"region": "ap-northeast-1", "management": "<account>",
     "units": {"parent": "ou-…", "target": "ou-…", "empty": "ou-…", "apart": "ou-…"},
     "members": {"one": "<account>", "two": "<account>", "spare": "<account>"},
     "profiles": {"<account>": "<profile of the AWS configuration>"}}

`target` lies in `parent` and holds `one` and `two`; `empty` lies in `target` and holds nobody; `apart` lies
elsewhere and holds `spare`.  Bodies say nothing about accounts that they do not name, so that others may be there.
"""

import json
import os
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import boto3

from jumpcf.local.session import LocalAws
from tests.local.support import CORP, DEV, EMPTY, JUMP, REGION, SANDBOX, WORKLOADS, StackSets, role_template

Found = TypeVar("Found")
FAST = {"MaxConcurrentCount": 20, "FailureToleranceCount": 19}
LIVE = os.environ.get("JUMPCF_LIVE") == "1"  # read before the fixtures empty the environment
_CONFIG = os.environ.get("JUMPCF_LIVE_GROUND", "")
_DEVELOPER = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}


class Clock:
    """Time that moves when somebody says so."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


class Ground:
    """What both grounds can do; `look` in `until` is asked again as time passes, until it gives something true."""

    region: str
    management: str
    units: dict[str, str]
    members: dict[str, str]

    def __init__(self) -> None:
        self.made: list[str] = []
        self.stacks: list[tuple[str, str]] = []

    def client(self, service: str, account: str) -> Any:
        raise NotImplementedError

    def pause(self, seconds: float) -> None:
        raise NotImplementedError

    @property
    def sets(self) -> StackSets:
        """The management account's StackSets."""
        return StackSets(self.client("cloudformation", self.management), region=self.region)

    def name(self) -> str:
        """A name that nobody has, for a StackSet and its role."""
        self.made.append(f"conformance-{uuid.uuid4().hex[:12]}")
        return self.made[-1]

    def template(self, name: str, **more: Any) -> str:
        """A template of one role that the management account may take."""
        return role_template(name, **more).replace(JUMP, self.management)

    def create(self, name: str) -> str:
        """A StackSet with such a template; its id."""
        return self.sets.create(name, self.template(name))

    def stack(self, account: str) -> str:
        """A name for a plain stack of an account, which goes at the end."""
        name = f"conformance-{uuid.uuid4().hex[:12]}"
        self.stacks.append((account, name))
        return name

    def until(self, look: Callable[[], Found | None], limit: float = 3600, step: float = 1) -> Found:
        for _ in range(int(limit / step)):
            found = look()
            if found:
                return found
            self.pause(step)
        raise AssertionError(f"not within {limit} seconds")

    def ended(self, name: str, operation: str) -> str:
        """The status with which an operation ends."""
        over = ("SUCCEEDED", "FAILED", "STOPPED")

        def look() -> str | None:
            status = str(self.sets.operation(name, operation)["Status"])
            return status if status in over else None

        return self.until(look)

    def settled(self, account: str, stack: str) -> str:
        """The status that a stack comes to."""

        def look() -> str | None:
            found = self.client("cloudformation", account).describe_stacks(StackName=stack)["Stacks"][0]
            status = str(found["StackStatus"])
            return None if status.endswith("_IN_PROGRESS") else status

        return self.until(look)

    def move(self, account: str, unit: str) -> None:
        organizations = self.client("organizations", self.management)
        source = organizations.list_parents(ChildId=account)["Parents"][0]["Id"]
        if source != unit:
            organizations.move_account(AccountId=account, SourceParentId=source, DestinationParentId=unit)

    def roles(self, account: str) -> set[str]:
        """The names of the roles under /jump/."""
        pages = self.client("iam", account).get_paginator("list_roles").paginate(PathPrefix="/jump/")
        return {row["RoleName"] for page in pages for row in page["Roles"]}

    def clean(self) -> None:
        """Take away what a body left; the embedded AWS is thrown away as a whole."""


class LocalGround(Ground):
    """The embedded AWS: operations take two seconds, auto-deployment a minute, lists lag five seconds."""

    def __init__(self, aws: LocalAws, clock: Clock) -> None:
        super().__init__()
        self.aws, self.clock = aws, clock
        self.region, self.management = REGION, CORP
        self.units = {"parent": WORKLOADS, "target": DEV, "empty": EMPTY, "apart": SANDBOX}
        self.members = {"one": "300000000002", "two": "300000000004", "spare": "300000000009"}

    def client(self, service: str, account: str) -> Any:
        return self.aws.client(service, account)

    def pause(self, seconds: float) -> None:
        self.clock.now += seconds


class LiveGround(Ground):
    """A sandbox organization of real AWS."""

    def __init__(self) -> None:
        super().__init__()
        told = json.loads(Path(_CONFIG).read_text(encoding="utf-8"))
        self.region, self.management = told["region"], told["management"]
        self.units, self.members, self._profiles = told["units"], told["members"], told["profiles"]

    def client(self, service: str, account: str) -> Any:
        session = boto3.Session(profile_name=self._profiles[account], region_name=self.region)
        return session.client(service)

    def pause(self, seconds: float) -> None:
        time.sleep(max(seconds, 5))

    def clean(self) -> None:
        for name in self.made:
            for unit in self.sets.units(name) or [self.units["parent"]]:
                self.ended(name, self.sets.remove(name, unit, OperationPreferences=FAST))
            self.sets.client.delete_stack_set(StackSetName=name)
        for account, stack in self.stacks:
            self.client("cloudformation", account).delete_stack(StackName=stack)
        self.move(self.members["spare"], self.units["apart"])


def developer_environment() -> dict[str, str]:
    """The AWS settings that the process was started with, for the live ground."""
    return dict(_DEVELOPER)
