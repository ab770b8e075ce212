"""Text in a terminal's width, rows as a table of it, and as CSV that a spreadsheet does not take for formulas."""

import csv
import io
import re
import textwrap
from collections.abc import Sequence

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""How a cell begins that a spreadsheet may run, full-width forms as well (OWASP, "CSV Injection")."""

WIDTH = 80  # columns of a terminal
NARROW = 14  # columns that are too few for a text


def wrapped(line: str, below: int, *, first: str = "", width: int = WIDTH) -> list[str]:
    """A line behind `first`, what goes on `below` so many spaces; a word, which may be a name, is never broken."""
    return textwrap.wrap(
        line,
        width,
        initial_indent=first,
        subsequent_indent=" " * below,
        break_long_words=False,
        break_on_hyphens=False,
    )


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Columns as wide as their longest cell."""
    plain = [[one_line(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(header, *plain, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in (header, *plain)
    ]


def wrapped_table(header: Sequence[str], rows: Sequence[Sequence[str]], width: int = WIDTH) -> list[str]:
    """A table whose last column goes on below where it does not fit: under itself, or where too little is left for
    that, under the row."""
    plain = table(header[:-1], [row[:-1] for row in rows])
    wide = max(map(len, plain)) + 2
    below = width - wide < NARROW
    indent = 4 if below else wide
    lines = []
    for line, last in zip(plain, [header[-1], *(row[-1] for row in rows)], strict=True):
        parts = textwrap.wrap(one_line(last), width - indent, break_on_hyphens=False) or [""]
        first = line if below else f"{line:<{wide}}{parts.pop(0)}".rstrip()
        lines += [first, *(f"{'':<{indent}}{part}" for part in parts if part != "-")]
    return lines


def csv_text(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """RFC 4180 with line feeds; what would be a formula is preceded by an apostrophe, a whole number is none."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([f"'{cell}" if _is_formula(cell) else cell for cell in row] for row in rows)
    return out.getvalue()


def _is_formula(cell: str) -> bool:
    return cell.startswith(FORMULA) and re.fullmatch(r"-[0-9]+", cell) is None


def one_line(text: str) -> str:
    return "".join(one if one.isprintable() else "?" for one in text)
