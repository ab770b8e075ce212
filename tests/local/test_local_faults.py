"""Faults on demand, at the seam: what boto3 meets, what is kept, and who may ask for them."""

import json
import os
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import botocore.session
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError

from jumpcf.errors import JumpcfError, ProblemsFound
from jumpcf.estate.model import Estate
from jumpcf.local import control
from jumpcf.local.accounts import access_key_id
from jumpcf.local.control import Request, perform
from jumpcf.local.records import Fault
from jumpcf.local.session import FAULTS, STATE, LocalAws, faults
from tests.local.support import CORP, DEV, JUMP, REGION, SANDBOX, StackSets, refused, role_template, roles

ROOT = Path(__file__).parents[2]
ACCOUNT = "300000000002"  # in /Workloads/Dev


@pytest.fixture
def single(aws: LocalAws) -> Any:
    """Clients that try a call once, by service and account."""

    def make(service: str, account: str) -> Any:
        return botocore.session.Session().create_client(
            service,
            region_name=REGION,
            endpoint_url=aws.endpoint,
            aws_access_key_id=access_key_id(account),
            aws_secret_access_key="any",
            config=Config(retries={"total_max_attempts": 1}),
        )

    return make


def put(aws: LocalAws, *wanted: Fault) -> None:
    perform(aws.world, Request(wanted))


@pytest.mark.parametrize(
    ("service", "call", "code"),
    [
        ("cloudformation", "list_stacks", "Throttling"),
        ("iam", "list_roles", "Throttling"),
        ("organizations", "list_roots", "TooManyRequestsException"),
        ("ssm", "describe_parameters", "ThrottlingException"),
        ("s3", "list_buckets", "SlowDown"),
    ],
)
def test_throttling_has_each_services_own_code(
    aws: LocalAws, single: Any, service: str, call: str, code: str
) -> None:
    client = single(service, CORP)
    getattr(client, call)()
    put(aws, Fault("throttle", rate=0.01, service=service))
    getattr(client, call)()  # the burst of one
    assert refused(getattr(client, call))[0] == code
    single("sts", CORP).get_caller_identity()  # another service goes on
    getattr(single(service, JUMP if service != "organizations" else "300000000001"), call)()  # and account


def test_a_rate_lets_that_many_calls_pass_in_a_second(tmp_path: Path, estate: Estate) -> None:
    now = [1_800_000_000.0]
    with LocalAws(tmp_path, estate, speed=0, clock=lambda: now[0]) as aws:
        client = aws.client("sts", JUMP)
        client.get_caller_identity()
        put(aws, Fault("throttle", rate=5))
        for _ in range(2):
            before = aws.world.faults[0].fired
            for _ in range(5):
                client.get_caller_identity()
            assert aws.world.faults[0].fired == before
            now[0] += 1


def test_latency_is_felt_side_by_side(aws: LocalAws) -> None:
    client = aws.client("sts", JUMP)
    client.get_caller_identity()
    put(aws, Fault("latency", seconds=1.0))
    threads = [threading.Thread(target=client.get_caller_identity) for _ in range(5)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 1.0 <= time.monotonic() - began < 4.0  # one after the other it would be five seconds


def test_a_lost_answer_is_of_a_call_that_took_effect(aws: LocalAws, single: Any) -> None:
    put(aws, Fault("lose-answer", action="create-role", times=1))
    iam = single("iam", JUMP)
    given = {"RoleName": "one", "AssumeRolePolicyDocument": '{"Version":"2012-10-17","Statement":[]}'}
    with pytest.raises(ConnectionClosedError):
        iam.create_role(**given)
    assert iam.get_role(RoleName="one")["Role"]["RoleName"] == "one"
    assert refused(iam.create_role, **given)[0] == "EntityAlreadyExists"


def test_a_lost_answer_of_s3_is_lost_too(aws: LocalAws, single: Any) -> None:
    s3 = single("s3", JUMP)
    s3.create_bucket(Bucket="one", CreateBucketConfiguration={"LocationConstraint": REGION})
    put(aws, Fault("lose-answer", action="PutObject", times=1))
    with pytest.raises(ConnectionClosedError):
        s3.put_object(Bucket="one", Key="a", Body=b"x")
    assert s3.get_object(Bucket="one", Key="a")["Body"].read() == b"x"


def test_an_absent_endpoint_does_nothing_and_comes_back(aws: LocalAws, single: Any) -> None:
    iam = single("iam", JUMP)
    put(aws, Fault("disconnect", after=1, times=2))
    iam.list_users()
    for _ in range(2):
        with pytest.raises(ConnectionClosedError):
            iam.create_user(UserName="taro")
    assert iam.list_users()["Users"] == []


def test_an_absence_lasts_from_its_first_victim(tmp_path: Path, estate: Estate) -> None:
    now = [1_800_000_000.0]
    with LocalAws(tmp_path, estate, speed=0, clock=lambda: now[0]) as aws:
        client = aws.client("sts", JUMP)
        put(aws, Fault("disconnect", seconds=10))
        now[0] += 60
        with pytest.raises(ConnectionClosedError):
            client.get_caller_identity()
        now[0] += 9
        with pytest.raises(ConnectionClosedError):
            client.get_caller_identity()
        now[0] += 1
        assert client.get_caller_identity()["Account"] == JUMP
        assert aws.world.faults[0].over


def test_a_wrong_clock_is_refused_as_aws_does(aws: LocalAws, single: Any) -> None:
    put(aws, Fault("skew", seconds=600))
    assert refused(single("iam", JUMP).list_users)[0] == "SignatureDoesNotMatch"
    single("s3", JUMP).list_buckets()  # S3 takes 15 minutes
    perform(aws.world, Request(clear=()))
    put(aws, Fault("skew", seconds=1200))
    assert refused(single("s3", JUMP).list_buckets)[0] == "RequestTimeTooSkewed"


def test_without_managed_execution_a_foreign_operation_is_in_the_way(aws: LocalAws, sets: StackSets) -> None:
    sets.create("one")
    put(aws, Fault("occupy", stack_set="one", seconds=3600))
    code, text = refused(sets.add, "one", DEV)
    assert code == "OperationInProgressException"
    assert aws.world.faults[0].name in text
    perform(aws.world, Request(clear=(1,)))
    sets.add("one", DEV)


def test_a_stack_set_that_is_not_there_yet_is_occupied_when_it_comes(aws: LocalAws, sets: StackSets) -> None:
    put(aws, Fault("occupy", stack_set="one", seconds=3600))
    sets.create("one")
    assert refused(sets.add, "one", DEV)[0] == "OperationInProgressException"


def test_an_account_that_moves_out_in_the_middle_loses_its_stack(aws: LocalAws, sets: StackSets) -> None:
    sets.create("one", ManagedExecution={"Active": True})
    put(aws, Fault("move", ACCOUNT, stack_set="one", unit="/Sandbox"))
    operation = sets.add("one", DEV)
    assert sets.results("one", operation)[ACCOUNT] == "SUCCEEDED"
    assert ACCOUNT not in sets.instances("one")
    assert roles(aws, ACCOUNT) == []
    assert aws.client("organizations", CORP).list_parents(ChildId=ACCOUNT)["Parents"][0]["Id"] == SANDBOX


@pytest.mark.parametrize("kind", ["role", "user", "group"])
def test_a_taken_name_is_freed_but_what_took_its_place_stays(aws: LocalAws, kind: str) -> None:
    iam = aws.client("iam", ACCOUNT)
    put(aws, Fault("name-taken", ACCOUNT, action=kind, name="acme"))
    given = {f"{kind.title()}Name": "acme"}
    assert getattr(iam, f"get_{kind}")(**given)[kind.title()]["Path"] == "/somebody-else/"
    perform(aws.world, Request(clear=()))
    assert refused(getattr(iam, f"get_{kind}"), **given)[0] == "NoSuchEntity"
    put(aws, Fault("name-taken", ACCOUNT, action=kind, name="acme"))
    getattr(iam, f"delete_{kind}")(**given)
    trust = {"AssumeRolePolicyDocument": '{"Version":"2012-10-17","Statement":[]}'} if kind == "role" else {}
    getattr(iam, f"create_{kind}")(**given, **trust)
    perform(aws.world, Request(clear=()))
    assert getattr(iam, f"get_{kind}")(**given)


def test_faults_are_kept_between_commands_with_what_is_left_of_them(tmp_path: Path, estate: Estate) -> None:
    faults(tmp_path, estate, Request((Fault("account", ACCOUNT, times=2, reason="why"),)))
    faults(tmp_path, estate, Request((Fault("clock", seconds=3600.0),)))
    with LocalAws(tmp_path, estate, speed=0) as aws:
        assert aws.world.clock() > time.time() + 3000
        sets = StackSets(aws.client("cloudformation", CORP))
        sets.create("one")
        assert sets.results("one", sets.add("one", DEV))[ACCOUNT] == "FAILED"
    left = faults(tmp_path, estate, Request()).faults
    assert [(fault.times, fault.fired) for fault in left] == [(1, 1), (None, 0)]


def test_a_request_with_one_wrong_fault_puts_in_none(aws: LocalAws) -> None:
    wrong = Fault("suspend", "999999999999")
    with pytest.raises(JumpcfError, match="no organization has"):
        put(aws, Fault("suspend", ACCOUNT), wrong)
    assert aws.world.faults == []
    states = {
        row["Id"]: row["State"] for row in aws.client("organizations", CORP).list_accounts()["Accounts"]
    }
    assert states[ACCOUNT] == "ACTIVE"


def test_a_file_is_taken_in_once_and_again_when_it_changes(tmp_path: Path, estate: Estate) -> None:
    path = tmp_path / STATE / FAULTS
    path.parent.mkdir(parents=True)
    path.write_text(f'account: [{{account: "{ACCOUNT}", times: 1}}]\nlatency: [{{delay: 1ms}}]\n')
    with LocalAws(tmp_path, estate, speed=0) as aws:
        put(aws, Fault("suspend", "300000000004"))
        assert [fault.kind for fault in aws.world.faults] == ["account", "latency", "suspend"]
        perform(aws.world, Request(clear=(1,)))
    with LocalAws(tmp_path, estate, speed=0) as aws:
        assert [fault.kind for fault in aws.world.faults] == ["latency", "suspend"]
    path.write_text("throttle: [{rate: 50}]\n")
    with LocalAws(tmp_path, estate, speed=0) as aws:
        assert [fault.kind for fault in aws.world.faults] == ["suspend", "throttle"]
    path.unlink()
    with LocalAws(tmp_path, estate, speed=0) as aws:
        assert [fault.kind for fault in aws.world.faults] == ["suspend"]


def test_a_broken_file_is_told_whole_and_leaves_the_lock_free(tmp_path: Path, estate: Estate) -> None:
    path = tmp_path / STATE / FAULTS
    path.parent.mkdir(parents=True)
    path.write_text("latency: [{delay: fast}]\nnonsense: 1\n")
    with pytest.raises(ProblemsFound) as caught, LocalAws(tmp_path, estate, speed=0):
        pass
    assert [problem.code for problem in caught.value.problems] == ["E234", "E202"]
    assert {problem.file for problem in caught.value.problems} == {(STATE / FAULTS).as_posix()}
    path.unlink()
    with LocalAws(tmp_path, estate, speed=0):
        pass


def test_a_running_server_takes_faults_from_another_process(aws: LocalAws, tmp_path: Path) -> None:
    code = (
        "import pathlib\n"
        "from jumpcf.local.control import Request\n"
        "from jumpcf.local.records import Fault\n"
        "from jumpcf.local.session import faults\n"
        "from tests.local.support import *\n"
        "estate = make_estate(make_corp(), make_other())\n"
        f"answer = faults(pathlib.Path({str(tmp_path)!r}), estate, Request((Fault('scp', {ACCOUNT!r}),)))\n"
        "print(len(answer.faults), answer.changed[0].kind)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, cwd=ROOT, check=False
    )
    assert done.stdout == "1 scp\n", done.stderr
    assert [fault.kind for fault in aws.world.faults] == ["scp"]
    put(aws, Fault("disconnect"))
    assert control.ask(tmp_path / STATE, Request(clear=())).faults == ()  # also while the endpoint is away


def test_without_the_secret_nothing_is_answered(aws: LocalAws, tmp_path: Path) -> None:
    path = tmp_path / STATE / control.FILE
    assert path.stat().st_mode & 0o077 == 0
    for headers in ({}, {"X-Jumpcf-Secret": "guess"}, {"X-Jumpcf-Secret": "\xe9"}):
        body = json.dumps({"add": [], "clear": []}).encode()
        request = urllib.request.Request(aws.endpoint + control.FAULTS, data=body, headers=headers)
        with pytest.raises(HTTPError) as caught:
            urllib.request.urlopen(request)
        assert caught.value.code == 403
        caught.value.close()


def test_the_way_to_a_server_is_gone_when_it_stops(tmp_path: Path, estate: Estate) -> None:
    with LocalAws(tmp_path, estate):
        assert (tmp_path / STATE / control.FILE).exists()
    assert not (tmp_path / STATE / control.FILE).exists()


def test_every_call_is_counted_by_who_made_it(aws: LocalAws, sets: StackSets) -> None:
    sets.create("one", role_template("one"))
    with pytest.raises(ClientError):
        aws.client("iam", JUMP).get_role(RoleName="none")
    found = {(call.account, call.service, call.operation): number for call, number in aws.calls.items()}
    assert found == {(CORP, "cloudformation", "CreateStackSet"): 1, (JUMP, "iam", "GetRole"): 1}
