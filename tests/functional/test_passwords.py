"""Initial passwords through plan and deploy: made once, kept, withdrawn unused, seen nowhere."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from moto.iam.models import iam_backends

from jumpcf.artifacts.marks import PARTNER_TAG
from tests.functional.conftest import World, calls

JUMP, PREFIX = "111111111111", "/jump/example/passwords"
TARO = f"{PREFIX}/acme/taro.yamada"
NEWCOMER = {"name": "new.comer", "email": "new.comer@acme.example", "groups": ["ops"]}


def iam(world: World) -> Any:
    return world.client("iam", JUMP)


def ssm(world: World) -> Any:
    return world.client("ssm", JUMP)


def stored(world: World) -> dict[str, str]:
    """Every initial password that is kept, by the parameter's name."""
    pages = ssm(world).get_paginator("get_parameters_by_path")
    found = pages.paginate(Path=PREFIX, Recursive=True, WithDecryption=True)
    return {one["Name"]: one["Value"] for page in found for one in page["Parameters"]}


def profile(world: World, name: str) -> Any:
    try:
        return iam(world).get_login_profile(UserName=name)["LoginProfile"]
    except iam(world).exceptions.NoSuchEntityException:
        return None


def people(world: World) -> list[str]:
    return sorted(one["UserName"] for one in iam(world).list_users(PathPrefix="/partner/")["Users"])


def hire(world: World) -> None:
    def add(content: dict[str, Any]) -> None:
        content["users"].append(NEWCOMER)

    world.edit("partners/acme.yaml", add)


def two_weeks_later(world: World) -> None:
    """Passwords and users were made fifteen days ago: the deploy ran while the embedded AWS's clock was behind,
    which moto's users do not know."""
    assert world.run("local", "fault", "clock", "-15d").code == 0
    assert world.deploy().code == 0
    assert world.run("local", "fault", "clock", "+15d").code == 0
    for user in iam_backends[JUMP]["aws"].users.values():
        user.create_date -= timedelta(days=15)


def test_every_user_gets_one_that_must_be_changed_and_a_second_deploy_writes_nothing(deployed: World) -> None:
    kept = stored(deployed)
    assert [
        name.rpartition("/")[2] for name in sorted(kept, key=lambda name: name.rpartition("/")[2])
    ] == people(deployed)
    for name, value in kept.items():
        made = profile(deployed, name.rpartition("/")[2])
        assert made["PasswordResetRequired"] is True
        assert len(value) == 20
    (taro,) = ssm(deployed).describe_parameters(ParameterFilters=[{"Key": "Name", "Values": [TARO]}])[
        "Parameters"
    ]
    assert (taro["Type"], taro["KeyId"]) == ("SecureString", "alias/jumpcf-example")
    with calls() as made_calls:
        said = deployed.deploy()
    assert (said.code, made_calls.writes) == (0, [])
    assert stored(deployed) == kept


@pytest.mark.parametrize("call", ["PutParameter", "CreateLoginProfile"])
def test_a_lost_answer_makes_no_second_password(deployed: World, call: str) -> None:
    hire(deployed)
    assert deployed.run("local", "fault", "lose-answer", call, "--times", "1").code == 0
    said = deployed.deploy()
    assert said.code == 0, said.out + said.err
    assert f"{PREFIX}/acme/new.comer" in stored(deployed)
    with calls() as made:
        assert deployed.deploy().code == 0
    assert made.writes == []


def test_what_was_stored_and_never_set_is_replaced_under_the_lock(deployed: World) -> None:
    """What a deploy leaves that was killed between the two calls."""
    iam(deployed).delete_login_profile(UserName="taro.yamada")
    before = stored(deployed)
    said = deployed.run("status")
    assert said.code == 3
    assert "no-password     acme/taro.yamada  (what is stored for him was never set" in said.out
    said = deployed.deploy()
    assert said.code == 0, said.out + said.err
    after = stored(deployed)
    assert {name for name in after if after[name] != before[name]} == {TARO}
    assert profile(deployed, "taro.yamada")["PasswordResetRequired"] is True


def test_unused_passwords_are_withdrawn_without_a_question_and_do_not_come_back(world: World) -> None:
    two_weeks_later(world)
    iam(world).update_login_profile(
        UserName="ken.mori", Password="Of-his-own-choice-1", PasswordResetRequired=False
    )
    said = world.run("plan")
    assert "  - acme  " in said.out
    assert "(nobody has used it)" in said.out
    said = world.run("deploy", "--yes")
    assert said.code == 0, said.out + said.err
    assert profile(world, "taro.yamada") is None
    assert profile(world, "ken.mori") is not None
    assert set(stored(world)) == {
        f"{PREFIX}/acme/ken.mori"
    }  # his own value is as young as Parameter Store's clock
    with calls() as made:
        said = world.deploy()
    assert (said.code, made.writes) == (0, [])
    assert "without a password: acme/" in " ".join(said.err.split())


def test_a_night_withdraws_them_beside_a_plan_that_waits_and_what_was_accepted_of_it_holds(
    world: World,
) -> None:
    two_weeks_later(world)
    hire(world)
    waiting = world.run("-o", "json", "plan").json
    assert "jump/jump-partner-acme new.comer: user added" in waiting["broadenings"]
    with calls() as made:
        said = world.run("-o", "json", "user", "withdraw", "--yes")
    assert said.code == 0, said.err
    assert {one["state"] for one in said.json["people"]} == {"succeeded"}
    assert {(one["partner"], one["user"]) for one in said.json["people"]} >= {("acme", "taro.yamada")}
    assert set(made.writes) == {"PutObject", "DeleteLoginProfile", "DeleteParameter"}
    assert not [name for name in made.names if "StackSet" in name or "Organization" in name]
    assert profile(world, "taro.yamada") is None
    assert "new.comer" not in people(world)
    journal = Path(said.json["journal"]).read_text()
    assert "withdraw-password" in journal
    assert world.run("user", "withdraw", "--yes").out.startswith("Nothing to withdraw: ")
    word = f"--accept-broadening={waiting['digest']}"
    said = world.run("deploy", "--yes", word)
    assert said.code == 0, said.err
    assert "new.comer" in people(world)


def test_beside_a_plan_that_is_blocked_they_are_withdrawn_all_the_same(world: World) -> None:
    two_weeks_later(world)
    stack = "jump-partner-acme"
    cloudformation = world.client("cloudformation", JUMP)
    body = cloudformation.get_template(StackName=stack)["TemplateBody"]
    cloudformation.update_stack(
        StackName=stack,
        TemplateBody=body if isinstance(body, str) else json.dumps(body),
        Capabilities=["CAPABILITY_NAMED_IAM"],
        Tags=[{"Key": "jumpcf-estate", "Value": "another"}],
    )
    said = world.run("deploy", "--yes")
    assert (said.code, "G501 the plan is blocked" in said.err) == (5, True)
    assert profile(world, "taro.yamada") is not None
    said = world.run("user", "withdraw", "--yes")
    assert said.code == 0, said.err
    assert profile(world, "taro.yamada") is None


def test_nobody_is_there_to_ask_and_a_lock_that_is_held_stops_before_anything_is_taken(world: World) -> None:
    two_weeks_later(world)
    said = world.run("user", "withdraw")
    assert (said.code, "G503 " in said.err, "add --yes" in said.err) == (5, True, True)
    assert "- acme/taro.yamada  (nobody has used it)" in said.err
    s3 = world.client("s3", JUMP)
    at = {"Bucket": f"jumpcf-example-{JUMP}-ap-northeast-1", "Key": "state/lock.json"}
    lease = json.loads(s3.get_object(**at)["Body"].read())
    other = {"released": False, "until": "2099-01-01T00:00:00Z", "workspace": "another"}
    s3.put_object(**at, Body=json.dumps(lease | other).encode())
    said = world.run("user", "withdraw", "--yes")
    assert (said.code, "G530 " in said.err) == (5, True)
    assert profile(world, "taro.yamada") is not None


def test_one_that_cannot_be_withdrawn_is_told_and_the_others_are(world: World) -> None:
    two_weeks_later(world)
    iam(world).untag_user(UserName="taro.yamada", TagKeys=[PARTNER_TAG])
    said = world.run("user", "withdraw", "--yes")
    assert said.code == 3, said.err
    (failed,) = [line for line in said.out.splitlines() if not line.startswith("done ")]
    assert failed.startswith("FAILED  acme/taro.yamada ")
    assert "[A531]" in failed
    assert profile(world, "taro.yamada") is not None
    assert profile(world, "ken.mori") is None


def test_the_days_are_the_estates(world: World) -> None:
    def patient(content: dict[str, Any]) -> None:
        content["passwords"] = {"expire_unused_after": "30d"}

    world.edit("estate.yaml", patient)
    two_weeks_later(world)
    assert world.deploy().code == 0
    assert profile(world, "taro.yamada") is not None


def test_who_leaves_leaves_nothing_stored(deployed: World) -> None:
    def take(content: dict[str, Any]) -> None:
        content["users"] = [user for user in content["users"] if user["name"] != "taro.yamada"]

    deployed.edit("partners/acme.yaml", take)
    assert TARO in stored(deployed)
    assert deployed.deploy("--accept-deletion", "--accept-open-sessions").code == 0
    assert TARO not in stored(deployed)


def test_no_password_is_in_any_output_or_file_of_a_whole_deploy(world: World) -> None:
    said = [
        world.run("--debug", "-v", "build"),
        world.run("--debug", "-v", "plan"),
        world.run("--debug", "-v", "deploy", "--yes", "--accept-broadening"),
        world.run("--debug", "-v", "-o", "json", "plan"),
        world.run("--debug", "-v", "status"),
    ]
    secrets = set(stored(world).values())
    assert len(secrets) == len(people(world)) > 3
    written = [path for path in world.folder.rglob("*") if path.is_file() and not _embedded(world, path)]
    texts = [one.out + one.err for one in said] + [path.read_text("utf-8", "replace") for path in written]
    assert not [text for text in texts for secret in secrets if secret in text]
    assert any("create-password taro.yamada" in text for text in texts)


def _embedded(world: World, path: Path) -> bool:
    return path.is_relative_to(world.folder / ".jumpcf" / "local")
