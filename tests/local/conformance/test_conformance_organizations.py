"""Organizations: who may ask, names and places of OUs, accounts that move.

bc = botocore's Organizations model; OUG = Organizations User Guide; facts = the notes on StackSets by section.
"""

from typing import Any

import pytest

from tests.local.conformance.ground import Ground
from tests.local.conformance.things import code, new_name


@pytest.fixture
def organizations(judged: Ground) -> Any:
    return judged.client("organizations", judged.management)


def make(ground: Ground, organizations: Any, parent: str) -> tuple[str, str]:
    """(id, name) of a new OU, which goes at the end."""
    name = new_name()
    made = organizations.create_organizational_unit(ParentId=parent, Name=name)["OrganizationalUnit"]
    ground.later(organizations.delete_organizational_unit, OrganizationalUnitId=made["Id"])
    return str(made["Id"]), name


def test_a_member_asks_for_its_organization_only(judged: Ground) -> None:
    """Organizations API reference: every call but DescribeOrganization is for the management account or a
    delegated administrator; AccessDeniedException."""
    member = judged.client("organizations", judged.members["one"])
    found = member.describe_organization()["Organization"]
    assert found["MasterAccountId"] == judged.management
    for call in (member.list_accounts, member.list_roots, member.list_delegated_administrators):
        assert code(call) == "AccessDeniedException"
    account = {"AccountId": judged.members["two"]}
    assert code(member.describe_account, **account) == "AccessDeniedException"


def test_two_units_below_one_parent_have_two_names(judged: Ground, organizations: Any) -> None:
    """bc CreateOrganizationalUnit, UpdateOrganizationalUnit: DuplicateOrganizationalUnitException."""
    apart = judged.units["apart"]
    first, name = make(judged, organizations, apart)
    second, _ = make(judged, organizations, apart)
    duplicate = "DuplicateOrganizationalUnitException"
    assert code(organizations.create_organizational_unit, ParentId=apart, Name=name) == duplicate
    rename = organizations.update_organizational_unit
    assert code(rename, OrganizationalUnitId=second, Name=name) == duplicate
    below = organizations.create_organizational_unit(ParentId=first, Name=name)["OrganizationalUnit"]["Id"]
    judged.later(organizations.delete_organizational_unit, OrganizationalUnitId=below)
    rename(OrganizationalUnitId=second, Name=new_name())


def test_a_unit_goes_only_when_it_is_empty(judged: Ground, organizations: Any) -> None:
    """bc DeleteOrganizationalUnit: "You must first remove all accounts and child OUs";
    OrganizationalUnitNotEmptyException."""
    delete = organizations.delete_organizational_unit
    not_empty = "OrganizationalUnitNotEmptyException"
    assert code(delete, OrganizationalUnitId=judged.units["target"]) == not_empty
    outer, _ = make(judged, organizations, judged.units["apart"])
    inner, _ = make(judged, organizations, outer)
    assert code(delete, OrganizationalUnitId=outer) == not_empty
    delete(OrganizationalUnitId=inner)
    delete(OrganizationalUnitId=outer)
    gone = "OrganizationalUnitNotFoundException"
    assert code(organizations.describe_organizational_unit, OrganizationalUnitId=outer) == gone


def test_units_are_five_levels_deep_at_most(judged: Ground, organizations: Any) -> None:
    """OUG orgs_reference_limits: "OU maximum nesting: five levels"; OU_DEPTH_LIMIT_EXCEEDED."""
    deepest, level = judged.units["apart"], 0
    parent = deepest
    while parent.startswith("ou-"):
        level += 1
        parent = organizations.list_parents(ChildId=parent)["Parents"][0]["Id"]
    for _ in range(level, 5):
        deepest, _ = make(judged, organizations, deepest)
    given = {"ParentId": deepest, "Name": new_name()}
    assert code(organizations.create_organizational_unit, **given) == "ConstraintViolationException"


def test_what_is_not_there_is_named_by_its_kind(judged: Ground, organizations: Any) -> None:
    """bc, the errors of each call."""
    unit, account = f"{judged.units['apart'][:-8]}99999999", "399999999999"
    move = {"AccountId": judged.members["one"], "SourceParentId": judged.units["target"]}
    for call, given, wanted in (
        ("create_organizational_unit", {"ParentId": unit, "Name": new_name()}, "ParentNotFoundException"),
        ("list_children", {"ParentId": unit, "ChildType": "ACCOUNT"}, "ParentNotFoundException"),
        ("list_accounts_for_parent", {"ParentId": unit}, "ParentNotFoundException"),
        ("delete_organizational_unit", {"OrganizationalUnitId": unit}, "OrganizationalUnitNotFoundException"),
        ("describe_account", {"AccountId": account}, "AccountNotFoundException"),
        ("list_parents", {"ChildId": account}, "ChildNotFoundException"),
        ("move_account", {**move, "DestinationParentId": unit}, "DestinationParentNotFoundException"),
    ):
        assert code(getattr(organizations, call), **given) == wanted, call


def test_an_account_moves_from_where_it_is_to_somewhere_else(judged: Ground, organizations: Any) -> None:
    """bc MoveAccount: SourceParentNotFoundException, DuplicateAccountException."""
    account, apart = judged.members["spare"], judged.units["apart"]
    target = judged.units["empty"]
    wrong = {"AccountId": account, "SourceParentId": judged.units["target"], "DestinationParentId": target}
    assert code(organizations.move_account, **wrong) == "SourceParentNotFoundException"
    there = {"AccountId": account, "SourceParentId": apart, "DestinationParentId": apart}
    assert code(organizations.move_account, **there) == "DuplicateAccountException"
    organizations.move_account(AccountId=account, SourceParentId=apart, DestinationParentId=target)
    judged.later(judged.move, account=account, unit=apart)
    assert organizations.list_parents(ChildId=account)["Parents"] == [
        {"Id": target, "Type": "ORGANIZATIONAL_UNIT"}
    ]


def test_the_management_account_stays(judged: Ground, organizations: Any) -> None:
    """bc RemoveAccountFromOrganization: MasterCannotLeaveOrganizationException."""
    remove = organizations.remove_account_from_organization
    assert code(remove, AccountId=judged.management) == "MasterCannotLeaveOrganizationException"


def test_lists_come_in_pages_of_twenty_at_most(judged: Ground, organizations: Any) -> None:
    """Organizations API reference, MaxResults 1 to 20."""
    assert code(organizations.list_accounts, MaxResults=21) == "InvalidInputException"
    found, token, pages = set(), {}, 0
    while True:
        page = organizations.list_accounts(MaxResults=2, **token)
        pages += 1
        assert len(page["Accounts"]) <= 2
        found |= {row["Id"] for row in page["Accounts"]}
        if not page.get("NextToken"):
            break
        token = {"NextToken": page["NextToken"]}
    assert pages > 1
    assert found >= {judged.management, *judged.members.values()}


def test_accounts_and_units_tell_their_path(judged: Ground, organizations: Any) -> None:
    """bc Account.Paths, OrganizationalUnit.Path (March 2026): ids, not names; regions may lag."""
    organization = organizations.describe_organization()["Organization"]["Id"]
    root = organizations.list_roots()["Roots"][0]["Id"]
    target = judged.units["target"]
    unit = organizations.describe_organizational_unit(OrganizationalUnitId=target)["OrganizationalUnit"]
    assert unit["Path"].startswith(f"{organization}/{root}/")
    assert unit["Path"].endswith(f"/{judged.units['parent']}/{target}/")
    (path,) = organizations.describe_account(AccountId=judged.members["one"])["Account"]["Paths"]
    assert path == f"{unit['Path']}{judged.members['one']}/"
