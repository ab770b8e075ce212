"""Every code that jumpcf can print is unique, used, and explained in docs/problems.md, which is made here."""

import re
from collections.abc import Callable
from pathlib import Path

from jumpcf import errors
from jumpcf.access import codes as access
from jumpcf.aws import codes as aws
from jumpcf.compiler import codes as compiler
from jumpcf.compiler.rules import run as rules
from jumpcf.estate import codes as estate
from jumpcf.local import codes as local
from jumpcf.planner import findings as doctor
from jumpcf.policy import codes as policy

ROOT = Path(__file__).parents[2]
ROOMS = {
    "Files of the estate (exit code 1)": estate.CODES,
    "Stacks and quotas (exit code 1)": compiler.CODES,
    "Rules on rendered templates (exit code 1)": rules.CODES,
    "Policies that the evaluator cannot judge (exit code 1)": policy.CODES,
    "Access (exit code 1; 252 for words of the command line)": access.CODES,
    "AWS and credentials (exit code 4)": aws.CODES,
    "The embedded AWS (exit code 4)": local.CODES,
    "Gates (exit code 5)": errors.GATES,
    "What doctor finds (exit code 1 on an error)": {
        code: kind.meaning for code, kind in doctor.KINDS.items()
    },
}


def page() -> str:
    lines = [
        "# Problems",
        "",
        "Every code that jumpcf prints; made from the code by `make golden`. Codes of cfn-lint (E1001, W3005, …) "
        "are explained in cfn-lint's own documentation.",
    ]
    for title, codes in ROOMS.items():
        lines += ["", f"## {title}", "", "| code | meaning |", "| --- | --- |"]
        lines += [f"| {code} | {sentence(meaning).rstrip('.')} |" for code, meaning in sorted(codes.items())]
    return "\n".join(lines) + "\n"


def sentence(meaning: str) -> str:
    """With a capital, unless a name stands first: `cfn-lint`, `params/estate.yaml`, `accept_escalation`."""
    word = meaning.partition(" ")[0]
    return meaning[0].upper() + meaning[1:] if word.isalpha() else meaning


def test_a_name_at_the_front_of_a_sentence_is_left_as_it_is() -> None:
    for meaning in ("cfn-lint broke.", "params/estate.yaml is missing.", "accept_escalation alone."):
        assert sentence(meaning) == meaning
    assert sentence("confirm it.") == "Confirm it."


def test_the_page_of_problems_is_current(golden: Callable[[Path, str], None]) -> None:
    golden(ROOT / "docs" / "problems.md", page())


def test_no_two_rooms_share_a_code() -> None:
    codes = [code for room in ROOMS.values() for code in room]
    assert len(codes) == len(set(codes))


def test_every_code_in_the_source_is_explained() -> None:
    known = {code for room in ROOMS.values() for code in room} | {"E000"}
    used = {
        code
        for path in (ROOT / "jumpcf").rglob("*.py")
        for code in re.findall(r'"([ADEGJP]\d{3,4})"', path.read_text(encoding="utf-8"))
    }
    assert used - known == set()
