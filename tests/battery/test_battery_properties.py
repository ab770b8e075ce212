"""What holds in every estate, not only in those that somebody wrote: generated estates, rendered and judged
under generated circumstances."""

import dataclasses

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jumpcf.estate import names
from jumpcf.estate.model import Estate
from tests.battery.battery import asks, decide
from tests.battery.generated import FENCES, WITHOUT_MFA, circumstances, estates, rendered
from tests.battery.rows import WHEN
from tests.battery.rows_people import TAKE
from tests.battery.rows_sessions import WORK
from tests.battery.scenes import Scene
from tests.battery.subjects import Subject
from tests.battery.templates import grant_expected, grant_facts

FEW = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)

Words = dict[str, str]
LOOK = dataclasses.replace(WORK, action="ec2:DescribeInstances", resource="*")
IN_TIME = {"time": "before user end"}
IN_NETWORK = dataclasses.replace(LOOK, **IN_TIME)
FENCED = tuple(fence for fence in FENCES if "session" in fence)


def passes(layer: str, base: Scene, subject: Subject, words: Words) -> bool:
    """Is any request of the scene allowed?"""
    return any(one.allowed for one in decide(layer, dataclasses.replace(base, **words), subject))


def plain_too(words: Words, *kept: str, **more: str) -> tuple[Words, Words]:
    """The circumstances as drawn, and with nothing odd but what the sentence is about: what is odd besides
    could deny as well, and hide that this does not."""
    return words | more, {key: words[key] for key in kept} | more


@FEW
@given(estates())
def test_everybody_takes_and_uses_his_own_roles_from_his_own_network_in_time(estate: Estate) -> None:
    """The other properties would hold where nobody gets anywhere."""
    subjects, _ = rendered(estate)
    for subject in subjects:
        if asks(IN_NETWORK, subject):  # no account is listed where the grant's OU has none
            assert passes("whole", TAKE, subject, IN_TIME), str(subject)
            assert passes("session", LOOK, subject, IN_TIME), str(subject)


@FEW
@given(estates(), circumstances())
def test_no_user_of_one_partner_reaches_a_role_of_another(estate: Estate, words: Words) -> None:
    """Both halves: his groups do not name it, and its trust does not know him; each alone is enough."""
    subjects, _ = rendered(estate)
    for one in subjects:
        for other in subjects:
            if one.partner.name != other.partner.name:
                crossed = dataclasses.replace(
                    other,
                    partner=one.partner,
                    user=one.user,
                    layers={**other.layers, "groups": one.layers["groups"]},
                )
                for scene in plain_too(words, resource=role_of(other)):
                    for layer in ("groups", "trust"):
                        assert not passes(layer, TAKE, crossed, scene), (layer, str(one), str(other))


def role_of(subject: Subject) -> str:
    name = names.role(subject.grant.partner, subject.grant.name, subject.level.name)
    return f"{{arn}}:iam::{{account}}:role/jump/{name}"


@FEW
@given(estates(), circumstances(credentials=st.sampled_from(WITHOUT_MFA)))
def test_nobody_without_mfa_reaches_any_role(estate: Estate, words: Words) -> None:
    subjects, _ = rendered(estate)
    for subject in subjects:
        for scene in plain_too(words, "credentials"):
            for layer in ("groups", "trust"):
                assert not passes(layer, TAKE, subject, scene), (layer, str(subject))


@FEW
@given(estates(), circumstances(time=st.sampled_from(("end", "hour-after end", "years-after end"))))
def test_nobody_past_the_date_uses_any_role(estate: Estate, words: Words) -> None:
    """Groups, trust and fence each alone."""
    subjects, _ = rendered(estate)
    for subject in subjects:
        for scene in plain_too(words, "time"):
            for layer in ("groups", "trust"):
                assert not passes(layer, TAKE, subject, scene), (layer, str(subject))
            assert not passes("fence", LOOK, subject, scene), str(subject)


@FEW
@given(estates(), circumstances(time="user end"))
def test_nobody_past_his_own_date_uses_any_role(estate: Estate, words: Words) -> None:
    """His groups stop him; and the fence his running session, whose name is his."""
    subjects, _ = rendered(estate)
    for subject in filter(WHEN["ends-earlier"], subjects):
        for scene in plain_too(words, "time", session="own"):
            assert not passes("groups", TAKE, subject, scene), str(subject)
            assert not passes("fence", LOOK, subject, scene), str(subject)


@FEW
@given(
    estates(FENCED),
    circumstances(network=st.sampled_from(("outside", "outside v6", "neighbour", "vpc endpoint")), **IN_TIME),
    st.sampled_from(
        (LOOK.action, "iam:CreateRole", "sts:AssumeRole", "s3:GetObject", "sts:GetCallerIdentity")
    ),
)
def test_no_session_of_a_jump_role_leaves_the_fence(estate: Estate, words: Words, action: str) -> None:
    subjects, _ = rendered(estate)
    for subject in subjects:
        assert passes("fence", LOOK, subject, IN_TIME) or not asks(IN_NETWORK, subject), str(subject)
        for scene in plain_too(words, "network", "time", action=action):
            assert not passes("fence", LOOK, subject, scene), str(subject)


@FEW
@given(estates(), circumstances(account="protected"))
def test_no_role_lacks_its_boundary_and_no_protected_account_gets_a_role(
    estate: Estate, words: Words
) -> None:
    """By the templates' facts, and by the groups, which would not let anybody take one there."""
    subjects, bodies = rendered(estate)
    for partner in estate.partners.values():
        for grant in partner.grants:
            home = estate.organizations[grant.organization]
            accounts = sorted({estate.jump.account, *(one.id for one in home.accounts)})
            body = bodies[f"{grant.organization}/{names.stack_set(partner.name, grant.name)}"]
            assert grant_facts(body, accounts) == grant_expected(estate, grant, accounts)
    for subject in subjects:
        for scene in plain_too(words, "account"):
            assert not passes("groups", TAKE, subject, scene), str(subject)
