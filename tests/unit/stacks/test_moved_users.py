import dataclasses

from unit import builders as an
from unit.compiled import compiled

USER = "UserTaroYamada6c9755"
REPLACES = {"UserName"}  # the only property of AWS::IAM::User whose change makes a new user


def user_of(groups, folder):
    grants = tuple(an.a_grant(name, groups=(name,)) for name in ("dev", "ops"))
    partner = an.a_partner(users=(an.a_user(groups=groups),), groups=("dev", "ops"), grants=grants)
    return compiled(an.an_estate(partner), folder)[1]["jump/jump-partner-acme"]["Resources"]


def test_a_user_moved_between_groups_changes_in_place(tmp_path):
    before, after = user_of(("dev",), tmp_path / "before"), user_of(("ops",), tmp_path / "after")
    assert {name for name in before if before[name] != after[name]} == {USER}
    old, new = before[USER]["Properties"], after[USER]["Properties"]
    changed = {name for name in old if old[name] != new[name]}
    assert changed == {"Groups"}
    assert not changed & REPLACES


def test_a_user_moved_between_partners_leaves_one_stack_and_joins_the_other(tmp_path):
    acme, zeta = an.a_partner("acme"), an.a_partner("zeta", users=())
    _, before = compiled(an.an_estate(acme, zeta), tmp_path / "before")
    moved = (dataclasses.replace(acme, users=()), dataclasses.replace(zeta, users=acme.users))
    _, after = compiled(an.an_estate(*moved), tmp_path / "after")
    there = {
        (when, name)
        for when, bodies in (("before", before), ("after", after))
        for name in ("acme", "zeta")
        if USER in bodies[f"jump/jump-partner-{name}"]["Resources"]
    }
    assert there == {("before", "acme"), ("after", "zeta")}
