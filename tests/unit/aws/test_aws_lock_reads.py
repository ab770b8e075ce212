"""What a lock is made of is read in the fewest calls, as who we are, and a refusal stays at its place."""

from collections import Counter
from typing import Any

import pytest
from aws_world import ADMIN, JUMP_ACCOUNT, MANAGEMENT, FakeClients, FakeOrganization, FakeSts, page, refused

from jumpcf.artifacts.lock import OrganizationTree, StoredParameter
from jumpcf.artifacts.manifest import Connection
from jumpcf.aws.lock_reads import read
from jumpcf.errors import AwsRefused

JUMP = Connection(account=JUMP_ACCOUNT, region="ap-northeast-1")


class Sized(FakeOrganization):
    """60 accounts in three OUs and the root, in pages of 20 (the most that Organizations gives)."""

    def __init__(self, *, paths: bool = True) -> None:
        super().__init__(paths=paths)
        homes = [*self.units, "r-r1aa"]
        self.accounts = {MANAGEMENT: ("r-r1aa", "ACTIVE"), ADMIN: ("r-r1aa", "ACTIVE")}
        self.accounts |= {f"5000000000{number:02}": (homes[number % 4], "ACTIVE") for number in range(58)}

    def list_accounts(self, NextToken: str | None = None) -> dict[str, Any]:  # noqa: N803
        at = int(NextToken or 0)
        found = [self._account(each) for each in self.accounts][at : at + 20]
        more = {"NextToken": str(at + 20)} if at + 20 < len(self.accounts) else {}
        return {"Accounts": found, **more}

    def list_roots(self, NextToken: str | None = None) -> dict[str, Any]:  # noqa: N803
        return {"Roots": [{"Id": "r-r1aa", "Name": "Root"}]}

    def list_organizational_units_for_parent(self, ParentId: str, NextToken: str | None = None) -> Any:  # noqa: N803
        children = [
            {"Id": key, "Name": name} for key, (above, name) in self.units.items() if above == ParentId
        ]
        return {"OrganizationalUnits": children}

    def list_accounts_for_parent(self, ParentId: str, NextToken: str | None = None) -> Any:  # noqa: N803
        inside = [self._account(each) for each, (unit, _) in self.accounts.items() if unit == ParentId]
        return {"Accounts": inside}

    def list_delegated_administrators(self, NextToken: str | None = None) -> dict[str, Any]:  # noqa: N803
        return {"DelegatedAdministrators": [{"Id": ADMIN}]}

    def list_delegated_services_for_account(self, AccountId: str, NextToken: str | None = None) -> Any:  # noqa: N803
        services = [
            {"ServicePrincipal": f"{name}.amazonaws.com"} for name in ("member.stacksets", "guardduty")
        ]
        return page("DelegatedServices", services, NextToken)


class FakeSsm:
    def __init__(self, **parameters: tuple[str, str, int]) -> None:
        self.parameters = {f"/jump/{name}": one for name, one in parameters.items()}

    def get_parameters(self, Names: list[str], WithDecryption: bool) -> dict[str, Any]:  # noqa: N803
        assert len(Names) <= 10
        assert not WithDecryption
        found = {name: self.parameters[name] for name in Names if name in self.parameters}
        return {
            "Parameters": [
                {"Name": name, "Type": kind, "Value": value, "Version": version}
                for name, (kind, value, version) in found.items()
            ],
            "InvalidParameters": [name for name in Names if name not in found],
        }


def clients(organizations: dict[str, FakeOrganization], ssm: FakeSsm | None = None) -> FakeClients:
    services: dict[tuple[str, str], Any] = {("jump", "sts"): FakeSts(JUMP_ACCOUNT), ("jump", "ssm"): ssm}
    for name, one in organizations.items():
        services |= {(name, "organizations"): one, (name, "sts"): FakeSts(ADMIN)}
    return FakeClients(services)


def ways(names: Any) -> dict[str, tuple[str, Connection]]:
    return {name: ("o-corp000000", Connection(account=ADMIN, region="ap-northeast-1")) for name in names}


def test_three_organizations_of_sixty_accounts_are_read_in_36_calls() -> None:
    world = clients({name: Sized() for name in ("a", "b", "c")})
    found = read(world, ways("abc"), JUMP, ())
    assert Counter(world.names("b")) == {
        "GetCallerIdentity": 1,
        "DescribeOrganization": 1,
        "ListRoots": 1,
        "ListAccounts": 3,
        "ListOrganizationalUnitsForParent": 4,
        "ListDelegatedAdministrators": 1,
        "ListDelegatedServicesForAccount": 1,
    }
    assert len(world.calls) == 3 * 12
    assert world.names("jump") == [], "no parameter is named"
    tree = found["a"]
    assert isinstance(tree, OrganizationTree)
    assert len(tree.accounts) == 60
    assert [unit.path for unit in tree.units] == ["/Workloads", "/Workloads/Dev", "/Workloads/Prod"]
    assert tree.delegated_administrators == {
        ADMIN: ("guardduty.amazonaws.com", "member.stacksets.amazonaws.com")
    }
    assert [one.id for one in tree.accounts] == sorted(one.id for one in tree.accounts)


def test_where_accounts_have_no_paths_each_ou_is_asked_and_the_tree_is_the_same() -> None:
    new, old = clients({"a": Sized()}), clients({"a": Sized(paths=False)})
    assert read(new, ways("a"), JUMP, ()) == read(old, ways("a"), JUMP, ())
    assert Counter(old.names())["ListAccountsForParent"] == 4
    assert "ListAccountsForParent" not in new.names()


def test_a_refusal_stays_at_its_place() -> None:
    class Closed(Sized):
        def list_accounts(self, NextToken: str | None = None) -> dict[str, Any]:  # noqa: N803
            raise refused("AccessDeniedException", "not for you", "ListAccounts")

    foreign = Sized()
    foreign.id = "o-other00000"
    found = read(clients({"a": Sized(), "b": Closed(), "c": foreign}), ways("abc"), JUMP, ())
    assert isinstance(found["a"], OrganizationTree)
    assert [getattr(found[name], "code", "") for name in "bc"] == ["A504", "A508"]


def test_parameters_are_read_ten_at_a_time_with_their_versions() -> None:
    many = {
        f"p{number:02}": ("StringList", "203.0.113.0/26,203.0.113.64/26", number + 1) for number in range(11)
    }
    world = clients({}, FakeSsm(**many, one=("String", "192.0.2.0/25", 7)))
    found = read(world, {}, JUMP, sorted(["/jump/one", *(f"/jump/{name}" for name in many)]))["jump"]
    assert isinstance(found, dict)
    assert found["/jump/one"] == StoredParameter(value="192.0.2.0/25", version=7)
    assert found["/jump/p10"] == StoredParameter(value=("203.0.113.0/26", "203.0.113.64/26"), version=11)
    assert world.names() == ["GetCallerIdentity", "GetParameters", "GetParameters"]


@pytest.mark.parametrize(("there", "code"), [({"b": ("SecureString", "AQ==", 1)}, "A581"), ({}, "A581")])
def test_everything_that_is_wrong_with_parameters_is_told_at_once(there: Any, code: str) -> None:
    world = clients({}, FakeSsm(a=("SecureString", "AQ==", 1), **there))
    found = read(world, {}, JUMP, ("/jump/a", "/jump/b", "/jump/c"))["jump"]
    assert isinstance(found, AwsRefused)
    assert found.code == code
    assert "/jump/a is a SecureString" in found.what
    assert "the parameter /jump/c does not exist" in found.what
    assert "AQ==" not in found.what
