"""May a role's session do this?  Judged from our own bytes, and from AWS's policies where a snapshot is there."""

import functools
import json
from pathlib import Path
from typing import Any

import pytest
from moto.iam.aws_managed_policies import aws_managed_policies_data

from jumpcf.access import find
from jumpcf.access.deed import read_deed
from jumpcf.access.snapshots import file_of, read_snapshots
from jumpcf.access.why import Chain, why
from jumpcf.cli import access_view
from jumpcf.errors import ProblemsFound, UnknownName
from tests.unit.access.compiled_access import asker, example

OLD_ROLE = "arn:aws:iam::441000000001:role/old"
OWN_DEV, OWN_PROD = (f"aws:ResourceAccount={account}" for account in ("441000000001", "443000000001"))
INSTANCE = "arn:aws:ec2:ap-northeast-1:441000000001:instance/i-0a1b"


@functools.cache
def printed(name: str) -> str:
    """A policy of moto's copy in the form of `aws iam get-policy-version`."""
    known = json.loads(aws_managed_policies_data)[name]
    version = {
        "Document": known["Document"],
        "VersionId": known["DefaultVersionId"],
        "IsDefaultVersion": True,
        "CreateDate": known["UpdateDate"],
    }
    return json.dumps({"PolicyVersion": version}, indent=4)


def saved(folder: Path, *names: str, **texts: str) -> Path:
    (folder / "snapshots").mkdir(exist_ok=True)
    for name, text in (dict.fromkeys(names, "") | texts).items():
        (folder / file_of(name)).write_text(text or printed(name), encoding="utf-8")
    return folder


def chain(
    folder: Path, level: str, action: str, resource: str = "*", *context: str, user: str = "taro.yamada"
) -> Chain:
    graph = example()
    place = find.place(graph, "shop-prod" if level == "Read" else "shop-dev")
    names = [name for role in graph.roles for name in role.opaque]
    deed = read_deed(action, resource, context, read_snapshots(folder, names))
    return why(asker(), find.person(graph, user), place, level, deed)[0]


@pytest.mark.parametrize(
    ("level", "action", "resource", "context", "session"),
    [
        ("Read", "s3:GetObject", "arn:aws:s3:::logs/a", (OWN_PROD,), "works"),
        ("Read", "s3:DeleteBucket", "arn:aws:s3:::logs", (), "denied"),
        ("Power", "s3:DeleteBucket", "arn:aws:s3:::logs", (OWN_DEV,), "works"),
        ("Power", "s3:GetObject", "arn:aws:s3:::strangers-bucket/x", (), "opaque"),
        ("Power", "s3:GetObject", "arn:aws:s3:::logs/x", (OWN_PROD,), "opaque"),
        ("Power", "s3:GetObject", "*", (OWN_PROD,), "opaque"),
        ("Power", "s3:GetObject", "arn:aws:s3:::logs/x", (OWN_DEV.lower(),), "works"),
        ("Power", "organizations:LeaveOrganization", "*", (), "denied"),
        ("Power", "sts:AssumeRole", OLD_ROLE, (), "denied"),
        ("SSM", "ssm:StartSession", INSTANCE, ("ssm:resourceTag/jump-partner=acme",), "works"),
        ("SSM", "ssm:StartSession", INSTANCE, ("ssm:resourceTag/jump-partner=globex",), "denied"),
        ("SSM", "ssm:StartSession", INSTANCE, (), "denied"),
        ("Read", "s3:GetObject", "arn:aws:s3:::logs/a", ("aws:SourceIp=8.8.8.8",), "denied"),
    ],
)
def test_a_session_is_judged_under_the_snapshot_that_is_at_hand(
    level: str, action: str, resource: str, context: tuple[str, ...], session: str, tmp_path: Path
) -> None:
    folder = saved(tmp_path, "ReadOnlyAccess", "PowerUserAccess")
    assert chain(folder, level, action, resource, *context).session == session


def test_the_snapshots_version_date_and_line_stand_in_its_hop(tmp_path: Path) -> None:
    found = chain(saved(tmp_path, "ReadOnlyAccess"), "Read", "s3:GetObject", "arn:aws:s3:::logs/a", OWN_PROD)
    (hop,) = [hop for hop in found.hops if hop.hop == "snapshot"]
    known = json.loads(aws_managed_policies_data)["ReadOnlyAccess"]
    assert hop.says.startswith(
        f"ReadOnlyAccess {known['DefaultVersionId']} of {known['UpdateDate'][:10]}/ReadOnlyActions"
    )
    file, line, _ = hop.places[0].split(":")
    assert file == "snapshots/ReadOnlyAccess.json"
    assert printed("ReadOnlyAccess").splitlines()[int(line) - 1].strip() == "{"
    assert (
        access_view.chains([found], "taro.yamada", "shop-prod")
        .splitlines()[1]
        .startswith("YES, and its session may s3:GetObject on arn:aws:s3:::logs/a: Read")
    )


def test_without_a_snapshot_nothing_is_guessed_and_a_deny_of_ours_still_denies(tmp_path: Path) -> None:
    open_ = chain(tmp_path, "Power", "s3:GetObject", "arn:aws:s3:::logs/a", OWN_DEV)
    assert open_.session == "opaque"
    (hop,) = [hop for hop in open_.hops if hop.verdict == "opaque"]
    assert hop.says.endswith("not judged: there is no snapshots/PowerUserAccess.json")
    assert "is not known: Power" in access_view.chains([open_], "taro.yamada", "shop-dev")
    assert chain(tmp_path, "Power", "iam:CreateUser").session == "denied"


def test_one_snapshot_of_two_is_not_enough_to_say_yes(tmp_path: Path) -> None:
    one = saved(tmp_path, "PowerUserAccess")
    assert chain(one, "PowerAndIam", "s3:GetObject", user="aoi.tanaka").session == "opaque"
    both = saved(tmp_path, "IAMFullAccess")
    assert chain(both, "PowerAndIam", "s3:GetObject", user="aoi.tanaka").session == "works"
    assert chain(both, "PowerAndIam", "iam:CreateUser", user="aoi.tanaka").session == "denied"


@pytest.mark.parametrize(
    ("action", "resource", "side"),
    [
        (
            "sqs:SendMessage",
            "arn:aws:sqs:ap-northeast-1:999999999999:orders",
            "the resource is in 999999999999",
        ),
        (
            "sqs:SendMessage",
            "arn:aws:sqs:ap-northeast-1:443000000001:orders",
            "the resource is in 443000000001",
        ),
        ("s3:GetObject", "arn:aws:s3:::strangers-bucket/x", "the ARN names no account"),
        ("kms:Decrypt", "arn:aws:kms:ap-northeast-1:441000000001:key/1", "the key's policy"),
        (
            "sts:AssumeRole",
            "arn:aws:iam::441000000001:role/partner/acme/dev/Power/strict/x",
            "the trust of the role",
        ),
    ],
)
def test_where_a_second_policy_has_to_allow_as_well_that_is_said_and_no_yes(
    action: str, resource: str, side: str, tmp_path: Path
) -> None:
    found = chain(saved(tmp_path, "PowerUserAccess"), "Power", action, resource)
    assert (found.session, found.hops[-1].hop) == ("opaque", "resource")
    assert found.hops[-1].says.startswith(side)


def test_a_snapshot_that_denies_wins_over_the_other(tmp_path: Path) -> None:
    body = json.loads(printed("IAMFullAccess"))
    body["PolicyVersion"]["Document"]["Statement"].append(
        {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}
    )
    folder = saved(tmp_path, "PowerUserAccess", IAMFullAccess=json.dumps(body))
    assert chain(folder, "PowerAndIam", "s3:GetObject", user="aoi.tanaka").session == "denied"


def wrong(folder: Path, text: str) -> list[tuple[int, str, str]]:
    with pytest.raises(ProblemsFound) as found:
        read_snapshots(saved(folder, ReadOnlyAccess=text), ["ReadOnlyAccess"])
    return [(one.line, one.code, one.message) for one in found.value.problems]


def test_every_fault_of_a_snapshot_is_told_at_once_with_its_line(tmp_path: Path) -> None:
    text = """{
  "PolicyVersion": {
    "Document": [],
    "VersionId": "190",
    "Default": true
  }
}
"""
    assert wrong(tmp_path, text) == [
        (2, "E615", "CreateDate is missing"),
        (3, "E615", "Document is not a policy"),
        (4, "E615", "VersionId is not such as v12"),
        (5, "E615", "unknown key 'Default'"),
    ]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda body: body.update(Sidd="x"), "P202"),
        (lambda body: body.update(Condition={"StringMatches": {"aws:username": "x"}}), "P207"),
        (lambda body: body.update(Principal="*"), "P214"),
    ],
)
def test_a_snapshot_that_the_evaluator_knows_in_part_is_refused_at_its_statement(
    change: Any, code: str, tmp_path: Path
) -> None:
    body = json.loads(printed("AdministratorAccess"))
    change(body["PolicyVersion"]["Document"]["Statement"][0])
    ((line, told, _),) = wrong(tmp_path, json.dumps(body, indent=1))
    assert (told, line > 1) == (code, True)


def named(**beside: Any) -> str:
    return json.dumps({"PolicyVersion": json.loads(printed("ReadOnlyAccess"))["PolicyVersion"]} | beside)


def test_a_version_that_aws_does_not_use_is_refused(tmp_path: Path) -> None:
    text = printed("ReadOnlyAccess").replace('"IsDefaultVersion": true', '"IsDefaultVersion": false')
    ((line, code, message),) = wrong(tmp_path, text)
    assert text.splitlines()[line - 1].strip().startswith('"IsDefaultVersion"')
    assert (code, message.endswith("is not the version that AWS uses")) == ("E615", True)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("PolicyName", "AdministratorAccess"),
        ("Arn", "arn:aws:iam::aws:policy/AdministratorAccess"),
        ("Arn", "arn:aws:iam::111111111111:policy/ReadOnlyAccess"),
        ("Arn", "arn:aws:iam::aws:policy/job-function/ReadOnlyAccess"),
    ],
)
def test_a_file_that_says_it_is_of_another_policy_is_refused(key: str, value: str, tmp_path: Path) -> None:
    within = json.loads(printed("ReadOnlyAccess"))
    within["PolicyVersion"][key] = value
    for text in (named(**{key: value}), json.dumps(within)):
        ((_, code, message),) = wrong(tmp_path, text)
        assert (code, message.split(",")[0]) == ("E615", f"{key} is {value}")


def test_a_file_may_say_of_which_policy_it_is(tmp_path: Path) -> None:
    arn = "arn:aws-cn:iam::aws:policy/ReadOnlyAccess"
    folder = saved(tmp_path, ReadOnlyAccess=named(PolicyName="ReadOnlyAccess", Arn=arn))
    assert set(read_snapshots(folder, ["ReadOnlyAccess"])) == {"ReadOnlyAccess"}


@pytest.mark.parametrize("text", ["[]", "{", "{}", '{"Document": {}}', '{"PolicyVersion": []}'])
def test_a_file_that_is_none_is_a_problem_and_no_traceback(text: str, tmp_path: Path) -> None:
    assert wrong(tmp_path, text)


@pytest.mark.parametrize(
    ("action", "resource", "context"),
    [
        ("s3:*", "*", ()),
        ("GetObject", "*", ()),
        ("s3:GetObject", "logs", ()),
        ("s3:GetObject", "arn:aws:s3:::*", ()),
        ("s3:GetObject", "*", ("nothing",)),
        ("s3:GetObject", "*", ("aws:SourceIpp=1.2.3.4",)),
        ("s3:GetObject", "*", ("aws:SourceIp=",)),
    ],
)
def test_a_request_that_cannot_be_is_refused(action: str, resource: str, context: tuple[str, ...]) -> None:
    with pytest.raises(UnknownName) as refused:
        read_deed(action, resource, context, {})
    assert refused.value.code == "E606"


def test_a_policys_file_has_its_name_without_the_path() -> None:
    assert file_of("job-function/Billing") == "snapshots/Billing.json"
