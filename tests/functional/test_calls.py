"""The calls themselves: none is left out where one fails, each says as whom, and a throttled one comes again."""

import functools
import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import botocore.session
import pytest

from jumpcf.local.accounts import access_key_id
from tests.functional.conftest import World
from tests.functional.wire import Call, Refusal, wired

CORP_ADMIN = access_key_id("222222222222")  # a delegated administrator of StackSets

TOKENS = ("OperationId", "ClientRequestToken", "ClientToken")


@functools.cache
def has_call_as(service: str, operation: str) -> bool:
    shape = botocore.session.Session().get_service_model(service).operation_model(operation).input_shape
    return shape is not None and "CallAs" in shape.members


def once(chosen: Call, refusal: Refusal) -> Callable[[Call], Refusal | None]:
    """Refuse this very call, whenever it is made."""
    return lambda call: refusal if call == chosen else None


def kinds(calls: list[Call]) -> dict[Any, Call]:
    """One call of each kind at each account, the last: what was read before it must not pass for the whole."""
    return {call.name: call for call in sorted(calls, key=repr)}


def test_a_plan_fails_where_any_read_of_it_is_refused_and_names_the_call(deployed: World) -> None:
    with wired(deployed) as wire:
        assert deployed.run("plan", "--org", "corp").code == 0
    assert all(call.is_read for call in wire.calls)
    chosen = kinds(wire.calls)
    operations = {operation for _, _, operation in chosen}
    assert {"ListStackInstances", "ListStackSetOperations", "ListAccounts", "GetTemplate"} <= operations
    for (_, service, operation), call in chosen.items():
        with wired(deployed, once(call, (403, "AccessDenied"))):
            said = deployed.run("plan", "--org", "corp")
        assert said.code == 4, (call, said.out)
        assert f"{operation} was refused: not for you" in said.err, (service, said.err)
        assert said.out == ""


def test_a_plan_fails_where_aws_breaks_down_for_good(
    deployed: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "2")
    with wired(deployed) as wire:
        assert deployed.run("plan", "--org", "corp").code == 0
    for operation, call in {call.operation: call for call in kinds(wire.calls).values()}.items():
        with wired(deployed, once(call, (503, "ServiceUnavailable"))) as broken:
            said = deployed.run("plan", "--org", "corp")
        assert said.code == 4, (call, said.out)
        assert operation in said.err
        assert broken.calls.count(call) == 2, "boto's second try"


def test_every_call_of_a_delegated_administrator_says_so(world: World) -> None:
    def more(partner: dict[str, Any]) -> None:
        partner["grants"]["dev"] |= {"session": "2h", "ous": ["/Workloads/Staging"]}

    with wired(world) as wire:
        for verb in (["plan"], ["deploy", "--yes", "--accept-broadening"], ["status"]):
            assert world.run(*verb, "--org", "corp").code in (0, 3)
        world.edit("partners/acme.yaml", more)
        assert (
            world.run("deploy", "--yes", "--accept-broadening", "--accept-deletion", "--org", "corp").code
            == 0
        )
        Path(world.folder / "params/partners/initech.yaml").unlink()
        assert (
            world.run("deploy", "--yes", "--accept-broadening", "--accept-deletion", "--org", "corp").code
            == 0
        )
    could = [call for call in wire.calls if has_call_as(call.service, call.operation)]
    assert {
        "CreateStackSet",
        "UpdateStackSet",
        "DeleteStackSet",
        "CreateStackInstances",
        "DeleteStackInstances",
    } <= {call.operation for call in could}
    assert {"ListStackSets", "DescribeStackSet", "ListStackInstances", "DescribeStackSetOperation"} <= {
        call.operation for call in could
    }
    assert {call.key for call in could} == {CORP_ADMIN}
    lacking = {call.operation for call in could if call.get("CallAs") != "DELEGATED_ADMIN"}
    assert lacking == set()


def test_a_throttled_write_comes_again_with_the_same_token(world: World) -> None:
    throttled: set[str] = set()

    def first_of_each(call: Call) -> Refusal | None:
        if call.is_read or call.operation in throttled or call.service != "cloudformation":
            return None
        throttled.add(call.operation)
        return 400, "Throttling"

    with wired(world, first_of_each) as wire:
        assert world.deploy("--org", "corp").code == 0
    assert {"CreateChangeSet", "ExecuteChangeSet", "CreateStackSet", "CreateStackInstances"} <= throttled
    for operation in throttled:
        tries = [call for call in wire.calls if call.operation == operation]
        assert tries.count(tries[0]) == 2, operation
    tokens = {
        name for call in wire.calls for name in TOKENS if call.operation in throttled and call.get(name)
    }
    assert tokens == set(TOKENS)


def test_a_second_deploy_reads_everywhere_and_writes_nowhere(deployed: World) -> None:
    with wired(deployed) as wire:
        assert deployed.deploy().code == 0
    assert [call for call in wire.calls if not call.is_read] == []
    assert {call.service for call in wire.calls} >= {"sts", "organizations", "cloudformation"}
    assert len({call.key for call in wire.calls}) == 4  # the jump account and three admin accounts


def test_the_stats_are_the_calls_that_went_over_the_wire(world: World) -> None:
    throttled: list[Call] = []

    def three(call: Call) -> Refusal | None:
        if call.operation == "DescribeStackSetOperation" and len(throttled) < 3:
            throttled.append(call)
            return 400, "Throttling"
        return None

    with wired(world, three) as wire:
        said = world.run("--stats", "-o", "json", "deploy", "--yes", "--accept-broadening", "--org", "corp")
    assert said.code == 0
    stats = json.loads(said.err.splitlines()[-1])
    counted = {(one["place"], one["service"]): one for one in stats["calls"]}
    sent = Counter(("corp" if call.key == CORP_ADMIN else "jump", call.service) for call in wire.calls)
    assert {what: one["calls"] + one["retries"] for what, one in counted.items()} == dict(sent)
    assert {
        what: (one["throttled"], one["retries"]) for what, one in counted.items() if one["throttled"]
    } == {("corp", "cloudformation"): (3, 3)}


def test_the_stats_are_told_also_of_a_run_that_fails(deployed: World) -> None:
    with wired(deployed, lambda call: (403, "AccessDenied") if call.operation == "ListStackSets" else None):
        said = deployed.run("--stats", "-q", "plan", "--org", "corp")
    assert said.code == 4
    table = next(part for part in said.err.split("calls to AWS")[1:])
    assert re.search(r"^corp +cloudformation +1 +0 +0 +\d", table, re.MULTILINE), said.err
    assert max(map(len, table.split("A504")[0].splitlines())) <= 80


def test_verbose_tells_the_request_id_of_every_write_and_of_no_read(world: World) -> None:
    with wired(world) as wire:
        said = world.run("-v", "deploy", "--yes", "--accept-broadening", "--org", "corp")
    told = re.findall(r"^\d\d:\d\d:\d\d request (\S+) (\w+) ?(\S*): (\S+)$", said.err, re.MULTILINE)
    assert Counter(operation for _, operation, _, _ in told) == Counter(
        call.operation for call in wire.calls if not call.is_read
    )
    assert ("corp", "CreateStackSet", "jump-acme-dev") in {line[:3] for line in told}
    assert all(re.fullmatch(r"[0-9A-Za-z-]{8,}", request) for *_, request in told)


def test_nothing_of_this_is_told_unasked(deployed: World) -> None:
    said = deployed.deploy()
    assert "request" not in said.err
    assert "calls" not in said.err
