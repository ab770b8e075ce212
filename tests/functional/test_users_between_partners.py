"""People who go from one partner to another: their names move between two stacks of the jump account."""

from typing import Any

from tests.functional.conftest import World, calls

JUMP = "111111111111"


def move(world: World, name: str, source: str, target: str) -> None:
    """Take a user from one partner's file to the other's; groups stay behind, they are the partner's own."""
    taken: list[dict[str, Any]] = []

    def take(partner: dict[str, Any]) -> None:
        taken.extend(user for user in partner["users"] if user["name"] == name)
        partner["users"] = [user for user in partner["users"] if user["name"] != name]

    world.edit(f"partners/{source}.yaml", take)
    (user,) = taken
    user.pop("groups", None)
    world.edit(f"partners/{target}.yaml", lambda it: it["users"].append(user))


def user_of(world: World, name: str) -> dict[str, Any]:
    found: dict[str, Any] = world.client("iam", JUMP).get_user(UserName=name)["User"]
    return found


def test_a_user_who_goes_to_another_partner_is_made_anew_there_in_one_deploy(deployed: World) -> None:
    before = user_of(deployed, "ken.mori")
    move(deployed, "ken.mori", "acme", "globex")
    said = deployed.deploy("--accept-deletion", "--accept-open-sessions")
    assert said.code == 0, said.out + said.err
    after = user_of(deployed, "ken.mori")
    assert (before["Path"], after["Path"]) == ("/partner/acme/", "/partner/globex/")
    assert after["UserId"] != before["UserId"]
    assert {"Key": "jump-partner", "Value": "globex"} in after["Tags"]


def test_the_plan_says_what_the_user_loses(deployed: World) -> None:
    move(deployed, "ana.lopez", "globex", "acme")
    said = deployed.run("plan")
    assert said.code == 5, said.err
    text = " ".join((said.out + said.err).split())
    assert "offboard ana.lopez: password, MFA devices, keys, memberships are taken" in text
    assert (
        "user ana.lopez leaves partner globex, is offboarded and made anew in partner acme: "
        "password, MFA and keys are lost" in text
    )


def test_two_users_who_swap_partners_are_refused_before_any_write(deployed: World) -> None:
    move(deployed, "ken.mori", "acme", "globex")
    move(deployed, "ana.lopez", "globex", "acme")
    with calls() as made:
        said = deployed.deploy("--accept-deletion")
    assert said.code == 5
    assert "deploy in two steps" in " ".join(said.err.split())
    assert made.writes == []
