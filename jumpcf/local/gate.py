"""The door of the embedded AWS: one request at a time, with a known key, for a service that is there.

moto takes an unknown access key for account 123456789012, so that a wrong profile writes somewhere without
a word; and answers what it does not know with an HTML page and status 500, which botocore retries for
seconds.  Here both are refused at once, as AWS refuses.
"""

import json
import logging
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

from jumpcf.local import parameter_store, sessions, timeline
from jumpcf.local.accounts import account_of
from jumpcf.local.refusals import Denied, NotImplementedHere
from jumpcf.local.world import World

SERVICES = frozenset({"cloudformation", "iam", "kms", "organizations", "s3", "ssm", "sts"})
_SCOPE = re.compile(r"Credential=([A-Z0-9]+)/\d{8}/[^/]+/([^/]+)/aws4_request")
_LOG = logging.getLogger(__name__)

Environ = dict[str, Any]
StartResponse = Callable[..., Any]


class Gate:
    """A WSGI application before moto's.  `answered` is called after each request, still under the lock.

    `jumpcf.operation` in the environment is the call's name, where it can be told (`traffic`).
    """

    def __init__(
        self,
        application: Callable[[Environ, StartResponse], Iterable[bytes]],
        world: World,
        answered: Callable[[], None],
    ) -> None:
        self._application = application
        self._world = world
        self._answered = answered
        self._judge = _guard() if world.enforce else None

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        key, service = _credential(environ)
        with self._world.lock:
            account = account_of(key) if key else None
            answer = _Answer(start_response, service, "json" in environ.get("CONTENT_TYPE", ""))
            if service not in SERVICES:
                name = f"the service {service}" if service else "requests without a signature"
                return answer.refuse("NotImplemented", f"The embedded AWS has not {name}.")
            if account is None:
                return answer.refuse_key(key)
            if fault := sessions.fault(
                self._world.sessions, account, key, _token(environ), self._world.clock()
            ):
                return answer.refuse_session(key, fault)
            environ["HTTP_X_MOTO_ACCOUNT_ID"] = account
            if service == "ssm":
                parameter_store.backends()
            try:
                timeline.advance(self._world)
                if self._judge:
                    self._judge(self._world, environ, service, account, key)
                body = list(self._application(environ, start_response))
            except NotImplementedError as error:
                known = isinstance(error, NotImplementedHere)
                text = str(error) if known else f"The embedded AWS cannot do this of {service}: {error}"
                return answer.refuse("NotImplemented", text)
            except Denied as error:
                return answer.refuse_access(str(error))
            except Exception as error:
                call = f"{environ.get('jumpcf.operation') or 'a call'} of {service}"
                _LOG.exception("the embedded AWS failed at %s", call)
                text = f"The embedded AWS failed at {call}: {type(error).__name__}: {error}"
                return answer.refuse("EmulatorFailure", text)
            self._answered()
            return body


def _guard() -> Callable[[World, Environ, str, str, str], None]:
    """Loaded with --enforce only: the evaluator is not needed otherwise, and starting stays quick."""
    from jumpcf.local.enforce.guard import check

    return check


def _credential(environ: Environ) -> tuple[str, str]:
    """(access key id, service) of the signature, in the header or in the query of a presigned URL."""
    text = environ.get("HTTP_AUTHORIZATION") or ""
    if not text:
        query = parse_qs(environ.get("QUERY_STRING", ""))
        text = "Credential=" + (query.get("X-Amz-Credential") or [""])[0]
    found = _SCOPE.search(text)
    return (found[1], found[2].lower()) if found else ("", "")


def _token(environ: Environ) -> str:
    """The session token, in the header or in the query of a presigned URL."""
    header = environ.get("HTTP_X_AMZ_SECURITY_TOKEN")
    if header is not None:
        return str(header)
    query: str = environ.get("QUERY_STRING", "")
    return (parse_qs(query).get("X-Amz-Security-Token") or [""])[0]


@dataclass(frozen=True, slots=True)
class _Answer:
    """An error in the words of the service's protocol."""

    start_response: StartResponse
    service: str
    json: bool

    def refuse_key(self, key: str) -> list[bytes]:
        code = "InvalidAccessKeyId" if self.service == "s3" else "InvalidClientTokenId"
        code = "UnrecognizedClientException" if self.json else code
        text = (
            "The security token included in the request is invalid: the embedded AWS does not know the key "
            f"{key or 'of an unsigned request'}."
        )
        return self.refuse(code, text, "403 FORBIDDEN")

    def refuse_session(self, key: str, fault: sessions.Fault) -> list[bytes]:
        if fault == "invalid":
            return self.refuse_key(key)
        text = "The security token included in the request is expired"
        return self.refuse("ExpiredTokenException" if self.json else "ExpiredToken", text, "403 FORBIDDEN")

    def refuse_access(self, text: str) -> list[bytes]:
        status = "400 BAD REQUEST" if self.json else "403 FORBIDDEN"
        return self.refuse("AccessDeniedException" if self.json else "AccessDenied", text, status)

    def refuse(self, code: str, message: str, status: str = "400 BAD REQUEST") -> list[bytes]:
        if self.json:
            kind, text = "application/x-amz-json-1.1", json.dumps({"__type": code, "message": message})
        else:
            error = f"<Code>{code}</Code><Message>{escape(message)}</Message>"
            whole = f"<ErrorResponse><Error><Type>Sender</Type>{error}</Error></ErrorResponse>"
            kind, text = "text/xml", f"<Error>{error}</Error>" if self.service == "s3" else whole
        body = text.encode()
        headers = [("Content-Type", kind), ("Content-Length", str(len(body))), ("x-amzn-ErrorType", code)]
        self.start_response(status, headers)
        return [body]
