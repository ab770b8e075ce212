"""An estate whose stacks/ are older than jumpcf, or were changed by a pull request that nobody read to its end."""

import datetime
import time

from tests.functional.nights import Night, words
from tests.functional.test_freezing import denies
from tests.functional.test_offboarding import users
from tests.functional.test_playing_the_partner import PROD, role

READ = role("acme-prod-Read", PROD)


def forget(night: Night, line: str, instead: str, *, module: str = "target_roles.py") -> None:
    """Nobody is under left and nobody is frozen: no template changes, and no plan shows it."""
    path = night.folder / "stacks" / module
    text = path.read_text(encoding="utf-8")
    assert text.count(line) == 1
    path.write_text(text.replace(line, instead), encoding="utf-8")
    assert night.run("plan").code == 0


def test_a_leaver_whom_the_stacks_do_not_know_is_not_deployed(night: Night) -> None:
    forget(night, "return tuple(one.name for one in partner.left)", "return ()")
    taro = night.taro()
    his = taro.assume(READ, **night.enrol(taro).shown())
    assert night.run("user", "remove", "acme", "taro.yamada").code == 0
    for said in (night.run("plan"), night.deploy("--accept-deletion")):
        assert said.code == 1
        told = words(said.err)
        assert "params/partners/acme.yaml:" in told
        assert "RoleRead: no policy of its own denies the sessions of taro.yamada, who left" in told
        assert "compare it with what `jumpcf init` makes" in told
    assert "taro.yamada" in users(night)
    assert not denies(his.client("iam").list_roles)


def test_a_freeze_of_one_whom_the_stacks_do_not_know_says_that_his_sessions_are_open(night: Night) -> None:
    night.clock.now = float(int(time.time()) - 3600)
    forget(
        night,
        "if user.frozen is not None:\n            since",
        "if user.frozen is not None and not user:\n            since",
    )
    said = night.run("partner", "freeze", "acme", "--user", "taro.yamada", "--reason", "INC-1")
    assert said.code == 3
    assert "Nothing is open" not in said.out
    told = words(said.out)
    assert "sessions that exist already, until" in told
    assert "J2014" in told
    assert "no policy of its own denies sessions of taro.yamada from before" in told


def test_a_last_day_that_the_partners_stack_does_not_know_is_not_deployed(night: Night) -> None:
    line = "user.until.ends < partner.until.ends:"
    forget(night, line, line.replace(":", ' and user.name != "ana.lopez":'), module="partner.py")
    until = datetime.date(2026, 12, 31)
    night.edit("partners/globex.yaml", lambda content: content["users"][0].update(until=until))
    for said in (night.run("plan"), night.deploy("--accept-deletion")):
        assert said.code == 1
        told = words(said.err)
        assert "params/partners/globex.yaml:" in told
        assert "J2018" in told
        assert "no policy of his groups or his own denies him everything from" in told
