"""What to do about a failed stack instance, by the text that AWS gives as its reason.

The texts are those of StackInstance.StatusReason as users report them; AWS may change them, and then there
is no hint, never a wrong one.
"""

from jumpcf.planner.instances import CANCELLED

BY_HAND = (
    "something of its stack was deleted by hand; put it back under its name, or name the account in "
    "except_accounts, deploy, take it out again and deploy once more"
)

SKIPPED = ("not tried, because", "not started: ")
"""How the reason of a skipped operation begins: what follows is another's failure, told where that stands."""

FAILED_FIRST = ("not tried, because", "not started: ring")
"""Those of them that were skipped because of a failure."""

HINTS: tuple[tuple[str, str], ...] = (
    (
        "explicit deny in a service control policy",
        "a service control policy denies the role stacksets-exec-* of that account; except it there",
    ),
    (
        "already exists",
        "that account has something of this name that is not this stack's: choose another name, or remove it "
        "once its owner agrees, then deploy again",
    ),
    (CANCELLED, "other accounts failed first; mend those, then deploy again"),
    ("this account is suspended", "AWS passes over suspended accounts; nothing to do"),
    (
        "should have 'stacksets-exec",
        "AWS cannot enter the account: is it suspended, does a service control policy deny "
        "stacksets-exec-*, is trusted access for StackSets on?",
    ),
    (
        "must detach all policies first",
        "somebody attached a policy to the role by hand; detach it, then deploy again",
    ),
    (
        "enable organizations access",
        "trusted access for StackSets is off: turn it on in the management account (CloudFormation, StackSets)",
    ),
    (
        "cannot exceed quota",
        "a quota of that account is full: delete what is not needed there, or ask AWS to raise it (Service Quotas)",
    ),
    (
        "limitexceeded",
        "a quota of that account is full: delete what is not needed there, or ask AWS to raise it (Service Quotas)",
    ),
    ("terminationprotection", "somebody protected the stack from deletion; lift that in the account"),
    ("termination protection", "somebody protected the stack from deletion; lift that in the account"),
    ("needs a subscription", "the account is brand new and not ready; deploy again later"),
    ("rate exceeded", "AWS throttled the operation; deploy again"),
    ("handlererrorcode: notfound", BY_HAND),
    ("cannot be found", BY_HAND),
    ("not found", BY_HAND),
    ("is not authorized to perform", "the role stacksets-exec-* of that account lacks a permission"),
)
"""(what the reason contains, the hint); the first match counts, so the narrower text stands first."""


def hint(reason: str) -> str:
    """The hint for a reason, or "" where the text is not known or is another operation's."""
    text = reason.lower()
    if text.startswith(SKIPPED):
        return ""
    return next((advice for part, advice in HINTS if part in text), "")


def is_victim(reason: str) -> bool:
    """True where an account was not tried because something else failed; the end of a run is nobody's failure."""
    text = reason.lower()
    return text.startswith(FAILED_FIRST) or CANCELLED in text
