"""Faults and sign-ins for an embedded AWS that somebody holds: a call over loopback to the process that has it.

Whoever has the embedded AWS open (`local serve`, a verb with --local) writes where it listens and a secret
into its state's folder, for the owner's eyes only; without the secret nothing is answered, since any program
on the machine, a browser included, can reach the port.
"""

import contextlib
import dataclasses
import hmac
import http.client
import json
import secrets
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jumpcf.errors import JumpcfError
from jumpcf.local import faults, sign_in
from jumpcf.local.gate import Environ, StartResponse
from jumpcf.local.records import Fault
from jumpcf.local.world import World

FILE = "control.json"
FAULTS, SIGN_IN = "/_jumpcf/faults", "/_jumpcf/sign-in"
TIMEOUT = 60.0  # seconds; a large state is saved before the answer


@dataclass(frozen=True, slots=True)
class Request:
    """What is wanted: put these in, and take those out by number ([] means all), or neither: only look."""

    add: tuple[Fault, ...] = ()
    clear: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """The faults that were put in or taken out, and all that there are now."""

    changed: tuple[Fault, ...]
    faults: tuple[Fault, ...]


def perform(world: World, request: Request) -> Answer:
    """Do it under the lock; JumpcfError A597 where something is wrong, and then nothing was done."""
    with world.lock:
        if request.clear is not None:
            changed = faults.clear(world, request.clear)
        else:
            changed = []
            try:
                changed += (faults.add(world, fault) for fault in request.add)
            except JumpcfError:
                last = len(world.faults)
                if changed:
                    faults.clear(world, range(last - len(changed) + 1, last + 1))
                raise
        faults.occupy(world)
        return Answer(tuple(changed), tuple(dataclasses.replace(fault) for fault in world.faults))


class Control:
    """The WSGI application behind FAULTS and SIGN_IN."""

    def __init__(self, world: World, changed: Callable[[], None]) -> None:
        self._world, self._changed = world, changed
        self.secret = secrets.token_urlsafe(32)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        status, body = "403 FORBIDDEN", b"{}"
        given = environ.get("HTTP_X_JUMPCF_SECRET", "").encode()
        if hmac.compare_digest(given, self.secret.encode()):
            text = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            status, body = "200 OK", json.dumps(self._answer(environ["PATH_INFO"], json.loads(text))).encode()
        start_response(status, [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
        return [body]

    def _answer(self, path: str, asked: dict[str, Any]) -> dict[str, Any]:
        try:
            done = self._sign_in(asked) if path == SIGN_IN else self._faults(asked)
        except JumpcfError as error:
            return {"refused": [error.code, error.what, error.hint]}
        return dataclasses.asdict(done)

    def _faults(self, asked: dict[str, Any]) -> Answer:
        clear = asked["clear"]
        request = Request(
            tuple(Fault(**one) for one in asked["add"]), None if clear is None else tuple(clear)
        )
        answer = perform(self._world, request)
        if request != Request():
            self._changed()
        return answer

    def _sign_in(self, asked: dict[str, Any]) -> sign_in.Answer:
        answer = sign_in.perform(self._world, sign_in.Request(**asked))
        self._changed()
        return answer


@contextlib.contextmanager
def announced(folder: Path, endpoint: str, secret: str) -> Iterator[None]:
    """While within, other commands find the way here."""
    path = folder / FILE
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text(json.dumps({"endpoint": endpoint, "secret": secret}), encoding="utf-8")
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def ask(folder: Path, request: Request) -> Answer:
    """Ask whoever has the embedded AWS of this folder open; OSError or ValueError where nobody answers."""
    answer = _ask(folder, FAULTS, dataclasses.asdict(request))
    made = {name: tuple(Fault(**one) for one in answer[name]) for name in ("changed", "faults")}
    return Answer(**made)


def ask_to_sign_in(folder: Path, request: sign_in.Request) -> tuple[str, sign_in.Answer]:
    """The same for a sign-in, which only a process that stays can grant: sessions end with it.  Gives the
    endpoint as well."""
    answer = sign_in.Answer(**_ask(folder, SIGN_IN, dataclasses.asdict(request)))
    return str(_found(folder)["endpoint"]), answer


def _found(folder: Path) -> dict[str, str]:
    told: dict[str, str] = json.loads((folder / FILE).read_text(encoding="utf-8"))
    return told


def _ask(folder: Path, path: str, asked: dict[str, Any]) -> dict[str, Any]:
    found = _found(folder)
    at = urlsplit(found["endpoint"])
    connection = http.client.HTTPConnection(at.hostname or "", at.port, timeout=TIMEOUT)
    with contextlib.closing(connection):
        connection.request("POST", path, json.dumps(asked), {"X-Jumpcf-Secret": found["secret"]})
        response = connection.getresponse()
        answer: dict[str, Any] = json.loads(response.read())
    if response.status != http.HTTPStatus.OK:
        raise ValueError(f"it answered {response.status}")
    if "refused" in answer:
        raise JumpcfError(*answer["refused"])
    return answer
