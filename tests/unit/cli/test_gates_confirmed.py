"""A question that wants a yes: who is shown what before, and what happens where nobody says it."""

import pytest

from jumpcf.cli.console import Console
from jumpcf.cli.gates import confirmed
from jumpcf.errors import GateRefused, Interrupted
from tests.conftest import standard_input
from tests.unit.cli.asked import AtTheTerminal


@pytest.mark.parametrize("keys", ["y\n", "yes\n"])
def test_whoever_says_yes_was_shown_to_what(capsys: pytest.CaptureFixture[str], keys: str) -> None:
    with standard_input(keys):
        confirmed(AtTheTerminal(quiet=True), "- acme/ken", "Withdraw these?", yes=False)
    said = capsys.readouterr().err
    assert said.index("- acme/ken") < said.index("Withdraw these?")


def test_whoever_says_no_or_leaves_changes_nothing() -> None:
    with standard_input("\n"), pytest.raises(GateRefused, match="not confirmed; nothing was written") as no:
        confirmed(AtTheTerminal(), "", "?", yes=False)
    assert no.value.code == "G503"
    with standard_input(""), pytest.raises(Interrupted, match="nothing was written"):
        confirmed(AtTheTerminal(), "", "?", yes=False)


def test_without_a_terminal_it_wants_the_flag(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(GateRefused, match="nobody is there to ask; nothing was written") as refused:
        confirmed(Console(), "", "?", yes=False)
    assert (refused.value.code, refused.value.hint) == ("G503", "add --yes")
    capsys.readouterr()
    confirmed(Console(), "- acme/ken", "?", yes=True)
    assert capsys.readouterr().err == "- acme/ken\n"
    confirmed(Console(output="json"), "- acme/ken", "?", yes=True)
    assert capsys.readouterr().err == ""
