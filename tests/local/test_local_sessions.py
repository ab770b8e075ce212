"""STS without --enforce: roles that exist, durations, sessions that end, keys that are switched off.

Sources: STS API reference, AssumeRole and GetSessionToken; facts/iam.md 6 (durations, chained 3,600).
"""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

from jumpcf.artifacts.manifest import Connection
from jumpcf.estate.model import Estate
from jumpcf.local.session import LocalAws
from tests.local.people import Clock, Device, Person, allow, enrol, make_role, make_user, policy, trust
from tests.local.support import CORP, JUMP, REGION, make_corp, make_estate, refused

ROLE = f"arn:aws:iam::{CORP}:role/jump/acme-dev-Read"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def aws(tmp_path: Path, estate: Estate, clock: Clock) -> Iterator[LocalAws]:
    with LocalAws(tmp_path, estate, speed=0, clock=clock) as started:
        yield started


def test_a_role_is_taken_and_its_credentials_are_the_roles(aws: LocalAws) -> None:
    person = make_user(aws)
    role = make_role(aws, CORP, "acme-dev-Read", trust())
    me = person.assume(role).client("sts").get_caller_identity()
    assert (me["Account"], me["Arn"]) == (CORP, f"arn:aws:sts::{CORP}:assumed-role/acme-dev-Read/taro.yamada")


def test_a_role_that_is_not_there_is_refused_as_one_that_is_closed(aws: LocalAws) -> None:
    """Real AWS does not tell; the path is part of the ARN (facts/local-aws.md 5: a false allow elsewhere)."""
    person = make_user(aws)
    make_role(aws, CORP, "acme-dev-Read", trust())
    for arn in (
        ROLE.replace("Read", "Power"),
        ROLE.replace("/jump/", "/"),
        ROLE.replace(CORP, "999999999999"),
    ):
        code, message = refused(person.client("sts").assume_role, RoleArn=arn, RoleSessionName="me")
        assert code == "AccessDenied"
        assert message == (
            f"User: arn:aws:iam::{JUMP}:user/partner/acme/taro.yamada is not authorized to perform: "
            f"sts:AssumeRole on resource: {arn}"
        )


def test_a_session_cannot_last_longer_than_the_role_allows(aws: LocalAws) -> None:
    person = make_user(aws)
    role = make_role(aws, CORP, "acme-dev-Read", trust(), MaxSessionDuration=7200)
    person.assume(role, DurationSeconds=7200)
    code, message = refused(person.assume, role, DurationSeconds=7201)
    assert code == "ValidationError"
    assert message == "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."


def test_a_chained_session_lasts_an_hour_at_most(aws: LocalAws) -> None:
    person = make_user(aws)
    role = make_role(aws, CORP, "acme-dev-Read", trust(), MaxSessionDuration=43200)
    chained = person.assume(role)
    chained.assume(role, DurationSeconds=3600)
    code, message = refused(chained.assume, role, DurationSeconds=3601)
    assert (code, "role chaining" in message) == ("ValidationError", True)


def test_a_session_ends_by_the_embedded_clock(aws: LocalAws, clock: Clock) -> None:
    session = make_user(aws).assume(make_role(aws, CORP, "acme-dev-Read", trust()))
    clock.pass_(3599)
    session.client("iam").list_roles()
    clock.pass_(1)
    assert refused(session.client("iam").list_roles)[0] == "ExpiredToken"
    assert refused(session.client("organizations").list_roots)[0] == "ExpiredTokenException"


@pytest.mark.parametrize("name", ["a b", "n" * 65])
def test_a_session_name_has_a_form(aws: LocalAws, name: str) -> None:
    role = make_role(aws, CORP, "acme-dev-Read", trust())
    code, message = refused(aws.client("sts", JUMP).assume_role, RoleArn=role, RoleSessionName=name)
    assert (code, "roleSessionName" in message) == ("ValidationError", True)


def test_a_session_policy_has_a_form_and_a_size(aws: LocalAws) -> None:
    """STS API reference, AssumeRole: MalformedPolicyDocument, and 2,048 characters."""
    person, role = make_user(aws), make_role(aws, CORP, "acme-dev-Read", trust())
    for document, code in (("{}", "MalformedPolicyDocument"), ("{" + " " * 2048, "PackedPolicyTooLarge")):
        assert refused(person.assume, role, Policy=document)[0] == code
    person.assume(role, Policy=policy(allow("s3:*")))


def test_session_credentials_need_their_token(aws: LocalAws) -> None:
    session = make_user(aws).assume(make_role(aws, CORP, "acme-dev-Read", trust()))
    for token in (None, "another"):
        stolen = Person(aws, session.key, session.secret, token)
        assert refused(stolen.client("sts").get_caller_identity)[0] == "InvalidClientTokenId"


def test_a_key_that_is_switched_off_opens_nothing(aws: LocalAws) -> None:
    """IAM API reference, UpdateAccessKey: an inactive key cannot be used."""
    person = make_user(aws)
    iam = aws.client("iam", JUMP)
    iam.update_access_key(UserName="taro.yamada", AccessKeyId=person.key, Status="Inactive")
    assert refused(person.client("sts").get_caller_identity)[0] == "InvalidClientTokenId"
    iam.update_access_key(UserName="taro.yamada", AccessKeyId=person.key, Status="Active")
    assert person.client("sts").get_caller_identity()["Account"] == JUMP


def test_a_users_session_is_the_user(aws: LocalAws) -> None:
    person = make_user(aws)
    given = person.client("sts").get_session_token(DurationSeconds=900)["Credentials"]
    me = person.using(given).client("sts").get_caller_identity()
    assert me["Arn"] == f"arn:aws:iam::{JUMP}:user/partner/acme/taro.yamada"
    assert given["Expiration"].timestamp() == aws.world.clock() + 900


def test_a_session_cannot_ask_for_another(aws: LocalAws) -> None:
    person = make_user(aws)
    again = person.using(person.client("sts").get_session_token()["Credentials"])
    assert refused(again.client("sts").get_session_token)[0] == "AccessDenied"


def test_a_code_counts_once_and_of_an_own_device_only(aws: LocalAws, clock: Clock) -> None:
    person = make_user(aws)
    device = enrol(person, clock)
    shown = device.shown()
    person.client("sts").get_session_token(**shown)
    code, message = refused(person.client("sts").get_session_token, **shown)
    assert (code, "invalid MFA one time pass code" in message) == ("AccessDenied", True)
    another = Device(f"arn:aws:iam::{JUMP}:mfa/another", device.seed, clock)
    code, message = refused(person.client("sts").get_session_token, **another.shown())
    assert (code, "verify your MFA serial number" in message) == ("AccessDenied", True)


def test_other_ways_to_a_session_are_refused_by_name(aws: LocalAws) -> None:
    code, message = refused(make_user(aws).client("sts").get_federation_token, Name="someone")
    assert (code, "GetFederationToken" in message) == ("NotImplemented", True)


def test_what_would_narrow_or_mark_a_session_is_refused_by_name(aws: LocalAws) -> None:
    """Session tags and a source identity are not there, and nothing passes by not being there."""
    role = make_role(aws, CORP, "acme-dev-Read", trust())
    person = make_user(aws)
    for name, value in (("Tags", [{"Key": "a", "Value": "b"}]), ("SourceIdentity", "taro")):
        code, message = refused(person.assume, role, **{name: value})
        assert (code, name in message) == ("NotImplemented", True)


def test_the_role_that_a_connection_names_is_there_for_the_jump_account(tmp_path: Path) -> None:
    corp = make_corp()
    arn = f"arn:aws:iam::{CORP}:role/deploy/jumpcf"
    reached = dataclasses.replace(corp, connection=Connection(account=CORP, region=REGION, role_arn=arn))
    with LocalAws(tmp_path, make_estate(reached), speed=0) as aws:
        given = aws.client("sts", JUMP).assume_role(RoleArn=arn, RoleSessionName="jumpcf")
        assert given["AssumedRoleUser"]["Arn"].endswith("assumed-role/jumpcf/jumpcf")
