"""`jumpcf init` as a person meets it: asked at a terminal, or with options alone."""

import json
import shlex
from pathlib import Path

import pytest

from jumpcf.cli.main import main
from jumpcf.estate.load import load
from tests.functional.test_terminal import Terminal


def test_without_a_terminal_init_asks_nothing_and_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["-C", str(tmp_path), "init", "new"]) == 5
    assert "G590 init would ask" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_with_yes_it_takes_options_and_placeholders(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--network", "192.0.2.0/25", "--network", "2001:db8:20::/48", "--ou", "/Sandbox/Partners"]
    assert main(["-C", str(tmp_path), "-o", "json", "init", "Partner access", "--yes", *words]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["estate"], said["folder"]) == ("partner-access", "Partner access")
    estate = load(tmp_path / "Partner access")
    assert estate.partners["acme"].networks == ("192.0.2.0/25", "2001:db8:20::/48")
    assert main(["-C", str(tmp_path), "init", "Partner access", "--yes", "--jump-account", "1"]) == 1
    told = capsys.readouterr().err
    assert "E620 the folder holds .github, .gitignore, .pre-commit-config.yaml and 5 more" in told
    assert "--jump-account: E621 '1' is not an account id" in told


def test_a_contract_that_has_ended_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["-q", "-C", str(tmp_path), "init", "new", "--yes", "--until", "2020-03-31"]) == 0
    assert "The contract's last day, 2020-03-31, has passed" in capsys.readouterr().err
    assert main(["-q", "-C", str(tmp_path), "init", "newer", "--yes", "--until", "2199-03-31"]) == 0
    assert "has passed" not in capsys.readouterr().err


def test_at_a_terminal_it_asks_again_until_an_answer_has_the_right_shape(tmp_path: Path) -> None:
    options = [
        "--region",
        "eu-central-1",
        "--title",
        "Globex",
        "--email",
        "ana@globex.example",
        "--ou",
        "/Apps",
    ]
    screen = Terminal(tmp_path, "init", "new", *options)
    screen.wait_for("The estate's name [new]:")
    screen.type("")
    screen.wait_for("The jump account's id [111111111111]:")
    screen.type("12")
    screen.wait_for("'12' is not an account id: twelve digits\r")
    screen.type("012345678901")
    for question, answer in (
        ("time zone", "Europe/Berlin"),
        ("first partner's name", "globex"),
        ("partner's e-mail address [cloud-desk@globex.example]", ""),
        ("last day", "2090-12-31"),
        ("public networks", "192.0.2.0/25, 198.51.100.0/24"),
        ("first user's name", "ana"),
        ("local name [corp]", ""),
        ("AWS Organization id", "o-corp000000"),
        ("admin account", "222222222222"),
        ("Another organization? [y/N]", "y"),
        ("local name:", "lab"),
        ("AWS Organization id:", "o-lab0000000"),
        ("delegated for StackSets:", "333333333333"),
        ("Another organization? [y/N]", ""),
    ):
        screen.seen = ""
        screen.wait_for(question)
        screen.type(answer)
    assert screen.close() == 0
    estate = load(tmp_path / "new")
    assert (estate.name, estate.jump.account, estate.jump.region) == ("new", "012345678901", "eu-central-1")
    assert list(estate.organizations) == ["corp", "lab"]
    assert estate.partners["globex"].networks == ("192.0.2.0/25", "198.51.100.0/24")
    assert [user.name for user in estate.partners["globex"].users] == ["ana"]


def test_what_was_typed_is_not_lost_where_the_answers_are_refused_together(tmp_path: Path) -> None:
    options = [
        "--estate",
        "new",
        "--region",
        "eu-central-1",
        "--title",
        "Globex",
        "--timezone",
        "Mars/Olympus",
    ]
    options += ["--org", "corp:o-corp000000:222222222222", "--until", "2090-12-31", "--user", "ana"]
    screen = Terminal(tmp_path, "init", "new", *options)
    for question, answer in (
        ("jump account's id", ""),
        ("first partner's name", "globex"),
        ("partner's e-mail address", ""),
        ("public networks", "192.0.2.0/25, 198.51.100.0/24"),
        ("user's e-mail address", ""),
        ("partner may read", "/My Apps"),
    ):
        screen.wait_for(question)
        screen.type(answer)
        screen.seen = ""
    screen.wait_for("E233 defaults.timezone: 'Mars/Olympus'")
    (line,) = [one.strip() for one in screen.seen.splitlines() if one.strip().startswith("jumpcf init")]
    assert screen.close() == 1
    words = shlex.split(line.replace("Mars/Olympus", "Asia/Tokyo"))
    assert main(["-C", str(tmp_path), *words[1:], "--yes"]) == 0
    estate = load(tmp_path / "new")
    assert estate.partners["globex"].networks == ("192.0.2.0/25", "198.51.100.0/24")
