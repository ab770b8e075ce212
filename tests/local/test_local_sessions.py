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
from tests.local.people import Clock, allow, make_role, make_user, policy, trust
from tests.local.support import CORP, JUMP, REGION, make_corp, make_estate, refused

ROLE = f"arn:aws:iam::{CORP}:role/jump/acme-dev-Read"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def aws(tmp_path: Path, estate: Estate, clock: Clock) -> Iterator[LocalAws]:
    with LocalAws(tmp_path, estate, speed=0, clock=clock) as started:
        yield started


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


def test_a_session_ends_by_the_embedded_clock(aws: LocalAws, clock: Clock) -> None:
    session = make_user(aws).assume(make_role(aws, CORP, "acme-dev-Read", trust()))
    clock.pass_(3599)
    session.client("iam").list_roles()
    clock.pass_(1)
    assert refused(session.client("iam").list_roles)[0] == "ExpiredToken"
    assert refused(session.client("organizations").list_roots)[0] == "ExpiredTokenException"


def test_a_session_policy_has_a_form_and_a_size(aws: LocalAws) -> None:
    """STS API reference, AssumeRole: MalformedPolicyDocument, and 2,048 characters."""
    person, role = make_user(aws), make_role(aws, CORP, "acme-dev-Read", trust())
    for document, code in (("{}", "MalformedPolicyDocument"), ("{" + " " * 2048, "PackedPolicyTooLarge")):
        assert refused(person.assume, role, Policy=document)[0] == code
    person.assume(role, Policy=policy(allow("s3:*")))


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
