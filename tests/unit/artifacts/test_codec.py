"""Records to JSON and back."""

import dataclasses
from typing import get_args

import pytest

from jumpcf.artifacts import operation as operations
from jumpcf.artifacts.codec import canonical, content_digest, decode, digest
from jumpcf.artifacts.manifest import Connection, Manifest, Rollout
from jumpcf.artifacts.operation import AnyOperation, CreateInstances, DeployStack, Operation
from jumpcf.artifacts.plan import Plan


def a_plan(*operations: AnyOperation) -> Plan:
    return Plan(
        estate="example",
        organizations=("corp",),
        manifest="0" * 64,
        stacks=(),
        stack_sets=(),
        operations=operations,
    )


def test_canonical_json_is_sorted_compact_and_ends_with_a_newline() -> None:
    assert canonical({"b": 1, "a": [{"d": None, "c": "é"}]}) == '{"a":[{"c":"é","d":null}],"b":1}\n'.encode()


def test_equal_content_has_an_equal_digest_whatever_its_order() -> None:
    assert content_digest({"a": 1, "b": 2}) == content_digest({"b": 2, "a": 1})
    assert content_digest({"a": 1}) != content_digest({"a": 2})
    assert digest(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_a_plan_survives_being_written_and_read() -> None:
    made = a_plan(
        DeployStack(
            id="a" * 12,
            place="jump",
            stack="jump-base",
            reason="missing",
            template="0" * 64,
            create=True,
            capabilities=("CAPABILITY_NAMED_IAM",),
            tags={"jumpcf-estate": "example"},
        ),
        CreateInstances(
            id="b" * 12,
            place="corp",
            stack="jump-acme-dev",
            reason="new OU",
            needs=("a" * 12,),
            units=("ou-ab12-11111111",),
            region="ap-northeast-1",
            rollout=Rollout(rings=(("/Sandbox",), ("/Prod",))),
        ),
    )
    assert decode(Plan, canonical(made)) == made


def test_every_kind_of_operation_is_in_the_union_and_has_a_kind_of_its_own() -> None:
    kinds = get_args(AnyOperation)
    # by name: a class with slots is made twice, and the first one may not be collected yet
    assert {kind.__name__ for kind in kinds} == {kind.__name__ for kind in Operation.__subclasses__()}
    names = [field.default for kind in kinds for field in dataclasses.fields(kind) if field.name == "kind"]
    assert len(set(names)) == len(kinds)
    assert all(getattr(operations, kind.__name__) is kind for kind in kinds)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"[]", "Connection was expected"),
        (b'{"account":"1","region":"x","colour":"red"}', "Connection has no colour"),
        (b'{"account":"1"}', "region"),
        (b'{"account":1,"region":"x"}', "str was expected"),
    ],
)
def test_data_of_another_shape_is_refused(data: bytes, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        decode(Connection, data)


def test_an_unknown_kind_of_operation_is_refused() -> None:
    data = canonical({**dataclasses.asdict(a_plan()), "operations": [{"kind": "explode"}]})
    with pytest.raises(ValueError, match="no record of this union"):
        decode(Plan, data)


def test_a_manifest_is_read_back_with_its_nested_records() -> None:
    manifest = Manifest(
        estate="example",
        partition="aws",
        jump=Connection(account="111111111111", region="eu-central-1", profile="jump"),
        bucket="b",
        organizations=(),
        stacks=(),
    )
    assert decode(Manifest, canonical(manifest)) == manifest
