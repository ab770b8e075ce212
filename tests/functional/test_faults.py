"""Faults on demand: what the operator sees, how the deploy ends, and that the next one mends it."""

import json
import threading
import time
from typing import Any

import pytest

from jumpcf.local.control import Request, perform
from tests.functional.conftest import Said, World, calls

JUMP = "111111111111"
ACCOUNT = "441000000002"  # one of /Workloads/Dev, where jump-acme-dev goes
SET = "jump-acme-dev"


def fault(world: World, *arguments: str) -> Said:
    """`jumpcf local fault …`, which has to succeed."""
    said = world.run("local", "fault", *arguments)
    assert said.code == 0, said.err
    return said


def deploy(world: World) -> Said:
    """The jump account and corp, where everything here happens."""
    return world.deploy("--org", "corp")


def faults(world: World) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(world.run("-o", "json", "local", "fault", "list").out)
    return found


def tolerant(world: World) -> None:
    """Let an operation go on when accounts fail, so that each account tells its own story."""
    world.edit("organizations/corp.yaml", lambda it: it["rollout"].update(failure_tolerance="100%"))


def touched(world: World, session: str = "2h") -> None:
    """A change of one grant: its StackSet is updated in every account."""
    world.edit("partners/acme.yaml", lambda it: it["grants"]["dev"].update(session=session))


def mended(world: World) -> None:
    """The next deploy does what the last one could not, and the one after it nothing."""
    again = deploy(world)
    assert again.code == 0, again.err + again.out
    with calls() as made:
        assert deploy(world).code == 0
    assert made.writes == []


def test_an_account_fails_as_often_as_asked_with_its_reason(deployed: World) -> None:
    told = fault(deployed, "account", ACCOUNT, "--times", "2", "--reason", "quota of roles reached")
    assert told.out.split() == (f"1 account {ACCOUNT}: fails: quota of roles reached (2 more times)".split())
    tolerant(deployed)
    for session in ("2h", "3h"):
        touched(deployed, session)
        said = deploy(deployed)
        assert said.code == 3
        assert f"failed          {ACCOUNT}" in said.out
        assert "quota of roles reached" in said.out
        assert "deployed        441000000001" in said.out
    assert "(struck 2 times, over)" in fault(deployed, "list").out
    mended(deployed)


def test_a_name_that_is_taken_is_told_and_clearing_the_fault_frees_it(world: World) -> None:
    fault(world, "name-taken", ACCOUNT, "acme-dev-Power")
    tolerant(world)
    said = deploy(world)
    assert said.code == 3
    assert f"failed          {ACCOUNT}" in said.out
    assert "already exists" in said.out
    assert "hint: that account has something of this name that is not this stack's" in said.out
    fault(world, "clear")
    assert "acme-dev-Power" not in world.roles_in(ACCOUNT)
    mended(world)
    again = world.run("local", "fault", "name-taken", ACCOUNT, "acme-dev-Power")
    assert (again.code, "has a role acme-dev-Power already" in again.err) == (4, True)


def test_throttled_calls_are_tried_again_until_they_pass(deployed: World) -> None:
    fault(deployed, "throttle", "--rate", "0.01", "--service", "cloudformation", "--times", "5")
    touched(deployed)
    said = deploy(deployed)
    assert said.code == 0, said.err + said.out
    assert faults(deployed)[0]["over"]


def test_slow_answers_only_take_time(deployed: World) -> None:
    fault(deployed, "latency", "20ms", "--service", "organizations")
    touched(deployed)
    assert deploy(deployed).code == 0
    assert faults(deployed)[0]["fired"] > 5


def end_the_foreign_operation(deployed: World) -> None:
    """As soon as ours waits behind it."""
    world = deployed.aws.world
    found = [one for home in world.homes.values() for one in home.stack_sets.values() if one.name == SET]
    while True:
        time.sleep(0.05)
        with world.lock:
            waits = any(item.status == "QUEUED" for item in found[0].operations)
        if waits:
            time.sleep(0.5)  # let it be seen
            perform(world, Request(clear=()))
            return


def test_a_foreign_operation_is_waited_for(deployed: World) -> None:
    fault(deployed, "occupy", SET, "--for", "1h")
    touched(deployed)
    waiting = threading.Thread(target=end_the_foreign_operation, args=(deployed,))
    waiting.start()
    said = deploy(deployed)
    waiting.join()
    assert said.code == 0, said.err + said.out
    assert "QUEUED" in said.err  # managed execution: ours waits in AWS behind theirs


def test_a_foreign_operation_ends_when_its_fault_is_cleared(deployed: World) -> None:
    fault(deployed, "occupy", SET, "--for", "1h")
    touched(deployed)
    fault(deployed, "clear", "1")
    assert deploy(deployed).code == 0


@pytest.mark.parametrize("operation", ["UpdateStackSet", "execute-change-set", "CreateChangeSet"])
def test_an_answer_that_is_lost_after_its_call_took_effect_does_not_do_the_work_twice(
    deployed: World, operation: str
) -> None:
    fault(deployed, "lose-answer", operation)
    touched(deployed)
    deployed.edit("partners/acme.yaml", lambda it: it.update(until="2028-06-30"))
    said = deploy(deployed)
    assert said.code == 0, said.err + said.out
    assert faults(deployed)[0]["over"]
    mended(deployed)


def test_the_creations_answers_may_be_lost_as_well(world: World) -> None:
    for operation in ("CreateStackSet", "CreateStackInstances", "CreateChangeSet", "PutObject"):
        fault(world, "lose-answer", operation)
    said = deploy(world)
    assert said.code == 0, said.err + said.out
    mended(world)


def test_a_short_absence_of_the_endpoint_is_not_even_noticed(deployed: World) -> None:
    fault(deployed, "disconnect", "--after", "55", "--times", "6")
    touched(deployed)
    said = deploy(deployed)
    assert said.code == 0, said.err + said.out
    assert faults(deployed)[0]["fired"] == 6


def test_an_endpoint_that_stays_away_is_told_and_the_next_deploy_goes_on(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "2")
    fault(world, "disconnect", "--after", "60")
    said = deploy(world)
    assert said.code == 3
    assert "G506" in said.err
    assert "the journal's copy in the artifact bucket cannot be written" in said.err
    fault(world, "clear")
    mended(world)


def test_answers_that_are_lost_for_good_are_failures_that_the_next_deploy_finds_done(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "2")
    fault(world, "lose-answer", "CreateStackInstances", "--times", "2")
    fault(world, "lose-answer", "ExecuteChangeSet", "--times", "2")
    said = deploy(world)
    assert said.code in (3, 4), said.err
    assert "[A505]" in said.err
    fault(world, "clear")
    mended(world)


def test_a_service_control_policy_is_recognised(deployed: World) -> None:
    fault(deployed, "scp", ACCOUNT)
    tolerant(deployed)
    touched(deployed)
    said = deploy(deployed)
    assert said.code == 3
    assert f"failed          {ACCOUNT}" in said.out
    assert "explicit deny in a service control policy" in said.out
    assert "hint: a service control policy denies the role stacksets-exec-*" in said.out
    fault(deployed, "clear")
    mended(deployed)


def test_a_suspended_account_is_skipped_and_comes_back(deployed: World) -> None:
    fault(deployed, "suspend", ACCOUNT)
    touched(deployed)
    said = deploy(deployed)
    assert said.code == 0, said.err + said.out
    assert f"suspended       {ACCOUNT}" in said.out
    fault(deployed, "clear")
    assert deployed.run("status", "--org", "corp").code == 3
    mended(deployed)
    assert deployed.roles_in(ACCOUNT)["acme-dev-Power"]["session"] == 7200


def test_an_account_that_moves_in_the_middle_of_an_operation_ends_where_it_went(deployed: World) -> None:
    fault(deployed, "move", ACCOUNT, "--to", "/Workloads/Prod", "--during", SET)
    touched(deployed)
    said = deploy(deployed)
    assert said.code in (0, 3), said.err + said.out
    assert "struck once" in fault(deployed, "list").out
    mended(deployed)
    names = {name.rsplit("-", 1)[0] for name in deployed.roles_in(ACCOUNT)}
    assert "acme-dev" not in names
    assert "acme-prod" in names


def test_a_clock_that_jumps_ends_what_was_waiting_and_comes_back(deployed: World) -> None:
    fault(deployed, "occupy", SET, "--for", "1h")
    touched(deployed)
    fault(deployed, "clock", "+3d")
    said = deploy(deployed)
    assert said.code == 0, said.err + said.out
    ahead = deployed.aws.world.clock()
    fault(deployed, "clear", "2")
    assert 3 * 86400 - 60 < ahead - deployed.aws.world.clock() < 3 * 86400 + 60


def test_a_name_that_only_an_update_needs_is_told_as_taken(deployed: World) -> None:
    fault(deployed, "name-taken", ACCOUNT, "acme-dev-Read")
    deployed.edit("partners/acme.yaml", lambda acme: acme["grants"]["dev"]["levels"].append("Read"))
    said = deploy(deployed)
    assert (said.code, "already exists" in said.out) == (3, True), said.out
    ill = deployed.run("-q", "doctor", "--org", "corp")
    assert (ill.code, "D709 error: corp/jump-acme-dev" in ill.out) == (1, True), ill.out


def test_a_wrong_clock_of_this_machine_is_told(deployed: World) -> None:
    fault(deployed, "skew", "10m")
    with calls() as made:
        said = deploy(deployed)
    assert (said.code, made.writes) == (4, [])
    assert "clock of this machine" in said.err
    fault(deployed, "clear")
    assert deploy(deployed).code == 0


def test_what_a_fault_names_must_be_there(deployed: World) -> None:
    for arguments, words in (
        (["account", "441000000099"], "no organization has the member account"),
        (["account", "4410000000"], "did you mean 44"),
        (["move", ACCOUNT, "--to", "/Workloads/Prodd"], "did you mean /Workloads/Prod?"),
        (["move", ACCOUNT, "--to", "/Workloads/Dev"], "already"),
        (["throttle", "--rate", "1", "--service", "cloudfromation"], "did you mean cloudformation?"),
        (["lose-answer", "CreateStackInstance"], "did you mean CreateStackInstances?"),
        (["name-taken", "123", "x"], "has not the account"),
        (["clear", "7"], "there is no fault 7"),
    ):
        said = deployed.run("local", "fault", *arguments)
        assert (said.code, words in said.err) == (4, True), said.err
    assert faults(deployed) == []
    for wrong in (["latency", "fast"], ["throttle", "--rate", "0"], ["account", ACCOUNT, "--times", "0"]):
        assert deployed.run("local", "fault", *wrong).code == 252
