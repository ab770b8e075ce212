"""What is asked of AWS: one action on one resource by one principal, with the context of the moment."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from jumpcf.policy.codes import UnknownConstruct

Values = tuple[str, ...]

_ACTION = re.compile(r"[a-z0-9-]+:[A-Za-z0-9]+", re.ASCII)
_ACCOUNT = re.compile(r"[0-9]{12}", re.ASCII)
_WILD = re.compile(r"[*?]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request, as IAM sees it.

    `context` holds the condition keys that are present, in any letter case; a key that is not there is
    absent, and so is one with an empty tuple.  A plain string is a single-valued key, a tuple a
    multivalued one.  Nothing is added: who asks says what AWS would put in.

    `principal` is the ARN of a user (with its path), of an assumed role's session, of an account's root,
    of a federation's provider, or the name of an AWS service.
    """

    action: str
    resource: str
    context: Mapping[str, str | Values]
    principal: str
    principal_account: str
    resource_account: str
    _keys: dict[str, str | Values] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for account in (self.principal_account, self.resource_account):
            if not _ACCOUNT.fullmatch(account):
                raise _impossible(f"{account!r} is not an account id of 12 digits")
        if not _ACTION.fullmatch(self.action):
            raise _impossible(f"{self.action!r} is not an action, as in sts:AssumeRole")
        if self.resource != "*" and (not self.resource.startswith("arn:") or _WILD.search(self.resource)):
            raise _impossible(f'{self.resource!r} is not a resource: one ARN, or "*"')
        object.__setattr__(self, "_keys", _folded(self.context))

    def value(self, key: str) -> str | Values | None:
        """The value of a condition key, or None where it is absent; keys have no letter case."""
        return self._keys.get(key.lower())


def _folded(context: Mapping[str, str | Values]) -> dict[str, str | Values]:
    folded = {key.lower(): value for key, value in context.items()}
    if len(folded) != len(context):
        raise _impossible("a condition key is in the context twice, in two letter cases")
    for key, value in folded.items():
        if not isinstance(value, str) and not (
            isinstance(value, tuple) and all(isinstance(one, str) for one in value)
        ):
            raise _impossible(f"the value of {key} is neither a text nor a tuple of texts")
    return {key: value for key, value in folded.items() if value != ()}


def _impossible(what: str) -> UnknownConstruct:
    return UnknownConstruct("P213", f"No such request can be: {what}.")
