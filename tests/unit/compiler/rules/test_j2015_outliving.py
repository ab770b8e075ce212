import shutil

import pytest
from rule_samples import bounded, found, group, role, shown_red, statement
from unit import builders as an
from unit.compiled import STACKS, problems_of

from jumpcf.compiler.rules.j2015_outliving import RULE


def kept(resources, title, **attributes):
    resources[title].update(attributes)
    return found(RULE, resources)


def test_the_bad_example_is_told(golden):
    shown_red(RULE, golden)


@pytest.mark.parametrize("attribute", ["DeletionPolicy", "UpdateReplacePolicy"])
@pytest.mark.parametrize("value", ["Retain", "RetainExceptOnCreate", "Snapshot"])
def test_what_gives_access_is_not_left_behind(attribute, value):
    allow = statement(Action="s3:*", Resource="*")
    for title in ("Group", "Policy"):
        assert kept(group(allow), title, **{attribute: value}) == [f"{title}: has {attribute} {value}"]
    assert kept(role(allow), "Role", **{attribute: value}) == [f"Role: has {attribute} {value}"]
    assert kept(group(allow), "Group", **{attribute: "Delete"}) == []


def test_a_boundary_may_stay_unless_somebody_holds_it_as_well():
    resources = bounded(statement(Action="s3:*", Resource="*"))
    assert kept(resources, "Policy", DeletionPolicy="Retain", UpdateReplacePolicy="Retain") == []
    resources["Role"]["Properties"]["ManagedPolicyArns"] = [{"Ref": "Policy"}]
    assert found(RULE, resources) == [
        "Policy: has DeletionPolicy Retain",
        "Policy: has UpdateReplacePolicy Retain",
    ]


def test_a_user_or_group_is_under_no_condition_but_in_a_grants_accounts():
    allow = statement(Action="s3:*", Resource="*")
    said = ["Group: is there only by the Condition Never"]
    assert kept(group(allow), "Group", Condition="Never") == said
    resources = group(allow)
    resources["Group"]["Condition"] = "IsTarget"
    assert found(RULE, resources, per="grant") == []
    assert kept(role(allow), "Role", Condition="Never") == []


WAYS = {
    "a user under a Condition": (
        "partner.py",
        "    template.add_resource(resource)\n    context.cite(resource.title, user.mark)",
        '    template.add_condition("Never", Equals("a", "b"))\n    resource.Condition = "Never"\n'
        "    template.add_resource(resource)\n    context.cite(resource.title, user.mark)",
        ": is there only by the Condition Never",
    ),
    "a role that stays": (
        "target_roles.py",
        '        f"Role{level.name}",\n        Condition=TARGET,',
        '        f"Role{level.name}",\n        Condition=TARGET,\n        DeletionPolicy=Retain,',
        "RolePower: has DeletionPolicy Retain",
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_module_that_would_leave_somebody_behind_stops_the_build(tmp_path, way):
    file, line, instead, words = WAYS[way]
    folder = tmp_path / "stacks"
    shutil.copytree(STACKS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    text = (folder / file).read_text(encoding="utf-8").replace("import Ref, Tags", "import Equals, Ref, Tags")
    assert text.count(line) == 1
    (folder / file).write_text(text.replace(line, instead), encoding="utf-8")
    problems = problems_of(an.an_estate(), tmp_path / "build", folder)
    assert {problem.code for problem in problems} == {"J2015"}
    assert any(words in problem.message for problem in problems), problems
