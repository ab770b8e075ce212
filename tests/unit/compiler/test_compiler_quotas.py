import copy
import dataclasses
import re
from collections import Counter
from pathlib import Path

import pytest
from unit import builders as an
from unit.compiled import ROOT, compiled, problems_of

from jumpcf.artifacts.codec import canonical
from jumpcf.compiler.accounts import Accounts
from jumpcf.compiler.codes import CODES
from jumpcf.compiler.ledger import Ledger
from jumpcf.compiler.measures import attachments, of_resource
from jumpcf.compiler.quotas import QUOTAS, UNPUBLISHED
from jumpcf.errors import Mark
from jumpcf.estate.schema import Quotas
from jumpcf.stack import StackContext

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
    "user_inline_size": (2_048, lambda n: a_resource("User", Policies=inline(n - 200, 200))),
    "managed_policies_per_user": (10, lambda n: a_resource("User", ManagedPolicyArns=["x"] * n)),
    "path": (512, lambda n: a_resource("User", Path=f"/{'x' * (n - 2)}/")),
    "user_name": (64, lambda n: a_resource("User", UserName="x" * n)),
    "role_name": (64, lambda n: a_role(RoleName="x" * n)),
    "group_name": (128, lambda n: a_resource("Group", GroupName="x" * n)),
    "policy_name": (
        128,
        lambda n: a_resource("ManagedPolicy", ManagedPolicyName="x" * n, PolicyDocument={}),
    ),
    "tags": (50, lambda n: a_resource("User", Tags=tags(n))),
    "tag_key": (128, lambda n: a_role(Tags=[{"Key": "k" * n, "Value": ""}])),
    "tag_value": (256, lambda n: a_role(Tags={"k": "あ" * n})),
}


def tags(number):
    return [{"Key": f"key{each}", "Value": "x"} for each in range(number)]


@pytest.mark.parametrize(("key", "limit", "resource"), [(key, *row) for key, row in RESOURCES.items()])
def test_a_quota_that_is_just_full_is_kept_and_one_more_is_over(key, limit, resource):
    assert QUOTAS[key].limit == limit
    for used, problems in ((limit, 0), (limit + 1, 1)):
        ledger = Ledger({})
        counted = dict(of_resource(resource(used)))
        assert counted[key] == used
        ledger.use(key, "here", counted[key], MARK)
        assert len(ledger.problems) == problems


def named(number, each):
    return {f"N{one}": each for one in range(number)}


TEMPLATES = {
    "resources_per_template": (500, lambda n: {"Resources": named(n, {"Type": "AWS::SNS::Topic"})}),
    "template_size": (1_000_000, lambda n: {"Metadata": "x" * (n - 31)}),
    "template_description": (1_024, lambda n: {"Description": "é" * (n // 2) + "x" * (n % 2)}),
    "parameters_per_template": (200, lambda n: {"Parameters": named(n, {"Type": "String"})}),
    "parameter_value": (4_096, lambda n: {"Parameters": {"P": {"Type": "String", "Default": "x" * n}}}),
    "outputs_per_template": (200, lambda n: {"Outputs": named(n, {"Value": "x"})}),
    "mappings_per_template": (200, lambda n: {"Mappings": named(n, {"a": {"b": "c"}})}),
    "attributes_per_mapping": (200, lambda n: {"Mappings": {"M": {"a": named(n, "x")}}}),
    "dynamic_references": (60, lambda n: {"Metadata": ["{{resolve:ssm:/jump/x}}"] * n}),
    "logical_name": (255, lambda n: {"Outputs": {"x" * n: {"Value": "x"}}}),
}


@pytest.mark.parametrize(("key", "limit", "body"), [(key, *row) for key, row in TEMPLATES.items()])
def test_a_template_that_is_just_full_is_kept_and_one_more_is_over(key, limit, body):
    assert QUOTAS[key].limit == limit
    for used, problems in ((limit, []), (limit + 1, [QUOTAS[key].code])):
        ledger = counted_template({"Resources": {}} | body(used))
        assert {use.quota: use.used for use in ledger.fullest()}[key] == used
        assert [problem.code for problem in ledger.problems] == problems


def counted_template(body, *, name="x", place="corp", tags=None, raised=None):
    ledger = Ledger(raised or {})
    context = StackContext(estate=an.an_estate(), name=name)
    tags = {"jumpcf-estate": "example"} if tags is None else tags
    ledger.template(place, canonical(body), body, context, MARK, tags)
    return ledger


def used_of(ledger, key):
    return {use.quota: use.used for use in ledger.fullest()}[key]


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


def test_what_other_resources_attach_counts_on_the_one_that_holds_it():
    """Our own stacks say all of it on the resource itself; somebody's module need not."""
    on_role = {"PolicyDocument": a_policy(100), "Roles": [{"Ref": "R"}]}
    body = {
        "Resources": {
            "R": a_role(Policies=inline(50), ManagedPolicyArns=["x"]),
            "G": a_resource("Group", GroupName="people"),
            "U": a_resource("User", Groups=["x"]),
            "One": a_resource("Policy", **on_role),
            "Two": a_resource("ManagedPolicy", **on_role),
            "Three": a_resource("RolePolicy", PolicyDocument=a_policy(30), RoleName={"Ref": "R"}),
            "Four": a_resource("GroupPolicy", PolicyDocument=a_policy(70), GroupName="people"),
            "Five": a_resource("UserToGroupAddition", GroupName="people", Users=[{"Ref": "U"}]),
        }
    }
    ledger = counted_template(body)
    assert used_of(ledger, "role_inline_size") == 50 + 100 + 30
    assert used_of(ledger, "managed_policies_per_role") == 2
    assert used_of(ledger, "group_inline_size") == 70
    assert used_of(ledger, "groups_per_user") == 2
    assert attachments({"R": a_role()}) == {}


FORMS = {
    "E440": (
        {"Resources": {"U": a_resource("User", UserName="taro", Path="/partner/acme/")}},
        [
            {"Resources": {"U": a_resource("User", UserName="taro yamada")}},
            {"Resources": {"U": a_resource("User", Path="/partner/acme")}},
            {"Resources": {"P": a_resource("ManagedPolicy", PolicyDocument={}, Path="/a~b/")}},
        ],
    ),
    "E441": (
        {"Resources": {"R": a_role(MaxSessionDuration=3600), "S": a_role(MaxSessionDuration=43_200)}},
        [{"Resources": {"R": a_role(MaxSessionDuration=wrong)}} for wrong in (3_599, 43_201)],
    ),
    "E442": (
        {"Resources": {}, "Conditions": {"C": {"Fn::Not": [{"Fn::Or": [{"Condition": "D"}] * 10}]}}},
        [
            {"Resources": {}, "Conditions": {"C": {"Fn::Not": [{function: [{"Condition": "D"}] * wrong}]}}}
            for function in ("Fn::Or", "Fn::And")
            for wrong in (1, 11)
        ],
    ),
}


@pytest.mark.parametrize("code", FORMS)
def test_a_form_that_aws_refuses_is_a_problem_and_the_last_good_one_is_none(code):
    good, wrong = FORMS[code]
    assert counted_template(good).problems == []
    for body in wrong:
        (problem,) = counted_template(body).problems
        assert (problem.code, bool(problem.hint)) == (code, True)


def test_every_quota_of_a_template_has_an_example_that_is_just_full():
    elsewhere = {"stack_name", "stack_set_name", "resource_control_policy_size", "instances_per_stack_set"}
    in_accounts = {key for key in QUOTAS if key.endswith("_per_account")}
    assert {*RESOURCES, *TEMPLATES} == QUOTAS.keys() - elsewhere - in_accounts


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


def test_each_quota_has_a_source_and_a_code_of_its_own():
    codes = [quota.code for quota in QUOTAS.values()]
    assert len(set(codes)) == len(codes)
    assert all(quota.source.startswith("https://docs.aws.amazon.com/") for quota in QUOTAS.values())


def test_what_an_estate_may_raise_is_what_aws_raises_with_the_same_bounds():
    """The schema of params/estate.yaml offers exactly the rows that have a `most`."""
    raisable = {key: quota for key, quota in QUOTAS.items() if quota.most is not None}
    assert Quotas.model_fields.keys() == raisable.keys()
    for name, field in Quotas.model_fields.items():
        bounds = {type(each).__name__: next(iter(vars_of(each))) for each in field.metadata}
        assert bounds["Ge"] == raisable[name].limit, name
        assert bounds.get("Le", UNPUBLISHED) == raisable[name].most, name
        assert f"{raisable[name].limit:,}" in str(field.description), name


def vars_of(bound):
    return [getattr(bound, name) for name in ("ge", "le") if hasattr(bound, name)]


def test_the_page_lists_every_quota_that_can_be_raised():
    """docs/estate.md, with default, maximum and AWS's page."""
    page = (ROOT / "docs/estate.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| ([\d,]+) \| ([\d,]+|not published) \| <(.+)> \|$", page, re.MULTILINE)
    wanted = {
        (
            key,
            f"{quota.limit:,}",
            "not published" if quota.most == UNPUBLISHED else f"{quota.most:,}",
            quota.source,
        )
        for key, quota in QUOTAS.items()
        if quota.most is not None
    }
    assert set(rows) == wanted


def test_the_page_of_quotas_names_every_code():
    page = (ROOT / "docs/quotas.md").read_text(encoding="utf-8")
    named = set(re.findall(r"E4\d\d", page))
    named |= {
        f"E{number}"
        for first, last in re.findall(r"E(4\d\d) to E(4\d\d)", page)
        for number in range(int(first), int(last))
    }
    assert {code for code in CODES if code.startswith("E4")} == named


@pytest.mark.parametrize("key", [key for key, quota in QUOTAS.items() if quota.most is not None])
def test_the_way_out_of_a_quota_that_aws_raises_says_how_far_and_where_to_write_it(key):
    hint = QUOTAS[key].hint
    assert "under quotas in params/estate.yaml" in hint
    assert QUOTAS[key].most == UNPUBLISHED or f"(up to {QUOTAS[key].most:,})" in hint


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


def context_of(estate, grant=None):
    partner = estate.partners["acme"]
    grant = grant or partner.grants[0]
    return StackContext(
        estate=estate,
        name=f"jump-acme-{grant.name}",
        partner=partner,
        grant=grant,
        organization=estate.organizations["corp"],
        levels=tuple(estate.levels[level] for level in grant.levels),
    )


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


def test_a_description_that_is_latin_and_long_is_counted_in_bytes():
    ledger = counted_template({"Description": "é" * 600, "Resources": {}})
    assert [problem.code for problem in ledger.problems] == ["E411"]


def test_an_estate_keeps_its_shape_while_it_is_counted(tmp_path):
    estate = an.an_estate()
    before = copy.deepcopy(estate)
    compiled(estate, tmp_path / "build")
    assert estate == before
