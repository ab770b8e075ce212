"""STS: roles that are taken, by whom, with what shown, for how long, and what their credentials are.

bc = botocore's STS model; UG = IAM User Guide; STS = STS API reference; facts = the notes on IAM by section.
"""

from typing import Any

import pytest

from tests.local.conformance.things import Things, code
from tests.local.people import allow, policy, trust
from tests.local.support import refused

HOUR = 3600


class Caller:
    """A user with a key who may take every role, and a role that trusts his account."""

    def __init__(self, things: Things, *, condition: dict[str, Any] | None = None, **more: Any) -> None:
        self.things = things
        self.user = things.user(allow("sts:AssumeRole"))
        self.key = things.key(self.user)
        self.sts = things.ground.person("sts", self.key)
        self.role = things.role(trust(account=things.account, **(condition or {})), **more)
        self.arn = things.role_arn(self.role)

    def take(self, **given: Any) -> Any:
        return self.things.ground.accepted(self.sts.assume_role, **self.named(**given))

    def named(self, **given: Any) -> dict[str, Any]:
        return {"RoleArn": self.arn, "RoleSessionName": "me", **given}


def test_a_role_is_taken_and_its_credentials_are_the_roles(things: Things) -> None:
    """bc AssumeRole; STS GetCallerIdentity: assumed-role/<name>/<session>, without the role's path."""
    caller = Caller(things)
    taken = caller.take()
    arn = f"arn:aws:sts::{things.account}:assumed-role/{caller.role}/me"
    assert taken["AssumedRoleUser"]["Arn"] == arn
    me = things.ground.person("sts", taken["Credentials"]).get_caller_identity()
    assert (me["Account"], me["Arn"]) == (things.account, arn)


def test_a_role_that_is_not_there_is_refused_as_one_that_is_closed(things: Things) -> None:
    """facts 1.2 (the path is a part of the ARN); UG troubleshoot_roles: AccessDenied in either case."""
    caller = Caller(things)
    caller.take()
    closed = things.role(trust(account=things.ground.management))
    for arn in (
        caller.arn + "x",
        caller.arn.replace("/conformance/", "/"),
        things.role_arn(closed),
    ):
        assert code(caller.sts.assume_role, **caller.named(RoleArn=arn)) == "AccessDenied", arn


def test_without_a_policy_of_ones_own_no_role_is_taken(things: Things) -> None:
    """UG reference_policies_evaluation-logic: trust in an account delegates to its policies."""
    caller = Caller(things)
    caller.take()
    other = things.ground.person("sts", things.key(things.user()))
    assert code(other.assume_role, **caller.named()) == "AccessDenied"


def test_a_session_cannot_last_longer_than_the_role_allows(things: Things) -> None:
    """STS AssumeRole, DurationSeconds: up to the role's maximum session duration; facts 6."""
    caller = Caller(things, MaxSessionDuration=2 * HOUR)
    given = caller.take(DurationSeconds=2 * HOUR)["Credentials"]["Expiration"].timestamp()
    assert abs(given - things.ground.now() - 2 * HOUR) < 120
    longer = caller.named(DurationSeconds=2 * HOUR + 1)
    assert code(caller.sts.assume_role, **longer) == "ValidationError"


def test_a_chained_session_lasts_an_hour_at_most(things: Things) -> None:
    """STS AssumeRole: "role chaining limits your session to a maximum of one hour"; facts 6."""
    caller = Caller(things, MaxSessionDuration=12 * HOUR)
    things.iam.put_role_policy(
        RoleName=caller.role, PolicyName="chain", PolicyDocument=policy(allow("sts:AssumeRole"))
    )
    chained = things.ground.person("sts", caller.take()["Credentials"])
    things.ground.accepted(chained.assume_role, **caller.named(DurationSeconds=HOUR))
    assert code(chained.assume_role, **caller.named(DurationSeconds=HOUR + 1)) == "ValidationError"


@pytest.mark.parametrize("name", ["a b", "n" * 65])
def test_a_session_name_has_a_form(things: Things, name: str) -> None:
    """bc roleSessionNameType: 2 to 64 of [\\w+=,.@-]."""
    caller = Caller(things)
    given = caller.named(RoleSessionName=name)
    assert code(caller.sts.assume_role, **given) == "ValidationError"


def test_a_session_policy_has_a_form_and_narrows(things: Things) -> None:
    """STS AssumeRole, Policy: MalformedPolicyDocument; UG access_policies_session: the intersection counts."""
    caller = Caller(things)
    things.iam.put_role_policy(
        RoleName=caller.role,
        PolicyName="rights",
        PolicyDocument=policy(allow(["iam:GetRole", "iam:ListRoles"])),
    )
    caller.take()
    assert code(caller.sts.assume_role, **caller.named(Policy="{}")) == "MalformedPolicyDocument"
    taken = caller.take(Policy=policy(allow("iam:GetRole")))["Credentials"]
    iam = things.ground.person("iam", taken)
    things.ground.accepted(iam.get_role, RoleName=caller.role)
    assert code(iam.list_roles) == "AccessDenied"


def test_session_credentials_need_their_token(things: Things) -> None:
    """UG id_credentials_temp_use-resources: all three values; InvalidClientTokenId otherwise."""
    taken = Caller(things).take()["Credentials"]
    for token in (None, "another"):
        stolen = things.ground.person("sts", taken | {"SessionToken": token})
        assert code(stolen.get_caller_identity) == "InvalidClientTokenId"


def test_a_key_that_is_switched_off_opens_nothing(things: Things) -> None:
    """bc UpdateAccessKey: an inactive key cannot be used."""
    user = things.user()
    key = things.key(user)
    sts = things.ground.person("sts", key)
    named = {"UserName": user, "AccessKeyId": key["AccessKeyId"]}
    things.iam.update_access_key(**named, Status="Inactive")

    def is_refused() -> bool:
        try:
            sts.get_caller_identity()
        except sts.exceptions.ClientError as error:
            return bool(error.response["Error"]["Code"] == "InvalidClientTokenId")
        return False

    things.ground.until(is_refused, limit=120, step=5)
    things.iam.update_access_key(**named, Status="Active")
    assert things.ground.accepted(sts.get_caller_identity)["Account"] == things.account


def test_a_users_session_is_the_user_and_asks_for_no_other(things: Things) -> None:
    """STS GetSessionToken: 900 seconds at least; not with temporary credentials."""
    user = things.user()
    sts = things.ground.person("sts", things.key(user))
    given = sts.get_session_token(DurationSeconds=900)["Credentials"]
    assert abs(given["Expiration"].timestamp() - things.ground.now() - 900) < 120
    again = things.ground.person("sts", given)
    assert again.get_caller_identity()["Arn"].endswith(f":user/conformance/{user}")
    assert code(again.get_session_token) == "AccessDenied"


def test_without_mfa_a_users_session_asks_nothing_of_iam(things: Things) -> None:
    """STS GetSessionToken: "You cannot call any IAM API operations unless MFA authentication information is
    included in the request"."""
    user = things.user(allow("iam:GetUser"))
    serial, seed = things.device(user)
    key = things.key(user)
    sts = things.ground.person("sts", key)
    things.ground.accepted(things.ground.person("iam", key).get_user)
    plain = things.ground.person("iam", sts.get_session_token()["Credentials"])
    assert code(plain.get_user) in ("AccessDenied", "InvalidClientTokenId")
    shown = {"SerialNumber": serial, "TokenCode": things.ground.code(seed)}
    known = things.ground.person("iam", sts.get_session_token(**shown)["Credentials"])
    assert known.get_user()["User"]["UserName"] == user


def test_a_trust_that_wants_mfa_is_refused_without_and_let_in_with_it(things: Things) -> None:
    """facts 1.3 (Bool aws:MultiFactorAuthPresent true) and 2.1 (a long-term key has none)."""
    caller = Caller(things, condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}})
    serial, seed = things.device(caller.user)
    assert code(caller.sts.assume_role, **caller.named()) == "AccessDenied"
    taken = caller.take(SerialNumber=serial, TokenCode=things.ground.code(seed))
    assert taken["AssumedRoleUser"]["Arn"].endswith("/me")
    shown = {"SerialNumber": serial, "TokenCode": things.ground.code(seed)}
    session = caller.sts.get_session_token(**shown)["Credentials"]
    assert things.ground.person("sts", session).assume_role(**caller.named())["Credentials"]


def test_a_code_counts_once_and_of_an_own_device_only(things: Things) -> None:
    """UG id_credentials_mfa: a code is used once; bc serialNumberType of the caller's own device."""
    user, other = things.user(), things.user()
    serial, seed = things.device(user)
    sts = things.ground.person("sts", things.key(user))
    shown = {"SerialNumber": serial, "TokenCode": things.ground.code(seed)}
    sts.get_session_token(**shown)
    assert refused(sts.get_session_token, **shown)[0] == "AccessDenied"
    theirs = things.ground.person("sts", things.key(other))
    fresh = {"SerialNumber": serial, "TokenCode": things.ground.code(seed)}
    assert code(theirs.get_session_token, **fresh) == "AccessDenied"
