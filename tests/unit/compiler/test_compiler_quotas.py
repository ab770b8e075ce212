import dataclasses
from pathlib import Path

import pytest
from unit import builders as an
from unit.compiled import compiled, problems_of

from jumpcf.artifacts.codec import canonical
from jumpcf.compiler.quotas import QUOTAS, Ledger, measures, roles_by_account
from jumpcf.errors import Mark
from jumpcf.estate.schema import Quotas

GOLDEN = Path(__file__).parents[2] / "golden/quotas/problems.txt"
MARK = Mark("params/partners/acme.yaml", 10, 3)


def a_resource(kind, **properties):
    return {"Type": f"AWS::IAM::{kind}", "Properties": properties}


def a_role(**properties):
    return a_resource("Role", **({"AssumeRolePolicyDocument": {}} | properties))


def inline(*sizes):
    return [{"PolicyDocument": a_policy(size)} for size in sizes]


def a_policy(size):
    """A document of exactly `size` characters without white space, and some white space."""
    frame = len('{"x":""}')
    return {"x": "a " * (size - frame)}


def over(tmp_path):
    """Estates that break one quota each, by what they break."""
    grant = an.a_grant
    many = [f"Level{number}" for number in range(260)]
    wide = (an.a_statement(resources=tuple(f"arn:aws:s3:::{'x' * 60}{n}/*" for n in range(200))),)
    networks = tuple(f"198.51.{number // 256}.{number % 256}/32" for number in range(900))
    policies = tuple(f"arn:aws:iam::aws:policy/P{number}" for number in range(11))
    closed = tuple(f"{number:012}" for number in range(700, 1900))
    yield (
        "networks",
        an.an_estate(an.a_partner(networks=networks), fence=("self-service", "session", "trust")),
    )
    yield (
        "levels",
        an.an_estate(an.a_partner(grants=(grant(levels=many),)), levels=[an.a_level(n) for n in many]),
    )
    yield "statements", an.an_estate(levels=[an.a_level("Power", statements=wide)])
    yield "policies", an.an_estate(levels=[an.a_level("Power", managed_policies=policies)])
    yield "excepted", an.an_estate(an.a_partner(grants=(grant(excepted=closed),)))
    groups = tuple(f"g{number}" for number in range(10))
    yield "groups", an.an_estate(an.a_partner(groups=groups, users=(an.a_user(groups=groups),)))
    yield "name", an.an_estate(an.a_partner(grants=(grant("g" * 50),)))
    yield (
        "account",
        an.an_estate(quotas={"groups_per_account": 0, "users_per_account": 0, "roles_per_account": 0}),
    )
    foreign = an.a_statement(resources=("arn:aws:s3:::データ/*",))
    yield "foreign", an.an_estate(levels=[an.a_level("Power", statements=(foreign,))])


def test_every_quota_that_is_over_names_size_culprit_and_way_out(tmp_path, golden):
    text = ""
    for name, estate in over(tmp_path):
        problems = problems_of(estate, tmp_path / name)
        text += f"## {name}\n" + "".join(f"{problem}\n" for problem in problems[:6])
    golden(GOLDEN, text)


def test_a_build_that_breaks_a_quota_writes_nothing(tmp_path):
    problems_of(an.an_estate(quotas={"users_per_account": 0}), tmp_path / "build")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


RESOURCES = {
    "managed_policy_size": (6_144, lambda n: a_resource("ManagedPolicy", PolicyDocument=a_policy(n))),
    "trust_policy_length": (2_048, lambda n: a_role(AssumeRolePolicyDocument=a_policy(n))),
    "role_inline_size": (10_240, lambda n: a_role(Policies=inline(n - 100, 100))),
    "role_path_and_name": (64, lambda n: a_role(Path="/jump/", RoleName="x" * (n - 6))),
    "managed_policies_per_role": (10, lambda n: a_role(ManagedPolicyArns=["x"] * n)),
    "description": (1_000, lambda n: a_role(Description="é" * n)),
    "managed_policies_per_group": (10, lambda n: a_resource("Group", ManagedPolicyArns=["x"] * (n - 1))),
    "group_inline_size": (5_120, lambda n: a_resource("Group", Policies=inline(n))),
    "groups_per_user": (10, lambda n: a_resource("User", Groups=["x"] * n)),
}


@pytest.mark.parametrize(("key", "limit", "resource"), [(key, *row) for key, row in RESOURCES.items()])
def test_a_quota_that_is_just_full_is_kept_and_one_more_is_over(key, limit, resource):
    assert QUOTAS[key].limit == limit
    for used, problems in ((limit, 0), (limit + 1, 1)):
        ledger = Ledger({})
        counted = dict(measures(resource(used)))
        assert counted[key] == used
        ledger.use(key, "here", counted[key], MARK)
        assert len(ledger.problems) == problems


def test_a_quota_that_aws_raised_is_believed():
    ledger = Ledger({"groups_per_account": 500})
    ledger.use("groups_per_account", "jump account", 450, MARK)
    assert ledger.problems == []
    assert [(use.used, use.limit) for use in ledger.fullest()] == [(450, 500)]


def test_the_fullest_use_of_each_quota_comes_first_and_once(tmp_path):
    manifest, _ = compiled(an.an_estate(), tmp_path / "build")
    shares = [use.used / use.limit for use in manifest.quotas]
    assert shares == sorted(shares, reverse=True)
    assert {use.quota for use in manifest.quotas} == QUOTAS.keys()


def test_each_quota_has_a_source_and_a_code_of_its_own():
    codes = [quota.code for quota in QUOTAS.values()]
    assert len(set(codes)) == len(codes)
    assert all(quota.source.startswith("https://docs.aws.amazon.com/") for quota in QUOTAS.values())


def test_quotas_have_the_names_under_which_an_estate_raises_them():
    """What the schema of params/estate.yaml offers is what is counted here, with the same default."""
    for name, field in Quotas.model_fields.items():
        assert f"{QUOTAS[name].limit:,}" in str(field.description), name


def test_an_account_gets_the_roles_of_every_ou_above_it():
    grants = (
        an.a_grant("all", units=("r-ab12",), levels=("Power", "Read")),
        an.a_grant("deep", units=("ou-ab12-22222222",)),
        an.a_grant("aside", units=("ou-ab12-33333333",)),
    )
    counted = dict(roles_by_account(an.an_estate(an.a_partner(grants=grants))))
    assert {account: counted[account] for account in ("333333333333", "444444444444", "555555555555")} == {
        "333333333333": 2,
        "444444444444": 3,
        "555555555555": 3,
    }


def test_a_description_that_is_latin_and_long_is_counted_in_bytes():
    ledger = Ledger({})
    ledger.template("corp", "x", canonical({"Description": "é" * 600, "Resources": {}}), MARK)
    assert [problem.code for problem in ledger.problems] == ["E411"]


def test_an_estate_keeps_its_shape_while_it_is_counted(tmp_path):
    estate = an.an_estate()
    compiled(estate, tmp_path / "build")
    assert dataclasses.replace(estate) == estate
