"""Ask a document of ours what it decides: jumpcf.policy in the short form that tests of single documents want.

The caller is aws:PrincipalArn of the context, or a user of the jump account where the context has none;
nothing else is added to the context.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from jumpcf.policy.document import parse
from jumpcf.policy.evaluate import judge
from jumpcf.policy.request import Request

Context = Mapping[str, str | list[str]]
USER = "arn:aws:iam::111111111111:user/partner/acme/taro.yamada"
WORDS = {"allow": "Allow", "explicit-deny": "Deny", "implicit-deny": "implicit deny"}


def decide(document: Any, action: str, resource: str, context: Context) -> str:
    """ "Allow", "Deny" or "implicit deny"; `document` is a Document or parsed JSON."""
    return together([document], action, resource, context)


def together(documents: Iterable[Any], action: str, resource: str, context: Context) -> str:
    """The decision of several documents on one identity."""
    caller = str(context.get("aws:PrincipalArn", USER))
    request = Request(
        action=action,
        resource=resource,
        context={key: tuple(value) if isinstance(value, list) else value for key, value in context.items()},
        principal=caller,
        principal_account=caller.split(":")[4],
        resource_account="333333333333",
    )
    policies = [
        parse(getattr(document, "rendered", document), name=f"document {number}")
        for number, document in enumerate(documents)
    ]
    return WORDS[judge(request, *policies).effect]
