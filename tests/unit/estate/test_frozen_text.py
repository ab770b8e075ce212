"""`frozen:` as an edit of a file's text: what people wrote stays, in whatever form of YAML they wrote it."""

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jumpcf.errors import ProblemsFound
from jumpcf.estate.freezing import remove_frozen, write_frozen, written
from jumpcf.estate.source import parse

AT = "2026-11-26T16:30:00Z"
BLOCK = """\
# yaml-language-server: $schema=../schema.json
partner: acme                    # cannot be renamed
title: "Acme: Consulting"

users:                           # people
  - {name: taro.yamada, email: t@acme.example, groups: [dev, ops]}   # on call
  - {name: hanako.sato, email: h@acme.example}
  - name: ken.mori
    email: k@acme.example
  -
    # the quoted one
    email: y@acme.example
    name: "yuki.abe"
grants: {}
"""
FROZEN = 'frozen: {reason: "INC-42", at: "2026-11-26T16:30:00Z"}'


def put(folder: Path, text: str | bytes) -> Path:
    path = folder / "params/partners/acme.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize(
    ("user", "line", "expected"),
    [
        ("", 2, FROZEN),
        (
            "taro.yamada",
            5,
            f"  - {{name: taro.yamada, {FROZEN}, email: t@acme.example, groups: [dev, ops]}}   # on call",
        ),
        ("ken.mori", 8, f"    {FROZEN}"),
        ("yuki.abe", 13, f"    {FROZEN}"),
    ],
)
def test_one_line_changes_and_thawing_gives_the_very_bytes_back(
    tmp_path: Path, user: str, line: int, expected: str
) -> None:
    path = put(tmp_path, BLOCK)
    assert write_frozen(tmp_path, "acme", user, "INC-42", AT)
    lines = path.read_text().splitlines()
    assert lines[line] == expected
    assert written(tmp_path, "acme", user) == {"reason": "INC-42", "at": AT}
    assert not write_frozen(tmp_path, "acme", user, "INC-42", AT)
    assert remove_frozen(tmp_path, "acme", user)
    assert path.read_text() == BLOCK
    assert not remove_frozen(tmp_path, "acme", user)


def test_another_reason_takes_the_place_of_the_first(tmp_path: Path) -> None:
    path = put(tmp_path, BLOCK)
    for user in ("", "taro.yamada"):
        write_frozen(tmp_path, "acme", user, "INC-1", AT)
        assert write_frozen(tmp_path, "acme", user, "INC-2", AT)
    assert path.read_text().count("INC-2") == 2
    assert "INC-1" not in path.read_text()


@pytest.mark.parametrize(
    ("text", "user"),
    [
        ("partner: acme\r\nusers:\r\n  - {name: t, email: x}\r\n", ""),
        ("partner: acme\r\nusers:\r\n  - {name: t, email: x}\r\n", "t"),
        ("{partner: acme, users: [{name: t}]}\n", ""),
        ("{partner: acme, users: [{name: t}]}\n", "t"),
        ("{users: [\n  {email: x, name: 't'},\n], partner:\n  acme}\n", "t"),
        ("partner:\n  acme\nusers: [{name: t}]\n", ""),
        ("users: [{name: t}]\npartner: acme", ""),
        ("# 会社\npartner: acme\ntitle: 株式会社アクメ\nusers: [{email: 太郎, name: t}]\n", "t"),
        ("---\npartner: acme\nusers:\n- name: t\n  email: x\n", "t"),
        ("users:\n- email: x\n  # a comment\n\n  name: t   # his name\n\n- {name: u}\npartner: acme\n", "t"),
    ],
)
def test_every_form_of_yaml_is_edited_or_refused_and_never_spoilt(
    tmp_path: Path, text: str, user: str
) -> None:
    path = put(tmp_path, text)
    before = parse(text, "x")[0].value
    assert write_frozen(tmp_path, "acme", user, 'said "{stop}", o\'clock #3', AT)
    now = parse(path.read_bytes().decode(), "x")[0].value
    assert now is not None
    place = now if not user else next(one for one in now["users"] if one.get("name") == user)
    assert place.pop("frozen") == {"reason": 'said "{stop}", o\'clock #3', "at": AT}
    assert now == before
    assert remove_frozen(tmp_path, "acme", user)
    assert parse(path.read_bytes().decode(), "x")[0].value == before
    assert path.read_bytes().count(b"\r") == text.count("\r")


def test_what_people_wrote_over_several_lines_is_taken_out_whole(tmp_path: Path) -> None:
    text = "partner: acme\nfrozen:\n  reason: a night\n\n  # since\n  at: 2026-01-01T00:00:00Z\nusers: []\n"
    path = put(tmp_path, text)
    assert written(tmp_path, "acme", "") == {"reason": "a night", "at": "2026-01-01T00:00:00Z"}
    remove_frozen(tmp_path, "acme", "")
    assert path.read_text() == "partner: acme\nusers: []\n"


@pytest.mark.parametrize(
    ("text", "user", "code"),
    [
        (BLOCK, "nobody", "E610"),
        ("partner: [acme\n", "", "E101"),
        ("users: []\n", "", "E201"),
        ("partner: &a acme\n", "", "E610"),
        ('partner: "ac\\u006de"\n', "", "E610"),
        (b"partner: \xff\n", "", "E102"),
    ],
)
def test_what_cannot_be_edited_stays_as_it_is(
    tmp_path: Path, text: str | bytes, user: str, code: str
) -> None:
    path = put(tmp_path, text)
    before = path.read_bytes()
    with pytest.raises(ProblemsFound) as refused:
        write_frozen(tmp_path, "acme", user, "INC-42", AT)
    assert code in {one.code for one in refused.value.problems}
    assert path.read_bytes() == before
    assert [one.name for one in path.parent.iterdir()] == ["acme.yaml"]


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ProblemsFound) as refused:
        write_frozen(tmp_path, "acme", "", "INC-42", AT)
    assert [one.code for one in refused.value.problems] == ["E110"]


def test_mode_link_and_byte_order_mark_stay(tmp_path: Path) -> None:
    path = put(tmp_path, b"\xef\xbb\xbfpartner: acme\n")
    path.chmod(0o640)
    real = path.rename(tmp_path / "elsewhere.yaml")
    path.symlink_to(real)
    write_frozen(tmp_path, "acme", "", "INC-42", AT)
    assert path.is_symlink()
    assert real.read_bytes() == b"\xef\xbb\xbfpartner: acme\n" + FROZEN.encode() + b"\n"
    assert os.stat(real).st_mode & 0o777 == 0o640


@settings(max_examples=60, deadline=None)
@given(
    st.text(
        st.characters(exclude_categories=("Cc", "Cs", "Cf", "Zl", "Zp", "Cn", "Co")), min_size=1, max_size=40
    )
)
def test_whatever_the_reason_it_is_read_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory, reason: str
) -> None:
    folder = tmp_path_factory.mktemp("r")
    put(folder, BLOCK)
    write_frozen(folder, "acme", "hanako.sato", reason, AT)
    assert written(folder, "acme", "hanako.sato") == {"reason": reason, "at": AT}


def test_a_file_that_cannot_be_written_is_a_problem_with_the_way_out(tmp_path: Path) -> None:
    path = put(tmp_path, BLOCK)
    (path.parent / f".acme.yaml.{os.getpid()}").mkdir()  # in the way of the file that would take its place
    with pytest.raises(ProblemsFound) as caught:
        write_frozen(tmp_path, "acme", "", "INC-42", AT)
    (problem,) = caught.value.problems
    assert (problem.code, "cannot be written" in problem.message) == ("E610", True)
    assert problem.hint == f"add {FROZEN} by hand"
    assert path.read_text() == BLOCK
