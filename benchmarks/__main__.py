"""`python -m benchmarks`: print the tables; `--write` puts them into docs/benchmarks.md."""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from benchmarks import cases, report
from benchmarks.cases import Bench, Row

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
SIZES = (10, 50, 200, 450)
COMPILING = "help,build,warm,lint"
ALONE = ("local", "plan", "portal")  # each has a table of its own


def arguments(line: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", default=COMPILING, help=f"{COMPILING}; or local, plan or portal, alone")
    parser.add_argument("--partners", type=int, nargs="+", default=SIZES, help="sizes to build")
    parser.add_argument(
        "--lint-partners", type=int, nargs="+", default=[10], help="sizes to lint; 50 takes minutes"
    )
    parser.add_argument("--runs", type=int, default=5, help="measured runs of each process")
    parser.add_argument("--folder", type=Path, help="keep the estates here instead of a temporary folder")
    parser.add_argument("--write", action="store_true", help=f"write the tables into docs/{PAGE.name}")
    return parser.parse_args(line)


def rows(chosen: argparse.Namespace, bench: Bench) -> Iterator[Row]:
    tables: dict[str, Callable[[], Iterator[Row]]] = {
        "help": lambda: cases.help_(bench),
        "build": lambda: cases.build(bench, chosen.partners),
        "warm": lambda: cases.warm(bench, chosen.partners),
        "lint": lambda: cases.lint(bench, chosen.lint_partners),
        "local": lambda: cases.local(bench),
        "plan": lambda: cases.plan(bench),
        "portal": lambda: cases.portal(bench),
    }
    for name in chosen.only.split(","):
        for row in tables[name]():
            print(row.what, "...", file=sys.stderr, flush=True)
            yield row


def _repeatable(chosen: argparse.Namespace) -> str:
    """The options that make the same table on another machine."""
    if chosen.only in ALONE:
        return f" --only {chosen.only} --runs {chosen.runs}"
    words = [
        f"--only {chosen.only}",
        f"--partners {' '.join(map(str, chosen.partners))}",
        f"--lint-partners {' '.join(map(str, chosen.lint_partners))}",
        f"--runs {chosen.runs}",
    ]
    return "".join(f" {word}" for word in words)


def main(line: Sequence[str]) -> None:
    chosen = arguments(line)
    load, _, _ = os.getloadavg()
    with tempfile.TemporaryDirectory(prefix="jumpcf-bench-") as temporary:
        folder = (chosen.folder or Path(temporary)).resolve()
        text = report.table(rows(chosen, Bench(folder=folder, runs=chosen.runs)))
    text += f"\nMade by `python -m benchmarks{_repeatable(chosen)}` with "
    text += report.machine(len(os.sched_getaffinity(0)), load) + "\n"
    print(text)
    if chosen.write:
        report.write(PAGE, text, chosen.only if chosen.only in ALONE else "bench")


if __name__ == "__main__":
    main(sys.argv[1:])
