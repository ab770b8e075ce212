"""What has to be allowed for a call: one action on one resource, or several."""

from dataclasses import dataclass, field
from typing import Literal

from jumpcf.local.enforce.callers import Context

Kind = Literal["", "trust", "key", "bucket"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """`document` is the resource's own policy, of a `kind`; `account` owns the resource.

    `context` holds the condition keys of this action and resource.
    """

    action: str
    resource: str
    account: str
    context: Context = field(default_factory=dict)
    kind: Kind = ""
    document: str = ""


def names(text: str) -> frozenset[str]:
    """The operations in a text with white space between them."""
    return frozenset(text.split())
