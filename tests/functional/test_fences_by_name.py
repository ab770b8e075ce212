"""Fences that know people by the session's name, where a session may have any name."""

import time

import pytest

from tests.functional.nights import Night, words
from tests.functional.test_freezing import denies
from tests.functional.test_playing_the_partner import PROD, role

READ = role("acme-prod-Read", PROD)


@pytest.fixture
def optional(night: Night) -> Night:
    """The example estate, deployed, where the trust asks for no name any more."""
    night.edit("estate.yaml", lambda estate: estate["defaults"].update(role_session_name="optional"))
    said = night.deploy("--accept-broadening")
    assert said.code == 0, said.out + said.err
    return night


def test_what_a_leaver_has_open_under_his_own_name_ends_and_only_that(optional: Night) -> None:
    taro = optional.taro()
    phone = optional.enrol(taro)
    his = taro.assume(READ, **phone.shown())
    nameless = taro.assume(READ, RoleSessionName="botocore-session-1", **phone.shown())
    assert optional.run("user", "remove", "acme", "taro.yamada").code == 0
    said = optional.deploy("--accept-deletion")
    assert said.code == 0, said.out + said.err
    assert "who left, are denied only where they bear the user's name" in words(said.out + said.err)
    assert denies(his.client("iam").list_roles)
    assert not denies(nameless.client("iam").list_roles)


def test_a_freeze_of_one_user_says_that_only_sessions_of_his_name_are_closed(optional: Night) -> None:
    optional.clock.now = float(int(time.time()) - 3600)
    taro = optional.taro()
    phone = optional.enrol(taro)
    his = taro.assume(READ, **phone.shown())
    nameless = taro.assume(READ, RoleSessionName="botocore-session-1", **phone.shown())
    said = optional.run("partner", "freeze", "acme", "--user", "taro.yamada", "--reason", "INC-1")
    assert ", by the session's name, in " in words(said.out)
    assert "so only those that bear his name are known" in words(said.out)
    assert denies(his.client("iam").list_roles)
    assert not denies(nameless.client("iam").list_roles)
