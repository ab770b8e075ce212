"""YAML to plain values and marks."""

import json
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from jumpcf.errors import Mark
from jumpcf.estate.source import MAX_DEPTH, parse, read

ROOT = Path(__file__).parents[3]
TEXT = """\
estate: example      # a comment
jump:
  account: "111111111111"
  region: ap-northeast-1
counts: [1, -2, +3]
flags: {on: true, off: false}
ratio: 1.5
"""


def value_of(text):
    document, problems = parse(text, "f.yaml")
    assert problems == []
    return document.value


def problems_of(text):
    return [str(problem) for problem in parse(text, "f.yaml")[1]]


def test_every_value_has_its_line_and_column():
    document, _ = parse(TEXT, "f.yaml")
    assert document.mark("estate") == Mark("f.yaml", 1, 9)
    assert document.mark("jump", "account") == Mark("f.yaml", 3, 12)
    assert document.mark("counts", 1) == Mark("f.yaml", 5, 13)
    assert document.mark("flags", "off") == Mark("f.yaml", 6, 24)
    assert document.mark("ratio") == Mark("f.yaml", 7, 8)


def test_every_key_has_its_line_and_column():
    document, _ = parse(TEXT, "f.yaml")
    assert document.key_mark("jump", "region") == Mark("f.yaml", 4, 3)
    assert document.key_mark("flags", "off") == Mark("f.yaml", 6, 19)


def test_a_path_that_does_not_exist_gives_the_deepest_place_that_does():
    document, _ = parse(TEXT, "f.yaml")
    assert document.mark("jump", "profile") == document.mark("jump")
    assert document.mark("counts", 9) == document.mark("counts")
    assert document.mark("nothing") == Mark("f.yaml")


def test_columns_count_characters_not_bytes():
    document, _ = parse("{title: 株式会社, contact: x}", "f.yaml")
    assert document.key_mark("contact") == Mark("f.yaml", 1, 15)


def test_scalars_without_quotes_follow_the_core_schema():
    assert value_of(TEXT) == {
        "estate": "example",
        "jump": {"account": "111111111111", "region": "ap-northeast-1"},
        "counts": [1, -2, 3],
        "flags": {"on": True, "off": False},
        "ratio": 1.5,
    }


@pytest.mark.parametrize(
    "text", ["2027-03-31", "yes", "no", "on", "off", "1:30", "1_000", "0x1f", "0o14", ".inf", "-", "1e", "+"]
)
def test_what_only_older_yaml_converts_stays_text(text):
    assert value_of(f"{{a: {text} }}" if text != "-" else "a: '-'") == {"a": text}


@pytest.mark.parametrize(
    ("text", "value"), [("1e3", 1000.0), (".5", 0.5), ("5.", 5.0), ("-1.5E-2", -0.015), ("42", 42)]
)
def test_numbers_keep_their_raw_text(text, value):
    document, _ = parse(f"a: {text}", "f.yaml")
    assert document.value == {"a": value}
    assert document.raw("a") == text


def test_text_has_no_raw_text():
    document, _ = parse("a: '1'\nb: x", "f.yaml")
    assert document.raw("a") is None
    assert document.raw("b") is None


def test_keys_are_always_text():
    assert value_of("1: a\ntrue: b\n2027-01-01: c") == {"1": "a", "true": "b", "2027-01-01": "c"}


def test_an_account_id_without_quotes_and_with_a_leading_zero_is_called_octal():
    document, problems = parse("account: 012345670123", "f.yaml")
    assert [str(problem) for problem in problems] == [
        "f.yaml:1:10: E109 012345670123 has no quotes: with its leading zero it is the octal number "
        '1402433619 in YAML\n    hint: put it in quotes: "012345670123"'
    ]
    assert document.value == {"account": "012345670123"}


def test_a_quoted_leading_zero_is_fine():
    assert value_of("account: '012345670123'") == {"account": "012345670123"}


def test_a_zero_is_a_number():
    assert value_of("a: 0\nb: 0.5") == {"a": 0, "b": 0.5}


def test_a_duplicate_key_names_both_lines_and_the_first_one_counts():
    document, problems = parse("a: 1\nb: 2\na: 3\n", "f.yaml")
    assert document.value == {"a": 1, "b": 2}
    assert [(problem.line, problem.code) for problem in problems] == [(3, "E104")]
    assert "line 1" in problems[0].message


def test_duplicates_are_found_in_nested_flow_mappings():
    assert len(problems_of("a: [{x: {b: 1, b: 2}}]")) == 1


def test_keys_that_differ_only_by_quotes_are_duplicates():
    assert len(problems_of("a: 1\n'a': 2")) == 1


@pytest.mark.parametrize("empty", ["a:", "a: ~", "a: null", "a: [x, null]", "a: {b: }"])
def test_a_key_or_item_without_a_value_is_refused(empty):
    assert [line.split()[1] for line in problems_of(empty)] == ["E117"]


def test_an_empty_text_in_quotes_is_a_value():
    assert value_of("a: ''") == {"a": ""}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "E103"),
        ("# only a comment\n", "E103"),
        ("---\n", "E103"),
        ("just text", "E111"),
        ("- a\n- b", "E111"),
        ("a: &x 1", "E105"),
        ("<<: {a: 1}", "E105"),
        ("a: !!python/object:os.system x", "E106"),
        ("!custom {a: 1}", "E106"),
        ("a: 1\n---\nb: 2", "E107"),
        ("? [a]\n: 1", "E108"),
        ("'': 1", "E108"),
        ("a:\n\t- 1", "E101"),
        ("a: [1, 2", "E101"),
        ("a: 'x", "E101"),
        ("a: @x", "E101"),
        ("a: b: c", "E101"),
        ("%YAML 3.0\n---\na: 1", "E101"),
        ("a: \x07", "E113"),
        ("a: \u202eb", "E113"),
        ("a: b\u200bc", "E113"),
        ("a: " + "[" * MAX_DEPTH + "]" * MAX_DEPTH, "E114"),
        ("a: " + "{a: " * 5000, "E114"),
    ],
)
def test_what_is_refused(text, code):
    assert {line.split()[1] for line in problems_of(text)} == {code}


def test_an_alias_cannot_blow_up():
    lines = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 40)]
    document, problems = parse("\n".join(lines), "f.yaml")
    assert {problem.code for problem in problems} == {"E105"}
    assert document.value["a39"] == [None, None]


def test_windows_line_ends_do_not_shift_lines():
    document, problems = parse("a: 1\r\nb:\r\n  c: x\r\n", "f.yaml")
    assert problems == []
    assert document.mark("b", "c") == Mark("f.yaml", 3, 6)


def test_a_byte_order_mark_is_dropped(tmp_path):
    path = tmp_path / "f.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: x\n")
    document, problems = read(path, "f.yaml")
    assert (document.value, problems) == ({"a": "x"}, [])
    assert document.key_mark("a") == Mark("f.yaml", 1, 1)


@pytest.mark.parametrize(
    ("data", "line", "column"), [(b"a: x\nb: \xff\n", 2, 4), ("a: 会".encode("shift_jis"), 1, 4)]
)
def test_bytes_that_are_not_utf8_are_pointed_at(tmp_path, data, line, column):
    path = tmp_path / "f.yaml"
    path.write_bytes(data)
    document, problems = read(path, "f.yaml")
    assert document.value is None
    assert [(problem.code, problem.line, problem.column) for problem in problems] == [("E102", line, column)]


def test_a_file_that_cannot_be_read_is_a_problem_not_a_traceback(tmp_path):
    (tmp_path / "f.yaml").mkdir()
    _, problems = read(tmp_path / "f.yaml", "params/f.yaml")
    assert [str(problem) for problem in problems] == [
        "params/f.yaml: E110 the file cannot be read: Is a directory"
    ]


def test_all_problems_of_a_file_are_found_at_once():
    codes = [line.split()[1] for line in problems_of("a: 1\na: 2\nb: &x 3\nc: 007\nd: !!str e\n")]
    assert codes == ["E104", "E105", "E109", "E106"]


PLAIN = st.recursive(
    st.booleans()
    | st.integers(-(10**12), 10**12)
    | st.text(st.characters(codec="ascii", categories=["L", "N", "P", "Zs"])),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text("abcxyz-_", min_size=1), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(st.dictionaries(st.text("abcxyz-_", min_size=1), PLAIN, min_size=1, max_size=5))
def test_json_is_read_as_json_reads_it(value):
    document, problems = parse(json.dumps(value, ensure_ascii=False, indent=1), "f.json")
    assert problems == []
    assert document.value == value


@given(st.text(max_size=60))
def test_no_text_makes_it_raise(text):
    document, problems = parse(text, "f.yaml")
    assert document.value is None or isinstance(document.value, dict)
    assert document.value is not None or problems
    for problem in problems:
        assert problem.line >= 0
        assert problem.column >= 0


@given(
    st.lists(
        st.sampled_from(
            [
                "a: ",
                "b: ",
                "\n",
                "  ",
                "- ",
                "[",
                "]",
                "{",
                "}",
                "x",
                "&y ",
                "*y ",
                "!t ",
                "'",
                '"',
                "#",
                ": ",
                "? ",
                "|",
                "1",
                "null",
                "---\n",
                "\t",
            ]
        ),
        max_size=25,
    )
)
def test_no_heap_of_yaml_pieces_makes_it_raise(pieces):
    document, problems = parse("".join(pieces), "f.yaml")
    assert document.value is not None or problems


@pytest.mark.parametrize("path", sorted(ROOT.glob("params/**/*.yaml")), ids=lambda path: path.name)
def test_the_pure_python_parser_reads_the_same(path):
    text = path.read_text(encoding="utf-8")
    assert parse(text, "f.yaml", yaml.BaseLoader) == parse(text, "f.yaml")
