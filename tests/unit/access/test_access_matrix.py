"""The matrix: complete, right, explained, and told when a template changes under it."""

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jumpcf.access import find
from jumpcf.access.ask import Asker
from jumpcf.access.codes import UnknownTemplate
from jumpcf.access.matrix import make_matrix
from jumpcf.access.model import Person, Place, RoleKind
from jumpcf.access.why import why
from jumpcf.cli import access_view
from jumpcf.policy.evaluate import Decision, UnknownConstruct
from tests.unit.access.compiled_access import ROOT, asker, changed, compiled, example

GOLDEN = ROOT / "tests" / "golden" / "access"
Golden = Callable[[Path, str | bytes], None]


@pytest.mark.parametrize("form", ["table", "md", "csv"])
def test_the_examples_matrix_is_as_read(form: str, golden: Golden) -> None:
    made = make_matrix(asker(), (), ())
    golden(GOLDEN / f"matrix.{form}", access_view.matrix(made, form, by_user=False))


def test_the_examples_page_is_as_read(golden: Golden) -> None:
    golden(GOLDEN / "matrix.html", access_view.matrix(make_matrix(asker(), (), ()), "html", by_user=False))


def test_the_chain_is_as_read(golden: Golden) -> None:
    graph = example()
    chains = why(asker(), find.person(graph, "taro.yamada"), find.place(graph, "shop-dev"), None)
    golden(GOLDEN / "why.txt", access_view.chains(chains, "taro.yamada", "shop-dev"))


def test_every_grant_gives_its_people_its_levels_in_its_accounts_and_nobody_else_anything() -> None:
    estate, *_ = compiled()
    expected = set()
    for partner in estate.partners.values():
        for grant in partner.grants:
            people = [u.name for u in partner.users if not grant.groups or set(u.groups) & set(grant.groups)]
            organization = estate.organizations[grant.organization]
            parents = {unit.id: unit.parent for unit in organization.units}
            for account in organization.accounts:
                if account.state != "ACTIVE":
                    continue
                chain, at = set(), account.unit
                while at:
                    chain.add(at)
                    at = parents[at] or ""
                if chain & set(grant.units) and account.id not in {*grant.protected, *grant.excepted}:
                    expected |= {
                        (who, account.id, grant.name, level) for who in people for level in grant.levels
                    }
    found = {(e.user, e.account, e.grant, e.level) for e in make_matrix(asker(), (), ()).entries}
    assert found == expected


def opened(body: dict[str, Any]) -> None:
    """No resource has its Condition: protected and excepted accounts get the roles."""
    for resource in body["Resources"].values():
        resource.pop("Condition", None)


def half_of_the_accounts(body: dict[str, Any]) -> None:
    """A Deny that tells accounts apart without naming one."""
    deny = {"Effect": "Deny", "Action": "sts:AssumeRole", "Resource": "arn:aws:iam::*1:role/*"}
    policy = body["Resources"]["MembersPolicy1"]["Properties"]["PolicyDocument"]
    policy["Statement"].append({"Sid": "Half", **deny})


@pytest.mark.parametrize(
    ("stack", "change"),
    [("jump-acme-dev", None), ("jump-acme-prod", opened), ("jump-partner-acme", half_of_the_accounts)],
)
def test_what_is_remembered_of_alike_accounts_is_what_each_would_be_told(stack: str, change: Any) -> None:
    graph = changed(stack, change) if change else example()
    kept, told = asker(graph), set()
    for account, roles in graph.deployed.items():
        for role in roles:
            for person in graph.people:
                if account == graph.jump:
                    continue
                whole = kept.take(person, role, graph.places[account]).allowed
                assert kept.may(person, role, graph.places[account]) == whole
                told.add(whole)
    assert told == {True, False}


def test_nobody_reaches_anything_without_mfa_or_after_the_contracts() -> None:
    assert make_matrix(asker(mfa=False), (), ()).entries == ()
    late = make_matrix(asker(at="2030-01-01T00:00:00Z"), (), ())
    assert late.entries == ()
    assert {one.role for one in late.orphans} == {
        f"{role.path}{role.name}" for roles in example().deployed.values() for role in roles
    }


def test_a_session_from_elsewhere_is_useless() -> None:
    entries = make_matrix(asker(network="192.0.2.200"), (), ()).entries
    assert {one.session for one in entries} == {"denied"}
    assert {one.session for one in make_matrix(asker(), (), ()).entries} == {"works", "opaque", "unknown"}


def test_a_grant_that_no_account_has_is_dead_and_a_role_that_nobody_may_take_is_an_orphan() -> None:
    made = make_matrix(asker(), (), ())
    assert [one.role for one in made.dead] == ["/jump/initech-move-PowerAndIam", "/jump/initech-move-SSM"]
    assert made.orphans == ()

    def without_the_grant(body: dict[str, Any]) -> None:
        for resource in body["Resources"].values():
            if resource["Type"] == "AWS::IAM::ManagedPolicy":
                statements = resource["Properties"]["PolicyDocument"]["Statement"]
                statements[:] = [one for one in statements if not one["Sid"].startswith("AssumeOps")] or [
                    dummy
                ]

    dummy = {"Sid": "Nothing", "Effect": "Deny", "Action": "s3:GetObject", "Resource": "*"}
    orphans = make_matrix(asker(changed("jump-partner-acme", without_the_grant)), (), ()).orphans
    assert [(one.role, one.accounts) for one in orphans] == [
        ("/jump/acme-ops-SSM", ("443200000001", "443200000002"))
    ]


def test_only_the_chosen_organization_and_partner_are_shown() -> None:
    made = make_matrix(asker(), ("lab",), ("globex",))
    assert {(one.organization, one.partner) for one in made.entries} == {("lab", "globex")}
    assert made.dead == ()


def test_a_template_without_its_conditions_shows_at_once() -> None:
    graph = changed("jump-acme-prod", opened)
    assert "acme-prod-Read" in {role.name for role in graph.deployed["333333333333"]}
    # the group's own Deny still stands between
    assert not [one for one in make_matrix(asker(graph), (), ()).entries if one.account == "333333333333"]


def test_a_trust_that_forgot_the_partner_lets_nobody_in_alone_because_the_groups_still_say_who() -> None:
    def opened(body: dict[str, Any]) -> None:
        trust = body["Resources"]["RolePower"]["Properties"]["AssumeRolePolicyDocument"]
        del trust["Statement"][0]["Condition"]

    graph = changed("jump-acme-dev", opened)
    users = {
        one.user for one in make_matrix(asker(graph), (), ()).entries if one.role == "/jump/acme-dev-Power"
    }
    assert users == {"taro.yamada", "hanako.sato", "ken.mori"}
    assert make_matrix(Asker(graph, asker(mfa=False).moment), (), ()).entries == ()


@pytest.mark.parametrize(
    ("stack", "title", "change", "code"),
    [
        ("jump-acme-dev", "RolePower", {"Type": "AWS::IAM::InstanceProfile"}, "E601"),
        ("jump-acme-dev", "RolePower", {"Type": "AWS::IAM::User"}, "E601"),
        ("jump-partner-acme", "Members", {"Type": "AWS::IAM::Role"}, "E601"),
        ("jump-partner-acme", "Members", {"Type": "AWS::IAM::UserToGroupAddition"}, "E601"),
        ("jump-acme-dev", "RolePower", {"Condition": "IsNowhere"}, "E602"),
    ],
)
def test_what_the_proof_does_not_know_is_refused(
    stack: str, title: str, change: dict[str, Any], code: str
) -> None:
    with pytest.raises(UnknownTemplate) as refused:
        changed(stack, lambda body: body["Resources"][title].update(change))
    assert refused.value.code == code


def test_an_aws_managed_policy_on_a_group_is_refused() -> None:
    arn = "arn:aws:iam::aws:policy/AdministratorAccess"
    with pytest.raises(UnknownTemplate, match="not in the bytes"):
        changed(
            "jump-partner-acme",
            lambda body: body["Resources"]["Members"]["Properties"].update({"ManagedPolicyArns": [arn]}),
        )


def test_a_policy_construct_that_is_not_known_is_refused() -> None:
    def strange(body: dict[str, Any]) -> None:
        trust = body["Resources"]["RolePower"]["Properties"]["AssumeRolePolicyDocument"]
        trust["Statement"][0]["Condition"]["StringMatches"] = {"aws:username": "x"}

    with pytest.raises(UnknownConstruct):
        changed("jump-acme-dev", strange)


class Counting(Asker):
    """Counts the decisions that are really made."""

    made = 0

    def take(self, person: Person, role: RoleKind, place: Place) -> Decision:
        Counting.made += 1
        return Asker.take(self, person, role, place)


def test_two_hundred_accounts_that_are_alike_are_judged_once() -> None:
    graph = example()
    acme = [one for one in graph.people if one.partner == "acme"]
    people = [
        dataclasses.replace(one, name=f"{one.name}{n}", arn=f"{one.arn}{n}") for n in range(9) for one in acme
    ]
    roles = graph.deployed["443200000001"]
    place = graph.places["443200000001"]
    places = {f"{n:012}": dataclasses.replace(place, id=f"{n:012}") for n in range(200)}
    many = dataclasses.replace(
        graph, people=tuple(people), places=places, deployed=dict.fromkeys(places, roles)
    )
    made = make_matrix(Counting(many, asker(many).moment), (), ())
    assert made.judged == 200 * len(people) * len(roles)
    assert 0 < Counting.made <= len(people) * len(roles)
