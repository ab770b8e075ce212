"""Every combination of the switches that change a policy: the first sign-in, the way in, and the refusals.

The battery's small estates show each side of each switch; here the sides meet.  All policies of the user's
groups are judged at once, as AWS does.
"""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from jumpcf.estate.model import Estate
from tests.battery.battery import asks, decide
from tests.battery.rows import starting
from tests.battery.rows_people import ACCOUNT, DEVICE, FIRST, SELF, SIGN_IN, TAKE
from tests.battery.rows_sessions import WORK
from tests.battery.scenes import Scene
from tests.battery.subjects import Subject, bodies_of, subjects_of
from tests.unit.builders import a_grant, a_level, a_partner, a_user, an_estate, until

SCOPES = ("org-paths", "org-id", "role-name", "accounts")
PLACES = ("self-service", "session", "trust")
FENCES = [one for size in range(4) for one in itertools.combinations(PLACES, size)]
NAMES = ("required", "optional")
CLI = ("aws-login", "access-keys")
SWITCHES = list(itertools.product(SCOPES, FENCES, NAMES, CLI))

WITHOUT_MFA = ("console without MFA", "aws login without MFA")
OWN = ("GetUser", "ChangePassword", "EnableMFADevice", "ListMFADevices", "GetMFADevice", "ResyncMFADevice")
VIEW = ("GetAccountPasswordPolicy", "ListVirtualMFADevices")

Case = tuple[str, str, Scene, bool]
"""A sentence, the layer that is judged, the scene, and whether it is allowed."""


def an_estate_of(scope: str, fence: tuple[str, ...], name: str, cli: str) -> Estate:
    users = (a_user(groups=("ops",)), a_user("hanako.sato", ends="2026-12-31"))
    grants = (
        a_grant(levels=("Power",), groups=("ops",), until=until("2027-01-31")),
        a_grant("all", levels=("Power",), excepted=("444444444444",)),
    )
    partner = a_partner(users=users, grants=grants, groups=("ops",), cli=cli)
    levels = [a_level()]
    return an_estate(
        partner, levels=levels, assume_scope=scope, fence=fence, role_session_name=name, name="switches"
    )


def first_sign_in(fence: tuple[str, ...], cli: str) -> Iterator[Case]:
    """From the forced change of the password to a device (TOTP or passkey), before there is any MFA."""
    open_ = "self-service" not in fence
    for who in WITHOUT_MFA:
        first = starting(FIRST, credentials=who)
        steps = [starting(first, action=f"iam:{action}") for action in OWN]
        steps += [starting(ACCOUNT, credentials=who, action=f"iam:{action}") for action in VIEW]
        steps.append(starting(DEVICE, credentials=who))
        if cli == "aws-login":
            steps += [starting(SIGN_IN, credentials=who, action=f"signin:{one}") for one in SIGNS_IN]
        for step in steps:
            yield f"{step.action} by the {who}", "groups", step, True
            yield f"{step.action} from outside", "groups", starting(step, network="outside"), open_
            yield f"{step.action} after the contract", "groups", starting(step, time="contract end"), False
        for action in ("DeactivateMFADevice", "CreateAccessKey", "TagUser"):
            yield f"{action} by the {who}", "groups", starting(first, action=f"iam:{action}"), False
    yield "signing in on a command line", "groups", SIGN_IN, cli == "aws-login"
    key = starting(SELF, action="iam:CreateAccessKey")
    yield "a key of one's own, with MFA", "groups", key, cli == "access-keys"
    yield "a key of a colleague", "groups", starting(key, resource="colleague"), False
    session = starting(FIRST, action="sts:GetSessionToken", resource="*", credentials="long-term key")
    yield "a session to prove MFA by a key", "groups", session, cli == "access-keys"


SIGNS_IN = ("AuthorizeOAuth2Access", "CreateOAuth2Token")


def way_in(scope: str, fence: tuple[str, ...], name: str) -> Iterator[Case]:
    yield "the role with MFA", "whole", TAKE, True
    yield "a new account of the OU", "whole", starting(TAKE, unit="below"), True
    for who in (*WITHOUT_MFA, "long-term key"):
        yield f"the role by the {who}", "whole", starting(TAKE, credentials=who), False
        yield f"trust in the {who}", "trust", starting(TAKE, credentials=who), False
    for path, tag in (("other partner", "own"), ("own", "other"), ("own", "absent")):
        yield f"trust in path {path}, tag {tag}", "trust", starting(TAKE, path=path, tag=tag), False
    other = starting(TAKE, session="somebody else")
    yield "the role under another name", "whole", other, name == "optional"
    for network in ("outside", "outside v6", "vpc endpoint"):
        away = starting(TAKE, network=network)
        yield f"the role, {network}", "whole", away, "trust" not in fence
        both = {"self-service", "trust"} <= set(fence)
        yield f"the role for the groups, {network}", "groups", away, not both
    stranger = starting(TAKE, account="stranger", organization="other", unit="of another organization")
    yield "a stranger's account", "groups", stranger, scope == "role-name"
    yield "another OU", "groups", starting(TAKE, unit="other"), scope != "org-paths"
    for account in ("protected", "excepted", "jump"):
        yield f"the {account} account", "groups", starting(TAKE, account=account), False
    yield "the role after the grant", "whole", starting(TAKE, time="end"), False
    yield "another grant's role", "whole", starting(TAKE, resource="other grant's role"), False


def at_work(fence: tuple[str, ...]) -> Iterator[Case]:
    yield "work inside", "session", WORK, True
    for network in ("outside", "outside v6", "vpc endpoint"):
        yield f"work, {network}", "session", starting(WORK, network=network), "session" not in fence
    yield "work after the grant", "session", starting(WORK, time="end"), False
    role = starting(WORK, action="iam:CreateRole", resource="mine")
    yield "a role without the boundary", "session", role, False


def ended() -> Iterator[Case]:
    """A user whose own time ends first; his session is known where it bears his name."""
    yield "the role at the user's end", "whole", starting(TAKE, time="user end"), False
    yield "the first sign-in at the user's end", "groups", starting(FIRST, time="user end"), False
    yield "work at the user's end", "session", starting(WORK, time="user end"), False
    other = starting(WORK, time="user end", session="default")
    yield "work at the user's end under a name that is nobody's", "session", other, True


def wrong(cases: Iterator[Case], subject: Subject) -> list[str]:
    return [
        f"{subject}: {sentence} ({layer}) is {'allowed' if decision.allowed else 'denied'}"
        for sentence, layer, scene, allowed in cases
        if asks(scene, subject)
        for decision in decide(layer, scene, subject)
        if decision.allowed != allowed
    ]


@pytest.mark.parametrize(
    ("scope", "fence", "name", "cli"),
    SWITCHES,
    ids=["-".join((scope, "+".join(fence) or "open", name, cli)) for scope, fence, name, cli in SWITCHES],
)
def test_every_combination_lets_the_right_people_in_and_nobody_else(
    scope: str, fence: tuple[str, ...], name: str, cli: str, tmp_path: Path
) -> None:
    estate = an_estate_of(scope, fence, name, cli)
    subjects = subjects_of(estate, bodies_of(estate, tmp_path))
    assert {(one.user.name, one.grant.name) for one in subjects} == {
        ("taro.yamada", "dev"),
        ("taro.yamada", "all"),
        ("hanako.sato", "all"),
    }
    found: list[str] = []
    for subject in subjects:
        found += wrong(first_sign_in(fence, cli), subject)
        found += wrong(way_in(scope, fence, name), subject)
        found += wrong(at_work(fence), subject)
        if subject.user.until is not None:
            found += wrong(ended(), subject)
    assert found == []


def test_every_combination_is_there() -> None:
    assert len(SWITCHES) == len(set(SWITCHES)) == 4 * 8 * 2 * 2
