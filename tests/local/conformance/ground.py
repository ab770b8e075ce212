"""The ground that the conformance bodies stand on: AWS through boto3, and what only a person can do there.

By default it is the embedded AWS with a clock that the ground turns.  With JUMPCF_LIVE=1 it is a real sandbox
organization, told by the JSON file that JUMPCF_LIVE_GROUND names:

    {"region": "ap-northeast-1", "management": "<account>",
     "units": {"parent": "ou-…", "target": "ou-…", "empty": "ou-…", "apart": "ou-…"},
     "members": {"one": "<account>", "two": "<account>", "spare": "<account>"},
     "profiles": {"<account>": "<profile of the AWS configuration>"}}

Each profile acts as administrator of its account by a role or a root user, not as an IAM user.  Quotas are AWS's
default ones.  Some bodies set the password policy of `one` and put back what was there.

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
from botocore.exceptions import ClientError

from jumpcf.local import mfa
from jumpcf.local.credentials import clean_session
from jumpcf.local.session import LocalAws
from tests.local.support import CORP, DEV, EMPTY, JUMP, REGION, SANDBOX, WORKLOADS, StackSets, role_template

Found = TypeVar("Found")
_NOT_YET = ("AccessDenied", "InvalidClientTokenId", "MalformedPolicyDocument", "NoSuchEntity")
_GONE = (
    *("NoSuchEntity", "NoSuchBucket", "NoSuchKey", "ParameterNotFound", "NotFoundException"),
    "OrganizationalUnitNotFoundException",
)
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
        self._undo: list[Callable[[], Any]] = []

    def client(self, service: str, account: str) -> Any:
        raise NotImplementedError

    def person(self, service: str, given: dict[str, Any]) -> Any:
        """A client with an AccessKey of IAM or Credentials of STS, of the account `one`'s region."""
        raise NotImplementedError

    def pause(self, seconds: float) -> None:
        raise NotImplementedError

    def now(self) -> float:
        """Seconds since 1970 by AWS's clock."""
        raise NotImplementedError

    def code(self, seed: str) -> str:
        """What an authenticator app shows now; each call waits for a code of its own."""
        self.pause(mfa.STEP)
        return mfa.code(seed, self.now())

    def accepted(self, call: Callable[..., Found], *, limit: float = 120, **given: Any) -> Found:
        """The answer to a call that relies on what was just made: IAM is eventually consistent (IAM User Guide,
        "Changes that I make are not always immediately visible")."""
        for left in range(int(limit / 5), -1, -1):
            try:
                return call(**given)
            except ClientError as error:
                if error.response["Error"]["Code"] not in _NOT_YET or not left:
                    raise
            self.pause(5)
        raise AssertionError("the loop gives or raises")

    def later(self, call: Callable[..., Any], **given: Any) -> None:
        """Take something away at the end, last made first."""
        self._undo.append(lambda: call(**given))

    def take_away(self) -> None:
        """Do what `later` has heard; what is gone already is well, anything else is told at the end."""
        failed = []
        while self._undo:
            try:
                self._undo.pop()()
            except ClientError as error:
                if error.response["Error"]["Code"] not in _GONE:
                    failed.append(str(error))
        assert not failed, failed

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

    def person(self, service: str, given: dict[str, Any]) -> Any:
        return clean_session().client(service, endpoint_url=self.aws.endpoint, **_keys(given, self.region))

    def pause(self, seconds: float) -> None:
        self.clock.now += seconds

    def now(self) -> float:
        return self.clock.now


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

    def person(self, service: str, given: dict[str, Any]) -> Any:
        return boto3.Session().client(service, **_keys(given, self.region))

    def pause(self, seconds: float) -> None:
        time.sleep(max(seconds, 5))

    def now(self) -> float:
        return time.time()

    def clean(self) -> None:
        self.take_away()
        for name in self.made:
            for unit in self.sets.units(name) or [self.units["parent"]]:
                self.ended(name, self.sets.remove(name, unit, OperationPreferences=FAST))
            self.sets.client.delete_stack_set(StackSetName=name)
        for account, stack in self.stacks:
            self.client("cloudformation", account).delete_stack(StackName=stack)
        self.move(self.members["spare"], self.units["apart"])


def _keys(given: dict[str, Any], region: str) -> dict[str, Any]:
    return {
        "region_name": region,
        "aws_access_key_id": given["AccessKeyId"],
        "aws_secret_access_key": given["SecretAccessKey"],
        "aws_session_token": given.get("SessionToken"),
    }


def developer_environment() -> dict[str, str]:
    """The AWS settings that the process was started with, for the live ground."""
    return dict(_DEVELOPER)
