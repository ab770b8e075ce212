"""Whoever leaves `users`: `jumpcf user remove`, a line that was only deleted, and the deploy that asks about it."""

from pathlib import Path

from tests.functional.conftest import World, calls
from tests.functional.nights import Night, words
from tests.functional.test_freezing import denies
from tests.functional.test_offboarding import iam_of, leave, users
from tests.functional.test_playing_the_partner import PROD, role
from tests.functional.test_terminal import Terminal, copied, plain


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


def test_who_had_a_last_day_of_his_own_takes_its_deny_along_without_another_word(deployed: World) -> None:
    assert deployed.run("user", "remove", "acme", "hanako.sato").code == 0
    planned = deployed.run("-o", "json", "plan").json
    assert (planned["broadenings"], planned["deletions"]) == ([], ["jump/jump-partner-acme user hanako.sato"])
    assert deployed.run("deploy", "--yes", "--accept-deletion").code == 0


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
    for question, answer in (("Type 'open'", "open"), ("Type 'delete'", "no")):
        terminal.wait_for(question)
        terminal.type(answer)
    assert terminal.close() == 5
    assert "G502 'delete' was not confirmed; nothing was written" in words(plain(terminal.seen))
