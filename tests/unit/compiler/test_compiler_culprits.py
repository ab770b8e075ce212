import dataclasses
import re
from pathlib import Path

from unit import builders as an
from unit.compiled import compiled, problems_of

from jumpcf.errors import Mark

GOLDEN = Path(__file__).parents[2] / "golden/quotas/problems.txt"


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


PLACES = {
    "networks": Mark("params/partners/acme.yaml", 5, 1),
    "ous": Mark("params/partners/acme.yaml", 12, 5),
    "except_accounts": Mark("params/partners/acme.yaml", 13, 5),
}


def placed(grant=None, **parts):
    """A partner that knows where its keys stand."""
    grants = (dataclasses.replace(grant or an.a_grant(), marks=PLACES),)
    return an.a_partner(grants=grants, marks=PLACES, **parts)


MANY_NETWORKS = tuple(f"198.51.{number // 256}.{number % 256}/32" for number in range(900))


def test_too_many_networks_are_told_at_the_networks_of_the_partner(tmp_path):
    fence = ("self-service", "session", "trust")
    problems = problems_of(an.an_estate(placed(networks=MANY_NETWORKS), fence=fence), tmp_path / "build")
    assert [(problem.code, problem.line) for problem in problems] == [("E401", 5), ("E402", 5), ("E404", 5)]
    assert "most of it: DenyOutsideNetworks 15,885 (params/partners/acme.yaml:5:1)" in problems[0].message
    assert "most of it: fence/DenyOutsideNetworks " in problems[1].message
    assert "most of it: PartnerUsersWithMfa " in problems[2].message


def test_too_many_excepted_accounts_are_told_at_their_list(tmp_path):
    closed = tuple(f"{number:012}" for number in range(700, 1900))
    (problem,) = problems_of(an.an_estate(placed(an.a_grant(excepted=closed))), tmp_path / "build")
    assert (problem.code, problem.line) == ("E406", 13)
    assert re.search(r"most of it: DenyExcepted [\d,]+ \(params/partners/acme.yaml:13:5\)", problem.message)


def test_too_many_accounts_named_one_by_one_are_told_at_the_ous(tmp_path):
    corp = an.an_organization()
    account = corp.accounts[2]
    many = tuple(dataclasses.replace(account, id=f"{each:012}") for each in range(700, 1900))
    corp = dataclasses.replace(corp, accounts=many)
    estate = an.an_estate(placed(), organizations=[corp], assume_scope="accounts")
    (problem,) = problems_of(estate, tmp_path / "build")
    assert (problem.code, problem.line) == ("E406", 12)
    assert "most of it: AssumeDev " in problem.message


def test_a_statement_that_is_too_long_is_told_at_its_line_in_the_level_or_the_boundary(tmp_path):
    def statement(line):
        resources = tuple(f"arn:aws:s3:::{'x' * 60}{n}/*" for n in range(200))
        return an.a_statement(resources=resources, mark=Mark("params/levels/Own.yaml", line, 5))

    short = an.a_statement(mark=Mark("params/levels/Own.yaml", 3, 5))
    own = an.a_level("Power", statements=(short, statement(4)), mark=Mark("params/levels/Own.yaml", 1, 1))
    (problem,) = problems_of(an.an_estate(levels=[own]), tmp_path / "one")
    assert (problem.code, problem.file, problem.line) == ("E401", "params/levels/Own.yaml", 4)
    assert re.search(r"Level\d+Power: 16,", problem.message)
    assert "most of it: Level2 16," in problem.message

    wide = an.a_boundary("wide", [short, statement(8)])
    estate = an.an_estate(levels=[an.a_level("Power", boundary="wide")], boundaries=[wide])
    (problem,) = problems_of(estate, tmp_path / "two")
    assert (problem.code, problem.line) == ("E401", 8)
    assert "BoundaryPower: " in problem.message
    assert "most of it: Ceiling2 16," in problem.message


def test_a_level_with_too_many_policies_is_told_at_its_own_line(tmp_path):
    policies = tuple(f"arn:aws:iam::aws:policy/P{number:02}" for number in range(11))
    mark = Mark("params/levels/Own.yaml", 1, 1)
    estate = an.an_estate(levels=[an.a_level("Power", managed_policies=policies, mark=mark)])
    (problem,) = problems_of(estate, tmp_path / "build")
    assert (problem.code, problem.file) == ("E405", mark.file)
    assert problem.message.endswith("most of it: Power 11 (params/levels/Own.yaml:1:1)")
    raised = dataclasses.replace(estate, quotas={"managed_policies_per_role": 11})
    compiled(raised, tmp_path / "build")


def test_a_level_is_not_taken_for_another_whose_name_goes_on(tmp_path):
    """Db2 is too full, and Db, the first of the two, is not told in its place."""
    policies = tuple(f"arn:aws:iam::aws:policy/P{number:02}" for number in range(11))
    marks = [Mark(f"params/levels/{name}.yaml", 1, 1) for name in ("Db", "Db2")]
    levels = [an.a_level("Db", mark=marks[0]), an.a_level("Db2", managed_policies=policies, mark=marks[1])]
    grant = an.a_grant(levels=("Db", "Db2"))
    (problem,) = problems_of(an.an_estate(an.a_partner(grants=(grant,)), levels=levels), tmp_path / "build")
    assert (problem.code, problem.file) == ("E405", "params/levels/Db2.yaml")
    assert problem.message.endswith("most of it: Db2 11 (params/levels/Db2.yaml:1:1)")


def test_a_statement_in_policies_filled_to_the_brim_is_told_at_its_line(tmp_path):
    """Eighteen statements, two of which fill a policy, and the last does not fit into one."""

    def statement(line, count):
        resources = tuple(f"arn:aws:s3:::{'x' * 40}{line:02}{n:03}" for n in range(count))
        return an.a_statement(resources=resources, mark=Mark("params/levels/Own.yaml", line, 5))

    statements = (*(statement(line, 43) for line in range(2, 19)), statement(19, 200))
    own = an.a_level("Own", managed_policies=(), statements=statements)
    estate = an.an_estate(an.a_partner(grants=(an.a_grant(levels=("Own",)),)), levels=[own])
    (problem,) = problems_of(estate, tmp_path / "build")
    assert (problem.code, problem.line, "LevelFull" in problem.message) == ("E401", 19, True)


def test_a_user_of_too_many_groups_is_told_at_his_line(tmp_path):
    groups = tuple(f"g{number}" for number in range(10))
    partner = an.a_partner(groups=groups, users=(an.a_user(groups=groups),))
    (problem,) = problems_of(an.an_estate(partner), tmp_path / "build")
    assert (problem.code, problem.line) == ("E407", 7)
