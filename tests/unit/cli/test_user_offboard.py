"""`user offboard`: who types another name, or nothing, changes nothing."""

import pytest

from jumpcf.cli.console import Console
from jumpcf.cli.main import main
from jumpcf.cli.user import typed
from jumpcf.errors import GateRefused, Interrupted
from tests.conftest import standard_input
from tests.unit.cli.asked import AtTheTerminal


def ask(keys: str) -> None:
    """Ask for the name; the keys are pressed, and after them Ctrl-D."""
    with standard_input(keys):
        typed(AtTheTerminal(), "taro.yamada", "?")


def test_the_name_goes_on() -> None:
    ask("taro.yamada\n")


@pytest.mark.parametrize("answer", ["", "taro", "Taro.Yamada", "y", "taro.yamada "])
def test_another_name_does_not(answer: str) -> None:
    with pytest.raises(GateRefused, match="was not typed; nothing was written") as refused:
        ask(f"{answer}\n")
    assert refused.value.code == "G576"


def test_an_interruption_does_not() -> None:
    with pytest.raises(Interrupted, match="nothing was written"):
        ask("")


def test_without_a_terminal_nobody_is_asked() -> None:
    with pytest.raises(GateRefused, match="nobody is there") as refused:
        typed(Console(), "taro.yamada", "?")
    assert refused.value.hint == "add --yes"


@pytest.mark.parametrize("verb", ["offboard", "remove", "password"])
@pytest.mark.parametrize("names", [("acme", ""), ("", "taro.yamada"), ("acme", " ")])
def test_an_empty_name_is_wrong_usage(
    capsys: pytest.CaptureFixture[str], verb: str, names: tuple[str, str]
) -> None:
    assert main(["user", verb, *names]) == 252
    assert "the name is empty" in capsys.readouterr().err
