"""What a plan shows as going from a stack of the jump account: removed, or made anew."""

import datetime
import itertools
import json
from pathlib import Path
from typing import Any

import pytest
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER
from hypothesis import given, settings
from hypothesis import strategies as st

from jumpcf.aws.unshown import unshown
from jumpcf.local.changes import changes
from jumpcf.local.engine import canonical, properties_of, scope_of
from jumpcf.local.intrinsics import wanted
from jumpcf.local.providers.registry import PROVIDERS
from jumpcf.local.records import Resource, Stack, Wish
from jumpcf.local.template import parse
from jumpcf.local.world import World
from jumpcf.planner.changes import resource_changes
from jumpcf.planner.replaced import REPLACING, removes, replaces, told, with_fates

GOLDEN = Path(__file__).parents[2] / "golden" / "templates"


def resource(kind: str, condition: str = "", **properties: Any) -> dict[str, Any]:
    return {"Type": kind, "Properties": properties, **({"Condition": condition} if condition else {})}


def template(sections: dict[str, Any] | None = None, **resources: Any) -> dict[str, Any]:
    return {"Resources": resources, **(sections or {})}


def fates(before: Any, after: Any, *, tags: bool = False) -> dict[str, tuple[str, tuple[str, ...]]]:
    found = with_fates(resource_changes(before, after), before, after, tags=tags)
    return {one.logical_id: (one.fate, one.properties) for one in found}


def ref(name: str) -> dict[str, Any]:
    return {"Ref": name}


USER, GROUP, POLICY = "AWS::IAM::User", "AWS::IAM::Group", "AWS::IAM::ManagedPolicy"
BUCKET, BUCKET_POLICY, OTHER = "AWS::S3::Bucket", "AWS::S3::BucketPolicy", "AWS::Lambda::Function"


@pytest.mark.parametrize("kind", sorted(REPLACING))
def test_the_table_is_that_of_the_registry_and_of_the_embedded_aws(kind: str) -> None:
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", kind).schema
    assert not schema.get("conditionalCreateOnlyProperties")
    fixed = {path.removeprefix("/properties/") for path in schema.get("createOnlyProperties", ())}
    assert REPLACING[kind] == fixed
    provider = PROVIDERS[kind]
    assert provider.replaces == fixed & provider.properties


def test_the_table_has_every_type_of_the_embedded_aws_and_of_our_own_templates() -> None:
    used = {
        one["Type"]
        for path in GOLDEN.rglob("*.json")
        for one in json.loads(path.read_text(encoding="utf-8"))["Resources"].values()
    }
    assert len(used) > 5
    assert used <= set(REPLACING)
    assert set(PROVIDERS) == set(REPLACING)


def test_a_property_that_cannot_change_in_place_makes_a_resource_anew_and_another_does_not() -> None:
    before = template(Ken=resource(USER, UserName="ken", Path="/a/"), Mio=resource(USER, UserName="mio"))
    after = template(
        Ken=resource(USER, UserName="ken", Path="/b/"), Mio=resource(USER, UserName="mia", Path="/b/")
    )
    found = with_fates(resource_changes(before, after), before, after)
    assert [(one.logical_id, one.fate, one.name) for one in found] == [
        ("Ken", "kept", ""),
        ("Mio", "replaced", "mio"),
    ]
    assert (removes(found), replaces(found)) == ((), ("Mio",))


def test_what_goes_is_told_by_its_name_where_it_has_one() -> None:
    before = template(
        Ken=resource(USER, UserName="ken"),
        Ops=resource(GROUP, GroupName="ops"),
        OpsPolicy=resource(POLICY, Path="/a/"),
        Odd=resource(GROUP, GroupName=ref("AWS::StackName")),
    )
    after = template(Ops=resource(GROUP, GroupName="more"))
    found = with_fates(resource_changes(before, after), before, after)
    assert told(found) == (
        ("replaced", ("Ops (AWS::IAM::Group ops)",)),
        (
            "removed",
            ("Ken (AWS::IAM::User ken)", "Odd (AWS::IAM::Group)", "OpsPolicy (AWS::IAM::ManagedPolicy)"),
        ),
    )
    assert (removes(found), replaces(found)) == (("Ken", "Odd", "OpsPolicy"), ("Ops",))


def test_another_type_makes_a_resource_anew() -> None:
    before, after = template(A=resource(USER)), template(A=resource(GROUP))
    assert fates(before, after) == {"A": ("replaced", ("Type",))}


@pytest.mark.parametrize(
    "bucket",
    [ref("Bucket"), {"Fn::Sub": "${Bucket}"}, {"Fn::Sub": ["${x}", {"x": ref("Bucket")}]}, [ref("Bucket")]],
)
def test_what_refers_to_a_new_resource_may_be_made_anew_though_it_is_written_as_before(bucket: Any) -> None:
    policy = resource(BUCKET_POLICY, Bucket=bucket)
    before = template(Bucket=resource(BUCKET, BucketName="one"), Policy=policy)
    after = template(Bucket=resource(BUCKET, BucketName="two"), Policy=policy)
    assert fates(before, after) == {
        "Bucket": ("replaced", ("BucketName",)),
        "Policy": ("may be replaced", ("Bucket",)),
    }


def test_a_chain_of_references_is_followed_to_its_end() -> None:
    names = ("C", "B", "A")
    chain = {name: resource(GROUP, GroupName=ref(after)) for name, after in itertools.pairwise(names)}
    before = template(A=resource(GROUP, GroupName="a"), **chain)
    after = template(A=resource(GROUP, GroupName="z"), **chain)
    assert {name: fate for name, (fate, _) in fates(before, after).items()} == {
        "A": "replaced",
        "B": "may be replaced",
        "C": "may be replaced",
    }


def test_an_attribute_of_a_changed_resource_may_be_another_one_and_its_name_is_not() -> None:
    def made(days: int) -> Any:
        return template(
            Bucket=resource(BUCKET, BucketName="one", LifecycleConfiguration=days),
            ByName=resource(BUCKET_POLICY, Bucket=ref("Bucket")),
            ByAttribute=resource(BUCKET_POLICY, Bucket={"Fn::GetAtt": ["Bucket", "Arn"]}),
            Document=resource(BUCKET_POLICY, Bucket="b", PolicyDocument={"Fn::GetAtt": "Bucket.Arn"}),
        )

    assert fates(made(1), made(2)) == {
        "Bucket": ("kept", ("LifecycleConfiguration",)),
        "ByAttribute": ("may be replaced", ("Bucket",)),
    }


def test_a_value_that_a_function_computes_may_be_the_same_as_before() -> None:
    before = template(A=resource(GROUP, GroupName="one"))
    after = template(A=resource(GROUP, GroupName={"Fn::Join": ["", ["o", "ne"]]}))
    assert fates(before, after) == {"A": ("may be replaced", ("GroupName",))}


@pytest.mark.parametrize(
    ("name", "section"),
    [
        ({"Fn::If": ["Big", "a", "b"]}, "Conditions"),
        ({"Fn::If": ["Big", "a", "b"]}, "Parameters"),
        ({"Fn::FindInMap": ["Names", "x", "y"]}, "Mappings"),
        ({"Fn::Sub": "${Word}-group"}, "Parameters"),
    ],
)
def test_what_functions_read_may_change_a_name_that_is_written_as_before(name: Any, section: str) -> None:
    made = resource(GROUP, GroupName=name)
    before, after = template({section: {"Word": 1}}, A=made), template({section: {"Word": 2}}, A=made)
    assert fates(before, after) == {"A": ("may be replaced", ("GroupName",))}
    assert fates(before, before) == {}


def test_a_resource_under_a_condition_that_changes_may_go() -> None:
    made = resource(GROUP, "Wanted", GroupName="a")
    before, after = (
        template({"Conditions": {"Wanted": 1}}, A=made),
        template({"Conditions": {"Wanted": 2}}, A=made),
    )
    found = with_fates(resource_changes(before, after), before, after)
    assert [one.fate for one in found] == ["may be removed"]
    assert removes(found) == replaces(found) == ("A",)
    free = resource(GROUP, GroupName="a")
    assert fates(template(A=free), template(A=made)) == {"A": ("may be removed", ("Condition",))}
    assert fates(template(A=made), template(A=free)) == {"A": ("kept", ("Condition",))}


def test_of_an_unknown_type_every_change_may_make_it_anew_also_one_of_tags() -> None:
    before = template(
        A=resource(OTHER, Code="a"), B=resource(OTHER, Code="b"), C=resource(USER, UserName="c")
    )
    after = template(A=resource(OTHER, Code="z"), B=resource(OTHER, Code="b"), C=resource(USER, UserName="c"))
    assert fates(before, after) == {"A": ("may be replaced", ("Code",))}
    assert fates(before, before, tags=True) == {
        "A": ("may be replaced", ("Tags",)),
        "B": ("may be replaced", ("Tags",)),
    }


@pytest.mark.parametrize("odd", ["Resources: {}\n", None, {"Resources": {"A": "text"}}, {"Resources": []}])
def test_a_live_template_that_cannot_be_read_promises_nothing(odd: Any) -> None:
    after = template(A=resource(USER, UserName="a"))
    found = fates(odd, after)
    assert set(found) == {"A"}
    assert with_fates(resource_changes(after, odd), after, odd)


LITERAL = st.sampled_from(["a", "b"])


def values(earlier: list[str]) -> st.SearchStrategy[Any]:
    """Text, or a function that gives one."""
    made = [
        LITERAL,
        LITERAL.map(lambda text: {"Fn::Join": ["", [text]]}),
        st.tuples(LITERAL, LITERAL).map(lambda both: {"Fn::If": ["Wanted", *both]}),
    ]
    if earlier:
        name = st.sampled_from(earlier)
        made += [
            name.map(ref),
            name.map(lambda it: {"Fn::GetAtt": [it, "Arn"]}),
            name.map(lambda it: {"Fn::Sub": "${" + it + "}"}),
        ]
    return st.one_of(*made)


FORMS = {
    USER: ("UserName", "Path"),
    GROUP: ("GroupName", "Path"),
    POLICY: ("Path", "PolicyDocument"),
    BUCKET: ("BucketName",),
    BUCKET_POLICY: ("Bucket", "PolicyDocument"),
}


@st.composite
def templates(draw: st.DrawFn) -> dict[str, Any]:
    found: dict[str, Any] = {"Handle": resource("AWS::CloudFormation::WaitConditionHandle")}
    for name, kind in zip("ABCDE", (BUCKET, BUCKET_POLICY, POLICY, GROUP, USER), strict=True):
        if draw(st.integers(0, 3)):
            given = {each: draw(values(list(found)[1:])) for each in FORMS[kind]}
            found[name] = resource(kind, draw(st.sampled_from(["", "", "Wanted"])), **given)
    region = draw(st.sampled_from(["ap-northeast-1", "eu-west-1"]))
    return {"Conditions": {"Wanted": {"Fn::Equals": [ref("AWS::Region"), region]}}, "Resources": found}


def change_set(before: Any, after: Any) -> list[dict[str, Any]]:
    """What the embedded AWS says that a stack of `before` would change on its way to `after`."""
    now = datetime.datetime.now(datetime.UTC)
    world = World(clock=lambda: 0.0, templates={"before": json.dumps(before), "after": json.dumps(after)})
    stack = Stack("s", "arn:s", "111111111111", "ap-northeast-1", now)
    scope = scope_of(world, stack, parse(json.dumps(before)), {})
    scope.planning = True  # what a resource under a false condition is called, nobody asks in AWS
    for name in wanted(scope):
        declared = parse(json.dumps(before)).resources[name]
        properties = canonical(properties_of(declared, scope, []))
        made = Resource(name, declared.type, f"{name}-1", properties, {"Arn": f"arn:{name}-1"}, "", now)
        stack.resources[name] = scope.resources[name] = made
    return changes(world, stack, Wish("after", {}, [], []))


@settings(max_examples=150, deadline=None)
@given(templates(), templates())
def test_no_change_set_of_the_embedded_aws_takes_more_than_the_plan_shows(before: Any, after: Any) -> None:
    shown = with_fates(resource_changes(before, after), before, after)
    assert unshown(change_set(before, after), removes(shown), replaces(shown)) == ()
