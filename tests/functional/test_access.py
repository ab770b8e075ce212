"""`jumpcf access` through the command line, on the example estate built once."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jumpcf.cli.main import main
from tests.functional.conftest import ROOT, Said

Run = Callable[..., Said]


@pytest.fixture
def run(built_estate: Path, tmp_path: Path, capsys: Any) -> Run:
    """The command line on a copy of the built example estate with its assertions."""
    folder = tmp_path / "estate"
    shutil.copytree(built_estate, folder)
    (folder / "tests").mkdir()
    shutil.copy(ROOT / "tests" / "access.yaml", folder / "tests")

    def command(*arguments: str) -> Said:
        capsys.readouterr()
        code = main(["-C", str(folder), *arguments])
        out, err = capsys.readouterr()
        return Said(code, out, err)

    return command


def test_the_examples_assertions_hold(run: Run, tmp_path: Path) -> None:
    said = run("access", "test", "--junit", str(tmp_path / "access.xml"))
    assert (said.code, said.err) == (0, "")
    assert "all hold" in said.out
    assert 'failures="0"' in (tmp_path / "access.xml").read_text()


def test_a_failed_assertion_is_exit_code_1_and_names_its_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "estate/tests/access.yaml").write_text(
        "must_not:\n  - {user: taro.yamada, account: shop-dev}\n"
    )
    said = run("access", "test", "--at", "2027-01-15")
    assert said.code == 1
    assert "FAILED tests/access.yaml:2: taro.yamada must not take a role in shop-dev" in said.out


@pytest.mark.parametrize("form", ["table", "csv", "md", "html", "json"])
def test_the_matrix_is_the_same_bytes_twice(run: Run, form: str) -> None:
    first = run("access", "matrix", "--at", "2027-01-15", "--output", form)
    assert first.code == 0
    assert "acme" in first.out
    assert run("access", "matrix", "--at", "2027-01-15", "--output", form) == first


def test_who_can_and_why_answer_in_json(run: Run) -> None:
    takers = run("-o", "json", "access", "who-can", "shop-dev", "--at", "2027-01-15").json
    assert {one["user"] for one in takers if one["level"] == "Power"} == {
        "taro.yamada",
        "hanako.sato",
        "ken.mori",
    }
    arn = "arn:aws:iam::443200000001:role/jump/acme-ops-SSM"
    assert {
        one["account"] for one in run("-o", "json", "access", "who-can", arn, "--at", "2027-01-15").json
    } == {"443200000001"}
    (chain,) = run("-o", "json", "access", "why", "jun.ito", "shop-dev", "Power", "--at", "2027-01-15").json
    assert chain["allowed"] is False
    (denied,) = [hop for hop in chain["hops"] if hop["verdict"] == "deny"]
    assert denied["hop"] == "group"
    assert denied["places"] == ["params/partners/acme.yaml:17:5"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("why", "nobody.here", "shop-dev"), "E603"),
        (("why", "taro.yamada", "nowhere"), "E603"),
        (("why", "taro.yamada", "shop-dev", "Pwoer"), "E603"),
        (("who-can", "nothing"), "E603"),
        (("matrix", "--at", "someday"), "E605"),
        (("matrix", "--partner", "nobody"), "E603"),
        (("matrix", "--org", "nowhere"), "E258"),
    ],
)
def test_words_that_stand_for_nothing_are_wrong_usage(
    run: Run, arguments: tuple[str, ...], code: str
) -> None:
    said = run("access", *arguments)
    assert (said.code, said.out) == (252, "")
    assert code in said.err


def test_a_warm_build_needs_neither_boto3_nor_troposphere(run: Run, tmp_path: Path) -> None:
    code = (
        "import sys; from jumpcf.cli.main import main\n"
        f"code = main(['-C', {str(tmp_path / 'estate')!r}, 'access', 'matrix'])\n"
        "print('LOADED', *sorted({name.split('.')[0] for name in sys.modules})); sys.exit(code)"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    loaded = set(told.split("LOADED ", 1)[1].split())
    assert loaded & {"boto3", "botocore", "troposphere", "awacs", "cfnlint", "moto"} == set()


def test_an_action_is_judged_from_a_snapshot_and_not_known_without_one(run: Run, tmp_path: Path) -> None:
    asked = ("access", "why", "taro.yamada", "shop-prod", "Read", "--at", "2027-01-15")
    asked += ("--action", "s3:GetObject", "--resource", "arn:aws:s3:::logs/a")
    assert "whether its session may s3:GetObject on arn:aws:s3:::logs/a is not known" in run(*asked).out
    folder = tmp_path / "estate" / "snapshots"
    folder.mkdir()
    statement = '{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}'
    document = f'"Document": {{"Version": "2012-10-17", "Statement": [\n{statement}\n]}}'
    dated = '"VersionId": "v7", "CreateDate": "2026-09-24T17:37:08+00:00"'
    (folder / "ReadOnlyAccess.json").write_text(f'{{"PolicyVersion": {{{document}, {dated}}}}}')
    said = run(*asked)
    assert "YES, and whether its session may s3:GetObject on arn:aws:s3:::logs/a is not known" in said.out
    assert "the ARN names no account" in said.out
    asked += ("--context", "aws:ResourceAccount=443000000001")
    said = run(*asked)
    assert "YES, and its session may s3:GetObject" in said.out
    assert "snapshot: ReadOnlyAccess v7 of 2026-09-24/#0 allows it" in said.out
    assert "snapshots/ReadOnlyAccess.json:2:1" in said.out
    assert run("-o", "json", *asked).json[0]["session"] == "works"
    (folder / "ReadOnlyAccess.json").write_text("{}")
    assert (run(*asked).code, "E111" in run(*asked).err or "E615" in run(*asked).err) == (1, True)


def test_an_action_that_no_table_knows_is_told_and_options_without_it_are_refused(run: Run) -> None:
    said = run("access", "why", "taro.yamada", "shop-prod", "Read", "--action", "s3:GetObjct")
    assert "s3:GetObjct is in no table of actions" in said.err
    assert run("access", "why", "taro.yamada", "shop-prod", "--context", "aws:userid=x").code == 252


def test_the_page_has_the_users_view_too(run: Run) -> None:
    said = run("access", "matrix", "--at", "2027-01-15", "--by", "user", "-o", "html", "--org", "lab")
    assert "<td>ana.lopez</td>" in said.out
    assert "accounts at 2027-01-14T15:00:00Z" in said.out


def test_a_word_that_is_no_role_and_no_account_gets_the_nearest_of_both(run: Run) -> None:
    assert "did you mean shop-dev?" in run("access", "who-can", "shop-dve").err
    assert "did you mean acme-dev-Power?" in run("access", "who-can", "acme-dev-Powr").err
    assert "no account 999999999999" in run("access", "who-can", "arn:aws:iam::999999999999:role/x").err
    assert run("access", "why", "taro.yamada", "shop-dev", "--at", "0001-01-01").code == 252
