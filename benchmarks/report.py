"""Rows as a Markdown table, and its place in docs/benchmarks.md."""

import platform
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

from benchmarks.cases import Row
from benchmarks.measure import Measured

BEGIN, END = "<!-- {}: begin -->\n", "<!-- {}: end -->\n"


def table(rows: Iterable[Row]) -> str:
    lines = [
        "| what | ours | against | ratio | wanted | ratio of processor time | peak of ours | of the other | |",
        "|---|---|---|---|---|---|---|---|---|",
        *map(_line, rows),
    ]
    return "\n".join(lines) + "\n"


def _line(row: Row) -> str:
    ours, theirs = row.ours, row.theirs
    cells = [row.what, _seconds(ours.seconds)]
    if theirs is None:
        wanted = "" if row.wanted is None else f"≤ {row.wanted:g} s"
        cells += ["", "", wanted, "", _memory(ours), ""]
    else:
        wanted = "" if row.wanted is None else f"≤ {row.wanted:g}"
        cells += [
            _seconds(theirs.seconds),
            f"**{ours.seconds / theirs.seconds:.2f}**",
            wanted,
            f"{ours.processor / theirs.processor:.2f}",
            _memory(ours),
            _memory(theirs),
        ]
    return "| " + " | ".join([*cells, row.note]) + " |"


def _memory(measured: Measured) -> str:
    return f"{measured.mebibytes:.0f} MiB"


def _seconds(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 10 else f"{seconds:.1f} s"


def machine(processors: int, load: float) -> str:
    """What the numbers were taken with; nothing that names the machine.  `load` is what else it was doing
    (processes that wanted a processor, over the minute before)."""
    libraries = ", ".join(
        f"{name} {version(name)}" for name in ("cfn-lint", "troposphere", "awacs", "orjson")
    )
    return (
        f"{processors} processors (load before: {load:.1f}), Python {platform.python_version()}, {libraries}."
    )


def write(page: Path, text: str, name: str) -> None:
    """Replace what stands between the page's two markers of that name."""
    begin, end = BEGIN.format(name), END.format(name)
    before, _, rest = page.read_text(encoding="utf-8").partition(begin)
    _, _, after = rest.partition(end)
    page.write_text(f"{before}{begin}\n{text}\n{end}{after}", encoding="utf-8")
