"""The password policy at the seam: an account without one, every field read back, every field named."""

from dataclasses import replace

import pytest
from aws_iam import FakeAccount
from aws_world import FakeClients, manifest

from jumpcf.artifacts.operation import SetPasswordPolicy
from jumpcf.artifacts.password_policy import PasswordPolicy
from jumpcf.artifacts.status import Progress
from jumpcf.aws.api import Api
from jumpcf.aws.gateway import AwsGateway
from jumpcf.aws.password_policy import read_policy
from jumpcf.errors import AwsRefused
from tests.unit.builders import PASSWORDS


def silent(progress: Progress) -> None:
    raise AssertionError(f"nothing takes so long: {progress}")


class Room:
    def __init__(self) -> None:
        self.account = FakeAccount()
        self.clients = FakeClients({("jump", "iam"): self.account})
        self.gateway = AwsGateway(self.clients, manifest(), {}, lambda digest: b"")

    def read(self) -> PasswordPolicy | None:
        return read_policy(Api(self.clients, "jump", "iam"))

    def set(self, policy: PasswordPolicy) -> str:
        operation = SetPasswordPolicy(
            id="1", place="jump", stack="password-policy", reason="r", policy=policy
        )
        return self.gateway.run(operation, "token-1", silent).state


def test_an_account_without_a_policy_has_none() -> None:
    assert Room().read() is None


@pytest.mark.parametrize(
    "policy",
    [
        PASSWORDS,
        replace(PASSWORDS, maximum_age=90, reuse_prevention=None, require_symbols=False, hard_expiry=True),
        replace(
            PASSWORDS, minimum_length=8, require_numbers=False, require_uppercase=False, change_own=False
        ),
    ],
)
def test_what_is_set_is_what_is_read(policy: PasswordPolicy) -> None:
    room = Room()
    assert room.set(policy) == "succeeded"
    assert room.read() == policy


def test_every_field_is_named_because_aws_resets_the_others() -> None:
    room = Room()
    room.account.policy = {"MinimumPasswordLength": 20, "RequireSymbols": True, "MaxPasswordAge": 30}
    room.set(replace(PASSWORDS, maximum_age=90))
    (call,) = room.clients.calls
    assert set(call[3]) == {
        "MinimumPasswordLength",
        "RequireSymbols",
        "RequireNumbers",
        "RequireUppercaseCharacters",
        "RequireLowercaseCharacters",
        "AllowUsersToChangePassword",
        "MaxPasswordAge",
        "PasswordReusePrevention",
        "HardExpiry",
    }


def test_a_refusal_to_read_is_no_account_without_a_policy() -> None:
    room = Room()
    room.account.refuse("GetAccountPasswordPolicy", "AccessDenied", "no")
    with pytest.raises(AwsRefused, match="GetAccountPasswordPolicy was refused"):
        room.read()
