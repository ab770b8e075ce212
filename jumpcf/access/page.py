"""The matrix as one self-contained page: no script, nothing loaded, every name escaped."""

from collections.abc import Sequence
from html import escape

from jumpcf.access.matrix import Matrix

_STYLE = (
    "body{font:14px/1.4 system-ui,sans-serif;margin:2rem}table{border-collapse:collapse}"
    "th,td{border:1px solid #ccc;padding:.25rem .5rem;text-align:left;vertical-align:top}"
    "thead th{position:sticky;top:0;background:#eee}code{font-size:12px}"
)
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def page(matrix: Matrix, header: Sequence[str], rows: Sequence[Sequence[str]], summary: str) -> str:
    """The whole page: this table, what leads nowhere, the summary.  The same words give the same bytes."""
    title = escape(f"Access: {matrix.estate} at {matrix.at}")
    head = "".join(f'<th scope="col">{escape(one)}</th>' for one in header)
    body = "\n".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return "\n".join(
        [
            '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width">',
            f'<meta http-equiv="Content-Security-Policy" content="{escape(_POLICY)}">',
            f"<title>{title}</title><style>{_STYLE}</style></head><body>",
            f"<h1>{title}</h1>",
            f"<p>{escape(summary)}</p>",
            f"<table><thead><tr>{head}</tr></thead><tbody>",
            body,
            "</tbody></table>",
            *_list(
                "Dead grants", [f"{one.role} ({one.partner}, {_cited(one.places)})" for one in matrix.dead]
            ),
            *_list(
                "Orphan roles",
                [f"{one.role} in {', '.join(one.accounts)} ({_cited(one.places)})" for one in matrix.orphans],
            ),
            "</body></html>",
            "",
        ]
    )


def _list(title: str, lines: list[str]) -> list[str]:
    if not lines:
        return []
    return [f"<h2>{title}</h2><ul>", *(f"<li><code>{escape(one)}</code></li>" for one in lines), "</ul>"]


def _cited(places: tuple[str, ...]) -> str:
    return ", ".join(places) or "no source"
