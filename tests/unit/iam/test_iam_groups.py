import pytest
from unit.asking import decide

from jumpcf.iam import groups
from jumpcf.iam.document import document
from jumpcf.iam.selfservice import self_service

ROLE = "arn:aws:iam::333333333333:role/jump/acme-dev-Power"
OWN = "arn:aws:iam::111111111111:user/partner/acme/taro.yamada"
INSIDE = {
    "aws:username": "taro.yamada",
    "aws:PrincipalArn": OWN,
    "aws:CurrentTime": "2027-01-01T00:00:00Z",
    "aws:ResourceOrgID": "o-corp0example",
    "aws:ResourceOrgPaths": ["o-corp0example/r-ab12/ou-ab12-11111111/ou-ab12-22222222/"],
    "aws:MultiFactorAuthPresent": "true",
    "aws:SourceIp": "198.51.100.7",
}


def an_assume(**parts):
    given = {
        "sid": "AssumeDev",
        "partition": "aws",
        "roles": ["/jump/acme-dev-Power", "/jump/acme-dev-SSM"],
        "ends": "2027-04-01T00:00:00Z",
        "scope": "org-paths",
        "organization": "o-corp0example",
        "units": ["ou-ab12-22222222"],
        "accounts": ["333333333333"],
    }
    return document(groups.assume(**(given | parts)))


def assumed(policy, context=INSIDE, role=ROLE):
    return decide(policy, "sts:AssumeRole", role, context) == "Allow"


@pytest.mark.parametrize("scope", ["org-paths", "org-id", "role-name", "accounts"])
def test_every_scope_allows_the_grants_roles_until_its_end(scope):
    policy = an_assume(scope=scope)
    assert assumed(policy)
    assert not assumed(policy, INSIDE | {"aws:CurrentTime": "2027-04-01T00:00:00Z"})
    assert not assumed(policy, role="arn:aws:iam::333333333333:role/jump/acme-dev-Admin")


@pytest.mark.parametrize(
    ("scope", "reaches"),
    [("org-paths", False), ("org-id", True), ("role-name", True)],
)
def test_an_account_of_another_ou_is_reached_only_without_paths(scope, reaches):
    elsewhere = INSIDE | {"aws:ResourceOrgPaths": ["o-corp0example/r-ab12/ou-ab12-33333333/"]}
    assert assumed(an_assume(scope=scope), elsewhere) is reaches


@pytest.mark.parametrize("scope", ["org-paths", "org-id"])
def test_a_stranger_who_offers_a_role_of_that_name_is_not_reached(scope):
    stranger = {key: value for key, value in INSIDE.items() if not key.startswith("aws:ResourceOrg")}
    assert not assumed(an_assume(scope=scope), stranger)
    other = stranger | {"aws:ResourceOrgID": "o-stranger00", "aws:ResourceOrgPaths": ["o-stranger00/r-zz99/"]}
    assert not assumed(an_assume(scope=scope), other)


@pytest.mark.parametrize(
    "path",
    [
        "o-corp0example/r-ab12/ou-ab12-22222222/",
        "o-corp0example/r-ab12/ou-ab12-11111111/ou-ab12-22222222/ou-ab12-44444444/",
    ],
)
def test_a_moved_ou_and_what_lies_below_it_still_match(path):
    assert assumed(an_assume(), INSIDE | {"aws:ResourceOrgPaths": [path]})


def test_the_root_means_the_whole_organization():
    policy = an_assume(units=["r-ab12"])
    assert assumed(policy, INSIDE | {"aws:ResourceOrgPaths": ["o-corp0example/r-ab12/"]})
    assert assumed(policy)


def test_many_accounts_are_split_over_statements():
    accounts = [f"{number:012}" for number in range(1, 61)]
    policy = an_assume(scope="accounts", accounts=accounts)
    assert len(policy.Statement) > 120 / 40
    assert all(assumed(policy, role=f"arn:aws:iam::{account}:role/jump/acme-dev-SSM") for account in accounts)


FIRST_STEPS = [
    "iam:ChangePassword",
    "iam:CreateVirtualMFADevice",
    "iam:EnableMFADevice",
    "iam:GetAccountPasswordPolicy",
    "iam:GetUser",
    "iam:ListMFADevices",
    "signin:CreateOAuth2Token",
    "sts:GetSessionToken",
]


@pytest.mark.parametrize("mfa", [{}, {"aws:MultiFactorAuthPresent": "false"}])
def test_without_mfa_only_the_first_steps_are_open(mfa):
    policy = document([groups.deny_without_mfa()])
    assert {decide(policy, step, OWN, mfa) for step in FIRST_STEPS} == {"implicit deny"}
    for action in (
        "sts:AssumeRole",
        "iam:DeactivateMFADevice",
        "iam:DeleteVirtualMFADevice",
        "iam:CreateAccessKey",
    ):
        assert decide(policy, action, OWN, mfa) == "Deny", action


def test_with_mfa_the_deny_is_silent():
    policy = document([groups.deny_without_mfa()])
    assert decide(policy, "sts:AssumeRole", ROLE, INSIDE) == "implicit deny"


@pytest.mark.parametrize(("spares", "decision"), [(True, "implicit deny"), (False, "Deny")])
def test_outside_the_networks_nothing_works_but_perhaps_the_switch(spares, decision):
    policy = document([groups.deny_outside(("198.51.100.0/24",), also_assume_role=not spares)])
    for context in ({"aws:SourceIp": "203.0.113.9"}, {}):  # {}: through a VPC endpoint
        assert decide(policy, "iam:ChangePassword", OWN, context) == "Deny"
        assert decide(policy, "sts:AssumeRole", ROLE, context) == decision
    assert decide(policy, "iam:ChangePassword", OWN, INSIDE) == "implicit deny"


@pytest.mark.parametrize(
    "action",
    [
        "iam:TagUser",
        "iam:UntagUser",
        "iam:UpdateUser",
        "iam:AddUserToGroup",
        "iam:RemoveUserFromGroup",
        "iam:AttachUserPolicy",
        "iam:AttachGroupPolicy",
        "iam:PutUserPolicy",
        "iam:PutGroupPolicy",
        "iam:CreateUser",
        "iam:UpdateLoginProfile",
        "iam:CreatePolicyVersion",
        "iam:DeleteUserPermissionsBoundary",
        "sts:TagSession",
        "sts:GetFederationToken",
    ],
)
def test_nobody_can_change_who_he_is(action):
    for keys in (True, False):
        assert decide(document([groups.deny_identity_changes(keys=keys)]), action, OWN, INSIDE) == "Deny"


@pytest.mark.parametrize(("cli", "decision"), [("aws-login", "Deny"), ("access-keys", "Allow")])
def test_access_keys_are_only_for_partners_who_use_them(cli, decision):
    policy = document(
        [
            *self_service("aws", "111111111111", "/partner/acme/", cli),
            groups.deny_identity_changes(keys=cli == "access-keys"),
        ]
    )
    assert decide(policy, "iam:CreateAccessKey", OWN, INSIDE) == decision


def test_self_service_is_on_ones_own_user_with_the_path():
    policy = document(self_service("aws", "111111111111", "/partner/acme/", "aws-login"))
    assert decide(policy, "iam:ChangePassword", OWN, INSIDE) == "Allow"
    for other in (OWN.replace("taro.yamada", "hanako.sato"), OWN.replace("/partner/acme", "")):
        assert decide(policy, "iam:ChangePassword", other, INSIDE) == "implicit deny"
    device = "arn:aws:iam::111111111111:mfa/any name"
    assert decide(policy, "iam:CreateVirtualMFADevice", device, INSIDE) == "Allow"
    assert decide(policy, "iam:DeleteVirtualMFADevice", device, INSIDE) == "implicit deny"


def test_signing_in_from_the_cli_is_allowed_in_every_partition():
    for partition in ("aws", "aws-cn", "aws-us-gov"):
        policy = document(self_service(partition, "111111111111", "/partner/acme/", "aws-login"))
        client = f"arn:{partition}:signin:eu-west-1:111111111111:oauth2/public-client/localhost"
        assert decide(policy, "signin:CreateOAuth2Token", client, INSIDE) == "Allow"


def test_after_the_contract_everything_is_denied():
    policy = document([groups.deny_after("2027-04-01T00:00:00Z")])
    assert decide(policy, "iam:GetUser", OWN, {"aws:CurrentTime": "2027-04-01T00:00:00Z"}) == "Deny"
    assert decide(policy, "iam:GetUser", OWN, INSIDE) == "implicit deny"


def test_a_user_ends_on_his_own_day_and_his_colleagues_do_not():
    policy = document(groups.deny_ended_users({"2027-01-01T00:00:00Z": [OWN]}))
    assert decide(policy, "iam:GetUser", OWN, INSIDE) == "Deny"
    before = INSIDE | {"aws:CurrentTime": "2026-12-31T23:59:59Z"}
    assert decide(policy, "iam:GetUser", OWN, before) == "implicit deny"
    colleague = INSIDE | {"aws:PrincipalArn": OWN.replace("taro", "jiro")}
    assert decide(policy, "iam:GetUser", OWN, colleague) == "implicit deny"


def test_users_of_one_day_share_statements_and_many_are_split():
    people = [f"arn:aws:iam::111111111111:user/partner/acme/user{number}" for number in range(41)]
    statements = groups.deny_ended_users({"2027-01-01T00:00:00Z": people, "2026-12-01T00:00:00Z": [OWN]})
    assert [statement.Sid for statement in statements] == [
        "DenyEndedUsers20261201T000000ZPart1",
        "DenyEndedUsers20270101T000000ZPart2",
        "DenyEndedUsers20270101T000000ZPart3",
    ]
