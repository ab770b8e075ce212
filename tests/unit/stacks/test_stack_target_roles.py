import itertools
import re

import orjson
import pytest
from unit import builders as an
from unit.asking import decide
from unit.compiled import STACKS, compiled

from jumpcf.compiler.discover import discover
from jumpcf.compiler.quotas import QUOTAS
from jumpcf.iam.document import MANAGED_POLICY_LIMIT
from jumpcf.iam.packing import POLICIES_PER_GROUP
from jumpcf.policy.pattern import like

LEVELS = ("Admin", "Power", "Read")


def an_estate(*grants, levels=LEVELS, users=None, level=None, **parts):
    given = level or [an.a_level(name) for name in levels]
    people = users or (an.a_user(),)
    partner = an.a_partner(grants=grants or (an.a_grant(levels=levels),), users=people, groups=("ops",))
    return an.an_estate(partner, levels=given, **parts)


def body(estate, tmp_path, name="corp/jump-acme-dev"):
    return compiled(estate, tmp_path / "build")[1][name]


def holds(condition, account):
    """Evaluate a Condition as CloudFormation does; at most ten in an Or, at least two."""
    ((function, arguments),) = condition.items()
    match function:
        case "Fn::Not":
            (only,) = arguments
            return not holds(only, account)
        case "Fn::Or":
            assert 2 <= len(arguments) <= 10
            return any(holds(each, account) for each in arguments)
        case "Fn::Equals":
            assert arguments[0] == {"Ref": "AWS::AccountId"}
            return arguments[1] == account
    raise AssertionError(function)


def test_every_resource_but_the_empty_one_is_conditional(tmp_path):
    template = body(an_estate(), tmp_path)
    free = {title for title, each in template["Resources"].items() if "Condition" not in each}
    assert free == {"Empty"}
    assert template["Resources"]["Empty"] == {"Type": "AWS::CloudFormation::WaitConditionHandle"}
    assert {each.get("Condition") for each in template["Resources"].values()} == {None, "IsTarget"}


@pytest.mark.parametrize("count", [0, 1, 8, 9, 10, 11, 99, 100, 101, 250])
def test_protected_and_excepted_accounts_stay_empty_however_many(tmp_path, count):
    excepted = tuple(f"{number:012}" for number in range(700, 700 + count))
    template = body(an_estate(an.a_grant(levels=("Read",), excepted=excepted)), tmp_path)
    condition = template["Conditions"]["IsTarget"]
    assert not any(holds(condition, account) for account in (an.JUMP, an.ADMIN, *excepted))
    assert holds(condition, "333333333333")


def test_the_jump_account_is_never_a_target_even_if_nothing_is_protected(tmp_path):
    template = body(an_estate(an.a_grant(levels=LEVELS, protected=())), tmp_path)
    assert not holds(template["Conditions"]["IsTarget"], an.JUMP)


def test_a_role_per_level_with_fence_boundary_and_trust(tmp_path):
    resources = body(an_estate(), tmp_path)["Resources"]
    role = resources["RolePower"]["Properties"]
    assert (role["Path"], role["RoleName"]) == ("/jump/", "acme-dev-Power")
    assert role["MaxSessionDuration"] == 3600
    assert role["ManagedPolicyArns"] == ["arn:aws:iam::aws:policy/PowerUserAccess"]
    assert role["PermissionsBoundary"] == {"Ref": "BoundaryPower"}
    assert [each["PolicyName"] for each in role["Policies"]] == ["fence"]
    assert {each["Key"]: each["Value"] for each in role["Tags"]} == {
        "jump-partner": "acme",
        "jump-grant": "dev",
        "jump-level": "Power",
    }
    assert sorted(resources) == sorted(
        ["Empty", *(f"{kind}{one}" for kind in ("Role", "Boundary") for one in LEVELS)]
    )


def test_a_boundary_is_kept_has_no_name_and_lies_where_it_recognises_itself(tmp_path):
    boundary = body(an_estate(), tmp_path)["Resources"]["BoundaryPower"]
    assert boundary["DeletionPolicy"] == boundary["UpdateReplacePolicy"] == "Retain"
    assert "ManagedPolicyName" not in boundary["Properties"]
    path = boundary["Properties"]["Path"]
    own = {"iam:PermissionsBoundary": f"arn:aws:iam::333333333333:policy{path}StackSet-jump-BoundaryPower-1"}
    role = "arn:aws:iam::333333333333:role/partner/acme/dev/Power/strict/worker"
    assert decide(boundary["Properties"]["PolicyDocument"], "iam:CreateRole", role, own) == "Allow"


def test_no_other_policy_of_ours_passes_for_a_boundary(tmp_path):
    """The pattern knows a boundary by its path, so a policy without the Denies must not lie there."""
    many = [
        an.a_statement(resources=tuple(f"arn:aws:s3:::{'b' * 50}{n}-{k}" for n in range(80)))
        for k in range(3)
    ]
    estate = an_estate(levels=("Big",), level=[an.a_level("Big", statements=tuple(many))])
    resources = body(estate, tmp_path)["Resources"]
    policies = {k: v["Properties"] for k, v in resources.items() if v["Type"] == "AWS::IAM::ManagedPolicy"}
    deny = next(
        each
        for each in policies["BoundaryBig"]["PolicyDocument"]["Statement"]
        if each.get("Sid") == "OnlyWithBoundary"
    )
    pattern = deny["Condition"]["StringNotLike"]["iam:PermissionsBoundary"]
    inside = [k for k, v in policies.items() if like(f"arn:aws:iam::1:policy{v['Path']}{k}", pattern)]
    assert inside == ["BoundaryBig"]
    assert len(policies) > 2


def test_level_statements_are_inline_beside_the_fence(tmp_path):
    statement = an.a_statement(
        conditions={"StringEquals": {"ssm:resourceTag/jump-partner": ("${jump:partner}",)}}
    )
    estate = an_estate(
        levels=("Ops",), level=[an.a_level("Ops", managed_policies=(), statements=(statement,))]
    )
    role = body(estate, tmp_path)["Resources"]["RoleOps"]["Properties"]
    assert [each["PolicyName"] for each in role["Policies"]] == ["fence", "level"]
    assert "ManagedPolicyArns" not in role
    (only,) = role["Policies"][1]["PolicyDocument"]["Statement"]
    assert only["Condition"] == {"StringEquals": {"ssm:resourceTag/jump-partner": "acme"}}


def fenced_users(template):
    """Who is named in the fence, by the instant."""
    role = next(each for title, each in template["Resources"].items() if title.startswith("Role"))
    return {
        each["Condition"]["DateGreaterThanEquals"]["aws:CurrentTime"]: each["Condition"]["StringLike"][
            "aws:userid"
        ]
        for each in role["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
        if "StringLike" in each.get("Condition", {})
    }


DATED = (
    an.a_user("early.bird", ends="2026-12-31", groups=("ops",)),
    an.a_user("elsewhere", ends="2026-12-31"),
    an.a_user("late", ends="2027-03-31", groups=("ops",)),
    an.a_user("no.date", groups=("ops",)),
)


def test_the_fence_names_the_grants_users_whose_day_is_earlier(tmp_path):
    estate = an_estate(an.a_grant(levels=LEVELS, groups=("ops",)), users=DATED)
    assert fenced_users(body(estate, tmp_path)) == {"2027-01-01T00:00:00Z": "*:early.bird"}
    everyone = an_estate(an.a_grant(levels=LEVELS), users=DATED)
    assert fenced_users(body(everyone, tmp_path)) == {"2027-01-01T00:00:00Z": ["*:early.bird", "*:elsewhere"]}


def test_without_the_session_name_in_the_trust_the_fence_knows_names_all_the_same(tmp_path):
    estate = an_estate(an.a_grant(levels=LEVELS), users=DATED, role_session_name="optional")
    manifest, bodies = compiled(estate, tmp_path / "build")
    assert fenced_users(bodies["corp/jump-acme-dev"]) == {
        "2027-01-01T00:00:00Z": ["*:early.bird", "*:elsewhere"]
    }
    assert any(
        "early.bird, elsewhere end with his own last day only where" in one for one in manifest.notices
    )
    trust = bodies["corp/jump-acme-dev"]["Resources"]["RoleRead"]["Properties"]["AssumeRolePolicyDocument"]
    assert "sts:RoleSessionName" not in str(trust)


@pytest.mark.parametrize(
    "fence",
    [
        tuple(chosen)
        for size in range(4)
        for chosen in itertools.combinations(("self-service", "session", "trust"), size)
    ],
)
def test_networks_stand_exactly_where_the_fence_says(tmp_path, fence):
    bodies = compiled(an_estate(fence=fence), tmp_path / "build")[1]
    role = bodies["corp/jump-acme-dev"]["Resources"]["RoleRead"]["Properties"]
    assert ("aws:SourceIp" in str(role["AssumeRolePolicyDocument"])) is ("trust" in fence)
    assert ("aws:SourceIp" in str(role["Policies"])) is ("session" in fence)
    assert ("aws:SourceIp" in str(bodies["jump/jump-partner-acme"])) is ("self-service" in fence)


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_every_arn_is_of_the_estates_partition(tmp_path, partition):
    level = an.a_level("Read", managed_policies=(f"arn:{partition}:iam::aws:policy/ReadOnlyAccess",))
    bodies = compiled(an_estate(levels=("Read",), level=[level], partition=partition), tmp_path / "build")[1]
    text = orjson.dumps(bodies).decode()
    assert text.count('"arn:') == text.count(f'"arn:{partition}:')


def test_a_custom_boundary_is_the_ceiling_and_the_denies_stay(tmp_path):
    ceiling = an.a_boundary("databases", [an.a_statement(actions=("rds:*",))])
    estate = an_estate(levels=("Dba",), level=[an.a_level("Dba", boundary="databases")], boundaries=[ceiling])
    policy = body(estate, tmp_path)["Resources"]["BoundaryDba"]["Properties"]["PolicyDocument"]
    assert decide(policy, "rds:StopDBInstance", "*", {}) == "Allow"
    assert decide(policy, "s3:GetObject", "*", {}) == "implicit deny"
    assert decide(policy, "iam:PassRole", "arn:aws:iam::333333333333:role/legacy", {}) == "Deny"


def test_a_relaxed_level_says_why_in_every_build(tmp_path):
    level = an.a_level("Admin", boundary="relaxed", accept_escalation="migration until May")
    manifest, bodies = compiled(an_estate(levels=("Admin",), level=[level]), tmp_path / "build")
    assert any("Admin" in notice and "migration until May" in notice for notice in manifest.notices)
    policy = bodies["corp/jump-acme-dev"]["Resources"]["BoundaryAdmin"]["Properties"]["PolicyDocument"]
    assert "DelegatedOnly" not in [each["Sid"] for each in policy["Statement"]]


def test_mfa_age_and_session_belong_to_the_level(tmp_path):
    grant = an.a_grant(levels=("Admin", "Read"), session={"Admin": 7200, "Read": 3600})
    estate = an_estate(grant, level=[an.a_level("Admin", mfa_max_age=3600), an.a_level("Read")])
    resources = body(estate, tmp_path)["Resources"]
    trusts = {
        name: str(resources[name]["Properties"]["AssumeRolePolicyDocument"])
        for name in ("RoleAdmin", "RoleRead")
    }
    assert "'NumericLessThan': {'aws:MultiFactorAuthAge': '3600'}" in trusts["RoleAdmin"]
    assert "MultiFactorAuthAge" not in trusts["RoleRead"]
    assert resources["RoleAdmin"]["Properties"]["MaxSessionDuration"] == 7200


def test_a_grant_of_many_levels_is_too_large_for_an_inline_body_and_compiles(tmp_path):
    names = [f"Level{number:02}" for number in range(15)]
    manifest, _ = compiled(
        an_estate(an.a_grant(levels=names), level=[an.a_level(n) for n in names]), tmp_path / "b"
    )
    (large,) = [each for each in manifest.stacks if each.place == "corp"]
    assert 51_200 < large.size < 1_000_000


def long_level(name, count):
    """A level of `count` statements, two of which fill a managed policy."""
    statements = tuple(
        an.a_statement(resources=tuple(f"arn:aws:s3:::{'x' * 40}{number}{part:02}" for part in range(43)))
        for number in range(count)
    )
    return an.a_level(name, managed_policies=(), statements=statements)


def test_levels_whose_names_differ_by_a_digit_have_policies_of_their_own(tmp_path):
    """Db in many parts beside Db4 in a few: part 48 of the one and part 8 of the other are two policies."""
    levels = [long_level("Db", 9), long_level("Db4", 7), long_level("Full1", 18)]
    names = [each.name for each in levels]
    resources = body(an_estate(an.a_grant(levels=names), level=levels), tmp_path)["Resources"]
    for name, count in (("Db", 9), ("Db4", 7), ("Full1", 18)):
        attached = [each["Ref"] for each in resources[f"Role{name}"]["Properties"]["ManagedPolicyArns"]]
        assert all(re.fullmatch(rf"Level(Full)?\d+{name}", each) for each in attached)
        made = [resources[each]["Properties"]["PolicyDocument"]["Statement"] for each in attached]
        assert sum(map(len, made)) == count


def test_the_limits_by_which_policies_are_divided_are_those_of_the_quotas():
    """stacks/ and iam/ may not import the compiler, so each has its own copy."""
    build = next(module.build for module in discover(STACKS) if module.stem == "target_roles")
    copies = build.__globals__
    assert copies["INLINE_LIMIT"] == QUOTAS["role_inline_size"].limit
    assert copies["POLICIES_PER_ROLE"] == QUOTAS["managed_policies_per_role"].limit
    assert QUOTAS["managed_policy_size"].limit == MANAGED_POLICY_LIMIT
    assert QUOTAS["managed_policies_per_group"].limit == POLICIES_PER_GROUP + 1  # the freeze policy's place
