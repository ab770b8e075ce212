"""The calls about change sets.  Source: CloudFormation API reference, CreateChangeSet and its siblings."""

import json
from typing import Any

from moto.core.responses import ActionResult, EmptyResult

from jumpcf.local import sessions, work
from jumpcf.local.api.stacks import Stacks, parameter_values, refuse_unupdatable
from jumpcf.local.changes import changes, conflicts, tags_differ
from jumpcf.local.events import record
from jumpcf.local.operations import new_stack
from jumpcf.local.providers.base import Where
from jumpcf.local.records import ChangeSet, Stack, Wish
from jumpcf.local.refusals import (
    AlreadyExists,
    ChangeSetNotFound,
    InvalidChangeSetStatus,
    NotImplementedHere,
    ValidationError,
)
from jumpcf.local.template import parse
from jumpcf.local.world import new_id

SAME_TEMPLATE = (
    "The submitted information didn't contain changes. Submit different information to create a change set."
)
NO_UPDATES = "No updates are to be performed."
EARLY = (  # aws/aws-cdk-cli#1000
    "The following hook(s)/validation failed: [AWS::EarlyValidation::ResourceExistenceCheck]. To troubleshoot Early "
    "Validation errors, use the DescribeEvents API for detailed failure information."
)


class ChangeSets(Stacks):
    """Create, describe, execute and delete change sets."""

    def create_change_set(self) -> ActionResult:
        self.refuse(
            "ResourcesToImport",
            "ImportExistingResources",
            "ResourceTypes",
            "DeploymentMode",
            "IncludeNestedStacks",
        )
        kind = self.params.get("ChangeSetType") or "UPDATE"
        if kind not in ("CREATE", "UPDATE"):
            raise NotImplementedHere(f"The embedded AWS has no change sets of type {kind}.")
        stack = self._found(kind)
        template = self.required_template(stack.template if stack else None)
        previous = stack.parameters if stack else {}
        wish = self.wish(template, previous, stack)
        self._refuse_missing_role()
        self.check(wish, stack)
        if stack is None:
            stack = new_stack(self.world, self.current_account, self.region, self.params["StackName"])
            stack.tags = list(wish.tags)
            record(self.world, stack, "REVIEW_IN_PROGRESS", "User Initiated")
        change_set = self._new(stack, kind, wish)
        self.place.change_sets[change_set.id] = change_set
        return ActionResult({"Id": change_set.id, "StackId": stack.id})

    def describe_change_set(self) -> ActionResult:
        item = self.change_set()
        template = parse(self.world.templates[item.template])
        rows = json.loads(item.changes)
        if not self.params.get("IncludePropertyValues"):
            rows = [_without_values(row) for row in rows]
        page, token = self.page(rows)
        view = _view(item) | {
            "Capabilities": item.capabilities,
            "Tags": item.tags,
            "Parameters": parameter_values(template, item.parameters),
            "Changes": page,
            "NextToken": token,
            "OnStackFailure": item.on_failure,
            "NotificationARNs": [],
            "RollbackConfiguration": {},
        }
        return ActionResult(view)

    def list_change_sets(self) -> ActionResult:
        stack = self.stack(self.params["StackName"])
        found = [item for item in self.place.change_sets.values() if item.stack_id == stack.id]
        page, token = self.page(found)
        return ActionResult({"Summaries": [_view(item) for item in page], "NextToken": token})

    def delete_change_set(self) -> EmptyResult:
        try:
            del self.place.change_sets[self.change_set().id]
        except ChangeSetNotFound:
            if not self.params["ChangeSetName"].startswith("arn:"):
                raise
        return EmptyResult()

    def execute_change_set(self) -> EmptyResult:
        item = self.change_set()
        if item.on_failure and self.params.get("DisableRollback") is not None:
            raise ValidationError("DisableRollback cannot be specified together with OnStackFailure.")
        if item.execution != "AVAILABLE":
            raise InvalidChangeSetStatus(
                f"ChangeSet [{item.id}] cannot be executed in its current status of [{item.status}]"
            )
        stack = self.stack(item.stack_id)
        if item.kind == "UPDATE":
            refuse_unupdatable(stack)
        self.begun(stack)
        stack.role_arn = item.role_arn or stack.role_arn
        others = [other for other in self.place.change_sets.values() if other.stack_id == stack.id]
        for other in others:
            if other is not item:
                del self.place.change_sets[other.id]
        item.execution = "EXECUTE_IN_PROGRESS"
        wish = Wish(
            template=item.template,
            parameters=item.parameters,
            tags=item.tags,
            capabilities=item.capabilities,
            on_failure=item.on_failure
            or ("DO_NOTHING" if self.params.get("DisableRollback") else "ROLLBACK"),
            retain_new=bool(self.params.get("RetainExceptOnCreate")),
        )
        work.deploy(self.world, stack, wish, item.id)
        return EmptyResult()

    def _found(self, kind: str) -> Stack | None:
        """The stack that the change set is for; None where it has to be made."""
        name = self.params["StackName"]
        found = next((item for item in self.stacks() if name in (item.name, item.id)), None)
        if kind == "CREATE":
            if found is not None and found.status != "REVIEW_IN_PROGRESS":
                raise ValidationError(
                    f"Stack [{found.name}] already exists and cannot be created again with the changeSet "
                    f"[{self.params['ChangeSetName']}]."
                )
            return found
        if found is None:
            raise ValidationError(f"Stack [{name}] does not exist")
        refuse_unupdatable(found)
        return found

    def _new(self, stack: Stack, kind: str, wish: Wish) -> ChangeSet:
        given = self.params
        name = given["ChangeSetName"]
        for item in list(self.place.change_sets.values()):
            if item.name == name and item.stack_id == stack.id:
                if not item.execution.startswith("EXECUTE_"):
                    raise AlreadyExists(f"ChangeSet {name} already exists")
                del self.place.change_sets[item.id]  # it has run: its name is free again
        if given.get("OnStackFailure") == "DELETE" and kind != "CREATE":
            raise ValidationError(
                "OnStackFailure DELETE can be specified for change sets of type CREATE only."
            )
        rows = changes(self.world, stack, wish)
        empty = kind == "UPDATE" and not rows and not tags_differ(stack, wish.tags)
        reason = (SAME_TEMPLATE if wish.template == stack.template else NO_UPDATES) if empty else None
        errors = [] if given.get("DisableValidation") else conflicts(stack, rows)
        reason = EARLY if errors else reason
        partition = Where(stack.account, stack.region).partition
        return ChangeSet(
            name=name,
            id=f"arn:{partition}:cloudformation:{self.region}:{self.current_account}:changeSet/{name}/{new_id()}",
            stack_id=stack.id,
            stack_name=stack.name,
            kind=kind,
            created=self.world.now(),
            template=wish.template,
            parameters=dict(wish.parameters),
            tags=list(wish.tags),
            capabilities=list(wish.capabilities),
            status="FAILED" if reason else "CREATE_COMPLETE",
            execution="UNAVAILABLE" if reason else "AVAILABLE",
            reason=reason,
            errors=json.dumps(errors),
            changes=json.dumps(rows),
            description=given.get("Description"),
            on_failure=given.get("OnStackFailure"),
            role_arn=given.get("RoleARN"),
        )

    def _refuse_missing_role(self) -> None:
        wanted = self.params.get("RoleARN")
        roles = sessions.iam_of(self.current_account, self.region).get_roles()
        if wanted and all(role.arn != wanted for role in roles):
            raise ValidationError(f"Role {wanted} is invalid or cannot be assumed")

    def change_set(self) -> ChangeSet:
        name, stack = self.params["ChangeSetName"], self.params.get("StackName")
        for item in reversed(self.place.change_sets.values()):
            if name == item.id or (name == item.name and stack in (item.stack_name, item.stack_id)):
                return item
        raise ChangeSetNotFound(f"ChangeSet [{name}] does not exist")


def _view(item: ChangeSet) -> dict[str, Any]:
    return {
        "ChangeSetId": item.id,
        "ChangeSetName": item.name,
        "StackId": item.stack_id,
        "StackName": item.stack_name,
        "Description": item.description,
        "CreationTime": item.created,
        "Status": item.status,
        "StatusReason": item.reason,
        "ExecutionStatus": item.execution,
        "IncludeNestedStacks": False,
    }


def _without_values(row: dict[str, Any]) -> dict[str, Any]:
    """A change as it is shown unless IncludePropertyValues is asked for."""
    hidden = ("BeforeValue", "AfterValue", "Path", "AttributeChangeType", "BeforeContext", "AfterContext")
    change = {name: value for name, value in row["ResourceChange"].items() if name not in hidden}
    change["Details"] = [
        detail | {"Target": {name: value for name, value in detail["Target"].items() if name not in hidden}}
        for detail in change["Details"]
    ]
    return row | {"ResourceChange": change}
