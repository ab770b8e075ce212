"""CloudFormation as the tests of the seam need it: plain stacks by change set, and StackSets that take time."""

# ruff: noqa: N803 (parameters are named as AWS names them)

import json
from typing import Any

from aws_world import Scripted, page, refused

STACK_ARN = "arn:aws:cloudformation:ap-northeast-1:111111111111:stack/{}/1"


class FakeStacks(Scripted):
    """Stacks of the jump account.  `busy` is the number of looks that each operation takes; `outcome` is how
    the next execution ends; `empty` makes change sets empty with the given text; `changes` are what a change set
    would change."""

    def __init__(self) -> None:
        super().__init__()
        self.stacks: dict[str, dict[str, Any]] = {}
        self.templates: dict[str, Any] = {}
        self.change_sets: dict[str, dict[str, Any]] = {}
        self.events: list[dict[str, Any]] = []
        self.looks = 0
        self.busy = 2
        self.outcome = ""
        self.empty = ""
        self.invalid = ""
        self.changes: list[dict[str, Any]] = []

    def add(self, name: str, status: str, tags: dict[str, str], body: Any = None) -> dict[str, Any]:
        stack = {
            "StackName": name,
            "StackId": STACK_ARN.format(name),
            "StackStatus": status,
            "Tags": [{"Key": key, "Value": value} for key, value in tags.items()],
            "EnableTerminationProtection": False,
        }
        self.stacks[name] = stack
        self.templates[stack["StackId"]] = body if body is not None else {"Resources": {}}
        return stack

    def describe_stacks(self, StackName: str | None = None, NextToken: str | None = None) -> dict[str, Any]:
        self.check("DescribeStacks")
        if StackName is None:
            return page("Stacks", list(self.stacks.values()), NextToken)
        by_id = [each for each in self.stacks.values() if each["StackId"] == StackName]
        by_name = [self.stacks[StackName]] if StackName in self.stacks else []
        alive = [each for each in by_name if each["StackStatus"] != "DELETE_COMPLETE"]
        found = by_id or alive
        if not found:
            raise refused("ValidationError", f"Stack with id {StackName} does not exist")
        self._advance(found[0])
        return {"Stacks": [dict(found[0])]}

    def _advance(self, stack: dict[str, Any]) -> None:
        if "ends" in stack:
            stack["looks"] -= 1
            if stack["looks"] <= 0:
                stack["StackStatus"] = stack.pop("ends")

    def get_template(self, StackName: str, TemplateStage: str) -> dict[str, Any]:
        assert TemplateStage == "Original"
        self.check("GetTemplate")
        return {"TemplateBody": self.templates[StackName]}

    def create_change_set(self, **given: Any) -> dict[str, Any]:
        self.check("CreateChangeSet")
        name, kind = given["StackName"], given["ChangeSetType"]
        stack = self.stacks.get(name)
        fresh = stack is None or stack["StackStatus"] in ("REVIEW_IN_PROGRESS", "DELETE_COMPLETE")
        if fresh != (kind == "CREATE"):
            raise refused("ValidationError", f"Stack {name} does not allow {kind}")
        key = f"arn:{given['ChangeSetName']}"
        if key in self.change_sets:
            raise refused("AlreadyExistsException", "ChangeSet exists")
        if fresh:
            stack = self.add(name, "REVIEW_IN_PROGRESS", {})
        assert stack is not None
        failed = self.empty or self.invalid
        self.change_sets[key] = {
            "ChangeSetId": key,
            "StackId": stack["StackId"],
            "StackName": name,
            "Status": "FAILED" if failed else "CREATE_COMPLETE",
            "ExecutionStatus": "UNAVAILABLE" if failed else "AVAILABLE",
            "StatusReason": failed,
            "given": given,
        }
        return {"Id": key, "StackId": stack["StackId"]}

    def describe_change_set(
        self, ChangeSetName: str, StackName: str = "", NextToken: str | None = None
    ) -> dict[str, Any]:
        """By name and stack, or by the change set's id alone; its changes come in pages."""
        self.looks += 1
        key = f"arn:{ChangeSetName}" if StackName else ChangeSetName
        if key not in self.change_sets:
            raise refused("ChangeSetNotFound", f"ChangeSet [{ChangeSetName}] does not exist")
        change_set = self.change_sets[key] | page("Changes", self.changes, NextToken)
        if self.looks % 2:
            change_set["Status"] = "CREATE_IN_PROGRESS"
        return change_set

    def continue_update_rollback(self, StackName: str, ClientRequestToken: str) -> dict[str, Any]:
        self.check("ContinueUpdateRollback")
        ends = self.outcome or "UPDATE_ROLLBACK_COMPLETE"
        self._find(StackName).update(StackStatus="UPDATE_ROLLBACK_IN_PROGRESS", ends=ends, looks=self.busy)
        return {}

    def delete_change_set(self, ChangeSetName: str) -> dict[str, Any]:
        self.check("DeleteChangeSet")
        del self.change_sets[ChangeSetName]
        return {}

    def execute_change_set(self, ChangeSetName: str, ClientRequestToken: str, **_: Any) -> dict[str, Any]:
        change_set = self.change_sets[ChangeSetName]
        change_set["ExecutionStatus"] = "EXECUTE_COMPLETE"
        given = change_set["given"]
        stack = self.stacks[given["StackName"]]
        stack["Tags"] = given["Tags"]
        verb = given["ChangeSetType"]
        stack["StackStatus"] = f"{verb}_IN_PROGRESS"
        stack["ends"] = self.outcome or f"{verb}_COMPLETE"
        stack["looks"] = self.busy
        self.check("ExecuteChangeSet")
        return {}

    def update_termination_protection(
        self, StackName: str, EnableTerminationProtection: bool
    ) -> dict[str, Any]:
        self._find(StackName)["EnableTerminationProtection"] = EnableTerminationProtection
        return {}

    def delete_stack(self, StackName: str, ClientRequestToken: str) -> dict[str, Any]:
        stack = self._find(StackName)
        if stack["EnableTerminationProtection"]:
            raise refused("ValidationError", "TerminationProtection is enabled")
        stack.update(
            StackStatus="DELETE_IN_PROGRESS", ends=self.outcome or "DELETE_COMPLETE", looks=self.busy
        )
        return {}

    def _find(self, name: str) -> dict[str, Any]:
        return next(each for each in self.stacks.values() if name in (each["StackName"], each["StackId"]))

    def describe_stack_events(self, StackName: str, NextToken: str | None = None) -> dict[str, Any]:
        return page("StackEvents", list(reversed(self.events)), NextToken)

    def describe_events(self, **_: Any) -> dict[str, Any]:
        self.check("DescribeEvents")
        return {"OperationEvents": []}


class FakeStackSets(Scripted):
    """StackSets of one organization.  An operation takes `busy` looks, then ends as `ends` says; `rows` are
    its results, of which `late` reads see nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.stack_sets: dict[str, dict[str, Any]] = {}
        self.targets: dict[str, list[str]] = {}
        self.instances: dict[str, list[dict[str, Any]]] = {}
        self.operations: dict[str, dict[str, Any]] = {}
        self.rows: list[dict[str, Any]] = []
        self.busy = 2
        self.late = 0
        self.ends = "SUCCEEDED"
        self.failed = 0

    def add(self, name: str, tags: dict[str, str], body: Any = None, **more: Any) -> dict[str, Any]:
        self.stack_sets[name] = {
            "StackSetName": name,
            "Status": "ACTIVE",
            "TemplateBody": body if isinstance(body, str) else json.dumps(body or {"Resources": {}}),
            "Tags": [{"Key": key, "Value": value} for key, value in tags.items()],
            "Capabilities": ["CAPABILITY_NAMED_IAM"],
            "AutoDeployment": {"Enabled": True, "RetainStacksOnAccountRemoval": False},
            "ManagedExecution": {"Active": True},
            "PermissionModel": "SERVICE_MANAGED",
            "OrganizationalUnitIds": [],
            **more,
        }
        return self.stack_sets[name]

    def running(self, operation_id: str, looks: int, status: str = "RUNNING") -> None:
        self.operations[operation_id] = {
            "OperationId": operation_id,
            "Status": status,
            "looks": looks,
            "ends": "SUCCEEDED",
        }

    def list_stack_sets(
        self, Status: str, MaxResults: int, NextToken: str | None = None, **_: Any
    ) -> dict[str, Any]:
        assert Status == "ACTIVE"
        return page("Summaries", [{"StackSetName": name} for name in self.stack_sets], NextToken)

    def describe_stack_set(self, StackSetName: str, **_: Any) -> dict[str, Any]:
        self.check("DescribeStackSet")
        return {"StackSet": dict(self._find(StackSetName))}

    def list_stack_instances(
        self, StackSetName: str, NextToken: str | None = None, **_: Any
    ) -> dict[str, Any]:
        return page("Summaries", self.instances.get(StackSetName, []), NextToken)

    def list_stack_set_auto_deployment_targets(
        self,
        StackSetName: str,
        NextToken: str | None = None,
        **_: Any,
    ) -> dict[str, Any]:
        units = [{"OrganizationalUnitId": unit} for unit in self.targets.get(StackSetName, [])]
        return page("Summaries", units, NextToken, end="")

    def list_stack_set_operations(self, StackSetName: str, **_: Any) -> dict[str, Any]:
        return {"Summaries": [dict(each) for each in self.operations.values()]}

    def describe_stack_set_operation(self, StackSetName: str, OperationId: str, **_: Any) -> dict[str, Any]:
        self.check("DescribeStackSetOperation")
        if OperationId not in self.operations:
            raise refused("OperationNotFoundException", f"Operation {OperationId} not found")
        operation = self.operations[OperationId]
        operation["looks"] -= 1
        if operation["looks"] <= 0:
            operation["Status"] = operation["ends"]
        return {"StackSetOperation": dict(operation)}

    def list_stack_set_operation_results(self, NextToken: str | None = None, **_: Any) -> dict[str, Any]:
        if self.late:
            self.late -= 1
            return {"Summaries": []}
        return page("Summaries", self.rows, NextToken)

    def create_stack_set(self, StackSetName: str, **given: Any) -> dict[str, Any]:
        self.check("CreateStackSet")
        if StackSetName in self.stack_sets:
            raise refused("NameAlreadyExistsException", f"{StackSetName} exists")
        self.add(StackSetName, {tag["Key"]: tag["Value"] for tag in given["Tags"]})
        return {}

    def update_stack_set(self, StackSetName: str, OperationId: str, **given: Any) -> dict[str, Any]:
        self.check("UpdateStackSet")
        stack_set = self._find(StackSetName)
        stack_set.update({key: given[key] for key in ("ManagedExecution", "AutoDeployment") if key in given})
        return self._start(OperationId)

    def create_stack_instances(self, StackSetName: str, OperationId: str, **_: Any) -> dict[str, Any]:
        self.check("CreateStackInstances")
        return self._start(OperationId)

    def delete_stack_instances(self, StackSetName: str, OperationId: str, **_: Any) -> dict[str, Any]:
        self.check("DeleteStackInstances")
        return self._start(OperationId)

    def delete_stack_set(self, StackSetName: str, **_: Any) -> dict[str, Any]:
        self.check("DeleteStackSet")
        del self.stack_sets[StackSetName]
        return {}

    def _find(self, name: str) -> dict[str, Any]:
        if name not in self.stack_sets:
            raise refused("StackSetNotFoundException", f"StackSet {name} not found")
        return self.stack_sets[name]

    def _start(self, operation_id: str) -> dict[str, Any]:
        if operation_id in self.operations:
            raise refused("OperationIdAlreadyExistsException", f"{operation_id} exists")
        self.operations[operation_id] = {
            "OperationId": operation_id,
            "Status": "RUNNING",
            "looks": self.busy,
            "ends": self.ends,
            "StatusDetails": {"FailedStackInstancesCount": self.failed},
        }
        return {"OperationId": operation_id}
