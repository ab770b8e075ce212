"""What `user status`, a freeze and an offboarding say is to be done, done: each way out leads out."""

from tests.functional.conftest import World
from tests.functional.test_offboarding import iam_of, leave

JUMP = "111111111111"
FREEZE = f"arn:aws:iam::{JUMP}:policy/jump/jump-freeze"


def findings(world: World, name: str) -> dict[str, tuple[str, str]]:
    """What is said of somebody of acme, by code: what was seen, and what to do."""
    (one,) = world.run("-o", "json", "user", "status", "acme", name).json["people"]
    return {each["code"]: (each["what"], each["fix"]) for each in one["findings"]}


def thawed(world: World, *whom: str) -> None:
    said = world.run("partner", "thaw", *whom, "--yes", "--accept-broadening")
    assert said.code == 0, said.out + said.err


def test_a_door_that_only_the_api_closed_is_seen_after_a_deploy_and_a_thaw_opens_it(deployed: World) -> None:
    iam, file = iam_of(deployed), deployed.folder / "params/partners/acme.yaml"
    before = file.read_bytes()
    file.write_bytes(before + b"bad: [\n")
    for whom in (("acme", "--user", "ken.mori"), ("acme",)):
        said = deployed.run("partner", "freeze", *whom, "--reason", "INC-7")
        assert said.code == 3
        told = "the next deploy ends no session, and opens the door again if an earlier one rolled out"
        assert told in said.out
    file.write_bytes(before)
    assert deployed.deploy().code == 0
    ken, mio = findings(deployed, "ken.mori")["frozen"], findings(deployed, "mio.kato")["frozen"]
    assert (
        ken[0] == "jump-freeze is on ken.mori, acme-members, so he may do nothing; params do not say frozen"
    )
    assert ken[1].startswith(
        "`jumpcf partner thaw acme --user ken.mori` and `jumpcf partner thaw acme`; if that is wanted"
    )
    assert mio[1].startswith("`jumpcf partner thaw acme`; if that is wanted")
    assert deployed.run("user", "status", "acme", "--fail-on", "differs").code == 3

    thawed(deployed, "acme", "--user", "ken.mori")
    assert iam.list_attached_user_policies(UserName="ken.mori")["AttachedPolicies"] == []
    thawed(deployed, "acme")
    assert [findings(deployed, one).get("frozen") for one in ("ken.mori", "mio.kato")] == [None, None]
    assert deployed.run("user", "status", "acme", "--fail-on", "differs").code == 0


def test_a_freeze_that_params_know_is_no_finding_and_a_thaw_names_who_stays_frozen_alone(
    deployed: World,
) -> None:
    for whom in (("acme", "--user", "ken.mori"), ("acme",)):
        assert deployed.run("partner", "freeze", *whom, "--reason", "INC-7").code == 0
    assert "frozen" not in findings(deployed, "ken.mori")
    said = deployed.run("partner", "thaw", "acme", "--yes", "--accept-broadening")
    told = "ken.mori stays frozen by his own entry: jumpcf partner thaw acme --user ken.mori"
    assert (said.code, told in said.err) == (0, True), said
    thawed(deployed, "acme", "--user", "ken.mori")
    assert "frozen" not in findings(deployed, "ken.mori")
    said = deployed.run("partner", "thaw", "acme", "--user", "nobody.here")
    assert (said.code, "there is nothing to open" in said.err) == (252, True)


def test_whose_line_was_deleted_is_put_under_left_and_deployed(deployed: World) -> None:
    leave(deployed, "ken.mori")
    what, fix = findings(deployed, "ken.mori")["unknown"]
    assert what == "IAM has him and params do not"
    assert fix.startswith(
        "`jumpcf user remove acme ken.mori --unlisted`, then `jumpcf deploy --accept-deletion`"
    )
    assert deployed.run("user", "remove", "acme", "ken.mori", "--unlisted").code == 0
    ((code, (what, fix)),) = findings(deployed, "ken.mori").items()
    assert (code, "and no deploy has deleted him yet" in what) == ("left", True)
    assert fix.startswith("`jumpcf deploy --accept-deletion`")
    assert deployed.run("user", "status", "acme", "ken.mori", "--fail-on", "differs").code == 3
    assert deployed.deploy("--accept-deletion").code == 0
    assert deployed.run("user", "status", "acme", "ken.mori").code == 252


def offboarded_by_mistake(world: World) -> bytes:
    """Put back into params before a deploy; what they were."""
    file = world.folder / "params/partners/acme.yaml"
    before = file.read_bytes()
    assert world.run("user", "offboard", "acme", "ken.mori", "--yes").code == 0
    file.write_bytes(before)
    assert world.deploy().code == 0
    found = findings(world, "ken.mori")
    assert found["groups"][0] == "not in acme-dev, acme-members"
    assert "by hand" not in found["groups"][1]
    assert "move him back to users, deploy: he is made anew; or an administrator" in found["groups"][1]
    assert found["frozen"][1].startswith("`jumpcf partner thaw acme --user ken.mori`;")
    return before


def test_who_was_offboarded_by_mistake_is_made_anew_by_two_deploys(deployed: World) -> None:
    before = offboarded_by_mistake(deployed)
    assert deployed.run("user", "remove", "acme", "ken.mori").code == 0
    assert deployed.deploy("--accept-deletion").code == 0
    (deployed.folder / "params/partners/acme.yaml").write_bytes(before)
    assert deployed.deploy().code == 0
    assert findings(deployed, "ken.mori").keys() == {"no-mfa"}


def test_or_an_administrator_adds_him_to_his_groups_and_a_thaw_opens_his_door(deployed: World) -> None:
    offboarded_by_mistake(deployed)
    for group in ("acme-dev", "acme-members"):
        iam_of(deployed).add_user_to_group(UserName="ken.mori", GroupName=group)
    thawed(deployed, "acme", "--user", "ken.mori")
    assert findings(deployed, "ken.mori").keys() <= {"no-mfa"}
    assert deployed.run("plan", "--detailed-exitcode").code == 0


def test_somebody_who_is_still_another_partners_is_frozen_and_offboarded_there(deployed: World) -> None:
    leave(deployed, "ken.mori")
    file = deployed.folder / "params/partners/hinode.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(
        text.replace("users:\n", "users:\n  - {name: ken.mori, email: k@hinode.example}\n"), encoding="utf-8"
    )
    said = deployed.run("partner", "freeze", "hinode", "--user", "ken.mori", "--reason", "INC-7")
    assert (said.code, "[A573]" in said.out) == (4, True), said.err
    assert "hint: `jumpcf partner freeze acme --user ken.mori`: he is acme's until a deploy" in said.out
    assert "run it again" not in said.out.lower()
    said = deployed.run("user", "offboard", "hinode", "ken.mori", "--yes")
    assert (said.code, "A531" in said.err) == (4, True)
    assert "hint: `jumpcf user offboard acme ken.mori`: he is acme's until a deploy" in said.err
    said = deployed.run("partner", "freeze", "acme", "--user", "ken.mori", "--reason", "INC-7")
    assert "ken.mori of acme is frozen" in said.out
    assert iam_of(deployed).list_attached_user_policies(UserName="ken.mori")["AttachedPolicies"] != []


def test_an_offboarding_after_a_freeze_says_that_the_freeze_denies_his_sessions(deployed: World) -> None:
    assert deployed.run("partner", "freeze", "acme", "--user", "ken.mori", "--reason", "INC-7").code == 0
    (deployed.folder / "params/levels/Broken.yaml").write_text("level: [\n", encoding="utf-8")
    said = deployed.run("user", "offboard", "acme", "jun.ito", "--yes")
    assert "params/ have 1 problem; going on" in said.err
    (deployed.folder / "params/levels/Broken.yaml").unlink()
    said = deployed.run("user", "offboard", "acme", "ken.mori", "--yes")
    told = "are denied where his freeze (INC-7) was rolled out; elsewhere they are good for 4 h"
    assert (said.code, told in " ".join(said.out.split())) == (0, True), said.out


def test_with_the_embedded_aws_broken_params_end_a_freeze_and_an_offboarding(deployed: World) -> None:
    """It is made from params (docs/local.md); on AWS both go on."""
    (deployed.folder / "params/levels/Broken.yaml").write_text("level: [\n", encoding="utf-8")
    for verb in (
        ("partner", "freeze", "acme", "--reason", "x"),
        ("user", "offboard", "acme", "ken.mori", "--yes"),
    ):
        said = deployed.run(*verb, "--local")
        assert (said.code, "params/levels/Broken.yaml" in said.err) == (1, True), said
