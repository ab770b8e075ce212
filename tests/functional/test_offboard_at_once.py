"""`jumpcf user offboard`: everything taken at once from somebody who enrolled, and what he can do then."""

from pathlib import Path

from tests.functional.conftest import World, calls
from tests.functional.nights import AT_ONCE, Night, groups, words
from tests.functional.test_freezing import denies
from tests.functional.test_offboarding import ALL, NOTHING, held, iam_of, leave, users
from tests.functional.test_playing_the_partner import PROD, role
from tests.functional.test_terminal import Terminal, copied, plain
from tests.local.people import enrol
from tests.local.support import refused


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
