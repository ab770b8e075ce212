"""tests/access.yaml: strict, all problems at once with their lines, and verdicts that can fail."""

from pathlib import Path

import pytest

from jumpcf.access.assertions import read_assertions
from jumpcf.access.matrix import Column, Dead, Entry, Matrix
from jumpcf.access.verdicts import Verdict, judge_assertions, junit
from jumpcf.cli import access_view
from jumpcf.errors import ProblemsFound
from tests.unit.access.compiled_access import asker, example


def written(folder: Path, text: str) -> Path:
    (folder / "tests").mkdir()
    (folder / "tests" / "access.yaml").write_text(text, encoding="utf-8")
    return folder


def verdicts(folder: Path, text: str) -> tuple[Verdict, ...]:
    found, _ = read_assertions(written(folder, text), example())
    return judge_assertions(asker(), found)


def test_every_problem_is_told_at_once_with_its_line(tmp_path: Path) -> None:
    text = """\
at: someday
mayy: []
may:
  - {user: taro.yamda, account: shop-dev}
  - {user: taro.yamada, partner: acme}
  - {user: taro.yamada, acount: shop-dev}
  - {user: taro.yamada, account: 441000000001}
  - {user: taro.yamada, organization: corp, ou: /Nowhere}
  - {user: taro.yamada, ou: /Security}
  - {user: taro.yamada, mfa: "no"}
  - {user: taro.yamada, level: Pwoer, network: here, at: 2027-02-30}
must_not: nobody
"""
    with pytest.raises(ProblemsFound) as found:
        read_assertions(written(tmp_path, text), example())
    assert [(one.line, one.code) for one in found.value.problems] == [
        (1, "E614"),
        (2, "E612"),
        (4, "E614"),
        (5, "E612"),
        (6, "E612"),
        (7, "E613"),
        (8, "E614"),
        (9, "E612"),
        (10, "E613"),
        (11, "E614"),
        (11, "E614"),
        (11, "E614"),
        (12, "E613"),
    ]


def test_a_file_that_asserts_nothing_or_is_not_there_is_a_problem(tmp_path: Path) -> None:
    with pytest.raises(ProblemsFound) as missing:
        read_assertions(tmp_path, example())
    assert missing.value.problems[0].code == "E611"
    with pytest.raises(ProblemsFound) as empty:
        read_assertions(written(tmp_path, "may: []\n"), example())
    assert empty.value.problems[0].code == "E612"


def test_an_assertion_that_does_not_hold_names_who_contradicts_it(tmp_path: Path) -> None:
    text = """\
may:
  - {partner: acme, account: shop-dev, level: Power}
  - {user: taro.yamada, account: shop-dev, network: 192.0.2.200}
  - {user: eva.stein, organization: corp, ou: /Workloads/Migration}
must_not:
  - {user: taro.yamada, account: shop-dev}
  - {user: taro.yamada, account: shop-dev, mfa: false}
  - {user: eva.stein, organization: corp, ou: /Workloads/Migration}
"""
    found = verdicts(tmp_path, text)
    assert [one.passed for one in found] == [False, False, False, False, True, True]
    assert found[0].counter[0] == "jun.ito in shop-dev (441000000001): no role"
    assert len(found[0].counter) == 3
    assert found[3].counter == ("taro.yamada in shop-dev (441000000001): Power, SSM",)
    assert [one.line for one in found] == [2, 3, 4, 6, 7, 8]


def test_junit_counts_failures_and_escapes_names() -> None:
    bad = Verdict(
        kind="may",
        name='a<b>"&\x00',
        passed=False,
        judged=2,
        counter=("x<y",),
        file="tests/access.yaml",
        line=3,
    )
    text = junit([bad])
    assert 'failures="1"' in text
    assert "a&lt;b&gt;&quot;&amp;?" in text
    assert "<failure message=" in text
    assert "\x00" not in text


def hostile() -> Matrix:
    name = "<script>alert(1)</script>|=1+1"
    entry = Entry(
        organization="corp",
        path=f"/{name}",
        account="333333333333",
        account_name=f"={name}",
        partner="acme",
        user="a.b",
        grant="dev",
        level="Power",
        role="/jump/acme-dev-Power",
        session="denied",
    )
    dead = Dead(partner="acme", role=name, statement="x", places=())
    return Matrix(
        estate="example",
        at="2027-01-15T00:00:00Z",
        columns=(Column(partner="acme", users=2),),
        accounts=1,
        judged=2,
        entries=(entry,),
        dead=(dead,),
        orphans=(),
    )


def test_hostile_names_are_text_in_every_form() -> None:
    assert "<script" not in access_view.matrix(hostile(), "html", by_user=False)
    assert "Power 1/2 (useless)" in access_view.matrix(hostile(), "html", by_user=False)
    markdown = access_view.matrix(hostile(), "md", by_user=False).splitlines()[2]
    assert "<script" not in markdown
    assert markdown.count("|") == 6
    assert ",'=<script" in access_view.matrix(hostile(), "csv", by_user=False)
