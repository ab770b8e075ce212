"""`jumpcf user offboard` that is broken off in the middle: what is told, what params say, and the way on."""

import signal
import subprocess
import sys

import pytest

from tests.functional.conftest import World
from tests.functional.nights import words
from tests.functional.test_faults import fault

OFFBOARD = ("user", "offboard", "acme", "ken.mori", "--yes")


def left(world: World) -> bool:
    text = (world.folder / "params/partners/acme.yaml").read_text(encoding="utf-8")
    return "{name: ken.mori, day: " in text and "name: ken.mori, email" not in text


def taken_by_the_same_command(world: World) -> None:
    """Nothing that was broken off keeps him under users, where a deploy would give him a new password."""
    assert world.deploy().code == 5  # nothing but his deletion, which somebody must accept
    said = world.run(*OFFBOARD)
    assert (said.code, "has nothing any more" in said.out) == (0, True), said.out + said.err
    assert "acme.yaml has him under left already" in words(said.out)
    assert world.deploy("--accept-deletion").code == 0


def test_ctrl_c_says_what_stands_in_params_and_the_same_command_takes_the_rest(deployed: World) -> None:
    fault(deployed, "latency", "300ms", "--service", "iam")
    command = [sys.executable, "-m", "jumpcf", "-C", str(deployed.folder), *OFFBOARD]
    running = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(
            signal.SIGINT, signal.SIG_DFL
        ),  # a test in the background has it ignored
    )
    assert running.stderr is not None
    assert "taking" in running.stderr.readline()
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=60)
    assert (running.returncode, out) == (130, ""), err
    assert "G578 interrupted: some of what he has may be taken by now" in words(err)
    assert "hint: he stands under left in params/partners/acme.yaml; run the same command again" in words(err)
    assert left(deployed)
    assert deployed.run("local", "fault", "clear").code == 0
    taken_by_the_same_command(deployed)


def test_a_network_that_goes_away_leaves_him_under_left(
    deployed: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    fault(deployed, "disconnect", "--after", "8")
    said = deployed.run(*OFFBOARD)
    assert (said.code, said.out) == (4, ""), said
    assert "A505" in said.err
    assert (
        "some of what he has may be taken by now; he stands under left in params/partners/acme.yaml"
        in words(said.err)
    )
    assert left(deployed)
    assert deployed.run("local", "fault", "clear").code == 0
    taken_by_the_same_command(deployed)


def test_params_that_cannot_be_edited_are_told_as_well(
    deployed: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    file = deployed.folder / "params/partners/acme.yaml"
    fault(deployed, "disconnect", "--after", "8")
    file.write_text(file.read_text(encoding="utf-8") + "bad: [\n", encoding="utf-8")
    said = deployed.run(*OFFBOARD)
    assert said.code == 4
    assert "params do not say yet that he left (params/partners/acme.yaml:" in words(said.err)


def test_who_is_somebody_elses_stays_where_he_stands(deployed: World) -> None:
    file = deployed.folder / "params/partners/globex.yaml"
    text = file.read_text(encoding="utf-8").replace(
        "users:\n", "users:\n  - {name: ken.mori, email: k@globex.example}\n"
    )
    file.write_text(text, encoding="utf-8")
    said = deployed.run("user", "offboard", "globex", "ken.mori", "--yes")
    assert (said.code, "A531" in said.err) == (4, True)
    assert file.read_text(encoding="utf-8") == text
