"""Drift as CloudFormation gives it, in the words of IAM."""

import copy
import json
from dataclasses import replace
from typing import Any

import pytest
from small_world import World, ou, role_template, with_stack_set

from jumpcf.artifacts.drift import Difference, FoundDrift
from jumpcf.planner.drifted import in_words, otherwise

ALLOW = {
    "Version": "2012-10-17",
    "Statement": [{"Sid": "One", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}],
}
TEMPLATE = {
    "Resources": {
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "RoleName": "acme-dev-Read",
                "AssumeRolePolicyDocument": {
                    "Version": "2012-10-17",
                    "Statement": [
                        {
                            "Sid": "Trust",
                            "Effect": "Allow",
                            "Principal": {"AWS": "arn:aws:iam::111111111111:root"},
                            "Action": "sts:AssumeRole",
                        }
                    ],
                },
                "ManagedPolicyArns": ["arn:aws:iam::aws:policy/A", {"Ref": "Own"}],
                "MaxSessionDuration": 3600,
            },
        },
        "Own": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": ALLOW}},
    }
}


def changes(
    *differences: tuple[str, str, str], resource: str = "Role", status: str = "MODIFIED"
) -> list[Any]:
    found = FoundDrift(
        place="corp",
        stack="jump-acme-dev",
        account="441000000002",
        resource=resource,
        physical_id="x",
        type=TEMPLATE["Resources"].get(resource, {"Type": "T"})["Type"],  # type: ignore[arg-type]
        status=status,
        differences=tuple(Difference(path=path, expected=old, actual=new) for path, old, new in differences),
    )
    template = copy.deepcopy(TEMPLATE)
    (told,) = in_words([found], {("corp", "jump-acme-dev"): template})
    assert template == TEMPLATE, "the template is not ours to change"
    return [(one.subject, one.part, one.what, one.action, one.mark) for one in told.changes]


def wider(action: str) -> str:
    return json.dumps(ALLOW | {"Statement": [ALLOW["Statement"][0] | {"Action": action}]})  # type: ignore[dict-item]


@pytest.mark.parametrize(("action", "mark"), [("s3:*", "broadened"), ("s3:GetObject", None)])
def test_a_document_is_judged_by_its_meaning(action: str, mark: str | None) -> None:
    found = changes(("/PolicyDocument", json.dumps(ALLOW), wider(action)), resource="Own")
    assert [one[-1] for one in found] == ([mark] if mark else [])


def test_an_attached_policy_is_told_and_the_others_stay() -> None:
    found = changes(("/ManagedPolicyArns/1", "null", "arn:aws:iam::aws:policy/AdministratorAccess"))
    assert found == [("acme-dev-Read", "policies", "AdministratorAccess", "added", "broadened")]


def test_a_policy_that_was_taken_off_is_told_by_its_own_number() -> None:
    found = changes(("/ManagedPolicyArns/0", "arn:aws:iam::aws:policy/A", "null"))
    assert [one[2:4] for one in found] == [("A", "removed")]


def test_two_members_of_one_list_keep_their_numbers() -> None:
    found = changes(
        ("/ManagedPolicyArns/0", "arn:aws:iam::aws:policy/A", "null"),
        ("/ManagedPolicyArns/1", "arn:aws:iam::441000000002:policy/own", "null"),
        ("/ManagedPolicyArns/0", "null", "arn:aws:iam::aws:policy/B"),
    )
    assert ("B", "added") in [one[2:4] for one in found]
    assert ("A", "removed") in [one[2:4] for one in found]


def test_a_longer_session_is_broadened() -> None:
    assert changes(("/MaxSessionDuration", "3600", "43200"))[0][-1] == "broadened"


def test_what_is_gone_is_removed_and_what_no_template_names_is_told_without_words() -> None:
    assert changes(resource="Role", status="DELETED")[0][3:] == ("removed", "narrowed")
    assert changes(("/X", "1", "2"), resource="Unknown") == []


def test_a_live_template_that_params_do_not_compile_to_is_told_in_words_unless_it_is_somebody_elses() -> None:
    world = World().grant("dev", ou("dev"))
    world.deploy()
    observed = world.aws.observe()
    template = world.bodies.__getitem__
    assert otherwise(world.manifest, observed, template) == ()
    (live,) = observed.organizations[0].stack_sets
    changed = replace(
        with_stack_set(observed, live.name, template="by-hand"),
        templates={**observed.templates, "by-hand": role_template("Power", "Admin")},
    )
    (one,) = otherwise(world.manifest, changed, template)
    assert (one.place, one.stack) == ("corp", live.name)
    assert {each.mark for each in one.changes} == {"broadened"}
    foreign = with_stack_set(changed, live.name, tags={"team": "other"})
    assert otherwise(world.manifest, foreign, template) == ()
