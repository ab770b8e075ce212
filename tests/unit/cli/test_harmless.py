"""What others wrote does nothing on a terminal, in a log or to a runner."""

import io
import json

import click.testing
import pytest
import rich.console

from jumpcf.cli.console import Console
from jumpcf.cli.live import Table
from jumpcf.errors import AwsRefused

HOSTILE = "refused \x1b]0;mine\x07\x1b[2J\x9b31m\r\u202etxt\u2066 by 日本 \u200bhook"
DOES = "\x1b\x07\x9b\r\u202e\u2066"


def test_a_refusal_a_result_and_a_question_are_nothing_but_text(
    capsys: pytest.CaptureFixture[str],
) -> None:
    console = Console()
    console.refusal(AwsRefused("A530", HOSTILE, HOSTILE, where=HOSTILE))
    console.say(HOSTILE)
    console.result(HOSTILE)
    said = capsys.readouterr()
    with click.testing.CliRunner().isolation(
        input="yes\ny\n"
    ) as streams:  # as many as the version of click has
        assert console.typed(HOSTILE) == "yes"
        assert console.confirm(HOSTILE)
        asked = b"".join(one.getvalue() for one in streams if one is not None).decode()
    for text in (said.out, said.err, asked):
        assert not set(text) & set(DOES)
        assert "日本" in text


def test_json_says_the_same_by_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    Console(output="json").result(json.dumps({"why": HOSTILE, "lines": "a\nb\tc"}, ensure_ascii=False))
    said = capsys.readouterr().out
    assert not set(said) & set(DOES)
    assert json.loads(said) == {"why": HOSTILE, "lines": "a\nb\tc"}


def test_a_live_table_prints_no_escape_sequence_of_others() -> None:
    out = io.StringIO()
    Table(rich.console.Console(file=out, width=200)).notice(HOSTILE)
    assert not set(out.getvalue()) & set(DOES)


@pytest.mark.parametrize("order", ["::stop-commands::x", "::error::y", "##[group]z"])
def test_nobody_orders_a_runner_of_github_about(
    order: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    console = Console()
    console.say(f"failed:\n   {order}")
    console.result("\n".join(["::group::ours", f" {order}", "::endgroup::"]))
    said = capsys.readouterr()
    lines = [line.strip() for line in (said.out + said.err).splitlines()]
    assert [line for line in lines if line.startswith(("::", "##["))] == ["::group::ours", "::endgroup::"]


def test_bytes_are_json_whichever_option_asked_for_it(capsys: pytest.CaptureFixture[str]) -> None:
    Console().result(json.dumps({"why": HOSTILE}, ensure_ascii=False).encode())
    said = capsys.readouterr().out
    assert not set(said) & set(DOES)
    assert json.loads(said) == {"why": HOSTILE}
