"""What somebody must have accepted before a deploy: what is broadened, by digest for one plan alone, and nothing
that the plan did not show."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.functional.conftest import World, calls
from tests.functional.test_terminal import Terminal, plain

JUMP = "111111111111"
ACME, GLOBEX, INITECH = (f"jump-partner-{name}" for name in ("acme", "globex", "initech"))


def longer(world: World, date: str = "2029-06-30") -> None:
    """Something that broadens, and takes nothing away: the contract of initech ends later."""
    world.edit("partners/initech.yaml", lambda it: it.update(until=date))


def digest(world: World) -> str:
    found: str = world.run("-o", "json", "plan").json["digest"]
    return found


def test_a_deploy_from_nothing_broadens_and_names_twelve_things_and_how_many_more(world: World) -> None:
    with calls() as made:
        said = world.run("deploy", "--yes")
    assert said.code == 5
    names = world.run("-o", "json", "plan").json["broadenings"]
    assert f"G521 the plan broadens access: {', '.join(names[:12])} and {len(names) - 12} more" in said.err
    assert "corp/jump-acme-prod acme-prod-Read: role added" in names
    assert "corp/jump-acme-prod in 443000000001" in names
    assert "jump/jump-partner-acme taro.yamada: user added" in names
    assert not [name for name in names if "Handle" in name]
    assert made.writes == []


def test_what_broadens_is_told_by_name_and_goes_through_with_its_word_alone(deployed: World) -> None:
    longer(deployed)
    refused = deployed.run("deploy", "--yes")
    assert refused.code == 5
    assert "jump-initech-move initech-move-PowerAndIam: trust PartnerUsersWithMfa changed" in refused.err
    assert "takes away" not in refused.err
    assert deployed.run("deploy", "--yes", "--accept-deletion").code == 5
    assert deployed.run("deploy", "--yes", "--accept-broadening").code == 0


def test_what_only_narrows_needs_no_word(deployed: World) -> None:
    deployed.edit("partners/initech.yaml", lambda it: it.update(until="2026-12-31"))
    planned = deployed.run("-o", "json", "plan").json
    assert (planned["broadenings"], planned["deletions"]) == ([], [])
    assert planned["operations"]
    assert deployed.run("deploy", "--yes").code == 0


def test_an_excepted_account_that_is_so_no_more_is_broadened(deployed: World) -> None:
    deployed.edit("partners/acme.yaml", lambda it: it["grants"]["prod"].pop("except_accounts") and None)
    said = deployed.run("deploy", "--yes")
    assert said.code == 5
    assert "corp/jump-acme-prod in 333333333333" in said.err


def test_an_acceptance_by_digest_holds_for_that_plan_alone(deployed: World) -> None:
    longer(deployed)
    read = digest(deployed)
    longer(deployed, "2030-06-30")
    with calls() as made:
        refused = deployed.run("deploy", "--yes", f"--accept-broadening={read}")
    assert refused.code == 5
    assert "G522" in refused.err
    assert read in refused.err
    assert digest(deployed) in refused.err
    assert made.writes == []
    longer(deployed)
    assert deployed.run("deploy", "--yes", "--accept-broadening", read[:12]).code == 0


def test_the_digest_stands_at_the_end_of_the_plan_and_in_json(deployed: World) -> None:
    longer(deployed)
    said = deployed.run("plan")
    planned = deployed.run("-o", "json", "plan").json
    assert said.out.splitlines()[-1] == f"Plan digest: {planned['digest']}"
    assert planned["schema"] == 1


@pytest.mark.parametrize(("value", "code"), [("1", 0), ("any", 0), ("0", 5), ("", 5), ("f" * 12, 5)])
def test_an_environment_variable_accepts_as_the_flag_does(
    deployed: World, monkeypatch: pytest.MonkeyPatch, value: str, code: int
) -> None:
    longer(deployed)
    monkeypatch.setenv("JUMPCF_DEPLOY_ACCEPT_BROADENING", value)
    assert deployed.run("deploy", "--yes").code == code


def test_the_digest_from_the_environment_accepts_that_plan(
    deployed: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    longer(deployed)
    monkeypatch.setenv("JUMPCF_DEPLOY_ACCEPT_BROADENING", digest(deployed))
    assert deployed.run("deploy", "--yes").code == 0


@pytest.mark.parametrize("value", ["yes-please", "abc123", "G" * 12])
def test_what_is_no_digest_is_wrong_usage(deployed: World, value: str) -> None:
    said = deployed.run("deploy", "--yes", "--accept-broadening", value)
    assert said.code == 252
    assert "12 to 64 hex digits" in said.err


def by_hand(world: World, stack: str, change: Callable[[dict[str, Any]], None]) -> None:
    """Update a live stack as somebody in the console would."""
    client = world.client("cloudformation", JUMP)
    body = client.get_template(StackName=stack)["TemplateBody"]
    change(body["Resources"])
    client.update_stack(StackName=stack, TemplateBody=json.dumps(body), Capabilities=["CAPABILITY_NAMED_IAM"])


def add_group(resources: dict[str, Any]) -> None:
    resources["ByHand"] = {"Type": "AWS::IAM::Group", "Properties": {"GroupName": "acme-by-hand"}}


def rename_members(resources: dict[str, Any]) -> None:
    resources["Members"]["Properties"]["GroupName"] = "globex-renamed"


def engage(world: World, partner: str) -> None:
    """Somebody new at a partner."""
    user = {"name": f"new.at.{partner}", "email": f"new@{partner}.example"}
    world.edit(f"partners/{partner}.yaml", lambda it: it["users"].append(user))


def groups(world: World) -> set[str]:
    return {one["GroupName"] for one in world.client("iam", JUMP).list_groups()["Groups"]}


def users(world: World) -> set[str]:
    return {one["UserName"] for one in world.client("iam", JUMP).list_users()["Users"]}


def waiting(world: World, stack: str) -> list[str]:
    """The change sets of a stack that somebody could execute."""
    found = world.client("cloudformation", JUMP).list_change_sets(StackName=stack)["Summaries"]
    return [one["ChangeSetName"] for one in found if one["ExecutionStatus"] == "AVAILABLE"]


@pytest.fixture
def refused(deployed: World) -> tuple[World, int, str]:
    """A deploy of three partners' new people, of whom two partners' stacks were changed while a person read."""
    for partner in ("acme", "globex", "initech"):
        engage(deployed, partner)
    terminal = Terminal(deployed.folder, "deploy", "--accept-broadening", "--org", "corp")
    terminal.wait_for("Deploy this? [y/N]")
    by_hand(deployed, ACME, add_group)
    by_hand(deployed, GLOBEX, rename_members)
    terminal.type("y")
    return deployed, terminal.close(), " ".join(plain(terminal.seen).split())


def test_what_was_not_shown_stays_the_rest_is_done_and_the_next_plan_shows_it(
    refused: tuple[World, int, str],
) -> None:
    world, code, text = refused
    assert code == 5, text
    assert "G523 the change set of jump-partner-" in text
    assert f"the change set of {ACME} would remove ByHand (AWS::IAM::Group acme-by-hand), which" in text
    assert f"the change set of {GLOBEX} would replace Members (AWS::IAM::Group globex-renamed), which" in text
    assert "hint: somebody changed the stack or its template since the plan was made: run plan again" in text
    assert {"acme-by-hand", "globex-renamed"} <= groups(world)
    assert "globex-members" not in groups(world)
    assert waiting(world, ACME) == waiting(world, GLOBEX) == []
    assert {"new.at.initech"} == users(world) & {"new.at.acme", "new.at.globex", "new.at.initech"}
    planned = world.run("plan").out
    assert "removed: ByHand (AWS::IAM::Group acme-by-hand)" in planned
    assert "replaced: Members (AWS::IAM::Group globex-renamed)" in planned
    asked = world.deploy()
    assert asked.code == 5
    assert "jump/jump-partner-acme ByHand, jump/jump-partner-globex Members (replaced)" in asked.err
    done = world.deploy("--accept-deletion")
    assert done.code == 0, done.out + done.err
    assert "globex-members" in groups(world)
    assert not {"acme-by-hand", "globex-renamed"} & groups(world)
