"""The jump account's password policy through plan and deploy."""

from typing import Any

from tests.functional.conftest import World, calls

JUMP = "111111111111"


def policy(world: World) -> Any:
    return world.client("iam", JUMP).get_account_password_policy()["PasswordPolicy"]


def ask(world: World, **settings: Any) -> None:
    def change(content: dict[str, Any]) -> None:
        content["password_policy"] = settings

    world.edit("estate.yaml", change)


def test_a_deploy_sets_the_whole_policy_and_a_second_one_nothing(deployed: World) -> None:
    assert {name: value for name, value in policy(deployed).items() if value} == {
        "MinimumPasswordLength": 14,
        "PasswordReusePrevention": 24,
        "RequireSymbols": True,
        "RequireNumbers": True,
        "RequireUppercaseCharacters": True,
        "RequireLowercaseCharacters": True,
        "AllowUsersToChangePassword": True,
    }
    with calls() as made:
        said = deployed.deploy()
    assert (said.code, made.writes) == (0, [])


def test_a_plan_shows_both_values_and_a_deploy_keeps_what_was_not_named(deployed: World) -> None:
    ask(deployed, minimum_length=12, maximum_age=90)
    said = deployed.run("plan")
    assert "broadened minimum length: 14 to 12" in said.out
    assert "narrowed  days until expiry: none to 90" in said.out
    assert deployed.deploy().code == 0
    after = policy(deployed)
    assert (after["MinimumPasswordLength"], after["MaxPasswordAge"]) == (12, 90)
    assert (after["PasswordReusePrevention"], after["RequireSymbols"]) == (24, True)


def test_what_somebody_changed_by_hand_is_told_and_put_back(deployed: World) -> None:
    deployed.client("iam", JUMP).delete_account_password_policy()
    said = deployed.run("status")
    assert said.code == 3
    assert "differs         password-policy  (the account has none, AWS's default holds)" in said.out
    assert deployed.deploy().code == 0
    assert policy(deployed)["MinimumPasswordLength"] == 14


def test_a_lost_answer_does_no_harm(deployed: World) -> None:
    ask(deployed, minimum_length=20)
    deployed.run("local", "fault", "lose-answer", "UpdateAccountPasswordPolicy", "--times", "1")
    assert deployed.deploy().code == 0
    assert policy(deployed)["MinimumPasswordLength"] == 20
