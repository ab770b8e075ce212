"""What every CloudFormation call shares: who calls, which template, which page."""

import functools
import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, TypeVar
from urllib.parse import unquote, urlparse

from moto.core.model import ServiceModel
from moto.core.responses import ActionResult, BaseResponse
from moto.core.utils import get_service_model
from moto.s3.exceptions import S3ClientError
from moto.s3.models import s3_backends

from jumpcf.local.api import constraints
from jumpcf.local.records import Place
from jumpcf.local.refusals import NotImplementedHere, Refusal, ValidationError
from jumpcf.local.template import INLINE_LIMIT, URL_LIMIT
from jumpcf.local.world import World

Item = TypeVar("Item")


@functools.cache
def _model() -> ServiceModel:
    return get_service_model("cloudformation")


_PATH_STYLE = re.compile(r"(s3[.-].*|127\.0\.0\.1|localhost)")


class Base(BaseResponse):
    """`world` is set on a subclass by the server; `params` are the request, parsed by botocore's model."""

    world: ClassVar[World]
    params: dict[str, Any]

    def __init__(self) -> None:
        super().__init__(service_name="cloudformation")
        self.automated_parameter_parsing = True

    def call_action(self) -> Any:
        try:
            constraints.check(_model().operation_model(self._get_action()).input_shape, self.params)
        except Refusal as refusal:
            return self.serialized(ActionResult(refusal))
        return super().call_action()

    @property
    def place(self) -> Place:
        return self.world.place(self.current_account, self.region)

    @property
    def here(self) -> tuple[str, str]:
        return self.current_account, self.region

    def refuse(self, *names: str) -> None:
        """Refuse parameters that AWS knows and the embedded AWS does not; false and empty ones are harmless."""
        for name in names:
            if self.params.get(name):
                raise NotImplementedHere(
                    f"The embedded AWS does not implement {name} of {self._get_action()}."
                )

    def template(self, previous: str | None = None) -> str | None:
        """The key of the template that the call names; None where it names none."""
        given = self.params
        named = [name for name in ("TemplateBody", "TemplateURL", "UsePreviousTemplate") if given.get(name)]
        if len(named) > 1:
            raise ValidationError(f"Specify only one of {', '.join(named)}.")
        if given.get("TemplateBody"):
            body: str = given["TemplateBody"]
            if len(body.encode()) > INLINE_LIMIT:
                raise ValidationError(
                    "1 validation error detected: Value at 'templateBody' failed to satisfy constraint: Member "
                    f"must have length less than or equal to {INLINE_LIMIT}"
                )
            return self.world.keep(body)
        if given.get("TemplateURL"):
            return self.world.keep(_fetch(given["TemplateURL"]))
        return previous if given.get("UsePreviousTemplate") else None

    def required_template(self, previous: str | None = None) -> str:
        key = self.template(previous)
        if key is None:
            raise ValidationError("Either Template URL or Template Body must be specified.")
        return key

    def parameters(self, previous: Mapping[str, str]) -> dict[str, str]:
        """The Parameters of the call; UsePreviousValue takes what was."""
        values = {}
        for item in self.params.get("Parameters") or []:
            name = item["ParameterKey"]
            if item.get("UsePreviousValue"):
                if name not in previous:
                    raise ValidationError(
                        f"Invalid input for parameter key {name}. Cannot specify "
                        "usePreviousValue as true for a parameter key not in the previous template"
                    )
                values[name] = previous[name]
            else:
                values[name] = item.get("ParameterValue", "")
        return values

    def page(self, items: Sequence[Item], default: int = 100) -> tuple[list[Item], str | None]:
        """One page of a list, and the token of the next."""
        try:
            start = int(self.params.get("NextToken") or 0)
        except ValueError:
            raise ValidationError("NextToken is not one of ours.") from None
        end = start + int(self.params.get("MaxResults") or default)
        return list(items[start:end]), str(end) if end < len(items) else None


def _fetch(url: str) -> str:
    """A template from moto's S3, by path-style or virtual-hosted URL."""
    parsed = urlparse(url)
    host, path = parsed.hostname or "", unquote(parsed.path.lstrip("/"))
    if _PATH_STYLE.fullmatch(host):
        bucket, _, name = path.partition("/")
    else:
        bucket, name = host.partition(".s3")[0], path
    refused = ValidationError(f"S3 error: Access Denied. Object referenced by {url} is not accessible")
    if bucket not in s3_backends.bucket_accounts:
        raise refused
    partition, account = s3_backends.bucket_accounts[bucket]
    try:
        found = s3_backends[account][partition].get_object(bucket, name)
    except S3ClientError:
        found = None
    if found is None:
        raise refused
    body = bytes(found.value)
    if len(body) > URL_LIMIT:
        raise ValidationError(f"Template may not exceed {URL_LIMIT} bytes in size.")
    return body.decode()
