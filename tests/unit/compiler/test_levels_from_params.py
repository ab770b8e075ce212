"""Levels, boundaries and the way to sign in as people write them in params/, judged on the rendered bytes."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from moto.iam.aws_managed_policies import aws_managed_policies_data
from unit.compiled import ROOT, STACKS, compiled

from jumpcf.cli.main import main
from jumpcf.compiler.build import compile_estate
from jumpcf.errors import ProblemsFound
from jumpcf.estate.load import load
from jumpcf.policy.document import Policy, parse
from jumpcf.policy.evaluate import identity
from jumpcf.policy.request import Request

MINIMAL = ROOT / "tests/estates/good/minimal"
TARGET = "333333333333"
OLD = f"arn:aws:iam::{TARGET}:role/LegacyAdmin"
MINE = f"arn:aws:iam::{TARGET}:role/partner/acme/dev/Own/{{}}/app"
BOUNDARY = f"arn:aws:iam::{TARGET}:policy/jump/acme/dev/Own/{{}}/boundary"

LEVELS = {
    "IAMFullAccess": "managed_policies: [arn:aws:iam::aws:policy/IAMFullAccess]",
    "AdministratorAccess": "managed_policies: [arn:aws:iam::aws:policy/AdministratorAccess]",
    "statements": """statements:
  - {effect: Allow, actions: ["iam:*", "sts:AssumeRole"], resources: ["*"]}""",
    "all but": """statements:
  - {effect: Allow, not_actions: ["s3:*"], resources: ["*"]}""",
    "a boundary of its own": """managed_policies: [arn:aws:iam::aws:policy/AdministratorAccess]
boundary: wide""",
}
WIDE = """boundary: wide
statements:
  - {effect: Allow, actions: ["*"], resources: ["*"]}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    estate = tmp_path / "estate"
    shutil.copytree(MINIMAL, estate)
    shutil.copytree(STACKS, estate / "stacks", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("levels", "boundaries"):
        (estate / "params" / name).mkdir()
    return estate


def own_level(folder: Path, text: str) -> None:
    """The minimal estate's grant with a level of one's own in the place of Read."""
    (folder / "params/levels/Own.yaml").write_text(f"level: Own\n{text}\n", encoding="utf-8")
    change(folder, "partners/acme.yaml", "[Read]", "[Own]")


def change(folder: Path, file: str, old: str, new: str) -> None:
    path = folder / "params" / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def resources(folder: Path, tmp_path: Path, stack: str = "corp/jump-acme-dev") -> dict[str, Any]:
    found: dict[str, Any] = compiled(load(folder), tmp_path / "out")[1][stack]["Resources"]
    return found


def may(made: dict[str, Any], action: str, resource: str, **context: str) -> bool:
    """Whether a session of the role may: AWS's policies by a snapshot, our own by their bytes."""
    role = made["RoleOwn"]["Properties"]
    held: list[Policy] = [
        parse(json.loads(aws_managed_policies_data)[arn.rpartition("/")[2]]["Document"], name=arn)
        for arn in role.get("ManagedPolicyArns", ())
    ]
    held += [parse(one["PolicyDocument"], name=one["PolicyName"]) for one in role["Policies"]]
    boundary = made[role["PermissionsBoundary"]["Ref"]]["Properties"]["PolicyDocument"]
    session = f"arn:aws:sts::{TARGET}:assumed-role/acme-dev-Own/taro.yamada"
    about = {
        "aws:CurrentTime": "2027-01-01T00:00:00Z",
        "aws:SourceIp": "203.0.113.9",
        "aws:PrincipalAccount": TARGET,
        "aws:ResourceAccount": TARGET,
    }
    request = Request(
        action=action,
        resource=resource,
        context={**about, **{f"iam:{key}": value for key, value in context.items()}},
        principal=session,
        principal_account=TARGET,
        resource_account=TARGET,
    )
    return identity(request, held, parse(boundary, name="boundary")).allowed


@pytest.mark.parametrize("text", LEVELS.values(), ids=LEVELS)
def test_a_level_that_can_write_iam_is_strict_unless_it_says_otherwise(
    text: str, folder: Path, tmp_path: Path
) -> None:
    (folder / "params/boundaries/wide.yaml").write_text(WIDE, encoding="utf-8")
    own_level(folder, text)
    made = resources(folder, tmp_path)
    kind = "wide" if "boundary" in text else "strict"
    boundary, mine = BOUNDARY.format(kind), MINE.format(kind)
    assert may(made, "iam:CreateRole", mine, PermissionsBoundary=boundary)
    assert may(made, "iam:PassRole", mine)
    assert not may(made, "iam:CreateRole", mine)
    assert not may(made, "iam:CreateRole", OLD, PermissionsBoundary=boundary)
    assert not may(made, "iam:AttachRolePolicy", OLD)
    assert not may(made, "iam:CreateUser", f"arn:aws:iam::{TARGET}:user/x")
    assert not may(
        made, "iam:CreatePolicyVersion", f"arn:aws:iam::{TARGET}:policy/jump/acme/dev/Own/strict/x"
    )
    for action in ("iam:PassRole", "sts:AssumeRole", "iam:UpdateAssumeRolePolicy"):
        assert not may(made, action, OLD)


def test_relaxed_opens_the_old_roles_and_every_build_says_why(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own_level(
        folder, f"{LEVELS['AdministratorAccess']}\nboundary: relaxed\naccept_escalation: they move us in"
    )
    made = resources(folder, tmp_path)
    assert may(made, "iam:PassRole", OLD)
    assert not may(made, "iam:AttachRolePolicy", OLD)
    said = "level Own has a relaxed boundary and accepts escalation: they move us in"
    for state in ("Templates and manifest", "Nothing changed"):
        assert main(["-C", str(folder), "build", "--no-lint"]) == 0
        out, err = capsys.readouterr()
        assert state in out
        assert said in err


def test_session_and_age_of_mfa_of_a_level_stand_in_its_role(folder: Path, tmp_path: Path) -> None:
    own_level(folder, f"{LEVELS['IAMFullAccess']}\nsession: 2h\nmfa_max_age: 90m")
    role = resources(folder, tmp_path)["RoleOwn"]["Properties"]
    assert role["MaxSessionDuration"] == 7200
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Condition"]["NumericLessThan"] == {"aws:MultiFactorAuthAge": "5400"}


@pytest.mark.parametrize(
    ("estate", "partner", "keys"),
    [
        ("", "", False),
        ("cli: access-keys", "", True),
        ("", "cli: access-keys", True),
        ("cli: access-keys", "cli: aws-login", False),
    ],
    ids=[
        "by default",
        "the estate's keys",
        "the partner's keys",
        "the partner's login over the estate's keys",
    ],
)
def test_partners_sign_in_by_aws_login_unless_estate_or_partner_says_keys(
    estate: str, partner: str, keys: bool, folder: Path, tmp_path: Path
) -> None:
    if estate:
        change(folder, "estate.yaml", "timezone: Asia/Tokyo", f"timezone: Asia/Tokyo, {estate}")
    if partner:
        change(folder, "partners/acme.yaml", "partner: acme", f"partner: acme\n{partner}")
    made = resources(folder, tmp_path, "jump/jump-partner-acme")
    document = made["MembersPolicy1"]["Properties"]["PolicyDocument"]
    sids = {statement["Sid"] for statement in document["Statement"]}
    login, by_key = {"SignInFromCli"}, {"OwnAccessKeys", "SessionWithMfa"}
    assert sids & (login | by_key) == (by_key if keys else login)


def test_a_partner_without_ipv4_is_told_where_the_fence_will_refuse_him(tmp_path: Path) -> None:
    told = [
        compiled(load(MINIMAL.with_name(name)), tmp_path / name)[0].notices
        for name in ("ipv6-only", "minimal")
    ]
    assert [any("acme has IPv6 networks only" in notice for notice in notices) for notices in told] == [
        True,
        False,
    ]


def test_what_a_rule_finds_in_a_statement_of_params_is_told_at_its_line(folder: Path, tmp_path: Path) -> None:
    mfa = 'conditions: {Bool: {"aws:MultiFactorAuthPresent": "true"}}'
    own_level(
        folder,
        f"""statements:
  - {{effect: Allow, actions: ["s3:Get*"], resources: ["*"]}}
  - {{effect: Allow, actions: ["s3:Put*"], resources: ["*"], {mfa}}}
  - {{effect: Allow, actions: ["s3:Gett*"], resources: ["*"]}}
boundary: wide""",
    )
    network = 'conditions: {NotIpAddress: {"aws:SourceIp": "203.0.113.0/24"}}'
    (folder / "params/boundaries/wide.yaml").write_text(
        f'{WIDE}  - {{effect: Deny, actions: ["*"], resources: ["*"], {network}}}\n', encoding="utf-8"
    )
    with pytest.raises(ProblemsFound) as caught:
        compile_estate(load(folder), STACKS, tmp_path / "out")
    assert sorted((one.code, one.file, one.line) for one in caught.value.problems) == [
        ("J2003", "params/levels/Own.yaml", 4),
        ("J2006", "params/boundaries/wide.yaml", 4),
        ("J2010", "params/levels/Own.yaml", 5),
    ]
