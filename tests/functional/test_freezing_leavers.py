"""A freeze beside people who leave: of who stands under `left`, of whose line is gone, and of who stays."""

import re
import time

import pytest

from tests.functional.conftest import World
from tests.functional.nights import Night, words
from tests.functional.test_freezing import denies
from tests.functional.test_gates import engage
from tests.functional.test_offboarding import leave, users
from tests.functional.test_playing_the_partner import PROD, role


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


@pytest.mark.parametrize(("how", "whom"), [("removed", ()), ("deleted", ("--user", "taro.yamada"))])
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


def test_a_freeze_where_the_partner_was_taken_out_says_what_the_deploy_does(deployed: World) -> None:
    (deployed.folder / "params/partners/initech.yaml").unlink()
    said = deployed.run("partner", "freeze", "initech", "--reason", "INC-7")
    assert said.code == 3, said.out + said.err
    assert "the next deploy deletes the partner's users and roles" in said.out
    assert "run it again" not in said.out
