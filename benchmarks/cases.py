"""What is measured, as one function per table of docs/benchmarks.md."""

import math
import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks import bare_click, estates, limit, local_work, mirror, portal_page
from benchmarks.measure import Case, Measured, interleaved, middle, once, run, told

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
JUMPCF = BIN / "jumpcf"
DELAY = 0.08  # seconds that AWS takes for a call


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a table: what, two measured things, and how their ratio was wanted (None: not)."""

    what: str
    ours: Measured
    theirs: Measured | None
    wanted: float | None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """A place for estates, and how often each process is run."""

    folder: Path
    runs: int

    def estate(self, partners: int) -> Path:
        """The reference estate of that size with our own stacks/; made once."""
        folder = self.folder / f"estate-{partners}"
        if not folder.exists():
            estates.write(folder, partners)
            shutil.copytree(ROOT / "stacks", folder / "stacks", ignore=shutil.ignore_patterns("__pycache__"))
        return folder


def help_(bench: Bench) -> Iterator[Row]:
    """`jumpcf --help` against a click program with two commands."""
    cases = [
        Case(name="ours", command=[JUMPCF, "--help"]),
        Case(name="theirs", command=[sys.executable, bare_click.__file__, "--help"]),
    ]
    measured = interleaved(cases, bench.runs * 3)
    yield Row(
        what="jumpcf --help / a bare click program",
        ours=measured["ours"],
        theirs=measured["theirs"],
        wanted=1.3,
    )


def build(bench: Bench, sizes: Sequence[int]) -> Iterator[Row]:
    """`jumpcf build --no-lint` of an estate never built before against the limit process."""
    _mirror(bench)
    for partners in sizes:
        folder = bench.estate(partners)
        out = folder / "limit"
        cases = [
            Case(
                name="ours",
                command=[JUMPCF, "-C", folder, "build", "--no-lint"],
                before=partial(_forget, folder / "build", folder / ".jumpcf"),
            ),
            Case(
                name="theirs",
                command=[sys.executable, limit.__file__, folder, out, bench.folder / "mirror"],
                before=partial(_forget, out),
            ),
        ]
        measured = interleaved(cases, bench.runs)
        yield Row(
            what=f"build --no-lint / limit, {partners} partners",
            ours=measured["ours"],
            theirs=measured["theirs"],
            wanted=3,
            note=_sizes(folder / "build/templates", out / "templates"),
        )


def warm(bench: Bench, sizes: Sequence[int]) -> Iterator[Row]:
    """`jumpcf build --no-lint` where nothing changed since the last one."""
    for partners in sizes:
        folder = bench.estate(partners)
        measured = interleaved(
            [Case(name="ours", command=[JUMPCF, "-C", folder, "build", "--no-lint"])], bench.runs
        )
        yield Row(
            what=f"build --no-lint, nothing changed, {partners} partners",
            ours=measured["ours"],
            theirs=None,
            wanted=2 if partners == 200 else None,
        )


def lint(bench: Bench, sizes: Sequence[int]) -> Iterator[Row]:
    """`jumpcf build` of compiled templates that were never linted against `cfn-lint` on the same files."""
    for partners in sizes:
        folder = bench.estate(partners)
        ours: list[str | Path] = [JUMPCF, "-C", folder, "build"]
        pattern = f"{folder}/build/templates/**/*.json"
        once(Case(name="compiled", command=[*ours, "--no-lint"]))
        cases = [
            Case(
                name="ours",
                command=ours,
                before=partial(_forget, folder / ".jumpcf/lint.json"),
            ),
            Case(
                name="theirs",
                command=[BIN / "cfn-lint", "--regions", "ap-northeast-1", "--", pattern],
            ),
        ]
        measured = interleaved(cases, max(1, bench.runs // 2) if partners > 10 else bench.runs)
        yield Row(
            what=f"full lint / cfn-lint *.json, {partners} partners",
            ours=measured["ours"],
            theirs=measured["theirs"],
            wanted=0.3,
            note=f"{sum(1 for _ in folder.glob('build/templates/*/*.json'))} templates",
        )
        again = interleaved([Case(name="ours", command=ours)], bench.runs)["ours"]
        yield Row(
            what=f"build with lint, nothing changed, {partners} partners",
            ours=again,
            theirs=None,
            wanted=None,
        )


def portal(bench: Bench) -> Iterator[Row]:
    """The page of a partner with 200 accounts of five levels."""
    for what, said, wanted in (
        ("make", "the page made", 1.0),
        ("open", "opened in Chromium, until it can be searched", 1.0),
        ("key", "the slowest key of a search, with the layout", 0.1),
    ):
        case = Case(name=what, command=[sys.executable, portal_page.__file__, what])
        yield Row(
            what=f"portal page, 200 accounts of 5 levels: {said}",
            ours=told(case, bench.runs),
            theirs=None,
            wanted=wanted,
        )


def local(bench: Bench) -> Iterator[Row]:
    """The embedded AWS: its start against moto's own server, and two pieces of its work."""
    folder, python = bench.estate(10), sys.executable
    work = local_work.__file__
    cases = [
        Case(name="ours", command=[python, work, "first", folder]),
        Case(name="theirs", command=[python, work, "moto"]),
    ]
    measured = interleaved(cases, bench.runs, min)
    yield Row(
        what="embedded AWS, start to first answer / moto's server",
        ours=measured["ours"],
        theirs=measured["theirs"],
        wanted=None,
        note=f"wanted ≤ 1.5 s; {measured['ours'].processor:.2f} s of processor time",
    )
    for what, wanted, note in (("seed", 5, "3 organizations, 60 accounts each"), ("roles", 1, "60 accounts")):
        yield Row(
            what="embedded AWS, seeded" if what == "seed" else "embedded AWS, a StackSet of 5 roles",
            ours=told(Case(name=what, command=[python, work, what, folder]), bench.runs),
            theirs=None,
            wanted=wanted,
            note=note,
        )


def plan(bench: Bench) -> Iterator[Row]:
    """`jumpcf plan` of 3 organizations, each of 50 StackSets, each of 200 accounts; AWS takes 80 ms for each call."""
    folder = bench.folder / "estate-wide"
    if not folder.exists():
        estates.write(folder, 50, wide=True)
        shutil.copytree(ROOT / "stacks", folder / "stacks", ignore=shutil.ignore_patterns("__pycache__"))
    once(Case(name="compiled and linted", command=[JUMPCF, "-C", folder, "build"]))
    accounts = estates.UNITS * estates.WIDE + 1
    rounds = 3 + math.ceil(
        accounts / 20
    )  # who, which organization, which root; then ListAccounts page by page
    floor = rounds * DELAY
    for what, options, wanted in (("nothing changed", (), 4), ("every StackSet changed", ("older",), None)):
        command = [sys.executable, "-m", "benchmarks.slow_aws", folder, str(DELAY), *options, "--"]
        case = Case(name="plan", command=[*command, JUMPCF, "-C", folder, "-q", "plan"])
        output = [run(case)[1].split() for _ in range(bench.runs)]
        samples = [Measured(*map(float, words[:3])) for words in output]
        ours = middle(samples)
        calls, most = output[-1][3:]
        yield Row(
            what=f"plan, 3 organizations of 50 StackSets of 200 accounts, 80 ms a call, {what}",
            ours=ours,
            theirs=None,
            wanted=wanted,
            note=f"{calls} calls, at most {most} at once; {ours.processor:.1f} s of processor time; "
            f"**{ours.seconds / floor:.1f}** times the floor, {rounds} rounds of calls that wait for each other "
            f"({floor:.2f} s)",
        )


def _mirror(bench: Bench) -> None:
    """Compile the smallest estate and write the limit's templates from it."""
    folder = bench.estate(10)
    once(Case(name="sample", command=[JUMPCF, "-C", folder, "build", "--no-lint"]))
    mirror.write(folder / "build", bench.folder / "mirror")


def _forget(*paths: Path) -> None:
    for path in paths:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def _sizes(ours: Path, theirs: Path) -> str:
    def total(folder: Path) -> tuple[int, int]:
        files = list(folder.glob("*/*.json"))
        return len(files), sum(file.stat().st_size for file in files)

    (count, size), (their_count, their_size) = total(ours), total(theirs)
    return f"{count} templates, {size:,} bytes; limit {their_count}, {their_size:,}"
