"""Which roles a freeze is said not to reach: those that the partner's people may make."""

from jumpcf.artifacts.freezing import Freezing
from jumpcf.aws.freezing import Found
from jumpcf.errors import AwsRefused
from jumpcf.estate.model import Estate
from jumpcf.pipeline.doors import Shut, Way, Who
from jumpcf.pipeline.freezing import closing
from tests.unit.builders import a_grant, a_level, a_partner, an_estate

IAM = ("arn:aws:iam::aws:policy/IAMFullAccess",)


def frozen(estate: Estate | None) -> Freezing:
    to = Way(partition="aws", name="example", jump=an_estate().jump, estate=estate)
    shut = Shut(who=Who(partner="acme"), way=to, reason="INC-42", at="2026-11-26T16:30:00Z", found=Found())
    return closing(shut, None, None, AwsRefused("A505", "no network"), 3600)


def test_the_levels_that_make_roles_are_named_and_relaxed_ones_have_no_end() -> None:
    levels = (
        a_level(),
        a_level("PowerAndIam", managed_policies=IAM),
        a_level("Wide", managed_policies=IAM, boundary="relaxed", accept_escalation="a test"),
    )
    grants = (
        a_grant(levels=("Power",), organization="lab"),
        a_grant("iam", levels=("Power", "PowerAndIam")),
        a_grant("wide", levels=("Wide",), organization="subsidiary"),
    )
    strict, relaxed = frozen(an_estate(a_partner(grants=grants), levels=levels)).beyond
    assert (strict.place, relaxed.place) == ("corp", "subsidiary")
    assert "(PowerAndIam)" in strict.what
    assert "an hour" in strict.why
    assert "aws iam list-roles --path-prefix /partner/acme/" in strict.hint
    assert "without end" in relaxed.why
    assert "--path-prefix" not in relaxed.hint  # such roles may be anywhere


def test_nobody_who_makes_no_roles_is_named_nor_is_anything_guessed_of_broken_params() -> None:
    assert frozen(an_estate(a_partner())).beyond == ()
    assert frozen(None).beyond == ()
