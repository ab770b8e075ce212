"""The pipeline's stacks: who may take their roles, what these may do, and what they may never do."""

import re
from dataclasses import replace

import orjson
import pytest
from unit import builders as an
from unit.asking import decide
from unit.compiled import ROOT, STACKS, problems_of

from jumpcf.compiler.build import compile_estate
from jumpcf.errors import Mark
from jumpcf.estate import shapes
from jumpcf.estate.load import load
from jumpcf.estate.model import Pipeline
from jumpcf.iam import recorded, service_role
from jumpcf.iam.pipeline import IMPLIED, UNMET, needed

JUMP, CORP = "111111111111", "222222222222"
REPOSITORY = Pipeline(
    repository="example-corp/jump-estate",
    environment="production",
    provider="create",
    mark=Mark("params/estate.yaml", 9, 1),
)
ISSUER = "token.actions.githubusercontent.com"
PASSWORD = f"arn:aws:ssm:ap-northeast-1:{JUMP}:parameter/jump/example/passwords/acme/taro.yamada"
NETWORKS = f"arn:aws:ssm:ap-northeast-1:{JUMP}:parameter/jump/initech/networks"
KEY = f"arn:aws:kms:ap-northeast-1:{JUMP}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
STACK = f"arn:aws:cloudformation:ap-northeast-1:{JUMP}:stack/jump-base/0a1b"
OWN_STACK = f"arn:aws:cloudformation:ap-northeast-1:{JUMP}:stack/jump-pipeline/0a1b"
SERVICE_ROLE = f"arn:aws:iam::{JUMP}:role/jump/pipeline/jump-cloudformation"


@pytest.fixture(scope="module")
def bodies(tmp_path_factory):
    """The example's pipeline stacks by name, as JSON."""
    out = tmp_path_factory.mktemp("pipeline")
    manifest = compile_estate(replace(load(ROOT), pipeline=REPOSITORY), STACKS, out, organizations=["corp"])
    return {one.name: orjson.loads((out / one.path).read_bytes()) for one in manifest.bootstrap}


@pytest.fixture(scope="module")
def roles(bodies):
    return {name: body["Resources"] for name, body in bodies.items()}


def policy(resources, title):
    (inline,) = resources[title]["Properties"]["Policies"]
    return inline["PolicyDocument"]


def test_the_templates_are_the_golden_ones(bodies, golden):
    for name, body in bodies.items():
        text = orjson.dumps(body, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
        golden(ROOT / f"tests/golden/pipeline/{name}.json", text)


def test_the_manifest_keeps_them_apart_from_what_a_deploy_rolls_out(tmp_path):
    manifest = compile_estate(replace(load(ROOT), pipeline=REPOSITORY), STACKS, tmp_path)
    assert [(one.place, one.name) for one in manifest.bootstrap] == [
        ("jump", "jump-pipeline"),
        ("corp", "jump-pipeline-corp"),
        ("lab", "jump-pipeline-lab"),
        ("subsidiary", "jump-pipeline-subsidiary"),
    ]
    assert not [one.name for one in manifest.stacks if "pipeline" in one.name]
    assert {key for one in manifest.bootstrap for key in one.tags} == {"jumpcf-pipeline"}
    assert manifest.service_role == SERVICE_ROLE


def test_without_a_repository_there_is_no_pipeline_and_no_service_role(tmp_path):
    manifest = compile_estate(an.an_estate(), STACKS, tmp_path)
    assert (manifest.bootstrap, manifest.service_role) == ((), None)


def test_a_provider_that_is_there_already_is_named_and_not_made(tmp_path):
    existing = replace(REPOSITORY, provider="existing")
    manifest = compile_estate(replace(load(ROOT), pipeline=existing), STACKS, tmp_path)
    resources = orjson.loads((tmp_path / manifest.bootstrap[0].path).read_bytes())["Resources"]
    assert sorted(resources) == ["CloudFormation", "Deploy", "Plan"]
    trust = resources["Plan"]["Properties"]["AssumeRolePolicyDocument"]["Statement"][0]
    assert trust["Principal"] == {"Federated": f"arn:aws:iam::{JUMP}:oidc-provider/{ISSUER}"}


@pytest.mark.parametrize(
    ("title", "subject", "effect"),
    [
        ("Plan", "repo:example-corp/jump-estate:pull_request", "Allow"),
        ("Plan", "repo:example-corp/jump-estate:environment:production", "None"),
        ("Plan", "repo:example-corp/jump-estate:ref:refs/heads/main", "None"),
        ("Plan", "repo:example-corp/jump-estate-2:pull_request", "None"),
        ("Deploy", "repo:example-corp/jump-estate:environment:production", "Allow"),
        ("Deploy", "repo:example-corp/jump-estate:environment:production2", "None"),
        ("Deploy", "repo:example-corp/jump-estate:pull_request", "None"),
    ],
)
def test_a_job_takes_the_role_of_its_own_subject_only(roles, title, subject, effect):
    trust = roles["jump-pipeline"][title]["Properties"]["AssumeRolePolicyDocument"]
    (statement,) = trust["Statement"]
    assert statement["Action"] == ["sts:AssumeRoleWithWebIdentity"]
    asked = {f"{ISSUER}:aud": "sts.amazonaws.com", f"{ISSUER}:sub": subject}
    wanted = statement["Condition"]["StringEquals"]
    assert list(statement["Condition"]) == ["StringEquals"]
    assert ("Allow" if wanted == asked else "None") == effect


@pytest.mark.parametrize(
    ("named", "is_one"),
    [
        ("example-corp@1234/jump-estate@5678", True),
        ("example-corp@1234/jump-estate", False),
        ("example-corp/jump-estate@5678", False),
        ("example-corp@*/jump-estate@5678", False),
        ("example-corp@1/jump-estate@2:environment", False),
        ("example-corp/*", False),
    ],
)
def test_a_repository_is_named_with_both_ids_or_none(named, is_one):
    """GitHub's tokens have them for repositories made since the summer of 2026; a pattern in their place is none."""
    assert bool(re.fullmatch(shapes.REPOSITORY.pattern, named)) is is_one


def test_the_ids_stand_in_the_subject_that_the_roles_trust(tmp_path):
    named = replace(REPOSITORY, repository="example-corp@1234/jump-estate@5678")
    manifest = compile_estate(replace(load(ROOT), pipeline=named), STACKS, tmp_path, organizations=[])
    resources = orjson.loads((tmp_path / manifest.bootstrap[0].path).read_bytes())["Resources"]
    trusts = [resources[one]["Properties"]["AssumeRolePolicyDocument"] for one in ("Plan", "Deploy")]
    assert [one["Statement"][0]["Condition"]["StringEquals"][f"{ISSUER}:sub"] for one in trusts] == [
        "repo:example-corp@1234/jump-estate@5678:pull_request",
        "repo:example-corp@1234/jump-estate@5678:environment:production",
    ]


def test_where_params_name_no_parameter_none_is_read(tmp_path):
    bare = replace(load(ROOT), pipeline=REPOSITORY, parameters={})
    manifest = compile_estate(bare, STACKS, tmp_path, organizations=[])
    text = (tmp_path / manifest.bootstrap[0].path).read_text()
    assert ("ssm:DescribeParameters" in text, ":parameter/jump/initech" in text) == (True, False)
    assert '"ssm:GetParameters"' in text  # in a Deny
    allowed = [
        one
        for title in ("Plan", "Deploy")
        for one in policy(orjson.loads(text)["Resources"], title)["Statement"]
        if one["Effect"] == "Allow" and "ssm:GetParameters" in one["Action"]
    ]
    assert allowed == []


def test_an_admin_accounts_role_is_for_the_jump_accounts_role_of_its_kind(roles):
    for kind in ("plan", "deploy"):
        trust = roles["jump-pipeline-corp"][kind.capitalize()]["Properties"]["AssumeRolePolicyDocument"]
        (statement,) = trust["Statement"]
        assert statement["Principal"] == {"AWS": f"arn:aws:iam::{JUMP}:root"}
        role = f"arn:aws:iam::{JUMP}:role/jump/pipeline/jump-{kind}"
        assert statement["Condition"] == {"ArnEquals": {"aws:PrincipalArn": role}}


ALIAS = {"kms:ResourceAliases": ["alias/jumpcf-example"]}
BY_ROLE = {"cloudformation:RoleArn": SERVICE_ROLE}
TO_CLOUDFORMATION = {"iam:PassedToService": "cloudformation.amazonaws.com"}
CASES = [
    # (role, action, resource, context, what is decided)
    ("Deploy", "ssm:PutParameter", PASSWORD, {}, "Allow"),
    ("Deploy", "ssm:GetParameter", PASSWORD, {}, "Deny"),
    ("Deploy", "ssm:GetParametersByPath", f"arn:aws:ssm:ap-northeast-1:{JUMP}:parameter/jump", {}, "Deny"),
    ("Deploy", "kms:Encrypt", KEY, ALIAS, "Allow"),
    ("Deploy", "kms:Encrypt", KEY, {"kms:ResourceAliases": ["alias/other"]}, "implicit deny"),
    ("Deploy", "kms:Decrypt", KEY, ALIAS, "Deny"),
    ("Plan", "kms:Decrypt", KEY, ALIAS, "Deny"),
    ("Plan", "ssm:GetParameter", PASSWORD, {}, "Deny"),
    ("Plan", "ssm:PutParameter", PASSWORD, {}, "implicit deny"),
    ("Plan", "ssm:GetParameters", NETWORKS, {}, "Allow"),
    # whoever can open a pull request can use the plan role by a workflow file of his own
    ("Plan", "ssm:GetParameters", NETWORKS.replace("initech", "other"), {}, "implicit deny"),
    ("Deploy", "ssm:GetParameters", NETWORKS.replace("initech", "other"), {}, "implicit deny"),
    ("Plan", "cloudformation:GetTemplate", STACK, {}, "Allow"),
    ("Plan", "cloudformation:CreateChangeSet", STACK, BY_ROLE, "implicit deny"),
    ("Deploy", "cloudformation:CreateChangeSet", STACK, BY_ROLE, "Allow"),
    ("Deploy", "cloudformation:CreateChangeSet", STACK, {}, "implicit deny"),
    ("Deploy", "cloudformation:CreateChangeSet", OWN_STACK, BY_ROLE, "Deny"),
    ("Deploy", "cloudformation:UpdateTerminationProtection", OWN_STACK, {}, "Deny"),
    ("Deploy", "iam:PassRole", SERVICE_ROLE, TO_CLOUDFORMATION, "Allow"),
    (
        "Deploy",
        "iam:PassRole",
        SERVICE_ROLE,
        {"iam:PassedToService": "lambda.amazonaws.com"},
        "implicit deny",
    ),
    ("Deploy", "iam:PassRole", f"arn:aws:iam::{JUMP}:role/admin", TO_CLOUDFORMATION, "implicit deny"),
    ("Deploy", "iam:PutRolePolicy", f"arn:aws:iam::{JUMP}:role/jump/pipeline/jump-deploy", {}, "Deny"),
    ("Deploy", "iam:UpdateAssumeRolePolicy", f"arn:aws:iam::{JUMP}:role/jump/pipeline/jump-plan", {}, "Deny"),
    ("Deploy", "iam:CreateLoginProfile", f"arn:aws:iam::{JUMP}:user/partner/acme/taro", {}, "Allow"),
    ("Deploy", "iam:CreateLoginProfile", f"arn:aws:iam::{JUMP}:user/admin", {}, "implicit deny"),
    (
        "Deploy",
        "iam:AttachUserPolicy",
        f"arn:aws:iam::{JUMP}:user/partner/acme/taro",
        {"iam:PolicyARN": f"arn:aws:iam::{JUMP}:policy/jump/jump-freeze"},
        "Allow",
    ),
    (
        "Deploy",
        "iam:AttachUserPolicy",
        f"arn:aws:iam::{JUMP}:user/partner/acme/taro",
        {"iam:PolicyARN": "arn:aws:iam::aws:policy/AdministratorAccess"},
        "implicit deny",
    ),
    ("Deploy", "iam:AttachUserPolicy", f"arn:aws:iam::{JUMP}:user/partner/acme/taro", {}, "implicit deny"),
    (
        "Deploy",
        "iam:AttachUserPolicy",
        f"arn:aws:iam::{JUMP}:user/admin",
        {"iam:PolicyARN": f"arn:aws:iam::{JUMP}:policy/jump/jump-freeze"},
        "implicit deny",
    ),
    ("Deploy", "sts:AssumeRole", f"arn:aws:iam::{CORP}:role/jump/pipeline/jump-deploy-corp", {}, "Allow"),
    (
        "Deploy",
        "sts:AssumeRole",
        f"arn:aws:iam::{CORP}:role/jump/pipeline/jump-plan-corp",
        {},
        "implicit deny",
    ),
    (
        "Plan",
        "sts:AssumeRole",
        f"arn:aws:iam::{CORP}:role/jump/pipeline/jump-deploy-corp",
        {},
        "implicit deny",
    ),
    ("CloudFormation", "iam:CreateUser", f"arn:aws:iam::{JUMP}:user/partner/acme/taro", {}, "Allow"),
    ("CloudFormation", "iam:CreateUser", f"arn:aws:iam::{JUMP}:user/root-like", {}, "implicit deny"),
    ("CloudFormation", "iam:CreateRole", f"arn:aws:iam::{JUMP}:role/jump/x", {}, "implicit deny"),
    (
        "CloudFormation",
        "iam:AttachUserPolicy",
        f"arn:aws:iam::{JUMP}:user/partner/acme/taro",
        {"iam:PolicyARN": f"arn:aws:iam::{JUMP}:policy/jump/jump-freeze"},
        "Allow",
    ),
    (
        "CloudFormation",
        "iam:AttachUserPolicy",
        f"arn:aws:iam::{JUMP}:user/partner/acme/taro",
        {"iam:PolicyARN": f"arn:aws:iam::{JUMP}:policy/partner/acme/x"},
        "implicit deny",
    ),
    (
        "CloudFormation",
        "iam:AttachUserPolicy",
        f"arn:aws:iam::{JUMP}:user/admin",
        {"iam:PolicyARN": f"arn:aws:iam::{JUMP}:policy/jump/jump-freeze"},
        "implicit deny",
    ),
    (
        "CloudFormation",
        "iam:AttachRolePolicy",
        f"arn:aws:iam::{JUMP}:role/jump/pipeline/jump-plan",
        {},
        "Deny",
    ),
    (
        "CloudFormation",
        "iam:AttachGroupPolicy",
        f"arn:aws:iam::{JUMP}:group/partner/acme/acme-members",
        {"iam:PolicyARN": "arn:aws:iam::aws:policy/AdministratorAccess"},
        "implicit deny",
    ),
    (
        "CloudFormation",
        "iam:AttachGroupPolicy",
        f"arn:aws:iam::{JUMP}:group/partner/acme/acme-members",
        {"iam:PolicyARN": f"arn:aws:iam::{JUMP}:policy/partner/acme/x"},
        "Allow",
    ),
    ("CloudFormation", "kms:PutKeyPolicy", KEY, {"aws:ResourceTag/jumpcf-estate": "example"}, "Allow"),
    ("CloudFormation", "kms:PutKeyPolicy", KEY, {}, "implicit deny"),
    ("CloudFormation", "s3:PutBucketPolicy", "arn:aws:s3:::somebody-elses", {}, "implicit deny"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]} {case[1]} {case[4]}")
def test_a_role_may_do_this_and_not_that(roles, case):
    title, action, resource, context, effect = case
    assert decide(policy(roles["jump-pipeline"], title), action, resource, context) == effect


SET = "arn:aws:cloudformation:ap-northeast-1:333333333333:stackset/jump-acme-dev:0a1b"


@pytest.mark.parametrize(
    ("title", "action", "resource", "effect"),
    [
        ("Deploy", "cloudformation:UpdateStackSet", SET, "Allow"),
        ("Plan", "cloudformation:UpdateStackSet", SET, "implicit deny"),
        ("Plan", "cloudformation:DescribeStackSet", SET, "Allow"),
        (
            "Deploy",
            "cloudformation:DeleteStackSet",
            SET.replace("jump-acme-dev", "guardduty"),
            "implicit deny",
        ),
        (
            "Deploy",
            "cloudformation:CreateStackInstances",
            "arn:aws:cloudformation:ap-northeast-1::type/resource/AWS-IAM-Role",
            "Allow",
        ),
        (
            "Deploy",
            "cloudformation:CreateStackInstances",
            "arn:aws:cloudformation:ap-northeast-1::type/resource/AWS-Lambda-Function",
            "implicit deny",
        ),
        (
            "Deploy",
            "s3:GetObject",
            "arn:aws:s3:::jumpcf-example-111111111111-ap-northeast-1/state/lock",
            "implicit deny",
        ),
        (
            "Deploy",
            "s3:GetObject",
            "arn:aws:s3:::jumpcf-example-111111111111-ap-northeast-1/templates/a.json",
            "Allow",
        ),
    ],
)
def test_an_admin_accounts_role_has_jumpcfs_stack_sets_only(roles, title, action, resource, effect):
    assert decide(policy(roles["jump-pipeline-corp"], title), action, resource, {}) == effect


READS = ("Describe", "Get", "List", "Head")


@pytest.mark.parametrize("where", ["jump", "organization"])
def test_a_plan_role_has_reads_only(where):
    assert [one for one in needed(where, "plan") if not one.partition(":")[2].startswith(READS)] == []


def test_everything_that_offboarding_can_call_is_the_deploys():
    from jumpcf.aws.user_things import THINGS

    calls = {f"iam:{one.lists}" for one in THINGS} | {
        f"iam:{take.call}" for one in THINGS for take in one.takes
    }
    assert calls <= set(needed("jump", "deploy"))


def test_what_the_tests_do_not_meet_and_what_is_implied_is_not_in_the_recorded_list():
    """Where a test meets it by now, the row in UNMET has no reason any more."""
    for (where, role), calls in UNMET.items():
        assert set(calls) & {*recorded.calls(where, role)} == set()
    every = {call for where in ("jump", "organization") for call in recorded.calls(where, "deploy")}
    assert set(IMPLIED) <= every


def test_the_service_roles_table_is_that_of_the_registrys_handlers():
    from cfnlint.schema import PROVIDER_SCHEMA_MANAGER

    for kind, actions in service_role.NEEDED.items():
        schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", kind).schema
        handlers = {
            action
            for name, handler in schema["handlers"].items()
            if name != "list"
            for action in handler["permissions"]
        }
        assert set(actions) <= handlers, kind
        if kind != "AWS::S3::Bucket":  # most of a bucket's are for properties that ours has not
            assert handlers - set(actions) == set(service_role.LEFT_OUT.get(kind, ())), kind


def test_every_type_of_the_jump_accounts_stacks_has_a_row(tmp_path):
    manifest = compile_estate(load(ROOT), STACKS, tmp_path)
    types = {
        resource["Type"]
        for one in manifest.stacks
        if one.place == "jump"
        for resource in orjson.loads((tmp_path / one.path).read_bytes())["Resources"].values()
    }
    assert types <= set(service_role.NEEDED)


def test_a_long_list_of_organizations_that_breaks_a_quota_is_a_problem(tmp_path):
    many = [an.an_organization(name) for name in ("corp", *(f"organization-{n:03}" for n in range(120)))]
    estate = replace(an.an_estate(organizations=many), pipeline=REPOSITORY)
    problems = problems_of(estate, tmp_path)
    assert {problem.code for problem in problems} == {"E402"}
