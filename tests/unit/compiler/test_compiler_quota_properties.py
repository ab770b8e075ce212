"""In every generated estate each template keeps every quota, or the build names the quota that it breaks.

The count here is a second one, made from AWS's pages and troposphere's own rendering; it shares nothing with
the ledger.
"""

import json
import re
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from unit import builders as an
from unit.compiled import STACKS

from jumpcf.compiler.build import compile_estate
from jumpcf.compiler.discover import discover
from jumpcf.errors import ProblemsFound
from jumpcf.stack import StackContext


def letters(policy):
    """Characters, white space left out."""
    return len(re.sub(r"\s", "", json.dumps(policy, separators=(",", ":"), ensure_ascii=False)))


def broken(resource):
    """The codes of the quotas that a resource breaks."""
    own = resource.get("Properties", {})
    inline = sum(letters(policy["PolicyDocument"]) for policy in own.get("Policies", []))
    managed = len(own.get("ManagedPolicyArns", []))
    match resource["Type"].removeprefix("AWS::IAM::"):
        case "ManagedPolicy":
            checks = {"E401": letters(own["PolicyDocument"]) > 6144}
        case "Role":
            checks = {
                "E402": inline > 10_240,
                "E404": letters(own["AssumeRolePolicyDocument"]) > 2048,
                "E405": managed > 10,
                "E408": len(own["Path"] + own["RoleName"]) > 64,
            }
        case "Group":
            checks = {"E403": inline > 5120, "E406": managed + 1 > 10}
        case "User":
            checks = {"E407": len(own["Groups"]) > 10, "E421": inline > 2048, "E422": managed > 10}
        case _:
            checks = {}
    return {code for code, over in checks.items() if over}


def templates(estate):
    modules = {module.spec.per: module for module in discover(STACKS)}
    yield modules["estate"].build(StackContext(estate=estate, name="jump-base"))
    for partner in estate.partners.values():
        yield modules["partner"].build(
            StackContext(estate=estate, name=f"jump-partner-{partner.name}", partner=partner)
        )
        for grant in partner.grants:
            yield modules["grant"].build(
                StackContext(
                    estate=estate,
                    name=f"jump-{partner.name}-{grant.name}",
                    partner=partner,
                    grant=grant,
                    organization=estate.organizations[grant.organization],
                    levels=tuple(estate.levels[level] for level in grant.levels),
                )
            )


def counted(estate):
    codes = set()
    for template in templates(estate):
        body = json.loads(template.to_json())
        codes |= {code for resource in body["Resources"].values() for code in broken(resource)}
        codes |= {"E409"} if len(body["Resources"]) > 500 else set()
    return codes


def built(estate):
    with tempfile.TemporaryDirectory() as folder:
        try:
            compile_estate(estate, STACKS, Path(folder) / "build", alone=True)
        except ProblemsFound as found:
            return {problem.code for problem in found.problems}
    return set()


def an_estate(networks, excepted, policies, resources, groups, name, in_trust):
    named = tuple(f"g{number}" for number in range(groups))
    statement = an.a_statement(resources=tuple(f"arn:aws:s3:::bucket-{n:04}/*" for n in range(resources)))
    level = an.a_level(
        managed_policies=tuple(f"arn:aws:iam::aws:policy/P{number:02}" for number in range(policies)),
        statements=(statement,),
    )
    grant = an.a_grant("g" * name, excepted=tuple(f"{700 + number:012}" for number in range(excepted)))
    partner = an.a_partner(
        networks=tuple(f"198.51.{number // 256}.{number % 256}/32" for number in range(networks)),
        groups=named,
        users=(an.a_user(groups=named),),
        grants=(grant,),
    )
    fence = ("self-service", "session", "trust") if in_trust else ("self-service", "session")
    return an.an_estate(partner, levels=[level], fence=fence)


SMALL = {
    "networks": 1,
    "excepted": 0,
    "policies": 1,
    "resources": 1,
    "groups": 0,
    "name": 3,
    "in_trust": False,
}


@settings(max_examples=10, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(
    networks=st.one_of(st.integers(1, 120), st.integers(300, 700)),
    excepted=st.one_of(st.integers(0, 30), st.integers(300, 900)),
    policies=st.integers(1, 13),
    resources=st.one_of(st.integers(1, 40), st.integers(200, 400)),
    groups=st.integers(0, 11),
    name=st.integers(1, 55),
    in_trust=st.booleans(),
)
@example(**SMALL)
@example(**SMALL | {"networks": 700})
@example(**SMALL | {"networks": 120, "in_trust": True})
@example(**SMALL | {"excepted": 900})
@example(**SMALL | {"policies": 11})
@example(**SMALL | {"resources": 400})
@example(**SMALL | {"groups": 10})
@example(**SMALL | {"name": 48})
@example(**SMALL | {"name": 47})
def test_a_template_keeps_every_quota_or_the_build_names_it(**sizes):
    estate = an_estate(**sizes)
    assert built(estate) == counted(estate)


def test_each_quota_of_the_property_is_broken_by_one_of_its_examples():
    rows = {"E401": {"networks": 700}, "E404": {"networks": 120, "in_trust": True}, "E405": {"policies": 11}}
    rows |= {"E406": {"excepted": 900}, "E407": {"groups": 10}, "E408": {"name": 48}}
    for code, change in rows.items():
        assert code in counted(an_estate(**SMALL | change)), code
    assert counted(an_estate(**SMALL)) == set()
