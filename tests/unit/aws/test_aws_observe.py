"""Observing: complete, by reads only, as who we are, or not at all."""

import json
from typing import Any

import pytest
from aws_cloudformation import FakeStacks, FakeStackSets
from aws_iam import FakeAccount
from aws_world import (
    ADMIN,
    JUMP_ACCOUNT,
    MANAGEMENT,
    MODELS,
    TAGS,
    FakeClients,
    FakeOrganization,
    FakeSts,
    compiled,
    manifest,
)

from jumpcf.artifacts.codec import content_digest, digest
from jumpcf.artifacts.observed import ObservedAccount, ObservedUnit
from jumpcf.aws.observe import EMPTY, observe
from jumpcf.errors import AwsRefused

TEMPLATE = {"Resources": {"A": {"Type": "AWS::IAM::Role"}}}


class World:
    def __init__(self, *, paths: bool = True) -> None:
        self.organization = FakeOrganization(paths=paths)
        self.stacks, self.stack_sets = FakeStacks(), FakeStackSets()
        self.jump_sts, self.corp_sts = FakeSts(JUMP_ACCOUNT), FakeSts(ADMIN)
        self.account = FakeAccount()
        self.clients = FakeClients(
            {
                ("jump", "sts"): self.jump_sts,
                ("jump", "cloudformation"): self.stacks,
                ("jump", "iam"): self.account,
                ("corp", "sts"): self.corp_sts,
                ("corp", "organizations"): self.organization,
                ("corp", "cloudformation"): self.stack_sets,
            }
        )

    def observe(self, *names: str) -> Any:
        stacks = [compiled(name, "jump" if name.startswith("jump-base") else "corp") for name in names]
        return observe(self.clients, manifest(*stacks), ["corp"])


@pytest.fixture
def world() -> World:
    made = World()
    made.stacks.add("jump-base", "CREATE_COMPLETE", TAGS, TEMPLATE)
    made.stacks.add("jump-partner-old", "UPDATE_COMPLETE", TAGS, TEMPLATE)
    made.stacks.add("somebody-else", "CREATE_COMPLETE", {})
    made.stack_sets.add("jump-acme-dev", TAGS, TEMPLATE)
    made.stack_sets.add("jump-other-estate", {"jumpcf-estate": "other"})
    made.stack_sets.add("audit", {})
    made.stack_sets.targets["jump-acme-dev"] = ["r-r1aa", "ou-r1aa-work0000", "ou-r1aa-dev00000"]
    made.stack_sets.instances["jump-acme-dev"] = [
        {
            "Account": account,
            "Region": "ap-northeast-1",
            "Status": "CURRENT",
            "OrganizationalUnitId": "r-r1aa",
        }
        for account in ("555555555555", "444444444444", "333333333333")
    ]
    return made


def test_every_call_is_a_read(world: World) -> None:
    world.observe("jump-base", "jump-acme-dev")
    assert world.clients.calls
    assert {
        name for name in world.clients.names() if not name.startswith(("Get", "List", "Describe"))
    } == set()


@pytest.mark.parametrize(("management", "expected"), [(ADMIN, "SELF"), (MANAGEMENT, "DELEGATED_ADMIN")])
def test_every_stack_set_call_says_as_whom_it_is_made(world: World, management: str, expected: str) -> None:
    world.organization.management = management
    assert world.observe("jump-acme-dev").organizations[0].call_as == expected
    said = {
        parameters.get("CallAs", "SELF")
        for place, service, operation, parameters in world.clients.calls
        if place == "corp"
        and service == "cloudformation"
        and "CallAs" in MODELS[service].operation_model(operation).input_shape.members
    }
    assert said == {expected}


def test_the_jump_stacks_are_the_named_ones_and_those_with_our_tag(world: World) -> None:
    observed = world.observe("jump-base")
    assert [(stack.name, stack.status) for stack in observed.stacks] == [
        ("jump-base", "CREATE_COMPLETE"),
        ("jump-partner-old", "UPDATE_COMPLETE"),
    ]
    assert observed.templates[observed.stacks[0].template] == TEMPLATE


def test_a_stack_in_review_has_no_template_and_none_is_asked_for(world: World) -> None:
    world.stacks.add("jump-base", "REVIEW_IN_PROGRESS", {})
    observed = world.observe("jump-base")
    assert observed.stacks[0].template == ""
    asked = [parameters["StackName"] for parameters in world.clients.sent("GetTemplate")]
    assert asked == [observed.stacks[1].id]


@pytest.mark.parametrize("status", sorted(EMPTY))
def test_no_template_is_read_of_a_stack_that_holds_nothing(world: World, status: str) -> None:
    world.stacks.add("jump-base", status, TAGS)
    world.stacks.refuse("GetTemplate", "ValidationError", "Template for stack jump-base is not there")
    with pytest.raises(AwsRefused):  # the other stack is whole, so its template must be there
        world.observe("jump-base")
    observed = world.observe("jump-base")
    assert (observed.stacks[0].status, observed.stacks[0].template) == (status, "")


@pytest.mark.parametrize(
    "status", ["CREATE_FAILED", "DELETE_FAILED", "ROLLBACK_FAILED", "CREATE_IN_PROGRESS"]
)
def test_a_half_made_stack_may_have_no_template(world: World, status: str) -> None:
    del world.stacks.stacks["jump-partner-old"]
    world.stacks.add("jump-base", status, TAGS)
    world.stacks.refuse("GetTemplate", "ValidationError", "Template for stack jump-base is not there")
    assert world.observe("jump-base").stacks[0].template == ""
    world.stacks.refuse("GetTemplate", "AccessDenied", "no")
    with pytest.raises(AwsRefused):
        world.observe("jump-base")


def test_the_tree_has_every_unit_by_path_and_every_account_in_its_own_unit(world: World) -> None:
    corp = world.observe().organizations[0]
    assert corp.units == (
        ObservedUnit(id="r-r1aa", path="/", parent=None),
        ObservedUnit(id="ou-r1aa-work0000", path="/Workloads", parent="r-r1aa"),
        ObservedUnit(id="ou-r1aa-dev00000", path="/Workloads/Dev", parent="ou-r1aa-work0000"),
        ObservedUnit(id="ou-r1aa-prod0000", path="/Workloads/Prod", parent="ou-r1aa-work0000"),
    )
    assert corp.accounts == (
        ObservedAccount(id="333333333333", name="name-333", unit="ou-r1aa-prod0000", state="ACTIVE"),
        ObservedAccount(id="444444444444", name="name-444", unit="ou-r1aa-prod0000", state="SUSPENDED"),
        ObservedAccount(id=MANAGEMENT, name="name-999", unit="r-r1aa", state="ACTIVE"),
    )
    assert corp.delegated_administrators == (ADMIN, "333333333333")
    assert "ListAccountsForParent" not in world.clients.names()


def test_an_endpoint_without_paths_gives_the_same_tree_by_more_calls(world: World) -> None:
    older = World(paths=False)
    assert older.observe().organizations[0].accounts == world.observe().organizations[0].accounts
    assert older.clients.names().count("ListAccountsForParent") > 3


def test_stack_sets_are_ours_or_named_and_read_over_all_pages(world: World) -> None:
    found = world.observe("jump-acme-dev").organizations[0].stack_sets
    assert [each.name for each in found] == ["jump-acme-dev"]
    assert found[0].template == content_digest(TEMPLATE)
    assert found[0].units == ("ou-r1aa-dev00000", "ou-r1aa-work0000", "r-r1aa")
    assert [instance.account for instance in found[0].instances] == [
        "333333333333",
        "444444444444",
        "555555555555",
    ]
    assert (found[0].auto_deployment, found[0].retain_on_removal, found[0].managed_execution) == (
        True,
        False,
        True,
    )


def test_a_stack_set_of_our_name_without_our_tag_is_seen_but_not_its_instances(world: World) -> None:
    world.stack_sets.instances["jump-other-estate"] = world.stack_sets.instances["jump-acme-dev"]
    found = {each.name: each for each in world.observe("jump-other-estate").organizations[0].stack_sets}
    assert found["jump-other-estate"].tags == {"jumpcf-estate": "other"}
    assert found["jump-other-estate"].instances == ()
    asked = {
        parameters.get("StackSetName")
        for _, _, operation, parameters in world.clients.calls
        if operation not in ("ListStackSets", "DescribeStackSet")
    }
    assert "jump-other-estate" not in asked


def test_without_auto_deployment_the_targets_are_those_of_the_definition(world: World) -> None:
    world.stack_sets.add(
        "jump-acme-dev", TAGS, AutoDeployment={"Enabled": False}, OrganizationalUnitIds=["ou-r1aa-prod0000"]
    )
    found = world.observe("jump-acme-dev").organizations[0].stack_sets[0]
    assert (found.auto_deployment, found.units) == (False, ("ou-r1aa-prod0000",))


def test_a_yaml_body_keeps_its_text_under_the_digest_of_the_text(world: World) -> None:
    world.stack_sets.add("jump-acme-dev", TAGS, "Resources: {}\n")
    observed = world.observe("jump-acme-dev")
    assert observed.organizations[0].stack_sets[0].template == digest(b"Resources: {}\n")
    assert observed.templates[digest(b"Resources: {}\n")] == "Resources: {}\n"


def test_equal_meaning_has_an_equal_digest_whatever_the_spacing(world: World) -> None:
    world.stack_sets.add("jump-acme-dev", TAGS, json.dumps(TEMPLATE, indent=4))
    assert world.observe("jump-acme-dev").organizations[0].stack_sets[0].template == content_digest(TEMPLATE)


def test_the_running_operation_comes_before_a_queued_one(world: World) -> None:
    world.stack_sets.running("queued-1", 9, "QUEUED")
    world.stack_sets.running("running-1", 9, "RUNNING")
    world.stack_sets.running("ended-1", 9, "SUCCEEDED")
    assert world.observe("jump-acme-dev").organizations[0].stack_sets[0].running == "running-1"


def test_a_read_that_fails_fails_everything_and_names_the_place(world: World) -> None:
    world.stack_sets.refuse("DescribeStackSet", "Throttling", "Rate exceeded")
    with pytest.raises(AwsRefused) as caught:
        world.observe("jump-acme-dev")
    assert caught.value.code == "A506"
    assert "corp" in caught.value.what
    assert "DescribeStackSet" in caught.value.what


def test_every_place_that_refuses_is_told_at_once(world: World) -> None:
    world.jump_sts.account = "123412341234"
    world.corp_sts.account = "567856785678"
    with pytest.raises(AwsRefused) as caught:
        world.observe()
    assert "123412341234" in caught.value.what
    assert "567856785678" in caught.value.what


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda world: setattr(world.corp_sts, "account", "123412341234"), "A507"),
        (lambda world: setattr(world.organization, "id", "o-other00000"), "A508"),
    ],
)
def test_nothing_else_is_read_where_we_are_somebody_else(world: World, change: Any, code: str) -> None:
    change(world)
    with pytest.raises(AwsRefused) as caught:
        world.observe()
    assert caught.value.code == code
    assert "ListStackSets" not in world.clients.names("corp")


def test_another_root_than_the_lock_names_is_refused(world: World) -> None:
    with pytest.raises(AwsRefused) as caught:
        observe(world.clients, manifest(call_root="r-zzzz"), ["corp"])
    assert caught.value.code == "A509"


def test_an_account_in_a_unit_that_appeared_meanwhile_is_not_lost_silently(world: World) -> None:
    world.organization.accounts["666666666666"] = ("ou-r1aa-unseen00", "ACTIVE")
    with pytest.raises(AwsRefused) as caught:
        world.observe()
    assert caught.value.code == "A530"


def test_an_organization_that_the_estate_does_not_have_is_refused(world: World) -> None:
    with pytest.raises(AwsRefused) as caught:
        observe(world.clients, manifest(), ["crop"])
    assert (caught.value.code, caught.value.hint) == ("A533", "it has: corp")


def test_an_operation_that_only_the_list_still_shows_does_not_run(world: World) -> None:
    """ListStackSetOperations is behind; DescribeStackSetOperation, which is not, has the word."""
    world.stack_sets.running("ended-1", 1)
    assert world.observe("jump-acme-dev").organizations[0].stack_sets[0].running is None
