import pytest
from unit import builders as an
from unit.asking import together
from unit.compiled import compiled

GRANTS = (
    an.a_grant("dev", levels=("Power", "SSM"), groups=("ops",)),
    an.a_grant(
        "prod", levels=("Read",), excepted=("333333333333",), units=("ou-ab12-33333333", "ou-ab12-11111111")
    ),
)
PARTNER = an.a_partner(
    users=(an.a_user("taro.yamada", groups=("ops",)), an.a_user("hanako.sato", ends="2026-12-31")),
    groups=("idle", "ops"),
    grants=GRANTS,
)
LEVELS = [an.a_level("Power"), an.a_level("SSM"), an.a_level("Read")]


def resources(tmp_path, partner=PARTNER, **parts):
    estate = an.an_estate(partner, levels=LEVELS, **parts)
    return compiled(estate, tmp_path / "build")[1]["jump/jump-partner-acme"]["Resources"]


def policies(stack, user):
    """Every policy document that a user has through his groups."""
    (found,) = [each["Properties"] for each in stack.values() if each["Properties"].get("UserName") == user]
    groups = [stack[group["Ref"]]["Properties"] for group in found["Groups"]]
    arns = [arn["Ref"] for group in groups for arn in group.get("ManagedPolicyArns", [])]
    return [stack[arn]["Properties"]["PolicyDocument"] for arn in arns]


def a_context(user, path="/r-ab12/ou-ab12-11111111/", **changes):
    return {
        "aws:username": user,
        "aws:PrincipalArn": f"arn:aws:iam::111111111111:user/partner/acme/{user}",
        "aws:MultiFactorAuthPresent": "true",
        "aws:SourceIp": "198.51.100.7",
        "aws:CurrentTime": "2026-12-01T00:00:00Z",
        "aws:ResourceOrgID": "o-corp0example",
        "aws:ResourceOrgPaths": [f"o-corp0example{path}"],
        **changes,
    }


def assume(stack, user, account, role, **changes):
    arn = f"arn:aws:iam::{account}:role/jump/{role}"
    return together(policies(stack, user), "sts:AssumeRole", arn, a_context(user, **changes))


def test_users_carry_path_tag_and_groups_and_no_policy(tmp_path):
    users = [each for each in resources(tmp_path).values() if each["Type"] == "AWS::IAM::User"]
    assert [sorted(each["Properties"]) for each in users] == [["Groups", "Path", "Tags", "UserName"]] * 2
    for user in users:
        assert user["Properties"]["Path"] == "/partner/acme/"
        assert user["Properties"]["Tags"] == [{"Key": "jump-partner", "Value": "acme"}]
        assert user["Properties"]["Groups"][0] == {"Ref": "Members"}


def test_groups_have_their_names_and_a_group_without_a_grant_has_no_policy(tmp_path):
    groups = {
        each["Properties"]["GroupName"]: each["Properties"].get("ManagedPolicyArns")
        for each in resources(tmp_path).values()
        if each["Type"] == "AWS::IAM::Group"
    }
    assert groups == {
        "acme-members": [{"Ref": "MembersPolicy1"}],
        "acme-idle": None,
        "acme-ops": [{"Ref": "GroupOpsPolicy1"}],
    }


def test_a_group_takes_the_roles_of_its_grants_and_everyone_those_without_groups(tmp_path):
    stack = resources(tmp_path)
    assert assume(stack, "taro.yamada", "444444444444", "acme-dev-Power") == "Allow"
    assert assume(stack, "hanako.sato", "444444444444", "acme-dev-Power") == "implicit deny"
    assert assume(stack, "hanako.sato", "444444444444", "acme-prod-Read") == "Allow"


@pytest.mark.parametrize("account", [an.JUMP, an.ADMIN])
def test_nobody_takes_a_role_in_a_protected_account(tmp_path, account):
    stack = resources(tmp_path)
    assert assume(stack, "taro.yamada", account, "acme-dev-Power") == "Deny"
    assert assume(stack, "taro.yamada", account, "anything") == "Deny"


def test_an_excepted_account_is_closed_for_that_grant_only(tmp_path):
    stack = resources(tmp_path)
    assert assume(stack, "taro.yamada", "333333333333", "acme-prod-Read") == "Deny"
    assert assume(stack, "taro.yamada", "333333333333", "acme-dev-Power") == "Allow"


def test_a_delegated_administrator_is_open_only_to_the_grant_that_admits_it(tmp_path):
    organization = an.an_organization(
        protected={
            an.JUMP: "jump account",
            an.ADMIN: "admin account",
            "444444444444": "delegated administrator",
        }
    )
    grants = (
        an.a_grant("dev", accept_delegated_admin="security tooling"),
        an.a_grant("prod", protected=(an.JUMP, an.ADMIN, "444444444444")),
    )
    partner = an.a_partner(grants=grants)
    stack = resources(tmp_path, partner, organizations=[organization])
    assert assume(stack, "taro.yamada", "444444444444", "acme-dev-Power") == "Allow"
    assert assume(stack, "taro.yamada", "444444444444", "acme-prod-Power") == "Deny"


@pytest.mark.parametrize(
    "changes",
    [
        {"aws:MultiFactorAuthPresent": "false"},
        {"aws:CurrentTime": "2027-04-01T00:00:00Z"},
    ],
)
def test_no_role_without_mfa_or_after_the_contract(tmp_path, changes):
    stack = resources(tmp_path)
    assert assume(stack, "taro.yamada", "444444444444", "acme-dev-Power", **changes) == "Deny"


def test_a_user_ends_on_his_own_day(tmp_path):
    stack = resources(tmp_path)
    new_year = {"aws:CurrentTime": "2027-01-01T00:00:00Z"}
    assert assume(stack, "hanako.sato", "444444444444", "acme-prod-Read", **new_year) == "Deny"
    assert assume(stack, "taro.yamada", "444444444444", "acme-prod-Read", **new_year) == "Allow"


def test_the_scope_accounts_names_the_accounts_of_the_ous_without_the_closed_ones(tmp_path):
    stack = resources(tmp_path, assume_scope="accounts")
    named = {
        resource.split(":")[4]
        for policy in policies(stack, "taro.yamada")
        for each in policy["Statement"]
        if each["Sid"].startswith("AssumeProd")
        for resource in each["Resource"]
    }
    assert named == {"444444444444", "555555555555"}


def test_a_user_who_joins_changes_nothing_but_himself(tmp_path):
    before = resources(tmp_path)
    more = an.a_partner(users=(an.a_user("a.b"), *PARTNER.users), groups=PARTNER.groups, grants=GRANTS)
    after = resources(tmp_path, more)
    assert {name: after[name] for name in before} == before
    assert len(after) == len(before) + 1


def test_names_that_differ_only_in_marks_do_not_collide(tmp_path):
    people = tuple(an.a_user(name) for name in ("ab", "a.b", "a-b", "a_b"))
    stack = resources(tmp_path, an.a_partner(users=people))
    assert len([each for each in stack.values() if each["Type"] == "AWS::IAM::User"]) == 4


def test_a_japanese_title_reaches_no_template(tmp_path):
    stack = resources(tmp_path, an.a_partner(title="株式会社アクメ"))
    assert str(stack).isascii()


def test_many_accounts_spread_over_several_policies_of_the_group(tmp_path):
    accounts = tuple(
        an.Account(id=f"{number:012}", name="x", unit="r-ab12", state="ACTIVE") for number in range(400, 600)
    )
    organization = an.an_organization(accounts=accounts)
    partner = an.a_partner(grants=(an.a_grant(units=("r-ab12",)),))
    stack = resources(tmp_path, partner, organizations=[organization], assume_scope="accounts")
    assert len(stack["Members"]["Properties"]["ManagedPolicyArns"]) > 2
    assert assume(stack, "taro.yamada", "000000000599", "acme-dev-Power") == "Allow"


@pytest.mark.parametrize(("cli", "decision"), [("access-keys", "Allow"), ("aws-login", "Deny")])
def test_access_keys_are_open_only_to_a_partner_who_uses_them(tmp_path, cli, decision):
    stack = resources(tmp_path, an.a_partner(cli=cli))
    own = "arn:aws:iam::111111111111:user/partner/acme/taro.yamada"
    found = together(policies(stack, "taro.yamada"), "iam:CreateAccessKey", own, a_context("taro.yamada"))
    assert found == decision
