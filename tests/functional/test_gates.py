"""What somebody must have accepted before a deploy: what is broadened, and by digest, for one plan alone."""

import pytest

from tests.functional.conftest import World, calls


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
