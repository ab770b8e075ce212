"""Sessions and clients: one for each place, with our retries, rates and name."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs

import pytest
from aws_world import FakeClock
from botocore.awsrequest import AWSResponse
from botocore.stub import Stubber

from jumpcf import __version__
from jumpcf.artifacts.manifest import Connection
from jumpcf.aws.api import Api
from jumpcf.aws.errors import CallRefused
from jumpcf.aws.sessions import Sessions, is_aws
from jumpcf.aws.stacksets import StackSets
from jumpcf.errors import AwsRefused

JUMP = Connection(account="111111111111", region="ap-northeast-1", profile="jump-admin")
CORP = Connection(account="222222222222", region="eu-central-1", profile="corp-stacksets")
CONFIG = """
[profile jump-admin]
aws_access_key_id = AKIALOCAL00000000001
aws_secret_access_key = jump
[profile corp-stacksets]
aws_access_key_id = AKIALOCAL00000000002
aws_secret_access_key = corp
"""


@pytest.fixture
def sessions(no_local_config: None) -> Sessions:
    Path(os.environ["AWS_CONFIG_FILE"]).write_text(CONFIG, encoding="utf-8")
    return Sessions(JUMP, {"corp": CORP})


class Wire:
    """Answers in AWS's place, before a request leaves the process."""

    def __init__(self, client: Any, *answers: tuple[int, str]) -> None:
        self.answers = list(answers)
        self.requests: list[Any] = []
        client.meta.events.register_last("before-send", self)

    def __call__(self, request: Any, **_: Any) -> AWSResponse:
        self.requests.append(request)
        status, body = self.answers.pop(0)
        response = AWSResponse(request.url, status, {}, None)
        response._content = body.encode()
        return response


def error(code: str) -> str:
    return f"<ErrorResponse><Error><Code>{code}</Code><Message>text</Message></Error></ErrorResponse>"


EMPTY = (
    "<DescribeStacksResponse><DescribeStacksResult><Stacks/></DescribeStacksResult></DescribeStacksResponse>"
)

CREATED = (
    "<CreateStackInstancesResponse><CreateStackInstancesResult><OperationId>o</OperationId>"
    "</CreateStackInstancesResult></CreateStackInstancesResponse>"
)


def test_there_is_one_client_for_each_place_and_service_whoever_asks(sessions: Sessions) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: sessions.client("corp", "sts"), range(16)))
    assert len({id(client) for client in made}) == 1
    assert sessions.client("jump", "sts") is not made[0]


def test_each_place_has_its_own_region_and_credentials(sessions: Sessions) -> None:
    seen = {}
    for place in ("jump", "corp"):
        client = sessions.client(place, "cloudformation")
        wire = Wire(client, (200, EMPTY))
        client.describe_stacks()
        seen[place] = (client.meta.region_name, wire.requests[0].headers["Authorization"])
    assert seen["jump"][0] == "ap-northeast-1"
    assert seen["corp"][0] == "eu-central-1"
    assert b"AKIALOCAL00000000001" in seen["jump"][1]
    assert b"AKIALOCAL00000000002" in seen["corp"][1]


def test_requests_name_jumpcf_and_are_tried_ten_times(sessions: Sessions) -> None:
    client = sessions.client("corp", "cloudformation")
    wire = Wire(client, (200, EMPTY))
    client.describe_stacks()
    assert f"jumpcf/{__version__}".encode() in wire.requests[0].headers["User-Agent"]
    assert client.meta.config.retries == {"mode": "standard", "total_max_attempts": 10}
    assert client.meta.config.max_pool_connections == 32


def test_a_profile_that_is_missing_is_refused_by_name() -> None:
    with pytest.raises(AwsRefused) as caught:
        Sessions(JUMP, {}).client("jump", "sts")
    assert caught.value.code == "A501"
    assert "jump-admin" in caught.value.what
    assert "111111111111" in caught.value.what


def test_no_credentials_at_all_is_refused() -> None:
    bare = Sessions(Connection(account="111111111111", region="ap-northeast-1"), {})
    with pytest.raises(AwsRefused) as caught:
        Api(bare, "jump", "sts").call("GetCallerIdentity")
    assert caught.value.code == "A502"


def test_a_place_that_the_estate_does_not_have_is_refused(sessions: Sessions) -> None:
    with pytest.raises(AwsRefused, match="no organization 'crop'"):
        sessions.client("crop", "sts")


class Endpoint(BaseHTTPRequestHandler):
    """STS and CloudFormation on this machine, for what botocore asks before a client's own events."""

    seen: ClassVar[list[tuple[str, dict[str, list[str]], str]]] = []

    def do_POST(self) -> None:
        asked = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.seen.append((asked["Action"][0], asked, self.headers["Authorization"]))
        body = (ASSUMED if asked["Action"] == ["AssumeRole"] else EMPTY).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (named by http.server)
        """Nothing on stderr."""


ASSUMED = """<AssumeRoleResponse><AssumeRoleResult><Credentials>
<AccessKeyId>ASIALOCAL00000000003</AccessKeyId><SecretAccessKey>x</SecretAccessKey>
<SessionToken>y</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>
</Credentials></AssumeRoleResult></AssumeRoleResponse>"""


def test_a_role_is_assumed_with_the_profiles_credentials_under_our_name(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    role = replace(CORP, profile="jump-admin", role_arn="arn:aws:iam::222222222222:role/deploy")
    with ThreadingHTTPServer(("127.0.0.1", 0), Endpoint) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
        client = Sessions(JUMP, {"corp": role}).client("corp", "cloudformation")
        client.describe_stacks()
        client.describe_stacks()
        server.shutdown()
    (assumed, asked, by), *described = Endpoint.seen
    assert (assumed, asked["RoleArn"], asked["RoleSessionName"]) == (
        "AssumeRole",
        [role.role_arn],
        ["jumpcf"],
    )
    assert "AKIALOCAL00000000001" in by
    assert [name for name, _, _ in described] == ["DescribeStacks"] * 2
    assert all("ASIALOCAL00000000003" in authorization for _, _, authorization in described)


def test_a_full_quota_is_not_taken_for_throttling(sessions: Sessions) -> None:
    wire = Wire(sessions.client("corp", "cloudformation"), (400, error("LimitExceededException")))
    with pytest.raises(CallRefused) as caught:
        Api(sessions, "corp", "cloudformation").call("DescribeStacks")
    assert caught.value.code == "A520"
    assert len(wire.requests) == 1


def test_a_stubbed_client_gives_its_answers_through_the_seam(sessions: Sessions) -> None:
    with Stubber(sessions.client("corp", "cloudformation")) as stubber:
        expected = {"StackSetName": "jump-acme-dev", "CallAs": "DELEGATED_ADMIN"}
        stubber.add_response("describe_stack_set", {"StackSet": {"Status": "ACTIVE"}}, expected)
        stubber.add_client_error("describe_stack_set", "StackSetNotFoundException", expected_params=expected)
        stack_sets = StackSets(sessions, "corp", "DELEGATED_ADMIN")
        assert stack_sets.describe("jump-acme-dev") == {"Status": "ACTIVE"}
        assert stack_sets.describe("jump-acme-dev") is None
        stubber.assert_no_pending_responses()


def test_calls_to_aws_keep_the_rate(sessions: Sessions) -> None:
    clock = FakeClock()
    limited = Sessions(JUMP, {"corp": CORP}, clock=clock, sleep=clock.sleep)
    client = limited.client("corp", "cloudformation")
    Wire(client, *[(200, EMPTY)] * 30)
    for _ in range(20):
        client.describe_stacks()
    assert clock.sleeps == []
    for _ in range(10):
        client.describe_stacks()
    assert 10 / 30 < clock.now < 10 / 10  # from ten a second upwards, as nothing is throttled


def test_a_retry_waits_its_turn_and_after_throttling_at_half_the_rate(sessions: Sessions) -> None:
    clock = FakeClock()
    limited = Sessions(JUMP, {"corp": CORP}, clock=clock, sleep=clock.sleep)
    client = limited.client("corp", "cloudformation")
    wire = Wire(client, (400, error("Throttling")), (200, EMPTY))
    client.describe_stacks()
    assert len(wire.requests) == 2
    assert clock.sleeps == pytest.approx([1 / 5])


def test_a_write_that_was_throttled_is_sent_again_as_it_was(sessions: Sessions) -> None:
    clock = FakeClock()
    limited = Sessions(JUMP, {"corp": CORP}, clock=clock, sleep=clock.sleep)
    wire = Wire(
        limited.client("corp", "cloudformation"),
        (400, error("Throttling")),
        (400, error("ValidationError").replace("text", "Rate exceeded")),  # not modelled, yet throttling
        (200, CREATED),
    )
    StackSets(limited, "corp", "SELF").create_instances(
        "jump-acme-dev", "jumpcf-op-run", Regions=["eu-central-1"]
    )
    assert len({request.body for request in wire.requests}) == 1
    assert len(wire.requests) == 3
    assert "OperationId=jumpcf-op-run" in wire.requests[0].body


def test_a_custom_endpoint_has_no_published_rates(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:5000")
    clock = FakeClock()
    client = Sessions(JUMP, {}, clock=clock, sleep=clock.sleep).client("jump", "cloudformation")
    Wire(client, *[(200, EMPTY)] * 30)
    for _ in range(30):
        client.describe_stacks()
    assert clock.sleeps == []


@pytest.mark.parametrize(
    ("endpoint", "expected"),
    [
        ("https://cloudformation.ap-northeast-1.amazonaws.com", True),
        ("https://organizations.cn-northwest-1.amazonaws.com.cn", True),
        ("https://vpce-1.cloudformation.ap-northeast-1.vpce.amazonaws.com", True),
        ("http://127.0.0.1:5000", False),
        ("https://amazonaws.com.evil.example", False),
    ],
)
def test_an_endpoint_of_aws_is_known_by_its_host(endpoint: str, expected: bool) -> None:
    assert is_aws(endpoint) is expected
