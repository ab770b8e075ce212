"""Deploying and deleting the jump account's plain stacks: what is done to a stack in which state.

A change set is executed only where it takes away no more than the plan showed.

CREATE for a stack that is missing or in REVIEW_IN_PROGRESS, UPDATE else.  ROLLBACK_COMPLETE allows nothing
but deletion (CloudFormation User Guide, stack status codes), so such a stack is deleted first.
"""

from collections.abc import Callable, Collection
from typing import Any

from jumpcf.artifacts.operation import ContinueRollback, DeleteChangeSet, DeleteStack, DeployStack, RemoveTags
from jumpcf.artifacts.status import Outcome, Progress
from jumpcf.aws.errors import CallRefused, rule_for
from jumpcf.aws.paging import Answer, Waiter
from jumpcf.aws.s3 import Templates
from jumpcf.aws.stacks import EXECUTED, Stacks, is_busy, is_empty_change_set
from jumpcf.aws.tags import tag_dict, tag_list
from jumpcf.aws.unshown import unshown

Report = Callable[[Progress], None]

DEAD = ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED")  # never came to life
ROLLED_BACK = "UPDATE_ROLLBACK_COMPLETE"
CHANGE_SET = "jumpcf-"  # how the names of our change sets begin
UNSHOWN = "G523"
GONE = Outcome(state="succeeded", reason="was gone already")
DONE = ("CREATE_COMPLETE", "UPDATE_COMPLETE")
NAMED = 6  # resources that a refusal names
LIMIT = 3 * 3600.0  # seconds for one stack


class JumpStacks:
    """The operations on plain stacks.  Raises CallRefused where AWS refuses a call.

    `mark` is the tag by which ours are known.  `role` is the service role with which CloudFormation works; it
    is passed with every operation, because a stack keeps the one that it had last (API reference, RoleARN).
    """

    def __init__(
        self,
        stacks: Stacks,
        templates: Templates,
        mark: tuple[str, str],
        waiter: Waiter,
        *,
        role: str | None = None,
    ) -> None:
        self._stacks, self._templates = stacks, templates
        self._mark, self._waiter = mark, waiter
        self._role = {"RoleARN": role} if role else {}

    def deploy(self, operation: DeployStack, token: str, report: Report) -> Outcome:
        """Create or update by change set; an empty change set is a success without changes."""
        stack = self._settled(operation.stack, report)
        refused = self._objection(operation, stack)
        if refused:
            return _failed(refused)
        if stack and stack["StackStatus"] in DEAD:
            gone = self._delete(stack, f"{token}-delete", report)
            if gone.state != "succeeded":
                return gone
            stack = None
        new = stack is None or stack["StackStatus"] == "REVIEW_IN_PROGRESS"
        definition = {
            "Capabilities": list(operation.capabilities),
            "Tags": tag_list(operation.tags),
            **self._templates.parameter(operation.template),
        }
        shown = operation.removes, operation.replaces
        outcome = self._by_change_set(operation.stack, definition, token, new, report, shown)
        if outcome.state == "succeeded" and (stack is None or not stack.get("EnableTerminationProtection")):
            self._stacks.protect(operation.stack, True)
        return outcome

    def settle(self, name: str, token: str, report: Report) -> Outcome | None:
        """What became of the work on a stack that an earlier run began under `token`, awaited where it goes on.
        None where the stack is gone or has never heard of it."""
        stack = self._settled(name, report)
        if stack is None or not self._stacks.knows(stack["StackId"], token):
            return None
        return self._ended(stack["StackId"], token, report)

    def delete(self, operation: DeleteStack, token: str, report: Report) -> Outcome:
        """Delete a stack of ours, termination protection or not; one that is gone is a success."""
        stack = self._settled(operation.stack, report)
        if stack is None:
            return GONE
        if not self._is_ours(stack):
            return _failed(self._foreign(operation.stack))
        return self._delete(stack, token, report)

    def continue_rollback(self, operation: ContinueRollback, token: str, report: Report) -> Outcome:
        """Go on with a rollback that failed; one that has ended well by now is a success."""
        stack = self._settled(operation.stack, report)
        if stack is None:
            return _failed(f"{operation.stack} is gone since the plan was made; plan again")
        if not self._is_ours(stack):
            return _failed(self._foreign(operation.stack))
        if stack["StackStatus"] == ROLLED_BACK:
            return Outcome(state="succeeded", reason="was done already")
        if stack["StackStatus"] != "UPDATE_ROLLBACK_FAILED":
            return _failed(
                f"{operation.stack} is in {stack['StackStatus']} since the plan was made; plan again"
            )
        self._stacks.continue_rollback(stack["StackId"], token, **self._role)
        return self._ended(stack["StackId"], token, report, done=(ROLLED_BACK,))

    def delete_change_set(self, operation: DeleteChangeSet) -> Outcome:
        """Delete a change set of ours; one that is gone, or that somebody runs by now, is left."""
        stack = self._stacks.describe(operation.stack)
        if stack is None:
            return GONE
        if not self._is_ours(stack):
            return _failed(self._foreign(operation.stack))
        found = self._stacks.find_change_set(operation.change_set)
        if found is None or found.get("ExecutionStatus") in EXECUTED:
            return GONE
        if not str(found.get("ChangeSetName", "")).startswith(CHANGE_SET):
            return _failed(f"the change set {operation.name} is not jumpcf's; it is left [A531]")
        self._stacks.delete_change_set(operation.change_set)
        return Outcome(state="succeeded")

    def remove_tags(self, operation: RemoveTags, token: str, report: Report) -> Outcome:
        """Take tags off, by a change set with the template that is there."""
        stack = self._settled(operation.stack, report)
        if stack is None:
            return GONE
        if not self._is_ours(stack):
            return _failed(self._foreign(operation.stack))
        tags = tag_dict(stack.get("Tags"))
        kept = {key: value for key, value in tags.items() if key not in operation.keys}
        if kept == tags:
            return Outcome(state="succeeded", reason="no changes")
        definition = {
            "Capabilities": list(stack.get("Capabilities", [])),
            "Tags": tag_list(kept),
            "UsePreviousTemplate": True,
        }
        return self._by_change_set(operation.stack, definition, token, False, report)

    def _objection(self, operation: DeployStack, stack: Answer | None) -> str:
        """Why the plan does not fit the stack any more; "" where it does."""
        name = operation.stack
        if stack is None:
            return "" if operation.create else f"{name} is gone since the plan was made; plan again"
        if not self._is_ours(stack):
            return self._foreign(name)
        if stack["StackStatus"] in DEAD and not operation.create:
            return f"{name} is in {stack['StackStatus']} since the plan was made; plan again"
        return ""

    def _is_ours(self, stack: Answer) -> bool:
        # A shell without a template owns nothing; whether AWS shows its tags already is not said anywhere.
        shell = stack["StackStatus"] == "REVIEW_IN_PROGRESS"
        return shell or tag_dict(stack.get("Tags")).get(self._mark[0]) == self._mark[1]

    def _foreign(self, name: str) -> str:
        return f"{name} does not carry the tag {'='.join(self._mark)}; it is never written to [A531]"

    def _by_change_set(
        self,
        stack: str,
        definition: dict[str, Any],
        token: str,
        new: bool,
        report: Report,
        shown: tuple[Collection[str], Collection[str]] = ((), ()),
    ) -> Outcome:
        """`shown` are the logical ids of what the plan shows as removed and as replaced."""
        name = change_set_name(token)
        self._stacks.create_change_set(
            stack, name, ChangeSetType="CREATE" if new else "UPDATE", **definition, **self._role
        )
        change_set = self._waiter.until(
            lambda: self._change_set(stack, name, report), f"change set {name}", limit=LIMIT
        )
        change_set_id = change_set["ChangeSetId"]
        if change_set["Status"] == "FAILED":
            return self._failed_change_set(change_set, token, new)
        if change_set.get("ExecutionStatus") not in EXECUTED:
            if more := unshown(self._stacks.changes(change_set), *shown):
                return self._refused(stack, change_set, more, token, new)
            self._stacks.execute(change_set_id, token)
        return self._ended(change_set["StackId"], token, report)

    def _refused(
        self, stack: str, change_set: Answer, more: tuple[str, ...], token: str, new: bool
    ) -> Outcome:
        """Nothing is executed, and nothing stays that somebody else could execute."""
        told = f"{'; '.join(more[:NAMED])}{f' and {len(more) - NAMED} more' if len(more) > NAMED else ''}"
        reason = (
            f"the change set of {stack} would {told}, which the plan did not show; nothing of it was executed"
        )
        try:
            self._drop(change_set, token, new)
        except CallRefused as refused:
            reason += f", but it could not be deleted ({refused.what}): run repair"
        return Outcome(state="failed", reason=f"{reason} [{UNSHOWN}]", gate=UNSHOWN)

    def _drop(self, change_set: Answer, token: str, new: bool) -> None:
        """Delete a change set that was not executed and, where it made one, the empty shell of its stack."""
        self._stacks.delete_change_set(change_set["ChangeSetId"])
        shell = self._stacks.describe(change_set["StackId"]) if new else None
        if shell and shell["StackStatus"] == "REVIEW_IN_PROGRESS":  # else somebody executed another one
            self._stacks.delete(change_set["StackId"], token, **self._role)

    def _change_set(self, stack: str, name: str, report: Report) -> Answer | None:
        change_set = self._stacks.change_set(stack, name)
        report(Progress(done=0, failed=0, total=0, status=f"change set {change_set['Status']}"))
        return None if change_set["Status"] in ("CREATE_PENDING", "CREATE_IN_PROGRESS") else change_set

    def _failed_change_set(self, change_set: Answer, token: str, new: bool) -> Outcome:
        if is_empty_change_set(change_set):
            self._stacks.delete_change_set(change_set["ChangeSetId"])  # failed ones add up to a limit
            return Outcome(state="succeeded", reason="no changes")
        rejected = self._stacks.rejected(change_set["ChangeSetId"])
        self._drop(change_set, token, new)
        reason = change_set.get("StatusReason") or "AWS gave no reason"
        return _failed("; ".join([f"the change set failed: {reason}", *rejected]))

    def _delete(self, stack: Answer, token: str, report: Report) -> Outcome:
        if stack.get("EnableTerminationProtection"):
            self._stacks.protect(stack["StackId"], False)
        self._stacks.delete(stack["StackId"], token, **self._role)
        return self._ended(stack["StackId"], token, report, done=("DELETE_COMPLETE",))

    def _ended(self, stack_id: str, token: str, report: Report, done: tuple[str, ...] = DONE) -> Outcome:
        """Wait for a stack by its id, which a deleted stack still answers to."""

        def look() -> str | None:
            stack = self._stacks.describe(stack_id)
            status = stack["StackStatus"] if stack else "DELETE_COMPLETE"
            report(Progress(done=0, failed=0, total=0, status=status))
            return None if status.endswith("_IN_PROGRESS") else str(status)

        status = self._waiter.until(look, f"stack {stack_id}", limit=LIMIT)
        if status in done:
            # An update that cannot delete what it no longer needs is complete all the same.
            kept = self._stacks.left_behind(stack_id, token) if status in DONE else ""
            if kept:
                return _failed(f"{status}, but something stays that no stack knows any more: {kept}")
            return Outcome(state="succeeded", reason=status)
        return _failed(f"{status}: {self._stacks.first_failure(stack_id, token) or 'AWS gave no reason'}")

    def _settled(self, name: str, report: Report) -> Answer | None:
        """The stack once nobody works on it."""

        def look() -> tuple[Answer | None] | None:
            stack = self._stacks.describe(name)
            if stack is None or not is_busy(stack["StackStatus"]):
                return (stack,)
            report(Progress(done=0, failed=0, total=0, status=f"waiting: {stack['StackStatus']}"))
            return None

        return self._waiter.until(look, f"stack {name}", limit=LIMIT)[0]


def change_set_name(token: str) -> str:
    """Change set names start with a letter (CreateChangeSet, ChangeSetName)."""
    return token if token.startswith(CHANGE_SET) else f"{CHANGE_SET}{token}"


def _failed(reason: str) -> Outcome:
    rule = rule_for("", reason)
    return Outcome(state="failed", reason=f"{reason} ({rule.hint})" if rule else reason)
