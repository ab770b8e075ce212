"""What can happen to a call on its way: latency, throttling, a wrong clock, a lost answer, no endpoint at all.

A WSGI application before the gate's, outside its lock, so that slow calls are slow side by side.  It also
counts the calls, and lets through the control calls by which another command changes the faults.
"""

import io
import math
import re
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NoReturn

from jumpcf.local import faults, missing
from jumpcf.local.accounts import account_of
from jumpcf.local.gate import Environ, StartResponse, _Answer, _credential
from jumpcf.local.records import Fault
from jumpcf.local.world import World, strike

# The codes of throttling differ (botocore retries all of them): Organizations API reference, common errors;
# S3 API reference, "SlowDown"; CloudFormation, IAM and STS answer Throttling.
_THROTTLED = {
    "organizations": "TooManyRequestsException",
    "s3": "SlowDown",
    "ssm": "ThrottlingException",
    "kms": "ThrottlingException",
}
_S3 = {"GET": "GetObject", "PUT": "PutObject", "HEAD": "HeadObject", "DELETE": "DeleteObject"}
_ACTION = re.compile(rb"(?:^|&)Action=(\w+)")
AHEAD = "jumpcf.ahead"  # in the environment of a request; the server's handler reads it
_SKEW = {"s3": 900.0}  # seconds by which a signature may be off; 300 for the others (IAM User Guide, SigV4)


@dataclass(frozen=True, slots=True)
class Call:
    """Who calls what.  `operation` is "" where it cannot be told."""

    account: str
    service: str
    operation: str


@dataclass(slots=True)
class _Fate:
    away: bool = False
    delay: float = 0.0
    error: tuple[str, str, str] | None = None
    lost: bool = False
    ahead: float = 0.0  # seconds by which the answer's Date differs from this machine's clock


class Traffic:
    """`calls` counts every call that came in, those that were dropped or throttled included."""

    def __init__(
        self,
        application: Callable[[Environ, StartResponse], Iterable[bytes]],
        world: World,
        control: Callable[[Environ, StartResponse], Iterable[bytes]],
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._application, self._world, self._control, self._sleep = application, world, control, sleep
        self._buckets: dict[tuple[int, str, str], tuple[float, float]] = {}
        self.calls: Counter[Call] = Counter()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"].startswith("/_jumpcf/"):
            return self._control(environ, start_response)
        key, service = _credential(environ)
        operation = _operation(environ, service)  # not under the lock: the body may be slow to come
        environ["jumpcf.operation"] = operation
        with self._world.lock:
            call = Call(account_of(key) or "", service, operation)
            self.calls[call] += 1
            faults.occupy(self._world)
            fate = self._fate(call)
        if fate.away:
            _drop(environ)
        if fate.delay:
            self._sleep(fate.delay)
        environ[AHEAD] = fate.ahead
        answer = _Answer(start_response, service, missing.speaks_json(service, environ))
        if fate.error:
            return answer.refuse(*fate.error)
        absent = missing.refusal(service, call.operation, environ)
        if absent:
            return answer.refuse("NotImplemented", absent)
        body = self._application(environ, start_response)
        if fate.lost:
            _drop(environ)
        return body

    def _fate(self, call: Call) -> _Fate:
        """What the faults have in store for a call; a call that is dropped uses up nothing else."""
        fate = _Fate()
        live = [fault for fault in self._world.faults if not fault.over]
        for fault in live:
            if fault.kind == "disconnect" and self._is_away(fault):
                fate.away = True
                return fate
        for fault in live:
            if fault.service not in ("", call.service):
                continue
            match fault.kind:
                case "latency":
                    strike(fault)
                    fate.delay += fault.seconds
                case "skew" if fault.seconds > _SKEW.get(call.service, 300.0):
                    strike(fault)
                    fate.error, fate.ahead = _skewed(call), fault.seconds
                case "throttle" if not self._may_pass(fault, call) and strike(fault):
                    status = "503 SLOW DOWN" if call.service == "s3" else "400 BAD REQUEST"
                    fate.error = (_THROTTLED.get(call.service, "Throttling"), "Rate exceeded", status)
                case "lose-answer" if not fate.error and fault.action == call.operation:
                    fate.lost = strike(fault)
        return fate

    def _is_away(self, fault: Fault) -> bool:
        if fault.after:
            fault.after -= 1
            return False
        now = self._world.clock()
        if fault.since is None:
            fault.since = now
        if fault.seconds and now >= fault.since + fault.seconds:
            fault.over = True
        return strike(fault)

    def _may_pass(self, fault: Fault, call: Call) -> bool:
        """A token bucket for each fault, account and service; its burst is a second's worth."""
        now, burst = self._world.clock(), math.ceil(fault.rate)
        place = (id(fault), call.account, call.service)
        tokens, last = self._buckets.get(place, (float(burst), now))
        tokens = min(burst, tokens + max(0.0, now - last) * fault.rate)
        passes = tokens >= 1
        self._buckets[place] = (tokens - 1 if passes else tokens, now)
        return passes


def _operation(environ: Environ, service: str) -> str:
    """The name of the call in AWS's spelling; the body of a query call is read for it, and put back."""
    target = environ.get("HTTP_X_AMZ_TARGET")
    if target:
        return str(target).rpartition(".")[2]
    if service == "s3":
        key, asked = environ["PATH_INFO"].strip("/").partition("/")[2], environ.get("QUERY_STRING", "")
        if not key and environ["REQUEST_METHOD"] == "GET" and asked.startswith("list-type=2"):
            return "ListObjectsV2"
        return _S3.get(environ["REQUEST_METHOD"], "") if key and not asked else ""
    length = str(environ.get("CONTENT_LENGTH") or "")
    body = environ["wsgi.input"].read(int(length)) if length.isdecimal() else b""
    environ["wsgi.input"] = io.BytesIO(body)
    found = _ACTION.search(body) or _ACTION.search(environ.get("QUERY_STRING", "").encode())
    return found[1].decode() if found else ""


def _skewed(call: Call) -> tuple[str, str, str]:
    if call.service == "s3":
        text = "The difference between the request time and the current time is too large."
        return "RequestTimeTooSkewed", text, "403 FORBIDDEN"
    text = "Signature expired: the request was signed more than 5 minutes before the server's time."
    return "SignatureDoesNotMatch", text, "403 FORBIDDEN"


def _drop(environ: Environ) -> NoReturn:
    """End the connection without a word; werkzeug takes the error for a client who went away."""
    connection = environ.get("werkzeug.socket")
    if connection is not None:
        connection.shutdown(socket.SHUT_RDWR)
    raise ConnectionAbortedError
