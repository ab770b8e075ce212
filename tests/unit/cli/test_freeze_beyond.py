"""What a freeze is said not to reach: roles that the partner's people may make, and shells that they opened."""

import pytest

from jumpcf.artifacts.freezing import Freezing
from jumpcf.aws.freezing import Found
from jumpcf.errors import AwsRefused, Problem, ProblemsFound
from jumpcf.estate.model import Estate, Grant
from jumpcf.pipeline.doors import Shut, Way, Who
from jumpcf.pipeline.freezing import closing
from jumpcf.planner.frozen import OPENS
from tests.unit.builders import a_grant, a_level, a_partner, a_statement, an_estate

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
    strict, relaxed, *_ = frozen(an_estate(a_partner(grants=grants), levels=levels)).beyond
    assert (strict.place, relaxed.place) == ("corp", "subsidiary")
    assert "(PowerAndIam)" in strict.what
    assert "an hour" in strict.why
    assert "aws iam list-roles --path-prefix /partner/acme/" in strict.hint
    assert "without end" in relaxed.why
    assert "--path-prefix" not in relaxed.hint  # such roles may be anywhere


def test_the_levels_that_may_have_opened_shells_are_named_once_for_each_organization() -> None:
    levels = (
        a_level(managed_policies=("arn:aws:iam::aws:policy/PowerUserAccess",)),
        a_level("Read", managed_policies=("arn:aws:iam::aws:policy/ReadOnlyAccess",)),
        a_level("Shell", statements=(a_statement(actions=("ssm:StartSession",)),)),
    )
    grants = (
        a_grant(levels=("Power", "Read")),
        a_grant("shell", levels=("Shell",)),
        a_grant("lab", levels=("Shell",), organization="lab"),
        a_grant("read", levels=("Read",), organization="subsidiary"),
    )
    corp, lab = frozen(an_estate(a_partner(grants=grants), levels=levels)).beyond
    assert (corp.place, lab.place) == ("corp", "lab")
    assert corp.what == "open shells and EKS tokens of people of acme (Power, Shell)"
    assert "(Shell)" in lab.what
    assert (corp.until, "What a fence cannot see" in corp.hint) == ("", True)


def test_nobody_who_only_reads_is_named_nor_is_anything_guessed_of_broken_params() -> None:
    reads = (a_level(managed_policies=("arn:aws:iam::aws:policy/job-function/ViewOnlyAccess",)),)
    assert frozen(an_estate(a_partner(), levels=reads)).beyond == ()
    assert frozen(None).beyond == ()


@pytest.mark.parametrize(
    ("user", "grants", "told"),
    [
        (
            "",
            (a_grant(),),
            f"the next deploy {OPENS}",
        ),
        (
            "nobody",
            (a_grant(),),
            "the next deploy is refused (G527): it would delete him, and end no session of his",
        ),
        ("nobody", (), "the next deploy deletes him, and the partner's roles"),
    ],
)
def test_where_params_cannot_say_that_the_door_is_closed_the_next_deploy_is_told(
    user: str, grants: tuple[Grant, ...], told: str
) -> None:
    estate = an_estate(a_partner(grants=grants))
    to = Way(partition="aws", name="example", jump=estate.jump, estate=estate)
    unwritten = ProblemsFound([Problem("params/partners/acme.yaml", 0, 0, "E610", f"no user {user}")])
    shut = Shut(
        who=Who(partner="acme", user=user),
        way=to,
        reason="INC-42",
        at="2026-11-26T16:30:00Z",
        found=Found(),
        unwritten=unwritten,
    )
    said = closing(shut, None, None, unwritten, 3600).open
    assert [one.what for one in said if one.place == "params"] == [told]
