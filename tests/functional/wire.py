"""Between the command line and the embedded AWS: every call as it went over the wire, and refusals in its way."""

import http.client
import json
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import botocore.session

from tests.functional.conftest import World, environment

HOP = (
    "connection",
    "content-length",
    "transfer-encoding",
    "date",
    "server",
)  # of one connection, not of an answer
Refusal = tuple[int, str]  # HTTP status, AWS's error code


@dataclass(frozen=True)
class Call:
    """One request of one of AWS's query and JSON services: whose key, which service and operation, its parameters."""

    key: str
    service: str
    operation: str
    parameters: tuple[tuple[str, Any], ...]

    @property
    def name(self) -> tuple[str, str, str]:
        return self.key, self.service, self.operation

    @property
    def is_read(self) -> bool:
        return self.operation.startswith(("Get", "List", "Describe", "Head"))

    def get(self, parameter: str) -> Any:
        return dict(self.parameters).get(parameter)


class Wire:
    """Forwards to the embedded AWS; `refuse` says of each call whether something else answers."""

    def __init__(self, to: str, refuse: Callable[[Call], Refusal | None]) -> None:
        self.calls: list[Call] = []
        self.refuse = refuse
        self.host = urlsplit(to).netloc

    @cached_property
    def handler(self) -> type[BaseHTTPRequestHandler]:
        wire = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                wire.pass_on(self)

            do_GET = do_PUT = do_HEAD = do_DELETE = do_POST  # noqa: N815 (named by http.server)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (named by http.server)
                """Nothing on stderr."""

        return Handler

    def pass_on(self, asked: BaseHTTPRequestHandler) -> None:
        body = asked.rfile.read(int(asked.headers.get("Content-Length") or 0))
        call = read_call(asked, body)
        self.calls.append(call)
        refusal = self.refuse(call)
        if refusal:
            _answer(asked, refusal[0], {}, _error(call, refusal[1]))
            return
        connection = http.client.HTTPConnection(self.host)
        connection.request(asked.command, asked.path, body, dict(asked.headers))
        answer = connection.getresponse()
        kept = {name: value for name, value in answer.getheaders() if name.lower() not in HOP}
        _answer(asked, answer.status, kept, answer.read())
        connection.close()


def read_call(asked: BaseHTTPRequestHandler, body: bytes) -> Call:
    scope = asked.headers["Authorization"].split("Credential=")[1].split("/")
    key, service = scope[0], scope[3]
    target = asked.headers.get("X-Amz-Target", "")
    if target:
        return Call(key, service, target.rpartition(".")[2], tuple(json.loads(body or b"{}").items()))
    form = dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True))
    if "Action" in form:
        return Call(key, service, form["Action"], tuple(sorted(form.items())))
    verb = asked.command.capitalize()
    return Call(key, service, f"{verb}Object", (("path", asked.path),))


def _answer(asked: BaseHTTPRequestHandler, status: int, headers: dict[str, str], body: bytes) -> None:
    asked.send_response(status)
    for name, value in headers.items():
        asked.send_header(name, value)
    asked.send_header("Content-Length", str(len(body)))
    asked.end_headers()
    asked.wfile.write(body)


def _error(call: Call, code: str) -> bytes:
    model = botocore.session.Session().get_service_model(call.service)
    if model.protocol == "json":
        return json.dumps({"__type": code, "message": "not for you"}).encode()
    return f"<ErrorResponse><Error><Code>{code}</Code><Message>not for you</Message></Error></ErrorResponse>".encode()


@contextmanager
def wired(world: World, refuse: Callable[[Call], Refusal | None] = lambda _: None) -> Iterator[Wire]:
    """Within, the command line's calls go over the wire."""
    wire = Wire(world.aws.endpoint, refuse)
    with ThreadingHTTPServer(("127.0.0.1", 0), wire.handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            names = [name for name in os.environ if name.startswith("AWS_ENDPOINT_URL")]
            with environment(dict.fromkeys(names, f"http://127.0.0.1:{server.server_port}")):
                yield wire
        finally:
            server.shutdown()
