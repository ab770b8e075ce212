"""Which failure stops which operation; the one place that says so.

An operation that AWS carried out, with some accounts failed, has happened: what comes after it in the same
StackSet still makes sense (accounts emptied by a deletion must be filled again, new accounts still get
their roles from a partly failed update).  Only the deletion of the StackSet itself needs every deletion
before it to be complete.  An operation that failed as a whole stops everything that needs it.

Between the rings of an organization the rule is stricter, because there the point is to learn from the first
accounts: an operation that failed as a whole, or in more accounts than the rollout tolerates, stops every later
ring of its organization, whatever the StackSet.  One that was skipped says nothing about its ring: what it waited
for stops what depends on that, and nothing else.  What only takes away is in no ring and waits for none.
"""

from jumpcf.artifacts.operation import AnyOperation, DeleteStackSet
from jumpcf.artifacts.status import Outcome


def stops(outcome: Outcome, dependant: AnyOperation) -> bool:
    """True where an operation with this outcome keeps `dependant` from running."""
    if outcome.state == "succeeded":
        return False
    partly = outcome.state == "failed" and bool(outcome.accounts)
    return not partly or isinstance(dependant, DeleteStackSet)


def breaks_ring(outcome: Outcome) -> bool:
    """True where an operation with this outcome keeps the later rings of its organization from starting."""
    return outcome.state == "failed" and not outcome.tolerated
