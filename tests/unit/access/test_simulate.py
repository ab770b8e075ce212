"""A move in thought: every role's fate, who gains and loses, and where there is an outage."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from jumpcf.access import find
from jumpcf.access.graph import deployed
from jumpcf.access.simulate import NEWCOMER, Simulation, find_unit, moved, newcomer, simulate
from jumpcf.artifacts.codec import canonical, decode
from jumpcf.cli import simulate_view
from jumpcf.errors import UnknownName
from jumpcf.estate.model import Estate
from jumpcf.estate.select import UnknownOrganization
from tests.unit.access.compiled_access import ROOT, asker, compiled, example

GOLDEN = ROOT / "tests" / "golden" / "access"


def protected() -> dict[str, dict[str, str]]:
    return {one.name: one.protected for one in compiled()[1].organizations}


def estate() -> Estate:
    return compiled()[0]


def move(account: str, to: str, org: str | None = None, **place: Any) -> Simulation:
    before = replace(find.place(example(), account), **place)
    after = moved(before, *find_unit(estate(), to, org, before.organization))
    return simulate(estate(), asker(), protected(), before, after)


def new(to: str, org: str | None = None) -> Simulation:
    return simulate(estate(), asker(), protected(), None, newcomer(*find_unit(estate(), to, org)))


def fates(made: Simulation) -> dict[str, str]:
    return {one.role: one.fate for one in made.roles}


CASES = {
    "dev-to-prod": lambda: move("shop-dev", "/Workloads/Prod"),
    "within-a-target": lambda: move("shop-dev", "/Workloads/Dev/Tools"),
    "to-nowhere": lambda: move("shop-dev", "/"),
    "new-sandbox": lambda: new("/Sandbox", "corp"),
    "to-another-organization": lambda: move("shop-dev", "/", "lab"),
    "suspended": lambda: move("billing-dev", "/Workloads/Prod"),
    "excepted": lambda: move("card-vault", "/Workloads/Dev"),
}


@pytest.mark.parametrize("name", CASES)
def test_an_answer_reads_as_its_golden_text(name: str, golden: Any) -> None:
    told = "\n\n".join(simulate_view.text(CASES[name](), verbose) for verbose in (False, True))
    golden(GOLDEN / f"simulate-{name}.txt", told + "\n")
    assert max(map(len, told.splitlines())) <= 100


def test_every_golden_answer_has_its_case() -> None:
    assert {path.stem.removeprefix("simulate-") for path in GOLDEN.glob("simulate-*.txt")} == set(CASES)


def test_the_roles_after_a_move_are_those_that_the_graph_gives_the_accounts_of_that_ou() -> None:
    """Held against the other accounts there: whatever is made or kept is what these have."""
    graph = example()
    for account, there in (("shop-dev", "shop-prod"), ("shop-prod", "sandbox-1"), ("sandbox-1", "shop-dev")):
        other = find.place(graph, there)
        made = fates(move(account, other.path))
        have = {role for role, fate in made.items() if fate in ("made", "kept", "made-anew")}
        assert have == {role.name for role in deployed(graph.roles, other)}


def test_a_new_account_gets_what_its_neighbours_have_and_its_people_are_theirs() -> None:
    made = new("/Sandbox", "corp")
    neighbour = find.place(example(), "sandbox-1")
    assert {one.role for one in made.roles if one.fate == "made"} == {
        role.name for role in example().deployed[neighbour.id]
    }
    judge = asker()
    for one in made.roles:
        (role,) = [each for each in example().roles if each.name == one.role and each.organization == "corp"]
        assert set(one.after) == {who.name for who in example().people if judge.may(who, role, neighbour)}
    assert (made.account, made.origin) == ("", None)
    assert NEWCOMER not in example().places


def test_a_move_between_two_targets_of_one_stack_set_is_an_outage() -> None:
    made = move("shop-dev", "/Sandbox")
    anew = [one for one in made.roles if one.fate == "made-anew"]
    assert {one.role for one in anew} == {"hinode-platform-PowerAndIam", "hinode-platform-Read"}
    assert {one.reason for one in anew} == {"/Workloads/Dev → /Sandbox"}
    assert any(anew[0].role in line and "minutes without it" in line for line in made.outages)


def test_a_level_that_comes_by_another_stack_set_is_an_outage_too() -> None:
    one, *_ = [each for each in example().roles if each.grant == "dev" and each.partner == "acme"]
    prod = replace(one.target, ous=("ou-c0rp-43000000",), paths=("/Workloads/Prod",))
    twin = replace(one, name="acme-twin-x", grant="prod", target=prod)
    graph = replace(example(), roles=(one, twin))
    before = find.place(example(), "shop-dev")
    after = moved(before, *find_unit(estate(), "/Workloads/Prod", None, "corp"))
    made = simulate(estate(), asker(graph), protected(), before, after)
    assert fates(made) == {one.name: "deleted", "acme-twin-x": "made"}
    assert made.outages == (
        f"{one.name} (acme): deleted, and acme-twin-x made in its place: minutes without {one.level}, and another "
        "role to take",
    )


def test_no_move_is_no_change() -> None:
    made = move("shop-dev", "/Workloads/Dev")
    assert set(fates(made).values()) == {"kept"}
    assert (made.people, made.outages) == ((), ())
    assert made.notices == ("the account is there already: nothing changes",)


def test_what_is_withheld_says_why() -> None:
    reasons = {one.reason for one in move("card-vault", "/Workloads/Prod").roles if one.fate == "withheld"}
    assert "excepted" in reasons
    reasons = {one.reason for one in move("stacksets-admin", "/Workloads/Dev").roles}
    assert reasons == {"protected: admin account"}
    assert {one.reason for one in move("corp-management", "/Workloads/Dev").roles} == {
        "protected: management account"
    }


def test_an_account_that_leaves_its_organization_keeps_nothing_and_is_to_be_looked_into() -> None:
    made = move("shop-dev", "/", "lab")
    assert not {one.role for one in made.roles if one.organization == "corp"} & {
        one.role for one in made.roles if one.fate in ("made", "kept")
    }
    assert "the account leaves corp" in made.notices[0]
    with pytest.raises(UnknownName, match="cannot leave it") as refused:
        move("corp-management", "/", "lab")
    assert refused.value.code == "E607"


def test_a_list_of_accounts_in_the_groups_lets_nobody_in_before_the_next_deploy() -> None:
    before = find.place(example(), "shop-dev")
    after = moved(before, *find_unit(estate(), "/Workloads/Prod", None, "corp"))
    made = simulate(replace(estate(), assume_scope="accounts"), asker(), protected(), before, after)
    assert any("assume_scope is accounts" in line for line in made.notices)


@pytest.mark.parametrize(
    ("word", "org", "code", "hint"),
    [
        ("/Workloads/Prd", None, "E603", "did you mean /Workloads/Prod?"),
        ("ou-c0rp-2000000", "corp", "E603", "did you mean ou-c0rp-"),
        ("/", None, "E604", "add --org, or write the id: r-c0rp (corp)"),
    ],
)
def test_an_ou_that_is_none_or_several_is_refused_with_a_hint(
    word: str, org: str | None, code: str, hint: str
) -> None:
    with pytest.raises(UnknownName) as refused:
        find_unit(estate(), word, org)
    assert refused.value.code == code
    assert hint in refused.value.hint


def test_an_organization_that_is_none_is_refused() -> None:
    with pytest.raises(UnknownOrganization):
        find_unit(estate(), "/", "corb")


def test_an_answer_read_back_is_the_answer() -> None:
    made = move("shop-dev", "/Workloads/Prod")
    assert decode(Simulation, canonical(made)) == made


def test_the_verbs_answer_offline(tmp_path: Path, capsys: Any) -> None:
    import shutil

    from jumpcf.cli.main import main

    for part in ("params", "stacks"):
        shutil.copytree(ROOT / part, tmp_path / part)
    assert main(["-C", str(tmp_path), "simulate", "move", "shop-dev", "--to", "/Workloads/Prod"]) == 0
    assert "shop-dev: corp /Workloads/Dev → corp /Workloads/Prod" in capsys.readouterr().out
    assert (
        main(
            [
                "-C",
                str(tmp_path),
                "-o",
                "json",
                "simulate",
                "new-account",
                "--ou",
                "/Sandbox",
                "--org",
                "corp",
            ]
        )
        == 0
    )
    assert '"origin":null' in capsys.readouterr().out


def test_an_exception_that_is_left_behind_is_told() -> None:
    made = move("card-vault", "/Workloads/Dev")
    assert made.notices == (
        "acme/prod excepts this account; the grants that reach it in /Workloads/Dev do not",
    )
    assert move("card-vault", "/Sandbox", state="SUSPENDED").notices == (
        "the account is suspended: StackSets pass over it, wherever it lies",
    )
