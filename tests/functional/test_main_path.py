"""The main path: params to roles in three organizations, twice, and every change of a grant."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.functional.conftest import World, calls

JUMP = "111111111111"
CORP_ADMIN = "222222222222"
DEV = {"441000000001", "441000000002", "441000000003", "441000000005", "441000000006"}
PROD = {"443000000001", "443000000002", "443000000003", "443100000001", "443200000001", "443200000002"}
STAGING = {"444000000001", "444000000002"}
SUSPENDED, EXCEPTED = "441000000004", "333333333333"


def having(roles: dict[str, dict[str, Any]], name: str) -> set[str]:
    """The accounts that have a role of this name."""
    return {account for account, found in roles.items() if name in found}


def test_the_first_deploy_puts_every_role_where_it_is_wanted(deployed: World) -> None:
    roles = deployed.roles()
    assert having(roles, "acme-dev-Power") == DEV
    assert having(roles, "acme-prod-Read") == PROD
    assert having(roles, "hinode-platform-PowerAndIam") == DEV | STAGING | {"420000000001", "420000000002"}
    assert having(roles, "globex-lab-Read") | having(roles, "globex-lab-Admin") != set()


def test_protected_excepted_and_suspended_accounts_have_no_role(deployed: World) -> None:
    roles = deployed.roles()
    for account in (JUMP, CORP_ADMIN, "400000000001", EXCEPTED, SUSPENDED, "800000000001"):
        assert roles.get(account, {}) == {}, account


def test_every_role_carries_its_trust_its_fence_and_its_boundary(deployed: World) -> None:
    for account, found in deployed.roles().items():
        for name, role in found.items():
            (statement,) = role["trust"]["Statement"]
            assert statement["Principal"] == {"AWS": f"arn:aws:iam::{JUMP}:root"}
            assert statement["Condition"]["Bool"] == {"aws:MultiFactorAuthPresent": "true"}
            partner = name.split("-")[0]
            assert statement["Condition"]["ArnLike"] == {
                "aws:PrincipalArn": f"arn:aws:iam::{JUMP}:user/partner/{partner}/*"
            }
            assert role["boundary"].startswith(f"arn:aws:iam::{account}:policy/jump/{partner}/")
            assert "fence" in role["inline"]


def test_a_second_deploy_writes_nothing_and_says_so(deployed: World) -> None:
    with calls() as made:
        said = deployed.deploy()
    assert said.code == 0
    assert "No changes." in said.err
    assert made.writes == []
    assert len(made.names) > 50


@pytest.mark.parametrize("verb", [["plan"], ["deploy", "--yes"]])
def test_who_builds_to_deploy_hears_warnings_and_accepted_dangers_quiet_or_not(
    deployed: World, verb: list[str]
) -> None:
    reason = "moves its own applications between accounts"
    own = {"level": "Own", "boundary": "relaxed", "accept_escalation": reason}
    own["statements"] = [{"effect": "Allow", "actions": ["iam:PassRole"], "resources": ["*"]}]
    (deployed.folder / "params" / "levels" / "Own.yaml").write_text(yaml.safe_dump(own))

    def relaxed(partner: dict[str, Any]) -> None:
        partner["grants"]["dev"]["levels"].append("Own")
        partner["grants"]["dev"]["accept_delegated_admin"] = "nobody is there"

    deployed.edit("partners/acme.yaml", relaxed)
    said = deployed.run("-q", *verb)
    assert f"Note: level Own has a relaxed boundary and accepts escalation: {reason}" in said.err
    assert "E237 warning: grants.dev" in said.err
    assert "roles that trust accounts outside" not in said.err
    assert (
        "Note: organization lab: Admin can make roles that trust accounts outside" in deployed.run("plan").err
    )


def test_plan_and_status_only_read(world: World) -> None:
    with calls() as made:
        planned = world.run("plan")
        status = world.run("status")
    assert made.writes == []
    assert planned.code == 0
    assert "+ jump-acme-dev" in planned.out
    assert status.code == 3
    assert "NOT everything is as wanted" in status.out


def test_status_tells_the_same_at_any_later_time(deployed: World) -> None:
    said = deployed.run("status")
    assert said.code == 0
    assert "Everything is as wanted" in said.out
    lines = [line.split() for line in said.out.splitlines() if line.startswith("  ")]
    states = {(line[1], line[0]) for line in lines}
    assert (EXCEPTED, "excepted") in states
    assert (SUSPENDED, "suspended") in states
    assert ("800000000001", "management") in states
    assert {("443000000001", "current"), ("441000000001", "current")} <= states


def test_the_detailed_exit_code_tells_that_something_would_change(deployed: World) -> None:
    assert deployed.run("plan", "--detailed-exitcode").code == 0
    deployed.edit("partners/initech.yaml", lambda it: it.update(until="2028-06-30"))
    assert deployed.run("plan", "--detailed-exitcode").code == 2
    assert deployed.run("plan").code == 0


def changed(before: dict[str, dict[str, Any]], after: dict[str, dict[str, Any]]) -> set[tuple[str, str]]:
    """(account, role) that appeared, went or differ in anything, their ids included."""
    pairs = {(account, name) for roles in (before, after) for account in roles for name in roles[account]}
    return {
        (account, name)
        for account, name in pairs
        if before.get(account, {}).get(name) != after.get(account, {}).get(name)
    }


def test_adding_an_ou_adds_the_roles_there_and_touches_nothing_else(deployed: World) -> None:
    before = deployed.roles()
    deployed.edit("partners/acme.yaml", lambda it: it["grants"]["dev"]["ous"].append("/Workloads/Staging"))
    said = deployed.deploy()
    assert said.code == 0, said.err
    after = deployed.roles()
    new = {(account, f"acme-dev-{level}") for account in STAGING for level in levels(deployed, "acme", "dev")}
    assert changed(before, after) == new


def test_removing_an_ou_takes_the_roles_there_and_touches_nothing_else(deployed: World) -> None:
    before = deployed.roles()
    deployed.edit(
        "partners/hinode.yaml",
        lambda it: it["grants"]["platform"]["ous"].remove("/Workloads/Staging"),
    )
    said = deployed.deploy("--accept-deletion")
    assert said.code == 0, said.err
    after = deployed.roles()
    gone = {(account, f"hinode-platform-{level}") for account in STAGING for level in ("PowerAndIam", "Read")}
    assert changed(before, after) == gone
    assert all(name not in after[account] for account, name in gone)


def test_changing_a_level_changes_its_roles_in_place(deployed: World) -> None:
    before = deployed.roles()

    def longer(level: dict[str, Any]) -> None:
        level["session"] = "3h"

    deployed.edit("levels/DbOperator.yaml", longer)
    said = deployed.deploy()
    assert said.code == 0, said.err
    after = deployed.roles()
    differing = changed(before, after)
    assert differing
    assert {name.rsplit("-", 1)[1] for _, name in differing} == {"DbOperator"}
    for account, name in differing:
        assert after[account][name]["session"] == 3 * 3600
        assert after[account][name]["id"] == before[account][name]["id"]


def test_swapping_a_grants_level_takes_one_role_and_makes_the_other(deployed: World) -> None:
    before = deployed.roles()
    deployed.edit("partners/acme.yaml", lambda it: it["grants"]["prod"].update(levels=["Power"]))
    refused = deployed.deploy()
    assert refused.code == 5
    assert "corp/jump-acme-prod RoleRead" in refused.err
    said = deployed.deploy("--accept-deletion")
    assert said.code == 0, said.err
    expected = {(account, name) for account in PROD for name in ("acme-prod-Read", "acme-prod-Power")}
    assert changed(before, deployed.roles()) == expected


def test_removing_a_grant_takes_its_stack_set_and_roles_and_touches_nothing_else(deployed: World) -> None:
    before = deployed.roles()

    def without_prod(partner: dict[str, Any]) -> None:
        del partner["grants"]["prod"]

    deployed.edit("partners/acme.yaml", without_prod)
    said = deployed.deploy("--accept-deletion")
    assert said.code == 0, said.err
    assert changed(before, deployed.roles()) == {(account, "acme-prod-Read") for account in PROD}
    assert "jump-acme-prod" not in stack_sets(deployed)


def test_removing_a_partner_takes_its_users_groups_and_roles_and_nothing_else(deployed: World) -> None:
    before = deployed.roles()
    (deployed.folder / "params" / "partners" / "acme.yaml").unlink()
    said = deployed.deploy("--accept-deletion")
    assert said.code == 0, said.err + said.out
    after = deployed.roles()
    assert {name.split("-")[0] for _, name in changed(before, after)} == {"acme"}
    assert not any(name.startswith("acme-") for found in after.values() for name in found)
    iam = deployed.client("iam", JUMP)
    assert not [user for user in iam.list_users()["Users"] if user["Path"] == "/partner/acme/"]
    assert not [group for group in iam.list_groups()["Groups"] if group["GroupName"].startswith("acme-")]
    assert [user for user in iam.list_users()["Users"] if user["Path"] == "/partner/hinode/"]
    assert not any(name.startswith("jump-acme-") for name in stack_sets(deployed))


def test_deletion_needs_a_word_of_its_own(deployed: World) -> None:
    (deployed.folder / "params" / "partners" / "acme.yaml").unlink()
    with calls() as made:
        said = deployed.deploy()
    assert said.code == 5
    assert "--accept-deletion" in said.err
    assert made.writes == []


def test_taking_a_user_away_or_excepting_an_account_needs_that_word_too(deployed: World) -> None:
    deployed.edit("partners/acme.yaml", lambda it: it.update(users=it["users"][:-1]))
    without_user = deployed.deploy()
    assert without_user.code == 5
    assert "jump/jump-partner-acme user jun.ito" in without_user.err
    deployed.edit(
        "partners/hinode.yaml", lambda it: it["grants"]["platform"].update(except_accounts=["441000000001"])
    )
    assert deployed.run("user", "remove", "acme", "jun.ito", "--unlisted").code == 0
    excepting = deployed.deploy()
    assert excepting.code == 5
    assert "corp/jump-hinode-platform in 441000000001" in excepting.err
    assert deployed.deploy("--accept-deletion").code == 0
    assert "hinode-platform-Read" not in deployed.roles_in("441000000001")


def test_one_organization_is_deployed_without_the_others(world: World) -> None:
    said = world.deploy("--org", "lab")
    assert said.code == 0, said.err
    roles = world.roles()
    assert {account[0] for account in roles if roles[account]} == {"8"}
    assert world.run("status", "--org", "lab").code == 0
    assert world.run("status").code == 3


def test_json_output_is_one_document_with_a_schema_version(deployed: World) -> None:
    planned = deployed.run("-o", "json", "plan")
    assert json.loads(planned.out)["schema"] == 1
    status = deployed.run("-o", "json", "status")
    assert status.json["schema"] == 1
    assert {"account", "state", "stack_set"} <= status.json["accounts"][0].keys()


def levels(world: World, partner: str, grant: str) -> list[str]:
    import yaml

    text = (world.folder / f"params/partners/{partner}.yaml").read_text(encoding="utf-8")
    found: list[str] = yaml.safe_load(text)["grants"][grant]["levels"]
    return found


def stack_sets(world: World) -> set[str]:
    client = world.client("cloudformation", CORP_ADMIN)
    answer = client.list_stack_sets(Status="ACTIVE", CallAs="DELEGATED_ADMIN")
    return {one["StackSetName"] for one in answer["Summaries"]}


def test_the_journal_names_every_operation_before_its_call(deployed: World) -> None:
    (journal,) = (Path(deployed.folder) / ".jumpcf" / "journal").iterdir()
    lines = [json.loads(line) for line in journal.read_text().splitlines()]
    started = [line["operation"] for line in lines if line.get("event") == "started"]
    ended = [line["operation"] for line in lines if line.get("event") == "succeeded"]
    assert sorted(started) == sorted(ended)
    assert len(started) == len(set(started)) == 39


def test_a_plan_for_a_pull_request_is_a_page_with_its_full_text_beside_it(deployed: World) -> None:
    def longer(partner: dict[str, Any]) -> None:
        partner["until"] = "2029-03-31"

    deployed.edit("partners/acme.yaml", longer)
    full = deployed.folder / "plan.md"
    planned = deployed.run("plan", "--output", "markdown", "--full", str(full))
    assert planned.code == 0
    assert planned.out.rstrip("\n") == full.read_text(encoding="utf-8").rstrip("\n")
    first, second = planned.out.index("### Broadened"), planned.out.index("### Partners")
    assert "trust `PartnerUsersWithMfa` changed: `aws:CurrentTime <" in planned.out[first:second]
    assert "acme: broadened by fence, trust in" in planned.out[second:]
