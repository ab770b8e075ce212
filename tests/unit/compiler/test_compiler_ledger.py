import copy

import pytest
from unit import builders as an
from unit.compiled import compiled, problems_of
from unit.counted import MARK, a_resource, a_role, context_of, counted_template, tags

from jumpcf.artifacts.codec import canonical
from jumpcf.compiler.ledger import Ledger
from jumpcf.compiler.quotas import QUOTAS


@pytest.mark.parametrize(("place", "most", "code"), [("jump", 128, "E431"), ("corp", 82, "E443")])
def test_a_stack_set_leaves_room_in_its_name_for_what_its_instances_are_called(place, most, code):
    """StackSet-<name>-<36 characters>."""
    assert counted_template({"Resources": {}}, name="x" * most, place=place).problems == []
    (problem,) = counted_template({"Resources": {}}, name="x" * (most + 1), place=place).problems
    assert problem.code == code


def test_the_stacks_tags_count_on_every_resource_that_has_tags():
    body = {"Resources": {"U": a_resource("User", Tags=tags(49))}}
    assert counted_template(body, tags={"jumpcf-estate": "x"}).problems == []
    assert counted_template(body, tags={"key0": "the same key"}).problems == []
    (problem,) = counted_template(body, tags={"jumpcf-estate": "x", "jumpcf-partner": "y"}).problems
    assert (problem.code, "corp/x U: 51 tags" in problem.message) == ("E423", True)


def test_tags_of_the_stack_itself_are_counted():
    many = {f"jumpcf-organization/{number}": "o-x" for number in range(51)}
    assert [problem.code for problem in counted_template({"Resources": {}}, tags=many).problems] == ["E423"]


def test_a_quota_that_aws_raised_is_believed():
    ledger = Ledger({"groups_per_account": 500})
    ledger.use("groups_per_account", "jump account", 450, MARK)
    assert ledger.problems == []
    assert [(use.used, use.limit) for use in ledger.fullest()] == [(450, 500)]


def test_the_fullest_use_of_each_quota_comes_first_and_once(tmp_path):
    manifest, _ = compiled(an.an_estate(), tmp_path / "build")
    shares = [use.used / use.limit for use in manifest.quotas]
    assert shares == sorted(shares, reverse=True)
    assert len({use.quota for use in manifest.quotas}) == len(manifest.quotas)
    unused = {"parameters_per_template", "parameter_value", "mappings_per_template", "attributes_per_mapping"}
    assert {use.quota for use in manifest.quotas} == QUOTAS.keys() - unused


def test_two_ledgers_together_say_what_one_would_in_any_order():
    """A build on two processors tells the same as on one, of equally full ones the first by name."""
    grants = (an.a_grant("dev", units=("r-ab12",)), an.a_grant("ops", units=("r-ab12",)))
    estate = an.an_estate(an.a_partner(grants=grants))
    body = {"Resources": {f"R{number}": a_role(RoleName="same") for number in range(3)}}

    def counted(*order):
        ledger = Ledger({})
        for grant in order:
            ledger.template("corp", canonical(body), body, context_of(estate, grant), MARK, {})
        return ledger

    def told(ledger):
        ledger.accounts(estate)
        return ledger.fullest()

    both = told(counted(*grants))
    assert {use.quota: use.used for use in both}["roles_per_account"] == 6
    assert told(counted(*reversed(grants))) == both
    for first, second in (grants, reversed(grants)):
        ledger = counted(first)
        ledger.add(counted(second))
        assert told(ledger) == both


def test_an_estate_keeps_its_shape_while_it_is_counted(tmp_path):
    estate = an.an_estate()
    before = copy.deepcopy(estate)
    compiled(estate, tmp_path / "build")
    assert estate == before


def test_a_build_that_breaks_a_quota_writes_nothing(tmp_path):
    problems_of(an.an_estate(quotas={"users_per_account": 0}), tmp_path / "build")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
