import dataclasses
from collections import Counter

from unit import builders as an
from unit.compiled import problems_of
from unit.counted import MARK, context_of

from jumpcf.compiler.accounts import Accounts
from jumpcf.compiler.ledger import Ledger
from jumpcf.compiler.quotas import QUOTAS
from jumpcf.errors import Mark


def held(*rows):
    """What grants of acme put into an account: roles, boundaries and a stack each."""
    return {
        ("corp", "acme", name): Counter({"AWS::IAM::Role": n, "AWS::IAM::ManagedPolicy": 2 * n, "stack": 1})
        for name, n in rows
    }


def test_an_account_gets_what_every_ou_above_it_gets():
    grants = (
        an.a_grant("all", units=("r-ab12",), levels=("Power", "Read")),
        an.a_grant("deep", units=("ou-ab12-22222222",)),
        an.a_grant("aside", units=("ou-ab12-33333333",), excepted=("555555555555",)),
    )
    estate = an.an_estate(an.a_partner(grants=grants))
    rows = held(("all", 2), ("deep", 1), ("aside", 1))
    fullest = {use.key: use for use in Accounts(estate.organizations["corp"], estate, rows).fullest()}
    roles = fullest["roles_per_account"]
    # the jump account lies in the organization and gets an empty stack; the management account gets none
    assert (roles.account, roles.used, sorted(roles.others)) == ("444444444444", 3, [0, 2, 2])
    policies = fullest["managed_policies_per_account"]
    assert (policies.account, policies.used, sorted(policies.others)) == ("444444444444", 6, [0, 4, 4])
    stacks = fullest["stacks_per_account"]
    assert (stacks.account, stacks.used, sorted(stacks.others)) == ("444444444444", 2, [1, 1, 2])
    assert [culprit.name for culprit in roles.culprits] == [
        "acme/all (params/partners/acme.yaml:10:3)",
        "acme/deep (params/partners/acme.yaml:10:3)",
    ]


def test_an_admitted_delegated_administrator_gets_roles_and_counts():
    admitted = an.a_grant(units=("r-ab12",), protected=(an.JUMP, an.ADMIN))
    shut = an.a_grant(units=("r-ab12",), protected=(an.JUMP, an.ADMIN, "333333333333"))
    for grant, roles in ((admitted, [0, 3, 3, 3]), (shut, [0, 0, 3, 3])):
        estate = an.an_estate(an.a_partner(grants=(grant,)))
        (use, *_) = Accounts(estate.organizations["corp"], estate, held(("dev", 3))).fullest()
        assert sorted((use.used, *use.others)) == roles


def test_the_instances_of_a_stack_set_are_the_accounts_below_its_ous():
    grants = (
        an.a_grant("all", units=("r-ab12",)),
        an.a_grant("two", units=("ou-ab12-22222222", "ou-ab12-33333333")),
    )
    estate = an.an_estate(an.a_partner(grants=grants))
    accounts = Accounts(estate.organizations["corp"], estate, held(("all", 1), ("two", 1)))
    assert {grant.name: count for grant, count in accounts.instances()} == {"all": 4, "two": 2}


def test_a_hundred_thousand_accounts_fit_into_a_stack_set_and_one_more_does_not():
    assert QUOTAS["instances_per_stack_set"].limit == 100_000
    for number, codes in ((100_000, []), (100_001, ["E432"])):
        corp = an.an_organization()
        account = corp.accounts[2]
        many = tuple(dataclasses.replace(account, id=f"{each:012}") for each in range(number))
        grant = an.a_grant(marks={"ous": Mark("params/partners/acme.yaml", 12, 5)})
        estate = an.an_estate(
            an.a_partner(grants=(grant,)), organizations=[dataclasses.replace(corp, accounts=many)]
        )
        ledger = Ledger({})
        ledger.template("corp", b'{"Resources":{}}', {"Resources": {}}, context_of(estate), MARK, {})
        ledger.accounts(estate)
        assert [problem.code for problem in ledger.problems] == codes
    (problem,) = ledger.problems
    assert (problem.line, "corp/acme/dev: 100,001 accounts" in problem.message) == (12, True)


def test_target_accounts_that_are_too_full_are_told_once_with_the_largest_grants(tmp_path):
    """At the line under `quotas:` where there is one; the others are counted, not listed."""
    line = Mark("params/estate.yaml", 9, 10)
    estate = an.an_estate(quotas={"roles_per_account": 0}, marks={"roles_per_account": line})
    (problem,) = problems_of(estate, tmp_path / "build")
    assert (problem.code, problem.file, problem.line) == ("E417", line.file, line.line)
    assert problem.message == (
        "account 333333333333 (corp): 1 roles of ours in an account; the quota is 0; 1 more accounts are over; "
        "most of it: acme/dev (params/partners/acme.yaml:10:3) 1"
    )
