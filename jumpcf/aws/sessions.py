"""One botocore session for each place (the jump account, each organization), held by value, never global.

Clients are made once for each place and service and shared by all threads: a client is thread-safe, making
one is not, and a client for each thread costs ten times the time and the memory.  What AWS's own settings
say (AWS_ENDPOINT_URL, proxies, CA bundles) reaches botocore untouched.
"""

import os
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any, Protocol
from urllib.parse import urlsplit

import botocore.session
from botocore.config import Config
from botocore.credentials import AssumeRoleCredentialFetcher, DeferredRefreshableCredentials
from botocore.exceptions import BotoCoreError, NoCredentialsError

from jumpcf import __version__
from jumpcf.artifacts.manifest import JUMP, Connection
from jumpcf.aws.errors import THROTTLES, refusal
from jumpcf.aws.limiter import Lane
from jumpcf.aws.meter import Meter
from jumpcf.errors import AwsRefused

ROLE_SESSION_NAME = "jumpcf"
CONNECTIONS = 32  # as many as the threads that may share a client
ATTEMPTS = 10
METERED = "jumpcf-metered"  # where a call's context holds when it began, and its parameters
_LOADERS: dict[str, Any] = {}  # the service models, parsed once in a process
AWS_HOSTS = ("amazonaws.com", "amazonaws.com.cn", "api.aws")


class Clients(Protocol):
    """What the rest of this package needs of `Sessions`."""

    def client(self, place: str, service: str) -> Any: ...

    def where(self, place: str) -> str: ...


class Sessions:
    """The clients of the jump account and of the organizations' admin accounts.

    Nothing is asked of AWS before the first call of a client.  AwsRefused: a place that the estate does not
    have, a profile that this machine does not have, a configuration that botocore cannot read.
    """

    def __init__(
        self,
        jump: Connection,
        organizations: dict[str, Connection],
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        meter: Meter | None = None,
    ) -> None:
        self._meter = meter or Meter()
        self._connections = {JUMP: jump, **organizations}
        self._clock, self._sleep = clock, sleep
        self._lock = threading.Lock()
        self._sessions: dict[str, Any] = {}
        self._clients: dict[tuple[str, str], Any] = {}

    def client(self, place: str, service: str) -> Any:
        """The one client of a service at a place."""
        with self._lock:
            if (place, service) not in self._clients:
                self._clients[place, service] = self._make(place, service)
            return self._clients[place, service]

    def where(self, place: str) -> str:
        """The place as messages name it: "corp (account 222222222222)"."""
        account = self._connection(place).account  # none is known of a profile that the command line names
        return f"{place} (account {account})" if account else place

    def _connection(self, place: str) -> Connection:
        if place not in self._connections:
            known = ", ".join(sorted(self._connections))
            raise AwsRefused("A533", f"the estate has no organization {place!r}", f"it has: {known}")
        return self._connections[place]

    def _make(self, place: str, service: str) -> Any:
        connection = self._connection(place)
        try:
            client = self._session(place).create_client(
                service, region_name=connection.region, config=_config()
            )
        except BotoCoreError as error:
            raise refusal(error, f"opening {service}", self.where(place)) from None
        count = partial(self._meter.held, place, service)
        _keep_rates(client, Lane(service, clock=self._clock, sleep=self._sleep), count)
        _count_calls(client, place, service, self._meter)
        return client

    def _session(self, place: str) -> Any:
        if place not in self._sessions:
            connection = self._connection(place)
            session = self._plain_session(connection.profile)
            if connection.role_arn:
                source = self._plain_session(connection.profile)
                session.get_component("credential_provider").providers.insert(
                    0, _RoleProvider(source, connection.role_arn, connection.region)
                )
            self._sessions[place] = session
        return self._sessions[place]

    def _plain_session(self, profile: str | None) -> Any:
        session = botocore.session.Session(profile=profile)
        loader = _LOADERS.setdefault("data_loader", session.get_component("data_loader"))
        session.register_component("data_loader", loader)
        return session


class _RoleProvider:
    """A credential provider for botocore: a role assumed with another session's credentials, renewed in time."""

    METHOD = "jumpcf-assume-role"
    CANONICAL_NAME = None

    def __init__(self, source: Any, role_arn: str, region: str) -> None:
        self._source, self._role_arn, self._region = source, role_arn, region

    def load(self) -> Any:
        credentials = self._source.get_credentials()
        if credentials is None:
            raise NoCredentialsError

        def client(service: str, **options: Any) -> Any:
            return self._source.create_client(
                service, **{"region_name": self._region, "config": _config(), **options}
            )

        fetcher = AssumeRoleCredentialFetcher(
            client, credentials, self._role_arn, extra_args={"RoleSessionName": ROLE_SESSION_NAME}
        )
        return DeferredRefreshableCredentials(method=self.METHOD, refresh_using=fetcher.fetch_credentials)


def _config() -> Config:
    wish = os.environ.get("AWS_MAX_ATTEMPTS", "")  # AWS's own setting, as far as it is one
    attempts = int(wish) if wish.isdecimal() and int(wish) else ATTEMPTS
    return Config(
        retries={"mode": "standard", "total_max_attempts": attempts},
        max_pool_connections=CONNECTIONS,
        user_agent_extra=f"jumpcf/{__version__}",
    )


def _keep_rates(client: Any, lane: Lane, held: Callable[[float], None]) -> None:
    """Hang the lane on the client's events, where each attempt passes, boto's own retries included."""
    service = client.meta.service_model.service_id.hyphenize()
    events = client.meta.events

    def answered(parsed_response: Any = None, event_name: str = "", **_: Any) -> None:
        error = (parsed_response or {}).get("Error", {})
        if error.get("Code") == "LimitExceededException":
            error["Code"] = "LimitExceeded"  # a full quota; boto would take it for throttling, ten times over
        elif "rate exceeded" in error.get("Message", "").lower() and error["Code"] not in THROTTLES:
            error["Code"] = "Throttling"  # not modelled, so that boto would not try again
        bucket = lane.bucket(event_name.rpartition(".")[2])
        if bucket and error.get("Code") in THROTTLES:
            bucket.throttled()
        elif bucket:
            bucket.answered()

    def before(event_name: str = "", **_: Any) -> None:
        bucket = lane.bucket(event_name.rpartition(".")[2])
        if bucket:
            held(bucket.take())

    events.register(f"response-received.{service}", answered)
    if is_aws(client.meta.endpoint_url):
        events.register(f"before-send.{service}", before)


def _count_calls(client: Any, place: str, service: str, meter: Meter) -> None:
    """Hang the meter on the client's events: each attempt, each call, and the request id of each answer."""
    name = client.meta.service_model.service_id.hyphenize()
    events = client.meta.events

    def begun(params: Any = None, context: Any = None, **_: Any) -> None:
        context[METERED] = (meter.clock(), dict(params or {}))

    def attempted(parsed_response: Any = None, **_: Any) -> None:
        code = (parsed_response or {}).get("Error", {}).get("Code")
        meter.answered(place, service, throttled=code in THROTTLES)

    def ended(model: Any = None, parsed: Any = None, context: Any = None, **_: Any) -> None:
        since, parameters = context[METERED]
        meter.ended(place, service, meter.clock() - since)
        if parsed is not None:
            request_id = parsed.get("ResponseMetadata", {}).get("RequestId", "")
            meter.wrote(place, model.name, parameters, request_id)

    events.register(f"before-parameter-build.{name}", begun)
    events.register(f"response-received.{name}", attempted)
    events.register(f"after-call.{name}", ended)
    events.register(f"after-call-error.{name}", ended)


def is_aws(endpoint: str) -> bool:
    """True for an endpoint of AWS itself; the published rates are not those of a custom endpoint."""
    host = (urlsplit(endpoint).hostname or "").lower()
    return any(host == suffix or host.endswith(f".{suffix}") for suffix in AWS_HOSTS)
