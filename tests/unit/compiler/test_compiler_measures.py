import pytest
from unit.counted import MARK, a_policy, a_resource, a_role, counted_template, inline, tags

from jumpcf.compiler.ledger import Ledger
from jumpcf.compiler.measures import attachments, of_resource
from jumpcf.compiler.quotas import QUOTAS

RESOURCES = {
    "managed_policy_size": (6_144, lambda n: a_resource("ManagedPolicy", PolicyDocument=a_policy(n))),
    "trust_policy_length": (2_048, lambda n: a_role(AssumeRolePolicyDocument=a_policy(n))),
    "role_inline_size": (10_240, lambda n: a_role(Policies=inline(n - 100, 100))),
    "role_path_and_name": (64, lambda n: a_role(Path="/jump/", RoleName="x" * (n - 6))),
    "managed_policies_per_role": (10, lambda n: a_role(ManagedPolicyArns=["x"] * n)),
    "description": (1_000, lambda n: a_role(Description="é" * n)),
    "managed_policies_per_group": (10, lambda n: a_resource("Group", ManagedPolicyArns=["x"] * (n - 1))),
    "group_inline_size": (5_120, lambda n: a_resource("Group", Policies=inline(n))),
    "groups_per_user": (10, lambda n: a_resource("User", Groups=["x"] * n)),
    "user_inline_size": (2_048, lambda n: a_resource("User", Policies=inline(n - 200, 200))),
    "managed_policies_per_user": (10, lambda n: a_resource("User", ManagedPolicyArns=["x"] * n)),
    "path": (512, lambda n: a_resource("User", Path=f"/{'x' * (n - 2)}/")),
    "user_name": (64, lambda n: a_resource("User", UserName="x" * n)),
    "role_name": (64, lambda n: a_role(RoleName="x" * n)),
    "group_name": (128, lambda n: a_resource("Group", GroupName="x" * n)),
    "policy_name": (
        128,
        lambda n: a_resource("ManagedPolicy", ManagedPolicyName="x" * n, PolicyDocument={}),
    ),
    "tags": (50, lambda n: a_resource("User", Tags=tags(n))),
    "tag_key": (128, lambda n: a_role(Tags=[{"Key": "k" * n, "Value": ""}])),
    "tag_value": (256, lambda n: a_role(Tags={"k": "あ" * n})),
}


@pytest.mark.parametrize(("key", "limit", "resource"), [(key, *row) for key, row in RESOURCES.items()])
def test_a_quota_that_is_just_full_is_kept_and_one_more_is_over(key, limit, resource):
    assert QUOTAS[key].limit == limit
    for used, problems in ((limit, 0), (limit + 1, 1)):
        ledger = Ledger({})
        counted = dict(of_resource(resource(used)))
        assert counted[key] == used
        ledger.use(key, "here", counted[key], MARK)
        assert len(ledger.problems) == problems


def named(number, each):
    return {f"N{one}": each for one in range(number)}


TEMPLATES = {
    "resources_per_template": (500, lambda n: {"Resources": named(n, {"Type": "AWS::SNS::Topic"})}),
    "template_size": (1_000_000, lambda n: {"Metadata": "x" * (n - 31)}),
    "template_description": (1_024, lambda n: {"Description": "é" * (n // 2) + "x" * (n % 2)}),
    "parameters_per_template": (200, lambda n: {"Parameters": named(n, {"Type": "String"})}),
    "parameter_value": (4_096, lambda n: {"Parameters": {"P": {"Type": "String", "Default": "x" * n}}}),
    "outputs_per_template": (200, lambda n: {"Outputs": named(n, {"Value": "x"})}),
    "mappings_per_template": (200, lambda n: {"Mappings": named(n, {"a": {"b": "c"}})}),
    "attributes_per_mapping": (200, lambda n: {"Mappings": {"M": {"a": named(n, "x")}}}),
    "dynamic_references": (60, lambda n: {"Metadata": ["{{resolve:ssm:/jump/x}}"] * n}),
    "logical_name": (255, lambda n: {"Outputs": {"x" * n: {"Value": "x"}}}),
}


@pytest.mark.parametrize(("key", "limit", "body"), [(key, *row) for key, row in TEMPLATES.items()])
def test_a_template_that_is_just_full_is_kept_and_one_more_is_over(key, limit, body):
    assert QUOTAS[key].limit == limit
    for used, problems in ((limit, []), (limit + 1, [QUOTAS[key].code])):
        ledger = counted_template({"Resources": {}} | body(used))
        assert {use.quota: use.used for use in ledger.fullest()}[key] == used
        assert [problem.code for problem in ledger.problems] == problems


def used_of(ledger, key):
    return {use.quota: use.used for use in ledger.fullest()}[key]


def test_what_other_resources_attach_counts_on_the_one_that_holds_it():
    """Our own stacks say all of it on the resource itself; somebody's module need not."""
    on_role = {"PolicyDocument": a_policy(100), "Roles": [{"Ref": "R"}]}
    body = {
        "Resources": {
            "R": a_role(Policies=inline(50), ManagedPolicyArns=["x"]),
            "G": a_resource("Group", GroupName="people"),
            "U": a_resource("User", Groups=["x"]),
            "One": a_resource("Policy", **on_role),
            "Two": a_resource("ManagedPolicy", **on_role),
            "Three": a_resource("RolePolicy", PolicyDocument=a_policy(30), RoleName={"Ref": "R"}),
            "Four": a_resource("GroupPolicy", PolicyDocument=a_policy(70), GroupName="people"),
            "Five": a_resource("UserToGroupAddition", GroupName="people", Users=[{"Ref": "U"}]),
        }
    }
    ledger = counted_template(body)
    assert used_of(ledger, "role_inline_size") == 50 + 100 + 30
    assert used_of(ledger, "managed_policies_per_role") == 2
    assert used_of(ledger, "group_inline_size") == 70
    assert used_of(ledger, "groups_per_user") == 2
    assert attachments({"R": a_role()}) == {}


def test_every_quota_of_a_template_has_an_example_that_is_just_full():
    elsewhere = {"stack_name", "stack_set_name", "resource_control_policy_size", "instances_per_stack_set"}
    in_accounts = {key for key in QUOTAS if key.endswith("_per_account")}
    assert {*RESOURCES, *TEMPLATES} == QUOTAS.keys() - elsewhere - in_accounts


def test_a_description_that_is_latin_and_long_is_counted_in_bytes():
    ledger = counted_template({"Description": "é" * 600, "Resources": {}})
    assert [problem.code for problem in ledger.problems] == ["E411"]
