"""A stack whose update is complete though something of it could not be deleted: AWS shows nothing that is not as
wanted, and every verb says that it failed."""

from pathlib import Path

import pytest

from tests.functional.conftest import World
from tests.functional.killing import killed
from tests.functional.test_offboarding import users
from tests.functional.wire import Call, wired

STAYS = "UPDATE_COMPLETE, but something stays that no stack knows any more: UserTaroYamada"
TOLD = f"FAILED jump jump-partner-acme (deploy-stack)  ({STAYS}"


@pytest.fixture
def lost(deployed: World) -> World:
    lose(deployed.folder)
    return deployed


def lose(folder: Path) -> None:
    """A Condition that is never true takes a user with a password out of his stack, whose template still has him, so
    nobody offboards him."""
    file = folder / "stacks" / "partner.py"
    text = file.read_text(encoding="utf-8")
    added = "    template.add_resource(resource)\n    context.cite(resource.title, user.mark)"
    assert text.count(added) == 1
    condition = (
        '    if user.name == "taro.yamada":\n'
        '        template.add_condition("Never", {"Fn::Equals": ["a", "b"]})\n'
        '        resource.Condition = "Never"\n'
    )
    file.write_text(text.replace(added, condition + added), encoding="utf-8")


@pytest.mark.parametrize("quiet", [(), ("-q",)])
def test_a_deploy_says_so_last_and_ends_with_3(lost: World, quiet: tuple[str, ...]) -> None:
    said = lost.run(*quiet, "deploy", "--yes", "--accept-broadening", "--accept-deletion")
    assert said.code == 3, said.out + said.err
    failed, verdict = said.out.splitlines()[-2:]
    assert failed.startswith(TOLD)
    assert verdict.startswith("NOT everything is as wanted:")
    assert verdict.endswith("; 1 operation failed.")
    assert "taro.yamada" in users(lost)
    assert lost.run("status").code == 0


def test_doctor_goes_on_saying_it_until_he_is_gone(lost: World) -> None:
    assert lost.run("-q", "doctor").code == 0
    assert lost.run("deploy", "--yes", "--accept-broadening", "--accept-deletion").code == 3
    said = lost.run("-q", "doctor")
    assert (said.code, said.out.count("D723")) == (1, 1), said.out
    assert "D723 error: jump/partner/acme/taro.yamada: " in said.out
    assert lost.run("user", "offboard", "acme", "taro.yamada", "--yes").code == 0
    lost.client("iam", "111111111111").delete_user(UserName="taro.yamada")
    assert lost.run("-q", "doctor").code == 0


def test_doctor_tells_of_who_was_made_by_hand_and_where_it_may_not_ask(deployed: World) -> None:
    deployed.client("iam", "111111111111").create_user(UserName="by.hand", Path="/partner/acme/")
    said = deployed.run("-o", "json", "doctor")
    assert [one["where"] for one in said.json["findings"] if one["code"] == "D723"] == [
        "jump/partner/acme/by.hand"
    ]

    def refuse(call: Call) -> tuple[int, str] | None:
        return (403, "AccessDenied") if call.operation == "ListStackResources" else None

    with wired(deployed, refuse):
        said = deployed.run("-q", "doctor")
    assert (said.code, said.out.count("D701"), "ListStackResources was refused" in said.out) == (1, 1, True)


def test_json_says_so(lost: World) -> None:
    said = lost.run("-o", "json", "deploy", "--yes", "--accept-broadening", "--accept-deletion")
    assert said.code == 3
    (failed,) = said.json["failed"]
    assert (failed["place"], failed["stack"], failed["work"]) == ("jump", "jump-partner-acme", "deploy-stack")
    assert failed["reason"].startswith(STAYS)
    assert lost.run("-o", "json", "deploy", "--yes").json["failed"] == []


def test_what_goes_on_with_a_run_that_broke_off_says_it_of_that_run(lost: World, tmp_path: Path) -> None:
    words = ("--accept-broadening", "--accept-deletion", "--org", "corp")
    # lock, plan, header, started, the change set, its execution
    assert killed(lost.folder, tmp_path / "killed.txt", 5, "after", *words) == -9
    said = lost.run("deploy", "--resume")
    assert f"jump/jump-partner-acme: failed, {STAYS}" in said.err
    assert said.code == 3, said.out + said.err
    assert said.out.splitlines()[-2].startswith(TOLD)
    again = lost.run("deploy", "--resume")
    assert (again.code, "nothing to resume" in again.err) == (5, True)


def test_a_freeze_that_takes_it_along_is_not_called_whole(lost: World) -> None:
    freeze = ("partner", "freeze", "acme", "--reason", "INC-7", "--accept-broadening", "--accept-deletion")
    said = lost.run(*freeze)
    assert said.code == 3, said.out + said.err
    assert f"deploy-stack of jump-partner-acme failed: {STAYS}" in said.out
    assert lost.run(*freeze).code == 0
