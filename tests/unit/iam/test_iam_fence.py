import pytest
from unit.asking import decide

from jumpcf.iam.fence import fence

FENCE = fence(
    ends="2027-04-01T00:00:00Z",
    networks=("198.51.100.0/24", "2001:db8:10::/48"),
    ended_users=(("2027-01-01T00:00:00Z", ("hanako.sato", "jiro@acme.example")),),
)
SESSION = {
    "aws:SourceIp": "198.51.100.7",
    "aws:CurrentTime": "2027-02-01T00:00:00Z",
    "aws:userid": "AROAEXAMPLE:taro.yamada",
    "aws:ViaAWSMCPService": "false",
}


def decided(context, policy=FENCE):
    return decide(policy, "s3:GetObject", "arn:aws:s3:::b/k", context)


def test_the_fence_is_silent_inside():
    assert decided(SESSION) == "implicit deny"
    assert decided(SESSION | {"aws:SourceIp": "2001:db8:10::7"}) == "implicit deny"


@pytest.mark.parametrize(
    "change",
    [
        {"aws:SourceIp": "203.0.113.9"},
        {"aws:SourceIp": "2001:db8:11::7"},
        {"aws:CurrentTime": "2027-04-01T00:00:00Z"},
        {"aws:userid": "AROAEXAMPLE:hanako.sato"},
        {"aws:userid": "AROAEXAMPLE:jiro@acme.example"},
        {"aws:ViaAWSMCPService": "true"},
    ],
)
def test_the_session_ends_at_the_fence(change):
    assert decided(SESSION | change) == "Deny"


def test_a_request_without_a_public_address_is_outside():
    assert decided({key: value for key, value in SESSION.items() if key != "aws:SourceIp"}) == "Deny"


def test_a_user_works_until_his_own_day():
    early = {"aws:userid": "AROAEXAMPLE:hanako.sato", "aws:CurrentTime": "2026-12-31T23:59:59Z"}
    assert decided(SESSION | early) == "implicit deny"


def test_without_session_in_fence_the_dates_still_hold():
    dates = fence(ends="2027-04-01T00:00:00Z")
    assert decided(SESSION | {"aws:SourceIp": "203.0.113.9"}, dates) == "implicit deny"
    assert decided(SESSION | {"aws:CurrentTime": "2027-04-01T00:00:00Z"}, dates) == "Deny"


def test_who_left_is_denied_whenever_his_session_began_and_nobody_else():
    left = fence(ends="2027-04-01T00:00:00Z", left=("hanako.sato", "jiro@acme.example"))
    assert decided(SESSION | {"aws:userid": "AROAEXAMPLE:hanako.sato"}, left) == "Deny"
    assert decided(SESSION | {"aws:userid": "AROAEXAMPLE:jiro@acme.example"}, left) == "Deny"
    for other in ("taro.yamada", "hanako.sato2", "x.hanako.sato", "hanako"):
        assert decided(SESSION | {"aws:userid": f"AROAEXAMPLE:{other}"}, left) == "implicit deny"
