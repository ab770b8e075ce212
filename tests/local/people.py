"""People who call the embedded AWS with credentials of their own, from an address, by a clock that can be set."""

import dataclasses
import json
from dataclasses import dataclass, field
from typing import Any, Protocol

from botocore.config import Config

from jumpcf.local import mfa
from jumpcf.local.credentials import clean_session
from tests.local.support import JUMP, REGION

NETWORK = "203.0.113.0/24"
INSIDE, OUTSIDE = "203.0.113.7", "198.51.100.9"


@dataclass
class Clock:
    """Seconds since 1970 that stand still until somebody moves them: 2027-01-15T08:00:00Z."""

    now: float = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now

    def pass_(self, seconds: float) -> None:
        self.now += seconds


class Endpoint(Protocol):
    """`LocalAws`, or what serves as one."""

    @property
    def endpoint(self) -> str: ...

    def client(self, service: str, account: str) -> Any: ...


@dataclass
class Person:
    """Credentials at work: a user's access key or temporary ones."""

    aws: Endpoint
    key: str
    secret: str
    token: str | None = None
    address: str | None = INSIDE
    name: str = "taro.yamada"

    def client(self, service: str) -> Any:
        return clean_session().client(
            service,
            region_name=REGION,
            endpoint_url=self.aws.endpoint,
            aws_access_key_id=self.key,
            aws_secret_access_key=self.secret,
            aws_session_token=self.token,
            config=Config(user_agent_appid=self.address, retries={"total_max_attempts": 1}),
        )

    def at(self, address: str | None) -> "Person":
        return dataclasses.replace(self, address=address)

    def using(self, given: dict[str, Any]) -> "Person":
        """The same person with the Credentials of an answer of STS."""
        key, secret, token = given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"]
        return dataclasses.replace(self, key=key, secret=secret, token=token)

    def assume(self, role: str, **more: Any) -> "Person":
        named = {"RoleArn": role, "RoleSessionName": self.name, **more}
        return self.using(self.client("sts").assume_role(**named)["Credentials"])


@dataclass
class Device:
    """A virtual MFA device in somebody's pocket."""

    serial: str
    seed: str
    clock: Clock
    last: int = field(default=0)

    def code(self) -> str:
        """The code that is shown now, or the next one where this one was used."""
        at = int(max(self.clock.now, self.last + mfa.STEP))
        self.clock.now = max(self.clock.now, at)
        self.last = at
        return mfa.code(self.seed, at)

    def shown(self) -> dict[str, str]:
        return {"SerialNumber": self.serial, "TokenCode": self.code()}


def enrol(person: Person, clock: Clock, name: str = "phone") -> Device:
    """Make a virtual device and enable it, by the person's own calls."""
    iam = person.client("iam")
    made = iam.create_virtual_mfa_device(VirtualMFADeviceName=name)["VirtualMFADevice"]
    device = Device(made["SerialNumber"], made["Base32StringSeed"].decode(), clock)
    codes = mfa.code(device.seed, clock.now), mfa.code(device.seed, clock.now + mfa.STEP)
    iam.enable_mfa_device(
        UserName=person.name,
        SerialNumber=device.serial,
        AuthenticationCode1=codes[0],
        AuthenticationCode2=codes[1],
    )
    clock.pass_(2 * mfa.STEP)
    device.last = int(clock.now)
    return device


def with_key(aws: Endpoint, name: str, *, address: str | None = INSIDE) -> Person:
    """A user with an access key that the operator gave him."""
    key = aws.client("iam", JUMP).create_access_key(UserName=name)["AccessKey"]
    return Person(aws, key["AccessKeyId"], key["SecretAccessKey"], address=address, name=name)


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action: str | list[str], resource: str | list[str] = "*", **condition: Any) -> dict[str, Any]:
    made: dict[str, Any] = {"Effect": "Allow", "Action": action, "Resource": resource}
    return made | ({"Condition": condition} if condition else {})


def deny(action: str | list[str], resource: str | list[str] = "*", **condition: Any) -> dict[str, Any]:
    return allow(action, resource, **condition) | {"Effect": "Deny"}


def trust(*, account: str = JUMP, **condition: Any) -> str:
    """Trust in an account, under conditions."""
    made = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
        "Action": "sts:AssumeRole",
    }
    return policy(made | ({"Condition": condition} if condition else {}))


def make_user(aws: Endpoint, *statements: dict[str, Any], path: str = "/partner/acme/") -> Person:
    """taro.yamada in the jump account, in the group acme with these statements, with an access key."""
    iam = aws.client("iam", JUMP)
    iam.create_user(UserName="taro.yamada", Path=path, Tags=[{"Key": "jump-partner", "Value": "acme"}])
    iam.create_group(GroupName="acme", Path=path)
    if statements:
        iam.put_group_policy(GroupName="acme", PolicyName="rights", PolicyDocument=policy(*statements))
    iam.add_user_to_group(GroupName="acme", UserName="taro.yamada")
    return with_key(aws, "taro.yamada")


def make_role(
    aws: Endpoint, account: str, name: str, document: str, *statements: dict[str, Any], **more: Any
) -> str:
    """A role under /jump/; gives its ARN."""
    iam = aws.client("iam", account)
    made = iam.create_role(RoleName=name, Path="/jump/", AssumeRolePolicyDocument=document, **more)["Role"]
    if statements:
        iam.put_role_policy(RoleName=name, PolicyName="rights", PolicyDocument=policy(*statements))
    return str(made["Arn"])
