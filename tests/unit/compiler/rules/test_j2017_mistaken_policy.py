import shutil

import pytest
from rule_samples import bounded, document, found, role, shown_red, statement
from unit import builders as an
from unit.compiled import STACKS, problems_of

from jumpcf.compiler.rules.j2017_mistaken_policy import RULE

ALLOW = statement(Action="s3:*", Resource="*")
POWER = "/jump/acme/dev/Power/strict/"


def managed(path, **own):
    properties = {"PolicyDocument": document(ALLOW), "Path": path, **own}
    return {"Type": "AWS::IAM::ManagedPolicy", "Properties": properties}


def with_boundary(**more):
    resources = bounded(ALLOW)
    resources["Policy"]["Properties"]["Path"] = POWER
    return resources | more


def test_the_bad_example_is_told(golden):
    shown_red(RULE, golden)


def test_what_lies_where_boundaries_lie_is_one():
    assert found(RULE, with_boundary(), per="grant") == []
    there = "/jump/acme/dev/Builder/strict/"
    words = [f"Copy: it lies at {there} and is nobody's boundary, but would pass for one"]
    for own in ({}, {"Roles": [{"Ref": "Role"}]}):
        assert found(RULE, with_boundary(Copy=managed(there, **own)), per="grant") == words
    for elsewhere in ("/jump/", "/", "/tools/jump/"):
        assert found(RULE, with_boundary(Copy=managed(elsewhere)), per="grant") == []
    assert found(RULE, with_boundary(Copy=managed(there)), per="partner") == []


@pytest.mark.parametrize("where", [POWER, f"{POWER}more/"])
def test_a_boundary_is_the_only_one_at_its_path(where):
    """A role that services take may have any boundary: it would make a copy somebody's."""
    helper = role(statement(Principal={"Service": "lambda.amazonaws.com"}))["Role"]
    helper["Properties"]["PermissionsBoundary"] = {"Ref": "Wide"}
    said = found(RULE, with_boundary(Wide=managed(where), Helper=helper), per="grant")
    assert said == [f"Wide: it lies at {where}, where it would pass for Policy"]


def test_a_path_that_nobody_can_read_may_be_a_boundarys():
    hidden = managed({"Fn::Sub": POWER})
    words = ["Copy: its Path is no plain text, so it may be that of a boundary"]
    assert found(RULE, with_boundary(Copy=hidden), per="grant") == words


@pytest.mark.parametrize("kind", ["AWS::IAM::Policy", "AWS::IAM::RolePolicy"])
def test_nothing_beside_a_role_is_put_in_the_place_of_its_fence(kind):
    beside = {"PolicyName": "fence", "Roles": [{"Ref": "Role"}], "PolicyDocument": document(ALLOW)}
    resources = with_boundary(Beside={"Type": kind, "Properties": beside})
    words = [f"Beside: {kind} may be put in the place of an inline policy of its role"]
    assert found(RULE, resources, per="grant") == words
    assert found(RULE, resources, per="partner") == []


def test_an_inline_policy_has_a_name_that_can_be_read():
    resources = role(statement(Principal={"Service": "lambda.amazonaws.com"}), ALLOW)
    assert found(RULE, resources, per="grant") == []
    resources["Role"]["Properties"]["Policies"][0]["PolicyName"] = {"Fn::Sub": "fence"}
    assert found(RULE, resources, per="grant") == ["Role: Policies/1: its PolicyName is no plain text"]


WAYS = {
    "a second policy at the path of a level's boundary": (
        "    if attached:\n        role.ManagedPolicyArns = attached\n",
        "    copy = ManagedPolicy(\n"
        '        f"Copy{level.name}",\n'
        "        Condition=TARGET,\n"
        "        Path=ceiling.Path,\n"
        "        PolicyDocument=ceiling.PolicyDocument,\n"
        "    )\n"
        "    role.ManagedPolicyArns = [*attached, Ref(template.add_resource(copy))]\n"
        "    context.cite(copy.title, level.mark)\n",
        "is nobody's boundary, but would pass for one",
    ),
    "a policy beside the role with its fence's name": (
        "    template.add_resource(role)\n",
        "    template.add_resource(role)\n"
        "    beside = PolicyType(\n"
        '        f"Beside{level.name}",\n'
        "        Condition=TARGET,\n"
        '        PolicyName="fence",\n'
        "        Roles=[Ref(role)],\n"
        "        PolicyDocument=role.Policies[0].PolicyDocument,\n"
        "    )\n"
        "    template.add_resource(beside)\n"
        "    context.cite(beside.title, level.mark)\n",
        "AWS::IAM::Policy may be put in the place of an inline policy of its role",
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_module_with_a_policy_that_is_taken_for_another_stops_the_build(tmp_path, way):
    line, instead, words = WAYS[way]
    folder = tmp_path / "stacks"
    shutil.copytree(STACKS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    module = folder / "target_roles.py"
    text = module.read_text(encoding="utf-8").replace("Policy, Role\n", "Policy, PolicyType, Role\n")
    assert text.count(line) == 1
    module.write_text(text.replace(line, instead), encoding="utf-8")
    problems = problems_of(an.an_estate(), tmp_path / "build", folder)
    assert {problem.code for problem in problems} == {"J2017"}, problems
    assert any(words in problem.message for problem in problems), problems
