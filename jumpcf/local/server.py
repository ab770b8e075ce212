"""The endpoint: moto's dispatcher on a loopback port, with our own CloudFormation, IAM, Organizations and STS."""

import functools
import logging
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

from flask import Flask
from moto.core.responses import BaseResponse
from moto.core.utils import convert_to_flask_response
from moto.moto_server.werkzeug_app import (
    HTTP_METHODS,
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.routing import Map
from werkzeug.serving import LISTEN_QUEUE, BaseWSGIServer, make_server

from jumpcf.errors import JumpcfError
from jumpcf.local import parameter_store
from jumpcf.local.api.service import CloudFormation
from jumpcf.local.control import Control
from jumpcf.local.gate import Gate
from jumpcf.local.iam_api import Iam
from jumpcf.local.kms_api import Kms
from jumpcf.local.organizations_api import Organizations
from jumpcf.local.sts_api import Sts
from jumpcf.local.traffic import AHEAD, Traffic
from jumpcf.local.world import World

HOST = "127.0.0.1"  # never an outside address: there is no real authentication


class _Handler(MotoRequestHandler):
    """Whose clock is wrong hears the right time with the refusal, as from AWS (RFC 9110, 6.6.1)."""

    def date_time_string(self, timestamp: float | None = None) -> str:
        environ = getattr(self, "environ", {})  # a request that is none has no environment
        return super().date_time_string((timestamp or time.time()) + environ.get(AHEAD, 0.0))


class Server:
    """Serves one world from `start` to `stop`; `port` 0 takes a free one."""

    def __init__(self, world: World, port: int, answered: Callable[[], None]) -> None:
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        self.control = Control(world, answered)
        gate = Gate(_Dispatcher(_application_maker(world)), world, answered)
        self.traffic = Traffic(gate, world, self.control)
        try:  # our own socket: werkzeug prints and exits where it cannot have the port
            listening = socket.create_server((HOST, port), backlog=LISTEN_QUEUE)
        except OSError as error:
            raise JumpcfError(
                "A590", f"The embedded AWS cannot listen on port {port}.", "Choose another port with --port."
            ) from error
        with listening:  # werkzeug keeps a duplicate
            self._server: BaseWSGIServer = make_server(
                HOST,
                port,
                self.traffic,
                threaded=True,
                request_handler=_Handler,
                fd=listening.fileno(),
            )
        self._thread = threading.Thread(target=self._serve, name="jumpcf-local", daemon=True)

    @property
    def endpoint(self) -> str:
        return f"http://{HOST}:{self._server.port}"

    def start(self) -> None:
        self._thread.start()

    def _serve(self) -> None:
        self._server.serve_forever(poll_interval=0.02)  # how long `stop` may have to wait

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Dispatcher(DomainDispatcherApplication):
    """moto lists its own folder and tries hundreds of patterns at every request; here once for each host."""

    def __init__(self, create_app: Callable[[Any], Flask]) -> None:
        super().__init__(create_app)
        self._backends: dict[str, Any] = {}

    def get_backend_for_host(self, host: str | None) -> Any:
        if host is None:
            return None
        if host not in self._backends:
            self._backends[host] = super().get_backend_for_host(host)
        return self._backends[host]


def _application_maker(world: World) -> Callable[[Any], Flask]:
    own: dict[str, type[BaseResponse]] = {
        "cloudformation": type("CloudFormationHere", (CloudFormation,), {"world": world}),
        "iam": type("IamHere", (Iam,), {"world": world}),
        "kms": Kms,
        "organizations": type("OrganizationsHere", (Organizations,), {"world": world}),
        "sts": type("StsHere", (Sts,), {"world": world}),
    }

    def create(service: Any) -> Flask:
        if service == "ssm":
            return _own_application(service, parameter_store.responses())
        if service in own:
            return _own_application(service, own[service])
        return _moto_application(service)

    return create


@functools.cache
def _moto_application(service: Any) -> Flask:
    """Routes only, and the same for every world: moto keeps its state elsewhere, and binding routes is slow."""
    application: Flask = create_backend_app(service)
    return application


def _own_application(service: str, responses: type[BaseResponse]) -> Flask:
    """As moto's `create_backend_app`, for one address and a response class of ours."""
    application = Flask(service, static_folder=None)
    application.debug = True  # errors reach the gate instead of becoming HTML
    application.request_class = _moto_application("sts").request_class
    application.url_map = Map()
    application.add_url_rule(
        "/",
        endpoint=service,
        methods=HTTP_METHODS,
        view_func=convert_to_flask_response(responses.dispatch),
        strict_slashes=False,
    )
    return application
