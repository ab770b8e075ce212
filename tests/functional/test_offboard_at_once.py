"""`jumpcf user offboard`: everything taken at once from somebody who enrolled, and what he can do then."""

import re
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from jumpcf.estate.load import load
from jumpcf.local.session import LocalAws
from tests.functional.conftest import World, calls, environment
from tests.functional.test_freezing import denies
from tests.functional.test_gates import engage
from tests.functional.test_offboarding import ALL, NOTHING, PASSWORD, by_hand, held, iam_of, leave, users
from tests.functional.test_playing_the_partner import DECEMBER, OFFICE, PROD, role
from tests.functional.test_terminal import Terminal, copied, plain
from tests.local.people import Clock, Device, Person, enrol, with_key
from tests.local.support import refused

AT_ONCE = ("user", "offboard", "acme", "taro.yamada", "--yes")


@dataclass
class Night(World):
    """The example estate under enforcement, by a clock that stands still."""

    clock: Clock = field(default_factory=Clock)

    def taro(self) -> Person:
        return self.person("taro.yamada")

    def person(self, name: str) -> Person:
        """Somebody with a key that the operator gave him, in the office."""
        return with_key(self.aws, name, address=OFFICE)

    def enrol(self, taro: Person) -> Device:
        """He enrols his phone by himself; a passkey, a Git credential and what an administrator may add."""
        device = enrol(taro, self.clock, name=taro.name)
        own = {"Password": PASSWORD, "PasswordResetRequired": False}
        iam_of(self).update_login_profile(UserName=taro.name, **own)
        by_hand(self, taro.name)
        return device


@pytest.fixture
def night(deployed_estate: Path, tmp_path: Path, capsys: Any) -> Iterator[Night]:
    folder, clock = tmp_path / "estate", Clock(DECEMBER)
    shutil.copytree(deployed_estate, folder)
    with (
        LocalAws(folder, load(folder), speed=0, clock=clock, enforce=True) as aws,
        environment(aws.environment()),
    ):
        yield Night(folder=folder, aws=aws, capture=capsys, clock=clock)


def groups(world: World, name: str) -> list[str]:
    return [one["GroupName"] for one in iam_of(world).list_groups_for_user(UserName=name)["Groups"]]


def words(text: str) -> str:
    return " ".join(text.split())


def test_everything_is_taken_from_somebody_who_enrolled_and_again_nothing(night: Night) -> None:
    taro = night.taro()
    session = taro.assume(role("acme-prod-Read", PROD), **night.enrol(taro).shown())
    assert held(night, "taro.yamada") == ALL

    said = night.run(*AT_ONCE)
    assert said.code == 0, said.out + said.err
    assert "acme/taro.yamada has nothing any more." in said.out
    assert "MFA device none (2 taken)" in words(said.out)
    assert "access key none (1 taken)" in words(said.out)
    assert "Commit params/partners/acme.yaml, where he stands under left now" in words(said.out)
    assert "are good for 4 h" in words(said.out)
    assert (held(night, "taro.yamada"), groups(night, "taro.yamada")) == (NOTHING, [])
    assert groups(night, "ken.mori") == ["acme-dev", "acme-members"]
    code, _ = refused(taro.client("iam").get_user)
    assert code == "InvalidClientTokenId"
    assert not denies(session.client("iam").list_roles)  # what was left to do says so

    (night.folder / "params/partners/globex.yaml").write_text("partner: [")
    estate = night.folder / "params/estate.yaml"
    estate.write_text(estate.read_text(encoding="utf-8") + "colour: red\n", encoding="utf-8")
    with calls() as made:
        again = night.run(*AT_ONCE)
    assert (again.code, [name for name in made.writes if name != "DeleteParameter"]) == (0, [])
    assert "going on with params/estate.yaml alone" in again.err
    assert "are good for 12 h" in words(again.out)


def test_the_deploy_that_follows_deletes_him_and_denies_what_he_has_open_in_the_roles(night: Night) -> None:
    taro, hanako = night.taro(), night.person("hanako.sato")
    his = taro.assume(role("acme-prod-Read", PROD), **night.enrol(taro).shown())
    hers = hanako.assume(
        role("acme-prod-Read", PROD), **enrol(hanako, night.clock, name="hanako.sato").shown()
    )
    assert night.run(*AT_ONCE).code == 0
    assert not denies(his.client("iam").list_roles)
    said = night.deploy("--accept-deletion")  # a fence more is no broadening
    assert said.code == 0, said.out + said.err
    assert "go on for" not in said.out + said.err
    assert "taro.yamada" not in users(night)
    assert denies(his.client("iam").list_roles)
    assert not denies(hers.client("iam").list_roles)
    with calls() as made:
        assert night.deploy().code == 0
    assert made.writes == []


def test_whose_line_somebody_only_deleted_is_not_deployed_until_params_say_that_he_left(night: Night) -> None:
    taro = night.taro()
    his = taro.assume(role("acme-prod-Read", PROD), **night.enrol(taro).shown())
    leave(night, "taro.yamada")
    planned = night.run("plan")
    assert planned.code == 5
    assert "SESSIONS GO ON: taro.yamada leaves acme, and sessions of its roles that he may have" in words(
        planned.out
    )
    with calls() as made:
        said = night.deploy("--accept-deletion")
    assert (said.code, made.writes) == (5, [])
    mend = "`jumpcf user remove acme taro.yamada --unlisted` has the roles deny them"
    places = "corp, lab, subsidiary (4 h at most)"
    assert f"G527 the plan leaves sessions of roles open: taro.yamada of acme in {places}" in words(said.err)
    assert f"hint: {mend}; if this is wanted, add --accept-open-sessions" in words(said.err)
    assert "--accept-deletion" not in said.err

    assert night.run("user", "remove", "acme", "taro.yamada").code == 252
    said = night.run("user", "remove", "acme", "taro.yamada", "--unlisted")
    assert said.out.startswith("taro.yamada stands under left in params/partners/acme.yaml"), said.err
    assert night.run("user", "remove", "acme", "taro.yamada").out == said.out
    assert night.run("plan").code == 0
    assert night.deploy("--accept-deletion").code == 0
    assert denies(his.client("iam").list_roles)
    assert "taro.yamada" not in users(night)


def test_who_says_so_lets_sessions_go_on_of_somebody_whose_line_is_gone(night: Night) -> None:
    taro = night.taro()
    his = taro.assume(role("acme-prod-Read", PROD), **night.enrol(taro).shown())
    leave(night, "taro.yamada")
    digest = night.run("-o", "json", "plan").json["digest"]
    said = night.run("deploy", "--yes", "--accept-deletion", f"--accept-open-sessions={'f' * 12}")
    assert (said.code, "G522 --accept-open-sessions accepts the plan" in said.err) == (5, True)
    said = night.run("deploy", "--yes", "--accept-deletion", f"--accept-open-sessions={digest}")
    assert said.code == 0, said.out + said.err
    assert not denies(his.client("iam").list_roles)
    assert "taro.yamada" not in users(night)


def test_who_left_or_whose_partner_goes_is_no_leaver_of_one_organization_alone(night: Night) -> None:
    taro = night.taro()
    his = taro.assume(role("acme-prod-Read", PROD), **night.enrol(taro).shown())
    file = night.folder / "params/partners/acme.yaml"
    before = file.read_bytes()
    assert night.run("user", "remove", "acme", "taro.yamada").code == 0
    after = file.read_bytes()
    for content in (after, None):
        file.write_bytes(content) if content else file.unlink()
        with calls() as made:
            said = night.deploy("--accept-deletion", "--org", "lab")
        assert (said.code, made.writes) == (5, [])
        assert "taro.yamada of acme in corp, subsidiary" in words(said.err)
        assert "hint: a deploy that leaves none of these out has their roles deny them" in words(said.err)
        assert night.run("plan").code == 0
    file.write_bytes(after)
    assert night.deploy("--accept-deletion").code == 0
    assert denies(his.client("iam").list_roles)
    assert before != after


def test_who_is_put_under_left_unlisted_is_somebody_whom_users_have_no_more(deployed: World) -> None:
    file = deployed.folder / "params/partners/acme.yaml"
    before = file.read_bytes()
    for name, partner, code in (("KEN.MORI", "acme", 252), ("a b", "acme", 252), ("ken.mori", "acm", 252)):
        said = deployed.run("user", "remove", partner, name, "--unlisted")
        assert (said.code, "G561" in said.err) == (code, True), said
    assert file.read_bytes() == before
    said = deployed.run("user", "remove", "acme", "ken.morri", "--unlisted")
    assert (said.code, "ken.mori is in users still; if he was meant" in said.out) == (0, True)
    file.write_bytes(before)
    said = deployed.run("user", "remove", "acme", "ken.mori", "--unlisted")
    assert (said.code, "in users still" in said.out) == (0, False)
    plain = file.read_bytes()
    file.write_bytes(before)
    assert deployed.run("user", "remove", "acme", "ken.mori").code == 0
    assert file.read_bytes() == plain


def test_who_is_taken_out_of_params_by_the_verb_is_denied_in_every_role(night: Night) -> None:
    taro = night.taro()
    his = taro.assume(role("acme-prod-Read", PROD), **night.enrol(taro).shown())
    assert night.run("partner", "freeze", "acme", "--user", "taro.yamada", "--reason", "INC-7").code == 0

    said = night.run("user", "remove", "acme", "taro.yamada")
    assert (said.code, said.out.startswith("taro.yamada stands under left in params/partners/acme.yaml")) == (
        0,
        True,
    )
    assert night.run("user", "remove", "acme", "taro.yamada").out == said.out
    assert (
        night.run("user", "remove", "acme", "taro").code,
        night.run("user", "remove", "acm", "x").code,
    ) == (
        252,
        252,
    )
    planned = night.run("plan").out
    assert "narrowed" in planned
    assert "broadened" not in planned
    assert "go on for" not in planned
    assert night.deploy().code == 5
    assert night.deploy("--accept-deletion").code == 0
    assert denies(his.client("iam").list_roles)
    assert "taro.yamada" not in users(night)


def test_who_cannot_be_offboarded_is_denied_in_every_role_all_the_same_and_the_next_deploy_does_the_rest(
    night: Night,
) -> None:
    taro = night.taro()
    his = taro.assume(role("acme-prod-Read", PROD), **night.enrol(taro).shown())
    iam = iam_of(night)
    iam.tag_user(UserName="taro.yamada", Tags=[{"Key": "jump-partner", "Value": "nobody"}])
    assert night.run("user", "remove", "acme", "taro.yamada").code == 0
    said = night.deploy("--accept-deletion")
    assert said.code == 3, said.out + said.err
    assert "FAILED  jump jump-partner-acme (offboard-user taro.yamada)" in said.err
    assert "not tried" not in said.out
    assert denies(his.client("iam").list_roles)
    assert "taro.yamada" in users(night)

    iam.tag_user(UserName="taro.yamada", Tags=[{"Key": "jump-partner", "Value": "acme"}])
    with calls() as made:
        assert night.deploy("--accept-deletion").code == 0
    assert "UpdateStackSet" not in made.writes
    assert "taro.yamada" not in users(night)
    assert denies(his.client("iam").list_roles)
    assert night.run("plan", "--detailed-exitcode").code == 0


def test_whose_line_somebody_only_deleted_is_put_under_left_so_that_the_deploy_ends_what_he_has_open(
    night: Night,
) -> None:
    taro = night.taro()
    his = taro.assume(role("acme-prod-Read", PROD), **night.enrol(taro).shown())
    leave(night, "taro.yamada")
    said = night.run(*AT_ONCE)
    assert "or until the deploy below" in words(said.out)
    assert "Commit params/partners/acme.yaml, where he stands under left now" in words(said.out)
    assert night.deploy("--accept-deletion").code == 0
    assert denies(his.client("iam").list_roles)


def test_a_freeze_of_who_stands_under_left_ends_his_sessions_and_leaves_his_offboarding_to_a_deploy(
    night: Night,
) -> None:
    taro = night.taro()
    his = taro.assume(role("acme-prod-Read", PROD), **night.enrol(taro).shown())
    freeze = ("partner", "freeze", "acme", "--user", "taro.yamada", "--reason", "INC-7")
    file = night.folder / "params/partners/acme.yaml"
    assert night.run("user", "remove", "acme", "taro.yamada").code == 0
    before = file.read_bytes()

    said = night.run(*freeze)
    assert said.code == 0, said.out + said.err
    assert "every session of taro.yamada, in 11 accounts" in said.out
    assert "jumpcf deploy --accept-deletion deletes him" in said.out
    assert denies(his.client("iam").list_roles)
    assert denies(taro.client("iam").get_user)
    assert ("taro.yamada" in users(night), file.read_bytes()) == (True, before)
    assert night.run("-o", "json", *freeze).json["left"]

    said = night.run("partner", "thaw", "acme", "--user", "taro.yamada", "--yes", "--accept-broadening")
    assert (said.code, file.read_bytes()) == (252, before)
    assert "G570 taro.yamada of acme has left (params/partners/acme.yaml:" in said.err
    assert denies(taro.client("iam").get_user)

    assert night.deploy("--accept-deletion").code == 0
    said = night.run(*freeze)
    assert (said.code, "he stands under left" in words(said.err)) == (252, True)


@pytest.mark.parametrize("how", ["removed", "deleted"])
@pytest.mark.parametrize("whom", [(), ("--user", "taro.yamada")])
def test_a_freeze_does_not_wait_for_who_leaves_and_who_comes(
    night: Night, how: str, whom: tuple[str, ...]
) -> None:
    night.clock.now = float(int(time.time()) - 3600)  # behind the clock by which a freeze is stamped
    taro = night.taro()
    his = taro.assume(role("acme-prod-Read", PROD), **night.enrol(taro).shown())
    if how == "removed":
        assert night.run("user", "remove", "acme", "ken.mori").code == 0
    else:
        leave(night, "ken.mori")
    engage(night, "acme")
    said = night.run("partner", "freeze", "acme", *whom, "--reason", "INC-7")
    assert (said.code, "they are left to a deploy" in words(said.err)) == (0, True), said
    assert denies(his.client("iam").list_roles)
    assert ("ken.mori" in users(night), "new.at.acme" in users(night)) == (True, False)
    words_needed = ("--accept-deletion", "--accept-broadening", "--accept-open-sessions")
    assert night.deploy("--accept-deletion").code == (5 if how == "deleted" else 0)
    assert night.deploy(*words_needed).code == 0
    assert ("ken.mori" in users(night), "new.at.acme" in users(night)) == (False, True)
    assert denies(his.client("iam").list_roles)
    assert night.run("partner", "thaw", "acme", *whom, "--yes", "--accept-broadening").code == 0
    assert not denies(his.client("iam").list_roles)


def test_a_freeze_goes_on_where_the_jump_account_is_blocked_and_a_thaw_asks_of_who_leaves(
    night: Night,
) -> None:
    night.clock.now = float(int(time.time()) - 3600)
    taro = night.taro()
    his = taro.assume(role("acme-prod-Read", PROD), **night.enrol(taro).shown())
    file = night.folder / "params/partners/acme.yaml"
    before = file.read_bytes()
    file.write_bytes(before.replace(b"name: ken.mori", b"name: Ken.Mori"))
    blocked = night.run("plan")
    assert (blocked.code, "SESSIONS GO ON" in blocked.out) == (5, False)
    said = night.run("partner", "freeze", "acme", "--reason", "INC-7")
    assert (said.code, "Nothing" in said.out) == (0, True), said
    assert denies(his.client("iam").list_roles)
    file.write_bytes(file.read_bytes().replace(b"name: Ken.Mori", b"name: ken.mori"))
    leave(night, "ken.mori")
    leave(night, "jun.ito")
    thaw = ("partner", "thaw", "acme", "--yes", "--accept-broadening", "--accept-deletion")
    said = night.run(*thaw)
    assert (said.code, "G527 " in said.err, "(and 1 more like this)" in words(said.err)) == (5, True, True)
    assert night.run(*thaw, "--accept-open-sessions").code == 0
    assert not denies(his.client("iam").list_roles)


def test_a_freeze_of_whose_line_is_gone_says_that_no_deploy_ends_his_sessions(night: Night) -> None:
    leave(night, "taro.yamada")
    said = night.run("partner", "freeze", "acme", "--user", "taro.yamada", "--reason", "INC-7")
    assert (said.code, "opens the door again" in said.out) == (3, False)
    refused = "the next deploy is refused (G527): it would delete him, and end no session of his"
    assert refused in said.out
    assert (
        "hint: if his line was deleted: jumpcf user remove acme taro.yamada --unlisted, then the same again"
        in said.out
    )


def test_the_commands_that_a_freeze_of_whose_line_is_gone_names_end_his_sessions(night: Night) -> None:
    taro = night.taro()
    his = taro.assume(role("acme-prod-Read", PROD), **night.enrol(taro).shown())
    leave(night, "taro.yamada")
    freeze = ("partner", "freeze", "acme", "--user", "taro.yamada", "--reason", "INC-7")
    said = night.run(*freeze)
    assert (said.code, denies(his.client("iam").list_roles)) == (3, False)
    named = re.search(r"jumpcf (user remove [\w. -]+?), then the same again", said.out)
    assert named is not None, said.out
    assert night.run(*named[1].split()).code == 0
    assert night.run("plan").code != 5  # a deploy is not refused any more
    said = night.run(*freeze)
    assert said.code == 0, said.out + said.err
    assert denies(his.client("iam").list_roles)
    assert denies(taro.client("iam").get_user)
    assert "taro.yamada" in users(night)


def test_who_had_a_last_day_of_his_own_takes_its_deny_along_without_another_word(deployed: World) -> None:
    assert deployed.run("user", "remove", "acme", "hanako.sato").code == 0
    planned = deployed.run("-o", "json", "plan").json
    assert (planned["broadenings"], planned["deletions"]) == ([], ["jump/jump-partner-acme user hanako.sato"])
    assert deployed.run("deploy", "--yes", "--accept-deletion").code == 0


def test_a_file_that_nobody_can_read_is_named_with_its_line_and_with_what_to_do(deployed: World) -> None:
    file = deployed.folder / "params/partners/acme.yaml"
    lines = len(file.read_text(encoding="utf-8").splitlines())
    file.write_text(file.read_text(encoding="utf-8") + "bad: [\n", encoding="utf-8")
    said = words(deployed.run("user", "offboard", "acme", "ken.mori", "--yes").out)
    assert f"params/partners/acme.yaml:{lines + 2}:1: not valid YAML" in said
    assert "mend the file, then move ken.mori from users to left: - {name: ken.mori, day: 20" in said
    said = words(deployed.run("partner", "freeze", "acme", "--user", "mio.kato", "--reason", "INC-7").out)
    assert "hint: mend it, then run it again" in said


def test_whom_another_partner_gets_is_told_before_a_deploy_makes_him_anew(deployed: World) -> None:
    globex = deployed.folder / "params/partners/globex.yaml"
    assert deployed.run("user", "remove", "acme", "jun.ito").code == 0
    his = "users:\n  - {name: Jun.Ito, email: j@globex.example}\n"
    globex.write_text(globex.read_text(encoding="utf-8").replace("users:\n", his), encoding="utf-8")
    said = deployed.run("user", "offboard", "acme", "jun.ito", "--yes")
    assert said.code == 0, said.out + said.err
    assert "acme.yaml has him under left already" in words(said.out)
    assert "globex has him under users (params/partners/globex.yaml:" in words(said.out)


def test_a_freeze_where_the_partner_was_taken_out_says_what_the_deploy_does(deployed: World) -> None:
    (deployed.folder / "params/partners/initech.yaml").unlink()
    said = deployed.run("partner", "freeze", "initech", "--reason", "INC-7")
    assert said.code == 3, said.out + said.err
    assert "the next deploy deletes the partner's users and roles" in said.out
    assert "run it again" not in said.out


def test_who_is_gone_is_a_success_and_who_is_misspelt_or_somebody_else_is_not(deployed: World) -> None:
    iam = iam_of(deployed)
    iam.create_user(UserName="by.hand", Path="/partner/acme/")
    with calls() as made:
        for arguments, code, told in (
            (("acme", "taro.yamanda"), 252, "G577 nobody is named taro.yamanda"),
            (
                ("acme", "TARO.YAMADA"),
                252,
                "G577 nobody is named TARO.YAMADA hint: did you mean taro.yamada?",
            ),
            (("globex", "taro.yamada"), 4, "A531 taro.yamada is not globex's user"),
            (("acme", "by.hand"), 4, "A531 by.hand is not acme's user"),
            (("acme", "taro.yamada"), 5, "G576 nobody is there to type taro.yamada"),
        ):
            yes = () if code == 5 else ("--yes",)
            said = deployed.run("user", "offboard", *arguments, *yes)
            assert (said.code, said.out) == (code, ""), said
            assert told in words(said.err)
    assert made.writes == []
    assert deployed.run("user", "remove", "acme", "ken.mori").code == 0
    leave(deployed, "jun.ito")
    assert deployed.deploy("--accept-deletion", "--accept-open-sessions").code == 0
    said = deployed.run("user", "offboard", "acme", "ken.mori", "--yes")
    assert (said.code, "params do not name him" in said.out) == (0, False)
    assert "He stands under left (params/partners/acme.yaml:" in words(said.out)
    said = deployed.run("-o", "json", "user", "offboard", "acme", "jun.ito", "--yes")
    assert (said.code, said.json["state"], said.json["todo"]) == (0, "gone", [])
    assert "params do not name him either" in deployed.run("user", "offboard", "acme", "jun.ito", "--yes").out
    said = deployed.run("user", "offboard", "hinode", "sora.kimura", "--yes")
    assert "roles that people of hinode made themselves (PowerAndIam, in corp)" in words(said.out)


def test_at_a_terminal_his_name_must_be_typed(deployed_estate: Path, tmp_path: Path) -> None:
    folder = copied(deployed_estate, tmp_path)
    terminal = Terminal(folder, *AT_ONCE[:-1], "--local")
    terminal.wait_for("Type 'taro.yamada' to go on")
    terminal.type("taro.yamada")
    assert terminal.close() == 0
    assert "password none (1 taken)" in words(plain(terminal.seen))


def test_whoever_left_is_told_to_have_left_by_every_verb_that_is_asked_for_him(deployed: World) -> None:
    said = deployed.run("user", "remove", "acme", "sora.kimura")
    assert (said.code, "where his line is gone already, add --unlisted" in said.err) == (252, True)
    assert deployed.run("user", "remove", "acme", "ken.mori").code == 0
    assert deployed.run("user", "status", "acme", "ken.mori").code == 0  # IAM has him until the deploy
    assert deployed.deploy("--accept-deletion").code == 0
    told = "hint: he left, and stands under left in params/partners/acme.yaml"
    for verb in (("user", "status", "acme", "ken.mori"), ("partner", "kit", "acme", "--user", "ken.mori")):
        said = deployed.run(*verb)
        assert (said.code, told in words(said.err)) == (252, True), said
    terminal = Terminal(deployed.folder, "user", "password", "acme", "ken.mori")
    assert terminal.close() == 252
    assert told in words(plain(terminal.seen))


def test_at_a_terminal_the_sessions_that_go_on_are_asked_about_first_with_what_would_deny_them(
    deployed_estate: Path, tmp_path: Path
) -> None:
    folder = copied(deployed_estate, tmp_path)
    file = folder / "params/partners/acme.yaml"
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    file.write_text("".join(line for line in lines if "name: ken.mori" not in line), encoding="utf-8")
    terminal = Terminal(folder, "deploy", "--local", "--org", "lab")
    terminal.wait_for("Type 'open' to go on")
    asked = words(plain(terminal.seen))
    mend = "Instead: `jumpcf user remove acme ken.mori --unlisted` has the roles deny them."
    assert f"{mend} This leaves sessions of roles open: ken.mori of acme in corp, " in asked
    terminal.type("no")
    assert terminal.close() == 5
    assert "G527 'open' was not confirmed; nothing was written" in words(plain(terminal.seen))
    terminal = Terminal(folder, "deploy", "--local", "--org", "lab")
    for question, answer in (("Type 'open'", "open"), ("Type 'delete'", "delete"), ("Deploy this?", "y")):
        terminal.wait_for(question)
        terminal.type(answer)
    assert terminal.close() == 0
