"""Links between the pages lead somewhere, and the files that pages, fragments and hints name are there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    [
        *ROOT.glob("*.md"),
        *ROOT.glob("docs/**/*.md"),
        *ROOT.glob("changelog.d/*.md"),
        *ROOT.glob("tests/**/README.md"),
        ROOT / "jumpcf/skeleton/README.md",
    ]
)
LINK = re.compile(r"\]\(([^)\s]+)\)")
NAMED = re.compile(r"`((?:jumpcf|tests|docs|benchmarks|stacks)/[\w./-]+|test_\w+\.py)[:`]")
TESTS = {path.name for path in ROOT.glob("tests/**/*.py")}
SHAPES = ("j2xxx_name.py",)  # how a file is to be called, on the page of the architecture


def prose(page: Path) -> str:
    """Without what stands between fences; lines stay where they are."""
    text = page.read_text(encoding="utf-8")
    return re.sub(
        r"^ *```.*?^ *```$", lambda it: "\n" * it[0].count("\n"), text, flags=re.DOTALL | re.MULTILINE
    )


def anchors(page: Path) -> set[str]:
    """As GitHub makes them: lower case, hyphens for blanks, nothing but letters, digits, `-` and `_`."""
    heads = re.findall(r"^#{1,6} (.+)$", prose(page), re.MULTILINE)
    plain = [re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", head) for head in heads]
    return {re.sub(r"[^\w -]", "", head.strip().lower()).replace(" ", "-") for head in plain}


def dead(page: Path) -> list[str]:
    found = []
    for target in LINK.findall(re.sub(r"`[^`\n]*`(?!\])", "", prose(page))):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        there = page.parent / path if path else page
        if not there.exists() or (anchor and anchor not in anchors(there)):
            found.append(target)
    return found


def missing(text: str) -> list[str]:
    """Files of this tree that a text names and that are not there; a test's file may be named without its folder."""
    return [
        name
        for name in NAMED.findall(text)
        if not name.endswith(SHAPES) and not ((ROOT / name).exists() or name in TESTS)
    ]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere_and_named_files_are_there(page: Path) -> None:
    assert dead(page) == []
    assert missing(prose(page)) == []


def test_every_page_that_a_message_names_is_there() -> None:
    """Hints, helps, comments, fragments: `docs/….md`, wherever it stands."""
    texts = [*ROOT.glob("jumpcf/**/*.py"), *ROOT.glob("stacks/*.py"), *PAGES]
    named = {
        name
        for path in texts
        for name in re.findall(r"\bdocs/[\w/-]+\.md\b", path.read_text(encoding="utf-8"))
    }
    assert len(named) > 10
    assert sorted(name for name in named if not (ROOT / name).exists()) == []


def test_a_dead_link_a_wrong_anchor_and_a_missing_file_are_seen(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# A `b` page\n[a](#a-b-page) [b](#b) [c](gone.md) [d](page.md#a-b-page)\n```\n[e](f.md)\n```\n"
    )
    assert dead(page) == ["#b", "gone.md"]
    assert missing("`jumpcf/gone.py` `test_gone.py` `docs/start.md` `test_docs_links.py`") == [
        "jumpcf/gone.py",
        "test_gone.py",
    ]
