"""Does an action only read?  By its verb, because no table of access levels is at hand offline.

The rule errs to one side: AWS names what only reads Get, List, Describe and the like (Service Authorization
Reference, "Access level" List and Read), everything else counts as writing, and so does what hands out a
credential, whatever its verb ("sts:GetFederationToken", "ec2:GetPasswordData").
"""

_READING = ("get", "list", "describe", "batchget", "head", "lookup", "search", "query", "view")
_CREDENTIALS = ("credential", "token", "password")


def single(pattern: str) -> bool:
    """Does a pattern of actions mean one action ("ec2:StopInstances"), so that it can be counted?"""
    return not any(sign in pattern for sign in "*?")


def only_reads(action: str) -> bool:
    """Does this one action read and nothing else?  No where it is not certain."""
    verb = action.lower().partition(":")[2]
    return verb.startswith(_READING) and not any(word in verb for word in _CREDENTIALS)
