"""Rows as a Markdown table, and its place in docs/benchmarks.md."""

import platform
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

from benchmarks.cases import Row

BEGIN, END = "<!-- bench: begin -->\n", "<!-- bench: end -->\n"


def table(rows: Iterable[Row]) -> str:
    lines = [
        "| what | ours | against | ratio | wanted | peak of ours | of the other | |",
        "|---|---|---|---|---|---|---|---|",
        *map(_line, rows),
    ]
    return "\n".join(lines) + "\n"


def _line(row: Row) -> str:
    ratio = theirs = peak = ""
    wanted = ""
    if row.theirs is not None:
        theirs = _seconds(row.theirs.seconds)
        ratio = f"**{row.ours.seconds / row.theirs.seconds:.2f}**"
        peak = f"{row.theirs.mebibytes:.0f} MiB"
        wanted = f"≤ {row.wanted:g}" if row.wanted is not None else ""
    elif row.wanted is not None:
        wanted = f"≤ {row.wanted:g} s"
    ours = _seconds(row.ours.seconds)
    return (
        f"| {row.what} | {ours} | {theirs} | {ratio} | {wanted} "
        f"| {row.ours.mebibytes:.0f} MiB | {peak} | {row.note} |"
    )


def _seconds(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 10 else f"{seconds:.1f} s"


def machine(processors: int) -> str:
    """What the numbers were taken with; nothing that names the machine."""
    libraries = ", ".join(
        f"{name} {version(name)}" for name in ("cfn-lint", "troposphere", "awacs", "orjson")
    )
    return f"{processors} processors, Python {platform.python_version()}, {libraries}."


def write(page: Path, text: str) -> None:
    """Replace what stands between the page's two markers."""
    before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    page.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", encoding="utf-8")
