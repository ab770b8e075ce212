"""Reads that only upkeep needs; a plan does without them."""

from collections.abc import Iterator

from jumpcf.artifacts.manifest import JUMP
from jumpcf.artifacts.marks import ESTATE_TAG
from jumpcf.artifacts.observed import Observed
from jumpcf.artifacts.repair import WaitingChangeSet
from jumpcf.aws.api import Api
from jumpcf.aws.jump_stacks import CHANGE_SET
from jumpcf.aws.sessions import Clients
from jumpcf.aws.stacks import EXECUTED, Stacks


def waiting_change_sets(clients: Clients, estate: str, observed: Observed) -> Iterator[WaitingChangeSet]:
    """Change sets of jumpcf's that nobody ran, of stacks that carry the estate's tag (ListChangeSets)."""
    stacks = Stacks(Api(clients, JUMP, "cloudformation"))
    for stack in observed.stacks:
        if stack.tags.get(ESTATE_TAG) != estate or stack.status == "REVIEW_IN_PROGRESS":
            continue
        for one in stacks.change_sets(stack.id):
            status = one.get("ExecutionStatus", "")
            if one["ChangeSetName"].startswith(CHANGE_SET) and status not in EXECUTED:
                yield WaitingChangeSet(
                    stack=stack.name, name=one["ChangeSetName"], id=one["ChangeSetId"], status=status
                )
