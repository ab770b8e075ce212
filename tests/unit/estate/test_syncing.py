"""A lock's text, and what another one means for the grants, without AWS."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from jumpcf.artifacts.lock import OrganizationTree, StoredParameter, TreeAccount, TreeUnit
from jumpcf.aws.lock_reads import unfit
from jumpcf.errors import AwsRefused, ProblemsFound
from jumpcf.estate.lock import OrganizationLock, parse_organization
from jumpcf.estate.lock_text import organization_text, parameters_text
from jumpcf.estate.syncing import fresh, misfits, wanted
from tests.unit.estate.test_checks import MINIMAL

ROOT = Path(__file__).parents[3]
LOCKS = sorted(path for path in ROOT.glob("params/lock/*.json") if path.stem != "parameters")
PARAMETER = "ssm:/jump/acme/networks"


def tree(lock: OrganizationLock) -> OrganizationTree:
    return OrganizationTree(
        name=lock.organization,
        id=lock.id,
        management_account=lock.management_account,
        root=lock.root.id,
        units=tuple(TreeUnit(**one.model_dump()) for one in lock.units),
        accounts=tuple(TreeAccount(**one.model_dump()) for one in lock.accounts),
        delegated_administrators={key: tuple(each) for key, each in lock.delegated_administrators.items()},
    )


def locked(path: Path) -> OrganizationTree:
    file, problems = parse_organization(path.read_text(encoding="utf-8"), path.stem, path.name)
    assert file is not None, problems
    return tree(file.model)


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.stem)
def test_a_lock_has_one_text(path):
    assert organization_text(locked(path)) == path.read_text(encoding="utf-8")


def test_the_parameters_have_one_text():
    path = ROOT / "params/lock/parameters.json"
    kept = json.loads(path.read_text())["parameters"]
    found = {
        name: StoredParameter(value=tuple(one["value"]), version=one["version"]) for name, one in kept.items()
    }
    assert parameters_text(found) == path.read_text()
    assert parameters_text({}) == '{\n  "schema": 1,\n  "parameters": {}\n}\n'


class Estate:
    """A copy of the minimal estate, and AWS's answers about it."""

    def __init__(self, folder: Path) -> None:
        for path in MINIMAL.rglob("*"):
            if path.is_file():
                copy = folder / path.relative_to(MINIMAL)
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.write_bytes(path.read_bytes())
        self.folder, self.lock = folder, folder / "params/lock/corp.json"
        self.tree = locked(self.lock)
        self.parameters: object = {}

    def edit(self, file: str, old: str, new: str) -> None:
        path = self.folder / "params" / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    def account(self, id_: str, **values: str) -> None:
        """Change an account, or make one."""
        known = {one.id: one for one in self.tree.accounts}
        fresh_one = TreeAccount(id=id_, name="new", email="", unit=self.tree.root, state="ACTIVE")
        known[id_] = replace(known.get(id_, fresh_one), **values)
        self.tree = replace(self.tree, accounts=tuple(known[each] for each in sorted(known)))

    def told(self):
        asked = wanted(self.folder, ())
        return asked, fresh(asked, {"corp": self.tree, "jump": self.parameters}, unfit)

    def changes(self, number: int = 0) -> list[str]:
        """Each change as one line: kind, subject, facts, what it gains and loses, why not."""
        return [
            " | ".join(
                [one.kind, one.subject, "; ".join(one.facts)]
                + [f"+{each}" for each in one.gains]
                + [f"-{each}" for each in one.loses]
                + list(one.why)
            )
            for one in self.told()[1][number].told.changes
        ]


@pytest.fixture
def estate(tmp_path):
    return Estate(tmp_path / "estate")


def test_the_same_answer_changes_nothing(estate):
    estate.lock.write_text(organization_text(estate.tree), encoding="utf-8")
    _, (file,) = estate.told()
    assert (file.told.state, file.text, file.told.changes) == ("same", None, ())


DEV, PROD, ROOT_ID = "ou-c0rp-11000000", "ou-c0rp-12000000", "r-c0rp"


def test_a_first_lock_counts_whom_the_grants_reach(estate):
    estate.lock.unlink()
    assert estate.changes() == ["new | o-corp0example | 3 accounts, 3 OUs | +acme dev Read: 1 of them"]


def test_accounts_that_join(estate):
    estate.edit("partners/acme.yaml", "levels: [Read]", 'levels: [Read], except_accounts: ["777777777777"]')
    estate.account("555555555555", unit=DEV)
    estate.account("666666666666", unit=PROD)
    estate.account("777777777777", unit=DEV)
    estate.account("888888888888", unit=DEV, state="PENDING_ACTIVATION")
    estate.account("999999999999", unit=DEV)
    estate.tree = replace(estate.tree, delegated_administrators={"999999999999": ("sso.amazonaws.com",)})
    assert estate.changes() == [
        "joined | 555555555555 | joined /Workloads/Dev | +acme dev Read",
        "joined | 666666666666 | joined /Workloads/Prod",
        "joined | 777777777777 | joined /Workloads/Dev | acme dev Read excepts it",
        "joined | 888888888888 | joined /Workloads/Dev; is PENDING_ACTIVATION",
        "joined | 999999999999 | joined /Workloads/Dev; is protected (delegated administrator)",
    ]


def test_what_becomes_of_an_account_is_one_line(estate):
    estate.account("333333333333", unit=PROD, name="shop", state="SUSPENDED")
    estate.account("444444444444", unit=DEV, email="shop@corp.example")
    assert estate.changes() == [
        "account | 333333333333 | moved from /Workloads/Dev to /Workloads/Prod; renamed from shop-dev; is SUSPENDED "
        "now, was ACTIVE | -acme dev Read",
        "account | 444444444444 | moved from /Workloads/Prod to /Workloads/Dev; has another e-mail address "
        "(shop@corp.example) | +acme dev Read",
    ]


@pytest.mark.parametrize(
    ("service", "accepts", "reached"),
    [("guardduty", False, False), ("guardduty", True, True), ("sso", True, False)],
    ids=["not accepted", "accepted", "never accepted"],
)
def test_a_new_delegated_administrator_loses_the_grants_that_do_not_accept_him(
    estate, service, accepts, reached
):
    if accepts:
        estate.edit(
            "partners/acme.yaml", "levels: [Read]", "levels: [Read], accept_delegated_admin: their tool"
        )
    estate.tree = replace(
        estate.tree, delegated_administrators={"333333333333": (f"{service}.amazonaws.com",)}
    )
    (line,) = estate.changes()
    assert "is protected now (delegated administrator)" in line
    assert line.endswith("-acme dev Read") is not reached
    estate.lock.write_text(organization_text(estate.tree), encoding="utf-8")
    estate.tree = replace(estate.tree, delegated_administrators={})
    (line,) = estate.changes()
    assert "is protected no longer (was delegated administrator)" in line
    assert line.endswith("+acme dev Read") is not reached


def test_an_ou_that_moves_takes_its_accounts_along(estate):
    moved = TreeUnit(id=DEV, name="Dev", path="/Dev", parent=ROOT_ID)
    estate.edit("partners/acme.yaml", "[/Workloads/Dev]", "[/Workloads]")
    others = tuple(one for one in estate.tree.units if one.id != DEV)
    estate.tree = replace(estate.tree, units=(moved, *others))
    assert estate.changes() == [
        f"unit | {DEV} | moved from /Workloads/Dev",
        "account | 333333333333 | lies in /Dev now, with its OU | -acme dev Read",
    ]


def test_an_ou_that_is_gone_is_a_problem_of_who_names_it(estate):
    estate.account("333333333333", unit=ROOT_ID)
    estate.tree = replace(estate.tree, units=tuple(one for one in estate.tree.units if one.id != DEV))
    assert estate.changes()[0] == f"unit | {DEV} | is gone"
    asked, files = estate.told()
    assert [(one.code, one.file) for one in misfits(asked, files)] == [("E214", "params/partners/acme.yaml")]


def test_another_organization_under_the_same_name_is_said_out_loud(estate):
    estate.edit("organizations/corp.yaml", "o-corp0example", "o-corp1example")
    estate.tree = replace(estate.tree, id="o-corp1example")
    first, second = estate.changes()
    assert first.startswith(
        "other | o-corp1example | another AWS Organization than o-corp0example; what was deployed"
    )
    assert second.startswith("new | o-corp1example")


@pytest.mark.parametrize(
    ("old", "new"), [("]", ""), ("ACTIVE", "ASLEEP"), ('"unit": "ou-c0rp-11', '"unit": "ou-c0rp-99')]
)
def test_a_lock_that_cannot_be_used_is_mended(estate, old, new):
    estate.edit("lock/corp.json", old, new)
    asked, (file,) = estate.told()
    assert [one.kind for one in file.told.changes] == ["unreadable", "new"]
    assert misfits(asked, [file]) == ()


def test_what_cannot_stand_in_a_lock_is_refused_and_the_old_one_stays(estate):
    estate.account("333333333333", name="a\u202eb", state="DREAMING")
    _, (file,) = estate.told()
    assert (file.told.state, file.text) == ("refused", None)
    assert "A582 corp: the answer cannot stand in a lock: accounts[1].name" in file.told.refused
    assert "DREAMING" in file.told.refused


def test_a_refusal_is_kept_with_its_hint(estate):
    refused = AwsRefused("A504", "corp: ListAccounts was refused", "ask for it")
    (file,) = fresh(wanted(estate.folder, ()), {"corp": refused}, unfit)
    assert (file.told.refused, file.told.hint) == ("A504 corp: ListAccounts was refused", "ask for it")


def test_parameters_are_locked_and_let_go(estate):
    estate.edit("partners/acme.yaml", "[203.0.113.0/24]", PARAMETER)
    estate.parameters = {"/jump/acme/networks": StoredParameter(value="203.0.113.0/26", version=1)}
    told = "is locked at version 1: 203.0.113.0/26"
    assert estate.changes(1) == [f"parameter | /jump/acme/networks | {told} | +acme's networks"]
    asked, files = estate.told()
    assert misfits(asked, files) == ()
    (estate.folder / files[1].told.file).write_text(str(files[1].text), encoding="utf-8")
    estate.parameters = {"/jump/acme/networks": StoredParameter(value=("203.0.113.0/26",), version=2)}
    told = "is version 2, was 1; the value is the same"
    assert estate.changes(1) == [f"parameter | /jump/acme/networks | {told} | +acme's networks"]
    estate.parameters = {"/jump/acme/networks": StoredParameter(value="10.0.0.0/8,x", version=3)}
    asked, files = estate.told()
    assert [one.code for one in misfits(asked, files)] == ["E222", "E225"]
    estate.edit("partners/acme.yaml", PARAMETER, "[203.0.113.0/24]")
    estate.parameters = {}
    assert estate.changes(1) == ["parameter | /jump/acme/networks | no partner names it any more"]


def test_without_parameters_there_is_no_file_for_them(estate):
    assert len(estate.told()[1]) == 1


def test_every_problem_of_whom_to_ask_is_told_before_anybody_is_asked(estate):
    estate.edit("estate.yaml", "ap-northeast-1", "mars-north-1")
    estate.edit("organizations/corp.yaml", "admin:", "admins:")
    estate.edit("partners/acme.yaml", "levels: [Read]", "levels: [Reed]")
    (estate.folder / "params/lock/old.json").write_text("{}", encoding="utf-8")
    with pytest.raises(ProblemsFound) as caught:
        wanted(estate.folder, ())
    assert {(one.code, one.file) for one in caught.value.problems} == {
        ("E202", "params/organizations/corp.yaml"),
        ("E205", "params/estate.yaml"),
        ("E251", "params/lock/old.json"),
    }, "a level that does not exist is a build's business"


def test_a_lock_of_an_invented_tree_is_told_as_such_and_not_account_by_account(estate):
    estate.tree = replace(
        estate.tree,
        root="r-real",
        units=tuple(
            replace(one, id=one.id.replace("c0rp", "real"), parent=one.parent.replace("c0rp", "real"))
            for one in estate.tree.units
        ),
        accounts=tuple(replace(one, unit=one.unit.replace("c0rp", "real")) for one in estate.tree.accounts),
    )
    assert estate.changes() == [
        "other | o-corp0example | has the root r-real, the lock had r-c0rp: it was of another tree "
        "(invented, as by jumpcf init)",
        "new | o-corp0example | 3 accounts, 3 OUs | +acme dev Read: 1 of them",
    ]


def test_a_lock_of_another_organization_is_no_problem_beside_the_refusal_that_tells_it(estate):
    estate.edit("organizations/corp.yaml", "o-corp0example", "o-other0example")
    asked = wanted(estate.folder, ())
    refused = AwsRefused("A508", "corp: account 222222222222 belongs to o-corp0example", "check the id")
    assert misfits(asked, fresh(asked, {"corp": refused}, unfit)) == ()


def test_a_lock_after_a_merge_conflict_says_what_writes_it_anew(estate):
    lines = estate.lock.read_text(encoding="utf-8").splitlines(keepends=True)
    estate.lock.write_text("".join([*lines[:3], "<<<<<<< ours\n", *lines[3:]]), encoding="utf-8")
    asked, files = estate.told()
    assert [one.hint for one in asked.broken] == [
        "a lock is never merged by hand: jumpcf sync writes it anew"
    ]
    assert misfits(asked, files) == ()


def test_a_parameter_that_was_refused_is_not_told_again_with_the_hint_to_sync(estate):
    estate.edit("partners/acme.yaml", "[203.0.113.0/24]", PARAMETER)
    asked = wanted(estate.folder, ())
    refused = AwsRefused("A581", "jump: the parameter /jump/acme/networks does not exist", "make it")
    files = fresh(asked, {"corp": estate.tree, "jump": refused}, unfit)
    assert misfits(asked, files) == ()
