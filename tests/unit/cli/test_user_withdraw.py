"""`user withdraw`: who is asked, and what became of each as text."""

import pytest

from jumpcf.artifacts.withdrawn import Withdrawal, Withdrawn
from jumpcf.cli import withdraw_view
from jumpcf.cli.console import Console
from jumpcf.cli.user import agreed
from jumpcf.errors import GateRefused, Interrupted
from tests.conftest import standard_input
from tests.unit.cli.test_user_offboard import AtTheTerminal


@pytest.mark.parametrize("keys", ["y\n", "yes\n"])
def test_whoever_says_yes_has_read_whose(capsys: pytest.CaptureFixture[str], keys: str) -> None:
    with standard_input(keys):
        agreed(AtTheTerminal(quiet=True), "- acme/ken", yes=False)
    assert "- acme/ken" in capsys.readouterr().err


def test_whoever_says_no_or_leaves_changes_nothing() -> None:
    with standard_input("\n"), pytest.raises(GateRefused, match="not confirmed; nothing was written") as no:
        agreed(AtTheTerminal(), "?", yes=False)
    assert no.value.code == "G503"
    with standard_input(""), pytest.raises(Interrupted, match="nothing was written"):
        agreed(AtTheTerminal(), "?", yes=False)


def test_without_a_terminal_it_wants_the_flag() -> None:
    with pytest.raises(GateRefused, match="nobody is there to ask") as refused:
        agreed(Console(), "?", yes=False)
    assert refused.value.hint == "add --yes"
    agreed(Console(), "?", yes=True)


def withdrawal(user: str, state: str, told: str) -> Withdrawal:
    return Withdrawal(partner="acme", user=user, reason="nobody has used it", state=state, told=told)  # type: ignore[arg-type]


def test_what_became_of_each_stands_in_a_line() -> None:
    done = withdrawal("ken", "succeeded", "the unused password of ken is withdrawn")
    failed = withdrawal("taro.yamada", "failed", "access is denied [A504]")
    made = Withdrawn(estate="example", days=14, people=(done, failed))
    assert withdraw_view.text(made).splitlines() == [
        "done    acme/ken          the unused password of ken is withdrawn",
        "FAILED  acme/taro.yamada  access is denied [A504]",
    ]
    assert not made.whole
    assert "unused for 1 day or longer" in withdraw_view.text(Withdrawn(estate="example", days=1, people=()))
