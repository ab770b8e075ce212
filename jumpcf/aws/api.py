"""One service at one place, called by AWS's own operation names; the only catcher of botocore's exceptions."""

import datetime
from collections.abc import Iterator, Mapping
from email.utils import parsedate_to_datetime
from typing import Any

from botocore import xform_name
from botocore.exceptions import BotoCoreError, ClientError

from jumpcf.artifacts.secret import Secret
from jumpcf.aws.errors import CallRefused, refusal
from jumpcf.aws.hush import hushed
from jumpcf.aws.paging import Answer, paginate
from jumpcf.aws.sessions import Clients


class Api:
    """Calls of one client.  `always` is added to every call (CallAs); AwsRefused carries the place and a hint."""

    def __init__(
        self, clients: Clients, place: str, service: str, always: Mapping[str, str] | None = None
    ) -> None:
        self.place = place
        self._clients, self._service = clients, service
        self._always = dict(always or {})

    def call(self, operation: str, **parameters: Any) -> Answer:
        """One call; raises CallRefused where AWS, the network or the credentials refuse."""
        client = self._clients.client(self.place, self._service)
        try:
            answer: Answer = getattr(client, xform_name(operation))(**parameters, **self._always)
        except (ClientError, BotoCoreError) as error:
            raise refusal(error, operation, self._clients.where(self.place)) from None
        return answer

    def call_or_none(self, operation: str, **parameters: Any) -> Answer | None:
        """The same; None where IAM knows nobody and nothing of this name."""
        try:
            return self.call(operation, **parameters)
        except CallRefused as refused:
            if refused.aws_code == "NoSuchEntity":
                return None
            raise

    def fetch(self, operation: str, **parameters: Any) -> tuple[bytes, Answer]:
        """A call whose answer has a body that comes bit by bit; the network may go away in its middle."""
        answer = self.call(operation, **parameters)
        try:
            return bytes(answer["Body"].read()), answer
        except BotoCoreError as error:
            raise refusal(error, operation, self._clients.where(self.place)) from None

    def call_hushed(
        self, operation: str, hidden: Mapping[str, Secret] | None = None, **parameters: Any
    ) -> Answer:
        """`call` with parameters or an answer that are secret: no log and no refusal holds them."""
        given = hidden or {}
        try:
            with hushed():
                revealed = {name: secret.reveal() for name, secret in given.items()}
                return self.call(operation, **parameters, **revealed)
        except CallRefused as refused:
            raise refused.without(given.values()) from None

    def pages(self, operation: str, key: str, *, mark: str = "NextToken", **parameters: Any) -> Iterator[Any]:
        """Every item of a list operation, over all of its pages; `mark` as in `paginate`."""
        return paginate(lambda **page: self.call(operation, **page), key, mark=mark, **parameters)


def said_at(answer: Answer | CallRefused) -> datetime.datetime | None:
    """What time it was there: the Date of an answer or a refusal, in whole seconds (RFC 9110, 6.6.1); None where it
    has none that can be read, which is no reason to fail."""
    if isinstance(answer, CallRefused):
        told = answer.date
    else:
        told = str(answer.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date", ""))
    try:
        said = parsedate_to_datetime(told)
    except ValueError:
        return None
    return said if said.tzinfo else said.replace(tzinfo=datetime.UTC)
