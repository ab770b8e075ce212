"""The calls about plain stacks."""

import datetime
import json
from typing import Any

from moto.core.responses import ActionResult, EmptyResult

from jumpcf.local import engine, work
from jumpcf.local.api.base import Base
from jumpcf.local.changes import changes, tags_differ
from jumpcf.local.operations import new_stack
from jumpcf.local.records import Event, Stack, Wish
from jumpcf.local.refusals import AlreadyExists, ValidationError
from jumpcf.local.template import Template, parse

GONE = "DELETE_COMPLETE"
_UPDATABLE = (
    "CREATE_COMPLETE",
    "UPDATE_COMPLETE",
    "UPDATE_ROLLBACK_COMPLETE",
    "IMPORT_COMPLETE",
    "CREATE_FAILED",  # both with rollback disabled (User Guide, "Stack failure options")
    "UPDATE_FAILED",
)
_NOT_HERE = (
    "StackPolicyBody",
    "StackPolicyURL",
    "ResourceTypes",
    "RollbackConfiguration",
    "DeploymentConfig",
)
_HIDDEN = "****"  # what AWS shows of a NoEcho parameter


class Stacks(Base):
    """Create, update, delete and describe stacks of the calling account."""

    def create_stack(self) -> ActionResult:
        self.refuse(*_NOT_HERE, "TimeoutInMinutes")
        name = self.params["StackName"]
        wish = self.wish(self.required_template(), {})
        self.check(wish, None)
        self.refuse_taken(name)
        stack = new_stack(self.world, self.current_account, self.region, name)
        self.begun(stack)
        stack.protected = bool(self.params.get("EnableTerminationProtection"))
        work.deploy(self.world, stack, wish)
        return ActionResult({"StackId": stack.id})

    def update_stack(self) -> ActionResult:
        self.refuse(*_NOT_HERE, "StackPolicyDuringUpdateBody", "StackPolicyDuringUpdateURL")
        stack = self.stack(self.params["StackName"])
        refuse_unupdatable(stack)
        wish = self.wish(self.required_template(stack.template), stack.parameters, stack)
        self.check(wish, stack)
        if not changes(self.world, stack, wish) and not tags_differ(stack, wish.tags):
            raise ValidationError("No updates are to be performed.")
        self.begun(stack)
        work.deploy(self.world, stack, wish)
        return ActionResult({"StackId": stack.id})

    def delete_stack(self) -> EmptyResult:
        name = self.params["StackName"]
        stack = next((item for item in self.stacks() if name in (item.id, item.name)), None)
        if stack is not None:
            retain = list(self.params.get("RetainResources") or [])
            if self.params.get("DeletionMode") == "FORCE_DELETE_STACK" and stack.status == "DELETE_FAILED":
                retain = list(stack.resources)
            elif retain and stack.status != "DELETE_FAILED":
                raise ValidationError(
                    "Invalid operation on stack [" + stack.id + "]. When you delete a stack, specify which "
                    "resources to retain only when the stack is in the DELETE_FAILED state."
                )
            self.begun(stack)
            work.delete(self.world, stack, retain)
        return EmptyResult()

    def cancel_update_stack(self) -> EmptyResult:
        work.cancel_update(self.world, self.stack(self.params["StackName"]))
        return EmptyResult()

    def rollback_stack(self) -> ActionResult:
        """Back to the last stable state, from where a creation or update was left (RollbackStack)."""
        self.refuse("RetainExceptOnCreate", "DeploymentConfig")
        stack = self.stack(self.params["StackName"])
        if stack.status not in ("CREATE_FAILED", "UPDATE_FAILED"):
            raise ValidationError(
                f"Stack [{stack.name}] is in {stack.status} state and can not be rolled back."
            )
        self.begun(stack)
        work.roll_back(self.world, stack, "ROLLBACK", [])
        return ActionResult({"StackId": stack.id, "OperationId": stack.operations[-1].split()[1]})

    def continue_update_rollback(self) -> EmptyResult:
        self.refuse("ForceRollback")
        stack = self.stack(self.params["StackName"])
        if stack.status != "UPDATE_ROLLBACK_FAILED":
            raise ValidationError(
                f"Stack:{stack.id} is in {stack.status} state and can not continue the rollback of an update."
            )
        self.begun(stack)
        work.roll_back(self.world, stack, "CONTINUE_ROLLBACK", list(self.params.get("ResourcesToSkip") or []))
        return EmptyResult()

    def describe_stacks(self) -> ActionResult:
        name = self.params.get("StackName")
        found = [self.stack(name)] if name else self.stacks()
        rows, token = self.page(found)
        return ActionResult({"Stacks": [self.stack_view(item) for item in rows], "NextToken": token})

    def list_stacks(self) -> ActionResult:
        wanted = self.params.get("StackStatusFilter")
        found = [item for item in self.place.stacks.values() if not wanted or item.status in wanted]
        rows, token = self.page(found[::-1])
        return ActionResult({"StackSummaries": [self.stack_view(item) for item in rows], "NextToken": token})

    def describe_stack_events(self) -> ActionResult:
        stack = self.stack(self.params["StackName"])
        rows, token = self.page(stack.events[::-1])
        return ActionResult(
            {
                "StackEvents": [_event_view(stack, Event.read(row)) for row in rows],
                "NextToken": token,
            }
        )

    def describe_stack_resources(self) -> ActionResult:
        wanted = self.params.get("LogicalResourceId")
        rows = self._resources(self.params["StackName"])
        return ActionResult(
            {"StackResources": [row for row in rows if wanted in (None, row["LogicalResourceId"])]}
        )

    def describe_stack_resource(self) -> ActionResult:
        name, wanted = self.params["StackName"], self.params["LogicalResourceId"]
        for row in self._resources(name):
            if row["LogicalResourceId"] == wanted:
                return ActionResult({"StackResourceDetail": row})
        raise ValidationError(f"Resource {wanted} does not exist for stack {name}")

    def list_stack_resources(self) -> ActionResult:
        rows, token = self.page(self._resources(self.params["StackName"]))
        return ActionResult({"StackResourceSummaries": rows, "NextToken": token})

    def get_template(self) -> ActionResult:
        if self.params.get("ChangeSetName"):
            self.refuse("ChangeSetName")
        stack = self.stack(self.params["StackName"])
        if not stack.template:
            raise ValidationError(
                f"Template for stack {stack.name} is not there before its first change set ran."
            )
        body = self.world.templates[stack.template]
        return ActionResult({"TemplateBody": body, "StagesAvailable": ["Original", "Processed"]})

    def validate_template(self) -> ActionResult:
        template = parse(self.world.templates[self.required_template()])
        return ActionResult(
            {
                "Description": template.description,
                "Parameters": parameter_views(template),
                "Capabilities": list(template.capabilities),
            }
        )

    def update_termination_protection(self) -> ActionResult:
        stack = self.stack(self.params["StackName"])
        stack.protected = bool(self.params["EnableTerminationProtection"])
        return ActionResult({"StackId": stack.id})

    def list_exports(self) -> ActionResult:
        rows = [
            {"ExportingStackId": item.id, "Name": row["ExportName"], "Value": row["OutputValue"]}
            for item in self.stacks()
            for row in item.outputs
            if "ExportName" in row
        ]
        page, token = self.page(rows)
        return ActionResult({"Exports": page, "NextToken": token})

    def stacks(self) -> list[Stack]:
        """The account's stacks that are not deleted, the newest first."""
        return [item for item in reversed(self.place.stacks.values()) if item.status != GONE]

    def stack(self, name: str) -> Stack:
        """A stack by name, or by id where it may be deleted."""
        found = self.place.stacks.get(name)
        if found is None:
            found = next((item for item in self.stacks() if item.name == name), None)
        if found is None:
            raise ValidationError(f"Stack with id {name} does not exist")
        return found

    def refuse_taken(self, name: str) -> None:
        if any(item.name == name for item in self.stacks()):
            raise AlreadyExists(f"Stack [{name}] already exists")

    def begun(self, stack: Stack) -> None:
        """What every call that begins an operation leaves on the stack: its token, and a service role, which
        stays for all that follow (bc CreateStack.RoleARN)."""
        stack.token = self.params.get("ClientRequestToken")
        stack.role_arn = self.params.get("RoleARN") or stack.role_arn

    def check(self, wish: Wish, stack: Stack | None) -> None:
        """Refuse what CloudFormation refuses, before there is a stack."""
        engine.check(self.world, stack or Stack("", "", *self.here, self.world.now()), wish)

    def wish(self, template: str, previous: dict[str, str], stack: Stack | None = None) -> Wish:
        """What the call asks for; tags that it does not name stay as they are."""
        tags = self.params.get("Tags")
        return Wish(
            template=template,
            parameters=self.parameters(previous),
            tags=list(stack.tags) if tags is None and stack is not None else list(tags or []),
            capabilities=list(self.params.get("Capabilities") or []),
            on_failure="DO_NOTHING" if self.params.get("DisableRollback") else self._on_failure(),
            retain_new=bool(self.params.get("RetainExceptOnCreate")),
        )

    def _on_failure(self) -> str:
        return str(self.params.get("OnFailure") or self.params.get("OnStackFailure") or "ROLLBACK")

    def stack_view(self, stack: Stack) -> dict[str, Any]:
        template = parse(self.world.templates[stack.template]) if stack.template else None
        return {
            "StackId": stack.id,
            "StackName": stack.name,
            "StackStatus": stack.status,
            "StackStatusReason": stack.reason,
            "Description": template.description if template else None,
            "TemplateDescription": template.description if template else None,
            "Parameters": parameter_values(template, stack.parameters) if template else [],
            "CreationTime": stack.created,
            "LastUpdatedTime": stack.updated,
            "DeletionTime": stack.deleted,
            "Capabilities": stack.capabilities,
            "Outputs": stack.outputs,
            "Tags": stack.tags,
            "EnableTerminationProtection": stack.protected,
            "RoleARN": stack.role_arn,
            "RollbackConfiguration": {},
            "LastOperations": _last(stack),
            "DisableRollback": False,
            "NotificationARNs": [],
            "DriftInformation": {"StackDriftStatus": stack.drift, "LastCheckTimestamp": stack.drift_at},
        }

    def _resources(self, name: str) -> list[dict[str, Any]]:
        stack = self.stack(name)
        return [
            {
                "StackId": stack.id,
                "StackName": stack.name,
                "LogicalResourceId": item.logical_id,
                "PhysicalResourceId": item.physical_id,
                "ResourceType": item.type,
                "ResourceStatus": item.status,
                "Timestamp": item.changed,
                "LastUpdatedTimestamp": item.changed,
                "DriftInformation": {"StackResourceDriftStatus": _drift(stack, item.logical_id)},
            }
            for item in stack.resources.values()
        ]


def _last(stack: Stack) -> list[dict[str, str]]:
    """The stack's latest operation, whose events DescribeEvents gives."""
    kinds = (text.split() for text in stack.operations[-1:])
    return [{"OperationType": kind, "OperationId": identity} for kind, identity in kinds]


def _drift(stack: Stack, logical_id: str) -> str:
    row = stack.drifts.get(logical_id)
    return str(json.loads(row)["StackResourceDriftStatus"]) if row else "NOT_CHECKED"


def _event_view(stack: Stack, item: Event) -> dict[str, Any]:
    return {
        "StackId": stack.id,
        "StackName": stack.name,
        "EventId": item.id,
        "LogicalResourceId": item.logical_id,
        "PhysicalResourceId": item.physical_id,
        "ResourceType": item.type,
        "Timestamp": datetime.datetime.fromisoformat(item.at),
        "ResourceStatus": item.status,
        "ResourceStatusReason": item.reason,
        "ClientRequestToken": item.token,
    }


def refuse_unupdatable(stack: Stack) -> None:
    """Only a settled stack can be updated; a failed creation can only be deleted."""
    if stack.status not in _UPDATABLE:
        raise ValidationError(f"Stack:{stack.id} is in {stack.status} state and can not be updated.")


def parameter_values(template: Template, given: dict[str, str]) -> list[dict[str, str]]:
    def shown(name: str, declared: dict[str, Any]) -> str:
        hidden = str(declared.get("NoEcho", "")).lower() == "true"
        return _HIDDEN if hidden else str(given.get(name, declared.get("Default", "")))

    return [
        {"ParameterKey": name, "ParameterValue": shown(name, declared)}
        for name, declared in template.parameters.items()
    ]


def parameter_views(template: Template) -> list[dict[str, Any]]:
    return [
        {
            "ParameterKey": name,
            "ParameterType": declared.get("Type", "String"),
            "DefaultValue": declared.get("Default"),
            "NoEcho": str(declared.get("NoEcho", "")).lower() == "true",
            "Description": declared.get("Description"),
        }
        for name, declared in template.parameters.items()
    ]
