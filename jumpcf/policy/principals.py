"""The Principal element of a resource policy: who it names, and whether a request's caller is among them.

IAM User Guide, reference_policies_elements_principal.
"""

import re
from dataclasses import dataclass
from typing import Any

from jumpcf.policy.codes import UnknownConstruct
from jumpcf.policy.request import Request

EVERYONE = "*"
_ACCOUNT = re.compile(r"[0-9]{12}", re.ASCII)
_ROOT = re.compile(r"arn:(?P<partition>aws[a-z-]*):iam::(?P<account>[0-9]{12}):root", re.ASCII)
_FORMS = {
    "AWS": re.compile(
        r"arn:aws[a-z-]*:(iam::[0-9]{12}:(user|role)/[^*?]+"
        r"|sts::[0-9]{12}:(assumed-role/[^*?/]+/[^*?/]+|federated-user/[^*?/]+))",
        re.ASCII,
    ),
    "Service": re.compile(r"[a-z0-9.-]+\.amazonaws\.com(\.cn)?", re.ASCII),
    "Federated": re.compile(
        r"arn:aws[a-z-]*:iam::[0-9]{12}:(oidc|saml)-provider/[^*?]+|[a-z0-9.-]+\.[a-z]+", re.ASCII
    ),
}


@dataclass(frozen=True, slots=True)
class Principal:
    """One name: `kind` is AWS, Service or Federated; everyone is ("AWS", "*")."""

    kind: str
    name: str


def read(written: Any) -> tuple[Principal, ...]:
    """Every principal of the element; P206 for a form that is not known."""
    if written == EVERYONE:
        return (Principal("AWS", EVERYONE),)
    if not isinstance(written, dict) or not written:
        raise _unknown(written)
    return tuple(_principal(kind, name) for kind, names in written.items() for name in _list(names))


def _list(names: Any) -> list[Any]:
    if names == []:
        raise _unknown(names)
    return names if isinstance(names, list) else [names]


def _principal(kind: str, name: Any) -> Principal:
    if kind not in _FORMS or not isinstance(name, str):
        raise _unknown({kind: name})
    account = kind == "AWS" and (name == EVERYONE or _ACCOUNT.fullmatch(name) or _ROOT.fullmatch(name))
    if not account and not _FORMS[kind].fullmatch(name):
        raise _unknown({kind: name})
    return Principal(kind, name)


def _unknown(written: Any) -> UnknownConstruct:
    return UnknownConstruct("P206", f"The principal {written!r} is not known.")


def includes(principal: Principal, request: Request) -> bool:
    """Is the caller this principal, of this account, or is everyone?

    A role is known by aws:PrincipalArn, because the ARN of its session has no path.
    """
    if principal.kind != "AWS":
        return principal.name == request.principal
    if principal.name == EVERYONE:
        return True
    if _ACCOUNT.fullmatch(principal.name):
        return principal.name == request.principal_account
    root = _ROOT.fullmatch(principal.name)
    if root:
        same = root["account"] == request.principal_account
        return same and request.principal.startswith(f"arn:{root['partition']}:")
    if ":role/" in principal.name:
        return principal.name == request.value("aws:PrincipalArn")
    return principal.name == request.principal
