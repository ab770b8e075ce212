"""A user moved to `left:` as an edit of a file's text: what people wrote stays, in whatever form they wrote it."""

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jumpcf.errors import ProblemsFound
from jumpcf.estate.leaving import write_left
from jumpcf.estate.source import parse

DAY = "2026-11-30"
BLOCK = """\
# yaml-language-server: $schema=../schema.json
partner: acme                    # cannot be renamed

users:                           # people
  - {name: taro.yamada, email: t@acme.example, groups: [dev, ops]}   # on call
  # the one from Osaka
  - {name: hanako.sato, email: h@acme.example}
  - name: ken.mori
    email: k@acme.example
    groups:
      - dev

# what they may do
grants: {}
"""


def put(folder: Path, text: str | bytes) -> Path:
    path = folder / "params/partners/acme.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_only_his_line_goes_and_left_stands_behind_users(tmp_path: Path) -> None:
    path = put(tmp_path, BLOCK)
    assert write_left(tmp_path, "acme", "taro.yamada", DAY)
    gone = "  - {name: taro.yamada, email: t@acme.example, groups: [dev, ops]}   # on call\n"
    left = "left:\n  - {name: taro.yamada, day: 2026-11-30}\n"
    end = "      - dev\n"
    assert path.read_text() == BLOCK.replace(gone, "").replace(end, end + left)
    assert not write_left(tmp_path, "acme", "taro.yamada", DAY)
    assert write_left(tmp_path, "acme", "ken.mori", "2026-12-24")
    assert path.read_text() == BLOCK.replace(gone, "").replace(
        "  - name: ken.mori\n    email: k@acme.example\n    groups:\n      - dev\n",
        f"{left}  - {{name: ken.mori, day: 2026-12-24}}\n",
    )


def test_whoever_is_in_both_lists_is_taken_out_of_the_first(tmp_path: Path) -> None:
    path = put(
        tmp_path, "partner: acme\nusers:\n- {name: t}\n- {name: u}\nleft: [{name: t, day: 2026-01-01}]\n"
    )
    assert write_left(tmp_path, "acme", "t", DAY)
    assert path.read_text() == "partner: acme\nusers:\n- {name: u}\nleft: [{name: t, day: 2026-01-01}]\n"


def test_whoever_stands_in_neither_list_is_put_under_left_where_it_is_asked_for(tmp_path: Path) -> None:
    path = put(tmp_path, "partner: acme\nusers:\n- {name: u}\n")
    assert not write_left(tmp_path, "acme", "t", DAY)
    assert write_left(tmp_path, "acme", "t", DAY, unlisted=True)
    assert path.read_text() == f"partner: acme\nusers:\n- {{name: u}}\nleft:\n  - {{name: t, day: {DAY}}}\n"
    assert not write_left(tmp_path, "acme", "t", DAY, unlisted=True)


def test_another_spelling_of_the_name_is_the_same_person_and_the_fence_gets_the_one_that_sessions_bear(
    tmp_path: Path,
) -> None:
    path = put(tmp_path, "partner: acme\nusers:\n- {name: Ken.Mori}\n- {name: u}\n")
    assert write_left(tmp_path, "acme", "ken.mori", DAY, unlisted=True)
    assert (
        path.read_text()
        == f"partner: acme\nusers:\n- {{name: u}}\nleft:\n  - {{name: ken.mori, day: {DAY}}}\n"
    )
    with pytest.raises(ProblemsFound) as refused:
        write_left(tmp_path, "acme", "KEN.MORI", DAY, unlisted=True)
    [problem] = refused.value.problems
    assert (problem.code, problem.line, problem.hint) == ("E610", 5, "write KEN.MORI there")


def test_a_name_that_iam_did_not_say_is_kept_as_it_stands_under_users(tmp_path: Path) -> None:
    path = put(tmp_path, "partner: acme\nusers:\n- {name: Ken.Mori}\n- {name: u}\n")
    assert write_left(tmp_path, "acme", "ken.mori", DAY)
    assert f"left:\n  - {{name: Ken.Mori, day: {DAY}}}\n" in path.read_text()


FORMS = [
    "partner: acme\r\nusers:\r\n  - {name: t, email: x}\r\n  - {name: u}\r\n",
    "{partner: acme, users: [{name: t}]}\n",
    "{users: [\n  {email: x, name: 't'}, {name: u}\n], partner:\n  acme}\n",
    "{users: [{name: u}, {name: t}], left: [], partner: acme}\n",
    "partner: acme\nusers: [{name: t}]",
    "partner: acme\nusers: [{name: t}, {name: u}]   # all\n",
    "users: [{name: u}, {name: t}]\npartner: acme\nleft: []\n",
    "# 会社\npartner: acme\ntitle: 株式会社アクメ\nusers: [{email: 太郎, name: t}]\n",
    "---\npartner: acme\nusers:\n- name: t\n  email: x\n",
    "partner: acme\nusers:\n- name: u\n  email: y\n  groups: [a]\n- name: t\n  email: x\n  groups:\n  - a\n",
    "users:\n- email: x\n  # a comment\n\n  name: t   # his name\n\n- {name: u}\npartner: acme\n",
    "users:\n  -\n    # quoted\n    name: 't'\n  - {name: u}\npartner: acme\nleft:\n- name: k\n  day: 2026-01-02\n",
    "left: [{name: k, day: 2026-01-02}]\npartner: acme\nusers:\n  - {name: t}   # the only one\n",
    "partner: acme\nleft:\n    -   {name: k, day: 2026-01-02}\nusers:\n    -   {name: t}\n",
    "'partner': acme\n'users': # people\n- {name: t}\n",
]


@pytest.mark.parametrize("text", FORMS)
def test_every_form_of_yaml_is_edited_and_says_what_it_said_but_for_him(tmp_path: Path, text: str) -> None:
    path = put(tmp_path, text)
    before = parse(text, "x")[0].value
    assert before is not None
    assert write_left(tmp_path, "acme", "t", DAY)
    document, problems = parse(path.read_bytes().decode(), "x")
    now = document.value
    assert (now is not None, problems) == (True, [])
    assert now.pop("left") == [*(before.pop("left", None) or []), {"name": "t", "day": DAY}]
    before["users"] = [one for one in before["users"] if one["name"] != "t"]
    assert now == before
    assert path.read_bytes().count(b"#") == text.count("#") - text.count("# the only one") - (
        text.count("# a comment") + text.count("# his name") + text.count("# quoted")
    )
    assert (b"\r" in path.read_bytes()) == ("\r" in text)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("partner: acme\nusers:\n- email: x\n" + 40 * "  # long\n" + "  name: t\n", "E610"),
        ("partner: [acme\n", "E101"),
        ("users: [{name: t}]\n", "E201"),
        (b"partner: \xff\n", "E102"),
    ],
)
def test_what_cannot_be_edited_stays_as_it_is(tmp_path: Path, text: str | bytes, code: str) -> None:
    path = put(tmp_path, text)
    before = path.read_bytes()
    with pytest.raises(ProblemsFound) as refused:
        write_left(tmp_path, "acme", "t", DAY)
    assert code in {one.code for one in refused.value.problems}
    assert path.read_bytes() == before
    assert [one.name for one in path.parent.iterdir()] == ["acme.yaml"]


def test_a_file_that_cannot_be_written_is_a_problem_with_the_way_out(tmp_path: Path) -> None:
    path = put(tmp_path, BLOCK)
    (path.parent / f".acme.yaml.{os.getpid()}").mkdir()  # in the way of the file that would take its place
    with pytest.raises(ProblemsFound) as caught:
        write_left(tmp_path, "acme", "ken.mori", DAY)
    (problem,) = caught.value.problems
    assert (problem.code, "cannot be written" in problem.message) == ("E610", True)
    assert problem.hint == "move ken.mori from users to left by hand: - {name: ken.mori, day: 2026-11-30}"
    assert path.read_text() == BLOCK


@settings(max_examples=60, deadline=None)
@given(st.from_regex(r"[A-Za-z0-9_+=,.@-]{2,20}", fullmatch=True))
def test_whatever_his_name_it_is_read_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory, name: str
) -> None:
    folder = tmp_path_factory.mktemp("r")
    path = put(folder, f'partner: acme\nusers:\n  - {{name: "{name}", email: x}}\n')
    write_left(folder, "acme", name, DAY)
    now = parse(path.read_text(), "x")[0].value
    assert now == {"partner": "acme", "users": [], "left": [{"name": name, "day": DAY}]}


@pytest.mark.parametrize("users", ["", "users: []\n", "users: [{name: u}]\n", "users: t\n"])
def test_who_is_no_user_changes_nothing(tmp_path: Path, users: str) -> None:
    path = put(tmp_path, f"partner: acme\n{users}left: [{{name: t, day: 2026-01-02}}]\n")
    before = path.read_bytes()
    assert not write_left(tmp_path, "acme", "t", DAY)
    assert path.read_bytes() == before


def test_comments_keep_their_column_and_their_company(tmp_path: Path) -> None:
    path = put(
        tmp_path,
        """\
partner: acme
users:              # everyone
  - {name: t, email: x}
  # - {name: u}     # one day

# what they may do
grants: {}
""",
    )
    write_left(tmp_path, "acme", "t", DAY)
    assert (
        path.read_text()
        == """\
partner: acme
users: []           # everyone
  # - {name: u}     # one day
left:
  - {name: t, day: 2026-11-30}

# what they may do
grants: {}
"""
    )


NAMES = ["t", "u", "ken.mori", "'quoted'", '"Double"', "a-b", "x=1"]
FIELDS = ["email: x", "groups: [a, b]"]


@st.composite
def written_users(draw: st.DrawFn) -> tuple[str, list[str]]:
    """Users as somebody may write them: within braces or over lines, the name anywhere, comments between."""
    indent = draw(st.sampled_from(["", "  ", "    "]))
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=4, unique=True))
    lines = []
    for name in names:
        if draw(st.booleans()):
            lines.append(
                f"{indent}- {{name: {name}, email: x}}{draw(st.sampled_from(['', '  # on call']))}\n"
            )
        else:
            several = draw(st.permutations([f"name: {name}", *draw(st.sets(st.sampled_from(FIELDS)))]))
            more = "".join(f"{indent}  {one}\n" for one in several[1:])
            lines.append(f"{indent}- {several[0]}\n{more}")
        if draw(st.booleans()):
            lines.append(draw(st.sampled_from(["\n", f"{indent}# who is next\n"])))
    return "".join(lines), [name.strip("'\"") for name in names]


@settings(max_examples=40, deadline=None)
@given(written_users(), st.data())
def test_however_users_are_written_only_one_goes_and_none_gets_what_was_his(
    tmp_path_factory: pytest.TempPathFactory, written: tuple[str, list[str]], data: st.DataObject
) -> None:
    block, names = written
    text = f"partner: acme\nusers:\n{block}grants: {{}}\n"
    before, clean = parse(text, "x")
    assert before.value is not None
    assert clean == []
    folder, everybody = tmp_path_factory.mktemp("r"), before.value["users"]
    path = put(folder, text)
    for name in data.draw(st.permutations(names)):
        assert write_left(folder, "acme", name, DAY)
        now, problems = parse(path.read_text(), "x")
        assert problems == []
        assert now.value is not None
        gone = [one["name"] for one in now.value["left"]]
        assert now.value["users"] == [one for one in everybody if one["name"] not in gone]
        assert name == gone[-1]
    assert sorted(gone) == sorted(names)
