"""What happens between two runs: accounts come, move and go, and no jumpcf run is needed."""

from tests.functional.conftest import World
from tests.functional.test_main_path import CORP_ADMIN, having

MANAGEMENT = "400000000001"
STAGING_ACCOUNT = "444000000001"


def unit(world: World, path: str) -> str:
    from jumpcf.estate.load import load

    (found,) = (one.id for one in load(world.folder).organizations["corp"].units if one.path == path)
    return found


def move(world: World, account: str, destination: str) -> None:
    organizations = world.client("organizations", MANAGEMENT)
    (parent,) = organizations.list_parents(ChildId=account)["Parents"]
    organizations.move_account(
        AccountId=account, SourceParentId=parent["Id"], DestinationParentId=unit(world, destination)
    )


def test_an_account_moved_into_a_target_ou_gains_its_roles_by_itself(deployed: World) -> None:
    move(deployed, STAGING_ACCOUNT, "/Workloads/Prod")
    names = set(deployed.roles_in(STAGING_ACCOUNT))
    assert "acme-prod-Read" in names
    assert not any(name.startswith("hinode-platform") for name in names)
    assert deployed.run("status").code == 0
    assert "No changes." in deployed.run("plan").out


def test_an_account_moved_out_of_every_target_ou_loses_its_roles_by_itself(deployed: World) -> None:
    assert deployed.roles_in("443000000001")
    organizations = deployed.client("organizations", MANAGEMENT)
    root = organizations.list_roots()["Roots"][0]["Id"]
    organizations.move_account(
        AccountId="443000000001",
        SourceParentId=unit(deployed, "/Workloads/Prod"),
        DestinationParentId=root,
    )
    assert deployed.roles_in("443000000001") == {}
    assert deployed.run("status").code == 0


def test_an_account_created_and_moved_into_a_target_ou_gains_its_roles(deployed: World) -> None:
    organizations = deployed.client("organizations", MANAGEMENT)
    made = organizations.create_account(AccountName="new-prod", Email="new-prod@corp.example")
    account = made["CreateAccountStatus"]["AccountId"]
    move(deployed, account, "/Workloads/Prod/Web")
    assert having({account: deployed.roles_in(account)}, "acme-prod-Read") == {account}
    said = deployed.run("status")
    assert said.code == 0
    assert f"current         {account} new-prod" in said.out


def test_an_account_in_an_ou_that_was_empty_at_the_deploy_gains_its_roles(deployed: World) -> None:
    move(deployed, STAGING_ACCOUNT, "/Workloads/Migration")
    assert any(name.startswith("initech-move-") for name in deployed.roles_in(STAGING_ACCOUNT))


def test_auto_deployment_gives_no_role_to_an_excepted_account_that_moves(deployed: World) -> None:
    move(deployed, "333333333333", "/Workloads/Prod/Web")
    assert "acme-prod-Read" not in deployed.roles_in("333333333333")


def test_the_admin_account_gains_no_role_when_it_moves_into_a_target_ou(deployed: World) -> None:
    move(deployed, CORP_ADMIN, "/Workloads/Prod")
    assert deployed.roles_in(CORP_ADMIN) == {}
    said = deployed.run("status")
    assert said.code == 0
    assert f"protected       {CORP_ADMIN}" in said.out
