"""Rings on the embedded AWS: their order, the accounts that each call names, and what a failing ring stops."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.functional.conftest import World, calls

CORP_ADMIN = "222222222222"
SET = "jump-acme-all"
SANDBOX = {"420000000001", "420000000002"}
DEV = {"441000000001", "441000000002", "441000000003", "441000000005", "441000000006"}
STAGING = {"444000000001", "444000000002"}
PROD = {
    "333333333333",
    "443000000001",
    "443000000002",
    "443000000003",
    "443100000001",
    "443200000001",
    "443200000002",
}
RINGS = (SANDBOX, DEV | STAGING, PROD)


@pytest.fixture
def ringed(deployed: World) -> World:
    """One grant for every account of all three rings, wanted and not yet deployed."""

    def everywhere(partner: dict[str, Any]) -> None:
        partner["grants"]["all"] = {
            "organization": "corp",
            "ous": ["/Sandbox", "/Workloads"],
            "levels": ["Read"],
            "groups": ["dev"],
        }

    deployed.edit("partners/acme.yaml", everywhere)
    return deployed


def operations(world: World, name: str = SET) -> list[tuple[str, dict[str, Any]]]:
    """Action and deployment targets of every operation that AWS has of the StackSet, the oldest first."""
    client = world.client("cloudformation", CORP_ADMIN)
    same = {"StackSetName": name, "CallAs": "DELEGATED_ADMIN"}
    found = [
        client.describe_stack_set_operation(OperationId=one["OperationId"], **same)["StackSetOperation"]
        for one in client.list_stack_set_operations(**same)["Summaries"]
    ]
    found.sort(key=lambda one: one["CreationTimestamp"])
    return [(one["Action"], one.get("DeploymentTargets", {})) for one in found]


def journal(world: World) -> list[dict[str, Any]]:
    """The lines of the last run."""
    last = max((Path(world.folder) / ".jumpcf" / "journal").iterdir(), key=lambda path: path.stat().st_mtime)
    return [json.loads(line) for line in last.read_text().splitlines()]


def change(world: World, session: str = "2h") -> None:
    """Every grant of acme in corp gets a new template."""

    def longer(partner: dict[str, Any]) -> None:
        for grant in partner["grants"].values():
            grant["session"] = session

    world.edit("partners/acme.yaml", longer)


def collide(world: World, *accounts: str) -> None:
    for account in accounts:
        said = world.run("local", "fault", "account", account, "--times", "99", "--reason", "role limit")
        assert said.code == 0, said.err


def having(world: World, accounts: set[str], session: int) -> set[str]:
    """Of these accounts, those whose role acme-all-Read has this session, in hours."""
    return {
        account
        for account in accounts
        if world.roles_in(account).get("acme-all-Read", {}).get("session") == session * 3600
    }


def test_stacks_are_made_ring_after_ring_in_the_stack_sets_own_ous(ringed: World) -> None:
    said = ringed.deploy()
    assert said.code == 0, said.err + said.out
    made = operations(ringed)
    assert [(action, set(targets["Accounts"])) for action, targets in made] == [
        ("CREATE", ring) for ring in RINGS
    ]
    assert {targets["AccountFilterType"] for _, targets in made} == {"INTERSECTION"}
    assert [len(targets["OrganizationalUnitIds"]) for _, targets in made] == [1, 1, 1]
    client = ringed.client("cloudformation", CORP_ADMIN)
    targets = client.list_stack_set_auto_deployment_targets(StackSetName=SET, CallAs="DELEGATED_ADMIN")
    assert len(targets["Summaries"]) == 2
    assert having(ringed, SANDBOX | DEV | STAGING | PROD, 1) == SANDBOX | DEV | STAGING | PROD


def test_a_new_template_goes_ring_after_ring_across_the_stack_sets(ringed: World) -> None:
    assert ringed.deploy().code == 0
    change(ringed)
    said = ringed.deploy()
    assert said.code == 0, said.err + said.out
    updates = operations(ringed)[3:]
    assert [(action, set(targets["Accounts"])) for action, targets in updates] == [
        ("UPDATE", ring) for ring in RINGS
    ]
    assert [set(targets["Accounts"]) for _, targets in operations(ringed, "jump-acme-dev")[1:]] == [DEV]
    lines = [line for line in journal(ringed) if line.get("place") == "corp"]
    events = [(line["stack"], line["event"]) for line in lines]
    # acme's prod and ops are in ring 3 wholly: they begin after ring 2 of every StackSet has ended
    third = min(events.index((name, "started")) for name in ("jump-acme-prod", "jump-acme-ops"))
    ended = [name for name, event in events[:third] if event == "succeeded"]
    assert ended.count(SET) == 2
    assert "jump-acme-dev" in ended
    assert having(ringed, SANDBOX | DEV | STAGING | PROD, 2) == SANDBOX | DEV | STAGING | PROD


def test_a_ring_that_fails_stops_the_later_ones_and_no_other_organization(ringed: World) -> None:
    assert ringed.deploy().code == 0
    change(ringed)
    collide(ringed, "420000000001")
    said = ringed.deploy()
    assert said.code == 3
    assert "failed          420000000001" in said.out
    assert "not started: ring 1 (/Sandbox) failed: corp/jump-acme-all: " in said.out
    assert "accounts not attempted because of what failed: not started: ring 1" in said.out
    assert having(ringed, DEV | STAGING | PROD, 1) == DEV | STAGING | PROD
    assert operations(ringed, "jump-acme-dev")[1:] == []
    lab = [line["event"] for line in journal(ringed) if line.get("place") == "lab"]
    assert lab == ["started", "succeeded"]


def test_the_next_run_goes_on_from_where_a_ring_failed_and_names_no_current_account(ringed: World) -> None:
    assert ringed.deploy().code == 0
    change(ringed)
    collide(ringed, "441000000002")
    assert ringed.deploy().code == 3
    before = len(operations(ringed))
    assert ringed.run("local", "fault", "clear").code == 0
    said = ringed.deploy()
    assert said.code == 0, said.err + said.out
    named = [set(targets["Accounts"]) for _, targets in operations(ringed)[before:]]
    assert len(named) == 2
    assert SANDBOX.isdisjoint(named[0] | named[1])
    assert "441000000002" in named[0] <= DEV | STAGING
    assert named[1] == PROD
    with calls() as made:
        assert ringed.deploy().code == 0
    assert made.writes == []


def test_a_failure_within_the_tolerance_goes_on_and_still_ends_with_3(ringed: World) -> None:
    ringed.edit("organizations/corp.yaml", lambda it: it["rollout"].update(failure_tolerance="1"))
    assert ringed.deploy().code == 0
    change(ringed)
    collide(ringed, "420000000001")
    said = ringed.deploy()
    assert said.code == 3
    assert "failed          420000000001" in said.out
    assert "not started" not in said.out
    assert having(ringed, DEV | STAGING | PROD, 2) == DEV | STAGING | PROD


def test_an_account_that_joins_between_two_rings_gets_what_the_first_ring_got(ringed: World) -> None:
    assert ringed.deploy().code == 0
    change(ringed)
    collide(ringed, "420000000001")
    assert ringed.deploy().code == 3
    organizations = ringed.client("organizations", "400000000001")
    prod = next(
        unit["Id"]
        for unit in organizations.list_organizational_units_for_parent(
            ParentId=next(
                one["Id"]
                for one in organizations.list_organizational_units_for_parent(
                    ParentId=organizations.list_roots()["Roots"][0]["Id"]
                )["OrganizationalUnits"]
                if one["Name"] == "Workloads"
            )
        )["OrganizationalUnits"]
        if unit["Name"] == "Prod"
    )
    status = organizations.create_account(AccountName="new-prod", Email="new@corp.example")
    account = status["CreateAccountStatus"]["AccountId"]
    root = organizations.list_parents(ChildId=account)["Parents"][0]["Id"]
    organizations.move_account(AccountId=account, SourceParentId=root, DestinationParentId=prod)
    assert having(ringed, {account}, 2) == {account}
    assert having(ringed, PROD, 1) == PROD
