"""`jumpcf partner freeze` and `thaw` on the embedded AWS under enforcement: what people are refused, and when.

Nothing here looks at a policy but at what calls answer; one estate is walked from a working session to a closed
door and back.
"""

import contextlib
import io
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from jumpcf.artifacts.instants import instant
from jumpcf.cli.main import main
from jumpcf.estate.load import load
from jumpcf.local.session import LocalAws
from jumpcf.pipeline import building
from jumpcf.pipeline.connecting import connect
from jumpcf.pipeline.folders import Folders
from jumpcf.pipeline.locking import locked
from tests.functional.conftest import Said, calls, environment
from tests.local.people import Clock, Person, enrol, with_key
from tests.local.support import denies

JUMP, PROD = "111111111111", "443000000001"
OFFICE = "203.0.113.7"
READER = f"arn:aws:iam::{PROD}:role/jump/acme-prod-Read"
FREEZE = f"arn:aws:iam::{JUMP}:policy/jump/jump-freeze"


@dataclass
class Night:
    """The estate, and Yamada and Sato, each with a device in the pocket."""

    folder: Path
    aws: LocalAws
    clock: Clock
    taro: Person
    hanako: Person
    devices: dict[str, Any]

    @property
    def file(self) -> Path:
        return self.folder / "params/partners/acme.yaml"

    def run(self, *arguments: str) -> Said:
        out, err = io.StringIO(), io.StringIO()
        with (
            environment(self.aws.environment()),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            code = main(["-C", str(self.folder), *arguments])
        return Said(code, out.getvalue(), err.getvalue())

    def session(self, person: Person) -> Person:
        return person.assume(READER, **self.devices[person.name].shown())

    def shut_out(self, person: Person) -> bool:
        """Whether a new session is refused."""
        return denies(person.assume, READER, **self.devices[person.name].shown())

    @staticmethod
    def denied(session: Person) -> bool:
        return denies(session.client("iam").list_roles)

    def attached(self, **whom: str) -> set[str]:
        iam = self.aws.client("iam", JUMP)
        call = iam.list_attached_group_policies if "GroupName" in whom else iam.list_attached_user_policies
        return {one["PolicyArn"] for one in call(**whom)["AttachedPolicies"]}


@pytest.fixture(scope="module")
def night(lasting_estate: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    # Codes of MFA devices move this clock on; it must stay behind the one by which a freeze is stamped.
    folder, clock = tmp_path_factory.mktemp("night") / "estate", Clock(float(int(time.time()) - 3600))
    shutil.copytree(lasting_estate, folder)
    with LocalAws(folder, load(folder), speed=0, clock=clock, enforce=True) as aws:
        persons, devices = [], {}
        for name in ("taro.yamada", "hanako.sato"):
            person = with_key(aws, name, address=OFFICE)
            devices[name] = enrol(person, clock, name=name)
            persons.append(person)
        yield Night(folder, aws, clock, *persons, devices)


def test_a_partner_is_frozen_with_broken_params_then_with_whole_ones_survives_a_deploy_and_is_thawed(
    night: Night,
) -> None:
    before, session = night.file.read_bytes(), night.session(night.taro)
    assert not night.denied(session)

    stray = night.folder / "params/levels/Broken.yaml"
    stray.write_text("level: [\n")
    said = night.run("partner", "freeze", "acme", "--reason", "INC-42")
    assert said.code == 3, said.err
    assert "every call of the 6 users of acme" in said.out
    assert "params/levels/Broken.yaml" in said.out
    assert "until " in said.out
    assert night.shut_out(night.taro)
    assert night.shut_out(night.hanako)
    assert not night.denied(session)  # what was said to be open still

    stray.unlink()
    first = night.file.read_bytes()
    said = night.run("-o", "json", "partner", "freeze", "acme", "--reason", "INC-42")
    assert said.code == 0, said.out + said.err
    assert {one["place"] for one in said.json["closed"]} == {"jump", "corp", "subsidiary", "lab"}
    assert said.json["open"] == []
    rows = night.run("-o", "json", "status").json["accounts"]
    fenced = {
        one["account"]
        for one in rows
        if one["organization"] == "lab"
        and one["stack_set"] == "jump-acme-trial"
        and one["state"] == "current"
    }
    (told,) = (one["what"] for one in said.json["closed"] if one["place"] == "lab")
    assert told.endswith(f" in {len(fenced)} account{'s' * (len(fenced) > 1)}")
    assert night.file.read_bytes() == first  # the first instant stays, for the door was closed all the time
    assert night.denied(session)

    planned = night.run("plan", "--detailed-exitcode")
    assert planned.code == 0, planned.out
    with calls() as log:
        assert night.run("deploy", "--yes").code == 0
    assert log.writes == []
    assert night.run("repair", "--yes").code == 0
    assert night.denied(session)
    assert night.shut_out(night.taro)
    assert night.attached(GroupName="acme-members") >= {FREEZE}

    said = night.run("partner", "thaw", "acme", "--user", "taro.yamada")
    assert (said.code, "not frozen alone, and acme is: jumpcf partner thaw acme" in said.err) == (0, True)
    refused_ = night.run("partner", "thaw", "acme", "--yes")
    assert (refused_.code, "G521" in refused_.err) == (5, True)
    assert "params/partners/acme.yaml says frozen as before." in refused_.err
    assert night.file.read_bytes() == first
    assert night.shut_out(night.taro)
    said = night.run("partner", "thaw", "acme", "--yes", "--accept-broadening")
    assert said.code == 0, said.out + said.err
    assert "Sessions from before the freeze work again" in said.err
    assert night.file.read_bytes() == before
    assert night.attached(GroupName="acme-members") & {FREEZE} == set()
    assert not night.denied(night.session(night.taro))
    assert night.run("plan", "--detailed-exitcode").code == 0
    assert night.run("partner", "thaw", "acme").code == 0


def test_an_organization_that_cannot_be_reached_leaves_the_other_doors_closed(night: Night) -> None:
    before = night.file.read_bytes()
    lab = night.folder / "params/organizations/lab.yaml"
    reachable = lab.read_text()
    lab.write_text(reachable.replace("profile: ", "profile: nowhere-"))
    assert lab.read_text() != reachable
    session = night.session(night.taro)
    said = night.run("-o", "json", "partner", "freeze", "acme", "--reason", "INC-43")
    assert said.code == 3, said.out + said.err
    (open_,) = said.json["open"]
    assert (open_["place"], open_["what"]) == ("lab", "sessions that exist already")
    lasts = instant(open_["until"]) - instant(said.json["at"])
    assert 4 * 3600 - 60 <= lasts.total_seconds() <= 4 * 3600 + 600
    assert "A501" in open_["why"]
    assert {one["place"] for one in said.json["closed"]} == {"jump", "corp", "subsidiary"}
    assert night.denied(session)
    lab.write_text(reachable)
    assert night.run("partner", "freeze", "acme", "--reason", "INC-43").code == 0
    lab.write_text(reachable.replace("profile: ", "profile: nowhere-"))
    said = night.run("-o", "json", "partner", "thaw", "acme", "--yes", "--accept-broadening")
    assert (said.code, [one["place"] for one in said.json["open"]]) == (3, ["lab"])
    assert not night.denied(night.session(night.taro))
    lab.write_text(reachable)
    assert night.run("deploy", "--yes", "--accept-broadening").code == 0
    assert night.file.read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("acmee",), 252, "did you mean acme?"),
        (("acme", "--user", "taro.yamanda"), 252, "did you mean taro.yamada?"),
        (("hinode", "--user", "taro.yamada"), 4, "A573"),
    ],
)
def test_who_is_not_there_is_told_and_nothing_is_changed(
    night: Night, arguments: tuple[str, ...], code: int, told: str
) -> None:
    before = {path: path.read_bytes() for path in night.file.parent.iterdir()}
    with calls() as log:
        said = night.run("partner", "freeze", *arguments, "--reason", "INC-44")
    assert (said.code, told in said.err) == (code, True), said.err
    assert log.writes == []
    assert {path: path.read_bytes() for path in night.file.parent.iterdir()} == before


def test_an_empty_name_is_not_the_whole_partner(night: Night) -> None:
    before = night.file.read_bytes()
    for verb, *more in (("freeze", "--reason", "INC-8"), ("thaw", "--yes", "--accept-broadening")):
        said = night.run("partner", verb, "acme", "--user", "", *more)
        assert (said.code, said.out) == (252, "")
        assert "without --user it is the whole partner" in said.err
    assert night.file.read_bytes() == before
    assert night.attached(GroupName="acme-members") & {FREEZE} == set()


def test_without_credentials_nothing_is_called_frozen_and_a_typing_error_is_seen(night: Night) -> None:
    estate = night.folder / "params/estate.yaml"
    right, before = estate.read_text(), night.file.read_bytes()
    estate.write_text(right.replace("profile: ", "profile: nowhere-"))
    assert estate.read_text() != right
    for arguments, meant in ((("acmee",), "acme"), (("acme", "--user", "taro.yamanda"), "taro.yamada")):
        said = night.run("partner", "freeze", *arguments, "--reason", "INC-46")
        assert (said.code, said.out) == (4, "")
        assert f"did you mean {meant}?" in said.err
        assert "A501" in said.err
        assert night.file.read_bytes() == before
    said = night.run("partner", "freeze", "acme", "--reason", "INC-46")
    assert said.code == 4
    assert said.out.startswith("acme is NOT frozen: nothing is closed (INC-46).")
    night.file.write_bytes(before)
    (night.folder / "params/levels/Broken.yaml").write_text("level: [\n")
    said = night.run("partner", "freeze", "acmee", "--reason", "INC-46")
    assert (said.code, "did you mean acme?" in said.err) == (4, True), said.err
    (night.folder / "params/levels/Broken.yaml").unlink()
    estate.write_text(right)
    said = night.run("-o", "json", "partner", "thaw", "acme")
    assert (said.code, said.json["frozen"], said.json["closed"]) == (0, False, [])


def test_a_door_that_the_network_kept_open_is_closed_once_more_and_the_fences_with_it(
    night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = night.file.read_bytes()
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    assert night.run("local", "fault", "disconnect", "--after", "3", "--times", "1").code == 0
    said = night.run("-o", "json", "partner", "freeze", "acme", "--reason", "INC-47")
    assert (said.code, said.json["open"]) == (0, []), said.err
    assert "acme: the door in the jump account could not be closed; going on with the rest" in said.err
    assert "acme, once more: closed in the jump account since " in said.err
    assert {one["place"] for one in said.json["closed"]} == {"jump", "corp", "subsidiary", "lab"}
    assert said.json["at"].encode() in night.file.read_bytes()
    assert night.shut_out(night.taro)
    assert night.run("plan", "--detailed-exitcode").code == 0  # the fences have the later instant
    assert night.run("partner", "thaw", "acme", "--yes", "--accept-broadening").code == 0
    assert night.file.read_bytes() == before


def test_a_lock_that_somebody_holds_does_not_keep_the_door_open(night: Night) -> None:
    before = night.file.read_bytes()
    folders = Folders(root=night.folder, build=night.folder / "build")
    manifest = building.build(folders, lint=False).manifest
    session = night.session(night.taro)
    with environment(night.aws.environment()), locked(folders, connect(manifest), manifest, verb="deploy"):
        said = night.run("partner", "freeze", "acme", "--reason", "INC-45")
        assert (said.code, "[G530]" in said.out) == (3, True), said.out
        assert night.shut_out(night.taro)
        assert not night.denied(session)
        assert night.run("partner", "thaw", "acme", "--yes", "--accept-broadening").code == 5
        assert night.shut_out(night.taro)
    assert b"INC-45" in night.file.read_bytes()
    assert night.run("partner", "thaw", "acme", "--yes", "--accept-broadening").code == 0
    assert night.file.read_bytes() == before
    assert not night.denied(session)


def test_what_else_params_would_give_is_not_rolled_out_unasked(night: Night) -> None:
    before = night.file.read_bytes()
    session = night.session(night.taro)
    night.file.write_bytes(before.replace(b"until: 2098-03-31", b"until: 2099-03-31"))
    said = night.run("partner", "freeze", "acme", "--reason", "INC-46")
    assert (said.code, "[G521]" in said.out) == (3, True), said.out
    assert night.shut_out(night.taro)
    assert not night.denied(session)
    night.file.write_bytes(night.file.read_bytes().replace(b"until: 2099-03-31", b"until: 2098-03-31"))
    assert night.run("partner", "freeze", "acme", "--reason", "INC-46").code == 0
    assert night.denied(session)
    assert night.run("partner", "thaw", "acme", "--yes", "--accept-broadening").code == 0
    assert night.file.read_bytes() == before


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501, "a\x1b[31mred"])
def test_a_reason_that_params_would_not_take_is_refused_first(night: Night, reason: str) -> None:
    with calls() as log:
        assert night.run("partner", "freeze", "acme", "--reason", reason).code == 252
    assert log.names == []
