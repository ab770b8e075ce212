"""Whether what is asked for is allowed, by jumpcf's own evaluator, and the refusal in AWS's words.

IAM User Guide: reference_policies_evaluation-logic (one account and two), troubleshoot_access-denied (texts).
A policy that the evaluator does not understand, or a condition key of which nothing is known here, refuses
the call as not implemented: nothing is allowed by guess.
"""

import functools

from moto.iam.models import Group, Role, User

from jumpcf.local.documents import document_of
from jumpcf.local.enforce.asked import Asked, Kind
from jumpcf.local.enforce.callers import Caller, Context
from jumpcf.local.refusals import Denied, NotImplementedHere
from jumpcf.policy import evaluate
from jumpcf.policy.document import Policy, parse
from jumpcf.policy.evaluate import Decision, UnknownConstruct
from jumpcf.policy.request import Request, Values

_RESOURCE = "resource"
_WORDS = {  # of troubleshoot_access-denied: with a verb that allows, and with an explicit deny
    evaluate.POLICIES: "identity-based policy",
    evaluate.BOUNDARY: "permissions boundary",
    evaluate.SESSION: "session policy",
}
_OF_KIND: dict[Kind, str] = {
    "trust": "role trust policy",
    "key": "resource-based policy",
    "bucket": "resource-based policy",
}
_ANSWERED = (
    *("aws:", "iam:passedtoservice", "iam:permissionsboundary", "iam:policyarn", "iam:resourcetag/", "sts:"),
    *("cloudformation:rolearn", "kms:resourcealiases"),
)
_UNANSWERED = ("aws:resourcetag/", "aws:requesttag/", "aws:tagkeys")


class Question(Request):
    """A request that refuses to say "absent" of a condition key about which nothing is known here."""

    __slots__ = ()

    def value(self, key: str) -> str | Values | None:
        found = Request.value(self, key)
        folded = key.lower()
        if found is None and not self._is_known(folded):
            raise NotImplementedHere(
                f"The embedded AWS cannot judge {self.action}: a policy asks for {key} (--enforce)."
            )
        return found

    def _is_known(self, key: str) -> bool:
        """Whether the key would be there if the request had it: AWS's own, and those of IAM's and STS's calls."""
        if not key.startswith(_ANSWERED):
            return False
        return not key.startswith(_UNANSWERED) or self.action.startswith(("iam:", "sts:"))


def check(one: Asked, caller: Caller, context: Context, *, own_password: bool) -> None:
    """Raise Denied unless it is allowed.  `own_password`: the account lets its users change their passwords."""
    request = Question(
        action=one.action,
        resource=one.resource,
        context={**caller.context, **context, **one.context},
        principal=caller.arn,
        principal_account=caller.account,
        resource_account=one.account,
    )
    try:
        own = _own(request, caller, granted=own_password)
        other = _of_resource(request, one)
        refusal = _refusal(request, own, other, one)
    except UnknownConstruct as unknown:
        where = f" in {unknown.where}" if unknown.where else ""
        raise NotImplementedHere(
            f"The embedded AWS cannot judge {one.action} (--enforce): {unknown.what}{where}"
        ) from None
    if refusal:
        raise Denied(
            f"User: {caller.arn} is not authorized to perform: {one.action} on resource: {one.resource} {refusal}"
        )


def _own(request: Question, caller: Caller, *, granted: bool) -> Decision:
    """The caller's side: policies, boundary and session policies together.

    What is `granted` without a policy is given to who has no boundary: whether one bounds it is not documented.
    """
    policies, boundary = _policies(caller)
    session = caller.session.policies if caller.session else ()
    narrower = [_parsed(text, f"session policy {number}") for number, text in enumerate(session)]
    decision = evaluate.identity(request, policies, boundary, narrower)
    if granted and not boundary and not narrower and decision.effect == "implicit-deny":
        return Decision("allow", "the account's password policy", evaluate.POLICIES, decision.trace)
    return decision


def _of_resource(request: Question, one: Asked) -> Decision | None:
    """The resource's side; None where it has no policy."""
    if not one.document:
        return None
    return evaluate.judge(request, _parsed(one.document, one.resource), layer=_RESOURCE)


def _refusal(request: Question, own: Decision, other: Decision | None, one: Asked) -> str:
    """Why it is refused; "" where it is allowed."""
    word = _WORDS.get(own.layer, "")
    of_kind = _OF_KIND.get(one.kind, "resource-based policy")
    if own.effect == "explicit-deny":
        return f"with an explicit deny in {_article(word)}"
    if other is not None and other.effect == "explicit-deny":
        return f"with an explicit deny in {_article(of_kind)}"
    across = request.principal_account != request.resource_account
    needed = across or one.kind in ("trust", "key")
    if own.effect == "implicit-deny":
        if other is not None and other.allowed and not across and not _delegates_only(request, one):
            raise NotImplementedHere(
                f"The embedded AWS cannot judge {one.action} (--enforce): within one account the policy of "
                f"{one.resource} alone allows it."
            )
        return f"because no {word} allows the {one.action} action"
    if needed and (other is None or not other.allowed):
        return f"because no {of_kind} allows the {one.action} action"
    return ""


def _article(word: str) -> str:
    return f"{'an' if word[0] in 'aeiou' else 'a'} {word}"


def _delegates_only(request: Question, one: Asked) -> bool:
    """Whether what the resource's policy allows it allows to the account, whose own policies then decide."""
    policy = _parsed(one.document, one.resource)
    allowing = [
        item for item in policy.statements if item.effect == "Allow" and evaluate.applies(item, request)
    ]
    account = (request.principal_account, f":iam::{request.principal_account}:root")
    return all(principal.name.endswith(account) for item in allowing for principal in item.principals or ())


def _policies(caller: Caller) -> tuple[list[Policy], Policy | None]:
    if caller.user is not None:
        holders: list[User | Role | Group] = [caller.user, *caller.iam.get_groups_for_user(caller.user.name)]
        arn = vars(caller.user).get("permissions_boundary_arn")
    else:
        assert caller.role is not None, "administrators are not judged"
        holders = [caller.role]
        arn = caller.role.permissions_boundary_arn
    found = [policy for holder in holders for policy in _of_holder(holder)]
    return found, _boundary(caller, arn) if arn else None


def _of_holder(holder: User | Role | Group) -> list[Policy]:
    inline = [_parsed(text, f"{holder.name}/{name}") for name, text in holder.policies.items()]
    return inline + [_parsed(document_of(one), one.arn) for one in holder.managed_policies.values()]


def _boundary(caller: Caller, arn: str) -> Policy:
    """A boundary that was deleted bounds everything away (IAM refuses to delete one that is in use)."""
    policy = caller.iam.managed_policies.get(arn)
    if policy is None:
        raise NotImplementedHere(f"The embedded AWS does not know the boundary {arn} (--enforce).")
    return _parsed(document_of(policy), arn)


@functools.lru_cache(4096)
def _parsed(document: str, name: str) -> Policy:
    return parse(document, name=name)
