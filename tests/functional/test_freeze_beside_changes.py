"""A freeze where params hold other changes of the partner, or where something is amiss beside it."""

from typing import Any

from tests.functional.conftest import World
from tests.functional.test_offboarding import iam_of, users
from tests.functional.test_users_between_partners import move

FREEZE = ("partner", "freeze", "acme", "--reason", "INC-7")
WAITS = "the fences do not wait for them"


def words(text: str) -> str:
    return " ".join(text.split())


def fenced(world: World) -> bool:
    """Whether the roles of acme deny sessions from before a freeze."""
    policy = world.client("iam", "441000000001").get_role_policy(
        RoleName="acme-dev-Power", PolicyName="fence"
    )
    return "DenyFrozen" in str(policy["PolicyDocument"])


def test_it_tells_all_of_it_where_the_last_build_is_gone_and_params_are_broken(deployed: World) -> None:
    for template in (deployed.folder / "build" / "templates").rglob("*acme*.json"):
        template.unlink()
    (deployed.folder / "params/partners/globex.yaml").write_text("partner: [\n")
    said = deployed.run(*FREEZE)
    assert (said.code, "every call of the 6 users of acme" in words(said.out)) == (3, True), said
    assert "sessions that exist already" in words(said.out)


def test_its_fences_go_on_where_two_stacks_of_the_jump_account_wait_for_each_other(deployed: World) -> None:
    move(deployed, "jun.ito", "acme", "globex")
    move(deployed, "ana.lopez", "globex", "acme")
    assert "stacks wait for each other" in words(deployed.run("plan").out)
    said = deployed.run(*FREEZE)
    assert (said.code, WAITS in words(said.err)) == (0, True), said
    assert fenced(deployed)
    said = deployed.run("partner", "freeze", "hinode", "--reason", "INC-7")
    assert (said.code, WAITS in words(said.err)) == (0, False), said


def test_it_does_not_promise_fences_that_wait_themselves(deployed: World) -> None:
    def longer(acme: dict[str, Any]) -> None:
        acme["grants"]["dev"]["session"] = "12h"

    deployed.edit("partners/acme.yaml", longer)
    said = deployed.run(*FREEZE)
    assert (said.code, WAITS in words(said.err), "G521" in words(said.out)) == (3, False, True), said
    assert deployed.run(*FREEZE, "--accept-broadening").code == 0
    assert fenced(deployed)


def test_of_who_left_it_rolls_out_the_deny_and_never_his_offboarding(deployed: World) -> None:
    assert deployed.run("user", "remove", "acme", "ken.mori").code == 0
    said = deployed.run(*FREEZE, "--user", "ken.mori", "--accept-deletion")
    assert (said.code, WAITS in words(said.err)) == (0, False), said
    assert "ken.mori" in users(deployed)
    assert iam_of(deployed).get_login_profile(UserName="ken.mori")
