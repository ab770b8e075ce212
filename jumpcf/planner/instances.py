"""What AWS says of one stack instance, reduced to what a plan and a status must tell apart.

Source of the words: `Status` and `StackInstanceStatus.DetailedStatus` of StackInstanceSummary
(CloudFormation API Reference).
"""

from typing import Literal

from jumpcf.artifacts.observed import ObservedInstance, ObservedStackSet

Health = Literal[
    "missing",  # no instance
    "current",  # has the StackSet's own template (which may itself be older than the wanted one)
    "suspended",  # AWS passed over the account because it is suspended
    "in-progress",
    "outdated",
    "victim",  # never tried: the operation ended before its turn
    "failed",
    "inoperable",  # excluded from every further update until somebody removes it
]

FILLABLE: frozenset[Health] = frozenset({"missing", "suspended", "outdated", "victim", "failed"})
"""What CreateStackInstances mends: it makes what is missing and tries again what is OUTDATED, also what it
passed over while the account was suspended."""

CANCELLED = "cancelled since failure tolerance"
"""How AWS tells an account that it was not tried, because too many others failed (StatusReason), in small letters."""


def health(instance: ObservedInstance | None, running: str | None) -> Health:
    """The health of an instance; `running` is the id of an operation under way on its StackSet."""
    if instance is None:
        return "missing"
    if instance.detailed == "SKIPPED_SUSPENDED_ACCOUNT":
        return "suspended"
    if "INOPERABLE" in (instance.status, instance.detailed) or instance.detailed == "FAILED_IMPORT":
        return "inoperable"
    if instance.detailed in ("PENDING", "RUNNING"):
        # OUTDATED/PENDING is also what a targeted update leaves behind where nothing is under way.
        return "in-progress" if running or instance.status == "CURRENT" else "outdated"
    return _ended(instance)


def _ended(instance: ObservedInstance) -> Health:
    if instance.detailed == "CANCELLED" or CANCELLED in instance.reason.lower():
        return "victim"
    # CURRENT beside FAILED: the last operation failed, so CURRENT alone is not believed.
    if instance.detailed == "FAILED":
        return "failed"
    # Instances older than DetailedStatus have none; then `Status` alone speaks.
    if instance.status == "CURRENT" and instance.detailed in ("SUCCEEDED", ""):
        return "current"
    return "outdated"


def at_home(stack_set: ObservedStackSet, region: str) -> dict[str, ObservedInstance]:
    """The instances in the one region that jumpcf deploys to, by account."""
    return {one.account: one for one in stack_set.instances if one.region == region}


def elsewhere(stack_set: ObservedStackSet, region: str) -> tuple[ObservedInstance, ...]:
    """Instances in other regions.  Roles are global, so a second one in an account can only collide."""
    return tuple(one for one in stack_set.instances if one.region != region)
